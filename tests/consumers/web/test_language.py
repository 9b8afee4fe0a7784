"""Two languages: every message is in both, says the same values, and figures have one form."""

import re
from datetime import UTC, date, datetime

import pytest

from consumers.language.catalog import LANGUAGES, load_po
from consumers.language.extract import messages, missing, of_python, of_template, update
from consumers.language.language import languages
from consumers.web.pages import PAGES
from consumers.web.site import KINDS, RAILS, ROLE_NAMES, STATUSES

VI, EN = languages()["vi"], languages()["en"]
VALUES = re.compile(r"%\((\w+)\)s|\{\}")


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_message_of_the_code_is_translated(code: str) -> None:
    """Mend with `make messages`, then translate what it lists."""
    catalog = load_po(code)
    found = {m if isinstance(m, str) else m[0] for m in messages()}
    known = {m.id if isinstance(m.id, str) else m.id[0] for m in catalog if m.id}
    assert found == known, found ^ known
    assert missing(catalog) == []
    assert missing(update(code)) == []


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_translation_has_the_values_of_its_message(code: str) -> None:
    for message in load_po(code):
        if not message.id:
            continue
        ids = [message.id] if isinstance(message.id, str) else list(message.id)
        said = [message.string] if isinstance(message.string, str) else list(message.string or ())
        wanted = sorted(VALUES.findall(ids[-1]))
        for text in said:
            assert sorted(VALUES.findall(text)) == wanted, message.id
            assert text.strip() == text
            if "%(" in ids[0]:
                text % dict.fromkeys(wanted, "x")


def test_vietnamese_is_not_english() -> None:
    """A translation that was forgotten would be the message itself."""
    same = {m.id for m in load_po("vi") if isinstance(m.id, str) and m.id and m.id == m.string}
    assert same <= {"%(name)s: %(value)s", "n"}


def test_titles_and_lists_of_words_are_messages() -> None:
    marked = [page.title for page in PAGES]
    for words in (KINDS, RAILS, ROLE_NAMES, STATUSES):
        marked += list(words.values())
    known = {m if isinstance(m, str) else m[0] for m in messages()}
    assert set(marked) <= known


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


def test_reasons_keep_what_they_are_about() -> None:
    assert VI.say_reason("no census: HL1, CD") == "chưa có điều tra: HL1, CD"
    text = "the census counted 3 stalls, fewer than the 5 that are equipped: it is out of date"
    said = VI.say_reason(text)
    assert "3" in said
    assert "5" in said
    assert said != text
    assert EN.say_reason(text) == text
    assert VI.say_reason("something that nobody translated") == "something that nobody translated"
    assert VI.say_reason("") == ""


def test_messages_are_found_where_they_are_said() -> None:
    text = 'view.say("a %(x)s", x=1); _("b"); say_count("c", "d", 3); f(reason="e"); say(name)'
    assert [m for m, _ in of_python(text)] == ["a %(x)s", "b", ("c", "d")]
    assert [m for m, _ in of_python(text, is_metric=True)] == ["a %(x)s", "b", ("c", "d"), "e"]
    assert [m for m, _ in of_python('say("x" if y else "z")')] == ["x", "z"]
    page = (
        '{{ say_strong("a %(x)s", x=1) }}{% if say_count("c", "d", n) %}{% endif %}{{ say(name) }}'
    )
    assert [m for m, _ in of_template(page)] == ["a %(x)s", ("c", "d")]
