"""Commands that say whether the pilot worked: evaluate power, register, run, explain, live, …"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

if TYPE_CHECKING:
    from choso.compose import Choso


Format = Literal["text", "json"]
By = Literal["product", "row", "kind"]
PlanFile = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="PLAN.toml")]
FormatOption = Annotated[Format, typer.Option("--format", help="text or json")]

evaluate = typer.Typer(help="Did the pilot work: registered plans, their evaluation, and refusals.")


def register(app: typer.Typer) -> None:
    """Add these commands to the `choso` command."""
    app.add_typer(evaluate, name="evaluate")


@evaluate.command("power")
def power(
    ctx: typer.Context,
    markets: Annotated[int, typer.Option(min=3, help="All markets, treated ones included.")],
    treated: Annotated[int, typer.Option(min=1)] = 3,
    sd: Annotated[float, typer.Option(min=0, help="Of a market's change.")] = 1.0,
    sd_vendor: Annotated[
        float | None, typer.Option(min=0, help="Of a vendor's change: with --icc and --vendors.")
    ] = None,
    icc: Annotated[float, typer.Option(min=0, max=1, help="Share between markets.")] = 0.05,
    vendors: Annotated[int, typer.Option(min=1, help="In each market.")] = 300,
    alpha: Annotated[float, typer.Option(min=0.001, max=0.2)] = 0.05,
    chance: Annotated[float, typer.Option("--power", min=0.5, max=0.99)] = 0.80,
    output: FormatOption = "text",
) -> None:
    """Say what a design can show before any result: smallest p and detectable effect."""
    from choso.terminal.evaluation import render_power
    from consumers.statistics.power import power_of, sd_of_market_change

    if treated >= markets:
        raise typer.BadParameter("--treated must be fewer than --markets")
    if sd_vendor is not None:
        sd = sd_of_market_change(sd_vendor=sd_vendor, icc=icc, vendors=vendors)
    found = power_of(markets=markets, treated=treated, sd=sd, alpha=alpha, power=chance)
    _print(ctx.obj, found, render_power, output)


@evaluate.command("register")
def register_plan(ctx: typer.Context, plan: PlanFile) -> None:
    """Keep a plan under its hash, and put the hash into the log where one runs."""
    from consumers.evaluation.ask import FOLDER
    from consumers.evaluation.plan import read_plan
    from consumers.evaluation.registration import register as keep

    choso: Choso = ctx.obj
    said = read_plan(plan)
    entry = keep(choso.data_dir.path / FOLDER, said, now=choso.clock.now())
    typer.echo(f"{said.id}: registered {entry.at} as number {entry.number}")
    typer.echo(entry.digest)
    if choso.settings.kafka.bootstrap is None and choso.stack is None:
        typer.echo("no log runs here: register again when one does, and it dates the hash")
        return
    put_in_log(choso, entry)
    typer.echo("the hash is in the log")


def put_in_log(choso: "Choso", entry: Any) -> None:
    """The hash of a registration, for the broker to date: the same bytes whenever it is sent."""
    from datetime import UTC, datetime

    from choso.commands.data import open_publisher
    from infra.errors import Unavailable
    from producers.publisher import outgoing
    from schemas.calendar import LOCAL
    from schemas.registry import registry_event

    at = datetime.fromisoformat(entry.at).astimezone(UTC)
    event = registry_event(
        kind="evaluation_registered",
        source="/evaluation",
        source_transaction_id=f"{entry.id}/{entry.digest}",
        stated_at=at,
        effective_from=at.astimezone(LOCAL).date(),
        name=entry.id,
        note=entry.digest,
    )
    with open_publisher(choso) as publisher:
        report = publisher.publish([outgoing(event, topic_prefix=choso.prefix)])
    if report.unacknowledged:
        raise Unavailable(f"plan {entry.id}: the log did not take its hash: {report.cause}")


@evaluate.command("run")
def run(
    ctx: typer.Context,
    plan: PlanFile,
    output: FormatOption = "text",
) -> None:
    """Evaluate a registered plan: effect, p, checks, what was refused, and a verdict."""
    from choso.terminal.evaluation import render_evaluation
    from consumers.evaluation.ask import answer
    from consumers.evaluation.plan import read_plan

    with opened_scene(ctx.obj) as scene:
        _print(ctx.obj, answer(scene, read_plan(plan)), render_evaluation, output)


@evaluate.command("explain")
def explain(
    ctx: typer.Context,
    plan: PlanFile,
    output: FormatOption = "text",
) -> None:
    """Say of every design whether it may be used, and what evidence would be needed."""
    from choso.terminal.evaluation import render_explain
    from consumers.evaluation.ask import answer
    from consumers.evaluation.plan import read_plan

    with opened_scene(ctx.obj) as scene:
        told = answer(scene, read_plan(plan))
    shown = (told.design, *told.others) if output == "json" else told
    _print(ctx.obj, shown, render_explain, output)


@evaluate.command("live")
def live(
    ctx: typer.Context,
    plan: PlanFile,
    output: FormatOption = "text",
) -> None:
    """Show the effect over complete weeks, with intervals that may be looked at every week."""
    from choso.terminal.studies import render_live
    from consumers.evaluation.ask import answer_live
    from consumers.evaluation.plan import read_plan

    with opened_scene(ctx.obj) as scene:
        _print(ctx.obj, answer_live(scene, read_plan(plan)), render_live, output)


@evaluate.command("whom")
def whom(
    ctx: typer.Context,
    plan: PlanFile,
    by: Annotated[By, typer.Option(help="product, row of stalls, or kind of market.")] = "product",
    output: FormatOption = "text",
) -> None:
    """Show the effect by group, shrunk, with p that allow for the number of groups."""
    from choso.terminal.studies import render_whom
    from consumers.evaluation.ask import answer_whom
    from consumers.evaluation.plan import read_plan

    with opened_scene(ctx.obj) as scene:
        _print(ctx.obj, answer_whom(scene, read_plan(plan), by), render_whom, output)


@evaluate.command("dose")
def dose(
    ctx: typer.Context,
    plan: PlanFile,
    output: FormatOption = "text",
) -> None:
    """Show team visits and first payments; descriptive unless the visits were drawn by lot."""
    from choso.terminal.studies import render_dose
    from consumers.evaluation.ask import answer_dose
    from consumers.evaluation.plan import read_plan

    with opened_scene(ctx.obj) as scene:
        _print(ctx.obj, answer_dose(scene, read_plan(plan)), render_dose, output)


@contextmanager
def opened_scene(choso: "Choso") -> Iterator[Any]:
    """What an evaluation is asked in: the store, the registrations, the time."""
    from consumers.evaluation.ask import FOLDER, StudyContext

    with choso.store() as store:
        folder = choso.data_dir.path / FOLDER
        yield StudyContext(store, folder, choso.clock.now(), choso.settings.fold)


def _print(
    choso: "Choso", found: Any, render: Callable[[Any, Any], list[str]], output: Format
) -> None:
    from consumers.language.plain import as_worded_json

    if output == "json":
        typer.echo(json.dumps(as_worded_json(found), ensure_ascii=False, indent=1, allow_nan=False))
    else:
        typer.echo("\n".join(render(found, choso.language)))
