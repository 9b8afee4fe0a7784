"""M4: markup in every name that the registry may carry is shown as text, and never runs, not even
where the browser is told to ignore the policy of the page."""

import csv
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.async_api import Page

from consumers.evaluation.ask import FOLDER
from consumers.evaluation.plan import parse_plan
from consumers.evaluation.registration import register
from consumers.web.pages import PAGES
from consumers.web.studies import CANDIDATES
from infra.clickhouse import Store
from infra.settings import WebSettings
from schemas.cloudevent import encode
from schemas.payment import payment_event
from schemas.registry import registry_event
from tests.engine import fold_all, land, migrate, records
from tests.parts import store_client
from tests.web.browser import Chrome
from tests.web.city import MORNING
from tests.web.papers import PLAN
from tests.web.serving import StandingClock, make_app, served

CORPUS = (
    "<script>window.ran=1</script>",
    "</title></svg><script>window.ran=1</script>",
    '"><script>window.ran=1</script>',
    "'><img src=x onerror=window.ran=1>",
    '<img src=x onerror="window.ran=1">',
    "<svg onload=window.ran=1>",
    "<svg><desc><script>window.ran=1</script></desc></svg>",
    '" onfocus=window.ran=1 autofocus x="',
    "' onmouseover='window.ran=1' style='position:fixed;inset:0",
    "javascript:window.ran=1",
    "<a href=javascript:window.ran=1>x</a>",
    "<iframe srcdoc='<script>parent.ran=1</script>'>",
    "<form action=javascript:window.ran=1><button>x",
    "{{ constructor.constructor('window.ran=1')() }}",
    "${window.ran=1}",
    '<div hx-on:load="window.ran=1" data-hx-get=/ data-hx-trigger=load>',
    "<style>*{background:url(javascript:window.ran=1)}</style>",
    "<base href=//elsewhere.example/>",
    "<!--<script>window.ran=1//-->",
    "&lt;script&gt;window.ran=1&lt;/script&gt;",
    "%3Cscript%3Ewindow.ran=1%3C/script%3E",
)
ACCOUNT = "a" * 31
PARAMETERS = ("market", "kind", "by", "from", "measure", "sort", "page", "lang", "next", "grain")


def account(number: int) -> str:
    return f"{number:x}".rjust(2, "0") + "b" * 30


def registry() -> list[bytes]:
    """A market for each text, named by it, with a stall and a vendor named by it."""
    found = []
    for n, text in enumerate(CORPUS):
        market, vendor, stall = f"M{n:02d}", f"V{n:02d}", f"S{n:02d}"
        for kind, fields in (
            ("market", {"name": text, "market_kind": "traditional_market", "area": text}),
            ("stall", {"stall": stall, "name": text, "product": text, "area": text}),
            ("vendor", {"vendor": vendor, "stall": stall, "name": text, "product": text}),
            ("account_linked", {"account": account(n), "vendor": vendor, "note": text}),
            ("census_taken", {"stall_count": 4, "note": text}),
        ):
            event = registry_event(
                kind=kind,
                source="/registry",
                source_transaction_id=f"{kind}-{n}",
                stated_at=MORNING - timedelta(days=30),
                effective_from=(MORNING - timedelta(days=30)).date(),
                market=market,
                **fields,
            )
            found.append(encode(event))
    return found


def payments() -> list[bytes]:
    """Two payments to each vendor on the last two complete days, with the text in their text."""
    return [
        encode(
            payment_event(
                kind="credited",
                source="/sepay",
                source_transaction_id=f"{n}-{back}",
                occurred_at=MORNING - timedelta(days=back),
                account=account(n),
                bank_reference=f"FT{n}/{back}",
                amount_vnd=10_000 + n,
                rail_class="p2p_transfer",
                text=text,
            )
        )
        for n, text in enumerate(CORPUS)
        for back in (1, 2)
    ]


def fill_files(path: Path) -> None:
    """Candidates named by the texts, and a registered plan for each."""
    sites = path / CANDIDATES
    sites.parent.mkdir(parents=True)
    with sites.open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(("code", "name", "kind", "ward", "stall_count"))
        for n, text in enumerate(CORPUS):
            table.writerow((f"C{n:02d}", text, "traditional_market", text, 20))
    base = parse_plan(PLAN, subject="plan")
    for n, text in enumerate(CORPUS):
        plan = base.model_copy(update={"id": f"P{n:02d}", "title": text})
        register(path / FOLDER, plan, now=MORNING)


