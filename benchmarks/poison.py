"""What does 1 % of bad records cost? Pairs of runs in alternating order."""

from collections.abc import Iterator

from benchmarks.bench import SEED, Bench
from benchmarks.bodies import publish, spoilt
from benchmarks.landing import land
from benchmarks.outcome import Aim, Outcome, outcome, ratios

GROUP = "bad records"
SHARE = 0.01


def measure(bench: Bench) -> Iterator[Outcome]:
    """The same records twice: as they are, and with a share of them spoilt in twenty ways."""
    sizes, rig = bench.sizes, bench.rig
    assert bench.city
    spoilt_place = rig.place("spoilt", "spoilt")
    rig.topics(spoilt_place)
    bench.say("bad records: publishing")
    publish(spoilt_place, spoilt(bench.pairs(sizes.records), share=SHARE, seed=SEED))
    rates: dict[str, list[float]] = {"city": [], "spoilt": []}
    rejected = 0
    for number in range(sizes.repetitions):
        bench.say(f"bad records, repetition {number + 1} of {sizes.repetitions}")
        for name in ("city", "spoilt") if number % 2 else ("spoilt", "city"):
            choso = rig.fresh(name, name)
            rates[name].append(land(rig, choso, sizes.records).rate)
            if name == "spoilt":
                with choso.store() as store:
                    [(rejected,)] = store.query("SELECT count() FROM rejected")
    assert 0.5 * SHARE < rejected / sizes.records < 1.5 * SHARE, rejected
    costs = [1 - ratio for ratio in ratios(rates["spoilt"], rates["city"])]
    yield outcome(GROUP, "rate without", "records/s", rates["city"])
    yield outcome(GROUP, "rate with 1 %", "records/s", rates["spoilt"], note=f"{rejected} rejected")
    yield outcome(GROUP, "cost of 1 %", "", costs, Aim("<=", 0.05))
    for name in ("city", "spoilt"):
        rig.drop(name)
