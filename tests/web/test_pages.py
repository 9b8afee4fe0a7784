"""M5 on every page: no violation of axe, light and dark and small; no scripts needed; nothing
wider than a small screen; nothing that the page's own policy forbids."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

from consumers.web.pages import PAGES
from infra.clickhouse import Store
from tests.web.browser import SMALL, Chrome
from tests.web.city import YESTERDAY

# An address of each page; a page that is new fails until it has one here.
ADDRESSES = {
    "/": "/",
    "/compare": "/compare?measure=active",
    "/retention": "/retention?market=HL1",
    "/evaluation": "/evaluation",
    "/evaluation/{plan}": "/evaluation/thi-diem",
    "/forecast": "/forecast?market=HL1&target=80",
    "/plan": "/plan?teams=4&from=2026-07-06&to=2026-12-27",
    "/reports": "/reports",
    "/health": "/health",
    "/alerts": "/alerts",
    "/definitions": "/definitions",
    "/docs": "/docs",
    "/figures/{metric}": "/figures/ladder",
    "/markets/{market}": "/markets/HL1",
    "/vendors/{vendor}": "/vendors/{vendor}",
    "/payments/{payment_id:path}": "/payments/{payment}",
    "/sign-in": "/sign-in",
}
# With sign-in off the form leads on; test_golden looks at it where it is on.
LEADS_ON = frozenset({"/sign-in"})
GET_PATHS = sorted({page.path for page in PAGES if page.methods == ("GET",)})
AXE_SCRIPT = Axe().axe_script


@pytest.fixture(scope="session")
def names(city: Store) -> dict[str, str]:
    """A vendor and a payment that are there."""
    return names_in(city)


def names_in(city: Store) -> dict[str, str]:
    """The best paid vendor of HL1 and his first payment of yesterday."""
    [(vendor, account, reference)] = city.query(
        """
        SELECT l.vendor, lower(hex(p.account)), p.bank_reference
        FROM payment(first_day = {day:Date}, last_day = {day:Date}, window_days = 15,
            known_at = '2100-01-01 00:00:00') AS p
        JOIN registry_link(known_at = '2100-01-01 00:00:00') AS l
            ON l.key = lower(hex(p.account)) AND l.method = 'account'
        WHERE l.vendor LIKE 'HL1-V%' AND p.status = 'settled' AND p.payment_day = {day:Date}
        ORDER BY count() OVER (PARTITION BY l.vendor) DESC, p.occurred_at, p.bank_reference LIMIT 1
        """,
        {"day": YESTERDAY},
    )
    return {"vendor": vendor, "payment": f"{account}:{reference}"}


def address_of(path: str, names: dict[str, str]) -> str:
    """The address of the page with this path."""
    return ADDRESSES[path].format(**names)


def test_every_page_has_an_address_here() -> None:
    assert set(GET_PATHS) == set(ADDRESSES)


@pytest.mark.parametrize("path", GET_PATHS)
def test_a_page_keeps_all_rules_at_once(
    site: str, browser: Chrome, names: dict[str, str], path: str
) -> None:
    """One visit for all of them, and one without scripts: a browser is slow to start."""
    address = site + address_of(path, names)

    async def look(page: Page) -> dict[str, Any]:
        said: list[str] = []
        page.on("console", lambda message: said.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: said.append(f"error: {error}"))
        answer = await page.goto(address, wait_until="load")
        assert answer is not None
        found: dict[str, Any] = {"status": answer.status, "console": said}
        found["text"] = await page.locator("main").text_content()
        await page.evaluate(AXE_SCRIPT)
        found["light"] = await violations(page)
        await page.emulate_media(color_scheme="dark")
        found["dark"] = await violations(page)
        await page.emulate_media(color_scheme="light")
        await page.set_viewport_size(SMALL)  # type: ignore[arg-type]
        found["small"] = await violations(page)
        found["width"] = await page.evaluate("document.documentElement.scrollWidth")
        found["landmarks"] = await page.evaluate(LANDMARKS)
        return found

    found = browser.visit(look)
    assert found["status"] == 200
    assert found["console"] == []
    for where in ("light", "dark", "small"):
        assert found[where] == [], json.dumps(found[where], indent=1, ensure_ascii=False)
    assert found["width"] <= SMALL["width"], "something is wider than the screen"
    marks = found["landmarks"]
    assert marks["main"] == marks["h1"] == marks["header"] == marks["footer"] == 1
    assert marks["lang"] == "vi"
    assert marks["images"] == marks["named"], "a chart without a name"
    assert marks["tables"], "a chart has no table under it"
    if path not in LEADS_ON:  # all figures are there when nothing runs: the same text
        plain = browser.visit(text_of(address), java_script_enabled=False)
        assert quiet(plain) == quiet(found["text"])
        assert len(plain) > 100


def text_of(address: str) -> Callable[[Page], Awaitable[str]]:
    """Gives what a page says."""

    async def text(page: Page) -> str:
        await page.goto(address, wait_until="load")
        return str(await page.locator("main").text_content())

    return text


def quiet(said: str) -> str:
    """Without what only scripts show: the button of the clock."""
    return " ".join(said.replace("Tạm dừng", "").split())


LANDMARKS = """() => {
  const count = (selector) => document.querySelectorAll(selector).length;
  const figures = [...document.querySelectorAll("figure")].filter((f) => f.querySelector("svg"));
  return {
    main: count("main"), h1: count("h1"), header: count("body > header"), footer: count("footer"),
    lang: document.documentElement.lang,
    images: count("svg"), named: count("svg[role=img] > title + desc"),
    tables: figures.every((f) => f.querySelector("table caption")),
  };
}"""


async def violations(page: Page) -> list[dict[str, Any]]:
    """What axe-core finds, shortened to what a person needs to mend it; it is in the page."""
    found = await page.evaluate(VIOLATIONS)
    return [
        {
            "rule": broken["id"],
            "help": broken["help"],
            "nodes": [node["html"][:200] for node in broken["nodes"][:3]],
        }
        for broken in found
    ]


VIOLATIONS = """
() => axe.run(document, {resultTypes: ["violations"]}).then((found) => found.violations)
"""


def test_filters_work_without_scripts_and_make_the_same_address(site: str, browser: Chrome) -> None:
    """A state is an address: by the form alone, and by htmx."""

    async def by_form(page: Page) -> tuple[str, str]:
        await page.goto(f"{site}/retention")
        await page.select_option("#market", "HL2")
        await page.click("form.filters button")
        return page.url, str(await page.locator("#figures").inner_text())

    async def by_htmx(page: Page) -> tuple[str, str]:
        await page.goto(f"{site}/retention")
        async with page.expect_response(lambda answer: "market=HL2" in answer.url):
            await page.select_option("#market", "HL2")
        await page.wait_for_url("**market=HL2**")
        await page.wait_for_timeout(200)
        return page.url, str(await page.locator("#figures").inner_text())

    plain = browser.visit(by_form, java_script_enabled=False)
    moved = browser.visit(by_htmx)
    assert "market=HL2" in plain[0]
    assert moved[0] == plain[0]
    assert moved[1] == plain[1]


def test_the_keyboard_reaches_the_content_and_every_link(site: str, browser: Chrome) -> None:
    async def press(page: Page) -> tuple[str, str, bool]:
        await page.goto(f"{site}/")
        await page.keyboard.press("Tab")
        first = str(await page.evaluate("document.activeElement.className"))
        await page.keyboard.press("Enter")
        place = str(await page.evaluate("document.activeElement.id"))
        await page.keyboard.press("Tab")
        is_inside = bool(await page.evaluate("!!document.activeElement.closest('main')"))
        return first, place, is_inside

    assert browser.visit(press) == ("skip", "main", True)


def test_a_page_prints_with_its_tables_and_without_its_buttons(site: str, browser: Chrome) -> None:
    async def printed(page: Page) -> dict[str, Any]:
        await page.goto(f"{site}/")
        await page.emulate_media(media="print", color_scheme="dark")
        return {
            "nav": await page.locator("nav.pages").is_visible(),
            "links": await page.locator("ul.links").first.is_visible(),
            "table": await page.locator("figure table").first.is_visible(),
            "paper": await page.evaluate("getComputedStyle(document.body).backgroundColor"),
            "bytes": len(await page.pdf(format="A4")),
        }

    found = browser.visit(printed)
    assert (found["nav"], found["links"], found["table"]) == (False, False, True)
    assert found["paper"] == "rgb(255, 255, 255)"
    assert found["bytes"] > 10_000
