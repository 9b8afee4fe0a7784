"""Random small ledgers: few accounts, references and days, so that everything meets everything."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from tests.engine import Rec
from tests.laws.ledgers import MONDAY, SUNDAY, fact, said

A, B = "a" * 32, "b" * 32
VIRTUAL = "e" * 32
FAR = MONDAY + timedelta(days=13)  # still within the window of both other days
TUESDAY = date(2026, 3, 3)  # folded in one statement with Monday
DAYS = (SUNDAY, MONDAY, TUESDAY, FAR)
RECORDED = datetime(2026, 6, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Told:
    """A record: through which door, its bytes, and when the broker took it first."""

    shape: str
    body: bytes
    recorded_at: datetime

    def rec(self, offset: int, later: timedelta = timedelta()) -> Rec:
        """The same record at an offset, delivered so much later."""
        at = self.recorded_at + later
        return Rec(offset, int(at.timestamp() * 1000), self.body)


recorded = st.integers(0, 30 * 86_400).map(lambda s: RECORDED + timedelta(seconds=s))
moments = st.sampled_from(
    [timedelta(), timedelta(milliseconds=1), timedelta(hours=11, minutes=59), timedelta(hours=-12)]
)


@st.composite
def payment_bodies(draw: st.DrawFn) -> bytes:
    """One piece of evidence; the same source id may come with other contents."""
    kind = draw(
        st.sampled_from(
            ["credited"] * 6 + ["refunded"] * 3 + ["reversed", "failed", "cash_sale_reported"]
        )
    )
    fields: dict[str, Any] = {
        "source": draw(st.sampled_from(["/sepay", "/statement"])),
        "account": draw(st.sampled_from([A, A, B])),
        "reference": f"FT{draw(st.integers(1, 4))}",
        "amount_vnd": draw(st.sampled_from([20_000, 20_000, 20_000, 10_000])),
        "day": draw(st.sampled_from(DAYS)),
        "payer_token": draw(st.sampled_from([None, "1" * 32, "2" * 32])),
        "virtual_account": draw(st.sampled_from([None, None, None, VIRTUAL])),
        "stall_code": draw(st.sampled_from([None, None, "S1"])),
        "rail_class": draw(st.sampled_from(["p2p_transfer", "p2p_transfer", "card"])),
        "at": draw(moments),
    }
    if draw(st.booleans()):
        fields |= {"time_precision": "day", "at": timedelta()}
    if kind in ("refunded", "reversed"):
        fields["compensation_reference"] = f"R{draw(st.integers(1, 2))}"
    # mostly an id that follows from what is said; sometimes one that others use too
    own = f"{fields['account'][0]}{fields['reference']}{fields['day']:%d}"
    number = draw(st.sampled_from([own, own, own, f"{own}-{fields['amount_vnd']}", "shared"]))
    return said(kind, number, **fields)


@st.composite
def registry_bodies(draw: st.DrawFn) -> bytes:
    """One fact about whose an account or a stall is; corrections of earlier ones among them."""
    kind = draw(st.sampled_from(["account_linked"] * 3 + ["account_unlinked", "vendor"]))
    fields: dict[str, Any] = {
        "day": draw(st.sampled_from([date(2026, 1, 1), SUNDAY, MONDAY, FAR])),
        "stated_at": RECORDED - timedelta(days=draw(st.integers(0, 2))),
    }
    if kind == "vendor":
        fields |= {"stall": "S1", "market": "CD"}
    else:
        fields["account"] = draw(st.sampled_from([A, B, VIRTUAL]))
    if kind == "account_linked":
        fields["market"] = draw(st.sampled_from(["HL1", "CD"]))
    if kind != "account_unlinked":
        fields["vendor"] = draw(st.sampled_from(["V1", "V2"]))
    return fact(draw(st.integers(0, 999)), kind, **fields)


def apart(ledger: list[Told]) -> list[Told]:
    """No two recorded at one moment: which telling of an event was first is part of the ledger."""
    return [
        replace(told, recorded_at=told.recorded_at + timedelta(milliseconds=n))
        for n, told in enumerate(ledger)
    ]


payments = st.builds(Told, st.just("payment"), payment_bodies(), recorded)
facts = st.builds(Told, st.just("registry"), registry_bodies(), recorded)
refused = st.builds(
    Told, st.sampled_from(["payment", "registry"]), st.sampled_from([b"junk", b"{}"]), recorded
)
ledgers = st.tuples(
    st.lists(payments, min_size=8, max_size=40),
    st.lists(facts, min_size=2, max_size=10),
    st.lists(refused, max_size=2),
).map(lambda parts: apart([told for part in parts for told in part]))
