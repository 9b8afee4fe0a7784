"""Reads what the forecast needs: first payments, census, codes and calendar. The only I/O here."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, get_args

from consumers.adoption.question.facts import MarketFact, read_facts
from consumers.rollout.calendar import monday, open_share, weeks_from
from consumers.rollout.site import FIRST_WEEK_SHARE_MAX, LeftOut, RunningSite
from consumers.sql import statement
from infra.clickhouse import Store
from infra.errors import Refused
from schemas.message import Count, Message, Name
from schemas.registry import MarketKind

FirstDays = Mapping[str, Mapping[date, int]]  # market → day → vendors first paid on it


@dataclass(frozen=True, slots=True)
class RunningSites:
    """The sites that run, up to the Sunday `cut_off_day`, and markets that tell nothing."""

    sites: tuple[RunningSite, ...]
    left_out: tuple[LeftOut, ...]
    cut_off_day: date


def last_complete_sunday(today: date) -> date:
    """The Sunday of the last week that is over."""
    return monday(today) - timedelta(days=1)


def read_running(
    store: Store,
    *,
    today: date,
    known_at: datetime,
    starts: Mapping[str, date] | None = None,
    first_days: FirstDays | None = None,
) -> RunningSites:
    """Every market with a census and a first payment or a code, week by week until it was over.

    A site starts with `starts` where that names it, else with its first code or first payment,
    whichever is earlier. `first_days`: those known at another moment (`known.py`); None: the
    folded ones. Refused: `starts` names a market that nobody knows.
    """
    starts = starts or {}
    last_day = last_complete_sunday(today)
    facts = read_facts(store, known_at)
    known = facts.on(last_day)
    if unknown := sorted(set(starts) - set(known)):
        raise Refused(f"start of {', '.join(unknown)}: the registry knows no such market")
    if first_days is None:
        first_days = _folded(store, last_day)
    params: dict[str, Any] = {"last_day": last_day, "known_at": known_at}
    sites: list[RunningSite] = []
    left_out: list[LeftOut] = []
    for market, stalls, code_on in store.query(statement(__package__, "stalls_and_codes"), params):
        if market not in known:
            continue
        made = site_of(
            known[market],
            first_days.get(market, {}),
            stall_count=stalls,
            start_day=starts.get(market) or _earliest(code_on, first_days.get(market, {})),
            closed=facts.closed.get(market, frozenset()),
            last_day=last_day,
        )
        if isinstance(made, RunningSite):
            sites.append(made)
        else:
            left_out.append(LeftOut(market, made))
    return RunningSites(tuple(sites), tuple(left_out), last_day)


def _folded(store: Store, last_day: date) -> FirstDays:
    found: dict[str, dict[date, int]] = {}
    for market, day, count in store.query(
        statement(__package__, "first_payments"), {"last_day": last_day}
    ):
        found.setdefault(market, {})[day] = count
    return found


def _earliest(code_on: date | None, first_days: Mapping[date, int]) -> date | None:
    days = [*first_days, *([code_on] if code_on else [])]
    return min(days, default=None)


def site_of(
    fact: MarketFact,
    first_days: Mapping[date, int],
    *,
    stall_count: int | None,
    start_day: date | None,
    closed: frozenset[date],
    last_day: date,
) -> RunningSite | Message:
    """The market as a site, or why it is none. A payment before its start counts in week one."""
    if fact.kind not in get_args(MarketKind):
        return Message("site.unknown_kind", kind=Name(fact.kind))
    if not stall_count:
        return Message("site.no_census")
    if start_day is None or start_day > last_day:
        return Message("site.not_started")
    first_week = monday(start_day)
    mondays = weeks_from(first_week, (last_day + timedelta(days=1) - first_week).days // 7)
    new = [0] * len(mondays)
    for day, count in first_days.items():
        new[max(0, (day - first_week).days // 7)] += count
    notes: list[Message] = []
    total = sum(new)
    beyond = total - stall_count
    for week in reversed(range(len(new))):
        # Several vendors of one stall, one after the other: the last ones are not further stalls.
        left = min(new[week], max(0, beyond))
        new[week] -= left
        beyond -= left
    if total > stall_count:
        notes.append(
            Message(
                "site.more_vendors_than_stalls", vendors=Count(total), stalls=Count(stall_count)
            )
        )
    if total >= 10 and new[0] / total > FIRST_WEEK_SHARE_MAX and len(new) > 4:
        notes.append(Message("site.may_have_begun_earlier"))
    before_start = frozenset(first_week + timedelta(days=n) for n in range(7)) - {
        start_day + timedelta(days=n) for n in range(7)
    }
    return RunningSite(
        code=fact.market,
        name=fact.name,
        kind=fact.kind,  # type: ignore[arg-type]
        ward=fact.area,
        stall_count=stall_count,
        start_day=start_day,
        first_week=first_week,
        new=tuple(new),
        open_share=open_share(mondays, closed | before_start),
        notes=tuple(notes),
    )
