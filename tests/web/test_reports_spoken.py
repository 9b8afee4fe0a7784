"""Every report in both languages: no word and no number of the other, and the same numbers.

A new report fails until somebody has written down here what it is made with.
"""

from contextlib import nullcontext
from datetime import date
from pathlib import Path

import pytest

from consumers.adoption.metrics.catalogue import METRICS
from consumers.adoption.render.flat import columns_of
from consumers.evaluation.ask import FOLDER
from consumers.reports.catalogue import REPORTS, make_document
from consumers.reports.formats import RENDER
from consumers.reports.report import Sources
from consumers.reports.rollout_order import RolloutOrder
from consumers.rollout.plan_question import PlanQuestion
from consumers.web.studies import CANDIDATES
from infra.clickhouse import Store
from infra.settings import FoldSettings
from schemas.thresholds import Thresholds
from tests.both_languages import numbers, strangers
from tests.reports.reading import html_text
from tests.web.city import MORNING
from tests.web.papers import PLAN, _order

PLACES = ("Ban quản lý chợ", "Hạ Long", "Phòng Kinh tế")
DAY = "2026-06-16"


def report_params(data_dir: Path) -> dict[str, dict[str, str]]:
    """What each kind of report is made with."""
    question = PlanQuestion(
        teams=1, first_day=date(2026, 7, 6), last_day=date(2026, 12, 27), target_share=0.3,
        teams_per_site_max=1,
    )  # fmt: skip
    rollout = RolloutOrder(
        candidates=(data_dir / CANDIDATES).read_text(encoding="utf-8"), question=question,
        weights={"tourist_share": 1.0}, starts={}, as_of=date(2026, 6, 14), known_on=MORNING,
        day=date(2026, 6, 17), issuer=PLACES[2], place=PLACES[1],
    )  # fmt: skip
    return {
        "weekly": _order("weekly", ()).params(),
        "market": _order("market", ("HL1",)).params(),
        "pilot": {"plan": PLAN, "day": DAY, "issuer": PLACES[0], "place": PLACES[1]},
        "rollout": rollout.params(),
    }


@pytest.mark.parametrize("kind", REPORTS)
def test_a_report_speaks_one_language_at_a_time(
    city: Store, data_dir: Path, proper_names: list[str], kind: str
) -> None:
    sources = Sources(
        store=lambda: nullcontext(city),
        evaluations=data_dir / FOLDER,
        now=MORNING,
        fold=FoldSettings(),
    )
    document = make_document(sources, kind, report_params(data_dir)[kind])
    vi, en = (html_text(RENDER["html"](document, lang)) for lang in ("vi", "en"))
    # Definitions, and the fields of metrics that they explain, are named as in data.
    fields = [name for metric in METRICS.values() for name in columns_of(metric.row)]
    known = [*proper_names, *PLACES, *fields, *Thresholds.__dataclass_fields__, "thi diem"]
    known += [fact.definition for fact in document.facts.values()]
    assert (strangers(vi, "vi", known), strangers(en, "en", known)) == ([], [])
    assert numbers(vi, "vi") == numbers(en, "en"), numbers(vi, "vi") ^ numbers(en, "en")
