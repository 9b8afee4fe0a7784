"""docs/settings.md from the settings tree: `python -m infra.settings_doc` writes it.

The meaning of a field is the comment behind it in infra/settings.py; a test compares the page.
"""

import inspect
import re
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from infra.settings import Settings

PAGE = Path(__file__).parent.parent / "docs" / "settings.md"
_HEAD = """# Settings

Written by `python -m infra.settings_doc` from infra/settings.py; a test compares the two.
Strongest first: flags, environment, `.env` in the working directory, the defaults below.
"""
_COLUMNS = "| variable | type | limits | default | meaning |\n|---|---|---|---|---|"


def page() -> str:
    """The whole page: one table for the root, one for each branch."""
    branches = {n: f for n, f in Settings.model_fields.items() if _is_branch(f)}
    leaves = {n: f for n, f in Settings.model_fields.items() if n not in branches}
    parts = [_HEAD, _table("CHOSO_", Settings, leaves)]
    for name, field in branches.items():
        model = field.annotation
        assert isinstance(model, type)
        parts.append(f"## {name}\n\n{inspect.getdoc(model)}\n")
        parts.append(_table(f"CHOSO_{name.upper()}__", model, model.model_fields))
    return "\n".join(parts)


def _is_branch(field: FieldInfo) -> bool:
    return isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel)


def _table(prefix: str, model: type[BaseModel], fields: dict[str, FieldInfo]) -> str:
    comments = _comments(model)
    rows = [
        f"| `{prefix}{name.upper()}` | {_type(field.annotation)} | {_limits(field)} "
        f"| {_default(field)} | {comments.get(name, '')} |"
        for name, field in fields.items()
    ]
    return "\n".join([_COLUMNS, *rows]) + "\n"


def _comments(model: type[BaseModel]) -> dict[str, str]:
    lines = re.findall(r"^    (\w+): .*?  # (.+)$", inspect.getsource(model), re.MULTILINE)
    return dict(lines)


def _type(annotation: Any) -> str:
    text = annotation.__name__ if isinstance(annotation, type) else str(annotation)
    return re.sub(r"\b\w+\.", "", text).replace(" | ", " or ")


def _limits(field: FieldInfo) -> str:
    signs = {"ge": "≥", "gt": ">", "le": "≤", "lt": "<"}
    found = [
        f"{sign} {getattr(limit, name)}"
        for limit in field.metadata
        for name, sign in signs.items()
        if hasattr(limit, name)
    ]
    return ", ".join(found)


def _default(field: FieldInfo) -> str:
    is_told = field.default is not None and field.default_factory is None
    return f"`{field.default}`" if is_told else ""


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
