"""The checks that many operations make: a shape that a partner dictates, a share between 0 and 1."""

import numpy as np


def require_shape(name: str, array: np.ndarray, shape: tuple, reason: str) -> None:
    """Raise ValueError unless `array` has exactly this shape: broadcasting would hide the mistake."""
    if np.shape(array) != tuple(shape):
        raise ValueError(f"{name} has shape {np.shape(array)}, needs {tuple(shape)}: {reason}")


def require_mode(training: bool) -> None:
    """Raise ValueError unless training is True or False: a word such as "test" would count as True."""
    if training not in (True, False):
        raise ValueError(f"training is {training!r}, needs True (training) or False (inference)")


def require_fraction(name: str, value: float) -> None:
    """Raise ValueError unless 0 <= value < 1: at 1 the past is never forgotten."""
    if not 0 <= value < 1:
        raise ValueError(f"{name} is {value}, needs at least 0 and below 1: it is the share of the past that is kept")
