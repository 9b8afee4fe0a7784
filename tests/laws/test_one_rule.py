"""What a valid payment is, and whose it is, is said once: all who count say the same.

The fold, a payment's story, a vendor's page, figures as known at a time, the days paid as known,
views for BI tools and `verify`; and where the rule is broken in its one home, all of them follow.
"""

from base64 import b64decode
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from consumers.adoption.daily.daily import daily_known_on
from consumers.fold.projections import NOW_AND_EVER
from consumers.ledger.payment import PaymentStory, payment_show
from consumers.sql import statement
from consumers.verify.findings import VerifyReport
from consumers.verify.folded import Folded
from consumers.web.vendors import load_vendor, load_vendor_payments
from infra.clickhouse import Store
from infra.migrations import statements_of
from infra.settings import FoldSettings
from schemas.current import baseline
from tests.engine import NOW, FixedClock, fold_all, land, records, vendor_days
from tests.laws.drawn import Told, ledgers
from tests.laws.ledgers import ACCOUNTS, SUNDAY, VIRTUAL, registry_facts, said
from tests.laws.test_order import TABLES
from tests.parts import store_client, store_server
from tests.reference import figures_from_events

pytestmark = pytest.mark.real
LEAST = FoldSettings(amount_vnd_min=15_000)
COUNTED = tuple(
    f"{measure}_count"
    for measure in ("payment", "cash", "refund", "reversed", "conflict", "failed")
)
Counts = dict[tuple[Any, ...], dict[str, int]]

# What is broken, by the text of the rule in its home and what stands there then.
BROKEN = {
    "what was given back whole counts all the same": (
        "g.is_reversed != 0 OR (g.refunded_vnd > 0 AND g.refunded_vnd >= p.amount_vnd),",
        "false,",
    ),
    "the account goes before the virtual account": (
        "virtual_account_vendor != '', by_virtual_account, account_vendor != '', by_account,",
        "account_vendor != '', by_account, virtual_account_vendor != '', by_virtual_account,",
    ),
}


def counts_of(rows: Sequence[dict[str, Any]]) -> Counts:
    """By day, market and vendor: what is not zero."""
    found = {}
    for row in rows:
        counts = {name: int(row[name]) for name in COUNTED if row[name]}
        if counts:
            found[row["day"], row["market"], row["vendor"]] = counts
    return found


def folded(store: Store) -> Counts:
    return counts_of(
        [
            {"day": day, "market": market, "vendor": vendor, **row}
            for (day, market, vendor), row in vendor_days(store).items()
        ]
    )


def known(store: Store) -> Counts:
    """The same computed from evidence, as known at a time."""
    days = [row[0] for row in store.query("SELECT DISTINCT day FROM day_fold")]
    rows = daily_known_on(
        store, known_at=NOW_AND_EVER, market=None, vendor=None, first_day=min(days),
        last_day=max(days), by="vendor", settings=LEAST, clock=FixedClock(),
    )  # fmt: skip
    names = ("day", "market", "vendor", *COUNTED)
    return counts_of([{name: getattr(row, name) for name in names} for row in rows])


def stories(store: Store) -> list[PaymentStory]:
    names = store.query(
        "SELECT DISTINCT bank_reference FROM evidence"
        " UNION DISTINCT SELECT DISTINCT bank_reference FROM compensation"
    )
    return [story for (name,) in names for story in payment_show(store, name, settings=LEAST)]


