"""What stands beside the rows of every answer: health, cut-off, notes."""

from collections.abc import Iterable
from datetime import datetime

from consumers.adoption.answer import Answer, Cell, Definition, Health
from consumers.adoption.periods import periods
from consumers.adoption.rate import Figure, rate
from consumers.adoption.scope import Scope
from consumers.sql import statement

NO_DOOR = "no door that checks signatures keeps what it refused"
UNATTRIBUTED = "group '' is what no registry fact attributes to anybody"


def health_of(scope: Scope) -> Health:
    """The health of the evidence over the question's range."""
    question = scope.question
    params = scope.params(question.first_day, question.last_day) | {"known_at": scope.known_at}
    wanted = ("ask", "first_day", "last_day", "is_filtered", "market_codes", "known_at")
    [row] = scope.store.query(
        statement(__package__, "health_beside"), {name: params[name] for name in wanted}
    )
    received, duplicate, late, conflict, payments, attributed, quarantined = map(int, row)
    return Health(
        received=received,
        duplicate=duplicate,
        late=late,
        conflict=conflict,
        attributed=rate(attributed, payments, missing="", zero="no payments"),
        quarantined=quarantined,
        forged=Figure(None, NO_DOOR),
    )


def answer_of(
    scope: Scope, definition: Definition, rows: Iterable[Cell], notes: Iterable[str] = ()
) -> Answer:
    """The answer around its rows."""
    found = tuple(rows)
    said = list(notes)
    if any(row.group == "" and scope.question.by != "all" for row in found):
        said.append(UNATTRIBUTED)
    return Answer(
        question=scope.question,
        definition=definition,
        cut_off_at=cut_off_at(scope),
        periods=periods(scope.question, scope.scene),
        rows=found,
        health=health_of(scope),
        notes=tuple(said),
    )


def cut_off_at(scope: Scope) -> datetime | None:
    """How far evidence is folded, or the moment that was asked about where that is earlier."""
    at, known_on = scope.scene.cut_off.at, scope.question.known_on
    return at if at is None or known_on is None else min(at, known_on)
