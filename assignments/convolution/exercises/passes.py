"""Cases of the two passes of a convolution, and other right ways to write them."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from classroom.staff.declare.exercise import Case

from .windows import conv_call, conv_inputs, small_inputs, spoken

BACKWARD = "grad_x, grad_weight, grad_bias = conv2d_backward(grad_y, cache)"


def with_gradient(rng, inputs):
    """Add an upstream gradient of the shape of y."""
    (n, _, h, w), (f, _, kh, kw) = inputs["x"].shape, inputs["weight"].shape
    stride, padding = inputs["stride"], inputs["padding"]
    size = (n, f, (h + 2 * padding - kh) // stride + 1, (w + 2 * padding - kw) // stride + 1)
    return inputs | {"grad_y": rng.normal(size=size).astype(inputs["x"].dtype)}


def conv_case(direction, name, inputs, rng, kind=""):
    """One case of the forward pass, or of the backward pass behind it."""
    if direction == "forward":
        inputs = spoken(inputs)
        return Case(name, inputs=inputs, calls=[f"y, cache = {conv_call(inputs)}"], outputs=("y",), kind=kind)
    outputs = ("grad_x", "grad_weight", "grad_bias")
    inputs = with_gradient(rng, inputs)
    calls = [f"y, cache = {conv_call(inputs)}", BACKWARD]
    return Case(name, inputs=inputs, calls=calls, outputs=outputs, kind=kind)


def conv_cases(direction):
    """Sizes all different; a remainder without padding, overlapping windows, a stride, and two cases for the hand."""
    rng = np.random.default_rng(50)
    drawn = [
        ("one row of weights", small_inputs([[1, 2, 0, -1], [3, -2, 1, 4]], [[1, -2]], 1, 0)),
        ("one column of weights", small_inputs([[1, -2, 3], [2, 4, -1]], [[2], [-1]], 2, 1)),
        ("stride 2 with a remainder", conv_inputs(rng, (2, 3, 8, 9, 4, 3, 2), 2, 0)),
        ("overlapping windows", conv_inputs(rng, (3, 2, 6, 9, 4, 3, 5), 1, 2)),
        ("stride 3", conv_inputs(rng, (2, 1, 8, 11, 3, 2, 4), 3, 1)),
        ("no padding", conv_inputs(rng, (2, 3, 4, 6, 5, 2, 3), 1, 0)),
    ]
    visible = [conv_case(direction, name, inputs, rng) for name, inputs in drawn]

    def hidden(rng):
        made = []
        for stride in (1, 2, 3):
            n, c, f = (int(size) for size in rng.permutation([2, 3, 4]))
            kh, kw = (int(size) for size in rng.permutation([2, 3, 4])[:2])
            h, w = (int(size) for size in rng.permutation([7, 8, 9, 11])[:2])
            inputs = conv_inputs(rng, (n, c, h, w, f, kh, kw), stride, int(rng.integers(0, 3)))
            made.append(conv_case(direction, f"stride {stride}", inputs, rng, "odd shapes"))
        small = conv_inputs(rng, (3, 4, 5, 7, 2, 1, 1), int(rng.integers(1, 4)), 0)
        made.append(conv_case(direction, "1 x 1", small, rng, "a kernel of one pixel"))
        single = conv_inputs(rng, (1, 1, 6, 5, 1, 3, 2), 2, int(rng.integers(0, 3)))
        made.append(conv_case(direction, "single", single, rng, "one image, one channel, one filter"))
        whole = conv_inputs(rng, (2, 3, 4, 5, 6, 4, 5), 1, 0)
        made.append(conv_case(direction, "whole", whole, rng, "a kernel as large as the image"))
        framed = conv_inputs(rng, (2, 3, 4, 5, 2, 3, 4), 2, 3)
        made.append(conv_case(direction, "framed", framed, rng, "a wide border"))
        scaled = conv_inputs(rng, (2, 3, 5, 6, 4, 2, 3), 1, 1)
        scaled["x"] *= 1e6
        scaled["weight"] *= 1e-7
        made.append(conv_case(direction, "scaled", scaled, rng, "extreme values"))
        for index in range(2):
            thin = conv_inputs(rng, (2, 3, 6, 7, 4, 2, 3), 1 + index, 1)
            thin |= {name: thin[name].astype(np.float32) for name in ("x", "weight", "bias")}
            made.append(conv_case(direction, f"float32 {index}", thin, rng, "float32"))
        wide = conv_inputs(rng, (2, 3, 6, 14, 4, 3, 2), 2, 1)
        wide["x"] = wide["x"][..., ::2]
        wide["weight"] = wide["weight"].transpose(0, 1, 3, 2)
        made.append(conv_case(direction, "strided", wide, rng, "non-contiguous"))
        return made

    return {"cases": visible, "hidden": hidden}


def forward_positions(x, weight, bias, *, stride=1, padding=0):
    n, _c, h, w = x.shape
    f, _, kh, kw = weight.shape
    rows = (h + 2 * padding - kh) // stride + 1
    columns = (w + 2 * padding - kw) // stride + 1
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    y = np.zeros((n, f, rows, columns), x.dtype)
    for i in range(rows):
        for j in range(columns):
            patch = padded[:, :, i * stride : i * stride + kh, j * stride : j * stride + kw]
            y[:, :, i, j] = np.tensordot(patch, weight, axes=([1, 2, 3], [1, 2, 3])) + bias
    return y, (x, weight, stride, padding)


def backward_positions(grad_y, cache):
    x, weight, stride, padding = cache
    _n, _c, h, w = x.shape
    _f, _, kh, kw = weight.shape
    rows, columns = grad_y.shape[2:]
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    grad_padded = np.zeros_like(padded)
    grad_weight = np.zeros_like(weight)
    for i in range(rows):
        for j in range(columns):
            patch = padded[:, :, i * stride : i * stride + kh, j * stride : j * stride + kw]
            grad_weight += np.tensordot(grad_y[:, :, i, j], patch, axes=(0, 0))
            back = np.tensordot(grad_y[:, :, i, j], weight, axes=(1, 0))
            grad_padded[:, :, i * stride : i * stride + kh, j * stride : j * stride + kw] += back
    grad_bias = grad_y.sum(axis=(0, 2, 3))
    grad_x = grad_padded[:, :, padding : padding + h, padding : padding + w]
    return grad_x, grad_weight, grad_bias


def forward_loops(x, weight, bias, *, stride=1, padding=0):
    n, _c, h, w = x.shape
    f, _, kh, kw = weight.shape
    y = np.zeros((n, f, (h + 2 * padding - kh) // stride + 1, (w + 2 * padding - kw) // stride + 1), x.dtype)
    for image, filter_, i, j in np.ndindex(y.shape):
        total = bias[filter_]
        for u in range(kh):
            for v in range(kw):
                row, column = i * stride + u - padding, j * stride + v - padding
                if 0 <= row < h and 0 <= column < w:
                    total = total + np.dot(x[image, :, row, column], weight[filter_, :, u, v])
        y[image, filter_, i, j] = total
    return y, (x, weight, stride, padding)


def forward_einsum(x, weight, bias, *, stride=1, padding=0):
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    patches = sliding_window_view(padded, weight.shape[2:], axis=(2, 3))[:, :, ::stride, ::stride]
    y = np.einsum("nchwij,fcij->nfhw", patches, weight) + bias[:, None, None]
    return y, (x, weight, stride, padding)


def backward_einsum(grad_y, cache):
    x, weight, stride, padding = cache
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    patches = sliding_window_view(padded, weight.shape[2:], axis=(2, 3))[:, :, ::stride, ::stride]
    grad_weight = np.einsum("nchwij,nfhw->fcij", patches, grad_y)
    grad_padded = np.zeros_like(padded)
    rows, columns = grad_y.shape[2:]
    for u, v in np.ndindex(weight.shape[2:]):
        there = grad_padded[:, :, u : u + stride * rows : stride, v : v + stride * columns : stride]
        there += np.einsum("nfhw,fc->nchw", grad_y, weight[:, :, u, v])
    h, w = x.shape[2:]
    return grad_padded[:, :, padding : padding + h, padding : padding + w], grad_weight, np.einsum("nfhw->f", grad_y)


def forward_columns(x, weight, bias, *, stride=1, padding=0):
    n, c, _h, _w = x.shape
    f, _, kh, kw = weight.shape
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    patches = sliding_window_view(padded, (kh, kw), axis=(2, 3))[:, :, ::stride, ::stride]
    rows, columns = patches.shape[2:4]
    matrix = patches.transpose(0, 2, 3, 1, 4, 5).reshape(n * rows * columns, c * kh * kw)
    y = matrix @ weight.reshape(f, -1).T
    y += bias
    return y.reshape(n, rows, columns, f).transpose(0, 3, 1, 2), {
        "matrix": matrix,
        "x": x,
        "w": weight,
        "s": stride,
        "p": padding,
    }


def backward_columns(grad_y, cache):
    x, weight, stride, padding = cache["x"], cache["w"], cache["s"], cache["p"]
    n, c, h, w = x.shape
    f, _, kh, kw = weight.shape
    rows, columns = grad_y.shape[2:]
    flat = grad_y.transpose(0, 2, 3, 1).reshape(-1, f)
    grad_matrix = (flat @ weight.reshape(f, -1)).reshape(n, rows, columns, c, kh, kw)
    grad_padded = np.zeros((n, c, h + 2 * padding, w + 2 * padding), x.dtype)
    for image in range(n):
        for i in range(rows):
            for j in range(columns):
                grad_padded[image, :, i * stride : i * stride + kh, j * stride : j * stride + kw] += grad_matrix[
                    image, i, j
                ]
    grad_x = grad_padded[:, :, padding : h + padding, padding : w + padding]
    return grad_x, (flat.T @ cache["matrix"]).reshape(weight.shape), flat.sum(axis=0)


def forward_fourier(x, weight, bias, *, stride=1, padding=0):
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    size = padded.shape[2:]
    spectrum = np.einsum("nchw,fchw->nfhw", np.fft.rfft2(padded), np.conj(np.fft.rfft2(weight, size)))
    full = np.fft.irfft2(spectrum, size)[:, :, : size[0] - weight.shape[2] + 1, : size[1] - weight.shape[3] + 1]
    y = full[:, :, ::stride, ::stride] + bias[:, None, None]
    return y.astype(x.dtype), (x, weight, stride, padding)


def forward_single(x, weight, bias, *, stride=1, padding=0):
    thin = [array.astype(np.float32) for array in (x, weight, bias)]
    padded = np.pad(thin[0], ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    patches = sliding_window_view(padded, weight.shape[2:], axis=(2, 3))[:, :, ::stride, ::stride]
    y = np.tensordot(patches, thin[1], axes=([1, 4, 5], [1, 2, 3])).transpose(0, 3, 1, 2)
    return y + thin[2][:, None, None], (x, weight, stride, padding)


def backward_spread(grad_y, cache):
    x, weight, stride, padding = cache
    n, _c, h, w = x.shape
    f, _, kh, kw = weight.shape
    rows, columns = grad_y.shape[2:]
    # grad_x is a convolution of the upstream gradient, its entries spread by the stride, with the kernel turned round.
    spread = np.zeros((n, f, h + 2 * padding + kh - 1, w + 2 * padding + kw - 1), grad_y.dtype)
    spread[:, :, kh - 1 : kh - 1 + rows * stride : stride, kw - 1 : kw - 1 + columns * stride : stride] = grad_y
    patches = sliding_window_view(spread, (kh, kw), axis=(2, 3))
    grad_padded = np.einsum("nfhwij,fcij->nchw", patches, weight[:, :, ::-1, ::-1])
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    grad_weight = np.empty_like(weight)
    for u, v in np.ndindex(kh, kw):
        met = padded[:, :, u : u + rows * stride : stride, v : v + columns * stride : stride]
        grad_weight[:, :, u, v] = np.einsum("nfhw,nchw->fc", grad_y, met)
    return grad_padded[:, :, padding : padding + h, padding : padding + w], grad_weight, grad_y.sum((0, 2, 3))


WAYS = [
    (forward_positions, backward_positions),
    (forward_einsum, backward_einsum),
    (forward_columns, backward_columns),
    (forward_fourier, backward_spread),
]
