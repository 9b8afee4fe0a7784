"""Which design may answer: each with what it needs, and a refusal where that is missing. Pure.

The rows are those of the table in docs/evaluation.md. A plan names its design; nothing here
switches to another one.
"""

from dataclasses import dataclass

import numpy as np

from consumers.evaluation.panel import MarketPanel
from consumers.evaluation.plan import Estimator, Plan
from consumers.evaluation.refusals import refusal
from consumers.evaluation.result import Design, Label, Refusal
from schemas.message import Count, Message, Name

COMPARISONS_MIN = 4
SEASON_WEEKS = 52
SEASONS_MIN = 2
ZERO_WEEKS_MAX = 0.5

ESTIMATES: dict[Estimator, Message] = {
    "stepped_wedge": Message("design.stepped_wedge"),
    "did": Message("design.did"),
    "onboarding": Message("design.onboarding"),
    "its": Message("design.its"),
    "ancova": Message("design.ancova"),
}
INFERENCES: dict[Estimator, Message] = {
    "stepped_wedge": Message("inference.stepped_wedge"),
    "did": Message("inference.did"),
    "onboarding": Message("inference.onboarding"),
    "its": Message("inference.its"),
    "ancova": Message("inference.ancova"),
}


@dataclass(frozen=True, slots=True)
class Situation:
    """What the chooser knows. Counts of markets and weeks are of those that have whole figures.

    `zero_comparisons` are markets in which half of the weeks or more are zero; `is_zero_before`:
    so it is among the pilots before the start. `clusters` are rows of stalls.
    """

    source: str
    pilots: int
    comparisons: int
    weeks_before: int
    weeks_after: int
    starts: int
    is_randomised: bool
    zero_comparisons: tuple[str, ...] = ()
    is_zero_before: bool = False
    is_constant: bool = False
    unequal_log: bool = False
    treated_vendors: int = 0
    control_vendors: int = 0
    clusters: int = 0
    paid_before_visit: bool = True


def situation_of(plan: Plan, panel: MarketPanel) -> Situation:
    """The situation of a plan whose panel holds whole weeks only. Vendors are added elsewhere."""
    is_pilot = np.array([m in plan.markets.pilots for m in panel.markets], np.bool_)
    weeks = np.array([w.toordinal() for w in panel.weeks])
    starts = {start for m in plan.markets.pilots if (start := plan.start_of(m)) is not None}
    first = min(starts).toordinal()
    # Of single stray payments a market is still not measured: half of its weeks must have some.
    least = ZERO_WEEKS_MAX if plan.outcome.source == "events" else 1.0
    is_zero = (panel.amount == 0).mean(axis=1) >= least if panel.weeks else is_pilot
    zero = tuple(m for m, z, p in zip(panel.markets, is_zero, is_pilot, strict=True) if z and not p)
    before = panel.amount[is_pilot][:, weeks < first]
    return Situation(
        source=plan.outcome.source,
        pilots=int(is_pilot.sum()),
        comparisons=int((~is_pilot).sum()),
        weeks_before=int((weeks < first).sum()),
        weeks_after=int((weeks >= first).sum()),
        starts=len(starts),
        is_randomised=plan.assignment.is_randomised,
        zero_comparisons=zero,
        is_zero_before=before.size > 0 and float((before == 0).mean()) >= least,
        is_constant=panel.amount.size > 0 and float(np.ptp(panel.amount / panel.exposure)) == 0,
        unequal_log=plan.outcome.scale == "log" and bool((panel.amount <= 0).any()),
        treated_vendors=len(plan.assignment.treated),
        control_vendors=len(plan.assignment.control),
    )


def judge(situation: Situation) -> dict[Estimator, Design]:
    """All five designs, each with what speaks against it."""
    return {
        "stepped_wedge": _design("stepped_wedge", "causal", _wedge(situation)),
        "did": _design("did", "causal", _did(situation)),
        "onboarding": _design(
            "onboarding",
            "causal" if situation.is_randomised else "descriptive",
            _onboarding(situation),
            (SPILL_OVER,),
        ),
        "its": _design("its", "descriptive", _its(situation), (UNCONTROLLED,)),
        "ancova": _design("ancova", "causal", _ancova(situation), (SPILL_OVER,)),
    }


SPILL_OVER = Message("design.neighbours_learn")
UNCONTROLLED = Message("design.nothing_compared")


def _design(
    name: Estimator, label: Label, refusals: list[Refusal], warnings: tuple[Message, ...] = ()
) -> Design:
    return Design(name, label, ESTIMATES[name], INFERENCES[name], tuple(refusals), warnings)


def _zero(s: Situation) -> list[Refusal]:
    """An outcome that only the pilots can have restates its own level."""
    found = []
    if s.zero_comparisons:
        found.append(refusal("zero_outside", markets=tuple(map(Name, s.zero_comparisons))))
    if s.is_zero_before and s.source == "events":
        found.append(refusal("zero_before"))
    if s.unequal_log:
        found.append(refusal("log_of_zero"))
    if s.is_constant:
        found.append(refusal("constant"))
    return found


def _periods(s: Situation) -> list[Refusal]:
    found = []
    if s.pilots < 1:
        found.append(refusal("no_pilot"))
    if s.weeks_before < 1:
        found.append(refusal("no_period_before"))
    if s.weeks_after < 1:
        found.append(refusal("no_period_after"))
    return found


def _did(s: Situation) -> list[Refusal]:
    found = []
    if s.comparisons < COMPARISONS_MIN:
        found.append(
            refusal("few_comparisons", markets=Count(s.comparisons), least=Count(COMPARISONS_MIN))
        )
    found += _periods(s)
    if s.starts > 1:
        found.append(refusal("several_starts", weeks=Count(s.starts)))
    return found + _zero(s)


def _wedge(s: Situation) -> list[Refusal]:
    found = []
    if not s.is_randomised:
        found.append(refusal("order_not_randomised"))
    if s.starts < 2:
        found.append(refusal("one_start", starts=Count(s.starts)))
    return found + _periods(s) + _zero(s)


def _onboarding(s: Situation) -> list[Refusal]:
    found = []
    if s.treated_vendors < 1 or s.control_vendors < 1 or s.clusters < 2:
        found.append(refusal("few_vendors", rows=Count(s.clusters)))
    elif not s.paid_before_visit:
        found.append(refusal("zero_before_visit"))
    return found + _periods(s)


def _its(s: Situation) -> list[Refusal]:
    found = []
    if s.weeks_before < SEASONS_MIN * SEASON_WEEKS:
        found.append(
            refusal(
                "two_seasons",
                weeks=Count(s.weeks_before),
                least=Count(SEASONS_MIN * SEASON_WEEKS),
            )
        )
    if s.weeks_after < 1:
        found.append(refusal("no_period_after"))
    if s.is_zero_before:
        found.append(refusal("zero_before"))
    return found


def _ancova(s: Situation) -> list[Refusal]:
    found = []
    if not s.is_randomised:
        found.append(refusal("visits_not_randomised"))
    if s.treated_vendors < 2 or s.control_vendors < 2 or s.clusters < 4:
        found.append(refusal("few_vendors", rows=Count(s.clusters)))
    return found + _periods(s)
