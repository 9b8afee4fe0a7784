"""The vendors of a market as a table with their last weeks as small lines."""

from collections.abc import Sequence

from consumers.charts.spark import sparkline
from consumers.charts.svg import AltText
from consumers.web.exhibit import ExhibitTable, TableCell, chart, number_cell
from consumers.web.market_vendors import DAYS, TREND_WEEKS, MarketVendor
from consumers.web.state import path_to
from consumers.web.view import View


def vendor_table(view: View, vendors: Sequence[MarketVendor]) -> ExhibitTable:
    """One row for each vendor, in the order given."""
    language = view.language
    rows = []
    for number, vendor in enumerate(vendors):
        name = vendor.name or vendor.vendor
        said = AltText(
            f"spark-{number}",
            view.say("Payments of %(name)s by week", name=name),
            ", ".join(language.number(count) for count in vendor.weeks),
        )
        rows.append(
            (
                TableCell(name, href=path_to("vendors", vendor.vendor)),
                number_cell(language.number(vendor.payment_count)),
                number_cell(language.money(vendor.payment_vnd)),
                number_cell(language.number(vendor.day_count)),
                number_cell(language.day(vendor.last_paid_on)),
                TableCell(chart(sparkline([float(count) for count in vendor.weeks], said))),
            )
        )
    names = (
        TableCell(view.say("Vendor")),
        TableCell(view.say("Payments"), is_number=True),
        TableCell(view.say("Money"), is_number=True),
        TableCell(view.say("Days"), is_number=True),
        TableCell(view.say("Last paid"), is_number=True),
        TableCell(view.say("Last %(weeks)s weeks", weeks=TREND_WEEKS)),
    )
    caption = view.say("Vendors with a payment, over the last %(days)s complete days", days=DAYS)
    return ExhibitTable(caption, names, tuple(rows))
