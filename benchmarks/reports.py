"""How long does it take to write a report of twelve pages, once its figures are computed?

The report on a rollout of so many sites that it has about twelve pages; its plan and its forecasts
are made before. Where the pages are not twelve, times are scaled to twelve.
"""

import io
from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from typing import get_args

from pypdf import PdfReader

from benchmarks.bench import Bench
from benchmarks.outcome import Aim, Outcome, outcome
from benchmarks.rollout import FIRST, WEEKS, asked, candidates, running_sites, timed
from consumers.reports.document import Document
from consumers.reports.formats import RENDER
from consumers.reports.number_format import Lang
from consumers.reports.rollout import Outlook, rollout_report
from consumers.reports.rollout_order import TOO_SHORT
from consumers.rollout.forecast import forecast
from consumers.rollout.plan import plan
from schemas.message import Name

GROUP = "reports"
AIM_PAGES = 12
SITES, RUNNING = 48, 12
LANGS: tuple[Lang, ...] = get_args(Lang)


def measure(bench: Bench) -> Iterator[Outcome]:
    """Needs no store: everything is computed from arrays."""
    bench.say("reports")
    document, again = rollout_document(), bench.sizes.repetitions
    pages = len(PdfReader(io.BytesIO(RENDER["pdf"](document, "vi"))).pages)
    note = f"{pages} pages, scaled to {AIM_PAGES}"

    def of_twelve(seconds: list[float]) -> list[float]:
        return [each * AIM_PAGES / pages for each in seconds]

    for fmt, render in RENDER.items():
        seconds = of_twelve(timed(partial(render, document, "vi"), again))
        aim = Aim("<=", 1.0) if fmt == "pdf" else None
        yield outcome(GROUP, f"report of 12 pages, {fmt}", "s", seconds, aim, note)
    seconds = of_twelve(timed(partial(written, document), again))
    yield outcome(GROUP, "four formats in both languages", "s", seconds, Aim("<=", 6.0), note)


def written(document: Document) -> None:
    """All eight files."""
    for render in RENDER.values():
        for language in LANGS:
            assert render(document, language)


def rollout_document() -> Document:
    """The report on where to go next, with the forecasts of the running sites."""
    sites, running = candidates(SITES), running_sites(RUNNING)
    cut_off = FIRST + timedelta(days=7 * WEEKS - 1)
    board = Name("Ban quản lý chợ")
    return rollout_report(
        Outlook(
            plan=plan(sites, running, asked(sites)),
            forecast=forecast(running, (), cut_off_day=cut_off),
            score=None,
            no_score=TOO_SHORT,
            left_out=(),
            cut_off_day=cut_off,
            known_on=None,
        ),
        issuer=board,
        place=board,
        day=date(2026, 1, 5),
        params={},
    )
