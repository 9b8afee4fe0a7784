"""Verify: is every figure what the evidence says, and is every record there exactly as it came?

Checks, each naming what is wrong: the log covered without a hole; nothing altered, doubled or
added; every event in one place; no evidence outside the window; every day's figures recomputed.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from time import monotonic, sleep
from typing import Any

from consumers.fold.dirty import dirty_days
from consumers.fold.fold import (
    day_fingerprints,
    day_states,
    registry_hash_by_day,
    rule_version,
)
from consumers.sink.coverage import BODY_SETTINGS, coverage
from consumers.sql import statement
from consumers.verify.findings import Finding, Offsets, Report, Tally, holes
from consumers.verify.log import Logs, TopicLog
from infra.clickhouse import Store
from infra.settings import FoldSettings

ROWS_PER_SLICE = 4_000_000  # so that exact counting stays within the store's memory
FINDINGS_MAX = 100  # for each check: enough to know, few enough to read
SETTLE_POLL_S = 0.2


@dataclass(frozen=True, slots=True)
class Verifier:
    """One run over a store. Without `logs` the log itself is not looked at."""

    store: Store
    settings: FoldSettings
    logs: Logs | None
    settle_s_max: float
    schema_problems: Callable[[], list[str]] = list

    def run(self) -> Report:
        """All checks. Waits, at most `settle_s_max`, until sink and fold have caught up."""
        report = Report()
        current = {log.topic_id: log for log in self._current()}
        self._settle(current)
        report.findings += [Finding("schema", "database", fact) for fact in self.schema_problems()]
        for check in (self._coverage, self._records, self._window, self._figures):
            report.findings += check(report, current)
        report.tally = self._tally()
        return report

    def _ask(self, name: str, **params: Any) -> list[tuple[Any, ...]]:
        return self.store.query(statement(__package__, name), params, BODY_SETTINGS)

    def _slices(self) -> Iterator[dict[str, int]]:
        [(rows,)] = self._ask("row_count")
        slices = int(rows) // ROWS_PER_SLICE + 1
        return ({"slices": slices, "slice": number} for number in range(slices))

    def is_settled(self) -> bool:
        """Whether sink and fold have caught up with the log as it is now."""
        return self._caught_up({log.topic_id: log for log in self._current()})

    def _current(self) -> list[TopicLog]:
        return self.logs.current() if self.logs else []

    def _settle(self, current: dict[str, TopicLog]) -> None:
        until = monotonic() + self.settle_s_max
        while monotonic() < until and not self._caught_up(current):
            sleep(SETTLE_POLL_S)

    def _caught_up(self, current: dict[str, TopicLog]) -> bool:
        for log in current.values():
            held = coverage(self.store, log.topic_id, log.ends)
            if any(
                holes(held[partition], begin=begin, end=end)
                for partition, (begin, end) in log.ends.items()
            ):
                return False
        return not self._dirty()

    def _dirty(self) -> set[date]:
        return dirty_days(
            day_fingerprints(self.store),
            day_states(self.store),
            registry_hash=registry_hash_by_day(self.store),
            rule_version=rule_version(self.settings),
        )

    def _coverage(self, report: Report, current: dict[str, TopicLog]) -> list[Finding]:
        found = []
        known = {row[0]: (row[1], row[2]) for row in self._ask("known_logs")}
        partitions: dict[str, set[int]] = {log: set(current[log].ends) for log in current}
        for topic_id, partition in self._ask("logs"):
            if topic_id not in known and topic_id not in current:
                found.append(Finding("log", f"topic id {topic_id}", "no such log was ever read"))
            partitions.setdefault(topic_id, set()).add(partition)
        for topic_id, numbers in partitions.items():
            log = current.get(topic_id)
            name = log.topic if log else known.get(topic_id, (topic_id, ""))[0]
            for partition, islands in coverage(self.store, topic_id, numbers).items():
                report.offsets_covered += sum(after - first for first, after in islands)
                begin, end = log.ends.get(partition, (0, 0)) if log else (0, None)
                subject = f"{name}-{partition}"
                for first, after in holes(islands, begin=0, end=end):
                    gone = f", of which the log has lost those before {begin}" * (first < begin)
                    found.append(
                        Finding(
                            "hole",
                            subject,
                            f"offsets {first} to {after - 1} are not stored{gone}",
                            reload=Offsets(topic_id, partition, first, after) if log else None,
                        )
                    )
                if end is not None and islands and islands[-1][1] > end:
                    found.append(
                        Finding(
                            "log",
                            subject,
                            f"the store holds offsets up to {islands[-1][1] - 1}, the log ends"
                            f" before {end}",
                            reload=Offsets(topic_id, partition, end, islands[-1][1]),
                        )
                    )
        return found

    def _records(self, _: Report, __: dict[str, TopicLog]) -> list[Finding]:
        found = []
        for table, topic_id, partition, offset, fact in self._ask("altered", limit=FINDINGS_MAX):
            place = Offsets(topic_id, partition, offset, offset + 1)
            found.append(_record("altered", table, fact, place))
        for part in self._slices():
            rows = self._ask("misplaced", limit=FINDINGS_MAX, **part)
            found += [
                _record("misplaced", table, fact, Offsets(topic_id, partition, offset, offset + 1))
                for topic_id, partition, offset, table, fact in rows
            ]
        for topic_id, partition, first, count, stored in self._ask("overfull", limit=FINDINGS_MAX):
            found.append(
                Finding(
                    "added",
                    f"log {topic_id}-{partition}",
                    f"the batch from offset {first} on holds {stored} records, landed were {count}",
                )
            )
        return found

    def _window(self, _: Report, __: dict[str, TopicLog]) -> list[Finding]:
        days = self.settings.window_days
        return [
            Finding(
                "window",
                f"payment {account}:{reference}",
                f"its evidence names {first} and {last}, more than {days} days apart:"
                " its figures may be counted twice; look at it with `choso payment show`",
            )
            for part in self._slices()
            for account, reference, first, last in self._ask(
                "outside_window", window_days=days, limit=FINDINGS_MAX, **part
            )
        ]

    def _figures(self, report: Report, _: dict[str, TopicLog]) -> list[Finding]:
        stale = self._dirty()
        found = [
            Finding("stale", f"day {day}", "its evidence changed after it was folded", refold=day)
            for day in sorted(stale)
        ]
        days = day_fingerprints(self.store).keys() | {row[0] for row in self._ask("folded_days")}
        for day in sorted(days - stale):
            report.days_checked += 1
            wrong = self._ask(
                "wrong_figures",
                day=day,
                window_days=self.settings.window_days,
                amount_vnd_min=self.settings.amount_vnd_min,
                limit=FINDINGS_MAX,
            ) + self._ask("wrong_reports", day=day, limit=FINDINGS_MAX)
            for kind, market, vendor, difference, versions in wrong:
                subject = f"day {day}, {kind} {market or '(none)'} {vendor}".strip()
                fact = _difference(difference, versions)
                found.append(Finding("figures", subject, fact, refold=day))
        return found

    def _tally(self) -> Tally:
        sums = [0] * 5
        for part in self._slices():
            [row] = self._ask("tally", **part)
            sums = [a + int(b) for a, b in zip(sums, row, strict=True)]
        return Tally(*sums)


def _record(check: str, table: str, fact: str, place: Offsets) -> Finding:
    subject = f"{table}, log {place.topic_id}-{place.partition}, offset {place.first}"
    return Finding(check, subject, fact, reload=place)


def _difference(difference: int, versions: int) -> str:
    if versions > 1 or difference > 1:
        return f"is stored {difference} times too often"
    if difference > 0:
        return "is stored, but evidence does not give it"
    return "evidence gives it, but it is not stored so"
