"""The one check that every operation makes: an array has the shape that its partner dictates."""

import numpy as np


def require_shape(name: str, array: np.ndarray, shape: tuple, reason: str) -> None:
    """Raise ValueError unless `array` has exactly this shape: broadcasting would hide the mistake."""
    if np.shape(array) != tuple(shape):
        raise ValueError(f"{name} has shape {np.shape(array)}, needs {tuple(shape)}: {reason}")
