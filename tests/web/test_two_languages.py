"""Every page in both languages: no word and no number of the other, and the same numbers."""

from csv import DictReader
from pathlib import Path

import pytest
from playwright.async_api import Page

from consumers.adoption.metrics.catalogue import METRICS
from consumers.evaluation.plan import Plan, parse_plan
from consumers.web.studies import CANDIDATES
from infra.clickhouse import Store
from tests.both_languages import numbers, strangers
from tests.web.browser import Chrome
from tests.web.papers import PLAN, REFUSED
from tests.web.test_pages import GET_PATHS, LEADS_ON, address_of, names_in

# All that is shown or read out, but code, and what says that it is in another language.
TEXT = """() => {
  const left_out = "script, style, code, pre, [data-names], [lang]:not(html)";
  for (const each of document.querySelectorAll(left_out)) each.remove();
  const texts = [document.title];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) texts.push(walk.currentNode.data);
  for (const name of ["title", "aria-label", "alt", "placeholder"])
    for (const each of document.querySelectorAll(`[${name}]`)) texts.push(each.getAttribute(name));
  return texts.join(" \\n").replace(/\\s+/g, " ");
}"""
NAMES = """
SELECT DISTINCT name FROM registry_fact WHERE name IS NOT NULL
UNION ALL SELECT DISTINCT coalesce(area, '') FROM registry_fact
UNION ALL SELECT DISTINCT coalesce(product, '') FROM registry_fact
"""


@pytest.fixture(scope="module")
def names(city: Store, data_dir: Path) -> list[str]:
    """Of markets, people, wards and goods; and what people called plans and candidates."""
    with (data_dir / CANDIDATES).open(encoding="utf-8") as file:
        sites = [row[column] for row in DictReader(file) for column in ("code", "name", "ward")]
    titles = [plan.title for plan in map(parse_plan_text, (PLAN, REFUSED))]
    return [*(name for (name,) in city.query(NAMES)), *sites, *titles]


def parse_plan_text(text: str) -> Plan:
    return parse_plan(text, subject="plan")


def addresses(path: str, city: Store) -> list[str]:
    """Of the page; of a metric's rows, those of every metric."""
    if path == "/figures/{metric}":
        return [f"/figures/{name}" for name in METRICS]
    return [address_of(path, names_in(city))]


@pytest.mark.parametrize("path", sorted(set(GET_PATHS) - LEADS_ON))
def test_a_page_speaks_one_language_at_a_time(
    site: str, city: Store, browser: Chrome, names: list[str], path: str
) -> None:
    async def read(page: Page) -> list[tuple[str, str]]:
        found = []
        for address in addresses(path, city):
            texts = []
            for code in ("vi", "en"):
                await page.goto(f"{site}{address}{'&' if '?' in address else '?'}lang={code}")
                if await page.locator("[data-live-from]").count():
                    await page.wait_for_selector(".pip.on")
                texts.append(str(await page.evaluate(TEXT)))
            found.append((texts[0], texts[1]))
        return found

    for vi, en in browser.visit(read):
        assert (strangers(vi, "vi", names), strangers(en, "en", names)) == ([], [])
        assert numbers(vi, "vi") == numbers(en, "en"), numbers(vi, "vi") ^ numbers(en, "en")
