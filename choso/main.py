"""The `choso` command. Each command's code is imported when it runs, so that help is quick."""

import sys
from typing import Annotated, Any

import typer

from choso.commands import (
    access,
    adoption,
    alerts,
    care,
    data,
    deliveries,
    evaluate,
    log,
    look,
    provider,
    qr,
    report,
    rollout,
    stack,
)
from infra.embedded.child import EXIT_REFUSED
from infra.errors import ChosoError, Refused

COMMANDS = (
    stack,
    data,
    deliveries,
    look,
    adoption,
    alerts,
    evaluate,
    log,
    care,
    access,
    provider,
    qr,
    report,
    rollout,
)

app = typer.Typer(
    name="choso",
    help="Event-sourced ledger for cashless payments at market stalls.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def configure(
    ctx: typer.Context,
    data_dir: Annotated[
        str | None, typer.Option("--data-dir", help="Where a stack keeps its data.")
    ] = None,
    language: Annotated[
        str | None, typer.Option("--language", help="Of what commands say: vi or en; as LANG says.")
    ] = None,
    log_level: Annotated[str | None, typer.Option("--log-level", help="DEBUG, INFO, …")] = None,
) -> None:
    """Settings come from these flags, CHOSO_… variables, .env, and defaults, in this order."""
    from pydantic import ValidationError

    from choso.compose import Choso
    from infra.failpoint import arm
    from infra.log import configure as configure_logs
    from infra.settings import Settings

    flags: dict[str, Any] = {"data_dir": data_dir, "language": language, "log_level": log_level}
    try:
        settings = Settings(**{name: value for name, value in flags.items() if value is not None})
    except ValidationError as error:
        lines = [
            f"setting {'.'.join(map(str, e['loc']))}: {e['msg']}"
            for e in error.errors(include_url=False, include_input=False)
        ]
        raise Refused("\n".join(lines)) from None
    if isinstance(ctx.obj, dict):  # for who shows the error that ends it all
        ctx.obj["language"] = settings.language
    configure_logs(settings.log_level, settings.log_format)
    arm(settings.failpoint)
    ctx.obj = Choso(settings)


def main() -> None:
    """The console script: our errors are shown without a traceback, with their exit code."""
    for module in COMMANDS:
        module.register(app)
    spoken: dict[str, str] = {}
    try:
        app(obj=spoken)
    except ChosoError as error:
        sys.stderr.write(f"choso: {words_of(error, spoken.get('language'))}\n")
        sys.exit(EXIT_REFUSED if isinstance(error, Refused) else 1)


def words_of(error: ChosoError, language: str | None) -> str:
    """What the error says, in the user's language; None: settings could not be read."""
    from consumers.language.language import languages
    from infra.settings import language_of_locale
    from schemas.message import Message

    if not isinstance(error.said, Message):
        return str(error)
    return languages()[language or language_of_locale()].render(error.said)


if __name__ == "__main__":
    main()
