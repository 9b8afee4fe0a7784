"""Commands about where the pilot goes next: rollout forecast, score, plan."""

import json
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from choso.commands.data import LOCAL
from choso.commands.look import parse_day
from choso.compose import Choso

rollout = typer.Typer(help="Where next: forecasts with bands, their score, and a plan.")

Format = Annotated[Literal["text", "json"], typer.Option("--format")]
CandidatesOption = Annotated[
    Path | None, typer.Option(exists=True, dir_okay=False, help="CSV of sites that might start.")
]
AsOf = Annotated[
    str | None, typer.Option(help="YYYY-MM-DD: use the weeks that were over before this day.")
]
Starts = Annotated[
    list[str] | None, typer.Option("--start", help="CODE=YYYY-MM-DD: when a site starts.")
]
Offline = Annotated[
    bool, typer.Option("--without-ledger", help="Use the printed prior alone, no running sites.")
]


def register(app: typer.Typer) -> None:
    """Add these commands to the `choso` command."""
    app.add_typer(rollout, name="rollout")


@rollout.command("forecast")
def rollout_forecast(
    ctx: typer.Context,
    market: Annotated[
        list[str] | None, typer.Option(help="Only these running markets (all teach).")
    ] = None,
    candidates: CandidatesOption = None,
    start: Starts = None,
    as_of: AsOf = None,
    horizon: Annotated[int, typer.Option(help="Weeks ahead.")] = 52,
    target: Annotated[str, typer.Option(help="Share of the census, as 80% or 0.8.")] = "80%",
    without_ledger: Offline = False,
    output: Format = "text",
) -> None:
    """Adoption of running sites and candidates: bands, and when a share will be reached."""
    from consumers.rollout.candidates import read_candidates
    from consumers.rollout.forecast import forecast
    from consumers.rollout.outcome import as_json
    from consumers.rollout.render import render_forecast

    choso: Choso = ctx.obj
    sites = read_candidates(candidates) if candidates else ()
    starts = parse_starts(start or [])
    codes = {site.code for site in sites}
    running = _running(
        choso, as_of, {c: d for c, d in starts.items() if c not in codes}, without_ledger
    )
    found = forecast(
        running.sites,
        sites,
        cut_off_day=running.cut_off_day,
        horizon_weeks=horizon,
        target_share=parse_share(target),
        start_days={code: day for code, day in starts.items() if code in codes},
        left_out=running.left_out,
        only=tuple(market) if market else None,
    )
    _show(render_forecast(found) if output == "text" else as_json(found))


@rollout.command("score")
def rollout_score(
    ctx: typer.Context,
    start: Starts = None,
    as_of: AsOf = None,
    horizon: Annotated[int, typer.Option(help="Weeks ahead.")] = 26,
    step: Annotated[int, typer.Option(help="Weeks between origins.")] = 4,
    output: Format = "text",
) -> None:
    """Past forecasts against what happened, beside a slope, ETS and Bass with a free ceiling."""
    from consumers.rollout.outcome import as_json
    from consumers.rollout.render import render_score
    from consumers.rollout.score import score

    running = _running(ctx.obj, as_of, parse_starts(start or []), without_ledger=False)
    found = score(running.sites, horizon_weeks=horizon, step_weeks=step, left_out=running.left_out)
    _show(render_score(found) if output == "text" else as_json(found))


