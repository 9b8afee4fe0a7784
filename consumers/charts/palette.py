"""Colours that colour-blind readers can tell apart, and that print in grey in different strengths.

Six tones, each with at least 4.5 : 1 against white, so that words may wear them too. Series are
told apart by dashes and by labels at their ends as well, never by colour alone.
"""

TONES = ("#0b5cad", "#b4500b", "#00756a", "#5e1640", "#7d6200", "#5a6472")
DASHES: tuple[str | None, ...] = (None, "7 3", "2 3", "9 3 2 3", "4 2", "1 2")
INK = "#1c2430"
MUTED = "#5a6472"
GRID = "#d9dee5"
PAPER = "#ffffff"
# One hue from pale to deep. White words stand on the last three, ink on the others.
HEAT = ("#eef4fa", "#d9e7f4", "#bcd5ec", "#97bee0", "#6ea2d0", "#2f74b5", "#145a9c", "#0a4179")
HEAT_INK_UNTIL = 5
# The steps of the ladder: deeper with each step of use.
LADDER = ("#c9d3de", "#97bee0", "#6ea2d0", "#2f74b5", "#0a4179")

Paint = dict[str, str]


def tone(number: int) -> int:
    """A tone for a series, whatever its number."""
    return number % len(TONES)


def stroke(number: int, *, width: float = 2, dashed: bool = True) -> Paint:
    """A line in a tone."""
    found = {
        "fill": "none",
        "stroke": TONES[tone(number)],
        "class_": f"s{tone(number)}",
        "stroke_width": f"{width:g}",
        "stroke_linejoin": "round",
        "stroke_linecap": "round",
    }
    dash = DASHES[tone(number)]
    return found | {"stroke_dasharray": dash} if dashed and dash else found


def fill(number: int) -> Paint:
    """An area or a word in a tone."""
    return {"fill": TONES[tone(number)], "class_": f"f{tone(number)}"}


def heat(step: int) -> Paint:
    """A cell of a heat table, 0 … 7."""
    return {"fill": HEAT[step], "class_": f"h{step}"}


def heat_words(step: int) -> Paint:
    """Words on such a cell."""
    dark = step < HEAT_INK_UNTIL
    return {"fill": INK if dark else PAPER, "class_": "on-pale" if dark else "on-deep"}


def ladder(step: int) -> Paint:
    """A bar of the ladder, 0 (census) … 4 (habitual)."""
    return {"fill": LADDER[step], "class_": f"l{step}"}


INK_WORDS: Paint = {"fill": INK, "class_": "ink"}
MUTED_WORDS: Paint = {"fill": MUTED, "class_": "muted"}
GRID_LINE: Paint = {"stroke": GRID, "class_": "grid", "stroke_width": "1"}
AXIS_LINE: Paint = {"stroke": MUTED, "class_": "axis", "stroke_width": "1"}
SHADE: Paint = {"fill": GRID, "class_": "shade", "fill_opacity": "0.45"}
