"""The ladder: from the stalls that a census counted to those whose vendors have the habit."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

import numpy as np

from consumers.adoption.metrics.activity import of_census
from consumers.adoption.panel.active import read_windows, standings, window_range
from consumers.adoption.panel.exposure import read_absences
from consumers.adoption.panel.panel import Ints, Panel, day_number
from consumers.adoption.panel.panel_of import read_panel
from consumers.adoption.panel.provision import Provision, census_of, provision
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
from consumers.adoption.question.readings import Census, read_census
from consumers.adoption.question.rows import cell_rows
from consumers.adoption.question.scope import Scope, scope
from infra.clickhouse import Store
from schemas.message import Count, Message
from schemas.message import mark as _

NONE_EQUIPPED = Message("adoption.none_equipped")


@dataclass(frozen=True, slots=True, kw_only=True)
class LadderRow(Cell):
    """Stalls of one group on the question's last day; each step is part of the one before.

    `of_equipped` and `of_census` are two answers to one question: print both.
    `unequipped_paid_count` are vendors paid lately who have no live account any more.
    """

    census: Figure
    equipped: Figure
    paid_ever: Figure
    paid_lately: Figure
    active: Figure
    habitual: Figure
    equipped_of_census: Rate
    paid_ever_of_equipped: Rate
    paid_ever_of_census: Rate
    paid_lately_of_equipped: Rate
    paid_lately_of_census: Rate
    active_of_equipped: Rate
    active_of_census: Rate
    habitual_of_equipped: Rate
    habitual_of_census: Rate
    undecided_count: Figure
    unequipped_paid_count: Figure


@dataclass(frozen=True, slots=True)
class Steps:
    """Stalls of each vendor of a panel that reached a step. Vectors over vendors."""

    equipped: Ints
    paid_ever: Ints
    paid_lately: Ints
    active: Ints
    habitual: Ints
    undecided: Ints
    unequipped_paid: Ints


def ladder(store: Store, question: Question, scene: MetricContext) -> Answer:
    """How far each group's stalls have come."""
    ranges = window_range([question.last_day], question.thresholds)
    with scope(store, question, scene, ranges) as read:
        make = partial(_row, read, read_census(read))
        rows = cell_rows(read, found_steps(read, question.by), NOTHING, make)
        return answer_of(read, DEFINITION, shared_rows(read, rows, _supports(read)))


FIELDS = (
    "equipped",
    "paid_ever",
    "paid_lately",
    "active",
    "habitual",
    "undecided",
    "unequipped_paid",
)
NOTHING = (0,) * len(FIELDS)


def found_steps(read: Scope, by: By) -> list[tuple[Any, ...]]:
    """(first shown day, market, group, then the sums of FIELDS)."""
    question = read.question
    panel = read_panel(read, by=by)
    [period] = periods(question, read.scene)
    found = steps(read, panel, provision(panel, day_number(question.last_day)))
    sums = [panel.sums(getattr(found, name)) for name in FIELDS]
    return [
        (period.first_day, *group, *(int(part[g]) for part in sums))
        for g, group in enumerate(panel.groups)
    ]


def steps(read: Scope, panel: Panel, found: Provision) -> Steps:
    """The stalls of each vendor, as far as he has come: each step only after the one before."""
    question, thresholds = read.question, read.question.thresholds
    end = question.last_day
    absences = read_absences(read, panel)
    windows = read_windows(read, panel, [end])
    [stand] = standings(panel, absences, read.scene.facts, windows, [end], thresholds)
    begin = end - timedelta(days=thresholds.activation_window_days - 1)
    is_paid_lately = panel.paid_days(day_number(begin), day_number(end)).any(axis=1)
    is_paid_ever = panel.first_paid() >= 0
    equipped = found.equipped
    lately = np.where(is_paid_ever & is_paid_lately, equipped, 0)
    active = np.where(stand.is_active, lately, 0)
    return Steps(
        equipped=equipped,
        paid_ever=np.where(is_paid_ever, equipped, 0),
        paid_lately=lately,
        active=active,
        habitual=np.where(stand.is_habitual, active, 0),
        undecided=np.where(stand.is_undecided, lately, 0),
        unequipped_paid=((equipped == 0) & is_paid_lately).astype(np.int64),
    )


def _row(read: Scope, census: Census, cell: Mapping[str, Any], found: tuple[Any, ...]) -> LadderRow:
    equipped, *steps_after, undecided, unequipped = found
    stalls = census_of(read, census, cell, cell["last_day"], read.question.by)
    if stalls.value is not None and stalls.value < equipped:
        counts = {"stalls": Count(int(stalls.value)), "equipped": Count(equipped)}
        stalls = Figure(None, Message("adoption.census_out_of_date", **counts))
    rates: dict[str, Any] = {"equipped_of_census": of_census(equipped, stalls)}
    for name, count in zip(FIELDS[1:5], steps_after, strict=True):
        rates[name] = Figure(count)
        rates[f"{name}_of_equipped"] = rate(
            count, equipped, missing=NONE_EQUIPPED, zero=NONE_EQUIPPED
        )
        rates[f"{name}_of_census"] = of_census(count, stalls)
    return LadderRow(
        **cell,
        census=stalls,
        equipped=Figure(equipped),
        undecided_count=Figure(undecided),
        unequipped_paid_count=Figure(unequipped),
        **rates,
    )


def _supports(read: Scope) -> Supports:
    return vendor_supports(lambda by: {row[:3]: row[3] for row in found_steps(read, by)})


DEFINITION = Definition(
    id="ladder",
    version=1,
    title=_("The ladder"),
    text=_(
        "On the question's last day, in stalls. census: stalls counted by the census in force."
        " equipped: stalls with at least one live account, which is an account linked to the stall"
        " (or to its vendor without naming a stall) or a QR code issued for it and not revoked; a"
        " vendor of whom no stall is named trades at one. paid_ever: equipped stalls whose vendor"
        " had a valid payment in that market ever. paid_lately: those of them with one in the"
        " trailing activation_window_days. active: those of them whose vendor is active (see"
        " activity). habitual: those of them whose vendor has the habit. Each step is part of the"
        " one before, so none is larger. Payments are known by vendor, not by stall: of a vendor"
        " with two equipped stalls both count. unequipped_paid_count: vendors paid in the trailing"
        " activation_window_days who have no live account or code (any more). undecided_count: see"
        " activity. The share of sales, the last step, is measured apart: see cashless-share."
    ),
    nulls=_(
        "What is of the census is null without one, by row and product (the census counts markets),"
        " and where it counted fewer stalls than are equipped."
    ),
    interval=_("95 % by Wilson."),
    thresholds=(
        "activation_window_days",
        "active_payments_min",
        "active_payers_min",
        "active_days_min",
        "active_window_days",
        "habitual_weeks_min",
        "habitual_window_weeks",
    ),
    sql=(
        "question/roster",
        "question/paid_days",
        "question/absences",
        "question/window_payers",
        "question/census",
    ),
)

METRIC = Metric(
    answer=ladder,
    row=LadderRow,
    definition=DEFINITION,
    by=frozenset({"all", "kind", "market", "row", "product"}),
    grains=frozenset({"window"}),
)
