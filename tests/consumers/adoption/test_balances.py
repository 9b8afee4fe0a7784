"""Balances told after credits: what is missing between them, to the đồng, on the real store.

The books of each account are written beside its records, those that nobody tells included.
"""

from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pytest

from consumers.adoption.ask import ask, question_of
from consumers.adoption.metrics.health import BALANCE_FIGURES, HealthRow
from consumers.adoption.question.scene import look
from infra.clickhouse import Store
from infra.settings import FoldSettings
from schemas.cloudevent import encode
from schemas.payment import payment_event
from tests.consumers.adoption.cities import token
from tests.consumers.adoption.test_daily import fact
from tests.engine import NOW, fold_all, land, records

DAY = date(2026, 6, 10)
AT = datetime(2026, 6, 9, 20, tzinfo=UTC)
MARKETS = ("HL1", "CD", "")
Sums = list[int]  # accounts, unordered accounts, gaps, missing đồng, outflow đồng


def story(rng: Random, name: str, sums: Sums) -> list[bytes]:
    """One account's credits and refunds, some of which nobody tells; adds to the sums."""
    balance, drift, gaps, missing, outflow, told = rng.randrange(10**6), 0, 0, 0, 0, False
    bodies: list[bytes] = []
    for number in range(rng.randint(1, 12)):
        amount = rng.choice((5_000, 20_000, 20_000))
        kind = rng.choice(("credited", "credited", "credited", "refunded", "lost", "out"))
        balance += amount if kind in ("credited", "lost") else -amount
        if kind in ("lost", "out"):
            drift += amount if kind == "lost" else -amount
            continue
        has_balance = rng.random() < 0.7
        fields: dict[str, Any] = {"bank_reference": f"FT{name}-{number}".upper()}
        if kind == "refunded":
            fields["compensation_reference"] = f"RF{name}-{number}".upper()
        event = payment_event(
            kind=kind,  # type: ignore[arg-type]
            source="/casso",
            source_transaction_id=f"{name}-{number}",
            occurred_at=AT + timedelta(minutes=number),
            account=token(name),
            amount_vnd=amount,
            rail_class="p2p_transfer",
            balance_after_vnd=balance if has_balance else None,
            **fields,
        )
        bodies += [encode(event)] * rng.choice((1, 1, 2))
        if has_balance:
            # Before the first balance nothing can be said: that is where the account is met.
            if told and drift:
                gaps += drift > 0
                missing += max(0, drift)
                outflow += max(0, -drift)
            told, drift = True, 0
    # An account is looked at where a credit (not only a refund) tells a balance.
    if any(b'"balance_after_vnd":null' not in body and b".credited." in body for body in bodies):
        for place, number in enumerate((1, 0, gaps, missing, outflow)):
            sums[place] += number
    return bodies


@pytest.mark.real
def test_gaps_are_found_to_the_dong(store: Store) -> None:
    rng = Random(5)
    wanted: dict[str, Sums] = {market: [0] * 5 for market in MARKETS}
    # HL1 is a market that the registry knows; CD is named by links alone; '' are nobody's accounts.
    facts = [fact(900, "market", market="HL1", name="HL1", market_kind="traditional_market")]
    bodies: list[bytes] = []
    for number in range(60):
        market, name = rng.choice(MARKETS), f"acc{number}"
        if market:
            facts.append(
                fact(number, "account_linked", account=token(name), market=market, vendor="V")
            )
        bodies += story(rng, name, wanted[market])
    bodies.append(day_only())
    wanted[""][1] += 1  # its order among the others of its day cannot be known
    rng.shuffle(bodies)
    land(store, records(facts, at=AT), shape="registry")
    land(store, records(bodies, at=AT + timedelta(days=1)))
    assert min(sums[3] for sums in wanted.values()) > 0
    whole = [sum(column) for column in zip(*wanted.values(), strict=True)]
    # Before the fold and after it: balances are read from evidence.
    assert asked(store, by="market") == wanted
    fold_all(store)
    assert asked(store, by="market") == wanted
    assert asked(store, by="all") == {"": whole}
    assert asked(store, by="all", markets=("HL1",)) == {"": wanted["HL1"]}
    kinds = asked(store, by="kind", markets=("HL1",))
    assert list(kinds.values()) == [wanted["HL1"]]


def day_only() -> bytes:
    """A credit of which only the day is known."""
    return encode(
        payment_event(
            kind="credited",
            source="/statement",
            source_transaction_id="day-only",
            occurred_at=AT + timedelta(hours=1),
            time_precision="day",
            account=token("acc-day"),
            bank_reference="FTDAY",
            amount_vnd=5_000,
            rail_class="p2p_transfer",
            balance_after_vnd=5_000,
        )
    )


def asked(store: Store, *, by: str, markets: tuple[str, ...] = ()) -> dict[str, list[Any]]:
    """The figures of balances by market, as anybody may ask for them."""
    question = question_of("health", now=NOW, first_day=DAY, last_day=DAY, by=by, markets=markets)
    scene = look(store, now=NOW, fold=FoldSettings(), question=question)
    rows = ask(store, question, scene).rows
    return {
        row.market: [getattr(row, name).value for name in BALANCE_FIGURES]
        for row in rows
        if isinstance(row, HealthRow)
    }
