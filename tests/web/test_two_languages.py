"""Every page in both languages: no word and no number of the other, and the same numbers."""

import pytest
from playwright.async_api import Page

from consumers.adoption.metrics.catalogue import METRICS
from infra.clickhouse import Store
from tests.both_languages import numbers, strangers
from tests.web.browser import Chrome
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


def addresses(path: str, city: Store) -> list[str]:
    """Of the page; of a metric's rows, those of every metric."""
    if path == "/figures/{metric}":
        return [f"/figures/{name}" for name in METRICS]
    return [address_of(path, names_in(city))]


@pytest.mark.parametrize("path", sorted(set(GET_PATHS) - LEADS_ON))
def test_a_page_speaks_one_language_at_a_time(
    site: str, city: Store, browser: Chrome, proper_names: list[str], path: str
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
        assert (strangers(vi, "vi", proper_names), strangers(en, "en", proper_names)) == ([], [])
        assert numbers(vi, "vi") == numbers(en, "en"), numbers(vi, "vi") ^ numbers(en, "en")
