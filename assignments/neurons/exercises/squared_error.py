"""The squared error, there and back."""

import numpy as np

from classroom.staff.declare.exercise import Case, Gradient, Pair, Property, backward_of, exercise_of, identity
from solutions.loss import mse_backward, mse_forward


def mse_case(title, y, target, grad_loss=None, kind=""):
    calls, inputs, outputs = ["loss, cache = mse_forward(y, target)"], {"y": y, "target": target}, ("loss",)
    if grad_loss is not None:
        calls, outputs = [*calls, "grad_y = mse_backward(grad_loss, cache)"], ("grad_y",)
        inputs["grad_loss"] = grad_loss
    return Case(title, inputs, calls, outputs, kind=kind)


def mse_cases(backward):
    rng = np.random.default_rng(111)
    upstream = [0.5, 1.75, -2.0, 3.0] if backward else [None] * 4
    visible = [
        mse_case("by hand", np.array([[1.0, 2.0], [3.0, 5.0], [0.0, -1.0]]), np.ones((3, 2)), upstream[0]),
        mse_case("a batch", rng.normal(size=(4, 3)), rng.normal(size=(4, 3)), upstream[1]),
        mse_case("wide", rng.normal(size=(2, 7)), rng.normal(size=(2, 7)), upstream[2]),
        mse_case("images", rng.normal(size=(3, 2, 5, 4)), rng.normal(size=(3, 2, 5, 4)), upstream[3]),
    ]

    def hidden(rng):
        n, m, k = (int(size) for size in rng.permutation([2, 5, 6]))

        def make(title, shape, kind, scale=1.0, dtype=np.float64):
            y, target = (scale * rng.normal(size=(2, *shape))).astype(dtype)
            return mse_case(title, y, target, float(rng.uniform(0.5, 2)) if backward else None, kind)

        strided = rng.normal(size=(2, n, 2 * m))[:, :, ::2]
        return [
            make("odd 1", (n, m), "odd shapes"),
            make("odd 2", (m, k, n), "odd shapes"),
            make("odd 3", (k, n), "odd shapes"),
            make("one", (1, m), "one example"),
            make("large", (n, m), "extreme values", 1e4),
            make("single 1", (n, k), "float32", dtype=np.float32),
            make("single 2", (m, n), "float32", dtype=np.float32),
            mse_case("strided", strided[0], strided[1], 1.5 if backward else None, "non-contiguous"),
        ]

    return {"cases": visible, "hidden": hidden}


def two_outputs(rng):
    y, target = rng.normal(size=(2, 5, 3))
    return {"y": y, "target": target, "y_twice": np.tile(y, (2, 1)), "target_twice": np.tile(target, (2, 1))}


MSE_FORWARD_IDENTITIES = [
    identity(
        title,
        "loss, _ = mse_forward(y, target)",
        f"again, _ = mse_forward({again})",
        "loss == again",
        kind=kind,
        inputs=two_outputs,
    )
    for again, title, kind in [
        ("target, y", "y and target may change places", "y and target exchanged"),
        ("y_twice, target_twice", "a batch and the same batch twice over have one loss", "a batch twice over"),
    ]
]
MSE_BACKWARD_IDENTITY = identity(
    "with y and target exchanged the gradient is turned round",
    "_, cache = mse_forward(y, target)",
    "_, cache2 = mse_forward(target, y)",
    "grad_y = mse_backward(1.5, cache)",
    "grad_exchanged = mse_backward(1.5, cache2)",
    "grad_y + grad_exchanged == 0",
    kind="y and target exchanged",
    inputs=two_outputs,
)


def mse_mean_of_sums(y, target):
    error = (y - target).reshape(len(y), -1)
    return 0.5 * np.mean(np.sum(error**2, axis=1)), y - target


def mse_dot(y, target):
    error = np.ravel(y - target)
    return error @ error / (2 * len(y)), (y, target)


def mse_loop(y, target):
    loss = 0.0
    for left, right in zip(y, target, strict=True):
        loss += np.sum((left - right) ** 2) / 2
    return loss / len(y), None


def mse_backward_kept(grad_loss, cache):
    return cache * (grad_loss / cache.shape[0])


def mse_backward_pair(grad_loss, cache):
    y, target = cache
    return (y - target) * grad_loss / len(y)


def mse_backward_loop(grad_loss, cache):
    (error,) = cache
    return np.stack([grad_loss * row / len(error) for row in error])


