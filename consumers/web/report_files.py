"""The documents in the data directory's folder of reports, and what each says of itself."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

from consumers.ledger.payment import NotThere
from consumers.reports.formats import FILE_BYTES_MAX, format_of, payload_of
from consumers.web.access.audience import Audience
from infra.errors import Refused
from infra.log import get_logger
from schemas.message import Message, Name

log = get_logger("web.papers")
FOLDER = "reports"  # of the data directory
FILES_MAX = 500


@dataclass(frozen=True, slots=True)
class ReportFile:
    """One file. `first_day` to `last_day`: what its facts are of. `markets` empty: all of them."""

    name: str
    kind: str
    language: str
    format: str
    first_day: date | None
    last_day: date | None
    markets: tuple[str, ...]
    size_bytes: int
    written_at: datetime


def report_files(data_dir: Path | None, audience: Audience) -> tuple[ReportFile, ...]:
    """Those that the caller may see, newest first. A file that is no report is left out.

    Who sees some markets only sees the reports that are about no other.
    """
    folder = None if data_dir is None else data_dir / FOLDER
    if folder is None or not folder.is_dir():
        return ()
    files = [path for path in folder.iterdir() if path.is_file() and not path.is_symlink()]
    found = [_paper(path) for path in sorted(files)[:FILES_MAX]]
    seen = [each for each in found if each is not None and _may_see(each, audience)]
    return tuple(sorted(seen, key=lambda each: (each.written_at, each.name), reverse=True))


def report_file(data_dir: Path | None, audience: Audience, name: str) -> tuple[Path, ReportFile]:
    """The file of this name. NotThere: there is none in the list that this caller sees."""
    for paper in report_files(data_dir, audience):
        if paper.name == name:
            assert data_dir is not None
            return data_dir / FOLDER / paper.name, paper
    raise NotThere(Message("refused.no_report_file", name=Name(name[:80])))


def _may_see(paper: ReportFile, audience: Audience) -> bool:
    return not audience.who.markets or (
        bool(paper.markets) and all(map(audience.sees, paper.markets))
    )


def _paper(path: Path) -> ReportFile | None:
    stat = path.stat()
    return _read(path, stat.st_size, stat.st_mtime_ns)


@lru_cache(maxsize=2 * FILES_MAX)
def _read(path: Path, size_bytes: int, written_ns: int) -> ReportFile | None:
    """Read once for as long as neither size nor time of the file changes."""

    if size_bytes > FILE_BYTES_MAX:
        log.info("papers.left_out", file=path.name, cause=f"{size_bytes} bytes")
        return None
    try:
        form = format_of(path)
        payload = payload_of(path.read_bytes(), form, subject=path.name)
    except Refused as refused:
        log.info("papers.left_out", file=path.name, cause=str(refused))
        return None
    days = [
        date.fromisoformat(day)
        for fact in payload.facts.values()
        for day in (fact.first_day, fact.last_day)
        if day
    ]
    return ReportFile(
        name=path.name,
        kind=payload.kind,
        language=payload.lang,
        format=form,
        first_day=min(days, default=None),
        last_day=max(days, default=None),
        markets=tuple(filter(None, payload.params.get("markets", "").split(","))),
        size_bytes=size_bytes,
        written_at=datetime.fromtimestamp(written_ns / 1e9).astimezone(),
    )
