"""Do lines of one array, or two arrays, know of each other?  Draws do not, whatever generator they come from.

Every bound is a theorem for independent entries, so right code leaves it less often than the chance that is given.
"""

import math
from functools import lru_cache

import numpy as np

LAGS = 64  # distances between two lines that are looked at
_BLOCK = 256  # lines that are multiplied at a time with those behind them
_LARGEST = 256  # lines of a matrix whose largest singular value is looked at
_PROXY = {"normal": 1.0, "uniform": 3.0}  # variance proxy of a draw with standard deviation 1 (Hoeffding's lemma)
# A uniform draw is a function of a normal one with this slope, and is smaller than this many of it in convex order.
_SLOPE, _CONVEX = {"normal": 1.0, "uniform": 1.382}, {"normal": 1.0, "uniform": 1.0855}


def lines_related(z: np.ndarray, family: str, chance: float, name: str) -> str:
    """Say why rows or columns of an array are no draws of their own; empty if nothing speaks against it.

    Parameters
    ----------
    z : array of draws with mean 0 and standard deviation 1
    family : "normal" or "uniform"
    chance : with which right code may fail
    name : what a sentence calls the array

    Notes
    -----
    Lines at every distance are multiplied, each in one pair: given one of each pair, the sum of products is
    sub-Gaussian.  And the largest singular value: of m by n draws it is at most √m + √n on average (Gordon 1985),
    and concentrated (Gaussian concentration of Lipschitz functions), where lines that repeat have a larger one.
    """
    matrix = z.reshape(len(z), -1)
    for what, lines in (("rows", matrix), ("columns", matrix.T)):
        lags = min(len(lines) // 2, LAGS)
        if not lags:
            continue
        products, squares = pair_sums(lines, lags)
        alike = np.flatnonzero(np.abs(products) > _farthest(family, chance / (4 * lags)) * np.sqrt(squares))
        if alike.size:
            return f"{what} of {name} that are {alike[0] + 1} apart are alike: draw every entry by itself"
    m, n = sorted(matrix.shape)
    if m > _LARGEST or m < 2:
        return ""
    largest = float(np.linalg.norm(matrix, 2))
    most = _CONVEX[family] * (math.sqrt(m) + math.sqrt(n)) + _SLOPE[family] * math.sqrt(2 * math.log(4 / chance))
    return f"the rows of {name} are mixtures of few: draw every entry by itself" if largest > most else ""


def pair_sums(lines: np.ndarray, lags: int) -> tuple[np.ndarray, np.ndarray]:
    """Multiply lines at every distance, each line in one pair at most, and add all products of a distance up.

    Parameters
    ----------
    lines : array of shape (lines, entries)
    lags : the largest distance

    Returns
    -------
    products, squares : arrays of shape (lags,)
        For the distances from 1 on: the sum over all pairs, and that of the squares of the first line of each.
    """
    first, lag = _pairs(len(lines), lags)
    products = np.empty(len(first))
    for start in range(0, len(lines), _BLOCK):
        here = slice(*np.searchsorted(first, (start, start + _BLOCK)))
        block = lines[start : start + _BLOCK] @ lines[start : start + _BLOCK + lags].T
        products[here] = block[first[here] - start, first[here] - start + lag[here]]
    squares = np.einsum("ij,ij->i", lines, lines)[first]
    return np.bincount(lag, products, lags + 1)[1:], np.bincount(lag, squares, lags + 1)[1:]


@lru_cache(maxsize=32)
def _pairs(count: int, lags: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the first line of each pair, in ascending order, and how far the second is behind it."""
    line, lag = np.arange(count)[:, None], np.arange(1, lags + 1)
    first, index = np.nonzero((line // lag % 2 == 0) & (line + lag < count))
    return first, index + 1


def arrays_related(first: np.ndarray, second: np.ndarray, family: str, chance: float) -> bool:
    """Tell whether two arrays of draws, with mean 0 and standard deviation 1, are alike, also when one is shifted.

    Given the first, its correlation with the second at any shift is sub-Gaussian.
    """
    one, other = first.ravel(), second.ravel()
    length = float(np.linalg.norm(one))
    if length == 0.0:
        return False
    products = np.fft.irfft(np.conj(np.fft.rfft(one)) * np.fft.rfft(other), one.size) / length
    return float(np.abs(products).max()) > _farthest(family, chance / one.size)


def frames_related(first: np.ndarray, second: np.ndarray, chance: float) -> str:
    """Say why two matrices with orthogonal lines are not two draws of all such matrices; empty if nothing speaks so.

    Whatever sign each line has been given: QR gives it the one or the other.

    Notes
    -----
    No entry of a random direction in n dimensions is larger than s but with a chance of 2 exp(-n s² / 2) (Ball 1997,
    lemma 2.2).  The lengths of the projections of one frame's k directions on the other's have a root mean square of
    1/√n, and their root of squares is a 1-Lipschitz function of the frame, so concentrated (Meckes 2019, theorem 5.17).
    """
    one, other = (matrix if matrix.shape[0] <= matrix.shape[1] else matrix.T for matrix in (first, second))
    one, other = (lines / np.linalg.norm(lines, axis=1, keepdims=True) for lines in (one, other))
    k, n = one.shape
    most = math.sqrt(2 * math.log(8 * k * n / chance) / n)
    if max(np.abs(one).max(), np.abs(other).max()) > most:
        return "a direction lies along an axis: start from a normal draw"
    alike = float(np.linalg.norm((one * other).sum(axis=1)))
    if alike > math.sqrt(k / n) + math.sqrt(24 * math.log(2 / chance) / (n - 2)):
        return "two generators give almost the same directions: draw every number from rng"
    return ""


def _farthest(family: str, chance: float) -> float:
    """Return what a sub-Gaussian variable leaves with less than this chance."""
    return math.sqrt(2 * _PROXY[family] * math.log(2 / chance))
