"""Which markets a city has, how many stalls, and what is sold there. Stall counts are invented."""

from dataclasses import dataclass, replace
from math import ceil

from schemas.registry import MarketKind


@dataclass(frozen=True, slots=True)
class MarketPlan:
    """A market before it is filled.

    `is_collecting_linked`: the registry gives the market's own collecting account to its office.
    `is_comparison`: no trader gets a code any more once the pilot's programme has started.
    """

    code: str
    name: str
    kind: MarketKind
    area: str
    stall_count: int
    is_collecting_linked: bool = False
    is_comparison: bool = False


@dataclass(frozen=True, slots=True)
class Trade:
    """What a row of stalls sells, and what is paid for it, in thousands of đồng."""

    row: str
    product: str
    amounts_k: tuple[int, ...]


PILOT = (
    MarketPlan("HL1", "Chợ Hạ Long I", "traditional_market", "Bạch Đằng", 1200, True),
    MarketPlan("HL2", "Chợ Hạ Long II", "traditional_market", "Trần Hưng Đạo", 1000),
    MarketPlan("CD", "Chợ Cái Dăm", "traditional_market", "Bãi Cháy", 800),
)
OTHERS = (
    MarketPlan("ST1", "Siêu thị Hạ Long", "supermarket", "Hồng Gai", 24),
    MarketPlan("TL1", "Cửa hàng tiện lợi Bãi Cháy", "convenience_store", "Bãi Cháy", 2),
    MarketPlan("TL2", "Cửa hàng tiện lợi Hồng Gai", "convenience_store", "Hồng Gai", 2),
    MarketPlan("HCC", "Trung tâm phục vụ hành chính công", "service_centre", "Hồng Hà", 30, True),
)
COMPARISONS = tuple(
    MarketPlan(
        f"DC{n}", f"Chợ đối chứng {n}", "traditional_market", "Hồng Gai", 200, is_comparison=True
    )
    for n in range(1, 6)
)
STALL_COUNT_MIN = 3  # of a scaled traditional market

TRADES: dict[MarketKind, tuple[Trade, ...]] = {
    "traditional_market": (
        Trade("A", "Hải sản", (50, 80, 100, 120, 150, 180, 200, 250, 300, 400, 500, 800)),
        Trade("B", "Thịt", (30, 40, 50, 60, 70, 80, 100, 120, 150, 200)),
        Trade("C", "Rau củ", (5, 8, 10, 12, 15, 20, 25, 30, 40)),
        Trade("D", "Trái cây", (20, 25, 30, 40, 45, 50, 60, 80, 100, 150)),
        Trade("E", "Đồ khô", (20, 35, 45, 50, 75, 100, 150, 250, 600)),
        Trade("F", "Quần áo", (80, 100, 120, 150, 180, 250, 350)),
        Trade("G", "Ăn uống", (20, 25, 30, 35, 40, 45, 50, 60)),
    ),
    "supermarket": (Trade("Q", "Hàng tiêu dùng", (25, 48, 67, 99, 135, 189, 245, 312, 458, 720)),),
    "convenience_store": (Trade("Q", "Hàng tiện lợi", (8, 12, 15, 18, 24, 27, 35, 46, 59)),),
    "service_centre": (Trade("Q", "Phí, lệ phí", (5, 8, 20, 30, 50, 100, 135, 200, 500)),),
}


def plans(
    *, scale: float, with_others: bool, with_comparisons: bool = False
) -> tuple[MarketPlan, ...]:
    """The pilot's markets with `scale` times their stalls; if asked for, other kinds of market, and
    markets that the pilot is compared with."""
    if not 0 < scale <= 10:
        raise ValueError(f"scale: must be over 0 and at most 10: {scale}")
    chosen = PILOT + (OTHERS if with_others else ()) + (COMPARISONS if with_comparisons else ())
    return tuple(
        replace(
            plan,
            stall_count=max(
                1 if plan in OTHERS else STALL_COUNT_MIN, ceil(plan.stall_count * scale)
            ),
        )
        for plan in chosen
    )
