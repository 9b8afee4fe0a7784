"""A report before it has a format: blocks of words in two languages, and facts by their ids. Pure.

Words never hold a figure: `{fact-id}` stands where one is shown and `{fact-id!interval}` where its
interval is, so that every number in every format comes from the one table of facts.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from consumers.language.language import languages
from consumers.reports.fact import Fact, FactTable
from consumers.reports.shown import Lang, shown, shown_date, shown_interval

PLACE = re.compile(r"\{([^{}!]+)(!interval)?\}")


@dataclass(frozen=True, slots=True)
class Text:
    """The same words in Vietnamese and in English."""

    vi: str
    en: str

    def of(self, lang: Lang) -> str:
        """The words in one language, with their places still open."""
        return self.vi if lang == "vi" else self.en

    def places(self) -> Iterator[str]:
        """The ids of the facts that either language shows."""
        for words in (self.vi, self.en):
            for match in PLACE.finditer(words):
                yield match[1]


def same(words: str) -> Text:
    """A name that is written alike in both languages."""
    return Text(words, words)


# Where figures come from; any other source is a name and written as it is.
SOURCES = {
    "ledger": Text("sổ cái choso", "choso ledger"),
    "registry": Text("sổ đăng ký choso", "choso registry"),
    "evaluation": Text("đánh giá choso", "choso evaluation"),
    "forecast": Text("dự báo choso", "choso forecast"),
    "plan": Text("kế hoạch choso", "choso plan"),
}


# Why a figure of an evaluation, a forecast or a plan is not there; reasons of the metrics have
# their Vietnamese in the catalogue.
REASONS = {
    "no bound: even the most extreme assignment would not be rejected": Text(
        "không có cận: ngay cách chia cực đoan nhất cũng không bị bác bỏ",
        "no bound: even the most extreme assignment would not be rejected",
    ),
    "not known": Text("không rõ", "not known"),
    "nothing to compare it with": Text("không có gì để so sánh", "nothing to compare it with"),
    "not within the weeks of the plan": Text(
        "không đạt trong các tuần của kế hoạch", "not within the weeks of the plan"
    ),
    "not within the weeks of the forecast": Text(
        "không đạt trong các tuần dự báo", "not within the weeks of the forecast"
    ),
    "it has no test": Text("không có kiểm định", "it has no test"),
    "no number of teams": Text("không số đội nào đủ", "no number of teams"),
}


@dataclass(frozen=True, slots=True)
class Ref:
    """A cell of a table that shows a fact."""

    fact_id: str


Cell = Text | Ref


@dataclass(frozen=True, slots=True)
class Heading:
    """The title of a section."""

    text: Text


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; `lead` is the sentence that a hurried reader takes away."""

    text: Text
    style: Literal["lead", "body", "note"] = "body"


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list of sentences."""

    items: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose title is its finding. All rows are as long as `columns`."""

    title: Text
    columns: tuple[Text, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def __post_init__(self) -> None:
        assert all(len(row) == len(self.columns) for row in self.rows), self.title.en


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart with the table that it draws. `draw` gives SVG in one language.

    `native` is the kind of chart that a spreadsheet draws from the table's first column against
    the others.
    """

    title: Text
    alt: Text
    draw: Callable[[Lang], str]
    table: Table
    native: Literal["line", "bar", "column"] = "line"


Block = Heading | Paragraph | Bullets | Table | Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A whole report. `params` are what it was made with: enough to make it again."""

    kind: str
    title: Text
    issuer: Text
    place: Text
    day: date
    params: dict[str, str]
    blocks: tuple[Block, ...]
    facts: FactTable

    def __post_init__(self) -> None:
        missing = [fact_id for fact_id in self.shown_ids() if fact_id not in self.facts]
        assert not missing, f"report {self.kind}: no fact {', '.join(missing)}"

    def shown_ids(self) -> Iterator[str]:
        """The ids of all facts that the report shows, as often as it shows them."""
        for text in (self.title, self.issuer, self.place):
            yield from text.places()
        for block in self.blocks:
            yield from block_ids(block)


def block_ids(block: Block) -> Iterator[str]:
    """The ids of the facts that a block shows."""
    if isinstance(block, Heading | Paragraph):
        yield from block.text.places()
    elif isinstance(block, Bullets):
        for item in block.items:
            yield from item.places()
    elif isinstance(block, Figure):
        yield from (*block.title.places(), *block.alt.places(), *block_ids(block.table))
    else:
        for text in (block.title, *block.columns):
            yield from text.places()
        for row in block.rows:
            for cell in row:
                yield from [cell.fact_id] if isinstance(cell, Ref) else cell.places()


def fill(text: Text, facts: FactTable, lang: Lang) -> str:
    """The words in one language, with the facts in their places."""

    def put(match: re.Match[str]) -> str:
        fact = facts[match[1]]
        return shown_interval(fact, lang) if match[2] else shown(fact, lang)

    return PLACE.sub(put, text.of(lang))


def cell_text(cell: Cell, facts: FactTable, lang: Lang) -> str:
    """What a cell of a table shows: a value with its interval, or words."""
    if isinstance(cell, Text):
        return fill(cell, facts, lang)
    fact = facts[cell.fact_id]
    interval = shown_interval(fact, lang)
    return f"{shown(fact, lang)} ({interval})" if interval else shown(fact, lang)


def is_number(cell: Cell, facts: FactTable) -> bool:
    """Whether a cell is set to the right."""
    return isinstance(cell, Ref) and facts[cell.fact_id].unit not in ("code", "date", "moment")


def provenance(table: Table, facts: FactTable, lang: Lang) -> str:
    """The line under a table or chart: period, n, definition, interval, source, cut-off, query."""
    used = [facts[fact_id] for fact_id in dict.fromkeys(block_ids(table))]
    parts = [
        _period(used, lang),
        _counted(used, lang),
        _listed({"vi": "định nghĩa", "en": "definition"}[lang], [f.definition for f in used]),
        _levels(used, lang),
        _listed({"vi": "nguồn", "en": "source"}[lang], [_source(f, lang) for f in used]),
        _cut_offs(used, lang),
        _listed({"vi": "truy vấn", "en": "query"}[lang], [f.query_hash for f in used]),
        *_reasons(used, lang),
    ]
    return "; ".join(part for part in parts if part)


def _source(fact: Fact, lang: Lang) -> str:
    return SOURCES[fact.source].of(lang) if fact.source in SOURCES else fact.source


def _listed(name: str, values: Sequence[str | None]) -> str:
    told = sorted({value for value in values if value})
    return f"{name} {', '.join(told)}" if told else ""


def _period(used: Sequence[Fact], lang: Lang) -> str:
    firsts = [fact.first_day for fact in used if fact.first_day]
    lasts = [fact.last_day for fact in used if fact.last_day]
    if not lasts:
        return ""
    first = shown_date(date.fromisoformat(min([*firsts, *lasts])))
    last = shown_date(date.fromisoformat(max(lasts)))
    return {"vi": f"kỳ {first} – {last}", "en": f"period {first} – {last}"}[lang]


def _counted(used: Sequence[Fact], lang: Lang) -> str:
    counts = [fact.n for fact in used if fact.n is not None]
    if not counts:
        return ""
    shown_counts = [
        shown(Fact(id="n", value=n, unit="count", definition="", source=""), lang)
        for n in sorted({min(counts), max(counts)})
    ]
    return "n = " + " – ".join(shown_counts)


def _levels(used: Sequence[Fact], lang: Lang) -> str:
    levels = sorted({fact.level for fact in used if fact.level is not None})
    words = {"vi": "khoảng tin cậy", "en": "interval"}[lang]
    return f"{words} {', '.join(f'{level * 100:g}%' for level in levels)}" if levels else ""


def _cut_offs(used: Sequence[Fact], lang: Lang) -> str:
    moments = sorted({fact.cut_off_at for fact in used if fact.cut_off_at})
    if not moments:
        return ""
    last = Fact(id="at", value=moments[-1], unit="moment", definition="", source="")
    words = {"vi": "số liệu tính đến", "en": "as of"}[lang]
    return f"{words} {shown(last, lang)}"


def _reasons(used: Sequence[Fact], lang: Lang) -> list[str]:
    say = languages()[lang].say_reason
    told = {fact.reason for fact in used if fact.reason}
    return sorted(f"–: {REASONS[r].of(lang) if r in REASONS else say(r)}" for r in told)
