"""`choso qr`: VietQR codes, written, read and checked."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from choso.compose import Choso

qr = typer.Typer(help="VietQR codes: what they say, and whether they are right.")
EXIT_WRONG = 3  # as `choso import` where some rows are rejected


def register(app: typer.Typer) -> None:
    """Add these commands to the `choso` command."""
    app.add_typer(qr, name="qr")


@qr.command("encode")
def qr_encode(
    bank: Annotated[str, typer.Option(help="VCB, Vietcombank or its BIN.")],
    account: Annotated[str, typer.Option(help="The account's number.")],
    amount: Annotated[int | None, typer.Option(min=1, help="Đồng; left out: any amount.")] = None,
    name: Annotated[str | None, typer.Option(help="Of the merchant.")] = None,
    purpose: Annotated[str | None, typer.Option(help="Such as the stall's code.")] = None,
) -> None:
    """Print the text of a code."""
    from infra.errors import Refused
    from schemas.banks import bank_bin
    from schemas.vietqr import VietQrError, write_vietqr

    found = bank_bin(bank)
    if found is None:
        raise Refused(
            f"bank {bank[:40]!r}: is not known: give its short code or BIN, such as VCB or 970436"
        )
    try:
        payload = write_vietqr(
            bank_bin=found, account=account, amount_vnd=amount, merchant_name=name, purpose=purpose
        )
    except VietQrError as error:
        raise Refused(f"code: field {error.where}: {error.trouble}") from error
    typer.echo(payload)


@qr.command("decode")
def qr_decode(
    ctx: typer.Context, payload: Annotated[str, typer.Argument(help="Its text.")]
) -> None:
    """Say what a code says; exit code 3 and the place of the defect where it is not right."""
    from choso.terminal.qr import render_code, render_defect
    from schemas.vietqr import VietQrError, parse_vietqr

    choso: Choso = ctx.obj
    try:
        code = parse_vietqr(payload)
    except VietQrError as error:
        typer.echo(render_defect(payload.strip(), error, choso.language))
        raise typer.Exit(EXIT_WRONG) from None
    typer.echo(render_code(code, choso.language))


@qr.command("check")
def qr_check(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
) -> None:
    """Check every code of a registry file (column `payload`); exit code 3 where one is wrong."""
    from choso.terminal.qr import CheckedCode, render_checked
    from infra.errors import Refused
    from producers.registry_import.read import read_registry_rows
    from schemas.vietqr import VietQrError, parse_vietqr

    choso: Choso = ctx.obj
    checked = []
    for row in read_registry_rows(file):
        payload = row.fields.get("payload", "").strip()
        if not payload:
            continue
        trouble = None
        try:
            parse_vietqr(payload)
        except VietQrError as error:
            trouble = error
        checked.append(CheckedCode(row.line, row.fields.get("stall", ""), trouble))
    if not checked:
        raise Refused(f"{file}: has no code: it needs a column payload with the text of each code")
    typer.echo(render_checked(checked, choso.language))
    raise typer.Exit(EXIT_WRONG if any(each.trouble for each in checked) else 0)
