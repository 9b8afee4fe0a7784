"""Commands about deliveries: what files and batches brought in, and how one is taken back."""

import time
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from choso.compose import Choso

deliveries = typer.Typer(help="Files and batches that brought evidence in: list, prove, retract.")
IdArgument = Annotated[str, typer.Argument(help="Its id, or how it begins.")]
SOURCE = "/deliveries"
EXIT_UNPROVEN = 1
LANDED_WAIT_S_MAX = 15.0
LANDED_POLL_S = 0.2


def register(app: typer.Typer) -> None:
    """Add these commands to the `choso` command."""
    app.add_typer(deliveries, name="deliveries")


@deliveries.command("list")
def deliveries_list(ctx: typer.Context) -> None:
    """Show every delivery with what it published, the newest first."""
    from choso.terminal.deliveries import render_list
    from consumers.ledger.deliveries import Deliveries

    choso: Choso = ctx.obj
    with choso.store() as store:
        typer.echo("\n".join(render_list(Deliveries(store).all(), choso.language)))


@deliveries.command("show")
def deliveries_show(ctx: typer.Context, delivery: IdArgument) -> None:
    """Show what became of every line and every đồng of one delivery."""
    from choso.terminal.deliveries import render_delivery
    from consumers.ledger.deliveries import Deliveries

    choso: Choso = ctx.obj
    with choso.store() as store:
        held = Deliveries(store)
        one = held.one(delivery)
        [proof] = held.proofs([one])
    typer.echo("\n".join(render_delivery(one, proof, choso.language)))


@deliveries.command("prove")
def deliveries_prove(
    ctx: typer.Context,
    delivery: Annotated[str, typer.Argument(help="One delivery's id; by default all.")] = "",
) -> None:
    """Read the evidence of one or all deliveries again: is it what they said?

    Exit code 1 where one is not proven.
    """
    from choso.terminal.deliveries import ID_CHARS, render_proof
    from consumers.ledger.deliveries import Deliveries

    choso: Choso = ctx.obj
    with choso.store() as store:
        held = Deliveries(store)
        proofs = held.proofs([held.one(delivery)] if delivery else held.all())
    for proof in proofs:
        for line in render_proof(proof, choso.language):
            typer.echo(f"{proof.delivery.id[:ID_CHARS]}  {line}")
    if not all(proof.is_well for proof in proofs):
        raise typer.Exit(EXIT_UNPROVEN)


@deliveries.command("retract")
def deliveries_retract(
    ctx: typer.Context,
    delivery: IdArgument,
    by: Annotated[str, typer.Option(help="Who takes it back.")],
    reason: Annotated[str, typer.Option(help="Why.")],
) -> None:
    """Take a delivery back: what it alone tells no longer counts, from now on and for ever.

    Nothing is deleted: what was known before is still known as of then. Import the right file
    afterwards, as a delivery of its own.
    """
    from consumers.ledger.deliveries import Deliveries
    from infra.errors import Refused, Unavailable
    from producers.publisher import outgoing
    from schemas.delivery import retracted
    from schemas.message import Message, Name
    from schemas.text import clean

    choso: Choso = ctx.obj
    who, why = clean(by), clean(reason)
    if who is None or why is None:
        raise Refused("a retraction says who takes the delivery back and why: --by, --reason")
    with choso.store() as store:
        held = Deliveries(store)
        one = held.one(delivery)
        now = choso.clock.now()
        at = now.replace(microsecond=now.microsecond // 1000 * 1000)
        event = retracted(delivery=one.id, source=SOURCE, stated_at=at, who=who, why=why)
        _publish(choso, outgoing(event, topic_prefix=choso.prefix))
        until = time.monotonic() + LANDED_WAIT_S_MAX
        while held.retraction(one.id) is None:
            if time.monotonic() > until:
                raise Unavailable(
                    f"delivery {one.id}: its retraction is in the log, and not in the store yet:"
                    " it holds as soon as the sink has read it"
                )
            time.sleep(LANDED_POLL_S)
    typer.echo(choso.language.render(Message("delivery.taken_back", id=Name(one.id))))


def _publish(choso: "Choso", record: Any) -> None:
    from choso.commands.data import open_publisher
    from infra.errors import Unavailable

    with open_publisher(choso) as publisher:
        report = publisher.publish([record])
    if report.unacknowledged:
        raise Unavailable(f"retraction: the log did not take it: {report.cause}")
