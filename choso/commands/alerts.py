"""`choso alerts`: what was noticed, and who has seen to it."""

import getpass
import json
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from choso.compose import Choso


alerts = typer.Typer(help="What was noticed, and who has seen to it.")


def register(app: typer.Typer) -> None:
    """Add these commands to the `choso` command."""
    app.add_typer(alerts, name="alerts")
    app.command()(watch)


@alerts.command("list")
def alerts_list(
    ctx: typer.Context,
    state: Annotated[Literal["open", "acknowledged"] | None, typer.Option()] = None,
    market: Annotated[list[str] | None, typer.Option(help="A market's code; repeat.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1_000)] = 50,
    output: Annotated[str, typer.Option("--format", help="table or json")] = "table",
) -> None:
    """Show alerts, the newest first."""
    from choso.terminal.alerts import render_alerts
    from consumers.alerts.book import list_alerts
    from consumers.alerts.deliver import alert_json
    from consumers.language.language import in_every_language

    choso: Choso = ctx.obj
    with choso.store() as store:
        found = list_alerts(store, state=state, markets=market or (), limit=limit)
    if output == "json":
        rows = [
            alert_json(kept, in_every_language) | {"acknowledged_by": kept.acknowledged_by}
            for kept in found
        ]
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    typer.echo(render_alerts(found, choso.language))


@alerts.command("ack")
def alerts_ack(
    ctx: typer.Context,
    alert: Annotated[str, typer.Argument(help="The alert's id, or the beginning of it.")],
    by: Annotated[str | None, typer.Option(help="Who; left out: who is logged in here.")] = None,
) -> None:
    """Say that somebody has seen to an alert; the first to say so stands."""
    from choso.terminal.alerts import render_alerts
    from consumers.alerts.book import acknowledge

    choso: Choso = ctx.obj
    with choso.store() as store:
        kept = acknowledge(store, alert, by=by or getpass.getuser(), now=choso.clock.now())
    typer.echo(render_alerts([kept], choso.language))


@alerts.command("look")
def alerts_look(ctx: typer.Context) -> None:
    """Look at all rules once, now, and deliver what is new."""
    from choso.terminal.alerts import render_round
    from choso.watch import watch_of

    choso: Choso = ctx.obj
    with choso.store() as store:
        found = watch_of(choso, store).look()
    typer.echo(render_round(found, choso.language))
    if found.trouble:
        typer.echo(found.trouble, err=True)


def watch(ctx: typer.Context) -> None:
    """Run the watch: looks at the alerts' rules again and again."""
    from choso.watch import run_watch

    run_watch(ctx.obj)
