"""Layers: thin objects that keep the weights, and between forward and backward the cache, of an operation.

The operation itself is always a pair of pure functions; a layer is the only place with state.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import numpy as np

from solutions import activation, batchnorm, convolution, dropout, linear, normalization, pooling, transposed
from solutions.geometry import as_pair, slid_shape
from solutions.initialization import kaiming_normal, xavier_normal


class Layer:
    """One operation with its weights.

    Attributes
    ----------
    pair : tuple of two functions
        Forward and backward; forward takes x, then the params in their order, then the options.
    params, grads : dict of name to array
        What is trained, and its gradients after `backward`.
    buffers : dict of name to array
        What is measured instead of trained: running statistics.
    options : dict
        Keyword arguments of forward.
    """

    pair: ClassVar[tuple] = ()

    def __init__(self, params: dict | None = None, **options) -> None:
        self.params = params or {}
        self.grads: dict[str, np.ndarray] = {}
        self.buffers: dict[str, np.ndarray] = {}
        self.options = options
        self.cache: object = None

    def forward(self, x: np.ndarray, *, training: bool = False) -> np.ndarray:
        """Compute the output and keep what backward needs."""
        y, self.cache = self.pair[0](x, *self.params.values(), **self.options)
        return y

    def backward(self, grad_y: np.ndarray, *, input_grad: bool = True) -> np.ndarray | None:
        """Fill `grads` and return the gradient of the input; with input_grad=False a layer may skip it (None)."""
        grads = self.pair[1](grad_y, self.cache)
        if not self.params:
            return grads
        grad_x, *param_grads = grads
        self.grads = dict(zip(self.params, param_grads, strict=True))
        return grad_x

    def children(self) -> dict[str, Layer]:
        """Layers inside this one, by name; empty unless it is a container."""
        return {}

    def output_shape(self, in_shape: tuple) -> tuple:
        """Shape of the output of one example, for one input of `in_shape` (no batch axis)."""
        return tuple(in_shape)

    def flops(self, in_shape: tuple) -> int:
        """Floating-point operations for one example: a multiplication and an addition for each use of a weight."""
        return 0

    def window(self) -> tuple | None:
        """Kernel, stride, padding and dilation for the receptive field; None for a layer that does not look around."""
        return None

    def __repr__(self) -> str:
        options = ", ".join(f"{name}={value!r}" for name, value in self.options.items())
        return f"{type(self).__name__}({options})"


def walk(layer: Layer, name: str = "") -> Iterator[tuple[str, Layer]]:
    """Yield every layer that does work, with its dotted name, in the order of the forward pass."""
    children = layer.children()
    if not children:
        yield name, layer
    for key, child in children.items():
        yield from walk(child, f"{name}.{key}" if name else key)


class Linear(Layer):
    """Fully connected layer on flattened inputs; He's weights unless `init` says otherwise, zero biases."""

    pair = (linear.linear_forward, linear.linear_backward)

    def __init__(
        self, inputs: int, outputs: int, rng: np.random.Generator, *, init=kaiming_normal, dtype=np.float32
    ) -> None:
        weight = init((inputs, outputs), rng).astype(dtype)
        super().__init__({"weight": weight, "bias": np.zeros(outputs, dtype)})

    def output_shape(self, in_shape: tuple) -> tuple:
        """(M,)."""
        features, outputs = self.params["weight"].shape
        if int(np.prod(in_shape)) != features:
            raise ValueError(f"input {in_shape} has {int(np.prod(in_shape))} features, the layer takes {features}")
        return (outputs,)

    def flops(self, in_shape: tuple) -> int:
        """2 D M."""
        return 2 * self.params["weight"].size


class Maxout(Layer):
    """The largest of `pieces` linear functions."""

    pair = (activation.maxout_forward, activation.maxout_backward)

    def __init__(
        self, inputs: int, outputs: int, pieces: int, rng: np.random.Generator, *, init=xavier_normal, dtype=np.float32
    ) -> None:
        weight = np.stack([init((inputs, outputs), rng) for _ in range(pieces)]).astype(dtype)
        super().__init__({"weight": weight, "bias": np.zeros((pieces, outputs), dtype)})

    def output_shape(self, in_shape: tuple) -> tuple:
        """(M,)."""
        return (self.params["weight"].shape[2],)

    def flops(self, in_shape: tuple) -> int:
        """2 k D M."""
        return 2 * self.params["weight"].size


