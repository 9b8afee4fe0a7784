"""Commands that run something: up, demo, and the roles."""

from typing import Annotated

import typer

from choso.compose import Choso


def register(app: typer.Typer) -> None:
    """Add these commands to the `choso` command."""
    app.command()(up)
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
        typer.echo(f"HTTP API  {stack.address.web}/docs")
        typer.echo(f"gateway   {stack.address.gateway}/v1/events")
        typer.echo(f"data      {choso.data_dir.path}   (Ctrl-C stops everything)")
        stack.run()


def sink(ctx: typer.Context) -> None:
    """Run the sink: from Kafka into the store."""
    from choso.roles import run_sink

    run_sink(ctx.obj)


def fold(ctx: typer.Context) -> None:
    """Run the fold: from evidence to figures."""
    from choso.roles import run_fold

    run_fold(ctx.obj)


def web(ctx: typer.Context) -> None:
    """Run the HTTP API for readers."""
    from choso.web import run_web

    run_web(ctx.obj)


def gateway(ctx: typer.Context) -> None:
    """Run the gateway: POST /v1/events."""
    from choso.roles import run_gateway

    run_gateway(ctx.obj)
