"""Answers that take seconds: one is made at a time, kept for a while, and shared by all who ask."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from infra.errors import Refused, Unavailable
from infra.settings import WebSettings

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer, or why there is none, and when it was made (monotonic)."""

    answer: Any
    refused: Refused | None
    made_s: float


class SlowAnswers:
    """Any thread may ask. Close it at the end."""

    def __init__(self, settings: WebSettings) -> None:
        self._settings = settings
        self._kept: OrderedDict[Hashable, Kept] = OrderedDict()
        self._running: dict[Hashable, Future[Kept]] = {}
        self._lock = threading.Lock()
        self._worker = ThreadPoolExecutor(1, "slow")

    def close(self) -> None:
        """Let the one that is being made come to its end, and drop those that wait."""
        self._worker.shutdown(cancel_futures=True)

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """The answer of this key, made if it is not fresh.

        Unavailable: too many are being made, or this one takes longer than a reader is made to
        wait. It is made to its end, so asking again later finds it.
        """
        with self._lock:
            kept = self._kept.get(key)
            if kept and time.monotonic() - kept.made_s <= self._settings.slow_age_s_max:
                self._kept.move_to_end(key)
                return cast(T, _said(kept))
            running = self._running.get(key)
            if running is None:
                if len(self._running) >= self._settings.slow_waiting_max:
                    raise Unavailable("too many long answers are being made: ask again soon")
                running = self._running[key] = self._worker.submit(self._make, key, make)
        try:
            return cast(T, _said(running.result(self._settings.slow_wait_s_max)))
        except TimeoutError:
            raise Unavailable("this answer is still being made: ask again soon") from None

    def _make(self, key: Hashable, make: Callable[[], Any]) -> Kept:
        try:
            kept = _kept(make)
        except BaseException:
            with self._lock:
                del self._running[key]
            raise
        with self._lock:
            del self._running[key]
            self._kept[key] = kept
            self._kept.move_to_end(key)
            while len(self._kept) > self._settings.slow_kept_max:
                self._kept.popitem(last=False)
        return kept


def _kept(make: Callable[[], Any]) -> Kept:
    try:
        return Kept(make(), None, time.monotonic())
    except Refused as refused:  # the same question is refused again: that may take as long
        return Kept(None, refused, time.monotonic())


def _said(kept: Kept) -> Any:
    if kept.refused is not None:
        raise kept.refused
    return kept.answer
