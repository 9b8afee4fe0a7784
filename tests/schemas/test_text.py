"""The text rule: what `clean` gives is text, and the engine knows the same texts."""

import re
import unicodedata
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.clickhouse import Store
from schemas.text import TEXT_CHARS_MAX, clean, is_text, look_alike, redact, tidy

ACUTE_BELOW = "\u0345"  # combining class 240: whatever is lower moves before it
OVERLAY = "\u0334"  # combining class 1: moves before whatever is higher


@given(st.text(alphabet=st.characters(), max_size=400))
def test_clean_text_is_text(text: str) -> None:
    cleaned = clean(text)
    assert cleaned is None or is_text(cleaned)
    assert cleaned is None or clean(cleaned) == cleaned
    if is_text(text) and text == " ".join(text.split()):
        assert cleaned == text


@given(st.text("0123456789 .-()+ab\u00a0\u2013", max_size=60) | st.text(max_size=400))
def test_redacted_text_has_no_long_number(text: str) -> None:
    redacted = redact(text)
    assert redacted is None or is_text(redacted)
    joined = re.sub(r"[\s.()\-–]{0,3}", "", redacted or "")
    longest = max((len(each) for each in re.findall(r"\d+", redacted or "")), default=0)
    assert longest < 6
    apart = re.sub(r"[\s.()\-–]{4,}", "|", redacted or "")
    assert not re.search(r"\d{6}", re.sub(r"[\s.()\-–]", "", apart)), joined


@pytest.mark.parametrize(
    ("given_text", "expected"),
    [
        ("KH 0912 345 678 tra tien", "KH ••• tra tien"),
        ("goi 0912.345.678 nhe", "goi ••• nhe"),
        ("tk 1903-1234-5678-90 ck", "tk ••• ck"),
        ("+84 91 234 56 78", "•••"),
        ("(+84) 91–234–56 78", "(••• "[:4]),
        ("0912\u200b345\u00a0678 x", "••• x"),
        ("sap 12 ngay 02/11/2026: 45.000", "sap 12 ngay 02/11/2026: 45.000"),
        ("  CT tu 0123456789  toi\tBà Tư ", "CT tu ••• toi Bà Tư"),
        ("sap 12345", "sap 12345"),
        ("a\u0301\x00b", "á b"),
        ("\u2028\x07", None),
        ("", None),
        ("x" * 300, "x" * TEXT_CHARS_MAX),
    ],
)
def test_redact(given_text: str, expected: str | None) -> None:
    assert redact(given_text) == expected


@given(st.text("HòaHoàĐÐ ký ỵ\u00a0\u200bＡ１", max_size=20))
def test_what_is_seen_alike_is_alike(text: str) -> None:
    for other in (
        unicodedata.normalize("NFD", text),
        unicodedata.normalize("NFD", tidy(text)),
        text.replace(" ", "\u00a0"),
        "\ufeff" + text + "\u200b ",
        text.upper(),
        text.replace("Đ", "\u00d0"),
    ):
        assert look_alike(other) == look_alike(text)
    assert tidy(tidy(text)) == tidy(text)


@pytest.mark.parametrize(
    ("one", "two"),
    [("Chợ Hòa Khánh", "CHỢ HOÀ KHÁNH"), ("Thủy", "thuỷ"), ("khoẻ", "khỏe"), ("Ðông", "đông")],
)
def test_the_place_of_a_tone_mark_plays_no_part(one: str, two: str) -> None:
    assert look_alike(one) == look_alike(two)
    assert look_alike("Hòa") != look_alike("Hóa") != look_alike("Hoa")


def test_vietnamese_and_emoji_are_text() -> None:
    for text in ("Chợ Hạ Long I", "Bún chả Bà Tư 🍜", "𡨸喃", "ệ" * TEXT_CHARS_MAX):
        assert is_text(unicodedata.normalize("NFC", text))
    assert not is_text(unicodedata.normalize("NFD", "Chợ"))


@pytest.mark.real
def test_engine_and_edge_know_the_same_characters(store: Store) -> None:
    """Alone, after a mark and before a mark: the Unicode of both may differ, the rule may not."""
    store.command(
        "CREATE TABLE point (c String, alone UInt8, after UInt8, before UInt8) ENGINE = Memory"
    )
    points = [chr(n) for n in range(0x110000) if not 0xD800 <= n < 0xE000]
    columns: dict[str, Any] = {
        "c": pa.array([point.encode() for point in points], pa.binary()),
        "alone": pa.array([is_text(point) for point in points]).cast(pa.uint8()),
        "after": pa.array([is_text(ACUTE_BELOW + point) for point in points]).cast(pa.uint8()),
        "before": pa.array([is_text(point + OVERLAY) for point in points]).cast(pa.uint8()),
    }
    store.insert_arrow("point", pa.table(columns))
    differing = store.query(
        f"""
        SELECT hex(c) FROM point
        WHERE choso_is_text(c) != alone
            OR choso_is_text(concat('{ACUTE_BELOW}', c)) != after
            OR choso_is_text(concat(c, '{OVERLAY}')) != before
        """
    )
    assert differing == []