def told(told_stories: Sequence[PaymentStory]) -> Counts:
    """What each payment's story says, summed."""
    found: dict[tuple[Any, ...], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for each in (counted for story in told_stories for counted in story.counted):
        if each.measure != "small":
            found[each.day, each.market, each.vendor][f"{each.measure}_count"] += 1
    return {key: dict(counts) for key, counts in found.items()}


def shown(store: Store, told_stories: Sequence[PaymentStory]) -> tuple[set[str], set[str]]:
    """Payments that are somebody's by an account: as pages of vendors and as stories tell."""
    days = [row[0] for row in store.query("SELECT DISTINCT day FROM day_fold")]
    names = store.query("SELECT DISTINCT vendor FROM registry_span WHERE shape = 'link'")
    pages = {
        f"{name} {payment.account}:{payment.bank_reference}"
        for (name,) in names
        for payment in load_vendor_payments(
            store, load_vendor(store, name, day=max(days)), first_day=min(days),
            last_day=max(days), limit=1_000, settings=LEAST,
        )
    }  # fmt: skip
    owned = {
        f"{story.attribution.vendor} {story.payment_id}"
        for story in told_stories
        if story.attribution and story.attribution.method != "stall_code"
    }
    return pages, owned


def paid(store: Store) -> list[set[tuple[Any, ...]]]:
    """Days paid of each market, by hash: as known and computed anew, and as folded."""
    days = [row[0] for row in store.query("SELECT DISTINCT day FROM day_fold")]
    text = statement("consumers.adoption.question", "paid_days_known")
    asked = {
        "ask": "", "known_at": NOW_AND_EVER, "window_days": LEAST.window_days,
        "amount_vnd_min": LEAST.amount_vnd_min, "first_day": min(days), "last_day": max(days),
    }  # fmt: skip
    anew = [
        (market, packed[at : at + 10].hex())
        for market, text_ in store.query(text, asked)
        for packed in [b64decode(text_)]
        for at in range(0, len(packed), 10)
    ]
    kept = store.query(
        "SELECT market, lower(hex(concat(reinterpretAsFixedString(cityHash64(market, vendor)),"
        " reinterpretAsFixedString(toUInt16(day))))) FROM vendor_day"
        " WHERE payment_count > 0 AND vendor != ''"
    )
    assert len(anew) == len(set(anew))
    return [set(anew), set(kept)]


def counted(store: Store) -> Counts:
    """What all who count say; it is the same."""
    fold = folded(store)
    assert known(store) == fold
    told_stories = stories(store)
    assert told(told_stories) == fold
    pages, owned = shown(store, told_stories)
    assert pages == owned
    assert counts_of(store.rows("SELECT * FROM bi_vendor_day")) == fold
    anew, kept = paid(store)
    assert anew == kept
    assert Folded(store, LEAST, 0).check(VerifyReport(), set()) == []
    return fold


def test_all_who_count_a_payment_say_the_same(store: Store) -> None:

    @settings(max_examples=3, suppress_health_check=list(HealthCheck), print_blob=True)
    @given(ledgers)
    def hold(ledger: list[Told]) -> None:
        for table in TABLES:
            store.command(f"TRUNCATE TABLE {table}")
        for shape in ("payment", "registry"):
            recs = [each.rec(n) for n, each in enumerate(ledger) if each.shape == shape]
            land(store, recs, shape=shape, topic_id=shape)
        fold_all(store, LEAST)
        assert counted(store) == plainly(
            *(
                [(t.body, t.recorded_at) for t in ledger if t.shape == shape]
                for shape in ("payment", "registry")
            )
        )

    hold()


def plainly(payment: list[Any], registry: list[Any]) -> Counts:
    """The same by another hand, in plain Python."""
    figures = figures_from_events(payment, registry, amount_vnd_min=LEAST.amount_vnd_min)
    return counts_of(
        [
            {"day": day, "market": market, "vendor": vendor, **row}
            for (day, market, vendor), row in figures.items()
        ]
    )


SAID = [
    said("credited", 1),
    said("credited", 2),
    said("refunded", 2, compensation_reference="RF2"),
    said("credited", 3),
    said("credited", "3b", reference="FT3", amount_vnd=90_000),
    said("credited", 4, account=ACCOUNTS[2], virtual_account=VIRTUAL),
    said("credited", 5, account=ACCOUNTS[0], virtual_account=VIRTUAL),
    said("cash_sale_reported", 6),
    said("failed", 7),
    said("credited", 8, amount_vnd=9_000),
]


def test_where_the_rule_is_broken_all_follow(tmp_path: Path) -> None:
    """In a store of its own, because functions are of the whole store."""
    right = plainly([(body, NOW) for body in SAID], [(body, NOW) for body in registry_facts()])
    assert right[SUNDAY, "CD", "V3"] == {"payment_count": 2}
    with store_server(tmp_path / "db") as server, store_client(server.dsn) as root:
        for number, (what, change) in enumerate({"nothing": ("", ""), **BROKEN}.items()):
            text = baseline()
            assert not change[0] or text.count(change[0]) == 1, what
            root.command(f"CREATE DATABASE broken_{number}")
            with store_client(f"{server.dsn.removesuffix('/default')}/broken_{number}") as store:
                for each in statements_of(text.replace(*change)):
                    store.command(each)
                land(store, records(registry_facts()), shape="registry", topic_id="R")
                land(store, records(SAID))
                fold_all(store, LEAST)
                assert (counted(store) == right) == (what == "nothing"), what
