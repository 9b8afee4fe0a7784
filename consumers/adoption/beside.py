"""What stands beside the rows of every answer: health, cut-off, notes."""

from collections.abc import Iterable
from datetime import datetime

from consumers.adoption.answer import Answer, Cell, Definition, Health
from consumers.adoption.periods import periods
from consumers.adoption.rate import Figure, no_rate, rate
from consumers.adoption.scope import Scope, asked_markets
from consumers.sql import statement

NO_DOOR = "no door that checks signatures keeps what it refused"
NO_PAYMENT = "no payments"
OF_SOME = "asked about some markets: what is nobody's is in none of them"
UNATTRIBUTED = "group '' is what no registry fact attributes to anybody"


def health_of(scope: Scope) -> Health:
    """The health of the evidence over the question's range."""
    question = scope.question
    of_some = bool(question.markets or question.kinds)
    params = {
        "ask": scope.ask,
        "first_day": question.first_day,
        "last_day": question.last_day,
        "is_filtered": of_some,
        "market_codes": list(asked_markets(question, scope.scene)),
        "known_at": scope.known_at,
    }
    [row] = scope.store.query(statement(__package__, "health_beside"), params)
    received, duplicate, late, conflict, payments, attributed, quarantined = map(int, row)
    return Health(
        received=received,
        duplicate=duplicate,
        late=late,
        conflict=conflict,
        # Whoever asks about some markets is not told the sums of all.
        attributed=no_rate(OF_SOME)
        if of_some
        else rate(attributed, payments, missing=NO_PAYMENT, zero=NO_PAYMENT),
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
