"""GET /v1/adoption/METRIC over the real store: shapes, tags, pages, formats, refusals."""

import csv
import io
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pyarrow.parquet as pq
import pytest

from consumers.adoption.metrics.catalogue import METRICS
from consumers.adoption.render.flat import columns_of
from consumers.fold.snapshot import Snapshots
from consumers.web.api.adoption import matches
from consumers.web.api.adoption_shapes import answer_model, example_of
from consumers.web.app import web_app
from consumers.web.progress import take_sample
from infra.clickhouse import Store
from infra.settings import FoldSettings, WebSettings
from tests.consumers.adoption.test_daily import REGISTRY as FACTS
from tests.consumers.adoption.test_daily import A, credit
from tests.engine import FixedClock, fold_all, land, migrate, records
from tests.parts import store_client

AT = datetime(2026, 6, 8, 2, tzinfo=UTC)  # a Monday
DAYS = "from=2026-06-08&to=2026-06-10"
SETTINGS = WebSettings(answer_age_s_max=0.001)


@pytest.fixture(scope="module")
def filled(store_dsn: str) -> Iterator[Store]:
    with store_client(store_dsn) as root:
        root.command("CREATE DATABASE adoption_api")
        with store_client(store_dsn.removesuffix("/default") + "/adoption_api") as store:
            migrate(store)
            land(store, records(FACTS, at=AT), shape="registry")
            bodies = [credit(n, A, AT + timedelta(days=n % 3)) for n in range(9)]
            land(store, records(bodies, at=AT + timedelta(days=4)))
            fold_all(store)
            yield store
        root.command("DROP DATABASE adoption_api")


@asynccontextmanager
async def client(store: Store, clock: FixedClock) -> AsyncIterator[httpx.AsyncClient]:
    snapshots = Snapshots(store)
    app = web_app(
        store,
        snapshots,
        clock=clock,
        settings=SETTINGS,
        fold_settings=FoldSettings(),
        sample=lambda _: take_sample(store, snapshots, {}, at=clock.now(), settings=FoldSettings()),
        statuses=dict,
        on_crash=lambda: None,
    )
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as made:
            yield made


@pytest.fixture
async def web(filled: Store) -> AsyncIterator[httpx.AsyncClient]:
    async with client(filled, FixedClock()) as made:
        yield made


@pytest.mark.parametrize("name", METRICS)
async def test_answers_fit_their_model_and_so_does_the_example(
    web: httpx.AsyncClient, name: str
) -> None:
    model = answer_model(name, METRICS[name])
    answer = (await web.get(f"/v1/adoption/{name}?{DAYS}")).json()
    model.model_validate(answer)
    assert answer["rows"] or name == "retention"
    example = example_of(name, METRICS[name])
    model.model_validate(example)
    for row in answer["rows"]:
        assert row.keys() == example["rows"][0].keys()
    said = (await web.get("/openapi.json")).json()["paths"][f"/v1/adoption/{name}"]["get"]
    assert said["responses"]["200"]["content"]["application/json"]["example"] == example
    assert answer["cut_off_at"] == "2026-06-12T02:00:00.000Z"
    assert answer["definition"]["text"] == METRICS[name].definition.text


async def test_a_tag_holds_until_something_changes(filled: Store) -> None:
    url = f"/v1/adoption/intensity?{DAYS}"
    async with client(filled, FixedClock()) as web:
        first = await web.get(url)
        tag = {"If-None-Match": first.headers["ETag"]}
        again = await web.get(url, headers=tag)
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["ETag"] == first.headers["ETag"]
        for other in (f"{url}&by=kind", f"{url}&limit=1", f"{url}&format=csv"):
            assert (await web.get(other, headers=tag)).status_code == 200
        land(filled, records([credit(100, A, AT)], first=100, at=AT + timedelta(days=4)))
        waiting = await web.get(url, headers=tag)
        assert waiting.status_code == 200
        assert waiting.json()["is_complete"] is False
        fold_all(filled)
        folded = await web.get(url, headers={"If-None-Match": waiting.headers["ETag"]})
        assert folded.status_code == 200
        assert total(folded.json()) == total(first.json()) + 1
    late = FixedClock(FixedClock().now() + timedelta(days=1))
    async with client(filled, late) as web:  # another day: what is complete may have changed
        tag = {"If-None-Match": folded.headers["ETag"]}
        assert (await web.get(url, headers=tag)).status_code == 200


