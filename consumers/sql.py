"""Statements live in .sql files beside the function that runs them.

`(/* view NAME */)` stands for the text of a view of the schema, put there as it is: the store
plans a view that is called with parameters twice, and of large ones that takes longer than the
answer. The text keeps its parameters, which are then the statement's own.
"""

import re
from functools import cache
from importlib.resources import files

from schemas.migrations import migration_texts

_VIEW = re.compile(r"\(/\* view (\w+) \*/\)")


@cache
def statement(package: str, name: str) -> str:
    """The text of `name`.sql in the folder of `package`."""
    text = (files(package) / f"{name}.sql").read_text(encoding="utf-8")
    return _VIEW.sub(lambda found: f"(\n{view_text(found[1])}\n)", text)


@cache
def view_text(view: str) -> str:
    """The query of a view, as the schema's last migration about it says. LookupError: none does."""
    head = re.compile(rf"^CREATE OR REPLACE VIEW {view} AS$(.*?);$", re.MULTILINE | re.DOTALL)
    for migration in reversed(migration_texts()):
        if found := head.findall(migration.sql):
            return str(found[-1]).strip()
    raise LookupError(f"view {view}: no migration makes it")
