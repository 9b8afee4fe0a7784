"""Law L3, kinds of damage: deleted, added, smuggled, stale; what is mended and what is told."""

from typing import Any

import pytest

from consumers.verify.findings import VerifyReport
from infra.migrations import restate
from tests.engine import come_to_rest, land, new_fold, records
from tests.laws.conftest import NOTHING_PAID, REFUSED
from tests.laws.ledgers import ACCOUNTS, MONDAY, fact, said
from tests.laws.proving import CLOCK, MIGRATIONS, World, told
from tests.laws.tampering import BATCH, RECORDS, Row, condition, copy, delete, restored

pytestmark = pytest.mark.real
FORGED = said("credited", "FORGED", account=ACCOUNTS[2], amount_vnd=9_000_000)


def a_row(world: World, table: str, *key: str, where: str = "1", number: int = 0) -> Row:
    names = ", ".join(f"toString({name}) AS {name}" for name in key)
    chosen = f"(SELECT * FROM {table} WHERE {where})"
    rows = world.store.rows(f"SELECT DISTINCT {names} FROM {chosen} ORDER BY ALL")
    return rows[number]


def a_record(world: World, table: str, number: int = 0, where: str = "1") -> Row:
    return a_row(world, table, "topic_id", "partition", "offset", where=where, number=number)


def place(row: Row) -> str:
    return f"log {row['topic_id']}-{row['partition']}, offset {row['offset']}:"


def expect(report: VerifyReport, *words: str) -> None:
    """Each of these is part of a finding."""
    lines = told(report)
    for word in words:
        assert any(word in line for line in lines), (word, lines)


def test_a_row_deleted_from_each_table_is_named_and_mended(well: World) -> None:
    store = well.store
    gone = [(table, a_record(well, table, 2)) for table in RECORDS]
    key = ("day", "row_kind", "market", "vendor")
    for kind in ("vendor", "market", "reports", "state"):
        where = f"row_kind = '{kind}' AND day = toDate('{MONDAY}')"
        gone.append(("day_fold", a_row(well, "day_fold", *key, where=where)))
    gone.append(("registry_span", a_row(well, "registry_span", "shape", "market", "vendor")))
    gone.append(("vendor_bits", a_row(well, "vendor_bits", "row_kind", "vendor", number=1)))
    gone.append(("event_seen", a_row(well, "event_seen", "event_hash")))
    gone.append(("event_conflict", a_row(well, "event_conflict", "source_transaction_id")))
    gone.append(("topic_log", a_row(well, "topic_log", "topic")))
    gone.append(("schema_migration", {"number": MIGRATIONS[-1].number}))
    for table, row in gone:
        delete(store, table, condition(row))
    report = well.verify()
    expect(
        report,
        *(place(row) for table, row in gone if table in RECORDS),
        "hole: ",
        f"day {MONDAY}: its evidence changed",  # its state is gone; its events will be read again
        "stale: registry_span",  # a fact of the registry is gone, too
        "stale: vendor_bits",  # and a folded day
        f"topic {gone[-2][1]['topic']}: is stored, but topic_log does not know",
        f"migration {MIGRATIONS[-1].name} is pending",
    )
    restate(store, MIGRATIONS, CLOCK.now())
    well.mend(report)


def test_rows_added_to_the_fold_are_named_and_mended(well: World) -> None:
    store, monday = well.store, str(MONDAY)
    copy(store, "day_fold", {"day": monday, "row_kind": "market"})
    copy(store, "day_fold", {"day": monday, "row_kind": "vendor"}, vendor="'FORGED'")
    copy(store, "day_fold", {"day": monday, "row_kind": "reports"}, report_count="t.late_count + 7")
    copy(
        store, "day_fold", {"day": monday, "row_kind": "vendor"}, day="t.day + 30"
    )  # a day of which nothing is known
    copy(store, "registry_span", {"ask": "", "shape": "link"}, vendor="'FORGED'")
    copy(store, "vendor_bits", {"ask": "", "row_kind": "vendor"}, vendor="'FORGER'")
    copy(store, "topic_log", {}, topic_id="'nowhere'")
    copy(store, "schema_migration", {"number": 1}, number="1000")
    report = well.verify(quick=True)
    expect(
        report,
        f"day {monday}, market CD: is stored 1 times too often",
        f"day {monday}, vendor CD FORGED: ",
        f"day {monday}, reports CD",
        "day 2026-04-01, vendor CD V2: is stored, but evidence does not give it",
        "figures: registry_span, link CD FORGED",
        "figures: vendor_bits, vendor FORGER in market CD",
        "topic id nowhere",
        "migration 0001_baseline is unknown",
    )
    restate(store, MIGRATIONS, CLOCK.now())
    well.mend(report)


