"""The column of the recipe is admitted, refused where it is no code, stored, and written back."""

import sys
from datetime import timedelta
from typing import Any

from schemas.cloudevent import decode, encode
from schemas.payment import PaymentEvent, payment_event
from tests.engine import NOW, fold_all, land, migrate, records
from tests.parts import store_client


def said(number: int, **more: Any) -> bytes:
    """A payment with a till."""
    return encode(
        payment_event(
            kind="credited",
            source="/sepay",
            source_transaction_id=f"t{number}",
            occurred_at=NOW - timedelta(days=1),
            account="a" * 32,
            bank_reference=f"FT{number}",
            amount_vnd=10_000,
            rail_class="p2p_transfer",
            **more,
        )
    )


with store_client(sys.argv[1]) as store:
    migrate(store)
    good, without = said(1, till="T-07"), said(2)
    assert decode(PaymentEvent, good, NOW).data.till == "T-07"  # type: ignore[attr-defined]
    bad = good.replace(b"T-07", b"T 07")
    land(store, records([good, without, bad], at=NOW))
    fold_all(store)
    rows = store.query("SELECT bank_reference, till FROM evidence ORDER BY bank_reference")
    assert list(map(tuple, rows)) == [("FT1", "T-07"), ("FT2", None)], rows
    assert store.query("SELECT reason FROM rejected") == [("fields",)]
    changed = "SELECT count() FROM stored_body WHERE sipHash128(body) != digest"
    assert store.query(changed)[0][0] == 0
