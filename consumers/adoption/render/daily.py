"""Adoption day by day as JSON or CSV, in a form for machines. Pure."""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import fields

from consumers.adoption.daily.daily import DailyRow
from consumers.adoption.render.flat import plain_cell
from consumers.plain import Words, as_json
from infra.errors import Refused
from schemas.message import one_of


def render_daily(rows: Sequence[DailyRow], output: str, words: Words | None = None) -> str:
    """The rows as `json` or `csv`. Refused: another format."""
    if output == "json":
        return json.dumps(as_json(rows, words), ensure_ascii=False, indent=1)
    if output != "csv":
        raise Refused(one_of("format", output, ("table", "json", "csv")))
    names = [field.name for field in fields(DailyRow)]
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(names)
    table.writerows([plain_cell(getattr(row, name)) for name in names] for row in rows)
    return text.getvalue().rstrip("\n")
