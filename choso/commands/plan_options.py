"""The options that a plan is asked with, for every command that makes one."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from choso.commands.look import parse_day

Starts = Annotated[
    list[str] | None, typer.Option("--start", help="CODE=YYYY-MM-DD: when a site starts.")
]
AsOf = Annotated[
    str | None, typer.Option(help="YYYY-MM-DD: use the weeks that were over before this day.")
]
Offline = Annotated[
    bool, typer.Option("--without-ledger", help="Use the printed prior alone, no running sites.")
]


@dataclass(frozen=True, slots=True)
class PlanRequest:
    """What was asked: the candidates' file, a PlanQuestion, and what running sites it rests on."""

    candidates: Path
    question: Any
    weights: dict[str, float] | None
    starts: dict[str, date]
    as_of: date | None
    without_ledger: bool


def asks_for_a_plan(command: Callable[..., None]) -> Callable[..., None]:
    """The command with these options as well; it takes them as one `asked`."""
    own = [p for p in inspect.signature(command).parameters.values() if p.name != "asked"]
    theirs = list(inspect.signature(plan_asked).parameters.values())

    def run(**given: Any) -> None:
        asked = plan_asked(**{each.name: given.pop(each.name) for each in theirs})
        command(**given, asked=asked)

    # Typer reads a command's options from its signature and its annotations.
    parameters = [each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in (*own, *theirs)]
    run.__name__, run.__doc__ = command.__name__, command.__doc__
    run.__annotations__ = {each.name: each.annotation for each in parameters}
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return run


def plan_asked(
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
) -> PlanRequest:
    """The options as a question. Refused: one that contradicts itself."""
    from consumers.rollout.calendar import DayRange
    from consumers.rollout.plan_question import PlanQuestion

    question = PlanQuestion(
        teams=teams,
        first_day=parse_day(first_day),
        last_day=parse_day(last_day),
        team_changes=tuple((day, count) for day, count in map(_team_change, teams_from or [])),
        stalls_per_team_week=stalls_per_team_week,
        teams_per_site_max=teams_per_site,
        training_weeks=training_weeks,
        trainings_per_week_max=trainings_per_week,
        black_outs=tuple(DayRange.parse(text) for text in black_out or []),
        is_tet_black=tet,
        ward_minimum=ward_minimum,
        ward_by=parse_day(ward_by) if ward_by else None,
        order=order,
        seed=seed,
        target_share=parse_share(target) if target else None,
        probability_wanted=probability,
    )
    return PlanRequest(
        candidates=candidates,
        question=question,
        weights=dict(map(_weight, weight)) if weight else None,
        starts=parse_starts(start or []),
        as_of=parse_day(as_of) if as_of else None,
        without_ledger=without_ledger,
    )


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
