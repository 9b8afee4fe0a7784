"""Laws of the simulated city, over random cities with everything that can go wrong going wrong."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from producers.simulator.delivery import Delivery
from producers.simulator.noise import ROUGH
from producers.simulator.run import Simulation, simulate
from producers.simulator.story import NAMED_DAYS_APART_MAX, day_stories
from producers.simulator.trading import local_day
from schemas.calendar import LOCAL
from schemas.cloudevent import decode
from schemas.payment import COMPENSATIONS, PaymentEvent
from schemas.registry import RegistryEvent
from tests.reference import Body, figures_from_events

cities = st.builds(
    simulate,
    seed=st.integers(0, 2**63),
    days=st.integers(1, 16),
    start=st.dates(date(2020, 1, 1), date(2035, 1, 1)),  # Tết falls into some of them
    scale=st.sampled_from((0.001, 0.003, 0.006)),
    with_others=st.booleans(),
    noise=st.just(ROUGH),
)
quick = settings(max_examples=25, deadline=None)


def bodies(deliveries: Iterator[Delivery] | list[Delivery]) -> list[Body]:
    return [(delivery.body, delivery.deliver_at) for delivery in deliveries]


@given(seed=st.integers(0, 2**63), start=st.dates(date(2020, 1, 1), date(2035, 1, 1)))
@quick
def test_the_same_arguments_give_the_same_bytes_in_the_same_order(seed: int, start: date) -> None:
    first, second = (
        simulate(seed=seed, days=6, start=start, scale=0.003, noise=ROUGH) for _ in range(2)
    )
    assert list(first.timeline()) == list(second.timeline())
    assert first.expected_vendor_days() == second.expected_vendor_days()


@given(cities)
@quick
def test_every_body_is_admitted_when_it_arrives_and_in_order(simulation: Simulation) -> None:
    arrived = list(simulation.deliveries())
    for delivery in arrived:
        event = decode(PaymentEvent, delivery.body, delivery.deliver_at)
        assert delivery.key.decode() == event.data.account
        assert delivery.topic.name == "payments.v1"
    for delivery in simulation.registry_deliveries():
        decode(RegistryEvent, delivery.body, delivery.deliver_at)
    timeline = [delivery.deliver_at for delivery in simulation.timeline()]
    assert timeline == sorted(timeline)


@given(cities)
@quick
def test_the_days_that_a_payment_names_lie_within_the_window(simulation: Simulation) -> None:
    days: dict[tuple[str, str], set[date]] = defaultdict(set)
    last = simulation.city.last_day
    for body, recorded_at in bodies(simulation.deliveries()):
        event = decode(PaymentEvent, body, recorded_at)
        assert local_day(event.time) <= last + timedelta(days=1)
        if event.kind not in COMPENSATIONS:
            days[event.data.account, event.data.bank_reference].add(local_day(event.time))
    for named in days.values():
        assert (max(named) - min(named)).days <= NAMED_DAYS_APART_MAX


@given(cities, st.integers())
@quick
def test_merging_what_is_delivered_gives_exactly_the_truth(
    simulation: Simulation, shuffle: int
) -> None:
    evidence = bodies(simulation.deliveries())
    facts = bodies(simulation.registry_deliveries())
    expected = simulation.expected_vendor_days()
    assert figures_from_events(evidence, facts) == expected
    Random(shuffle).shuffle(evidence)
    assert figures_from_events(evidence + evidence[: len(evidence) // 2], facts[::-1]) == expected


@given(cities)
@quick
def test_the_truth_over_vendors_sums_to_what_was_paid(simulation: Simulation) -> None:
    city = simulation.city
    stories = [
        story
        for number in range(city.days)
        for story in day_stories(city, simulation.noise, city.start + timedelta(days=number))
    ]
    backs = [
        (back, telling)
        for story in stories
        for back, telling in zip(story.payment.repayments, story.repayment_tellings, strict=True)
    ]
    sums: dict[str, int] = defaultdict(int)
    for figures in simulation.expected_vendor_days().values():
        for name, figure in figures.items():
            sums[name] += figure
    sure = [
        story.payment
        for story in stories
        if not story.telling.is_contradicted(story.payment.amount_vnd)
        and not any(
            telling.is_contradicted(back.amount_vnd)
            for back, telling in zip(
                story.payment.repayments, story.repayment_tellings, strict=True
            )
        )
    ]
    kept = [
        payment
        for payment in sure
        if payment.fate.startswith("paid")
        and sum(back.amount_vnd for back in payment.repayments) < payment.amount_vnd
    ]
    cash = [payment for payment in sure if payment.fate == "cash"]
    given_back = [back for back, telling in backs if not telling.is_contradicted(back.amount_vnd)]
    assert sums["payment_count"] == len(kept)
    assert sums["payment_vnd"] == sum(payment.amount_vnd for payment in kept)
    assert sums["cash_count"] == len(cash)
    assert sums["cash_vnd"] == sum(payment.amount_vnd for payment in cash)
    assert sums["refund_count"] == len(given_back)
    assert sums["refund_vnd"] == sum(back.amount_vnd for back in given_back)
    # every payment is counted once, and so is every repayment
    counted = ("payment", "cash", "reversed", "conflict", "failed", "refund")
    assert sum(sums[f"{name}_count"] for name in counted) == len(stories) + len(backs)


def test_a_rough_city_has_everything_that_can_go_wrong() -> None:
    simulation = simulate(
        seed=7, days=40, start=date(2026, 1, 20), scale=0.02, with_others=True, noise=ROUGH
    )
    arrived = list(simulation.deliveries())
    events = [decode(PaymentEvent, item.body, item.deliver_at) for item in arrived]
    bodies_of: dict[str, set[bytes]] = defaultdict(set)
    by_payment: dict[tuple[str, str], list[PaymentEvent]] = defaultdict(list)
    for item, event in zip(arrived, events, strict=True):
        bodies_of[event.id].add(item.body)
        by_payment[event.data.account, event.data.bank_reference].append(event)
    assert len({item.body for item in arrived}) < len(arrived), "duplicates"
    assert any(len(contents) == 2 for contents in bodies_of.values()), "one id, two contents"
    assert [event.time for event in events] != sorted(event.time for event in events)
    late = [item.deliver_at - event.time for item, event in zip(arrived, events, strict=True)]
    assert max(late) > timedelta(days=8)
    assert any(
        {"failed", "credited"} <= {event.kind for event in told} for told in by_payment.values()
    )
    assert any(
        len({local_day(event.time) for event in told if event.kind == "credited"}) > 1
        and len({event.data.time_precision for event in told}) > 1
        for told in by_payment.values()
    ), "a statement that names another day"
    payers = [{event.data.payer_token for event in told} - {None} for told in by_payment.values()]
    assert any(len(named) > 1 for named in payers), "two channels, two payers"
    figures = simulation.expected_vendor_days()
    for name in ("cash", "refund", "reversed", "conflict", "failed"):
        assert any(row[f"{name}_count"] for row in figures.values()), name
    assert any(key[1:] == ("", "") for key in figures), "unattributed"
    assert any(key[2].endswith("-BQL") for key in figures), "the market's office"
    assert any(key[2].endswith("-2") for key in figures), "after a handover"
    assert {key[1] for key in figures} >= {"HL1", "HL2", "CD", "ST1", "TL1", "HCC"}
    hours = [event.time.astimezone(LOCAL).hour for event in events if event.source == "/sepay"]
    assert sum(5 <= hour < 11 for hour in hours) > len(hours) / 2
