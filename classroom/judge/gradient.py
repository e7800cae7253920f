"""A gradient checked along random directions: a dozen forward passes instead of two for every entry.

For each argument with gradient g, two Gaussian directions v are drawn, as wide as the argument itself, and the slope of
phi = sum(y * grad_y) along v, measured by a central difference, is compared with the sum of g * v.  Gaussian
directions and not signs: with signs of +-1, two entries that have changed places go unseen half of the time.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

STEP = 1e-5  # in units of the argument's spread
LIMIT = 1e-6  # right code stays below 1e-8, the weakest of 36 planted bugs is above 1e-2
LINEAR_LIMIT = 1e-10  # h = 1 is exact where phi is linear in each argument
SINGLE_LIMIT = 1e-4  # the same in float32, which finite differences cannot check otherwise
DIRECTIONS = 2


@dataclass(frozen=True)
class Slope:
    """One argument along one direction: the slope that the gradient says and the one that was measured."""

    argument: str
    said: float
    measured: float
    error: float


@dataclass(frozen=True)
class Step:
    """An argument, moved to both sides along a random direction.

    sides : the argument above and below
    spread : of its entries
    h : how far, in units of the spread
    """

    argument: str
    sides: tuple[np.ndarray, np.ndarray]
    spread: float
    h: float


def directional_errors(
    phi: Callable[[Mapping[str, np.ndarray]], float],
    arguments: Mapping[str, np.ndarray],
    gradients: Mapping[str, np.ndarray],
    *,
    linear: bool = False,
    directions: int = DIRECTIONS,
    seed: int = 0,
) -> list[Slope]:
    """Compare gradients with slopes measured along random directions.

    Parameters
    ----------
    phi : called with some of the arguments moved, returns a number
    arguments : arrays to be moved, one at a time
    gradients : for each argument, an array of its shape
    linear : phi is linear in each argument, so that h = 1 is exact
    directions : how many directions for each argument
    seed : of the directions

    Returns
    -------
    slopes : the worst direction of each argument
    """
    slopes: dict[str, list[Slope]] = {name: [] for name in arguments}
    for step in steps(arguments, linear=linear, directions=directions, seed=seed):
        above, below = (phi({step.argument: side}) for side in step.sides)
        slopes[step.argument].append(_slope(step, (above - below) / 2, gradients[step.argument]))
    return [max(along, key=lambda slope: slope.error) for along in slopes.values()]


def _slope(step: Step, measured: float, gradient: np.ndarray) -> Slope:
    """Hold what was measured along a step against what the gradient says."""
    gradient = np.asarray(gradient, np.float64)
    above, below = step.sides
    # What was really added, after rounding, is what the difference is divided by.
    moved = (above.astype(np.float64) - below.astype(np.float64)) / 2
    said = float((gradient * moved).sum())
    scale = float(np.linalg.norm(gradient) * step.spread * step.h) + abs(measured)
    difference = abs(measured - said)
    error = difference / scale if scale > 0 and math.isfinite(scale) else (0.0 if difference == 0 else math.inf)
    return Slope(step.argument, said / step.h, measured / step.h, error if math.isfinite(error) else math.inf)


def steps(
    arguments: Mapping[str, np.ndarray], *, linear: bool = False, directions: int = DIRECTIONS, seed: int = 0
) -> Iterator[Step]:
    """Yield the steps along which the slopes are measured: they hang on the arguments and the seed alone.

    Parameters
    ----------
    arguments, linear, directions, seed : see `directional_errors`
    """
    rng = np.random.default_rng(seed)
    for name, value in arguments.items():
        wide = value.astype(np.float64)
        spread = float(wide.std()) or float(np.abs(wide).max()) or 1.0
        h = 1.0 if linear else STEP
        for _ in range(directions):
            v = rng.normal(size=value.shape).astype(value.dtype) * value.dtype.type(spread)
            step = value.dtype.type(h) * v
            yield Step(name, (value + step, value - step), spread, h)
