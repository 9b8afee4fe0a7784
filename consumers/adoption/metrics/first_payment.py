"""Time to first payment: how long a code hangs before anybody pays through it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from consumers.adoption.panel.exposure import Absences, market_open_days, read_absences
from consumers.adoption.panel.panel import Bools, Ints, Panel, day_number
from consumers.adoption.panel.panel_of import read_panel
from consumers.adoption.privacy.suppress import Supports, shared_rows, vendor_supports
from consumers.adoption.question.answer import (
    Answer,
    By,
    Cell,
    Definition,
    Metric,
    MetricContext,
    Question,
)
from consumers.adoption.question.beside import answer_of
from consumers.adoption.question.facts import Facts
from consumers.adoption.question.periods import periods
from consumers.adoption.question.rate import Figure
from consumers.adoption.question.readings import QR
from consumers.adoption.question.rows import cell_rows
from consumers.adoption.question.scope import Scope, scope
from consumers.statistics.survival import Survival, kaplan_meier
from infra.clickhouse import Store
from schemas.message import Message
from schemas.message import mark as _

HORIZONS = (7, 14, 30)  # open days
NOBODY = Message("adoption.no_code_issued")
NOT_FOLLOWED = Message("adoption.not_followed")
NOT_HALF = Message("adoption.fewer_than_half")
NO_WIDTH = Message("adoption.no_width")


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstPaymentRow(Cell):
    """Vendors of one group whose first code was issued in the period. Times in open days.

    `paid_within_…` are Kaplan-Meier's estimates with their 95 % interval; `censored_count` were not
    paid by the last day or by when their last code was revoked; `before_count` had been paid before
    any code was issued and are in no other figure.
    """

    issued_count: Figure
    paid_count: Figure
    censored_count: Figure
    before_count: Figure
    median_open_days: Figure
    paid_within_7: Figure
    paid_within_7_low: Figure
    paid_within_7_high: Figure
    paid_within_14: Figure
    paid_within_14_low: Figure
    paid_within_14_high: Figure
    paid_within_30: Figure
    paid_within_30_low: Figure
    paid_within_30_high: Figure


@dataclass(frozen=True, slots=True)
class Waits:
    """Of each vendor: day of his first code (-1: none), open days until he was paid or lost sight
    of, whether he was paid, and whether that was before his first code."""

    issued: Ints
    open_days: Ints
    is_paid: Bools
    is_before: Bools


def first_payment(store: Store, question: Question, scene: MetricContext) -> Answer:
    """How long it takes from the first code to the first payment."""
    with scope(store, question, scene) as read:
        rows = cell_rows(read, found_waits(read, question.by), (None, 0), _row)
        return answer_of(read, DEFINITION, shared_rows(read, rows, _supports(read)))


def waits(panel: Panel, absences: Absences, facts: Facts, last_day: int) -> Waits:
    """Open days after the day of the first code up to the day of the first payment, or until the
    last day, or the day before the last code was revoked."""
    spans = panel.spans
    codes = np.flatnonzero((spans.kind == QR) & (spans.vendor >= 0))
    issued = np.full(panel.count, np.iinfo(np.int64).max)
    np.minimum.at(issued, spans.vendor[codes], spans.first[codes])
    revoked = np.full(panel.count, -1, np.int64)
    np.maximum.at(revoked, spans.vendor[codes], spans.after[codes])
    issued = np.where(revoked < 0, -1, issued)
    seen_until = np.minimum(last_day, revoked - 1)
    first_paid = panel.first_paid()
    has_code = issued >= 0
    is_before = has_code & (first_paid >= 0) & (first_paid < issued)
    is_paid = has_code & (first_paid >= issued) & (first_paid <= seen_until)
    until = np.where(is_paid, first_paid, seen_until)

    begin = int(issued[has_code].min()) if has_code.any() else last_day
    is_open = market_open_days(facts, panel.markets, begin, last_day)
    reach = np.zeros((len(panel.markets), is_open.shape[1] + 1), np.int64)
    np.cumsum(is_open, axis=1, out=reach[:, 1:])
    start, stop = np.maximum(issued, begin), np.maximum(until, begin)
    open_days = reach[panel.market, stop - begin + 1] - reach[panel.market, start - begin + 1]
    rows, days = absences.days
    within = (days > start[rows]) & (days <= stop[rows])
    rows, days = rows[within], days[within]
    missed = is_open[panel.market[rows], days - begin]
    open_days -= np.bincount(rows[missed], minlength=panel.count)
    return Waits(issued, np.where(has_code, open_days, 0), is_paid, is_before)


def found_waits(read: Scope, by: By) -> list[tuple[Any, ...]]:
    """(first shown day of the period, market, group, (open days, is paid), paid before)."""
    question = read.question
    panel = read_panel(read, by=by)
    absences = read_absences(read, panel)
    found = waits(panel, absences, read.scene.facts, day_number(question.last_day))
    rows = []
    for period in periods(question, read.scene):
        first, last = day_number(period.first_day), day_number(period.last_day)
        is_issued = (found.issued >= first) & (found.issued <= last)
        for g, group in enumerate(panel.groups):
            of_group = is_issued & (panel.group == g)
            kept = np.flatnonzero(of_group & ~found.is_before)
            before = int((of_group & found.is_before).sum())
            if kept.size or before:
                pairs = (found.open_days[kept], found.is_paid[kept])
                rows.append((period.first_day, *group, pairs, before))
    return rows


def paid_within(curve: Survival, longest: int, horizon: int) -> tuple[Figure, Figure, Figure]:
    """(share paid within the horizon, low, high), or why it is not known."""
    at = int(np.searchsorted(curve.time, horizon, side="right")) - 1
    share = float(curve.share[at]) if at >= 0 else 1.0
    if longest < horizon and share > 0:
        none = Figure(None, NOT_FOLLOWED)
        return none, none, none
    if not 0 < share < 1:
        none = Figure(None, NO_WIDTH)
        return Figure(1 - share), none, none
    return Figure(1 - share), Figure(1 - float(curve.high[at])), Figure(1 - float(curve.low[at]))


def _row(cell: Mapping[str, Any], found: tuple[Any, ...]) -> FirstPaymentRow:
    pairs, before = found
    figures: dict[str, Any] = {}
    if pairs is None or not len(pairs[0]):
        none = Figure(None, NOBODY)
        for horizon in HORIZONS:
            name = f"paid_within_{horizon}"
            figures |= {name: none, f"{name}_low": none, f"{name}_high": none}
        counts = (0, 0)
        median = none
    else:
        open_days, is_paid = pairs
        curve = kaplan_meier(open_days.astype(np.float64), is_paid)
        for horizon in HORIZONS:
            name = f"paid_within_{horizon}"
            names = (name, f"{name}_low", f"{name}_high")
            figures |= dict(
                zip(names, paid_within(curve, int(open_days.max()), horizon), strict=True)
            )
        counts = (len(open_days), int(is_paid.sum()))
        half = curve.quantile(0.5)
        median = Figure(None, NOT_HALF) if half is None else Figure(int(half))
    return FirstPaymentRow(
        **cell,
        issued_count=Figure(counts[0]),
        paid_count=Figure(counts[1]),
        censored_count=Figure(counts[0] - counts[1]),
        before_count=Figure(before),
        median_open_days=median,
        **figures,
    )


def _supports(read: Scope) -> Supports:
    return vendor_supports(
        lambda by: {row[:3]: len(row[3][0]) + row[4] for row in found_waits(read, by)}
    )


DEFINITION = Definition(
    id="first-payment",
    version=1,
    title=_("Time to first payment"),
    text=_(
        "Vendors (in a market) to whom a first QR code was issued in the period. Their time is the"
        " number of open days (market open, vendor not marked absent) after the day of issue up to"
        " the day of their first valid payment, so that a payment on the day of issue is 0. Who was"
        " not paid by the last day asked about, or by the day before his last code was revoked, is"
        " lost sight of then (right-censored). median_open_days and paid_within_7, _14 and _30 open"
        " days are Kaplan and Meier's (1958). A code that names no vendor is of the vendor who had"
        " its stall on the day of issue. Who had been paid before any code of his was issued has no"
        " time: before_count."
    ),
    nulls=_(
        "Null where no code was issued, where nobody has been followed for so long, and, for the"
        " median, where fewer than half were paid as far as anybody was followed."
    ),
    interval=_("95 % by Greenwood's variance on the log(-log) scale."),
    thresholds=(),
    sql=("question/roster", "question/paid_days", "question/absences"),
)

METRIC = Metric(
    answer=first_payment,
    row=FirstPaymentRow,
    definition=DEFINITION,
    by=frozenset({"all", "kind", "market", "row", "product"}),
    grains=frozenset({"month", "window"}),
    days=180,
)
