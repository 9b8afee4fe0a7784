"""Forecast, score and plan as text for a terminal. Pure."""

from choso.terminal.table import render_table
from consumers.language.language import NOTHING, Language
from consumers.rollout.names import KINDS, attribute, method
from consumers.rollout.outcome import Forecast, MethodScore, PosteriorEstimate, Score, SiteForecast
from consumers.rollout.plan_outcome import PlannedSite, RolloutPlan
from schemas.message import Count, Day, Message, Name, Number, Share, Value, leading, marked

WEEKS_SHOWN = (4, 13, 26, 52)
RANKS_SHOWN, OVERTAKING_SHOWN = 10, 5


def render_forecast(found: Forecast, language: Language) -> str:
    """A line for each site: where it stands, what is expected, when the target is reached."""
    say = language.render
    ahead = [week for week in WEEKS_SHOWN if week <= found.horizon_weeks] or [found.horizon_weeks]
    target = Share(found.target_share)
    head = (
        Message("terminal.site"),
        Message("terminal.kind"),
        Message("terminal.state"),
        Message("terminal.stalls"),
        Message("terminal.now"),
        *(Message("terminal.weeks_ahead", weeks=Count(week)) for week in ahead),
        Message("terminal.half_by", target=target),
        Message("terminal.sure_by"),
        Message("terminal.not_by_then"),
    )
    rows = [_site_row(site, ahead, language) for site in found.sites]
    model = found.model
    lines = [
        say(Message("terminal.forecast", day=Day(found.cut_off_day), target=target)),
        render_table([say(each) for each in head], rows) if rows else say(Message("terminal.none")),
        "",
        *(f"{each.code}: {say(note)}" for each in found.sites for note in each.notes),
        *_left_out(found, language),
        say(Message("terminal.definition", definition=model.definition)),
        say(Message("terminal.prior", prior=model.prior)),
        *(
            say(
                Message(
                    "terminal.kind_learned",
                    kind=KINDS[each.kind],
                    sites=Count(each.site_count),
                    parameters=_estimates(each.parameters),
                )
            )
            for each in model.kinds
        ),
        say(Message("terminal.between_sites", parameters=_estimates(model.between_sites))),
        say(
            Message(
                "terminal.computed",
                draws=Count(model.draws),
                seed=Name(str(model.seed)),
                r_hat=Number(model.r_hat, 3),
            )
        ),
    ]
    return "\n".join(lines)


def _left_out(found: Forecast | Score, language: Language) -> list[str]:
    say = language.render
    return [
        f"{each.code}: " + say(Message("terminal.left_out", reason=each.reason))
        for each in found.left_out
    ]


def _site_row(site: SiteForecast, ahead: list[int], language: Language) -> tuple[str, ...]:
    say, whole = language.render, language.number
    cells = []
    for week in ahead:
        at = site.weeks[week - 1]
        band = next(each for each in at.bands if each.level == 0.8)
        cells.append(f"{whole(at.median)} ({whole(band.low)}–{whole(band.high)})")
    by = {each.probability: language.day(each.day) for each in site.target.quantiles}
    is_running = site.state == "running"
    reached = say(Message("terminal.reached"))
    return (
        site.code,
        say(KINDS[site.kind]),
        say(Message("terminal.running") if is_running else Message("terminal.unstarted")),
        whole(site.stall_count),
        f"{whole(site.adopted_count)} ({language.share(site.adopted_share)})",
        *cells,
        reached if site.target.is_reached else by[0.5],
        reached if site.target.is_reached else by[0.8],
        language.share(site.target.never),
    )


def _estimates(parameters: tuple[PosteriorEstimate, ...]) -> tuple[Value, ...]:
    return tuple(
        Message(
            "terminal.parameter",
            name=Name(each.name),
            value=leading(each.median),
            low=leading(each.low80),
            high=leading(each.high80),
        )
        for each in parameters
    )


def render_score(found: Score, language: Language) -> str:
    """A line for each method and number of weeks ahead."""
    say = language.render
    head = (
        Message("terminal.method"),
        Message("terminal.ahead"),
        Message("terminal.forecasts"),
        Message("terminal.crps"),
        Message("terminal.held80"),
        Message("terminal.held95"),
        Message("terminal.ties"),
    )
    title = Message(
        "terminal.score",
        sites=Count(found.site_count),
        origins=Count(found.origin_count),
        first=Day(found.first_origin),
        last=Day(found.last_origin),
        weeks=Count(found.horizon_weeks),
    )
    return "\n".join(
        [
            say(title),
            render_table(
                [say(each) for each in head], [_score_row(each, language) for each in found.methods]
            ),
            *(
                say(Message("terminal.better_than", method=method(name), share=Share(by)))
                for name, by in found.better_than
            ),
            *_left_out(found, language),
            say(Message("terminal.prior", prior=found.model)),
        ]
    )


def _score_row(each: MethodScore, language: Language) -> tuple[str, ...]:
    share = language.share
    return (
        language.show(method(each.method)),
        language.number(each.weeks_ahead)
        if each.weeks_ahead
        else language.render(Message("terminal.all")),
        language.number(each.forecast_count),
        language.leading(each.crps_share),
        share(each.coverage80),
        share(each.coverage95),
        f"{share(each.pit80)} / {share(each.pit95)}",
    )


def render_plan(found: RolloutPlan, language: Language) -> str:
    """Sentences, the schedule, what was left out, the ranking with its reasons, the assignment."""
    say = language.render
    sentences = [
        *found.said,
        found.one_more_team.said,
        *([found.price_of_lot.said] if found.price_of_lot else []),
        *([found.target.said] if found.target else []),
    ]
    sites = [_planned_row(each, language) for each in found.sites]
    shown = {each.code for each in found.ranking.ranked[:OVERTAKING_SHOWN]}
    rest = len(found.ranking.ranked) - RANKS_SHOWN
    head = (
        Message("terminal.site"),
        Message("terminal.name"),
        Message("terminal.ward"),
        Message("terminal.stalls"),
        Message("terminal.stratum"),
        Message("terminal.lot"),
        Message("terminal.start"),
        Message("terminal.done"),
        Message("terminal.teams"),
        Message("terminal.adopted_at_end"),
    )
    weights = tuple(
        Message(
            marked("terminal.weight_less") if each.is_less_better else marked("terminal.weight"),
            attribute=attribute(each.attribute),
            share=Share(each.weight),
        )
        for each in found.ranking.weights
    )
    lines = [
        *(say(each) for each in sentences),
        "",
        render_table([say(each) for each in head], sites)
        if sites
        else say(Message("terminal.no_start")),
        *(f"{each.code}: {say(each.reason)}" for each in found.unplanned),
        "",
        say(Message("terminal.weights", weights=weights)),
        *(say(each.said) for each in found.ranking.ranked[:RANKS_SHOWN]),
        *(say(each.said) for each in found.ranking.overtaking if each.behind in shown),
        *([say(Message("terminal.more_ranks", ranks=Count(rest)))] if rest > 0 else []),
        "",
        say(Message("terminal.assignment", how=found.assignment.how)),
    ]
    return "\n".join(lines)


def _planned_row(each: PlannedSite, language: Language) -> tuple[str, ...]:
    whole, day = language.number, language.day
    return (
        each.code,
        each.name,
        each.ward,
        whole(each.stall_count),
        each.stratum,
        NOTHING if each.fixed_because else str(each.place),
        day(each.start_day),
        day(each.last_day),
        " ".join(str(team) for team in each.teams),
        f"{whole(each.adopted_at_end)} ({whole(each.low80)}–{whole(each.high80)})",
    )
