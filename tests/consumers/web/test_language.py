"""Two languages: every message is in both, says the same values, and figures have one form."""

import re
from datetime import UTC, date, datetime

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from consumers.adoption.metrics.catalogue import METRICS
from consumers.language.catalog import LANGUAGES, load_messages
from consumers.language.language import languages
from consumers.language.update import extract, missing
from consumers.web.pages import PAGES
from consumers.web.site import KINDS, RAILS, ROLE_NAMES, STATUSES

VI, EN = languages()["vi"], languages()["en"]
ID = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)+")
VALUES = re.compile(r"%\((\w+)\)s|\{\}")


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The ids that Babel finds in the code."""
    with extract(tmp_path_factory.mktemp("messages")).open("rb") as file:
        return ids(read_po(file))


def ids(catalog: Catalog) -> set[str]:
    return {m.id if isinstance(m.id, str) else m.id[0] for m in catalog if m.id}


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_message_of_the_code_is_translated_and_no_other(said: set[str], code: str) -> None:
    """Mend with `make messages`, then translate what it lists."""
    known = ids(load_messages(code))
    assert said == known, said ^ known
    assert missing(code) == []


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_translation_has_the_values_of_its_message(code: str) -> None:
    for message in load_messages(code):
        if not message.id:
            continue
        forms = [message.id] if isinstance(message.id, str) else list(message.id)
        if ID.fullmatch(forms[0]):
            continue  # its values are those that it is made with: tests/consumers/test_messages.py
        said = [message.string] if isinstance(message.string, str) else list(message.string or ())
        wanted = sorted(VALUES.findall(forms[-1]))
        for text in said:
            assert sorted(VALUES.findall(text)) == wanted, message.id
            assert text.strip() == text
            if "%(" in forms[0]:
                text % dict.fromkeys(wanted, "x")


def test_vietnamese_is_not_english() -> None:
    """A translation that was forgotten would be the message itself."""
    same = {
        m.id for m in load_messages("vi") if isinstance(m.id, str) and m.id and m.id == m.string
    }
    assert same <= {"%(name)s: %(value)s", "n"}


def test_titles_and_lists_of_words_are_messages(said: set[str]) -> None:
    marked = [page.title for page in PAGES]
    for words in (KINDS, RAILS, ROLE_NAMES, STATUSES):
        marked += list(words.values())
    for metric in METRICS.values():
        definition = metric.definition
        marked += [definition.title, definition.text, definition.nulls, definition.interval]
    assert set(marked) <= said


def test_figures_have_the_form_of_their_locale() -> None:
    assert VI.money(45_000) == "45.000\u00a0₫"
    assert EN.money(45_000) == "₫45,000"
    for language, swapped in ((VI, ""), (EN, ".,")):
        marks = str.maketrans(swapped, swapped[::-1])
        assert language.number(1234.5, 1) == "1.234,5".translate(marks)
        assert language.number(-1234567) == "−1.234.567".translate(marks)
        assert language.share(0.12345) == "12,3%".translate(marks)
        assert language.whole_share(1.0) == "100%"
        assert language.points(0.0123) == "+1,2".translate(marks)
        assert language.points(-0.0123) == "−1,2".translate(marks)
        assert language.interval(0.29, 0.338) == "29,0–33,8%".translate(marks)
        assert language.day(date(2026, 11, 5)) == "05/11/2026"
        assert language.moment(datetime(2026, 6, 17, 18, 30, tzinfo=UTC)) == "01:30, 18/06/2026"
        assert language.clock(datetime(2026, 6, 17, 18, 30, 5, tzinfo=UTC)) == "01:30:05"
        for form in (language.number, language.share, language.money, language.points):
            assert form(None) == "–"


def test_large_figures_are_short() -> None:
    assert VI.short_number(999) == "999"
    assert VI.short_number(9_999) == "9.999"
    assert VI.short_number(45_200) == "45,2\u00a0nghìn"
    assert VI.short_money(45_200_000) == "45,2\u00a0triệu\u00a0₫"
    assert EN.short_money(1_500_000_000) == "₫1.5\u00a0billion"
    assert EN.short_number(250_000) == "250\u00a0thousand"


def test_days_of_one_year_name_it_once() -> None:
    assert VI.days(date(2026, 1, 5), date(2026, 2, 1)) == "05/01–01/02/2026"
    assert VI.days(date(2025, 12, 29), date(2026, 1, 4)) == "29/12/2025–04/01/2026"
    assert VI.days(date(2026, 1, 5), date(2026, 1, 5)) == "05/01/2026"


def test_counts_choose_their_form() -> None:
    one, many = "%(count)s market", "%(count)s markets"
    assert EN.say_count(one, many, 1) == "1 market"
    assert EN.say_count(one, many, 7) == "7 markets"
    assert VI.say_count(one, many, 7).startswith("7 ")
