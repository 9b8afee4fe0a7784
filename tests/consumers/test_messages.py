"""Messages: every id is in both catalogues, every value has its form, and is shown in both."""

import ast
import json
import re
from collections.abc import Iterator
from copy import deepcopy
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_keywords
from hypothesis import given
from hypothesis import strategies as st

from choso.main import words_of
from consumers.language.catalog import LANGUAGES, load_messages
from consumers.language.language import Language, holes, in_every_language, languages
from consumers.language.update import CALLS, SOURCES, missing
from consumers.plain import as_json
from infra.errors import Refused
from schemas.message import (
    Count,
    Day,
    Instant,
    Message,
    Money,
    Name,
    Number,
    Points,
    Probability,
    Ref,
    Share,
    counted,
    leading,
    one_of,
    plain_of,
    value_of,
)

ROOT = Path(__file__).parents[2]
ID = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)+")
VI, EN = languages()["vi"], languages()["en"]


@cache
def made() -> tuple[tuple[str, str, frozenset[str] | None], ...]:
    """Place, id and names of values of every message that the code makes; None: not told there."""
    found = []
    for folder in SOURCES:
        for path in sorted((ROOT / folder).rglob("*.py")):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            for node in ast.walk(tree):
                if isinstance(node, ast.Call):
                    found += [(f"{path.name}:{node.lineno}", *each) for each in _made(node)]
    return tuple(found)


def _made(call: ast.Call) -> Iterator[tuple[str, frozenset[str] | None]]:
    name = getattr(call.func, "id", getattr(call.func, "attr", ""))
    if name not in ("Message", "counted", "marked") or not call.args:
        return
    first = call.args[0]
    if not (isinstance(first, ast.Constant) and isinstance(first.value, str)):
        return
    names = [keyword.arg for keyword in call.keywords]
    if name == "marked" or None in names:
        yield first.value, None
    else:
        extra = {"count"} if name == "counted" else set()
        yield first.value, frozenset(extra.union(filter(None, names)))


