"""What each source has told, as far as it is folded."""

from datetime import date
from typing import NamedTuple

from consumers.sql import statement
from infra.clickhouse import Store


class SourceReports(NamedTuple):
    """Records of one source; `unattributed_count` of them belong to no known market."""

    report_count: int
    unattributed_count: int
    last_day: date


def read_sources(store: Store) -> dict[str, SourceReports]:
    """By `source`, as events name it: `/sepay`."""
    rows = store.query(statement(__package__, "sources"))
    return {source: SourceReports(*rest) for source, *rest in rows}
