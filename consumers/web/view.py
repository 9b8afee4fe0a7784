"""One request for a page: for whom, in which language, for what; and how a page is rendered."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from fastapi import Request, Response
from fastapi.responses import HTMLResponse
from markupsafe import Markup, escape

from consumers.adoption.question.answer import Question
from consumers.language.language import Language, languages
from consumers.web.access.audience import Audience
from consumers.web.access.roles import Who
from consumers.web.access.rules import is_for
from consumers.web.live_feed import Today
from consumers.web.site import Listed, WebContext
from consumers.web.state import LANGUAGE_DEFAULT, PageFilters, read_state
from infra.errors import Refused
from schemas.calendar import LOCAL
from schemas.message import Message

LANGUAGE_COOKIE = "choso_language"
LANGUAGE_S_MAX = 365 * 86_400


class View:
    """Made for each request; a page's function gets it and gives a Response."""

    def __init__(
        self, site: WebContext, request: Request, page: Listed | None, audience: Audience
    ) -> None:
        self.site = site
        self.request = request
        self.page = page
        self.audience = audience
        self.now: datetime = site.clock.now()
        self.form: Mapping[str, str] = {}

    @property
    def who(self) -> Who:
        """The caller."""
        return self.audience.who

    @cached_property
    def query(self) -> Mapping[str, list[str]]:
        """The query's values by name."""
        found: dict[str, list[str]] = {}
        for name, value in self.request.query_params.multi_items():
            found.setdefault(name, []).append(value)
        return found

    @cached_property
    def state(self) -> PageFilters:
        """The filters. Refused: a value that cannot be."""
        if self.audience.rule.market == "query":
            return read_state({**self.query, "market": self.audience.markets})
        return read_state(self.query)

    @cached_property
    def language(self) -> Language:
        """What the address says, else the cookie, else Vietnamese."""
        asked = self.request.query_params.get("lang", "")
        kept = self.request.cookies.get(LANGUAGE_COOKIE, "")
        known = languages()
        return known.get(asked) or known.get(kept) or known[LANGUAGE_DEFAULT]

    @property
    def today(self) -> date:
        """The local day."""
        return self.now.astimezone(LOCAL).date()

    def path(self, name: str) -> str:
        """A parameter of the path."""
        return str(self.request.path_params[name])

    def say(self, message: str | Message, /, **values: object) -> str:
        """The message in the reader's language."""
        if isinstance(message, Message):
            return self.language.render(message)
        return self.language.say(message, **values)

    def say_count(self, one: str, many: str, count: int, /, **values: object) -> str:
        """A message that depends on a count."""
        return self.language.say_count(one, many, count, **values)

    def why(self, reason: Message | None) -> str:
        """A reason of an answer in the reader's language; nothing where there is none."""
        return "" if reason is None else self.language.render(reason)

    def say_strong(self, message: str, /, **values: object) -> Markup:
        """The message, its values escaped and set in bold."""
        bold = {
            name: value
            if isinstance(value, Markup)
            else Markup("<strong>") + escape(str(value)) + Markup("</strong>")
            for name, value in values.items()
        }
        return escape(self.say(message)) % bold

    def question(self, metric: str, **asked: Any) -> Question:
        """A question in the present state; `asked` says what the page sets itself."""
        state = self.state
        given = {
            "first_day": state.first_day,
            "last_day": state.last_day,
            "markets": state.markets,
            "kinds": state.kinds,
        }
        return self.audience.question(metric, now=self.now, **{**given, **asked})

    @cached_property
    def markets(self) -> list[tuple[str, str]]:
        """Code and name of the markets that the caller sees, by name."""
        known = self.site.asker.scene().facts.on(self.today)
        seen = [
            (code, fact.name or code) for code, fact in known.items() if self.audience.sees(code)
        ]
        return sorted(seen, key=lambda item: item[1])

    @property
    def sees_all_together(self) -> bool:
        """Whether a sum over his markets may be shown to him: not where small cells are withheld
        and he sees some markets only, for it would give away what is withheld."""
        return not (self.audience.is_shared and self.who.markets)

    def today_figures(self, markets: tuple[str, ...]) -> Today:
        """The figures of today as this caller may see them; no market named: all of his."""
        found = self.site.today.get().only(markets)
        return found.shared() if self.audience.is_shared else found

    def days(self, weeks: int) -> tuple[date, date]:
        """The range to today: what is asked, or the last `weeks` of those with evidence."""
        since = self.site.asker.scene().cut_off.first_day
        return self.state.range(self.today, weeks=weeks, since=since)

    def weeks(self, count: int) -> tuple[date, date]:
        """The same in whole weeks: unasked, the running one is there to its end."""
        first, last = self.days(count)
        return first, last if self.state.last_day else last + timedelta(days=6 - last.weekday())

    def whole(self) -> dict[str, Any]:
        """Grouping and filter of the question about all that is chosen, as one group."""
        chosen = self.state.markets
        if len(chosen) > 1 and self.audience.is_shared:
            chosen = chosen[:1]
        return {"by": "market" if len(chosen) == 1 else "all", "markets": chosen}

    def address(self, path: str, **changes: Any) -> str:
        """The address of a page in the present state."""
        try:
            return self.state.address(path, **changes)
        except Refused:  # the page that says what was wrong with the state has none
            return path

    def render(self, template: str, status_code: int = 200, **values: Any) -> Response:
        """A page from its template."""
        language = self.language
        text = self.site.templates.get_template(template).render(
            view=self,
            who=self.who,
            page=self.page,
            language=language,
            say=self.say,
            say_count=self.say_count,
            say_strong=self.say_strong,
            address=self.address,
            nav=[p for p in self.site.pages if p.in_nav and is_for(p.rule, self.who)],
            other_language=self._other_language(),
            **values,
        )
        answer = HTMLResponse(text, status_code, {"Cache-Control": "private, no-cache"})
        self._keep(answer)
        return answer

    def _other_language(self) -> str:
        """This page's address in the other language."""
        other = "en" if self.language.code == "vi" else "vi"
        kept = [
            (name, value)
            for name, value in self.request.query_params.multi_items()
            if name != "lang"
        ]
        return f"{self.request.url.path}?{urlencode([*kept, ('lang', other)])}"

    def _keep(self, answer: Response) -> None:
        if "lang" in self.request.query_params:
            answer.set_cookie(
                LANGUAGE_COOKIE,
                self.language.code,
                max_age=LANGUAGE_S_MAX,
                samesite="lax",
                httponly=True,
                secure=self.site.door.is_secure,
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Listed):
    """One page, with the function that renders it."""

    render: Callable[[View], Response]
