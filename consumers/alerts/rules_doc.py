"""Writes the table of rules in docs/alerts.md: `python -m consumers.alerts.rules_doc`."""

import re
from pathlib import Path

from consumers.alerts.rules import RULES

PAGE = Path(__file__).parents[2] / "docs" / "alerts.md"
_TABLE = re.compile(r"(?<=\n)\| rule \|.*?(?=\n\n)", re.DOTALL)


def page(text: str) -> str:
    """The page with the table of the rules as they are."""
    rows = [f"| `{rule.name}` | {rule.raised} | {rule.exposure} |" for rule in RULES.values()]
    table = "\n".join(["| rule | raised when | least exposure |", "|---|---|---|", *rows])
    return _TABLE.sub(lambda _: table, text, count=1)


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
