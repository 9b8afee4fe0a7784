"""`choso provider`: agree with a provider on a source, try it, see what it sends."""

import time
import urllib.error
import urllib.request
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from choso.compose import Choso
    from producers.webhooks.provider import Incoming
    from producers.webhooks.sources import AgreedSource

TRIAL_VND = 1
ARRIVAL_S_MAX = 30
TRIAL_ACCOUNT = "000000000000"  # of nobody

provider = typer.Typer(help="Providers whose own messages the gateway takes.")
Account = Annotated[
    str | None, typer.Option(help="An account that it tells of, for the trial message.")
]


def register(app: typer.Typer) -> None:
    """Add these commands to the `choso` command."""
    app.add_typer(provider, name="provider")


@provider.command("add")
def provider_add(
    ctx: typer.Context,
    kind: Annotated[str, typer.Argument(metavar="PROVIDER", help="sepay, casso, payos, momo, …")],
    account: Account = None,
    bank: Annotated[
        str | None, typer.Option(help="The accounts' bank: VCB, Vietcombank or its BIN.")
    ] = None,
    name: Annotated[
        str | None, typer.Option(help="Of this source, for ever; left out: the provider's.")
    ] = None,
    secret_file: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="Its first line; else asked.")
    ] = None,
    access: Annotated[str, typer.Option(help="The open half of the secret (MoMo).")] = "",
) -> None:
    """Take a provider's messages: prints the address for its page, and a trial message.

    Adding a source again with another secret keeps the old one valid too, until it is removed.
    """
    from choso.terminal.provider import render_added
    from infra.errors import Refused
    from producers.providers import PROVIDERS
    from producers.webhooks.provider import Secret
    from producers.webhooks.sources import KEY_CHARS_MIN, AgreedSource
    from schemas.banks import bank_bin

    choso: Choso = ctx.obj
    if kind not in PROVIDERS:
        raise Refused(
            f"provider {kind[:40]!r}: is not known: it is one of {', '.join(sorted(PROVIDERS))}"
        )
    found_bin = bank_bin(bank) if bank else None
    if bank and found_bin is None:
        raise Refused(
            f"bank {bank[:40]!r}: is not known: give its short code or BIN, such as VCB or 970436"
        )
    text = _secret(secret_file)
    if len(text) < KEY_CHARS_MIN:
        raise Refused(
            f"secret: has {len(text)} characters, at least {KEY_CHARS_MIN} are needed: make a"
            " longer one on the provider's page"
        )
    secret, sources = Secret(text.encode(), access), choso.sources
    before = sources.get(name or kind)
    if before is not None and before.provider.name != kind:
        raise Refused(
            f"source {before.name}: is one of {before.provider.title}: choose another with --name"
        )
    kept = tuple(each for each in before.secrets if each != secret) if before else ()
    bank_kept = found_bin or (before.bank_bin if before else None)
    source = AgreedSource(name or kind, PROVIDERS[kind], bank_kept, (*kept, secret))
    sources.put(source)
    trial, _ = _trial(choso, source, account)
    typer.echo(render_added(source, choso.language, address=_gateway(choso), trial=trial))


@provider.command("list")
def provider_list(ctx: typer.Context) -> None:
    """Show each source: what came, what was forged, and since when it is silent."""
    from choso.status import read_status
    from choso.terminal.provider import render_sources
    from consumers.ledger.sources import read_sources

    choso: Choso = ctx.obj
    counts: dict[str, Any] = read_status(choso.status_file("gateway")).get("sources", {})
    sources = choso.sources
    with choso.store() as store:
        reports = read_sources(store)
    typer.echo(render_sources(sources.values(), reports, counts, choso.language))


@provider.command("remove")
def provider_remove(ctx: typer.Context, name: str) -> None:
    """Take a source's messages no longer; what it told stays."""
    from schemas.message import Message, Name

    choso: Choso = ctx.obj
    choso.sources.remove(name)
    typer.echo(choso.language.render(Message("provider.removed", source=Name(name))))


