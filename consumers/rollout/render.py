"""Forecast, score and plan as text for a terminal. Pure. As JSON: `outcome.as_json`."""

from collections.abc import Callable
from datetime import date

from consumers.adoption.render.table import render_table
from consumers.evaluation.said import Said, day, figure, share
from consumers.rollout.outcome import DateBy, Estimate, Forecast, MethodScore, Score, SiteForecast
from consumers.rollout.plan_outcome import Plan
from consumers.rollout.plan_said import whole
from schemas.message import Message

WEEKS_SHOWN = (4, 13, 26, 52)
NEVER = "–"
RANKS_SHOWN, OVERTAKING_SHOWN = 10, 5


def render_forecast(found: Forecast, say: Callable[[Message], str]) -> str:
    """A line for each site: where it stands, what is expected, when the target is reached."""
    ahead = [week for week in WEEKS_SHOWN if week <= found.horizon_weeks] or [found.horizon_weeks]
    head = (
        "site",
        "kind",
        "state",
        "stalls",
        "now",
        *(f"+{week} weeks: median (80 %)" for week in ahead),
        f"{share(found.target_share)}: half by",
        "80 % sure by",
        "not by then",
    )
    rows = [_site_row(site, ahead) for site in found.sites]
    title = (
        f"as known at the end of {day(found.cut_off_day)}; stalls that adopted;"
        f" target {share(found.target_share)} of the census"
    )
    lines = [
        title,
        render_table(head, rows) if rows else "no site",
        "",
        *(f"{each.code}: {say(note)}" for each in found.sites for note in each.notes),
        *(f"{each.code}: left out: {say(each.reason)}" for each in found.left_out),
        f"definition: {say(found.model.definition)}",
        f"prior: {say(found.model.prior)}",
        *(
            f"{kind.kind}: {kind.site_count} running; {_estimates(kind.parameters)}"
            for kind in found.model.kinds
        ),
        f"between sites of a kind (log scale): {_estimates(found.model.between_sites)}",
        f"draws {found.model.draws}, seed {found.model.seed}, R-hat {found.model.r_hat}",
    ]
    return "\n".join(lines)


def _site_row(site: SiteForecast, ahead: list[int]) -> tuple[str, ...]:
    cells = []
    for week in ahead:
        at = site.weeks[week - 1]
        band = next(each for each in at.bands if each.level == 0.8)
        cells.append(f"{whole(at.median)} ({whole(band.low)}–{whole(band.high)})")
    by = {each.probability: each for each in site.target.quantiles}
    return (
        site.code,
        site.kind,
        site.state,
        whole(site.stall_count),
        f"{whole(site.adopted_count)} ({share(site.adopted_share)})",
        *cells,
        "reached" if site.target.is_reached else _date_by(by[0.5]),
        "reached" if site.target.is_reached else _date_by(by[0.8]),
        share(site.target.never),
    )


def _date_by(found: DateBy) -> str:
    return _day(found.day)


def _day(value: date | None) -> str:
    return NEVER if value is None else day(value)


def _estimates(parameters: tuple[Estimate, ...]) -> str:
    return ", ".join(
        f"{each.name} {figure(each.median)} ({figure(each.low80)}–{figure(each.high80)})"
        for each in parameters
    )


def render_score(found: Score, say: Callable[[Message], str]) -> str:
    """A line for each method and number of weeks ahead."""
    head = (
        "method",
        "weeks ahead",
        "forecasts",
        "CRPS (of census)",
        "80 % band held",
        "95 % band held",
        "ties at random",
    )
    title = (
        f"{found.site_count} sites at {found.origin_count} origins from"
        f" {day(found.first_origin)} to {day(found.last_origin)}, up to {found.horizon_weeks}"
        " weeks ahead"
    )
    return "\n".join(
        [
            title,
            render_table(head, [_score_row(each) for each in found.methods]),
            *(f"CRPS against {name}: {share(by)} lower" for name, by in found.better_than),
            *(f"{each.code}: left out: {say(each.reason)}" for each in found.left_out),
            f"prior: {say(found.model)}",
        ]
    )


def _score_row(each: MethodScore) -> tuple[str, ...]:
    return (
        each.method,
        "all" if each.weeks_ahead == 0 else str(each.weeks_ahead),
        str(each.forecast_count),
        figure(each.crps_share),
        share(each.coverage80),
        share(each.coverage95),
        f"{share(each.pit80)} / {share(each.pit95)}",
    )


def render_plan(found: Plan, language: str) -> str:
    """Sentences, the schedule, what was left out, the ranking with its reasons, the assignment."""

    def say(said: Said) -> str:
        return said.vi if language == "vi" else said.en

    sentences = [
        *found.said,
        found.one_more_team.said,
        *([found.price_of_lot.said] if found.price_of_lot else []),
        *([found.target.said] if found.target else []),
    ]
    sites = [
        (
            each.code,
            each.name,
            each.ward,
            whole(each.stall_count),
            each.stratum,
            "–" if each.fixed_because else str(each.place),
            day(each.start_day),
            day(each.last_day),
            " ".join(str(team) for team in each.teams),
            f"{whole(each.adopted_at_end)} ({whole(each.low80)}–{whole(each.high80)})",
        )
        for each in found.sites
    ]
    shown = {each.code for each in found.ranking.ranked[:OVERTAKING_SHOWN]}
    rest = len(found.ranking.ranked) - RANKS_SHOWN
    head = ("site", "name", "ward", "stalls", "stratum", "lot", "start", "done", "teams")
    lines = [
        *(say(each) for each in sentences),
        "",
        render_table((*head, "adopted at the end (80 %)"), sites) if sites else "no site starts",
        *(f"{each.code}: {say(each.reason)}" for each in found.unplanned),
        "",
        "weights: "
        + ", ".join(
            f"{each.attribute} {share(each.weight)}{' (less is better)' * each.is_less_better}"
            for each in found.ranking.weights
        ),
        *(say(each.said) for each in found.ranking.ranked[:RANKS_SHOWN]),
        *(say(each.said) for each in found.ranking.overtaking if each.behind in shown),
        *([f"… {rest} more ranks: --format json"] if rest > 0 else []),
        "",
        f"assignment: {found.assignment.how}",
    ]
    return "\n".join(lines)
