"""For whom did it work: effects by product, row of stalls or kind of market. Pure."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from consumers.evaluation.design import COMPARISONS_MIN
from consumers.evaluation.panel import VendorPanel
from consumers.evaluation.plan import Plan
from consumers.evaluation.result import Label
from consumers.statistics.arrays import (
    Estimate,
    Flags,
    Floats,
    cluster_covariance,
    codes_of,
    least_squares,
    t_estimate,
)
from consumers.statistics.collapsed import collapsed_did
from consumers.statistics.shrink import holm, shrink
from schemas.message import Message, Probability

By = Literal["product", "row", "kind"]
VENDORS_MIN = 3  # of a group in a market; fewer are nobody's business (domain: small cells)
PILOTS_MIN = 2


@dataclass(frozen=True, slots=True)
class GroupEffect:
    """One group. `p_adjusted` allows for the number of groups (Holm); `shrunk` draws the effect
    towards the mean of all groups as far as its own figures are weak."""

    group: str
    vendors: int
    markets: int
    value: float
    low: float
    high: float
    p: float
    p_adjusted: float
    shrunk: float
    shrunk_low: float
    shrunk_high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Whom:
    """`left_out` are groups with too few vendors or markets. `same_p` is of one effect for all."""

    by: By
    label: Label
    why: Message
    groups: tuple[GroupEffect, ...]
    left_out: tuple[str, ...]
    mean: float | None
    tau: float | None
    same_p: float | None
    sentence: Message


def whom(plan: Plan, panel: VendorPanel, groups: tuple[str, ...], by: By, *, causal: bool) -> Whom:
    """`groups` names each vendor's group. `causal`: comparison markets are in the panel and the
    design with them is admissible; otherwise pilots' vendors are compared with their own past."""
    change = changes_of(plan, panel)
    is_pilot = np.array([market in plan.markets.pilots for market in panel.markets])
    causal = causal and by != "row"  # a row of stalls lies in one market
    found: dict[str, tuple[Estimate, int, int]] = {}
    left_out = []
    names = np.array(groups, object)
    for group in sorted(set(groups) - {""}):
        chosen = np.asarray(names == group) & np.isfinite(change)
        if not causal:
            chosen &= is_pilot
        one = (_compared if causal else _before_after)(plan, panel, change, chosen, is_pilot)
        if one is None:
            left_out.append(group)
        else:
            found[group] = one
    return _result(plan, by, causal, found, tuple(left_out))


def changes_of(plan: Plan, panel: VendorPanel) -> Floats:
    """Payments per open day after the start less those before, NaN without open days on a side."""
    post = np.array([week >= plan.window.start_week for week in panel.weeks])
    with np.errstate(divide="ignore", invalid="ignore"):
        before, after = (
            panel.count[:, side].sum(axis=1) / panel.open_days[:, side].sum(axis=1)
            for side in (~post, post)
        )
    return np.where(np.isfinite(after - before), after - before, np.nan)


def _compared(
    plan: Plan, panel: VendorPanel, change: Floats, chosen: Flags, is_pilot: Flags
) -> tuple[Estimate, int, int] | None:
    """Difference in differences on the group's market means."""
    means, treated = [], []
    markets = np.array(panel.markets, object)
    for market in sorted(set(panel.markets)):
        rows = chosen & np.asarray(markets == market)
        if int(rows.sum()) >= VENDORS_MIN:
            means.append(float(change[rows].mean()))
            treated.append(market in plan.markets.pilots)
    pilots, others = sum(treated), len(treated) - sum(treated)
    if pilots < PILOTS_MIN or others < COMPARISONS_MIN:
        return None
    confidence = 1 - plan.thresholds.alpha
    effect = collapsed_did(np.array(means), np.array(treated), confidence=confidence)
    return (effect, int(chosen.sum()), len(means)) if effect.se > 0 else None


def _before_after(
    plan: Plan, panel: VendorPanel, change: Floats, chosen: Flags, is_pilot: Flags
) -> tuple[Estimate, int, int] | None:
    """Mean change of the group's vendors in the pilots, rows of stalls as clusters."""
    places = [
        f"{m}/{r}" for m, r, c in zip(panel.markets, panel.row, chosen & is_pilot, strict=True) if c
    ]
    count = len(places)
    # In a group that is one row itself the vendors are the clusters.
    clusters = codes_of(places) if len(set(places)) >= 2 else np.arange(count)
    if count < VENDORS_MIN:
        return None
    values = change[chosen & is_pilot]
    ones = np.ones((count, 1))
    fit = least_squares(ones, values)
    total = int(clusters.max()) + 1
    covariance = cluster_covariance(
        fit, fit.residuals[:, None], clusters, correct=total / (total - 1)
    )
    se = float(np.sqrt(covariance[0, 0]))
    if se <= 0:
        return None
    markets = len({place.split("/")[0] for place in places})
    effect = t_estimate(float(fit.beta[0]), se, total - 1, confidence=1 - plan.thresholds.alpha)
    return effect, count, markets


WHY: dict[bool, Message] = {
    True: Message("whom.compared"),
    False: Message("whom.before_and_after"),
}


def _result(
    plan: Plan,
    by: By,
    causal: bool,
    found: dict[str, tuple[Estimate, int, int]],
    left_out: tuple[str, ...],
) -> Whom:
    label: Label = "causal" if causal else "descriptive"
    if not found:
        nothing = Message("whom.nobody")
        return Whom(
            by=by,
            label=label,
            why=WHY[causal],
            groups=(),
            left_out=left_out,
            mean=None,
            tau=None,
            same_p=None,
            sentence=nothing,
        )
    effects = [effect for effect, _, _ in found.values()]
    # The t's quantile in units of the normal one, so that few markets are shrunk as they deserve.
    shrunk = shrink(
        np.array([e.value for e in effects]),
        np.array([(e.high - e.value) / t_estimate(0, 1, None).high for e in effects]),
        confidence=1 - plan.thresholds.alpha,
    )
    adjusted = holm(np.array([e.p for e in effects]))
    groups = tuple(
        GroupEffect(
            group=group,
            vendors=vendors,
            markets=markets,
            value=effect.value,
            low=effect.low,
            high=effect.high,
            p=effect.p,
            p_adjusted=float(adjusted[n]),
            shrunk=float(shrunk.value[n]),
            shrunk_low=float(shrunk.low[n]),
            shrunk_high=float(shrunk.high[n]),
        )
        for n, (group, (effect, vendors, markets)) in enumerate(found.items())
    )
    return Whom(
        by=by,
        label=label,
        why=WHY[causal],
        groups=groups,
        left_out=left_out,
        mean=shrunk.mean,
        tau=shrunk.tau,
        same_p=shrunk.same_p,
        sentence=_sentence(shrunk.same_p, plan.thresholds.alpha),
    )


def _sentence(same_p: float, alpha: float) -> Message:
    if same_p <= alpha:
        return Message("whom.differ", p=Probability(same_p))
    return Message("whom.not_shown_to_differ", p=Probability(same_p))
