"""A value that may be some seconds old: shown as it is while it is made anew in the background."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any, Generic, TypeVar

from infra.errors import Unavailable
from infra.log import get_logger

log = get_logger("web.kept")
T = TypeVar("T")


class Kept(Generic[T]):
    """Any thread may get it. `make` is called by one thread at a time, of the workers or of those
    who ask."""

    def __init__(
        self, make: Callable[[], T], workers: Executor, *, age_s_max: float, stale_s_max: float
    ) -> None:
        self._make = make
        self._workers = workers
        self._age_s_max = age_s_max
        self._stale_s_max = stale_s_max
        self._made: tuple[float, T] | None = None
        self._forgotten = 0  # how often
        self._state = threading.Lock()
        self._lock = threading.Lock()  # held while it is made
        self._is_ordered = threading.Lock()  # held while a worker is to make it

    def get(self) -> T:
        """The value, at most `stale_s_max` old; where it is older than `age_s_max`, a new one is
        being made."""
        made, age_s = self._made, self._age_s()
        if made is None or age_s > max(self._stale_s_max, self._age_s_max):
            return self.fresh()
        if age_s > self._age_s_max and self._is_ordered.acquire(blocking=False):
            self._workers.submit(self._renew).add_done_callback(say_trouble)
        return made[1]

    def fresh(self) -> T:
        """The value, at most `age_s_max` old."""
        with self._lock:
            made = self._made
            if made is None or self._age_s() > self._age_s_max:
                forgotten, began_s = self._forgotten, time.monotonic()
                made = (began_s, self._make())
                with self._state:
                    if forgotten == self._forgotten:  # else it was made of what has changed
                        self._made = made
            return made[1]

    def forget(self) -> None:
        """Something was changed: the next one to get it waits for a new one."""
        with self._state:
            self._forgotten += 1
            self._made = None

    def _renew(self) -> None:
        try:
            self.fresh()
        finally:
            self._is_ordered.release()

    def _age_s(self) -> float:
        made = self._made
        return time.monotonic() - made[0] if made else 0.0


def say_trouble(done: "Future[Any]") -> None:
    """What nobody waits for must not fail unheard."""
    trouble = done.exception()
    if isinstance(trouble, Unavailable):
        log.warning("kept.again", cause=str(trouble))
    elif trouble is not None:
        log.error("kept.failed", cause=repr(trouble))
