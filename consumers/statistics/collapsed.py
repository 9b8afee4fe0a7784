"""Difference in differences on market means: one number a market, so that shocks are counted once.

Bertrand, Duflo and Mullainathan (2004), "How much should we trust differences-in-differences
estimates?", QJE 119:249, section IV.C (collapse into before and after); Donald and Lang (2007),
"Inference with difference-in-differences and other panel data", REStat 89:221 (t with few groups).
"""

from dataclasses import dataclass

import numpy as np
from scipy import special

from consumers.statistics.arrays import CONFIDENCE, Estimate, Flags, Floats, t_estimate


def changes(y: Floats, post: Flags) -> Floats:
    """Mean after minus mean before of each market. `y` is markets × periods; no value missing."""
    assert post.any() and not post.all(), "both before and after are needed"
    return np.asarray(y[:, post].mean(axis=1) - y[:, ~post].mean(axis=1))


def collapsed_did(change: Floats, treated: Flags, *, confidence: float = CONFIDENCE) -> Estimate:
    """Mean change of the treated minus that of the others, with a pooled t of G - 2 degrees."""
    a, b = change[treated], change[~treated]
    assert len(a) >= 1 and len(b) >= 1 and len(change) >= 3, (len(a), len(b))
    df = len(change) - 2
    squares = ((a - a.mean()) ** 2).sum() + ((b - b.mean()) ** 2).sum()
    se = float(np.sqrt(squares / df * (1 / len(a) + 1 / len(b))))
    return t_estimate(float(a.mean() - b.mean()), se, df, confidence=confidence)


@dataclass(frozen=True, slots=True)
class VarianceCheck:
    """How much more the treated markets varied before the start, and a p that allows for it.

    `ratio` is that of the variances of weekly residuals before the start, treated to others;
    `ratio_p` is one-sided (F), for a ratio above 1. `robust` is the effect with the treated
    markets' variance taken as max(ratio, 1) times that of the others.
    """

    ratio: float
    ratio_p: float
    robust: Estimate


def variance_check(
    y: Floats, post: Flags, treated: Flags, *, confidence: float = CONFIDENCE
) -> VarianceCheck | None:
    """None where the ratio cannot be known: fewer than 3 periods before, or 3 other markets.

    The variance of a market's change is known from the others alone (k treated markets say little
    of theirs); the period before says how many times larger it is among the treated. The error's
    degrees of freedom follow Satterthwaite (1946), Biometrics Bulletin 2:110.
    """
    before = y[:, ~post]
    count, periods = int(treated.sum()), before.shape[1]
    others = len(y) - count
    if periods < 3 or others < 3:
        return None
    # Each market around its own mean and each period around the other markets' mean.
    level = before - before.mean(axis=1, keepdims=True)
    free = level[~treated] - level[~treated].mean(axis=0)
    free_df = (others - 1) * (periods - 1)
    bound = level[treated] - level[~treated].mean(axis=0)
    bound_df = count * (periods - 1)
    free_variance = (free**2).sum() / free_df
    # A treated market's residual also carries the error of the others' mean: 1/m of their variance.
    bound_variance = (bound**2).sum() / bound_df - free_variance / others
    if free_variance <= 0:
        return None
    ratio = float(max(bound_variance, 0.0) / free_variance)
    ratio_p = float(special.fdtrc(bound_df, free_df, ratio))
    change = changes(y, post)
    sigma2 = float(change[~treated].var(ddof=1))
    of_treated = sigma2 * max(ratio, 1.0) / count
    of_others = sigma2 / others
    df_others = others - 1
    df_treated = 1 / (1 / df_others + 1 / bound_df + 1 / free_df)
    variance = of_treated + of_others
    if variance > 0:
        # Both parts share sigma2; the ratio's own error comes on top for the treated part.
        share = of_treated / variance
        df = 1 / (1 / df_others + share**2 * (1 / df_treated - 1 / df_others))
    else:
        df = float(df_others)
    value = float(change[treated].mean() - change[~treated].mean())
    robust = t_estimate(value, float(np.sqrt(variance)), df, confidence=confidence)
    return VarianceCheck(ratio, ratio_p, robust)


@dataclass(frozen=True, slots=True)
class VendorMoments:
    """Of each market: how many vendors, and mean and variance (n - 1) of their own changes."""

    count: Floats
    mean: Floats
    variance: Floats

    def only(self, markets: Flags) -> "VendorMoments":
        """The same of some markets."""
        return VendorMoments(self.count[markets], self.mean[markets], self.variance[markets])


def vendor_level_test(
    moments: VendorMoments, treated: Flags, *, confidence: float = CONFIDENCE
) -> Estimate:
    """The naive two-sample t over vendors, as if they were independent. For display only.

    It is printed to show how far it misleads: at an intra-class correlation of 0.05 it rejects a
    true null six times in ten (docs/evaluation.md).
    """
    parts = []
    for side in (treated, ~treated):
        n, mean, variance = moments.count[side], moments.mean[side], moments.variance[side]
        total = float(n.sum())
        centre = float((n * mean).sum() / total)
        within = float(((n - 1) * np.nan_to_num(variance)).sum())
        between = float((n * (mean - centre) ** 2).sum())
        parts.append((total, centre, within + between))
    (n1, mean1, ss1), (n2, mean2, ss2) = parts
    df = n1 + n2 - 2
    se = float(np.sqrt((ss1 + ss2) / df * (1 / n1 + 1 / n2)))
    return t_estimate(mean1 - mean2, se, df, confidence=confidence)
