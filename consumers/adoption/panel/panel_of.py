"""Makes the panel of a question: who it is about, in which groups, paid on which days."""

from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from consumers.adoption.panel.panel import (
    DAYS_PER_WEEK,
    MONDAY_ZERO,
    Bytes,
    Ints,
    Panel,
    Spans,
    day_number,
)
from consumers.adoption.question.answer import By
from consumers.adoption.question.readings import (
    MARK,
    NOBODY,
    SPAN,
    Paid,
    Records,
    joined,
    read_paid,
    read_roster,
)
from consumers.adoption.question.scope import Scope, asked_markets, is_filtered
from consumers.fold.projections import WEEKS_PER_BLOCK, week_number

Group = tuple[str, str]  # market, '' where the group spans markets; group


def read_panel(scope: Scope, *, by: By | None = None, with_spans: bool = True) -> Panel:
    """The vendors that a question is about, grouped as it asks, as of its last day."""
    question = scope.question
    paid = read_paid(scope)
    last = day_number(question.last_day)
    roster = _begun(read_roster(scope), last) if with_spans else {}
    markets = _markets(scope, {part.market for part in paid} | roster.keys())
    paid = [part for part in paid if part.market in markets]
    place = {market: n for n, market in enumerate(markets)}

    told = [(part.market, part.records["vendor"]) for part in paid]
    told += [(market, roster[market]["vendor"]) for market in markets if market in roster]
    hashes = np.concatenate([np.empty(0, np.uint64), *(vendors for _, vendors in told)])
    of_market = np.repeat([place[m] for m, _ in told], [len(v) for _, v in told]).astype(np.int64)
    ascending, at = np.unique(hashes, return_index=True)
    is_kept = ascending != NOBODY
    codes = _codes(scope, by or question.by)
    if question.vendors:
        is_kept &= np.isin(ascending, np.fromiter(codes, np.uint64, len(codes)))
    ascending, market = ascending[is_kept], of_market[at[is_kept]]

    groups, group = _grouped(scope, by or question.by, markets, ascending, market, codes)
    by_group = np.argsort(group, kind="stable")
    order = np.empty(len(ascending), np.int64)
    order[by_group] = np.arange(len(ascending))
    last_week = week_number(question.last_day)
    first_week = min((part.first_week for part in paid), default=last_week)
    panel = Panel(
        markets=markets,
        groups=groups,
        hashes=ascending[by_group],
        ascending=ascending,
        order=order,
        market=market[by_group],
        group=group[by_group],
        first_week=first_week,
        weeks=np.zeros((len(ascending), last_week - first_week + 1), np.uint8),
        spans=_NO_SPANS,
    )
    _fill(panel, paid)
    panel.weeks[:, -1] &= np.uint8((2 << question.last_day.weekday()) - 1)
    return _with_spans(panel, roster) if with_spans else panel


def _begun(roster: dict[str, Records], last: int) -> dict[str, Records]:
    """What had begun by a day; markets without any of it are left out."""
    begun = {market: spans[spans["first"] <= last] for market, spans in roster.items()}
    return {market: spans for market, spans in begun.items() if len(spans)}


def _markets(scope: Scope, known: Collection[str]) -> tuple[str, ...]:
    """The markets of all, or of those that are asked about, ascending."""
    if not is_filtered(scope.question):
        return tuple(sorted(known))
    return tuple(market for market in asked_markets(scope.question, scope.scene) if market in known)


def _codes(scope: Scope, by: By) -> dict[int, str]:
    """Hash of a vendor → his code or group, where the question needs it."""
    if by == "vendor" or scope.question.vendors:
        params = {"ask": scope.ask, "vendors": list(scope.question.vendors)}
        return dict(scope.rows("panel/vendor_codes", params))
    return {}


def _grouped(
    scope: Scope,
    by: By,
    markets: Sequence[str],
    vendors: NDArray[np.uint64],
    market: Ints,
    codes: dict[int, str],
) -> tuple[tuple[Group, ...], Ints]:
    """All groups ascending, and the group of each vendor."""
    if by in ("all", "kind", "market"):
        known = scope.scene.facts.on(scope.question.last_day)
        kinds = [known[m].kind if m in known else "" for m in markets]
        of_market = {
            "all": [("", "")] * len(markets),
            "kind": [("", kind) for kind in kinds],
            "market": [(m, m) for m in markets],
        }[by]
        groups = tuple(sorted({of_market[n] for n in np.unique(market).tolist()}))
        place = {group: n for n, group in enumerate(groups)}
        numbers = np.array([place.get(group, -1) for group in of_market], np.int64)
        return groups, numbers[market]
    if by != "vendor":
        codes = dict(scope.rows("panel/group_of", {"group_ask": scope.group_ask}))
    is_within = by in ("row", "vendor")
    each = [
        (markets[m] if is_within else "", codes.get(vendor, ""))
        for m, vendor in zip(market.tolist(), vendors.tolist(), strict=True)
    ]
    groups = tuple(sorted(set(each)))
    place = {group: n for n, group in enumerate(groups)}
    return groups, np.array([place[group] for group in each], np.int64)


def _fill(panel: Panel, paid: Sequence[Paid]) -> None:
    """Copy paid days into the panel's weeks, all markets of a block at once."""
    alike: dict[int, list[Records]] = {}
    for part in paid:
        alike.setdefault(part.first_week, []).append(part.records)
    for first_week, parts in alike.items():
        records = joined(parts, parts[0].dtype)
        rows = panel.rows_of(records["vendor"])
        records, rows = records[rows >= 0], rows[rows >= 0]
        if records.dtype == MARK:
            days = records["number"].astype(np.int64) - MONDAY_ZERO
            bit = np.left_shift(1, days % DAYS_PER_WEEK).astype(np.uint8)
            at = (rows, days // DAYS_PER_WEEK - panel.first_week)
            np.bitwise_or.at(panel.weeks, at, bit)
            continue
        left = first_week - panel.first_week
        width = min(WEEKS_PER_BLOCK, panel.weeks.shape[1] - left)
        weeks: Bytes = records["days"]
        panel.weeks[rows, left : left + width] = weeks[:, :width]


_NONE = np.empty(0, np.int64)
_NO_SPANS = Spans(_NONE, np.empty(0, np.uint64), _NONE, _NONE, _NONE)


def _with_spans(panel: Panel, roster: dict[str, Records]) -> Panel:
    """The panel with the spans of its vendors, and with those of codes issued to nobody named."""
    told = [roster[market] for market in panel.markets if market in roster]
    if not told:
        return panel
    spans = joined(told, SPAN)
    return replace(
        panel,
        spans=Spans(
            vendor=panel.rows_of(spans["vendor"]),
            stall=spans["stall"],
            first=spans["first"].astype(np.int64),
            after=spans["after"].astype(np.int64),
            kind=spans["kind"].astype(np.int64),
        ),
    )
