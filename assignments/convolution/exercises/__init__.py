"""Assignment 4: what each check asks, which wrong answers it knows, which other right ones it accepts."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from classroom.staff.exercise import Alternative, Assignment, Case, Exercise, Given, Mutant, Property, Quiz, edit
from classroom.staff.slips import slips
from classroom.staff.turns import and_in_turn
from solutions.convolution import conv2d_backward, conv2d_forward
from solutions.geometry import conv2d_param_count, conv_output_size
from solutions.im2col import col2im, conv2d_im2col, im2col
from solutions.matrix_convolution import conv_as_matrix
from solutions.plain_convolution import pad2d

# --- cases --------------------------------------------------------------------------------------------------

DEFAULTS = {"stride": 1, "padding": 0, "dilation": 1}
BACKWARD = "grad_x, grad_weight, grad_bias = conv2d_backward(grad_y, cache)"


def spoken(inputs):
    """Leave out the last options as long as they are the defaults: a call without them must mean the same."""
    names = list(inputs)
    while names[-1] in DEFAULTS and np.array_equal(inputs[names[-1]], DEFAULTS[names[-1]]):
        names.pop()
    return {name: inputs[name] for name in names}


def conv_call(inputs, function="conv2d_forward"):
    options = "".join(f", {name}={name}" for name in ("stride", "padding") if name in inputs)
    return f"{function}(x, weight, bias{options})"


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
        inputs = spoken(inputs)
        return Case(name, inputs=inputs, calls=[f"y, cache = {conv_call(inputs)}"], outputs=("y",), kind=kind)
    outputs = ("grad_x", "grad_weight", "grad_bias")
    inputs = with_gradient(rng, inputs)
    calls = [f"y, cache = {conv_call(inputs)}", BACKWARD]
    return Case(name, inputs=inputs, calls=calls, outputs=outputs, kind=kind)


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


def move_kernels(rng):
    """Images, weights, and kernels whose only 1 is off the corner: each drops a row and two columns of a map."""
    move2, move3 = np.zeros((2, 2, 2, 3)), np.zeros((3, 3, 2, 3))
    move2[[0, 1], [0, 1], 1, 2] = move3[[0, 1, 2], [0, 1, 2], 1, 2] = 1
    x, weight = rng.normal(size=(2, 2, 6, 7)), rng.normal(size=(3, 2, 3, 2))
    return {"x": x, "weight": weight, "move2": move2, "move3": move3, "zeros2": np.zeros(2), "zeros3": np.zeros(3)}


def single_ones(rng):
    """A kernel with a single 1 for each filter, images, and the pixels that it picks with stride 2, plus the bias."""
    u, v, channels = int(rng.integers(3)), int(rng.integers(2)), rng.permutation(3)
    x, weight, bias = rng.normal(size=(2, 3, 7, 8)), np.zeros((3, 3, 3, 2)), rng.normal(size=3)
    weight[[0, 1, 2], channels, u, v] = 1
    picked = x[:, channels, u : u + 5 : 2, v : v + 7 : 2] + bias[:, None, None]
    return {"x": x, "weight": weight, "bias": bias, "picked": picked}


def picks(call):
    """What a convolution with stride 2 does with a single 1."""
    title = "a single 1 picks one pixel of each window, and the bias is added"
    return Property("equal", title=title, calls=[call], inputs=single_ones, left="y", right="picked")


PICKED = picks("y, _ = conv2d_forward(x, weight, bias, stride=2)")
MOVED = Property(
    "equal",
    title="what moves in x moves in y, and is the same otherwise",
    calls=[
        "x_moved, _ = conv2d_forward(x, move2, zeros2)",
        "y_of_x_moved, _ = conv2d_forward(x_moved, weight, zeros3)",
        "y, _ = conv2d_forward(x, weight, zeros3)",
        "y_moved, _ = conv2d_forward(y, move3, zeros3)",
    ],
    inputs=move_kernels,
    left="y_of_x_moved",
    right="y_moved",
)

CONV2D_FORWARD = Exercise(
    id="conv2d_forward",
    points=20,
    functions={"conv2d_forward": conv2d_forward},
    subject=("conv2d_forward",),
    cases=visible_cases("forward"),
    hidden=hidden_cases("forward"),
    properties=[PICKED, MOVED],
    hidden_properties=[PICKED.drawn("a kernel with a single 1"), MOVED.drawn("an image that moves")],
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
    cases=and_in_turn(visible_cases("backward")),
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
            "patch = padded[:, :, i * stride : i * stride + kh, j * stride : j * stride + kw]",
            "patch = padded[:, :, i : i + kh, j : j + kw]",
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
            "last_turn_only",
            "Only the last turn of your loop counts: add up over all windows and images (+=), do not overwrite (=).",
            "grad_weight += np.tensordot",
            "grad_weight = np.tensordot",
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
            "Only zeros come back: the loop never writes into what you return.",
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

# --- sizes and counts ---------------------------------------------------------------------------------------


def size_case(name, size, kernel, stride=1, padding=0, dilation=1, kind=""):
    inputs = {"size": size, "kernel": kernel, "stride": stride, "padding": padding, "dilation": dilation}
    inputs = spoken(inputs)
    calls = [f"out = conv_output_size({', '.join(inputs)})"]
    return Case(name, inputs=inputs, calls=calls, outputs=("out",), kind=kind)


def hidden_sizes(rng):
    made = []
    for index, kind in enumerate(("odd sizes", "odd sizes", "a stride with a remainder", "dilation", "dilation")):
        size, kernel = int(rng.integers(20, 60)), int(rng.integers(2, 6))
        stride, padding = int(rng.integers(2, 5)), int(rng.integers(1, 4))
        made.append(size_case(f"drawn {index}", size, kernel, stride, padding, 1 + 2 * (kind == "dilation"), kind))
    made.append(size_case("one pixel", int(rng.integers(9, 30)), 1, 3, 0, 4, "a kernel of one pixel"))
    made.append(size_case("whole", 11, 11, 2, 0, 1, "a kernel as large as the image"))
    return made


def size_by_counting(size, kernel, stride=1, padding=0, dilation=1):
    reach = dilation * (kernel - 1)
    return sum(1 for start in range(0, size + 2 * padding, stride) if start + reach < size + 2 * padding)


def size_by_floor(size, kernel, stride=1, padding=0, dilation=1):
    return int(np.floor((size + 2 * padding - dilation * (kernel - 1) - 1) / stride + 1))


def size_by_range(size, kernel, stride=1, padding=0, dilation=1):
    return len(range(-padding, size + padding - dilation * (kernel - 1), stride))


def kernel_with_a_middle(rng):
    """Sizes such that the output is as large as the input."""
    half, dilation = int(rng.integers(1, 5)), int(rng.integers(1, 4))
    return {"size": int(rng.integers(20, 60)), "kernel": 2 * half + 1, "padding": dilation * half, "dilation": dilation}


SAME_SIZE = Property(
    "equal",
    title="padding by dilation * (kernel - 1) / 2 keeps the size",
    calls=["out = conv_output_size(size, kernel, 1, padding, dilation)"],
    inputs=kernel_with_a_middle,
    left="out",
    right="size",
)
ONE_BEHIND_THE_OTHER = Property(
    "equal",
    title="two kernels of 3, one behind the other, leave as much as one of 5",
    calls=[
        "between = conv_output_size(size, 3)",
        "out = conv_output_size(between, 3)",
        "once = conv_output_size(size, 5)",
    ],
    inputs=lambda rng: {"size": int(rng.integers(20, 60))},
    left="out",
    right="once",
)
CONV_OUTPUT_SIZE = Exercise(
    id="conv_output_size",
    points=5,
    functions={"conv_output_size": conv_output_size},
    subject=("conv_output_size",),
    cases=[
        size_case("a plain kernel", 32, 5),
        size_case("padding keeps the size", 28, 3, 1, 1),
        size_case("a stride with a remainder", 32, 5, 2, 0),
        size_case("another remainder", 34, 4, 3, 1),
        size_case("wide padding", 20, 5, 2, 3),
        size_case("first layer of AlexNet", 227, 11, 4, 0),
        size_case("dilation", 25, 3, 1, 0, 4),
        size_case("everything at once", 50, 4, 3, 2, 5),
    ],
    hidden=hidden_sizes,
    properties=[SAME_SIZE, ONE_BEHIND_THE_OTHER],
    hidden_properties=[SAME_SIZE.drawn("padding that keeps the size")],
    mutants=slips(
        size_by_floor,
        """
        one_forgotten: / stride + 1)) => / stride))
            The + 1 is missing: the kernel at its first place counts too.
        rounded_up: int(np.floor( => int(np.ceil(
            You round up. A window that does not fit whole is left out, so round down.
        rounded: int(np.floor( => int(np.round(
            You round to the nearest. A window that does not fit whole is left out, so always round down.
        padding_once: 2 * padding => padding
            Padding is added at both ends: 2 * padding.
        padding_forgotten: size + 2 * padding => size
            The padding makes the image larger, at both ends, before the kernel slides.
        dilation_times_kernel: dilation * (kernel - 1) - 1 => dilation * kernel
            A dilated kernel has kernel - 1 gaps of length dilation: it reaches over dilation * (kernel - 1) + 1 pixels.
        dilation_ignored: dilation * (kernel - 1) - 1 => kernel
            The dilation is not used: it pulls the kernel's pixels apart, so that it reaches further.
        stride_ignored: / stride + 1 => + 1
            The stride is not used: it skips places, so fewer outputs are left.
        other_defaults: stride=1, padding=0 => stride=1, padding=1
            Called without padding, your function adds some: the defaults are stride 1, padding 0, dilation 1.
        """,
    ),
    alternatives=[
        Alternative("counting", size_by_counting),
        Alternative("floor", size_by_floor),
        Alternative("length of a range", size_by_range),
    ],
    hints=[
        "How many pixels does the kernel reach over? Without dilation that is kernel.",
        "The first window starts at 0, the last at most at size + 2 * padding - reach. Every stride-th start is used.",
        "reach = dilation * (kernel - 1) + 1, and the answer is (size + 2 * padding - reach) // stride + 1.",
    ],
)


def count_case(name, in_channels, out_channels, kernel, bias=None, kind=""):
    inputs = {"in_channels": in_channels, "out_channels": out_channels, "kernel": kernel}
    inputs |= {} if bias is None else {"bias": bias}
    calls = [f"count = conv2d_param_count({', '.join(inputs)})"]
    return Case(name, inputs=inputs, calls=calls, outputs=("count",), kind=kind)


def hidden_counts(rng):
    made = []
    for index, kind in enumerate(("odd sizes", "a kernel that is not square", "without bias")):
        c, f, h, w = (int(size) for size in rng.permutation(np.arange(2, 30))[:4])
        made.append(count_case(f"drawn {index}", c, f, (h, w) if index else h, index < 2, kind))
    made.append(count_case("one", 7, 1, 1, True, "a kernel of one pixel"))
    return made


def count_by_loop(in_channels, out_channels, kernel, bias=True):
    kh, kw = (kernel, kernel) if np.ndim(kernel) == 0 else kernel
    total = 0
    for _ in range(out_channels):
        total += kh * kw * in_channels
        if bias:
            total += 1
    return total


def count_by_size(in_channels, out_channels, kernel, bias=True):
    height, width = (kernel, kernel) if isinstance(kernel, int) else kernel
    return np.empty((out_channels, in_channels, height, width)).size + (out_channels if bias else 0)


BIASES = Property(
    "combination",
    title="a bias costs one number for each filter",
    calls=[
        "with_bias = conv2d_param_count(in_channels, out_channels, kernel, True)",
        "without = conv2d_param_count(in_channels, out_channels, kernel, False)",
    ],
    inputs=lambda rng: dict(
        zip(("in_channels", "out_channels", "kernel"), (int(v) for v in rng.integers(2, 20, 3)), strict=True)
    ),
    terms={"with_bias": 1, "without": -1},
    right="out_channels",
)
CONV2D_PARAM_COUNT = Exercise(
    id="conv2d_param_count",
    points=5,
    functions={"conv2d_param_count": conv2d_param_count},
    subject=("conv2d_param_count",),
    cases=[
        count_case("six filters of 5 by 5 on colour", 3, 6, 5),
        count_case("a wide layer", 64, 128, 3),
        count_case("a flat kernel", 8, 5, (1, 7), True),
        count_case("without bias", 16, 32, 3, False),
        count_case("flat and without bias", 4, 9, (3, 2), False),
        count_case("one pixel", 256, 64, 1, True),
    ],
    hidden=hidden_counts,
    properties=[
        BIASES,
        Property(
            "equal",
            title="a kernel costs the same lying down",
            calls=["upright = conv2d_param_count(4, 6, (5, 3))", "lying = conv2d_param_count(4, 6, (3, 5))"],
            inputs={},
            left="upright",
            right="lying",
        ),
    ],
    hidden_properties=[BIASES.drawn("the cost of the biases")],
    mutants=slips(
        count_by_loop,
        """
        bias_always: if bias: => if True:
            You count a bias even when bias is False.
        bias_forgotten: total += 1 => total += 0
            Each filter has one bias, unless bias is False.
        bias_for_each_channel: total += 1 => total += in_channels
            You count a bias for each input channel. A filter has one bias for its whole map.
        one_channel: kh * kw * in_channels => kh * kw
            A filter spans all input channels: kH * kW * in_channels weights.
        one_side: kh * kw * in_channels => kh * in_channels
            A kernel has height times width weights for each channel.
        square: kh * kw * in_channels => kh * kh * in_channels
            The kernel need not be square: height times width.
        one_filter: for _ in range(out_channels): => for _ in range(1):
            You count one filter. There are out_channels of them.
        other_default: bias=True => bias=False
            Called without bias=..., a layer has biases: the default is True.
        """,
    ),
    alternatives=[Alternative("filter by filter", count_by_loop), Alternative("size of the array", count_by_size)],
    hints=[
        "What is the shape of weight, and how many biases are there?",
        "weight is (out_channels, in_channels, kH, kW); there is one bias for each filter.",
        "out_channels * (kH * kW * in_channels + 1), and without the 1 when bias is False.",
    ],
)


# --- padding ------------------------------------------------------------------------------------------------


def pad_case(name, x, padding, kind=""):
    return Case(
        name, inputs={"x": x, "padding": padding}, calls=["padded = pad2d(x, padding)"], outputs=("padded",), kind=kind
    )


def visible_pads():
    rng = np.random.default_rng(52)
    return [
        pad_case("by hand", np.array([[[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]]]), 1),
        pad_case("two rows, two columns", rng.normal(size=(2, 3, 4, 5)), 2),
        pad_case("more columns than rows", rng.normal(size=(3, 2, 5, 4)), (1, 3)),
        pad_case("rows only", rng.normal(size=(2, 1, 3, 6)), (2, 0)),
        pad_case("nothing", rng.normal(size=(1, 2, 3, 4)), 0),
    ]


def hidden_pads(rng):
    n, c, h, w = (int(size) for size in rng.permutation([2, 3, 5, 6]))
    return [
        pad_case("odd", rng.normal(size=(n, c, h, w)), int(rng.integers(1, 4)), "odd shapes"),
        pad_case("pair", rng.normal(size=(w, n, c, h)), (3, 1), "odd shapes"),
        pad_case("columns", rng.normal(size=(1, 1, 2, 7)), (0, 2), "odd shapes"),
        pad_case("thin", rng.normal(size=(2, 3, 4, 5)).astype(np.float32), 1, "float32"),
        pad_case("thin 2", rng.normal(size=(1, 2, 3, 5)).astype(np.float32), (2, 1), "float32"),
        pad_case("strided", rng.normal(size=(2, 3, 4, 10))[..., ::2], 2, "non-contiguous"),
    ]


def pad_by_numpy(x, padding):
    p, q = (padding, padding) if np.ndim(padding) == 0 else padding
    return np.pad(x, ((0, 0), (0, 0), (p, p), (q, q)))


def pad_by_slices(x, padding):
    p, q = (padding, padding) if np.ndim(padding) == 0 else padding
    n, c, h, w = x.shape
    padded = np.zeros((n, c, h + 2 * p, w + 2 * q), x.dtype)
    padded[:, :, p : p + h, q : q + w] = x
    return padded


def pad_by_joining(x, padding):
    p, q = (padding, padding) if np.ndim(padding) == 0 else padding
    side = np.zeros((*x.shape[:3], q), x.dtype)
    wide = np.concatenate([side, x, side], axis=3)
    lid = np.zeros((*x.shape[:2], p, wide.shape[3]), x.dtype)
    return np.concatenate([lid, wide, lid], axis=2)


def framed(rng):
    """Images, other images with a frame round them, and these without it."""
    large = rng.normal(size=(2, 3, 8, 7))
    middle = np.ascontiguousarray(large[:, :, 2:-2, 1:-1])
    return {"x": rng.normal(size=middle.shape), "padding": (2, 1), "large": large, "middle": middle}


CUT_OFF = Property(
    "adjoint",
    title="the transpose of cutting a frame off",
    calls=["padded = pad2d(x, padding)"],
    inputs=framed,
    pairs=(("padded", "large"), ("x", "middle")),
)
PAD2D = Exercise(
    id="pad2d",
    points=5,
    functions={"pad2d": pad2d},
    subject=("pad2d",),
    cases=visible_pads(),
    hidden=hidden_pads,
    properties=[
        Property(
            "conserved",
            title="zeros add nothing",
            calls=["padded = pad2d(x, padding)"],
            inputs={"x": np.random.default_rng(53).normal(size=(2, 3, 4, 5)), "padding": (2, 1)},
            left="padded",
            right="x",
        ),
        CUT_OFF,
    ],
    hidden_properties=[CUT_OFF.drawn("the place of the image in its frame")],
    mutants=slips(
        pad_by_slices,
        """
        upper_left: padded[:, :, p : p + h, q : q + w] => padded[:, :, :h, :w]
            All your zeros are below and to the right. The frame goes round all four sides.
        sides_swapped: p, q = (padding, padding) if np.ndim(padding) == 0 else padding
            => q, p = (padding, padding) if np.ndim(padding) == 0 else padding
            A pair is (height, width): the first number adds rows, the second columns.
        first_only: p, q = (padding, padding) if np.ndim(padding) == 0 else padding => p = q = np.ravel(padding)[0]
            You use the first number of a pair for both sides: (height, width) may differ.
        once: h + 2 * p, w + 2 * q), x.dtype) => h + p, w + q), x.dtype)
            Rows are added above and below, columns left and right: the size grows by twice the padding.
        ones: padded = np.zeros( => padded = np.ones(
            The frame is made of zeros.
        edges: return padded => return np.pad(x, ((0, 0), (0, 0), (p, p), (q, q)), mode="edge")
            You repeat the border pixels. The frame is made of zeros.
        double_precision [hidden]: w + 2 * q), x.dtype) => w + 2 * q))
            float32 goes in and float64 comes out: make the frame with the dtype of x.
        """,
    ),
    alternatives=[
        Alternative("np.pad", pad_by_numpy),
        Alternative("slices", pad_by_slices),
        Alternative("joining", pad_by_joining),
    ],
    hints=[
        "Make the larger array of zeros first, then write x into the middle of it.",
        "The image begins at row p and column q and is as large as before.",
        "padded = np.zeros((N, C, H + 2p, W + 2q), x.dtype), then padded[:, :, p : p + H, q : q + W] = x.",
    ],
)


# --- im2col and col2im --------------------------------------------------------------------------------------


def columns_inputs(rng, shape, kernel, stride, padding):
    """Images, and numbers of the shape of their patches."""
    x = rng.normal(size=shape)
    grad_cols = rng.normal(size=im2col(x, kernel, stride, padding).shape)
    return {"x": x, "grad_cols": grad_cols, "kernel": kernel, "stride": stride, "padding": padding, "x_shape": shape}


def columns_case(direction, name, inputs, kind=""):
    """One case of im2col, or of col2im."""
    if direction == "forward":
        inputs = spoken({key: inputs[key] for key in ("x", "kernel", "stride", "padding")})
        calls = [f"cols = im2col({', '.join(inputs)})"]
        return Case(name, inputs=inputs, calls=calls, outputs=("cols",), kind=kind)
    inputs = spoken({key: inputs[key] for key in ("grad_cols", "x_shape", "kernel", "stride", "padding")})
    calls = [f"grad_x = col2im({', '.join(inputs)})"]
    return Case(name, inputs=inputs, calls=calls, outputs=("grad_x",), kind=kind)


def visible_columns(direction):
    rng = np.random.default_rng(54)
    counted = columns_inputs(rng, (1, 1, 3, 4), 2, 1, 0)
    counted["x"] = np.arange(12.0).reshape(1, 1, 3, 4)
    counted["grad_cols"] = np.arange(1.0, 25.0).reshape(1, 2, 3, 4)
    return [
        columns_case(direction, "by hand", counted),
        columns_case(direction, "overlapping patches", columns_inputs(rng, (2, 3, 5, 6), (3, 2), 1, 1)),
        columns_case(direction, "stride 2 with a remainder", columns_inputs(rng, (2, 2, 6, 8), 3, 2, 0)),
        columns_case(direction, "two strides, two paddings", columns_inputs(rng, (3, 2, 7, 9), (2, 4), (3, 2), (0, 2))),
        columns_case(direction, "more rows than columns", columns_inputs(rng, (2, 4, 8, 5), (4, 3), (2, 1), (1, 2))),
    ]


def hidden_columns(direction):
    def hidden(rng):
        made = []
        for index, (stride, padding) in enumerate([(1, 1), ((2, 3), 0), ((3, 1), (1, 2))]):
            n, c = (int(size) for size in rng.permutation([2, 3, 4])[:2])
            h, w = (int(size) for size in rng.permutation([6, 7, 8, 9])[:2])
            kernel = tuple(int(size) for size in rng.permutation([2, 3, 4])[:2])
            inputs = columns_inputs(rng, (n, c, h, w), kernel, stride, padding)
            made.append(columns_case(direction, f"odd {index}", inputs, "odd shapes"))
        small = columns_inputs(rng, (2, 3, 4, 5), 1, 1, 0)
        made.append(columns_case(direction, "one pixel", small, "a kernel of one pixel"))
        gaps = columns_inputs(rng, (1, 2, 7, 8), 2, 3, 1)
        made.append(columns_case(direction, "gaps", gaps, "a stride larger than the kernel"))
        for index in range(2):
            thin = columns_inputs(rng, (2, 2, 4, 5 + index), (2, 3), 1, 1)
            thin |= {name: thin[name].astype(np.float32) for name in ("x", "grad_cols")}
            made.append(columns_case(direction, f"float32 {index}", thin, "float32"))
        wide = columns_inputs(rng, (2, 3, 5, 6), (2, 3), 1, 1)
        wide["x"] = rng.normal(size=(2, 3, 5, 12))[..., ::2]
        wide["grad_cols"] = rng.normal(size=(*wide["grad_cols"].shape[:3], 36))[..., ::2]
        made.append(columns_case(direction, "strided", wide, "non-contiguous"))
        return made

    return hidden


def im2col_kernel_loop(x, kernel, stride=1, padding=0):
    (kh, kw), (s, t), (p, q) = [(v, v) if np.ndim(v) == 0 else v for v in (kernel, stride, padding)]
    padded = np.pad(x, ((0, 0), (0, 0), (p, p), (q, q)))
    n, c, h, w = padded.shape
    rows, columns = (h - kh) // s + 1, (w - kw) // t + 1
    cols = np.empty((n, rows, columns, c, kh, kw), x.dtype)
    for u in range(kh):
        for v in range(kw):
            seen = padded[:, :, u : u + s * rows : s, v : v + t * columns : t]
            cols[..., u, v] = seen.transpose(0, 2, 3, 1)
    return cols.reshape(n, rows, columns, c * kh * kw)


def im2col_window_loop(x, kernel, stride=1, padding=0):
    (kh, kw), (s, t), (p, q) = [(v, v) if np.ndim(v) == 0 else v for v in (kernel, stride, padding)]
    padded = np.pad(x, ((0, 0), (0, 0), (p, p), (q, q)))
    rows, columns = (padded.shape[2] - kh) // s + 1, (padded.shape[3] - kw) // t + 1
    cols = np.empty((len(x), rows, columns, x.shape[1] * kh * kw), x.dtype)
    for n in range(len(x)):
        for i in range(rows):
            for j in range(columns):
                cols[n, i, j] = padded[n, :, i * s : i * s + kh, j * t : j * t + kw].ravel()
    return cols


def im2col_indices(x, kernel, stride=1, padding=0):
    (kh, kw), (s, t), (p, q) = [(v, v) if np.ndim(v) == 0 else v for v in (kernel, stride, padding)]
    padded = np.pad(x, ((0, 0), (0, 0), (p, p), (q, q)))
    n, c, h, w = padded.shape
    i = (s * np.arange((h - kh) // s + 1))[:, None, None, None] + np.arange(kh)[:, None]
    j = (t * np.arange((w - kw) // t + 1))[:, None, None] + np.arange(kw)
    picked = padded[:, :, i, j]  # (N, C, H', W', kH, kW)
    return picked.transpose(0, 2, 3, 1, 4, 5).reshape(n, i.shape[0], j.shape[0], c * kh * kw)


def last_channels(rng):
    """Images, and the same with the channels at the end."""
    x = rng.normal(size=(2, 3, 4, 5))
    return {"x": x, "channels_last": np.ascontiguousarray(x.transpose(0, 2, 3, 1))}


ONE_PIXEL = Property(
    "equal",
    title="a kernel of one pixel only moves the channels to the end",
    calls=["cols = im2col(x, 1)"],
    inputs=last_channels,
    left="cols",
    right="channels_last",
)
IM2COL = Exercise(
    id="im2col",
    points=12,
    functions={"im2col": im2col},
    subject=("im2col",),
    cases=visible_columns("forward"),
    hidden=hidden_columns("forward"),
    properties=[
        ONE_PIXEL,
        Property(
            "conserved",
            title="windows side by side hold every pixel once",
            calls=["cols = im2col(x, kernel, stride)"],
            inputs=lambda rng: {"x": rng.uniform(1, 2, (2, 3, 4, 6)), "kernel": (2, 3), "stride": (2, 3)},
            left="cols",
            right="x",
            axes=(1, 2, 3),
        ),
    ],
    hidden_properties=[ONE_PIXEL.drawn("a kernel of one pixel")],
    mutants=slips(
        im2col_kernel_loop,
        """
        channels_last: return cols.reshape => return cols.transpose(0, 1, 2, 4, 5, 3).reshape
            Your rows run through the channels fastest. The order is channel, height, width, as in weight[f].ravel().
        kernel_transposed: return cols.reshape => return cols.swapaxes(4, 5).reshape
            Inside a patch you read columns before rows. The order is channel, height, width.
        kernel_flipped: cols[..., u, v] = => cols[..., kh - 1 - u, kw - 1 - v] =
            Each patch is turned round: its first number is its upper left pixel.
        stride_ignored: padded[:, :, u : u + s * rows : s, v : v + t * columns : t]
            => padded[:, :, u : u + rows, v : v + columns]
            The stride is missing: patch (i, j) starts at row i * stride and column j * stride.
        edge_padding: (q, q))) => (q, q)), mode="edge")
            You repeat the border pixels. Padding adds zeros.
        padding_at_the_end: (p, p), (q, q))) => (0, 2 * p), (0, 2 * q)))
            You add all the zeros below and to the right. Padding goes on all four sides.
        flattened: return cols.reshape(n, rows, columns, c * kh * kw)
            => return cols.reshape(n * rows * columns, c * kh * kw)
            Keep the places apart: the answer is (N, H', W', C kH kW), not one long matrix.
        patches_as_columns: return cols.reshape(n, rows, columns, c * kh * kw)
            => return cols.reshape(n, rows * columns, c * kh * kw).swapaxes(1, 2)
            Your patches stand upright. Here each patch is a row: (N, H', W', C kH kW).
        rows_and_columns_swapped: return cols.reshape(n, rows, columns,
            => return cols.swapaxes(1, 2).reshape(n, columns, rows,
            The places are listed column by column: the answer is (N, H', W', ...), rows first.
        other_defaults: stride=1, padding=0 => stride=1, padding=1
            Called without options, your function pads: the defaults are stride 1 and padding 0.
        last_pixel_forgotten: for v in range(kw):
            => for v in range(max(kw - 1, 1)):\\n            cols[..., u, kw - 1] = 0
            The last column of each patch is never copied: the loop stops one early.
        double_precision [hidden]: c, kh, kw), x.dtype) => c, kh, kw))
            float32 goes in and float64 comes out: make the array with the dtype of x.
        """,
    ),
    alternatives=[
        Alternative("kernel by kernel", im2col_kernel_loop),
        Alternative("window by window", im2col_window_loop),
        Alternative("indices", im2col_indices),
    ],
    hints=[
        "Pad first. Output (i, j) reads the patch that starts at row i * stride and column j * stride: ravel it into a "
        "row.",
        "Fewer steps: a loop over the kernel's positions (u, v) copies one pixel of all patches at once: the slice "
        "u : u + s * H' : s, and the same for the columns.",
        "Fill an array (N, H', W', C, kH, kW) and reshape it at the end. Or let sliding_window_view of "
        "numpy.lib.stride_tricks show all windows, and take every stride-th.",
    ],
)


def col2im_kernel_loop(cols, x_shape, kernel, stride=1, padding=0):
    (kh, kw), (s, t), (p, q) = [(v, v) if np.ndim(v) == 0 else v for v in (kernel, stride, padding)]
    n, c, h, w = x_shape
    rows, columns = cols.shape[1:3]
    patches = cols.reshape(n, rows, columns, c, kh, kw)
    padded = np.zeros((n, c, h + 2 * p, w + 2 * q), cols.dtype)
    for u in range(kh):
        for v in range(kw):
            place = padded[:, :, u : u + s * rows : s, v : v + t * columns : t]
            place += patches[..., u, v].transpose(0, 3, 1, 2)
    return padded[:, :, p : p + h, q : q + w]


def col2im_window_loop(cols, x_shape, kernel, stride=1, padding=0):
    (kh, kw), (s, t), (p, q) = [(v, v) if np.ndim(v) == 0 else v for v in (kernel, stride, padding)]
    n, c, h, w = x_shape
    padded = np.zeros((n, c, h + 2 * p, w + 2 * q), cols.dtype)
    for i in range(cols.shape[1]):
        for j in range(cols.shape[2]):
            patch = cols[:, i, j].reshape(n, c, kh, kw)
            padded[:, :, i * s : i * s + kh, j * t : j * t + kw] += patch
    return padded[:, :, p : p + h, q : q + w]


def col2im_add_at(cols, x_shape, kernel, stride=1, padding=0):
    (kh, kw), (s, t), (p, q) = [(v, v) if np.ndim(v) == 0 else v for v in (kernel, stride, padding)]
    n, c, h, w = x_shape
    padded = np.zeros((n, c, h + 2 * p, w + 2 * q), cols.dtype)
    i = (s * np.arange(cols.shape[1]))[:, None, None, None] + np.arange(kh)[:, None]
    j = (t * np.arange(cols.shape[2]))[:, None, None] + np.arange(kw)
    patches = cols.reshape(n, *cols.shape[1:3], c, kh, kw).transpose(0, 3, 1, 2, 4, 5)
    np.add.at(padded, (slice(None), slice(None), i, j), patches)
    return padded[:, :, p : p + h, q : q + w]


def col2im_adjoint():
    inputs = columns_inputs(np.random.default_rng(55), (2, 3, 5, 6), (3, 2), (2, 1), 1)
    cols = im2col(inputs["x"], inputs["kernel"], inputs["stride"], inputs["padding"])
    return Property(
        "adjoint",
        title="transpose of im2col",
        calls=["grad_x = col2im(grad_cols, x_shape, kernel, stride, padding)"],
        inputs={**inputs, "cols": cols},
        pairs=(("cols", "grad_cols"), ("x", "grad_x")),
    )


NOTHING_LOST = Property(
    "conserved",
    title="without padding every number comes to one pixel",
    calls=["grad_x = col2im(grad_cols, x_shape, kernel)"],
    inputs=lambda rng: {"grad_cols": rng.uniform(1, 2, (2, 3, 5, 18)), "x_shape": (2, 3, 5, 6), "kernel": (3, 2)},
    left="grad_x",
    right="grad_cols",
    axes=(1, 2, 3),
)
COL2IM = Exercise(
    id="col2im",
    points=13,
    functions={"col2im": col2im},
    subject=("col2im",),
    cases=visible_columns("backward"),
    hidden=hidden_columns("backward"),
    properties=[col2im_adjoint(), NOTHING_LOST],
    hidden_properties=[NOTHING_LOST.drawn("overlapping windows without padding")],
    mutants=[
        *slips(
            col2im_kernel_loop,
            """
            overwritten: place += patches[..., u, v].transpose(0, 3, 1, 2)
                => place[...] = patches[..., u, v].transpose(0, 3, 1, 2)
                A pixel may stand in several patches: add what they bring (+=), do not overwrite it.
            channels_last: patches[..., u, v].transpose(0, 3, 1, 2)
                => cols.reshape(n, rows, columns, kh, kw, c)[:, :, :, u, v].transpose(0, 3, 1, 2)
                A row is ordered by channel, height, width: reshape it to (C, kH, kW).
            kernel_transposed: patches[..., u, v] => cols.reshape(n, rows, columns, c, kw, kh)[..., v, u]
                A row is ordered by channel, height, width: reshape it to (C, kH, kW), not (C, kW, kH).
            kernel_flipped: += patches[..., u, v] => += patches[..., kh - 1 - u, kw - 1 - v]
                Each patch comes back turned round. Its first number belongs to its upper left pixel.
            stride_ignored: padded[:, :, u : u + s * rows : s, v : v + t * columns : t]
                => padded[:, :, u : u + rows, v : v + columns]
                The stride is missing on the way back: patch (i, j) came from row i * stride, column j * stride.
            padding_kept: return padded[:, :, p : p + h, q : q + w] => return padded
                The frame of the padding is still there: return what has the shape of x.
            minus_zero: padded[:, :, p : p + h, q : q + w] => padded[:, :, p:-p, q:-q]
                A slice p:-p is empty when p is 0. Write p : p + H.
            wrong_corner: padded[:, :, p : p + h, q : q + w] => padded[:, :, :h, :w]
                You cut the frame off at one end only: the image begins at row p and column q.
            averaged: return padded[:, :, p : p + h, q : q + w] => return padded[:, :, p : p + h, q : q + w] / (kh * kw)
                You take a mean. The transpose of copying is adding: nothing is divided.
            last_row_forgotten: for u in range(kh): => for u in range(max(kh - 1, 1)):
                The last row of each patch is never added: the loop stops one early.
            other_defaults: stride=1, padding=0 => stride=2, padding=0
                Called without options, your patches stand two apart: the defaults are stride 1 and padding 0.
            double_precision [hidden]: w + 2 * q), cols.dtype) => w + 2 * q))
                float32 goes in and float64 comes out: make the array with the dtype of cols.
            """,
        ),
    ],
    alternatives=[
        Alternative("kernel by kernel", col2im_kernel_loop),
        Alternative("window by window", col2im_window_loop),
        Alternative("np.add.at", col2im_add_at),
    ],
    hints=[
        "Every number of a row was copied from one pixel. Send it back there and add.",
        "Start with zeros of the padded shape. A loop over (i, j) adds cols[:, i, j].reshape(N, C, kH, kW) to "
        "its window.",
        "At the end cut the frame off: padded[:, :, p : p + H, q : q + W].",
    ],
)


# --- convolution as one product, and its speed --------------------------------------------------------------

IM2COL_CALL = "y = conv2d_im2col(x, weight, bias, stride=stride, padding=padding)"


def product_case(name, inputs, kind=""):
    inputs = spoken(inputs)
    calls = [f"y = {conv_call(inputs, 'conv2d_im2col')}"]
    return Case(name, inputs=inputs, calls=calls, outputs=("y",), kind=kind)


def visible_products():
    rng = np.random.default_rng(56)
    return [
        product_case("by hand", small_inputs([[1, 2, 0, -1], [3, -2, 1, 4]], [[1, -2]], 1, 0)),
        product_case("overlapping windows", conv_inputs(rng, (3, 2, 6, 9, 4, 3, 5), 1, 2)),
        product_case("stride 2 with a remainder", conv_inputs(rng, (2, 3, 8, 9, 4, 3, 2), 2, 0)),
        product_case("two strides, two paddings", conv_inputs(rng, (2, 3, 7, 9, 5, 2, 4), (3, 2), (0, 2))),
        product_case("no padding", conv_inputs(rng, (2, 3, 4, 6, 5, 2, 3), 1, 0)),
    ]


def hidden_products(rng):
    made = []
    for index, (stride, padding) in enumerate([(1, 1), ((2, 3), 0), ((3, 1), (1, 2))]):
        n, c, f = (int(size) for size in rng.permutation([2, 3, 4]))
        kh, kw = (int(size) for size in rng.permutation([2, 3, 4])[:2])
        h, w = (int(size) for size in rng.permutation([6, 7, 8, 9])[:2])
        inputs = conv_inputs(rng, (n, c, h, w, f, kh, kw), stride, padding)
        made.append(product_case(f"odd {index}", inputs, "odd shapes"))
    made.append(product_case("1 x 1", conv_inputs(rng, (3, 4, 5, 7, 2, 1, 1), 1, 0), "a kernel of one pixel"))
    made.append(product_case("single", conv_inputs(rng, (1, 1, 6, 5, 1, 3, 2), 2, 1), "one filter"))
    for index in range(2):
        thin = conv_inputs(rng, (2, 3, 5, 6 + index, 4, 2, 3), 1, 1)
        thin |= {name: thin[name].astype(np.float32) for name in ("x", "weight", "bias")}
        made.append(product_case(f"float32 {index}", thin, "float32"))
    wide = conv_inputs(rng, (2, 3, 6, 14, 4, 3, 2), 2, 1)
    wide["x"] = wide["x"][..., ::2]
    wide["weight"] = wide["weight"].transpose(0, 1, 3, 2)
    made.append(product_case("strided", wide, "non-contiguous"))
    return made


def product_flat(x, weight, bias, *, stride=1, padding=0):
    (s, t), (p, q) = [(v, v) if np.ndim(v) == 0 else v for v in (stride, padding)]
    f, c, kh, kw = weight.shape
    padded = np.pad(x, ((0, 0), (0, 0), (p, p), (q, q)))
    patches = sliding_window_view(padded, (kh, kw), axis=(2, 3))[:, :, ::s, ::t]
    n, _, rows, columns = patches.shape[:4]
    cols = patches.transpose(0, 2, 3, 1, 4, 5).reshape(n * rows * columns, c * kh * kw)
    y = cols @ weight.reshape(f, -1).T + bias
    return y.reshape(n, rows, columns, f).transpose(0, 3, 1, 2)


def product_upright(x, weight, bias, *, stride=1, padding=0):
    (s, t), (p, q) = [(v, v) if np.ndim(v) == 0 else v for v in (stride, padding)]
    f, c, kh, kw = weight.shape
    padded = np.pad(x, ((0, 0), (0, 0), (p, p), (q, q)))
    rows, columns = (padded.shape[2] - kh) // s + 1, (padded.shape[3] - kw) // t + 1
    upright = np.empty((len(x), c, kh, kw, rows, columns), x.dtype)
    for u in range(kh):
        for v in range(kw):
            upright[:, :, u, v] = padded[:, :, u : u + s * rows : s, v : v + t * columns : t]
    y = weight.reshape(f, -1) @ upright.reshape(len(x), c * kh * kw, rows * columns) + bias[:, None]
    return y.reshape(len(x), f, rows, columns)


def product_image_by_image(x, weight, bias, *, stride=1, padding=0):
    s, t = (stride, stride) if np.ndim(stride) == 0 else stride
    p, q = (padding, padding) if np.ndim(padding) == 0 else padding
    made = []
    for image in x:
        padded = np.pad(image, ((0, 0), (p, p), (q, q)))
        patches = sliding_window_view(padded, weight.shape[2:], axis=(1, 2))[:, ::s, ::t]
        made.append(np.tensordot(weight, patches, axes=([1, 2, 3], [0, 3, 4])) + bias[:, None, None])
    return np.stack(made)


def product_one_by_one(x, weight, bias, *, stride=1, padding=0):
    s, t = (stride, stride) if np.ndim(stride) == 0 else stride
    p, q = (padding, padding) if np.ndim(padding) == 0 else padding
    padded = np.pad(x, ((0, 0), (0, 0), (p, p), (q, q)))
    f, _, kh, kw = weight.shape
    y = np.empty((len(x), f, (padded.shape[2] - kh) // s + 1, (padded.shape[3] - kw) // t + 1), x.dtype)
    for n, k, i, j in np.ndindex(y.shape):
        patch = padded[n, :, s * i : s * i + kh, t * j : t * j + kw]
        y[n, k, i, j] = np.sum(patch * weight[k]) + bias[k]
    return y


def unit_kernel():
    """A 3 by 3 kernel whose only 1 is in the middle gives every channel back."""
    weight = np.zeros((3, 3, 3, 3))
    weight[[0, 1, 2], [0, 1, 2], 1, 1] = 1
    x = np.random.default_rng(57).normal(size=(2, 3, 5, 4))
    return {"x": x, "weight": weight, "bias": np.zeros(3), "stride": 1, "padding": 1}


PRODUCT_SLIPS = """
bias_forgotten: .T + bias => .T
    The bias is missing: bias[f] is added to every pixel of map f.
