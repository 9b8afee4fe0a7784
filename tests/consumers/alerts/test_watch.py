"""Alerts on the real store: raised once, delivered to a real server, acknowledged by people."""

import hmac
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from pydantic import SecretStr

from choso.watch import receiver_of
from consumers.alerts.book import acknowledge, find_alert, list_alerts, undelivered
from consumers.alerts.deliver import Receiver
from consumers.alerts.watch import Watch
from consumers.language.language import in_every_language
from infra.clickhouse import Store
from infra.errors import Refused
from infra.settings import AlertSettings, FoldSettings
from infra.webhook import SIGNATURE_HEADER, TIMESTAMP_HEADER
from schemas.cloudevent import encode
from schemas.payment import payment_event
from schemas.registry import registry_event
from tests.engine import FixedClock, fold_all, land, migrate, records
from tests.parts import store_client

NOW = datetime(2026, 6, 30, 3, tzinfo=UTC)  # a Tuesday: the last complete week ends on the 28th
MAY_25 = date(2026, 5, 25)
KEY = b"a key of the receiver"
SETTINGS = AlertSettings(
    active_vendors_min=3,
    active_open_days_min=20,
    vendor_paid_days_min=5,
    fail_count_min=3,
)
STOPPED = ("V1", "V2", "V3")


def account(vendor: str) -> str:
    return sha256(vendor.encode()).hexdigest()[:32]


def registry() -> list[bytes]:
    facts: list[dict[str, Any]] = [
        {"kind": "market", "market": "HL1", "name": "HL1", "market_kind": "traditional_market"}
    ]
    facts += [
        {"kind": "account_linked", "account": account(vendor), "market": "HL1", "vendor": vendor}
        for vendor in (*STOPPED, "V4")
    ]
    return [
        encode(
            registry_event(
                source="/registry",
                source_transaction_id=f"f{number}",
                stated_at=datetime(2026, 1, 1, tzinfo=UTC),
                effective_from=date(2026, 1, 1),
                **fact,
            )
        )
        for number, fact in enumerate(facts)
    ]


def said(kind: Any, source: str, vendor: str, day: date, number: int = 0) -> bytes:
    name = f"{vendor}-{day:%m%d}-{number}"
    return encode(
        payment_event(
            kind=kind,
            source=source,
            source_transaction_id=name,
            occurred_at=datetime(day.year, day.month, day.day, 3, tzinfo=UTC),
            account=account(vendor),
            bank_reference=name.upper(),
            amount_vnd=20_000,
            rail_class="p2p_transfer",
            payer_token=f"{(day.day + number) % 5:032x}",
        )
    )


def payments() -> list[bytes]:
    """Three vendors stop after the week of 25 May, a source after 20 June; one goes on."""
    bodies = []
    for number in range(35):
        day = MAY_25 + timedelta(days=number)
        bodies.append(said("credited", "/sepay", "V4", day))
        if number < 7:
            bodies += [said("credited", "/sepay", vendor, day) for vendor in STOPPED]
        if day <= date(2026, 6, 20):
            bodies.append(said("credited", "/casso", "V4", day, 1))
    bodies += [said("failed", "/sepay", "V4", date(2026, 6, 24), number) for number in range(5, 9)]
    return bodies


@dataclass
class Server:
    """A receiver: answers with these statuses in turn, then 204; keeps what it accepted."""

    statuses: list[int] = field(default_factory=list)
    tries: int = 0
    accepted: list[dict[str, Any]] = field(default_factory=list)
    port: int = 0


@contextmanager
def receiving(server: Server) -> Iterator[Server]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            stamp = self.headers[TIMESTAMP_HEADER]
            wanted = hmac.new(KEY, stamp.encode() + b"." + body, sha256).hexdigest()
            is_ours = hmac.compare_digest(f"sha256={wanted}", self.headers[SIGNATURE_HEADER])
            server.tries += 1
            status = server.statuses.pop(0) if server.statuses else 204
            if is_ours and status == 204:
                server.accepted.append(json.loads(body))
            self.send_response(status if is_ours else 401)
            self.send_header("Location", "http://127.0.0.1:9/")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *words: object) -> None:
            pass

    httpd = HTTPServer(("127.0.0.1", server.port), Handler)
    server.port = httpd.server_port
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        httpd.shutdown()
        thread.join()
        httpd.server_close()


def receiver(port: int, key: bytes = KEY) -> Receiver:
    return Receiver(
        url=f"http://127.0.0.1:{port}/hook",
        key=key,
        timeout_s=5,
        tries_max=3,
        wait_ms=1,
        sleep=lambda _: None,
        words=in_every_language,
    )


def watch(store: Store, to: Receiver | None = None) -> Watch:
    return Watch(
        store=store, clock=FixedClock(NOW), settings=SETTINGS, fold=FoldSettings(), receiver=to
    )


@pytest.fixture(scope="module")
def city(store_dsn: str) -> Iterator[Store]:
    with store_client(store_dsn) as root:
        root.command("CREATE DATABASE watched_city")
        with store_client(store_dsn.removesuffix("/default") + "/watched_city") as store:
            migrate(store)
            land(store, records(registry(), at=NOW - timedelta(days=90)), shape="registry")
            land(store, records(payments(), at=NOW - timedelta(hours=1)))
            fold_all(store)
            yield store
        root.command("DROP DATABASE watched_city")


