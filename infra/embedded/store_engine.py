"""chDB inside this process, one fresh session for each request.

Measured: one chDB connection runs its queries one after another, several connections of one process
to one path run side by side, and a new one costs a tenth of a millisecond. So each request gets
its own: settings and parameters of one request cannot reach another.
"""

import importlib
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.embedded.files import Lock
from infra.errors import ChosoError
from infra.failpoint import reach

_CODE = re.compile(r"Code: (\d+)\.")
_SETTING_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_QUOTE = "'"
THREAD_BYTES = 64 << 20
UNKNOWN_SETTING = 115
GENERIC = 1002


class EngineError(ChosoError):
    """The engine's own answer to a statement: ClickHouse's text and code."""


@dataclass(frozen=True, slots=True)
class QueryOutput:
    """Bytes of the result in the format asked for, and what it cost."""

    body: memoryview | bytes
    rows_read: int
    bytes_read: int
    rows_written: int
    bytes_written: int
    elapsed_s: float
    owner: Any = None  # keeps the memory of `body` alive


class Engine:
    """The open database of one directory. Any thread may call `run` and `insert`."""

    def __init__(self, path: Path, *, memory_mb: int, threads: int) -> None:
        self._path = path
        self._lock = Lock(
            path / "door.lock",
            subject=f"store {path}",
            advice="stop that process, or give this one a directory of its own",
        )
        self._memory_bytes = memory_mb << 20
        self._threads = threads
        self._root: Any = None

    def open(self) -> str:
        """Open or create the database; gives the engine's version. Refused while another has it."""
        self._lock.acquire()
        os.environ["TZ"] = "UTC"
        # 0.1 s and the threads of the engine: only in the process of the store itself.
        _chdb: Any = importlib.import_module("chdb._chdb")

        options = {
            "max_server_memory_usage": self._memory_bytes,
            "mark_cache_size": 32 << 20,
            "index_mark_cache_size": 8 << 20,
            "uncompressed_cache_size": 0,
            "index_uncompressed_cache_size": 0,
            "mmap_cache_size": 64,
            "compiled_expression_cache_size": 16 << 20,
        }
        self._address = f"{self._path}?" + "&".join(f"{k}={v}" for k, v in options.items())
        self._connect = _chdb.connect
        self._root = self._connect(self._address)
        return bytes(self.run("SELECT version()", fmt="TabSeparated").body).decode().strip()

    def run(
        self,
        sql: str,
        *,
        fmt: str,
        params: Mapping[str, str] | None = None,
        settings: Mapping[str, str] | None = None,
        database: str = "default",
    ) -> QueryOutput:
        """Run one statement to its end. `fmt` is for a statement that names no format itself."""
        session = self._session(settings or {}, database)
        try:
            return _answer(session.query(sql, fmt, params=dict(params or {})))
        except RuntimeError as error:
            raise _translated(error) from error
        finally:
            session.close()

    def insert(
        self,
        sql: str,
        chunks: Iterable[bytes],
        *,
        fmt: str,
        settings: Mapping[str, str] | None = None,
        database: str = "default",
    ) -> QueryOutput:
        """Feed bytes to an INSERT as they come. Where `chunks` raises, nothing is inserted.

        Nothing, because the session's settings make one block of the whole body: it is written
        only by the finish.
        """
        session = self._session(settings or {}, database)
        try:
            stream = session.send_insert(sql, fmt)
            try:
                reach("store.insert_begun")
                for chunk in chunks:
                    session.insert_append(stream, chunk)
                reach("store.insert_received")
            except BaseException:
                session.insert_cancel(stream)
                raise
            return _answer(session.insert_done(stream))
        except RuntimeError as error:
            raise _translated(error) from error
        finally:
            session.close()

    def _session(self, settings: Mapping[str, str], database: str) -> Any:
        given = {
            "max_memory_usage": str(self._memory_bytes * 7 // 10),
            # By default each thread of a statement wants a free GiB: here all would have one.
            "max_threads_min_free_memory_per_thread": str(THREAD_BYTES),
            **settings,
        }
        if self._threads:
            given.setdefault("max_threads", str(self._threads))
        for name in given:
            if not _SETTING_NAME.fullmatch(name):
                raise EngineError(f"Unknown setting {name!r}", code=UNKNOWN_SETTING)
        session = self._connect(self._address)
        try:
            if database not in {"", "default"}:
                session.query(f"USE `{_escaped(database, '`')}`", "TabSeparated")
            pairs = (f"{name} = '{_escaped(value, _QUOTE)}'" for name, value in given.items())
            session.query(f"SET {', '.join(pairs)}", "TabSeparated")
        except RuntimeError as error:
            session.close()
            raise _translated(error) from error
        return session

    def close(self) -> None:
        """Close the database; every request must have ended."""
        if self._root is not None:
            self._root.close()
            self._root = None
        self._lock.release()


def _answer(result: Any) -> QueryOutput:
    memory = result.get_memview()
    return QueryOutput(
        body=memory.view() if result.size() else b"",
        rows_read=result.rows_read(),
        bytes_read=result.bytes_read(),
        rows_written=result.rows_written(),
        bytes_written=result.bytes_written(),
        elapsed_s=result.elapsed(),
        owner=(result, memory),
    )


def _translated(error: RuntimeError) -> EngineError:
    text = str(error)
    start = max(0, text.find("Code: "))
    found = _CODE.search(text)
    return EngineError(text[start:], code=int(found[1]) if found else GENERIC)


def _escaped(text: str, quote: str) -> str:
    return text.replace("\\", "\\\\").replace(quote, "\\" + quote)
