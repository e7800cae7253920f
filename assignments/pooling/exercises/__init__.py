"""Assignment 5: what each check asks, which wrong answers it knows, which other right ones it accepts."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from classroom.staff.exercise import Alternative, Assignment, Case, Exercise, Given, Mutant, Property, Quiz, edit
from classroom.staff.slips import slips
from classroom.staff.turns import and_in_turn
from solutions.convolution import conv2d_forward as fast_conv_forward
from solutions.kernel_loops import (
    conv2d_transpose_backward,
    conv2d_transpose_forward,
    depthwise_conv_backward,
    depthwise_conv_forward,
    dilated_conv_backward,
    dilated_conv_forward,
    separable_conv_backward,
    separable_conv_forward,
)
from solutions.pooling import (
    avgpool2d_backward,
    avgpool2d_forward,
    global_avg_pool_backward,
    global_avg_pool_forward,
    maxpool2d_backward,
    maxpool2d_forward,
)
from solutions.receptive_field import receptive_field
from solutions.separable import pointwise_conv_backward, pointwise_conv_forward

# --- cases ---------------------------------------------------------------------------------------------------

CALLS = ["y, cache = maxpool2d_forward(x, kernel, stride, padding)", "grad_x = maxpool2d_backward(grad_y, cache)"]


def both(value):
    """Write 3 as (3, 3)."""
    return (value, value) if np.ndim(value) == 0 else value


def spaced_images(rng, shape):
    """Images whose pixels all differ, and by more than any step of a finite difference."""
    return (rng.permutation(int(np.prod(shape))).reshape(shape) - np.prod(shape) // 2) / 20


def pooling_inputs(rng, x, kernel, stride, padding):
    """Add an upstream gradient of the shape of y."""
    (kh, kw), (sh, sw), (ph, pw) = both(kernel), both(stride), both(padding)
    n, c, h, w = x.shape
    size = (n, c, (h + 2 * ph - kh) // sh + 1, (w + 2 * pw - kw) // sw + 1)
    grad_y = rng.normal(size=size).astype(x.dtype)
    return {"x": x, "grad_y": grad_y, "kernel": kernel, "stride": stride, "padding": padding}


def pooling_case(name, rng, x, kernel, stride, padding=0, kind=""):
    """One backward pass."""
    inputs = pooling_inputs(rng, x, kernel, stride, padding)
    return Case(name, inputs=inputs, calls=CALLS, outputs=("grad_x",), kind=kind)


def tied_case(name, rng, x, kernel, kind=""):
    """Equal pixels in windows side by side: any of the largest may take the gradient, but not all of it twice."""
    return Case(
        name,
        inputs=pooling_inputs(rng, x, kernel, kernel, 0),
        calls=CALLS,
        outputs=("grad_x",),
        kind=kind,
        measure="at_maxima",
        options={"output": "grad_x", "kernel": both(kernel), "stride": both(kernel)},
    )


def visible_cases():
    rng = np.random.default_rng(60)
    small = np.array([[[[1.0, 4.0, 2.0, 0.0, -1.0], [3.0, -2.0, 6.0, 5.0, 7.0]]]])
    return [
        pooling_case("one row of windows", rng, small, (2, 3), (1, 1)),
        pooling_case("side by side", rng, spaced_images(rng, (2, 3, 6, 8)), (3, 2), (3, 2)),
        pooling_case("overlapping", rng, spaced_images(rng, (2, 3, 7, 9)), 3, 2),
        pooling_case("stride larger than the kernel", rng, spaced_images(rng, (3, 2, 9, 8)), (2, 1), (3, 2)),
        pooling_case("all negative, with a border", rng, spaced_images(rng, (2, 3, 6, 8)) - 20, (3, 4), (1, 2), (1, 2)),
        pooling_case("overlapping, with a border", rng, spaced_images(rng, (2, 2, 6, 7)) - 3, 3, 2, 1),
        tied_case("equal pixels", rng, rng.integers(0, 3, size=(2, 3, 6, 8)).astype(float), (3, 2)),
        tied_case("all equal", rng, np.zeros((2, 1, 4, 6)), 2),
    ]


def hidden_cases(rng):
    made = []
    for index, (kernel, stride, padding) in enumerate([((2, 3), (2, 1), 0), (3, 2, 1), ((3, 2), (2, 3), (1, 0))]):
        n, c = (int(size) for size in rng.permutation([2, 3, 4])[:2])
        h, w = (int(size) for size in rng.permutation([7, 8, 9, 10])[:2])
        x = spaced_images(rng, (n, c, h, w))
        made.append(pooling_case(f"odd {index}", rng, x, kernel, stride, padding, "odd shapes"))
    far = 1e12 * (spaced_images(rng, (2, 3, 5, 6)) - 20)
    made.append(pooling_case("far", rng, far, (2, 3), 2, 1, "extreme values"))
    for index in range(2):
        thin = spaced_images(rng, (2, 3, 7, 6)).astype(np.float32)
        made.append(pooling_case(f"float32 {index}", rng, thin, 3 - index, 2, 0, "float32"))
    wide = spaced_images(rng, (2, 3, 6, 14))[..., ::2]
    made.append(pooling_case("strided", rng, wide, (2, 3), (2, 2), 0, "non-contiguous"))
    made.append(tied_case("ties", rng, rng.integers(0, 2, size=(3, 2, 6, 9)).astype(float), (2, 3), "equal pixels"))
    return made


# --- the same, written as students write it ------------------------------------------------------------------


def forward_windows(x, kernel, stride=None, padding=0):
    kh, kw = (kernel, kernel) if np.ndim(kernel) == 0 else kernel
    stride = (kh, kw) if stride is None else stride
    sh, sw = (stride, stride) if np.ndim(stride) == 0 else stride
    ph, pw = (padding, padding) if np.ndim(padding) == 0 else padding
    padded = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)), constant_values=-np.inf)
    n, c, h, w = padded.shape
    y = np.empty((n, c, (h - kh) // sh + 1, (w - kw) // sw + 1), x.dtype)
    for i in range(y.shape[2]):
        for j in range(y.shape[3]):
            y[:, :, i, j] = padded[:, :, i * sh : i * sh + kh, j * sw : j * sw + kw].max(axis=(2, 3))
    return y, (padded, kh, kw, sh, sw, ph, pw)


def backward_windows(grad_y, cache):
    padded, kh, kw, sh, sw, ph, pw = cache
    n, c, h, w = padded.shape
    grad_padded = np.zeros_like(padded)
    for i in range(grad_y.shape[2]):
        for j in range(grad_y.shape[3]):
            window = padded[:, :, i * sh : i * sh + kh, j * sw : j * sw + kw]
            flat = window.reshape(n, c, kh * kw)
            first = np.zeros(flat.shape, flat.dtype)
            np.put_along_axis(first, flat.argmax(axis=2)[:, :, None], 1, axis=2)
            mask = first.reshape(window.shape)
            share = mask * grad_y[:, :, i, j][:, :, None, None]
            grad_padded[:, :, i * sh : i * sh + kh, j * sw : j * sw + kw] += share
    return grad_padded[:, :, ph : h - ph, pw : w - pw]


def backward_shared(grad_y, cache):
    padded, kh, kw, sh, sw, ph, pw = cache
    h, w = padded.shape[2:]
    grad_padded = np.zeros_like(padded)
    for i in range(grad_y.shape[2]):
        for j in range(grad_y.shape[3]):
            there = (slice(None), slice(None), slice(i * sh, i * sh + kh), slice(j * sw, j * sw + kw))
            largest = padded[there] == padded[there].max(axis=(2, 3), keepdims=True)
            # Equal pixels share the gradient: as good a subgradient as the first one's.
            parts = largest / largest.sum(axis=(2, 3), keepdims=True)
            grad_padded[there] += parts * grad_y[:, :, i, j][:, :, None, None]
    return grad_padded[:, :, ph : h - ph, pw : w - pw]


def forward_view(x, kernel, stride=None, padding=0):
    kh, kw = (kernel, kernel) if np.ndim(kernel) == 0 else kernel
    stride = (kh, kw) if stride is None else stride
    sh, sw = (stride, stride) if np.ndim(stride) == 0 else stride
    ph, pw = (padding, padding) if np.ndim(padding) == 0 else padding
    padded = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)), constant_values=-np.inf)
    windows = sliding_window_view(padded, (kh, kw), axis=(2, 3))[:, :, ::sh, ::sw]
    flat = windows.reshape(*windows.shape[:4], kh * kw)
    last = kh * kw - 1 - flat[..., ::-1].argmax(axis=-1)
    y = np.take_along_axis(flat, last[..., None], axis=-1)[..., 0]
    return y, (x.shape, padded.shape, last, (kh, kw), (sh, sw), (ph, pw))


def backward_scattered(grad_y, cache):
    shape, padded_shape, last, (_kh, kw), (sh, sw), (ph, pw) = cache
    n, c, i, j = np.indices(grad_y.shape)
    grad_padded = np.zeros(padded_shape, grad_y.dtype)
    np.add.at(grad_padded, (n, c, i * sh + last // kw, j * sw + last % kw), grad_y)
    return grad_padded[:, :, ph : ph + shape[2], pw : pw + shape[3]]


def backward_loops(grad_y, cache):
    padded, kh, kw, sh, sw, ph, pw = cache
    grad_padded = np.zeros(padded.shape, grad_y.dtype)
    for n, c, i, j in np.ndindex(grad_y.shape):
        best, place = -np.inf, (i * sh, j * sw)
        for row in range(i * sh, i * sh + kh):
            for column in range(j * sw, j * sw + kw):
                if padded[n, c, row, column] > best:
                    best, place = padded[n, c, row, column], (row, column)
        grad_padded[(n, c, *place)] += grad_y[n, c, i, j]
    return grad_padded[:, :, ph : padded.shape[2] - ph, pw : padded.shape[3] - pw]


# --- mutants -------------------------------------------------------------------------------------------------


def mutant(name, sentence, *replacements, tag="visible", forward=()):
    """A change to the backward pass, or to the forward pass before it."""
    functions = {
        "maxpool2d_forward": edit(forward_windows, *forward) if forward else forward_windows,
        "maxpool2d_backward": edit(backward_windows, *replacements) if replacements else backward_windows,
    }
    return Mutant(name, functions, sentence, tag)


TARGET = "grad_padded[:, :, i * sh : i * sh + kh, j * sw : j * sw + kw] += share"
FIRST = "mask = first.reshape(window.shape)"

MAXPOOL2D_BACKWARD = Exercise(
    id="maxpool2d_backward",
    points=15,
    functions={"maxpool2d_forward": maxpool2d_forward, "maxpool2d_backward": maxpool2d_backward},
    subject=("maxpool2d_backward",),
    cases=and_in_turn(visible_cases(), 3, 5),
    hidden=hidden_cases,
    properties=[
        Property(
            "conserved",
            title="windows side by side",
            calls=["y, cache = maxpool2d_forward(x, kernel, stride)", "grad_x = maxpool2d_backward(grad_y, cache)"],
            inputs={
                "x": spaced_images(np.random.default_rng(84), (2, 3, 4, 6)),
                "kernel": (2, 3),
                "stride": (2, 3),
                "grad_y": np.random.default_rng(85).normal(size=(2, 3, 2, 2)),
            },
            left="grad_x",
            right="grad_y",
        ),
        Property(
            "gradient",
            forward="maxpool2d_forward",
            backward="maxpool2d_backward",
            inputs={
                "x": spaced_images(np.random.default_rng(61), (2, 3, 7, 8)),
                "kernel": 3,
                "stride": 2,
                "padding": 1,
            },
            arguments=["x"],
        ),
    ],
    mutants=[
        mutant(
            "ties_all_counted",
            "When several pixels of a window are equally large, you give each of them the whole gradient. "
            "Give it to one of them.",
            FIRST,
            "mask = window == window.max(axis=(2, 3), keepdims=True)",
        ),
        mutant(
            "overwritten",
            "Windows overlap, and a pixel can be the largest of several: add the gradients up (+=), do not "
            "overwrite (=).",
            TARGET,
            TARGET.replace("+=", "="),
        ),
        mutant(
            "stride_ignored",
            "You send the gradients to windows that stand side by side. Window (i, j) starts at (i * stride, j "
            "* stride).",
            TARGET,
            "start = (min(i * kh, h - kh), min(j * kw, w - kw))\n"
            "            grad_padded[:, :, start[0] : start[0] + kh, start[1] : start[1] + kw] += share",
        ),
        mutant(
            "shared_by_all",
            "You share the gradient among all pixels of the window: that is average pooling. The largest takes it all.",
            FIRST,
            "mask = np.full(window.shape, 1 / (kh * kw), window.dtype)",
        ),
        mutant(
            "first_pixel",
            "The gradient goes to the first pixel of each window. It belongs to the largest.",
            "flat.argmax(axis=2)[:, :, None]",
            "0 * flat.argmax(axis=2)[:, :, None]",
        ),
        mutant(
            "smallest",
            "The gradient goes to the smallest pixel of each window. It belongs to the largest.",
            "flat.argmax(axis=2)",
            "flat.argmin(axis=2)",
        ),
        mutant(
            "height_width_swapped",
            "You take the place in the window apart with the wrong size: a flat index k is row k // kW, column k % kW.",
            "first.reshape(window.shape)",
            "first.reshape(n, c, kw, kh).transpose(0, 1, 3, 2)",
        ),
        mutant(
            "padding_kept",
            "grad_x still has the border of the padding. x has none: cut it off.",
            "grad_padded[:, :, ph : h - ph, pw : w - pw]",
            "grad_padded",
        ),
        mutant(
            "zero_border",
            "The border is filled with 0, which beats every negative pixel. Fill it with minus infinity.",
            forward=("constant_values=-np.inf", "constant_values=0"),
        ),
        mutant(
            "without_gradient",
            "You return where the maxima are. Multiply by grad_y: each window's share is what came from above.",
            "mask * grad_y[:, :, i, j][:, :, None, None]",
            "mask",
        ),
        mutant(
            "value_not_place",
            "You multiply by the largest pixel itself. The derivative of a maximum by its largest argument is 1.",
            "mask * grad_y",
            "mask * window * grad_y",
        ),
        mutant(
            "double_precision",
            "float32 goes in and float64 comes out: make the gradient with the dtype of x.",
            "np.zeros_like(padded)",
            "np.zeros(padded.shape)",
            tag="hidden",
        ),
    ],
    alternatives=[
        Alternative("window by window", {"maxpool2d_forward": forward_windows, "maxpool2d_backward": backward_windows}),
        Alternative("ties share", {"maxpool2d_forward": forward_windows, "maxpool2d_backward": backward_shared}),
        Alternative(
            "the last of equal ones", {"maxpool2d_forward": forward_view, "maxpool2d_backward": backward_scattered}
        ),
        Alternative("pixel by pixel", {"maxpool2d_forward": forward_windows, "maxpool2d_backward": backward_loops}),
    ],
    hints=[
        "A window's output is a copy of its largest pixel, so all of the window's gradient goes to that pixel "
        "and none to the rest.",
        "Loop over the windows as on the way forward. For each, find the place of its largest pixel (argmax of "
        "the flat window).",
        "Windows may overlap: add with += into an array of the padded size, and cut the border off at the end.",
    ],
)

# --- pooling forward, and the mean ---------------------------------------------------------------------------


def forward_case(function, name, x, kernel, stride=None, padding=0, kind=""):
    """One forward pass of a pooling; without a stride the call leaves it out."""
    arguments = "x, kernel" if stride is None else "x, kernel, stride, padding"
    inputs = {"x": x, "kernel": kernel, "stride": stride, "padding": padding}
    inputs = {key: value for key, value in inputs.items() if key in arguments.split(", ")}
    return Case(name, inputs=inputs, calls=[f"y, cache = {function}({arguments})"], outputs=("y",), kind=kind)


def visible_forward(function):
    rng = np.random.default_rng(62)
    small = np.array([[[[1.0, 4.0, 2.0, 0.0, -1.0], [3.0, -2.0, 6.0, 5.0, 7.0]]]])
    worked = np.array([[[[1.0, 1.0, 2.0, 4.0], [5.0, 6.0, 7.0, 8.0], [3.0, 2.0, 1.0, 0.0], [1.0, 2.0, 3.0, 4.0]]]])
    return [
        Case(
            "the worked example",
            inputs={"x": worked, "kernel": 2, "stride": 2},
            calls=[f"y, cache = {function}(x, kernel, stride)"],
            outputs=("y",),
            square=True,
        ),
        forward_case(function, "one row of windows", small, (2, 3), (1, 1)),
        forward_case(function, "no stride given", rng.normal(size=(2, 3, 6, 9)), (2, 3)),
        forward_case(function, "no stride given, a remainder", rng.normal(size=(3, 2, 7, 8)), 3),
        forward_case(function, "overlapping", rng.normal(size=(2, 3, 7, 9)), 3, 2),
        forward_case(function, "two strides", rng.normal(size=(3, 2, 9, 8)), (2, 1), (3, 2)),
        forward_case(
            function, "all negative, with a border", rng.normal(size=(2, 3, 6, 8)) - 5, (3, 4), (1, 2), (1, 2)
        ),
        forward_case(function, "overlapping, with a border", rng.normal(size=(2, 2, 6, 7)) - 3, 3, 2, 1),
    ]


def hidden_forward(function):
    def hidden(rng):
        made = []
        for index, (kernel, stride, padding) in enumerate([((2, 3), (2, 1), 0), (3, 2, 1), ((3, 2), (2, 3), (1, 0))]):
            n, c = (int(size) for size in rng.permutation([2, 3, 4])[:2])
            h, w = (int(size) for size in rng.permutation([7, 8, 9, 10])[:2])
            x = rng.normal(size=(n, c, h, w)) - 2
            made.append(forward_case(function, f"odd {index}", x, kernel, stride, padding, "odd shapes"))
        one = rng.normal(size=(2, 3, 4, 5))
        made.append(forward_case(function, "one pixel", one, 1, kind="a window of one pixel"))
        made.append(forward_case(function, "whole", one, (4, 5), kind="a window as large as the image"))
        made.append(forward_case(function, "row", one, (1, 3), (1, 2), (0, 1), "a window of one row"))
        for kernel, stride in (((2, 3), 2), (3, (1, 2))):
            far = -1e12 * rng.uniform(1, 2, size=(2, 3, 5, 6))  # below any number that may stand in for minus infinity
            made.append(forward_case(function, f"far {stride}", far, kernel, stride, 1, "extreme values"))
        for index in range(2):
            thin = rng.normal(size=(2, 3, 7, 6)).astype(np.float32)
            made.append(forward_case(function, f"float32 {index}", thin, 3 - index, 2, index, "float32"))
        wide = rng.normal(size=(2, 3, 6, 14))[..., ::2]
        made.append(forward_case(function, "strided", wide, (2, 3), 2, 0, "non-contiguous"))
        return made

    return hidden


def forward_corners(x, kernel, stride=None, padding=0):
    kh, kw = (kernel, kernel) if np.ndim(kernel) == 0 else kernel
    stride = (kh, kw) if stride is None else stride
    sh, sw = (stride, stride) if np.ndim(stride) == 0 else stride
    ph, pw = (padding, padding) if np.ndim(padding) == 0 else padding
    padded = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)), constant_values=-np.inf)
    rows, columns = (padded.shape[2] - kh) // sh + 1, (padded.shape[3] - kw) // sw + 1
    y = np.full((*x.shape[:2], rows, columns), -np.inf, x.dtype)
    for u in range(kh):
        for v in range(kw):
            y = np.maximum(y, padded[:, :, u : u + sh * rows : sh, v : v + sw * columns : sw])
    return y, None


def raised(rng):
    """Images below 0, and the same with every pixel raised by 7.5."""
    x = rng.normal(size=(2, 3, 6, 7)) - 4
    return {"x": x, "x_raised": x + 7.5}


def in_two_steps(function):
    """Windows of windows, side by side, are larger windows."""
    return Property(
        "equal",
        title="windows of 2 by 2 over windows of 2 by 3 are windows of 4 by 6",
        calls=[
            f"first, _ = {function}(x, (2, 3))",
            f"in_two_steps, _ = {function}(first, 2)",
            f"at_once, _ = {function}(x, (4, 6))",
        ],
        inputs=lambda rng: {"x": rng.normal(size=(2, 3, 8, 12))},
        left="in_two_steps",
        right="at_once",
    )


RAISED = Property(
    "combination",
    title="pixels that are all 7.5 larger make outputs 7.5 larger, at the border too",
    calls=["y, _ = maxpool2d_forward(x, 3, 2, 1)", "y_raised, _ = maxpool2d_forward(x_raised, 3, 2, 1)"],
    inputs=raised,
    terms={"y_raised": 1, "y": -1},
    right=7.5,
)
MAXPOOL2D_FORWARD = Exercise(
    id="maxpool2d_forward",
    points=10,
    functions={"maxpool2d_forward": maxpool2d_forward},
    subject=("maxpool2d_forward",),
    cases=visible_forward("maxpool2d_forward"),
    hidden=hidden_forward("maxpool2d_forward"),
    properties=[RAISED, in_two_steps("maxpool2d_forward")],
    hidden_properties=[RAISED.drawn("pixels that are all larger")],
    mutants=slips(
        forward_windows,
        """
        zero_border: constant_values=-np.inf => constant_values=0
            The border is filled with 0, which beats every negative pixel. Fill it with minus infinity.
        mean: .max(axis=(2, 3)) => .mean(axis=(2, 3))
            You take the mean of each window. This pooling keeps the largest pixel.
        largest_in_size: .max(axis=(2, 3)) => .max(axis=(2, 3), initial=0)
            Your maximum never falls below 0: start from the window's own pixels, or from minus infinity.
        large_is_not_infinite [hidden]: constant_values=-np.inf => constant_values=-1e9
            The border is filled with a large negative number, and pixels may be below it. Fill it with minus infinity.
        sides_swapped: ph, pw = (padding, padding) if np.ndim(padding) == 0 else padding
            => pw, ph = (padding, padding) if np.ndim(padding) == 0 else padding
            A pair is (height, width): the first number of the padding adds rows, the second columns.
        across_channels: .max(axis=(2, 3)) => .max(axis=(1, 2, 3))[:, None]
            You take the maximum over the channels too. Each map is pooled by itself.
        stride_ignored: i * sh : i * sh + kh, j * sw : j * sw + kw => i : i + kh, j : j + kw
            Your windows move one pixel at a time: window (i, j) starts at (i * stride, j * stride).
        stride_one: stride = (kh, kw) if stride is None => stride = (1, 1) if stride is None
            Without a stride the windows lie side by side: the stride is then the kernel, not 1.
        window_turned: i * sh : i * sh + kh, j * sw : j * sw + kw => i * sh : i * sh + kw, j * sw : j * sw + kh
            Height and width of the window have changed places: a pair is (height, width).
        padding_forgotten: ph, pw = (padding, padding) if np.ndim(padding) == 0 else padding => ph = pw = 0
            The padding is not used.
        last_row_forgotten: y = np.empty((n, c, (h - kh) // sh + 1, => y = np.empty((n, c, (h - kh - 1) // sh + 1,
            The last row of windows is missing where it just fits: (H + 2 padding - kH) // stride + 1 rows.
        double_precision [hidden]: // sw + 1), x.dtype) => // sw + 1))
            float32 goes in and float64 comes out: make y with the dtype of x.
        """,
    ),
    alternatives=[
        Alternative("window by window", {"maxpool2d_forward": forward_windows}),
        Alternative("over a view", {"maxpool2d_forward": forward_view}),
        Alternative("kernel by kernel", {"maxpool2d_forward": forward_corners}),
    ],
    hints=[
        "Pad with minus infinity, so that the border never wins. np.pad takes constant_values.",
        "The sizes are those of a convolution without dilation: (H + 2 padding - kH) // stride + 1.",
        "y[:, :, i, j] = padded[:, :, i * s : i * s + kH, j * t : j * t + kW].max(axis=(2, 3)), in two loops.",
    ],
)


def mean_windows(x, kernel, stride=None, padding=0):
    kh, kw = (kernel, kernel) if np.ndim(kernel) == 0 else kernel
    stride = (kh, kw) if stride is None else stride
    sh, sw = (stride, stride) if np.ndim(stride) == 0 else stride
    ph, pw = (padding, padding) if np.ndim(padding) == 0 else padding
    padded = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    n, c, h, w = padded.shape
    y = np.empty((n, c, (h - kh) // sh + 1, (w - kw) // sw + 1), x.dtype)
    for i in range(y.shape[2]):
        for j in range(y.shape[3]):
            y[:, :, i, j] = padded[:, :, i * sh : i * sh + kh, j * sw : j * sw + kw].mean(axis=(2, 3))
    return y, (padded.shape, kh, kw, sh, sw, ph, pw)


def mean_windows_backward(grad_y, cache):
    shape, kh, kw, sh, sw, ph, pw = cache
    h, w = shape[2:]
    grad_padded = np.zeros(shape, grad_y.dtype)
    for i in range(grad_y.shape[2]):
        for j in range(grad_y.shape[3]):
            share = grad_y[:, :, i, j][:, :, None, None] / (kh * kw)
            grad_padded[:, :, i * sh : i * sh + kh, j * sw : j * sw + kw] += share
    return grad_padded[:, :, ph : h - ph, pw : w - pw]


def mean_view(x, kernel, stride=None, padding=0):
    kh, kw = (kernel, kernel) if np.ndim(kernel) == 0 else kernel
    sh, sw = (kh, kw) if stride is None else (stride, stride) if np.ndim(stride) == 0 else stride
    ph, pw = (padding, padding) if np.ndim(padding) == 0 else padding
    padded = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    windows = sliding_window_view(padded, (kh, kw), axis=(2, 3))[:, :, ::sh, ::sw]
    return windows.sum(axis=(4, 5)) / (kh * kw), (x, padded.shape, (kh, kw), (sh, sw), (ph, pw))


def mean_corners_backward(grad_y, cache):
    x, padded_shape, (kh, kw), (sh, sw), (ph, pw) = cache
    grad_padded = np.zeros(padded_shape, x.dtype)
    rows, columns = grad_y.shape[2:]
    for u in range(kh):
        for v in range(kw):
            grad_padded[:, :, u : u + sh * rows : sh, v : v + sw * columns : sw] += grad_y / (kh * kw)
    return grad_padded[:, :, ph : ph + x.shape[2], pw : pw + x.shape[3]]


def mean_matrix(x, kernel, stride=None, padding=0):
    stride = kernel if stride is None else stride
    kernel, stride, padding = ((v, v) if np.ndim(v) == 0 else v for v in (kernel, stride, padding))
    sides = []
    for axis in (0, 1):  # the mean over a window is a product from the left and one from the right
        size, k, s, p = x.shape[2 + axis], kernel[axis], stride[axis], padding[axis]
        starts = s * np.arange((size + 2 * p - k) // s + 1)[:, None] - p
        pixels = np.arange(size)
        sides.append(((pixels >= starts) & (pixels < starts + k)).astype(x.dtype) / k)
    return sides[0] @ x @ sides[1].T, sides


def mean_matrix_backward(grad_y, cache):
    left, right = cache
    return left.T @ grad_y @ right


def flat_maps(rng):
    """Maps of one brightness each, and what pooling by 2 by 3 with stride 1 leaves of them."""
    level = rng.normal(size=(2, 3, 1, 1))
    return {"x": np.tile(level, (4, 5)), "flat": np.tile(level, (3, 3))}


FLAT = Property(
    "equal",
    title="a map of one brightness keeps it",
    calls=["y, _ = avgpool2d_forward(x, (2, 3), 1)"],
    inputs=flat_maps,
    left="y",
    right="flat",
)
AVGPOOL2D_FORWARD = Exercise(
    id="avgpool2d_forward",
    points=6,
    functions={"avgpool2d_forward": avgpool2d_forward},
    subject=("avgpool2d_forward",),
    cases=visible_forward("avgpool2d_forward"),
    hidden=hidden_forward("avgpool2d_forward"),
    properties=[FLAT, in_two_steps("avgpool2d_forward")],
    hidden_properties=[FLAT.drawn("maps of one brightness")],
    mutants=[
        *slips(
            mean_windows,
            """
            sum: .mean(axis=(2, 3)) => .sum(axis=(2, 3))
                You add the window up. Divide by its number of pixels.
            largest: .mean(axis=(2, 3)) => .max(axis=(2, 3))
                You keep the largest pixel. This pooling takes the mean.
            square: .mean(axis=(2, 3)) => .sum(axis=(2, 3)) / kh**2
                You divide by kH squared. A window has kH times kW pixels.
            border_repeated: (ph, ph), (pw, pw))) => (ph, ph), (pw, pw)), mode="edge")
                You repeat the border pixels. The border is made of zeros, and they count in the mean.
            across_channels: .mean(axis=(2, 3)) => .mean(axis=(1, 2, 3))[:, None]
                You average over the channels too. Each map is pooled by itself.
            stride_ignored: i * sh : i * sh + kh, j * sw : j * sw + kw => i : i + kh, j : j + kw
                Your windows move one pixel at a time: window (i, j) starts at (i * stride, j * stride).
            stride_one: stride = (kh, kw) if stride is None => stride = (1, 1) if stride is None
                Without a stride the windows lie side by side: the stride is then the kernel, not 1.
            padding_forgotten: ph, pw = (padding, padding) if np.ndim(padding) == 0 else padding => ph = pw = 0
                The padding is not used.
            double_precision [hidden]: // sw + 1), x.dtype) => // sw + 1))
                float32 goes in and float64 comes out: make y with the dtype of x.
            """,
        ),
        Mutant(
            "border_not_counted",
            edit(
                mean_windows,
                "(ph, ph), (pw, pw)))",
                "(ph, ph), (pw, pw)), constant_values=np.nan)",
                "padded[:, :, i * sh : i * sh + kh, j * sw : j * sw + kw].mean(axis=(2, 3))",
                "np.nanmean(padded[:, :, i * sh : i * sh + kh, j * sw : j * sw + kw], axis=(2, 3))",
            ),
            "At the border you divide by the pixels of the image only. Here the zeros count: always divide by kH * kW.",
        ),
    ],
    alternatives=[
        Alternative("window by window", {"avgpool2d_forward": mean_windows}),
        Alternative("over a view", {"avgpool2d_forward": mean_view}),
        Alternative("two matrix products", {"avgpool2d_forward": mean_matrix}),
    ],
    hints=[
        "The same windows as in max pooling, but the border is made of zeros and they count.",
        "np.pad puts zeros by itself; the sizes are those of max pooling.",
        "y[:, :, i, j] = padded[:, :, i * s : i * s + kH, j * t : j * t + kW].mean(axis=(2, 3)).",
    ],
)


def mean_backward_case(name, rng, x, kernel, stride, padding=0, kind=""):
    inputs = pooling_inputs(rng, x, kernel, stride, padding)
    calls = ["y, cache = avgpool2d_forward(x, kernel, stride, padding)", "grad_x = avgpool2d_backward(grad_y, cache)"]
    return Case(name, inputs=inputs, calls=calls, outputs=("grad_x",), kind=kind)


def visible_means():
    rng = np.random.default_rng(63)
    return [
        mean_backward_case("one row of windows", rng, rng.normal(size=(1, 1, 2, 5)), (2, 3), (1, 1)),
        mean_backward_case("side by side", rng, rng.normal(size=(2, 3, 6, 8)), (3, 2), (3, 2)),
        mean_backward_case("overlapping", rng, rng.normal(size=(2, 3, 7, 9)), 3, 2),
        mean_backward_case("stride larger than the kernel", rng, rng.normal(size=(3, 2, 9, 8)), (2, 1), (3, 2)),
        mean_backward_case("with a border", rng, rng.normal(size=(2, 3, 6, 8)), (3, 4), (1, 2), (1, 2)),
        mean_backward_case("overlapping, with a border", rng, rng.normal(size=(2, 2, 6, 7)), 3, 2, 1),
    ]


def hidden_means(rng):
    made = []
    for index, (kernel, stride, padding) in enumerate([((2, 3), (2, 1), 0), (3, 2, 1), ((3, 2), (2, 3), (1, 0))]):
        n, c = (int(size) for size in rng.permutation([2, 3, 4])[:2])
        h, w = (int(size) for size in rng.permutation([7, 8, 9, 10])[:2])
        x = rng.normal(size=(n, c, h, w))
        made.append(mean_backward_case(f"odd {index}", rng, x, kernel, stride, padding, "odd shapes"))
    for index in range(2):
        thin = rng.normal(size=(2, 3, 7, 6)).astype(np.float32)
        made.append(mean_backward_case(f"float32 {index}", rng, thin, 3 - index, 2, 0, "float32"))
    wide = rng.normal(size=(2, 3, 6, 14))[..., ::2]
    made.append(mean_backward_case("strided", rng, wide, (2, 3), (2, 2), 0, "non-contiguous"))
    return made


def pair_slips(backward, forward, names, text):
    """Slips of a backward pass that needs the cache of its own forward pass."""
    return [
        Mutant(slip.name, {names[0]: forward, names[1]: slip.functions}, slip.sentence, slip.tag)
        for slip in slips(backward, text)
    ]


AVGPOOL2D_BACKWARD = Exercise(
    id="avgpool2d_backward",
    points=9,
    functions={"avgpool2d_forward": avgpool2d_forward, "avgpool2d_backward": avgpool2d_backward},
    subject=("avgpool2d_backward",),
    cases=and_in_turn(visible_means(), 3, 5),
    hidden=hidden_means,
    properties=[
        Property(
            "gradient",
            forward="avgpool2d_forward",
            backward="avgpool2d_backward",
            inputs={"x": np.random.default_rng(64).normal(size=(2, 3, 7, 8)), "kernel": 3, "stride": 2, "padding": 1},
            arguments=["x"],
            linear=True,
        ),
        Property(
            "conserved",
            title="windows side by side",
            calls=[
                "y, cache = avgpool2d_forward(x, kernel, stride)",
                "grad_x = avgpool2d_backward(grad_y, cache)",
            ],
            inputs={
                "x": np.random.default_rng(65).normal(size=(2, 3, 4, 6)),
                "kernel": (2, 3),
                "stride": (2, 3),
                "grad_y": np.random.default_rng(66).normal(size=(2, 3, 2, 2)),
            },
            left="grad_x",
            right="grad_y",
        ),
    ],
    mutants=pair_slips(
        mean_windows_backward,
        mean_windows,
        ("avgpool2d_forward", "avgpool2d_backward"),
        """
        not_divided: [:, :, None, None] / (kh * kw) => [:, :, None, None]
            You give each pixel the whole gradient. In a mean of kH * kW pixels each weighs 1 / (kH * kW).
        overwritten: += share => = share
            Windows overlap, so a pixel belongs to several: add what they send (+=), do not overwrite it.
        height_only: / (kh * kw) => / kh
            You divide by the height of the window. It has kH * kW pixels.
        square: / (kh * kw) => / kh**2
            You divide by kH squared. A window has kH times kW pixels.
        stride_ignored: i * sh : i * sh + kh, j * sw : j * sw + kw => i : i + kh, j : j + kw
            The stride is missing on the way back: window (i, j) starts at (i * stride, j * stride).
        first_pixel: grad_padded[:, :, i * sh : i * sh + kh, j * sw : j * sw + kw]
            => grad_padded[:, :, i * sh : i * sh + 1, j * sw : j * sw + 1]
            Only one pixel of each window gets a share. All of them were in the mean.
        padding_kept: return grad_padded[:, :, ph : h - ph, pw : w - pw] => return grad_padded
            grad_x still has the border of the padding. x has none: cut it off.
        minus_zero: ph : h - ph, pw : w - pw => ph:-ph, pw:-pw
            A slice p:-p is empty when p is 0. Write p : p + H.
        wrong_corner: ph : h - ph, pw : w - pw => : h - 2 * ph, : w - 2 * pw
            Your gradients are shifted by the padding. The image begins at row and column padding: cut p : p + H.
        double_precision [hidden]: np.zeros(shape, grad_y.dtype) => np.zeros(shape)
            float32 goes in and float64 comes out: make the gradient with the dtype of grad_y.
        """,
    ),
    alternatives=[
        Alternative(
            "window by window", {"avgpool2d_forward": mean_windows, "avgpool2d_backward": mean_windows_backward}
        ),
        Alternative("kernel by kernel", {"avgpool2d_forward": mean_view, "avgpool2d_backward": mean_corners_backward}),
        Alternative(
            "two matrix products", {"avgpool2d_forward": mean_matrix, "avgpool2d_backward": mean_matrix_backward}
        ),
    ],
    hints=[
        "Each pixel of a window entered the mean with the weight 1 / (kH * kW).",
        "For each window add grad_y / (kH * kW) to all of its pixels; windows may overlap, so use +=.",
        "Work on an array of the padded size and cut the border off at the end: p : p + H.",
    ],
)

# --- global average pooling ----------------------------------------------------------------------------------


def global_case(direction, name, rng, x, kind=""):
    if direction == "forward":
        return Case(name, inputs={"x": x}, calls=["y, cache = global_avg_pool_forward(x)"], outputs=("y",), kind=kind)
    inputs = {"x": x, "grad_y": rng.normal(size=x.shape[:2]).astype(x.dtype)}
    calls = ["y, cache = global_avg_pool_forward(x)", "grad_x = global_avg_pool_backward(grad_y, cache)"]
    return Case(name, inputs=inputs, calls=calls, outputs=("grad_x",), kind=kind)


def visible_globals(direction):
    rng = np.random.default_rng(67)
    return [
        global_case(direction, "by hand", rng, np.array([[[[1.0, 2.0, 3.0], [4.0, 5.0, 9.0]]]])),
        global_case(direction, "a batch", rng, rng.normal(size=(4, 3, 5, 2)) + 1),
        global_case(direction, "wide maps", rng, rng.normal(size=(2, 5, 3, 7)) - 1),
    ]


def hidden_globals(direction):
    def hidden(rng):
        n, c, h, w = (int(size) for size in rng.permutation([2, 3, 5, 6]))
        return [
            global_case(direction, "odd", rng, rng.normal(size=(n, c, h, w)), "odd shapes"),
            global_case(direction, "pixel", rng, rng.normal(size=(c, n, 1, 1)), "maps of one pixel"),
            global_case(direction, "far", rng, rng.normal(size=(2, 3, 4, 5)) * 1e8, "extreme values"),
            global_case(direction, "thin", rng, rng.normal(size=(2, 3, 4, 5)).astype(np.float32), "float32"),
            global_case(direction, "thin 2", rng, rng.normal(size=(3, 2, 6, 5)).astype(np.float32), "float32"),
            global_case(direction, "strided", rng, rng.normal(size=(2, 3, 4, 10))[..., ::2], "non-contiguous"),
        ]

    return hidden


def global_flat(x):
    n, c, h, w = x.shape
    return x.reshape(n, c, h * w).sum(axis=2) / (h * w), (n, c, h, w)


def global_flat_backward(grad_y, cache):
    n, c, h, w = cache
    return np.repeat(grad_y / (h * w), h * w, axis=1).reshape(n, c, h, w)


def global_einsum(x):
    return np.einsum("nchw->nc", x) / np.prod(x.shape[2:]).astype(x.dtype), x


def global_broadcast_backward(grad_y, cache):
    return np.ones_like(cache) * grad_y[:, :, None, None] / (cache.shape[2] * cache.shape[3])


GLOBAL_NAMES = ("global_avg_pool_forward", "global_avg_pool_backward")


def halves(rng):
    """Maps, their left half and their right half."""
    x = rng.normal(size=(2, 3, 4, 6))
    return {"x": x, "x_left": x[..., :3].copy(), "x_right": x[..., 3:].copy()}


def levels(rng):
    """Maps of one brightness each."""
    level = rng.normal(size=(3, 2))
    return {"x": np.tile(level[:, :, None, None], (4, 5)), "level": level}


GLOBAL_FLAT = Property(
    "equal",
    title="a map of one brightness gives it",
    calls=["y, _ = global_avg_pool_forward(x)"],
    inputs=levels,
    left="y",
    right="level",
)
GLOBAL_FORWARD = Exercise(
    id="global_avg_pool_forward",
    points=4,
    functions={"global_avg_pool_forward": global_avg_pool_forward},
    subject=("global_avg_pool_forward",),
    cases=visible_globals("forward"),
    hidden=hidden_globals("forward"),
    properties=[
        GLOBAL_FLAT,
        Property(
            "combination",
            title="a map has the mean of its two halves",
            calls=[f"y{half}, _ = global_avg_pool_forward(x{half})" for half in ("", "_left", "_right")],
            inputs=halves,
            terms={"y_left": 0.5, "y_right": 0.5},
            right="y",
        ),
    ],
    hidden_properties=[GLOBAL_FLAT.drawn("maps of one brightness")],
    mutants=slips(
        global_flat,
        """
        sum: .sum(axis=2) / (h * w) => .sum(axis=2)
            You add each map up. Divide by its number of pixels.
        largest: .sum(axis=2) / (h * w) => .max(axis=2)
            You keep the largest pixel of each map. Take the mean.
        height_only: / (h * w), ( => / h, (
            You divide by the height only. A map has H * W pixels.
        axes_kept: .sum(axis=2) / (h * w) => .sum(axis=2)[:, :, None, None] / (h * w)
            The answer has two axes left over: it is (N, C), one number for each map.
        over_the_batch: .sum(axis=2) / (h * w) => .sum(axis=2).mean(axis=0, keepdims=True).repeat(n, 0) / (h * w)
            You average over the images too. Each image keeps its own numbers.
        over_the_channels: .sum(axis=2) / (h * w) => .sum(axis=2).mean(axis=1) / (h * w)
            You average over the channels too. The answer is (N, C).
        double_precision [hidden]: x.reshape(n => x.astype(float).reshape(n
            float32 goes in and float64 comes out: keep the dtype of x.
        """,
    ),
    alternatives=[Alternative("flat", global_flat), Alternative("einsum", global_einsum)],
    hints=[
        "Which axes disappear? The last two.",
        "The backward pass will need to know how large the maps were: keep the shape of x in the cache.",
        "x.mean(axis=(2, 3)) is (N, C).",
    ],
)
GLOBAL_BACKWARD = Exercise(
    id="global_avg_pool_backward",
    points=6,
    functions={
        "global_avg_pool_forward": global_avg_pool_forward,
        "global_avg_pool_backward": global_avg_pool_backward,
    },
    subject=("global_avg_pool_backward",),
    cases=and_in_turn(visible_globals("backward")),
    hidden=hidden_globals("backward"),
    properties=[
        Property(
            "gradient",
            forward="global_avg_pool_forward",
            backward="global_avg_pool_backward",
            inputs={"x": np.random.default_rng(68).normal(size=(2, 3, 4, 5))},
            linear=True,
        ),
        Property(
            "conserved",
            title="what is shared out adds up again",
            calls=["y, cache = global_avg_pool_forward(x)", "grad_x = global_avg_pool_backward(grad_y, cache)"],
            inputs={
                "x": np.random.default_rng(69).normal(size=(2, 3, 4, 5)),
                "grad_y": np.random.default_rng(70).normal(size=(2, 3)),
            },
            left="grad_x",
            right="grad_y",
        ),
    ],
    mutants=pair_slips(
        global_flat_backward,
        global_flat,
        GLOBAL_NAMES,
        """
        not_divided: grad_y / (h * w) => grad_y
            You give each pixel the whole gradient. In a mean of H * W pixels each weighs 1 / (H * W).
        height_only: grad_y / (h * w) => grad_y / h
            You divide by the height only. A map has H * W pixels.
        batch_too: grad_y / (h * w) => grad_y / (n * h * w)
            You divide by the number of images too. The mean is over one map.
        channels_too: grad_y / (h * w) => grad_y / (c * h * w)
            You divide by the number of channels too. The mean is over one map.
        first_pixel: return np.repeat(grad_y / (h * w), h * w, axis=1).reshape(n, c, h, w)
            => return np.pad(grad_y[:, :, None, None], ((0, 0), (0, 0), (0, h - 1), (0, w - 1)))
            Only the first pixel of each map gets a gradient. All of them were in the mean.
        maps_mixed: np.repeat(grad_y / (h * w), h * w, axis=1) => np.tile(grad_y / (h * w), (1, h * w))
            The maps are mixed: np.tile repeats the row of all channels, np.repeat each number.
        double_precision [hidden]: grad_y / (h * w) => grad_y.astype(float) / (h * w)
            float32 goes in and float64 comes out: keep the dtype of grad_y.
        """,
    ),
    alternatives=[
        Alternative("repeat", dict(zip(GLOBAL_NAMES, (global_flat, global_flat_backward), strict=True))),
        Alternative("broadcast", dict(zip(GLOBAL_NAMES, (global_einsum, global_broadcast_backward), strict=True))),
    ],
    hints=[
        "Each pixel of a map entered its mean with the weight 1 / (H * W).",
        "grad_y[:, :, None, None] / (H * W) has the four axes; it only has to be spread over H and W.",
        "np.broadcast_to(grad_y[:, :, None, None] / (H * W), (N, C, H, W)), and a copy of it.",
    ],
)

# --- special convolutions: cases -----------------------------------------------------------------------------

DEFAULTS = {"stride": 1, "padding": 0, "dilation": 1}


def conv_like_case(names, direction, name, rng, inputs, kind=""):
    """One pass of a pair of functions whose arrays are positional and whose numbers are keywords."""
    # Options that are as by default are left out: a call without them must mean the same.
    inputs = {key: value for key, value in inputs.items() if key not in DEFAULTS or value != DEFAULTS[key]}
    arrays = [key for key, value in inputs.items() if isinstance(value, np.ndarray)]
    keywords = [f"{key}={key}" for key in inputs if key not in arrays]
    calls = [f"y, cache = {names[0]}({', '.join(arrays + keywords)})"]
    if direction == "forward":
        return Case(name, inputs=inputs, calls=calls, outputs=("y",), kind=kind)
    options = {key: inputs[key] for key in inputs if key not in arrays}
    y, _ = globals()[names[0]](*[inputs[key] for key in arrays], **options)
    gradients = tuple(f"grad_{key}" for key in arrays)
    calls.append(f"{', '.join(gradients)} = {names[1]}(grad_y, cache)")
    grad_y = rng.normal(size=y.shape).astype(y.dtype)
    return Case(name, inputs={**inputs, "grad_y": grad_y}, calls=calls, outputs=gradients, kind=kind)


def thin(inputs):
    """Write all arrays in float32."""
    return {key: value.astype(np.float32) if isinstance(value, np.ndarray) else value for key, value in inputs.items()}


def strided(rng, inputs):
    """Let x be every second column of a wider array."""
    return {**inputs, "x": rng.normal(size=(*inputs["x"].shape[:3], 2 * inputs["x"].shape[3]))[..., ::2]}


def draws(rng, **shapes):
    return {name: rng.normal(size=shape) for name, shape in shapes.items()}


def dilated_inputs(rng, sizes, stride, padding, dilation):
    n, c, h, w, f, kh, kw = sizes
    options = {"stride": stride, "padding": padding, "dilation": dilation}
    return draws(rng, x=(n, c, h, w), weight=(f, c, kh, kw), bias=f) | options


DILATED = ("dilated_conv_forward", "dilated_conv_backward")


def visible_dilated(direction):
    rng = np.random.default_rng(71)
    hand = {
        "x": np.array([[[[1.0, 2.0, 3.0, 4.0, 5.0, 3.0], [0.0, 1.0, 0.0, -1.0, 2.0, 1.0]]]]),
        "weight": np.array([[[[1.0, -2.0]]]]),
        "bias": np.array([0.5]),
        "stride": 1,
        "padding": 0,
        "dilation": 3,
    }
    drawn = [
        ("by hand", hand),
        ("dilation 2", dilated_inputs(rng, (2, 3, 7, 8, 4, 3, 2), 1, 0, 2)),
        ("dilation 3 and a stride", dilated_inputs(rng, (2, 2, 9, 14, 3, 2, 3), 2, 1, 3)),
        ("dilation 2 and a border", dilated_inputs(rng, (3, 2, 6, 7, 4, 2, 3), 1, 2, 2)),
        ("dilation 1", dilated_inputs(rng, (2, 3, 5, 6, 4, 3, 2), 2, 1, 1)),
        ("stride 3 with a remainder", dilated_inputs(rng, (2, 1, 15, 10, 3, 3, 2), 3, 0, 2)),
    ]
    return [conv_like_case(DILATED, direction, name, rng, inputs) for name, inputs in drawn]


def hidden_dilated(direction):
    def hidden(rng):
        drawn = []
        for dilation, stride in ((2, 1), (3, 2), (1, 3)):
            n, c, f = (int(size) for size in rng.permutation([2, 3, 4]))
            kh, kw = (int(size) for size in rng.permutation([2, 3, 1])[:2])
            h, w = (int(size) for size in rng.permutation([8, 9, 10, 11])[:2])
            sizes = (n, c, h, w, f, kh, kw)
            padding = int(rng.integers(0, 3))
            drawn.append(("odd shapes", dilated_inputs(rng, sizes, stride, padding, dilation)))
        drawn.append(("a kernel of one pixel", dilated_inputs(rng, (2, 3, 4, 5, 4, 1, 1), 1, 0, 4)))
        drawn.append(("one filter", dilated_inputs(rng, (1, 1, 6, 7, 1, 2, 3), 1, 1, 2)))
        drawn.append(("float32", thin(dilated_inputs(rng, (2, 3, 6, 7, 4, 2, 3), 1, 1, 2))))
        drawn.append(("float32", thin(dilated_inputs(rng, (3, 2, 7, 6, 2, 3, 2), 2, 0, 2))))
        drawn.append(("non-contiguous", strided(rng, dilated_inputs(rng, (2, 3, 6, 7, 4, 2, 3), 1, 1, 2))))
        return [
            conv_like_case(DILATED, direction, f"{kind} {index}", rng, inputs, kind)
            for index, (kind, inputs) in enumerate(drawn)
        ]

    return hidden


def stuffed_kernels():
    """A kernel, and the same with zeros between its pixels."""
    rng = np.random.default_rng(72)
    inputs = draws(rng, x=(2, 2, 7, 8), weight=(3, 2, 2, 3), bias=3)
    stuffed = np.zeros((3, 2, 3, 5))
    stuffed[:, :, ::2, ::2] = inputs["weight"]
    return {**inputs, "stuffed": stuffed}


# --- dilated convolution -------------------------------------------------------------------------------------


def dilated_windows(x, weight, bias, *, stride=1, padding=0, dilation=1):
    reach = [dilation * (k - 1) + 1 for k in weight.shape[2:]]
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    rows = (padded.shape[2] - reach[0]) // stride + 1
    columns = (padded.shape[3] - reach[1]) // stride + 1
    y = np.zeros((len(x), len(weight), rows, columns), x.dtype)
    for i in range(rows):
        for j in range(columns):
            top, left = i * stride, j * stride
            patch = padded[:, :, top : top + reach[0] : dilation, left : left + reach[1] : dilation]
            y[:, :, i, j] = np.tensordot(patch, weight, axes=([1, 2, 3], [1, 2, 3])) + bias
    return y, (padded, weight, stride, padding, dilation)


def dilated_windows_backward(grad_y, cache):
    padded, weight, stride, padding, dilation = cache
    reach = [dilation * (k - 1) + 1 for k in weight.shape[2:]]
    grad_padded = np.zeros_like(padded)
    grad_weight = np.zeros_like(weight)
    for i in range(grad_y.shape[2]):
        for j in range(grad_y.shape[3]):
            top, left = i * stride, j * stride
            there = np.s_[:, :, top : top + reach[0] : dilation, left : left + reach[1] : dilation]
            grad_padded[there] += np.tensordot(grad_y[:, :, i, j], weight, axes=(1, 0))
            grad_weight += np.tensordot(grad_y[:, :, i, j], padded[there], axes=(0, 0))
    h, w = padded.shape[2:]
    grad_x = grad_padded[:, :, padding : h - padding, padding : w - padding]
    return grad_x, grad_weight, grad_y.sum(axis=(0, 2, 3))


def dilated_stuffed(x, weight, bias, *, stride=1, padding=0, dilation=1):
    f, c, kh, kw = weight.shape
    stuffed = np.zeros((f, c, dilation * (kh - 1) + 1, dilation * (kw - 1) + 1), weight.dtype)
    stuffed[:, :, ::dilation, ::dilation] = weight
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    patches = sliding_window_view(padded, stuffed.shape[2:], axis=(2, 3))[:, :, ::stride, ::stride]
    y = np.einsum("nchwij,fcij->nfhw", patches, stuffed) + bias[:, None, None]
    return y, (patches, padded.shape, stuffed, stride, padding, dilation)


def dilated_stuffed_backward(grad_y, cache):
    patches, padded_shape, stuffed, stride, padding, dilation = cache
    grad_stuffed = np.einsum("nchwij,nfhw->fcij", patches, grad_y)
    grad_padded = np.zeros(padded_shape, grad_y.dtype)
    for i, j in np.ndindex(grad_y.shape[2:]):
        back = np.einsum("nf,fcij->ncij", grad_y[:, :, i, j], stuffed)
        top, left = i * stride, j * stride
        grad_padded[:, :, top : top + stuffed.shape[2], left : left + stuffed.shape[3]] += back
    grad_x = grad_padded[:, :, padding : padded_shape[2] - padding, padding : padded_shape[3] - padding]
    return grad_x, grad_stuffed[:, :, ::dilation, ::dilation], np.einsum("nfhw->f", grad_y)


DILATED_FORWARD = Exercise(
    id="dilated_conv_forward",
    points=6,
    functions={"dilated_conv_forward": dilated_conv_forward},
    subject=("dilated_conv_forward",),
    cases=visible_dilated("forward"),
    hidden=hidden_dilated("forward"),
    properties=[
        Property(
            "equal",
            title="a kernel stuffed with zeros",
            calls=[
                "dilated, _ = dilated_conv_forward(x, weight, bias, dilation=2)",
                "plain, _ = dilated_conv_forward(x, stuffed, bias)",
            ],
            inputs=stuffed_kernels(),
            left="dilated",
            right="plain",
        )
    ],
    mutants=slips(
        dilated_windows,
        """
        neighbours: patch = padded[:, :, top : top + reach[0] : dilation, left : left + reach[1] : dilation]
            => patch = padded[:, :, top : top + weight.shape[2], left : left + weight.shape[3]]
            You read neighbouring pixels. The kernel's pixels stand dilation apart.
        image_dilated: top, left = i * stride, j * stride
            => top, left = i * stride * dilation % (padded.shape[2] - reach[0] + 1), j * stride
            You multiply the step of the window by the dilation. Only the stride moves it.
        rows_only: left : left + reach[1] : dilation => left : left + weight.shape[3]
            The kernel is spread downwards only. Dilation acts to the right too.
        kernel_flipped: np.tensordot(patch, weight, => np.tensordot(patch, weight[:, :, ::-1, ::-1],
            You turn the kernel round. Networks slide it as it is.
        bias_forgotten: [1, 2, 3])) + bias => [1, 2, 3]))
            The bias is missing: bias[f] is added to every pixel of map f.
        reach_too_long: reach = [dilation * (k - 1) + 1 for k in weight.shape[2:]]
            => reach = [dilation * k for k in weight.shape[2:]]
            A kernel of k pixels has k - 1 gaps: it reaches over dilation * (k - 1) + 1 pixels, not dilation * k.
        stride_ignored: top, left = i * stride, j * stride => top, left = i, j
            The stride is not used: window (i, j) starts at (i * stride, j * stride).
        edge_padding: (padding, padding))) => (padding, padding)), mode="edge")
            You repeat the border pixels. Padding adds zeros.
        double_precision [hidden]: columns), x.dtype) => columns))
            float32 goes in and float64 comes out: make y with the dtype of x.
        """,
    ),
    alternatives=[
        Alternative("window by window", {"dilated_conv_forward": dilated_windows}),
        Alternative("a stuffed kernel", {"dilated_conv_forward": dilated_stuffed}),
    ],
    hints=[
        "How far does the kernel reach? dilation * (k - 1) + 1 pixels; use that wherever the plain convolution has k.",
        "A slice takes every d-th pixel: padded[:, :, top : top + reach : dilation, ...] has kH rows again.",
        "Or loop over the kernel's positions: position (u, v) meets padded[:, :, u * d : u * d + stride * H' : stride, "
        "...].",
    ],
)

DILATED_BACKWARD = Exercise(
    id="dilated_conv_backward",
    points=9,
    functions={"dilated_conv_forward": dilated_conv_forward, "dilated_conv_backward": dilated_conv_backward},
    subject=("dilated_conv_backward",),
    parts={"grad_x": 4, "grad_weight": 4, "grad_bias": 1},
    cases=and_in_turn(visible_dilated("backward"), 2, 3),
    hidden=hidden_dilated("backward"),
    properties=[
        Property(
            "gradient",
            forward=DILATED[0],
            backward=DILATED[1],
            inputs=dilated_inputs(np.random.default_rng(73), (2, 3, 7, 8, 4, 3, 2), 2, 1, 2),
            linear=True,
        )
    ],
    mutants=pair_slips(
        dilated_windows_backward,
        dilated_windows,
        DILATED,
        """
        neighbours: there = np.s_[:, :, top : top + reach[0] : dilation, left : left + reach[1] : dilation]
            => there = np.s_[:, :, top : top + weight.shape[2], left : left + weight.shape[3]]
            You work with neighbouring pixels. The kernel met pixels that stand dilation apart: take the same slices.
        overwritten: grad_padded[there] += np => grad_padded[there] = np
            Windows overlap: add the gradients up (+=), do not overwrite them.
        kernel_flipped: np.tensordot(grad_y[:, :, i, j], weight,
            => np.tensordot(grad_y[:, :, i, j], weight[:, :, ::-1, ::-1],
            You turn the kernel round. Each window gets the kernel back as it lies.
        stride_ignored: top, left = i * stride, j * stride => top, left = i, j
            The stride is missing on the way back: window (i, j) starts at (i * stride, j * stride).
        padding_kept: grad_x = grad_padded[:, :, padding : h - padding, padding : w - padding] => grad_x = grad_padded
            grad_x still has the border of the padding: cut it off.
        minus_zero: padding : h - padding, padding : w - padding => padding:-padding, padding:-padding
            A slice p:-p is empty when p is 0. Write p : p + H.
        bias_mean: grad_y.sum(axis=(0, 2, 3)) => grad_y.mean(axis=(0, 2, 3))
            The bias enters every pixel of its map, so its gradient is the sum of grad_y, not the mean.
        weight_mean: return grad_x, grad_weight, => return grad_x, grad_weight / len(padded),
            You divide grad_weight by the batch size. The mean belongs to the loss, which has taken it already.
        weight_of_last_window: grad_weight += np => grad_weight[...] = np
            grad_weight holds the last window only: every window adds its share (+=).
        """,
    ),
    alternatives=[
        Alternative("window by window", dict(zip(DILATED, (dilated_windows, dilated_windows_backward), strict=True))),
        Alternative("a stuffed kernel", dict(zip(DILATED, (dilated_stuffed, dilated_stuffed_backward), strict=True))),
    ],
    hints=[
        "The plain backward pass with other slices: where the window read, the gradient goes.",
        "A slice with a step can be added to: grad_padded[:, :, top : top + reach : dilation, ...] += ...",
        "grad_weight gathers grad_y times what each window read, grad_bias all of grad_y for each filter.",
    ],
)

# --- transposed convolution ----------------------------------------------------------------------------------

TRANSPOSED = ("conv2d_transpose_forward", "conv2d_transpose_backward")


def transposed_inputs(rng, sizes, stride, padding):
    n, c, h, w, f, kh, kw = sizes
    return draws(rng, x=(n, c, h, w), weight=(c, f, kh, kw), bias=f) | {"stride": stride, "padding": padding}


def visible_transposed(direction):
    rng = np.random.default_rng(74)
    hand = {
        "x": np.array([[[[1.0, 2.0, -1.0]]]]),
        "weight": np.array([[[[1.0, 3.0]], [[2.0, -5.0]]]]),
        "bias": np.array([0.5, -1.0]),
        "stride": 2,
        "padding": 0,
    }
    inputs = [
        ("stamps side by side", hand),
        ("stamps that overlap", transposed_inputs(rng, (2, 3, 4, 6, 2, 3, 2), 1, 0)),
        ("stride 2", transposed_inputs(rng, (2, 3, 3, 4, 4, 3, 5), 2, 0)),
        ("stride 2 and padding", transposed_inputs(rng, (3, 2, 5, 4, 4, 2, 3), 2, 1)),
        ("gaps between the stamps", transposed_inputs(rng, (2, 4, 3, 4, 3, 2, 1), 3, 0)),
        ("stride 1 and padding", transposed_inputs(rng, (2, 2, 5, 6, 3, 3, 4), 1, 2)),
    ]
    return [conv_like_case(TRANSPOSED, direction, name, rng, drawn) for name, drawn in inputs]


def hidden_transposed(direction):
    def hidden(rng):
        drawn = []
        for stride, padding in ((1, 1), (2, 0), (3, 1)):
            n, c, f = (int(size) for size in rng.permutation([2, 3, 4]))
            kh, kw = (int(size) for size in rng.permutation([2, 3, 4])[:2])
            h, w = (int(size) for size in rng.permutation([3, 4, 5])[:2])
            drawn.append(("odd shapes", transposed_inputs(rng, (n, c, h, w, f, kh, kw), stride, padding)))
        drawn.append(("a kernel of one pixel", transposed_inputs(rng, (2, 3, 4, 5, 4, 1, 1), 2, 0)))
        drawn.append(("stamps that just touch", transposed_inputs(rng, (2, 3, 3, 4, 2, 2, 2), 2, 0)))
        drawn.append(("one filter", transposed_inputs(rng, (1, 1, 4, 3, 1, 2, 3), 1, 0)))
        drawn.append(("float32", thin(transposed_inputs(rng, (2, 3, 3, 4, 4, 2, 3), 2, 1))))
        drawn.append(("float32", thin(transposed_inputs(rng, (3, 2, 4, 3, 2, 3, 2), 1, 0))))
        drawn.append(("non-contiguous", strided(rng, transposed_inputs(rng, (2, 3, 3, 4, 4, 2, 3), 2, 0))))
        return [
            conv_like_case(TRANSPOSED, direction, f"{kind} {index}", rng, inputs, kind)
            for index, (kind, inputs) in enumerate(drawn)
        ]

    return hidden


def transposed_adjoint():
    """With the same weight, the sum of transposed(x) * g is that of x * convolved(g)."""
    rng = np.random.default_rng(75)
    g = rng.normal(size=(2, 4, 9, 8))  # what a convolution of kernel (3, 2), stride 2, padding 1 maps to (5, 5)
    weight = rng.normal(size=(3, 4, 3, 2))
    convolved, _ = fast_conv_forward(g, weight, np.zeros(3), stride=2, padding=1)
    x = rng.normal(size=convolved.shape)
    return Property(
        "adjoint",
        title="transpose of the convolution",
        calls=["y, cache = conv2d_transpose_forward(x, weight, no_bias, stride=2, padding=1)"],
        inputs={"x": x, "weight": weight, "no_bias": np.zeros(4), "g": g, "convolved": convolved},
        pairs=(("y", "g"), ("x", "convolved")),
    )


def stamp_by_stamp(x, weight, bias, *, stride=1, padding=0):
    n, _, h, w = x.shape
    _, f, kh, kw = weight.shape
    rows, columns = (h - 1) * stride + kh, (w - 1) * stride + kw
    canvas = np.zeros((n, f, rows, columns), x.dtype)
    for i in range(h):
        for j in range(w):
            stamp = np.tensordot(x[:, :, i, j], weight, axes=(1, 0))
            canvas[:, :, i * stride : i * stride + kh, j * stride : j * stride + kw] += stamp
    y = canvas[:, :, padding : rows - padding, padding : columns - padding] + bias[:, None, None]
    return y, (x, weight, stride, padding)


def stamp_by_stamp_backward(grad_y, cache):
    x, weight, stride, padding = cache
    kh, kw = weight.shape[2:]
    canvas = np.pad(grad_y, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    grad_x = np.zeros_like(x)
    grad_weight = np.zeros_like(weight)
    for i in range(x.shape[2]):
        for j in range(x.shape[3]):
            patch = canvas[:, :, i * stride : i * stride + kh, j * stride : j * stride + kw]
            grad_x[:, :, i, j] = np.tensordot(patch, weight, axes=([1, 2, 3], [1, 2, 3]))
            grad_weight += np.tensordot(x[:, :, i, j], patch, axes=(0, 0))
    return grad_x, grad_weight, grad_y.sum(axis=(0, 2, 3))


def spread_and_convolve(x, weight, bias, *, stride=1, padding=0):
    n, c, h, w = x.shape
    kh, kw = weight.shape[2:]
    spread = np.zeros((n, c, (h - 1) * stride + 1, (w - 1) * stride + 1), x.dtype)
    spread[:, :, ::stride, ::stride] = x
    framed = np.pad(spread, ((0, 0), (0, 0), (kh - 1, kh - 1), (kw - 1, kw - 1)))
    patches = sliding_window_view(framed, (kh, kw), axis=(2, 3))
    full = np.einsum("nchwij,cfij->nfhw", patches, weight[:, :, ::-1, ::-1])
    rows, columns = full.shape[2:]
    y = full[:, :, padding : rows - padding, padding : columns - padding] + bias[:, None, None]
    return y, (x, weight, stride, padding)


def convolve_back(grad_y, cache):
    x, weight, stride, padding = cache
    framed = np.pad(grad_y, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    patches = sliding_window_view(framed, weight.shape[2:], axis=(2, 3))[:, :, ::stride, ::stride]
    grad_x = np.einsum("nfhwij,cfij->nchw", patches, weight)
    grad_weight = np.einsum("nfhwij,nchw->cfij", patches, x)
    return grad_x, grad_weight, np.einsum("nfhw->f", grad_y)


STAMP = "canvas[:, :, i * stride : i * stride + kh, j * stride : j * stride + kw]"
TRANSPOSE_FORWARD = Exercise(
    id="conv2d_transpose_forward",
    points=10,
    functions={"conv2d_transpose_forward": conv2d_transpose_forward},
    subject=("conv2d_transpose_forward",),
    cases=visible_transposed("forward"),
    hidden=hidden_transposed("forward"),
    properties=[transposed_adjoint()],
    mutants=[
        *slips(
            stamp_by_stamp,
            """
            overwritten: kw] += stamp => kw] = stamp
                Stamps overlap: add them (+=), do not overwrite one by the next.
            kernel_flipped: np.tensordot(x[:, :, i, j], weight, => np.tensordot(x[:, :, i, j], weight[:, :, ::-1, ::-1],
                You turn the kernel round. A stamp is the kernel as it is, times the pixel.
            bias_forgotten: columns - padding] + bias[:, None, None] => columns - padding]
                The bias is missing: bias[f] is added to every pixel of map f.
            bias_in_the_canvas: canvas = np.zeros((n, f, rows, columns), x.dtype)
                => canvas = np.zeros((n, f, rows, columns), x.dtype) + bias[:, None, None] * (kh * kw)
                The bias is counted several times: add it once to every output pixel, at the end.
            padding_kept: canvas[:, :, padding : rows - padding, padding : columns - padding] + => canvas +
                The padding is not cut off: what the convolution the other way padded falls away here.
            minus_zero: padding : rows - padding, padding : columns - padding => padding:-padding, padding:-padding
                A slice p:-p is empty when p is 0. Write p : size - p.
            wrong_corner: padding : rows - padding, padding : columns - padding
                => 2 * padding :, 2 * padding :
                All the padding is cut off above and to the left. Half of it belongs below and to the right.
            first_channel: np.tensordot(x[:, :, i, j], weight, => np.tensordot(x[:, :1, i, j], weight[:1],
                Only the first channel leaves stamps. Every input channel does, and they are added.
            double_precision [hidden]: columns), x.dtype) => columns))
                float32 goes in and float64 comes out: make the canvas with the dtype of x.
            """,
        ),
        Mutant(
            "stride_ignored",
            edit(stamp_by_stamp, STAMP, STAMP.replace("i * stride", "i").replace("j * stride", "j")),
            "Your stamps stand one pixel apart. The stamp of pixel (i, j) begins at (i * stride, j * stride).",
        ),
    ],
    alternatives=[
        Alternative("stamp by stamp", {"conv2d_transpose_forward": stamp_by_stamp}),
        Alternative("spread and convolve", {"conv2d_transpose_forward": spread_and_convolve}),
    ],
    hints=[
        "Make a canvas of zeros, (H - 1) * stride + kH rows. Each input pixel stamps its kernel on it.",
        "The stamp of pixel (i, j), for all images: np.tensordot(x[:, :, i, j], weight, axes=(1, 0)), of shape (N, F, "
        "kH, kW). Add it at (i * stride, j * stride).",
        "At the end cut off padding on each side (padding : rows - padding) and add the bias.",
    ],
)

TRANSPOSE_BACKWARD = Exercise(
    id="conv2d_transpose_backward",
    points=10,
    functions={
        "conv2d_transpose_forward": conv2d_transpose_forward,
        "conv2d_transpose_backward": conv2d_transpose_backward,
    },
    subject=("conv2d_transpose_backward",),
    parts={"grad_x": 2, "grad_weight": 2, "grad_bias": 1},
    cases=and_in_turn(visible_transposed("backward")),
    hidden=hidden_transposed("backward"),
    properties=[
        Property(
            "gradient",
            forward=TRANSPOSED[0],
            backward=TRANSPOSED[1],
            inputs=transposed_inputs(np.random.default_rng(76), (2, 3, 4, 5, 2, 3, 4), 2, 1),
            linear=True,
        )
    ],
    mutants=pair_slips(
        stamp_by_stamp_backward,
        stamp_by_stamp,
        TRANSPOSED,
        """
        kernel_flipped: np.tensordot(patch, weight, => np.tensordot(patch, weight[:, :, ::-1, ::-1],
            You turn the kernel round. A pixel gets back the window that it stamped, times the kernel as it is.
        stride_ignored: canvas[:, :, i * stride : i * stride + kh, j * stride : j * stride + kw]
            => canvas[:, :, i : i + kh, j : j + kw]
            The stride is missing: the stamp of pixel (i, j) began at (i * stride, j * stride).
        last_stamp: grad_weight += np => grad_weight[...] = np
            grad_weight holds the last stamp only: every stamp adds its share (+=).
        weight_mean: return grad_x, grad_weight, => return grad_x, grad_weight / len(x),
            You divide grad_weight by the batch size. The mean belongs to the loss, which has taken it already.
        bias_mean: grad_y.sum(axis=(0, 2, 3)) => grad_y.mean(axis=(0, 2, 3))
            The bias enters every pixel of its map, so its gradient is the sum of grad_y, not the mean.
        bias_for_each_image: grad_y.sum(axis=(0, 2, 3)) => grad_y.sum(axis=(2, 3))
            grad_bias is (F,): sum over the images too.
        padding_repeated: (padding, padding), (padding, padding)))
            => (padding, padding), (padding, padding)), mode="edge")
            What was cut off sends no gradient back: pad grad_y with zeros.
        zeros: return grad_x, grad_weight, => return grad_x * 0, grad_weight * 0,
            Only zeros come back: the loop never writes into what you return.
        first_filter: np.tensordot(patch, weight, axes=([1, 2, 3], [1, 2, 3]))
            => np.tensordot(patch[:, 0], weight[:, 0], axes=([1, 2], [1, 2]))
            A pixel stamped all F maps, so it gets something back from each of them: sum over the filters.
        """,
    ),
    alternatives=[
        Alternative("stamp by stamp", dict(zip(TRANSPOSED, (stamp_by_stamp, stamp_by_stamp_backward), strict=True))),
        Alternative("a convolution", dict(zip(TRANSPOSED, (spread_and_convolve, convolve_back), strict=True))),
    ],
    hints=[
        "The transpose of the transpose is the convolution itself: grad_x is grad_y convolved with the same weight.",
        "Pad grad_y first: that undoes the cut. Pixel (i, j) gets the window at (i * stride, j * stride) times weight.",
        "grad_weight gathers x[:, :, i, j] times that window, over all pixels and images.",
    ],
)

# --- depthwise, pointwise, separable -------------------------------------------------------------------------

DEPTHWISE = ("depthwise_conv_forward", "depthwise_conv_backward")
POINTWISE = ("pointwise_conv_forward", "pointwise_conv_backward")
SEPARABLE = ("separable_conv_forward", "separable_conv_backward")


def depthwise_inputs(rng, sizes, stride, padding):
    n, c, h, w, kh, kw = sizes
    return draws(rng, x=(n, c, h, w), weight=(c, 1, kh, kw), bias=c) | {"stride": stride, "padding": padding}


def pointwise_inputs(rng, sizes):
    n, c, h, w, f = sizes
    return draws(rng, x=(n, c, h, w), weight=(f, c), bias=f)


def separable_inputs(rng, sizes, stride, padding):
    n, c, h, w, f, kh, kw = sizes
    arrays = draws(rng, x=(n, c, h, w), depthwise=(c, 1, kh, kw), pointwise=(f, c), bias=f)
    return arrays | {"stride": stride, "padding": padding}


def both_ways(names, name, rng, inputs, kind=""):
    """Forward and backward in one case."""
    case = conv_like_case(names, "backward", name, rng, inputs, kind)
    return Case(name, inputs=case.inputs, calls=case.calls, outputs=("y", *case.outputs), kind=kind)


def visible_depthwise(direction):
    rng = np.random.default_rng(77)
    drawn = [
        ("three channels", depthwise_inputs(rng, (2, 3, 5, 6, 3, 2), 1, 0)),
        ("stride and padding", depthwise_inputs(rng, (2, 4, 7, 10, 2, 3), 2, 1)),
        ("stride 3 with a remainder", depthwise_inputs(rng, (3, 2, 8, 14, 2, 4), 3, 0)),
        ("overlapping, with a border", depthwise_inputs(rng, (2, 5, 4, 6, 3, 4), 1, 2)),
    ]
    return [conv_like_case(DEPTHWISE, direction, name, rng, inputs) for name, inputs in drawn]


def hidden_depthwise(direction):
    def hidden(rng):
        drawn = []
        for stride, padding in ((1, 1), (2, 0), (3, 2)):
            n, c = (int(size) for size in rng.permutation([2, 3, 4])[:2])
            kh, kw = (int(size) for size in rng.permutation([1, 2, 3])[:2])
            h, w = (int(size) for size in rng.permutation([6, 7, 8])[:2])
            drawn.append(("odd shapes", depthwise_inputs(rng, (n, c, h, w, kh, kw), stride, padding)))
        drawn.append(("one channel", depthwise_inputs(rng, (2, 1, 5, 6, 2, 3), 1, 0)))
        drawn.append(("a kernel of one pixel", depthwise_inputs(rng, (2, 3, 4, 5, 1, 1), 1, 0)))
        drawn.append(("float32", thin(depthwise_inputs(rng, (2, 3, 6, 5, 2, 3), 1, 1))))
        drawn.append(("float32", thin(depthwise_inputs(rng, (3, 2, 5, 6, 3, 2), 2, 0))))
        drawn.append(("non-contiguous", strided(rng, depthwise_inputs(rng, (2, 3, 6, 5, 2, 3), 1, 1))))
        return [
            conv_like_case(DEPTHWISE, direction, f"{kind} {index}", rng, inputs, kind)
            for index, (kind, inputs) in enumerate(drawn)
        ]

    return hidden


def depthwise_windows(x, weight, bias, *, stride=1, padding=0):
    kh, kw = weight.shape[2:]
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    rows, columns = (padded.shape[2] - kh) // stride + 1, (padded.shape[3] - kw) // stride + 1
    y = np.zeros((*x.shape[:2], rows, columns), x.dtype)
    for i in range(rows):
        for j in range(columns):
            patch = padded[:, :, i * stride : i * stride + kh, j * stride : j * stride + kw]
            y[:, :, i, j] = (patch * weight[:, 0]).sum(axis=(2, 3)) + bias
    return y, (padded, weight, stride, padding)


def depthwise_windows_backward(grad_y, cache):
    padded, weight, stride, padding = cache
    kh, kw = weight.shape[2:]
    grad_padded = np.zeros_like(padded)
    grad_weight = np.zeros_like(weight)
    for i in range(grad_y.shape[2]):
        for j in range(grad_y.shape[3]):
            there = np.s_[:, :, i * stride : i * stride + kh, j * stride : j * stride + kw]
            upstream = grad_y[:, :, i, j][:, :, None, None]
            grad_padded[there] += upstream * weight[:, 0]
            grad_weight[:, 0] += (upstream * padded[there]).sum(axis=0)
    h, w = padded.shape[2:]
    grad_x = grad_padded[:, :, padding : h - padding, padding : w - padding]
    return grad_x, grad_weight, grad_y.sum(axis=(0, 2, 3))


def depthwise_view(x, weight, bias, *, stride=1, padding=0):
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    patches = sliding_window_view(padded, weight.shape[2:], axis=(2, 3))[:, :, ::stride, ::stride]
    return np.einsum("nchwij,cij->nchw", patches, weight[:, 0]) + bias[:, None, None], (padded, weight, stride, padding)


def depthwise_by_channel(grad_y, cache):
    padded, weight, stride, padding = cache
    grad_padded, grad_weight = np.zeros_like(padded), np.empty_like(weight)
    rows, columns = grad_y.shape[2:]
    for channel in range(len(weight)):
        for u, v in np.ndindex(weight.shape[2:]):
            there = np.s_[:, channel, u : u + stride * rows : stride, v : v + stride * columns : stride]
            grad_padded[there] += grad_y[:, channel] * weight[channel, 0, u, v]
            grad_weight[channel, 0, u, v] = np.vdot(grad_y[:, channel], padded[there])
    h, w = padded.shape[2] - 2 * padding, padded.shape[3] - 2 * padding
    return grad_padded[:, :, padding : padding + h, padding : padding + w], grad_weight, grad_y.sum((0, 2, 3))


def silenced(rng):
    """Images, kernels, and both with the first of three channels set to 0."""
    x, weight = rng.normal(size=(2, 3, 5, 6)), rng.normal(size=(3, 1, 3, 2))
    silent = np.array([0.0, 1.0, 1.0])[:, None, None]
    return {
        "x": x,
        "weight": weight,
        "bias": rng.normal(size=3),
        "x_without": x * silent,
        "weight_without": weight * silent[:, None],
    }


def single_ones(rng):
    """A kernel with a single 1 for each channel, images, and the pixels that it picks with stride 2, plus the bias."""
    x, weight, bias = rng.normal(size=(2, 3, 7, 8)), np.zeros((3, 1, 3, 2)), rng.normal(size=3)
    picked = np.empty((2, 3, 3, 4))
    for channel in range(3):
        u, v = int(rng.integers(3)), int(rng.integers(2))
        weight[channel, 0, u, v] = 1
        picked[:, channel] = x[:, channel, u : u + 5 : 2, v : v + 7 : 2] + bias[channel]
    return {"x": x, "weight": weight, "bias": bias, "picked": picked}


PICKED = "a single 1 picks one pixel of each window, and the bias is added"
SILENCED = Property(
    "equal",
    title="channels do not mix: to silence one is to silence its kernel",
    calls=[
        "without_channel, _ = depthwise_conv_forward(x_without, weight, bias)",
        "without_kernel, _ = depthwise_conv_forward(x, weight_without, bias)",
    ],
    inputs=silenced,
    left="without_channel",
    right="without_kernel",
)
DEPTHWISE_FORWARD = Exercise(
    id="depthwise_conv_forward",
    points=3,
    functions={"depthwise_conv_forward": depthwise_conv_forward},
    subject=("depthwise_conv_forward",),
    cases=visible_depthwise("forward"),
    hidden=hidden_depthwise("forward"),
    properties=[
        SILENCED,
        Property(
            "equal",
            title=PICKED,
            calls=["y, _ = depthwise_conv_forward(x, weight, bias, stride=2)"],
            inputs=single_ones,
            left="y",
            right="picked",
        ),
    ],
    hidden_properties=[SILENCED.drawn("a channel of zeros")],
    mutants=slips(
        depthwise_windows,
        """
        first_kernel: patch * weight[:, 0] => patch * weight[0, 0]
            You use the first kernel for all channels. Each channel has a kernel of its own.
        channels_summed: y[:, :, i, j] = (patch * weight[:, 0]).sum(axis=(2, 3)) + bias
            => y[:, :, i, j] = (patch * weight[:, 0]).sum(axis=(1, 2, 3))[:, None] + bias
            You sum over the channels. Depthwise, they do not mix.
        bias_forgotten: .sum(axis=(2, 3)) + bias => .sum(axis=(2, 3))
            The bias is missing: bias[c] is added to every pixel of map c.
        kernel_flipped: patch * weight[:, 0] => patch * weight[:, 0, ::-1, ::-1]
            You turn the kernel round. Networks slide it as it is.
        stride_only_down: j * stride : j * stride + kw => j : j + kw
            The stride moves your window down, but not to the right.
        edge_padding: (padding, padding))) => (padding, padding)), mode="edge")
            You repeat the border pixels. Padding adds zeros.
        mean: (patch * weight[:, 0]).sum( => (patch * weight[:, 0]).mean(
            You average the products. A convolution sums them.
        double_precision [hidden]: columns), x.dtype) => columns))
            float32 goes in and float64 comes out: make y with the dtype of x.
        """,
    ),
    alternatives=[
        Alternative("window by window", {"depthwise_conv_forward": depthwise_windows}),
        Alternative("over a view", {"depthwise_conv_forward": depthwise_view}),
    ],
    hints=[
        "The plain convolution without the sum over channels: channel c meets kernel weight[c, 0] only.",
        "weight[:, 0] is (C, kH, kW) and multiplies a patch (N, C, kH, kW) as it is.",
        "y[:, :, i, j] = (patch * weight[:, 0]).sum(axis=(2, 3)) + bias, in two loops.",
    ],
)
DEPTHWISE_BACKWARD = Exercise(
    id="depthwise_conv_backward",
    points=4,
    functions={"depthwise_conv_forward": depthwise_conv_forward, "depthwise_conv_backward": depthwise_conv_backward},
    subject=("depthwise_conv_backward",),
    parts={"grad_x": 2, "grad_weight": 2, "grad_bias": 1},
    cases=and_in_turn(visible_depthwise("backward")),
    hidden=hidden_depthwise("backward"),
    properties=[
        Property(
            "gradient",
            forward=DEPTHWISE[0],
            backward=DEPTHWISE[1],
            inputs=depthwise_inputs(np.random.default_rng(78), (2, 3, 6, 5, 3, 2), 2, 1),
            linear=True,
        )
    ],
    mutants=pair_slips(
        depthwise_windows_backward,
        depthwise_windows,
        DEPTHWISE,
        """
        first_kernel: upstream * weight[:, 0] => upstream * weight[0, 0]
            You use the first kernel for all channels. Each channel has a kernel of its own.
        channels_mixed: upstream * weight[:, 0] => upstream.sum(axis=1, keepdims=True) * weight[:, 0]
            A channel of x gets gradients from all channels of y. Depthwise, it only entered its own.
        overwritten: grad_padded[there] += upstream => grad_padded[there] = upstream
            Windows overlap: add the gradients up (+=), do not overwrite them.
        kernel_flipped: upstream * weight[:, 0] => upstream * weight[:, 0, ::-1, ::-1]
            You turn the kernel round. Each window gets the kernel back as it lies.
        weight_mean: (upstream * padded[there]).sum(axis=0) => (upstream * padded[there]).mean(axis=0)
            You average grad_weight over the images. It is their sum.
        padding_kept: grad_x = grad_padded[:, :, padding : h - padding, padding : w - padding] => grad_x = grad_padded
            grad_x still has the border of the padding: cut it off.
        minus_zero: padding : h - padding, padding : w - padding => padding:-padding, padding:-padding
            A slice p:-p is empty when p is 0. Write p : p + H.
        bias_mean: grad_y.sum(axis=(0, 2, 3)) => grad_y.mean(axis=(0, 2, 3))
            The bias enters every pixel of its map, so its gradient is the sum of grad_y, not the mean.
        """,
    ),
    alternatives=[
        Alternative(
            "window by window", dict(zip(DEPTHWISE, (depthwise_windows, depthwise_windows_backward), strict=True))
        ),
        Alternative("channel by channel", dict(zip(DEPTHWISE, (depthwise_view, depthwise_by_channel), strict=True))),
    ],
    hints=[
        "Each channel for itself: its pixels get grad_y of its map times its own kernel.",
        "grad_weight of a channel gathers grad_y times the patch, over all windows and images.",
        "Gather into an array of the padded size with +=, and cut the border off at the end.",
    ],
)


def visible_pointwise():
    rng = np.random.default_rng(79)
    hand = {
        "x": np.array([[[[1.0, 2.0, 3.0]], [[0.0, -1.0, 2.0]]]]),
        "weight": np.array([[1.0, 3.0], [2.0, 0.0], [0.0, -1.0]]),
        "bias": np.array([0.0, 0.5, -0.5]),
    }
    return [
        both_ways(POINTWISE, "by hand", rng, hand),
        both_ways(POINTWISE, "more channels out", rng, pointwise_inputs(rng, (2, 3, 4, 5, 6))),
        both_ways(POINTWISE, "fewer channels out", rng, pointwise_inputs(rng, (3, 5, 2, 4, 2))),
    ]


def hidden_pointwise(rng):
    n, c, h, w, f = (int(size) for size in rng.permutation([2, 3, 4, 5, 6]))
    drawn = [
        ("odd shapes", pointwise_inputs(rng, (n, c, h, w, f))),
        ("odd shapes", pointwise_inputs(rng, (w, f, c, n, h))),
        ("one channel", pointwise_inputs(rng, (2, 1, 3, 4, 5))),
        ("one filter", pointwise_inputs(rng, (2, 4, 5, 3, 1))),
        ("float32", thin(pointwise_inputs(rng, (2, 3, 4, 5, 6)))),
        ("float32", thin(pointwise_inputs(rng, (3, 2, 5, 4, 3)))),
        ("non-contiguous", strided(rng, pointwise_inputs(rng, (2, 3, 4, 5, 6)))),
    ]
    return [both_ways(POINTWISE, f"{kind} {index}", rng, inputs, kind) for index, (kind, inputs) in enumerate(drawn)]


def pointwise_pixels(x, weight, bias):
    n, c, h, w = x.shape
    pixels = x.transpose(0, 2, 3, 1).reshape(n * h * w, c)
    y = pixels @ weight.T + bias
    return y.reshape(n, h, w, len(weight)).transpose(0, 3, 1, 2), (pixels, weight, (n, h, w, c))


def pointwise_pixels_backward(grad_y, cache):
    pixels, weight, (n, h, w, c) = cache
    flat = grad_y.transpose(0, 2, 3, 1).reshape(n * h * w, len(weight))
    grad_x = (flat @ weight).reshape(n, h, w, c).transpose(0, 3, 1, 2)
    return grad_x, flat.T @ pixels, flat.sum(axis=0)


def pointwise_einsum(x, weight, bias):
    return np.einsum("nchw,fc->nfhw", x, weight) + bias[:, None, None], (x, weight)


def pointwise_einsum_backward(grad_y, cache):
    x, weight = cache
    return (
        np.einsum("nfhw,fc->nchw", grad_y, weight),
        np.einsum("nfhw,nchw->fc", grad_y, x),
        np.einsum("nfhw->f", grad_y),
    )


def pointwise_maps(x, weight, bias):
    n, c, h, w = x.shape
    y = weight @ x.reshape(n, c, h * w) + bias[:, None]
    return y.reshape(n, -1, h, w), (x, weight)


def pointwise_maps_backward(grad_y, cache):
    x, weight = cache
    n, c = x.shape[:2]
    maps = grad_y.reshape(n, len(weight), -1)
    grad_weight = (maps @ x.reshape(n, c, -1).transpose(0, 2, 1)).sum(axis=0)
    return (weight.T @ maps).reshape(x.shape), grad_weight, maps.sum(axis=(0, 2))


def forward_slips(forward, backward, names, text):
    """Slips of a forward pass whose backward pass is right."""
    return [
        Mutant(slip.name, {names[0]: slip.functions, names[1]: backward}, slip.sentence, slip.tag)
        for slip in slips(forward, text)
    ]


def exchanged(rng):
    """Images, a weight that only exchanges channels, and the images with their channels exchanged, plus the bias."""
    x, order, bias = rng.normal(size=(2, 4, 3, 5)), rng.permutation(4), rng.normal(size=4)
    moved = x[:, order] + bias[:, None, None]
    return {"x": x, "weight": np.eye(4)[order], "bias": bias, "exchanged": moved}


EXCHANGED = Property(
    "equal",
    part="y",
    title="a weight with a single 1 in each row exchanges channels, and the bias is added",
    calls=["y, _ = pointwise_conv_forward(x, weight, bias)"],
    inputs=exchanged,
    left="y",
    right="exchanged",
)
POINTWISE_CONV = Exercise(
    id="pointwise_conv",
    points=4,
    functions={"pointwise_conv_forward": pointwise_conv_forward, "pointwise_conv_backward": pointwise_conv_backward},
    subject=POINTWISE,
    parts={"y": 1, "grad_x": 1, "grad_weight": 1, "grad_bias": 1},
    cases=and_in_turn(visible_pointwise()),
    hidden=hidden_pointwise,
    properties=[
        Property(
            "gradient",
            forward=POINTWISE[0],
            backward=POINTWISE[1],
            inputs=pointwise_inputs(np.random.default_rng(80), (2, 3, 4, 5, 6)),
            linear=True,
        ),
        EXCHANGED,
    ],
    hidden_properties=[EXCHANGED.drawn("a weight that exchanges channels")],
    mutants=[
        *forward_slips(
            pointwise_pixels,
            pointwise_pixels_backward,
            POINTWISE,
            """
            axes_mixed: y.reshape(n, h, w, len(weight)).transpose(0, 3, 1, 2) => y.reshape(n, len(weight), h, w)
                The product has the filters last: reshape it to (N, H, W, F), then move F to the front with transpose.
            bias_forgotten: @ weight.T + bias => @ weight.T
                The bias is missing: bias[f] is added to every pixel of map f.
            double_precision [hidden]: pixels @ weight.T => pixels.astype(float) @ weight.T
                float32 goes in and float64 comes out: keep the dtype of x.
            """,
        ),
        *pair_slips(
            pointwise_pixels_backward,
            pointwise_pixels,
            POINTWISE,
            """
            grad_axes_mixed: grad_y.transpose(0, 2, 3, 1).reshape => grad_y.reshape
                A reshape does not move the filters to the end: transpose grad_y to (N, H, W, F) first.
            grad_x_mixed: .reshape(n, h, w, c).transpose(0, 3, 1, 2) => .reshape(n, c, h, w)
                The product has the channels last: reshape it to (N, H, W, C), then transpose.
            weight_mean: flat.T @ pixels, => flat.T @ pixels / n,
                You divide grad_weight by the number of images. It is a sum over all pixels of all images.
            bias_mean: flat.sum(axis=0) => flat.mean(axis=0)
                The bias enters every pixel of its map, so its gradient is the sum of grad_y, not the mean.
            weight_transposed: flat.T @ pixels, => (flat.T @ pixels).T,
                grad_weight has the shape of weight, (F, C).
            """,
        ),
    ],
    alternatives=[
        Alternative("pixels", dict(zip(POINTWISE, (pointwise_pixels, pointwise_pixels_backward), strict=True))),
        Alternative("einsum", dict(zip(POINTWISE, (pointwise_einsum, pointwise_einsum_backward), strict=True))),
        Alternative("maps", dict(zip(POINTWISE, (pointwise_maps, pointwise_maps_backward), strict=True))),
    ],
    hints=[
        "A linear layer at every pixel: write the pixels as rows, (N H W, C), and multiply by weight.T.",
        "x.transpose(0, 2, 3, 1).reshape(-1, C) makes the rows; the answer goes back the same way.",
        "Backward it is the linear layer's: grad @ weight, grad.T @ pixels, and the sum of the rows.",
    ],
)


def visible_separable():
    rng = np.random.default_rng(81)
    drawn = [
        ("no padding", separable_inputs(rng, (2, 3, 5, 6, 4, 3, 2), 1, 0)),
        ("stride and padding", separable_inputs(rng, (2, 4, 7, 10, 3, 2, 3), 2, 1)),
        ("stride 3", separable_inputs(rng, (2, 3, 8, 14, 4, 2, 3), 3, 0)),
        ("overlapping, with a border", separable_inputs(rng, (3, 2, 4, 6, 5, 3, 4), 1, 2)),
    ]
    return [both_ways(SEPARABLE, name, rng, inputs) for name, inputs in drawn]


def hidden_separable(rng):
    drawn = []
    for stride, padding in ((1, 1), (2, 0), (3, 2)):
        n, c, f = (int(size) for size in rng.permutation([2, 3, 4]))
        kh, kw = (int(size) for size in rng.permutation([1, 2, 3])[:2])
        h, w = (int(size) for size in rng.permutation([6, 7, 8])[:2])
        drawn.append(("odd shapes", separable_inputs(rng, (n, c, h, w, f, kh, kw), stride, padding)))
    drawn.append(("a kernel of one pixel", separable_inputs(rng, (2, 3, 4, 5, 6, 1, 1), 1, 0)))
    drawn.append(("float32", thin(separable_inputs(rng, (2, 3, 6, 5, 4, 2, 3), 1, 1))))
    drawn.append(("float32", thin(separable_inputs(rng, (3, 2, 5, 6, 3, 3, 2), 2, 0))))
    drawn.append(("non-contiguous", strided(rng, separable_inputs(rng, (2, 3, 6, 5, 4, 2, 3), 1, 1))))
    return [both_ways(SEPARABLE, f"{kind} {index}", rng, inputs, kind) for index, (kind, inputs) in enumerate(drawn)]


def separable_steps(x, depthwise, pointwise, bias, *, stride=1, padding=0):
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    patches = sliding_window_view(padded, depthwise.shape[2:], axis=(2, 3))[:, :, ::stride, ::stride]
    between = np.einsum("nchwij,cij->nchw", patches, depthwise[:, 0])
    y = np.einsum("nchw,fc->nfhw", between, pointwise) + bias[:, None, None]
    return y, (padded.shape, patches, between, depthwise, pointwise, stride, padding)


def separable_steps_backward(grad_y, cache):
    shape, patches, between, depthwise, pointwise, stride, padding = cache
    grad_bias = grad_y.sum(axis=(0, 2, 3))
    grad_pointwise = np.einsum("nfhw,nchw->fc", grad_y, between)
    grad_between = np.einsum("nfhw,fc->nchw", grad_y, pointwise)
    grad_depthwise = np.einsum("nchw,nchwij->cij", grad_between, patches)[:, None]
    grad_padded = np.zeros(shape, grad_y.dtype)
    rows, columns = grad_y.shape[2:]
    for u, v in np.ndindex(depthwise.shape[2:]):
        there = np.s_[:, :, u : u + stride * rows : stride, v : v + stride * columns : stride]
        grad_padded[there] += grad_between * depthwise[:, 0, u, v][:, None, None]
    grad_x = grad_padded[:, :, padding : shape[2] - padding, padding : shape[3] - padding]
    return grad_x, grad_depthwise, grad_pointwise, grad_bias


def separable_as_one(x, depthwise, pointwise, bias, *, stride=1, padding=0):
    weight = pointwise[:, :, None, None] * depthwise[None, :, 0]  # the full convolution that it stands for
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    y = np.zeros((1, 1, 1, 1), x.dtype)
    kh, kw = depthwise.shape[2:]
    rows, columns = (padded.shape[2] - kh) // stride + 1, (padded.shape[3] - kw) // stride + 1
    for u, v in np.ndindex(kh, kw):
        met = padded[:, :, u : u + stride * rows : stride, v : v + stride * columns : stride]
        y = y + np.einsum("nchw,fc->nfhw", met, weight[:, :, u, v])
    return y + bias[:, None, None], (padded, depthwise, pointwise, stride, padding)


def separable_as_one_backward(grad_y, cache):
    padded, depthwise, pointwise, stride, padding = cache
    weight = pointwise[:, :, None, None] * depthwise[None, :, 0]
    rows, columns = grad_y.shape[2:]
    grad_weight, grad_padded = np.empty_like(weight), np.zeros_like(padded)
    for u, v in np.ndindex(depthwise.shape[2:]):
        there = np.s_[:, :, u : u + stride * rows : stride, v : v + stride * columns : stride]
        grad_weight[:, :, u, v] = np.einsum("nfhw,nchw->fc", grad_y, padded[there])
        grad_padded[there] += np.einsum("nfhw,fc->nchw", grad_y, weight[:, :, u, v])
    grad_depthwise = (grad_weight * pointwise[:, :, None, None]).sum(axis=0)[:, None]
    grad_pointwise = (grad_weight * depthwise[None, :, 0]).sum(axis=(2, 3))
    h, w = padded.shape[2:]
    grad_x = grad_padded[:, :, padding : h - padding, padding : w - padding]
    return grad_x, grad_depthwise, grad_pointwise, grad_y.sum(axis=(0, 2, 3))


def single_ones_in_both(rng):
    """Kernels with a single 1, a pointwise weight that exchanges channels, and what they pick with stride 2."""
    drawn, order = single_ones(rng), rng.permutation(3)
    bias = drawn["bias"][order]  # so that bias and channel have changed places together
    return {
        "x": drawn["x"],
        "depthwise": drawn["weight"],
        "pointwise": np.eye(3)[order],
        "bias": bias,
        "picked": drawn["picked"][:, order],
    }


SEPARABLE_CONV = Exercise(
    id="separable_conv",
    points=4,
    functions={"separable_conv_forward": separable_conv_forward, "separable_conv_backward": separable_conv_backward},
    subject=SEPARABLE,
    parts={"y": 1, "grad_x": 1, "grad_depthwise": 1, "grad_pointwise": 1, "grad_bias": 1},
    cases=and_in_turn(visible_separable()),
    hidden=hidden_separable,
    properties=[
        Property(
            "gradient",
            calls=[
                "y, cache = separable_conv_forward(x, depthwise, pointwise, bias, stride=stride, padding=padding)",
                "grad_x, grad_depthwise, grad_pointwise, grad_bias = separable_conv_backward(grad_y, cache)",
            ],
            output="y",
            wrt={
                "x": "grad_x",
                "depthwise": "grad_depthwise",
                "pointwise": "grad_pointwise",
                "bias": "grad_bias",
            },
            inputs=separable_inputs(np.random.default_rng(82), (2, 3, 6, 5, 4, 3, 2), 2, 1),
            linear=True,
        ),
        Property(
            "equal",
            part="y",
            title=PICKED,
            calls=["y, _ = separable_conv_forward(x, depthwise, pointwise, bias, stride=2)"],
            inputs=single_ones_in_both,
            left="y",
            right="picked",
        ),
    ],
    mutants=[
        *forward_slips(
            separable_steps,
            separable_steps_backward,
            SEPARABLE,
            """
            bias_forgotten: pointwise) + bias[:, None, None] => pointwise)
                The bias is missing: bias[f] is added to every pixel of map f.
            stride_forgotten_to_the_right: ::stride, ::stride] => ::stride]
                The stride moves the window down, but not to the right.
            depthwise_flipped: patches, depthwise[:, 0]) => patches, depthwise[:, 0, ::-1, ::-1])
                You turn the depthwise kernels round. Networks slide them as they are.
            edge_padding: (padding, padding))) => (padding, padding)), mode="edge")
                You repeat the border pixels. Padding adds zeros.
            """,
        ),
        *pair_slips(
            separable_steps_backward,
            separable_steps,
            SEPARABLE,
            """
            pointwise_skipped: grad_between = np.einsum("nfhw,fc->nchw", grad_y, pointwise)
                => grad_between = np.einsum("nfhw,fc->nchw", grad_y, np.ones_like(pointwise))
                On the way to the depthwise part the gradient must pass the pointwise weights.
            overwritten: grad_padded[there] += => grad_padded[there] =
                Windows overlap: add the gradients up (+=), do not overwrite them.
            padding_kept: grad_x = grad_padded[:, :, padding : shape[2] - padding, padding : shape[3] - padding]
                => grad_x = grad_padded
                grad_x still has the border of the padding: cut it off.
            pointwise_mean: "nfhw,nchw->fc", grad_y, between) => "nfhw,nchw->fc", grad_y, between) / len(between)
                You divide grad_pointwise by the batch size. The mean belongs to the loss, which has taken it already.
            axis_lost: patches)[:, None] => patches)
                grad_depthwise has the shape of depthwise, (C, 1, kH, kW).
            """,
        ),
    ],
    alternatives=[
        Alternative("two steps", dict(zip(SEPARABLE, (separable_steps, separable_steps_backward), strict=True))),
        Alternative("one step", dict(zip(SEPARABLE, (separable_as_one, separable_as_one_backward), strict=True))),
    ],
    hints=[
        "Two layers, one behind the other: own.depthwise_conv_forward with a bias of zeros (of x's dtype), then "
        "own.pointwise_conv_forward with the bias.",
        "Backward in the other order: the pointwise part first, and its grad_x is the grad_y of the depthwise part.",
        "Keep both caches in a tuple; the gradient of the depthwise bias is not asked for.",
    ],
)

# --- receptive field -----------------------------------------------------------------------------------------


def field_case(name, layers, kind=""):
    calls = ["size, jump, start = receptive_field(layers)"]
    return Case(name, inputs={"layers": layers}, calls=calls, outputs=("size", "jump", "start"), kind=kind)


def hidden_fields(rng):
    def drawn(count, dilated):
        return [
            (
                int(rng.integers(1, 6)),
                int(rng.integers(1, 4)),
                int(rng.integers(0, 4)),
                int(rng.integers(1, 4)) if dilated else 1,
            )
            for _ in range(count)
        ]

    return [
        field_case("drawn", drawn(4, False), "several layers"),
        field_case("drawn 2", drawn(5, True), "dilation"),
        field_case("drawn 3", drawn(6, True), "dilation"),
        field_case("pixel", [(1, 3, 0, 1)], "a kernel of one pixel"),
        field_case("deep", [(3, 1, 1, 1)] * int(rng.integers(10, 30)), "a deep stack"),
    ]


def field_forward(layers):
    size, jump, start = 1, 1, 0
    for kernel, stride, padding, dilation in layers:
        size = size + dilation * (kernel - 1) * jump
        start = start - padding * jump
        jump = jump * stride
    return size, jump, start


def field_backward(layers):
    low = high = 0
    jump = 1
    for kernel, stride, padding, dilation in reversed(layers):
        low = low * stride - padding
        high = high * stride - padding + dilation * (kernel - 1)
        jump *= stride
    return high - low + 1, jump, low


def field_of_two(layers):
    ends = []
    for output in (0, 1):
        low = high = output
        for kernel, stride, padding, dilation in layers[::-1]:
            low, high = low * stride - padding, high * stride - padding + dilation * (kernel - 1)
        ends.append((low, high))
    return ends[0][1] - ends[0][0] + 1, ends[1][0] - ends[0][0], ends[0][0]


def with_a_pixel_between(rng):
    """Layers, and the same with a kernel of one pixel somewhere between them."""
    layers = [tuple(int(rng.integers(low, 5)) for low in (2, 1, 0, 1)) for _ in range(4)]
    place = int(rng.integers(5))
    return {"layers": layers, "more_layers": [*layers[:place], (1, 1, 0, 3), *layers[place:]]}


PIXEL_BETWEEN = Property(
    "equal",
    title="a kernel of one pixel, whatever its dilation, changes nothing",
    calls=["field = receptive_field(layers)", "field_with_it = receptive_field(more_layers)"],
    inputs=with_a_pixel_between,
    left="field_with_it",
    right="field",
)
RECEPTIVE_FIELD = Exercise(
    id="receptive_field",
    points=10,
    functions={"receptive_field": receptive_field},
    subject=("receptive_field",),
    parts={"size": 6, "jump": 2, "start": 2},
    cases=[
        field_case("no layer", []),
        field_case("one kernel of 3", [(3, 1, 1, 1)]),
        field_case("two kernels of 3", [(3, 1, 1, 1), (3, 1, 1, 1)]),
        field_case("a pooling in between", [(3, 1, 1, 1), (2, 2, 0, 1), (3, 1, 1, 1)]),
        field_case("dilations 1, 2, 4", [(3, 1, 1, 1), (3, 1, 2, 2), (3, 1, 4, 4)]),
        field_case("the start of a ResNet", [(7, 2, 3, 1), (3, 2, 1, 1), (3, 1, 1, 1), (3, 1, 1, 1)]),
        field_case("everything at once", [(4, 3, 2, 1), (5, 2, 1, 3), (2, 1, 0, 2)]),
    ],
    hidden=hidden_fields,
    properties=[
        PIXEL_BETWEEN,
        Property(
            "equal",
            title="kernels of 2 and 3 with stride 2 and padding 1 are one of 6 with stride 4 and padding 3",
            calls=["in_two_steps = receptive_field(two)", "at_once = receptive_field(one)"],
            inputs={"two": [(2, 2, 1, 1), (3, 2, 1, 1)], "one": [(6, 4, 3, 1)]},
            left="in_two_steps",
            right="at_once",
        ),
    ],
    hidden_properties=[PIXEL_BETWEEN.drawn("a kernel of one pixel")],
    mutants=slips(
        field_forward,
        """
        jump_first: dilation * (kernel - 1) * jump => dilation * (kernel - 1) * jump * stride
            You multiply the jump by the stride before you use it. A layer's own stride counts for the layers after it.
        jump_forgotten: (kernel - 1) * jump => (kernel - 1)
            Behind a stride, one step is jump pixels of the image: the view grows by (kernel - 1) * jump.
        one_forgotten: dilation * (kernel - 1) * jump => dilation * kernel * jump
            A kernel of k pixels adds k - 1 neighbours to the view.
        dilation_ignored: dilation * (kernel - 1) * jump => (kernel - 1) * jump
            The dilation is not used: it pulls the kernel's pixels apart, and the view grows as much.
        dilation_too_long: dilation * (kernel - 1) * jump => (dilation * kernel - 1) * jump
            A dilated kernel reaches over dilation * (kernel - 1) + 1 pixels, so it adds dilation * (kernel - 1).
        strides_added: jump = jump * stride => jump = jump + stride - 1
            Strides multiply: two strides of 2 make neighbouring outputs 4 pixels apart.
        start_without_jump: start = start - padding * jump => start = start - padding
            Behind a stride, a padding of 1 is jump pixels of the image.
        start_positive: start = start - padding * jump => start = start + padding * jump
            Padding moves the first window up and to the left: the start becomes smaller.
        padding_ignored: start = start - padding * jump => start = start
            The padding is not used: it moves the first window outside the image.
        from_zero: size, jump, start = 1, 1, 0 => size, jump, start = 0, 1, 0
            Without a layer an output sees one pixel, itself: begin with size 1.
        """,
    ),
    alternatives=[
        Alternative("from the input", field_forward),
        Alternative("from the output", field_backward),
        Alternative("two outputs", field_of_two),
    ],
    hints=[
        "Follow one number through the layers: how many pixels of the image lie between neighbours here? That is jump.",
        "A kernel adds kernel - 1 neighbours (times dilation), and each is jump pixels away: size grows by dilation * "
        "(kernel - 1) * jump.",
        "start falls by padding * jump; and only after that jump is multiplied by the layer's stride.",
    ],
)

# --- bug hunt and questions ----------------------------------------------------------------------------------


def hunt_maxpool_backward(grad_y, x, kernel, stride):
    grad_x = np.zeros_like(x)
    for i, j in np.ndindex(grad_y.shape):
        window = x[i * stride : i * stride + kernel, j * stride : j * stride + kernel]
        u, v = np.unravel_index(window.argmax(), window.shape)
        grad_x[i * stride + u, j * stride + v] += grad_y[i, j]
    return grad_x


def hunt_by_add_at(grad_y, x, kernel, stride):
    windows = sliding_window_view(x, (kernel, kernel))[::stride, ::stride]
    place = windows.reshape(*grad_y.shape, -1).argmax(axis=-1)
    i, j = np.indices(grad_y.shape)
    grad_x = np.zeros(x.shape, x.dtype)
    np.add.at(grad_x, (i * stride + place // kernel, j * stride + place % kernel), grad_y)
    return grad_x


def hunt_by_mask(grad_y, x, kernel, stride):
    grad_x = np.zeros_like(x)
    for i, j in np.ndindex(grad_y.shape):
        there = np.s_[i * stride : i * stride + kernel, j * stride : j * stride + kernel]
        grad_x[there] += (x[there] == x[there].max()) * grad_y[i, j]
    return grad_x


def hunt_case(name, rng, shape, kernel, stride, kind="", dtype=np.float64):
    x = (spaced_images(rng, (1, 1, *shape))[0, 0]).astype(dtype)
    size = tuple((side - kernel) // stride + 1 for side in shape)
    inputs = {"grad_y": rng.normal(size=size).astype(dtype), "x": x, "kernel": kernel, "stride": stride}
    calls = ["grad_x = hunt_maxpool_backward(grad_y, x, kernel, stride)"]
    return Case(name, inputs=inputs, calls=calls, outputs=("grad_x",), kind=kind)


HUNT_RNG = np.random.default_rng(83)


def overlapping(rng):
    """A map and a gradient for overlapping windows."""
    return {"grad_y": rng.uniform(1, 2, (5, 4)), "x": spaced_images(rng, (1, 1, 7, 6))[0, 0]}


NOTHING_LOST = Property(
    "conserved",
    title="every number of grad_y comes to one pixel, where windows overlap too",
    calls=["grad_x = hunt_maxpool_backward(grad_y, x, 3, 1)"],
    inputs=overlapping,
    left="grad_x",
    right="grad_y",
)
HUNT_MAXPOOL = Exercise(
    id="hunt_maxpool_backward",
    points=5,
    functions={"hunt_maxpool_backward": hunt_maxpool_backward},
    subject=("hunt_maxpool_backward",),
    cases=[
        hunt_case("side by side", HUNT_RNG, (4, 6), 2, 2),
        hunt_case("overlapping", HUNT_RNG, (5, 7), 3, 1),
        hunt_case("overlapping by one", HUNT_RNG, (7, 9), 3, 2),
        hunt_case("overlapping, a tall map", HUNT_RNG, (8, 5), 2, 1),
    ],
    hidden=lambda rng: [
        hunt_case("odd 1", rng, (6, 9), 3, 1, "odd shapes"),
        hunt_case("odd 2", rng, (9, 7), 4, 2, "odd shapes"),
        hunt_case("gaps", rng, (8, 11), 2, 3, "a stride larger than the kernel"),
        hunt_case("thin", rng, (6, 5), 2, 1, "float32", np.float32),
    ],
    properties=[NOTHING_LOST],
    hidden_properties=[NOTHING_LOST.drawn("overlapping windows")],
    mutants=slips(
        hunt_maxpool_backward,
        """
        as_shipped: += grad_y[i, j] => = grad_y[i, j]
            A pixel can be the largest of several windows, and only the last one's gradient is kept: add them up.
        stride_ignored: grad_x[i * stride + u, j * stride + v] => grad_x[i + u, j + v]
            The place in the image was right: window (i, j) starts at (i * stride, j * stride).
        place_swapped: u, v = np.unravel_index => v, u = np.unravel_index
            Row and column of the largest pixel have changed places.
        smallest: window.argmax() => window.argmin()
            The gradient belongs to the largest pixel of the window.
        maximum_of_both: += grad_y[i, j] => = max(grad_x[i * stride + u, j * stride + v], grad_y[i, j])
            Several windows send gradients to one pixel: they add up, none of them wins.
        """,
    ),
    alternatives=[Alternative("np.add.at", hunt_by_add_at), Alternative("a mask", hunt_by_mask)],
    hints=[
        "With windows side by side all is well. What is different when they overlap?",
        "Take a map whose middle pixel is the largest of four windows. How much should it get?",
        "One character is missing.",
    ],
)

QUIZ_1 = Quiz(
    id="quiz_1",
    points=2,
    question="Two convolutions of 3 by 3, stride 1, one behind the other. One output sees as much of the image as with",
    choices={
        "a": "one convolution of 6 by 6.",
        "b": "one convolution of 5 by 5.",
        "c": "one convolution of 9 by 9.",
        "d": "one convolution of 3 by 3: they look at the same place.",
    },
    right="b",
    because={
        "a": "A kernel of 3 adds 2 neighbours to the view, not 3: 1 + 2 + 2.",
        "b": "Yes, 1 + 2 + 2 = 5. And the two need 18 weights for each pair of channels where the one needs 25.",
        "c": "Views add up, they do not multiply. Only strides multiply.",
        "d": "The second layer looks at 3 by 3 outputs of the first, and their views lie side by side.",
    },
)
QUIZ_2 = Quiz(
    id="quiz_2",
    points=3,
    question="A 3 by 3 convolution from 64 to 128 channels becomes depthwise separable. How many weights are left?",
    choices={
        "a": "About one half.",
        "b": "About one eighth.",
        "c": "About one 64th.",
        "d": "About one 128th.",
    },
    right="b",
    because={
        "a": "Count: 9 * 64 * 128 = 73,728 before; 9 * 64 + 64 * 128 = 8,768 after.",
        "b": "Yes: 8,768 of 73,728, a factor of 8.4. With many channels it approaches 9, the size of the kernel.",
        "c": "The depthwise part is even smaller, but the pointwise part still has 64 * 128 weights.",
        "d": "Only the depthwise part is that small. The pointwise part still has 64 * 128 weights.",
    },
)

ASSIGNMENT = Assignment(
    name="pooling",
    number=5,
    title="Pooling and special convolutions",
    exercises=[
        MAXPOOL2D_FORWARD,
        MAXPOOL2D_BACKWARD,
        AVGPOOL2D_FORWARD,
        AVGPOOL2D_BACKWARD,
        GLOBAL_FORWARD,
        GLOBAL_BACKWARD,
        DILATED_FORWARD,
        DILATED_BACKWARD,
        TRANSPOSE_FORWARD,
        TRANSPOSE_BACKWARD,
        DEPTHWISE_FORWARD,
        DEPTHWISE_BACKWARD,
        POINTWISE_CONV,
        SEPARABLE_CONV,
        RECEPTIVE_FIELD,
        HUNT_MAXPOOL,
        QUIZ_1,
        QUIZ_2,
    ],
    given=[
        Given(dict(zip(DEPTHWISE, (depthwise_view, depthwise_by_channel), strict=True)), used_by=["separable_conv"]),
        Given(
            dict(zip(POINTWISE, (pointwise_einsum, pointwise_einsum_backward), strict=True)), used_by=["separable_conv"]
        ),
    ],
)
