"""Commands that run something: up, demo, and the roles."""

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from choso.compose import Choso


def register(app: typer.Typer) -> None:
    """Add these commands to the `choso` command."""
    app.command()(up)
    app.command()(demo)
    app.command()(sink)
    app.command()(fold)
    app.command()(web)
    app.command()(gateway)


def up(
    ctx: typer.Context,
    attach: Annotated[
        bool, typer.Option(help="Run only the roles, on the Kafka and store that settings name.")
    ] = False,
) -> None:
    """Start broker, store and all roles; Ctrl-C stops them in order."""
    from choso.up import running_stack

    choso: Choso = ctx.obj
    with running_stack(choso, attach=attach) as stack:
        typer.echo(f"pages     {stack.address.web}/   (people: `choso user add`)")
        typer.echo(f"HTTP API  {stack.address.web}/docs   (keys: `choso key add`)")
        typer.echo(f"gateway   {stack.address.gateway}/v1/events")
        typer.echo(f"data      {choso.data_dir.path}   (Ctrl-C stops everything)")
        stack.run()


def demo(
    ctx: typer.Context,
    once: Annotated[
        bool, typer.Option("--once", help="Load the history, print the tables, end.")
    ] = False,
    days: Annotated[int, typer.Option(min=1, max=3_660, help="Days of history.")] = 60,
    seed: Annotated[int, typer.Option(help="The city: the same seed is the same city.")] = 7,
    scale: Annotated[float, typer.Option(min=0.001, max=1, help="1 is about 3,000 stalls.")] = 0.08,
    rate: Annotated[float, typer.Option(min=0.1, max=1_000, help="Live records a second.")] = 20.0,
) -> None:
    """Run everything on this machine with a simulated city; a data directory keeps its city."""
    from choso.demo import run_demo

    run_demo(ctx.obj, once=once, seed=seed, days=days, scale=scale, rate=rate, say=typer.echo)


def sink(ctx: typer.Context) -> None:
    """Run the sink: from Kafka into the store."""
    from choso.roles import run_sink

    run_sink(ctx.obj)


def fold(ctx: typer.Context) -> None:
    """Run the fold: from evidence to figures."""
    from choso.roles import run_fold

    run_fold(ctx.obj)


def web(ctx: typer.Context) -> None:
    """Run the pages and the HTTP API for readers."""
    from choso.web import run_web

    run_web(ctx.obj)


def gateway(ctx: typer.Context) -> None:
    """Run the gateway: POST /v1/events."""
    from choso.roles import run_gateway

    run_gateway(ctx.obj)
