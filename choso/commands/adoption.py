"""`choso adoption METRIC`: one command for each metric of the catalogue."""

import re
import sys
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from choso.commands.look import adoption, parse_day, parse_moment
from infra.errors import Refused
from schemas.message import Message

if TYPE_CHECKING:
    from choso.compose import Choso

# The list of metrics and the first line of each one's module are read as text: to import them all
# would take seconds, and help is quick. A test compares.
_LISTED = re.compile(r"^    (\w+)\.METRIC,$", re.MULTILINE)


def metric_help() -> dict[str, str]:
    """What each metric is, by its name, in the order of the catalogue."""
    folder = files("consumers.adoption.metrics")
    modules = _LISTED.findall((folder / "catalogue.py").read_text(encoding="utf-8"))
    texts = {name: (folder / f"{name}.py").read_text(encoding="utf-8") for name in modules}
    return {name.replace("_", "-"): text.split('"""')[1] for name, text in texts.items()}


def register(app: typer.Typer) -> None:
    """Add these commands under `choso adoption`."""
    assert any(group.typer_instance is adoption for group in app.registered_groups)
    for name, text in metric_help().items():
        adoption.command(name, help=text)(_command(name))


def _command(name: str) -> Callable[..., None]:
    def command(
        ctx: typer.Context,
        market: Annotated[list[str] | None, typer.Option(help="A market's code; repeat.")] = None,
        kind: Annotated[list[str] | None, typer.Option(help="A kind of market; repeat.")] = None,
        vendor: Annotated[list[str] | None, typer.Option(help="A vendor's code; repeat.")] = None,
        by: Annotated[
            str | None, typer.Option(help="all, kind, market, row, product, cohort or vendor")
        ] = None,
        at: Annotated[str | None, typer.Option(help="As of this day (YYYY-MM-DD).")] = None,
        first_day: Annotated[str | None, typer.Option("--from", help="YYYY-MM-DD")] = None,
        last_day: Annotated[str | None, typer.Option("--to", help="YYYY-MM-DD")] = None,
        grain: Annotated[str | None, typer.Option(help="day, week, month or window")] = None,
        known_on: Annotated[
            str | None, typer.Option(help="As known at this moment (ISO, or a day: its end).")
        ] = None,
        threshold: Annotated[
            list[str] | None, typer.Option(help="Another threshold, NAME=VALUE; repeat.")
        ] = None,
        shared: Annotated[
            bool, typer.Option("--shared", help="For publishing: withhold small cells.")
        ] = False,
        output: Annotated[
            str, typer.Option("--format", help="table, json, csv or parquet")
        ] = "table",
        file: Annotated[Path | None, typer.Option(help="Write there instead.")] = None,
    ) -> None:
        from choso.terminal.adoption import render_answer_table
        from consumers.adoption.ask import ask, metric_of, question_of, thresholds_of
        from consumers.adoption.question.scene import look
        from consumers.adoption.render.answer import render_answer
        from consumers.language.language import in_every_language

        choso: Choso = ctx.obj
        now = choso.clock.now()
        question = question_of(
            name,
            now=now,
            at=parse_day(at) if at else None,
            first_day=parse_day(first_day) if first_day else None,
            last_day=parse_day(last_day) if last_day else None,
            by=by,
            grain=grain,
            markets=market or (),
            kinds=kind or (),
            vendors=vendor or (),
            known_on=parse_moment(known_on) if known_on else None,
            thresholds=thresholds_of(threshold or ()),
            is_shared=shared,
        )
        with choso.store() as store:
            scene = look(store, now=now, fold=choso.settings.fold, question=question)
            answer = ask(store, question, scene)
        metric = metric_of(name)
        if output == "table":
            body = (render_answer_table(answer, metric, choso.language) + "\n").encode()
        else:
            body = render_answer(answer, metric, output, in_every_language)
        _write(body, output, file)

    return command


def _write(body: bytes, output: str, file: Path | None) -> None:
    if file is not None:
        file.write_bytes(body)
    elif output == "parquet" and sys.stdout.isatty():
        raise Refused(Message("refused.parquet_terminal"))
    else:
        sys.stdout.buffer.write(body)
        sys.stdout.flush()
