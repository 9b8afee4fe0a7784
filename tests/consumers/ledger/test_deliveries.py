"""An import's delivery in the store: listed, proven, known to the next import, retracted."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from consumers.ledger.deliveries import Deliveries
from infra.clickhouse import Store
from infra.errors import Refused
from schemas.cloudevent import encode
from schemas.delivery import retracted
from tests.engine import Rec, land
from tests.producers.importing import STATEMENT, Imported, imported, map_of
from tests.producers.parts import NOW, PREFIX, Kept

pytestmark = pytest.mark.real
HEAD = "date,credit,note\n"
EARLY = ("01/11/2026,20000,a\n", "02/11/2026,30000,b\n", "02/11/2026,30000,b\n")
LATE = ("03/11/2026,45000,c\n", "04/11/2026,x,d\n")
SHAPES = {"payments": "payment", "registry": "registry", "deliveries": "delivery"}


class Bank:
    """Files that are imported, and what the sink lands of them."""

    def __init__(self, store: Store, folder: Path) -> None:
        self.store, self.folder = store, folder
        self.held = Deliveries(store)
        self.offsets = dict.fromkeys(SHAPES.values(), 0)

    def take(self, *rows: str, name: str = "a.csv", kept: Kept | None = None) -> Imported:
        """Import a file of these rows by a source's map, and land all that was published."""
        path = self.folder / name
        path.write_text(HEAD + "".join(rows))
        publisher = kept or Kept()
        found = imported(
            path, map_of(STATEMENT, payment={"text": "{note}"}), publisher, ledger=self.held
        )
        for topic, shape in SHAPES.items():
            records = [each for each in publisher.records if f"{PREFIX}.{topic}.v1" == each.topic]
            stamp, first = int(NOW.timestamp() * 1000), self.offsets[shape]
            recs = [
                Rec(first + n, stamp, each.value, each.headers) for n, each in enumerate(records)
            ]
            if recs:
                land(self.store, recs, shape=shape, topic_id=f"{shape}-log")
            self.offsets[shape] += len(recs)
        return found

    def faults(self) -> list[str]:
        return [fact for proof in self.held.proofs(self.held.all()) for fact in proof.faults()]

    def retract(self, delivery: str) -> None:
        back = retracted(
            delivery=delivery, source="/deliveries", stated_at=NOW, who="Mai", why="sai"
        )
        first = self.offsets["delivery"]
        rec = Rec(first, int(NOW.timestamp() * 1000), encode(back))
        land(self.store, [rec], shape="delivery", topic_id="delivery-log")
        self.offsets["delivery"] += 1


@pytest.fixture
def bank(store: Store, tmp_path: Path) -> Bank:
    return Bank(store, tmp_path)


def test_what_a_file_said_is_what_its_evidence_says(bank: Bank) -> None:
    found = bank.take(*EARLY, *LATE)
    [told] = bank.held.all()
    assert (told.id, told.name, told.line_count) == (found.report.delivery, "a.csv", 6)
    assert (told.count("published"), told.vnd("published"), told.count("rejected")) == (
        4,
        125_000,
        1,
    )
    [proof] = bank.held.proofs([told])
    assert (proof.event_count, proof.event_vnd, proof.is_well) == (4, 125_000, True)
    assert bank.held.one(told.id[:6]) == told
    with pytest.raises(Refused, match="there is none"):
        bank.held.one("zz")


def test_a_file_imported_again_is_the_same_delivery_and_proves_the_same(bank: Bank) -> None:
    first = bank.take(*EARLY)
    again = bank.take(*EARLY)
    assert again.report.delivery == first.report.delivery
    said = [[(each.value, each.headers) for each in one.kept.records] for one in (first, again)]
    assert said[0] == said[1]
    books = again.report.books.sums
    assert (books["known"].row_count, books["published"].row_count) == (3, 0)
    assert len(bank.held.all()) == 1
    assert bank.faults() == []


def test_an_import_that_was_stopped_claims_nothing_until_it_is_completed(bank: Bank) -> None:
    stopped = bank.take(*EARLY, *LATE, kept=Kept(acknowledged_max=2))
    [told] = bank.held.all()
    assert (told.id, told.is_told) == (stopped.report.delivery, False)
    assert bank.faults() == []
    bank.take(*EARLY, *LATE)
    [told] = bank.held.all()
    assert told.is_told
    assert told.count("published") == 4
    assert bank.faults() == []


def test_evidence_that_is_gone_or_added_is_told(bank: Bank) -> None:
    bank.take(*EARLY, *LATE)
    bank.store.command(
        "ALTER TABLE evidence DELETE WHERE amount_vnd = 45000 SETTINGS mutations_sync = 2"
    )
    assert bank.faults() == [
        "it says that it published 4 payments, 125,000 đ; its evidence is 3, 80,000 đ"
    ]


def test_what_overlaps_is_known_and_holds_for_both(bank: Bank) -> None:
    first = bank.take(*EARLY)
    longer = bank.take(*EARLY, *LATE, name="b.csv")
    books = longer.report.books.sums
    assert (books["known"].row_count, books["known"].in_vnd) == (3, 80_000)
    assert (books["published"].row_count, books["published"].in_vnd) == (1, 45_000)
    assert f"delivery {first.report.delivery}" in "\n".join(longer.report.lines())
    assert len(bank.held.all()) == 2
    assert bank.faults() == []


def test_a_retracted_file_is_imported_again_only_as_a_delivery_of_its_own(bank: Bank) -> None:
    first = bank.take(*EARLY)
    bank.retract(first.report.delivery)
    [told] = bank.held.all()
    assert told.retracted is not None
    assert (told.retracted.who, told.retracted.why) == ("Mai", "sai")
    with pytest.raises(Refused, match=r"retracted by Mai .* import it with --again"):
        bank.take(*EARLY)
    path = bank.folder / "a.csv"
    again = imported(
        path, map_of(STATEMENT, payment={"text": "{note}"}), ledger=bank.held, is_again=True
    )
    assert again.report.delivery != first.report.delivery
    assert again.identities == first.identities
    assert again.report.books.sums["known"].row_count == 0, "what is retracted is not known"
    right = bank.take(*EARLY, "05/11/2026,5000,e\n")
    assert right.report.books.sums["published"].row_count == 4
    assert bank.held.known("/import/statement", NOW.date(), datetime.now(UTC).date()) == {}
