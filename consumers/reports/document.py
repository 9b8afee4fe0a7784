"""A report before it has a format: blocks of words, and facts by their ids. Pure.

Words are messages that never hold a figure: a `Ref` stands where a fact is shown, so that every
number in every format comes from the one table of facts.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from consumers.language.language import languages
from consumers.reports.fact import FactTable
from consumers.reports.number_format import Lang, shown, shown_interval
from schemas.message import Message, Name, Ref, Value

Words = Message | Name
Cell = Words | Ref


@dataclass(frozen=True, slots=True)
class Heading:
    """The title of a section."""

    text: Message


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; `lead` is the sentence that a hurried reader takes away."""

    text: Words
    style: Literal["lead", "body", "note"] = "body"


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list of sentences."""

    items: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose title is its finding. All rows are as long as `columns`."""

    title: Message
    columns: tuple[Words, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def __post_init__(self) -> None:
        assert all(len(row) == len(self.columns) for row in self.rows), self.title


@dataclass(frozen=True, slots=True)
class ChartFigure:
    """A chart with the table that it draws. `draw` gives SVG in one language.

    `native` is the kind of chart that a spreadsheet draws from the table's first column against
    the others.
    """

    title: Message
    alt: Message
    draw: Callable[[Lang], str]
    table: Table
    native: Literal["line", "bar", "column"] = "line"


Block = Heading | Paragraph | Bullets | Table | ChartFigure


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A whole report. `params` are what it was made with: enough to make it again."""

    kind: str
    title: Message
    issuer: Name
    place: Name
    day: date
    params: dict[str, str]
    blocks: tuple[Block, ...]
    facts: FactTable

    def __post_init__(self) -> None:
        missing = [fact_id for fact_id in self.shown_ids() if fact_id not in self.facts]
        assert not missing, f"report {self.kind}: no fact {', '.join(missing)}"

    def shown_ids(self) -> Iterator[str]:
        """The ids of all facts that the report shows, as often as it shows them."""
        yield from ids_of(self.title)
        for block in self.blocks:
            yield from block_ids(block)


def ids_of(value: Value) -> Iterator[str]:
    """The ids of the facts that a value shows."""
    if isinstance(value, Ref):
        yield value.fact_id
    elif isinstance(value, Message):
        yield from ids_of(tuple(each for _, each in value.values))
    elif isinstance(value, tuple):
        for each in value:
            yield from ids_of(each)
    else:
        assert isinstance(value, Name), f"{value}: a report shows figures by their facts"


def block_ids(block: Block) -> Iterator[str]:
    """The ids of the facts that a block shows."""
    if isinstance(block, Heading | Paragraph):
        yield from ids_of(block.text)
    elif isinstance(block, Bullets):
        yield from ids_of(block.items)
    elif isinstance(block, ChartFigure):
        yield from (*ids_of(block.title), *ids_of(block.alt), *block_ids(block.table))
    else:
        yield from ids_of((block.title, *block.columns, *block.rows))


def fill(words: Words, facts: FactTable, lang: Lang) -> str:
    """The words in one language, with the facts in their places."""
    return languages()[lang].show(words, lambda ref: facts[ref.fact_id].shown(ref.part))


def cell_text(cell: Cell, facts: FactTable, lang: Lang) -> str:
    """What a cell of a table shows: a value with its interval, or words."""
    if not isinstance(cell, Ref):
        return fill(cell, facts, lang)
    fact = facts[cell.fact_id]
    interval = shown_interval(fact, lang)
    return f"{shown(fact, lang)} ({interval})" if interval else shown(fact, lang)


def is_number(cell: Cell, facts: FactTable) -> bool:
    """Whether a cell is set to the right."""
    return isinstance(cell, Ref) and facts[cell.fact_id].unit not in ("code", "date", "moment")
