"""The report on the pilot: its checks and its registration. Pure."""

from collections.abc import Iterator

from consumers.evaluation.result import Evaluation, Found
from consumers.reports.document import Block, Bullets, Cell, Paragraph, Table
from consumers.reports.figures import Numbers
from schemas.message import Count, Instant, Message, Name, Probability


def checks(found: Found, numbers: Numbers) -> Iterator[Block]:
    """What speaks for and against the headline, and what other estimators say."""
    rows: list[tuple[Cell, ...]] = []
    test = found.permutation
    if test is not None:
        rows.append(
            (
                Message("check.assignments"),
                numbers.put("permutation.assignments", Count(test.assignment_count)),
                numbers.put("permutation.p", Probability(test.p)),
            )
        )
    if found.collapsed is not None:
        by_means = found.collapsed
        rows.append(
            (
                Message("check.market_means"),
                numbers.put(
                    "collapsed", by_means.value, interval=(by_means.low, by_means.high), level=0.95
                ),
                numbers.put("collapsed.p", Probability(by_means.p)),
            )
        )
    if found.pre_trend is not None:
        rows.append(
            (
                Message("check.trend"),
                numbers.put("pre_trend.slope", found.pre_trend.slope),
                numbers.put("pre_trend.p", Probability(found.pre_trend.p)),
            )
        )
    if found.variance is not None:
        rows.append(
            (
                Message("check.variance_ratio"),
                numbers.put("variance.ratio", found.variance.ratio),
                numbers.put("variance.robust_p", Probability(found.variance.robust.p)),
            )
        )
    if found.sensitivity is not None:
        rows.append(
            (
                Message("check.largest_violation"),
                numbers.put("sensitivity.breakdown", found.sensitivity.breakdown),
                numbers.put("sensitivity.p", None, reason=Message("reason.no_test")),
            )
        )
    for other in found.beside:
        rows.append(
            (
                other.title,
                numbers.put(
                    f"beside.{other.name}",
                    other.value,
                    interval=(other.low, other.high),
                    level=0.95,
                ),
                numbers.put(f"beside.{other.name}.p", Probability(other.p)),
            )
        )
    if rows:
        yield Table(
            Message("check.table"),
            (Message("column.check"), Message("column.value"), Name("p")),
            tuple(rows),
        )


def registration(evaluation: Evaluation, numbers: Numbers) -> Iterator[Block]:
    """Which plan was followed, and every departure from it."""
    registered = evaluation.registered
    plan = Name(registered.id)
    digest = numbers.put("registered.digest", Name(registered.digest))
    if registered.at is None:
        yield Paragraph(Message("pilot.not_registered", plan=plan, digest=digest))
    else:
        at = numbers.put("registered.at", Instant(registered.at))
        yield Paragraph(Message("pilot.registered", plan=plan, digest=digest, at=at))
    if evaluation.departures:
        yield Bullets(
            tuple(
                numbers.place(departure.what, f"departure.{n}")
                for n, departure in enumerate(evaluation.departures, 1)
            )
        )
    else:
        yield Paragraph(Message("pilot.no_departures"))
