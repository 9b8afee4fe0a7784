"""Which fields of which metric a report shows, and their tables. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from consumers.adoption.question.answer import Answer, Cell
from consumers.reports.document import Cell as DocumentCell
from consumers.reports.document import Table, Words
from consumers.reports.fact import FactTable
from consumers.reports.metric_facts import Shelf, ShownUnit
from schemas.message import Message, Name

NOBODY = Message("group.nobody")
NAME_CHARACTERS_WHOLE = 24


@dataclass(frozen=True, slots=True)
class FieldColumn:
    """A field of a metric's rows and how it is shown."""

    name: str
    title: Message
    unit: ShownUnit = "count"
    decimals: int = 0


COLUMNS: Mapping[str, tuple[FieldColumn, ...]] = MappingProxyType(
    {
        "intensity": (
            FieldColumn("payment_count", Message("column.payments")),
            FieldColumn("payment_vnd", Message("column.payment_vnd"), "vnd"),
            FieldColumn("vendor_count", Message("column.paid_vendors")),
            FieldColumn(
                "payments_per_active_day",
                Message("column.payments_per_active_day"),
                "number",
                1,
            ),
            FieldColumn("median_ticket_vnd", Message("column.median_payment"), "vnd"),
        ),
        "growth": (
            FieldColumn("before_payment_count", Message("column.before")),
            FieldColumn("payment_count", Message("column.now")),
            FieldColumn("growth_count_all", Message("column.all_vendors"), "share", 1),
            FieldColumn("growth_count_same", Message("column.same_vendors"), "share", 1),
            FieldColumn("growth_vnd_all", Message("column.payment_vnd"), "share", 1),
        ),
        "reach": (
            FieldColumn("payer_count", Message("column.payers")),
            FieldColumn("repeat_share", Message("column.repeat_share"), "share", 1),
            FieldColumn("payerless_count", Message("column.payerless")),
        ),
        "cashless-share": (
            FieldColumn("stall_count", Message("column.stalls_measured")),
            FieldColumn("count_share", Message("column.by_number"), "share", 1),
            FieldColumn("vnd_share", Message("column.by_value"), "share", 1),
        ),
        "fees": (
            FieldColumn("fee_count", Message("column.fees")),
            FieldColumn("due_vnd", Message("column.due"), "vnd"),
            FieldColumn("vnd_share", Message("column.paid_cashless"), "share", 1),
        ),
        "concentration": (
            FieldColumn("vendor_count", Message("column.paid_vendors")),
            FieldColumn("gini", Message("column.gini"), "number", 2),
            FieldColumn("top_share", Message("column.top_share"), "share", 1),
        ),
    }
)


def metric_table(
    answer: Answer, facts: FactTable, title: Message, rows_of: Sequence[Cell] | None = None
) -> Table:
    """One row for each row of the answer (or of `rows_of`), in the columns of its metric."""
    shelf = Shelf(answer, facts)
    columns = COLUMNS[answer.definition.id]
    rows: tuple[tuple[DocumentCell, ...], ...] = tuple(
        (
            group_text(row),
            *(shelf.put(row, c.name, c.unit, decimals=c.decimals) for c in columns),
        )
        for row in (answer.rows if rows_of is None else rows_of)
    )
    head = (group_head(answer), *(column.title for column in columns))
    return Table(title, head, rows)


def group_text(row: Cell) -> Words:
    """What a row is about."""
    name = row.group_name or row.group
    if not name:
        return NOBODY
    # A short name is not broken: a table's first column would else be as wide as one word.
    return Name(name.replace(" ", "\u00a0") if len(name) <= NAME_CHARACTERS_WHOLE else name)


def group_head(answer: Answer) -> Message:
    """The heading over the groups."""
    return {
        "market": Message("column.market"),
        "vendor": Message("column.vendor"),
        "row": Message("column.row"),
        "product": Message("column.product"),
        "kind": Message("column.kind"),
        "cohort": Message("column.cohort"),
        "all": Message("column.all"),
    }[answer.question.by]
