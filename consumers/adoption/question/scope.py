"""The parameters by which a metric reads `figure_day`: filters, groups, calendar, known when."""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import uuid4

from consumers.adoption.question.answer import By, MetricContext, Question
from consumers.adoption.question.known import forget_days, forget_spans, put_known_days
from consumers.fold.dirty import days_of
from consumers.fold.projections import NOW_AND_EVER, stage_spans
from consumers.sql import statement
from infra.clickhouse import Store

ADOPTION = "consumers.adoption"  # statements are named from this folder on
Range = tuple[date, date]
K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
Rows = list[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Scope:
    """One question's reading of the figures. `ask` names figures "as known on", '' the folded ones.

    A shared answer is computed for all markets, so that what is withheld does not depend on the
    filter; the filter is applied to the finished rows.
    """

    store: Store
    question: Question
    scene: MetricContext
    ask: str
    group_ask: str

    @property
    def known_at(self) -> datetime:
        """What the registry is read as."""
        return self.question.known_on or NOW_AND_EVER

    def read(
        self,
        kind: str,
        marks: Mapping[K, Hashable],
        read: Callable[[Sequence[K]], Mapping[K, V]],
    ) -> dict[K, V]:
        """What is under the keys: kept, or read for this question alone where it has its own."""
        return (
            dict(read(list(marks))) if self.ask else self.scene.partitions.read(kind, marks, read)
        )

    def rows(self, name: str, params: Mapping[str, Any]) -> Rows:
        """The rows of a statement (`metrics/fees`), given those of the parameters that it has."""
        text = statement(ADOPTION, name)
        wanted = {key: value for key, value in params.items() if f"{{{key}:" in text}
        return self.store.query(text, wanted)

    def figures(self, name: str, params: Mapping[str, Any]) -> Rows:
        """The same of a statement over the figures of `first_day` to `last_day`: kept while these
        days, and the registry, stay as they are; but not rows of vendors or days, which are many.
        """
        if self.group_ask or params["by"] == "vendor" or params["grain"] == "day":
            return self.rows(name, params)
        mark = self.scene.marks.of_days(params["first_day"], params["last_day"])
        key = f"{name} {sorted(params.items())}"
        return self.read("rows", {key: mark}, lambda _: {key: self.rows(name, params)})[key]

    def params(self, first_day: date, last_day: date, by: By | None = None) -> dict[str, Any]:
        """All parameters of `figure_day` over a range."""
        question = self.question
        markets = self.scene.facts.on(question.last_day)
        if is_filtered(question):
            codes = list(asked_markets(question, self.scene))
        else:  # a market that only links and the calendar name has closed days too
            codes = sorted(markets.keys() | self.scene.facts.closed.keys())
        return {
            "ask": self.ask,
            "group_ask": self.group_ask,
            "first_day": first_day,
            "last_day": last_day,
            "by": by or question.by,
            "grain": question.grain,
            "market_codes": codes,
            "market_kinds": [markets[code].kind if code in markets else "" for code in codes],
            "market_closed": [
                [day for day in closed_days(self.scene, code) if first_day <= day <= last_day]
                for code in codes
            ],
            "is_filtered": is_filtered(question),
            "vendors": list(question.vendors),
        }


def is_filtered(question: Question) -> bool:
    """Whether only the named markets are looked at, and not those that no registry fact names."""
    return bool(question.markets or question.kinds) and not question.is_shared


def asked_markets(question: Question, scene: MetricContext) -> tuple[str, ...]:
    """The markets that a question is about, ascending, by their kinds on its last day."""
    known = scene.facts.on(question.last_day)
    codes = sorted(known.keys() | set(question.markets))
    return tuple(
        code
        for code in codes
        if (not question.markets or code in question.markets)
        and (not question.kinds or (code in known and known[code].kind in question.kinds))
    )


def closed_days(scene: MetricContext, market: str) -> list[date]:
    """The days on which a market was closed, ascending."""
    return sorted(scene.facts.closed.get(market, ()))


@contextmanager
def scope(
    store: Store, question: Question, scene: MetricContext, ranges: Sequence[Range] = ()
) -> Iterator[Scope]:
    """A scope over the question's range, or over `ranges` where the metric looks at other days too.

    What is put down for the question alone is dropped at the end, and by its TTL after a crash.
    """
    ask = group_ask = ""
    unique = uuid4().hex  # two questions at one time must not read each other's rows
    try:
        if question.known_on is not None:
            ask = unique
            _put_known(store, question, scene, ask, ranges)
        if question.by in ("row", "product", "cohort"):
            group_ask = unique
            _put_groups(store, question, ask, group_ask)
        yield Scope(store, question, scene, ask, group_ask)
    finally:
        if ask:
            forget_days(store, ask)
            forget_spans(store, ask)
        if group_ask:
            store.command(statement(__package__, "forget_group"), {"ask": group_ask})


def _put_known(
    store: Store, question: Question, scene: MetricContext, ask: str, ranges: Sequence[Range]
) -> None:
    assert question.known_on is not None
    stage_spans(store, ask=ask, known_at=question.known_on, seen=(0, 0))
    asked = ranges or [(question.first_day, question.last_day)]
    days = {day for first, last in asked for day in days_of(first, last)}
    put_known_days(
        store, ask, days, question.known_on, scene.fold, ("known_reports", "known_figures")
    )


def _put_groups(store: Store, question: Question, registry_ask: str, group_ask: str) -> None:
    params: dict[str, Any] = {"ask": group_ask}
    if question.by == "cohort":
        store.command(statement(__package__, "group_cohort"), params)
        return
    params |= {"by": question.by, "registry_ask": registry_ask, "on_day": question.last_day}
    store.command(statement(__package__, "group_place"), params)
