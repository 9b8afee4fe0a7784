"""What stands beside the rows of every answer: health, cut-off, notes."""

from collections.abc import Iterable
from datetime import datetime

from consumers.adoption.question.answer import Answer, Cell, Definition, Health
from consumers.adoption.question.periods import periods
from consumers.adoption.question.rate import Figure, no_rate, rate
from consumers.adoption.question.readings import read_evidence
from consumers.adoption.question.scope import Scope, asked_markets
from schemas.message import Message

NO_DOOR = Message("adoption.no_door")
NO_PAYMENT = Message("adoption.no_payments")
OF_SOME = Message("adoption.of_some_markets")
UNATTRIBUTED = Message("adoption.unattributed")


def health_of(scope: Scope) -> Health:
    """The health of the evidence over the question's range."""
    question = scope.question
    of_some = bool(question.markets or question.kinds)
    days = list(read_evidence(scope, question.first_day, question.last_day))
    asked = set(asked_markets(question, scope.scene))
    told = [of_day for of_day in days if of_day.market in asked] if of_some else days
    payments = sum(of_day.payments for of_day in days)
    attributed = sum(of_day.attributed for of_day in days)
    return Health(
        received=sum(of_day.received for of_day in told),
        duplicate=sum(of_day.duplicate for of_day in told),
        late=sum(of_day.late for of_day in told),
        conflict=sum(of_day.conflict for of_day in told),
        # Whoever asks about some markets is not told the sums of all.
        attributed=no_rate(OF_SOME)
        if of_some
        else rate(attributed, payments, missing=NO_PAYMENT, zero=NO_PAYMENT),
        rejected=_rejected(scope),
        forged=Figure(None, NO_DOOR),
    )


def _rejected(scope: Scope) -> int:
    """Rejected records that came on the question's days."""
    question, marks = scope.question, scope.scene.marks
    if not marks.has_rejected:
        return 0
    params = {"first_day": question.first_day, "last_day": question.last_day}
    params |= {"known_at": scope.known_at}
    key = (question.first_day, question.last_day)
    [(count,)] = scope.read(
        "rejected",
        {key: marks.stored},
        lambda _: {key: scope.rows("question/rejected_count", params)},
    )[key]
    return int(count)


def answer_of(
    scope: Scope, definition: Definition, rows: Iterable[Cell], notes: Iterable[Message] = ()
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