@pytest.fixture
def laid(city: Store) -> Store:
    """The city, of which nobody has noticed anything yet."""
    city.command("TRUNCATE TABLE alert_fact")
    return city


@pytest.mark.real
def test_what_is_noticed_is_raised_once_and_told_once(laid: Store) -> None:
    with receiving(Server(statuses=[500, 302])) as server:
        found = watch(laid, receiver(server.port)).look()
        assert found.trouble is None
        assert [(a.rule, a.market, a.subject, a.day) for a in sorted(found.raised)] == [
            *(("vendor_stopped", "HL1", vendor, date(2026, 6, 1)) for vendor in STOPPED),
            ("source_silent", "", "/casso", date(2026, 6, 21)),
            ("active_share_fell", "HL1", "", date(2026, 6, 22)),
            ("payments_fail", "HL1", "", date(2026, 6, 22)),
        ]
        assert found.delivered_count == len(server.accepted) == 6
        assert server.tries == 8  # two refusals, tried again
        assert {a["alert"] for a in server.accepted} == {a.id for a in found.raised}
        told = {a["rule"]: a["detail"] for a in server.accepted}["source_silent"]
        assert told["en"].startswith("no record names a day after 20/06/2026, "), told
        assert told["vi"].startswith("không bản ghi nào nói về ngày sau 20/06/2026, "), told
        # Another process, later: nothing new, nothing twice.
        again = watch(laid, receiver(server.port)).look()
        assert (again.raised, again.delivered_count, server.tries) == ((), 0, 8)


@pytest.mark.real
def test_a_receiver_that_is_away_is_told_later(laid: Store) -> None:
    with receiving(Server()) as server:
        port = server.port
    watching = watch(laid, receiver(port))
    found = watching.look()
    assert len(found.raised) == 6
    assert (found.delivered_count, found.trouble is None) == (0, False)
    assert f"127.0.0.1:{port}/hook" not in (found.trouble or "")  # addresses may hold secrets
    with receiving(Server(port=port)) as server:
        assert watching.look().delivered_count == 6
    assert undelivered(laid, since=NOW - timedelta(days=1), limit=10) == []


@pytest.mark.real
def test_people_acknowledge_and_the_first_stands(laid: Store) -> None:
    watch(laid).look()
    opened = list_alerts(laid, state="open")
    assert len(opened) == 6
    assert {kept.market for kept in list_alerts(laid, markets=["HL1"])} == {"HL1"}
    [silent] = [kept for kept in opened if kept.rule == "source_silent"]
    first = acknowledge(laid, silent.alert[:10], by="Lan", now=NOW)
    assert (first.state, first.acknowledged_by, first.acknowledged_at) == (
        "acknowledged",
        "Lan",
        NOW,
    )
    later = acknowledge(laid, silent.alert, by="Minh", now=NOW + timedelta(hours=1))
    assert later == first
    assert watch(laid).look().raised == ()
    assert silent.alert not in {kept.alert for kept in undelivered(laid, since=NOW, limit=10)}
    assert len(list_alerts(laid, state="open")) == 5
    [row] = laid.rows("SELECT * FROM bi_alert WHERE state = 'acknowledged'")
    assert (row["alert"], row["acknowledged_by"]) == (silent.alert, "Lan")
    for nobody in ("", " ", "x" * 101):
        with pytest.raises(Refused, match="nobody_acknowledges"):
            acknowledge(laid, silent.alert, by=nobody, now=NOW)
    for unknown in ("", "zz", "' OR 1=1 --"):
        with pytest.raises(Refused, match="no_alert"):
            find_alert(laid, unknown)


@pytest.mark.real
def test_a_signature_by_another_key_is_not_accepted(laid: Store) -> None:
    with receiving(Server()) as server:
        found = watch(laid, receiver(server.port, b"another")).look()
    assert server.accepted == []
    assert "answers 401, 3 times" in (found.trouble or "")


@pytest.mark.real
def test_while_days_wait_to_be_folded_nothing_is_raised(laid: Store) -> None:
    late = said("credited", "/sepay", "V4", date(2026, 6, 10), 3)
    land(laid, records([late], first=500, at=NOW))
    watching = watch(laid)
    assert watching.look().raised == ()
    fold_all(laid)
    stopped = {a.subject for a in watching.look().raised if a.rule == "vendor_stopped"}
    assert stopped == {"V1", "V2", "V3"}


def test_a_receiver_needs_a_key_and_an_address() -> None:
    assert receiver_of(AlertSettings()) is None
    bad = (("ftp://x", "k"), ("https://x", None), ("https://x", ""), ("http://x.example/a", "k"))
    for url, key in bad:
        with pytest.raises(Refused, match="alerts"):
            receiver_of(
                AlertSettings(
                    webhook_url=SecretStr(url),
                    webhook_key=None if key is None else SecretStr(key),
                )
            )
    for url in ("http://127.0.0.1:9/a", "http://[::1]:9/a", "https://x.example/a"):
        assert receiver_of(AlertSettings(webhook_url=SecretStr(url), webhook_key=SecretStr("k")))
