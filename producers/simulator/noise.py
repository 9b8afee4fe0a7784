"""How untidy the city's providers are: shares between 0 and 1, all of them known to the truth."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Noise:
    """Shares of payments (or of their reports) to which something happens."""

    lost: float = 0.15  # told by one channel where two would be possible
    duplicate: float = 0.03  # a report delivered again, byte for byte
    late: float = 0.05  # a report that comes hours to ten days late
    delayed: float = 0.05  # a webhook that came only by a later attempt, up to 33 minutes
    amount_conflict: float = 0.004  # two channels tell different amounts
    content_conflict: float = 0.001  # one event id with two contents
    payer_conflict: float = 0.002  # two channels tell different payers
    failed: float = 0.02  # attempts that never succeed
    failed_first: float = 0.01  # payments whose failure is told before their success
    refunded: float = 0.006
    reversed: float = 0.002
    orphan: float = 0.003  # payments to an account that nobody registered
    bad: float = 0.0  # records beside the good ones that cannot be events

    def __post_init__(self) -> None:
        for name in self.__dataclass_fields__:
            share = getattr(self, name)
            if not 0 <= share <= 1:
                raise ValueError(f"noise {name}: must be between 0 and 1: {share}")


ROUGH = Noise(
    lost=0.3,
    duplicate=0.2,
    late=0.3,
    delayed=0.2,
    amount_conflict=0.05,
    content_conflict=0.05,
    payer_conflict=0.05,
    failed=0.08,
    failed_first=0.08,
    refunded=0.12,
    reversed=0.04,
    orphan=0.04,
)
"""Everything that can go wrong, often: for tests of small cities."""
