"""Shapes of adoption answers for OpenAPI, made from the row types, with an example of each."""

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, create_model

from consumers.adoption.panel.provision import NO_CENSUS
from consumers.adoption.question.answer import Cell, Health, Metric, Period, Question
from consumers.adoption.question.beside import NO_DOOR, NO_PAYMENT
from consumers.adoption.question.rate import Figure, RailFigure, Rails, Rate, rate
from consumers.adoption.render.flat import row_type_fields
from consumers.language.plain import as_worded_json
from consumers.plain import as_json
from schemas.message import Message
from schemas.thresholds import Thresholds


class DefinitionShape(BaseModel):
    """What the figures mean, and with which thresholds."""

    id: str
    version: int
    title: str
    text: str
    nulls: str
    interval: str
    thresholds: dict[str, int | float]
    thresholds_version: str
    sql: list[str]


class QuestionShape(BaseModel):
    """What was asked, with the defaults filled in."""

    metric: str
    first_day: date
    last_day: date
    by: str
    grain: str
    markets: list[str]
    kinds: list[str]
    vendors: list[str]
    known_on: datetime | None
    is_shared: bool


class AnswerShape(BaseModel):
    """What every answer of a metric has beside its rows."""

    model_config = ConfigDict(extra="forbid")

    metric: str
    question: QuestionShape
    definition: DefinitionShape
    cut_off_at: datetime | None
    is_complete: bool
    periods: list[Period]
    health: Health
    notes: list[Message]
    row_count: int
    limit: int
    offset: int
    next: str | None


def answer_model(name: str, metric: Metric) -> type[BaseModel]:
    """The model of a metric's answers, with its own rows."""
    title = "".join(word.title() for word in name.split("-"))
    rows: Any = list[metric.row]  # type: ignore[name-defined]
    return create_model(f"{title}Answer", __base__=AnswerShape, rows=(rows, ...))


def example_of(name: str, metric: Metric) -> dict[str, Any]:
    """An answer with one row. Its numbers show the form; they are nobody's."""
    first, last = date(2026, 10, 26), date(2026, 11, 22)
    by = "market" if "market" in metric.by else min(metric.by)
    grain = "window" if "window" in metric.grains else min(metric.grains)
    question = Question(metric=name, first_day=first, last_day=last, by=by, grain=grain)
    asked = as_json(question)
    del asked["thresholds"]
    definition = as_json(metric.definition)
    thresholds = as_json(Thresholds())
    definition["thresholds"] = {key: thresholds[key] for key in metric.definition.thresholds}
    definition["thresholds_version"] = Thresholds().version
    return {
        "metric": name,
        "question": asked,
        "definition": definition,
        "cut_off_at": "2026-11-24T03:00:00.000Z",
        "is_complete": True,
        "periods": [as_json(Period(first, last, is_complete=True, reason=None))],
        "health": as_worded_json(_health()),
        "notes": [],
        "row_count": 1,
        "limit": 1000,
        "offset": 0,
        "next": None,
        "rows": [example_row(metric.row)],
    }


def example_row(row_type: type[Cell]) -> dict[str, Any]:
    """A row of this type, of one market."""
    given = {
        "first_day": "2026-10-26",
        "last_day": "2026-11-22",
        "market": "HL1",
        "group": "HL1",
        "group_name": "Chợ Hạ Long I",
        "suppressed": None,
        "is_complete": True,
    }
    return {name: given.get(name, _example(kind)) for name, kind in row_type_fields(row_type)}


def _example(kind: Any) -> Any:
    if kind is Rate:
        return as_json(rate(61, 1_204, missing=NO_CENSUS, zero=NO_CENSUS))
    if kind is Figure:
        return as_json(Figure(412))
    if kind is Rails:
        return as_json(Rails((RailFigure("p2p_transfer", 412, 51_300_000),)))
    return {int: 412, bool: True, date: "2026-09-28", str: ""}.get(kind)


def _health() -> Health:
    return Health(
        received=120_413,
        duplicate=8_231,
        late=917,
        conflict=12,
        attributed=rate(57_700, 58_012, missing=NO_PAYMENT, zero=NO_PAYMENT),
        rejected=3,
        forged=Figure(None, NO_DOOR),
    )
