"""Adoption curves of running and unstarted sites, and when a share will be reached. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil

import numpy as np
from scipy.special import expit

from consumers.rollout.calendar import WEEK, monday, open_share_ahead, weeks_from
from consumers.rollout.outcome import (
    BANDS,
    DATE_PROBABILITIES,
    Band,
    DateBy,
    Forecast,
    ForecastModel,
    KindEstimate,
    PosteriorEstimate,
    SiteForecast,
    TargetDate,
    WeekForecast,
)
from consumers.rollout.prior_message import prior_message
from consumers.rollout.site import KIND_INDEX, Candidate, LeftOut, RunningSite, as_weeks
from consumers.statistics.crps import band
from consumers.statistics.diffusion.groups import Groups
from consumers.statistics.diffusion.hazard import History
from consumers.statistics.diffusion.pooling import Draws, fit
from consumers.statistics.diffusion.prior import NAMES, Floats, Prior
from consumers.statistics.diffusion.simulate import simulate_ahead
from infra.errors import Refused
from schemas.message import Message
from schemas.registry import MARKET_KINDS

DRAWS = 1_000
HORIZON_WEEKS = 52
HORIZON_WEEKS_MAX = 208
CELLS_MAX = 20_000  # sites × weeks ahead
SEED = 20_260_101
DEFINITION = Message("forecast.adopted")


@dataclass(frozen=True, slots=True)
class Fitted:
    """Running sites and the draws of what they teach."""

    sites: tuple[RunningSite, ...]
    history: History
    draws: Draws
    prior: Prior
    seed: int


def fit_sites(
    sites: Sequence[RunningSite], *, prior: Prior, draws: int = DRAWS, seed: int
) -> Fitted:
    """Fit all running sites together. Without any, the draws are the prior's."""
    history = History.of(as_weeks(sites))
    kind = np.array([KIND_INDEX[site.kind] for site in sites], dtype=np.int64)
    groups = Groups(kind, np.zeros(len(sites), dtype=np.int64), len(MARKET_KINDS), 1)
    return Fitted(tuple(sites), history, fit(history, groups, prior, draws=draws, seed=seed),
                  prior, seed)  # fmt: skip


def draws_running(fitted: Fitted, cut_off_day: date, horizon: int) -> Floats:
    """Adopters of the running sites after each coming week, (D, S, H)."""
    mondays = weeks_from(cut_off_day + timedelta(days=1), horizon)
    ahead = [open_share_ahead(mondays, site.usual_open_share) for site in fitted.sites]
    log_phi = np.broadcast_to(fitted.draws.log_phi, fitted.draws.theta.shape[:2])
    return simulate_ahead(
        fitted.history,
        fitted.draws.theta,
        log_phi,
        np.array(ahead).reshape(len(fitted.sites), horizon),
        drift_sd=fitted.prior.drift_sd,
        rng=np.random.default_rng([fitted.seed, 1]),
    )


def draws_unstarted(
    fitted: Fitted, candidates: Sequence[Candidate], open_shares: Floats
) -> tuple[Floats, Floats]:
    """Adopters of sites that have not started, (D, S, H), and their parameters, (D, S, 3).

    `open_shares` (S, H) tells of the weeks since each one's start. Each draw of the kinds' means
    and of τ gives every candidate parameters of its own.
    """
    rng = np.random.default_rng([fitted.seed, 2])
    kind = [KIND_INDEX[candidate.kind] for candidate in candidates]
    mean = fitted.draws.kind_mean[:, kind]
    theta = mean + fitted.draws.tau * rng.standard_normal(mean.shape)
    nothing = History.of(
        as_weeks(
            [
                RunningSite(
                    c.code, c.name, c.kind, c.ward, c.stall_count, date.min, date.min, (), ()
                )
                for c in candidates
            ]
        )
    )
    log_phi = np.broadcast_to(fitted.draws.log_phi, theta.shape[:2])
    found = simulate_ahead(
        nothing, theta, log_phi, open_shares, drift_sd=fitted.prior.drift_sd, rng=rng
    )
    return found, theta


def forecast(
    running: Sequence[RunningSite],
    candidates: Sequence[Candidate],
    *,
    cut_off_day: date,
    horizon_weeks: int = HORIZON_WEEKS,
    target_share: float = 0.8,
    start_days: Mapping[str, date] | None = None,
    left_out: Sequence[LeftOut] = (),
    only: Collection[str] | None = None,
    prior: Prior | None = None,
    seed: int = SEED,
) -> Forecast:
    """The forecast of all sites from the Monday after `cut_off_day` on.

    A candidate starts on its day of `start_days`, else as early as it may. All running sites teach;
    `only` names those of them that are shown. Refused: a horizon, share or name that cannot be, or
    more than is computed at once.
    """
    codes = {site.code for site in running}
    if unknown := sorted(set(only or ()) - codes):
        raise Refused(f"forecast of {', '.join(unknown)}: no such running site with a census")
    if not 1 <= horizon_weeks <= HORIZON_WEEKS_MAX:
        raise Refused(f"horizon: from 1 to {HORIZON_WEEKS_MAX} weeks, not {horizon_weeks}")
    cells = (len(running) + len(candidates)) * horizon_weeks
    if cells > CELLS_MAX:
        raise Refused(f"forecast: {cells} site-weeks, at most {CELLS_MAX}: ask for fewer weeks")
    if not 0 < target_share <= 1:
        raise Refused(f"target: a share above 0 % and up to 100 %, not {target_share:.0%}")
    assert cut_off_day.weekday() == 6, cut_off_day
    fitted = fit_sites(running, prior=prior or Prior(), seed=seed)
    first_week = cut_off_day + timedelta(days=1)
    found: list[SiteForecast] = []
    ahead = draws_running(fitted, cut_off_day, horizon_weeks)
    for number, site in enumerate(running):
        if only is None or site.code in only:
            theta = fitted.draws.theta[:, number]
            found.append(_site_forecast(site, ahead[:, number], theta, target_share))
    planned = [_planned(each, first_week, start_days or {}) for each in candidates]
    if planned:
        shares = [open_share_ahead(weeks_from(s.first_week, horizon_weeks), 1.0) for s in planned]
        ahead, theta = draws_unstarted(fitted, candidates, np.array(shares))
        for number, site in enumerate(planned):
            found.append(_site_forecast(site, ahead[:, number], theta[:, number], target_share))
    return Forecast(
        cut_off_day=cut_off_day,
        horizon_weeks=horizon_weeks,
        target_share=target_share,
        sites=tuple(found),
        left_out=tuple(left_out),
        model=describe_model(fitted),
    )


