"""Asks metrics for pages: several at once, and not again while an answer is fresh.

A page may show an answer some seconds old, with the time up to which it is known; the live figures
of today do not come from here. An older answer is still shown while a new one is being made.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from consumers.adoption.metrics.catalogue import METRICS
from consumers.adoption.question.answer import Answer, Question, Scene
from consumers.adoption.question.scene import Looker
from consumers.fold.eye import Eye
from consumers.web.kept import Kept, say_trouble
from infra.clickhouse import Store
from infra.clock import Clock
from infra.settings import FoldSettings, WebSettings
from schemas.calendar import LOCAL

WORKERS = 4
T = TypeVar("T")
Key = tuple[str, str]  # the question's digest, the local day


@dataclass(frozen=True, slots=True)
class Made:
    """An answer, and when it was made (monotonic)."""

    answer: Answer
    made_s: float


class Asker:
    """Any thread may ask. Close it at the end."""

    def __init__(
        self, store: Store, eye: Eye, *, clock: Clock, settings: WebSettings, fold: FoldSettings
    ) -> None:
        self._store = store
        self._clock = clock
        self._settings = settings
        self.workers = ThreadPoolExecutor(WORKERS, "asking")
        self._looker = Looker(store, fold, eye, settings.answer_age_s_max)
        self._look_lock = threading.Lock()
        self._scene = self.kept(self._look)
        self._answers: OrderedDict[Key, Made] = OrderedDict()
        self._running: dict[Key, Future[Answer]] = {}
        self._lock = threading.Lock()

    def close(self) -> None:
        """Let the questions that run come to their end."""
        self.workers.shutdown()

    def kept(self, make: Callable[[], T]) -> Kept[T]:
        """A value that may be as old as an answer, made by the same workers."""
        return Kept(
            make,
            self.workers,
            age_s_max=self._settings.answer_age_s_max,
            stale_s_max=self._settings.answer_stale_s_max,
        )

    def scene(self) -> Scene:
        """How far the store is, and what the registry says: as old as an answer may be."""
        return self._scene.get()

    def _look(self, question: Question | None = None) -> Scene:
        with self._look_lock:
            return self._looker.scene(self._clock.now(), question)

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
            kept = self._answers.get(key)
            age_s = time.monotonic() - kept.made_s if kept else 0.0
            if kept and age_s <= self._settings.answer_age_s_max:
                self._answers.move_to_end(key)
                return kept.answer
            running = self._running.get(key)
            if running is None:
                running = self._running[key] = self.workers.submit(self._make, key, question)
                running.add_done_callback(say_trouble)
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
            self._answers[key] = Made(answer, time.monotonic())
            while len(self._answers) > self._settings.answers_kept_max:
                self._answers.popitem(last=False)
        return answer

    def scene_of(self, question: Question) -> Scene:
        """The scene of a question, as fresh as an answer must be; of one "as known on" its own."""
        return self._scene.fresh() if question.known_on is None else self._look(question)

    def _day(self, now: datetime) -> str:
        return now.astimezone(LOCAL).date().isoformat()
