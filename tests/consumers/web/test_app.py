"""The HTTP API over the real store; progress with samples made by hand."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from consumers.fold.snapshot import Snapshots
from consumers.language.language import in_every_language
from consumers.web.app import web_app
from consumers.web.metrics import render_metrics
from consumers.web.progress import LogPosition, Progress, Sample, take_sample
from infra.clickhouse import Store
from infra.errors import Unavailable
from infra.settings import FoldSettings, WebSettings
from tests.consumers.adoption.test_daily import AT, REGISTRY, A, credit
from tests.engine import FixedClock, fold_all, land, records
from tests.patience import patient

T0 = datetime(2026, 6, 20, tzinfo=UTC)
PLACE = ("choso.payments.v1", 0)


def sample(
    seconds: int, *, end: int = 0, stored: int = 0, dirty: int = 0, folded: int | None = None
) -> Sample:
    return Sample(
        at=T0 + timedelta(seconds=seconds),
        lag={PLACE: end - stored},
        positions={PLACE: LogPosition(0, end, stored)},
        days_dirty=dirty,
        newest_folded_at=None if folded is None else T0 + timedelta(seconds=folded),
        rejected={("payment", "not_json"): 2},
        rejected_at=T0,
    )


def troubles(progress: Progress, seconds: int) -> list[str]:
    found = progress.troubles(T0 + timedelta(seconds=seconds))
    return [in_every_language(trouble)["en"] for trouble in found]


def test_a_stuck_sink_is_noticed_and_a_moving_one_is_not() -> None:
    progress = Progress(timedelta(seconds=20))
    assert troubles(progress, 0) == ["not yet looked: –"]
    for seconds in range(0, 30, 2):
        progress.saw(sample(seconds, end=100 + seconds, stored=seconds))
        assert troubles(progress, seconds) == []
    for seconds in range(30, 50, 2):
        progress.saw(sample(seconds, end=200, stored=28))
    [said] = troubles(progress, 50)
    assert said.startswith("sink: 172 records wait")
    progress.saw(sample(52, end=200, stored=200))
    assert troubles(progress, 500) == []


def test_a_stuck_fold_is_noticed_and_an_idle_one_is_not() -> None:
    progress = Progress(timedelta(seconds=20))
    progress.saw(sample(0, dirty=3, folded=-5))
    progress.saw(sample(10, dirty=3, folded=-5))
    assert troubles(progress, 19) == []
    [said] = troubles(progress, 21)
    assert said.startswith("fold: 3 days wait")
    progress.saw(sample(22, dirty=2, folded=21))
    assert troubles(progress, 23) == []
    progress.saw(sample(24))
    assert troubles(progress, 900) == []


def test_a_part_that_does_not_answer_is_named() -> None:
    progress = Progress(timedelta(seconds=20))
    progress.saw(sample(0))
    progress.could_not_look("store: gone", T0 + timedelta(seconds=5))
    assert troubles(progress, 10) == []
    assert troubles(progress, 30) == ["cannot look since 07:00 20/06/2026: store: gone"]


def test_metrics_have_their_names_and_values() -> None:
    progress = Progress(timedelta(seconds=20))
    progress.saw(sample(0, end=5, stored=5, folded=-1))
    progress.saw(sample(10, end=50, stored=20, dirty=1, folded=5))
    text = render_metrics(
        progress,
        {"sink": {"batch_records": 7, "batch_ms": 1.5}, "verify": {"ok": True}},
        now_s=(T0 + timedelta(seconds=14)).timestamp(),
    ).decode()
    assert 'choso_lag_records{partition="0",topic="choso.payments.v1"} 30.0' in text
    assert "choso_oldest_unprocessed_age_seconds 4.0" in text
    assert 'choso_rejected_records{reason="not_json",shape="payment"} 2.0' in text
    assert "choso_fold_age_seconds 9.0" in text
    assert "choso_sink_batch_records 7.0" in text
    assert "choso_verify_ok 1.0" in text


@asynccontextmanager
async def client(store: Store, look: Any = None) -> AsyncIterator[httpx.AsyncClient]:
    crashes: list[int] = []
    snapshots = Snapshots(store)
    app = web_app(
        store,
        snapshots,
        clock=FixedClock(),
        settings=WebSettings(sample_ms=50),
        fold_settings=FoldSettings(),
        sample=look
        or (
            lambda _: take_sample(
                store, snapshots, {}, at=FixedClock().now(), settings=FoldSettings()
            )
        ),
        statuses=dict,
        on_crash=lambda: crashes.append(1),
    )
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as made:
            yield made
    assert crashes == []


@pytest.fixture
def filled(store: Store) -> Store:
    land(store, records(REGISTRY, at=AT), shape="registry")
    land(store, records([credit(n, A) for n in range(4)], at=AT + timedelta(hours=1)))
    fold_all(store)
    return store


DAILY = "/v1/adoption/daily?from=2026-06-10&to=2026-06-10"


async def test_daily_figures_and_their_definition(filled: Store) -> None:
    async with client(filled) as web:
        answer = (await web.get(DAILY)).json()
        assert answer["rows"][0]["payment_count"] == 4
        assert answer["rows"][0]["paid_share"] == 1 / 200
        assert "paid_share" in answer["definition"]
        assert answer["is_complete"] is True
        known = await web.get(DAILY + "&known_on=2026-06-10T02:30:00Z")
        assert known.json()["rows"] == []
        assert len((await web.get(DAILY + "&by=vendor&vendor=V1")).json()["rows"]) == 1
        assert (await web.get(DAILY + "&limit=1&offset=1")).json()["rows"] == []


@pytest.mark.parametrize(
    "query",
    [
        "?from=2026-06-11&to=2026-06-10",
        "?from=nonsense",
        "?by=stall",
        "?limit=0",
        "?limit=1000001",
        "?known_on=2026-06-10T02:30:00",
        "?vendor=V1&by=market",
        "?from=1990-01-01&to=2026-01-01",
        "?market=" + "x" * 49,
    ],
)
async def test_requests_that_cannot_be_are_named(filled: Store, query: str) -> None:
    async with client(filled) as web:
        answer = await web.get("/v1/adoption/daily" + query)
        assert answer.status_code == 422
        assert answer.json()["detail"]


async def test_payments_by_id_and_what_is_not_there(filled: Store) -> None:
    async with client(filled) as web:
        [story] = (await web.get(f"/v1/payments/{A}:FT1")).json()
        assert story["counted"][0]["measure"] == "payment"
        missing = await web.get("/v1/payments/none")
        assert missing.status_code == 404
        assert "no evidence" in missing.json()["detail"]


async def test_a_reference_with_a_slash_is_a_payment_id(store: Store) -> None:
    body = credit(1, A).replace(b'"bank_reference":"FT1"', b'"bank_reference":"FT1/26/6"')
    land(store, records([body], at=AT))
    async with client(store) as web:
        for path in (f"{A}:FT1/26/6", f"{A}:FT1%2F26%2F6", "ft1/26/6"):
            [story] = (await web.get(f"/v1/payments/{path}")).json()
            assert story["payment_id"] == f"{A}:FT1/26/6"


async def test_ready_when_looked_and_not_while_nothing_answers(filled: Store) -> None:
    async with client(filled) as web:
        await _until_ready(web)
        assert (await web.get("/readyz")).json() == {"ready": True, "troubles": []}
        assert "choso_dirty_days 0.0" in (await web.get("/metrics")).text
        assert (await web.get("/healthz")).json() == {"status": "ok"}

    def away(_: Sample | None) -> Sample:
        raise Unavailable("kafka: gone")

    async with client(filled, away) as web:
        answer = await web.get("/readyz")
        assert answer.status_code == 503
        assert answer.json()["ready"] is False


async def _until_ready(web: httpx.AsyncClient) -> None:
    async with asyncio.timeout(patient(5)):
        while (await web.get("/readyz")).status_code != 200:
            await asyncio.sleep(0.05)


async def test_every_answer_is_described_with_an_example(filled: Store) -> None:
    async with client(filled) as web:
        document = (await web.get("/openapi.json")).json()
    assert document["components"]["schemas"]["DailyAnswer"]["example"]["rows"]
    for path in ("/v1/adoption/daily", "/v1/payments/{payment_id}", "/readyz", "/metrics"):
        assert document["paths"][path]["get"]["summary"]
