"""Stalls, those with a live account or code, and the census that they are counted against."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from consumers.adoption.panel.panel import Ints, Panel
from consumers.adoption.question.answer import By
from consumers.adoption.question.facts import in_force
from consumers.adoption.question.rate import Figure
from consumers.adoption.question.readings import ACCOUNT, NOBODY, QR, STALL_CODE, Census
from consumers.adoption.question.scope import Scope, asked_markets, is_filtered
from schemas.message import Message, Name

NO_CENSUS = Message("adoption.no_census")
OF_MARKETS = Message("adoption.census_of_markets")


@dataclass(frozen=True, slots=True)
class Provision:
    """Of each vendor of a panel: stalls, and stalls with a live account or code."""

    stalls: Ints
    equipped: Ints


def provision(panel: Panel, day: int) -> Provision:
    """Counted on a day. Of a vendor without a named stall the place where he trades is one stall.

    An account, or a code, that names no stall serves all stalls of its vendor. A code that hangs at
    a stall is that of the vendor who has the stall on the day, whoever it was issued to.
    """
    spans = panel.spans
    in_force = np.flatnonzero(spans.on(day))
    stall, kind = spans.stall[in_force], spans.kind[in_force]
    vendor = _owners(spans.vendor[in_force], stall, kind)
    is_known = vendor >= 0
    is_live = is_known & ((kind == ACCOUNT) | (kind == QR))
    is_named = stall != NOBODY
    stalls = _distinct(panel.count, vendor[is_known & is_named], stall[is_known & is_named])
    live = _distinct(panel.count, vendor[is_live & is_named], stall[is_live & is_named])
    anywhere = np.zeros(panel.count, bool)
    anywhere[vendor[is_live & ~is_named]] = True
    stalls = np.maximum(stalls, 1)
    return Provision(stalls, np.where(anywhere, stalls, live))


def _owners(vendor: Ints, stall: NDArray[np.uint64], kind: Ints) -> Ints:
    """The vendors of the spans; of a code that hangs at a stall, whoever has the stall."""
    having = np.flatnonzero(kind == STALL_CODE)
    having = having[np.argsort(stall[having], kind="stable")]
    hanging = np.flatnonzero((kind == QR) & (stall != NOBODY))
    place = np.searchsorted(stall[having], stall[hanging], side="right") - 1
    hanging, owner = hanging[place >= 0], having[place[place >= 0]]
    is_had = stall[owner] == stall[hanging]
    found = vendor.copy()
    found[hanging[is_had]] = vendor[owner[is_had]]
    return found


def census_of(scope: Scope, census: Census, cell: Mapping[str, Any], day: date, by: By) -> Figure:
    """The stalls that the census in force on a day counted in a cell, or why that is not known."""
    if by not in ("all", "kind", "market"):
        return Figure(None, OF_MARKETS)
    counts = {market: in_force(census.get(market, ()), day) for market in _markets(scope, cell, by)}
    missing = sorted(market for market, count in counts.items() if count is None)
    if missing:
        return Figure(None, Message("adoption.no_census_of", markets=tuple(map(Name, missing))))
    if not counts:
        return Figure(None, NO_CENSUS)
    return Figure(sum(count for count in counts.values() if count is not None))


def _markets(scope: Scope, cell: Mapping[str, Any], by: By) -> Iterable[str]:
    if by == "market":
        return [cell["group"]]
    question, known = scope.question, scope.scene.facts.on(scope.question.last_day)
    asked = asked_markets(question, scope.scene) if is_filtered(question) else tuple(known)
    return [m for m in asked if by == "all" or (m in known and known[m].kind == cell["group"])]


def _distinct(count: int, rows: Ints, values: NDArray[np.uint64]) -> Ints:
    """How many distinct values each row has."""
    order = np.lexsort((values, rows))
    rows, values = rows[order], values[order]
    is_new = np.ones(len(rows), bool)
    is_new[1:] = (rows[1:] != rows[:-1]) | (values[1:] != values[:-1])
    return np.bincount(rows[is_new], minlength=count).astype(np.int64)
