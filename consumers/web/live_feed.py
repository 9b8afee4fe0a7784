"""The figures of today, moving: one poller for all who watch, and none while nobody does.

A listener gets the newest figures, never a queue of old ones: however slow, he costs one slot.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime

from consumers.sql import statement
from infra.clickhouse import Store
from infra.clock import Clock
from infra.errors import Unavailable
from infra.log import get_logger
from schemas.thresholds import Thresholds

log = get_logger("web.live")
ALL = "*"  # the sum over the markets that a listener sees
K_VENDORS_MIN, K_PAYMENTS_MIN = Thresholds().k_stalls_min, Thresholds().k_payers_min
BEAT_S = 10.0  # a comment this often tells proxies, and us, that somebody is still there


@dataclass(frozen=True, slots=True)
class TodayFigures:
    """One market today, so far."""

    payment_count: int
    payment_vnd: int
    vendor_count: int

    @property
    def may_be_shared(self) -> bool:
        """Whether so many are behind it that nobody's sales show. Payers are not counted here, and
        there are never more of them than payments."""
        return self.vendor_count >= K_VENDORS_MIN and self.payment_count >= K_PAYMENTS_MIN


@dataclass(frozen=True, slots=True)
class Today:
    """All markets, as they were at a moment."""

    at: datetime
    markets: Mapping[str, TodayFigures]

    def only(self, markets: Iterable[str]) -> "Today":
        """These markets alone; none named: all, with what has no owner."""
        wanted = frozenset(markets)
        if not wanted:
            return self
        return Today(self.at, {m: self.markets.get(m, NONE_YET) for m in sorted(wanted)})

    def shared(self) -> "Today":
        """Without small cells. The sum is then that of the shown markets, and gives none away."""
        return Today(self.at, {m: f for m, f in self.markets.items() if f.may_be_shared})

    def total(self) -> TodayFigures:
        """The sum."""
        figures = self.markets.values()
        return TodayFigures(
            sum(f.payment_count for f in figures),
            sum(f.payment_vnd for f in figures),
            sum(f.vendor_count for f in figures),
        )


NONE_YET = TodayFigures(0, 0, 0)


def load_today(store: Store, *, today: date, at: datetime) -> Today:
    """Look at the fold."""
    rows = store.query(statement(__package__, "live_today"), {"today": today})
    return Today(at, {market: TodayFigures(n, int(vnd), v) for market, n, vnd, v in rows})


class LiveFeed:
    """`look` is called (in a thread) every `each_ms` while there are listeners."""

    def __init__(
        self,
        look: Callable[[], Today],
        *,
        clock: Clock,
        each_ms: int,
        listeners_max: int,
        is_stopping: Callable[[], bool],
    ) -> None:
        self._look = look
        self._clock = clock
        self._each_s = each_ms / 1000
        self._listeners_max = listeners_max
        self._is_stopping = is_stopping
        self._listeners = 0
        self._newest: Today | None = None
        self._moved = asyncio.Condition()
        self._task: asyncio.Task[None] | None = None

    @property
    def is_full(self) -> bool:
        """Whether nobody more may listen."""
        return self._listeners >= self._listeners_max

    async def events(
        self, markets: Iterable[str], *, is_shared: bool, is_still_in: Callable[[], bool]
    ) -> AsyncIterator[bytes]:
        """Server-sent events for one listener, until he goes or is signed out, or we stop."""
        wanted = frozenset(markets)
        self._listeners += 1
        self._start()
        told: Today | None = None
        try:
            while not self._is_stopping() and is_still_in():
                newest = self._newest
                if newest is not None and (told is None or newest.markets != told.markets):
                    told = newest
                    shown = newest.only(wanted)
                    yield event_bytes(shown.shared() if is_shared else shown)
                    continue
                if not await self._wait(newest):
                    yield b": still there\n\n"
        finally:
            self._listeners -= 1

    def _start(self) -> None:
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._poll())

    async def _wait(self, seen: Today | None) -> bool:
        """Whether something newer came, before it is time for a sign of life."""
        try:
            async with asyncio.timeout(BEAT_S), self._moved:
                await self._moved.wait_for(lambda: self._newest is not seen or self._is_stopping())
        except TimeoutError:
            return False
        return True

    async def _poll(self) -> None:
        while self._listeners and not self._is_stopping():
            try:
                found = await asyncio.to_thread(self._look)
            except Unavailable as trouble:
                log.warning("live.again", cause=str(trouble))
            else:
                if self._newest is None or found.markets != self._newest.markets:
                    self._newest = found
            await self._tell()
            await asyncio.sleep(self._each_s)
        self._newest = None
        await self._tell()

    async def _tell(self) -> None:
        async with self._moved:
            self._moved.notify_all()


def event_bytes(today: Today) -> bytes:
    """One event with the figures of each market and of all."""
    figures = {market: asdict(found) for market, found in today.markets.items()}
    said = {"at": today.at.isoformat(timespec="milliseconds")}
    body = json.dumps({**said, "markets": {ALL: asdict(today.total()), **figures}})
    return f"event: figures\ndata: {body}\n\n".encode()
