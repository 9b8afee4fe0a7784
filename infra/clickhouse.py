"""The one way to ClickHouse: its HTTP interface, with settings that cannot lose a row.

The same code talks to a ClickHouse server and to the embedded store's door. Everything that is
sent is idempotent for choso, so a request may be repeated whole; nothing here repeats by itself.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import clickhouse_connect
import pyarrow as pa
from clickhouse_connect.driver import httputil
from clickhouse_connect.driver.exceptions import ClickHouseError, OperationalError
from urllib3.exceptions import HTTPError

from infra.dsn import Dsn, parse_dsn
from infra.errors import ChosoError, Refused, Unavailable
from infra.settings import StoreSettings

# Settings of every request. A DSN that asks for another value of one of them is refused.
PINNED: dict[str, str | int] = {
    "async_insert": 0,  # 1 by default in 26.x: the acknowledged block is not the block sent
    "wait_for_async_insert": 1,
    "insert_deduplicate": 0,  # a retried block must not vanish by a token; truth is a set anyway
    "optimize_use_projections": 1,
    "output_format_json_escape_forward_slashes": 0,
    "output_format_json_quote_64bit_integers": 0,
    "session_timezone": "UTC",
}
# In 26.x these rule over `insert_deduplicate`; an older server does not know them.
PINNED_WHERE_KNOWN: dict[str, str | int] = {
    "deduplicate_insert": "disable",
    "deduplicate_insert_select": "disable",
}

# One INSERT must become one block, hence one part: it lands whole or not at all.
BLOCK_ROWS_MAX = 1 << 30
BLOCK_BYTES_MAX = 1 << 34
ONE_BLOCK: dict[str, str | int] = {
    "max_insert_block_size": BLOCK_ROWS_MAX,
    "min_insert_block_size_rows": BLOCK_ROWS_MAX,
    "min_insert_block_size_bytes": BLOCK_BYTES_MAX,
    "max_insert_threads": 1,
    "input_format_parallel_parsing": 0,
    # Once a row fails an early condition of a view, all others are copied for each later one.
    "short_circuit_function_evaluation": "disable",
    "throw_on_max_partitions_per_insert_block": 1,
    "date_time_output_format": "iso",
    "date_time_input_format": "best_effort",
}

# ClickHouse's codes of what the same request will never do: what it says is wrong, or not allowed.
# Any other error may pass by itself, also one that nobody has heard of: too many open files (76), a
# full disk (243), a lost connection. To give up on such a one would stop what need not stop.
PERMANENT_CODES = frozenset(
    {
        *(6, 10, 15, 16, 20, 26, 27, 36, 38, 41, 42, 43, 44, 46, 47, 48, 50, 53, 57, 60, 62, 63),
        *(69, 70, 72, 73, 80, 81, 82, 115, 117, 128, 130, 131, 149, 153, 158, 161, 164, 179, 182),
        *(183, 184, 190, 191, 192, 193, 194, 196, 207, 215, 219, 291, 307, 321, 344, 349, 352, 377),
        *(386, 395, 396, 403, 407, 446, 452, 456, 457, 471, 497, 516, 524, 547, 692, 697, 716),
    }
)
VERSION_MIN = (26, 3)

_PASSING_STATUS = re.compile(r"HTTP status (408|429|502|503|504)\b")
_TABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)?")

Settings = Mapping[str, str | int]


class Store:
    """A pool of HTTP connections to one ClickHouse database. Any thread may call any method.

    Every method raises Unavailable (send the same again later) or Refused, both with ClickHouse's
    own `code` where it gave one.
    """

    def __init__(self, dsn: Dsn, *, settings: StoreSettings) -> None:
        self.subject = f"store {dsn.host}:{dsn.port}/{dsn.database}"
        self._pool = httputil.get_pool_manager(
            ca_cert=dsn.ca_file, verify=True, maxsize=settings.connections_max
        )
        wait_s = max(1, round(settings.query_timeout_s))
        try:
            self._client = clickhouse_connect.get_client(
                interface=dsn.scheme,
                host=dsn.host,
                port=dsn.port,
                username=dsn.user,
                password=dsn.password,
                database=dsn.database,
                compress=not dsn.loopback,
                query_retries=0,
                connect_timeout=max(1, round(settings.connect_timeout_s)),
                send_receive_timeout=wait_s,
                autogenerate_session_id=False,
                autogenerate_query_id=False,
                pool_mgr=self._pool,
                tz_mode="aware",
                settings={"max_execution_time": wait_s, **dsn.settings, **PINNED},
            )
            known = self._client.server_settings
            self._pinned = {**PINNED, **{k: v for k, v in PINNED_WHERE_KNOWN.items() if k in known}}
            for name, value in self._pinned.items():
                self._client.set_client_setting(name, value)
        except Exception as error:
            self._pool.clear()
            raise _translated(self.subject, error) from error

    def query(
        self,
        sql: str,
        params: Mapping[str, Any] | None = None,
        settings: Settings | None = None,
    ) -> list[tuple[Any, ...]]:
        """Rows of a query. `params` fill `{name:Type}`; times come back aware, in UTC."""
        return self._rows(sql, params, settings)[1]

    def rows(
        self,
        sql: str,
        params: Mapping[str, Any] | None = None,
        settings: Settings | None = None,
    ) -> list[dict[str, Any]]:
        """Rows of a query as dicts by column name."""
        names, rows = self._rows(sql, params, settings)
        return [dict(zip(names, row, strict=True)) for row in rows]

    def command(
        self,
        sql: str,
        params: Mapping[str, Any] | None = None,
        settings: Settings | None = None,
    ) -> None:
        """Run one statement that gives no rows (DDL, INSERT … SELECT, ALTER …) to its end."""
        given = {"wait_end_of_query": 1, **(settings or {})}
        try:
            self._client.command(sql, parameters=self._bound(sql, params), settings=given)
        except Exception as error:
            raise _translated(self.subject, error) from error

    def insert_arrow(
        self,
        table: str,
        rows: pa.Table | pa.RecordBatch,
        settings: Settings | None = None,
    ) -> None:
        """Insert rows as one block by one `INSERT … FORMAT ArrowStream`; columns go by name."""
        self.insert_stream(table, rows.schema.names, arrow_stream(rows), settings)

    def insert_stream(
        self, table: str, columns: list[str], stream: memoryview, settings: Settings | None = None
    ) -> None:
        """The same with rows that `arrow_stream` has made bytes of already."""
        self._insert(table, columns, stream, "ArrowStream", settings)

    def insert_raw(
        self, table: str, body: bytes, fmt: str, settings: Settings | None = None
    ) -> None:
        """Insert bytes that are already in one of ClickHouse's formats, as one block."""
        self._insert(table, None, memoryview(body), fmt, settings)

    def ping(self) -> bool:
        """Whether the server answers at all; asks for no rights and raises nothing."""
        return bool(self._client.ping())

    def close(self) -> None:
        """Close every connection. A closed store must not be used again."""
        self._client.close()
        self._pool.clear()

    def _rows(
        self, sql: str, params: Mapping[str, Any] | None, settings: Settings | None
    ) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
        bound = self._bound(sql, params)
        try:
            result = self._client.query(sql, parameters=bound, settings=dict(settings or {}))
            return tuple(result.column_names), [tuple(row) for row in result.result_rows]
        except Exception as error:
            raise _translated(self.subject, error) from error

    def _insert(
        self,
        table: str,
        columns: list[str] | None,
        body: memoryview,
        fmt: str,
        settings: Settings | None,
    ) -> None:
        # A memoryview makes the client put the statement into the address and leave the body alone.
        if not _TABLE.fullmatch(table):
            raise Refused(f"{self.subject}: not the name of a table: {table!r}")
        given: dict[str, str | int] = {**ONE_BLOCK, **(settings or {}), **self._pinned}
        try:
            self._client.raw_insert(table, columns, body, given, fmt)  # type: ignore[arg-type]
        except Exception as error:
            raise _translated(f"{self.subject}: insert into {table}", error) from error

    def _bound(self, sql: str, params: Mapping[str, Any] | None) -> dict[str, Any] | None:
        """Parameters in the form that the server binds; anything else would become SQL text."""
        if not params:
            return None
        for name in params:
            if not re.search(rf"\{{\s*{re.escape(name)}\s*:", sql):
                raise Refused(f"{self.subject}: the statement has no parameter {{{name}:Type}}")
        return {name: _plain(value) for name, value in params.items()}