def _planned(candidate: Candidate, first_week: date, start_days: Mapping[str, date]) -> RunningSite:
    """A candidate as a site of which no week is known yet."""
    start = start_days.get(candidate.code) or max(first_week, candidate.earliest or first_week)
    return RunningSite(
        candidate.code, candidate.name, candidate.kind, candidate.ward, candidate.stall_count,
        start, monday(start), (), (),
    )  # fmt: skip


def _site_forecast(site: RunningSite, draws: Floats, theta: Floats, share: float) -> SiteForecast:
    past = tuple(int(value) for value in np.cumsum(site.new))
    adopted = past[-1] if past else 0
    lasts = [site.next_week + n * WEEK + timedelta(days=6) for n in range(draws.shape[1])]
    mean, median = draws.mean(axis=0), np.median(draws, axis=0)
    bands = [(level, *band(draws, level)) for level in BANDS]
    return SiteForecast(
        code=site.code,
        name=site.name,
        kind=site.kind,
        ward=site.ward,
        state="running" if site.new else "unstarted",
        stall_count=site.stall_count,
        start_day=site.start_day,
        first_week=site.first_week,
        past=past,
        adopted_count=adopted,
        adopted_share=adopted / site.stall_count,
        weeks=tuple(
            WeekForecast(
                week=len(past) + n + 1,
                last_day=lasts[n],
                mean=float(mean[n]),
                median=float(median[n]),
                bands=tuple(
                    Band(level, float(low[n]), float(high[n])) for level, low, high in bands
                ),
            )
            for n in range(draws.shape[1])
        ),
        target=target_date(draws, site.stall_count, share, lasts, adopted=adopted),
        parameters=estimates(theta),
        notes=site.notes,
    )


def target_date(
    draws: Floats, stall_count: int, share: float, lasts: Sequence[date], *, adopted: int
) -> TargetDate:
    """When `share` of the stalls have adopted: draws (D, H), whose weeks end on `lasts`."""
    needed = ceil(share * stall_count - 1e-9)
    by_week = (draws >= needed).mean(axis=0)
    is_reached = adopted >= needed
    return TargetDate(
        share=share,
        stalls_needed=needed,
        is_reached=is_reached,
        never=0.0 if is_reached else 1.0 - float(by_week[-1]),
        quantiles=tuple(
            DateBy(level, _first_day(by_week, lasts, level)) for level in DATE_PROBABILITIES
        ),
        by_week=tuple(float(value) for value in by_week),
    )


def _first_day(by_week: Floats, lasts: Sequence[date], level: float) -> date | None:
    reached = np.flatnonzero(by_week >= level)
    return lasts[int(reached[0])] if len(reached) else None


def estimates(theta: Floats) -> tuple[PosteriorEstimate, ...]:
    """κ, p and q on their own scales: theta (D, 3)."""
    natural = (expit(theta[:, 0]), np.exp(theta[:, 1]), np.exp(theta[:, 2]))
    return tuple(estimate(name, part) for name, part in zip(NAMES, natural, strict=True))


def estimate(name: str, values: Floats) -> PosteriorEstimate:
    """Median and 80 % band of draws."""
    low, median, high = (float(value) for value in np.quantile(values, [0.1, 0.5, 0.9]))
    return PosteriorEstimate(name, median, low, high)


def describe_model(fitted: Fitted) -> ForecastModel:
    """How it was computed and what was learned."""
    draws = fitted.draws
    kinds: list[str] = [site.kind for site in fitted.sites]
    return ForecastModel(
        definition=DEFINITION,
        prior=prior_message(fitted.prior),
        kinds=tuple(
            KindEstimate(kind, kinds.count(kind), estimates(draws.kind_mean[:, number]))
            for number, kind in enumerate(MARKET_KINDS)
        ),
        between_sites=tuple(estimate(name, draws.tau[:, 0, n]) for n, name in enumerate(NAMES)),
        luck_variance=estimate("phi", np.exp(draws.log_phi[:, 0])),
        draws=len(draws.theta),
        seed=fitted.seed,
        r_hat=round(draws.r_hat, 3),
        sweeps=draws.sweeps,
    )
