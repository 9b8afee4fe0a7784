"""The type of the recipe is imported, admitted, stored as it was said, and read."""

import sys
from datetime import date
from pathlib import Path

from producers.registry_import import import_registry
from tests.engine import land, migrate, records
from tests.parts import store_client
from tests.producers.parts import KEY, NOW, PREFIX, Kept, StandingClock

SAID = "kind,market,team,effective_from\ntraining_held,HL1,T7,2026-11-02\n"

with store_client(sys.argv[1]) as store:
    migrate(store)
    path, kept = Path("trainings.csv"), Kept()
    path.write_text(SAID + "training_held,,T7,2026-11-02\n", encoding="utf-8")
    report = import_registry(
        [path],
        kind=None,
        publisher=kept.as_publisher(),
        key=KEY,
        topic_prefix=PREFIX,
        clock=StandingClock(),
    )
    assert len(kept.records) == 1, report.lines()  # the other one names no market
    land(store, records([kept.records[0].value], at=NOW), shape="registry")
    assert store.query("SELECT reason FROM rejected") == []
    rows = store.query(
        "SELECT day, market, team FROM registry_training(known_at = '2100-01-01 00:00:00')"
    )
    assert list(map(tuple, rows)) == [(date(2026, 11, 2), "HL1", "T7")], rows
    changed = "SELECT count() FROM registry_body WHERE sipHash128(body) != digest"
    assert store.query(changed)[0][0] == 0
