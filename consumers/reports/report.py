"""What a report is: a kind, and how one is made from the parameters that its file carries."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from consumers.reports.document import Document
from infra.clickhouse import Store
from infra.settings import FoldSettings
from schemas.message import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """What reports are made from. `store` opens the store where a report needs it; in
    `evaluations` plans are registered."""

    store: Callable[[], AbstractContextManager[Store]]
    evaluations: Path
    now: datetime
    fold: FoldSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One kind of report. `title` is a message: what the list of documents says that it is.

    `make` makes it from its parameters, and makes the same one again whenever it is asked.
    Refused: they are damaged, or say what cannot be reported.
    """

    kind: str
    title: Message
    make: Callable[[Sources, Mapping[str, str]], Document]
