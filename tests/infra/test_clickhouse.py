"""The client and the embedded store's door, against each other."""

import threading
import time
from datetime import UTC, datetime
from urllib.parse import urlsplit

import clickhouse_connect
import pyarrow as pa
import pytest

from infra.clickhouse import Store, _translated, check_store, connect
from infra.dsn import parse_dsn
from infra.embedded.files import free_port
from infra.errors import Refused, Unavailable
from infra.settings import StoreSettings
from tests.parts import store_client

pytestmark = pytest.mark.real


def block(rows: int, *, first: int = 0) -> pa.Table:
    return pa.table(
        {
            "offset": pa.array(range(first, first + rows), pa.uint64()),
            "body": pa.array([b'{"a":1}'] * rows, pa.binary()),
        }
    )


def make_table(store: Store, name: str = "t") -> None:
    store.command(
        f"CREATE TABLE {name} (offset UInt64, body String) ENGINE=MergeTree ORDER BY offset"
    )


def test_values_survive_the_round_trip(store: Store) -> None:
    at = datetime(2026, 3, 1, 16, 59, 59, 123000, tzinfo=UTC)
    text = "Chợ Số\t'x' \\ %s {a:String}\n"
    given = {"text": text, "at": at, "names": ["a'b", "c"], "none": None, "days": [at, at]}
    [row] = store.rows(
        "SELECT {text:String} AS text, {at:DateTime64(3)} AS at, {names:Array(String)} AS names,"
        " {none:Nullable(String)} AS none, {days:Array(DateTime64(3))} AS days,"
        " toInt128('-170141183460469231731687303715884105728') AS big",
        given,
    )
    assert row == {**given, "big": -(2**127)}


def test_a_parameter_too_long_for_an_address_goes_as_a_form(store: Store) -> None:
    text = "đ" * 50_000
    assert store.query("SELECT {x:String}, {n:UInt8}", {"x": text, "n": 7}) == [(text, 7)]


def test_parameters_never_become_text(store: Store) -> None:
    with pytest.raises(Refused, match="no parameter"):
        store.query("SELECT %(x)s", {"x": "1"})
    with pytest.raises(Refused, match="not the name of a table"):
        store.insert_raw("t SELECT 1", b"", "CSV")


def test_one_insert_is_one_part_however_large(store: Store) -> None:
    make_table(store)
    rows = 1_200_000  # more than max_insert_block_size and min_insert_block_size_rows by default
    store.insert_arrow("t", block(rows))
    parts = (
        "SELECT count(), sum(rows) FROM system.parts"
        " WHERE table = 't' AND active AND database = currentDatabase()"
    )
    assert store.query(parts) == [(1, rows)]
    many = pa.Table.from_batches(block(1000).to_batches(max_chunksize=10))
    store.insert_arrow("t", many)
    assert store.query(parts) == [(2, rows + 1000)]


def test_two_partition_values_split_a_block_so_keep_them_constant(store: Store) -> None:
    store.command(
        "CREATE TABLE t (offset UInt64, body String) ENGINE=MergeTree"
        " PARTITION BY offset % 2 ORDER BY offset"
    )
    store.insert_arrow("t", block(10))
    assert store.query("SELECT uniqExact(_part) FROM t") == [(2,)]


def test_the_same_block_twice_is_kept_twice(store: Store) -> None:
    store.command(
        "CREATE TABLE t (offset UInt64, body String) ENGINE=MergeTree ORDER BY offset"
        " SETTINGS non_replicated_deduplication_window = 100"
    )
    for _ in range(2):
        store.insert_arrow("t", block(5))
    assert store.query("SELECT count() FROM t") == [(10,)]


def test_a_bad_row_leaves_nothing(store: Store) -> None:
    make_table(store)
    lines = b'{"offset":1,"body":"x"}\n' * 5000 + b'{"offset":"no","body":"x"}\n'
    with pytest.raises(Refused) as caught:
        store.insert_raw("t", lines, "JSONEachRow")
    assert caught.value.code is not None
    assert store.query("SELECT count() FROM t") == [(0,)]


@pytest.mark.parametrize(
    ("sql", "kind", "code"),
    [
        ("SELECT nope", Refused, 47),
        ("SELEC 1", Refused, 62),
        ("SELECT * FROM nope", Refused, 60),
        ("SELECT throwIf(1)", Refused, 395),
        ("SELECT sleepEachRow(1) FROM numbers(3) SETTINGS max_execution_time=1", Unavailable, 159),
        ("SELECT groupArray(number) FROM numbers(300000000)", Unavailable, 241),
    ],
)
def test_error_codes_become_the_two_errors(
    store: Store, sql: str, kind: type[Exception], code: int
) -> None:
    with pytest.raises(kind) as caught:
        store.query(sql)
    assert caught.value.code == code  # type: ignore[attr-defined]
    assert store.query("SELECT 1") == [(1,)]


@pytest.mark.parametrize("code", [202, 209, 210, 241, 252])
def test_codes_that_pass_by(code: int) -> None:
    error = clickhouse_connect.driver.exceptions.DatabaseError("x", code=code)
    assert isinstance(_translated("s", error), Unavailable)


