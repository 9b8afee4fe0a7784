"""Any answer as JSON, CSV or Parquet, in a form for machines. Pure."""

import csv
import io
import json
from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from consumers.adoption.question.answer import Answer, Cell, Metric
from consumers.adoption.question.rate import Figure, Rate
from consumers.adoption.render.flat import answer_json, columns_of, flat_row, row_type_fields
from consumers.plain import Words
from infra.errors import Refused
from schemas.message import one_of

FORMATS = ("json", "csv", "parquet")


def render_answer(answer: Answer, metric: Metric, output: str, words: Words | None = None) -> bytes:
    """The answer in one of FORMATS; in JSON `words` are put beside messages. Refused: another."""
    if output == "json":
        tree = answer_json(answer, words=words)
        return json.dumps(tree, ensure_ascii=False, indent=1).encode() + b"\n"
    if output == "csv":
        return _csv(answer.rows, metric).encode()
    if output == "parquet":
        return parquet(answer, metric)
    raise Refused(one_of("format", output, ("table", *FORMATS)))


def _csv(rows: Sequence[Cell], metric: Metric) -> str:
    text = io.StringIO()
    table = csv.DictWriter(text, columns_of(metric.row), lineterminator="\n")
    table.writeheader()
    table.writerows(flat_row(row) for row in rows)
    return text.getvalue()


def parquet(answer: Answer, metric: Metric) -> bytes:
    """Flat columns; what stands beside the rows is JSON in the file's metadata `choso`."""
    rows = [flat_row(row) for row in answer.rows]
    beside = answer_json(answer, rows=())
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
