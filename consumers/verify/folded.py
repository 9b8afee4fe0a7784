"""Have sink and fold caught up, and are the figures what the evidence says?

The system may be running: what arrives while one looks is not wrong. A day is stale only where the
fold had its time and did not touch it; figures are wrong only where nothing changed meanwhile.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from time import monotonic, sleep

from consumers.fold.dirty import (
    DayState,
    Run,
    days_of,
    disagreements,
    evidence_counts,
    runs,
)
from consumers.fold.fold import rule_version
from consumers.fold.projections import NOW_AND_EVER
from consumers.fold.snapshot import Snapshot, Snapshots
from consumers.sink.coverage import BODY_SETTINGS, coverage
from consumers.sql import statement
from consumers.verify.findings import Finding, VerifyReport, holes
from consumers.verify.identity import check_identity
from consumers.verify.log import TopicLog
from consumers.verify.stored import FINDINGS_MAX
from infra.clickhouse import Store
from infra.settings import FoldSettings

SETTLE_POLL_S = 0.2
AGREE_S_MAX = 3.0  # how long days may go on disagreeing: evidence outside the window never agrees
LOOKS_MAX = 5  # at a day whose evidence changes while one looks


@dataclass(slots=True)
class UnfoldedDays:
    """Which days were dirty at the first look and have not been folded since. Pure."""

    first: dict[date, DayState | None] | None = None

    def look(self, dirty: set[date], states: Mapping[date, DayState]) -> set[date]:
        """The days that still wait. What became dirty after the first look is not waited for."""
        if self.first is None:
            self.first = {day: states.get(day) for day in dirty}
        self.first = {
            day: state
            for day, state in self.first.items()
            if day in dirty and states.get(day) == state
        }
        return set(self.first)


@dataclass(slots=True)
class Folded:
    """The fold's part of one verify."""

    store: Store
    settings: FoldSettings
    settle_s_max: float
    states: Mapping[date, DayState] = field(default_factory=dict)
    _snapshots: Snapshots = field(init=False)

    def __post_init__(self) -> None:
        self._snapshots = Snapshots(self.store)

    def dirty(self) -> set[date]:
        """Days that the fold has to do."""
        seen = self._snapshots.look()
        self.states = seen.states
        return seen.dirty(rule_version(self.settings))

    def identity(self) -> list[Finding]:
        """Events that name several payments, and whether that is put down."""
        return check_identity(self.store, self._snapshots.look, rule_version(self.settings))

    def settle(self, current: Mapping[str, TopicLog]) -> set[date]:
        """Wait until the logs are stored as far as `current` says and every dirty day was folded.

        Gives up after `settle_s_max` without progress, and gives the days that are stale then.
        """
        waiting = UnfoldedDays()
        stale: set[date] = set()
        still: object = None
        until = agree_until = monotonic() + self.settle_s_max
        while True:
            missing = missing_count(self.store, current)
            if missing and monotonic() < until:
                now: object = missing
            else:
                stale = waiting.look(self.dirty(), self.states)
                now = (missing, stale)
                if not stale and (monotonic() >= agree_until or not disagreements(self.states)):
                    return stale
            if now != still:
                still, until = now, monotonic() + self.settle_s_max
                agree_until = monotonic() + min(self.settle_s_max, AGREE_S_MAX)
            if monotonic() >= until:
                return stale
            sleep(SETTLE_POLL_S)

    def check(self, report: VerifyReport, stale: set[date]) -> list[Finding]:
        """Every day's figures computed from evidence again, but for the days that are `stale`."""
        found = [
            Finding("stale", f"day {day}", "its evidence changed after it was folded", refold=day)
            for day in sorted(stale)
        ]
        sealed = {"limit": FINDINGS_MAX}
        for day, *row in self.store.query(statement(__package__, "seals"), sealed):
            fact = "was changed after the fold wrote it"
            found.append(Finding("figures", _row(day, *row), fact, refold=day))
        folded = self.store.query(statement(__package__, "folded_days"))
        fingerprints = self._snapshots.look().fingerprints
        days = fingerprints.keys() | {row[0] for row in folded}
        for run in runs(days - stale, evidence_counts(fingerprints)):
            wrong, is_sure = self._run(run)
            found += wrong
            if is_sure:
                report.days_checked += len(days_of(*run))
                continue
            report.notes += [
                f"day {day} was not compared: its evidence changed each of {LOOKS_MAX} times"
                for day in days_of(*run)
            ]
        return found

    def _run(self, run: Run) -> tuple[list[Finding], bool]:
        """What is wrong with some days, and whether their evidence stood still while one looked."""
        days = days_of(*run)
        for look in range(1, LOOKS_MAX + 1):
            before = self._evidence()
            wrong = self._wrong(run)
            if not wrong:
                return [], True
            waits = self.settle_s_max > 0 and (
                not self.dirty().isdisjoint(days) or any(self._disagrees(day) for day in days)
            )
            if before == self._evidence() and (not waits or look == LOOKS_MAX):
                return wrong, True
            self.settle({})
        return [], False

    def _disagrees(self, day: date) -> bool:
        return any(day in pair for pair in disagreements(self.states))

    def _evidence(self) -> Snapshot:
        """What figures are made of, and what these were: one folded meanwhile is looked at anew."""
        return self._snapshots.look()

    def _wrong(self, run: Run) -> list[Finding]:
        found = []
        for name, params in (
            (
                "wrong_figures",
                {
                    "window_days": self.settings.window_days,
                    "amount_vnd_min": self.settings.amount_vnd_min,
                },
            ),
            ("wrong_reports", {}),
        ):
            rows = self.store.query(
                statement(__package__, name),
                {
                    "first_day": run[0],
                    "last_day": run[1],
                    "known_at": NOW_AND_EVER,
                    "limit": FINDINGS_MAX,
                    **params,
                },
                BODY_SETTINGS,
            )
            for day, kind, market, vendor, difference, versions in rows:
                fact = _difference(difference, versions)
                found.append(Finding("figures", _row(day, kind, market, vendor), fact, refold=day))
        return found


def missing_count(store: Store, current: Mapping[str, TopicLog]) -> int:
    """How many offsets of the logs as they are now are not stored."""
    missing = 0
    for log in current.values():
        held = coverage(store, log.topic_id, log.ends)
        for partition, (begin, end) in log.ends.items():
            runs = holes(held[partition], begin=begin, end=end)
            missing += sum(after - first for first, after in runs)
    return missing


def _row(day: date, *names: str) -> str:
    kind, market, *rest = names
    return " ".join([f"day {day}, {kind}", market or "(none)", *(name for name in rest if name)])


def _difference(difference: int, versions: int) -> str:
    if versions > 1 or difference > 1:
        return f"is stored {difference} times too often"
    if difference > 0:
        return "is stored, but evidence does not give it"
    return "evidence gives it, but it is not stored so"
