"""Registry facts with ids that are derived from what they say: the same fact is the same event."""

import json
from datetime import UTC, date, datetime, time
from hashlib import sha256
from typing import Any

from schemas.registry import RegistryEvent, registry_event


def start_of(day: date) -> datetime:
    """When a fact counts as stated, where nobody says when: its day at 00:00 UTC."""
    return datetime.combine(day, time(), tzinfo=UTC)


def derived_fact(
    kind: str,
    *,
    source: str,
    effective_from: date,
    stated_at: datetime | None = None,
    **fields: Any,
) -> RegistryEvent:
    """The fact as an event. Raises pydantic's ValidationError where a rule is broken."""
    said = {name: value for name, value in fields.items() if value is not None}
    stated = stated_at or start_of(effective_from)
    content = [kind, effective_from.isoformat(), stated.isoformat(), sorted(said.items())]
    digest = sha256(json.dumps(content, ensure_ascii=True).encode()).hexdigest()[:32]
    return registry_event(
        kind=kind,
        source=source,
        source_transaction_id=f"{kind}-{digest}",
        stated_at=stated,
        effective_from=effective_from,
        **fields,
    )
