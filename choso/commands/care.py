"""Commands that take care: verify, rebuild, rejected records, the schema, doctor."""

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from choso.compose import Choso


db = typer.Typer(help="The ClickHouse schema.")


def register(app: typer.Typer) -> None:
    """Add these commands to the `choso` command."""
    app.command()(verify)
    app.command()(rebuild)
    app.command()(doctor)
    app.add_typer(db, name="db")


@db.command("migrate")
def db_migrate(ctx: typer.Context) -> None:
    """Apply the migrations that are pending; a second run changes nothing."""
    from infra.clickhouse import check_store
    from infra.migrations import apply

    choso: Choso = ctx.obj
    with choso.store() as store:
        check_store(store)
        done = apply(store, choso.migrations, choso.clock.now())
    for migration in done:
        typer.echo(f"applied {migration.name}")
    typer.echo(f"{len(done)} applied, {len(choso.migrations)} in all")


@db.command("status")
def db_status(ctx: typer.Context) -> None:
    """Show each migration and whether it is applied."""
    from infra.migrations import status

    choso: Choso = ctx.obj
    with choso.store() as store:
        for state in status(store, choso.migrations):
            typer.echo(f"{state.name}: {state.state} {state.applied_at or ''}".rstrip())


def verify(
    ctx: typer.Context,
    heal: Annotated[
        bool, typer.Option(help="Mend what evidence or Kafka can mend, then verify again.")
    ] = False,
    wait_s: Annotated[
        float, typer.Option(help="How long sink and fold may go without progress.")
    ] = 30,
    quick: Annotated[
        bool, typer.Option(help="Do not compare every record with the log, only with itself.")
    ] = False,
) -> None:
    """Recompute everything from evidence and from the log, and compare. Exit code 1: not equal."""
    from choso.proof import run_verify

    report, lines = run_verify(ctx.obj, heal=heal, settle_s_max=wait_s, quick=quick)
    typer.echo("\n".join(lines))
    if not report.ok:
        raise typer.Exit(1)


def rebuild(
    ctx: typer.Context,
    from_log: Annotated[
        bool, typer.Option(help="Evidence too: read all of it from Kafka, which must have it.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Make all figures again from evidence, or all from the log. Exit code 1: not equal then.

    Refused, with nothing changed, where the store has records that the log has not.
    """
    from choso.proof import run_rebuild

    what = "evidence, rejects and figures" if from_log else "all figures"
    if not yes:
        typer.confirm(f"Throw {what} away and make them again?", abort=True)
    report, lines = run_rebuild(ctx.obj, from_log=from_log)
    typer.echo("\n".join(lines))
    if not report.ok:
        raise typer.Exit(1)


def doctor(ctx: typer.Context) -> None:
    """Each setting with its source, each part with its state, and what to do about it."""
    from choso.doctor import examine

    lines, ok = examine(ctx.obj)
    typer.echo("\n".join(lines))
    if not ok:
        raise typer.Exit(1)
