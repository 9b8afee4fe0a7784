"""A small ledger in which everything occurs: two channels, conflicts, refunds, shared days."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from schemas.cloudevent import encode
from schemas.delivery import Outcome, delivered, delivery_id, retracted
from schemas.payment import payment_event
from schemas.registry import registry_event

SUNDAY, MONDAY = date(2026, 3, 1), date(2026, 3, 2)  # of two weeks, so of two partitions
ACCOUNTS = tuple(letter * 32 for letter in "abcd")
VIRTUAL = "e" * 32
STRAY = "f" * 32  # nobody's


def noon(day: date) -> datetime:
    """The local noon of a day."""
    return datetime(day.year, day.month, day.day, 5, tzinfo=UTC)


def said(
    kind: str,
    number: object,
    *,
    day: date = SUNDAY,
    account: str = ACCOUNTS[0],
    reference: str | None = None,
    amount_vnd: int = 20_000,
    source: str = "/sepay",
    at: timedelta = timedelta(),
    **fields: Any,
) -> bytes:
    """A payment event of `day`, by default at its noon; `number` makes the source's own id."""
    given: dict[str, Any] = {"rail_class": "p2p_transfer", **fields}
    return encode(
        payment_event(
            kind=kind,  # type: ignore[arg-type]
            source=source,
            source_transaction_id=f"{kind}-{number}",
            occurred_at=noon(day) + at,
            account=account,
            bank_reference=reference or f"FT{number}",
            amount_vnd=amount_vnd,
            **given,
        )
    )


def fact(number: object, kind: str, *, day: date = date(2026, 1, 1), **fields: Any) -> bytes:
    """A registry fact in force from `day` on, stated on that day."""
    stated_at = fields.pop("stated_at", noon(day))
    return encode(
        registry_event(
            kind=kind,
            source="/registry",
            source_transaction_id=f"fact-{number}",
            stated_at=stated_at,
            effective_from=day,
            **fields,
        )
    )


def registry_facts() -> list[bytes]:
    """A fact of every kind with every field it may have; three vendors, one with two accounts."""
    text: dict[str, Any] = {"note": "ghi chú"}
    a, b, c, d = ACCOUNTS
    place: dict[str, Any] = {"market": "HL1", "stall": "A-1", "vendor": "V1"}
    kind: dict[str, Any] = {"market_kind": "traditional_market", "area": "Bạch Đằng"}
    link: dict[str, Any] = {"account_last4": "1234", "bank_bin": "970436", **text}
    return [
        fact("m1", "market", market="HL1", name="Chợ Hạ Long I", **kind, **text),
        fact("m2", "market", market="CD", name="Chợ Cái Dăm", market_kind="supermarket"),
        fact("s1", "stall", market="HL1", stall="A-1", name="sạp", product="cá", area="A", **text),
        fact("v1", "vendor", name="Cô Hoa", product="cá", **place, **text),
        fact("v2", "vendor", vendor="V2", market="CD", stall="B-2", name="Bà Tư"),
        fact("a", "account_linked", account=a, **place, **link),
        fact("b", "account_linked", account=b, market="HL1", vendor="V1"),
        fact("c", "account_linked", account=c, market="CD", vendor="V2"),
        fact("e", "account_linked", account=VIRTUAL, market="CD", vendor="V3"),
        fact("d", "account_linked", account=d, market="HL1", vendor="V3"),
        fact("d2", "account_unlinked", account=d, day=MONDAY, **text),
        fact("q", "qr_issued", qr="QR1", account=a, bank_bin="970436", **place, **text),
        fact("q2", "qr_revoked", qr="QR1", day=MONDAY, **text),
        fact("c1", "census_taken", market="HL1", stall_count=200, **text),
        fact("t1", "trading_day", market="HL1", open=False, day=SUNDAY, **text),
        fact("t2", "trading_day", market="HL1", vendor="V1", open=False, day=MONDAY, **text),
        fact("w1", "team_visit", team="T1", day=MONDAY, **place, **text),
        *(fact(f"x{n}", "vendor", vendor=f"X{n}", name="chị Ba", product="rau") for n in range(12)),
        fact("f1", "fee_due", amount_vnd=300_000, day=MONDAY, **place, **text),
        fact("f2", "fee_paid", amount_vnd=100_000, tender="cashless", day=MONDAY, **place, **text),
    ]


