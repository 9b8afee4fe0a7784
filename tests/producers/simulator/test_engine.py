"""The real engine, given a whole city, must say what the city knows."""

from datetime import date

import pytest

from infra.clickhouse import Store
from producers.simulator.city import City
from producers.simulator.noise import ROUGH, Noise
from producers.simulator.run import simulate
from producers.simulator.truth import FIGURES, expected_vendor_days
from tests.engine import MARKET_DAYS, fold_all, land, records, vendor_days


@pytest.mark.real
def test_the_folded_tables_are_the_truth(store: Store) -> None:
    simulation = simulate(
        seed=11, days=25, start=date(2026, 2, 5), scale=0.01, with_others=True, noise=ROUGH
    )
    facts = [delivery.body for delivery in simulation.registry_deliveries()]
    evidence = [delivery.body for delivery in simulation.deliveries()]
    land(store, records(facts), shape="registry")
    land(store, records(evidence))
    fold_all(store)

    fees = store.query(
        "SELECT market, stall, month, due_vnd, paid_cashless_vnd, paid_cash_vnd"
        " FROM registry_fee(known_at = '2100-01-01 00:00:00')"
    )
    expected_fees = simulation.expected_fees()
    assert {row[:3]: tuple(int(vnd) for vnd in row[3:]) for row in fees} == expected_fees
    assert {bool(cashless) for _, cashless, _ in expected_fees.values()} == {True, False}

    assert store.rows("SELECT reason, count() AS n FROM rejected GROUP BY reason") == []
    found = {
        where: {name: row[name] for name in FIGURES} for where, row in vendor_days(store).items()
    }
    assert found == simulation.expected_vendor_days()
    markets = expected_market_days(simulation.city, simulation.noise)
    summed = [name for name in FIGURES if name != "payer_count"]
    assert {
        (row["day"], row["market"]): {name: row[name] for name in summed}
        for row in store.rows(MARKET_DAYS)
    } == markets


def expected_market_days(
    city: City, noise: Noise | None = None
) -> dict[tuple[date, str], dict[str, int]]:
    """The truth by market. `payer_count` is left out: one payer may buy from two vendors."""
    markets: dict[tuple[date, str], dict[str, int]] = {}
    summed = [figure for figure in FIGURES if figure != "payer_count"]
    for (day, market, _), figures in expected_vendor_days(city, noise).items():
        row = markets.setdefault((day, market), dict.fromkeys(summed, 0))
        for figure in summed:
            row[figure] += figures[figure]
    return markets
