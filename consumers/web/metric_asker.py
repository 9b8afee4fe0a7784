"""Asks metrics for pages: several at once, and not again while an answer is young.

A page may show an answer some seconds old, with the time up to which it is known; the live figures
of today do not come from here. How answers are kept is said in `cache.py`.
"""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import TypeVar

from consumers.adoption.metrics.catalogue import METRICS
from consumers.adoption.question.answer import Answer, MetricContext, Question
from consumers.adoption.question.scene import Scenes
from consumers.fold.snapshot import Snapshots
from consumers.web.cache import Cache, Cached, Limits
from infra.clickhouse import Store
from infra.clock import Clock
from infra.settings import FoldSettings, WebSettings
from schemas.calendar import LOCAL

ANSWERERS = 4
LOOKERS = 2  # apart: who answers waits for what they see
T = TypeVar("T")


class Asker:
    """Any thread may ask. Close it at the end."""

    def __init__(
        self,
        store: Store,
        snapshots: Snapshots,
        *,
        clock: Clock,
        settings: WebSettings,
        fold: FoldSettings,
    ) -> None:
        self._store = store
        self._clock = clock
        self._scenes = Scenes(store, fold, snapshots, settings.answer_age_s_max)
        self._limits = Limits(
            age_s_max=settings.answer_age_s_max,
            stale_s_max=settings.answer_stale_s_max,
            kept_max=settings.answers_kept_max,
            waiting_max=settings.answers_waiting_max,
            wait_s_max=settings.answer_wait_s_max,
        )
        self._answerers = ThreadPoolExecutor(ANSWERERS, "answers")
        self._lookers = ThreadPoolExecutor(LOOKERS, "looks")
        self._answers = Cache(self._answerers, self._limits)
        self._scene = self.cached(lambda: self._look(None))

    def close(self) -> None:
        """Let the questions that run come to their end."""
        self._answerers.shutdown()
        self._lookers.shutdown()

    def cached(
        self, make: Callable[[], T], *, age_s: float | None = None, stale_s: float | None = None
    ) -> Cached[T]:
        """A look at the store that may be as old as an answer, or so old."""
        limits = self._limits
        if age_s is not None and stale_s is not None:
            limits = replace(limits, age_s_max=age_s, stale_s_max=stale_s)
        return Cached(Cache(self._lookers, limits), "", make)

    def scene(self) -> MetricContext:
        """How far the store is, and what the registry says: as old as an answer may be."""
        return self._scene.get()

    def scene_of(self, question: Question) -> MetricContext:
        """The scene of a question, as fresh as an answer must be; of one "as known on" its own."""
        return self._scene.fresh() if question.known_on is None else self._look(question)

    def ask(self, question: Question) -> Answer:
        """One answer."""
        return self.ask_all({"": question})[""]

    def ask_all(self, questions: Mapping[str, Question]) -> dict[str, Answer]:
        """Answers by the same names. Those that must be made are made side by side."""
        day = self._clock.now().astimezone(LOCAL).date()
        waits = {
            name: self._answers.ask((question.digest(), day), partial(self._make, question))
            for name, question in questions.items()
        }
        return {name: wait() for name, wait in waits.items()}

    def _make(self, question: Question) -> Answer:
        scene = self.scene_of(question)
        return METRICS[question.metric].answer(self._store, question, scene)

    def _look(self, question: Question | None) -> MetricContext:
        return self._scenes.scene(self._clock.now(), question)
