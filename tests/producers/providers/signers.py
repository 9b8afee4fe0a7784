"""Messages as providers send and sign them, by the rules on their pages and by no code of ours."""

import hashlib
import hmac
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote_plus

KEY = "s3cret-of-the-test"
ACCESS = "access-of-the-test"
SEPAY = {
    "id": 92704,
    "gateway": "Vietcombank",
    "transactionDate": "2026-11-24 15:05:05",
    "accountNumber": "0123499999",
    "code": "HL1-A012",
    "content": "NGUYEN VAN AN chuyen tien HL1-A012",
    "transferType": "in",
    "transferAmount": 45000,
    "accumulated": 19077000,
    "subAccount": None,
    "referenceCode": "MBVCB.3278907687",
    "description": "",
}
SEPAY_HUB = {
    "transaction_id": "a8-77",
    "transaction_date": "2026-11-24 15:05:05",
    "account_number": "0123499999",
    "va": "VQRQ0001",
    "payment_code": None,
    "content": "chuyen tien",
    "transfer_type": "credit",
    "amount": "45000",
    "reference_code": "FT26328451290",
    "accumulated": 19077000,
}
CASSO = {
    "error": 0,
    "data": {
        "id": 12,
        "reference": "FT26328451290",
        "description": "Chuyển tiền cho chị Hoà / quầy 12",
        "amount": 45000,
        "runningBalance": 19077000,
        "transactionDateTime": "2026-11-24 15:05:05",
        "accountNumber": "88881234",
        "bankName": "BIDV",
        "bankAbbreviation": "BIDV",
        "virtualAccountNumber": "",
        "virtualAccountName": "",
        "counterAccountName": "TRAN THI BE",
        "counterAccountNumber": "190123456",
        "counterAccountBankId": "970407",
        "counterAccountBankName": "Techcombank",
    },
}
CASSO_FIRST = {
    "error": 0,
    "data": [
        {
            "id": 1,
            "tid": "FT26328451290",
            "description": "an trua",
            "amount": 45000,
            "cusum_balance": 19077000,
            "when": "2026-11-24 15:05:05",
            "bank_sub_acc_id": "88881234",
        }
    ],
}
PAYOS: dict[str, Any] = {
    "code": "00",
    "desc": "success",
    "success": True,
    "data": {
        "orderCode": 7,
        "amount": 45000,
        "description": "Quầy 12",
        "accountNumber": "88881234",
        "reference": "FT26328451290",
        "transactionDateTime": "2026-11-24 15:05:05",
        "currency": "VND",
        "paymentLinkId": "124c33293c43417ab7879e14c8d9eb18",
        "code": "00",
        "desc": "Thành công",
        "counterAccountNumber": None,
        "virtualAccountNumber": "undefined",
        "isNew": True,
    },
}
MOMO = {
    "partnerCode": "MOMOHL1",
    "orderId": "Order-7",
    "requestId": "r-7",
    "amount": 45000,
    "orderInfo": "quầy 12",
    "orderType": "momo_wallet",
    "transId": 4014083433,
    "resultCode": 0,
    "message": "Thành công.",
    "payType": "qr",
    "responseTime": 1_795_507_505_000,
    "extraData": "",
}
ZALOPAY = {
    "app_id": 2554,
    "app_trans_id": "261124_7",
    "app_time": 1_795_507_500_000,
    "app_user": "NGUYEN VAN AN",
    "amount": 45000,
    "embed_data": "{}",
    "item": "[]",
    "zp_trans_id": 261_124_000_000_389,
    "server_time": 1_795_507_505_000,
    "channel": 38,
    "merchant_user_id": "u-77",
}
VNPAY = {
    "vnp_TmnCode": "HLMARKET",
    "vnp_Amount": "4500000",
    "vnp_BankCode": "NCB",
    "vnp_BankTranNo": "VNP14422574",
    "vnp_CardType": "QRCODE",
    "vnp_PayDate": "20261124150505",
    "vnp_OrderInfo": "Thanh toan quay 12: rau",
    "vnp_TransactionNo": "14422574",
    "vnp_ResponseCode": "00",
    "vnp_TransactionStatus": "00",
    "vnp_TxnRef": "7",
    "vnp_SecureHashType": "",
}


@dataclass
class Sent:
    """A request: what a provider's server puts on the wire."""

    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    query: str = ""


def _hex(algorithm: str, message: bytes, key: str = KEY) -> str:
    return hmac.new(key.encode(), message, getattr(hashlib, algorithm)).hexdigest()


def sepay(said: dict[str, Any], *, at_s: int = 1_795_507_510) -> Sent:
    body = json.dumps(said, ensure_ascii=False, indent=1).encode()
    sign = _hex("sha256", str(at_s).encode() + b"." + body)
    return Sent(body, {"x-sepay-timestamp": str(at_s), "x-sepay-signature": f"sha256={sign}"})


def sepay_by_key(said: dict[str, Any]) -> Sent:
    return Sent(json.dumps(said).encode(), {"authorization": f"Apikey {KEY}"})


def casso(said: dict[str, Any], form: str = "raw", *, at_ms: int = 1_795_507_510_000) -> Sent:
    text = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=form != "raw")
    if form == "php":
        text = text.replace("/", "\\/")
    sign = _hex("sha512", f"{at_ms}.{text}".encode())
    body = json.dumps(said, ensure_ascii=False).encode()
    return Sent(body, {"x-casso-signature": f"t={at_ms},v1={sign}"})


def casso_first(said: dict[str, Any]) -> Sent:
    return Sent(json.dumps(said).encode(), {"secure-token": KEY})


def payos(said: dict[str, Any], key: str = KEY) -> Sent:
    def text(value: Any) -> str:
        if value in (None, "null", "undefined"):
            return ""
        return (
            {True: "true", False: "false"}.get(value, str(value))
            if isinstance(value, bool)
            else str(value)
        )

    data = said["data"]
    message = "&".join(f"{name}={text(data[name])}" for name in sorted(data))
    return Sent(json.dumps(said | {"signature": _hex("sha256", message.encode(), key)}).encode())


def momo(said: dict[str, Any]) -> Sent:
    message = (
        f"accessKey={ACCESS}&amount={said['amount']}&extraData={said['extraData']}"
        f"&message={said['message']}&orderId={said['orderId']}&orderInfo={said['orderInfo']}"
        f"&orderType={said['orderType']}&partnerCode={said['partnerCode']}"
        f"&payType={said['payType']}&requestId={said['requestId']}"
        f"&responseTime={said['responseTime']}&resultCode={said['resultCode']}"
        f"&transId={said['transId']}"
    )
    return Sent(json.dumps(said | {"signature": _hex("sha256", message.encode())}).encode())


def zalopay(said: dict[str, Any]) -> Sent:
    data = json.dumps(said)
    return Sent(
        json.dumps({"data": data, "mac": _hex("sha256", data.encode()), "type": 1}).encode()
    )


def vnpay(said: dict[str, str]) -> Sent:
    pairs = [
        f"{quote_plus(name)}={quote_plus(value)}"
        for name, value in sorted(said.items())
        if value and name != "vnp_SecureHashType"
    ]
    sign = _hex("sha512", "&".join(pairs).encode())
    return Sent(query="&".join([*pairs, f"vnp_SecureHash={sign}"]))
