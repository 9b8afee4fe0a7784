"""M5: the ten tasks of an analyst (docs/tasks.md), done by a script and counted in clicks."""

import csv
import io
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.async_api import Page

from consumers.adoption.question.periods import RUNNING
from consumers.language.language import languages
from tests.patience import patient
from tests.web.browser import Chrome

VI = languages()["vi"]
CLICKS_MAX = 3
TWO_WEEKS = "from=2026-06-03&to=2026-06-16"


@dataclass
class Walk:
    """A person who begins on the overview; every click and every choice from a list is counted."""

    page: Page
    site: str
    clicks: int = 0

    async def click(self, selector: str) -> None:
        self.clicks += 1
        await self.page.locator(selector).first.click()
        await self.page.wait_for_load_state("load")

    async def choose(self, selector: str, value: str) -> None:
        self.clicks += 1
        await self.page.select_option(selector, value)

    async def read(self, selector: str) -> str:
        """The words there, as a person sees them."""
        return " ".join((await self.page.locator(selector).first.inner_text()).split())


def api(site: str, path: str) -> Any:
    return httpx.get(f"{site}/v1/adoption/{path}", timeout=patient(60)).json()


async def headline(walk: Walk) -> None:
    """1: how many are active, and how sure is that?"""
    [row] = api(walk.site, "activity?by=all")["rows"]
    sentence, proof = await walk.read(".headline .sentence"), await walk.read(".headline .proof")
    assert VI.share(row["active"]["value"]) in sentence
    assert VI.interval(row["active"]["low"], row["active"]["high"]) in proof
    assert VI.number(row["active"]["denominator"]) in proof


async def most_changed(walk: Walk) -> None:
    """2: which market changed most? The city is too young for four weeks against four: ask two."""
    await walk.page.goto(f"{walk.site}/?{TWO_WEEKS}")
    path = f"growth?by=market&{TWO_WEEKS}"
    rows = [r for r in api(walk.site, path)["rows"] if r["against"] == "previous"]
    known = [r for r in rows if r["group"] and r["growth_vnd_per_open_day"]["value"] is not None]
    first = await walk.read("section[aria-labelledby=changed] li")
    top = max(known, key=lambda r: abs(r["growth_vnd_per_open_day"]["value"]))
    assert top["group_name"] in first
    assert VI.share(abs(top["growth_vnd_per_open_day"]["value"])) in first


async def incomplete(walk: Walk) -> None:
    """3: what is incomplete, and why?"""
    text = await walk.read("section[aria-labelledby=incomplete]")
    assert VI.say("The running week enters no comparison") in text
    assert VI.render(RUNNING) in text


async def largest_loss(walk: Walk) -> None:
    """4: at which step does HL1 lose most stalls?"""
    [row] = [r for r in api(walk.site, "ladder?market=HL1")["rows"] if r["group"] == "HL1"]
    steps = ["census", "equipped", "paid_ever", "active", "habitual"]
    counts = [row[step]["value"] for step in steps]
    lost = max(a - b for a, b in pairwise(counts))
    assert VI.number(lost) in await walk.read("#ladder-HL1 figcaption p")
    await walk.click("#ladder-HL1 summary")
    shown = re.findall(
        r"\d+", " ".join(await walk.page.locator("#ladder-HL1 td.n:nth-child(2)").all_inner_texts())
    )
    assert [int(text) for text in shown] == counts


async def compare(walk: Walk) -> None:
    """5: where does HL1 stand against the others?"""
    await walk.click('nav a[href^="/compare"]')
    rows = {r["group"]: r for r in api(walk.site, "activity?by=market")["rows"]}
    line = await walk.read('#compare tr:has(a[href^="/markets/HL1"])')
    assert VI.share(rows["HL1"]["active"]["value"]) in line
    assert VI.interval(rows["HL1"]["active"]["low"], rows["HL1"]["active"]["high"]) in line