@pytest.fixture(scope="module")
def hostile(
    store_dsn: str, clock: StandingClock, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """A site whose names are all markup."""
    path = tmp_path_factory.mktemp("hostile")
    fill_files(path)
    with store_client(store_dsn) as root:
        root.command("CREATE DATABASE web_hostile")
        with store_client(store_dsn.removesuffix("/default") + "/web_hostile") as store:
            fill(store)
            settings = WebSettings(answer_age_s_max=3_600)
            with served(make_app(store, clock, settings=settings, data_dir=path)) as address:
                yield address
        root.command("DROP DATABASE web_hostile")


def fill(store: Store) -> None:
    migrate(store)
    land(store, records(registry(), at=MORNING - timedelta(days=30)), shape="registry")
    land(store, records(payments(), at=MORNING - timedelta(hours=1)))
    fold_all(store)


SHARED = (
    "/",
    "/compare?measure=money",
    "/compare?measure=money&by=product",
    "/compare?measure=money&by=row",
    "/retention",
    "/health",
    "/forecast?market=M00",
    "/plan",
    "/evaluation",
    "/evaluation/P00",
    "/figures/ladder",
    "/figures/intensity?by=vendor",
    f"/payments/00{'b' * 30}:FT0%2F1",
)
OWN = [f"/{kind}{n:02d}" for n in range(len(CORPUS)) for kind in ("markets/M", "vendors/V")]


async def ran(page: Page, address: str, alerts: list[str]) -> str | None:
    """What went wrong on this page: something ran, or markup became elements."""
    answer = await page.goto(address, wait_until="load")
    assert answer is not None
    assert answer.status in {200, 303, 403, 404, 422}, (address, answer.status)
    await page.evaluate(
        "document.querySelectorAll('main *').forEach((e) => {"
        " e.dispatchEvent(new MouseEvent('mouseover')); })"
    )
    found = await page.evaluate(
        """(LEADS) => ({
          ran: window.ran ?? null,
          scripts: document.scripts.length,
          foreign: document.querySelectorAll("img, iframe, base, style, object, embed").length,
          handlers: [...document.querySelectorAll("*")].filter((e) =>
            [...e.attributes].some((a) => a.name.startsWith("on") || a.name === "style"
              || a.name.startsWith("hx-on") || a.name === "srcdoc"
              || (LEADS.includes(a.name) && a.value.trim().startsWith("javascript:")))).length,
        })""",
        ["href", "src", "action", "formaction", "xlink:href", "data-hx-get"],
    )
    wanted = {"ran": None, "scripts": 2, "foreign": 0, "handlers": 0}
    return None if found == wanted and not alerts else f"{address}: {found} {alerts}"


def test_no_name_ever_runs(hostile: str, browser: Chrome) -> None:
    async def look(page: Page, addresses: Sequence[str]) -> list[str]:
        alerts: list[str] = []
        page.on("dialog", lambda dialog: alerts.append(dialog.message))
        troubles = [await ran(page, hostile + address, alerts) for address in addresses]
        return [t for t in troubles if t]

    async def text_of(page: Page) -> str:
        await page.goto(f"{hostile}/compare?measure=money")
        return str(await page.locator("main").inner_text())

    assert browser.visit(lambda page: look(page, SHARED)) == []
    # Without the policy nothing but our escaping stands between a name and the browser.
    for part in (SHARED, OWN[::2], OWN[1::2]):
        assert browser.visit(lambda page, p=part: look(page, p), bypass_csp=True) == []  # type: ignore[misc]
    text = browser.visit(text_of)
    assert all(" ".join(name.split())[:20] in text for name in CORPUS), "shown as text"


def test_no_parameter_ever_runs(hostile: str, browser: Chrome) -> None:
    paths = sorted({p.path for p in PAGES if p.methods == ("GET",) and "{" not in p.path})

    async def look(page: Page) -> list[str]:
        alerts: list[str] = []
        page.on("dialog", lambda dialog: alerts.append(dialog.message))
        troubles = []
        for number, text in enumerate(CORPUS):
            for path in paths[number % 4 :: 4]:
                names = [PARAMETERS[(number + n) % len(PARAMETERS)] for n in range(3)]
                query = urlencode([(name, text) for name in names])
                troubles.append(await ran(page, f"{hostile}{path}?{query}", alerts))
        return [t for t in troubles if t]

    assert browser.visit(look, bypass_csp=True) == []