def arrow_stream(rows: pa.Table | pa.RecordBatch) -> memoryview:
    """The rows as bytes in one record batch, so that they are one block.

    Written twice, first only to learn the size: a buffer that grows takes up to three times that.
    """
    table = pa.Table.from_batches([rows]) if isinstance(rows, pa.RecordBatch) else rows
    block = table.combine_chunks()
    sizer = pa.MockOutputStream()
    with pa.ipc.new_stream(sizer, block.schema) as writer:
        writer.write_table(block)
    stream = pa.allocate_buffer(sizer.size())
    with (
        pa.FixedSizeBufferWriter(stream) as sink,
        pa.ipc.new_stream(sink, block.schema) as writer,
    ):
        writer.write_table(block)
    return memoryview(stream)


def connect(dsn: str, *, settings: StoreSettings) -> Store:
    """Connect to `http(s)://user:password@host:port/database?setting=value`.

    Refused: a DSN that shows the password to a network or that asks for settings which lose rows,
    a wrong password, an unknown database. Unavailable: nothing answers.
    """
    return Store(parse_dsn(dsn, pinned={**PINNED, **PINNED_WHERE_KNOWN}), settings=settings)


def check_store(store: Store) -> str:
    """The server's version, or Refused where it is too old or would lose or buffer inserts."""
    [(version, *values)] = store.query(
        "SELECT version(), toString(getSetting('async_insert')), "
        "toString(getSetting('insert_deduplicate'))"
    )
    found = tuple(int(part) for part in version.split(".")[:2])
    if found < VERSION_MIN:
        raise Refused(f"{store.subject}: ClickHouse {version}: at least 26.3 is needed")
    for name, value in zip(("async_insert", "insert_deduplicate"), values, strict=True):
        if value not in {"0", "false"}:
            raise Refused(
                f"{store.subject}: {name} is {value} although we ask for 0: a profile or constraint"
                " of the user overrides it: change that profile"
            )
    return str(version)


def _plain(value: Any) -> Any:
    """A value for the wire: the client would drop the milliseconds of a time."""
    if isinstance(value, datetime):
        assert value.tzinfo is not None, f"a naive time: {value}"
        text = value.astimezone(UTC).replace(tzinfo=None)
        return text.isoformat(sep=" ", timespec="auto" if value.microsecond else "seconds")
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


def _translated(subject: str, error: Exception) -> ChosoError:
    """Which of the two errors of the outside world this is."""
    if isinstance(error, ChosoError):
        return error
    if not isinstance(error, ClickHouseError | HTTPError | OSError):
        raise error  # our own mistake, not the server's
    code = getattr(error, "code", None)
    text = _first_line(str(error))
    if code is not None:
        kind: type[ChosoError] = Refused if code in PERMANENT_CODES else Unavailable
    elif isinstance(error, OperationalError | HTTPError | OSError):
        kind = Unavailable
    else:
        kind = Unavailable if _PASSING_STATUS.search(text) else Refused
    return kind(f"{subject}: {text}", code=code)


def _first_line(text: str, *, characters_max: int = 600) -> str:
    return " ".join(text.split())[:characters_max]
