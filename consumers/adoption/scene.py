"""How far the fold is, and the registry's short part: looked at once for many questions."""

from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256

from consumers.adoption.answer import CutOff, Question, Scene
from consumers.adoption.daily import NOW_AND_EVER
from consumers.adoption.facts import Facts, read_facts
from consumers.fold.dirty import DayState, Fingerprint, dirty_days
from consumers.fold.fold import (
    RegistryHash,
    day_fingerprints,
    day_states,
    registry_hash_by_day,
    rule_version,
)
from consumers.sql import statement
from infra.clickhouse import Store
from infra.settings import FoldSettings


@dataclass(slots=True)
class Looker:
    """Looks how far the store is; keeps what the registry says until the registry changes."""

    store: Store
    fold: FoldSettings
    _seen: tuple[int, int] | None = None
    _facts: Facts = field(default_factory=lambda: Facts((), {}))
    _hashes: RegistryHash = field(default_factory=lambda: RegistryHash([], []))

    def scene(self, now: datetime, question: Question | None = None) -> Scene:
        """The scene of a question (of one that is not "as known on", where None is given)."""
        fact_count, fact_hash = self._registry()
        known_on = question.known_on if question else None
        facts = self._facts if known_on is None else read_facts(self.store, known_on)
        return Scene(now, self.fold, self._cut_off(f"{fact_count} {fact_hash}"), facts)

    def _registry(self) -> tuple[int, int]:
        [(count, total)] = self.store.query(statement("consumers.fold", "registry_fingerprint"))
        if (count, total) != self._seen:
            self._facts = read_facts(self.store, NOW_AND_EVER)
            self._hashes = registry_hash_by_day(self.store)
            self._seen = (count, total)
        return count, total

    def _cut_off(self, registry: str) -> CutOff:
        rows = self.store.query(statement(__package__, "cut_off"))
        came: dict[date, datetime] = dict(rows)
        fingerprints, states = day_fingerprints(self.store), day_states(self.store)
        waiting = dirty_days(
            fingerprints,
            states,
            registry_hash=self._hashes,
            rule_version=rule_version(self.fold),
        )
        [(refused,)] = self.store.query(statement(__package__, "refused_count"))
        version = _version(registry, refused, fingerprints, states)
        return CutOff(
            max(came.values(), default=None), min(came, default=None), version, frozenset(waiting)
        )


def _version(
    registry: str,
    refused: int,
    fingerprints: dict[date, Fingerprint],
    states: dict[date, DayState],
) -> str:
    """A hash of all that figures, completeness and health depend on."""
    digest = sha256(f"{registry} {refused}".encode())
    for day in sorted(fingerprints.keys() | states.keys()):
        state = states.get(day)
        digest.update(f"{day} {fingerprints.get(day)} {state}".encode())
    return digest.hexdigest()[:32]


def look(
    store: Store, *, now: datetime, fold: FoldSettings, question: Question | None = None
) -> Scene:
    """The scene for one question."""
    return Looker(store, fold).scene(now, question)
