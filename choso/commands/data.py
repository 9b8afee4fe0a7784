"""Commands that bring evidence in: import, registry import, simulate, topics."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import date, timedelta
from pathlib import Path
from secrets import token_bytes
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from schemas.calendar import LOCAL

if TYPE_CHECKING:
    from choso.compose import Choso

ImportKind = Literal["payments", "market-total"]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Show how it is understood, and send nothing.")
]
FileArgument = Annotated[Path, typer.Argument(exists=True, dir_okay=False)]

registry = typer.Typer(help="Markets, stalls, vendors, accounts, codes, census, calendar, visits.")
topics = typer.Typer(help="The topics on the broker.")


def register(app: typer.Typer) -> None:
    """Add these commands to the `choso` command."""
    app.command("import")(import_file)
    app.command()(simulate)
    app.add_typer(registry, name="registry")
    app.add_typer(topics, name="topics")


@contextmanager
def open_publisher(choso: "Choso") -> Iterator[Any]:
    """A publisher, closed at the end."""
    from choso.roles import sink_halt
    from producers.publisher import Publisher

    publisher = Publisher(choso.kafka_config, nobody_takes=lambda: sink_halt(choso))
    try:
        yield publisher
    finally:
        publisher.close()


@contextmanager
def refusing() -> Iterator[None]:
    """A file or a map that cannot be used ends the command with its own exit code."""
    from infra.errors import Refused
    from producers.tally import EXIT_UNUSABLE

    try:
        yield
    except Refused as error:
        typer.echo(f"choso: {error}", err=True)
        raise typer.Exit(EXIT_UNUSABLE) from None


@contextmanager
def ledger_of(choso: "Choso", *, is_trial: bool) -> Iterator[tuple[bytes, Any]]:
    """The key of tokens, and what was told before. A trial needs neither, and makes no key."""
    from consumers.ledger.deliveries import Deliveries

    if is_trial and not choso.has_store:
        yield token_bytes(32), None
        return
    with choso.store() as store:
        held = Deliveries(store)
        is_first = is_trial and not held.has_tokens()
        yield token_bytes(32) if is_first else choso.token_key, held


def import_file(
    ctx: typer.Context,
    file: FileArgument,
    map_file: Annotated[
        Path | None,
        typer.Option("--map", exists=True, dir_okay=False, help="How columns become payments."),
    ] = None,
    kind: Annotated[
        ImportKind, typer.Option(help="payments, or totals of whole markets.")
    ] = "payments",
    dry_run: DryRun = False,
    rejected_out: Annotated[
        Path | None, typer.Option(help="Write the rows that are rejected here, with their reasons.")
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="Import a file whose delivery was retracted.")
    ] = False,
) -> None:
    """Publish the payments of a CSV file as a delivery; a second import adds only what is new.

    Exit code 0: all landed; 3: some rows were rejected; 4: the file is refused, nothing was sent.
    """
    choso: Choso = ctx.obj
    if kind == "market-total":
        from producers import market_totals

        if map_file is not None or rejected_out is not None:
            raise typer.BadParameter("market totals have fixed columns: no --map or --rejected-out")
        import_facts(
            choso,
            [file],
            dry_run=dry_run,
            source=market_totals.SOURCE,
            read=market_totals.read_totals,
        )
        return
    from producers.csv_import.column_map import read_map
    from producers.csv_import.run import import_csv

    if map_file is None:
        raise typer.BadParameter("say how columns become payments: --map FILE")
    with (
        refusing(),
        nullcontext() if dry_run else open_publisher(choso) as publisher,
        ledger_of(choso, is_trial=dry_run) as (key, ledger),
    ):
        report = import_csv(
            file,
            read_map(map_file),
            publisher=publisher,
            key=key,
            topic_prefix=choso.prefix,
            clock=choso.clock,
            profile=map_file.name,
            ledger=ledger,
            is_again=again,
            rejected_out=rejected_out,
            tell=typer.echo,
        )
    typer.echo("\n".join(report.lines()))
    if report.exit_code:
        raise typer.Exit(report.exit_code)


def import_facts(
    choso: "Choso",
    files: list[Path],
    *,
    kind: str | None = None,
    dry_run: bool,
    **how: Any,
) -> None:
    """Publish what files say of the registry, and leave with the exit code of what became of it."""
    from producers.registry_import.run import import_registry

    with refusing(), nullcontext() if dry_run else open_publisher(choso) as publisher:
        report = import_registry(
            files,
            kind=kind,
            publisher=publisher,
            key=token_bytes(32) if dry_run else choso.token_key,  # a trial needs no stack
            topic_prefix=choso.prefix,
            clock=choso.clock,
            tell=typer.echo,
            **how,
        )
    typer.echo("\n".join(report.lines()))
    if report.exit_code:
        raise typer.Exit(report.exit_code)


@registry.command("import")
def registry_import(
    ctx: typer.Context,
    files: Annotated[list[Path], typer.Argument(exists=True, dir_okay=False)],
    kind: Annotated[
        str | None, typer.Option(help="The kind of all rows, where no column says it.")
    ] = None,
    dry_run: DryRun = False,
) -> None:
    """Publish registry facts from CSV or JSON-lines files.

    Exit code 0: all landed; 3: some rows were rejected; 4: a file is refused, nothing was sent.
    """
    import_facts(ctx.obj, files, kind=kind, dry_run=dry_run)


def simulate(
    ctx: typer.Context,
    seed: Annotated[int, typer.Option(help="The city: the same seed is the same city.")] = 7,
    days: Annotated[int, typer.Option(min=1, max=3_660)] = 60,
    start: Annotated[
        str | None, typer.Option(help="The first day; by default the last day is yesterday.")
    ] = None,
    scale: Annotated[float, typer.Option(min=0.001, max=1, help="1 is about 3,000 stalls.")] = 0.08,
    out: Annotated[Path | None, typer.Option(help="Write records here, the truth beside.")] = None,
    publish: Annotated[bool, typer.Option(help="Publish them.")] = False,
    with_others: Annotated[
        bool, typer.Option("--with-others", help="Markets of the other kinds too.")
    ] = False,
    with_comparisons: Annotated[
        bool, typer.Option("--with-comparisons", help="Five markets outside the pilot too.")
    ] = False,
) -> None:
    """Make a city with known truth: to a file, to Kafka, or both."""
    from producers.simulator.run import simulate as make

    choso: Choso = ctx.obj
    if out is None and not publish:
        raise typer.BadParameter("say where to: --out FILE, --publish, or both")
    simulation = make(
        seed=seed,
        days=days,
        start=first_day(choso, start, days),
        scale=scale,
        with_others=with_others,
        with_comparisons=with_comparisons,
    )
    if out is not None:
        count, truth = simulation.write(out)
        typer.echo(f"{out}: {count} records; {truth}: their truth")
    if publish:
        typer.echo(f"published {publish_simulation(choso, simulation)} records")


def first_day(choso: "Choso", start: str | None, days: int) -> date:
    """The first day: as given, or so that the last one is yesterday in Việt Nam."""
    if start is not None:
        return date.fromisoformat(start)
    return choso.clock.now().astimezone(LOCAL).date() - timedelta(days=days)


def publish_simulation(choso: "Choso", simulation: Any) -> int:
    """Publish the whole timeline at once; returns how many records the broker acknowledged."""
    from infra.errors import Unavailable
    from producers.publisher import Outgoing

    records = (
        Outgoing(delivery.topic.full_name(choso.prefix), delivery.key, delivery.body)
        for delivery in simulation.timeline()
    )
    with open_publisher(choso) as publisher:
        report = publisher.publish(records)
    if report.unacknowledged:
        raise Unavailable(
            f"simulate: {report.acknowledged_count} records published, then: {report.cause}:"
            " run it again, it adds just what is missing"
        )
    return int(report.acknowledged_count)


@topics.command("apply")
def topics_apply(ctx: typer.Context) -> None:
    """Create the topics that are missing; report what differs."""
    from infra.kafka import apply_topics

    choso: Choso = ctx.obj
    for change in apply_topics(choso.kafka_config, choso.topic_specs):
        typer.echo(f"{change.name}: {change.action}{''.join('; ' + d for d in change.differences)}")


@topics.command("show")
def topics_show(ctx: typer.Context) -> None:
    """Show each topic: what it is for, who writes and reads it, and how it is on the broker."""
    from infra.kafka import end_offsets, show_topics
    from schemas.topics import TOPICS

    choso: Choso = ctx.obj
    there = {fact.name: fact for fact in show_topics(choso.kafka_config, prefix=choso.prefix)}
    for topic in TOPICS:
        name = topic.full_name(choso.prefix)
        typer.echo(f"{name}: {topic.meaning}")
        typer.echo(
            f"  keyed by {topic.key}; written by {', '.join(topic.writers)};"
            f" read by {', '.join(topic.readers)}"
        )
        fact = there.get(name)
        if fact is None:
            typer.echo("  not on the broker: create it with `choso topics apply`")
            continue
        ends = end_offsets(choso.kafka_config, name)
        total = sum(end - begin for begin, end in ends.values())
        typer.echo(
            f"  id {fact.topic_id}, {fact.partition_count} partitions, {total} records,"
            f" replication factor {fact.replication_factor}"
        )
