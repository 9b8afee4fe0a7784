"""Any answer as a table, JSON, CSV or Parquet. Pure."""

import csv
import io
import json
from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from consumers.adoption.question.answer import Answer, Cell, Health, Metric
from consumers.adoption.question.rate import Figure, Rails, Rate
from consumers.adoption.render.flat import answer_json, columns_of, flat_row, row_type_fields
from consumers.adoption.render.table import render_table
from infra.errors import Refused

FORMATS = ("table", "json", "csv", "parquet")


def render_answer(answer: Answer, metric: Metric, output: str) -> bytes:
    """The answer in one of FORMATS. Refused: another one."""
    if output == "json":
        return json.dumps(answer_json(answer), ensure_ascii=False, indent=1).encode() + b"\n"
    if output == "csv":
        return _csv(answer.rows, metric).encode()
    if output == "parquet":
        return parquet(answer, metric)
    if output != "table":
        raise Refused(f"format {output!r}: must be one of {', '.join(FORMATS)}")
    return ("\n".join(table_lines(answer, metric)) + "\n").encode()


def _csv(rows: Sequence[Cell], metric: Metric) -> str:
    text = io.StringIO()
    table = csv.DictWriter(text, columns_of(metric.row), lineterminator="\n")
    table.writeheader()
    table.writerows(flat_row(row) for row in rows)
    return text.getvalue()


def parquet(answer: Answer, metric: Metric) -> bytes:
    """Flat columns; what stands beside the rows is JSON in the file's metadata `choso`."""
    rows = [flat_row(row) for row in answer.rows]
    beside = answer_json(answer, ())
    schema = pa.schema(parquet_fields(metric.row)).with_metadata(
        {"choso": json.dumps(beside, ensure_ascii=False)}
    )
    sink = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), sink, compression="zstd")
    return sink.getvalue()


def parquet_fields(row_type: type[Cell]) -> list[Any]:
    """The columns with types that do not depend on the rows: money is exact, figures are doubles.

    A figure's type is that of its name: `…_vnd` and `…_count` are whole numbers.
    """
    kinds = dict(row_type_fields(row_type))
    return [(name, _arrow_type(name, kinds.get(name))) for name in columns_of(row_type)]


def _arrow_type(name: str, kind: Any) -> Any:
    if "reason" in name or name == "suppressed":
        return pa.string()
    if name.endswith("_day") and kind not in (Figure, Rate):
        return pa.date32()
    if kind is bool:
        return pa.bool_()
    is_whole = name.endswith(("_count", "_vnd", "_numerator", "_denominator"))
    if kind is int or (is_whole and not name.startswith(("median", "vnd_per"))):
        return pa.int64()
    return pa.string() if kind in (str, str | None) else pa.float64()


def table_lines(answer: Answer, metric: Metric) -> list[str]:
    """For people: the rows, and under them what they must know."""
    names = [
        (name, kind)
        for name, kind in row_type_fields(metric.row)
        if name not in ("first_day", "last_day", "market", "is_complete", "suppressed")
        and kind is not Rails
    ]
    head = ("period", "market", *(name for name, _ in names), "")
    lines = [render_table(head, [_cells(row, [name for name, _ in names]) for row in answer.rows])]
    lines += [f"{title}: {text}" for title, text in under(answer)]
    return lines


def _cells(row: Cell, names: Sequence[str]) -> list[str]:
    marks = [] if row.is_complete else ["incomplete"]
    days = str(row.first_day)
    if row.last_day != row.first_day:
        days += f" … {row.last_day}"
    if row.suppressed:
        marks.append(row.suppressed)
    return [days, row.market, *(cell_text(getattr(row, name)) for name in names), ", ".join(marks)]


def cell_text(value: Any) -> str:
    """One value for people; a null says why."""
    if isinstance(value, Rate):
        if value.value is None:
            return f"– ({value.reason})"
        interval = f" [{value.low:.1%}, {value.high:.1%}]" if value.low is not None else ""
        return f"{value.value:.1%}{interval}"
    if isinstance(value, Figure):
        return f"– ({value.reason})" if value.value is None else cell_text(value.value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    return f"{value:,}" if isinstance(value, int) else f"{value:,.3f}"


def under(answer: Answer) -> list[tuple[str, str]]:
    """What stands under a table, by title."""
    definition = answer.definition
    incomplete = [p for p in answer.periods if not p.is_complete]
    found = [
        ("cut-off", answer.cut_off_at.isoformat() if answer.cut_off_at else "there is no evidence"),
        ("definition", f"{definition.id} version {definition.version}, {definition.text}"),
        ("thresholds", answer.question.thresholds.version),
        ("health", health_text(answer.health)),
    ]
    found += [(f"incomplete {p.first_day} … {p.last_day}", p.reason or "") for p in incomplete]
    return found + [("note", note) for note in answer.notes]


def health_text(health: Health) -> str:
    """The health of the evidence in one line."""
    counts = (
        (health.received, "reports received"),
        (health.duplicate, "duplicate"),
        (health.late, "late"),
        (health.rejected, "rejected"),
        (health.conflict, "payments contradicted"),
    )
    words = [f"{count:,} {word}" for count, word in counts]
    words += [f"attributed {cell_text(health.attributed)}", f"forged {cell_text(health.forged)}"]
    return ", ".join(words)
