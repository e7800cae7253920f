"""Every fast function computes what its twin computes as it is written down: forward, backward, whatever the options.

`solutions.fast.twin.TWINS` names the pairs.  A fast function that is in no pair, or has an option that no case here
sets, fails.
"""

import inspect
from dataclasses import dataclass, field

import numpy as np
import pytest
from probe import assert_close

from solutions import convolution, fast, normalization
from solutions.fast.twin import TWINS

OPERATIONS = sorted(name.removesuffix("_forward") for name in fast.__all__ if name.endswith("_forward"))
TOLERANCE = {np.float64: 1e-10, np.float32: 1e-5}


@dataclass(frozen=True)
class Case:
    """Shapes of the arrays, other arguments, and the written-down pair to compare with: by default the twin."""

    shapes: list
    options: dict = field(default_factory=dict)
    pair: tuple | None = None
    more: tuple = ()  # positional arguments after the arrays


# --- what the definitions have no option for, written down in other words ----------------------------------------


def einsum_forward(x, weight, bias, **options):
    return convolution.conv2d_einsum(x, weight, bias, **options), (x, weight, options)


def einsum_backward(grad_y, cache):
    x, weight, options = cache
    return convolution.conv2d_einsum_backward(grad_y, x, weight, **options)


def channelwise_forward(x, weight, bias, **options):
    return einsum_forward(x, weight, bias, groups=x.shape[1], **options)


def adjoint_forward(x, weight, bias, *, stride, padding, output_padding):
    """A transposed convolution is the gradient of a convolution with respect to its images."""
    size = [
        (x.shape[2 + axis] - 1) * stride[axis] - 2 * padding[axis] + weight.shape[2 + axis] + output_padding[axis]
        for axis in (0, 1)
    ]
    images = np.zeros((len(x), weight.shape[1], *size))
    options = {"stride": stride, "padding": padding}
    y, *_ = convolution.conv2d_einsum_backward(x, images, weight, **options)
    return y + bias[:, None, None], (x, weight, options)


def adjoint_backward(grad_y, cache):
    x, weight, options = cache
    grad_x = convolution.conv2d_einsum(grad_y, weight, np.zeros(len(weight)), **options)
    _, grad_weight, _ = convolution.conv2d_einsum_backward(x, grad_y, weight, **options)
    return grad_x, grad_weight, grad_y.sum(axis=(0, 2, 3))


def separable_forward(x, depthwise, pointwise, bias, **options):
    between, cache = channelwise_forward(x, depthwise, np.zeros(len(depthwise)), **options)
    y, pointwise_cache = convolution.pointwise_conv_forward(between, pointwise, bias)
    return y, (cache, pointwise_cache)


def separable_backward(grad_y, cache):
    grad_between, grad_pointwise, grad_bias = convolution.pointwise_conv_backward(grad_y, cache[1])
    grad_x, grad_depthwise, _ = einsum_backward(grad_between, cache[0])
    return grad_x, grad_depthwise, grad_pointwise, grad_bias


EINSUM = einsum_forward, einsum_backward
DILATED = convolution.dilated_conv_forward, convolution.dilated_conv_backward
ADJOINT = adjoint_forward, adjoint_backward
CHANNELWISE = channelwise_forward, einsum_backward
SEPARABLE = separable_forward, separable_backward
IMAGES = normalization.spatial_batchnorm_forward, normalization.spatial_batchnorm_backward
RUNNING = np.array([0.5, -1.0, 2.0]), np.array([0.5, 1.0, 2.0])

