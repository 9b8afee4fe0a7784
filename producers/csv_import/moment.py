"""Times as people print them, as UTC with milliseconds and their precision."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import NamedTuple
from zoneinfo import ZoneInfo

from schemas.calendar import LOCAL
from schemas.payment import TimePrecision

NOON = time(12)
WORDS = ("iso", "epoch_s", "epoch_ms")
_CLOCK_DIRECTIVE = re.compile(r"%-?[HIcXs]")
_EPOCH = re.compile(r"([0-9]{1,15})(?:\.([0-9]{1,9}))?")
_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Moment(NamedTuple):
    """When it happened: `at` in UTC. Of a day without a clock `at` is its local noon."""

    at: datetime
    precision: TimePrecision


def parse_moment(text: str, *, formats: Sequence[str], zone: ZoneInfo) -> Moment:
    """Read by the first format that fits: `iso`, `epoch_s`, `epoch_ms` or a strptime pattern.

    `zone` is that of times without an offset. ValueError where no format fits.
    """
    plain = text.strip()
    for pattern in formats:
        try:
            return _read(plain, pattern, zone)
        except (ValueError, OverflowError):
            continue
    raise ValueError(f"{plain[:40]!r} is not a time of the form {' or '.join(formats)}")


def has_clock(pattern: str) -> bool:
    """Whether a strptime pattern names a time of day."""
    return _CLOCK_DIRECTIVE.search(pattern) is not None


def _read(text: str, pattern: str, zone: ZoneInfo) -> Moment:
    if pattern in {"epoch_s", "epoch_ms"}:
        match = _EPOCH.fullmatch(text)
        if match is None:
            raise ValueError("not a number")
        millis = int(match[1])
        if pattern == "epoch_s":
            millis = millis * 1000 + int((match[2] or "").ljust(3, "0")[:3])
        seconds, millis = divmod(millis, 1000)
        return Moment(
            datetime.fromtimestamp(seconds, UTC).replace(microsecond=millis * 1000), "instant"
        )
    if pattern == "iso":
        if _ISO_DAY.fullmatch(text):
            return _day(date.fromisoformat(text))
        return _instant(datetime.fromisoformat(text), zone)
    found = datetime.strptime(text, pattern)  # noqa: DTZ007  # the map's zone is applied below
    return _instant(found, zone) if has_clock(pattern) else _day(found.date())


def _instant(moment: datetime, zone: ZoneInfo) -> Moment:
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)
    utc = aware.astimezone(UTC)
    return Moment(utc.replace(microsecond=utc.microsecond // 1000 * 1000), "instant")


def _day(day: date) -> Moment:
    return Moment(datetime.combine(day, NOON, tzinfo=LOCAL).astimezone(UTC), "day")
