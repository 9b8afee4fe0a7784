"""Which fields of which metric a report shows, and their tables. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from consumers.adoption.question.answer import Answer, Cell
from consumers.reports.document import Cell as DocumentCell
from consumers.reports.document import Ref, Table, Text, same
from consumers.reports.fact import FactTable
from consumers.reports.gather import Shelf, ShownUnit

NOBODY = Text("(chưa\u00a0rõ\u00a0của\u00a0ai)", "(not\u00a0attributed)")
NAME_CHARACTERS_WHOLE = 24


@dataclass(frozen=True, slots=True)
class Column:
    """A field of a metric's rows and how it is shown."""

    name: str
    title: Text
    unit: ShownUnit = "count"
    decimals: int = 0


COLUMNS: Mapping[str, tuple[Column, ...]] = MappingProxyType(
    {
        "intensity": (
            Column("payment_count", Text("Giao dịch", "Payments")),
            Column("payment_vnd", Text("Giá trị", "Value"), "vnd"),
            Column("vendor_count", Text("Tiểu thương có thu", "Paid vendors")),
            Column(
                "payments_per_active_day",
                Text("Giao dịch mỗi ngày có thu", "Payments per active day"),
                "number",
                1,
            ),
            Column("median_ticket_vnd", Text("Giao dịch giữa", "Median payment"), "vnd"),
        ),
        "growth": (
            Column("before_payment_count", Text("Kỳ trước", "Before")),
            Column("payment_count", Text("Kỳ này", "Now")),
            Column("growth_count_all", Text("Tất cả", "All vendors"), "share", 1),
            Column("growth_count_same", Text("Cùng tiểu thương", "Same vendors"), "share", 1),
            Column("growth_vnd_all", Text("Giá trị", "Value"), "share", 1),
        ),
        "reach": (
            Column("payer_count", Text("Người trả khác nhau", "Distinct payers")),
            Column("repeat_share", Text("Trả từ hai ngày trở lên", "Paid on two days"), "share", 1),
            Column("payerless_count", Text("Không rõ người trả", "No payer told")),
        ),
        "cashless-share": (
            Column("stall_count", Text("Sạp có đo tiền mặt", "Stalls with measured cash")),
            Column("count_share", Text("Theo số lượng", "By number"), "share", 1),
            Column("vnd_share", Text("Theo giá trị", "By value"), "share", 1),
        ),
        "fees": (
            Column("fee_count", Text("Khoản phí", "Fees")),
            Column("due_vnd", Text("Phải thu", "Due"), "vnd"),
            Column("vnd_share", Text("Thu không tiền mặt", "Paid cashless"), "share", 1),
        ),
        "concentration": (
            Column("vendor_count", Text("Tiểu thương có thu", "Paid vendors")),
            Column("gini", Text("Hệ số Gini", "Gini"), "number", 2),
            Column(
                "top_share", Text("Phần của một phần mười đầu", "Share of top tenth"), "share", 1
            ),
        ),
    }
)


def metric_table(
    answer: Answer, facts: FactTable, title: Text, rows_of: Sequence[Cell] | None = None
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


def group_text(row: Cell) -> Text:
    """What a row is about."""
    name = row.group_name or row.group
    if not name:
        return NOBODY
    plain = name.replace("{", "(").replace("}", ")")
    # A short name is not broken: a table's first column would else be as wide as one word.
    return same(plain.replace(" ", "\u00a0") if len(plain) <= NAME_CHARACTERS_WHOLE else plain)


def group_head(answer: Answer) -> Text:
    """The heading over the groups."""
    return {
        "market": Text("Chợ", "Market"),
        "vendor": Text("Tiểu thương", "Vendor"),
        "row": Text("Dãy", "Row of stalls"),
        "product": Text("Ngành hàng", "Product"),
        "kind": Text("Loại", "Kind"),
        "cohort": Text("Khóa", "Cohort"),
        "all": Text("Tất cả", "All"),
    }[answer.question.by]


def ref_of(cell: Ref | Text) -> str:
    """The place of a cell's fact, for words."""
    assert isinstance(cell, Ref)
    return f"{{{cell.fact_id}}}"
