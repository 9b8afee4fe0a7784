"""What a report is made with, and the questions that it asks the ledger."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial

from consumers.adoption.ask import ask, question_of
from consumers.adoption.question.answer import Answer
from consumers.adoption.question.scene import look
from consumers.reports.document import Document
from consumers.reports.report import Report, Sources
from consumers.reports.weekly import TITLES, weekly_report
from consumers.sql import statement
from infra.clickhouse import Store
from infra.errors import Refused
from infra.settings import FoldSettings
from schemas.message import Day, Message, Name


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Which report: enough to make the same one again, whatever has arrived since.

    `known_on`: the figures are those known at that moment. `markets` empty: all.
    """

    kind: str
    week: date
    known_on: datetime
    day: date
    issuer: str
    place: str
    markets: tuple[str, ...] = ()

    def params(self) -> dict[str, str]:
        """As text, for the file."""
        return {
            "week": self.week.isoformat(),
            "known_on": self.known_on.isoformat(timespec="milliseconds"),
            "day": self.day.isoformat(),
            "issuer": self.issuer,
            "place": self.place,
            "markets": ",".join(self.markets),
        }


def order_of(kind: str, params: Mapping[str, str]) -> Order:
    """The order that a file was made by. Refused: it lacks something."""
    try:
        return Order(
            kind=kind,
            week=date.fromisoformat(params["week"]),
            known_on=datetime.fromisoformat(params["known_on"]),
            day=date.fromisoformat(params["day"]),
            issuer=params["issuer"],
            place=params["place"],
            markets=tuple(filter(None, params["markets"].split(","))),
        )
    except (KeyError, ValueError) as error:
        raise Refused(
            Message("refused.order_damaged", kind=Name(kind), cause=Name(repr(error)))
        ) from None


def known_until(store: Store, *, now: datetime, fold: FoldSettings) -> datetime:
    """The moment up to which everything recorded is in the store. Refused: there is nothing."""
    return min(now, _recorded_until(store, now=now, fold=fold))


def is_current(store: Store, known_on: datetime, *, now: datetime, fold: FoldSettings) -> bool:
    """Whether nothing has come since: the folded figures are then those known at the moment, and
    cost nothing."""
    return _recorded_until(store, now=now, fold=fold) <= known_on


def _recorded_until(store: Store, *, now: datetime, fold: FoldSettings) -> datetime:
    at = look(store, now=now, fold=fold).cut_off.at
    if at is None:
        raise Refused(Message("refused.nothing_to_report"))
    [(registry_at,)] = store.query(statement(__package__, "registry_until"))
    found: datetime = max(at, registry_at)
    return found


def make_report(store: Store, order: Order, *, now: datetime, fold: FoldSettings) -> Document:
    """Asks the metrics as known at the order's moment. Refused: what they cannot answer."""
    if order.week.weekday() != 0:
        raise Refused(Message("refused.no_monday", day=Day(order.week)))
    if order.kind == "market" and not order.markets:
        raise Refused(Message("refused.which_market"))
    return weekly_report(
        _answers(store, order, now=now, fold=fold),
        kind=order.kind,
        week=order.week,
        issuer=Name(order.issuer),
        place=Name(order.place),
        day=order.day,
        params=order.params(),
    )


def _answers(store: Store, order: Order, *, now: datetime, fold: FoldSettings) -> dict[str, Answer]:
    last_day = order.week + timedelta(days=6)
    can_be_folded = is_current(store, order.known_on, now=now, fold=fold)
    found: dict[str, Answer] = {}
    for name in ("ladder", *TITLES):
        question = question_of(
            name,
            now=now,
            first_day=order.week,
            last_day=last_day,
            by="market",
            markets=order.markets,
            known_on=order.known_on,
            is_shared=True,
        )
        asked = replace(question, known_on=None) if can_be_folded else question
        scene = look(store, now=now, fold=fold, question=asked)
        told = ask(store, asked, scene)
        found[name] = replace(told, question=question, cut_off_at=order.known_on)
    return found


def _make(kind: str, sources: Sources, params: Mapping[str, str]) -> Document:
    order = order_of(kind, params)
    with sources.store() as store:
        return make_report(store, order, now=sources.now, fold=sources.fold)


WEEKLY = Report(kind="weekly", title=Message("report.weekly"), make=partial(_make, "weekly"))
MARKET = Report(kind="market", title=Message("report.market"), make=partial(_make, "market"))
