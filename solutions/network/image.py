"""Layers for images: convolutions and poolings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from solutions import fast, pooling
from solutions.geometry import slid_shape
from solutions.initialization import kaiming_normal
from solutions.network.layer import Layer
from solutions.validation import as_pair


class Kernels(Layer):
    """What the convolutions share: kernels of a square or (kH, kW) size, and a bias for each filter."""

    def __init__(
        self,
        channels: int,
        filters: int,
        kernel: int | tuple,
        rng: np.random.Generator,
        *,
        init: Callable = kaiming_normal,
        dtype: DTypeLike = np.float32,
        **options: Any,
    ) -> None:
        size = as_pair("kernel", kernel, 1)
        weight = init((*self.ends(channels, filters, **options), *size), rng).astype(dtype)
        super().__init__({"weight": weight, "bias": np.zeros(filters, dtype)}, **options)

    def ends(self, channels: int, filters: int, **options: Any) -> tuple[int, int]:
        """Return the first two axes of the weight, which come before the kernel's size."""
        raise NotImplementedError


class Conv2d(Kernels, pair=(fast.conv2d_forward, fast.conv2d_backward)):
    """Convolution; options stride, padding, dilation, groups."""

    def ends(self, channels: int, filters: int, **options: Any) -> tuple[int, int]:
        """(F, C / groups)."""
        groups = options.get("groups", 1)
        if groups < 1 or channels % groups or filters % groups:
            raise ValueError(f"groups is {groups}, needs to divide the {channels} channels and the {filters} filters")
        return filters, channels // groups

    def backward(self, grad_y: np.ndarray, *, input_grad: bool = True) -> np.ndarray | None:
        """Skip the gradient of the images when nobody asks for it: it is half of the work."""
        if input_grad:
            return super().backward(grad_y)
        grads = fast.conv2d_weight_backward(grad_y, self.cache)
        self.grads = dict(zip(self.params, grads, strict=True))
        return None

    def window(self) -> tuple:
        """Kernel, stride, padding and dilation."""
        kernel = self.params["weight"].shape[2:]
        return kernel, self.options.get("stride", 1), self.options.get("padding", 0), self.options.get("dilation", 1)

    def output_shape(self, in_shape: tuple) -> tuple:
        """(F, H', W')."""
        filters, channels = self.params["weight"].shape[:2]
        require_channels(in_shape, channels * self.options.get("groups", 1))
        return (filters, *slid_over(in_shape, self.window()))

    def flops(self, in_shape: tuple) -> int:
        """Twice the weights at every output position."""
        _, height, width = self.output_shape(in_shape)
        return 2 * self.params["weight"].size * height * width


class ConvTranspose2d(Kernels, pair=(fast.conv2d_transpose_forward, fast.conv2d_transpose_backward)):
    """Transposed convolution; options stride, padding, output_padding."""

    def ends(self, channels: int, filters: int, **options: Any) -> tuple[int, int]:
        """(C, F)."""
        return channels, filters

    def output_shape(self, in_shape: tuple) -> tuple:
        """(F, (H - 1) stride - 2 padding + kH + output_padding, likewise W')."""
        channels, filters, *kernel = self.params["weight"].shape
        require_channels(in_shape, channels)
        defaults = {"stride": 1, "padding": 0, "output_padding": 0}
        options = [as_pair(name, self.options.get(name, default), 0) for name, default in defaults.items()]
        stride, padding, extra = options
        sizes = ((in_shape[1 + i] - 1) * stride[i] - 2 * padding[i] + kernel[i] + extra[i] for i in (0, 1))
        return (filters, *sizes)

    def flops(self, in_shape: tuple) -> int:
        """Twice the weights at every input position."""
        return 2 * self.params["weight"].size * in_shape[1] * in_shape[2]


class Pool2d(Layer):
    """What the poolings share; options kernel, stride (default: kernel) and padding."""

    def __init__(self, kernel: int | tuple, stride: int | tuple | None = None, padding: int | tuple = 0) -> None:
        super().__init__(kernel=kernel, stride=kernel if stride is None else stride, padding=padding)

    def window(self) -> tuple:
        """Kernel, stride, padding and a dilation of 1."""
        return self.options["kernel"], self.options["stride"], self.options["padding"], 1

    def output_shape(self, in_shape: tuple) -> tuple:
        """(C, H', W')."""
        require_channels(in_shape, in_shape[0])
        return (in_shape[0], *slid_over(in_shape, self.window()))

    def flops(self, in_shape: tuple) -> int:
        """One comparison or addition for each entry of each window."""
        return int(np.prod(self.output_shape(in_shape)) * np.prod(as_pair("kernel", self.options["kernel"], 1)))


class MaxPool2d(Pool2d, pair=(fast.maxpool2d_forward, fast.maxpool2d_backward)):
    """Largest entry of each window."""


class AvgPool2d(Pool2d, pair=(pooling.avgpool2d_forward, pooling.avgpool2d_backward)):
    """Mean of each window."""


class GlobalAvgPool(Layer, pair=(pooling.global_avg_pool_forward, pooling.global_avg_pool_backward)):
    """Mean of each map: (C, H, W) to (C,), whatever the resolution."""

    def output_shape(self, in_shape: tuple) -> tuple:
        """(C,)."""
        require_channels(in_shape, in_shape[0])
        return (in_shape[0],)

    def flops(self, in_shape: tuple) -> int:
        """One addition for each entry."""
        return int(np.prod(in_shape))


def require_channels(in_shape: tuple, channels: int) -> None:
    """Raise ValueError unless in_shape is (channels, H, W)."""
    if len(in_shape) != 3 or in_shape[0] != channels:
        raise ValueError(f"input is {tuple(in_shape)}, needs ({channels}, H, W): images with {channels} channels")


def slid_over(in_shape: tuple, window: tuple) -> tuple[int, int]:
    """Height and width after sliding a window (kernel, stride, padding, dilation) over (C, H, W)."""
    least = (1, 1, 0, 1)
    return slid_shape(in_shape[1:], *(as_pair("window", value, low) for value, low in zip(window, least, strict=True)))
