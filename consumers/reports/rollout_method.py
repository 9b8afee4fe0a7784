"""How the rollout's figures were computed, what was learned, and what they cannot say. Pure."""

from collections.abc import Iterator
from datetime import date

from consumers.reports.document import Block, Cell, Paragraph, Table
from consumers.reports.figures import Numbers
from consumers.reports.rollout_plan import BAND
from consumers.rollout.names import KINDS
from consumers.rollout.outcome import PosteriorEstimate
from consumers.rollout.plan_outcome import RolloutPlan
from schemas.message import Count, Day, Message, Name, Number, Ref, Share


def method_blocks(plan: RolloutPlan, cut_off_day: date, numbers: Numbers) -> Iterator[Block]:
    """The model in words, its parameters by kind, the rules of the plan."""
    model = plan.model
    yield Paragraph(
        Message(
            "rollout.model",
            known_until=numbers.put("known_until", Day(cut_off_day)),
            draws=numbers.put("draws", Count(model.draws)),
            seed=numbers.put("seed", Name(str(model.seed))),
            r_hat=numbers.put("r_hat", Number(model.r_hat, 3)),
        )
    )
    yield Table(
        Message("rollout.kinds"),
        (
            Message("column.market_kind"),
            Message("column.running"),
            Message("column.kappa"),
            Message("column.p"),
            Message("column.q"),
        ),
        tuple(
            (
                KINDS[each.kind],
                numbers.put(f"kind.{each.kind}", Count(each.site_count)),
                *_parameters(f"kind.{each.kind}", each.parameters, numbers),
            )
            for each in model.kinds
        ),
    )
    yield _rules(plan, numbers)


def _parameters(
    key: str, parameters: tuple[PosteriorEstimate, ...], numbers: Numbers
) -> Iterator[Cell]:
    for each in parameters:
        is_share = each.name == "kappa"
        yield numbers.put(
            f"{key}.{each.name}",
            Share(each.median, 0) if is_share else Number(each.median, 3),
            interval=(each.low80, each.high80),
            level=BAND,
        )


def _rules(plan: RolloutPlan, numbers: Numbers) -> Table:
    question = plan.question
    counts = (
        ("stalls_per_team_week", Message("rule.stalls_per_team_week")),
        ("teams_per_site_max", Message("rule.teams_per_site_max")),
        ("training_weeks", Message("rule.training_weeks")),
        ("trainings_per_week_max", Message("rule.trainings_per_week_max")),
        ("ward_minimum", Message("rule.ward_minimum")),
    )
    rows: list[tuple[Message, Ref]] = [
        (title, numbers.put(f"rule.{name}", Count(int(question[name])))) for name, title in counts
    ]
    black = numbers.put("rule.black_weeks", Count(len(question["black_weeks"])))
    rows.append((Message("rule.black_weeks"), black))
    return Table(
        Message("rule.table"),
        (Message("column.rule"), Message("column.value")),
        tuple(rows),
    )


def limits(*, is_without_ledger: bool) -> tuple[Message, ...]:
    """What a reader must not take from it."""
    found = (
        Message("limit.adopted"),
        Message("limit.bands"),
        Message("limit.unstarted"),
        Message("limit.plan"),
    )
    if not is_without_ledger:
        return found
    return (
        Message("limit.without_ledger"),
        *found,
    )
