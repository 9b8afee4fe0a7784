"""Lifecycle: who came, stayed, came back and went, period by period."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from consumers.adoption.panel.exposure import (
    leave,
    leave_so_far,
    paid_periods,
    period_days,
    period_number,
    read_absences,
)
from consumers.adoption.panel.panel import Bools, Panel, date_of, day_number
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
from consumers.adoption.question.periods import periods
from consumers.adoption.question.rate import Figure, Rate, rate
from consumers.adoption.question.rows import cell_rows
from consumers.adoption.question.scope import Scope, scope
from infra.clickhouse import Store
from schemas.message import Message
from schemas.message import mark as _

NONE_BEFORE = Message("adoption.none_before")


@dataclass(frozen=True, slots=True, kw_only=True)
class LifecycleRow(Cell):
    """Vendors of one group in one period: active = active_before + new + resurrected - dormant.

    `active` = `new` + `returning` + `resurrected` + `on_leave`. `dormant_share` is of those active
    in the period before.
    """

    active_before: Figure
    new: Figure
    resurrected: Figure
    dormant: Figure
    active: Figure
    returning: Figure
    on_leave: Figure
    dormant_share: Rate


@dataclass(frozen=True, slots=True)
class Moves:
    """Vendor × period, True where it holds. `before` is `active` one period earlier."""

    active: Bools
    before: Bools
    new: Bools
    returning: Bools
    resurrected: Bools
    dormant: Bools
    on_leave: Bools


def moves(paid: Bools, away: Bools) -> Moves:
    """How vendors came and went. Both arrays begin before any vendor's first payment.

    A vendor is active in a period in which he was paid, and in one without an open day (`away`) if
    he was active in the period before.
    """
    active = np.zeros_like(paid)
    state = np.zeros(paid.shape[0], bool)
    for n in range(paid.shape[1]):
        state = paid[:, n] | (away[:, n] & state)
        active[:, n] = state
    before = np.zeros_like(active)
    before[:, 1:] = active[:, :-1]
    seen = np.logical_or.accumulate(paid, axis=1)
    new = seen.copy()
    new[:, 1:] &= ~seen[:, :-1]
    return Moves(
        active=active,
        before=before,
        new=new,
        returning=paid & before,
        resurrected=paid & ~before & ~new,
        dormant=before & ~active,
        on_leave=active & ~paid,
    )


def lifecycle(store: Store, question: Question, scene: MetricContext) -> Answer:
    """Vendors active in each period, and where they came from and went."""
    with scope(store, question, scene) as read:
        rows = cell_rows(read, found_moves(read, question.by), NOTHING, _row)
        return answer_of(read, DEFINITION, shared_rows(read, rows, _supports(read)))


FIELDS = ("before", "new", "resurrected", "dormant", "active", "returning", "on_leave")
NOTHING = (0,) * len(FIELDS)


def found_moves(read: Scope, by: By) -> list[tuple[Any, ...]]:
    """(first shown day of the period, market, group, then the sums of FIELDS)."""
    question = read.question
    panel = read_panel(read, by=by, with_spans=False)
    shown = periods(question, read.scene)
    numbers = [period_number(period.first_day, question.grain) for period in shown]
    span = range(min(numbers[0], _first_period(panel, question)), numbers[-1] + 1)
    first, last = period_days(numbers[-1], question.grain)
    absences = read_absences(read, panel)
    away = leave(panel, absences, read.scene.facts, question.grain, span)
    if last > day_number(question.last_day):
        until = day_number(question.last_day)
        away[:, -1] = leave_so_far(panel, absences, read.scene.facts, first, until)
    found = moves(paid_periods(panel, question.grain, span), away)
    columns = np.array(numbers) - span.start
    sums = [panel.sums(getattr(found, name)[:, columns]).tolist() for name in FIELDS]
    return [
        (period.first_day, *group, *(part[g][n] for part in sums))
        for g, group in enumerate(panel.groups)
        for n, period in enumerate(shown)
    ]


def _first_period(panel: Panel, question: Question) -> int:
    """The period of the first payment of all, or of the question's first day."""
    first = panel.first_paid()
    first = first[first >= 0]
    day: date = date_of(int(first.min())) if first.size else question.first_day
    return period_number(day, question.grain)


def _row(cell: Mapping[str, Any], found: tuple[Any, ...]) -> LifecycleRow:
    before, new, resurrected, dormant, active, returning, on_leave = found
    assert active == before + new + resurrected - dormant, (cell, found)
    assert active == new + returning + resurrected + on_leave, (cell, found)
    return LifecycleRow(
        **cell,
        active_before=Figure(before),
        new=Figure(new),
        resurrected=Figure(resurrected),
        dormant=Figure(dormant),
        active=Figure(active),
        returning=Figure(returning),
        on_leave=Figure(on_leave),
        dormant_share=rate(dormant, before, missing=NONE_BEFORE, zero=NONE_BEFORE),
    )


def _supports(read: Scope) -> Supports:
    # Who is active, and who has just gone: each of these vendors stands behind a figure.
    return vendor_supports(lambda by: {row[:3]: row[6] + row[7] for row in found_moves(read, by)})


DEFINITION = Definition(
    id="lifecycle",
    version=1,
    title=_("Lifecycle"),
    text=_(
        "A vendor (in a market) is active in a period in which he had a valid payment, and in one"
        " in which he had no open day (his market closed, or he marked absent, on every day) if he"
        " was active in the period before: that is on_leave. new: his first payment ever in that"
        " market. returning: paid, and active in the period before. resurrected: paid, not active"
        " in the period before, paid at some time earlier. dormant: active in the period before and"
        " not in this one. active = active_before + new + resurrected - dormant in every group and"
        " period. Rows, products and kinds are those of the question's last day; a cohort is the"
        " month of the first payment."
    ),
    nulls=_(
        "dormant_share is null where nobody was active in the period before. A period that is not"
        " over counts as dormant who may still be paid: it is marked incomplete."
    ),
    interval=_("95 % by Wilson, for dormant_share."),
    thresholds=(),
    sql=("question/paid_days", "question/absences"),
)

METRIC = Metric(
    answer=lifecycle,
    row=LifecycleRow,
    definition=DEFINITION,
    by=frozenset({"all", "kind", "market", "row", "product", "cohort", "vendor"}),
    grains=frozenset({"day", "week", "month"}),
    days=84,
)
