"""The report of the recipe is made, and is verified from its own file."""

import sys
from contextlib import nullcontext
from pathlib import Path

from consumers.adoption.privacy.suppress import REASON
from consumers.language.language import languages
from consumers.reports.catalogue import REPORTS, make_document
from consumers.reports.formats import RENDER
from consumers.reports.report import Sources
from consumers.reports.verify import verify
from tests.consumers.adoption.test_daily import AT
from tests.parts import store_client
from tests.recipes.checks.city import FOLD, after, fill

with store_client(sys.argv[1]) as store:
    fill(store)
    now = after(days=2).now()
    sources = Sources(
        store=lambda: nullcontext(store), evaluations=Path("nowhere"), now=now, fold=FOLD
    )
    params = {"day": AT.date().isoformat(), "known": now.isoformat(), "issuer": "B", "place": "H"}
    document = make_document(sources, "census", params)
    data = RENDER["html"](document, "en")
    # A city of one vendor: what the report says of it is withheld, and it says so.
    assert "– of – stalls have one" in data.decode()
    assert {fact.reason for fact in document.facts.values()} == {REASON}
    found = verify(
        data,
        "html",
        subject="census",
        build=lambda payload: make_document(sources, payload.kind, payload.params),
    )
    assert found.ok, found
    assert languages()["en"].render(REPORTS["census"].title) == "report on the census"
