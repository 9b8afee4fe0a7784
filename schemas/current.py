"""The schema that a new store is made of: schemas/sql/current, one file a topic.

Whatever needs to know how a table or a view is made reads it here, never in a migration. The
first migration is these files in one (`python -m schemas.generate`); later ones bring a store that
is there already to the same.
"""

import re
from functools import cache
from importlib.resources import files

# Each after those that it reads.
TOPICS = (
    "functions",
    "intake",
    "evidence",
    "rejected",
    "payment_judge",
    "registry_judge",
    "delivery_judge",
    "records",
    "identity",
    "payment",
    "valid_payment",
    "registry",
    "delivery",
    "fold",
    "figures",
    "asked",
    "alerts",
    "bi",
)
HEADER = """\
-- Made by `python -m schemas.generate` from schemas/sql/current: edit there.
-- Long because it is the whole schema.

"""
_VIEW = re.compile(r"^CREATE OR REPLACE VIEW (\w+) AS$(.*?);$", re.MULTILINE | re.DOTALL)


def topic_text(topic: str) -> str:
    """The statements of one topic."""
    return (files("schemas") / "sql" / "current" / f"{topic}.sql").read_text(encoding="utf-8")


def baseline() -> str:
    """All statements, in an order in which an empty database takes them."""
    return HEADER + "\n".join(topic_text(topic) for topic in TOPICS)


def view_text(view: str) -> str:
    """The query of a view. LookupError: there is none of that name."""
    try:
        return _views()[view]
    except KeyError:
        raise LookupError(f"view {view}: schemas/sql/current has none") from None


@cache
def _views() -> dict[str, str]:
    """Every view's query by its name."""
    return {name: query.strip() for name, query in _VIEW.findall(baseline())}
