"""Definitions: what each figure means, when it is missing, and the statement that computes it."""

from dataclasses import dataclass

from fastapi import Response

from consumers.adoption.answer import Definition, Thresholds
from consumers.adoption.catalogue import METRICS
from consumers.language.mark import mark as _
from consumers.sql import statement
from consumers.web.access.rules import Rule
from consumers.web.site import Page
from consumers.web.view import View


@dataclass(frozen=True, slots=True)
class Shown:
    """A definition with the values of its thresholds and the text of its statements."""

    definition: Definition
    thresholds: tuple[tuple[str, str], ...]
    statements: tuple[tuple[str, str], ...]


def render(view: View) -> Response:
    """All definitions on one page; each is an anchor."""
    shown = [_shown(view, metric.definition) for metric in METRICS.values()]
    return view.render("definitions.html", shown=shown, version=Thresholds().version)


def _shown(view: View, definition: Definition) -> Shown:
    defaults = Thresholds()
    return Shown(
        definition,
        tuple((n, view.language.number(_value(defaults, n), 2)) for n in definition.thresholds),
        tuple((f"{n}.sql", statement("consumers.adoption", n)) for n in definition.sql),
    )


def _value(thresholds: Thresholds, name: str) -> float:
    return float(getattr(thresholds, name))


PAGE = Page(
    path="/definitions", title=_("Definitions"), rule=Rule("figures"), render=render, in_nav=True
)