MSE_FORWARD = exercise_of(
    mse_forward,
    points=4,
    **mse_cases(backward=False),
    identities=MSE_FORWARD_IDENTITIES,
    mutants="""
    no_half: float(0.5 * (error * error).sum() / len(y)) => float((error * error).sum() / len(y))
        Twice too large: the 1/2 in front of the sum is missing.
    mean_of_all: float(0.5 * (error * error).sum() / len(y)) => float(0.5 * (error * error).mean())
        You average over the outputs too. They are summed; only the examples are averaged.
    mean_without_half: float(0.5 * (error * error).sum() / len(y)) => float((error * error).mean())
        This is the plain mean of the squares. Here it is half the sum over the outputs, averaged over the
        examples.
    no_mean: float(0.5 * (error * error).sum() / len(y)) => float(0.5 * (error * error).sum())
        The sum is not divided by the number of examples, so a larger batch would give a larger loss.
    not_squared: float(0.5 * (error * error).sum() / len(y)) => float(0.5 * error.sum() / len(y))
        The errors are not squared, so positive and negative ones cancel.
    absolute: float(0.5 * (error * error).sum() / len(y)) => float(0.5 * np.abs(error).sum() / len(y))
        You sum absolute errors. They should be squared.
    root: float(0.5 * (error * error).sum() / len(y)) => float(np.sqrt((error * error).sum() / len(y)))
        You take a root. The squared error stays squared.
    root_of_mean: float(0.5 * (error * error).sum() / len(y)) => float(np.sqrt((error * error).mean()))
        You take a root. The squared error stays squared.
    sum_of_squares: float(0.5 * (error * error).sum() / len(y)) => float((error * error).sum())
        This is the sum of all squares. Halve it, and divide it by the number of examples.
    errors_averaged: float(0.5 * (error * error).sum() / len(y)) => float(error.mean())
        The errors are not squared, so positive and negative ones cancel.
    sum_squared: float(0.5 * (error * error).sum() / len(y)) => float(0.5 * error.sum() ** 2 / len(y))
        You square the sum. Square each error first, then add.
    plus: error = y - target => error = y + target
        You add the target. The error is y minus target.
    """,
    alternatives=[mse_mean_of_sums, mse_dot, mse_loop],
    hints="""
    The error is y - target, of the same shape as y. Square it entry by entry.
    Sum over everything, halve it, and divide once by the number of examples, len(y).
    loss = 0.5 * np.sum((y - target) ** 2) / len(y). Keep y - target for the backward pass.
    """,
)
MSE_BACKWARD = backward_of(
    Pair(mse_forward, mse_backward),
    points=6,
    large={"y": (150, 200), "target": (150, 200)},
    **mse_cases(backward=True),
    interleaved=(0, 1),
    properties=[
        Property(
            Gradient("loss", {"y": "grad_y"}),
            calls=["loss, cache = mse_forward(y, target)", "grad_y = mse_backward(1.0, cache)"],
            inputs={
                "y": np.random.default_rng(112).normal(size=(4, 3)),
                "target": np.random.default_rng(113).normal(size=(4, 3)),
            },
        )
    ],
    identities=[MSE_BACKWARD_IDENTITY],
    mutants="""
    factor_two: grad_loss * error / len(error) => grad_loss * 2 * error / len(error)
        Twice too large: the 2 of the derivative and the 1/2 of the loss cancel.
    half: grad_loss * error / len(error) => grad_loss * 0.5 * error / len(error)
        Half of what it should be: the 1/2 of the loss is used up by the derivative of the square.
    no_mean: grad_loss * error / len(error) => grad_loss * error
        The 1/N is missing. The loss is a mean over the examples, and so is its gradient.
    mean_of_all: grad_loss * error / len(error) => grad_loss * error / error.size
        You divide by the number of all entries. The loss divides by the number of examples only.
    sign: grad_loss * error / len(error) => -grad_loss * error / len(error)
        The sign is turned: it is y minus target. With this gradient, training would climb.
    no_upstream: grad_loss * error / len(error) => error / len(error)
        You leave out grad_loss. The chain rule multiplies by it.
    sign_only: grad_loss * error / len(error) => grad_loss * np.sign(error) / len(error)
        This is the gradient of the absolute error. That of a square grows with the error.
    squared: grad_loss * error / len(error) => grad_loss * error * error / len(error)
        You return the square. Its derivative is the error itself.
    zeros: grad_loss * error / len(error) => 0 * error
        You return zeros: no gradient arrives.
    """,
    alternatives=[(mse_mean_of_sums, mse_backward_kept), (mse_dot, mse_backward_pair), mse_backward_loop],
    hints="""
    Differentiate 1/2 (y - t)^2 with respect to y: what becomes of the 1/2?
    Each entry: (y - target) / N. The N is the number of examples, the length of axis 0.
    grad_y = grad_loss * (y - target) / len(y).
    """,
)
