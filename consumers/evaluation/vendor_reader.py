"""Reads vendors × weeks of the pilot markets: payments, open days, visits, rows and products."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

import numpy as np

from consumers.evaluation.panel import VendorPanel
from consumers.evaluation.panel_reader import PanelReader
from consumers.sql import statement
from consumers.statistics.arrays import Floats

Key = tuple[str, str]  # market, vendor


def read_vendors(reader: PanelReader, markets: Sequence[str] | None = None) -> VendorPanel:
    """Every vendor of these markets (by default the pilots) that the registry knows by the end."""
    markets = list(reader.plan.markets.pilots if markets is None else markets)
    weeks, last_day = reader.weeks, reader.params["last_day"]
    stands = reader.store.query(
        statement(__package__, "vendor_stands"),
        {"ask": reader.registry_ask, "on_day": last_day, "markets": markets},
    )
    keys: list[Key] = [(market, vendor) for market, vendor, *_ in stands]
    row_of = {key: n for n, key in enumerate(keys)}
    at_stall = {(market, stall): (market, vendor) for market, vendor, stall, *_ in stands if stall}
    column_of = {week: n for n, week in enumerate(weeks)}
    count = np.zeros((len(keys), len(weeks)))
    for market, vendor, week, payments in reader.rows("vendor_week_counts"):
        if (market, vendor) in row_of:
            count[row_of[market, vendor], column_of[week]] = payments
    visits, visited = _visits(reader, row_of, at_stall, markets)
    first_paid = np.where(count.any(axis=1), count.astype(bool).argmax(axis=1), len(weeks))
    earlier = reader.store.query(
        statement(__package__, "paid_before"), {"first_day": weeks[0], "markets": markets}
    )
    for market, vendor in earlier:
        if (market, vendor) in row_of:
            first_paid[row_of[market, vendor]] = -1
    return VendorPanel(
        markets=tuple(market for market, _ in keys),
        vendors=tuple(vendor for _, vendor in keys),
        row=tuple(row for *_, row, _ in stands),
        product=tuple(product for *_, product in stands),
        weeks=weeks,
        count=count,
        open_days=_open_days(reader, keys),
        visits=visits,
        visited=visited,
        first_paid=first_paid.astype(np.float64),
        cut_off_at=reader.cut_off_at,
    )


def _visits(
    reader: PanelReader, row_of: dict[Key, int], at_stall: dict[Key, Key], markets: list[str]
) -> tuple[Floats, Floats]:
    """Visits by week, and the week of the first one ever (its index; -1: before the window)."""
    weeks = reader.weeks
    visits = np.zeros((len(row_of), len(weeks)))
    visited = np.full(len(row_of), float(len(weeks)))
    rows = reader.store.query(
        statement(__package__, "vendor_visits"),
        {"known_at": reader.known_at, "last_day": reader.params["last_day"], "markets": markets},
    )
    for market, vendor, stall, week, number in rows:
        key = (market, vendor) if vendor else at_stall.get((market, stall))
        if key is None or key not in row_of:
            continue
        row = row_of[key]
        if week < weeks[0]:
            visited[row] = -1
        elif week in weeks:
            column = weeks.index(week)
            visits[row, column] += number
            visited[row] = min(visited[row], column)
    return visits, visited


def _open_days(reader: PanelReader, keys: list[Key]) -> Floats:
    """Open days of the market less those on which the vendor was marked absent."""
    by_market = {market: reader.open_days(market) for market in {market for market, _ in keys}}
    found = np.array([by_market[market] for market, _ in keys]).reshape(
        len(keys), len(reader.weeks)
    )
    absent: dict[Key, list[date]] = defaultdict(list)
    for market, vendor, days in reader.rows("vendor_absences", known_at=reader.known_at):
        absent[market, vendor] = days
    for row, (market, vendor) in enumerate(keys):
        for day in absent[market, vendor]:
            for column, week in enumerate(reader.weeks):
                if 0 <= (day - week).days < 7 and reader.facts.is_open(market, day):
                    found[row, column] -= 1
    return found
