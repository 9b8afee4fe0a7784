"""HTML: one file that needs nothing else, the facts inside."""

from pathlib import Path

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from consumers.reports.document import Document
from consumers.reports.number_format import Lang
from consumers.reports.payload import pack
from consumers.reports.template_values import plain

TEMPLATE = Path(__file__).with_name("report.html")


def render_html(document: Document, lang: Lang) -> bytes:
    """The same bytes for the same document."""
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    template = environment.from_string(TEMPLATE.read_text(encoding="utf-8"))
    said = plain(document, lang)
    for block in said["blocks"]:
        if block["kind"] == "figure":
            block["svg"] = Markup(block["svg"])  # noqa: S704  # our own charts escape their words
    # In a script element only "<" could end it; in JSON it may be written as an escape.
    payload = pack(document, lang).decode().replace("<", "\\u003c")
    return template.render(report=said, payload=Markup(payload)).encode()  # noqa: S704
