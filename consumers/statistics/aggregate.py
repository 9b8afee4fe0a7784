"""Group-time effects summed up: overall, by time since the start, by cohort, by calendar time.

Callaway and Sant'Anna (2021), section 3.2; the cohorts' shares are estimated too, and their error
enters the influence.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from consumers.statistics.arrays import Flags, Floats
from consumers.statistics.group_time import GroupTime, standard_errors

Kind = Literal["simple", "dynamic", "group", "calendar"]


@dataclass(frozen=True, slots=True, eq=False)
class Aggregate:
    """The overall effect and, but for `simple`, one for each of `at` (event time, cohort, time)."""

    kind: Kind
    overall: float
    overall_se: float
    at: Floats
    att: Floats
    se: Floats
    overall_influence: Floats
    influence: Floats


def aggregate(effects: GroupTime, kind: Kind) -> Aggregate:
    """Means of the effects, each cohort weighted by its share of units.

    simple: over all effects after the start. dynamic: by event time; its overall is the plain mean
    of those from 0 on. group: by cohort, overall by shares. calendar: by time, overall plain.
    """
    post = effects.is_post
    assert post.any(), "no effect after the start"
    if kind == "simple":
        value, influence = _weighted(effects, post)
        return _result(effects, kind, value, influence, np.array([]), [])
    if kind == "dynamic":
        event = np.round(effects.time - effects.group, 9)
        at = np.unique(event)
        parts = [_weighted(effects, event == e) for e in at]
    elif kind == "group":
        at = np.unique(effects.group[post])
        parts = [_plain(effects, post & (effects.group == g)) for g in at]
    else:
        at = np.unique(effects.time[post])
        parts = [_weighted(effects, post & (effects.time == t)) for t in at]
    att = np.array([value for value, _ in parts])
    influence = np.column_stack([column for _, column in parts])
    if kind == "group":
        share = np.array([effects.share[effects.group == g][0] for g in at])
        weights = share / share.sum()
        overall = float(att @ weights)
        moved = influence @ weights + _share_influence(effects, at, share) @ att
    else:
        chosen = at >= 0 if kind == "dynamic" else np.ones(len(at), np.bool_)
        overall = float(att[chosen].mean())
        moved = influence[:, chosen].mean(axis=1)
    return _result(effects, kind, overall, moved, at, parts)


def _result(
    effects: GroupTime,
    kind: Kind,
    overall: float,
    moved: Floats,
    at: Floats,
    parts: list[tuple[float, Floats]],
) -> Aggregate:
    columns = [column for _, column in parts]
    influence = np.column_stack(columns) if columns else np.zeros((len(moved), 0))
    return Aggregate(
        kind=kind,
        overall=overall,
        overall_se=float(standard_errors(moved[:, None], effects.clusters)[0]),
        at=at,
        att=np.array([value for value, _ in parts]),
        se=standard_errors(influence, effects.clusters),
        overall_influence=moved,
        influence=influence,
    )


def _plain(effects: GroupTime, chosen: Flags) -> tuple[float, Floats]:
    return float(effects.att[chosen].mean()), effects.influence[:, chosen].mean(axis=1)


def _weighted(effects: GroupTime, chosen: Flags) -> tuple[float, Floats]:
    """The mean by shares, with the shares' own influence."""
    share = effects.share[chosen]
    weights = share / share.sum()
    att = effects.att[chosen]
    from_shares = _share_influence(effects, effects.group[chosen], share) @ att
    return float(att @ weights), effects.influence[:, chosen] @ weights + from_shares


def _share_influence(effects: GroupTime, groups: Floats, share: Floats) -> Floats:
    """Units × groups: how each unit moves the weights share ÷ Σ share."""
    total = share.sum()
    moved = (effects.starts[:, None] == groups[None, :]) - share
    return np.asarray(moved / total - moved.sum(axis=1, keepdims=True) * share / total**2)
