"""Colours: contrast in every theme, tones that colour-blind readers can tell apart, paper alone."""

import math
import re

import pytest

from consumers.charts.palette import HEAT, HEAT_INK_UNTIL, INK, MUTED, TONES
from consumers.web.static import assets


def luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a: str, b: str) -> float:
    """WCAG 2.2, relative luminance."""
    light, dark = sorted((luminance(a), luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def themes() -> dict[str, dict[str, str]]:
    """The variables of the style sheet: light, and dark over light."""
    css = assets()["choso.css"].body.decode()
    blocks = re.findall(r":root \{([^}]*)\}", css)
    light, dark, paper = (
        dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6})", block)) for block in blocks
    )
    whole = {**light, **dark}
    printed = {n: v * 2 if len(v) == 4 else v for n, v in {**light, **paper}.items()}
    printed = {n: ("#" + v[1:4] * 2 if len(v) == 8 else v) for n, v in printed.items()}
    return {"light": light, "dark": whole, "print": printed}


@pytest.mark.parametrize("theme", ["light", "dark", "print"])
def test_words_and_marks_have_contrast_in_every_theme(theme: str) -> None:
    colours = themes()[theme]
    for name in ("ink", "muted", "accent", "warn", "bad", "good", *(f"t{n}" for n in range(6))):
        for ground in ("paper", "raised"):
            assert contrast(colours[name], colours[ground]) >= 4.5, (theme, name, ground)
    for step in range(len(HEAT)):
        words = colours["on-pale" if step < HEAT_INK_UNTIL else "on-deep"]
        assert contrast(colours[f"h{step}"], words) >= 4.5, (theme, step)
    for kind in ("warn", "bad"):
        assert contrast(colours[kind], colours[f"{kind}-soft"]) >= 4.5, (theme, kind)
    assert contrast(colours["accent"], colours["paper"]) >= 4.5


def test_a_chart_that_stands_alone_has_the_colours_of_paper() -> None:
    light = themes()["light"]
    assert [light[f"t{n}"] for n in range(6)] == list(TONES)
    assert [light[f"h{n}"] for n in range(8)] == list(HEAT)
    assert all(contrast(tone, "#ffffff") >= 4.5 for tone in (*TONES, INK, MUTED))


# Viénot, Brettel and Mollon 1999: how a reader without L or M cones sees linear RGB.
BLIND = {
    "protan": ((0.11238, 0.88762, 0.0), (0.11238, 0.88762, 0.0), (0.00401, -0.00401, 1.0)),
    "deutan": ((0.29275, 0.70725, 0.0), (0.29275, 0.70725, 0.0), (-0.02234, 0.02234, 1.0)),
}


def seen(colour: str, kind: str) -> tuple[float, float, float]:
    """CIELAB of a colour as such a reader sees it."""
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    r, g, b = (sum(w * c for w, c in zip(row, linear, strict=True)) for row in BLIND[kind])
    white = (0.9505, 1.0, 1.089)
    xyz = (
        0.4124 * r + 0.3576 * g + 0.1805 * b,
        0.2126 * r + 0.7152 * g + 0.0722 * b,
        0.0193 * r + 0.1192 * g + 0.9505 * b,
    )
    f = [
        t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116
        for t in (max(0.0, v / w) for v, w in zip(xyz, white, strict=True))
    ]
    return 116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])


@pytest.mark.parametrize("kind", list(BLIND))
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_tones_differ_for_colour_blind_readers(theme: str, kind: str) -> None:
    """The first four, which most charts use; dashes and labels tell all of them apart as well."""
    found = [seen(themes()[theme][f"t{n}"], kind) for n in range(4)]
    for n, one in enumerate(found):
        for m, other in enumerate(found[n + 1 :], n + 1):
            assert math.dist(one, other) >= 15, (theme, kind, n, m)