def test_what_was_folded_from_a_forged_projection_is_named_and_mended(well: World) -> None:
    """The fold reads who has which account from registry_span; verify from the facts themselves."""
    copy(well.store, "registry_span", {"ask": "", "shape": "link"}, vendor="'FORGED'")
    delete(well.store, "registry_span", "ask = '' AND shape = 'link' AND vendor != 'FORGED'")
    delete(well.store, "day_fold", f"row_kind = 'state' AND day = toDate('{MONDAY}')")
    well.fold()
    report = well.verify(quick=True)
    expect(
        report,
        f"day {MONDAY}, vendor CD FORGED: is stored, but evidence does not give it",
        f"day {MONDAY}, vendor CD V2: evidence gives it",
        "figures: registry_span, link CD FORGED",
    )
    well.mend(report)


def test_what_is_put_down_of_events_wrongly_is_named_and_mended(well: World) -> None:
    """Rows that are missing, invented and edited, of events and of those that name several.

    A fold that has just started would read the days whole, and put down what is missing.
    """
    store = well.store
    fold = new_fold(store)
    delete(store, "day_fold", "row_kind = 'state'")
    come_to_rest(fold)
    event = ("source", "source_transaction_id", "kind")
    missing, edited = (a_row(well, "event_conflict", *event, number=n) for n in (0, 1))
    delete(store, "event_conflict", condition(missing))
    copy(store, "event_conflict", edited, recorded_at="addDays(t.recorded_at, -1)")
    delete(store, "event_seen", condition(a_row(well, "event_seen", "event_hash")))
    copy(store, "event_seen", a_row(well, "event_seen", "event_hash", number=3), named="7")
    free = a_row(well, "evidence", *event, where="source_transaction_id = 'credited-30'")
    names = ", ".join(("day", "payment_hash", "account", "bank_reference", *event))
    store.command(
        f"INSERT INTO event_conflict ({names}) SELECT {names} FROM evidence WHERE {condition(free)}"
    )
    expect(well.verify(quick=True), f"day {MONDAY}: its evidence changed")
    assert come_to_rest(fold)  # believes it
    report = well.verify(quick=True)
    expect(
        report,
        "is not put down",
        "is put down with another time",
        "is put down, but is not so",
        "1 of its events are not put down",
        "1 events are put down that its evidence does not tell",
    )
    well.mend(report)


def test_repeated_rows_are_harmless(well: World) -> None:
    with restored(well.store, "evidence"), restored(well.store, "rejected"):
        copy(well.store, "evidence", {})
        copy(well.store, "rejected", {})
        well.fold()
        assert told(well.verify()) == []
    well.fold()


def test_copies_where_no_log_is_are_dropped(well: World) -> None:
    store = well.store
    row = a_record(well, "evidence", 5)
    copy(store, "evidence", row, topic_id="'nowhere'")
    copy(store, "compensation", {}, partition="9")
    far = {"offset": "t.offset + 1000", "batch_first": "t.batch_first + 1000"}
    copy(store, "registry_fact", {}, **far)
    registry = well.topic_id(well.registry)
    copy(store, "rejected", {"topic_id": registry}, topic_id=f"'{well.topic_id(well.payments)}'")
    report = well.verify()
    expect(
        report,
        "log nowhere-0, ",
        "-9, offset",
        f"log {registry}-0, offsets 33 to 1030: is stored, but the log ends before offset 33",
        "is stored as of a registry topic, which that log is not",
    )
    healed = well.heal(report)
    assert told(well.verify()) == []
    assert [f for f in healed.left if f.check != "window"] == []


def test_what_is_held_nowhere_else_is_kept_and_told(well: World) -> None:
    """Forged through the very door, so that every byte fits: the store alone could not tell."""
    payments, registry = well.topic_id(well.payments), well.topic_id(well.registry)
    row = a_record(well, "evidence", 7, where="partition = 0")
    refund = said("refunded", 77, compensation_reference="FORGED", account=ACCOUNTS[2])
    forged = [
        ("evidence", payments, 0, 5_000, FORGED, "payment"),
        ("compensation", "nowhere", 0, 0, refund, "payment"),
        ("rejected", payments, 9, 0, b"forged", "payment"),
        ("registry_fact", registry, 0, 5_000, fact("f", "market", **MARKET), "registry"),
        ("evidence", payments, 0, int(str(row["offset"])), FORGED, "payment"),
    ]
    delete(well.store, "evidence", condition(row))
    for _, topic_id, partition, offset, body, shape in forged:
        where = {"topic_id": topic_id, "partition": partition, "shape": shape}
        land(well.store, records([body], offset), **where)  # type: ignore[arg-type]
    report = well.verify()
    names = [f"log {topic}-{number}, offset" for _, topic, number, *_ in forged]
    expect(report, *names, f"{place(row)} the log holds other bytes there")
    healed = well.heal(report)
    again = well.verify()
    for name in names:
        assert any(name in str(finding) for finding in healed.left), (name, healed.left)
        expect(again, name)
    # a person decides: it was forged
    for table, topic_id, partition, offset, _, _ in forged:
        row = {"topic_id": topic_id, "partition": partition, "offset": offset}
        delete(well.store, table, condition(row))
    well.mend(again)


