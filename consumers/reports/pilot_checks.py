"""The report on the pilot: its checks and its registration. Pure."""

from collections.abc import Iterator

from consumers.evaluation.result import Evaluation, Found
from consumers.reports.document import Block, Bullets, Paragraph, Ref, Table, Text, same
from consumers.reports.figures import Numbers
from consumers.reports.quote import said, told


def checks(found: Found, numbers: Numbers) -> Iterator[Block]:
    """What speaks for and against the headline, and what other estimators say."""
    rows: list[tuple[Text | Ref, ...]] = []
    test = found.permutation
    if test is not None:
        rows.append(
            (
                Text("Hoán vị giữa các chợ: số cách chia", "Permutation over markets: assignments"),
                numbers.put("permutation.assignments", test.assignment_count, "count"),
                numbers.put("permutation.p", test.p, decimals=4),
            )
        )
    if found.collapsed is not None:
        by_means = found.collapsed
        rows.append(
            (
                Text("t trên trung bình của chợ", "t on collapsed market means"),
                numbers.put(
                    "collapsed", by_means.value, interval=(by_means.low, by_means.high), level=0.95
                ),
                numbers.put("collapsed.p", by_means.p, decimals=4),
            )
        )
    if found.pre_trend is not None:
        rows.append(
            (
                Text("Xu hướng trước khi bắt đầu, mỗi tuần", "Trend before the start, per week"),
                numbers.put("pre_trend.slope", found.pre_trend.slope),
                numbers.put("pre_trend.p", found.pre_trend.p, decimals=4),
            )
        )
    if found.variance is not None:
        rows.append(
            (
                Text("Tỷ số phương sai trước khi bắt đầu", "Variance ratio before the start"),
                numbers.put("variance.ratio", found.variance.ratio),
                numbers.put("variance.robust_p", found.variance.robust.p, decimals=4),
            )
        )
    if found.sensitivity is not None:
        rows.append(
            (
                Text(
                    "Vi phạm lớn nhất mà kết luận chịu được",
                    "Largest violation that the conclusion survives",
                ),
                numbers.put("sensitivity.breakdown", found.sensitivity.breakdown),
                numbers.put("sensitivity.p", None, reason="it has no test"),
            )
        )
    for other in found.beside:
        rows.append(
            (
                said(other.title),
                numbers.put(
                    f"beside.{other.name}",
                    other.value,
                    interval=(other.low, other.high),
                    level=0.95,
                ),
                numbers.put(f"beside.{other.name}.p", other.p, decimals=4),
            )
        )
    if rows:
        yield Table(
            Text("Kiểm tra và các ước lượng khác", "Checks, and other estimates"),
            (Text("Kiểm tra", "Check"), Text("Giá trị", "Value"), same("p")),
            tuple(rows),
        )


def registration(evaluation: Evaluation, numbers: Numbers) -> Iterator[Block]:
    """Which plan was followed, and every departure from it."""
    registered = evaluation.registered
    digest = numbers.put("registered.digest", registered.digest, "code")
    if registered.at is None:
        yield Paragraph(
            Text(
                f"Kế hoạch {registered.id} (mã băm {{{digest.fact_id}}}) chưa được đăng ký trước.",
                f"Plan {registered.id} (hash {{{digest.fact_id}}}) was not registered beforehand.",
            )
        )
    else:
        at = numbers.put("registered.at", registered.at.isoformat(), "moment")
        yield Paragraph(
            Text(
                f"Kế hoạch {registered.id} được đăng ký lúc {{{at.fact_id}}}, mã băm"
                f" {{{digest.fact_id}}}.",
                f"Plan {registered.id} was registered at {{{at.fact_id}}}, hash"
                f" {{{digest.fact_id}}}.",
            )
        )
    if evaluation.departures:
        yield Bullets(
            tuple(
                told(departure.what, numbers, f"departure.{n}")
                for n, departure in enumerate(evaluation.departures, 1)
            )
        )
    else:
        yield Paragraph(Text("Không có sai khác.", "There are no departures from it."))
