"""A data directory for the pages' city: a registered plan, candidates, and two reports."""

import os
from datetime import date, datetime, timedelta
from pathlib import Path
from shutil import copyfile

from consumers.evaluation.ask import FOLDER as EVALUATIONS
from consumers.evaluation.plan import parse_plan
from consumers.evaluation.registration import register
from consumers.reports.formats import RENDER
from consumers.reports.weekly_order import Order, make_report
from consumers.web.report_files import FOLDER as REPORTS
from consumers.web.studies import CANDIDATES
from infra.clickhouse import Store
from infra.settings import FoldSettings
from tests.web.city import MORNING

ROOT = Path(__file__).parents[2]
# The city's sites are compared with each other: examples of the form, not of good sense.
PLAN = """
id = "thi-diem"
title = "Hai chợ thí điểm so với bốn nơi khác"
estimator = "did"
known_on = 2026-06-16T00:00:00+07:00
[outcome]
metric = "payments"
[window]
first_week = 2026-05-11
start_week = 2026-06-01
last_week = 2026-06-08
[markets]
pilots = ["HL1", "HL2"]
comparisons = ["CD", "ST1", "TL2", "HCC"]
[assignment]
how = "chosen for the tests of the pages"
[thresholds]
effect_min = 0.05
alpha = 0.1
[running]
placebo_runs = 20
block_weeks = 1
"""
REFUSED = PLAN.replace("thi-diem", "it-cho").replace('"CD", "ST1", "TL2", "HCC"', '"CD"')


def fill_data_dir(path: Path, city: Store) -> None:
    """All of it, as the commands would have left it."""
    for text, days in ((REFUSED, 16), (PLAN, 15)):
        plan = parse_plan(text, subject="plan")
        register(path / EVALUATIONS, plan, now=MORNING - timedelta(days=days))
    sites = path / CANDIDATES
    sites.parent.mkdir(parents=True)
    copyfile(ROOT / "examples" / "rollout_candidates.csv", sites)
    folder = path / REPORTS
    folder.mkdir()
    for kind, markets in (("weekly", ()), ("market", ("HL1",))):
        name = "-".join([kind, *markets, "2026-06-08"])
        document = make_report(city, _order(kind, markets), now=MORNING, fold=FoldSettings())
        path = folder / f"{name}.vi.html"
        path.write_bytes(RENDER["html"](document, "vi"))
        os.utime(path, (MORNING.timestamp(), MORNING.timestamp()))
    (folder / "notes.txt").write_text("no report")


def _order(kind: str, markets: tuple[str, ...]) -> Order:
    return Order(
        kind=kind,
        week=date(2026, 6, 8),
        known_on=datetime.fromisoformat("2026-06-16T00:00:00+07:00"),
        day=date(2026, 6, 16),
        issuer="Ban quản lý chợ",
        place="Hạ Long",
        markets=markets,
    )
