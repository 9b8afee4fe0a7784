"""How far the fold is, and the registry's short part: looked at once for many questions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256

from consumers.adoption.question.answer import CutOff, MetricContext, Question
from consumers.adoption.question.facts import Facts, read_facts
from consumers.adoption.question.partition_cache import PartitionCache, marks_of
from consumers.fold.fold import rule_version
from consumers.fold.projections import NOW_AND_EVER
from consumers.fold.snapshot import Snapshot, Snapshots
from consumers.sql import statement
from infra.clickhouse import Store
from infra.settings import FoldSettings


@dataclass(slots=True)
class Scenes:
    """Looks how far the store is; reads again only when something was written. Any thread may ask.

    `snapshots` may be those that others ask for too; one from `age_s_max` ago is good enough.
    """

    store: Store
    fold: FoldSettings
    snapshots: Snapshots | None = None
    age_s_max: float = 0.0
    _snapshots: Snapshots = field(init=False)
    _partitions: PartitionCache = field(default_factory=PartitionCache)

    def __post_init__(self) -> None:
        self._snapshots = self.snapshots or Snapshots(self.store)

    def scene(self, now: datetime, question: Question | None = None) -> MetricContext:
        """The scene of a question (of one that is not "as known on", where None is given)."""
        snapshot = self._snapshots.look(age_s_max=self.age_s_max)
        marks, read = marks_of(snapshot), self._partitions.read
        cut_off = read(
            "cut_off", {"": marks.stored}, lambda keys: dict.fromkeys(keys, self._cut_off(snapshot))
        )
        known_on = question.known_on if question else None
        if known_on is not None:
            facts = read_facts(self.store, known_on)
        else:
            facts = read("facts", {"": snapshot.registry}, self._facts)[""]
        return MetricContext(now, self.fold, cut_off[""], facts, marks, self._partitions)

    def _facts(self, keys: Sequence[str]) -> Mapping[str, Facts]:
        return dict.fromkeys(keys, read_facts(self.store, NOW_AND_EVER))

    def _cut_off(self, snapshot: Snapshot) -> CutOff:
        rows = self.store.query(statement(__package__, "cut_off"))
        came: dict[date, datetime] = dict(rows)
        [(verdicts,)] = self.store.query(statement(__package__, "rejected_rows"))
        return CutOff(
            max(came.values(), default=None),
            min(came, default=None),
            _version(snapshot, verdicts),
            frozenset(snapshot.dirty(rule_version(self.fold))),
        )


def _version(snapshot: Snapshot, verdicts: int) -> str:
    """A hash of all that figures, completeness and health depend on."""
    fact_count, fact_hash = snapshot.registry
    digest = sha256(f"{fact_count} {fact_hash} {verdicts}".encode())
    for day in sorted(snapshot.fingerprints.keys() | snapshot.states.keys()):
        digest.update(f"{day} {snapshot.fingerprints.get(day)} {snapshot.states.get(day)}".encode())
    return digest.hexdigest()[:32]


def look(
    store: Store, *, now: datetime, fold: FoldSettings, question: Question | None = None
) -> MetricContext:
    """The scene for one question."""
    return Scenes(store, fold).scene(now, question)
