"""How good a forecast was: the continuous ranked probability score, and coverage of bands. Pure."""

import numpy as np

from consumers.statistics.diffusion.prior import Bools, Floats


def crps(draws: Floats, truth: Floats) -> Floats:
    """E|X − y| − ½ E|X − X′| over the first axis of `draws`; in units of `truth`, less is better.

    Source: Gneiting and Raftery 2007 (JASA 102:359), equation 21.
    """
    count = len(draws)
    ordered = np.sort(draws, axis=0)
    weight = (2 * np.arange(1, count + 1) - count - 1) / count**2
    spread = np.tensordot(weight, ordered, axes=1)
    return np.asarray(np.abs(draws - truth).mean(axis=0) - spread)


def band(draws: Floats, level: float) -> tuple[Floats, Floats]:
    """The central band of `level` over the first axis."""
    low, high = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return low, high


def covered(draws: Floats, truth: Floats, level: float) -> Bools:
    """Whether the central band of `level` holds the truth."""
    low, high = band(draws, level)
    return np.asarray((low <= truth) & (truth <= high))


def pit_covered(draws: Floats, truth: Floats, level: float, luck: Floats) -> Bools:
    """Whether the truth's rank among the draws is inside the central band, ties broken by `luck`.

    A band of whole numbers holds more than it says, the more so for small sites; this does not.
    Source: Czado, Gneiting and Held 2009 (Biometrics 65:1254). `luck`: uniform, shaped as `truth`.
    """
    rank = (draws < truth).mean(axis=0) + luck * (draws == truth).mean(axis=0)
    return np.asarray(np.abs(rank - 0.5) < level / 2)
