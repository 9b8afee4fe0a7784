"""Throw derived tables away; sink and fold make them again by themselves."""

from consumers.sql import statement
from infra.clickhouse import Store

FROM_EVIDENCE = ("day_fold", "registry_span", "vendor_bits")
FROM_LOG = (*FROM_EVIDENCE, "evidence", "compensation", "registry_fact", "rejected")


def empty(store: Store, *, from_log: bool) -> None:
    """Empty the derived tables. With `from_log` the sink must start again afterwards."""
    for table in FROM_LOG if from_log else FROM_EVIDENCE:
        store.command(statement(__package__, f"empty_{table}"))
