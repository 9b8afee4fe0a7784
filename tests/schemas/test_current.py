"""A store is the same whether it is made of what holds now, or was brought there step by step."""

import pytest

from infra.clickhouse import Store
from infra.migrations import definitions, statements_of
from schemas import current, generate
from schemas.migrations import migration_texts
from tests.parts import store_client

FOLDER = generate.BASELINE.parents[1] / "current"


def test_every_topic_has_its_place() -> None:
    assert sorted(current.TOPICS) == sorted(path.stem for path in FOLDER.glob("*.sql"))


def test_the_first_migration_is_what_holds_now_while_it_stands_alone() -> None:
    """Mend with `python -m schemas.generate`."""
    first, *later = migration_texts()
    assert later or first.sql == current.baseline()


def test_a_text_ends_its_statements_as_migrations_do() -> None:
    for topic in current.TOPICS:
        for statement in statements_of(current.topic_text(topic)):
            if "CREATE OR REPLACE VIEW" in statement:
                name = statement.split("CREATE OR REPLACE VIEW ")[1].split()[0]
                assert statement.endswith(current.view_text(name))


@pytest.mark.real
def test_both_ways_lead_to_the_same_tables_and_views(store: Store, store_dsn: str) -> None:
    base = store_dsn.removesuffix("/default")
    with store_client(store_dsn) as root:
        root.command("CREATE DATABASE made_of_current")
        with store_client(f"{base}/made_of_current") as other:
            for statement in statements_of(current.baseline()):
                other.command(statement)
            made = definitions(store)
            del made["schema_migration"]
            assert made == definitions(other)
        root.command("DROP DATABASE made_of_current")
