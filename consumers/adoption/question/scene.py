"""How far the fold is, and the registry's short part: looked at once for many questions."""

from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256

from consumers.adoption.question.answer import CutOff, Question, Scene
from consumers.adoption.question.facts import Facts, read_facts
from consumers.adoption.question.held import Held, Marks, marks_of
from consumers.fold.eye import Eye, Seen
from consumers.fold.fold import rule_version
from consumers.fold.projections import NOW_AND_EVER
from consumers.sql import statement
from infra.clickhouse import Store
from infra.settings import FoldSettings


@dataclass(frozen=True, slots=True)
class _View:
    """What follows from one look."""

    seen: Seen
    facts: Facts
    cut_off: CutOff
    marks: Marks


@dataclass(slots=True)
class Looker:
    """Looks how far the store is; reads again only when something was written.

    `eye` may be one that others look through too; what they saw `age_s_max` ago is good enough.
    """

    store: Store
    fold: FoldSettings
    eye: Eye | None = None
    age_s_max: float = 0.0
    _eye: Eye = field(init=False)
    _held: Held = field(default_factory=Held)
    _view: _View | None = None

    def __post_init__(self) -> None:
        self._eye = self.eye or Eye(self.store)

    def scene(self, now: datetime, question: Question | None = None) -> Scene:
        """The scene of a question (of one that is not "as known on", where None is given)."""
        view = self._look()
        known_on = question.known_on if question else None
        facts = view.facts if known_on is None else read_facts(self.store, known_on)
        return Scene(now, self.fold, view.cut_off, facts, view.marks, self._held)

    def _look(self) -> _View:
        seen, view = self._eye.look(age_s_max=self.age_s_max), self._view
        if view is None or view.seen is not seen:
            is_known = view is not None and view.seen.registry == seen.registry
            facts = view.facts if view and is_known else read_facts(self.store, NOW_AND_EVER)
            view = self._view = _View(seen, facts, self._cut_off(seen), marks_of(seen))
        return view

    def _cut_off(self, seen: Seen) -> CutOff:
        rows = self.store.query(statement(__package__, "cut_off"))
        came: dict[date, datetime] = dict(rows)
        [(refused,)] = self.store.query(statement(__package__, "refused_count"))
        return CutOff(
            max(came.values(), default=None),
            min(came, default=None),
            _version(seen, refused),
            frozenset(seen.dirty(rule_version(self.fold))),
        )


def _version(seen: Seen, refused: int) -> str:
    """A hash of all that figures, completeness and health depend on."""
    fact_count, fact_hash = seen.registry
    digest = sha256(f"{fact_count} {fact_hash} {refused}".encode())
    for day in sorted(seen.fingerprints.keys() | seen.states.keys()):
        digest.update(f"{day} {seen.fingerprints.get(day)} {seen.states.get(day)}".encode())
    return digest.hexdigest()[:32]


def look(
    store: Store, *, now: datetime, fold: FoldSettings, question: Question | None = None
) -> Scene:
    """The scene for one question."""
    return Looker(store, fold).scene(now, question)
