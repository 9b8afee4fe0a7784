"""The cache of what may be some seconds old: made once for all who ask, shown while made anew.

There is this one kind (others keep what the store is made of, not what was made of it: see
`consumers/adoption/question/partition_cache.py` and `consumers/fold/snapshot.py`). A value is
young, and is shown; or it is older, and is shown while a worker makes a new one; or it is too old,
and whoever asks waits. Only one making of a value runs at a time. A refusal is a value: who asks
the same again is refused again. A trouble that passes is none, and takes away nothing.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar

from infra.errors import Refused, Unavailable
from infra.log import get_logger

log = get_logger("web.cache")
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How old a value may be, shown at once and while a new one is made; how many there are.

    `waiting_max`: makings at once, running or waiting for a worker. `wait_s_max`: how long somebody
    waits for his.
    """

    age_s_max: float
    stale_s_max: float
    kept_max: int
    waiting_max: int
    wait_s_max: float


@dataclass(frozen=True, slots=True)
class _Entry:
    value: Any
    refused: Refused | None
    made_s: float  # when its making began (monotonic): what came later is not in it

    def __call__(self) -> Any:
        if self.refused is not None:
            raise self.refused
        return self.value


class _Making:
    """One that runs, or waits for a worker."""

    done: "Future[Any]"


class Cache:
    """Any thread may ask, but a worker of its own: it would wait for itself."""

    def __init__(self, workers: Executor, limits: Limits) -> None:
        self._workers = workers
        self._limits = limits
        self._entries: OrderedDict[Hashable, _Entry] = OrderedDict()
        self._running: dict[Hashable, _Making] = {}
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """The value. Unavailable: it takes longer than one waits, or too many are being made.

        It is made to its end all the same, so that who asks again later finds it.
        """
        return self.ask(key, make)()

    def fresh(self, key: Hashable, make: Callable[[], T]) -> T:
        """The same, and never older than `age_s_max`."""
        return self.ask(key, make, is_fresh=True)()

    def ask(
        self, key: Hashable, make: Callable[[], T], *, is_fresh: bool = False
    ) -> Callable[[], T]:
        """Let it be made where it must be, and go on: what comes back waits for the value."""
        limits = self._limits
        with self._lock:
            entry = self._entries.get(key)
            age_s = time.monotonic() - entry.made_s if entry else 0.0
            if entry and age_s <= limits.age_s_max:
                self._entries.move_to_end(key)
                return entry
            running = self._running.get(key)
            if running is None and len(self._running) < limits.waiting_max:
                running = self._start(key, make)
            if entry and age_s <= limits.stale_s_max and not is_fresh:
                return entry
            if running is None:
                raise Unavailable("too many long answers are being made: ask again soon")
            return partial(self._wait, running.done)

    def forget(self, key: Hashable) -> None:
        """Something was changed: the next one to ask waits for a new value."""
        with self._lock:
            self._entries.pop(key, None)
            self._running.pop(key, None)  # it is made of what has changed: it will not be kept

    def _start(self, key: Hashable, make: Callable[[], Any]) -> _Making:
        making = _Making()
        making.done = self._workers.submit(self._make, key, make, making)
        making.done.add_done_callback(_say_trouble)
        self._running[key] = making  # before it can end: that needs the lock
        return making

    def _make(self, key: Hashable, make: Callable[[], Any], making: _Making) -> Any:
        entry, began_s = None, time.monotonic()
        try:
            entry = _Entry(make(), None, began_s)
        except Refused as refused:
            entry = _Entry(None, refused, began_s)
        finally:
            with self._lock:
                if self._running.get(key) is making:
                    del self._running[key]
                    self._keep(key, entry)
        return entry()

    def _keep(self, key: Hashable, entry: _Entry | None) -> None:
        if entry is not None:
            self._entries[key] = entry
            self._entries.move_to_end(key)
        while len(self._entries) > self._limits.kept_max:
            self._entries.popitem(last=False)

    def _wait(self, done: "Future[T]") -> T:
        try:
            return done.result(self._limits.wait_s_max)
        except TimeoutError:
            raise Unavailable("this answer is still being made: ask again soon") from None


class Cached(Generic[T]):
    """One value of a cache, and how it is made."""

    def __init__(self, cache: Cache, key: Hashable, make: Callable[[], T]) -> None:
        self._cache, self._key, self._make = cache, key, make

    def get(self) -> T:
        """The value; an older one is shown while a new one is made."""
        return self._cache.get(self._key, self._make)

    def fresh(self) -> T:
        """The value, at most `age_s_max` old."""
        return self._cache.fresh(self._key, self._make)

    def forget(self) -> None:
        """Something was changed."""
        self._cache.forget(self._key)


def _say_trouble(done: "Future[Any]") -> None:
    """What perhaps nobody waits for must not fail unheard."""
    trouble = None if done.cancelled() else done.exception()
    if isinstance(trouble, Unavailable):
        log.warning("cache.again", cause=str(trouble))
    elif trouble is not None and not isinstance(trouble, Refused):
        log.error("cache.failed", cause=repr(trouble))
