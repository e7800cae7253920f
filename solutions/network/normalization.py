"""Layers that normalize."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from solutions import fast, normalization
from solutions.network.elementwise import Elementwise
from solutions.network.layer import Layer


class Normalization(Layer):
    """What the normalizations share: scale 1 and shift 0 for each channel, about four operations for each entry."""

    def __init__(self, channels: int, *, dtype: DTypeLike = np.float32, **options: Any) -> None:
        super().__init__({"scale": np.ones(channels, dtype), "shift": np.zeros(channels, dtype)}, **options)

    def flops(self, in_shape: tuple) -> int:
        """Four for each entry: subtract, divide, scale, shift."""
        return 4 * int(np.prod(in_shape))


class BatchNorm(Normalization, pair=(fast.batchnorm_forward, fast.batchnorm_backward)):
    """Batch norm of (N, D) or NCHW; options alpha (weight of the old statistics) and eps."""

    def __init__(self, channels: int, *, dtype: DTypeLike = np.float32, **options: Any) -> None:
        super().__init__(channels, dtype=dtype, **options)
        self.buffers = {"mean": np.zeros(channels, dtype), "var": np.ones(channels, dtype)}

    def forward(self, x: np.ndarray, *, training: bool = False) -> np.ndarray:
        """Training uses the batch and updates the running statistics; inference uses these and changes nothing."""
        running = self.buffers["mean"], self.buffers["var"]
        y, self.cache, (mean, var) = fast.batchnorm_forward(
            x, self.params["scale"], self.params["shift"], running, training=training, **self.options
        )
        if training:
            self.buffers = {"mean": mean, "var": var}
        return y


class LayerNorm(Normalization, pair=(normalization.layernorm_forward, normalization.layernorm_backward)):
    """Option eps."""


class InstanceNorm(Normalization, pair=(normalization.instancenorm_forward, normalization.instancenorm_backward)):
    """Option eps."""


class GroupNorm(Normalization, pair=(normalization.groupnorm_forward, normalization.groupnorm_backward)):
    """Options groups and eps."""

    def __init__(self, channels: int, groups: int, *, dtype: DTypeLike = np.float32, **options: Any) -> None:
        super().__init__(channels, dtype=dtype, groups=groups, **options)


class LocalResponseNorm(
    Elementwise, pair=(normalization.local_response_norm_forward, normalization.local_response_norm_backward)
):
    """AlexNet's; options size, alpha, beta, k."""
