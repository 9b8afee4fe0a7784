"""Commands that look at what is there: adoption, payment, rejected."""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from schemas.calendar import LOCAL

if TYPE_CHECKING:
    from choso.compose import Choso

Grain = Literal["market", "vendor"]

adoption = typer.Typer(help="Who has really adopted cashless payment.")
payment = typer.Typer(help="One payment and all evidence of it.")
rejected = typer.Typer(help="Records that are not evidence, with their reasons.")


def register(app: typer.Typer) -> None:
    """Add these commands to the `choso` command."""
    app.add_typer(adoption, name="adoption")
    app.add_typer(payment, name="payment")
    app.add_typer(rejected, name="rejected")


@adoption.command("daily")
def adoption_daily(
    ctx: typer.Context,
    market: Annotated[str | None, typer.Option(help="One market's code.")] = None,
    vendor: Annotated[str | None, typer.Option(help="One vendor's code.")] = None,
    by: Annotated[Grain, typer.Option()] = "market",
    first_day: Annotated[str | None, typer.Option("--from", help="YYYY-MM-DD")] = None,
    last_day: Annotated[str | None, typer.Option("--to", help="YYYY-MM-DD")] = None,
    known_on: Annotated[
        str | None, typer.Option(help="As known at this moment (ISO, or a day: its end).")
    ] = None,
    output: Annotated[str, typer.Option("--format", help="table, json or csv")] = "table",
) -> None:
    """Payments, money, paid vendors and their share of census stalls, day by day."""
    from choso.terminal.adoption import render_daily_table
    from consumers.adoption.daily.daily import daily, daily_known_on
    from consumers.adoption.render.daily import render_daily
    from consumers.language.language import in_every_language

    choso: Choso = ctx.obj
    today = choso.clock.now().astimezone(LOCAL).date()
    last = parse_day(last_day) if last_day else today
    first = parse_day(first_day) if first_day else last - timedelta(days=13)
    grain: Grain = "vendor" if vendor else by
    with choso.store() as store:
        if known_on is None:
            rows = daily(
                store,
                market=market,
                vendor=vendor,
                first_day=first,
                last_day=last,
                by=grain,
                clock=choso.clock,
            )
        else:
            rows = daily_known_on(
                store,
                known_at=parse_moment(known_on),
                market=market,
                vendor=vendor,
                first_day=first,
                last_day=last,
                by=grain,
                settings=choso.settings.fold,
                clock=choso.clock,
            )
    if output == "table":
        typer.echo(render_daily_table(rows, choso.language))
    else:
        typer.echo(render_daily(rows, output, in_every_language))


@payment.command("show")
def payment_show(
    ctx: typer.Context,
    reference: Annotated[
        str, typer.Argument(help="Bank reference, ACCOUNT_TOKEN:REFERENCE, or event id.")
    ],
    output: Annotated[str, typer.Option("--format", help="text or json")] = "text",
) -> None:
    """Show every piece of evidence of one payment, how they merged, and where it counts."""
    from consumers.language.language import in_every_language
    from consumers.ledger.payment import payment_show as show
    from consumers.ledger.render import render_payment

    choso: Choso = ctx.obj
    with choso.store() as store:
        stories = show(store, reference, settings=choso.settings.fold)
    code = choso.language.code
    typer.echo(render_payment(stories, output, in_every_language, code))


@rejected.command("list")
def rejected_list(
    ctx: typer.Context,
    limit: Annotated[int, typer.Option(min=1, max=1_000)] = 20,
) -> None:
    """Show how many records are rejected by reason, and the newest of them."""
    from consumers.ledger.rejected import rejected_list as listing

    with ctx.obj.store() as store:
        typer.echo("\n".join(listing(store, limit=limit).lines()))


@rejected.command("show")
def rejected_show(
    ctx: typer.Context,
    topic_id: str,
    partition: int,
    offset: int,
) -> None:
    """Show one rejected record, its bytes and why it is not evidence."""
    from consumers.ledger.rejected import rejected_show as one

    with ctx.obj.store() as store:
        typer.echo("\n".join(one(store, topic_id, partition, offset).lines()))


@rejected.command("replay")
def rejected_replay(ctx: typer.Context) -> None:
    """Send the kept bytes through the door again, after the rule was mended."""
    from consumers.ledger.rejected import replay

    choso: Choso = ctx.obj
    with choso.store() as store:
        outcome = replay(
            store,
            batch_records_max=choso.settings.sink.batch_records_max,
            batch_bytes_max=choso.settings.sink.batch_bytes_max,
        )
    typer.echo("\n".join(outcome.lines()))


def parse_day(text: str) -> date:
    """A day, or a clear error."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is not a day (YYYY-MM-DD): {error}") from None


def parse_moment(text: str) -> datetime:
    """A moment; without a zone it is local time, and a day alone means its end."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is not a moment (ISO 8601): {error}") from None
    if len(text) == len("2026-01-01"):
        moment += timedelta(days=1) - timedelta(milliseconds=1)
    return moment if moment.tzinfo else moment.replace(tzinfo=LOCAL)
