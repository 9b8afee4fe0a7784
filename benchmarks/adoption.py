"""How fast are retention, lifecycle and ladder, and how much slower from raw events?

5,000 vendors in 43 markets over two years, folded by the real fold. A figure is timed from its
question to its numbers: in a process that has read the store before, as pages have it, and in one
that has read nothing; the whole answer, with rates, intervals and health, beside it. From raw
events one statement merges the evidence of each payment and gives it to whoever was linked. It is
the same answer, which is asserted; what follows the statement is not counted.
"""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.bench import Bench
from benchmarks.outcome import Aim, Outcome, outcome, quantile
from consumers.adoption.metrics.ladder import METRIC as LADDER
from consumers.adoption.metrics.ladder import found_steps
from consumers.adoption.metrics.lifecycle import METRIC as LIFECYCLE
from consumers.adoption.metrics.lifecycle import found_moves
from consumers.adoption.metrics.retention import METRIC as RETENTION
from consumers.adoption.metrics.retention import found_cohorts
from consumers.adoption.panel.panel_of import read_panel
from consumers.adoption.question.answer import MetricContext, Question
from consumers.adoption.question.readings import read_census
from consumers.adoption.question.scene import look
from consumers.adoption.question.scope import Scope, scope
from consumers.fold.fold import Fold
from consumers.sink.landing import Piece, landing_table
from infra.clickhouse import Store
from infra.clock import SystemClock
from infra.settings import FoldSettings
from schemas.cloudevent import encode
from schemas.registry import registry_event

GROUP = "adoption"
MARKETS = 43
WEEKS = 104
START = date(2024, 6, 24)  # a Monday
END = START + timedelta(weeks=WEEKS, days=-1)
NOW = datetime(2026, 7, 1, tzinfo=UTC)
TOPIC_ID = "00000000-0000-4000-8000-000000000002"
HERE = Path(__file__).parent
DATABASE = "adoption"


class _Rec:
    def __init__(self, offset: int, value: bytes) -> None:
        self.offset, self.value = offset, value
        self.headers: list[tuple[str, bytes]] = []
        self.timestamp = int(datetime(2024, 6, 1, tzinfo=UTC).timestamp() * 1000)


