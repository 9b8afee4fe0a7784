"""What a row says about the registry: its market, its vendor, and whose account it is."""

from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from producers.csv_import.column_map import RegistryFields
from producers.csv_import.translate import Filled, RowRefused
from producers.registry_facts import derived_fact
from producers.subjects import account_token, code_of, last4_of
from schemas.cloudevent import inadmissible
from schemas.registry import RegistryEvent
from schemas.text import clean


@dataclass(slots=True)
class RegistrySeen:
    """Facts that were said already: as many as there are markets, vendors and accounts."""

    ids: set[str] = field(default_factory=set)
    links: dict[str, tuple[str, str, str | None]] = field(default_factory=dict)

    def contradicts(self, token: str, link: tuple[str, str, str | None]) -> bool:
        """Whether the account was linked to another vendor, market or stall by an earlier row."""
        return self.links.setdefault(token, link) != link


def row_facts(
    filled: Filled, said: RegistryFields, *, key: bytes
) -> tuple[list[RegistryEvent], str, tuple[str, str, str | None]]:
    """The row's facts (the account's link is the last), the account's token, and its link."""
    market_text = filled.required("market", said.market)
    vendor_text = filled.required("vendor", said.vendor)
    market, vendor = code_of(market_text), code_of(vendor_text)
    stall_text = filled.optional("stall", said.stall)
    stall = code_of(stall_text) if stall_text else None
    account = filled.required("account", filled.column_map.payment.account)
    token = account_token(key, account)
    market_name = filled.optional("market_name", said.market_name) or market_text
    vendor_name = filled.optional("vendor_name", said.vendor_name) or vendor_text
    facts: list[tuple[str, dict[str, Any]]] = [
        (
            "market",
            {
                "market": market,
                "name": clean(market_name),
                "market_kind": filled.required("market_kind", said.market_kind),
            },
        ),
        ("vendor", {"vendor": vendor, "name": clean(vendor_name)}),
    ]
    if stall is not None:
        facts.insert(1, ("stall", {"market": market, "stall": stall}))
        facts[2][1].update(market=market, stall=stall)
    link: dict[str, Any] = {"account": token, "market": market, "vendor": vendor, "stall": stall}
    facts.append(("account_linked", link | {"account_last4": last4_of(account)}))
    try:
        events = [
            derived_fact(
                kind,
                source=filled.column_map.source,
                effective_from=said.effective_from,
                **fields,
            )
            for kind, fields in facts
        ]
    except ValidationError as error:
        found = inadmissible(error)
        raise RowRefused(f"registry: {found.reason.value}", found.detail) from error
    return events, token, (market, vendor, stall)
