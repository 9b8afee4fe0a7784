"""The reports that were written into the data directory, to be downloaded."""

from fastapi import Response

from consumers.language.language import NOTHING
from consumers.reports.catalogue import REPORTS
from consumers.web.access.rules import AccessRule
from consumers.web.exhibit import ExhibitTable, TableCell, number_cell
from consumers.web.report_files import FOLDER, ReportFile, report_files
from consumers.web.state import path_to
from consumers.web.view import Page, View
from schemas.message import mark as _

KILOBYTE = 1_024
LANGUAGE_NAMES = {"vi": _("Vietnamese"), "en": _("English")}


def render(view: View) -> Response:
    """All that the caller may see, newest first."""
    found = report_files(view.site.data_dir, view.audience)
    say = view.say
    names = (
        TableCell(say("Document")),
        TableCell(say("What it is")),
        TableCell(say("Format")),
        TableCell(say("Language")),
        TableCell(say("Period"), is_number=True),
        TableCell(say("Size"), is_number=True),
        TableCell(say("Written"), is_number=True),
    )
    rows = tuple(_row(view, paper) for paper in found)
    table = ExhibitTable(say("Documents, newest first"), names, rows)
    return view.render("reports.html", table=table, folder=FOLDER)


def _row(view: View, paper: ReportFile) -> tuple[TableCell, ...]:

    say, language = view.say, view.language
    days = NOTHING
    if paper.first_day is not None and paper.last_day is not None:
        days = language.days(paper.first_day, paper.last_day)
    return (
        TableCell(paper.name, href=path_to("reports", paper.name)),
        TableCell(say(REPORTS[paper.kind].title) if paper.kind in REPORTS else paper.kind),
        TableCell(paper.format.upper()),
        TableCell(say(LANGUAGE_NAMES[paper.language])),
        number_cell(days),
        number_cell(f"{language.number(-(-paper.size_bytes // KILOBYTE))} kB"),
        number_cell(language.moment(paper.written_at)),
    )


PAGE = Page(
    path="/reports",
    title=_("Reports"),
    rule=AccessRule("figures", "inside"),
    render=render,
    in_nav=True,
)
