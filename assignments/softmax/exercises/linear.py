"""The linear layer, there and back."""

import numpy as np

from classroom.staff.declare.exercise import Case, Pair, backward_of, exercise_of, identity
from solutions.linear import linear_backward, linear_forward


def linear_case(name, x, weight, bias, rng=None, kind=""):
    calls, outputs = ["y, cache = linear_forward(x, weight, bias)"], ("y",)
    inputs = {"x": x, "weight": weight, "bias": bias}
    if rng is not None:
        outputs = ("grad_x", "grad_weight", "grad_bias")
        calls = [*calls, f"{', '.join(outputs)} = linear_backward(grad_y, cache)"]
        inputs["grad_y"] = rng.normal(size=(len(x), len(bias))).astype(x.dtype)
    return Case(name, inputs=inputs, calls=calls, outputs=outputs, kind=kind)


def linear_inputs(rng, shape, outputs):
    """An input of any rank, a weight for its flattened features, a bias."""
    features = int(np.prod(shape[1:]))
    return rng.normal(size=shape), rng.normal(size=(features, outputs)), rng.normal(size=outputs)


def linear_cases(backward):
    rng = np.random.default_rng(32)
    upstream = rng if backward else None
    x, weight = np.array([[1.0, 2.0], [0.0, -1.0], [3.0, 1.0]]), np.array([[1.0, 0.0, 2.0], [-1.0, 1.0, 0.5]])
    visible = [
        linear_case("by hand", x, weight, np.array([0.0, 10.0, -1.0]), upstream),
        linear_case("a batch", *linear_inputs(rng, (4, 3), 5), upstream),
        linear_case("narrow", *linear_inputs(rng, (6, 5), 2), upstream),
        linear_case("images", *linear_inputs(rng, (3, 2, 4, 5), 7), upstream),
        linear_case("sequences", *linear_inputs(rng, (2, 5, 3), 4), upstream),
    ]

    def hidden(rng):
        upstream = rng if backward else None
        n, c, h, w = (int(size) for size in rng.permutation([2, 3, 4, 5]))
        x, weight, bias = linear_inputs(rng, (n, c, h), w)
        thin = [[a.astype(np.float32) for a in linear_inputs(rng, shape, w)] for shape in ((n, c, h), (h, n))]
        return [
            linear_case("odd 1", *linear_inputs(rng, (n, c), w), upstream, "odd shapes"),
            linear_case("odd 2", *linear_inputs(rng, (n, c, h, w), c), upstream, "odd shapes"),
            linear_case("odd 3", x, weight, bias, upstream, "odd shapes"),
            linear_case("one", *linear_inputs(rng, (1, h), n), upstream, "one example"),
            linear_case("one output", *linear_inputs(rng, (n, w), 1), upstream, "one output"),
            linear_case("far", 1000 * x, 1000 * weight, bias, upstream, "extreme values"),
            *(linear_case(f"thin {k}", *arrays, upstream, "float32") for k, arrays in enumerate(thin)),
            linear_case("strided", np.repeat(x, 2, axis=2)[:, :, ::2], weight, bias, upstream, "non-contiguous"),
        ]

    return {"cases": visible, "hidden": hidden}


def linear_einsum(x, weight, bias):
    flat = x.reshape(x.shape[0], -1)
    return np.einsum("nd,dm->nm", flat, weight) + bias, (flat, weight, x.shape)


def linear_loops(x, weight, bias):
    y = np.empty((len(x), len(bias)), x.dtype)
    for n in range(len(x)):
        for m in range(len(bias)):
            y[n, m] = np.sum(np.ravel(x[n]) * weight[:, m]) + bias[m]
    return y, (x, weight)


def linear_tensordot(x, weight, bias):
    axes = tuple(range(1, x.ndim))
    tall = weight.reshape(*x.shape[1:], -1)
    y = np.tensordot(x, tall, axes=(axes, tuple(range(len(axes))))) + bias
    return y, (x, weight)


