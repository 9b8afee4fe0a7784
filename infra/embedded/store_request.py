"""What a request to the store's door asks for: ClickHouse's HTTP interface, taken apart. Pure."""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message

# Words of the address that are for the HTTP layer; the engine would call them unknown settings.
TRANSPORT = frozenset(
    {
        "add_http_cors_header",
        "buffer_size",
        "cancel_http_readonly_queries_on_client_close",
        "client_protocol_version",
        "compress",
        "database",
        "decompress",
        "default_format",
        "enable_http_compression",
        "http_headers_progress_interval_ms",
        "http_wait_end_of_query",
        "http_response_buffer_size",
        "http_write_exception_in_output_format",
        "password",
        "query",
        "query_id",
        "quota_key",
        "role",
        "send_progress_in_http_headers",
        "session_check",
        "session_id",
        "session_timeout",
        "user",
        "wait_end_of_query",
    }
)

# INSERT INTO table (columns) … FORMAT Name, then the data from the next line (or blank) on.
_INSERT = re.compile(
    rb"\s*(INSERT\s+INTO\s+(?:(?!\bFORMAT\s)[^;])*?)\s*\bFORMAT\s+([A-Za-z0-9_]+)[ \t]*;?"
    rb"(?:\r?\n|[ \t]|$)",
    re.IGNORECASE,
)
_OWN_ROWS = re.compile(rb"\b(SELECT|VALUES|FROM\s+INFILE)\b", re.IGNORECASE)
_FORMAT = re.compile(r"\bFORMAT\s+([A-Za-z0-9_]+)\s*;?\s*\Z", re.IGNORECASE)
HEAD_BYTES_MAX = 64 << 10


@dataclass(frozen=True, slots=True)
class Insert:
    """An INSERT whose rows follow: the statement without its format, and where the data begin."""

    sql: str
    fmt: str
    data_from: int


def insert_of(head: bytes) -> Insert | None:
    """The INSERT with data that these first bytes are, or None for any other statement."""
    found = _INSERT.match(head[:HEAD_BYTES_MAX])
    if not found or _OWN_ROWS.search(found[1].partition(b"(")[0]):
        return None
    if _OWN_ROWS.search(found[1].rpartition(b")")[2]):
        return None
    return Insert(found[1].decode(), found[2].decode(), found.end())


def format_of(sql: str, default: str) -> str:
    """The format that a statement ends with, or the default."""
    found = _FORMAT.search(sql)
    return found[1] if found else default


def params_of(arguments: Mapping[str, str]) -> dict[str, str]:
    """Values for `{name:Type}`, as escaped text."""
    return {k.removeprefix("param_"): v for k, v in arguments.items() if k.startswith("param_")}


def settings_of(arguments: Mapping[str, str]) -> dict[str, str]:
    """Everything that is neither for the HTTP layer nor a parameter is a setting."""
    return {k: v for k, v in arguments.items() if k not in TRANSPORT and not k.startswith("param_")}


def credentials_of(headers: Message, arguments: Mapping[str, str]) -> tuple[str, str]:
    """User and password from Basic authentication, X-ClickHouse headers or the address."""
    scheme, _, token = headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            user, _, password = base64.b64decode(token, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return "", ""
        return user, password
    user = headers.get("X-ClickHouse-User", arguments.get("user", "default"))
    return user, headers.get("X-ClickHouse-Key", arguments.get("password", ""))


def status_of(code: int) -> int:
    """The HTTP status that ClickHouse itself gives with this error code.

    Never 429, 503 or 504: clients repeat those by themselves.
    """
    if code in {516, 194, 192, 193}:
        return 403
    if code in {60, 81, 16, 36, 46, 47}:
        return 404
    if code in {27, 38, 41, 43, 50, 53, 62, 69, 70, 72, 73, 117, 130, 456, 457}:
        return 400
    return 500
