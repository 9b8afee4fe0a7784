"""Where a figure leads: its rows, its definition, its downloads. Pure."""

from dataclasses import replace
from datetime import date
from urllib.parse import urlencode

from consumers.adoption.question.answer import Question
from consumers.language.language import Language
from consumers.web.exhibit import Link
from consumers.web.state import path_to

DOWNLOADS = (("csv", "CSV"), ("json", "JSON"), ("parquet", "Parquet"))


def question_pairs(question: Question) -> list[tuple[str, str]]:
    """The question as the API and the page of rows read it."""
    pairs = [("market", market) for market in question.markets]
    pairs += [("kind", kind) for kind in question.kinds]
    pairs += [("vendor", vendor) for vendor in question.vendors]
    pairs += [("by", question.by), ("grain", question.grain)]
    pairs += [("from", _day(question.first_day)), ("to", _day(question.last_day))]
    changed = question.thresholds.version.partition("+")[2]  # NAME=VALUE,…
    pairs += [("threshold", word) for word in changed.split(",") if word]
    if question.known_on is not None:
        pairs.append(("known_on", question.known_on.isoformat()))
    return pairs


def rows_address(question: Question) -> str:
    """The page with the rows of an answer."""
    return f"{path_to('figures', question.metric)}?{urlencode(question_pairs(question))}"


def download_address(question: Question, form: str) -> str:
    """The same rows from the API."""
    pairs = [*question_pairs(question), ("format", form)]
    return f"{path_to('v1', 'adoption', question.metric)}?{urlencode(pairs)}"


def definition_address(metric: str) -> str:
    """Where the metric is defined."""
    return f"/definitions#{metric}"


def own_question(question: Question, market: str) -> Question:
    """The question of one panel among several: about its market alone."""
    return replace(question, markets=(market,)) if market else question


def links_of(question: Question, language: Language) -> tuple[Link, ...]:
    """Everywhere that a figure leads."""
    return (
        Link(language.say("Rows"), rows_address(question)),
        Link(language.say("Definition"), definition_address(question.metric)),
        *(Link(name, download_address(question, form)) for form, name in DOWNLOADS),
    )


def _day(day: date) -> str:
    return day.isoformat()