MARKET: dict[str, Any] = {"market": "FORGED", "name": "không có", "market_kind": "supermarket"}


def test_a_second_content_at_a_stored_offset_is_dropped(well: World) -> None:
    row = a_record(well, "evidence", 9)
    at = {"topic_id": str(row["topic_id"]), "partition": int(str(row["partition"]))}
    land(well.store, records([FORGED], int(str(row["offset"]))), **at)  # type: ignore[arg-type]
    for report in (well.verify(quick=True), well.verify()):
        expect(report, f"{place(row)} it is stored with two contents")
    well.mend(report)


def test_verdicts_are_judged_anew(well: World) -> None:
    """Records moved between evidence and rejected, with bytes and digests that fit."""
    store, payments = well.store, well.topic_id(well.payments)
    honest = a_record(well, "evidence", 3, where="partition = 0")
    refused = a_row(well, "rejected", "topic_id", "partition", "offset", where="reason = 'amount'")
    assert int(str(refused["offset"])) == 30 + len(REFUSED)
    assert b'"amount_vnd":0' in NOTHING_PAID
    alike = {
        name: f"(SELECT any({name}) FROM rejected WHERE {condition(refused)})"
        for name in ("digest", *BATCH)
    } | {"source_transaction_id": "'credited-FREE'", "bank_reference": "'FTFREE'"}
    copy(
        store,
        "evidence",
        honest,
        **alike,
        amount_vnd="0",
        payer_token="NULL",
        payment_hash="cityHash64(t.account, 'FTFREE')",
        offset=str(refused["offset"]),
    )
    delete(store, "rejected", condition(refused))
    store.command(
        "INSERT INTO rejected SELECT 'payment', topic_id, partition, offset, batch_first,"
        " batch_span, batch_count, batch_month, recorded_at, 'amount', b.body, '', b.digest"
        " FROM evidence AS e INNER JOIN evidence_body AS b USING (topic_id, partition, offset)"
        f" WHERE {condition(honest)}"
    )
    delete(store, "evidence", condition(honest))
    well.fold()
    [alone] = told(well.verify(quick=True))  # the store alone can tell that an event is gone
    assert "events are put down that its evidence does not tell" in alone
    report = well.verify()
    expect(
        report,
        f"{place(refused)} the rule says otherwise: amount, rejected",
        f"{place(honest)} is kept as amount; the rule admits it: `choso rejected replay`",
    )
    assert str(honest["topic_id"]) == payments
    well.mend(report)


def test_a_hole_is_named_and_read_again(well: World) -> None:
    payments = well.topic_id(well.payments)
    for table in RECORDS:
        delete(well.store, table, f"topic_id = '{payments}' AND partition = 1 AND offset >= 20")
    last = well.current()[payments].ends[1][1] - 1
    report = well.verify(quick=True)
    expect(report, f"hole: {well.payments}, log {payments}-1, offsets 0 to {last}: not stored")
    well.mend(report)


def test_a_stale_day_is_named_until_it_is_folded(well: World) -> None:
    with restored(well.store, "evidence"):
        copy(well.store, "evidence", a_record(well, "evidence"), offset="t.offset + 1")
        expect(well.verify(quick=True), "stale: day 2026-03-0")
    assert told(well.verify(quick=True)) == []


def test_a_schema_that_was_changed_is_named(well: World) -> None:
    store = well.store
    [(text,)] = store.query(
        "SELECT create_table_query FROM system.tables"
        " WHERE database = currentDatabase() AND name = 'payment_compensation'"
    )
    store.command(
        text.replace("min(compensation.amount_vnd)", "max(compensation.amount_vnd)").replace(
            "CREATE VIEW", "CREATE OR REPLACE VIEW"
        )
    )
    assert well.schema_problems() == ["payment_compensation is not as the migrations make it"]
    store.command(text.replace("CREATE VIEW", "CREATE OR REPLACE VIEW"))
    store.command("CREATE TABLE extra (a Int64) ENGINE = Memory")
    assert well.schema_problems() == ["extra is none of the program's"]
    store.command("DROP TABLE extra")
    assert well.schema_problems() == []