class Conv2d(Layer):
    """Convolution with a square or (kH, kW) kernel; options stride, padding, dilation, groups."""

    pair = (convolution.conv2d_forward, convolution.conv2d_backward)

    def __init__(
        self,
        channels: int,
        filters: int,
        kernel: int | tuple,
        rng: np.random.Generator,
        *,
        init=kaiming_normal,
        dtype=np.float32,
        **options,
    ) -> None:
        groups = options.get("groups", 1)
        if groups < 1 or channels % groups or filters % groups:
            raise ValueError(f"groups is {groups}, needs to divide the {channels} channels and the {filters} filters")
        weight = init((filters, channels // groups, *as_pair("kernel", kernel, 1)), rng).astype(dtype)
        super().__init__({"weight": weight, "bias": np.zeros(filters, dtype)}, **options)

    def backward(self, grad_y: np.ndarray, *, input_grad: bool = True) -> np.ndarray | None:
        """Skip the gradient of the images when nobody asks for it: it is half of the work."""
        if input_grad:
            return super().backward(grad_y)
        grads = convolution.conv2d_weight_backward(grad_y, self.cache)
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


class ConvTranspose2d(Layer):
    """Transposed convolution; options stride, padding, output_padding."""

    pair = (transposed.conv2d_transpose_forward, transposed.conv2d_transpose_backward)

    def __init__(
        self,
        channels: int,
        filters: int,
        kernel: int | tuple,
        rng: np.random.Generator,
        *,
        init=kaiming_normal,
        dtype=np.float32,
        **options,
    ) -> None:
        weight = init((channels, filters, *as_pair("kernel", kernel, 1)), rng).astype(dtype)
        super().__init__({"weight": weight, "bias": np.zeros(filters, dtype)}, **options)

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


class MaxPool2d(Pool2d):
    """Largest entry of each window."""

    pair = (pooling.maxpool2d_forward, pooling.maxpool2d_backward)


class AvgPool2d(Pool2d):
    """Mean of each window."""

    pair = (pooling.avgpool2d_forward, pooling.avgpool2d_backward)


class GlobalAvgPool(Layer):
    """Mean of each map: (C, H, W) to (C,), whatever the resolution."""

    pair = (pooling.global_avg_pool_forward, pooling.global_avg_pool_backward)

    def output_shape(self, in_shape: tuple) -> tuple:
        """(C,)."""
        require_channels(in_shape, in_shape[0])
        return (in_shape[0],)

    def flops(self, in_shape: tuple) -> int:
        """One addition for each entry."""
        return int(np.prod(in_shape))


class Flatten(Layer):
    """All features of an example in a row."""

    def forward(self, x: np.ndarray, *, training: bool = False) -> np.ndarray:
        """(N, ...) to (N, D)."""
        self.cache = x.shape
        return x.reshape(len(x), -1)

    def backward(self, grad_y: np.ndarray, *, input_grad: bool = True) -> np.ndarray:
        """(N, D) to (N, ...)."""
        return grad_y.reshape(self.cache)

    def output_shape(self, in_shape: tuple) -> tuple:
        """(D,)."""
        return (int(np.prod(in_shape)),)


class Elementwise(Layer):
    """What the activations share: the options of the pair, one operation for each entry."""

    def __init__(self, **options) -> None:
        super().__init__(**options)

    def flops(self, in_shape: tuple) -> int:
        """One for each entry."""
        return int(np.prod(in_shape))


class ReLU(Elementwise):
    """max(0, x)."""

    pair = (activation.relu_forward, activation.relu_backward)


class LeakyReLU(Elementwise):
    """Option slope."""

    pair = (activation.leaky_relu_forward, activation.leaky_relu_backward)


class ELU(Elementwise):
    """Option alpha."""

    pair = (activation.elu_forward, activation.elu_backward)


class Sigmoid(Elementwise):
    """1 / (1 + exp(-x))."""

    pair = (activation.sigmoid_forward, activation.sigmoid_backward)


class Tanh(Elementwise):
    """Hyperbolic tangent."""

    pair = (activation.tanh_forward, activation.tanh_backward)


class Softplus(Elementwise):
    """log(1 + exp(x))."""

    pair = (activation.softplus_forward, activation.softplus_backward)


class GELU(Elementwise):
    """The tanh form."""

    pair = (activation.gelu_forward, activation.gelu_backward)


class SiLU(Elementwise):
    """x sigmoid(x)."""

    pair = (activation.silu_forward, activation.silu_backward)


class SELU(Elementwise):
    """Scaled ELU."""

    pair = (activation.selu_forward, activation.selu_backward)


class PReLU(Layer):
    """Leaky ReLU with a trained slope for each channel, 0.25 at the start."""

    pair = (activation.prelu_forward, activation.prelu_backward)

    def __init__(self, channels: int, *, slope: float = 0.25, dtype=np.float32) -> None:
        super().__init__({"slope": np.full(channels, slope, dtype)})

    def flops(self, in_shape: tuple) -> int:
        """One for each entry."""
        return int(np.prod(in_shape))


class Normalization(Layer):
    """What the normalizations share: scale 1 and shift 0 for each channel, about four operations for each entry."""

    def __init__(self, channels: int, *, dtype=np.float32, **options) -> None:
        super().__init__({"scale": np.ones(channels, dtype), "shift": np.zeros(channels, dtype)}, **options)

    def flops(self, in_shape: tuple) -> int:
        """Four for each entry: subtract, divide, scale, shift."""
        return 4 * int(np.prod(in_shape))


class BatchNorm(Normalization):
    """Batch norm of (N, D) or NCHW; options alpha (weight of the old statistics) and eps."""

    pair = (batchnorm.batchnorm_forward, batchnorm.batchnorm_backward)

    def __init__(self, channels: int, *, dtype=np.float32, **options) -> None:
        super().__init__(channels, dtype=dtype, **options)
        self.buffers = {"mean": np.zeros(channels, dtype), "var": np.ones(channels, dtype)}

    def forward(self, x: np.ndarray, *, training: bool = False) -> np.ndarray:
        """Training uses the batch and updates the running statistics; inference uses these and changes nothing."""
        running = tuple(self.buffers.values())
        y, self.cache, (mean, var) = self.pair[0](x, *self.params.values(), running, training=training, **self.options)
        if training:
            self.buffers = {"mean": mean, "var": var}
        return y


class LayerNorm(Normalization):
    """Option eps."""

    pair = (normalization.layernorm_forward, normalization.layernorm_backward)


class InstanceNorm(Normalization):
    """Option eps."""

    pair = (normalization.instancenorm_forward, normalization.instancenorm_backward)


class GroupNorm(Normalization):
    """Options groups and eps."""

    pair = (normalization.groupnorm_forward, normalization.groupnorm_backward)

    def __init__(self, channels: int, groups: int, *, dtype=np.float32, **options) -> None:
        super().__init__(channels, dtype=dtype, groups=groups, **options)


class LocalResponseNorm(Elementwise):
    """AlexNet's; options size, alpha, beta, k."""

    pair = (normalization.local_response_norm_forward, normalization.local_response_norm_backward)


class Dropout(Elementwise):
    """Inverted dropout, active in training only; it draws from a generator of its own."""

    pair = (dropout.dropout_forward, dropout.dropout_backward)

    def __init__(self, drop: float, rng: np.random.Generator) -> None:
        super().__init__(drop=drop)
        self.rng = rng

    def forward(self, x: np.ndarray, *, training: bool = False) -> np.ndarray:
        """Drop and scale in training; at inference the identity."""
        y, self.cache = self.pair[0](x, self.options["drop"], self.rng, training=training)
        return y


def require_channels(in_shape: tuple, channels: int) -> None:
    """Raise ValueError unless in_shape is (channels, H, W)."""
    if len(in_shape) != 3 or in_shape[0] != channels:
        raise ValueError(f"input is {tuple(in_shape)}, needs ({channels}, H, W): images with {channels} channels")


def slid_over(in_shape: tuple, window: tuple) -> tuple[int, int]:
    """Height and width after sliding a window (kernel, stride, padding, dilation) over (C, H, W)."""
    least = (1, 1, 0, 1)
    return slid_shape(in_shape[1:], *(as_pair("window", value, low) for value, low in zip(window, least, strict=True)))