def measure(bench: Bench) -> Iterator[Outcome]:
    """Every figure `adoption_queries` times, with the one from raw events in between."""
    choso = bench.rig.fresh(DATABASE, DATABASE)
    with choso.store() as store:
        _fill(bench, store, bench.sizes.adoption_vendors)
        scene = look(store, now=NOW, fold=FoldSettings())
        _same_answers(store, scene)
        for name, limit_ms, metric, question, figures, raw in _cases():
            bench.say(f"adoption, {name}")
            fast, first, whole, slow = [], [], [], []
            for number in range(bench.sizes.adoption_queries):
                fast.append(_ms(_in_scope, store, question, scene, figures))
                whole.append(_ms(metric.answer, store, question, scene))
                if number % 4 == 0:
                    nothing_held = look(store, now=NOW, fold=FoldSettings())
                    first.append(_ms(_in_scope, store, question, nothing_held, figures))
                if number % 20 == 0:
                    slow.append(_ms(_raw, store, raw))
            note = f"{bench.sizes.adoption_vendors:,} vendors, two years; p95 of {len(fast)}"
            p95 = quantile(fast, 0.95)
            yield outcome(GROUP, f"{name}, p95", "ms", p95, Aim("<=", limit_ms), note)
            yield outcome(GROUP, f"{name}, each", "ms", fast)
            yield outcome(GROUP, f"{name}, the first one of a process", "ms", first)
            yield outcome(GROUP, f"{name}, whole answer", "ms", whole)
            yield outcome(GROUP, f"{name}, from raw events", "ms", slow)
            ratio = min(slow) / sorted(fast)[len(fast) // 2]
            yield outcome(
                GROUP, f"{name}, raw ÷ bits", "", ratio, Aim(">=", 10), "fastest ÷ median"
            )
    bench.rig.drop(DATABASE)


Figures = Callable[[Scope], Any]


def _cases() -> Iterator[tuple[str, float, Any, Question, Figures, str]]:
    asked: dict[str, Any] = {"first_day": START, "last_day": END, "by": "market", "grain": "week"}
    yield (
        "retention 52 x 52 by market", 50, RETENTION, Question(metric="retention", **asked),
        lambda read: found_cohorts(read, "market", weeks_max=52), "raw_weeks",
    )  # fmt: skip
    year = asked | {"first_day": END - timedelta(weeks=52) + timedelta(days=1)}
    yield (
        "lifecycle of 52 weeks by market", 30, LIFECYCLE, Question(metric="lifecycle", **year),
        lambda read: found_moves(read, "market"), "raw_weeks",
    )  # fmt: skip
    today = asked | {"first_day": END, "grain": "window"}
    yield (
        "ladder by market", 30, LADDER, Question(metric="ladder", **today),
        lambda read: (found_steps(read, "market"), read_census(read)), "raw_active",
    )  # fmt: skip


def _raw(store: Store, name: str) -> list[tuple[Any, ...]]:
    sql = (HERE / f"{name}.sql").read_text()
    return store.query(sql, {"last_day": END} if "{last_day:" in sql else {})


def _same_answers(store: Store, scene: MetricContext) -> None:
    """The paid weeks of every vendor, and the ladder's steps of every market."""
    [_, _, (*_, ladder, figures, _)] = _cases()
    with scope(store, ladder, scene) as read:
        panel = read_panel(read)
        steps, _ = figures(read)
    weeks = {
        int(vendor): [panel.first_week + int(n) for n in np.flatnonzero(row)]
        for vendor, row in zip(panel.hashes, panel.weeks, strict=True)
        if row.any()
    }
    assert dict(_raw(store, "raw_weeks")) == weeks
    active = {market: (paid_ever, active) for _, market, _, _, paid_ever, _, active, *_ in steps}
    assert {market: tuple(rest) for market, *rest in _raw(store, "raw_active")} == active


def _in_scope(store: Store, question: Question, scene: MetricContext, figures: Figures) -> None:
    with scope(store, question, scene) as read:
        assert figures(read)


def _ms(run: Callable[..., Any], *given: Any) -> float:
    began = time.perf_counter()
    run(*given)
    return (time.perf_counter() - began) * 1_000


def _fill(bench: Bench, store: Store, vendors: int) -> None:
    bench.say(f"adoption: registry of {vendors:,} vendors")
    records = [_Rec(number, body) for number, body in enumerate(_facts(vendors))]
    for first in range(0, len(records), 50_000):
        batch = records[first : first + 50_000]
        piece = Piece(TOPIC_ID, 0, first, len(batch), batch)
        store.insert_arrow("registry_intake", landing_table([piece]))
    bench.say("adoption: evidence of two years")
    sql = (HERE / "adoption_evidence.sql").read_text()
    for first in range(0, WEEKS * 7, 28):
        days = {"first_day": START + timedelta(days=first), "start": START, "days": 28}
        store.command(sql, {**days, "vendors": vendors})
    [(events,)] = store.query("SELECT count() FROM evidence")
    bench.say(f"adoption: folding {events:,} events")
    fold = Fold(store=store, settings=FoldSettings(), clock=SystemClock(), report=lambda _: None)
    while fold.tick():
        pass


def _facts(vendors: int) -> Iterator[bytes]:
    """Markets with census and calendar; vendors with stall, account, code and some absences."""
    count = 0

    def fact(kind: str, day: date, **fields: Any) -> bytes:
        nonlocal count
        count += 1
        event = registry_event(
            kind=kind,
            source="/registry",
            source_transaction_id=f"f{count}",
            stated_at=datetime(2024, 5, 1, tzinfo=UTC) + timedelta(milliseconds=count),
            effective_from=day,
            **fields,
        )
        return encode(event)

    before = START - timedelta(days=30)
    for number in range(MARKETS):
        market = f"M{number:02d}"
        yield fact("market", before, market=market, name=f"Chợ {market}",
                   market_kind="traditional_market")  # fmt: skip
        yield fact("census_taken", before, market=market, stall_count=150)
        for day in range(WEEKS * 7):
            is_open = (number * 7 + day) % 61 > 0 and not 230 <= day < 237  # a week of Tết
            yield fact("trading_day", START + timedelta(days=day), market=market, open=is_open)
    for number in range(vendors):
        market = f"M{number % MARKETS:02d}"
        vendor, stall = f"{market}-V{number:05d}", f"{market}-S{number:05d}"
        yield fact("stall", before, market=market, stall=stall, area=f"Dãy {number % 9}")
        yield fact("vendor", before, vendor=vendor, market=market, stall=stall, name=vendor)
        yield fact("account_linked", before, account=f"{number:032x}", market=market,
                   vendor=vendor, stall=stall)  # fmt: skip
        issued = START + timedelta(days=max(0, number % 500 - 10))
        yield fact("qr_issued", issued, qr=f"Q{number}", market=market, stall=stall, vendor=vendor)
        for absence in range(12 if number % 2 else 0):
            away = START + timedelta(days=(number * 37 + absence * 59) % (WEEKS * 7))
            yield fact("trading_day", away, market=market, vendor=vendor, open=False)
