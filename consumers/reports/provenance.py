"""The line under a table or chart: what its figures need to be believed. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime

from consumers.language.language import languages
from consumers.reports.document import Table, block_ids
from consumers.reports.fact import Fact, FactTable
from consumers.reports.number_format import Lang
from schemas.message import Count, Day, Instant, Message, Name, Share, Value, marked

# Where figures come from; any other source is a name and written as it is.
SOURCES = {
    "ledger": Message("source.ledger"),
    "registry": Message("source.registry"),
    "evaluation": Message("source.evaluation"),
    "forecast": Message("source.forecast"),
    "plan": Message("source.plan"),
}


def provenance(table: Table, facts: FactTable, lang: Lang) -> str:
    """Period, n, definition, interval, source, cut-off, query, and why a figure is not there."""
    language = languages()[lang]
    used = [facts[fact_id] for fact_id in dict.fromkeys(block_ids(table))]
    sources = {language.show(SOURCES.get(f.source) or Name(f.source)) for f in used}
    parts = [
        *_period(used),
        *_counted(used),
        *_listed(marked("provenance.definition"), {f.definition for f in used}),
        *_levels(used),
        *_listed(marked("provenance.source"), sources),
        *_cut_off(used),
        *_listed(marked("provenance.query"), {f.query_hash for f in used if f.query_hash}),
    ]
    reasons = {language.render(fact.reason) for fact in used if fact.reason is not None}
    return "; ".join([*map(language.render, parts), *(f"–: {each}" for each in sorted(reasons))])


def _listed(message_id: str, names: Iterable[str]) -> Iterator[Message]:
    told = tuple(map(Name, sorted(names)))
    if told:
        yield Message(message_id, names=told)


def _period(used: Sequence[Fact]) -> Iterator[Message]:
    lasts = [fact.last_day for fact in used if fact.last_day]
    if lasts:
        firsts = [fact.first_day for fact in used if fact.first_day]
        first, last = (date.fromisoformat(day) for day in (min([*firsts, *lasts]), max(lasts)))
        yield Message("provenance.period", first=Day(first), last=Day(last))


def _counted(used: Sequence[Fact]) -> Iterator[Message]:
    counts = [fact.n for fact in used if fact.n is not None]
    if counts and min(counts) == max(counts):
        yield Message("provenance.n", n=Count(counts[0]))
    elif counts:
        yield Message("provenance.n_range", least=Count(min(counts)), most=Count(max(counts)))


def _levels(used: Sequence[Fact]) -> Iterator[Message]:
    levels = sorted({fact.level for fact in used if fact.level is not None})
    told: tuple[Value, ...] = tuple(
        Share(level, 0 if round(level * 100, 6).is_integer() else 1) for level in levels
    )
    if told:
        yield Message("provenance.levels", levels=told)


def _cut_off(used: Sequence[Fact]) -> Iterator[Message]:
    moments = [fact.cut_off_at for fact in used if fact.cut_off_at]
    if moments:
        yield Message("provenance.cut_off", at=Instant(datetime.fromisoformat(max(moments))))
