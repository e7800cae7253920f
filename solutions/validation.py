"""Checks of arguments that many operations make: a shape that a partner dictates, a pair, a share, a mode."""

import operator
from typing import Any

import numpy as np

IntOrPair = int | tuple[int, int]
"""One number for both directions, or (height, width)."""


def require_shape(name: str, array: np.ndarray | float, shape: tuple, reason: str) -> None:
    """Raise ValueError unless `array` has exactly this shape: broadcasting would hide the mistake."""
    if np.shape(array) != tuple(shape):
        raise ValueError(f"{name} has shape {np.shape(array)}, needs {tuple(shape)}: {reason}")


def require_images(x: np.ndarray) -> None:
    """Raise ValueError unless x has the four axes N, C, H, W."""
    if np.ndim(x) != 4:
        raise ValueError(f"x has shape {np.shape(x)}, needs (N, C, H, W): add the missing axes with x[None]")


def as_pair(name: str, value: Any, least: int) -> tuple[int, int]:
    """Write 3 as (3, 3), leave (3, 2) as it is, and refuse what is not made of integers of at least `least`."""
    try:
        height, width = (operator.index(number) for number in ((value, value) if np.ndim(value) == 0 else value))
        right = min(height, width) >= least
    except (TypeError, ValueError):
        right = False
    if not right:
        raise ValueError(
            f"{name} is {value!r}, needs an integer of at least {least}, or a pair (height, width) of them"
        )
    return height, width


def require_fraction(name: str, value: float) -> None:
    """Raise ValueError unless 0 <= value < 1: at 1 the past is never forgotten."""
    if not 0 <= value < 1:
        raise ValueError(f"{name} is {value}, needs at least 0 and below 1: it is the share of the past that is kept")


def require_mode(training: bool) -> None:
    """Raise ValueError unless training is True or False: a word such as "test" would count as True."""
    if training not in (True, False):
        raise ValueError(f"training is {training!r}, needs True (training) or False (inference)")
