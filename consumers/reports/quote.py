"""Sentences that others have said, in a report: each number in them becomes a fact's place. Pure.

So a sentence may be taken over word by word, and still no number stands in a report that is not on
its table of facts.
"""

import re
from collections.abc import Callable, Collection, Iterator
from datetime import date

from consumers.evaluation.said import Said
from consumers.reports.document import Ref, Text
from consumers.reports.fact import Fact, FactTable
from consumers.reports.figures import Numbers
from consumers.reports.shown import Lang, shown

DAY = r"\d{2}/\d{2}/\d{4}"
NUMBER = r"[−-]?(?:\d{1,3}(?:\.\d{3})+|\d+)(?:,\d+)?"
# A letter or a dot before it: a name (HL1, v1), or a part of something that is no number.
TOKEN = re.compile(rf"(?<![\w.,/:−-])(?:{DAY}|{NUMBER}\s?%|{NUMBER})(?![\w/]|[.,:-]\d)")


def plain_words(words: str) -> str:
    """Words of others hold no places of ours."""
    return words.replace("{", "(").replace("}", ")")


def said(words: Said) -> Text:
    """A sentence without a number that we know, as words of the report."""
    return Text(plain_words(words.vi), plain_words(words.en))


def quoted(
    words: Said, facts: FactTable, refs: Collection[Ref], *, names: Collection[str] = ()
) -> Text:
    """The sentence with places of these facts for its numbers. Digits in `names` stay as they are.

    A number that is none of the facts is our own mistake.
    """
    offered = [facts[ref.fact_id] for ref in refs]

    def place(token: str, lang: Lang) -> str:
        found = _match(token, offered, lang)
        assert found is not None, f"{token!r} in {words.en!r} is no fact of {sorted(facts)}"
        return f"{{{found.id}}}"

    return Text(
        _placed(words.vi, names, lambda token: place(token, "vi")),
        _placed(words.en, names, lambda token: place(token, "en")),
    )


def told(
    words: Said,
    numbers: Numbers,
    key: str,
    refs: Collection[Ref] = (),
    *,
    names: Collection[str] = (),
) -> Text:
    """The sentence; a number in it that is none of these facts becomes one of its own, `key.n`."""
    offered = [numbers.facts[ref.fact_id] for ref in refs]
    known: dict[str, str] = {}

    def place(token: str, lang: Lang) -> str:
        plain = _plain(token)
        if plain not in known:
            found = _match(token, offered, lang)
            own = f"{key}.{len(known) + 1}"
            known[plain] = found.id if found else _put(plain, numbers, own).fact_id
        return f"{{{known[plain]}}}"

    return Text(
        _placed(words.vi, names, lambda token: place(token, "vi")),
        _placed(words.en, names, lambda token: place(token, "en")),
    )


def _parts(words: str, names: Collection[str]) -> Iterator[tuple[str, bool]]:
    longest = sorted(filter(None, names), key=len, reverse=True)
    if not longest:
        yield words, False
        return
    known = re.compile("|".join(re.escape(name) for name in longest))
    at = 0
    for match in known.finditer(words):
        yield words[at : match.start()], False
        yield match[0], True
        at = match.end()
    yield words[at:], False


def _placed(words: str, names: Collection[str], place: Callable[[str], str]) -> str:
    return "".join(
        plain_words(part)
        if is_name
        else TOKEN.sub(lambda match: place(match[0]), plain_words(part))
        for part, is_name in _parts(words, names)
    )


def _match(token: str, offered: Collection[Fact], lang: Lang) -> Fact | None:
    plain = _plain(token)
    for fact in offered:
        if re.sub(r"\s", "", shown(fact, lang)) == plain:
            return fact
    for fact in offered:  # the sentence may round a tie the other way
        if (
            isinstance(fact.value, str)
            or fact.value is None
            or (fact.unit == "share") != (plain[-1] == "%")
        ):
            continue
        scale = 100 if fact.unit == "share" else 1
        decimals = len(plain.removesuffix("%").partition(",")[2])
        if (
            decimals == fact.decimals
            and abs(fact.value * scale - value_of(plain)) <= 0.5 * 10.0**-decimals + 1e-9
        ):
            return fact
    return None


def _plain(token: str) -> str:
    return re.sub(r"\s", "", token).replace("-", "−")


def value_of(token: str) -> float:
    """1.234,5% as 1234.5."""
    plain = token.removesuffix("%").replace(".", "").replace(",", ".").replace("−", "-")
    return float(plain)


def _put(token: str, numbers: Numbers, fact_id: str) -> Ref:
    if re.fullmatch(DAY, token):
        day, month, year = (int(part) for part in token.split("/"))
        return numbers.put(fact_id, date(year, month, day).isoformat(), "date")
    decimals = len(token.removesuffix("%").partition(",")[2])
    value = value_of(token)
    if token.endswith("%"):
        return numbers.put(fact_id, round(value / 100, decimals + 2), "share", decimals=decimals)
    whole = int(value) if decimals == 0 else value
    return numbers.put(fact_id, whole, "number", decimals=decimals)
