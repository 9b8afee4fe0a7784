"""The command against a running stack: what a person does, in the order a person does it."""

import json
import urllib.error
import urllib.request
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from choso.compose import Choso
from choso.roles import sink_halt
from choso.up import Stack
from infra.embedded.stack import read_stack
from infra.embedded.supervisor import Halt
from infra.settings import KafkaSettings, Settings
from producers.publisher import Outgoing, Publisher
from schemas.cloudevent import encode
from tests.choso.conftest import Running, run_choso
from tests.consumers.adoption.test_daily import REGISTRY, A, credit
from tests.patience import eventually, patient
from tests.processes import run

EXAMPLES = Path(__file__).parents[2] / "examples"


def get(running: Running, path: str) -> tuple[int, str]:
    """What the API answers to a machine that has a key."""
    address, key = running.address.web, running.key
    assert address
    request = urllib.request.Request(  # noqa: S310
        f"{address}{path}", headers={"Authorization": f"Bearer {key}"}
    )
    with urllib.request.urlopen(request, timeout=patient(10)) as reply:  # noqa: S310
        return reply.status, reply.read().decode()


def post(address: str, body: bytes) -> tuple[int, str]:
    request = urllib.request.Request(  # noqa: S310
        f"{address}/v1/events",
        data=body,
        headers={"content-type": "application/cloudevents+json"},
        method="POST",
    )
    with urllib.request.urlopen(request, timeout=patient(20)) as reply:  # noqa: S310
        return reply.status, reply.read().decode()


def test_doctor_finds_all_parts_well(running: Running) -> None:
    said = running.choso("doctor")
    assert "kafka.bootstrap = None   (default)" in said
    assert "(environment CHOSO_DATA_DIR)" in said
    assert "wrong" not in said


def test_a_csv_becomes_figures_once_however_often_it_is_imported(running: Running) -> None:
    words = (
        "import",
        str(EXAMPLES / "vietcombank.csv"),
        "--map",
        str(EXAMPLES / "vietcombank.toml"),
    )
    first = running.choso(*words)
    assert "payment events" in first
    running.choso("verify")
    before = running.choso(*DAILY)
    running.choso(*words)
    said = running.choso("verify")
    assert "verified: every figure is what the evidence says" in said
    assert running.choso(*DAILY) == before
    assert json.loads(before)


DAILY = ("adoption", "daily", "--from", "2020-01-01", "--to", "2029-12-31", "--format", "json")


def test_an_event_sent_to_the_gateway_is_seen_in_the_api(running: Running) -> None:
    gateway = running.address.gateway
    assert gateway
    status, answer = post(gateway, credit(1, A))
    assert (status, json.loads(answer)["results"][0]["status"]) == (202, "accepted")
    assert post(gateway, credit(1, A))[0] == 202  # the same event again is the same event
    path = "/v1/adoption/daily?from=2026-06-10&to=2026-06-10"
    rows = eventually(
        lambda: json.loads(get(running, path)[1])["rows"],
        lambda: "the event is not in the figures",
        poll_s=0.1,
    )
    assert rows[0]["payment_count"] == 1
    status, story = get(running, f"/v1/payments/{A}:FT1")
    assert status == 200
    assert "FT1" in story
    assert "FT1" in running.choso("payment", "show", "ft 1")


def test_the_api_says_how_it_is_doing(running: Running) -> None:
    assert get(running, "/healthz")[0] == 200

    def ready() -> str:
        with suppress(urllib.error.HTTPError):
            return get(running, "/readyz")[1]
        return ""

    assert json.loads(eventually(ready, poll_s=0.2)) == {"ready": True, "troubles": []}
    metrics = get(running, "/metrics")[1]
    for name in ("choso_lag_records", "choso_dirty_days", "choso_sink_inserted_records"):
        assert name in metrics
    document = json.loads(get(running, "/openapi.json")[1])
    assert {"/v1/adoption/daily", "/v1/payments/{payment_id}"} <= document["paths"].keys()


def test_rejected_records_are_listed_with_their_reason(running: Running) -> None:

    choso = Choso(Settings(data_dir=running.data_dir))
    publisher = Publisher(choso.kafka_config)
    publisher.publish([Outgoing("choso.payments.v1", b"k", b"{not json")])
    publisher.close()
    running.choso("verify")
    assert "not_json" in running.choso("rejected", "list")
    running.choso("rejected", "replay")
    assert "not_json" in running.choso("rejected", "list")


def test_registry_topics_schema_and_simulation(running: Running, tmp_path: Path) -> None:
    lines = tmp_path / "facts.jsonl"
    lines.write_text(
        '{"kind": "market", "market": "X1", "name": "Chợ Thử", "market_kind":'
        ' "traditional_market", "effective_from": "2026-01-01"}\n'
    )
    assert "1 facts published" in running.choso("registry", "import", str(lines))
    assert "payments" in running.choso("topics", "show")
    assert "unchanged" in running.choso("topics", "apply")
    assert "0 applied" in running.choso("db", "migrate")
    assert "pending" not in running.choso("db", "status")
    out = tmp_path / "city.jsonl"
    running.choso("simulate", "--seed", "3", "--days", "3", "--scale", "0.005", "--out", str(out))
    assert out.exists()
    assert len(REGISTRY) == 8


