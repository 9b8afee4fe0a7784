"""From statistics to a sentence: a table of rules, read from the top; the first that holds speaks.

Success is claimed by two rules only, and both need an interval that lies wholly on the good side of
zero, a design that is causal and was kept to, and checks that do not contradict it.
"""

from collections.abc import Callable
from dataclasses import dataclass

from consumers.evaluation.result import Verdict
from consumers.evaluation.said import Said, chance, figure


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

    def doubts(self) -> tuple[Said, ...]:
        """Checks that contradict a visible effect."""
        found = []
        if self.t_p is not None and self.t_p > self.alpha:
            found.append(
                Said(
                    f"kiểm định t trên trung bình chợ không bác bỏ (p = {chance(self.t_p)})",
                    f"the t on market means does not reject (p = {chance(self.t_p)})",
                )
            )
        if self.robust_p is not None and self.robust_p > self.alpha:
            found.append(
                Said(
                    f"khi tính rằng chợ thí điểm biến động mạnh hơn, p = {chance(self.robust_p)}",
                    f"allowing for pilots that vary more, p = {chance(self.robust_p)}",
                )
            )
        if self.pre_trend_p is not None and self.pre_trend_p <= self.pre_trend_alpha:
            found.append(
                Said(
                    "các chợ đã tách xa nhau từ trước khi bắt đầu (p ="
                    f" {chance(self.pre_trend_p)})",
                    "markets moved apart before the start already (p ="
                    f" {chance(self.pre_trend_p)})",
                )
            )
        if self.breakdown is not None and self.breakdown < self.sensitivity_min:
            found.append(
                Said(
                    f"kết luận chỉ đứng vững đến M̄ = {figure(self.breakdown)}, đã đăng ký là"
                    f" {figure(self.sensitivity_min)}",
                    f"the conclusion holds up to M̄ = {figure(self.breakdown)} only;"
                    f" {figure(self.sensitivity_min)} was registered",
                )
            )
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the table. Sentences use %(value)s %(low)s %(high)s %(p)s %(effect_min)s."""

    key: str
    holds: Callable[[Grounds], bool]
    is_success: bool
    sentence: Said


RULES = (
    Rule(
        "refused",
        lambda g: g.is_refused,
        False,
        Said(
            "Không thể trả lời với số liệu này: xem lý do từ chối và bằng chứng còn thiếu.",
            "These data cannot answer: see why, and what evidence is missing.",
        ),
    ),
    Rule(
        "descriptive_nothing",
        lambda g: g.is_descriptive and g.contains_null,
        False,
        Said(
            "Chỉ mô tả: không thấy thay đổi rõ (%(value)s; %(low)s đến %(high)s).",
            "Descriptive only: no clear change is seen (%(value)s; %(low)s to %(high)s).",
        ),
    ),
    Rule(
        "descriptive_change",
        lambda g: g.is_descriptive,
        False,
        Said(
            "Chỉ mô tả: có thay đổi %(value)s (%(low)s đến %(high)s), nhưng thiết kế này không cho"
            " biết do đâu.",
            "Descriptive only: a change of %(value)s (%(low)s to %(high)s) is seen, but this design"
            " cannot say what caused it.",
        ),
    ),
    Rule(
        "too_few_markets",
        lambda g: not g.is_possible,
        False,
        Said(
            "Quá ít chợ: dù kết quả thế nào, p cũng không thể đạt ngưỡng đã đăng ký.",
            "Too few markets: whatever the result, p could not reach the registered threshold.",
        ),
    ),
    Rule(
        "departed",
        lambda g: g.departed and not g.contains_null,
        False,
        Said(
            "Thấy khác biệt %(value)s (%(low)s đến %(high)s; p = %(p)s), nhưng kế hoạch không được"
            " giữ như đã đăng ký: đây là thăm dò, không phải xác nhận.",
            "A difference of %(value)s is seen (%(low)s to %(high)s; p = %(p)s), but the plan was"
            " not kept as registered: this explores, it does not confirm.",
        ),
    ),
    Rule(
        "nothing_worth_having",
        lambda g: g.contains_null and g.high < g.effect_min,
        False,
        Said(
            "Không thấy hiệu quả (%(value)s; %(low)s đến %(high)s; p = %(p)s), và số liệu loại trừ"
            " mức %(effect_min)s được coi là đáng kể.",
            "No effect is shown (%(value)s; %(low)s to %(high)s; p = %(p)s), and the data rule out"
            " %(effect_min)s, the least that was held worth having.",
        ),
    ),
    Rule(
        "no_effect_shown",
        lambda g: g.contains_null,
        False,
        Said(
            "Chưa thấy hiệu quả (%(value)s; %(low)s đến %(high)s; p = %(p)s); số liệu cũng không"
            " loại trừ mức đáng kể %(effect_min)s.",
            "No effect is shown (%(value)s; %(low)s to %(high)s; p = %(p)s); nor do the data rule"
            " out %(effect_min)s, the least worth having.",
        ),
    ),
    Rule(
        "wrong_way",
        lambda g: g.high < 0,
        False,
        Said(
            "Kết quả đi ngược hướng mong muốn: %(value)s (%(low)s đến %(high)s; p = %(p)s).",
            "The outcome went the wrong way: %(value)s (%(low)s to %(high)s; p = %(p)s).",
        ),
    ),
    Rule(
        "doubtful",
        lambda g: bool(g.doubts()),
        False,
        Said(
            "Thấy khác biệt %(value)s (%(low)s đến %(high)s; p = %(p)s), nhưng các kiểm tra không"
            " ủng hộ.",
            "A difference of %(value)s is seen (%(low)s to %(high)s; p = %(p)s), but the checks do"
            " not bear it out.",
        ),
    ),
    Rule(
        "small",
        lambda g: g.value < g.effect_min,
        False,
        Said(
            "Có hiệu quả nhưng nhỏ hơn mức đáng kể %(effect_min)s: %(value)s (%(low)s đến"
            " %(high)s; p = %(p)s).",
            "There is an effect, smaller than %(effect_min)s, the least worth having: %(value)s"
            " (%(low)s to %(high)s; p = %(p)s).",
        ),
    ),
    Rule(
        "works_size_uncertain",
        lambda g: g.low < g.effect_min,
        True,
        Said(
            "Thí điểm có hiệu quả: %(value)s (%(low)s đến %(high)s; p = %(p)s). Hiệu quả có thể"
            " nhỏ hơn mức đáng kể %(effect_min)s.",
            "The pilot works: %(value)s (%(low)s to %(high)s; p = %(p)s). The effect may be smaller"
            " than %(effect_min)s, the least worth having.",
        ),
    ),
    Rule(
        "works",
        lambda g: True,
        True,
        Said(
            "Thí điểm có hiệu quả: %(value)s (%(low)s đến %(high)s; p = %(p)s), ít nhất bằng mức"
            " đáng kể %(effect_min)s.",
            "The pilot works: %(value)s (%(low)s to %(high)s; p = %(p)s), at least %(effect_min)s,"
            " the least worth having.",
        ),
    ),
)


def verdict(grounds: Grounds, *, is_turned: bool = False) -> Verdict:
    """The first rule that holds. `is_turned`: success is downwards, so figures turn their sign."""
    rule = next(rule for rule in RULES if rule.holds(grounds))
    sign = -1.0 if is_turned else 1.0
    low, high = sorted((sign * grounds.low, sign * grounds.high))
    shown = {
        "value": figure(sign * grounds.value),
        "low": figure(low),
        "high": figure(high),
        "p": chance(grounds.p),
        "effect_min": figure(sign * grounds.effect_min),
    }
    said = Said(rule.sentence.vi % shown, rule.sentence.en % shown)
    because = grounds.doubts() if rule.key == "doubtful" else ()
    return Verdict(rule.key, rule.is_success, said, because)
