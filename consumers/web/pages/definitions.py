"""Definitions: what each figure means, when it is missing, and the statement that computes it."""

import re
from dataclasses import dataclass

from fastapi import Response
from markupsafe import Markup, escape

from consumers.adoption.metrics.catalogue import METRICS
from consumers.adoption.question.answer import Definition
from consumers.sql import statement
from consumers.web.access.rules import AccessRule
from consumers.web.view import Page, View
from schemas.message import mark as _
from schemas.thresholds import Thresholds


@dataclass(frozen=True, slots=True)
class DefinitionView:
    """A definition with the values of its thresholds and the text of its statements."""

    definition: Definition
    text: Markup
    nulls: Markup
    interval: Markup
    thresholds: tuple[tuple[str, str], ...]
    statements: tuple[tuple[str, str], ...]


EVALUATION = Definition(
    id="evaluation",
    version=1,
    title=_("Evaluation"),
    text=_(
        "What a registered plan measures, in each market and week. payments and vnd: valid"
        " payments, or their money, by stall and open day: their sum ÷ (the mean number of"
        " stalls of the census in force × the days on which the market was open)."
        " paying_share: vendors with a valid payment ÷ stalls of the census. Totals that an"
        " acquirer or a fee office reported of whole markets take the place of payments where"
        " the plan says so. The effect is estimated as the plan registered it before; the page"
        " names the estimator and how it infers."
    ),
    nulls=_(
        "A week is left out in which a market had no open day, no report, or not on every day a"
        " census. What the data cannot answer is refused, with the reason and with what would"
        " answer it."
    ),
    interval=_(
        "As the design has it: permutation of markets or of the drawn order of starts, a bootstrap"
        " by row of stalls, or a band for serial correlation."
    ),
    thresholds=(),
    sql=("market_weeks", "market_totals", "censuses"),
)


def render(view: View) -> Response:
    """All definitions on one page; each is an anchor."""
    shown = [_shown(view, metric.definition) for metric in METRICS.values()]
    shown.append(_shown(view, EVALUATION, "consumers.evaluation"))
    return view.render("definitions.html", shown=shown, version=Thresholds().version)


def _shown(
    view: View, definition: Definition, package: str = "consumers.adoption"
) -> DefinitionView:
    defaults = Thresholds()
    texts = (definition.text, definition.nulls, definition.interval)
    text, nulls, interval = (with_names(view.say(each)) for each in texts)
    return DefinitionView(
        definition,
        text,
        nulls,
        interval,
        tuple((n, _written(view, _value(defaults, n))) for n in definition.thresholds),
        tuple((f"{n}.sql", statement(package, n)) for n in definition.sql),
    )


def with_names(text: str) -> Markup:
    """The text, with names of fields and parameters set as such: they stay as they are in every
    language, so that a reader finds them in the rows."""
    parts = NAME.split(text)
    return Markup().join(
        Markup("<code>{}</code>").format(part) if n % 2 else escape(part)
        for n, part in enumerate(parts)
    )


# A word with an underscore, or one that begins a sentence and is explained after its colon.
NAME = re.compile(r"\b([a-z]+(?:_[a-z0-9*]+)+|(?<=\. )[a-z][a-z0-9]*(?=: )|^[a-z]+(?=: ))")


def _written(view: View, value: float) -> str:
    return view.language.number(value, 0 if value.is_integer() else 2)


def _value(thresholds: Thresholds, name: str) -> float:
    return float(getattr(thresholds, name))


PAGE = Page(
    path="/definitions",
    title=_("Definitions"),
    rule=AccessRule("figures"),
    render=render,
    in_nav=True,
)
