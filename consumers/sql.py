"""Statements live in .sql files beside the function that runs them."""

from functools import cache
from importlib.resources import files


@cache
def statement(package: str, name: str) -> str:
    """The text of `name`.sql in the folder of `package`."""
    return (files(package) / f"{name}.sql").read_text(encoding="utf-8")
