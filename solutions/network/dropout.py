"""Dropout as a layer, with a generator of its own."""

from __future__ import annotations

import numpy as np

from solutions import dropout
from solutions.network.elementwise import Elementwise


class Dropout(Elementwise, pair=(dropout.dropout_forward, dropout.dropout_backward)):
    """Inverted dropout, active in training only; it draws from a generator of its own."""

    def __init__(self, drop: float, rng: np.random.Generator) -> None:
        super().__init__(drop=drop)
        self.rng = rng

    def forward(self, x: np.ndarray, *, training: bool = False) -> np.ndarray:
        """Drop and scale in training; at inference the identity."""
        y, self.cache = self.pair[0](x, self.options["drop"], self.rng, training=training)
        return y
