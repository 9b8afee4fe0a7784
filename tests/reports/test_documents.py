"""Whole reports: of a city in a real store, and of an evaluation; made again and verified."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

import numpy as np
import pytest

from consumers.evaluation.evaluate import PlanFigures, evaluate
from consumers.language.language import languages
from consumers.reports.document import Bullets, Document, Paragraph, fill
from consumers.reports.fact import FactTable
from consumers.reports.formats import RENDER, payload_of
from consumers.reports.number_format import LANGS
from consumers.reports.pilot import pilot_report
from consumers.reports.rollout_order import RolloutOrder, make_rollout_report, rollout_order_of
from consumers.reports.verify import verify
from consumers.reports.weekly_order import Order, known_until, make_report, order_of
from consumers.rollout.plan_question import PlanQuestion
from infra.clickhouse import Store
from infra.errors import Refused
from infra.settings import FoldSettings
from producers.simulator.run import simulate
from schemas.cloudevent import decode, encode
from schemas.ids import event_id
from schemas.message import Name
from schemas.payment import PaymentEvent
from tests.engine import fold_all, land, migrate, records
from tests.evaluation.pilots import REGISTERED, drawn, plan_of
from tests.parts import store_client
from tests.reports.every_number import assert_every_number_is_a_fact, strangers, wrong_cells
from tests.reports.reading import html_text
from tests.web.city import DAYS, MORNING, SCALE, SEED, START, land_all

FOLD = FoldSettings()
NAMES = ("HL1", "HL2", "Chợ Hạ Long I", "Chợ Hạ Long II", "Chợ Cái Dăm")
WEEK = date(2026, 6, 8)


@pytest.fixture(scope="module")
def city(store_dsn: str) -> Iterator[Store]:
    """A database with the small city, as all that had arrived by the morning tells it."""
    with store_client(store_dsn) as root:
        root.command("CREATE DATABASE reports_city")
        with store_client(store_dsn.removesuffix("/default") + "/reports_city") as store:
            migrate(store)
            city = simulate(seed=SEED, days=DAYS, start=START, scale=SCALE, with_others=True)
            told = {"registry": city.registry_deliveries(), "payment": city.deliveries()}
            for shape, deliveries in told.items():
                land_all(store, (d for d in deliveries if d.deliver_at <= MORNING), shape=shape)
            fold_all(store)
            yield store
        root.command("DROP DATABASE reports_city")


@pytest.fixture(scope="module")
def weekly(city: Store) -> Document:
    """The weekly report of the morning."""
    return made(city, order(city))


def order(store: Store, kind: str = "weekly", markets: tuple[str, ...] = ()) -> Order:
    return Order(
        kind=kind, week=WEEK, known_on=known_then(store), day=date(2026, 6, 17),
        issuer="Ban quản lý chợ",
        place="Hạ Long", markets=markets,
    )  # fmt: skip


def known_then(store: Store) -> datetime:
    """The cut-off of the morning, whatever another test has landed since."""
    return min(MORNING, known_until(store, now=MORNING, fold=FOLD))


def made(store: Store, asked: Order) -> Document:
    return make_report(store, asked, now=MORNING, fold=FOLD)


def test_a_weekly_report_shows_its_facts_and_is_verified_later(
    city: Store, weekly: Document
) -> None:
    document = weekly
    assert {fact.definition.split()[0] for fact in document.facts.values()} >= {
        "ladder", "intensity", "growth", "reach", "fees", "concentration"
    }  # fmt: skip
    assert_every_number_is_a_fact(document, NAMES)
    *_, definitions = document.blocks
    assert isinstance(definitions, Bullets)
    for item in definitions.items:
        assert fill(item, document.facts, "vi") != fill(item, document.facts, "en")
    data = RENDER["xlsx"](document, "vi")

    def build(payload: object) -> Document:
        carried = payload_of(data, "xlsx", subject="weekly")
        return made(city, order_of(carried.kind, carried.params))

    assert verify(data, "xlsx", subject="weekly", build=build).ok

    # More evidence of that week arrives: the report is of what was known, and stays right.
    at = MORNING + timedelta(hours=1)
    land(city, records(later_payments(), first=9_000_000, at=at), partition=1)
    fold_all(city)
    found = verify(data, "xlsx", subject="weekly", build=build)
    assert found.ok, [str(difference) for difference in found.differences]
    asked = replace(order(city), known_on=at)
    changed = make_report(city, asked, now=MORNING + timedelta(hours=2), fold=FOLD)
    assert changed.facts.digest() != document.facts.digest()


def later_payments() -> list[bytes]:
    """Sales of that week of which nobody had told by the morning."""
    city = simulate(seed=SEED, days=DAYS, start=START, scale=SCALE, with_others=True)
    return renamed([d.body for d in city.deliveries() if b'"time":"2026-06-10' in d.body][:20])


def renamed(bodies: list[bytes]) -> list[bytes]:
    """The same sales once more, each under a reference of its own."""
    found = []
    for number, body in enumerate(bodies):
        event = decode(PaymentEvent, body, MORNING)
        if event.kind != "credited":
            continue
        data = event.data.model_copy(
            update={
                "bank_reference": f"LATE{number}",
                "source_transaction_id": f"late-{number}",
            }
        )
        uid = str(event_id(event.source, data.source_transaction_id, event.kind))
        found.append(encode(event.model_copy(update={"id": uid, "data": data})))
    assert found
    return found


def test_a_market_report_is_of_its_market_alone(city: Store) -> None:
    document = made(city, order(city, "market", ("HL1",)))
    groups = {fact_id.split(".")[1] for fact_id in document.facts if fact_id.count(".") == 3}
    assert groups <= {"HL1"}
    assert_every_number_is_a_fact(document, NAMES)


def test_an_order_that_cannot_be_is_refused(city: Store) -> None:
    with pytest.raises(Refused, match="no_monday"):
        made(city, replace(order(city), week=WEEK + timedelta(days=1)))
    with pytest.raises(Refused, match="which_market"):
        made(city, order(city, "market"))
    with pytest.raises(Refused, match="damaged"):
        order_of("weekly", {"week": "2026-06-08"})


def test_a_changed_file_and_a_changed_fact_are_noticed(weekly: Document) -> None:
    document = weekly
    data = RENDER["html"](document, "en")

    def build(payload: object) -> Document:
        return document

    forged = data.replace(b"<h2>I. Summary</h2>", b"<h2>I. Triumph</h2>")
    found = verify(forged, "html", subject="weekly", build=build)
    assert found.is_text_changed
    assert not found.ok
    name = next(f.id for f in document.facts.values() if f.unit == "vnd" and f.value)
    value = document.facts[name].value
    forged = data.replace(f'"value":{value}}}'.encode(), b'"value":1}')
    assert forged != data
    found = verify(forged, "html", subject="weekly", build=build)
    assert name in {difference.fact_id for difference in found.differences}
    differs = found.differences[0]
    assert languages()["vi"].render(differs.said).startswith(f"khác: {differs.fact_id}: tệp ghi ")


CANDIDATES = """code,name,kind,ward,stall_count,earliest,after,tourist_share
A1,Chợ mẫu 1,traditional_market,P1,60,,,0.4
A2,Chợ mẫu 2,traditional_market,P1,70,,,0.1
A3,Chợ mẫu 3,traditional_market,P2,80,2026-09-07,,0.9
S1,Siêu thị mẫu,supermarket,P2,12,,,0.2
"""
SITES = (*NAMES, "A1", "A2", "A3", "S1", "TL1", "TL2", "ST1", *(f"Chợ mẫu {n}" for n in (1, 2, 3)))


def test_a_rollout_report_is_made_again_when_more_has_come(city: Store) -> None:
    question = PlanQuestion(
        teams=1, first_day=date(2026, 7, 6), last_day=date(2026, 12, 27), target_share=0.3,
        teams_per_site_max=1,
    )  # fmt: skip
    asked = RolloutOrder(
        candidates=CANDIDATES, question=question, weights={"tourist_share": 1.0, "stall_count": -1},
        starts={}, as_of=date(2026, 6, 17), known_on=known_then(city),
        day=date(2026, 6, 17), issuer="Phòng Kinh tế", place="Hạ Long",
    )  # fmt: skip
    document = make_rollout_report(city, asked, now=MORNING, fold=FOLD)
    assert_every_number_is_a_fact(document, SITES)
    assert {fact.definition for fact in document.facts.values()} == {
        "plan v1", "ranking v1", "forecast v1", "score v1"
    }  # fmt: skip
    data = RENDER["html"](document, "vi")
    land(city, records(later_payments(), first=8_000_000, at=MORNING + timedelta(hours=3)))
    fold_all(city)

    def build(payload: object) -> Document:
        carried = payload_of(data, "html", subject="rollout")
        again = rollout_order_of(carried.params)
        return make_rollout_report(city, again, now=MORNING + timedelta(hours=4), fold=FOLD)

    found = verify(data, "html", subject="rollout", build=build)
    assert found.ok, found.differences
    with pytest.raises(Refused, match="damaged"):
        rollout_order_of(asked.params() | {"question": "{}"})


def test_a_number_that_is_no_fact_is_noticed(weekly: Document) -> None:
    document = weekly
    forged = Paragraph(Name("Tăng 37,5% so với trước."))
    worse = replace(document, blocks=(*document.blocks[:1], forged, *document.blocks[1:]))
    for fmt, render in RENDER.items():
        assert "37,5%" in strangers(worse, fmt, "vi", render(worse, "vi"), NAMES)
    ref = next(f for f in document.facts.values() if f.unit == "vnd" and f.value)
    raised = FactTable(
        replace(f, value=int(f.value or 0) + 1) if f.id == ref.id else f
        for f in document.facts.values()
    )
    data = RENDER["html"](document, "en")
    assert wrong_cells(replace(document, facts=raised), "html", "en", data)


@pytest.mark.parametrize("effect", [0.0, 8.0])
def test_a_pilot_report_says_the_verdict_and_shows_its_facts(effect: float) -> None:
    panel = drawn(np.random.default_rng(5), effect=effect)
    evaluation = evaluate(plan_of(), PlanFigures(panel), REGISTERED)
    document = pilot_report(
        evaluation, issuer=Name("Phòng Kinh tế"), place=Name("Hạ Long"), day=date(2026, 6, 17),
        params={"plan": "pilot"},
    )  # fmt: skip
    designs = (evaluation.design, *evaluation.others)
    say = {lang: languages()[lang].render for lang in LANGS}
    methods = [say[lang](words) for each in designs for words in (each.estimate, each.inference)
               for lang in LANGS]  # fmt: skip
    assert_every_number_is_a_fact(document, [*panel.markets, *methods])
    assert evaluation.found is not None
    assert document.facts["effect.p"].value == evaluation.found.effect.p
    for lang in LANGS:
        words = say[lang](evaluation.verdict.sentence)
        assert words.replace("\u00a0", " ") in html_text(RENDER["html"](document, lang)).replace(
            "\u00a0", " "
        )
