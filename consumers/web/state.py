"""What a page shows, as its address says it: a link to a page is a link to this state. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote, urlencode

from consumers.language.catalog import LANGUAGES
from infra.errors import Refused
from schemas.message import Count, Day, Message, Name, one_of
from schemas.registry import MARKET_KINDS

CODE_CHARACTERS_MAX = 48
MARKETS_MAX = 100
DAYS_MAX = 1_100
WEEKS_DEFAULT = 12
LANGUAGE_DEFAULT = "vi"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFilters:
    """Filters of a page. Empty: all, or the page's own default."""

    markets: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    first_day: date | None = None
    last_day: date | None = None
    language: str | None = None

    def address(self, path: str, **changes: Any) -> str:
        """The address of a page in this state, with some of it changed."""
        state = replace(self, **changes) if changes else self
        pairs = [("market", market) for market in state.markets]
        pairs += [("kind", kind) for kind in state.kinds]
        for name, value in (("from", state.first_day), ("to", state.last_day)):
            pairs += [(name, value.isoformat())] if value else []
        pairs += [("lang", state.language)] if state.language else []
        return path + (f"?{urlencode(pairs)}" if pairs else "")

    def range(
        self, today: date, *, weeks: int = WEEKS_DEFAULT, since: date | None = None
    ) -> tuple[date, date]:
        """First and last day: what is asked, or so many weeks that end with the running one.

        Nothing is known from before `since`: unasked, no week begins earlier than its own.
        """
        last = self.last_day or today
        monday = last - timedelta(days=last.weekday())
        first = self.first_day
        if first is None:
            first = monday - timedelta(weeks=weeks - 1)
            if since is not None and first < since <= last:
                first = since - timedelta(days=since.weekday())
        if first > last:
            raise Refused(Message("refused.reversed", first=Day(first), last=Day(last)))
        if (last - first).days >= DAYS_MAX:
            days = (last - first).days + 1
            raise Refused(Message("refused.days", days=Count(days), most=Count(DAYS_MAX)))
        return first, last


def read_state(query: Mapping[str, Sequence[str]]) -> PageFilters:
    """Refused: a value that cannot be."""
    language = _last(query, "lang")
    if language is not None and language not in LANGUAGES:
        raise Refused(one_of("lang", language, LANGUAGES))
    kinds = tuple(dict.fromkeys(k for k in query.get("kind", ()) if k))
    for kind in kinds:
        if kind not in MARKET_KINDS:
            raise Refused(one_of("kind", kind, MARKET_KINDS))
    return PageFilters(
        markets=codes(query.get("market", ()), "market"),
        kinds=kinds,
        first_day=_day(query, "from"),
        last_day=_day(query, "to"),
        language=language,
    )


def codes(values: Sequence[str], name: str) -> tuple[str, ...]:
    """Codes, each once. Refused: one is too long, or there are too many."""
    found = tuple(dict.fromkeys(value for value in values if value))
    if len(found) > MARKETS_MAX:
        raise Refused(
            Message(
                "refused.many", what=Name(name), count=Count(len(found)), most=Count(MARKETS_MAX)
            )
        )
    for value in found:
        if len(value) > CODE_CHARACTERS_MAX:
            raise Refused(Message("refused.long_code", what=Name(name), text=Name(value[:60])))
    return found


def path_to(*parts: str) -> str:
    """A path of escaped parts."""
    return "/" + "/".join(quote(part, safe="") for part in parts)


def _last(query: Mapping[str, Sequence[str]], name: str) -> str | None:
    values = [value for value in query.get(name, ()) if value]
    return values[-1] if values else None


def _day(query: Mapping[str, Sequence[str]], name: str) -> date | None:
    text = _last(query, name)
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused(Message("refused.no_day", what=Name(name), text=Name(text[:40]))) from None
