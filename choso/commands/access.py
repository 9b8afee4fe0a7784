"""Commands for who may see what: user, key."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from choso.compose import Choso


user = typer.Typer(help="People who may sign in.")
key = typer.Typer(help="Keys for machines.")

Markets = Annotated[
    list[str] | None, typer.Option("--market", help="A market's code, repeated; none: all.")
]
Password = Annotated[
    str,
    typer.Option(
        help="Asked for where it is not given.",
        prompt=True,
        hide_input=True,
        confirmation_prompt=True,
        envvar="CHOSO_NEW_PASSWORD",
    ),
]


def register(app: typer.Typer) -> None:
    """Add these commands to the `choso` command."""
    app.add_typer(user, name="user")
    app.add_typer(key, name="key")


@user.command("add")
def user_add(
    ctx: typer.Context,
    name: str,
    password: Password,
    role: Annotated[str, typer.Option(help="viewer, analyst or operator.")] = "viewer",
    market: Markets = None,
) -> None:
    """Let somebody sign in: to see the figures of all markets, or of some."""
    from choso.web import opened_book

    with opened_book(ctx.obj) as book:
        book.add_person(name, role, market or (), password)
    typer.echo(f"{name} may sign in as {role}")


@user.command("list")
def user_list(ctx: typer.Context) -> None:
    """Show who may sign in."""
    from choso.web import opened_book

    with opened_book(ctx.obj) as book:
        for person in book.people():
            markets = ", ".join(sorted(person.markets)) or "all markets"
            since = _day(person.created_at_s)
            typer.echo(f"{person.name}  {person.role}  {markets}  since {since}")


@user.command("remove")
def user_remove(ctx: typer.Context, name: str) -> None:
    """Let somebody in no longer; he is signed out everywhere."""
    from choso.web import opened_book

    with opened_book(ctx.obj) as book:
        book.remove_person(name)
    typer.echo(f"{name} may no longer sign in")


@user.command("passwd")
def user_passwd(ctx: typer.Context, name: str, password: Password) -> None:
    """Set a new password; all sessions of this person are over."""
    from choso.web import opened_book

    with opened_book(ctx.obj) as book:
        book.set_password(name, password)
    typer.echo(f"{name} has a new password and is signed out everywhere")


@key.command("add")
def key_add(
    ctx: typer.Context,
    label: Annotated[str, typer.Argument(help="What it is for.")],
    scope: Annotated[
        list[str] | None, typer.Option(help="figures, people, operate, metrics; repeated.")
    ] = None,
    market: Markets = None,
    days: Annotated[int | None, typer.Option(min=1, help="It expires after so many days.")] = None,
) -> None:
    """Make a key and show it, this once."""
    from choso.web import opened_book

    with opened_book(ctx.obj) as book:
        made = book.add_key(label, scope or ["figures"], market or (), days=days)
    typer.echo(made)


@key.command("list")
def key_list(ctx: typer.Context) -> None:
    """Show the keys, without their secrets."""
    from choso.web import opened_book

    choso: Choso = ctx.obj
    now_s = choso.clock.now().timestamp()
    with opened_book(choso) as book:
        for found in book.machine_keys():
            is_over = found.expires_at_s is not None and found.expires_at_s <= now_s
            state = "revoked" if found.revoked_at_s else "expired" if is_over else "valid"
            scopes, markets = sorted(found.scopes), sorted(found.markets)
            typer.echo(
                f"{found.id}  {found.label}  {', '.join(scopes)}"
                f"  {', '.join(markets) or 'all markets'}  {state}"
                f"  since {_day(found.created_at_s)}"
            )


@key.command("revoke")
def key_revoke(
    ctx: typer.Context,
    identity: Annotated[str, typer.Argument(metavar="ID", help="As `choso key list` shows it.")],
) -> None:
    """A key opens nothing from now on."""
    from choso.web import opened_book

    with opened_book(ctx.obj) as book:
        book.revoke_key(identity)
    typer.echo(f"{identity} is revoked")


def _day(at_s: float) -> str:
    return datetime.fromtimestamp(at_s, UTC).date().isoformat()
