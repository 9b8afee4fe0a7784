"""Law L5: the engine and pydantic admit exactly the same records, and say the same reason."""

import re
from collections import Counter
from datetime import datetime
from itertools import count
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from infra.clickhouse import Store
from schemas.cloudevent import CloudEvent, decode
from schemas.delivery import DeliveryEvent
from schemas.errors import Inadmissible, Reason
from schemas.payment import KINDS, PaymentEvent
from schemas.registry import RegistryEvent
from tests.engine import land, records
from tests.schemas.conftest import Judged
from tests.schemas.valid import RECORDED_AT, payment, write

MODELS: dict[str, type[CloudEvent]] = {
    "payment": PaymentEvent,
    "registry": RegistryEvent,
    "delivery": DeliveryEvent,
}
TABLES = {
    "payment": ("evidence", "compensation"),
    "registry": ("registry_fact",),
    "delivery": ("delivery_fact",),
}
# Bodies that both refuse, and for which they may name another reason: characters that ClickHouse
# escapes in its own way, numbers past the largest double, and nesting deeper than pydantic goes.
_OTHER_WORDS = re.compile(
    rb"\\u00(0[be-f]|1[a-f])|\\u202[89]|\xe2\x80[\xa8\xa9]|1e400|(\[|\{\"data\":){201}",
    re.IGNORECASE,
)

pytestmark = pytest.mark.real


def verdict(model: type[CloudEvent], body: bytes, recorded_at: datetime = RECORDED_AT) -> str:
    """pydantic's reason, or '' where it admits."""
    try:
        decode(model, body, recorded_at)
    except Inadmissible as refusal:
        return refusal.reason.value
    return ""


def fates(store: Store, shape: str, first: int, end: int) -> dict[int, list[str]]:
    """Where the records of these offsets are: '' for each row of evidence, else the reason."""
    bounds = {"first": first, "end": end}
    inside = "offset >= {first:UInt64} AND offset < {end:UInt64}"
    found: dict[int, list[str]] = {}
    for table in TABLES[shape]:
        for (offset,) in store.query(f"SELECT offset FROM {table} WHERE {inside}", bounds):
            found.setdefault(offset, []).append("")
    sql = f"SELECT offset, reason FROM rejected WHERE shape = {{shape:String}} AND {inside}"
    for offset, reason in store.query(sql, bounds | {"shape": shape}):
        found.setdefault(offset, []).append(reason)
    return found


@pytest.mark.parametrize("shape", MODELS)
def test_engine_and_edge_admit_the_same_records(judged: Judged, shape: str) -> None:
    cases = judged.cases[shape]
    assert len(cases) >= 20_000
    engine = fates(judged.store, shape, 0, len(cases))
    reasons = {reason.value for reason in Reason}
    admitted = 0
    differences: Counter[str] = Counter()
    for offset, case in enumerate(cases):
        assert len(engine.get(offset, [])) == 1, f"{case.label}: {engine.get(offset)}"
        (said,) = engine[offset]
        edge = verdict(MODELS[shape], case.body)
        assert (said == "") == (edge == ""), f"{case.label}: {said!r} {edge!r} {case.body[:900]!r}"
        assert said == "" or said in reasons, f"{case.label}: {said!r}"
        admitted += said == ""
        if said != edge and _OTHER_WORDS.search(case.body) is None:
            differences[f"{case.label}: engine {said}, edge {edge}"] += 1
    assert differences == Counter()
    assert 1_000 < admitted < len(cases) // 2


def test_every_reason_is_seen(judged: Judged) -> None:
    rows = judged.store.query("SELECT DISTINCT reason FROM rejected")
    assert {reason for (reason,) in rows} == {reason.value for reason in Reason}


@pytest.mark.parametrize("shape", MODELS)
def test_stored_columns_give_the_bytes_back(judged: Judged, shape: str) -> None:
    tables = TABLES[shape] if shape == "payment" else (shape,)
    seen = 0
    for table in tables:
        altered = f"SELECT count() FROM {table}_body WHERE sipHash128(body) != digest"
        assert judged.store.query(altered) == [(0,)]
        for offset, body in judged.store.query(f"SELECT offset, body FROM {table}_body"):
            assert body.encode() == judged.cases[shape][offset].body
            seen += 1
    assert seen > 1_000


_VALID = [write(payment(Random(n), kind)).encode() for n in range(4) for kind in KINDS]
_offsets = count()


# Which body, then up to three times: where, how many bytes go, which bytes come.
_edits = st.tuples(
    st.integers(0, len(_VALID) - 1),
    st.lists(
        st.tuples(st.integers(0, 700), st.integers(0, 4), st.binary(max_size=4)),
        min_size=1,
        max_size=3,
    ),
)


def _mutated(number: int, edits: list[tuple[int, int, bytes]]) -> bytes:
    body = bytearray(_VALID[number])
    for place, width, come in edits:
        body[place : place + width] = come
    return bytes(body)


def test_random_bytes(store: Store) -> None:
    """Both judge bodies with random bytes in random places alike."""

    @settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(_edits, min_size=20, max_size=100))
    def judge(edits: list[tuple[int, list[tuple[int, int, bytes]]]]) -> None:
        bodies = [*(_mutated(*edit) for edit in edits), _VALID[0]]
        first = next(_offsets) * 1_000
        land(store, records(bodies, first, RECORDED_AT))
        engine = fates(store, "payment", first, first + len(bodies))
        for offset, body in enumerate(bodies, first):
            assert len(engine[offset]) == 1
            said, edge = engine[offset][0], verdict(PaymentEvent, body)
            assert (said == "") == (edge == ""), (said, edge, body)
        assert engine[first + len(bodies) - 1] == [""], "the neighbour of bad ones is applied"

    judge()
