"""From what a statement found to typed rows: names, completeness, zeros where nothing was paid."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

from consumers.adoption.question.answer import Cell, Period
from consumers.adoption.question.facts import vendor_names
from consumers.adoption.question.periods import periods
from consumers.adoption.question.scope import Scope, asked_markets, is_filtered

R = TypeVar("R", bound=Cell)
Make = Callable[[Mapping[str, Any], tuple[Any, ...]], R]
Found = Sequence[tuple[Any, ...]]


def cell_rows(
    scope: Scope,
    found: Found,
    nothing: tuple[Any, ...],
    make: Make[R],
    shown: Sequence[Period] | None = None,
) -> list[R]:
    """One row for each of `found` (first day of the period, market, group, then figures).

    The periods are the question's, or those `shown`. All registered markets and kinds that are
    asked about have a row in each, made of `nothing` where nothing was found. Ascending by period,
    market and group, nobody's last.
    """
    wanted = periods(scope.question, scope.scene) if shown is None else shown
    spans = {period.first_day: period for period in wanted}
    by_key = {(row[0], row[1], row[2]): row[3:] for row in found}
    keys = by_key.keys() | {
        (start, market, group) for start in spans for market, group in expected(scope)
    }
    names = group_names(scope)
    rows = []
    for start, market, group in sorted(keys, key=_order):
        period = spans[start]
        cell = {
            "first_day": period.first_day,
            "last_day": period.last_day,
            "market": market,
            "group": group,
            "group_name": names.get(group, ""),
            "is_complete": period.is_complete,
        }
        rows.append(make(cell, by_key.get((start, market, group), nothing)))
    return rows


def _order(key: tuple[date, str, str]) -> tuple[date, bool, str, bool, str]:
    start, market, group = key
    return start, not market, market, not group, group


def expected(scope: Scope) -> list[tuple[str, str]]:
    """The groups (market, group) that have a row though nothing was paid there."""
    question, known = scope.question, scope.scene.facts.on(scope.question.last_day)
    markets = known.keys() if question.is_shared else asked_markets(question, scope.scene)
    if question.by == "all":
        return [("", "")]
    if question.by == "market":
        return [(market, market) for market in markets]
    if question.by == "kind":
        return [("", kind) for kind in {known[code].kind for code in markets if code in known}]
    return []


def group_names(scope: Scope) -> dict[str, str]:
    """What the groups are called, on the question's last day."""
    question = scope.question
    if question.by == "market":
        return {code: fact.name for code, fact in scope.scene.facts.on(question.last_day).items()}
    if question.by == "vendor":
        return vendor_names(scope.store, day=question.last_day, known_at=scope.known_at)
    return {}


def open_days(scope: Scope, cell: Mapping[str, Any]) -> int:
    """Open market-days of a cell: of its market, or of all markets that it is made of."""
    question, facts = scope.question, scope.scene.facts
    known = facts.on(question.last_day)
    if cell["market"]:
        markets: Sequence[str] = (cell["market"],)
    else:
        asked = asked_markets(question, scope.scene) if is_filtered(question) else tuple(known)
        of_kind = cell["group"] if question.by == "kind" else None
        markets = [code for code in asked if of_kind is None or known[code].kind == of_kind]
    return sum(facts.open_days(code, cell["first_day"], cell["last_day"]) for code in markets)