async def take_along(walk: Walk) -> None:
    """6: the ladder of HL1 as CSV."""
    async with walk.page.expect_download() as started:
        await walk.page.locator("#ladder-HL1 .links a", has_text="CSV").click()
        walk.clicks += 1
    path = await (await started.value).path()
    [row] = list(csv.DictReader(io.StringIO(Path(path).read_text(encoding="utf-8"))))
    assert row["group"] == "HL1"
    [wanted] = api(walk.site, "ladder?market=HL1")["rows"]
    assert float(row["equipped"]) == wanted["equipped"]["value"]


async def definition(walk: Walk) -> None:
    """7: what does `active` count, and by which statement?"""
    await walk.click(".headline .proof a")
    assert walk.page.url.endswith("/definitions#activity")
    text = await walk.read("#activity dl")
    assert "active_payments_min" in text
    await walk.click("#activity summary:has-text('window_payers.sql')")
    assert "SELECT" in await walk.read("#activity details[open] pre")


async def silent_vendor(walk: Walk) -> None:
    """8: who was longest not paid, and how did he do before?"""
    await walk.click("#ladder-HL1 .finding a")
    await walk.click(f"#vendors a:has-text('{VI.say('longest without a payment first')}')")
    days = await walk.page.locator("#vendors tbody td:nth-child(5)").all_inner_texts()
    order = [tuple(reversed(day.split("/"))) for day in days]
    assert order == sorted(order)
    await walk.click("#vendors tbody th a")
    # The list is of complete days; the page of the vendor also knows of today.
    last = re.search(r"(\d\d)/(\d\d)/(\d{4})", await walk.read(".headline .proof"))
    assert last is not None
    assert tuple(reversed(last.groups())) >= order[0]
    assert await walk.page.locator("#days svg").count() == 2


async def fourth_week(walk: Walk) -> None:
    """9: how many of HL1's vendors are still paid in the fourth week?"""
    await walk.click('nav a[href^="/retention"]')
    async with walk.page.expect_response(lambda answer: "market=HL1" in answer.url):
        await walk.choose("#market", "HL1")
    await walk.page.wait_for_url("**market=HL1**")
    rows = api(walk.site, "retention?market=HL1&grain=week&from=2026-05-11&to=2026-06-21")["rows"]
    known = [r["w4"] for r in rows if r["w4"]["value"] is not None]
    share = sum(w["numerator"] for w in known) / sum(w["denominator"] for w in known)
    await walk.page.wait_for_timeout(200)
    assert VI.whole_share(share) in await walk.read("#retention .finding")


async def evidence(walk: Walk) -> None:
    """10: which evidence is behind a payment of a vendor?"""
    await walk.click("#ladder-HL1 .finding a")
    await walk.click("#vendors tbody th a")
    amount = await walk.read("main .columns table tbody td.n")
    await walk.click("main .columns table tbody th a")
    assert amount in await walk.read("dl.facts")
    address = walk.page.url.replace("/payments/", "/v1/payments/")
    story = httpx.get(address, timeout=patient(60)).json()
    rows = await walk.page.locator("main table").first.locator("tbody tr").count()
    assert rows == len(story[0]["evidence"]) > 0


TASKS: list[Callable[[Walk], Awaitable[None]]] = [
    headline,
    most_changed,
    incomplete,
    largest_loss,
    compare,
    take_along,
    definition,
    silent_vendor,
    fourth_week,
    evidence,
]


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.__name__)
def test_a_task_takes_at_most_three_clicks(
    site: str, browser: Chrome, task: Callable[[Walk], Awaitable[None]]
) -> None:
    async def do(page: Page) -> int:
        await page.goto(f"{site}/")
        walk = Walk(page, site)
        await task(walk)
        return walk.clicks

    assert browser.visit(do) <= CLICKS_MAX


def test_the_page_of_tasks_names_all_ten() -> None:
    page = Path(__file__).parents[2] / "docs" / "tasks.md"
    rows = re.findall(r"^\| (\d+) \|.*\| (\d) \|$", page.read_text(encoding="utf-8"), re.MULTILINE)
    assert [int(number) for number, _ in rows] == list(range(1, len(TASKS) + 1))
    assert all(int(clicks) <= CLICKS_MAX for _, clicks in rows)
