"""The API, described: what `/openapi.json` says, for people."""

import json
from typing import Any

from fastapi import Response

from consumers.web.access.rules import AccessRule
from consumers.web.view import Page, View
from schemas.message import mark as _


def render(view: View) -> Response:
    """Each operation with its parameters and an example."""
    document = view.site.openapi()
    shapes = document.get("components", {}).get("schemas", {})
    operations = [
        {
            "method": method.upper(),
            "path": path,
            "summary": operation.get("summary", ""),
            "text": operation.get("description", ""),
            "parameters": [_parameter(p) for p in operation.get("parameters", ())],
            "example": _example(operation, shapes),
        }
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    return view.render("api.html", operations=operations)


def _parameter(parameter: dict[str, Any]) -> dict[str, str]:
    shape = parameter.get("schema", {})
    kinds = [shape, *shape.get("anyOf", ())]
    values = next((k["enum"] for k in kinds if "enum" in k), ())
    types = [k["type"] for k in kinds if k.get("type") not in {None, "null"}]
    return {
        "name": parameter["name"],
        "type": ", ".join(map(str, values)) or ", ".join(types),
        "text": parameter.get("description", ""),
    }


def _example(operation: dict[str, Any], shapes: dict[str, Any]) -> str:
    """The example of the answer's shape, as JSON."""
    content = operation.get("responses", {}).get("200", {}).get("content", {})
    shape = content.get("application/json", {}).get("schema", {})
    name = str(shape.get("$ref", "")).rpartition("/")[2]
    example = shapes.get(name, {}).get("example")
    return "" if example is None else json.dumps(example, ensure_ascii=False, indent=1)


PAGE = Page(path="/docs", title=_("The API"), rule=AccessRule("figures"), render=render)