axes_mixed: y.reshape(n, rows, columns, f).transpose(0, 3, 1, 2) => y.reshape(n, f, rows, columns)
    The product has the filters last: reshape it to (N, H', W', F), then move F to the front with transpose.
kernel_flipped: cols @ weight.reshape => cols @ weight[:, :, ::-1, ::-1].reshape
    You turn the kernel round. Networks slide it as it is.
order_of_a_row: patches.transpose(0, 2, 3, 1, 4, 5) => patches.transpose(0, 2, 3, 4, 5, 1)
    The rows of your patches run channel last, those of the weights channel first: the products pair wrong numbers.
"""

PRODUCT_PICKED = picks("y = conv2d_im2col(x, weight, bias, stride=2)")
CONV2D_IM2COL = Exercise(
    id="conv2d_im2col",
    points=15,
    functions={"conv2d_im2col": conv2d_im2col},
    subject=("conv2d_im2col",),
    cases=visible_products(),
    hidden=hidden_products,
    properties=[
        Property("equal", title="a kernel that copies", calls=[IM2COL_CALL], inputs=unit_kernel(), left="y", right="x"),
    ],
    hidden_properties=[PRODUCT_PICKED.drawn("a kernel with a single 1")],
    mutants=[
        *slips(product_flat, PRODUCT_SLIPS),
        *slips(
            product_flat,
            """
            weights_reshaped_not_transposed: weight.reshape(f, -1).T => weight.reshape(-1, f)
                weight.reshape(-1, F) cuts the filters in pieces. Write each filter in a row, then transpose the matrix.
            stride_only_down: [:, :, ::s, ::t] => [:, :, ::s]
                The stride moves your window down, but not to the right.
            stride_ignored: [:, :, ::s, ::t] => [:, :, :, :]
                Your windows move one pixel at a time. Output (i, j) reads the patch at (i * stride, j * stride).
            edge_padding: (q, q))) => (q, q)), mode="edge")
                You repeat the border pixels. Padding adds zeros.
            padding_forgotten: (p, p), (q, q))) => (0, 0), (0, 0)))
                The padding is not used.
            other_defaults: stride=1, padding=0 => stride=1, padding=1
                Called without options, your function pads: the defaults are stride 1 and padding 0.
            double_precision [hidden]: cols @ weight => cols.astype(float) @ weight
                float32 goes in and float64 comes out: keep the dtype of x.
            """,
        ),
    ],
    alternatives=[
        Alternative("one flat product", product_flat),
        Alternative("patches upright", product_upright),
        Alternative("image by image", product_image_by_image),
        Alternative("one by one", product_one_by_one),
    ],
    hints=[
        "cols = own.im2col(x, weight.shape[2:], stride, padding) has a patch in each row. What matrix has a filter in "
        "each column?",
        "weight.reshape(F, -1).T, so y = cols @ weight.reshape(F, -1).T + bias is (N, H', W', F).",
        "The filters belong on axis 1: y.transpose(0, 3, 1, 2).",
    ],
)


def race(name, rng, sizes, kind=""):
    """Two calls, which may take a tenth of the time of two loops over the outputs."""
    n, c, h, w, f, kh, kw = sizes
    inputs = conv_inputs(rng, sizes, 1, 0)
    del inputs["stride"], inputs["padding"]
    return Case(
        name,
        inputs=inputs,
        calls=2 * ["y = conv2d_im2col(x, weight, bias)"],
        outputs=("y",),
        part="speed",
        kind=kind,
        budget={"window": [c, kh, kw], "turns": 2 * n * f * (h - kh + 1) * (w - kw + 1), "share": 0.1},
    )


def right_and_fast(name, rng, sizes, padding, kind=""):
    return Case(
        name,
        inputs=conv_inputs(rng, sizes, 1, padding),
        calls=[IM2COL_CALL],
        outputs=("y",),
        part="speed",
        kind=kind,
    )


def speed_cases():
    rng = np.random.default_rng(58)
    return [
        race("four small images", rng, (4, 3, 12, 13, 24, 3, 2)),
        race("more filters", rng, (3, 2, 11, 14, 36, 2, 3)),
        right_and_fast("still right", rng, (2, 3, 8, 9, 4, 3, 2), 1),
        right_and_fast("still right without padding", rng, (3, 2, 5, 7, 4, 2, 3), 0),
    ]


def hidden_speed(rng):
    return [
        race("another race", rng, (4, 3, 10, 13, 28, 2, 3), "speed"),
        right_and_fast("right 1", rng, (2, 3, 6, 7, 5, 2, 3), 0, "odd shapes"),
        right_and_fast("right 2", rng, (3, 4, 5, 9, 2, 3, 1), 2, "odd shapes"),
    ]


CONV2D_IM2COL_SPEED = Exercise(
    id="conv2d_im2col_speed",
    points=10,
    functions={"conv2d_im2col": conv2d_im2col},
    subject=("conv2d_im2col",),
    cases=speed_cases(),
    hidden=hidden_speed,
    properties=[PRODUCT_PICKED],
    hidden_properties=[PRODUCT_PICKED.drawn("a kernel with a single 1")],
    mutants=[
        Mutant(
            "one_by_one",
            {"conv2d_im2col": product_one_by_one},
            "You still compute one output at a time. One matrix product makes all of them at once.",
        ),
        *slips(product_flat, PRODUCT_SLIPS),
    ],
    alternatives=[
        Alternative("one flat product", product_flat),
        Alternative("patches upright", product_upright),
        Alternative("image by image", product_image_by_image),
    ],
    hints=[
        "Python is slow once for each turn of a loop, and numpy is slow once for each call: make few calls with much "
        "work in each.",
        "The product must be one call for all images, filters and places. im2col may loop over the kernel's positions, "
        "for there are few of them, or over nothing at all.",
        "sliding_window_view(padded, (kH, kW), axis=(2, 3)) shows all patches without a copy; transpose and reshape "
        "make the rows.",
    ],
)


# --- convolution as a matrix --------------------------------------------------------------------------------


def matrix_case(name, weight, x_shape, stride, padding, kind=""):
    inputs = spoken({"weight": weight, "x_shape": x_shape, "stride": stride, "padding": padding})
    calls = [f"matrix = conv_as_matrix({', '.join(inputs)})"]
    return Case(name, inputs=inputs, calls=calls, outputs=("matrix",), kind=kind)


def visible_matrices():
    rng = np.random.default_rng(59)
    return [
        matrix_case("one row", np.array([[[[1.0, 2.0]]]]), (1, 1, 4), 1, 0),
        matrix_case("by hand", np.array([[[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]]]), (1, 3, 4), 1, 0),
        matrix_case("two channels, three filters", rng.normal(size=(3, 2, 2, 3)), (2, 3, 5), 1, 0),
        matrix_case("padding", rng.normal(size=(2, 1, 3, 2)), (1, 4, 3), 1, 1),
        matrix_case("stride 2 and padding", rng.normal(size=(2, 3, 2, 3)), (3, 5, 4), 2, 1),
        matrix_case("two strides", rng.normal(size=(2, 2, 1, 2)), (2, 4, 5), (1, 2), (0, 1)),
    ]


def hidden_matrices(rng):
    made = []
    for index, (stride, padding) in enumerate([(1, 1), (2, 0), ((1, 3), (2, 0))]):
        f, c = (int(size) for size in rng.permutation([2, 3, 4])[:2])
        kh, kw = (int(size) for size in rng.permutation([1, 2, 3])[:2])
        h, w = (int(size) for size in rng.permutation([4, 5, 6])[:2])
        made.append(
            matrix_case(f"odd {index}", rng.normal(size=(f, c, kh, kw)), (c, h, w), stride, padding, "odd shapes")
        )
    made.append(matrix_case("pixel", rng.normal(size=(3, 2, 1, 1)), (2, 2, 3), 1, 0, "a kernel of one pixel"))
    for index in range(2):
        weight = rng.normal(size=(2, 1, 2, 3)).astype(np.float32)
        made.append(matrix_case(f"float32 {index}", weight, (1, 3, 4 + index), 1, 0, "float32"))
    made.append(matrix_case("strided", rng.normal(size=(2, 2, 3, 4))[..., ::2], (2, 4, 3), 1, 1, "non-contiguous"))
    return made


def matrix_entries(weight, x_shape, stride=1, padding=0):
    (s, t), (p, q) = [(v, v) if np.ndim(v) == 0 else v for v in (stride, padding)]
    (f, _, kh, kw), (c, h, w) = weight.shape, x_shape
    rows, columns = (h + 2 * p - kh) // s + 1, (w + 2 * q - kw) // t + 1
    matrix = np.zeros((f, rows, columns, c, h, w), weight.dtype)
    for i, j, u, v in np.ndindex(rows, columns, kh, kw):
        row, column = i * s + u - p, j * t + v - q
        if 0 <= row < h and 0 <= column < w:
            matrix[:, i, j, :, row, column] = weight[:, :, u, v]
    return matrix.reshape(f * rows * columns, c * h * w)


def matrix_of_units(weight, x_shape, stride=1, padding=0):
    (s, t), (p, q) = [(v, v) if np.ndim(v) == 0 else v for v in (stride, padding)]
    units = np.eye(int(np.prod(x_shape)), dtype=weight.dtype).reshape(-1, *x_shape)
    padded = np.pad(units, ((0, 0), (0, 0), (p, p), (q, q)))
    patches = sliding_window_view(padded, weight.shape[2:], axis=(2, 3))[:, :, ::s, ::t]
    y = np.einsum("nchwij,fcij->nfhw", patches, weight)  # each column is the answer to one unit image
    return y.reshape(len(units), -1).T


def matrix_of_padded(weight, x_shape, stride=1, padding=0):
    (s, t), (p, q) = [(v, v) if np.ndim(v) == 0 else v for v in (stride, padding)]
    c, h, w = x_shape
    rows = []
    for kernel in weight:
        for top in range(0, h + 2 * p - weight.shape[2] + 1, s):
            for left in range(0, w + 2 * q - weight.shape[3] + 1, t):
                image = np.zeros((c, h + 2 * p, w + 2 * q), weight.dtype)
                image[:, top : top + weight.shape[2], left : left + weight.shape[3]] = kernel
                rows.append(image[:, p : p + h, q : q + w].ravel())
    return np.array(rows)


def kernels_in_rows(rng):
    """A weight, and for each of the 9 places of each filter the filter in a row."""
    weight = rng.uniform(1, 2, size=(3, 2, 2, 3))
    return {"weight": weight, "x_shape": (2, 4, 5), "kernels": np.repeat(weight.reshape(3, -1), 9, axis=0)}


WHOLE_KERNELS = Property(
    "conserved",
    title="without padding every row holds its whole kernel",
    calls=["matrix = conv_as_matrix(weight, x_shape)"],
    inputs=kernels_in_rows,
    left="matrix",
    right="kernels",
    axes=(1,),
)
CONV_AS_MATRIX = Exercise(
    id="conv_as_matrix",
    points=10,
    functions={"conv_as_matrix": conv_as_matrix},
    subject=("conv_as_matrix",),
    cases=visible_matrices(),
    hidden=hidden_matrices,
    properties=[
        WHOLE_KERNELS,
        Property(
            "equal",
            title="a kernel that copies makes the matrix that copies",
            calls=["matrix = conv_as_matrix(weight, x_shape)"],
            inputs={"weight": np.eye(2)[:, :, None, None], "x_shape": (2, 3, 4), "identity": np.eye(24)},
            left="matrix",
            right="identity",
        ),
    ],
    hidden_properties=[WHOLE_KERNELS.drawn("the sums of the rows")],
    mutants=slips(
        matrix_entries,
        """
        kernel_flipped: = weight[:, :, u, v] => = weight[:, :, kh - 1 - u, kw - 1 - v]
            Your rows hold the kernel turned round. A row is the kernel as it lies on the image.
        transposed: return matrix.reshape(f * rows * columns, c * h * w)
            => return matrix.reshape(f * rows * columns, c * h * w).T
            Rows and columns are exchanged: a row for each output, a column for each pixel. (Yours maps back.)
        wrapped_round: if 0 <= row < h and 0 <= column < w: => if row < h and column < w:
            A negative index counts from the end, so your padding wraps round to the other border. Leave them out.
        stride_ignored: i * s + u - p, j * t + v - q => i + u - p, j + v - q
            The stride is missing: output (i, j) sees the pixels from row i * stride and column j * stride.
        padding_not_subtracted: i * s + u - p, j * t + v - q => i * s + u, j * t + v
            Padding moves the windows up and to the left: subtract it from the row and the column.
        filters_last: return matrix.reshape => return matrix.transpose(1, 2, 0, 3, 4, 5).reshape
            The outputs are in the order place, filter. y.ravel() runs through filter, row, column.
        channels_last: return matrix.reshape => return matrix.transpose(0, 1, 2, 4, 5, 3).reshape
            The pixels are in the order row, column, channel. x.ravel() runs through channel, row, column.
        columns_first: return matrix.reshape => return matrix.swapaxes(1, 2).reshape
            The outputs run down the columns first. y.ravel() runs through filter, row, column.
        other_defaults: stride=1, padding=0 => stride=2, padding=0
            Called without options, your windows move by two: the defaults are stride 1 and padding 0.
        first_channel: matrix[:, i, j, :, row, column] = weight[:, :, u, v]
            => matrix[:, i, j, 0, row, column] = weight[:, 0, u, v]
            Only the first channel is there. A filter spans all channels.
        double_precision [hidden]: c, h, w), weight.dtype) => c, h, w))
            float32 goes in and float64 comes out: make the matrix with the dtype of weight.
        """,
    ),
    alternatives=[
        Alternative("entry by entry", matrix_entries),
        Alternative("of unit images", matrix_of_units),
        Alternative("row by row", matrix_of_padded),
    ],
    hints=[
        "A row of the matrix belongs to one output (f, i, j). Which pixels does it see, and with which weights?",
        "Make zeros of shape (F, H', W', C, H + 2p, W + 2q), write the kernel where its window lies, and reshape "
        "at the end.",
        "The columns of the padding meet only zeros: cut them off before you reshape to (F H' W', C H W).",
    ],
)


# --- bug hunt and questions ---------------------------------------------------------------------------------


def hunt_im2col(x, kernel, padding):
    height, width = x.shape
    rows, columns = height + 2 * padding - kernel + 1, width + 2 * padding - kernel + 1
    patches = np.zeros((rows, columns, kernel, kernel), x.dtype)
    for i, j, u, v in np.ndindex(patches.shape):
        row, column = i + u - padding, j + v - padding
        if row >= 0 and column >= 0 and row < height and column < width:
            patches[i, j, u, v] = x[row, column]
    return patches


def hunt_by_view(x, kernel, padding):
    return sliding_window_view(np.pad(x, padding), (kernel, kernel)).copy()


def hunt_by_windows(x, kernel, padding):
    padded = np.pad(x, padding)
    height, width = padded.shape
    rows = [
        [padded[i : i + kernel, j : j + kernel] for j in range(width - kernel + 1)] for i in range(height - kernel + 1)
    ]
    return np.array(rows)


def hunt_case(name, x, kernel, padding, kind=""):
    inputs = {"x": np.array(x), "kernel": kernel, "padding": padding}
    return Case(
        name,
        inputs=inputs,
        calls=["patches = hunt_im2col(x, kernel, padding)"],
        outputs=("patches",),
        kind=kind,
        square=True,
    )


HUNT_RNG = np.random.default_rng(60)


def tall_image(rng):
    """An image, and its pixels as patches of one pixel."""
    x = rng.normal(size=(int(rng.integers(5, 9)), 3))
    return {"x": x, "pixels": x[:, :, None, None]}


SINGLE_PIXELS = Property(
    "equal",
    title="patches of one pixel are the pixels",
    calls=["patches = hunt_im2col(x, 1, 0)"],
    inputs=tall_image,
    left="patches",
    right="pixels",
)
HUNT_IM2COL = Exercise(
    id="hunt_im2col",
    points=5,
    functions={"hunt_im2col": hunt_im2col},
    subject=("hunt_im2col",),
    cases=[
        hunt_case("by hand, tall", [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], 2, 0),
        hunt_case("tall", HUNT_RNG.normal(size=(6, 4)), 3, 1),
        hunt_case("wide", HUNT_RNG.normal(size=(3, 5)), 2, 1),
        hunt_case("square", HUNT_RNG.normal(size=(4, 4)), 3, 2),
    ],
    hidden=lambda rng: [
        hunt_case("tall", rng.normal(size=(int(rng.integers(6, 9)), 5)), 2, 1, "tall images"),
        hunt_case("wide", rng.normal(size=(4, int(rng.integers(6, 9)))), 3, 1, "wide images"),
        hunt_case("thin", rng.normal(size=(7, 3)).astype(np.float32), 3, 0, "float32"),
        hunt_case("row", rng.normal(size=(1, 6)), 1, 1, "one row"),
    ],
    properties=[SINGLE_PIXELS],
    hidden_properties=[SINGLE_PIXELS.drawn("patches of one pixel")],
    mutants=slips(
        hunt_im2col,
        """
        as_shipped: row < height and column < width => row < width and column < height
            Height and width are exchanged where the border is tested: rows end at the height, columns at the width.
        only_squares: row < height and column < width => row < min(height, width) and column < min(height, width)
            Everything beyond a square is lost: rows end at the height, columns at the width.
        height_twice: row < height and column < width => row < height and column < height
            Columns end at the width of the image.
        no_lower_test: if row >= 0 and column >= 0 and row < height => if row < height
            A negative index counts from the end: the padding now shows the opposite border.
        sizes_swapped: rows, columns = height + 2 * padding - kernel + 1, width + 2 * padding - kernel + 1
            => columns, rows = height + 2 * padding - kernel + 1, width + 2 * padding - kernel + 1
            The number of patches was right: rows from the height, columns from the width.
        """,
    ),
    alternatives=[Alternative("a view", hunt_by_view), Alternative("window by window", hunt_by_windows)],
    hints=[
        "A square image shows nothing. Try one of 3 by 2.",
        "Which pixels of the tall image are missing in the patches? What stops them?",
        "Compare the row with the height and the column with the width.",
    ],
)

QUIZ_1 = Quiz(
    id="quiz_1",
    points=2,
    question="A convolution of 3 by 3, stride 1 and padding 1 gets images twice as high and twice as wide. What "
    "happens to the number of its weights and to its work?",
    choices={
        "a": "Both become four times as large.",
        "b": "The weights stay, the work becomes four times as large.",
        "c": "The weights become four times as many, the work stays.",
        "d": "Both stay.",
    },
    right="b",
    because={
        "a": "Every place shares the same weights, so a larger image needs no new ones. Only the work grows.",
        "b": "Yes: the same weights slide over four times as many places. That is why one network can take images of "
        "several sizes.",
        "c": "The other way round: weights belong to the kernel, work to the places that it visits.",
        "d": "The weights stay, but each of the four times as many outputs still costs kH kW C products.",
    },
)
QUIZ_2 = Quiz(
    id="quiz_2",
    points=3,
    question="What does im2col pay for its speed, with a 3 by 3 kernel and stride 1?",
    choices={
        "a": "About nine times as many multiplications.",
        "b": "About nine times the memory of the images.",
        "c": "Some accuracy, because numbers are added in another order.",
        "d": "Nothing: it is a view of the same memory.",
    },
    right="b",
    because={
        "a": "The multiplications are exactly those of the loop. They only come in one large product.",
        "b": "Yes: a pixel in the middle stands in nine patches, so it is copied nine times. Libraries therefore cut "
        "the batch in parts.",
        "c": "The order of the additions changes the last digits only, and no way of adding is the exact one.",
        "d": "sliding_window_view is a view, but a matrix product needs rows side by side: the reshape copies them.",
    },
)

# Exercises in which rows of patches may help, and those in which a size or a frame of zeros may.
BY_PRODUCT = ["conv2d_im2col", "conv2d_im2col_speed", "conv_as_matrix"]
SIZED = [
    "conv2d_forward",
    "conv2d_backward",
    "im2col",
    "col2im",
    "conv2d_im2col",
    "conv2d_im2col_speed",
    "conv_as_matrix",
]

ASSIGNMENT = Assignment(
    name="convolution",
    number=4,
    title="Convolution",
    exercises=[
        CONV_OUTPUT_SIZE,
        CONV2D_PARAM_COUNT,
        PAD2D,
        CONV2D_FORWARD,
        CONV2D_BACKWARD,
        IM2COL,
        COL2IM,
        CONV2D_IM2COL,
        CONV2D_IM2COL_SPEED,
        CONV_AS_MATRIX,
        HUNT_IM2COL,
        QUIZ_1,
        QUIZ_2,
    ],
    given=[
        Given({"conv_output_size": size_by_range}, used_by=SIZED),
        Given({"pad2d": pad_by_slices}, used_by=SIZED),
        Given({"im2col": im2col_indices}, used_by=["col2im", *BY_PRODUCT]),
    ],
)
