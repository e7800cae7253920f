"""Cases and identities of every pooling: windows of several sizes over images."""

import numpy as np

from classroom.staff.declare.exercise import Case, identity
from classroom.staff.declare.inputs import shuffled


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


def backward_case(pair, name, rng, x, kernel, stride, padding=0, kind=""):
    """One backward pass of a pooling."""
    forward, backward = pair.names
    calls = [f"y, cache = {forward}(x, kernel, stride, padding)", f"grad_x = {backward}(grad_y, cache)"]
    inputs = pooling_inputs(rng, x, kernel, stride, padding)
    return Case(name, inputs=inputs, calls=calls, outputs=("grad_x",), kind=kind)


def odd_windows(rng):
    """Yield names, shapes of images, and windows over them that fit no axis twice."""
    for index, (kernel, stride, padding) in enumerate([((2, 3), (2, 1), 0), (3, 2, 1), ((3, 2), (2, 3), (1, 0))]):
        n, c = shuffled(rng, 2, 3, 4)[:2]
        h, w = shuffled(rng, 7, 8, 9, 10)[:2]
        yield f"odd {index}", (n, c, h, w), kernel, stride, padding


def forward_case(function, name, x, kernel, stride=None, padding=0, kind=""):
    """One forward pass of a pooling; without a stride the call leaves it out."""
    arguments = "x, kernel" if stride is None else "x, kernel, stride, padding"
    inputs = {"x": x, "kernel": kernel, "stride": stride, "padding": padding}
    inputs = {key: value for key, value in inputs.items() if key in arguments.split(", ")}
    return Case(name, inputs=inputs, calls=[f"y, cache = {function}({arguments})"], outputs=("y",), kind=kind)


def forward_cases(function):
    """What the forward pass of a pooling is asked."""
    rng = np.random.default_rng(62)
    small = np.array([[[[1.0, 4.0, 2.0, 0.0, -1.0], [3.0, -2.0, 6.0, 5.0, 7.0]]]])
    worked = np.array([[[[1.0, 1.0, 2.0, 4.0], [5.0, 6.0, 7.0, 8.0], [3.0, 2.0, 1.0, 0.0], [1.0, 2.0, 3.0, 4.0]]]])
    visible = [
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

    def hidden(rng):
        made = []
        for name, shape, kernel, stride, padding in odd_windows(rng):
            x = rng.normal(size=shape) - 2
            made.append(forward_case(function, name, x, kernel, stride, padding, "odd shapes"))
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
        framed = rng.normal(size=(2, 2, 4, 5)) - 2
        for kernel, padding in ((7, 3), ((8, 7), (4, 3))):
            made.append(forward_case(function, f"frame {padding}", framed, kernel, 2, padding, "a wide border"))
        wide = rng.normal(size=(2, 3, 6, 14))[..., ::2]
        made.append(forward_case(function, "strided", wide, (2, 3), 2, 0, "non-contiguous"))
        return made

    return {"cases": visible, "hidden": hidden}


def in_two_steps(function):
    """Windows of windows, side by side, are larger windows."""
    return identity(
        "windows of 2 by 2 over windows of 2 by 3 are windows of 4 by 6",
        f"first, _ = {function}(x, (2, 3))",
        f"in_two_steps, _ = {function}(first, 2)",
        f"at_once, _ = {function}(x, (4, 6))",
        "in_two_steps == at_once",
        inputs=lambda rng: {"x": rng.normal(size=(2, 3, 8, 12))},
    )
