"""Asks metrics for pages: several at once, and not again while an answer is fresh.

A page may show an answer some seconds old, with the time up to which it is known; the live figures
of today do not come from here. An older answer is still shown while a new one is being made.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

from consumers.adoption.answer import Answer, Question, Scene
from consumers.adoption.catalogue import METRICS
from consumers.adoption.daily import LOCAL
from consumers.adoption.scene import Looker
from infra.clickhouse import Store
from infra.clock import Clock
from infra.errors import Unavailable
from infra.log import get_logger
from infra.settings import FoldSettings, WebSettings

log = get_logger("web.asking")
WORKERS = 4
Key = tuple[str, str]  # the question's digest, the local day


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer, and when it was made (monotonic)."""

    answer: Answer
    made_s: float


class Asker:
    """Any thread may ask. Close it at the end."""

    def __init__(
        self, store: Store, *, clock: Clock, settings: WebSettings, fold: FoldSettings
    ) -> None:
        self._store = store
        self._clock = clock
        self._settings = settings
        self._looker = Looker(store, fold)
        self._look_lock = threading.Lock()
        self._scene: tuple[float, Scene] | None = None
        self._kept: OrderedDict[Key, Kept] = OrderedDict()
        self._running: dict[Key, Future[Answer]] = {}
        self._lock = threading.Lock()
        self._workers = ThreadPoolExecutor(WORKERS, "asking")

    def close(self) -> None:
        """Let the questions that run come to their end."""
        self._workers.shutdown()

    def scene(self) -> Scene:
        """How far the store is, and what the registry says: as fresh as an answer must be."""
        with self._look_lock:
            now_s = time.monotonic()
            if self._scene and now_s - self._scene[0] < self._settings.answer_age_s_max:
                return self._scene[1]
            scene = self._looker.scene(self._clock.now())
            self._scene = (now_s, scene)
            return scene

    def ask(self, question: Question) -> Answer:
        """One answer."""
        return self.ask_all({"": question})[""]

    def ask_all(self, questions: Mapping[str, Question]) -> dict[str, Answer]:
        """Answers by the same names. Those that must be made are made side by side."""
        found = {name: self._start(question) for name, question in questions.items()}
        return {
            name: answer if isinstance(answer, Answer) else answer.result()
            for name, answer in found.items()
        }

    def _start(self, question: Question) -> Answer | Future[Answer]:
        key = (question.digest(), self._day(self._clock.now()))
        with self._lock:
            kept = self._kept.get(key)
            age_s = time.monotonic() - kept.made_s if kept else 0.0
            if kept and age_s <= self._settings.answer_age_s_max:
                self._kept.move_to_end(key)
                return kept.answer
            running = self._running.get(key)
            if running is None:
                running = self._running[key] = self._workers.submit(self._make, key, question)
                running.add_done_callback(_say_trouble)
            if kept and age_s <= self._settings.answer_stale_s_max:
                return kept.answer
            return running

    def _make(self, key: Key, question: Question) -> Answer:
        try:
            scene = self.scene_of(question)
            answer = METRICS[question.metric].answer(self._store, question, scene)
        except BaseException:
            with self._lock:
                del self._running[key]
            raise
        with self._lock:
            del self._running[key]
            self._kept[key] = Kept(answer, time.monotonic())
            while len(self._kept) > self._settings.answers_kept_max:
                self._kept.popitem(last=False)
        return answer

    def scene_of(self, question: Question) -> Scene:
        """The scene of a question: of one "as known on" its own."""
        if question.known_on is None:
            return self.scene()
        with self._look_lock:
            return self._looker.scene(self._clock.now(), question)

    def _day(self, now: datetime) -> str:
        return now.astimezone(LOCAL).date().isoformat()


def _say_trouble(done: Future[Answer]) -> None:
    """A refresh that nobody waits for must not fail unheard."""
    trouble = done.exception()
    if isinstance(trouble, Unavailable):
        log.warning("asking.again", cause=str(trouble))
    elif trouble is not None:
        log.error("asking.failed", cause=repr(trouble))
