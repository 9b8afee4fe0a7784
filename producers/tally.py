"""What was left out, by reason: a count, the first place, and what it looked like there."""

from collections.abc import Iterator
from dataclasses import dataclass, field

DETAIL_CHARS_MAX = 160
# How an import ends: all landed, the log went away, some rows were rejected, the file is of no use.
EXIT_LANDED, EXIT_STOPPED, EXIT_SOME_REJECTED, EXIT_UNUSABLE = 0, 1, 3, 4


@dataclass(slots=True)
class Reasons:
    """Counts by reason. Reasons come from the program and its map, so there are few of them."""

    _found: dict[str, tuple[int, str, str]] = field(default_factory=dict)

    def add(self, reason: str, place: str, detail: str = "") -> None:
        """One more of this reason; the first one's place and detail are kept."""
        count, first_place, first_detail = self._found.get(
            reason, (0, place, detail[:DETAIL_CHARS_MAX])
        )
        self._found[reason] = (count + 1, first_place, first_detail)

    @property
    def total(self) -> int:
        """All of them."""
        return sum(count for count, _, _ in self._found.values())

    def counts(self) -> dict[str, int]:
        """How many for each reason."""
        return {reason: count for reason, (count, _, _) in sorted(self._found.items())}

    def lines(self, what: str) -> Iterator[str]:
        """A line for each reason, the most frequent first."""
        for reason, (count, place, detail) in sorted(
            self._found.items(), key=lambda item: (-item[1][0], item[0])
        ):
            example = f": {detail}" if detail else ""
            yield f"  {what} {count}: {reason} (first at {place}{example})"
