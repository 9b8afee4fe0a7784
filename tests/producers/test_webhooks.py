"""The gateway's answers to providers' own messages: durable first, then as the provider expects."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from infra.errors import Refused, Unavailable
from infra.settings import GatewaySettings
from producers.providers import PROVIDERS
from producers.webhooks.provider import Secret
from producers.webhooks.route import Webhooks, add_webhooks
from producers.webhooks.sources import AgreedSource, AgreedSources
from schemas.cloudevent import decode
from schemas.payment import PaymentEvent
from tests.producers.parts import KEY, NOW, PREFIX, Kept, StandingClock
from tests.producers.providers import signers
from tests.producers.providers.signers import Sent

SECRET = Secret(signers.KEY.encode(), signers.ACCESS)
GENUINE = {
    "sepay": signers.sepay(signers.SEPAY),
    "casso": signers.casso(signers.CASSO),
    "payos": signers.payos(signers.PAYOS),
    "momo": signers.momo(signers.MOMO),
    "zalopay": signers.zalopay(signers.ZALOPAY),
    "vnpay": signers.vnpay(signers.VNPAY),
}
# What each provider's pages say that it waits for.
ACCEPTED: dict[str, tuple[int, Any]] = {
    "sepay": (200, {"success": True}),
    "casso": (200, {"success": True}),
    "payos": (200, {"success": True}),
    "momo": (204, None),
    "zalopay": (200, {"return_code": 1}),
    "vnpay": (200, {"RspCode": "00"}),
}
REFUSED: dict[str, tuple[int, Any]] = {
    "sepay": (401, {"success": False}),
    "casso": (401, {"success": False}),
    "payos": (401, {"success": False}),
    "momo": (401, {}),
    "zalopay": (200, {"return_code": -1}),
    "vnpay": (200, {"RspCode": "97"}),
}
AGAIN: dict[str, tuple[int, Any]] = {
    "sepay": (503, {"success": False}),
    "casso": (503, {"success": False}),
    "payos": (503, {"success": False}),
    "momo": (503, {}),
    "zalopay": (200, {"return_code": 0}),
    "vnpay": (200, {"RspCode": "99"}),
}


class Door:
    """A gateway with one source, and what it counted."""

    def __init__(
        self,
        folder: Path,
        name: str,
        kept: Kept,
        *,
        is_key_there: bool = True,
        body_s_max: float = 20,
    ) -> None:
        self.sources = AgreedSources(folder)
        self.sources.put(AgreedSource(f"{name}-hl", PROVIDERS[name], "970418", (SECRET,)))
        self.counted: Counter[tuple[str, str]] = Counter()
        self.name = name
        self.is_key_there = is_key_there
        self.app = FastAPI()
        add_webhooks(
            self.app,
            kept.as_publisher(),
            GatewaySettings(body_bytes_max=20_000, body_s_max=body_s_max),
            webhooks=Webhooks(self.sources, self.key, self.count),
            clock=StandingClock(),
            topic_prefix=PREFIX,
        )

    def key(self) -> bytes:
        if not self.is_key_there:
            raise Unavailable("store: away")
        return KEY

    def count(self, source: str, outcome: str, number: int) -> None:
        self.counted[(source, outcome)] += number

    async def send(
        self, sent: Sent, *, name: str | None = None, method: str = ""
    ) -> httpx.Response:
        transport = httpx.ASGITransport(self.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as http:
            return await http.request(
                method or PROVIDERS[self.name].method,
                f"/v1/webhooks/{name or f'{self.name}-hl'}"
                + (f"?{sent.query}" if sent.query else ""),
                content=sent.body,
                headers=sent.headers,
            )


def agrees(answer: httpx.Response, wanted: tuple[int, Any]) -> bool:
    status, body = wanted
    if body is None:
        return answer.status_code == status and not answer.content
    return answer.status_code == status and body.items() <= answer.json().items()


def forged(sent: Sent) -> Sent:
    if sent.query:
        return Sent(query=sent.query.replace("4500000", "9900000"))
    return Sent(sent.body.replace(b"45000", b"99000"), sent.headers)


@pytest.mark.parametrize("name", GENUINE)
async def test_a_genuine_message_is_evidence_and_a_repeat_is_the_same(
    name: str, tmp_path: Path
) -> None:
    kept = Kept()
    door = Door(tmp_path, name, kept)
    for _ in range(2):
        assert agrees(await door.send(GENUINE[name]), ACCEPTED[name])
    first, second = kept.records
    assert first == second
    event = decode(PaymentEvent, first.value, NOW.replace(hour=9))
    assert (event.source, event.data.amount_vnd) == (f"/{name}-hl", 45_000)
    assert door.counted == {(f"{name}-hl", "accepted"): 2, (f"{name}-hl", "skipped"): 0}


@pytest.mark.parametrize("name", GENUINE)
async def test_a_forged_message_is_refused_and_blocks_no_genuine_one(
    name: str, tmp_path: Path
) -> None:
    kept = Kept()
    door = Door(tmp_path, name, kept)
    assert agrees(await door.send(forged(GENUINE[name])), REFUSED[name])
    assert not kept.records
    assert agrees(await door.send(GENUINE[name]), ACCEPTED[name])
    assert len(kept.records) == 1
    assert door.counted[(f"{name}-hl", "forged")] == 1


@pytest.mark.parametrize("name", GENUINE)
@pytest.mark.parametrize("is_broker_away", [True, False])
async def test_what_is_not_durable_is_asked_for_again(
    name: str, is_broker_away: bool, tmp_path: Path
) -> None:
    """The broker is away, or the store is that knows the key of tokens."""
    kept = Kept(acknowledged_max=0 if is_broker_away else 1)
    door = Door(tmp_path, name, kept, is_key_there=is_broker_away)
    answer = await door.send(GENUINE[name])
    assert agrees(answer, AGAIN[name])
    assert answer.headers["retry-after"]
    assert not kept.records


async def test_a_genuine_message_of_another_form_says_so_and_shows_nothing(tmp_path: Path) -> None:
    kept = Kept()
    odd = signers.sepay(signers.SEPAY | {"transferAmount": "1.500,5 canary"})
    answer = await Door(tmp_path, "sepay", kept).send(odd)
    assert answer.status_code == 422
    assert "canary" not in answer.text
    assert not kept.records


async def test_what_is_no_credit_is_accepted_and_is_no_evidence(tmp_path: Path) -> None:
    kept = Kept()
    door = Door(tmp_path, "sepay", kept)
    outgoing = signers.sepay(signers.SEPAY | {"transferType": "out"})
    assert (await door.send(outgoing)).status_code == 200
    assert not kept.records
    assert door.counted[("sepay-hl", "skipped")] == 1


async def test_the_door_knows_its_sources_and_their_ways(tmp_path: Path) -> None:
    door = Door(tmp_path, "sepay", Kept())
    assert (await door.send(GENUINE["sepay"], name="nobody")).status_code == 404
    assert (await door.send(GENUINE["sepay"], method="GET")).status_code == 405
    assert (await door.send(Sent(b"x" * 20_001))).status_code == 413
    door.sources.remove("sepay-hl")
    assert (await door.send(GENUINE["sepay"])).status_code == 404


async def test_a_body_that_does_not_end_is_let_go(tmp_path: Path) -> None:
    door = Door(tmp_path, "sepay", Kept(), body_s_max=0.05)

    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b" "
            await asyncio.sleep(0.01)

    transport = httpx.ASGITransport(door.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as http:
        answer = await http.post("/v1/webhooks/sepay-hl", content=endless())
    assert answer.status_code == 408


async def test_a_source_is_added_and_its_secret_changed_while_the_gateway_runs(
    tmp_path: Path,
) -> None:
    kept = Kept()
    door = Door(tmp_path, "sepay", kept)
    others = AgreedSources(tmp_path)
    others.put(AgreedSource("second", PROVIDERS["sepay"], None, (Secret(b"not this"),)))
    assert (await door.send(GENUINE["sepay"], name="second")).status_code == 401
    others.put(AgreedSource("second", PROVIDERS["sepay"], None, (Secret(b"not this"), SECRET)))
    assert (await door.send(GENUINE["sepay"], name="second")).status_code == 200


def test_the_file_of_a_source_is_the_owners_alone_and_a_cut_one_is_named(tmp_path: Path) -> None:
    sources = AgreedSources(tmp_path / "sources")
    sources.put(AgreedSource("sepay", PROVIDERS["sepay"], None, (SECRET,)))
    path = tmp_path / "sources" / "sepay.json"
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0
    assert AgreedSources(tmp_path / "sources")["sepay"].secrets == (SECRET,)
    path.write_text(json.dumps({"provider": "sepay"}))
    sources.put(AgreedSource("casso", PROVIDERS["casso"], None, (SECRET,)))
    with pytest.raises(Refused, match=r"cannot be read: put it back"):
        sources.get("sepay")
    assert sources["casso"].secrets == (SECRET,)
    with pytest.raises(Refused, match="a name has small letters"):
        sources.put(AgreedSource("../x", PROVIDERS["sepay"], None, (SECRET,)))
