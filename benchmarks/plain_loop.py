"""The loop that one writes first: poll, json.loads, pydantic, insert every 10,000 rows, commit.

    python -m benchmarks.plain_loop BOOTSTRAP TOPIC DSN RECORDS    prints seconds

It makes its own table, `plain_evidence`, with ClickHouse's own defaults: nothing is synced to disk,
no coordinates are kept, a bad record ends it, and a crash doubles or loses rows.
"""

import json
import sys
import time
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlsplit
from uuid import UUID

import clickhouse_connect
from kafka import KafkaConsumer
from pydantic import BaseModel, Field

ROWS = 10_000
COLUMNS = (
    "id",
    "source",
    "type",
    "time",
    "source_transaction_id",
    "account",
    "bank_reference",
    "compensation_reference",
    "amount_vnd",
    "time_precision",
    "rail_class",
    "virtual_account",
    "stall_code",
    "payer_token",
    "balance_after_vnd",
    "text",
)
TABLE = """
CREATE OR REPLACE TABLE plain_evidence
(
    id UUID, source String, type String, time DateTime64(3, 'UTC'), source_transaction_id String,
    account String, bank_reference String, compensation_reference Nullable(String),
    amount_vnd Int64, time_precision String, rail_class String,
    virtual_account Nullable(String), stall_code Nullable(String), payer_token Nullable(String),
    balance_after_vnd Nullable(Int64), text Nullable(String)
)
ENGINE = MergeTree ORDER BY (toDate(time), account, bank_reference)
"""
Token = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]


class Data(BaseModel):
    """The same fields as ours, with the rules that one would write down at once."""

    source_transaction_id: str
    account: Token
    bank_reference: str
    compensation_reference: str | None
    amount_vnd: Annotated[int, Field(ge=1)]
    currency: str
    time_precision: str
    rail_class: str
    virtual_account: Token | None
    stall_code: str | None
    payer_token: Token | None
    balance_after_vnd: int | None
    text: str | None


class Event(BaseModel):
    """The envelope."""

    specversion: str
    id: UUID
    source: str
    type: str
    time: datetime
    data: Data


def run(bootstrap: str, topic: str, dsn: str, records: int) -> float:
    """Seconds from the first record to the last insert."""
    place = urlsplit(dsn)
    client = clickhouse_connect.get_client(
        host=place.hostname,
        port=place.port,
        username=place.username,
        password=place.password or "",
        database=place.path.strip("/"),
        compress=False,
    )
    client.command(TABLE)
    consumer: Any = KafkaConsumer(
        topic,
        bootstrap_servers=bootstrap,
        group_id=f"plain-{time.time_ns()}",
        auto_offset_reset="earliest",
        enable_auto_commit=False,
    )
    rows: list[tuple[Any, ...]] = []
    began = 0.0
    for taken, record in enumerate(consumer, start=1):
        began = began or time.monotonic()
        event = Event.model_validate(json.loads(record.value))
        d = event.data
        rows.append(
            (
                event.id,
                event.source,
                event.type,
                event.time,
                d.source_transaction_id,
                d.account,
                d.bank_reference,
                d.compensation_reference,
                d.amount_vnd,
                d.time_precision,
                d.rail_class,
                d.virtual_account,
                d.stall_code,
                d.payer_token,
                d.balance_after_vnd,
                d.text,
            )
        )
        if len(rows) == ROWS or taken == records:
            client.insert("plain_evidence", rows, column_names=COLUMNS)
            consumer.commit()
            rows = []
        if taken == records:
            break
    seconds = time.monotonic() - began
    consumer.close()
    client.close()
    return seconds


if __name__ == "__main__":
    sys.stdout.write(f"{run(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))}\n")
