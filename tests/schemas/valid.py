"""Valid events of every kind, drawn at random."""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from schemas.delivery import KINDS as DELIVERY_KINDS
from schemas.delivery import OUTCOMES, SUM_VND_MAX, Outcome, delivered, retracted
from schemas.payment import COMPENSATIONS, RAIL_CLASSES, payment_event
from schemas.payment import KINDS as PAYMENT_KINDS
from schemas.registry import FIELDS, MARKET_KINDS, registry_event
from schemas.registry import KINDS as REGISTRY_KINDS
from tests.schemas.values import Raw

RECORDED_AT = datetime(2026, 3, 1, 5, 6, 7, 89_000, tzinfo=UTC)
RICH_TEXTS = (
    "Chợ Hạ Long I, sạp 12",
    'Bún chả "Bà Tư" \\ 45.000 đ',
    "a/b <b>&amp;</b> 'x' ©®™ ½",
    "👍🏽👩‍👩‍👧‍👦🇻🇳",
    "Đặng Thị Ngọc Ánh trả tiền phở",
    "日本語 ไทย العربية עברית हिन्दी",
    "𝒜𝓁𝑔𝑒𝒷𝓇𝒶 \U0001d7ce",
    "x" * 200,
    "ệ" * 200,
    "\U0001f600" * 200,
    " leading and trailing ",
    "\u00a0no-break\u200bzero\ufeff",
    "\ufffe\uffff\ufdd0\U0001fffe",
    "null",
    "{}",
)

Json = dict[str, Any]


def write(value: object) -> str:
    """JSON without spaces in the order of the keys; `Raw` stands as it is."""
    if isinstance(value, Raw):
        return str(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(k)}:{write(v)}" for k, v in value.items()) + "}"
    return json.dumps(value, ensure_ascii=False)


def token(rng: Random) -> str:
    return f"{rng.getrandbits(128):032x}"


# As banks print them: \BNK, ;1, #7, and a day where numbers come again.
ENDINGS = ("", "\\BNK", ";1", "#7", '"A"', "@2026-11-24", "/(A)&B<C>", "{`~}")


def payment(rng: Random, kind: str) -> Json:
    """A valid payment event of this kind, as a dict."""
    compensates = kind in COMPENSATIONS
    event = payment_event(
        kind=kind,  # type: ignore[arg-type]
        source=rng.choice(["/sepay", "/import/a.csv", "/bank/vcb-1_x"]),
        source_transaction_id=rng.choice(["1", "a/b", 'q"\\<>&', "~" * 100]) + str(rng.random()),
        occurred_at=RECORDED_AT - timedelta(milliseconds=rng.randrange(10**11)),
        account=token(rng),
        bank_reference=f"FT{rng.randrange(10**9)}{rng.choice(ENDINGS)}",
        compensation_reference=f"R/{rng.randrange(10**9)}" if compensates else None,
        amount_vnd=rng.choice([1, 20_000, 45_000, 10**15]),
        rail_class=rng.choice(RAIL_CLASSES),  # type: ignore[arg-type]
        time_precision=rng.choice(["instant", "day"]),
        virtual_account=rng.choice([None, token(rng)]),
        stall_code=rng.choice([None, "A-12", "b._-9"]),
        payer_token=rng.choice([None, token(rng)]),
        balance_after_vnd=rng.choice([None, 0, -(10**15), 10**15]),
        text=rng.choice([None, *RICH_TEXTS]),
    )
    return event.model_dump(mode="json")


def registry(rng: Random, kind: str) -> Json:
    """A valid registry fact of this kind, as a dict."""
    required, optional = FIELDS[kind]
    chosen = required | {name for name in sorted(optional) if rng.random() < 0.5}
    values: dict[str, Callable[[], object]] = {
        "account": lambda: token(rng),
        "market_kind": lambda: rng.choice(MARKET_KINDS),
        "account_last4": lambda: "0Z91",
        "bank_bin": lambda: "970436",
        "stall_count": lambda: rng.choice([0, 7, 1_000_000]),
        "open": lambda: rng.random() < 0.5,
        "amount_vnd": lambda: rng.choice([0, 350_000, 10**15]),
        "tender": lambda: rng.choice(["cashless", "cash"]),
        "payment_count": lambda: rng.choice([0, 2_310, 1_000_000_000]),
        "rail_class": lambda: rng.choice(RAIL_CLASSES),
        **dict.fromkeys(("name", "product", "area", "note"), lambda: rng.choice(RICH_TEXTS)),
    }
    day = date(2000, 1, 1) + timedelta(days=rng.randrange(36_518))
    event = registry_event(
        kind=kind,
        source="/registry",
        source_transaction_id=f"row-{rng.randrange(10**9)}",
        stated_at=RECORDED_AT - timedelta(milliseconds=rng.randrange(10**11)),
        # a total is of a week: from the next Monday on
        effective_from=day + timedelta(days=-day.weekday() % 7 if kind == "market_total" else 0),
        **{name: values.get(name, lambda: "HL1.a-b_C")() for name in sorted(chosen)},
    )
    return event.model_dump(mode="json")


def delivery(rng: Random, kind: str) -> Json:
    """A valid statement about a delivery, as a dict."""
    if kind == "retracted":
        stated_at = RECORDED_AT - timedelta(milliseconds=rng.randrange(10**11))
        said = {"who": rng.choice(RICH_TEXTS), "why": rng.choice(RICH_TEXTS)}
        event = retracted(delivery=token(rng), source="/deliveries", stated_at=stated_at, **said)
        return event.model_dump(mode="json")
    optional: dict[str, object] = {
        "sha256": f"{rng.getrandbits(256):064x}",
        "byte_count": rng.choice([0, 10**12]),
        "line_count": rng.randrange(10**6),
        "profile": rng.choice(RICH_TEXTS),
        "profile_sha256": f"{rng.getrandbits(256):064x}",
        "reader": "csv-1",
        "market": "HL1",
        "first_day": date(2000, 1, 1) + timedelta(days=rng.randrange(36_500)),
        "last_day": date(2100, 1, 1),
        "opening_vnd": rng.choice([0, -SUM_VND_MAX, SUM_VND_MAX]),
        "closing_vnd": rng.randrange(10**12),
    }
    outcomes = tuple(
        Outcome(
            outcome=rng.choice(OUTCOMES),  # type: ignore[arg-type]
            reason=rng.choice([None, *RICH_TEXTS]),
            row_count=rng.randrange(10**6),
            line_count=rng.randrange(10**6),
            in_vnd=rng.choice([0, SUM_VND_MAX]),
            out_vnd=rng.randrange(10**9),
            change_vnd=rng.choice([0, -SUM_VND_MAX, SUM_VND_MAX]),
            unread_count=rng.randrange(2),
        )
        for _ in range(rng.randrange(4))
    )
    event = delivered(
        delivery=token(rng),
        source="/statement/vietcombank",
        ends_at=RECORDED_AT - timedelta(milliseconds=rng.randrange(10**11)),
        name=rng.choice(RICH_TEXTS),
        accounts=tuple(token(rng) for _ in range(rng.randrange(3))),
        outcomes=outcomes,
        **{name: value for name, value in optional.items() if rng.random() < 0.7},
    )
    return event.model_dump(mode="json")


# What makes one event of a kind, and all kinds, for each shape.
SHAPES: dict[str, tuple[Callable[[Random, str], Json], Sequence[str]]] = {
    "payment": (payment, PAYMENT_KINDS),
    "registry": (registry, REGISTRY_KINDS),
    "delivery": (delivery, DELIVERY_KINDS * 5),
}
