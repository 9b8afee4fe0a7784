"""Roles and scopes: what a caller may do. Pure."""

from dataclasses import dataclass
from typing import Literal

Scope = Literal["figures", "people", "operate", "metrics"]
Role = Literal["viewer", "analyst", "operator"]
Kind = Literal["person", "machine", "open", "nobody"]

SCOPES: tuple[Scope, ...] = ("figures", "people", "operate", "metrics")
ROLES: dict[Role, frozenset[Scope]] = {
    "viewer": frozenset({"figures"}),
    "analyst": frozenset({"figures", "people"}),
    "operator": frozenset(SCOPES),
}


@dataclass(frozen=True, slots=True)
class Who:
    """A caller. `markets` empty means all."""

    name: str
    kind: Kind
    scopes: frozenset[Scope]
    markets: frozenset[str] = frozenset()
    role: str = ""

    def may(self, scope: Scope | None) -> bool:
        """Whether he has the scope; None is open to everybody."""
        return scope is None or scope in self.scopes

    def sees(self, market: str) -> bool:
        """Whether the market is one of his. What has no owner belongs to no market board."""
        return not self.markets or market in self.markets


NOBODY = Who("", "nobody", frozenset())
# Where sign-in is off everybody is this caller, and every page says so.
OPEN = Who("", "open", frozenset(SCOPES), role="operator")
