"""Verify: is every figure what the evidence says, and is every record there exactly as it came?

Checks, each naming what is wrong: the schema as the program makes it; the log covered without a
hole, by logs that are known; nothing altered, doubled or added, as far as the store itself can
tell; with a scratch database every record of the log judged anew and compared; no evidence outside
the window; every event of several payments known as such; every day's figures recomputed; the
evidence of every delivery what that said it published.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from consumers.fold.dirty import disagreements
from consumers.ledger.deliveries import Deliveries
from consumers.sink.coverage import BODY_SETTINGS, coverage
from consumers.sql import statement
from consumers.verify.anew import Anew
from consumers.verify.findings import Finding, Offsets, Tally, VerifyReport, holes, within
from consumers.verify.folded import Folded, missing_count
from consumers.verify.known import unknown_logs
from consumers.verify.log import Logs, TopicLog
from consumers.verify.projected import check_projections
from consumers.verify.stored import FINDINGS_MAX, Ends, check_stored, slices
from infra.clickhouse import Store
from infra.settings import FoldSettings


@dataclass(frozen=True, slots=True)
class Verifier:
    """One run over a store. Without `logs` the log itself is not looked at.

    `settle_s_max`: how long sink and fold may go without progress before that is told as wrong.
    `scratch`: a database of the same schema that this run alone uses; without it the records are
    not compared with the log one by one.
    """

    store: Store
    settings: FoldSettings
    logs: Logs | None
    settle_s_max: float
    schema_problems: Callable[[], list[str]] = list
    scratch: Store | None = None

    def run(self) -> VerifyReport:
        """All checks. Raises Unavailable where store or broker does not answer."""
        report = VerifyReport()
        current = self._current()
        folded = Folded(self.store, self.settings, self.settle_s_max)
        stale = folded.settle(current)
        report.findings += [Finding("schema", "database", fact) for fact in self.schema_problems()]
        report.findings += self.check_logs(report, current)
        report.findings += check_stored(self.store, current)
        report.findings += self._anew(report, current)
        report.findings += self._window()
        report.findings += folded.identity()
        report.findings += folded.check(report, stale)
        report.findings += check_projections(self.store, settle_s_max=self.settle_s_max)
        report.findings += self._deliveries(report)
        report.tally = self._tally()
        return report

    def is_settled(self) -> bool:
        """Whether sink and fold have caught up with the log as it is now."""
        folded = Folded(self.store, self.settings, self.settle_s_max)
        return (
            not missing_count(self.store, self._current())
            and not folded.dirty()
            and not disagreements(folded.states)
        )

    def _current(self) -> dict[str, TopicLog]:
        return {log.topic_id: log for log in self.logs.current()} if self.logs else {}

    def _ask(self, name: str, **params: Any) -> list[tuple[Any, ...]]:
        return self.store.query(statement(__package__, name), params, BODY_SETTINGS)

    def check_logs(self, report: VerifyReport, current: Ends) -> list[Finding]:
        """Holes up to where the logs ended at first, and records that no log can have."""
        said: dict[str, list[tuple[str, str]]] = defaultdict(list)
        changed = set()
        for topic_id, topic, shape, is_changed in self._ask("known_logs"):
            said[topic_id].append((topic, shape))
            changed |= {topic_id} if is_changed else set()
        stored = self._ask("logs")
        held = {}
        partitions = {topic_id: set(log.ends) for topic_id, log in current.items()}
        for _, topic_id, partition, _, _ in stored:
            partitions.setdefault(topic_id, set()).add(partition)
        for topic_id, numbers in sorted(partitions.items()):
            held[topic_id] = coverage(self.store, topic_id, numbers)
        now = self._current()  # after the store was: what lies beyond these ends was never there
        found = list(unknown_logs(said, {row[1] for row in stored}, current, changed))
        for shape, topic_id, partition, first, last in stored:
            place = Offsets(topic_id, partition, first, last + 1)
            log = now.get(topic_id)
            shapes = {log.shape} if log else {told for _, told in said.get(topic_id, ())}
            end = log.ends.get(partition, (0, 0))[1] if log else last + 1
            if not shapes:
                fact = "no such log was ever read"
                found.append(Finding("log", str(place), fact, reload=place))
            elif shape not in shapes:
                fact = f"is stored as of a {shape} topic, which that log is not"
                found.append(Finding("misplaced", str(place), fact, reload=place))
            if last >= end:
                stray = Offsets(topic_id, partition, max(first, end), last + 1)
                fact = f"is stored, but the log ends before offset {end}: `choso log restore`"
                found.append(Finding("log", str(stray), fact, reload=stray))
        for topic_id, of_log in held.items():
            for partition, islands in of_log.items():
                report.offsets_covered += sum(after - first for first, after in islands)
                log = current.get(topic_id) if topic_id in now else None
                begin, end_then = log.ends.get(partition, (0, 0)) if log else (0, None)
                if begin:
                    report.notes.append(
                        f"log {topic_id}-{partition}: the broker has no offset below {begin} any"
                        " more: only the store itself speaks for them"
                    )
                for first, after in holes(islands, begin=0, end=end_then):
                    found += self._hole(Offsets(topic_id, partition, first, after), log)
        gone = sorted(held.keys() - now.keys()) if self.logs else []
        report.notes += [
            f"log {topic_id}: the broker has it no more: only the store itself speaks for it"
            for topic_id in gone
        ]
        return found

    def _hole(self, hole: Offsets, log: TopicLog | None) -> list[Finding]:
        """Nothing where the log has no record either: control records and compaction leave gaps."""
        if log is None or self.logs is None:
            return [Finding("hole", str(hole), "not stored, and the log is gone")]
        begin, end = log.ends[hole.partition]
        found = []
        if lost := within(hole, 0, begin):
            fact = "not stored, and the log has lost them"
            found.append(Finding("hole", f"{log.topic}, {lost}", fact))
        rest = within(hole, begin, end)
        if rest and any(self.logs.read(log.topic, rest.partition, rest.first, rest.after)):
            found.append(Finding("hole", f"{log.topic}, {rest}", "not stored", load=rest))
        return found

    def _anew(self, report: VerifyReport, current: Ends) -> list[Finding]:
        if self.logs is None or self.scratch is None:
            report.notes.append("the records were not compared with the log one by one")
            return []
        anew = Anew(self.store, self.scratch, self.logs)
        found = [finding for log in current.values() for finding in anew.check(log)]
        report.records_compared = anew.compared
        return found

    def _deliveries(self, report: VerifyReport) -> list[Finding]:
        """Each delivery's evidence is what it said that it published."""
        held = Deliveries(self.store)
        found = []
        for proof in held.proofs(held.all()):
            told = proof.delivery
            if not told.is_told:
                report.notes.append(
                    f"delivery {told.id}: {proof.event_count:,} payments, {proof.event_vnd:,} đ:"
                    " it was stopped before its end: import the same file again, that completes it"
                )
                continue
            report.deliveries_proven += proof.is_well
            found += [
                Finding("delivery", f"{told.id} ({told.name})", fact) for fact in proof.faults()
            ]
        return found

    def _window(self) -> list[Finding]:
        days = self.settings.window_days
        return [
            Finding(
                "window",
                f"payment {account}:{reference}",
                f"its evidence names {first} and {last}, more than {days} days apart:"
                " its figures may be counted twice; look at it with `choso payment show`",
            )
            for part in slices(self.store)
            for account, reference, first, last in self._ask(
                "outside_window", window_days=days, limit=FINDINGS_MAX, **part
            )
        ]

    def _tally(self) -> Tally:
        sums = [0] * 5
        for part in slices(self.store):
            [row] = self._ask("tally", **part)
            sums = [a + int(b) for a, b in zip(sums, row, strict=True)]
        return Tally(*sums)
