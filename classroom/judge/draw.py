"""Are these independent draws of the distribution that was asked for?

Every bound is a theorem, so that right code fails it less often than a stated chance, whatever generator it uses.
"""

import math
from functools import cache

import numpy as np

from classroom.judge.independence import lines_related

FALSE_ALARM = 1e-11  # chance that right code fails one measure: an exercise asks fewer than a hundred
_TESTS = 11  # of one array, between which the chance is divided
_DISTINCT = 0.98  # of draws even in single precision


def deviation(variance: float, bound: float, chance: float = FALSE_ALARM) -> float:
    """Return t such that a sum of independent terms leaves its mean by more than t with less than this chance.

    Bernstein's inequality: the terms have the given total variance and none leaves its own mean by more than `bound`.
    """
    logarithm = math.log(2 / chance)
    return bound * logarithm / 3 + math.sqrt((bound * logarithm / 3) ** 2 + 2 * variance * logarithm)


def outside(what: str, value: float, low: float, high: float) -> str:
    """Return a sentence if chance cannot explain a value; empty if it can."""
    return "" if low <= value <= high else f"{what} is {value:.4g}, and chance allows {low:.4g} to {high:.4g}"


def not_drawn(array: np.ndarray, family: str, mean: float, std: float, name: str) -> str:
    """Say why an array is not one of independent draws; empty if nothing speaks against it.

    Parameters
    ----------
    array : finite numbers, at least one
    family : "normal" or "uniform"
    mean, std : of the distribution
    name : what a sentence calls the array

    Notes
    -----
    How many values come twice; and in units of the standard deviation, the largest entry from above (union bound) and
    from below (all are smaller), the mean and the second moment (Bernstein; for the normal family its exact tail, and
    Laurent & Massart 2000, lemma 1), the distance of the distribution functions (Dvoretzky, Kiefer & Wolfowitz 1956,
    with Massart's constant), how often neighbours lie on the same side of the mean (Hoeffding), and whether rows or
    columns know of each other (`classroom.judge.independence`).
    """
    z = (array.astype(np.float64) - mean) / std
    n, chance = z.size, FALSE_ALARM / _TESTS
    logarithm = math.log(2 / chance)
    if family == "normal":
        most = math.sqrt(2 * math.log(2 * n / chance))
        far = math.sqrt(2 * logarithm / n)
        low, high = 1 - 2 * math.sqrt(logarithm / n), 1 + 2 * math.sqrt(logarithm / n) + 2 * logarithm / n
    else:
        most = math.sqrt(3) * (1 + 1e-6)
        far = deviation(n, math.sqrt(3), chance) / n
        reach = deviation(0.8 * n, 2.0, chance) / n
        low, high = 1 - reach, 1 + reach
    largest = float(np.abs(z).max())
    if largest > most:
        return f"{name} has an entry {largest * std:.4g} away from the mean: too far for this distribution"
    spread = float(np.sqrt((z**2).mean())) * std
    return (
        _repeated(z, name)  # first, for copies are fewer draws than all bounds below count on
        or outside(f"the mean of {name}", float(z.mean()) * std + mean, mean - far * std, mean + far * std)
        or outside(f"the standard deviation of {name}", spread, math.sqrt(max(low, 0.0)) * std, math.sqrt(high) * std)
        or _never_far(largest, family, chance ** (1 / n), std, name)
        or _other_shape(np.sort(z, axis=None), family, logarithm, name)
        or _neighbours_alike(z, logarithm, name)
        or lines_related(z, family, 2 * chance, name)
    )


def _within(family: str, m: float) -> float:
    """Return the chance that a draw is at most m standard deviations away from the mean."""
    return math.erf(m / math.sqrt(2)) if family == "normal" else min(m / math.sqrt(3), 1.0)


def _never_far(largest: float, family: str, share: float, std: float, name: str) -> str:
    """Say that the tails are missing: so many draws go farther than this, but for a chance of share ** n."""
    if _within(family, largest) >= share:
        return ""
    return f"no entry of {name} is more than {largest * std:.4g} away from the mean: the tails are cut off"


def _other_shape(z: np.ndarray, family: str, logarithm: float, name: str) -> str:
    n = len(z)
    below = np.interp(z / math.sqrt(2), *_table_of_erf()) if family == "normal" else z / math.sqrt(3)
    true = 0.5 + 0.5 * np.clip(below, -1.0, 1.0)  # the distribution function
    steps = np.arange(n + 1) / n
    distance = float(max(np.abs(true - steps[:-1]).max(), np.abs(true - steps[1:]).max()))
    far = distance > math.sqrt(logarithm / (2 * n))
    return f"the entries of {name} are not distributed like a {family} variable" if far else ""


@cache
def _table_of_erf() -> tuple[np.ndarray, np.ndarray]:
    """Return places and the error function there, so dense that between them a straight line is off by 3e-7 at most.

    numpy has none; and no distance that chance allows is as small as that.
    """
    places = np.linspace(-6.0, 6.0, 1 << 13)
    return places, np.array(list(map(math.erf, places)))


def _neighbours_alike(z: np.ndarray, logarithm: float, name: str) -> str:
    """Look at pairs of neighbours, each entry in one pair, along the rows and along the columns."""
    high = z.reshape(len(z), -1) > 0
    for lines in (high, high.T, high.reshape(-1, 1)):
        pairs = len(lines) // 2
        alike = lines[: 2 * pairs : 2] == lines[1 : 2 * pairs : 2]
        if alike.size and abs(float(alike.mean()) - 0.5) > math.sqrt(logarithm / (2 * alike.size)):
            how = "the same" if alike.mean() > 0.5 else "the other"
            return f"neighbours in {name} are on {how} side of the mean too often: draw every entry by itself"
    return ""


def _repeated(z: np.ndarray, name: str) -> str:
    distinct = len(np.unique(z))
    return (
        f"{name} has {distinct} different entries of {z.size}: draw every one" if distinct < _DISTINCT * z.size else ""
    )
