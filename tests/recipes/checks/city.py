"""A small city in a database, and the pages over it: what the checks of several recipes need."""

import asyncio
from datetime import timedelta

import httpx

from consumers.fold.snapshot import Snapshots
from consumers.web.app import web_app
from consumers.web.progress import take_sample
from infra.clickhouse import Store
from infra.clock import Clock
from infra.settings import FoldSettings, Settings
from schemas.cloudevent import encode
from schemas.payment import payment_event
from tests.consumers.adoption.test_daily import AT, REGISTRY, A, credit
from tests.engine import FixedClock, fold_all, land, migrate, records

FOLD = FoldSettings()


def fill(store: Store) -> None:
    """The schema; five payments of 10,000 đồng in HL1 on 10 June 2026, six refunds a day later."""
    migrate(store)
    land(store, records(REGISTRY, at=AT), shape="registry")
    bodies = [credit(n, A) for n in range(5)]
    bodies += [
        encode(
            payment_event(
                kind="refunded",
                source="/sepay",
                source_transaction_id=f"r{n}",
                occurred_at=AT + timedelta(days=1),
                account=A,
                bank_reference=f"FT{n % 5}",
                compensation_reference=f"R{n}",
                amount_vnd=1_000,
                rail_class="p2p_transfer",
            )
        )
        for n in range(6)
    ]
    land(store, records(bodies, at=AT + timedelta(days=1)))
    fold_all(store)


def pages(store: Store, clock: Clock, *paths: str) -> list[str]:
    """What the pages of these paths say, in English."""
    snapshots = Snapshots(store)
    app = web_app(
        store,
        snapshots,
        clock=clock,
        settings=Settings().web,
        fold_settings=FOLD,
        sample=lambda _: take_sample(store, snapshots, {}, at=clock.now(), settings=FOLD),
        statuses=dict,
        on_crash=lambda: None,
    )

    async def ask() -> list[str]:
        said = []
        async with app.router.lifespan_context(app):
            transport = httpx.ASGITransport(app)
            async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as web:
                for path in paths:
                    answer = await web.get(path, headers={"Accept": "text/html"})
                    assert answer.status_code == 200, (path, answer.text)
                    said.append(answer.text)
        return said

    return asyncio.run(ask())


def after(days: int) -> FixedClock:
    """A clock that stands so many days after the payments."""
    return FixedClock(AT + timedelta(days=days))
