"""The ranking of candidates in a report: weights, reasons, and how sure each rank is. Pure."""

from collections.abc import Iterator

from consumers.reports.document import Block, Bullets, Cell, Paragraph, Table
from consumers.reports.figures import Numbers
from consumers.reports.rollout_plan import SITE
from consumers.rollout.names import attribute
from consumers.rollout.ranking import Overtaking, Ranked, Ranking
from schemas.message import Count, Message, Name, Number, Share

OVERTAKING_RANKS = 5  # of so many first ranks it is said what would change them


def ranking_blocks(ranking: Ranking, numbers: Numbers) -> Iterator[Block]:
    """Visible weights, the ranks with what they rest on, and when neighbours change places."""
    yield Table(
        Message("ranking.weights"),
        (Message("column.attribute"), Message("column.weight"), Message("column.direction")),
        tuple(
            (
                attribute(each.attribute),
                numbers.put(_weight_id(each.attribute), Share(each.weight)),
                Message("ranking.less") if each.is_less_better else Message("ranking.more"),
            )
            for each in ranking.weights
        ),
    )
    yield Table(
        Message("ranking.table"),
        (
            Message("column.rank"),
            SITE,
            Message("column.score"),
            Message("column.mostly_by"),
            Message("column.this_rank"),
            Message("column.top_three"),
        ),
        tuple(_row(each, ranking, numbers) for each in ranking.ranked),
    )
    first = {each.code for each in ranking.ranked[:OVERTAKING_RANKS]}
    chosen = [each for each in ranking.overtaking if each.behind in first]
    if chosen:
        yield Paragraph(Message("ranking.would_change"))
        yield Bullets(tuple(_overtaking(each, numbers) for each in chosen))


def _weight_id(name: str) -> str:
    return f"weight.{name}"


def _row(each: Ranked, ranking: Ranking, numbers: Numbers) -> tuple[Cell, ...]:
    key = f"rank.{each.code}"
    parts = [w.weight * value for w, value in zip(ranking.weights, each.values, strict=True)]
    best = max(range(len(parts)), key=lambda n: parts[n])
    own = numbers.put(f"{key}.best", Number(parts[best], 2))
    name = attribute(ranking.weights[best].attribute)
    return (
        numbers.put(key, Count(each.rank)),
        Name(each.name),
        numbers.put(f"{key}.score", Number(each.score, 2)),
        Message("ranking.best", attribute=name, value=own),
        numbers.put(f"{key}.here", Share(each.acceptability[each.rank - 1])),
        numbers.put(f"{key}.top3", Share(each.top3)),
    )


def _overtaking(each: Overtaking, numbers: Numbers) -> Message:
    key = f"overtaking.{each.behind}.{_weight_id(each.attribute)}"
    threshold = numbers.put(key, Share(each.threshold))
    weight = numbers.put(_weight_id(each.attribute), Share(each.weight_now))
    return numbers.place(each.said, key, threshold=threshold, weight=weight)
