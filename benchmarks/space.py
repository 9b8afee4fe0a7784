"""How many bytes does an event take on disk, in all tables together?"""

from collections.abc import Iterator

from benchmarks.bench import Bench
from benchmarks.fold_runs import fold_all
from benchmarks.landing import land
from benchmarks.outcome import Aim, Outcome, outcome
from infra.clickhouse import Store

GROUP = "space"
AIM = Aim("<=", 70)
BYTES = """
SELECT sum(bytes_on_disk) FROM system.parts
WHERE active AND database = currentDatabase() AND table != 'schema_migration'
"""
EVENTS = """
SELECT (SELECT count() FROM evidence) + (SELECT count() FROM compensation)
    + (SELECT count() FROM registry_fact) + (SELECT count() FROM delivery_fact)
    + (SELECT count() FROM rejected)
"""
MERGED = ("evidence", "compensation", "rejected", "event_seen", "day_fold")


def measure(bench: Bench) -> Iterator[Outcome]:
    """The simulator's city, landed by the sink: before any merge, after all, and with its folds."""
    bench.say("space: a city landed without merges, then merged")
    assert bench.city
    choso = bench.rig.fresh("city", "city")
    with choso.store() as store:
        store.command("SYSTEM STOP MERGES")
        try:
            land(bench.rig, choso, bench.sizes.records)
            landed = bytes_per_event(store)
        finally:
            store.command("SYSTEM START MERGES")
        _merge(store)
        merged = bytes_per_event(store)
        fold_all(store)
        _merge(store)
        folded = bytes_per_event(store)
    yield outcome(GROUP, "the city, as landed", "bytes/event", landed, AIM)
    yield outcome(GROUP, "the city, merged", "bytes/event", merged, AIM)
    yield outcome(GROUP, "the city, merged, with its folds", "bytes/event", folded, AIM)


def bytes_per_event(store: Store) -> float:
    """All tables of the database, over all admitted and rejected records."""
    [(size,)] = store.query(BYTES)
    [(events,)] = store.query(EVENTS)
    return float(size) / float(events)


def _merge(store: Store) -> None:
    for table in MERGED:
        store.command(f"OPTIMIZE TABLE {table} FINAL")
