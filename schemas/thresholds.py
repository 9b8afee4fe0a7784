"""The numbers in the definitions of adoption: their one home, for metrics and for the SQL alike.

In schemas/sql/current a number before a comment with the name of one of these, such as
`4 /* active_payments_min */`, is written from here by `python -m schemas.generate`.
"""

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """The parameters of the definitions. `version` names every departure from the defaults."""

    active_payments_min: int = 4
    active_payers_min: int = 3
    active_days_min: int = 3
    active_window_days: int = 28
    regular_days_min: int = 8
    regular_window_days: int = 30
    habitual_weeks_min: int = 3
    habitual_window_weeks: int = 4
    activation_window_days: int = 30
    k_payers_min: int = 5
    k_stalls_min: int = 3
    growth_target_min: float = 0.20
    growth_target_max: float = 0.25

    @property
    def version(self) -> str:
        """`v1`, or `v1+name=value,…`: an answer never hides that its thresholds were changed."""
        base = Thresholds()
        changed = [
            f"{field.name}={getattr(self, field.name)}"
            for field in fields(self)
            if getattr(self, field.name) != getattr(base, field.name)
        ]
        return "v1" + ("+" + ",".join(changed) if changed else "")
