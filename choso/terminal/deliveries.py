"""Deliveries as text for a terminal. Pure."""

from collections.abc import Iterator, Sequence

from consumers.language.language import Language
from consumers.ledger.deliveries import DeliveryTold, Proof
from schemas.message import Count, Day, Instant, Message, Money, Name

ID_CHARS = 8  # enough to tell deliveries apart, and to type
OUTCOMES = {
    "blank": Message("delivery.outcome.blank"),
    "preamble": Message("delivery.outcome.preamble"),
    "header": Message("delivery.outcome.header"),
    "skipped": Message("delivery.outcome.skipped"),
    "known": Message("delivery.outcome.known"),
    "rejected": Message("delivery.outcome.rejected"),
    "published": Message("delivery.outcome.published"),
}


def render_list(deliveries: Sequence[DeliveryTold], language: Language) -> Iterator[str]:
    """A line for each, the newest first."""
    if not deliveries:
        yield language.render(Message("delivery.none"))
    for each in deliveries:
        yield f"{each.id[:ID_CHARS]}  {language.render(_line(each))}{_back(each, language)}"


def _line(delivery: DeliveryTold) -> Message:
    at = Instant(delivery.recorded_at)
    if not delivery.is_told:
        return Message("delivery.stopped", at=at)
    return Message(
        "delivery.line",
        at=at,
        name=Name(delivery.name or ""),
        published=Count(delivery.count("published")),
        vnd=Money(delivery.vnd("published")),
        rejected=Count(delivery.count("rejected")),
        skipped=Count(delivery.count("skipped")),
    )


def _back(delivery: DeliveryTold, language: Language) -> str:
    back = delivery.retracted
    if back is None:
        return ""
    said = Message(
        "delivery.retracted", who=Name(back.who), at=Instant(back.at), why=Name(back.why)
    )
    return f"; {language.render(said)}"


def render_delivery(delivery: DeliveryTold, proof: Proof, language: Language) -> Iterator[str]:
    """Everything that it said, and whether its evidence says the same."""
    say = language.render
    yield f"{delivery.id}  {say(_line(delivery))}{_back(delivery, language)}"
    yield from (f"  {say(each)}" for each in _facts(delivery))
    for each in delivery.outcomes:
        rows = Message(
            "delivery.rows",
            outcome=OUTCOMES[each.outcome],
            lines=Count(each.line_count),
            come=Money(each.in_vnd),
            gone=Money(each.out_vnd),
        )
        yield f"  {say(rows)}{': ' + each.reason if each.reason else ''}"
    yield from (f"  {line}" for line in render_proof(proof, language))


def _facts(delivery: DeliveryTold) -> Iterator[Message]:
    if not delivery.is_told:
        yield Message("delivery.complete_it")
        return
    source, profile = Name(delivery.source or ""), Name(delivery.profile or "-")
    yield Message("delivery.source", source=source, profile=profile)
    if delivery.first_day is not None:
        first, last = Day(delivery.first_day), Day(delivery.last_day)
        yield Message("delivery.period", first=first, last=last)
    if delivery.accounts:
        yield Message("delivery.accounts", tokens=Name(", ".join(delivery.accounts)))
    if delivery.market is not None:
        yield Message("delivery.market", market=Name(delivery.market))
    if delivery.opening_vnd is not None:
        opening, closing = Money(delivery.opening_vnd), Money(delivery.closing_vnd)
        yield Message("delivery.balances", opening=opening, closing=closing)


def render_proof(proof: Proof, language: Language) -> Iterator[str]:
    """One line: what its evidence says, and that it is the same, or is not."""
    delivery = proof.delivery
    evidence = Message(
        "delivery.evidence", payments=Count(proof.event_count), vnd=Money(proof.event_vnd)
    )
    if not delivery.is_told:
        verdict = Message("delivery.untold")
    elif proof.is_well:
        verdict = Message("delivery.proven")
    else:
        verdict = Message(
            "delivery.unproven",
            payments=Count(delivery.count("published")),
            vnd=Money(delivery.vnd("published")),
        )
    yield f"{language.render(evidence)}: {language.render(verdict)}"
