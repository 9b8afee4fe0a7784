"""What every file carries of itself: how it was made, and its facts. Pure."""

import json
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any, cast

from consumers.reports.document import Document
from consumers.reports.fact import FactTable, as_rows, from_rows
from consumers.reports.number_format import LANGS, Lang
from infra.errors import Refused
from schemas.message import Message, Name

FORM = "choso-report-1"
PROGRAMS = ("choso", "typst", "python-docx", "xlsxwriter")


@dataclass(frozen=True, slots=True)
class Payload:
    """What `choso report verify` reads from a file."""

    kind: str
    lang: Lang
    params: dict[str, str]
    facts: FactTable
    written_by: str


def written_by() -> str:
    """This program, and what sets its pages: either may change the form of a file."""
    return ", ".join(f"{name} {version(name)}" for name in PROGRAMS)


def pack(document: Document, lang: Lang) -> bytes:
    """The payload as JSON, the same bytes for the same report."""
    said = {
        "form": FORM,
        "kind": document.kind,
        "lang": lang,
        "params": document.params,
        "facts": as_rows(document.facts),
        "written_by": written_by(),
    }
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def unpack(data: bytes, *, subject: str) -> Payload:
    """The payload again. Refused: this is not a report of choso, or of another version."""
    try:
        said: dict[str, Any] = json.loads(data)
        if said["form"] != FORM or said["lang"] not in LANGS:
            raise Refused(Message("refused.report_form", file=Name(subject)))
        facts = from_rows(said["facts"])
        lang = cast(Lang, said["lang"])
        return Payload(said["kind"], lang, dict(said["params"]), facts, said["written_by"])
    except (ValueError, KeyError, TypeError, AssertionError) as error:
        raise Refused(
            Message("refused.report_damaged", file=Name(subject), cause=Name(repr(error)))
        ) from None
