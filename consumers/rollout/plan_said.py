"""A plan in sentences, in Vietnamese and English, each bound to its numbers. Pure."""

from consumers.evaluation.said import Said, day, share
from consumers.language.language import languages
from consumers.rollout.plan_outcome import Totals
from consumers.rollout.plan_question import PlanQuestion


def whole(value: float) -> str:
    """A rounded number, 1.234."""
    return languages()["vi"].number(float(round(value)))


def plan_said(question: PlanQuestion, totals: Totals) -> tuple[Said, ...]:
    """What the plan does, and how well it is proven."""
    first, last = day(question.weeks[0]), day(question.last_days[-1])
    done_vi = f" Đội cuối cùng xong việc ngày {day(totals.last_day)}." if totals.last_day else ""
    done_en = f" The last team is done on {day(totals.last_day)}." if totals.last_day else ""
    adopted = whole(totals.adopted_at_end)
    return (
        Said(
            f"Với {question.teams} đội, {totals.planned_count} trong {totals.site_count} điểm bắt"
            f" đầu từ {first} đến {last}; dự kiến {adopted} trong {whole(totals.stall_count)} quầy"
            f" đã nhận thanh toán không tiền mặt vào cuối kỳ.{done_vi}",
            f"With {question.teams} teams, {totals.planned_count} of {totals.site_count} sites"
            f" start between {first} and {last}; {adopted} of {whole(totals.stall_count)} stalls"
            f" are expected to have been paid cashless by the end.{done_en}",
        ),
        Said(
            "Không kế hoạch nào theo các quy tắc này tốt hơn quá"
            f" {share(max(totals.gap, 0.0))} (đã chứng minh).",
            f"No plan under these rules is better by more than {share(max(totals.gap, 0.0))}"
            " (proven).",
        ),
    )


def one_more_said(now: Totals, more: Totals, teams: int) -> Said:
    """What one more team is worth."""
    weeks = more.priority_stall_weeks - now.priority_stall_weeks
    adopted = more.adopted_at_end - now.adopted_at_end
    sites = more.planned_count - now.planned_count
    if round(weeks) <= 0 and sites == 0:
        return Said(
            f"Thêm một đội (từ {teams} lên {teams + 1}) không đem lại gì: các đội hiện có là đủ.",
            f"One more team ({teams} to {teams + 1}) gains nothing: the teams there are suffice.",
        )
    end_vi = end_en = ""
    if now.last_day and more.last_day and more.last_day != now.last_day:
        end_vi = f"; đội cuối cùng xong ngày {day(more.last_day)} thay vì {day(now.last_day)}"
        end_en = f"; the last team is done on {day(more.last_day)} instead of {day(now.last_day)}"
    return Said(
        f"Thêm một đội (từ {teams} lên {teams + 1}) đem lại {whole(weeks)} tuần-quầy (theo ưu"
        f" tiên), {whole(adopted)} quầy vào cuối kỳ và {sites} điểm bắt đầu thêm{end_vi}.",
        f"One more team ({teams} to {teams + 1}) gains {whole(weeks)} stall-weeks (by priority),"
        f" {whole(adopted)} stalls by the end and {sites} more sites{end_en}.",
    )


def price_said(lost: float) -> Said:
    """What the lot costs."""
    return Said(
        f"Bốc thăm thứ tự trong mỗi nhóm làm mất {share(lost)} so với thứ tự tốt nhất; đổi lại, kết"
        " quả sau này có thể được đánh giá như một thí nghiệm.",
        f"Drawing the order inside strata by lot costs {share(lost)} against the best order; in"
        " return what follows can be evaluated as an experiment.",
    )


def unplanned_said(is_by_lot: bool) -> Said:
    """Why a site does not start."""
    if is_by_lot:
        return Said(
            "không đủ tuần-đội cho mọi điểm trong nhóm; thăm để điểm này lại sau kỳ kế hoạch",
            "not enough team-weeks for all of its stratum; the lot left it for after the plan",
        )
    return Said(
        "không còn đủ tuần-đội trước ngày cuối, hoặc nơi khác được nhiều hơn",
        "no team-weeks are left before the last day, or they gain more elsewhere",
    )


def target_said(
    question: PlanQuestion, *, asked: float, teams_needed: int | None, best: tuple[float, float]
) -> Said:
    """How many teams the target takes, or that no number does."""
    goal, by = share(question.target_share), day(question.last_days[-1])
    wanted = share(question.probability_wanted)
    if teams_needed is not None:
        return Said(
            f"Để {goal} số quầy nhận thanh toán không tiền mặt trước {by} với xác suất ít nhất"
            f" {wanted} cần {teams_needed} đội; với {question.teams} đội xác suất là"
            f" {share(asked)}.",
            f"For {goal} of stalls paid cashless by {by} with a probability of at least {wanted},"
            f" {teams_needed} teams are needed; with {question.teams} teams it is {share(asked)}.",
        )
    probability, reached = best
    return Said(
        f"Không số đội nào đạt {goal} trước {by} với xác suất {wanted}: dù mọi điểm bắt đầu ngay,"
        f" xác suất chỉ là {share(probability)}; mức đạt được với xác suất {wanted} là"
        f" {share(reached)}. Với {question.teams} đội xác suất là {share(asked)}.",
        f"No number of teams reaches {goal} by {by} with a probability of {wanted}: even if every"
        f" site started at once it would be {share(probability)}; what is reached with a"
        f" probability of {wanted} is {share(reached)}. With {question.teams} teams it is"
        f" {share(asked)}.",
    )
