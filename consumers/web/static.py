"""The few files of our own that pages load, from memory: style, scripts, fonts."""

import re
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files

from fastapi import Request, Response

TYPES = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
    "woff2": "font/woff2",
    "txt": "text/plain; charset=utf-8",
}
YEAR_S = 365 * 86_400


@dataclass(frozen=True, slots=True)
class Asset:
    """A file: its bytes, its type, and a tag that changes with it."""

    body: bytes
    media_type: str
    tag: str


@cache
def assets() -> dict[str, Asset]:
    """Every file by its name."""
    found = {}
    for file in files("consumers.web").joinpath("static").iterdir():
        suffix = file.name.rpartition(".")[2]
        if suffix in TYPES:
            body = file.read_bytes()
            found[file.name] = Asset(body, TYPES[suffix], sha256(body).hexdigest()[:16])
    # A style sheet names its fonts with their tags, so that each may be kept for ever.
    css = found["choso.css"].body.decode()
    css = re.sub(r'url\("([\w.-]+)"\)', lambda m: f'url("{address(m[1], found)}")', css)
    found["choso.css"] = Asset(css.encode(), TYPES["css"], sha256(css.encode()).hexdigest()[:16])
    return found


def address(name: str, known: dict[str, Asset] | None = None) -> str:
    """Where a page loads the file from: with its tag, so that a new file has a new address."""
    return f"/static/{name}?v={(known or assets())[name].tag}"


def static(request: Request, name: str) -> Response:
    """GET /static/{name}."""
    asset = assets().get(name)
    if asset is None:
        return Response("nothing has this name", 404)
    is_tagged = request.query_params.get("v") == asset.tag
    headers = {
        "ETag": f'"{asset.tag}"',
        "Cache-Control": f"public, max-age={YEAR_S}, immutable" if is_tagged else "no-cache",
    }
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(None, 304, headers)
    return Response(asset.body, headers=headers, media_type=asset.media_type)
