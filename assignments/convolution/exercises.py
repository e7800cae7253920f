"""Assignment 4: what each check asks, which wrong answers it knows, which other right ones it accepts."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from classroom.staff.exercise import Alternative, Assignment, Case, Exercise, Mutant, Property, edit
from solutions.convolution import conv2d_backward, conv2d_forward

# --- cases --------------------------------------------------------------------------------------------------

FORWARD = "y, cache = conv2d_forward(x, weight, bias, stride=stride, padding=padding)"
BACKWARD = "grad_x, grad_weight, grad_bias = conv2d_backward(grad_y, cache)"


def conv_inputs(rng, sizes, stride, padding):
    """Draw x, weight and bias; sizes are (N, C, H, W, F, kH, kW)."""
    n, c, h, w, f, kh, kw = sizes
    return {
        "x": rng.normal(size=(n, c, h, w)),
        "weight": rng.normal(size=(f, c, kh, kw)),
        "bias": rng.normal(size=f),
        "stride": stride,
        "padding": padding,
    }


def with_gradient(rng, inputs):
    """Add an upstream gradient of the shape of y."""
    (n, _, h, w), (f, _, kh, kw) = inputs["x"].shape, inputs["weight"].shape
    stride, padding = inputs["stride"], inputs["padding"]
    size = (n, f, (h + 2 * padding - kh) // stride + 1, (w + 2 * padding - kw) // stride + 1)
    return inputs | {"grad_y": rng.normal(size=size).astype(inputs["x"].dtype)}


def conv_case(direction, name, inputs, rng, kind=""):
    """One case of the forward pass, or of the backward pass behind it."""
    if direction == "forward":
        return Case(name, inputs=inputs, calls=[FORWARD], outputs=("y",), kind=kind)
    outputs = ("grad_x", "grad_weight", "grad_bias")
    return Case(name, inputs=with_gradient(rng, inputs), calls=[FORWARD, BACKWARD], outputs=outputs, kind=kind)


def small_inputs(x, weight, stride, padding):
    """Whole numbers that can be worked out by hand."""
    return {
        "x": np.array([[x]], float),
        "weight": np.array([[weight]], float),
        "bias": np.array([0.5]),
        "stride": stride,
        "padding": padding,
    }


def visible_cases(direction):
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
    return [conv_case(direction, name, inputs, rng) for name, inputs in drawn]


def hidden_cases(direction):
    """Return the generator of the hidden cases."""

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

    return hidden


# --- the same, written as students write it -----------------------------------------------------------------


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


# --- mutants ------------------------------------------------------------------------------------------------


def forward_mutant(name, sentence, *replacements, tag="visible"):
    """A change to the forward pass over positions."""
    return Mutant(name, {"conv2d_forward": edit(forward_positions, *replacements)}, sentence, tag)


def backward_mutant(name, sentence, *replacements, tag="visible"):
    """A change to the backward pass over positions."""
    functions = {"conv2d_forward": forward_positions, "conv2d_backward": edit(backward_positions, *replacements)}
    return Mutant(name, functions, sentence, tag)


COLUMN = "j * stride : j * stride + kw] += back"

CONV2D_FORWARD = Exercise(
    id="conv2d_forward",
    points=20,
    functions={"conv2d_forward": conv2d_forward},
    subject=("conv2d_forward",),
    cases=visible_cases("forward"),
    hidden=hidden_cases("forward"),
    mutants=[
        forward_mutant(
            "kernel_flipped",
            "You turn the kernel round. Networks slide it as it is: the patch times weight, entry by entry.",
            "np.tensordot(patch, weight,",
            "np.tensordot(patch, weight[:, :, ::-1, ::-1],",
        ),
        forward_mutant(
            "stride_only_down",
            "The stride moves your window down, but not to the right: column j starts at j * stride too.",
            "j * stride : j * stride + kw",
            "j : j + kw",
        ),
        forward_mutant(
            "stride_ignored",
            "Your windows move one pixel at a time. Output (i, j) reads the patch that starts at (i * stride, "
            "j * stride).",
            "i * stride : i * stride + kh, j * stride : j * stride + kw",
            "i : i + kh, j : j + kw",
        ),
        forward_mutant(
            "bias_forgotten",
            "The bias is missing: bias[f] is added to every pixel of map f.",
            " + bias\n",
            "\n",
        ),
        forward_mutant(
            "first_channel",
            "You read the first channel only. A filter spans all channels of the image, and their products are summed.",
            "np.tensordot(patch, weight, axes=([1, 2, 3], [1, 2, 3]))",
            "np.tensordot(patch[:, 0], weight[:, 0], axes=([1, 2], [1, 2]))",
        ),
        forward_mutant(
            "mean_of_patch",
            "You average the products over the patch. A convolution sums them.",
            "axes=([1, 2, 3], [1, 2, 3])) +",
            "axes=([1, 2, 3], [1, 2, 3])) / patch[0].size +",
        ),
        forward_mutant(
            "edge_padding",
            "You repeat the border pixels. Padding adds zeros.",
            "(padding, padding)))",
            '(padding, padding)), mode="edge")',
        ),
        forward_mutant(
            "padding_at_the_end",
            "You add all the zeros below and to the right. Padding goes on all four sides.",
            "(0, 0), (padding, padding), (padding, padding)",
            "(0, 0), (0, 2 * padding), (0, 2 * padding)",
        ),
        forward_mutant(
            "padding_once",
            "Your output is too small: the padding makes the image larger on both sides, by 2 * padding.",
            "(h + 2 * padding - kh)",
            "(h + padding - kh)",
            "(w + 2 * padding - kw)",
            "(w + padding - kw)",
        ),
        forward_mutant(
            "sizes_swapped",
            "Height and width have changed places: the rows of y come from H and kH, its columns from W and kW.",
            "y = np.zeros((n, f, rows, columns), x.dtype)",
            "rows, columns = columns, rows\n    y = np.zeros((n, f, rows, columns), x.dtype)",
            "            patch = padded",
            "            if i * stride + kh > padded.shape[2] or j * stride + kw > padded.shape[3]:\n"
            "                continue\n            patch = padded",
        ),
        forward_mutant(
            "last_row_forgotten",
            "The last row of y stays 0: your loop stops one row early.",
            "for i in range(rows):",
            "for i in range(rows - 1):",
        ),
        forward_mutant(
            "double_precision",
            "float32 goes in and float64 comes out: make y with the dtype of x.",
            "columns), x.dtype)",
            "columns))",
            tag="hidden",
        ),
    ],
    alternatives=[
        Alternative("window by window", {"conv2d_forward": forward_positions}),
        Alternative("six loops", {"conv2d_forward": forward_loops}),
        Alternative("einsum over a view", {"conv2d_forward": forward_einsum}),
        Alternative("im2col", {"conv2d_forward": forward_columns}),
        Alternative("Fourier transform", {"conv2d_forward": forward_fourier}),
        Alternative("float32 throughout", {"conv2d_forward": forward_single}),
    ],
    hints=[
        "Work out the sizes first: H' = (H + 2 * padding - kH) // stride + 1, and W' likewise. Make y of that "
        "shape, with x's dtype.",
        "Pad once, then let two loops run over i and j. Output (i, j) reads rows i * stride to i * stride + kH "
        "of the padded image.",
        "np.tensordot(patch, weight, axes=([1, 2, 3], [1, 2, 3])) gives (N, F), the products summed for all "
        "images and filters.",
    ],
)

CONV2D_BACKWARD = Exercise(
    id="conv2d_backward",
    points=35,
    functions={"conv2d_forward": conv2d_forward, "conv2d_backward": conv2d_backward},
    subject=("conv2d_backward",),
    parts={"grad_x": 3, "grad_weight": 3, "grad_bias": 1},
    cases=visible_cases("backward"),
    hidden=hidden_cases("backward"),
    properties=[
        Property(
            "gradient",
            forward="conv2d_forward",
            backward="conv2d_backward",
            inputs=conv_inputs(np.random.default_rng(51), (2, 3, 7, 8, 4, 3, 2), 2, 1),
            linear=True,
        ),
    ],
    mutants=[
        backward_mutant(
            "stride_ignored",
            "The stride is missing on the way back: output (i, j) came from the patch at (i * stride, j * "
            "stride), and returns there.",
            "grad_padded[:, :, i * stride : i * stride + kh, " + COLUMN,
            "grad_padded[:, :, i : i + kh, j : j + kw] += back",
        ),
        backward_mutant(
            "kernel_flipped",
            "You turn the kernel round. With a loop over windows each window gets the kernel back as it is.",
            "np.tensordot(grad_y[:, :, i, j], weight, axes=(1, 0))",
            "np.tensordot(grad_y[:, :, i, j], weight[:, :, ::-1, ::-1], axes=(1, 0))",
        ),
        backward_mutant(
            "overwritten",
            "Windows overlap, so a pixel belongs to several of them: add their gradients up (+=), do not "
            "overwrite (=).",
            "kw] += back",
            "kw] = back",
        ),
        backward_mutant(
            "padding_kept",
            "grad_x still has the border of the padding. x has none: cut it off.",
            "grad_padded[:, :, padding : padding + h, padding : padding + w]",
            "grad_padded",
        ),
        backward_mutant(
            "minus_zero",
            "A slice padding:-padding is empty when padding is 0. Write padding : padding + H.",
            "padding : padding + h, padding : padding + w]",
            "padding:-padding, padding:-padding]",
        ),
        backward_mutant(
            "wrong_corner",
            "You cut the border off at one end only: the image begins at row and column padding.",
            "padding : padding + h, padding : padding + w]",
            ":h, :w]",
        ),
        backward_mutant(
            "sizes_swapped",
            "Height and width have changed places when the border is cut off.",
            "padding : padding + h, padding : padding + w]",
            "padding : padding + w, padding : padding + h]",
        ),
        backward_mutant(
            "bias_mean",
            "You average grad_y for the bias. The bias enters every pixel of its map, so its gradient is the sum.",
            "grad_y.sum(axis=(0, 2, 3))",
            "grad_y.mean(axis=(0, 2, 3))",
        ),
        backward_mutant(
            "bias_of_last_image",
            "grad_bias has the last image only: sum over the batch too.",
            "grad_y.sum(axis=(0, 2, 3))",
            "grad_y[-1].sum(axis=(1, 2))",
        ),
        backward_mutant(
            "weight_mean",
            "You divide grad_weight by the batch size. The mean belongs to the loss, which has taken it already.",
            "return grad_x, grad_weight, grad_bias",
            "return grad_x, grad_weight / len(x), grad_bias",
        ),
        backward_mutant(
            "last_row_forgotten",
            "The last row of grad_y is never used: your loop stops one row early.",
            "for i in range(rows):",
            "for i in range(rows - 1):",
        ),
        backward_mutant(
            "zeros",
            "All gradients are 0: the loop never writes into what you return.",
            "return grad_x, grad_weight, grad_bias",
            "return grad_x * 0, grad_weight * 0, grad_bias * 0",
        ),
    ],
    alternatives=[
        Alternative("window by window", {"conv2d_forward": forward_positions, "conv2d_backward": backward_positions}),
        Alternative("einsum over a view", {"conv2d_forward": forward_einsum, "conv2d_backward": backward_einsum}),
        Alternative("im2col", {"conv2d_forward": forward_columns, "conv2d_backward": backward_columns}),
        Alternative("a convolution itself", {"conv2d_forward": forward_fourier, "conv2d_backward": backward_spread}),
    ],
    hints=[
        "Every output is a sum of products of one patch with one filter. Ask of each pixel: which outputs did "
        "it enter, times what?",
        "Loop over the windows as in the forward pass. grad_weight gathers grad_y times the patch; the window "
        "of grad_x gathers "
        "grad_y times the weight.",
        "Gather into an array of the padded size with +=, and cut the border off at the end: padding : padding + H.",
        "grad_bias is grad_y summed over images, rows and columns.",
    ],
)

ASSIGNMENT = Assignment(name="convolution", title="Convolution", exercises=[CONV2D_FORWARD, CONV2D_BACKWARD])
