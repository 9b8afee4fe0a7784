"""What a plan says of itself, each sentence with its numbers. Pure."""

from consumers.rollout.plan_outcome import PlanTotals
from consumers.rollout.plan_question import PlanQuestion
from schemas.message import Count, Day, Message, Name, Number, Share, Value


def plan_messages(question: PlanQuestion, totals: PlanTotals) -> tuple[Message, ...]:
    """What the plan does, and how well it is proven."""
    summary = Message(
        "plan.summary",
        teams=Count(question.teams),
        planned=Count(totals.planned_count),
        sites=Count(totals.site_count),
        first_week=Day(question.weeks[0]),
        last_week_end=Day(question.last_days[-1]),
        adopted_at_end=Number(totals.adopted_at_end, 0),
        stalls=Count(totals.stall_count),
    )
    if totals.last_day is not None:
        done = Message("plan.last_team", last_team_done=Day(totals.last_day))
        summary = Message("plan.summary_and_end", summary=summary, done=done)
    return summary, Message("plan.proven", gap=Share(max(totals.gap, 0.0)))


def one_more_message(now: PlanTotals, more: PlanTotals, teams: int) -> Message:
    """What one more team is worth."""
    weeks = more.priority_stall_weeks - now.priority_stall_weeks
    sites = more.planned_count - now.planned_count
    numbers: dict[str, Value] = {"teams": Count(teams), "more_teams": Count(teams + 1)}
    if round(weeks) <= 0 and sites == 0:
        return Message("plan.one_more_gains_nothing", **numbers)
    numbers |= {
        "stall_weeks": Number(weeks, 0),
        "adopted_at_end": Number(more.adopted_at_end - now.adopted_at_end, 0),
        "sites": Count(sites),
    }
    if now.last_day and more.last_day and more.last_day != now.last_day:
        numbers |= {"last_day": Day(more.last_day), "instead_of": Day(now.last_day)}
        return Message("plan.one_more_gains_and_ends", **numbers)
    return Message("plan.one_more_gains", **numbers)


def price_message(lost: float) -> Message:
    """What the lot costs."""
    return Message("plan.price_of_lot", lost=Share(lost))


def unplanned_message(is_by_lot: bool) -> Message:
    """Why a site does not start."""
    return Message("plan.left_by_lot") if is_by_lot else Message("plan.no_team_weeks")


def target_message(
    question: PlanQuestion, *, asked: float, teams_needed: int | None, best: tuple[float, float]
) -> Message:
    """How many teams the target takes, or that no number does."""
    numbers: dict[str, Value] = {
        "target": Share(question.target_share),
        "by": Day(question.last_days[-1]),
        "wanted": Share(question.probability_wanted),
        "teams": Count(question.teams),
        "probability": Share(asked),
    }
    if teams_needed is not None:
        return Message("plan.target_needs", **numbers, needed=Count(teams_needed))
    probability, reached = best
    return Message(
        "plan.target_out_of_reach", **numbers, best=Share(probability), best_share=Share(reached)
    )


def assignment_message(question: PlanQuestion) -> Message:
    """How it was decided who starts when."""
    if question.order == "randomised":
        return Message("plan.assignment_by_lot", seed=Name(str(question.seed)))
    return Message("plan.assignment_chosen")
