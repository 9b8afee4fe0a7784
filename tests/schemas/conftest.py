"""The corpus of the admission law, landed once in a database of its own."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from infra.clickhouse import Store
from tests.engine import land, migrate, records
from tests.parts import store_client
from tests.schemas.bodies import Case, corpus
from tests.schemas.valid import RECORDED_AT

BATCH_RECORDS = 8_192
SEED = 20_260_301


@dataclass(frozen=True)
class Judged:
    """What was landed, and where. A case's offset is its place in the list of its shape."""

    store: Store
    cases: dict[str, list[Case]]


@pytest.fixture(scope="module")
def judged(store_dsn: str) -> Iterator[Judged]:
    """Both corpora, landed by the sink's own table in batches, in an otherwise empty database."""
    with store_client(store_dsn) as root:
        root.command("CREATE DATABASE admission")
        with store_client(store_dsn.removesuffix("/default") + "/admission") as store:
            migrate(store)
            cases = {shape: corpus(shape, SEED) for shape in ("payment", "registry", "delivery")}
            for shape, those in cases.items():
                for first in range(0, len(those), BATCH_RECORDS):
                    bodies = [case.body for case in those[first : first + BATCH_RECORDS]]
                    land(store, records(bodies, first, RECORDED_AT), shape=shape)
            yield Judged(store, cases)
        root.command("DROP DATABASE admission")
