"""Reads what a plan needs, as known at its cut-off: the one part of evaluation that asks the store.

Figures come from the fold. Days that later evidence may have changed are computed anew as they were
known, put down for this question, and dropped at the end.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import numpy as np

from consumers.adoption.question.facts import Facts, read_facts
from consumers.adoption.question.known import forget_days, forget_spans, put_known_days
from consumers.adoption.question.scene import look
from consumers.evaluation.evaluate import first_start, whole
from consumers.evaluation.names import RAILS
from consumers.evaluation.panel import MarketPanel
from consumers.evaluation.plan import Plan
from consumers.fold.projections import stage_spans
from consumers.sql import statement
from consumers.statistics.arrays import Floats
from consumers.statistics.collapsed import VendorMoments
from infra.clickhouse import Store
from infra.errors import Unavailable
from infra.settings import FoldSettings
from schemas.calendar import LOCAL
from schemas.message import Message, Name


@dataclass(frozen=True, slots=True)
class PanelReader:
    """One plan's window over the store. `known_at` is its cut-off, or now where that is to come.

    `weeks` are the complete ones of the window; `asked_days` were put down under `ask`.
    """

    store: Store
    plan: Plan
    known_at: datetime
    cut_off_at: datetime | None
    weeks: tuple[date, ...]
    facts: Facts
    ask: str
    asked_days: tuple[date, ...]
    registry_ask: str

    @property
    def markets(self) -> tuple[str, ...]:
        """Pilots, then comparison markets."""
        return self.plan.markets.pilots + self.plan.markets.comparisons

    @property
    def params(self) -> dict[str, Any]:
        """Parameters of every statement over the window."""
        return {
            "first_day": self.weeks[0],
            "last_day": self.weeks[-1] + timedelta(days=6),
            "ask": self.ask,
            "asked_days": list(self.asked_days),
            "markets": list(self.markets),
        }

    def days(self, week: date) -> list[date]:
        """Its seven days."""
        return [week + timedelta(days=n) for n in range(7)]

    def open_days(self, market: str) -> Floats:
        """Of each week: on how many days the market was open, from when the registry knows it."""
        since = min((f.since for f in self.facts.markets if f.market == market), default=None)
        return np.array(
            [
                sum(
                    since is not None and day >= since and self.facts.is_open(market, day)
                    for day in self.days(week)
                )
                for week in self.weeks
            ],
            np.float64,
        )

    def rows(self, name: str, **more: Any) -> list[tuple[Any, ...]]:
        """Rows of a statement of this package, with those of the parameters that it has."""
        text = statement(__package__, name)
        known = (self.params | more).items()
        return self.store.query(text, {key: value for key, value in known if f"{{{key}:" in text})


@contextmanager
def reading(
    store: Store, plan: Plan, *, now: datetime, fold: FoldSettings
) -> Iterator[PanelReader]:
    """A reading of the plan's window. Unavailable: nothing of it is over yet."""
    known_at = min(plan.known_on, now)
    weeks = complete_weeks(plan, known_at)
    if not weeks:
        raise Unavailable(f"plan {plan.id}: no week of its window is over by {known_at:%Y-%m-%d}")
    scene = look(store, now=now, fold=fold)
    last_day = weeks[-1] + timedelta(days=6)
    late = _late_days(store, known_at) | set(scene.cut_off.waiting_days)
    first_link = _first_late_link(store, known_at)
    window = [weeks[0] + timedelta(days=n) for n in range((last_day - weeks[0]).days + 1)]
    asked = tuple(d for d in window if d in late or (first_link is not None and d >= first_link))
    ask = uuid4().hex
    registry_ask = ask if known_at < now else ""
    try:
        put_known_days(store, ask, asked, known_at, fold)
        if registry_ask:
            stage_spans(store, ask=registry_ask, known_at=known_at, seen=(0, 0))
        at = scene.cut_off.at
        yield PanelReader(
            store=store,
            plan=plan,
            known_at=known_at,
            cut_off_at=None if at is None else min(at, known_at),
            weeks=weeks,
            facts=read_facts(store, known_at),
            ask=ask,
            asked_days=asked,
            registry_ask=registry_ask,
        )
    finally:
        if asked:
            forget_days(store, ask)
        if registry_ask:
            forget_spans(store, registry_ask)


def complete_weeks(plan: Plan, known_at: datetime) -> tuple[date, ...]:
    """The weeks of the window that were over at a moment, by local days."""
    today = known_at.astimezone(LOCAL).date()
    count = (plan.window.last_week - plan.window.first_week).days // 7 + 1
    weeks = (plan.window.first_week + timedelta(weeks=n) for n in range(count))
    return tuple(week for week in weeks if week + timedelta(days=7) <= today)


