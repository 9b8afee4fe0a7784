"""Is a report's every number what the ledger says? Pure, but for the report that is made again."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from consumers.reports.document import Document
from consumers.reports.fact import Fact
from consumers.reports.formats import RENDER, Format, payload_of
from consumers.reports.payload import Payload, written_by
from schemas.message import DIGITS_MAX, Instant, Message, Name, Scalar, Value, leading

Build = Callable[[Payload], Document]


@dataclass(frozen=True, slots=True)
class FactDifference:
    """A fact that the file and the ledger tell differently; None: one of them has it not."""

    fact_id: str
    in_file: Fact | None
    in_ledger: Fact | None

    @property
    def said(self) -> Message:
        """What each of them says."""
        told, now = _told(self.in_file), _told(self.in_ledger)
        return Message("verify.differs", fact=Name(self.fact_id), file=told, ledger=now)


@dataclass(frozen=True, slots=True)
class ReportVerification:
    """What was compared and what differs. `is_text_changed`: equal facts, but other bytes."""

    payload: Payload
    checked_count: int
    differences: tuple[FactDifference, ...]
    is_text_changed: bool
    is_other_version: bool

    @property
    def ok(self) -> bool:
        """Every number of the file is what the ledger says."""
        return not self.differences and not self.is_text_changed


def verify(data: bytes, fmt: Format, *, subject: str, build: Build) -> ReportVerification:
    """Make the report again from what it was made with, and compare facts, then bytes.

    A file of another version of choso is compared by its facts alone: its bytes may differ for
    reasons of form. Refused: it is no report of choso.
    """
    payload = payload_of(data, fmt, subject=subject)
    document = build(payload)
    ids = dict.fromkeys([*payload.facts, *document.facts])
    differences = tuple(
        FactDifference(fact_id, payload.facts.get(fact_id), document.facts.get(fact_id))
        for fact_id in ids
        if payload.facts.get(fact_id) != document.facts.get(fact_id)
    )
    is_other = payload.written_by != written_by()
    changed = not differences and not is_other and RENDER[fmt](document, payload.lang) != data
    return ReportVerification(payload, len(ids), differences, changed, is_other)


def _told(fact: Fact | None) -> Message:
    if fact is None:
        return Message("verify.no_fact")
    if fact.reason is not None:
        return Message("verify.no_figure", reason=fact.reason)
    at = None if fact.cut_off_at is None else datetime.fromisoformat(fact.cut_off_at)
    value: dict[str, Value] = {"value": _whole(fact.value), "at": Instant(at)}
    if fact.low is None:
        return Message("verify.fact", **value)
    return Message("verify.fact_between", low=_whole(fact.low), high=_whole(fact.high), **value)


def _whole(value: float | str | None) -> Scalar:
    """With all digits that anybody compares, and not as few as the report shows."""
    return Name(value) if isinstance(value, str) else leading(value, DIGITS_MAX)