def linear_backward_einsum(grad_y, cache):
    flat, weight, shape = cache
    grad_x = np.einsum("nm,dm->nd", grad_y, weight).reshape(shape)
    return grad_x, np.einsum("nd,nm->dm", flat, grad_y), np.einsum("nm->m", grad_y)


def linear_backward_by_example(grad_y, cache):
    x, weight = cache
    grad_x, grad_weight, grad_bias = np.zeros_like(x), np.zeros_like(weight), np.zeros_like(weight[0])
    for n in range(len(x)):
        grad_x[n] = (weight @ grad_y[n]).reshape(x.shape[1:])
        grad_weight += np.outer(x[n], grad_y[n])
        grad_bias += grad_y[n]
    return grad_x, grad_weight, grad_bias


def linear_backward_dot(grad_y, cache):
    x, weight = cache
    flat = x.reshape(len(grad_y), -1)
    ones = np.ones(len(grad_y), grad_y.dtype)
    return np.dot(weight, grad_y.T).T.reshape(x.shape), np.dot(grad_y.T, flat).T, ones @ grad_y


def images_and_rows(rng):
    """Two batches of images, the one halfway between, and the first one flattened by hand."""
    x, weight, bias = linear_inputs(rng, (4, 2, 3, 5), 3)
    other = rng.normal(size=x.shape)
    inputs = {"x": x, "weight": weight, "bias": bias, "x_other": other, "x_between": (x + other) / 2}
    return inputs | {"x_flat": x.reshape(4, 30), "grad_y": rng.normal(size=(4, 3))}


LINEAR_FORWARD_IDENTITIES = [
    identity(
        "an input halfway between two gives what lies halfway between",
        *[f"y{which}, _ = linear_forward(x{which}, weight, bias)" for which in ("", "_other", "_between")],
        "0.5 * y + 0.5 * y_other == y_between",
        kind="an input halfway between two",
        inputs=images_and_rows,
    ),
    identity(
        "images, and the same flattened before, give one answer",
        "y, _ = linear_forward(x, weight, bias)",
        "y_flat, _ = linear_forward(x_flat, weight, bias)",
        "y == y_flat",
        kind="images flattened before",
        inputs=images_and_rows,
    ),
]
LINEAR_BACKWARD_CALLS = [
    "y, cache = linear_forward(x, weight, bias)",
    "grad_x, grad_weight, grad_bias = linear_backward(grad_y, cache)",
]
LINEAR_BACKWARD_IDENTITIES = [
    identity(
        "x and weight enter as one product",
        *LINEAR_BACKWARD_CALLS,
        "sum(x * grad_x) == sum(weight * grad_weight)",
        part=("grad_x", "grad_weight"),
        kind="the shares of x and weight",
        inputs=lambda rng: images_and_rows(rng) | {"x": rng.normal(size=(4, 30))},
    ),
    identity(
        "a bias reaches every example",
        *LINEAR_BACKWARD_CALLS,
        "sum(grad_bias) == sum(grad_y)",
        part="grad_bias",
        kind="the share of the bias",
        inputs=images_and_rows,
    ),
]

