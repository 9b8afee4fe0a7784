"""Commands about where the pilot goes next: rollout forecast, score, plan."""

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from choso.commands.look import parse_day
from choso.commands.plan_options import (
    AsOf,
    Offline,
    PlanRequest,
    Starts,
    asks_for_a_plan,
    parse_share,
    parse_starts,
)
from schemas.calendar import LOCAL

if TYPE_CHECKING:
    from choso.compose import Choso

rollout = typer.Typer(help="Where next: forecasts with bands, their score, and a plan.")

Format = Annotated[Literal["text", "json"], typer.Option("--format")]
CandidatesOption = Annotated[
    Path | None, typer.Option(exists=True, dir_okay=False, help="CSV of sites that might start.")
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
    from choso.terminal.rollout import render_forecast
    from consumers.language.plain import as_worded_json
    from consumers.rollout.candidates import read_candidates
    from consumers.rollout.forecast import forecast

    choso: Choso = ctx.obj
    sites = read_candidates(candidates) if candidates else ()
    starts = parse_starts(start or [])
    codes = {site.code for site in sites}
    running = _running(
        choso, _day(as_of), {c: d for c, d in starts.items() if c not in codes}, without_ledger
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
    _show(render_forecast(found, choso.language) if output == "text" else as_worded_json(found))


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
    from choso.terminal.rollout import render_score
    from consumers.language.plain import as_worded_json
    from consumers.rollout.score import score

    choso: Choso = ctx.obj
    running = _running(choso, _day(as_of), parse_starts(start or []), without_ledger=False)
    found = score(running.sites, horizon_weeks=horizon, step_weeks=step, left_out=running.left_out)
    _show(render_score(found, choso.language) if output == "text" else as_worded_json(found))


@rollout.command("plan")
@asks_for_a_plan
def rollout_plan(
    ctx: typer.Context,
    asked: PlanRequest,
    output: Format = "text",
) -> None:
    """Which site starts in which week with which teams, and what one more team is worth."""
    from choso.terminal.rollout import render_plan
    from consumers.language.plain import as_worded_json
    from consumers.rollout.candidates import read_candidates
    from consumers.rollout.plan import plan

    choso: Choso = ctx.obj
    running = _running(choso, asked.as_of, asked.starts, asked.without_ledger)
    candidates = read_candidates(asked.candidates)
    found = plan(candidates, running.sites, asked.question, weights=asked.weights)
    _show(render_plan(found, choso.language) if output == "text" else as_worded_json(found))


def _running(
    choso: "Choso", as_of: date | None, starts: dict[str, date], without_ledger: bool
) -> Any:
    from consumers.fold.projections import NOW_AND_EVER
    from consumers.rollout.running_sites import RunningSites, last_complete_sunday, read_running

    today = as_of or choso.clock.now().astimezone(LOCAL).date()
    if without_ledger:
        return RunningSites((), (), last_complete_sunday(today))
    with choso.store() as store:
        return read_running(store, today=today, known_at=NOW_AND_EVER, starts=starts)


def _day(text: str | None) -> date | None:
    return parse_day(text) if text else None


def _show(found: Any) -> None:
    text = found if isinstance(found, str) else json.dumps(found, ensure_ascii=False, indent=1)
    typer.echo(text)
