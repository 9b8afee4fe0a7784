"""An alert and the limits of the rules that raise them. Pure."""

from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Literal

Rule = Literal["active_share_fell", "source_silent", "vendor_stopped", "payments_fail"]
RULES: tuple[Rule, ...] = ("active_share_fell", "source_silent", "vendor_stopped", "payments_fail")


@dataclass(frozen=True, slots=True, order=True)
class Alert:
    """Something that was noticed. `detail` says the fact and how it was measured.

    `subject` is a vendor or a source, or '' where it is the market itself. `day` is when it began,
    by which the same trouble stays the same alert however long it lasts.
    """

    day: date
    rule: Rule
    market: str
    subject: str
    detail: str

    @property
    def id(self) -> str:
        """32 hex digits, derived from what it is about: noticing it again raises nothing new."""
        text = "\n".join((self.rule, self.market, self.subject, self.day.isoformat()))
        return sha256(text.encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a rule takes for worth looking at. Each has a least exposure: chance is no alert."""

    active_fall_min: float
    active_vendors_min: int
    active_open_days_min: int
    source_heard_days_min: int
    source_silent_days_min: int
    vendor_paid_days_min: int
    vendor_silent_days_min: int
    fail_count_min: int
    fail_share_min: float