def texts(code: str) -> dict[str, tuple[str, ...]]:
    """Id → its forms in a language, without words that are their own id."""
    return {
        message.id if isinstance(message.id, str) else message.id[0]: (
            (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
        )
        for message in load_messages(code)
        if ID.fullmatch(message.id if isinstance(message.id, str) else message.id[0])
    }


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_message_has_words_and_all_words_are_of_a_message(code: str) -> None:
    """Mend with `make messages`, then write the words that it lacks."""
    known, there = texts(code), {message_id for _, message_id, _ in made()}
    assert there == known.keys(), there ^ known.keys()
    assert missing(code) == []
    for message_id, forms in known.items():
        assert all(text.strip() == text for text in forms), message_id


def test_babel_finds_the_same_ids() -> None:
    keywords: Any = parse_keywords(CALLS)
    found = set()
    for folder in SOURCES:
        for _, _, said, _, _ in extract_from_dir(
            ROOT / folder, [("**.py", "python")], keywords=keywords
        ):
            found.add(said if isinstance(said, str) else said[0])
    assert found == {message_id for _, message_id, _ in made()}


def test_a_message_shows_the_values_that_it_is_given_in_every_language() -> None:
    """In every form; and where a text has values, a lone per cent sign would be one more."""
    for code in LANGUAGES:
        known = texts(code)
        for place, message_id, names in made():
            for text in known[message_id]:
                if names is not None:
                    assert holes(text) == names, (place, message_id, code)
                if holes(text):
                    text % dict.fromkeys(holes(text), "x")
    for message_id, forms in texts("vi").items():
        shown = {holes(text) for text in (*forms, *texts("en")[message_id])}
        assert len(shown) == 1, message_id


def test_vietnamese_is_not_english() -> None:
    """Words that were forgotten would be those of the other language."""
    alike = {i for i, forms in texts("vi").items() if forms == texts("en")[i]}
    assert all(not re.search(r"[a-z]{3}", re.sub(r"%\(\w+\)s", "", texts("vi")[i][0]))
               for i in alike), alike  # fmt: skip


@pytest.mark.parametrize(
    ("value", "vi", "en"),
    [
        (Count(1_234_567), "1.234.567", "1,234,567"),
        (Count(None), "–", "–"),
        (Money(15_575_000), "15.575.000\u00a0₫", "₫15,575,000"),
        (Money(-500), "−500\u00a0₫", "−₫500"),
        (Share(0.6961), "69,6%", "69.6%"),
        (Share(0.6961, 0), "70%", "70%"),
        (Share(0.0005), "0,1%", "0.1%"),  # half up
        (Points(-0.0123), "−1,2", "−1.2"),
        (Points(0.0123), "+1,2", "+1.2"),
        (Number(-1234.567, 2), "−1.234,57", "−1,234.57"),
        (Number(-0.001, 2), "0,00", "0.00"),
        (Number(float("inf"), 2), "∞", "∞"),
        (Number(float("-inf"), 2), "−∞", "−∞"),
        (Number(float("nan"), 2), "–", "–"),
        (leading(0.0123456), "0,0123", "0.0123"),
        (leading(123.456), "123", "123"),
        (leading(None), "–", "–"),
        (Probability(0.05), "0,0500", "0.0500"),
        (Probability(0.00001), "< 0,0001", "< 0.0001"),
        (Probability(0.0), "0,0000", "0.0000"),
        (Day(date(2026, 11, 5)), "05/11/2026", "05/11/2026"),
        (
            Instant(datetime(2026, 6, 17, 18, 30, tzinfo=UTC)),
            "01:30 18/06/2026",
            "01:30 18/06/2026",
        ),
        (Name("Chợ %(x)s {y}"), "Chợ %(x)s {y}", "Chợ %(x)s {y}"),
        ((Name("HL1"), Name("CD")), "HL1, CD", "HL1, CD"),
        (
            (Message("site.no_census"), Message("site.unknown_kind", kind=Name("x"))),
            "chưa có tổng điều tra; loại hình không rõ x",
            "there is no census; unknown kind x",
        ),
    ],
)
def test_every_value_has_its_form_in_both_locales(value: Any, vi: str, en: str) -> None:
    assert (VI.show(value), EN.show(value)) == (vi, en)


@given(st.floats(), st.integers(0, 6))
def test_any_number_is_written_alike_but_for_its_marks(value: float, digits: int) -> None:
    said = VI.number(value, digits)
    swapped = said.translate(str.maketrans(".,", ",."))
    assert EN.number(value, digits) == swapped
    assert not re.fullmatch(r"−0(,0*)?", said)


def test_a_ref_is_what_it_stands_for() -> None:
    message = Message("site.more_vendors_than_stalls", vendors=Ref("a"), stalls=Ref("b"))
    known = {"a": Count(9), "b": Count(6)}
    said = EN.render(message, lambda ref: known[ref.fact_id])
    assert said == "9 vendors were paid, the census counts 6 stalls"
    with pytest.raises(AssertionError, match="no report"):
        EN.render(message)


def test_a_value_too_many_or_too_few_and_an_unknown_id_are_our_own_mistake() -> None:
    for wrong in (
        Message("site.no_census", kind=Name("x")),
        Message("site.unknown_kind"),
        Message("site.nothing_of_the_kind"),
    ):
        for language in (VI, EN):
            with pytest.raises(AssertionError):
                language.render(wrong)


def test_messages_are_equal_where_they_say_the_same() -> None:
    one = Message("a.b", x=Count(1), y=(Day(date(2026, 1, 5)), Name("n")))
    same = Message("a.b", y=(Day(date(2026, 1, 5)), Name("n")), x=Count(1))
    assert one == same and len({one, same}) == 1 and deepcopy(one) == one
    assert one.given(x=Count(2)) == Message("a.b", x=Count(2), y=(Day(date(2026, 1, 5)), Name("n")))
    assert counted("a.b", count=3) == Message("a.b", count=Count(3))


def test_as_json_a_message_is_its_id_its_values_and_its_words() -> None:
    message = Message("site.more_vendors_than_stalls", vendors=Count(9), stalls=Count(6))
    plain = {
        "id": "site.more_vendors_than_stalls",
        "values": {
            "vendors": {"type": "count", "value": 9},
            "stalls": {"type": "count", "value": 6},
        },
    }
    assert as_json([message]) == [plain]
    assert as_json({"note": message}, in_every_language) == {
        "note": plain
        | {
            "vi": "9 tiểu thương đã nhận tiền, tổng điều tra đếm 6 quầy",
            "en": "9 vendors were paid, the census counts 6 stalls",
        }
    }
    deep = plain_of(Message("a.b", x=Number(float("inf"), 1), y=(Message("c.d"),)))
    assert json.dumps(deep, allow_nan=False)
    assert deep["values"]["x"] == {"type": "number", "value": None, "digits": 1}


SCALARS = st.one_of(
    st.builds(Count, st.none() | st.integers()),
    st.builds(Money, st.none() | st.integers()),
    st.builds(Share, st.none() | st.floats(0, 1), st.integers(0, 6)),
    st.builds(Points, st.floats(-1, 1), st.integers(0, 6)),
    st.builds(Number, st.floats(allow_nan=False, allow_infinity=False), st.integers(0, 6)),
    st.builds(Probability, st.floats(0, 1)),
    st.builds(Day, st.none() | st.dates()),
    st.builds(Instant, st.datetimes(timezones=st.just(UTC))),
    st.builds(Name, st.text()),
)
MESSAGES = st.recursive(
    st.builds(Message, st.just("a.b")),
    lambda inner: st.dictionaries(
        st.sampled_from(["x", "y", "z"]),
        SCALARS | inner | st.lists(SCALARS | inner, max_size=3).map(tuple),
    ).map(lambda values: Message("c.d", **values)),
)


@given(MESSAGES)
def test_a_message_reads_back_from_its_json(message: Message) -> None:
    assert value_of(json.loads(json.dumps(plain_of(message)))) == message


def test_languages_differ_in_nothing_but_words_and_locale() -> None:
    assert {code: type(each) for code, each in languages().items()} == dict.fromkeys(
        LANGUAGES, Language
    )


def test_what_is_refused_is_said_in_the_language_of_who_asked() -> None:
    error = Refused(one_of("format", "xml", ("json", "csv")))
    assert str(error) == "refused.not_one_of: choices=(json, csv), value=xml, what=format"
    assert words_of(error, "vi") == "format xml: phải là một trong json, csv"
    assert words_of(error, "en") == "format xml: must be one of json, csv"
    assert words_of(Refused("token key: is gone"), "vi") == "token key: is gone"
