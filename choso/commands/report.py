"""`choso report …`: documents from one table of facts, and the proof of their numbers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from choso.commands.look import parse_day, parse_moment
from choso.commands.plan_options import PlanRequest, asks_for_a_plan
from infra.errors import ChosoError, Refused
from schemas.calendar import LOCAL
from schemas.message import Count, Message, Name, counted, one_of

if TYPE_CHECKING:
    from choso.compose import Choso

report = typer.Typer(help="Documents that a department can sign, and the proof of their numbers.")
ISSUER = "Ban quản lý chợ"
PLACE = "Hạ Long"


def register(app: typer.Typer) -> None:
    """Add these commands to the `choso` command."""
    app.add_typer(report, name="report")


Issuer = Annotated[str, typer.Option(help="Who issues it, as written at its head.")]
Place = Annotated[str, typer.Option(help="Where it is issued.")]
Langs = Annotated[str, typer.Option("--lang", help="vi, en, or both with a comma.")]
Formats = Annotated[str, typer.Option("--format", help="pdf, docx, xlsx, html, with commas.")]
Out = Annotated[Path, typer.Option(help="The directory for the files.")]
Week = Annotated[str | None, typer.Option(help="The Monday of the week; the last whole one.")]
KnownOn = Annotated[str | None, typer.Option(help="As known at this moment (ISO, or a day).")]
Dated = Annotated[str | None, typer.Option("--date", help="The day on its head; today.")]


@report.command("weekly")
def weekly(
    ctx: typer.Context,
    out: Out = Path("reports"),
    week: Week = None,
    market: Annotated[list[str] | None, typer.Option(help="A market's code; repeat.")] = None,
    known_on: KnownOn = None,
    dated: Dated = None,
    issuer: Issuer = ISSUER,
    place: Place = PLACE,
    lang: Langs = "vi,en",
    fmt: Formats = "pdf,docx,xlsx,html",
) -> None:
    """All markets (or some) in one complete week."""
    given = Given(week, known_on, dated, issuer, place)
    _write_ordered(ctx.obj, "weekly", market or [], given, out, lang, fmt)


@report.command("market")
def market_report(
    ctx: typer.Context,
    market: Annotated[list[str], typer.Option(help="The market's code.")],
    out: Out = Path("reports"),
    week: Week = None,
    known_on: KnownOn = None,
    dated: Dated = None,
    issuer: Issuer = ISSUER,
    place: Place = PLACE,
    lang: Langs = "vi,en",
    fmt: Formats = "pdf,docx,xlsx,html",
) -> None:
    """One market in one complete week."""
    given = Given(week, known_on, dated, issuer, place)
    _write_ordered(ctx.obj, "market", market, given, out, lang, fmt)


@report.command("pilot")
def pilot(
    ctx: typer.Context,
    plan: Annotated[Path, typer.Argument(help="The registered plan, a TOML file.")],
    out: Out = Path("reports"),
    dated: Dated = None,
    issuer: Issuer = ISSUER,
    place: Place = PLACE,
    lang: Langs = "vi,en",
    fmt: Formats = "pdf,docx,xlsx,html",
) -> None:
    """Did the pilot work? One registered plan, from its verdict down to its registration."""
    from consumers.evaluation.plan import read_plan

    choso: Choso = ctx.obj
    name = f"pilot-{read_plan(plan).id}"
    params = {
        "plan": plan.read_text(encoding="utf-8"),
        "day": (parse_day(dated) if dated else _today(choso)).isoformat(),
        "issuer": issuer,
        "place": place,
    }
    write_files(make_document(choso, "pilot", params), name, out, lang=lang, fmt=fmt)


@report.command("rollout")
@asks_for_a_plan
def rollout(
    ctx: typer.Context,
    asked: PlanRequest,
    out: Out = Path("reports"),
    known_on: KnownOn = None,
    dated: Dated = None,
    issuer: Issuer = ISSUER,
    place: Place = PLACE,
    lang: Langs = "vi,en",
    fmt: Formats = "pdf,docx,xlsx,html",
) -> None:
    """Where next: the plan, what teams are worth, the ranking, the forecasts and their score."""
    from consumers.reports.rollout_order import RolloutOrder
    from consumers.rollout.candidates import candidates_text

    choso: Choso = ctx.obj
    known = None if asked.without_ledger else _known(choso, known_on)
    order = RolloutOrder(
        candidates=candidates_text(asked.candidates),
        question=asked.question,
        weights=asked.weights,
        starts=asked.starts,
        as_of=asked.as_of or (_today(choso) if known is None else known.astimezone(LOCAL).date()),
        known_on=known,
        day=parse_day(dated) if dated else _today(choso),
        issuer=issuer,
        place=place,
    )
    name = f"rollout-{order.question.weeks[0].isoformat()}"
    write_files(make_document(choso, "rollout", order.params()), name, out, lang=lang, fmt=fmt)


@report.command("verify")
def verify_file(ctx: typer.Context, file: Path) -> None:
    """Derive every number of a report from the ledger again, and compare."""
    from consumers.reports.formats import format_of
    from consumers.reports.payload import Payload
    from consumers.reports.verify import verify

    choso: Choso = ctx.obj
    try:
        data = file.read_bytes()
    except OSError as error:
        raise Refused(
            Message("refused.unreadable", file=Name(str(file)), cause=Name(str(error.strerror)))
        ) from None

    def build(payload: Payload) -> Any:
        return make_document(choso, payload.kind, payload.params)

    found = verify(data, format_of(file), subject=file.name, build=build)
    notes = [each.said for each in found.differences]
    if found.is_text_changed:
        notes.append(Message("verify.changed"))
    if found.is_other_version:
        notes.append(Message("verify.other_version", version=Name(found.payload.written_by)))
    for note in notes:
        typer.echo(choso.language.render(note))
    name, count = Name(file.name), len(found.differences)
    if not found.ok:
        raise ChosoError(counted("verify.not_verified", count=count, file=name))
    verified = Message("verify.verified", facts=Count(found.checked_count), file=name)
    typer.echo(choso.language.render(verified))


@dataclass(frozen=True, slots=True)
class Given:
    """What was said on the command line, each with its own default."""

    week: str | None
    known_on: str | None
    dated: str | None
    issuer: str
    place: str


def _write_ordered(
    choso: "Choso", kind: str, markets: list[str], given: Given, out: Path, lang: str, fmt: str
) -> None:
    from consumers.reports.weekly_order import Order

    known = _known(choso, given.known_on)
    order = Order(
        kind=kind,
        week=parse_day(given.week) if given.week else last_whole_week(known),
        known_on=known,
        day=parse_day(given.dated) if given.dated else _today(choso),
        issuer=given.issuer,
        place=given.place,
        markets=tuple(sorted(set(markets))),
    )
    name = "-".join([kind, *order.markets, order.week.isoformat()])
    write_files(make_document(choso, kind, order.params()), name, out, lang=lang, fmt=fmt)


def _known(choso: "Choso", known_on: str | None) -> datetime:
    from consumers.reports.weekly_order import known_until

    if known_on:
        return parse_moment(known_on)
    with choso.store() as store:
        return known_until(store, now=choso.clock.now(), fold=choso.settings.fold)


def _today(choso: "Choso") -> date:
    return choso.clock.now().astimezone(LOCAL).date()


def last_whole_week(at: datetime) -> date:
    """The Monday of the last week that is over."""
    today = at.astimezone(LOCAL).date()
    return today - timedelta(days=today.weekday() + 7)


def make_document(choso: "Choso", kind: str, params: Mapping[str, str]) -> Any:
    """The document of a kind from the parameters that its file carries."""
    from consumers.evaluation.ask import FOLDER
    from consumers.reports.catalogue import make_document
    from consumers.reports.report import Sources

    sources = Sources(
        store=choso.store,
        evaluations=choso.data_dir.path / FOLDER,
        now=choso.clock.now(),
        fold=choso.settings.fold,
    )
    return make_document(sources, kind, params)


def write_files(document: Any, name: str, out: Path, *, lang: str, fmt: str) -> list[Path]:
    """One file for each language and format. Refused: an unknown one."""
    from consumers.reports.formats import RENDER
    from consumers.reports.number_format import LANGS
    from infra.embedded.files import write_whole

    langs, formats = lang.split(","), fmt.split(",")
    if unknown := [word for word in langs if word not in LANGS]:
        raise Refused(one_of("--lang", unknown[0], LANGS))
    if unknown := [word for word in formats if word not in RENDER]:
        raise Refused(one_of("--format", unknown[0], RENDER))
    out.mkdir(parents=True, exist_ok=True)
    written = []
    for language in LANGS:
        for each, render in RENDER.items():
            if language in langs and each in formats:
                path = out / f"{name}.{language}.{each}"
                write_whole(path, render(document, language))
                typer.echo(str(path))
                written.append(path)
    return written
