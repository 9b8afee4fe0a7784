"""What the recipe says that a provider sends is accepted, with its key alone, and once."""

import asyncio
import sys

import httpx
from pydantic import SecretStr

from infra.settings import GatewaySettings
from producers.gateway import gateway_app
from tests.producers.parts import PREFIX, Kept, StandingClock

kept = Kept()
app = gateway_app(
    kept.as_publisher(),
    GatewaySettings(keys=SecretStr("k1")),
    keys=["k1"],
    clock=StandingClock(),
    topic_prefix=PREFIX,
)


async def post(key: str) -> httpx.Response:
    transport = httpx.ASGITransport(app)
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/cloudevents+json"}
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as web:
        return await web.post("/v1/events", content=sys.argv[1].encode(), headers=headers)


assert asyncio.run(post("k2")).status_code == 401
for _ in range(2):
    answer = asyncio.run(post("k1"))
    assert answer.status_code == 202, answer.text
    assert answer.json()["results"][0]["status"] == "accepted", answer.text
assert kept.records[0] == kept.records[1], "sent again it is the same event"
