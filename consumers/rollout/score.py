"""Past forecasts against what happened, by rolling origin, beside three simple methods. Pure.

At each origin every site is cut to what was known before it, all are fitted together (origins know
nothing of each other) and the weeks that followed are compared. The weeks that followed enter with
their own open days: what is scored is adoption, not the weather forecast.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from consumers.rollout.calendar import WEEK
from consumers.rollout.outcome import MethodScore, Score
from consumers.rollout.prior_message import prior_message
from consumers.rollout.site import KIND_INDEX, LeftOut, RunningSite, as_weeks
from consumers.statistics.crps import covered, crps, pit_covered
from consumers.statistics.diffusion.baselines import BASELINE_METHODS, WEEKS_MIN
from consumers.statistics.diffusion.groups import Groups
from consumers.statistics.diffusion.hazard import History, Weeks
from consumers.statistics.diffusion.pooling import fit
from consumers.statistics.diffusion.prior import Bools, Floats, Ints, Prior
from consumers.statistics.diffusion.simulate import simulate_ahead
from infra.errors import Refused
from schemas.registry import MARKET_KINDS

OURS = "pooled hazard"
STEP_WEEKS = 4
ORIGINS_MAX = 26
DRAWS = 600
WEEKS_KNOWN_MIN = 4
AHEAD = (1, 4, 8, 13, 26)
SEED = 20_260_102

assert WEEKS_KNOWN_MIN > WEEKS_MIN


@dataclass(frozen=True, slots=True)
class Trial:
    """Sites at origins: what was known, who belongs together, and what came (NaN: not yet)."""

    known: Weeks
    groups: Groups
    open_share: Floats  # (S, H)
    truth: Floats  # (S, H)


def score(
    sites: Sequence[RunningSite],
    *,
    horizon_weeks: int,
    step_weeks: int = STEP_WEEKS,
    left_out: Sequence[LeftOut] = (),
    prior: Prior | None = None,
    seed: int = SEED,
) -> Score:
    """Score all origins that have four weeks before them and one after. Refused: there is none."""
    if horizon_weeks < 1 or step_weeks < 1:
        raise Refused("score: horizon and step are at least a week")
    trial, origins = trials(sites, horizon_weeks, step_weeks)
    prior = prior or Prior()
    draws = {OURS: forecast_draws(trial, prior, draws=DRAWS, seed=seed)}
    draws |= {name: baseline_draws(trial, method) for name, method in BASELINE_METHODS.items()}
    scores = score_draws(trial, draws, seed=seed)
    ours = next(each for each in scores if each.method == OURS and each.weeks_ahead == 0)
    return Score(
        first_origin=origins[0],
        last_origin=origins[-1],
        origin_count=len(origins),
        site_count=len(sites),
        horizon_weeks=horizon_weeks,
        methods=scores,
        better_than=tuple(
            (each.method, 1 - ours.crps_share / each.crps_share)
            for each in scores
            if each.weeks_ahead == 0 and each.method != OURS and each.crps_share > 0
        ),
        left_out=tuple(left_out),
        model=prior_message(prior),
    )


def trials(sites: Sequence[RunningSite], horizon: int, step: int) -> tuple[Trial, list[date]]:
    """Every site at every origin at which it had run for four weeks."""
    first = min((s.first_week + WEEKS_KNOWN_MIN * WEEK for s in sites), default=date.max)
    last = max((site.next_week - WEEK for site in sites), default=date.min)
    count = (last - first).days // (7 * step) + 1
    if count < 1:
        raise Refused("score: no site has run for five complete weeks")
    # The latest ones, where there are more than the limit.
    origins = [last - n * step * WEEK for n in reversed(range(min(count, ORIGINS_MAX)))]
    cut: list[RunningSite] = []
    pool: list[int] = []
    truth, shares = [], []
    for number, origin in enumerate(origins):
        for site in sites:
            known = site.until(origin)
            ahead = site.new[len(known.new) : len(known.new) + horizon]
            if len(known.new) < WEEKS_KNOWN_MIN or not ahead:
                continue
            cut.append(known)
            pool.append(number)
            row = np.full(horizon, np.nan)
            row[: len(ahead)] = sum(known.new) + np.cumsum(ahead)
            truth.append(row)
            share = np.ones(horizon)
            share[: len(ahead)] = site.open_share[len(known.new) : len(known.new) + len(ahead)]
            shares.append(share)
    kind = np.array([KIND_INDEX[site.kind] for site in cut], dtype=np.int64)
    groups = Groups(kind, np.array(pool, dtype=np.int64), len(MARKET_KINDS), len(origins))
    return Trial(as_weeks(cut), groups, np.array(shares), np.array(truth)), origins


def forecast_draws(trial: Trial, prior: Prior, *, draws: int, seed: int) -> Floats:
    """Our own draws, (D, S, H)."""
    history = History.of(trial.known)
    fitted = fit(history, trial.groups, prior, draws=draws, seed=seed)
    return simulate_ahead(
        history,
        fitted.theta,
        fitted.log_phi[:, trial.groups.pool],
        trial.open_share,
        drift_sd=prior.drift_sd,
        rng=np.random.default_rng([seed, 1]),
    )


def baseline_draws(trial: Trial, method: Callable[[Weeks, int], Floats]) -> Floats:
    """A simple method's draws; it is called once for all sites that are known equally long."""
    horizon = trial.truth.shape[1]
    known = trial.known
    parts: list[tuple[Ints, Floats]] = []
    for length in np.unique(known.length):
        rows = np.flatnonzero(known.length == length)
        same = Weeks(
            known.ceiling[rows],
            known.new[rows, :length],
            known.open_share[rows, :length],
            known.length[rows],
        )
        parts.append((rows, method(same, horizon)))
    found = np.empty((len(parts[0][1]), len(known.ceiling), horizon))
    for rows, part in parts:
        found[:, rows] = part
    return found


def score_draws(trial: Trial, draws: dict[str, Floats], *, seed: int) -> tuple[MethodScore, ...]:
    """CRPS and coverage by method and weeks ahead; 0 weeks ahead means all of them."""
    there = ~np.isnan(trial.truth)
    truth = np.where(there, trial.truth, 0.0)
    luck = np.random.default_rng([seed, 3]).random(truth.shape)
    found = []
    for name, sample in draws.items():
        values = crps(sample, truth) / trial.known.ceiling[:, None]
        inside = [covered(sample, truth, level) for level in (0.8, 0.95)]
        fair = [pit_covered(sample, truth, level, luck) for level in (0.8, 0.95)]
        for ahead in (0, *(week for week in AHEAD if week <= truth.shape[1])):
            chosen = _chosen(there, ahead)
            if not chosen.any():
                continue
            found.append(
                MethodScore(
                    method=name,
                    weeks_ahead=ahead,
                    forecast_count=int(chosen.sum()),
                    crps_share=float(values[chosen].mean()),
                    coverage80=float(inside[0][chosen].mean()),
                    coverage95=float(inside[1][chosen].mean()),
                    pit80=float(fair[0][chosen].mean()),
                    pit95=float(fair[1][chosen].mean()),
                )
            )
    return tuple(found)


def _chosen(there: Bools, ahead: int) -> Bools:
    if ahead == 0:
        return there
    only = np.zeros_like(there)
    only[:, ahead - 1] = there[:, ahead - 1]
    return only
