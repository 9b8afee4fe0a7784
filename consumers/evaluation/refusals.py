"""Every reason to refuse, and what evidence would answer."""

from consumers.evaluation.result import Refusal
from schemas.message import Message, Value, marked

# code: (why, what would be needed)
RULES: dict[str, tuple[str, Message]] = {
    "order_not_randomised": (
        marked("refusal.order_not_randomised"),
        Message("refusal.order_not_randomised.need"),
    ),
    "one_start": (marked("refusal.one_start"), Message("refusal.one_start.need")),
    "several_starts": (marked("refusal.several_starts"), Message("refusal.several_starts.need")),
    "few_comparisons": (marked("refusal.few_comparisons"), Message("refusal.few_comparisons.need")),
    "no_pilot": (marked("refusal.no_pilot"), Message("refusal.no_pilot.need")),
    "no_period_before": (
        marked("refusal.no_period_before"),
        Message("refusal.no_period_before.need"),
    ),
    "no_period_after": (marked("refusal.no_period_after"), Message("refusal.no_period_after.need")),
    "zero_outside": (marked("refusal.zero_outside"), Message("refusal.zero_outside.need")),
    "zero_before": (marked("refusal.zero_before"), Message("refusal.zero_before.need")),
    "zero_before_visit": (
        marked("refusal.zero_before_visit"),
        Message("refusal.zero_before_visit.need"),
    ),
    "log_of_zero": (marked("refusal.log_of_zero"), Message("refusal.log_of_zero.need")),
    "constant": (marked("refusal.constant"), Message("refusal.constant.need")),
    "two_seasons": (marked("refusal.two_seasons"), Message("refusal.two_seasons.need")),
    "visits_not_randomised": (
        marked("refusal.visits_not_randomised"),
        Message("refusal.visits_not_randomised.need"),
    ),
    "few_vendors": (marked("refusal.few_vendors"), Message("refusal.few_vendors.need")),
}


def refusal(code: str, **values: Value) -> Refusal:
    """The refusal by its code, with its figures."""
    why, need = RULES[code]
    return Refusal(code, Message(why, **values), need)
