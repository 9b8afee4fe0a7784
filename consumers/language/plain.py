"""Trees of facts as plain data whose messages are also said in every language."""

from typing import Any

from consumers.language.language import in_every_language
from consumers.plain import as_json


def as_worded_json(value: Any) -> Any:
    """What an API answers and a command prints as JSON: of each message its id, its values, and
    its words by language."""
    return as_json(value, in_every_language)