def deliveries() -> list[bytes]:
    """What deliveries without evidence said, with every field that they may have."""
    rejected = Outcome(
        outcome="rejected",
        reason="amount: empty",
        row_count=1,
        line_count=1,
        in_vnd=0,
        out_vnd=0,
        change_vnd=0,
        unread_count=1,
    )
    said: dict[str, Any] = {
        "sha256": "5" * 64,
        "byte_count": 99,
        "line_count": 1,
        "profile": "ngân hàng.toml",
        "profile_sha256": "7" * 64,
        "reader": "csv-1",
        "market": "HL1",
        "first_day": SUNDAY,
        "last_day": MONDAY,
        "opening_vnd": 5,
        "closing_vnd": 5,
        "accounts": ACCOUNTS[:1],
    }
    told = [
        delivered(
            delivery=delivery_id("/bank", str(number)),
            source="/bank",
            ends_at=noon(MONDAY),
            name=f"{number}.csv",
            outcomes=(rejected,),
            **said,
        )
        for number in range(32)
    ]
    back = retracted(
        delivery=told[0].data.delivery,
        source="/deliveries",
        stated_at=noon(MONDAY),
        who="Mai",
        why="sai tài khoản",
    )
    return [encode(event) for event in (*told, back)]


def payments() -> list[bytes]:
    """Every kind of evidence on two days, with payments that both of them name."""
    a, b, c, d = ACCOUNTS
    rich: dict[str, Any] = {
        "virtual_account": VIRTUAL,
        "stall_code": "A-1",
        "payer_token": "1" * 32,
        "balance_after_vnd": 5_000_000,
        "text": "chuyển tiền phở",
    }
    bodies = [said("credited", n, account=a, payer_token=f"{n % 3:032x}") for n in range(12)]
    bodies += [said("credited", n, account=a, source="/statement") for n in range(6)]
    bodies += [said("credited", 20 + n, account=c, day=MONDAY) for n in range(4)]
    bodies += [said("credited", 30 + n, account=b, day=MONDAY, **rich) for n in range(4)]
    bodies += [said("cash_sale_reported", 40 + n, rail_class="cash_reported") for n in range(3)]
    late: dict[str, Any] = {"source": "/statement", "time_precision": "day", "day": MONDAY}
    return [
        *bodies,
        said("credited", 1, account=a),  # delivered again
        said("credited", "1b", account=a, reference="FT1", **late),  # the next day's statement
        said("credited", "2b", account=a, reference="FT2", amount_vnd=9_000),  # a contradiction
        said("failed", 50, account=d),
        said("credited", 51, account=d, day=MONDAY),  # unlinked since: nobody's
        said("credited", 52, account=STRAY),
        said("credited", 53, account=STRAY, stall_code="B-2"),
        said("refunded", 3, account=a, amount_vnd=20_000, compensation_reference="RF3"),
        said("refunded", 4, account=a, amount_vnd=5_000, compensation_reference="RF4", **rich),
        said("reversed", 20, account=c, day=MONDAY, compensation_reference="RV20"),
        said("refunded", 99, account=c, day=MONDAY, compensation_reference="RF99"),
        *(
            said("refunded", 60 + n, account=b, amount_vnd=1_000, compensation_reference=f"RF{n}")
            for n in range(24)
        ),
        # one event of two payments, and one of two refunds
        said("credited", 21, account=d, reference="FT21D"),
        said("refunded", 60, account=c, amount_vnd=1_000, compensation_reference="RF0"),
    ]
