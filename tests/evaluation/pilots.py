"""Plans and panels with a known truth, as the laws of evaluation need them."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np

from consumers.evaluation.panel import MarketPanel
from consumers.evaluation.plan import Plan
from consumers.evaluation.result import Registered
from consumers.statistics.arrays import Floats
from consumers.statistics.collapsed import VendorMoments
from schemas.message import Message

FIRST_WEEK = date(2026, 1, 5)
REGISTERED = Registered("pilot", "A pilot", "0" * 64, datetime(2026, 1, 1, tzinfo=UTC), None)


def weeks_of(count: int) -> tuple[date, ...]:
    return tuple(FIRST_WEEK + timedelta(weeks=n) for n in range(count))


def plan_of(
    *,
    markets: int = 20,
    treated: int = 3,
    before: int = 12,
    after: int = 8,
    **changed: dict[str, Any] | str,
) -> Plan:
    """Markets M0, M1, …: the first ones are pilots. Parts of the plan may be changed by name."""
    weeks = weeks_of(before + after)
    parts: dict[str, Any] = {
        "id": "pilot",
        "title": "A pilot",
        "estimator": "did",
        "known_on": datetime(2030, 1, 1, tzinfo=UTC),
        "outcome": {"metric": "payments"},
        "window": {
            "first_week": weeks[0],
            "start_week": weeks[min(before, len(weeks) - 1)],
            "last_week": weeks[-1],
        },
        "markets": {
            "pilots": tuple(f"M{n}" for n in range(treated)),
            "comparisons": tuple(f"M{n}" for n in range(treated, markets)),
        },
        "assignment": {"how": "as it happened"},
        "thresholds": {"effect_min": 0.0},
        "running": {"placebo_runs": 0},
    }
    for name, value in changed.items():
        parts[name] = {**parts[name], **value} if isinstance(value, dict) else value
    return Plan.model_validate(parts)


def panel_of(
    y: Floats,
    *,
    exposure: Floats | None = None,
    moments: VendorMoments | None = None,
    markets: Sequence[str] | None = None,
) -> MarketPanel:
    """A panel whose outcome is y."""
    names = tuple(markets or (f"M{n}" for n in range(len(y))))
    ones = np.ones(y.shape) if exposure is None else exposure
    return MarketPanel(
        markets=names,
        names=names,
        weeks=weeks_of(y.shape[1]),
        amount=y * ones,
        exposure=ones,
        source=Message("source.events"),
        cut_off_at=datetime(2027, 1, 1, tzinfo=UTC),
        moments=moments,
    )


SD_VENDOR = 1.0
ICC = 0.05
VENDORS = 300
LEVEL = 10.0  # far from zero, so that no market looks as if nobody measured it


def sd_of_change() -> float:
    """Of a market's mean change in `drawn`."""
    return float(SD_VENDOR * np.sqrt(ICC + (1 - ICC) / VENDORS))


def drawn(
    rng: np.random.Generator,
    *,
    markets: int = 20,
    treated: int = 3,
    before: int = 12,
    after: int = 8,
    effect: float = 0.0,
) -> MarketPanel:
    """300 vendors a market whose changes share 5 % of their variance within the market.

    Half of that share is noise of single weeks, half a shock that stays.
    """
    weekly = np.sqrt(ICC / 2 / (1 / before + 1 / after)) * SD_VENDOR
    noise = rng.normal(0, weekly, (markets, before + after))
    post = np.arange(before + after) >= before
    shared = noise[:, post].mean(axis=1) - noise[:, ~post].mean(axis=1)
    lasting = rng.normal(0, np.sqrt(ICC / 2) * SD_VENDOR, markets)
    own = rng.normal(0, np.sqrt(1 - ICC) * SD_VENDOR, (markets, VENDORS))
    gain = effect * (np.arange(markets) < treated)
    change = lasting + own.mean(axis=1) + gain
    y = LEVEL + rng.normal(0, 1, (markets, 1)) + rng.normal(0, 1, before + after)
    y = y + noise + change[:, None] * post
    moments = VendorMoments(
        np.full(markets, float(VENDORS)), change + shared, own.var(axis=1, ddof=1)
    )
    return panel_of(y, moments=moments)
