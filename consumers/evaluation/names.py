"""What designs, their labels, the roles of markets, rails and groupings are called."""

from collections.abc import Mapping
from types import MappingProxyType

from schemas.message import Message

NAMES: Mapping[str, Message] = MappingProxyType(
    {
        "did": Message("design.name.did"),
        "stepped_wedge": Message("design.name.stepped_wedge"),
        "onboarding": Message("design.name.onboarding"),
        "its": Message("design.name.its"),
        "ancova": Message("design.name.ancova"),
    }
)
LABELS: Mapping[str, Message] = MappingProxyType(
    {
        "causal": Message("design.label.causal"),
        "descriptive": Message("design.label.descriptive"),
    }
)
ROLES: Mapping[str, Message] = MappingProxyType(
    {"pilot": Message("role.pilot"), "comparison": Message("role.comparison")}
)
RAILS: Mapping[str, Message] = MappingProxyType(
    {
        "p2p_transfer": Message("rail.p2p_transfer"),
        "p2m_payment": Message("rail.p2m_payment"),
        "wallet": Message("rail.wallet"),
        "card": Message("rail.card"),
        "cash_reported": Message("rail.cash_reported"),
        "unknown": Message("rail.unknown"),
    }
)
BY: Mapping[str, Message] = MappingProxyType(
    {
        "product": Message("whom.by.product"),
        "row": Message("whom.by.row"),
        "kind": Message("whom.by.kind"),
    }
)
