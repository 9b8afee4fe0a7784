"""Statements that hold the text of a view."""

import re
from pathlib import Path

import pytest

from consumers.sql import statement, told
from schemas.current import view_text

CONSUMERS = Path(__file__).parents[3] / "consumers"


def test_the_view_stands_in_the_statement() -> None:
    text = statement("consumers.verify", "wrong_figures")
    assert view_text("day_figures") in text
    assert "/* view" not in text


@pytest.mark.parametrize("name", ["stage_days", "stage_reports"])
def test_the_fold_reads_links_from_the_projection_of_the_registry(name: str) -> None:
    text = statement("consumers.fold", name)
    assert "/* view" not in text
    assert "registry_link(" not in text
    assert text.count(statement("consumers.fold", "links")) == 1


def test_what_a_view_does_not_read_cannot_be_read_from_elsewhere() -> None:
    with pytest.raises(LookupError, match="view day_reports: does not read payment"):
        told("consumers.fold", "day_reports", "payment", "links")


def test_every_view_that_a_statement_names_is_there() -> None:
    names = {
        name
        for path in CONSUMERS.rglob("*.sql")
        for name in re.findall(r"/\* view (\w+)\b.*\*/", path.read_text(encoding="utf-8"))
    }
    assert {"day_figures", "day_reports", "figure_day"} <= names
    assert all(view_text(name) for name in names)
    with pytest.raises(LookupError, match="view nothing: schemas/sql/current has none"):
        view_text("nothing")
