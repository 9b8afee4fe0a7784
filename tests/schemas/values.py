# ruff: noqa: E501  # a list of values reads best as a table
"""Values that a field may be given by mistake or by malice. `Raw` is JSON text as it is sent."""

from typing import Final


class Raw(str):
    """JSON text that is written as it is."""

    __slots__ = ()


_NUMBERS = (
    "0", "-0", "1", "-1", "5.0", "5.5", "1e3", "1E3", "1e-3", "1e400", "-1e400", "01", "+1", ".5", "5.", "0x10", "1_000",
    "1000000", "1000001", "1000000000000000", "1000000000000001", "-1000000000000000", "-1000000000000001",
    "9223372036854775807", "9223372036854775808", "-9223372036854775808", "-9223372036854775809",
    "18446744073709551615", "18446744073709551616", "100000000000000000000", "1" + "0" * 400,
    "1700000000", "1700000000.123", "1700000000123", "20240101",
    "NaN", "nan", "Infinity", "-Infinity", "inf",
)  # fmt: skip
_SHAPES = (
    "true",
    "false",
    "null",
    "True",
    "[]",
    "[5]",
    "[null]",
    "{}",
    '{"a":1}',
    '[["x"]]',
    "",
    "x",
    "'x'",
)
_RAW_STRINGS = (
    r'"\ud800"', r'"\udc00\ud800"', r'"\ud83d\ude00"', r'"\u0000"', r'"a\u0000b"', r'"\u000b"', r'"\u000B"', r'"\b\f\n\r\t"',
    r'"\u0041"', r'"\/"', r'"\x41"', r'"\u00"', r'"\U0001f600"', '"\\', r'"\u2028"', r'"\u00e9"', '"\n"', '"\0"', '"\t"', '"\x7f"',
    r'"2026-01-01T00:00:00.000\u005a"', r'"V\u004eD"',
)  # fmt: skip
_TIMES = (
    "2026-01-01T00:00:00.000Z", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00.0Z", "2026-01-01T00:00:00.000000Z",
    "2026-01-01T00:00:00.123456Z", "2026-01-01T00:00:00.000+00:00", "2026-01-01T00:00:00.000-00:00",
    "2026-01-01T07:00:00.000+07:00", "2026-01-01T00:00:00.000", "2026-01-01 00:00:00.000Z", "2026-01-01t00:00:00.000z",
    "2026-01-01T00:00:00,000Z", "2026-01-01", "2026-02-30T00:00:00.000Z", "2026-13-01T00:00:00.000Z",
    "2026-00-01T00:00:00.000Z", "2026-01-01T24:00:00.000Z", "2026-01-01T23:59:60.000Z", "2016-12-31T23:59:60.000Z",
    "2025-02-29T00:00:00.000Z", "2024-02-29T00:00:00.000Z", "1600-01-01T00:00:00.000Z", "1899-12-31T23:59:59.999Z",
    "1900-01-01T00:00:00.000Z", "1969-12-31T23:59:59.999Z", "1970-01-01T00:00:00.000Z", "1999-12-31T23:59:59.999Z",
    "2000-01-01T00:00:00.000Z", "2026-03-02T05:06:07.089Z", "2026-03-02T05:06:07.090Z", "2027-03-01T05:06:07.089Z",
    "2099-12-31T23:59:59.999Z", "2100-01-01T00:00:00.000Z", "2149-06-07T00:00:00.000Z", "2299-12-31T23:59:59.999Z",
    "2300-01-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z", "10000-01-01T00:00:00.000Z", "0000-01-01T00:00:00.000Z",
    "0001-01-01T00:00:00.000Z", "-001-01-01T00:00:00.000Z", "2026-1-1T00:00:00.000Z", " 2026-01-01T00:00:00.000Z",
    "2026-01-01T00:00:00.000Z ", "2026-01-01T00:00:00.000Z\n", "1767225600", "1767225600000", "now", "today",
)  # fmt: skip
_DATES = (
    "2026-01-01", "1999-12-31", "2000-01-01", "2100-01-01", "2100-01-02", "1600-01-01", "1899-12-31", "1900-01-01", "2299-12-31",
    "2300-01-01", "9999-12-31", "2026-02-30", "2024-02-29", "2023-02-29", "2026-1-1", "20260101", "01/02/2026", "2026-01-01\n",
    "2026-01-01T00:00:00.000Z", "2026-01-01T00:00:00", "0000-00-00", "1970-01-01", "+2026-01-01", "2026-01-1 ",
)  # fmt: skip
_NAMES = (
    "", " ", "a", "A", "Z", "0", "VND", "vnd", "USD", "VND\n", "VND\0", "instant", "day", "Instant", "unknown", "card", "Card",
    "cash", "cashless", "Cash", "cash\n",
    "p2p_transfer", "p2m_payment\n", "supermarket", "Supermarket", "traditional_market ", "1.0", "1.1", "1.0\n", "1x0", "0.3",
    "0" * 32, "f" * 32, "0123456789abcdef" * 2, "0123456789ABCDEF" * 2, "f" * 31, "f" * 33, "f" * 32 + "\n", "f" * 31 + "g", "g" * 32,
    "f" * 31 + "\n", "f" * 31 + "\0", "ｆ" * 32, "٣" * 32,
    "A" * 48, "A" * 49, "A" * 64, "A" * 65, "a" * 48, "a" * 49, "FT1", "ft1", "FT 1", "FT_1", "FT-1/2:3.4", "-FT", "_FT", ".FT", "FT\n", "FT\0",
    "É1", "FT１", "A-12\n", "A.b_c-D", "A/b", "é", "0000", "000000", "00000", "0000000", "0Z91", "0z91", "0Z91\n", "0000\n", "97043٣",
    "97043\n", "970436\n", "/a", "/", "a", "//", "/a\n", "/A", "/a" + "b" * 62, "/a" + "b" * 63, "/-a", "/a b", "/a/b.c_d-e", "/é",
    "~" * 128, "~" * 129, "!", "x\n", "x\0", "x\x7f", 'q"\\', "a b", "🙂", "x" * 128, "x" * 129,
)  # fmt: skip
_TYPES = (
    "vn.choso.payment.credited.v1", "vn.choso.payment.refunded.v1", "vn.choso.payment.reversed.v1", "vn.choso.payment.failed.v1",
    "vn.choso.payment.cash_sale_reported.v1", "vn.choso.payment.credited.v0", "vn.choso.payment.credited.v2",
    "vn.choso.payment.credited.v1\n", "vn.choso.payment.Credited.v1", "vn.choso.payment.unknown.v1", "vn.choso.payment..v1",
    "vn.choso.registry.market.v1", "vn.choso.registry.team_visit.v1", "vn.choso.registry.vendor.v1\n", "vn.choso.registry.v1",
    "vn.choso.registry.market.v2", "vn.choso.registry.market.market.v1", "vnxchoso.registry.market.v1", "credited", ".",
)  # fmt: skip
_TEXTS = (
    "é", "e\u0301", "ệ", "e\u0323\u0302", "e\u0302\u0323", "ê\u0323", "\u1e69", "\u0073\u0307\u0323", "\u212b", "\u2126", "\uac00", "\u1100\u1161",
    "\u0958", "\u0344", "\u0340", "\uf900", "\U0002f800", "\U0001d15e", "\u0301", "\u0323x", "a\u0308\u0301", "a\u0301\u0308",
    "\u1ea1\u0301", "\u0915\u093c", "x\u0897\u0301", "x\u0301\u0897", "\U00010efd\u0301", "\u0301\U00010efd", "\U00016d67\U00016d67", "\u1acf\u0301",
    "x" * 199, "x" * 200, "x" * 201, "ệ" * 200, "ệ" * 201, "🙂" * 200, "🙂" * 201, "🙂" * 100 + "x" * 101, "e\u0323" * 100 + "x",
    "\u200d", "\u200e", "\u202e", "\u2027", "\u202a", "\u2028", "\u2029", "a\u2028b", "\ufeff", "\ufffd", "\ufffe", "\uffff", "\ufdd0", "\U0010ffff",
    "\ue000", "\U000e0001", "\U000f0000", "\ud7ff", "\ud800", "a\udfff", "\ud83d\ude00", "\xa0", "\xad", "\u3000", "<script>", "&amp;", "a'b", 'a"b', "a\\b", "a/b",
    "\\u0041", "%00", "${x}", "{{x}}",
)  # fmt: skip
_CONTROLS = tuple(f"a{chr(point)}b" for point in range(0xA1))
# Written by json.dumps: control characters below U+0020 come escaped, the others raw.
_RAW_CONTROLS = tuple(f'"a{chr(point)}b"' for point in range(0xA1))
_ESCAPED_CONTROLS = tuple(f'"a\\u{point:04x}b"' for point in (*range(0xA1), 0x2028, 0x2029))

VALUES: Final[tuple[str | Raw, ...]] = (
    *(Raw(text) for text in (*_NUMBERS, *_SHAPES, *_RAW_STRINGS, *_RAW_CONTROLS[::5], *_ESCAPED_CONTROLS[::7])),
    *_TIMES,
    *_DATES,
    *_NAMES,
    *_TYPES,
    *_TEXTS,
    *_CONTROLS[::6],
)  # fmt: skip
# Values for fields of text alone: every control character in each of its three forms.
TEXT_VALUES: Final[tuple[str | Raw, ...]] = (
    *(Raw(text) for text in (*_RAW_CONTROLS, *_ESCAPED_CONTROLS)),
    *_CONTROLS,
)