def test_rebuilding_gives_the_same_figures(running: Running) -> None:
    running.choso("verify")
    before = running.choso(*DAILY)
    assert "verified" in running.choso("rebuild", "--yes")
    assert running.choso(*DAILY) == before
    assert "verified" in running.choso("rebuild", "--from-log", "--yes")
    assert running.choso(*DAILY) == before


def test_a_second_stack_in_the_same_directory_is_refused(running: Running) -> None:
    said = running.choso("up", code=78)
    assert "already in use by process" in said
    assert read_stack(running.data_dir) is not None


def test_commands_without_a_stack_say_what_to_do(tmp_path: Path) -> None:
    done = run_choso(tmp_path / "nothing", "adoption", "daily")
    assert done.returncode == 78
    assert "no stack runs in" in done.stderr
    assert "choso up" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("words", [("--help",), ("adoption", "daily", "--help")])
def test_help_needs_no_stack(tmp_path: Path, words: tuple[str, ...]) -> None:
    assert run_choso(tmp_path, *words).returncode == 0


def test_encode_is_what_the_gateway_takes() -> None:
    assert credit(1, A).startswith(b'{"specversion":"1.0"')
    assert encode is not None


def test_while_the_sink_has_halted_the_gateway_takes_nothing(running: Running) -> None:
    """It would be acknowledged and land nowhere, or under offsets that are taken already."""
    status = Choso(Settings(data_dir=running.data_dir)).status_file("sink")
    said = status.read_text()
    assert running.address.gateway
    body = credit(7, A, at=datetime(2026, 7, 1, 5, tzinfo=UTC))  # no other test asks for that day
    try:
        status.write_text(json.dumps({"halted": "exit code 78: the log ends too early"}))
        with pytest.raises(urllib.error.HTTPError) as caught:
            post(running.address.gateway, body)
        assert (caught.value.code, caught.value.headers["retry-after"]) == (503, "5")
        assert "the log ends too early" in caught.value.read().decode()
        assert "halted" in running.choso("doctor", code=None)
    finally:
        status.write_text(said)
    assert post(running.address.gateway, body)[0] == 202


def test_a_halt_is_noted_for_the_other_roles(tmp_path: Path) -> None:
    kafka = KafkaSettings(bootstrap="127.0.0.1:1")
    choso = Choso(Settings(data_dir=tmp_path, kafka=kafka))
    assert sink_halt(choso) is None
    Stack(choso, attach=True).note_halt(Halt("sink", 78, "another log"))
    assert "another log" in (sink_halt(choso) or "")


def test_a_provider_is_added_and_its_payment_is_seen_under_its_vendor(
    running: Running, tmp_path: Path
) -> None:
    """The printed curl really runs; the trial takes itself back; what was changed is forged."""
    facts = tmp_path / "links.csv"
    facts.write_text(
        "kind,effective_from,account,market,vendor,stall\n"
        "account_linked,2026-01-01,0123498765,HL1,V-SEPAY,A-12\n"
    )
    running.choso("registry", "import", str(facts))
    secret = tmp_path / "secret"
    secret.write_text("a secret of the test\n")
    add = ("--account", "0123498765", "--bank", "VCB", "--secret-file", str(secret))
    said = running.choso("provider", "add", "sepay", *add)
    assert "a secret of the test" not in said
    (line,) = [line for line in said.splitlines() if line.strip().startswith("curl ")]
    done = run(["bash", "-c", f"{line.strip()} -sS"], check=True, seconds=patient(30))
    assert json.loads(done.stdout) == {"success": True}
    changed = line.replace('"transferAmount": 1,', '"transferAmount": 9,')
    done = run(["bash", "-c", f"{changed.strip()} -sS"], check=True, seconds=patient(30))
    assert json.loads(done.stdout)["success"] is False
    reference = line.split('"referenceCode": "')[1].split('"')[0]
    day = line.split('"transactionDate": "')[1][:10]

    def shown() -> str:
        text = running.choso("payment", "show", f"{reference}@{day}", code=None)
        return text if "V-SEPAY" in text else ""

    assert "settled: 1 đồng" in eventually(shown)
    assert "under vendor V-SEPAY" in running.choso("provider", "test", "sepay", *add[:2])
    (row,) = [row for row in running.choso("provider", "list").splitlines() if "SePay" in row]
    assert row.split()[:3] == ["sepay", "SePay", "VCB"]
    running.choso("provider", "test", "nobody", code=78)
    running.choso("provider", "add", "papal", "--secret-file", str(secret), code=78)
    running.choso("provider", "remove", "sepay")
    assert "No source is agreed" in running.choso("provider", "list")
