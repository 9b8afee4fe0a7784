"""The ranking of candidates in a report: weights, reasons, and how sure each rank is. Pure."""

from collections.abc import Iterator

from consumers.reports.document import Block, Bullets, Cell, Paragraph, Ref, Table, Text, same
from consumers.reports.figures import Numbers
from consumers.reports.quote import plain_words, quoted
from consumers.reports.rollout_plan import SITE
from consumers.rollout.ranking import Overtaking, Ranked, Ranking

OVERTAKING_RANKS = 5  # of so many first ranks it is said what would change them
ATTRIBUTES = {"stall_count": Text("số quầy", "number of stalls")}


def ranking_blocks(ranking: Ranking, numbers: Numbers) -> Iterator[Block]:
    """Visible weights, the ranks with what they rest on, and when neighbours change places."""
    yield Table(
        Text("Trọng số của từng tiêu chí", "What each attribute weighs"),
        (Text("Tiêu chí", "Attribute"), Text("Trọng số", "Weight"), Text("Hướng", "Direction")),
        tuple(
            (
                attribute(each.attribute),
                numbers.put(_weight_id(each.attribute), each.weight, "share", decimals=1),
                Text("ít hơn là tốt hơn", "less is better")
                if each.is_less_better
                else Text("nhiều hơn là tốt hơn", "more is better"),
            )
            for each in ranking.weights
        ),
    )
    yield Table(
        Text(
            "Thứ hạng, và chắc đến đâu: phần các bộ trọng số hợp lý cho hạng đó",
            "Ranks, and how sure: the share of plausible weights that gives them",
        ),
        (
            Text("Hạng", "Rank"),
            SITE,
            Text("Điểm số", "Score"),
            Text("Nhờ đâu nhất", "Mostly by"),
            Text("Hạng này", "This rank"),
            Text("Ba hạng đầu", "Top three"),
        ),
        tuple(_row(each, ranking, numbers) for each in ranking.ranked),
    )
    first = {each.code for each in ranking.ranked[:OVERTAKING_RANKS]}
    chosen = [each for each in ranking.overtaking if each.behind in first]
    if chosen:
        yield Paragraph(
            Text("Các hạng đầu đổi chỗ khi:", "The first ranks would change places where:")
        )
        named = {each.code: each.name for each in ranking.ranked}
        yield Bullets(tuple(_overtaking(each, named, numbers) for each in chosen))


def attribute(name: str) -> Text:
    """An attribute's name, as the file of candidates has it."""
    return ATTRIBUTES.get(name, same(plain_words(name)))


def _weight_id(name: str) -> str:
    return "weight." + "".join("_" if sign in "{}!" else sign for sign in name)


def _row(each: Ranked, ranking: Ranking, numbers: Numbers) -> tuple[Cell, ...]:
    key = f"rank.{each.code}"
    parts = [w.weight * value for w, value in zip(ranking.weights, each.values, strict=True)]
    best = max(range(len(parts)), key=lambda n: parts[n])
    own = numbers.put(f"{key}.best", parts[best], decimals=2)
    name = attribute(ranking.weights[best].attribute)
    return (
        numbers.put(key, each.rank, "count"),
        same(plain_words(each.name)),
        numbers.put(f"{key}.score", each.score, decimals=2),
        Text(f"{name.vi}: {{{own.fact_id}}}", f"{name.en}: {{{own.fact_id}}}"),
        numbers.put(f"{key}.here", each.acceptability[each.rank - 1], "share", decimals=1),
        numbers.put(f"{key}.top3", each.top3, "share", decimals=1),
    )


def _overtaking(each: Overtaking, named: dict[str, str], numbers: Numbers) -> Text:
    key = f"overtaking.{each.behind}.{_weight_id(each.attribute)}"
    refs: list[Ref] = [
        numbers.put(key, each.threshold, "share", decimals=1),
        numbers.put(_weight_id(each.attribute), each.weight_now, "share", decimals=1),
    ]
    names = [named[each.behind], named[each.ahead], each.attribute]
    return quoted(each.said, numbers.facts, refs, names=names)
