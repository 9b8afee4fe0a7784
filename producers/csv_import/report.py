"""What became of every row of an import."""

from dataclasses import dataclass, field

from producers.tally import Reasons


@dataclass(slots=True)
class ImportReport:
    """Rows read = events published + skipped + refused + unpublished: nothing is dropped silently.

    `unpublished` rows were not acknowledged by the log; `cause` says why. The rest of the file was
    then not read: `is_complete` is False, and the same import again adds just what is missing.
    """

    path: str
    read_count: int = 0
    event_count: int = 0
    unpublished_count: int = 0
    fact_count: int = 0
    is_complete: bool = True
    cause: str = ""
    skipped: Reasons = field(default_factory=Reasons)
    refused: Reasons = field(default_factory=Reasons)
    contradictions: Reasons = field(default_factory=Reasons)

    def lines(self) -> list[str]:
        """The report for a person."""
        first = (
            f"{self.path}: {self.read_count} rows read, {self.event_count} payment events and"
            f" {self.fact_count} registry facts published,"
            f" {self.skipped.total} rows skipped, {self.refused.total} rows cannot be events"
        )
        lines = [
            first,
            *self.skipped.lines("skipped"),
            *self.refused.lines("cannot be events"),
            *self.contradictions.lines("registry contradictions"),
        ]
        if not self.is_complete:
            lines.append(
                f"  stopped: {self.unpublished_count} of these rows not acknowledged: {self.cause}:"
                " run the same import again, it adds just what is missing"
            )
        return lines
