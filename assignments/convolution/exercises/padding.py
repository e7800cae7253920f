"""A frame of zeros."""

import numpy as np

from classroom.staff.declare.exercise import Case, exercise_of, identity, textual_mutants
from solutions.convolution import pad2d


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


CUT_OFF = identity(
    "the transpose of cutting a frame off",
    "padded = pad2d(x, padding)",
    "sum(padded * large) == sum(x * middle)",
    inputs=framed,
    hidden="the place of the image in its frame",
)
PAD2D = exercise_of(
    pad2d,
    points=5,
    cases=visible_pads(),
    hidden=hidden_pads,
    properties=[
        identity(
            "zeros add nothing",
            "padded = pad2d(x, padding)",
            "sum(padded) == sum(x)",
            inputs={"x": np.random.default_rng(53).normal(size=(2, 3, 4, 5)), "padding": (2, 1)},
        ),
        CUT_OFF,
    ],
    mutants=textual_mutants(
        pad_by_slices,
        """
        upper_left: padded[:, :, p : p + h, q : q + w] => padded[:, :, :h, :w]
            All your zeros are below and to the right. The frame goes round all four sides.
        all_axes: return padded => return np.pad(padded, ((p, p), (q, q), (0, 0), (0, 0)))
            You pad images and channels too. The frame goes round the two last axes only.
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
        double_precision: w + 2 * q), x.dtype) => w + 2 * q))
            float32 goes in and float64 comes out: make the frame with the dtype of x.
        """,
    ),
    alternatives=[pad_by_numpy, pad_by_slices, pad_by_joining],
    hints="""
    Make the larger array of zeros first, then write x into the middle of it.
    The image begins at row p and column q and is as large as before.
    padded = np.zeros((N, C, H + 2p, W + 2q), x.dtype), then padded[:, :, p : p + H, q : q + W] = x.
    """,
)