@provider.command("test")
def provider_test(ctx: typer.Context, name: str, account: Account = None) -> None:
    """Send a signed payment of 1 đồng through the real door; say where it ended; take it back.

    Exit code 1: it did not arrive.
    """
    from choso.terminal.provider import render_trial, webhook_address
    from infra.errors import Refused

    choso: Choso = ctx.obj
    source = choso.sources.get(name)
    if source is None:
        raise Refused(f"source {name}: there is none of this name: see `choso provider list`")
    trial, event = _trial(choso, source, account)
    address = webhook_address(_gateway(choso), source.name)
    status = _send(address, trial, source.provider.method)
    vendor, is_found = _arrived(choso, event.id)
    if is_found:
        _take_back(choso, event)
    typer.echo(
        render_trial(
            choso.language,
            status=status,
            is_found=is_found,
            vendor=vendor,
            waited_s=ARRIVAL_S_MAX,
        )
    )
    raise typer.Exit(0 if is_found else 1)


def _secret(file: Path | None) -> str:
    if file is None:
        return str(typer.prompt("Secret", hide_input=True)).strip()
    return (file.read_text(encoding="utf-8").splitlines() or [""])[0].strip()


def _gateway(choso: "Choso") -> str:
    """The gateway's address, or where it would be."""
    from choso.status import read_status

    settings = choso.settings.gateway
    told = read_status(choso.status_file("gateway")).get("address")
    return str(told or f"http://{settings.host}:{settings.port or 'PORT'}")


def _trial(choso: "Choso", source: "AgreedSource", account: str | None) -> "tuple[Incoming, Any]":
    """A signed message of a payment of 1 đồng, and the event that it becomes."""
    from producers.webhooks.evidence import event_of
    from producers.webhooks.provider import Sample
    from schemas.banks import bank_codes

    now = choso.clock.now().replace(microsecond=0)
    mark = token_hex(4).upper()
    said = Sample(
        transaction_id=f"{now:%y%m%d%H%M%S}{int(mark, 16):010}",  # two of one second are two
        reference=f"TRIAL{mark}",
        at=now,
        amount_vnd=TRIAL_VND,
        account=account or TRIAL_ACCOUNT,
        bank=bank_codes().get(source.bank_bin or "", ""),
    )
    incoming = source.provider.sample(source.secrets[-1], said)
    (notice,) = source.provider.read(incoming).notices
    key = choso.token_key
    return incoming, event_of(notice, source.evidence, key=key, received_at=choso.clock.now())


def _send(address: str, incoming: "Incoming", method: str) -> int:
    """The status that the gateway answered."""
    from infra.errors import Unavailable

    request = urllib.request.Request(  # noqa: S310 - the gateway's own address
        f"{address}?{incoming.query}" if incoming.query else address,
        data=incoming.body or None,
        headers={"content-type": "application/json", **incoming.headers},
        method=method,
    )
    try:
        with urllib.request.urlopen(request, timeout=ARRIVAL_S_MAX) as answer:  # noqa: S310
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError as error:
        raise Unavailable(
            f"gateway {address}: does not answer: is it running? See `choso doctor`"
        ) from error


def _arrived(choso: "Choso", event_id: str) -> tuple[str | None, bool]:
    """The vendor under whom the payment is, and whether it is in the ledger at all."""
    from consumers.ledger.payment import NotThere, payment_show

    end = time.monotonic() + ARRIVAL_S_MAX
    with choso.store() as store:
        while time.monotonic() < end:
            try:
                (story,) = payment_show(store, event_id, settings=choso.settings.fold)
            except NotThere:
                time.sleep(0.2)
            else:
                vendor = story.attribution.vendor if story.attribution else None
                return vendor, True
    return None, False


def _take_back(choso: "Choso", event: Any) -> None:
    """Publish a reversal of the trial: it counts nowhere."""
    from choso.commands.data import open_publisher
    from infra.errors import Unavailable
    from producers.publisher import outgoing
    from schemas.payment import payment_event

    data = event.data
    reversal = payment_event(
        kind="reversed",
        source=event.source,
        source_transaction_id=f"{data.source_transaction_id}-back",
        occurred_at=event.time,
        account=data.account,
        bank_reference=data.bank_reference,
        compensation_reference=f"{data.bank_reference[:40].partition('@')[0]}BACK",
        amount_vnd=data.amount_vnd,
        rail_class=data.rail_class,
    )
    with open_publisher(choso) as publisher:
        report = publisher.publish([outgoing(reversal, topic_prefix=choso.prefix)])
    if report.unacknowledged:
        raise Unavailable(
            f"payment {data.bank_reference}: is a trial of {TRIAL_VND} đồng in the ledger and could"
            f" not be taken back: {report.cause}: `choso payment show` shows it"
        )
