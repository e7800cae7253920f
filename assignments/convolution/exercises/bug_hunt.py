"""The bug hunt: patches that are right for square images only."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from classroom.staff.declare.exercise import Case, exercise_of, identity


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


SINGLE_PIXELS = identity(
    "patches of one pixel are the pixels",
    "patches = hunt_im2col(x, 1, 0)",
    "patches == pixels",
    inputs=tall_image,
    hidden="patches of one pixel",
)
HUNT_IM2COL = exercise_of(
    hunt_im2col,
    points=5,
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
        hunt_case("whole", rng.normal(size=(3, 3)), 3, 0, "a kernel as large as the image"),
        hunt_case("framed", rng.normal(size=(3, 2)), 2, 3, "a wide border"),
    ],
    properties=[SINGLE_PIXELS],
    mutants="""
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
    alternatives=[hunt_by_view, hunt_by_windows],
    hints="""
    A square image shows nothing. Try one of 3 by 2.
    Which pixels of the tall image are missing in the patches? What stops them?
    Compare the row with the height and the column with the width.
    """,
)
