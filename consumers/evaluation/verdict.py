"""From statistics to a sentence: a table of rules, read from the top; the first that holds speaks.

Success is claimed by two rules only, and both need an interval that lies wholly on the good side of
zero, a design that is causal and was kept to, and checks that do not contradict it.
"""

from collections.abc import Callable
from dataclasses import dataclass

from consumers.evaluation.result import Verdict
from schemas.message import Message, Probability, Value, leading, marked


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    """What the rules look at. `value`, `low`, `high` count the good direction as positive.

    `low` to `high` is the interval at 1 - `alpha` and `p` its test. Checks that a design does not
    have are None. `departed`: the plan was changed after registration, or was not registered.
    """

    is_refused: bool = False
    is_descriptive: bool = False
    departed: bool = False
    is_possible: bool = True
    value: float = 0.0
    low: float = 0.0
    high: float = 0.0
    p: float = 1.0
    alpha: float = 0.05
    effect_min: float = 0.0
    t_p: float | None = None
    robust_p: float | None = None
    pre_trend_p: float | None = None
    pre_trend_alpha: float = 0.05
    breakdown: float | None = None
    sensitivity_min: float = 0.0

    @property
    def contains_null(self) -> bool:
        """Whether no effect is compatible with the data: by the interval or by the test."""
        return self.low <= 0 <= self.high or self.p > self.alpha

    def doubts(self) -> tuple[Message, ...]:
        """Checks that contradict a visible effect."""
        found = []
        if self.t_p is not None and self.t_p > self.alpha:
            found.append(Message("doubt.market_means", p=Probability(self.t_p)))
        if self.robust_p is not None and self.robust_p > self.alpha:
            found.append(Message("doubt.pilots_vary_more", p=Probability(self.robust_p)))
        if self.pre_trend_p is not None and self.pre_trend_p <= self.pre_trend_alpha:
            found.append(Message("doubt.apart_before", p=Probability(self.pre_trend_p)))
        if self.breakdown is not None and self.breakdown < self.sensitivity_min:
            found.append(
                Message(
                    "doubt.sensitive",
                    breakdown=leading(self.breakdown),
                    registered=leading(self.sensitivity_min),
                )
            )
        return tuple(found)


@dataclass(frozen=True, slots=True)
class VerdictRule:
    """One row of the table: its sentence, when it speaks, and which figures it shows."""

    sentence: str
    holds: Callable[[Grounds], bool]
    shown: tuple[str, ...] = ()
    is_success: bool = False

    @property
    def key(self) -> str:
        """The rule's name."""
        return self.sentence.removeprefix("verdict.")


INTERVAL = ("value", "low", "high")
TESTED = (*INTERVAL, "p")
MEASURED = (*TESTED, "effect_min")
RULES = (
    VerdictRule(marked("verdict.refused"), lambda g: g.is_refused),
    VerdictRule(
        marked("verdict.descriptive_nothing"),
        lambda g: g.is_descriptive and g.contains_null,
        INTERVAL,
    ),
    VerdictRule(marked("verdict.descriptive_change"), lambda g: g.is_descriptive, INTERVAL),
    VerdictRule(marked("verdict.too_few_markets"), lambda g: not g.is_possible),
    VerdictRule(marked("verdict.departed"), lambda g: g.departed and not g.contains_null, TESTED),
    VerdictRule(
        marked("verdict.nothing_worth_having"),
        lambda g: g.contains_null and g.high < g.effect_min,
        MEASURED,
    ),
    VerdictRule(marked("verdict.no_effect_shown"), lambda g: g.contains_null, MEASURED),
    VerdictRule(marked("verdict.wrong_way"), lambda g: g.high < 0, TESTED),
    VerdictRule(marked("verdict.doubtful"), lambda g: bool(g.doubts()), TESTED),
    VerdictRule(marked("verdict.small"), lambda g: g.value < g.effect_min, MEASURED),
    VerdictRule(
        marked("verdict.works_size_uncertain"),
        lambda g: g.low < g.effect_min,
        MEASURED,
        is_success=True,
    ),
    VerdictRule(marked("verdict.works"), lambda g: True, MEASURED, is_success=True),
)


def verdict(grounds: Grounds, *, is_turned: bool = False) -> Verdict:
    """The first rule that holds. `is_turned`: success is downwards, so figures turn their sign."""
    rule = next(rule for rule in RULES if rule.holds(grounds))
    sign = -1.0 if is_turned else 1.0
    low, high = sorted((sign * grounds.low, sign * grounds.high))
    figures: dict[str, Value] = {
        "value": leading(sign * grounds.value),
        "low": leading(low),
        "high": leading(high),
        "p": Probability(grounds.p),
        "effect_min": leading(sign * grounds.effect_min),
    }
    said = Message(rule.sentence, **{name: figures[name] for name in rule.shown})
    because = grounds.doubts() if rule.key == "doubtful" else ()
    return Verdict(rule.key, rule.is_success, said, because)
