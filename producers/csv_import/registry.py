"""What a row says about the registry: its market, its vendor, and whose account it is."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from producers.csv_import.column_map import RegistryFields
from producers.csv_import.filled import RowRejected, Templates
from producers.registry_facts import derived_fact
from producers.subjects import account_token, code_of, last4_of
from schemas.cloudevent import inadmissible
from schemas.registry import RegistryEvent
from schemas.text import clean

Link = tuple[str, str, str | None]  # market, vendor, stall
Facts = tuple[list[RegistryEvent], str, Link]
FIELDS = (
    "market",
    "vendor",
    "stall",
    "account",
    "bank_bin",
    "market_name",
    "vendor_name",
    "market_kind",
)


@dataclass(slots=True)
class RegistrySeen:
    """Facts that were said already: as many as there are markets, vendors and accounts."""

    ids: set[str] = field(default_factory=set)
    links: dict[str, Link] = field(default_factory=dict)
    _made: dict[tuple[str | None, ...], Facts] = field(default_factory=dict)

    def contradicts(self, token: str, link: Link) -> bool:
        """Whether the account was linked to another vendor, market or stall by an earlier row."""
        return self.links.setdefault(token, link) != link

    def facts(
        self,
        fields: Templates,
        cells: Sequence[str],
        said: RegistryFields,
        *,
        source: str,
        key: bytes,
    ) -> Facts:
        """The row's facts (the account's link is the last), the account's token, and its link."""
        texts = tuple(fields.optional(name, cells) for name in FIELDS)
        found = self._made.get(texts)
        if found is None:
            found = self._made[texts] = row_facts(fields, cells, said, source=source, key=key)
        return found


def row_facts(
    fields: Templates, cells: Sequence[str], said: RegistryFields, *, source: str, key: bytes
) -> Facts:
    """The same, made anew."""
    market_text = fields.required("market", cells)
    vendor_text = fields.required("vendor", cells)
    market, vendor = code_of(market_text), code_of(vendor_text)
    stall_text = fields.optional("stall", cells)
    stall = code_of(stall_text) if stall_text else None
    account = fields.required("account", cells)
    token = account_token(key, account)
    market_name = fields.optional("market_name", cells) or market_text
    vendor_name = fields.optional("vendor_name", cells) or vendor_text
    facts: list[tuple[str, dict[str, Any]]] = [
        (
            "market",
            {
                "market": market,
                "name": clean(market_name),
                "market_kind": fields.required("market_kind", cells),
            },
        ),
        ("vendor", {"vendor": vendor, "name": clean(vendor_name)}),
    ]
    if stall is not None:
        facts.insert(1, ("stall", {"market": market, "stall": stall}))
        facts[2][1].update(market=market, stall=stall)
    link: dict[str, Any] = {"account": token, "market": market, "vendor": vendor, "stall": stall}
    shown = {"account_last4": last4_of(account), "bank_bin": fields.optional("bank_bin", cells)}
    facts.append(("account_linked", link | shown))
    try:
        events = [
            derived_fact(kind, source=source, effective_from=said.effective_from, **content)
            for kind, content in facts
        ]
    except ValidationError as error:
        found = inadmissible(error)
        raise RowRejected(f"registry: {found.reason.value}", found.detail) from error
    return events, token, (market, vendor, stall)
