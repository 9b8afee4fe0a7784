"""Every report is in the catalogue, has its command, and says what it is in both languages."""

from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import pytest
from typer.main import get_command

from choso.commands.report import report
from consumers.language.language import languages
from consumers.reports.catalogue import REPORTS, make_document
from consumers.reports.report import Sources
from infra.errors import Refused
from infra.settings import FoldSettings


def no_store() -> object:
    pytest.fail("the store was opened")


SOURCES = Sources(
    store=cast("object", no_store),  # type: ignore[arg-type]
    evaluations=Path("nowhere"),
    now=datetime(2026, 6, 17, tzinfo=UTC),
    fold=FoldSettings(),
)


def test_every_report_has_its_command() -> None:
    commands = get_command(report).commands  # type: ignore[attr-defined]
    assert set(commands) == {*REPORTS, "verify"}


def test_every_report_says_what_it_is() -> None:
    for code, language in languages().items():
        for each in REPORTS.values():
            assert ("report" in language.render(each.title)) == (code == "en")


def test_a_file_of_no_kind_is_refused() -> None:
    """A file says its kind itself, and anybody may write one."""
    with pytest.raises(Refused, match="weekly, market, pilot, rollout"):
        make_document(SOURCES, "../weekly", {})
    with pytest.raises(Refused, match="damaged"):
        make_document(SOURCES, "rollout", {})
