"""Reads a CSV of candidate sites: the edge, so all is checked and every error names its line."""

import csv
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from consumers.rollout.site import Candidate
from infra.errors import Refused
from schemas.registry import MarketKind

CANDIDATES_MAX = 150
REQUIRED = ("code", "name", "kind", "ward", "stall_count")
OPTIONAL = ("earliest", "after", "note")
Words = Annotated[str, Field(min_length=1, max_length=200)]


def _empty_is_none(value: Any) -> Any:
    return None if value == "" else value


def _codes(value: Any) -> Any:
    return tuple(value.split()) if isinstance(value, str) else value


class CandidateRow(BaseModel):
    """One line. `after`: codes, separated by spaces, of sites that must be finished before."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    code: Annotated[str, Field(pattern=r"^[0-9A-Za-z][0-9A-Za-z._-]{0,39}$")]
    name: Words
    kind: MarketKind
    ward: Words
    stall_count: Annotated[int, Field(ge=1, le=100_000)]
    earliest: Annotated[date | None, BeforeValidator(_empty_is_none)] = None
    after: Annotated[tuple[str, ...], BeforeValidator(_codes)] = ()
    note: str = ""
    attributes: dict[str, Annotated[float, Field(allow_inf_nan=False)]]


def read_candidates(path: Path) -> tuple[Candidate, ...]:
    """The candidates of a file, in its order. Refused: whatever cannot be planned with."""
    return parse_candidates(candidates_text(path), subject=f"candidates {path}")


def candidates_text(path: Path) -> str:
    """A file of candidates as it is. Refused: it is not UTF-8 text."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(f"candidates {path}: cannot be read as UTF-8 text: {error}") from None


def parse_candidates(text: str, *, subject: str) -> tuple[Candidate, ...]:
    """The candidates of a text; errors name its subject. Refused: as read_candidates."""
    table = csv.DictReader(text.splitlines())
    columns = [name.strip() for name in table.fieldnames or ()]
    table.fieldnames = columns
    missing = [name for name in REQUIRED if name not in columns]
    if missing or len(set(columns)) != len(columns) or "" in columns:
        raise Refused(
            f"{subject}: needs the columns {', '.join(REQUIRED)}, each once; missing:"
            f" {', '.join(missing) or 'none'}; there: {', '.join(columns) or 'none'}"
        )
    attributes = [name for name in columns if name not in REQUIRED + OPTIONAL]
    found: list[Candidate] = []
    for cells in table:
        where = f"{subject}, line {table.line_num}"
        if None in cells or None in cells.values():
            raise Refused(f"{where}: {len(columns)} cells are expected, as many as columns")
        found.append(_candidate(cells, attributes, where))
        if len(found) > CANDIDATES_MAX:
            raise Refused(f"{subject}: at most {CANDIDATES_MAX} sites in one plan")
    _check_codes(found, subject)
    return tuple(found)


def _candidate(cells: dict[str, Any], attributes: list[str], where: str) -> Candidate:
    given = {name: cells[name] for name in REQUIRED + OPTIONAL if name in cells}
    try:
        row = CandidateRow(**given, attributes={name: cells[name] for name in attributes})
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise Refused(f"{where}: {place}: {first['msg']}: {first['input']!r}") from None
    return Candidate(
        code=row.code,
        name=row.name,
        kind=row.kind,
        ward=row.ward,
        stall_count=row.stall_count,
        earliest=row.earliest,
        after=row.after,
        attributes=dict(row.attributes),
    )


def _check_codes(found: list[Candidate], where: str) -> None:
    """Refused: no site, a code twice, or an order that nobody can keep."""
    if not found:
        raise Refused(f"{where}: no site in it")
    codes = [candidate.code for candidate in found]
    if twice := sorted({code for code in codes if codes.count(code) > 1}):
        raise Refused(f"{where}: more than one line for {', '.join(twice)}")
    open_ = {candidate.code: set(candidate.after) for candidate in found}
    if unknown := sorted(set().union(*open_.values()) - set(codes)):
        raise Refused(f"{where}: after {', '.join(unknown)}: no such site in the file")
    while ready := [code for code, before in open_.items() if not before]:
        for code in ready:
            del open_[code]
        for before in open_.values():
            before.difference_update(ready)
    if open_:
        raise Refused(f"{where}: {', '.join(sorted(open_))} wait for each other")
