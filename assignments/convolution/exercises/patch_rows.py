"""im2col and col2im: cases of both."""

import numpy as np

from classroom.staff.declare.exercise import Case
from solutions.convolution import im2col

from .windows import spoken


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


def column_cases(direction):
    rng = np.random.default_rng(54)
    counted = columns_inputs(rng, (1, 1, 3, 4), 2, 1, 0)
    counted["x"] = np.arange(12.0).reshape(1, 1, 3, 4)
    counted["grad_cols"] = np.arange(1.0, 25.0).reshape(1, 2, 3, 4)
    visible = [
        columns_case(direction, "by hand", counted),
        columns_case(direction, "overlapping patches", columns_inputs(rng, (2, 3, 5, 6), (3, 2), 1, 1)),
        columns_case(direction, "stride 2 with a remainder", columns_inputs(rng, (2, 2, 6, 8), 3, 2, 0)),
        columns_case(direction, "two strides, two paddings", columns_inputs(rng, (3, 2, 7, 9), (2, 4), (3, 2), (0, 2))),
        columns_case(direction, "more rows than columns", columns_inputs(rng, (2, 4, 8, 5), (4, 3), (2, 1), (1, 2))),
    ]

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
        whole = columns_inputs(rng, (2, 3, 4, 5), (4, 5), 1, 0)
        made.append(columns_case(direction, "whole", whole, "a kernel as large as the image"))
        whole = columns_inputs(rng, (1, 1, 3, 3), 3, 1, 0)
        made.append(columns_case(direction, "whole square", whole, "a kernel as large as the image"))
        framed = columns_inputs(rng, (2, 2, 4, 5), (3, 2), 2, (3, 4))
        made.append(columns_case(direction, "framed", framed, "a wide border"))
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

    return {"cases": visible, "hidden": hidden}
