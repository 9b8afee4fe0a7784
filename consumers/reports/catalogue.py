"""Every report, by kind: commands, the list of documents and `choso report verify` go over these.

A report's module ends in a `Report`. Parameters are text, because a file carries them.
"""

from collections.abc import Mapping

from consumers.reports import pilot_order, rollout_order, weekly_order
from consumers.reports.document import Document
from consumers.reports.report import Report, Sources
from infra.errors import Refused
from schemas.message import one_of

_REPORTS: tuple[Report, ...] = (
    weekly_order.WEEKLY,
    weekly_order.MARKET,
    pilot_order.PILOT,
    rollout_order.ROLLOUT,
)
REPORTS: dict[str, Report] = {report.kind: report for report in _REPORTS}
assert len(REPORTS) == len(_REPORTS), "two reports have one kind"


def make_document(sources: Sources, kind: str, params: Mapping[str, str]) -> Document:
    """The report of this kind. Refused: there is none, or it cannot be made."""
    if kind not in REPORTS:
        raise Refused(one_of("report", kind, REPORTS))
    return REPORTS[kind].make(sources, params)
