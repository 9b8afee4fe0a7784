"""How long do a forecast of 60 sites and a plan of 40 or 60 sites over 52 weeks take?

The forecast is measured at its hardest: all 60 sites run and have told of a whole year. A plan is
everything that `choso rollout plan` prints: the lot's plan, the free one, one with a team more.
`solve` is the integer program alone, as HiGHS proves it within 0.1 %.
"""

import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import partial
from random import Random

from benchmarks.bench import Bench
from benchmarks.outcome import Aim, Outcome, outcome
from consumers.rollout.forecast import Fitted, fit_sites, forecast
from consumers.rollout.plan import plan
from consumers.rollout.plan_question import PlanQuestion
from consumers.rollout.planner import Planner
from consumers.rollout.site import Candidate, RunningSite
from consumers.statistics.diffusion.prior import Prior
from schemas.registry import MarketKind

GROUP = "rollout"
FIRST, WEEKS = date(2025, 1, 6), 52
SIZES: dict[MarketKind, tuple[int, int]] = {
    "traditional_market": (60, 600),
    "supermarket": (15, 70),
    "convenience_store": (6, 30),
    "service_centre": (8, 40),
}
KINDS = tuple(SIZES)
STALLS_PER_TEAM_YEAR = 1_300  # of what a team can do: teams are scarce, so the plan must choose


def measure(bench: Bench) -> Iterator[Outcome]:
    """Needs no store: everything is computed from arrays."""
    bench.say("rollout")
    again = bench.sizes.repetitions
    running = running_sites(60)
    cut_off = FIRST + timedelta(days=7 * WEEKS - 1)
    seconds = timed(lambda: forecast(running, (), cut_off_day=cut_off), again)
    yield outcome(
        GROUP, "forecast of 60 sites", "s", seconds, Aim("<=", 5.0), "60 × 52 weeks known, 52 ahead"
    )
    fitted = fit_sites(running[:3], prior=Prior(), seed=1)
    for count, limit_s in ((40, 5.0), (60, 30.0)):
        sites = candidates(count)
        question = asked(sites)
        yield solved(sites, question, fitted, again, limit_s, "solve, order free", is_free=True)
        yield solved(sites, question, fitted, again, limit_s, "solve, order by lot", is_free=False)
        seconds = timed(partial(plan, sites, running[:3], question), again)
        yield outcome(
            GROUP,
            f"plan of {count} sites × 52 weeks, all of it",
            "s",
            seconds,
            Aim("<=", limit_s),
            f"{question.teams} teams, 3 running sites fitted",
        )


def solved(
    sites: tuple[Candidate, ...],
    question: PlanQuestion,
    fitted: Fitted,
    again: int,
    limit_s: float,
    name: str,
    *,
    is_free: bool,
) -> Outcome:
    """The program built, solved and checked; a planner of its own each time, for it remembers."""
    one = question.without_lot() if is_free else question
    planners = [Planner(sites, fitted, one, None) for _ in range(again)]
    gaps: list[float] = []

    def work() -> None:
        gaps.append(planners[len(gaps)].solved(one).solution.gap)

    seconds = timed(work, again)
    return outcome(
        GROUP,
        f"{len(sites)} sites × 52 weeks, {name}",
        "s",
        seconds,
        Aim("<=", limit_s),
        f"gap {max(gaps):.4%}, {one.teams} teams",
    )


def timed(work: Callable[[], object], again: int) -> list[float]:
    """Seconds of each repetition."""
    found = []
    for _ in range(again):
        began = time.perf_counter()
        work()
        found.append(time.perf_counter() - began)
    return found


def running_sites(count: int) -> tuple[RunningSite, ...]:
    """Sites that adopt as Bass says, with luck; invented."""
    random = Random(5)
    found = []
    for number in range(count):
        kind = KINDS[number % len(KINDS)]
        stalls = random.randint(*SIZES[kind])
        willing, adopted = int(stalls * random.uniform(0.3, 0.9)), 0
        p, q = random.uniform(0.01, 0.05), random.uniform(0.03, 0.2)
        new = []
        for _ in range(WEEKS):
            rate = min(1.0, (p + q * adopted / max(1, willing)) * random.uniform(0.5, 1.5))
            more = sum(random.random() < rate for _ in range(willing - adopted))
            adopted += more
            new.append(more)
        found.append(
            RunningSite(f"S{number}", f"Site {number}", kind, "W", stalls, FIRST, FIRST, tuple(new),
                 (1.0,) * WEEKS)
        )  # fmt: skip
    return tuple(found)


def candidates(count: int) -> tuple[Candidate, ...]:
    """Candidates of all kinds; invented."""
    random = Random(count)
    found = []
    for number in range(count):
        kind = KINDS[min(3, number * 6 // count // 2)]
        attributes = {name: random.random() for name in ("tourist_share", "visitors", "signal")}
        stalls = random.randint(*SIZES[kind])
        found.append(
            Candidate(f"C{number}", f"Candidate {number}", kind, f"W{number % 6}", stalls,
                      attributes=attributes)
        )  # fmt: skip
    return tuple(found)


def asked(sites: tuple[Candidate, ...]) -> PlanQuestion:
    """Fifty-two weeks, Tết blacked out, a site in every ward in the first half year."""
    first = date(2026, 1, 5)
    return PlanQuestion(
        teams=max(2, round(sum(each.stall_count for each in sites) / STALLS_PER_TEAM_YEAR)),
        first_day=first,
        last_day=first + timedelta(days=7 * WEEKS - 1),
        ward_minimum=1,
        ward_by=first + timedelta(days=7 * 26),
    )
