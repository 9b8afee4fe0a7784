"""Does the sink get slower as the store fills? An empty store and the large one, in alternation."""

from collections.abc import Iterator

from benchmarks.bench import Bench
from benchmarks.bodies import publish
from benchmarks.landing import land
from benchmarks.outcome import Aim, Outcome, outcome, ratios

GROUP = "flat cost"


def measure(bench: Bench) -> Iterator[Outcome]:
    """Each repetition has a topic of its own: the large store keeps what it was given before."""
    sizes, rig = bench.sizes, bench.rig
    assert bench.large
    rates: dict[str, list[float]] = {"empty": [], "large": []}
    for number in range(sizes.repetitions):
        bench.say(f"flat cost, repetition {number + 1} of {sizes.repetitions}")
        prefix = f"flat{number}-{int(bench.began)}"
        rig.topics(rig.place(prefix, "large"))
        publish(rig.place(prefix, "large"), bench.pairs(sizes.flat_records))
        for name in ("empty", "large") if number % 2 else ("large", "empty"):
            choso = rig.fresh(prefix, name) if name == "empty" else rig.place(prefix, name)
            rates[name].append(land(rig, choso, sizes.flat_records).rate)
    rig.drop("empty")
    yield outcome(GROUP, "rate into an empty store", "records/s", rates["empty"])
    yield outcome(GROUP, "rate into the large store", "records/s", rates["large"])
    yield outcome(
        GROUP, "large ÷ empty", "", ratios(rates["large"], rates["empty"]), Aim(">=", 0.9)
    )
