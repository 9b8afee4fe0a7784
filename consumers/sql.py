"""Statements live in .sql files beside the function that runs them.

`(/* view NAME */)` stands for the text of a view of the schema, put there as it is: the store
plans a view that is called with parameters twice, and of large ones that takes longer than the
answer. The text keeps its parameters, which are then the statement's own. In
`(/* view NAME, OTHER from FILE.sql */)` what that text reads from the view OTHER it reads from the
query in the file beside the statement.
"""

import re
from functools import cache
from importlib.resources import files

from schemas.current import view_text

_VIEW = re.compile(r"\(/\* view (\w+)(?:, (\w+) from (\w+)\.sql)? \*/\)")


@cache
def statement(package: str, name: str) -> str:
    """The text of `name`.sql in the folder of `package`."""
    text = (files(package) / f"{name}.sql").read_text(encoding="utf-8")
    return _VIEW.sub(lambda found: f"(\n{told(package, *found.groups())}\n)", text)


def told(package: str, view: str, other: str | None, file: str | None) -> str:
    """The query of a view that reads a file instead of `other`. LookupError: it reads none."""
    text = view_text(view)
    if other is None or file is None:
        return text
    call = rf"\b{other}\([^{{}}]*\{{[^{{}}]*\}}\)"
    text, count = re.subn(call, lambda _: f"(\n{statement(package, file)}\n)", text)
    if not count:
        raise LookupError(f"view {view}: does not read {other}")
    return text
