"""Commands about the log itself."""

from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from choso.compose import Choso

log = typer.Typer(help="The log on the broker.")


def register(app: typer.Typer) -> None:
    """Add these commands to the `choso` command."""
    app.add_typer(log, name="log")


@log.command("show")
def log_show(ctx: typer.Context) -> None:
    """Show whether each log still has what the store holds of it. Exit code 1: one was cut."""
    from choso.log_restore import needs_restore

    choso: Choso = ctx.obj
    with choso.store() as store:
        found = needs_restore(choso, store)
    for line in found:
        typer.echo(line)
    if found:
        typer.echo("`choso log restore` gives the log back what the store holds")
        raise typer.Exit(1)
    typer.echo("no log ends before what the store holds of it")


@log.command("restore")
def log_restore(ctx: typer.Context) -> None:
    """Publish again what the log lost and the store holds; nothing of the store is dropped.

    A log that was cut gets a new id, and its topic refuses records meanwhile; the old one stays in
    the store as history. Start `choso up` again where its sink had halted.
    """
    from choso.log_restore import restore_logs

    restore_logs(ctx.obj, say=typer.echo)
