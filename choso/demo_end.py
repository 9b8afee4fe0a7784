"""What the demonstration does with its history: an evaluation, a plan, and reports.

The same functions as the commands'; run again, it finds what it registered and wrote before.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

from choso.commands.evaluate import opened_scene, put_in_log
from choso.commands.report import ISSUER, PLACE, last_whole_week, make_document
from choso.compose import Choso
from consumers.evaluation.ask import FOLDER as EVALUATIONS
from consumers.evaluation.ask import answer
from consumers.evaluation.plan import read_plan
from consumers.evaluation.registration import register
from consumers.fold.projections import NOW_AND_EVER
from consumers.reports.formats import RENDER
from consumers.reports.weekly_order import Order, known_until
from consumers.rollout.candidates import read_candidates
from consumers.rollout.plan import plan
from consumers.rollout.running_sites import read_running
from consumers.web.report_files import FOLDER as REPORTS
from consumers.web.studies import CANDIDATES
from consumers.web.study_questions import PLAN_TARGET, PLAN_TEAMS, days_of, plan_question
from infra.embedded.files import write_whole
from infra.errors import Refused, Unavailable
from producers.simulator.founding import programme_start
from producers.simulator.plans import COMPARISONS, PILOT
from schemas.calendar import LOCAL

PLAN_FILE = "demo-evaluation.toml"  # of the data directory
PLAN_ID = "demo"
WEEK = timedelta(days=7)
PLAN = """\
id = "{id}"
title = "Thí điểm của thành phố mô phỏng"
estimator = "did"
known_on = {known_on}

[outcome]
metric = "payments"

[window]
first_week = {first_week}
start_week = {start_week}
last_week = {last_week}

[markets]
pilots = {pilots}
comparisons = {comparisons}

[assignment]
how = "các chợ thí điểm và đối chứng do chương trình mô phỏng chọn, không bốc thăm"

[thresholds]
effect_min = 0.5

[running]
placebo_runs = 50
block_weeks = 1
"""


def end_of_history(choso: Choso, *, start: date, days: int, address: str | None) -> Iterator[str]:
    """Lines for the terminal; `address` of the pages, where they go on being served."""
    put_candidates(choso)
    parts = (
        ("evaluation", evaluated(choso, start=start, days=days)),
        ("plan", planned(choso)),
        ("reports", reported(choso)),
    )
    for what, lines in parts:
        try:
            yield from lines
        except (Refused, Unavailable) as trouble:  # the city is too small for it: that is said
            yield f"{what}: {trouble}"
    if address is not None:
        yield f"{address}/evaluation   {address}/forecast   {address}/plan   {address}/reports"


def put_candidates(choso: Choso) -> None:
    """Invented sites that pages plan with, unless there are some."""

    path = choso.data_dir.path / CANDIDATES
    if not path.exists():
        write_whole(path, files("choso").joinpath("demo_candidates.csv").read_bytes())


def evaluated(choso: Choso, *, start: date, days: int) -> Iterator[str]:
    """Register the plan, evaluate it, and say the verdict, or why it was refused."""

    path = choso.data_dir.path / PLAN_FILE
    if not path.exists():
        write_whole(path, plan_text(choso, start=start, days=days))
    plan = read_plan(path)
    put_in_log(choso, register(choso.data_dir.path / EVALUATIONS, plan, now=choso.clock.now()))
    with opened_scene(choso) as scene:
        told = answer(scene, plan)
    say = choso.language.render
    yield say(told.verdict.sentence)
    for refusal in told.design.refusals:
        yield from (f"  {say(each)}" for each in (refusal.why, refusal.need))


def plan_text(choso: Choso, *, start: date, days: int) -> str:
    """The plan as TOML. Refused: the city has no whole week before and after its programme."""

    now = choso.clock.now().astimezone(LOCAL)
    first_week = start + timedelta(days=-start.weekday() % 7)
    start_week = programme_start(start, days)
    last_week = start + timedelta(days=days)
    last_week -= timedelta(days=last_week.weekday()) + WEEK
    if not first_week < start_week <= last_week:
        raise Refused(
            f"{days} days have no whole week before and after the start of the programme: 28 have"
        )
    return PLAN.format(
        id=PLAN_ID,
        known_on=now.isoformat(timespec="seconds"),
        first_week=first_week,
        start_week=start_week,
        last_week=last_week,
        pilots=[plan.code for plan in PILOT],
        comparisons=[plan.code for plan in COMPARISONS],
    )


def planned(choso: Choso) -> Iterator[str]:
    """The plan that the page shows unasked, in a line."""

    today = choso.clock.now().astimezone(LOCAL).date()
    question = plan_question(PLAN_TEAMS, *days_of(today, None, None), PLAN_TARGET)
    with choso.store() as store:
        running = read_running(store, today=today, known_at=NOW_AND_EVER)
    made = plan(read_candidates(choso.data_dir.path / CANDIDATES), running.sites, question)
    yield choso.language.render(made.said[0])


def reported(choso: Choso) -> Iterator[str]:
    """The week's report, and the pilot's where there is a plan, as files; their paths."""

    now = choso.clock.now()
    day = now.astimezone(LOCAL).date()
    with choso.store() as store:
        known_on = known_until(store, now=now, fold=choso.settings.fold)
    week = last_whole_week(known_on)
    order = Order(kind="weekly", week=week, known_on=known_on, day=day, issuer=ISSUER, place=PLACE)
    made: list[tuple[str, Any]] = [
        (f"weekly-{week}", make_document(choso, "weekly", order.params()))
    ]
    plan = choso.data_dir.path / PLAN_FILE
    if plan.exists():
        text = plan.read_text(encoding="utf-8")
        params = {"plan": text, "day": day.isoformat(), "issuer": ISSUER, "place": PLACE}
        made.append((f"pilot-{PLAN_ID}", make_document(choso, "pilot", params)))
    folder: Path = choso.data_dir.path / REPORTS
    for name, document in made:
        for language in ("vi", "en"):
            path = folder / f"{name}.{language}.pdf"
            write_whole(path, RENDER["pdf"](document, language))
            yield str(path)
