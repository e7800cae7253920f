"""Inputs that the cases of many exercises draw."""

from collections.abc import Mapping
from typing import Any

import numpy as np


def shuffled(rng: np.random.Generator, *sizes: int) -> list[int]:
    """Return the sizes in another order, for axes of which no two are equally long."""
    return [int(size) for size in rng.permutation(sizes)]


def in_float32(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return the inputs with every array in float32."""
    return {key: value.astype(np.float32) if isinstance(value, np.ndarray) else value for key, value in inputs.items()}
