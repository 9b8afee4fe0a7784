"""What a route asks of its caller, and the decision. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Literal

from consumers.web.access.roles import Scope, Who
from schemas.message import mark as _

# Where a request says which market it is about:
# none   it shows nothing of a market
# query  in `market`, repeated; left out it means all markets that the caller sees
# path   in the path
# inside only the handler can know, and asks `Audience.sees` itself
# all    it is about all markets together: not for who sees some of them only
Place = Literal["none", "query", "path", "inside", "all"]


@dataclass(frozen=True, slots=True)
class AccessRule:
    """`scope` None: open to everybody. `is_personal`: each look is logged."""

    scope: Scope | None
    market: Place = "none"
    is_personal: bool = False


class GateDecision(Enum):
    """What to do with a request."""

    ALLOWED = "allowed"
    SIGN_IN = _("sign in first")
    SCOPE = _("not for this role")
    MARKET = _("another market's")
    ALL = _("only for who sees all markets")
    ELSEWHERE = _("the form was sent from another site")


OPEN_TO_ALL = AccessRule(None)


def is_for(rule: AccessRule, who: Who) -> bool:
    """Whether the rule lets this caller in where he names no market."""
    return who.may(rule.scope) and not (rule.market == "all" and who.markets)


def decide(rule: AccessRule, who: Who, *, named: Sequence[str], path_market: str) -> GateDecision:
    """Whether this caller may make this request. `named`: markets of the query."""
    if rule.scope is None:
        return GateDecision.ALLOWED
    if who.kind == "nobody":
        return GateDecision.SIGN_IN
    if not who.may(rule.scope):
        return GateDecision.SCOPE
    if rule.market == "all" and who.markets:
        return GateDecision.ALL
    asked = {"query": named, "path": (path_market,)}.get(rule.market, ())
    return GateDecision.ALLOWED if all(map(who.sees, asked)) else GateDecision.MARKET