def test_our_own_mistakes_are_not_translated() -> None:
    with pytest.raises(ZeroDivisionError):
        _translated("s", ZeroDivisionError())


def test_nobody_there_is_unavailable() -> None:
    with pytest.raises(Unavailable):
        connect(f"http://default:x@127.0.0.1:{free_port()}/default", settings=StoreSettings())


def test_wrong_password_and_unknown_database_are_refused(store_dsn: str) -> None:
    password = urlsplit(store_dsn).password or ""
    with pytest.raises(Refused) as caught:
        connect(store_dsn.replace(password, "wrong"), settings=StoreSettings())
    assert caught.value.code == 516
    with pytest.raises(Refused) as caught:
        connect(store_dsn.removesuffix("default") + "nope", settings=StoreSettings())
    assert caught.value.code == 81


@pytest.mark.parametrize(
    ("dsn", "fact"),
    [
        ("http://u:hush@ch.example:8123/db", "https"),
        ("https://u:hush@ch.example:8443/db?verify=false", "ca_cert"),
        ("http://u:hush@127.0.0.1:8123/db?async_insert=1&wait_for_async_insert=0", "async_insert"),
        ("http://u:hush@127.0.0.1:8123/db?insert_deduplicate=1", "insert_deduplicate"),
        ("clickhouse://u:hush@127.0.0.1/db", "http"),
        ("http://u:hush@127.0.0.1:eight/db", "not readable"),
    ],
)
def test_unsafe_dsn_is_refused_and_shows_no_password(dsn: str, fact: str) -> None:
    with pytest.raises(Refused, match=fact) as caught:
        connect(dsn, settings=StoreSettings())
    assert "hush" not in str(caught.value)


def test_a_dsn_hides_its_password() -> None:
    dsn = parse_dsn("https://u:hu%40sh@h/db?max_threads=2", pinned={})
    assert (dsn.password, dsn.port, dsn.settings) == ("hu@sh", 8443, {"max_threads": "2"})
    assert "hu@sh" not in repr(dsn)


def test_the_pinned_settings_are_in_force(store: Store) -> None:
    assert check_store(store).startswith("26.")
    names = ("async_insert", "insert_deduplicate", "session_timezone", "max_execution_time")
    [row] = store.query("SELECT " + ", ".join(f"toString(getSetting('{n}'))" for n in names))
    assert row == ("false", "false", "UTC", "300")


def test_settings_of_one_request_do_not_reach_the_next(store: Store) -> None:
    assert store.query("SELECT getSetting('max_block_size')", settings={"max_block_size": 7}) == [
        (7,)
    ]
    assert store.query("SELECT getSetting('max_block_size')") != [(7,)]


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_a_statement_uses_as_many_threads_as_it_may(store: Store, threads: int) -> None:
    """The engine itself would give a store of less than 2 GiB one, whatever was asked for."""
    asked = "SELECT sum(number) FROM numbers_mt(100000000)"
    plan = store.query(f"EXPLAIN PIPELINE {asked}", settings={"max_threads": threads})
    at_work = [line for (line,) in plan if "AggregatingTransform" in line]
    assert [line.strip() for line in at_work] == [
        "AggregatingTransform" + (f" × {threads}" if threads > 1 else "")
    ]


def test_an_insert_does_not_wait_for_a_slow_query(store: Store) -> None:
    make_table(store)
    slow = threading.Thread(
        target=store.query,
        args=("SELECT sleepEachRow(1) FROM numbers(3) SETTINGS max_block_size=1",),
    )
    slow.start()
    begun = time.monotonic()
    for first in range(0, 5000, 1000):
        store.insert_arrow("t", block(1000, first=first))
    assert store.query("SELECT count() FROM t") == [(5000,)]
    took_s = time.monotonic() - begun
    still_slow = slow.is_alive()
    slow.join()
    assert still_slow, f"the inserts waited: {took_s:.1f} s"


def test_many_threads_share_one_store(store: Store) -> None:
    make_table(store)
    writers = [
        threading.Thread(target=store.insert_arrow, args=("t", block(100, first=100 * i)))
        for i in range(16)
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert store.query("SELECT count(), uniqExact(offset) FROM t") == [(1600, 1600)]


def test_any_client_of_clickhouse_can_read_and_write(store: Store, store_database_dsn: str) -> None:
    """Defaults of clickhouse-connect: compression, sessions, Native inserts in chunks."""
    make_table(store)
    other = clickhouse_connect.get_client(dsn=store_database_dsn)
    other.insert("t", [[1, b"a"], [2, b"b"]], column_names=["offset", "body"])
    assert other.query("SELECT * FROM t ORDER BY offset").result_rows == [(1, "a"), (2, "b")]
    assert other.query_arrow("SELECT offset FROM t").num_rows == 2
    other.command("INSERT INTO t VALUES (3, 'c')")
    assert other.command("SELECT count() FROM t") == 3
    other.close_connections()
    other.close()


def test_two_clients_may_be_open(store_dsn: str) -> None:
    with store_client(store_dsn) as one, store_client(store_dsn) as two:
        assert one.query("SELECT 1") == two.query("SELECT 1")
        assert one.ping()
