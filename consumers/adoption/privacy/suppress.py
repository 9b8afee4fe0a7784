"""Makes an answer that may leave the house: withholds what `hide` says, then applies the filter."""

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import date
from typing import Any, TypeVar

from consumers.adoption.privacy.hide import Support, hidden_cells
from consumers.adoption.question.answer import By, Cell
from consumers.adoption.question.rate import Figure, Rails, Rate, no_rate
from consumers.adoption.question.scope import Scope, asked_markets
from schemas.message import Message

R = TypeVar("R", bound=Cell)
Key = tuple[date, str, str]  # first day of the period, market, group
Supports = Callable[[By], dict[Key, Support]]

REASON = Message("adoption.withheld")
RAILS_REASON = Message("adoption.rails_withheld")
# What each grouping is summed up to: the levels above it, from the top.
LEVELS: dict[By, tuple[By, ...]] = {
    "all": ("all",),
    "kind": ("all", "kind"),
    "market": ("all", "kind", "market"),
    "row": ("all", "kind", "market", "row"),
    "product": ("all", "product"),
    "cohort": ("all", "cohort"),
}


def shared_rows(scope: Scope, rows: Sequence[R], supports: Supports) -> list[R]:
    """The rows as they may be shown: all of them, unless the question is for a shared answer."""
    question = scope.question
    if not question.is_shared:
        return list(rows)
    hidden = hidden_keys(scope, supports)
    kept = []
    asked = set(asked_markets(question, scope.scene))
    for row in rows:
        if question.kinds and question.by == "kind" and row.group not in question.kinds:
            continue
        is_within = question.by in ("market", "row")
        if is_within and (question.markets or question.kinds) and row.market not in asked:
            continue
        key = (row.first_day, row.market, row.group)
        kept.append(withheld(row, REASON) if key in hidden else row)
    if hidden or not all(rails_are_large(row, question.thresholds.k_payers_min) for row in kept):
        kept = [without_rails(row) for row in kept]
    return kept


def rails_are_large(row: Cell, count_min: int) -> bool:
    """Whether no rail class of the row is a small cell of its own."""
    rails = [value for f in fields(row) if isinstance(value := getattr(row, f.name), Rails)]
    return all(
        figure.payment_count >= count_min for found in rails for figure in found.figures or ()
    )


def without_rails(row: R) -> R:
    """The row with its total alone: a small class, or a class of a hidden cell, must not show."""
    changes: dict[str, Any] = {
        field.name: Rails(None, RAILS_REASON)
        for field in fields(row)
        if isinstance(getattr(row, field.name), Rails)
    }
    return replace(row, **changes)


def hidden_keys(scope: Scope, supports: Supports) -> Collection[Key]:
    """The cells of the question's grouping that must not be shown, period by period."""
    thresholds = scope.question.thresholds
    hidden: dict[Key, Hashable] = {}
    for level in LEVELS[scope.question.by]:
        cells: dict[date, dict[Key, tuple[Support, Key]]] = defaultdict(dict)
        for key, support in supports(level).items():
            cells[key[0]][key] = (support, parent_of(scope, level, key))
        above, hidden = hidden, {}
        for found in cells.values():
            hidden |= hidden_cells(
                found,
                above,
                k_payers_min=thresholds.k_payers_min,
                k_stalls_min=thresholds.k_stalls_min,
            )
    return hidden


def parent_of(scope: Scope, level: By, key: Key) -> Key:
    """The cell of the level above that a cell is part of."""
    first_day, market, _ = key
    if level == "row":
        return first_day, market, market
    if level == "market":
        fact = scope.scene.facts.on(scope.question.last_day).get(market)
        return first_day, "", fact.kind if fact else ""
    return first_day, "", ""


def payment_supports(scope: Scope, *, is_measured: bool = False) -> Supports:
    """Support by the payments of the question's range, or by those of measured days only."""

    def read(by: By) -> dict[Key, Support]:
        question = scope.question
        params = scope.params(question.first_day, question.last_day, by)
        params["is_measured"] = is_measured
        rows = scope.figures("privacy/support", params)
        return {(row[0], row[1], row[2]): Support(*map(int, row[3:])) for row in rows}

    return read


def vendor_supports(counts: Callable[[By], Mapping[Key, int]]) -> Supports:
    """Support by vendors alone, who stand for sales and stalls: no payer is behind the figures."""

    def read(by: By) -> dict[Key, Support]:
        return {
            key: Support(payers=0, sales=count, stalls=count) for key, count in counts(by).items()
        }

    return read


def withheld(row: R, reason: Message) -> R:
    """The row without its figures."""
    changes: dict[str, Any] = {"suppressed": reason}
    for field in fields(row):
        value = getattr(row, field.name)
        if isinstance(value, Figure):
            changes[field.name] = Figure(None, reason)
        elif isinstance(value, Rate):
            changes[field.name] = no_rate(reason)
        elif isinstance(value, Rails):
            changes[field.name] = Rails(None, reason)
    return replace(row, **changes)