LINEAR_FORWARD = exercise_of(
    linear_forward,
    points=8,
    **linear_cases(backward=False),
    identities=LINEAR_FORWARD_IDENTITIES,
    mutants="""
    no_bias: flat @ weight + bias => flat @ weight
        The bias is missing.
    minus_bias: flat @ weight + bias => flat @ weight - bias
        You subtract the bias. It is added.
    bias_once: flat @ weight + bias => flat @ weight + bias * (np.arange(len(x)) == 0)[:, None]
        The bias reaches the first example only. Broadcasting adds it to every row: flat @ weight + bias.
    bias_times_inputs: flat @ weight + bias => flat @ weight + bias * flat.shape[1]
        The bias is counted once for each input. It is added once to each sum.
    averaged: flat @ weight + bias => flat @ weight / flat.shape[1] + bias
        You divide by the number of inputs. A linear layer sums.
    channels_last: flat = x.reshape(len(x), int(np.prod(x.shape[1:])))
        => flat = np.moveaxis(x, 1, -1).reshape(len(x), int(np.prod(x.shape[1:])))
        You flatten channel after pixel. Keep the order that the axes have: x.reshape(len(x), -1).
    reversed: flat = x.reshape(len(x), int(np.prod(x.shape[1:])))
        => flat = x.reshape(len(x), int(np.prod(x.shape[1:])), order="F")
        You flatten the axes from the last to the first (order "F"). Keep the order that they have: order "C".
    relu: flat @ weight + bias => np.maximum(flat @ weight + bias, 0)
        Negative sums become 0: an activation is not part of this layer.
    """,
    alternatives=[linear_einsum, linear_loops, linear_tensordot],
    hints="""
    Flatten first: x.reshape(len(x), -1) keeps the batch axis and joins all others.
    (N, D) @ (D, M) is (N, M), and adding a bias of shape (M,) adds it to every row.
    y = x.reshape(len(x), -1) @ weight + bias; keep x and weight in the cache.
    """,
)
LINEAR_BACKWARD = backward_of(
    Pair(linear_forward, linear_backward),
    points=12,
    large={"x": (3000, 6), "weight": (6, 5), "bias": (5,)},
    large_times=11.0,
    **linear_cases(backward=True),
    interleaved=(0, 1),
    gradient=dict(zip(("x", "weight", "bias"), linear_inputs(np.random.default_rng(33), (3, 2, 5), 4), strict=True)),
    linear=True,
    identities=LINEAR_BACKWARD_IDENTITIES,
    mutants="""
    bias_mean: grad_y.sum(axis=0) => grad_y.mean(axis=0)
        grad_bias is a mean over the batch. The bias was added to every example, so it is a sum.
    bias_over_outputs: grad_y.sum(axis=0) => grad_y.sum(axis=1)
        grad_bias sums over the outputs. It should sum over the examples: axis 0.
    bias_first: grad_y.sum(axis=0) => grad_y[0]
        grad_bias is that of the first example. Sum over all of them.
    weight_mean: flat.T @ grad_y => flat.T @ grad_y / len(x)
        grad_weight is divided by the batch size. A mean over the batch belongs in the loss, once.
    weight_transposed: flat.T @ grad_y => (flat.T @ grad_y).T
        grad_weight is turned on its side. It has the shape of weight, (D, M).
    weight_first: flat.T @ grad_y => np.outer(flat[0], grad_y[0])
        grad_weight is that of the first example. flat.T @ grad_y sums over all of them.
    x_flat: (grad_y @ weight.T).reshape(x.shape) => grad_y @ weight.T
        grad_x is right but flat. Give it back the shape of x.
    x_reversed: (grad_y @ weight.T).reshape(x.shape) => (grad_y @ weight.T).reshape(x.shape, order="F")
        You unflatten grad_x in another order (order "F") than x was flattened in.
    x_averaged: (grad_y @ weight.T).reshape(x.shape) => (grad_y @ weight.T / len(weight)).reshape(x.shape)
        grad_x is divided by the number of inputs. There is no mean here.
    x_unweighted: (grad_y @ weight.T).reshape(x.shape)
        => (grad_y.sum(axis=1, keepdims=True) + 0 * flat).reshape(x.shape)
        grad_x leaves out the weight: each input sends its gradient back through its own row of weight.
    sign: return grad_x, flat.T @ grad_y, grad_y.sum(axis=0)
        => return -grad_x, -flat.T @ grad_y, -grad_y.sum(axis=0)
        The sign is turned. A gradient points uphill; it is the optimizer that subtracts it.
    """,
    alternatives=[(linear_einsum, linear_backward_einsum), linear_backward_by_example, linear_backward_dot],
    hints="""
    Write the shapes: grad_y (N, M), weight (D, M), flat x (N, D). Only one product gives (D, M), one (N, D).
    grad_weight = flat.T @ grad_y, and the flat grad_x = grad_y @ weight.T.
    grad_x takes the shape of x: .reshape(x.shape). grad_bias = grad_y.sum(axis=0).
    """,
)
