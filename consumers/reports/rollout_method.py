"""How the rollout's figures were computed, what was learned, and what they cannot say. Pure."""

from collections.abc import Iterator
from datetime import date

from consumers.reports.document import Block, Cell, Paragraph, Ref, Table, Text
from consumers.reports.figures import Numbers
from consumers.reports.rollout_plan import BAND
from consumers.rollout.outcome import Estimate
from consumers.rollout.plan_outcome import Plan

KINDS = {
    "traditional_market": Text("chợ truyền thống", "traditional market"),
    "supermarket": Text("siêu thị", "supermarket"),
    "convenience_store": Text("cửa hàng tiện lợi", "convenience store"),
    "service_centre": Text("trung tâm hành chính công", "service centre"),
}


def method_blocks(plan: Plan, cut_off_day: date, numbers: Numbers) -> Iterator[Block]:
    """The model in words, its parameters by kind, the rules of the plan."""
    model = plan.model
    at = numbers.put("known_until", cut_off_day.isoformat(), "date").fact_id
    draws = numbers.put("draws", model.draws, "count").fact_id
    seed = numbers.put("seed", str(model.seed), "code").fact_id
    r_hat = numbers.put("r_hat", model.r_hat, decimals=3).fact_id
    yield Paragraph(
        Text(
            f"Dùng những tuần đã trọn đến {{{at}}}. Trần của mỗi điểm là tổng điều tra, không ước"
            " lượng. Mỗi quầy thuộc loại sẽ dùng với xác suất κ, rồi bắt đầu theo sức kéo p của đội"
            " và q của hàng xóm đã dùng; các điểm cùng loại dạy lẫn nhau. Tính bằng"
            f" {{{draws}}} lần rút, hạt giống {{{seed}}}, R-hat {{{r_hat}}}.",
            f"Weeks that were over by {{{at}}} are used. A site's ceiling is its census and never"
            " estimated. A stall is with probability κ of the adopting kind and then adopts by the"
            " pull p of teams and q of neighbours who already have; sites of a kind teach each"
            f" other. Computed from {{{draws}}} draws, seed {{{seed}}}, R-hat {{{r_hat}}}.",
        )
    )
    yield Table(
        Text(
            "Điều tin về mỗi loại hình; không có điểm đang chạy thì gần như chỉ là tiên nghiệm",
            "What is believed of each kind; without running sites it is mostly the prior",
        ),
        (
            Text("Loại hình", "Kind"),
            Text("Đang chạy", "Running"),
            Text("κ: sẽ dùng", "κ: will adopt"),
            Text("p mỗi tuần", "p a week"),
            Text("q mỗi tuần", "q a week"),
        ),
        tuple(
            (
                KINDS[each.kind],
                numbers.put(f"kind.{each.kind}", each.site_count, "count"),
                *_parameters(f"kind.{each.kind}", each.parameters, numbers),
            )
            for each in model.kinds
        ),
    )
    yield _rules(plan, numbers)


def _parameters(key: str, parameters: tuple[Estimate, ...], numbers: Numbers) -> Iterator[Cell]:
    for each in parameters:
        is_share = each.name == "kappa"
        yield numbers.put(
            f"{key}.{each.name}",
            each.median,
            "share" if is_share else "number",
            decimals=0 if is_share else 3,
            interval=(each.low80, each.high80),
            level=BAND,
        )


def _rules(plan: Plan, numbers: Numbers) -> Table:
    question = plan.question
    counts = (
        ("stalls_per_team_week", Text("Quầy mỗi đội mỗi tuần", "Stalls per team and week")),
        ("teams_per_site_max", Text("Đội tại một điểm, nhiều nhất", "Teams at a site, at most")),
        ("training_weeks", Text("Tuần đào tạo trước", "Weeks of training before")),
        ("trainings_per_week_max", Text("Đào tạo cùng lúc", "Trainings at once, at most")),
        ("ward_minimum", Text("Điểm mỗi phường, ít nhất", "Sites per ward, at least")),
    )
    rows: list[tuple[Text, Ref]] = [
        (title, numbers.put(f"rule.{name}", int(question[name]), "count")) for name, title in counts
    ]
    black = numbers.put("rule.black_weeks", len(question["black_weeks"]), "count")
    rows.append(
        (Text("Tuần không làm việc (Tết, bão…)", "Weeks without work (Tết, storms…)"), black)
    )
    return Table(
        Text("Quy tắc của kế hoạch", "The rules of the plan"),
        (Text("Quy tắc", "Rule"), Text("Giá trị", "Value")),
        tuple(rows),
    )


def limits(*, is_without_ledger: bool) -> tuple[Text, ...]:
    """What a reader must not take from it."""
    found = (
        Text(
            "“Đã dùng” nghĩa là đã có khoản thanh toán hợp lệ đầu tiên; ai thôi dùng sau đó vẫn"
            " được tính. Mức hoạt động xem báo cáo tuần.",
            "“Adopted” means a first valid payment; who lapses later still counts. For activity see"
            " the weekly report.",
        ),
        Text(
            "Dải nói về điều mô hình biết là không chắc; một chính sách hay một phí mới thì nó"
            " không biết.",
            "Bands speak of what the model knows to be uncertain; of a new policy or a new fee it"
            " knows nothing.",
        ),
        Text(
            "Điểm chưa bắt đầu được rút quanh loại hình của mình: dự báo riêng của từng điểm rộng,"
            " tổng thì chắc hơn.",
            "Sites that have not started are drawn around their kind: each one's forecast is wide,"
            " the sum is surer.",
        ),
        Text(
            "Không kế hoạch nào hợp lệ tốt hơn quá khoảng đã chứng minh, nhưng chỉ theo các quy tắc"
            " và trọng số nêu ở đây.",
            "No plan is better than by the proven gap, but only under the rules and weights told"
            " here.",
        ),
    )
    if not is_without_ledger:
        return found
    return (
        Text(
            "Lập không dùng sổ cái: mọi dự báo dựa trên tiên nghiệm, chưa có điểm nào dạy.",
            "Made without the ledger: all forecasts rest on the prior, no site has taught yet.",
        ),
        *found,
    )