@rollout.command("plan")
def rollout_plan(
    ctx: typer.Context,
    candidates: Annotated[Path, typer.Option(exists=True, dir_okay=False)],
    teams: Annotated[int, typer.Option(help="Teams in every week.")],
    first_day: Annotated[str, typer.Option("--from", help="YYYY-MM-DD")],
    last_day: Annotated[str, typer.Option("--until", help="YYYY-MM-DD")],
    teams_from: Annotated[
        list[str] | None, typer.Option(help="YYYY-MM-DD=N: from then on, N teams.")
    ] = None,
    target: Annotated[str | None, typer.Option(help="Share of all stalls, as 80%.")] = None,
    probability: Annotated[float, typer.Option(help="How likely the target must be.")] = 0.8,
    weight: Annotated[
        list[str] | None, typer.Option(help="ATTRIBUTE=0.3; negative: less is better.")
    ] = None,
    black_out: Annotated[
        list[str] | None, typer.Option(help="YYYY-MM-DD..YYYY-MM-DD without work.")
    ] = None,
    tet: Annotated[bool, typer.Option(help="Black out the weeks around Tết.")] = True,
    ward_minimum: Annotated[int, typer.Option(help="At least so many sites per ward.")] = 0,
    ward_by: Annotated[str | None, typer.Option(help="… that start by YYYY-MM-DD.")] = None,
    order: Annotated[Literal["randomised", "free"], typer.Option()] = "randomised",
    seed: Annotated[int, typer.Option(help="Of the lot; published with the plan.")] = 20_260_104,
    stalls_per_team_week: Annotated[int, typer.Option()] = 30,
    teams_per_site: Annotated[int, typer.Option()] = 2,
    training_weeks: Annotated[int, typer.Option(help="Managers, before the teams.")] = 1,
    trainings_per_week: Annotated[int, typer.Option()] = 3,
    start: Starts = None,
    as_of: AsOf = None,
    without_ledger: Offline = False,
    language: Annotated[Literal["vi", "en"], typer.Option("--lang")] = "vi",
    output: Format = "text",
) -> None:
    """Which site starts in which week with which teams, and what one more team is worth."""
    from consumers.rollout.calendar import Span
    from consumers.rollout.candidates import read_candidates
    from consumers.rollout.outcome import as_json
    from consumers.rollout.plan import plan
    from consumers.rollout.plan_question import PlanQuestion
    from consumers.rollout.render import render_plan

    question = PlanQuestion(
        teams=teams,
        first_day=parse_day(first_day),
        last_day=parse_day(last_day),
        team_changes=tuple((day, count) for day, count in map(_team_change, teams_from or [])),
        stalls_per_team_week=stalls_per_team_week,
        teams_per_site_max=teams_per_site,
        training_weeks=training_weeks,
        trainings_per_week_max=trainings_per_week,
        black_outs=tuple(Span.parse(text) for text in black_out or []),
        is_tet_black=tet,
        ward_minimum=ward_minimum,
        ward_by=parse_day(ward_by) if ward_by else None,
        order=order,
        seed=seed,
        target_share=parse_share(target) if target else None,
        probability_wanted=probability,
    )
    running = _running(ctx.obj, as_of, parse_starts(start or []), without_ledger)
    found = plan(
        read_candidates(candidates),
        running.sites,
        question,
        weights=dict(map(_weight, weight)) if weight else None,
    )
    _show(render_plan(found, language) if output == "text" else as_json(found))


def _running(choso: Choso, as_of: str | None, starts: dict[str, date], without_ledger: bool) -> Any:
    from consumers.adoption.daily import NOW_AND_EVER
    from consumers.rollout.read import Running, last_complete_sunday, read_running

    today = parse_day(as_of) if as_of else choso.clock.now().astimezone(LOCAL).date()
    if without_ledger:
        return Running((), (), last_complete_sunday(today))
    with choso.store() as store:
        return read_running(store, today=today, known_at=NOW_AND_EVER, starts=starts)


def _show(found: Any) -> None:
    text = found if isinstance(found, str) else json.dumps(found, ensure_ascii=False, indent=1)
    typer.echo(text)


def parse_share(text: str) -> float:
    """`80%` or `0.8`."""
    try:
        return float(text.removesuffix("%")) / 100 if text.endswith("%") else float(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a share (80% or 0.8)") from None


def parse_starts(texts: list[str]) -> dict[str, date]:
    """`CODE=YYYY-MM-DD`, each code once."""
    found: dict[str, date] = {}
    for text in texts:
        code, sign, day = text.rpartition("=")
        if not sign or code in found:
            raise typer.BadParameter(f"{text!r} is not CODE=YYYY-MM-DD, each code once")
        found[code] = parse_day(day)
    return found


def _team_change(text: str) -> tuple[date, int]:
    day, sign, count = text.partition("=")
    if not sign or not count.isdecimal():
        raise typer.BadParameter(f"{text!r} is not YYYY-MM-DD=N")
    return parse_day(day), int(count)


def _weight(text: str) -> tuple[str, float]:
    name, sign, number = text.rpartition("=")
    try:
        if sign:
            return name, float(number)
    except ValueError:
        pass
    raise typer.BadParameter(f"{text!r} is not ATTRIBUTE=NUMBER")