def total(answer: dict[str, Any]) -> int:
    return sum(row["payment_count"]["value"] for row in answer["rows"])


def test_tags_of_a_header() -> None:
    assert matches('W/"a", "b"') >= {'"a"', '"b"'}


async def test_pages_link_to_the_next_and_sum_to_the_whole(web: httpx.AsyncClient) -> None:
    url = f"/v1/adoption/intensity?{DAYS}&grain=day&market=HL1"
    whole = (await web.get(url)).json()["rows"]
    assert len(whole) == 3
    found: list[Any] = []
    link: str | None = f"{url}&limit=2"
    while link:
        page = await web.get(link)
        found += page.json()["rows"]
        link = page.json()["next"]
        assert ("Link" in page.headers) == (link is not None)
    assert found == whole


async def test_downloads_hold_the_same_rows(web: httpx.AsyncClient) -> None:
    url = f"/v1/adoption/intensity?{DAYS}"
    answer = (await web.get(url)).json()
    table = await web.get(f"{url}&format=csv")
    assert table.headers["Content-Disposition"] == 'attachment; filename="intensity.csv"'
    rows = list(csv.DictReader(io.StringIO(table.text)))
    assert list(rows[0]) == columns_of(METRICS["intensity"].row)
    parquet = pq.read_table(io.BytesIO((await web.get(f"{url}&format=parquet")).content))
    for index, row in enumerate(answer["rows"]):
        assert rows[index]["payment_vnd"] == str(row["payment_vnd"]["value"])
        assert parquet["payment_vnd"][index].as_py() == row["payment_vnd"]["value"]
    assert b'"cut_off_at"' in parquet.schema.metadata[b"choso"]


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("intensity?by=stall", "must be one of"),
        ("intensity?grain=hour", "must be one of"),
        ("intensity?kind=bank", "must be one of"),
        ("intensity?at=2026-06-10&to=2026-06-09", "at:"),
        ("intensity?from=2026-06-10&to=2026-06-09", "is after"),
        ("intensity?known_on=2026-06-10T00:00:00", "time zone"),
        ("intensity?known_on=2036-06-10T00:00:00Z", "future"),
        ("intensity?market=" + "x" * 49, "longer than any code"),
        ("intensity?threshold=nothing=1", "must be one of active_payments_min, "),
        ("intensity?threshold=k_payers_min=x", "not a number"),
        ("intensity?threshold=k_payers_min=0", "between"),
        ("intensity?by=vendor&is_shared=true", "never shared"),
        ("intensity?by=all&market=HL1&is_shared=true", "all markets only"),
        ("health?is_shared=true", "for the house"),
    ],
)
async def test_what_cannot_be_answered_is_said(
    web: httpx.AsyncClient, path: str, said: str
) -> None:
    answer = await web.get(f"/v1/adoption/{path}")
    assert answer.status_code == 422
    told = answer.json()
    assert said in told["detail"] and told["code"].startswith("refused.")
    vietnamese = (await web.get(f"/v1/adoption/{path}&lang=vi")).json()
    assert vietnamese["code"] == told["code"] and vietnamese["detail"] != told["detail"]


@pytest.mark.parametrize("text", ["HL1' OR 1=1 --", "{ask:String}", "\\", "x'); DROP TABLE x"])
async def test_words_never_become_sql(web: httpx.AsyncClient, text: str) -> None:
    for name in METRICS:
        words = {"market": text, "vendor": text, "at": "2026-06-10"}
        answer = await web.get(f"/v1/adoption/{name}", params=words)
        assert answer.status_code == 200, (name, answer.text)
    answer = await web.get(f"/v1/adoption/intensity?{DAYS}")
    assert total(answer.json()) >= 9