CASES = {
    "conv2d": [
        Case([(2, 3, 8, 9), (4, 3, 3, 2), (4,)], {"stride": 2, "padding": 1}),
        Case([(2, 3, 11, 7), (4, 3, 2, 3), (4,)], {"stride": 3, "padding": 2}),
        Case([(3, 2, 4, 5), (3, 2, 4, 5), (3,)]),
        Case([(2, 5, 3, 4), (3, 5, 1, 1), (3,)]),
        Case([(2, 33, 7, 6), (34, 33, 3, 3), (34,)], {"padding": 1}),
        Case([(2, 3, 8, 9), (4, 3, 3, 2), (4,)], {"stride": 2, "padding": 1, "dilation": 3}, DILATED),
        Case([(2, 2, 9, 8), (3, 2, 2, 3), (3,)], {"stride": (2, 1), "padding": (0, 2), "dilation": (1, 2)}, EINSUM),
        Case([(2, 6, 5, 4), (4, 3, 3, 2), (4,)], {"padding": 1, "groups": 2}, EINSUM),
        Case([(2, 3, 5, 4), (6, 1, 3, 2), (6,)], {"groups": 3}, EINSUM),
    ],
    "conv2d_transpose": [
        Case([(2, 3, 4, 5), (3, 2, 3, 2), (2,)]),
        Case([(2, 3, 4, 5), (3, 2, 4, 4), (2,)], {"stride": 2, "padding": 1}),
        Case([(2, 3, 4, 5), (3, 2, 3, 2), (2,)], {"stride": 4}),
        Case(
            [(2, 3, 4, 3), (3, 2, 3, 3), (2,)],
            {"stride": (3, 2), "padding": (0, 1), "output_padding": (2, 1)},
            ADJOINT,
        ),
    ],
    "depthwise_conv": [
        Case([(2, 3, 7, 6), (3, 1, 3, 2), (3,)], {"stride": 2, "padding": 1}),
        Case([(2, 2, 8, 7), (2, 1, 2, 3), (2,)], {"stride": (1, 3), "padding": (0, 2)}, CHANNELWISE),
    ],
    "separable_conv": [
        Case([(2, 3, 7, 6), (3, 1, 3, 2), (4, 3), (4,)], {"stride": 2, "padding": 1}),
        Case([(2, 3, 8, 7), (3, 1, 2, 3), (4, 3), (4,)], {"stride": (1, 3), "padding": (0, 2)}, SEPARABLE),
    ],
    "batchnorm": [
        Case([(7, 3), (3,), (3,)], {"training": True}, more=(None,)),
        Case([(6, 3), (3,), (3,)], {"training": True, "alpha": 0.7, "eps": 0.01}, more=(RUNNING,)),
        Case([(4, 3), (3,), (3,)], {"training": False}, more=(RUNNING,)),
        Case([(40, 500), (500,), (500,)], {"training": True, "alpha": 0.7}, more=(None,)),
        Case([(40, 500), (500,), (500,)], {"training": False}, more=(None,)),
        Case([(2, 3, 4, 5), (3,), (3,)], {"training": True, "eps": 0.01}, IMAGES, more=(RUNNING,)),
        Case([(2, 3, 5, 4), (3,), (3,)], {"training": False}, IMAGES, more=(RUNNING,)),
    ],
    "maxpool2d": [
        Case([(2, 3, 8, 9)], {"kernel": 2}),
        Case([(2, 3, 7, 9)], {"kernel": 3, "stride": 2, "padding": 1}),
        Case([(2, 3, 9, 8)], {"kernel": (2, 3), "stride": (3, 1), "padding": (1, 0)}),
    ],
}


def numbers(shape, dtype, rng, channels_last):
    """Normal numbers, a few of them equal to their neighbours, images in either order of memory."""
    array = rng.standard_normal(shape).astype(dtype)
    array[..., 1:3] = array[..., :1]
    if channels_last and array.ndim == 4:
        array = np.ascontiguousarray(array.transpose(0, 2, 3, 1)).transpose(0, 3, 1, 2)
    return array


def results(pair, arrays, case, grad_y=None):
    """Output, running statistics if there are any, and gradients."""
    more = [value and tuple(array.astype(arrays[0].dtype) for array in value) for value in case.more]
    y, cache, *running = pair[0](*arrays, *more, **case.options)
    if grad_y is None:
        return y
    grads = pair[1](grad_y, cache)
    return [y, *(running[0] if running else ()), *(grads if isinstance(grads, tuple) else (grads,))]


def test_every_fast_function_has_its_twin():
    assert sorted(TWINS) == sorted(fast.__all__)
    for name, (mine, written) in TWINS.items():
        assert mine is getattr(fast, name)
        assert not written.__module__.startswith("solutions.fast")


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_option_is_compared(operation):
    options = {
        parameter.name
        for parameter in inspect.signature(getattr(fast, f"{operation}_forward")).parameters.values()
        if parameter.kind is parameter.KEYWORD_ONLY or parameter.default is not parameter.empty
    }
    assert options <= {name for case in CASES[operation] for name in case.options}


@pytest.mark.parametrize("channels_last", [False, True], ids=["channels first", "channels last"])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize(
    ("operation", "case"),
    [
        pytest.param(operation, case, id=f"{operation} {number}")
        for operation in OPERATIONS
        for number, case in enumerate(CASES[operation])
    ],
)
def test_a_fast_pair_computes_the_same(operation, case, dtype, channels_last):
    rng = np.random.default_rng(0)
    arrays = [numbers(shape, dtype, rng, channels_last) for shape in case.shapes]
    names = [f"{operation}_{way}" for way in ("forward", "backward")]
    mine = tuple(getattr(fast, name) for name in names)
    pair = case.pair or tuple(TWINS[name][1] for name in names)
    before = [array.copy() for array in arrays]
    grad_y = numbers(results(mine, arrays, case).shape, dtype, rng, channels_last)
    for ours, right in zip(results(mine, arrays, case, grad_y), results(pair, arrays, case, grad_y), strict=True):
        assert ours.dtype == dtype
        assert_close(ours, right, TOLERANCE[dtype])
    assert all(np.array_equal(now, then) for now, then in zip(arrays, before, strict=True))


def test_the_gradients_of_a_first_layer_are_those_of_the_convolution():
    rng = np.random.default_rng(0)
    arrays = [rng.standard_normal(shape) for shape in CASES["conv2d"][0].shapes]
    for storey in (fast, convolution):
        y, cache = storey.conv2d_forward(*arrays, stride=2, padding=1)
        whole, alone = storey.conv2d_backward(y, cache)[1:], storey.conv2d_weight_backward(y, cache)
        assert all(np.array_equal(*both) for both in zip(whole, alone, strict=True))
