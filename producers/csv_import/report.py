"""What became of every row of an import, in lines and in đồng."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from producers.csv_import.books import OUTCOMES, Books, Sum
from producers.csv_import.understand import Understanding
from producers.tally import EXIT_LANDED, EXIT_SOME_REJECTED, EXIT_STOPPED, Reasons


@dataclass(slots=True)
class ImportReport:
    """The books of an import, and why rows were left out: nothing is dropped silently.

    `is_complete` False: the log went away, `cause` says why; the rest of the file was then not read
    again, and the same import adds just what is missing.
    """

    path: str
    understood: Understanding
    delivery: str = ""
    is_dry: bool = False
    fact_count: int = 0
    is_complete: bool = True
    cause: str = ""
    books: Books = field(default_factory=Books)
    skipped: Reasons = field(default_factory=Reasons)
    known: Reasons = field(default_factory=Reasons)
    refused: Reasons = field(default_factory=Reasons)
    contradictions: Reasons = field(default_factory=Reasons)

    @property
    def event_count(self) -> int:
        """Payment events that the log acknowledged, told before or not."""
        return sum(each.row_count for name, _, each in self.books.told() if name == "published")

    @property
    def exit_code(self) -> int:
        """0 where everything landed, 1 where the log went away, 3 where rows were rejected."""
        if not self.is_complete:
            return EXIT_STOPPED
        return EXIT_SOME_REJECTED if self.refused.total else EXIT_LANDED

    def lines(self) -> list[str]:
        """The report for a person."""
        return [
            f"{self.path}: {self._headline()}",
            *self._sums(),
            *self.skipped.lines("skipped"),
            *self.known.lines("known"),
            *self.refused.lines("rejected"),
            *self.contradictions.lines("registry contradictions"),
            *self._endings(),
        ]

    def _headline(self) -> str:
        count, would = self.event_count, "would be " if self.is_dry else ""
        facts = f" and {self.fact_count} registry facts" if self.fact_count else ""
        if not count and not self.fact_count:
            return "nothing is published" if not self.is_dry else "nothing would be published"
        return f"{count} payment events{facts} {would}published"

    def _sums(self) -> Iterator[str]:
        rows = [(name, self.books.sums[name]) for name in OUTCOMES]
        yield f"  {'':<10} {'lines':>9} {'đồng in':>18} {'đồng out':>18}"
        for name, each in [*rows, ("read", self.understood.whole)]:
            if each != Sum():
                yield (
                    f"  {name:<10} {each.line_count:>9,} {each.in_vnd:>18,} {each.out_vnd:>18,}"
                    + (f"  ({each.unread_count} not readable)" if each.unread_count else "")
                )

    def _endings(self) -> Iterator[str]:
        if count := self.understood.occurrences.bare_count:
            yield (
                f"  {count:,} rows have a day without a time, and neither reference nor balance:"
                " equal ones are told apart by their number within the day: export whole days"
            )
        if not self.is_complete:
            count = self.books.sums["stopped"].row_count
            what = f"{count} rows" if count else "the delivery as a whole"
            yield (
                f"  stopped: {what} not acknowledged: {self.cause}: run the same import again, it"
                " adds just what is missing"
            )
        elif not self.is_dry:
            yield f"  delivery {self.delivery}: see `choso deliveries show {self.delivery[:8]}`"
        if self.is_dry:
            yield "  this was a trial: nothing was sent"
