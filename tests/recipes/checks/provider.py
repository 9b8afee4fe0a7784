"""What the recipe's provider sends is accepted once it is signed, and once."""

import asyncio
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import httpx
from fastapi import FastAPI

from infra.settings import GatewaySettings
from producers.providers import PROVIDERS
from producers.webhooks.provider import Sample, Secret
from producers.webhooks.route import Webhooks, add_webhooks
from producers.webhooks.sources import AgreedSource, AgreedSources
from tests.producers.parts import KEY, PREFIX, Kept, StandingClock

kept = Kept()
provider, secret = PROVIDERS["maupay"], Secret(b"agreed with them")
sources = AgreedSources(Path(tempfile.mkdtemp()))
sources.put(AgreedSource("maupay", provider, None, (secret,)))
app = FastAPI()
add_webhooks(
    app,
    kept.as_publisher(),
    GatewaySettings(),
    webhooks=Webhooks(sources, lambda: KEY, lambda source, outcome, number: None),
    clock=StandingClock(),
    topic_prefix=PREFIX,
)
said = Sample("92704", "FT26328451290", datetime(2026, 11, 24, 7, tzinfo=UTC), 45_000, "0123", "")


async def post(key: Secret) -> httpx.Response:
    sent = provider.sample(key, said)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as web:
        return await web.post("/v1/webhooks/maupay", content=sent.body, headers=dict(sent.headers))


assert asyncio.run(post(Secret(b"of somebody else"))).status_code == 401
for _ in range(2):
    assert asyncio.run(post(secret)).json() == {"ok": True}
assert kept.records[0] == kept.records[1], "sent again it is the same event"
