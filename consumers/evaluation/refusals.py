"""Every reason to refuse, and what evidence would answer, in both languages."""

from consumers.evaluation.result import Refusal
from consumers.evaluation.said import Said

# code: (why, what would be needed)
RULES: dict[str, tuple[Said, Said]] = {
    "order_not_randomised": (
        Said(
            "thứ tự bắt đầu của các điểm không được bốc thăm",
            "the order in which sites start was not randomised",
        ),
        Said(
            "bốc thăm thứ tự các điểm còn lại, công bố số gieo trước khi bắt đầu"
            " (choso rollout plan làm việc này)",
            "randomise the order of the remaining sites and publish the seed before they start"
            " (choso rollout plan does)",
        ),
    ),
    "one_start": (
        Said(
            "các điểm bắt đầu vào %(count)s thời điểm: cần ít nhất hai",
            "sites start at %(count)s time: at least two are needed",
        ),
        Said(
            "cho các điểm bắt đầu vào những tuần khác nhau",
            "let sites start in different weeks",
        ),
    ),
    "several_starts": (
        Said(
            "các chợ thí điểm bắt đầu vào %(count)s tuần khác nhau: gộp trước và sau sẽ sai lệch",
            "the pilots start in %(count)s different weeks: one before and after would be biased",
        ),
        Said(
            "đăng ký một thời điểm chung, hoặc thứ tự đã bốc thăm (stepped_wedge)",
            "register one common start, or an order that was randomised (stepped_wedge)",
        ),
    ),
    "few_comparisons": (
        Said(
            "chỉ có %(count)s chợ đối chứng có số liệu: cần ít nhất %(least)s",
            "only %(count)s comparison markets have figures: at least %(least)s are needed",
        ),
        Said(
            "số liệu tuần của thêm chợ không thí điểm, trước và sau khi bắt đầu, từ ngân hàng hoặc"
            " ban quản lý (choso import --kind market-total)",
            "weekly figures of more markets outside the pilot, before and after the start, from"
            " acquirers or fee offices (choso import --kind market-total)",
        ),
    ),
    "no_pilot": (
        Said("không chợ thí điểm nào có số liệu", "no pilot market has figures"),
        Said(
            "giao dịch, số quầy và lịch mở cửa của ít nhất một chợ thí điểm",
            "payments, census and calendar of at least one pilot market",
        ),
    ),
    "no_period_before": (
        Said(
            "không có tuần trọn vẹn nào trước khi bắt đầu",
            "there is no complete week before the start",
        ),
        Said(
            "số liệu của các tuần trước khi bắt đầu, cho cả chợ thí điểm và chợ đối chứng",
            "figures of weeks before the start, for pilots and comparison markets",
        ),
    ),
    "no_period_after": (
        Said(
            "không có tuần trọn vẹn nào sau khi bắt đầu",
            "there is no complete week after the start",
        ),
        Said("chờ hết tuần đầu tiên sau khi bắt đầu", "wait until a week after the start is over"),
    ),
    "zero_outside": (
        Said(
            "ở %(markets)s kết quả luôn (hoặc phần lớn) bằng 0: chỉ quầy thí điểm mới phát sinh số"
            " liệu, nên so sánh chỉ lặp lại mức của chính nó",
            "in %(markets)s the outcome is always (or mostly) zero: only pilot stalls can have it,"
            " so that a comparison would only restate its level",
        ),
        Said(
            "một kết quả đo được ở mọi chợ: tổng tuần do ngân hàng hoặc ban quản lý báo cáo"
            " (choso import --kind market-total)",
            "an outcome that is seen in all markets: weekly totals from acquirers or fee offices"
            " (choso import --kind market-total)",
        ),
    ),
    "zero_before": (
        Said(
            "trước khi bắt đầu, sổ hầu như không có giao dịch của chợ thí điểm: số 0 này là chưa"
            " đo, không phải chưa bán",
            "before the start the ledger holds hardly any payment of the pilots: that zero says"
            " that nobody measured, not that nobody paid",
        ),
        Said(
            "sao kê của các quầy từ trước khi bắt đầu, hoặc tổng tuần của cả chợ",
            "statements of the stalls from before the start, or weekly totals of whole markets",
        ),
    ),
    "zero_before_visit": (
        Said(
            "không tiểu thương nào có giao dịch trước lần hướng dẫn đầu tiên: kết quả chỉ có thể"
            " phát sinh sau đó",
            "no vendor was paid before his first visit: the outcome can only occur after it",
        ),
        Said(
            "giao dịch của tiểu thương đã có mã trước khi được hướng dẫn",
            "payments of vendors who had a code before they were visited",
        ),
    ),
    "log_of_zero": (
        Said(
            "thang log cần mọi tuần đều lớn hơn 0",
            "a log scale needs every week to be above zero",
        ),
        Said("đăng ký thang thường (level)", "register the plain scale (level)"),
    ),
    "constant": (
        Said(
            "kết quả không đổi ở mọi chợ và mọi tuần",
            "the outcome is the same in every market and week",
        ),
        Said("một kết quả có biến động", "an outcome that varies"),
    ),
    "two_seasons": (
        Said(
            "chỉ có %(count)s tuần trước khi bắt đầu: cần ít nhất %(least)s (hai mùa trọn vẹn)",
            "only %(count)s weeks before the start: at least %(least)s are needed (two full"
            " seasons)",
        ),
        Said(
            "số liệu hai năm trước khi bắt đầu, hoặc các chợ đối chứng",
            "figures of two years before the start, or comparison markets",
        ),
    ),
    "visits_not_randomised": (
        Said(
            "việc chọn tiểu thương để hướng dẫn không được bốc thăm",
            "the vendors to be visited were not chosen at random",
        ),
        Said(
            "bốc thăm tiểu thương sẽ được hướng dẫn và ghi số gieo, cả nhóm được và chưa được",
            "draw the vendors to be visited by lot and note the seed and both groups",
        ),
    ),
    "few_vendors": (
        Said(
            "quá ít tiểu thương hoặc dãy quầy có ở cả hai nhóm (%(clusters)s dãy)",
            "too few vendors, or rows of stalls (%(clusters)s), on both sides",
        ),
        Said(
            "thêm tiểu thương và dãy quầy vào mỗi nhóm",
            "more vendors and rows of stalls on each side",
        ),
    ),
}


def refusal(code: str, **values: object) -> Refusal:
    """The refusal by its code, with its figures filled in."""
    why, need = RULES[code]
    return Refusal(code, Said(why.vi % values, why.en % values), need)
