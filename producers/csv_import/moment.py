"""Times as people print them, as UTC with milliseconds and their precision.

One column has one order of day and month. A text that the map's patterns cannot read, but that the
same pattern in another order of its parts could, proves that the order is wrong: the file is
refused, for then its other days are read wrongly too, as long as they are below 13.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import permutations
from typing import NamedTuple
from zoneinfo import ZoneInfo

from infra.errors import Refused
from schemas.calendar import LOCAL
from schemas.cloudevent import AHEAD_MAX, TIME_MIN
from schemas.payment import TimePrecision

NOON = time(12)
WORDS = ("iso", "epoch_s", "epoch_ms")
KEPT_MAX = 5_000
_CLOCK_DIRECTIVE = re.compile(r"%-?[HIcXs]")
_PARTS = re.compile(r"%[dmYy]")
_NUMBERS = {
    "d": "[0-9]{1,2}", "m": "[0-9]{1,2}", "Y": "[0-9]{4}",
    "H": "[0-9]{1,2}", "M": "[0-9]{1,2}", "S": "[0-9]{1,2}",
}  # fmt: skip
_EPOCH = re.compile(r"([0-9]{1,15})(?:\.([0-9]{1,9}))?")


class Moment(NamedTuple):
    """When it happened: `at` in UTC. Of a day without a clock `at` is its local noon."""

    at: datetime
    precision: TimePrecision


@dataclass(slots=True)
class TimeColumn:
    """One column of times, read by the first pattern that fits.

    A pattern is `iso`, `epoch_s`, `epoch_ms` or one of strptime; `zone` is that of times without
    an offset; `now` ends what can have happened.
    """

    formats: Sequence[str]
    zone: ZoneInfo
    now: datetime
    _kept: dict[str, Moment] = field(default_factory=dict)

    def read(self, text: str, line: int) -> Moment:
        """The moment. ValueError where the text is none; Refused where it proves another order."""
        found = self._kept.get(text)
        if found is None:
            if len(self._kept) >= KEPT_MAX:
                self._kept.clear()
            found = self._kept[text] = self._read(text, f"line {line}")
        return found

    def _read(self, text: str, place: str) -> Moment:
        problem = f"{text[:40]!r} is not a time of the form {' or '.join(self.formats)}"
        try:
            found = parse_moment(text, formats=self.formats, zone=self.zone)
        except ValueError:
            found = None
        if found is not None:
            if found.at <= self.now + AHEAD_MAX:
                return found
            problem = f"{text[:40]!r} is {in_words(found)}: that is in the future"
        if (other := self._other_order(text)) is not None:
            pattern, moment = other
            raise Refused(
                f"{place}: {problem}; read as {pattern} it is {in_words(moment)}: the file has its"
                f" days and months in another order than the map: write formats = [{pattern!r}] in"
                " [time], or correct the file"
            )
        raise ValueError(problem)

    def _other_order(self, text: str) -> tuple[str, Moment] | None:
        """A pattern with its day, month and year in another order by which the text is a time."""
        for pattern in self.formats:
            said = "%Y-%m-%d" if pattern == "iso" else pattern
            parts = _PARTS.findall(said)
            for order in permutations(parts):
                rest = iter(order)
                other = _PARTS.sub(lambda _: next(rest), said)  # noqa: B023  # used at once
                if other == said:
                    continue
                try:
                    moment = parse_moment(text, formats=[other], zone=self.zone)
                except ValueError:
                    continue
                if TIME_MIN <= moment.at <= self.now + AHEAD_MAX:
                    return other, moment
        return None


def parse_moment(text: str, *, formats: Sequence[str], zone: ZoneInfo) -> Moment:
    """Read by the first format that fits. ValueError where none does."""
    plain = text.strip()
    for pattern in formats:
        try:
            return _read(plain, pattern, zone)
        except (ValueError, OverflowError):
            continue
    raise ValueError("no format fits")


def has_clock(pattern: str) -> bool:
    """Whether a strptime pattern names a time of day."""
    return _CLOCK_DIRECTIVE.search(pattern) is not None


def day_is_first(pattern: str) -> bool | None:
    """Whether a pattern has its day before its month; None where it does not have both."""
    day, month = pattern.find("%d"), pattern.find("%m")
    return None if min(day, month) < 0 else day < month


def in_words(moment: Moment) -> str:
    """`Monday 2 November 2026` or `Monday 2 November 2026 08:01:10`, as local time."""
    local = moment.at.astimezone(LOCAL)
    clock = "" if moment.precision == "day" else f" {local:%H:%M:%S}"
    return f"{local:%A} {local.day} {local:%B %Y}{clock}"


def _read(text: str, pattern: str, zone: ZoneInfo) -> Moment:
    if pattern in {"epoch_s", "epoch_ms"}:
        match = _EPOCH.fullmatch(text)
        if match is None:
            raise ValueError("not a number")
        millis = int(match[1])
        if pattern == "epoch_s":
            millis = millis * 1000 + int((match[2] or "").ljust(3, "0")[:3])
        at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=millis)
        return Moment(at, "instant")
    if pattern == "iso":
        try:
            return _day(date.fromisoformat(text))
        except ValueError:
            return _instant(datetime.fromisoformat(text), zone)
    found = _strptime(text, pattern)
    return _instant(found, zone) if has_clock(pattern) else _day(found.date())


def _strptime(text: str, pattern: str) -> datetime:
    """As strptime reads it; patterns of numbers alone, which nearly all are, six times faster."""
    plain = _plain_pattern(pattern)
    if plain is None or not text.isascii():
        return datetime.strptime(text, pattern)  # noqa: DTZ007  # the caller applies the zone
    match = plain.fullmatch(text)
    if match is None:
        raise ValueError("the pattern does not fit")
    found = match.groupdict("0")
    return datetime(  # noqa: DTZ001
        int(found["Y"]), int(found["m"]), int(found["d"]),
        int(found.get("H", 0)), int(found.get("M", 0)), int(found.get("S", 0)),
    )  # fmt: skip


@cache
def _plain_pattern(pattern: str) -> re.Pattern[str] | None:
    """The pattern as a regular expression; None where strptime must read it."""
    pieces = re.split(r"%(.)", pattern)
    names, texts = pieces[1::2], pieces[0::2]
    if not {"d", "m", "Y"} <= set(names) <= set(_NUMBERS) or len(set(names)) < len(names):
        return None
    if re.search(r"\s\s|^\s|\s$", pattern):
        return None
    found = re.escape(texts[0])
    for name, after in zip(names, texts[1:], strict=True):
        found += f"(?P<{name}>{_NUMBERS[name]})" + re.escape(after)
    return re.compile(found.replace("\\ ", r"\s+"))


def _instant(moment: datetime, zone: ZoneInfo) -> Moment:
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)
    utc = aware.astimezone(UTC)
    return Moment(utc.replace(microsecond=utc.microsecond // 1000 * 1000), "instant")


def _day(day: date) -> Moment:
    return Moment(datetime.combine(day, NOON, tzinfo=LOCAL).astimezone(UTC), "day")
