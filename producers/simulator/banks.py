"""Banks, wallets and the channels over which they tell of a payment. Shares are invented."""

from dataclasses import dataclass

from schemas.payment import RailClass, TimePrecision


@dataclass(frozen=True, slots=True)
class Channel:
    """One way in which a credit is told.

    `grain_ms` is how finely the source writes its times. `waits_for_file` says that reports come
    in a file on the morning after the booking day, not one by one.
    """

    source: str
    time_precision: TimePrecision
    grain_ms: int
    waits_for_file: bool
    tells_payer: bool
    tells_virtual: bool
    tells_failure: bool
    text: str | None


@dataclass(frozen=True, slots=True)
class Bank:
    """Where accounts are held. `channels`: best first, one or two."""

    code: str
    bin: str
    rail_class: RailClass
    channels: tuple[Channel, ...]


def _hook(source: str, grain_ms: int, *, payer: bool, text: str | None) -> Channel:
    return Channel(source, "instant", grain_ms, False, payer, True, True, text)


def _day_file(source: str, *, payer: bool) -> Channel:
    return Channel(source, "day", 1, True, payer, False, False, None)


SEPAY = _hook("/sepay", 1_000, payer=False, text="Thanh toán tại chợ")
CASSO = _hook("/casso", 1_000, payer=True, text=None)
PAYOS = _hook("/payos", 1_000, payer=True, text="Chuyển tiền mua hàng")
MOMO = _hook("/momo", 1, payer=True, text=None)
ZALOPAY = _hook("/zalopay", 1, payer=True, text=None)
VNPAY = _hook("/vnpay", 1_000, payer=False, text="Quầy thu ngân")
BIDV_FILE = Channel("/statement/bidv", "instant", 60_000, True, True, False, False, None)
VIETTEL_FILE = Channel("/operator/viettelmoney", "instant", 1_000, True, False, True, True, None)
CASH = Channel("/survey/cash", "instant", 60_000, True, False, False, False, None)

VCB_FILE = _day_file("/statement/vcb", payer=True)
COLLECTING_FILE = _day_file("/statement/bidv-va", payer=True)

VIETCOMBANK = Bank("VCB", "970436", "p2p_transfer", (SEPAY, VCB_FILE))
BIDV = Bank("BIDV", "970418", "p2p_transfer", (CASSO, BIDV_FILE))
VIETINBANK = Bank(
    "CTG", "970415", "p2p_transfer", (PAYOS, _day_file("/statement/vietinbank", payer=False))
)
AGRIBANK = Bank("VBA", "970405", "p2p_transfer", (_day_file("/statement/agribank", payer=True),))
MBBANK = Bank("MB", "970422", "p2p_transfer", (SEPAY, CASSO))
MOMO_WALLET = Bank("MOMO", "971025", "wallet", (MOMO,))
ZALOPAY_WALLET = Bank("ZLP", "970454", "wallet", (ZALOPAY, VIETTEL_FILE))
CARDS = Bank("VNP", "970489", "card", (VNPAY, _day_file("/statement/vnpay", payer=False)))
COLLECTING = Bank("BIDV", "970418", "p2m_payment", (CASSO, COLLECTING_FILE))

STALL_BANKS = (VIETCOMBANK, BIDV, VIETINBANK, AGRIBANK, MBBANK, MOMO_WALLET, ZALOPAY_WALLET)
STALL_BANK_WEIGHTS = (26, 18, 16, 14, 12, 9, 5)
SHOP_BANKS = (CARDS, VIETCOMBANK, MOMO_WALLET)
SHOP_BANK_WEIGHTS = (55, 30, 15)
