"""Which candidates first: additive value with visible weights, and how sure the order is. Pure.

Each attribute is scaled from 0 (worst candidate) to 1 (best); a negative weight says that less is
better. A candidate's score is the weighted mean. Nobody knows weights exactly, so the order is
tried under thousands of others around the stated ones: rank acceptability is the share of them that
gives a candidate a rank. With equal weights they are uniform on the simplex.
Source: Keeney and Raiffa 1976 (additive value); Lahdelma and Salminen 2001 (Operations Research
49:444) for SMAA-2.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from consumers.rollout.names import attribute
from consumers.rollout.site import Candidate
from consumers.statistics.diffusion.prior import Floats
from infra.errors import Refused
from schemas.message import Count, Message, Name, Share, Value

WEIGHT_DRAWS = 20_000
WEIGHTS_SEED = 20_260_103
TOP = 3
THRESHOLD_MIN = 1e-3  # nearer to 0 or 1 nobody would say it


@dataclass(frozen=True, slots=True)
class Weight:
    """An attribute's weight: shares that sum to 1; `is_less_better` where it was negative."""

    attribute: str
    weight: float
    is_less_better: bool


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate's place. `values` are its scaled attributes, in the order of the weights.

    `acceptability[r]` is the share of plausible weights under which its rank is r + 1.
    """

    code: str
    name: str
    rank: int
    score: float
    values: tuple[float, ...]
    acceptability: tuple[float, ...]
    top3: float
    said: Message


@dataclass(frozen=True, slots=True)
class Overtaking:
    """`behind` overtakes `ahead` where the weight of an attribute goes beyond `threshold`.

    The other weights shrink or grow in proportion.
    """

    behind: str
    ahead: str
    attribute: str
    weight_now: float
    threshold: float
    direction: Literal["above", "below"]
    said: Message


@dataclass(frozen=True, slots=True)
class Ranking:
    """All candidates, best first, and under what weights neighbours would change places."""

    weights: tuple[Weight, ...]
    weight_draws: int
    seed: int
    ranked: tuple[Ranked, ...]
    overtaking: tuple[Overtaking, ...]


def rank(candidates: Sequence[Candidate], weights: Mapping[str, float] | None = None) -> Ranking:
    """Rank by the given weights, or by equal ones of all attributes. Ties: the order of the file.

    Refused: a weight of an attribute that a candidate does not have, or none that counts.
    """
    stated = weighed(candidates, weights)
    share_of = np.array([each.weight for each in stated])
    values = scaled(candidates, stated)
    score = values @ share_of
    order = np.argsort(-score, kind="stable")
    accept = acceptability(values, share_of)
    ranked = [
        _ranked(candidates[i], place, score[i], values[i], accept[i])
        for place, i in enumerate(order, 1)
    ]
    pairs = zip(order[1:], order, strict=False)
    overtaking = [
        each
        for behind, ahead in pairs
        for each in _overtaking(
            candidates[behind], candidates[ahead], values[behind], values[ahead], stated
        )
    ]
    return Ranking(stated, WEIGHT_DRAWS, WEIGHTS_SEED, tuple(ranked), tuple(overtaking))


def weighed(
    candidates: Sequence[Candidate], weights: Mapping[str, float] | None
) -> tuple[Weight, ...]:
    """The weights as shares, by attribute name. Without attributes the size alone counts."""
    known = sorted({name for each in candidates for name in each.attributes})
    given = dict(weights) if weights else dict.fromkeys(known or ["stall_count"], 1.0)
    for name in given:
        for each in candidates:
            if name != "stall_count" and name not in each.attributes:
                raise Refused(
                    f"weight of {name!r}: {each.code} has no such attribute; there are:"
                    f" {', '.join(['stall_count', *known])}"
                )
    total = sum(abs(value) for value in given.values())
    if not 0 < total < float("inf"):
        raise Refused("weights: at least one must not be 0, and all must be finite")
    return tuple(Weight(name, abs(value) / total, value < 0) for name, value in given.items())


def scaled(candidates: Sequence[Candidate], weights: Sequence[Weight]) -> Floats:
    """Attributes from 0 (worst) to 1 (best), (candidates, weights); 0 where all are alike."""
    columns = []
    for each in weights:
        raw = np.array(
            [
                float(c.stall_count)
                if each.attribute == "stall_count"
                else c.attributes[each.attribute]
                for c in candidates
            ]
        )
        raw = -raw if each.is_less_better else raw
        width = raw.max() - raw.min()
        columns.append((raw - raw.min()) / width if width > 0 else np.zeros(len(raw)))
    return np.stack(columns, axis=1)


def acceptability(values: Floats, weights: Floats) -> Floats:
    """Share of plausible weights by candidate and rank, (n, n); rows and columns sum to 1.

    Weights are drawn from a Dirichlet distribution with the stated ones as its mean and as much
    weight in all as there are attributes.
    """
    count = len(values)
    positive = weights > 0
    rng = np.random.default_rng(WEIGHTS_SEED)
    drawn = np.zeros((WEIGHT_DRAWS, len(weights)))
    drawn[:, positive] = rng.dirichlet(weights[positive] * positive.sum(), WEIGHT_DRAWS)
    order = np.argsort(-(drawn @ values.T), axis=1, kind="stable")
    found = np.zeros((count, count))
    for place in range(count):
        found[:, place] = np.bincount(order[:, place], minlength=count) / WEIGHT_DRAWS
    return found


def _ranked(
    candidate: Candidate, place: int, score: float, values: Floats, accept: Floats
) -> Ranked:
    top = float(accept[:TOP].sum())
    return Ranked(
        code=candidate.code,
        name=candidate.name,
        rank=place,
        score=float(score),
        values=tuple(float(value) for value in values),
        acceptability=tuple(float(value) for value in accept),
        top3=top,
        said=Message(
            "ranking.rank",
            name=Name(candidate.name),
            rank=Count(place),
            top=Count(TOP),
            share=Share(top),
        ),
    )


def _overtaking(
    behind: Candidate, ahead: Candidate, low: Floats, high: Floats, weights: Sequence[Weight]
) -> list[Overtaking]:
    found = []
    now = np.array([each.weight for each in weights])
    for number, each in enumerate(weights):
        threshold = crossing(low - high, now, number)
        if threshold is None:
            continue
        is_above = threshold > each.weight
        said: dict[str, Value] = {
            "behind": Name(behind.name),
            "ahead": Name(ahead.name),
            "attribute": attribute(each.attribute),
            "threshold": Share(threshold),
            "weight": Share(each.weight),
        }
        found.append(
            Overtaking(
                behind=behind.code,
                ahead=ahead.code,
                attribute=each.attribute,
                weight_now=each.weight,
                threshold=threshold,
                direction="above" if is_above else "below",
                said=Message("ranking.overtakes_above", **said)
                if is_above
                else Message("ranking.overtakes_below", **said),
            )
        )
    return found


def crossing(difference: Floats, weights: Floats, number: int) -> float | None:
    """The weight of attribute `number` at which two scores are equal, others in proportion.

    `difference`: scaled attributes of the one behind less those of the one ahead. None where no
    weight between 0 and 1 makes them equal.
    """
    rest = 1 - weights[number]
    if rest <= 0:
        return None
    own = float(difference[number])
    other = float((weights @ difference - weights[number] * own) / rest)
    if own == other:
        return None
    threshold = other / (other - own)
    return threshold if THRESHOLD_MIN < threshold < 1 - THRESHOLD_MIN else None
