"""VNPay: the instant payment notification, version 2.1.0: a GET whose query is signed.

Source: VNPay's pages on IPN. The answer is always HTTP 200; VNPay keeps a payment as successful
whatever is answered, so an answer refuses nothing.
"""

from collections.abc import Mapping, Sequence
from urllib.parse import parse_qsl, urlencode

from producers.webhooks.fields import Fields
from producers.webhooks.provider import (
    Forged,
    Incoming,
    Malformed,
    Notice,
    Provider,
    Reading,
    Reply,
    Sample,
    Secret,
)
from producers.webhooks.signing import check_hmac, hex_digest
from schemas.calendar import LOCAL

SUCCESS = "00"
HUNDREDTHS = 100
FIELDS_MAX = 100
UNSIGNED = ("vnp_SecureHash", "vnp_SecureHashType")
TIME = "%Y%m%d%H%M%S"


def verify(incoming: Incoming, secrets: Sequence[Secret]) -> None:
    """The hash over the sorted query without blank values, blanks written as +."""
    try:
        pairs = _pairs(incoming)
    except Malformed as error:
        raise Forged(f"the query cannot be checked: {error.expected}") from error
    check_hmac(secrets, "sha512", [_signed(pairs)], pairs.get("vnp_SecureHash", ""))


def _signed(pairs: Mapping[str, str]) -> bytes:
    told = sorted((key, value) for key, value in pairs.items() if value and key not in UNSIGNED)
    return urlencode(told).encode()


def read(incoming: Incoming) -> Reading:
    """The payment, where both of its codes are 00. `vnp_Amount` is in hundredths of a đồng."""
    fields = Fields(_pairs(incoming))
    if {fields.text("vnp_ResponseCode"), fields.text("vnp_TransactionStatus")} != {SUCCESS}:
        return Reading((), ("unsuccessful",))
    amount, rest = divmod(fields.vnd("vnp_Amount"), HUNDREDTHS)
    if rest:
        raise Malformed("vnp_Amount", "must be whole đồng times 100")
    card = fields.text_or_none("vnp_CardType")
    number = fields.text("vnp_TransactionNo")
    return Reading(
        (
            Notice(
                transaction_id=number,
                reference=fields.text_or_none("vnp_BankTranNo") or number,
                occurred_at=fields.local("vnp_PayDate", TIME),
                amount_vnd=amount,
                account=fields.text("vnp_TmnCode"),
                text=fields.text_or_none("vnp_OrderInfo"),
                rail_class="p2m_payment" if card in {None, "QRCODE"} else "card",
            ),
        )
    )


def _pairs(incoming: Incoming) -> dict[str, str]:
    try:
        pairs = parse_qsl(
            incoming.query, keep_blank_values=True, errors="strict", max_num_fields=FIELDS_MAX
        )
    except ValueError as error:
        raise Malformed("the query", f"must be UTF-8 with at most {FIELDS_MAX} fields") from error
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Malformed("the query", "must name each field once")
    return found


def sample(secret: Secret, said: Sample) -> Incoming:
    """A paid order."""
    pairs = {
        "vnp_TmnCode": said.account,
        "vnp_Amount": str(said.amount_vnd * HUNDREDTHS),
        "vnp_BankTranNo": said.reference,
        "vnp_PayDate": f"{said.at.astimezone(LOCAL):{TIME}}",
        "vnp_TransactionNo": said.transaction_id,
        "vnp_ResponseCode": SUCCESS,
        "vnp_TransactionStatus": SUCCESS,
    }
    signature = hex_digest(secret, "sha512", _signed(pairs))
    return Incoming({}, urlencode(pairs | {"vnp_SecureHash": signature}), b"")


PROVIDER = Provider(
    name="vnpay",
    title="VNPay",
    method="GET",
    verify=verify,
    read=read,
    sample=sample,
    replies={
        "accepted": Reply(200, {"RspCode": "00", "Message": "Confirm Success"}),
        "forged": Reply(200, {"RspCode": "97", "Message": "Invalid Checksum"}),
        "malformed": Reply(200, {"RspCode": "99", "Message": "not as VNPay describes"}),
        "unable": Reply(200, {"RspCode": "99", "Message": "send it again later"}),
    },
)
