"""Nothing acknowledged is lost, nothing is doubled: a store against what was acknowledged."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from choso.proof import verifier
from consumers.verify.findings import VerifyReport
from consumers.verify.verify import Verifier
from infra.clickhouse import Store
from infra.clock import SystemClock
from infra.errors import Unavailable
from infra.kafka import topic_ids
from tests.engine import vendor_days
from tests.laws.kills_load import Load
from tests.laws.kills_stack import UpStack, eventually
from tests.patience import patient
from tests.reference import FIGURES, figures_from_events

CAUGHT_UP_S_MAX = patient(120)
SETTLE_S_MAX = patient(10)
BODIES = """
SELECT DISTINCT lower(hex(SHA256(body))) FROM (
    SELECT body FROM evidence_body UNION ALL SELECT body FROM compensation_body
    UNION ALL SELECT body FROM registry_body UNION ALL SELECT body FROM rejected)
"""
CANONICAL: dict[str, str | int] = {"date_time_output_format": "iso"}
DIGESTS = {
    view: f"SELECT day, count(), sum(sipHash64(toJSONString(tuple(*)))) FROM {view} GROUP BY day"
    for view in ("vendor_day", "market_day")
}


def check(stack: UpStack, load: Load) -> None:
    """Let everything come to rest, prove it, and go on."""
    with at_rest(stack, load):
        pass


@contextmanager
def at_rest(stack: UpStack, load: Load) -> Iterator[VerifyReport]:
    """All has come to rest and is proven, and nothing is sent until the end: what verify said."""
    with load.paused():
        eventually(lambda: answers(stack), "broker and store do not answer", stack)
        with stack.choso.store() as store:
            proof = verifier(stack.choso, store, settle_s_max=SETTLE_S_MAX)
            unsettled = "sink and fold do not catch up"
            eventually(proof.is_settled, unsettled, stack, s_max=CAUGHT_UP_S_MAX)
            report = _check(proof, store, load)
        assert not stack.complaints(), stack.complaints()
        yield report


def answers(stack: UpStack) -> bool:
    """Whether broker and store serve."""
    try:
        with stack.choso.store() as store:
            store.query("SELECT 1")
        topic_ids(stack.choso.kafka_config, stack.choso.shapes)
    except Unavailable:
        return False
    return True


def _check(proof: Verifier, store: Store, load: Load) -> VerifyReport:
    report = proof.run()
    assert report.ok, [str(finding) for finding in report.findings]
    assert proof.logs is not None
    in_log = sum(end - begin for log in proof.logs.current() for begin, end in log.ends.values())
    assert report.tally.received_count == in_log >= len(load.acknowledged)
    payments, registry = load.bodies()
    assert stored_bodies(store) == {sha256(body).hexdigest() for body in payments + registry}
    assert figures(store) == reference_figures(payments, registry, SystemClock().now())
    return report


def stored_bodies(store: Store) -> set[str]:
    """SHA-256 of every record that the store can give back, admitted or rejected."""
    return {row[0] for row in store.query(BODIES, settings=CANONICAL)}


def figures(store: Store) -> dict[tuple[date, str, str], dict[str, int]]:
    """FIGURES by (day, market, vendor), without rows that are all zero."""
    found = {
        where: {name: row[name] for name in FIGURES} for where, row in vendor_days(store).items()
    }
    return {where: row for where, row in found.items() if any(row.values())}


def reference_figures(
    payments: Sequence[bytes], registry: Sequence[bytes], now: datetime
) -> dict[tuple[date, str, str], dict[str, int]]:
    """The same from the bodies alone, in plain Python."""
    found = figures_from_events([(b, now) for b in payments], [(b, now) for b in registry])
    return {where: row for where, row in found.items() if any(row.values())}


def digests(store: Store) -> Mapping[str, list[tuple[Any, ...]]]:
    """A digest of each day of each table of figures."""
    return {view: sorted(store.query(sql)) for view, sql in DIGESTS.items()}