def read_markets(reader: PanelReader) -> MarketPanel:
    """The plan's outcome, by events or by what somebody reported of whole markets."""
    names = {fact.market: fact.name for fact in reader.facts.markets}
    stalls = _stalls(reader)
    open_days = np.array([reader.open_days(market) for market in reader.markets])
    exposure = stalls if reader.plan.outcome.metric == "paying_share" else stalls * open_days
    # A week without an open day has no exposure, whatever is counted.
    exposure = np.where(open_days > 0, exposure, 0.0)
    amount, source = (
        _totals(reader) if reader.plan.outcome.source == "market_total" else _events(reader)
    )
    return MarketPanel(
        markets=reader.markets,
        names=tuple(names.get(market, market) for market in reader.markets),
        weeks=reader.weeks,
        amount=amount,
        exposure=exposure,
        source=source,
        cut_off_at=reader.cut_off_at,
        moments=None,
    )


def with_moments(reader: PanelReader, panel: MarketPanel) -> MarketPanel:
    """The panel with the changes of single vendors over the weeks that count; for events only."""
    used, _ = whole(reader.plan, panel)
    start = first_start(reader.plan)
    before = [week for week in used.weeks if week < start]
    after = [week for week in used.weeks if week >= start]
    outcome = reader.plan.outcome
    if not before or not after or outcome.source != "events" or outcome.metric == "paying_share":
        return panel
    sides = [np.array([w in side for w in reader.weeks]) for side in (set(before), set(after))]
    days = [[int(reader.open_days(m)[side].sum()) for m in used.markets] for side in sides]
    rows = reader.rows(
        "vendor_changes",
        metric=outcome.metric,
        codes=list(used.markets),
        days_before=days[0],
        days_after=days[1],
        weeks_before=before,
        weeks_after=after,
    )
    found = {market: (count, mean, variance) for market, count, mean, variance in rows}
    if not set(used.markets) <= set(found):
        return panel
    nothing = (0.0, np.nan, np.nan)
    columns = np.array([found.get(market, nothing) for market in panel.markets], np.float64).T
    return replace(panel, moments=VendorMoments(columns[0], columns[1], columns[2]))


def _events(reader: PanelReader) -> tuple[Floats, Message]:
    """A week without a payment is a zero: the ledger would hold what the registry knows of."""
    column = {"payments": 2, "vnd": 3, "paying_share": 4}[reader.plan.outcome.metric]
    amount = np.zeros((len(reader.markets), len(reader.weeks)))
    _fill(reader, amount, ((row[0], row[1], row[column]) for row in reader.rows("market_weeks")))
    return amount, Message("source.events")


def _totals(reader: PanelReader) -> tuple[Floats, Message]:
    """A week that nobody reported is missing, never a zero."""
    outcome = reader.plan.outcome
    rows = reader.rows(
        "market_totals",
        known_at=reader.known_at,
        reported_by=outcome.reported_by,
        rail_class=outcome.rail_class,
    )
    column = 2 if outcome.metric == "payments" else 3
    amount = np.full((len(reader.markets), len(reader.weeks)), np.nan)
    _fill(reader, amount, ((row[0], row[1], row[column]) for row in rows))
    assert outcome.reported_by is not None and outcome.rail_class is not None, outcome
    reporter, rail = Name(outcome.reported_by), RAILS[outcome.rail_class]
    return amount, Message("source.market_total", reporter=reporter, rail=rail)


def _fill(reader: PanelReader, amount: Floats, cells: Iterator[tuple[str, date, Any]]) -> None:
    row_of = {market: n for n, market in enumerate(reader.markets)}
    column_of = {week: n for n, week in enumerate(reader.weeks)}
    for market, week, value in cells:
        if market in row_of and week in column_of:
            amount[row_of[market], column_of[week]] = float(value)


def _stalls(reader: PanelReader) -> Floats:
    """Mean number of stalls over the days of each week; 0 where a day had no census in force."""
    rows = reader.rows("censuses", known_at=reader.known_at)
    found = np.zeros((len(reader.markets), len(reader.weeks)))
    covered = np.zeros(found.shape)
    row_of = {market: n for n, market in enumerate(reader.markets)}
    for market, count, since, until in rows:
        for column, week in enumerate(reader.weeks):
            days = sum(since <= day < until for day in reader.days(week))
            found[row_of[market], column] += count * days / 7
            covered[row_of[market], column] += days
    return np.where(covered == 7, found, 0.0)


def _late_days(store: Store, known_at: datetime) -> set[date]:
    rows = store.query(statement(__package__, "late_days"), {"known_at": known_at})
    return {day for (day,) in rows}


def _first_late_link(store: Store, known_at: datetime) -> date | None:
    [(is_late, first)] = store.query(statement(__package__, "late_links"), {"known_at": known_at})
    return first if is_late else None
