"""What each route asks of its caller, and the decision. Pure.

A route that stands in no rule is refused: whoever adds one says here, or in the list of pages, what
it shows and to whom.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Literal

from consumers.adoption.catalogue import METRICS
from consumers.language.mark import mark as _
from consumers.web.access.roles import Scope, Who

# Where a request says which market it is about:
# none   it shows nothing of a market
# query  in `market`, repeated; left out it means all markets that the caller sees
# path   in the path
# inside only the handler can know, and asks `Who.sees` itself
# all    it is about all markets together: not for who sees some of them only
Place = Literal["none", "query", "path", "inside", "all"]


@dataclass(frozen=True, slots=True)
class Rule:
    """`scope` None: open to everybody. `is_personal`: each look is logged."""

    scope: Scope | None
    market: Place = "none"
    is_personal: bool = False


class Verdict(Enum):
    """What to do with a request."""

    ALLOWED = "allowed"
    SIGN_IN = _("sign in first")
    SCOPE = _("not for this role")
    MARKET = _("another market's")
    ALL = _("only for who sees all markets")


OPEN_TO_ALL = Rule(None)
RULES: Mapping[str, Rule] = {
    "/healthz": OPEN_TO_ALL,
    "/readyz": OPEN_TO_ALL,
    "/metrics": Rule("metrics"),
    "/openapi.json": Rule("figures"),
    "/docs": Rule("figures"),
    "/static/{name}": OPEN_TO_ALL,
    "/sign-in": OPEN_TO_ALL,
    "/sign-out": OPEN_TO_ALL,
    "/live": Rule("figures", "query"),
    # Day by day nothing is withheld: for sharing there is /v1/adoption/intensity.
    "/v1/adoption/daily": Rule("people", "query"),
    **{f"/v1/adoption/{name}": Rule("figures", "query") for name in METRICS},
    "/v1/payments/{payment_id:path}": Rule("people", "inside", is_personal=True),
    "/v1/evaluation": Rule("figures", "all"),
    "/v1/evaluation/{plan}": Rule("figures", "all"),
    "/v1/evaluation/{plan}/live": Rule("figures", "all"),
    # By group of vendors, and how many began when: of small groups too.
    "/v1/evaluation/{plan}/whom": Rule("people", "all"),
    "/v1/evaluation/{plan}/dose": Rule("people", "all"),
    "/v1/rollout/score": Rule("figures", "all"),
    "/v1/rollout/forecast": Rule("figures", "query"),
    "/v1/rollout/plan": Rule("figures", "all"),
    "/v1/reports": Rule("figures", "inside"),
    "/reports/{name}": Rule("figures", "inside"),
}


def is_for(rule: Rule, who: Who) -> bool:
    """Whether the rule lets this caller in where he names no market."""
    return who.may(rule.scope) and not (rule.market == "all" and who.markets)


def asks_for_people(rule: Rule, query: Mapping[str, Sequence[str]]) -> bool:
    """Whether a request for figures asks for those of single vendors, which are personal data."""
    if rule.scope != "figures" or rule.market != "query":
        return False
    return "vendor" in query.get("by", ()) or any(query.get("vendor", ()))


def lowers_suppression(query: Mapping[str, Sequence[str]]) -> bool:
    """Whether a request sets how small a cell may be."""
    return any(value.strip().startswith("k_") for value in query.get("threshold", ()))


def forced(rule: Rule, who: Who, query: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """What the gate sets in a request, whatever it said: what the caller may not choose himself."""
    if rule.market != "query":
        return {}
    found: dict[str, list[str]] = {}
    if who.markets and not any(query.get("market", ())):
        # Who sees some markets and names none asks about his own.
        found["market"] = sorted(who.markets)
    if who.is_shared:
        found["is_shared"] = ["true"]
    return found


def decide(
    rule: Rule,
    who: Who,
    *,
    query: Mapping[str, Sequence[str]],
    path: Mapping[str, str],
) -> Verdict:
    """Whether this caller may make this request."""
    is_lowered = rule.market == "query" and who.is_shared and lowers_suppression(query)
    is_of_people = is_lowered or asks_for_people(rule, query)
    if rule.scope is None and not is_of_people:
        return Verdict.ALLOWED
    if who.kind == "nobody":
        return Verdict.SIGN_IN
    if not who.may(rule.scope) or (is_of_people and not who.may("people")):
        return Verdict.SCOPE
    if rule.market == "all" and who.markets:
        return Verdict.ALL
    named: Sequence[str] = ()
    if rule.market == "query":
        named = query.get("market", ())
    elif rule.market == "path":
        named = (path["market"],)
    if not all(who.sees(market) for market in named):
        return Verdict.MARKET
    return Verdict.ALLOWED
