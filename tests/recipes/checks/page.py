"""The page of the recipe is served, and stands in the navigation."""

import sys

from tests.parts import store_client
from tests.recipes.checks.city import after, fill, pages

with store_client(sys.argv[1]) as store:
    fill(store)
    page, overview = pages(store, after(days=2), "/open-today?lang=en", "/definitions?lang=en")
    assert '<a href="/markets/HL1">Chợ Hạ Long I</a>: open' in page
    assert '<a href="/open-today?lang=en">Open today</a>' in overview
