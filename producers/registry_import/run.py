"""Importing registry files: rows that are facts go through, the others are named by their line."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from infra.clock import Clock
from infra.errors import Refused
from producers.publisher import Outgoing, Publisher, outgoing, tried
from producers.registry_import.contradictions import Contradictions
from producers.registry_import.read import RegistryRow, read_registry_rows
from producers.registry_import.translate import KIND_NAMES, FactRefused, translate_facts
from producers.tally import EXIT_LANDED, EXIT_SOME_REJECTED, EXIT_STOPPED
from schemas.cloudevent import AHEAD_MAX
from schemas.registry import RegistryEvent

SOURCE = "/registry"
ERRORS_KEPT_MAX = 1_000


@dataclass(slots=True)
class RegistryReport:
    """Rows read and facts published; `errors` say file:line, field and cause of each other row.

    Of more errors than are kept only the number is known.
    """

    read_count: int = 0
    row_count: int = 0  # rows that are facts: one or two of them
    contradiction_count: int = 0
    fact_count: int = 0
    error_count: int = 0
    unpublished_count: int = 0
    cause: str = ""
    is_complete: bool = True
    is_dry: bool = False
    errors: list[str] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """0 where everything landed, 1 where the log went away, 3 where rows were rejected."""
        if not self.is_complete:
            return EXIT_STOPPED
        return EXIT_SOME_REJECTED if self.error_count else EXIT_LANDED

    def lines(self) -> list[str]:
        """The report for a person."""
        counts = (
            f"{self.read_count} rows read",
            f"{self.fact_count} facts {'would be ' if self.is_dry else ''}published",
            f"{self.error_count} rows rejected",
        )
        lines = ["registry: " + ", ".join(counts)]
        if self.contradiction_count:
            lines.append(f"  {self.contradiction_count} contradictions within the files")
        lines += [f"  {error}" for error in self.errors]
        if self.error_count > len(self.errors):
            lines.append(f"  and {self.error_count - len(self.errors)} more")
        if not self.is_complete:
            lines.append(
                f"  stopped: {self.unpublished_count} facts not acknowledged: {self.cause}:"
                " run the same import again, it adds just what is missing"
            )
        return lines


def import_registry(
    paths: Sequence[Path],
    *,
    kind: str | None,
    publisher: Publisher | None,
    key: bytes,
    topic_prefix: str,
    clock: Clock,
    source: str = SOURCE,
    read: Callable[[Path], Iterator[RegistryRow]] = read_registry_rows,
    stated_at: datetime | None = None,
    tell: Callable[[str], None] = lambda _: None,
    errors_kept_max: int = ERRORS_KEPT_MAX,
) -> RegistryReport:
    """Publish the facts of these files; without a publisher it is a trial.

    `kind` is that of rows without one; `key` makes tokens.

    `read` gives the rows of a file under the names of facts' fields.
    `tell` hears what they contradict each other in, before anything is sent.
    `stated_at` is that of rows without one; where it is None too, their `effective_from` at 00:00Z.
    Refused where a file cannot be read or the kind is unknown.
    """
    if kind is not None and kind not in KIND_NAMES:
        raise Refused(f"registry: kind {kind!r} is not one of {', '.join(KIND_NAMES)}")
    report = RegistryReport(is_dry=publisher is None)
    latest = clock.now() + AHEAD_MAX

    def facts(row: RegistryRow) -> list[RegistryEvent]:
        if row.problem:
            field_name, _, cause = row.problem.partition(": ")
            raise FactRefused(field_name, cause)
        found = translate_facts(row.fields, kind=kind, key=key, source=source, stated_at=stated_at)
        if found[0].time > latest:
            # A fact about the future is fine, a statement in the future is not.
            raise FactRefused(
                "stated_at", f"{found[0].time:%Y-%m-%d} is in the future: say when it was stated"
            )
        return found

    contradictions = Contradictions()
    for path in paths:
        for row in read(path):
            with suppress(FactRefused):  # the second reading counts it, with its cause
                for fact in facts(row):
                    contradictions.take(f"{path}:{row.line}", fact, row.fields.get("market"))
    report.contradiction_count = contradictions.count
    for text in contradictions.told:
        tell(f"  {text}")

    def records() -> Iterator[Outgoing]:
        for path in paths:
            for row in read(path):
                report.read_count += 1
                try:
                    found = facts(row)
                except FactRefused as error:
                    report.error_count += 1
                    if len(report.errors) < errors_kept_max:
                        report.errors.append(f"{path}:{row.line}: {error}")
                    continue
                report.row_count += 1
                for fact in found:
                    report.fact_count += 1
                    yield outgoing(fact, topic_prefix=topic_prefix)

    published = tried(records()) if publisher is None else publisher.publish(records())
    report.unpublished_count = len(published.unacknowledged)
    report.fact_count -= report.unpublished_count
    report.is_complete = published.is_complete and not published.unacknowledged
    report.cause = published.cause
    assert report.read_count == report.row_count + report.error_count, "a row is unaccounted for"
    return report
