"""The table of verdicts: each rule speaks somewhere, exactly one at a time, and none too loudly."""

from itertools import product

import pytest

from consumers.evaluation.verdict import RULES, Grounds, verdict
from consumers.language.language import languages

INTERVALS = (
    # value, low, high, p
    (-3.0, -5.0, -1.0, 0.01),
    (-0.5, -2.0, 1.0, 0.6),
    (0.2, -0.2, 0.4, 0.3),
    (1.0, -1.0, 3.0, 0.3),
    (1.0, 0.0, 2.0, 0.05),
    (1.0, 0.5, 1.5, 0.07),  # the interval and the test need not agree: both are asked
    (0.6, 0.3, 0.9, 0.01),
    (2.0, 0.5, 3.5, 0.01),
    (3.0, 1.5, 4.5, 0.001),
    (3.0, float("-inf"), float("inf"), 0.1),
)


def every_case() -> list[Grounds]:
    found = []
    for interval, flags, checks, effect_min in product(
        INTERVALS,
        product((False, True), repeat=4),
        product((None, 0.01, 0.2), (0.01, 0.2), (None, 0.01, 0.2), (None, 0.1, 2.0)),
        (0.0, 1.0),
    ):
        value, low, high, p = interval
        is_refused, is_descriptive, departed, is_possible = flags
        t_p, robust_p, pre_trend_p, breakdown = checks
        found.append(
            Grounds(
                is_refused=is_refused,
                is_descriptive=is_descriptive,
                departed=departed,
                is_possible=is_possible,
                value=value,
                low=low,
                high=high,
                p=p,
                effect_min=effect_min,
                t_p=t_p,
                robust_p=robust_p,
                pre_trend_p=pre_trend_p,
                breakdown=breakdown,
                sensitivity_min=0.5,
            )
        )
    return found


CASES = every_case()
VI, EN = LANGUAGES = tuple(languages()[code] for code in ("vi", "en"))
WORDS_OF_SUCCESS = ("Thí điểm có hiệu quả", "The pilot works")


def test_success_only_where_nothing_speaks_against_it() -> None:
    """Every branch: the conditions are written here again, apart from the table."""
    for g in CASES:
        said = verdict(g)
        may = (
            not (g.is_refused or g.is_descriptive or g.departed)
            and g.is_possible
            and g.low > 0
            and g.p <= g.alpha
            and (g.t_p is None or g.t_p <= g.alpha)
            and (g.robust_p is None or g.robust_p <= g.alpha)
            and (g.pre_trend_p is None or g.pre_trend_p > g.pre_trend_alpha)
            and (g.breakdown is None or g.breakdown >= g.sensitivity_min)
            and g.value >= g.effect_min
        )
        assert said.is_success == may, g
        for language, words in zip(LANGUAGES, WORDS_OF_SUCCESS, strict=True):
            assert (words in language.render(said.sentence)) == may, (g, said)


def test_every_rule_speaks_somewhere() -> None:
    assert {verdict(g).key for g in CASES} == {rule.key for rule in RULES}
    assert len({rule.key for rule in RULES}) == len(RULES)


def test_the_words_are_those_of_the_figures() -> None:
    for g in CASES:
        said = verdict(g)
        contains = g.low <= 0 <= g.high or g.p > g.alpha
        if said.key in {"no_effect_shown", "nothing_worth_having", "descriptive_nothing"}:
            assert contains, g
        if said.key in {"works", "works_size_uncertain", "small", "doubtful", "wrong_way"}:
            assert not contains, g
        if said.key == "nothing_worth_having":
            assert g.high < g.effect_min, g
        if said.key == "wrong_way":
            assert g.high < 0, g
        assert bool(said.because) == (said.key == "doubtful"), g
        if said.key == "works":
            assert g.low >= g.effect_min


def test_both_languages_show_the_same_figures() -> None:
    for g in CASES:
        said = verdict(g)
        sentences = [language.render(said.sentence) for language in LANGUAGES]
        figures = [
            [word.strip("(:;.,)") for word in sentence.split() if any(c.isdigit() for c in word)]
            for sentence in sentences
        ]
        swapped = [word.translate(str.maketrans(".,", ",.")) for word in figures[1]]
        assert sorted(figures[0]) == sorted(swapped), said
        assert "%" not in "".join(sentences), said


def test_a_good_fall_is_shown_as_a_fall() -> None:
    grounds = Grounds(value=2.0, low=1.0, high=3.5, p=0.001, effect_min=0.5)
    said = verdict(grounds, is_turned=True)
    assert said.is_success
    assert "−2.00 (−3.50 to −1.00; p = 0.0010)" in EN.render(said.sentence)
    assert "−0,500" in VI.render(said.sentence)


@pytest.mark.parametrize(
    ("p", "text"), [(0.0, "0,0000"), (0.00001, "< 0,0001"), (0.05, "0,0500"), (1.0, "1,0000")]
)
def test_a_p_is_never_rounded_to_nothing(p: float, text: str) -> None:
    said = verdict(Grounds(value=1, low=0.5, high=2, p=p, alpha=1.0))
    assert f"p = {text}" in VI.render(said.sentence)
