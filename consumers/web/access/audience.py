"""For whom a route answers: the parameter that every route takes, and what may leave through it.

A route declares its rule by this parameter: `audience: Annotated[Audience, admits("figures",
"query")]`. Before the route runs, the caller is let in or refused by that rule; a route without one
keeps the whole application from starting (`check_routes`).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, Query, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute

from consumers.adoption.ask import question_of
from consumers.adoption.question.answer import Question
from consumers.ledger.payment import PaymentStory, not_there
from consumers.web.access.origin import SAFE, is_from_here
from consumers.web.access.roles import Scope, Who
from consumers.web.access.rules import AccessRule, GateDecision, Place, decide
from infra.errors import Refused
from infra.log import get_logger
from schemas.thresholds import Thresholds

log = get_logger("web.access")


class Denied(Exception):
    """A request that its caller may not make."""

    def __init__(self, verdict: GateDecision) -> None:
        super().__init__(verdict.value)
        self.verdict = verdict


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, as the log names it."""

    method: str
    path: str
    query: str


@dataclass(frozen=True, slots=True)
class Audience:
    """Who gets an answer. `markets`: those that it may be about; empty: all.

    Where the rule reads markets from the query they are the named ones, or else the caller's own.
    """

    rule: AccessRule
    who: Who
    markets: tuple[str, ...]
    asked: Asked

    @property
    def is_shared(self) -> bool:
        """Whether small cells are withheld, and nothing is told of single vendors."""
        return not self.who.may("people")

    def sees(self, market: str) -> bool:
        """Whether the market is one of the caller's."""
        return self.who.sees(market)

    def may(self, scope: Scope) -> bool:
        """Whether the caller has the scope."""
        return self.who.may(scope)

    def question(
        self,
        metric: str,
        *,
        now: datetime,
        by: str | None = None,
        markets: Sequence[str] = (),
        vendors: Sequence[str] = (),
        thresholds: Thresholds | None = None,
        is_shared: bool = False,
        **asked: Any,
    ) -> Question:
        """A question whose answer may go to this audience; about its markets where it names none.

        Denied: another's market; single vendors, or smaller cells than are withheld, for who may
        not see persons. Refused: what no metric can answer.
        """
        if not all(map(self.sees, markets)):
            raise Denied(GateDecision.MARKET)
        is_of_people = by == "vendor" or any(vendors)
        if self.is_shared and (is_of_people or lets_out_smaller_cells(thresholds)):
            raise Denied(GateDecision.SCOPE)
        if is_of_people:
            self.shows_people()
        return question_of(
            metric,
            now=now,
            by=by,
            markets=markets or self.markets,
            vendors=vendors,
            thresholds=thresholds,
            is_shared=is_shared or self.is_shared,
            **asked,
        )

    def shows_people(self) -> None:
        """Personal data goes out: one line in the log."""
        log.info(
            "personal_data",
            who=self.who.name or self.who.kind,
            role=self.who.role,
            method=self.asked.method,
            path=self.asked.path,
            query=self.asked.query,
        )


def lets_out_smaller_cells(thresholds: Thresholds | None) -> bool:
    """Whether a question has limits of its own for what is withheld."""
    usual, asked = Thresholds(), thresholds or Thresholds()
    names = ("k_payers_min", "k_stalls_min")
    return any(getattr(asked, name) != getattr(usual, name) for name in names)


@dataclass(frozen=True)
class Admission:
    """The dependency that lets the caller of a route in by its rule."""

    rule: AccessRule

    async def __call__(self, request: Request) -> Audience:
        """The audience. Denied: the rule does not let him in, or it was not he who asked."""
        return self.admit(request, ())

    def admit(self, request: Request, named: Sequence[str]) -> Audience:
        """The same, where the query names markets."""
        audience = audience_of(request, self.rule, named)
        place = str(request.path_params.get("market", ""))
        verdict = decide(self.rule, audience.who, named=named, path_market=place)
        if verdict is not GateDecision.ALLOWED:
            raise Denied(verdict)
        has_key = audience.who.kind == "machine"
        if request.method not in SAFE and not is_from_here(request.headers, has_key=has_key):
            raise Denied(GateDecision.ELSEWHERE)
        if self.rule.is_personal:
            audience.shows_people()
        return audience


@dataclass(frozen=True)
class AdmissionByQuery(Admission):
    """The same for a route that is about the markets of its query."""

    async def __call__(
        self,
        request: Request,
        market: Annotated[
            list[str] | None,
            Query(description="Codes; repeat. Left out: all that you may see."),
        ] = None,
    ) -> Audience:
        """The audience. Denied: the rule does not let him in, or it was not he who asked."""
        return self.admit(request, tuple(filter(None, market or ())))


def admission(rule: AccessRule) -> Any:
    """The rule of a route, as a mark on its parameter or in its list of dependencies."""
    return Depends((AdmissionByQuery if rule.market == "query" else Admission)(rule))


def admits(scope: Scope | None, market: Place = "none", *, is_personal: bool = False) -> Any:
    """The same from the words of a rule."""
    return admission(AccessRule(scope, market, is_personal))


def audience_of(request: Request, rule: AccessRule, named: Sequence[str] = ()) -> Audience:
    """Who asks and of which markets; not yet whether he may."""
    who: Who = request.state.who
    url = request.url
    markets = tuple(named) or tuple(sorted(who.markets))
    return Audience(rule, who, markets, Asked(request.method, url.path, url.query))


def check_routes(routes: Iterable[BaseRoute]) -> None:
    """Refused: a route does not say, or says twice, to whom it shows what."""
    for route in routes:
        found = list(rules_of(route))
        if len(found) != 1:
            raise Refused(
                f"route {getattr(route, 'path', route)}: it declares {len(found)} audiences, not"
                " one: give it a parameter Annotated[Audience, admits(…)]"
            )


def rules_of(route: BaseRoute) -> Iterator[AccessRule]:
    """What a route declares."""
    if isinstance(route, APIRoute):
        yield from _rules_of(route.dependant)


def _rules_of(dependant: Dependant) -> Iterator[AccessRule]:
    if isinstance(dependant.call, Admission):
        yield dependant.call.rule
    for each in dependant.dependencies:
        yield from _rules_of(each)


def own_stories(
    stories: list[PaymentStory], audience: Audience, *, asked: str
) -> list[PaymentStory]:
    """Those of the caller's markets. NotThere where he sees none, also of what has no owner.

    So nobody learns whether another's payment exists.

    Which other payments their events name is told to who sees all markets.
    """
    found = [s for s in stories if audience.sees(s.attribution.market if s.attribution else "")]
    if not audience.sees(""):
        found = [replace(story, also_named=[]) for story in found]
    if not found:
        raise not_there(asked)
    return found
