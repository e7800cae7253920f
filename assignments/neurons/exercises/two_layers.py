"""Two layers of sigmoids, there and back."""

import numpy as np

from classroom.staff.declare.exercise import Case, Pair, backward_of, exercise_of, identity
from solutions.neuron import two_layer_backward, two_layer_forward

NAMES = ("x", "weight1", "bias1", "weight2", "bias2")
GRADS = tuple(f"grad_{name}" for name in NAMES)


def two_layer_case(title, arrays, rng=None, kind=""):
    inputs = dict(zip(NAMES, arrays, strict=True))
    calls, outputs = [f"y, cache = two_layer_forward({', '.join(NAMES)})"], ("y",)
    if rng is not None:
        calls, outputs = [*calls, f"{', '.join(GRADS)} = two_layer_backward(grad_y, cache)"], GRADS
        inputs["grad_y"] = rng.normal(size=(len(arrays[0]), len(arrays[4]))).astype(arrays[0].dtype)
    return Case(title, inputs, calls, outputs, kind=kind)


def two_layer_inputs(rng, n, d, h, m, scale=1.0):
    shapes = ((n, d), (d, h), (h,), (h, m), (m,))
    return tuple(scale * rng.normal(size=shape) for shape in shapes)


def two_layer_cases(backward):
    rng = np.random.default_rng(121)
    upstream = rng if backward else None
    visible = [
        two_layer_case("the lecture's 3-4-2", two_layer_inputs(rng, 5, 3, 4, 2), upstream),
        two_layer_case("one example", two_layer_inputs(rng, 1, 2, 5, 3), upstream),
        two_layer_case("narrow in the middle", two_layer_inputs(rng, 6, 4, 2, 5), upstream),
        two_layer_case("small weights", two_layer_inputs(rng, 3, 5, 6, 4, 0.1), upstream),
    ]

    def hidden(rng):
        upstream = rng if backward else None
        n, d, h, m = (int(size) for size in rng.permutation([2, 3, 5, 7]))
        x, *layers = two_layer_inputs(rng, n, d, h, m)
        singles = [tuple(a.astype(np.float32) for a in two_layer_inputs(rng, k, d, h, m)) for k in (n, n + 1)]
        wide = rng.normal(size=(n, 2 * d))[:, ::2]
        # Only the first example is far out: where all are, every slope is 0 but for the rounding of the sigmoid.
        far = x * np.where(np.arange(n) == 0, 1000, 1)[:, None]
        return [
            two_layer_case("odd 1", (x, *layers), upstream, "odd shapes"),
            two_layer_case("odd 2", two_layer_inputs(rng, h, m, n, d), upstream, "odd shapes"),
            two_layer_case("odd 3", two_layer_inputs(rng, m, n, d, h), upstream, "odd shapes"),
            two_layer_case("one wide", two_layer_inputs(rng, n, d, 1, m), upstream, "one hidden neuron"),
            two_layer_case("far", (far, *layers), upstream, "extreme values"),
            *(two_layer_case(f"single {i}", arrays, upstream, "float32") for i, arrays in enumerate(singles)),
            two_layer_case("strided", (wide, *layers), upstream, "non-contiguous"),
        ]

    return {"cases": visible, "hidden": hidden}


def turned_layers(rng):
    """A network, its hidden neurons turned round with what follows made up for it, and its last layer turned round."""
    inputs = dict(zip(NAMES, two_layer_inputs(rng, 4, 3, 5, 2), strict=True))
    weight2, bias2 = inputs["weight2"], inputs["bias2"]
    inputs |= {"minus_weight1": -inputs["weight1"], "minus_bias1": -inputs["bias1"], "minus_weight2": -weight2}
    return inputs | {"minus_bias2": -bias2, "more_bias2": bias2 + weight2.sum(axis=0)}


TWO_LAYER_IDENTITIES = [
    identity(
        "the first layer turned round gives 1 - u, and the second can make up for it",
        f"y, _ = two_layer_forward({', '.join(NAMES)})",
        "again, _ = two_layer_forward(x, minus_weight1, minus_bias1, minus_weight2, more_bias2)",
        "y == again",
        kind="a first layer turned round",
        inputs=turned_layers,
    ),
    identity(
        "the second layer turned round gives 1 - y",
        f"y, _ = two_layer_forward({', '.join(NAMES)})",
        "turned, _ = two_layer_forward(x, weight1, bias1, minus_weight2, minus_bias2)",
        "y + turned == 1",
        kind="a second layer turned round",
        inputs=turned_layers,
    ),
]
EQUAL_SHARES = identity(
    "x and weight1 enter as one product",
    f"y, cache = two_layer_forward({', '.join(NAMES)})",
    f"{', '.join(GRADS)} = two_layer_backward(grad_y, cache)",
    "sum(x * grad_x) == sum(weight1 * grad_weight1)",
    part=("grad_x", "grad_weight1"),
    kind="the shares of x and weight1",
    inputs=lambda rng: (
        dict(zip(NAMES, two_layer_inputs(rng, 4, 3, 5, 2), strict=True)) | {"grad_y": rng.normal(size=(4, 2))}
    ),
)


def two_layer_by_tanh(x, weight1, bias1, weight2, bias2):
    u = (1 + np.tanh((x @ weight1 + bias1) / 2)) / 2
    y = (1 + np.tanh((u @ weight2 + bias2) / 2)) / 2
    return y, (x, u, y, weight1, weight2)


def two_layer_einsum(x, weight1, bias1, weight2, bias2):
    def sigmoid(z):
        e = np.exp(-np.abs(z))
        return np.where(z > 0, 1, e) / (1 + e)

    z1 = np.einsum("nd,dh->nh", x, weight1) + bias1
    z2 = np.einsum("nh,hm->nm", sigmoid(z1), weight2) + bias2
    return sigmoid(z2), {"x": x, "z1": z1, "z2": z2, "w1": weight1, "w2": weight2}


def two_layer_extended(x, weight1, bias1, weight2, bias2):
    def layer(v, weight, bias):
        extended = np.concatenate([v, np.ones_like(v[:, :1])], axis=1)
        z = extended @ np.concatenate([weight, bias[None]])
        return 1 / (1 + np.exp(-np.clip(z, -80, None)))

    return layer(layer(x, weight1, bias1), weight2, bias2).astype(x.dtype), None


def two_layer_backward_steps(grad_y, cache):
    x, u, y, weight1, weight2 = cache
    delta2 = grad_y * (y - y**2)
    delta1 = np.dot(delta2, weight2.T) * (u - u**2)
    return np.dot(delta1, weight1.T), np.dot(x.T, delta1), np.sum(delta1, 0), np.dot(u.T, delta2), np.sum(delta2, 0)


def two_layer_backward_einsum(grad_y, cache):
    def sigmoid(z):
        return ((1 + np.tanh(z / 2)) / 2).astype(z.dtype)

    u, y = sigmoid(cache["z1"]), sigmoid(cache["z2"])
    d2 = grad_y * y * (1 - y)
    d1 = np.einsum("nm,hm->nh", d2, cache["w2"]) * u * (1 - u)
    return (
        np.einsum("nh,dh->nd", d1, cache["w1"]),
        np.einsum("nd,nh->dh", cache["x"], d1),
        d1.sum(axis=0),
        np.einsum("nh,nm->hm", u, d2),
        d2.sum(axis=0),
    )


def two_layer_backward_loop(grad_y, cache):
    x, weight1, u, weight2, y = cache
    sums = [np.zeros_like(x), np.zeros_like(weight1), np.zeros_like(u[0]), np.zeros_like(weight2), np.zeros_like(y[0])]
    for n in range(len(x)):
        d2 = grad_y[n] * y[n] * (1 - y[n])
        d1 = (weight2 @ d2) * u[n] * (1 - u[n])
        sums[0][n] = weight1 @ d1
        sums[1] += np.outer(x[n], d1)
        sums[2] += d1
        sums[3] += np.outer(u[n], d2)
        sums[4] += d2
    return tuple(sums)


OUT = 'neuron_forward(u, weight2, bias2, activation="sigmoid")'
HIDE = 'neuron_forward(x, weight1, bias1, activation="sigmoid")'
RETURN = "return grad_z1 @ weight1.T, x.T @ grad_z1, grad_z1.sum(axis=0), u.T @ grad_z2, grad_z2.sum(axis=0)"
OVER_N = RETURN.replace("x.T @ grad_z1", "x.T @ grad_z1 / n").replace("u.T @ grad_z2", "u.T @ grad_z2 / n")
TWO_LAYER_FORWARD = exercise_of(
    two_layer_forward,
    points=8,
    **two_layer_cases(backward=False),
    identities=TWO_LAYER_IDENTITIES,
    mutants=f"""
    linear_top: {OUT} => u @ weight2 + bias2
        The second layer has no activation. It ends in a sigmoid as well.
    linear_hidden: {HIDE} => x @ weight1 + bias1
        The first layer has no activation: then the two layers are one.
    relu_hidden: {HIDE} => neuron_forward(x, weight1, bias1, activation="relu")
        The first layer uses a ReLU. Here both layers use the sigmoid.
    step_hidden: {HIDE} => neuron_forward(x, weight1, bias1, activation="step")
        The first layer uses a step, which no gradient can pass. Here both layers use the sigmoid.
    tanh_hidden: {HIDE} => np.tanh(x @ weight1 + bias1)
        The first layer uses tanh. Here both layers use the sigmoid.
    no_bias1: {HIDE} => neuron_forward(x, weight1, 0.0, activation="sigmoid")
        bias1 is missing.
    no_bias2: {OUT} => neuron_forward(u, weight2, 0.0, activation="sigmoid")
        bias2 is missing.
    minus_bias: {OUT} => neuron_forward(u, weight2, -bias2, activation="sigmoid")
        You subtract bias2. It is added.
    mirrored: {OUT} => neuron_forward(u, -weight2, -bias2, activation="sigmoid")
        Your last sigmoid falls instead of rising, as with the sign in its exponent turned.
    """,
    alternatives=[two_layer_by_tanh, two_layer_einsum, two_layer_extended],
    hints="""
    Twice the same line: a sigmoid of (input @ weight + bias).
    u = sigmoid(x @ weight1 + bias1), and u is the input of the second layer.
    The backward pass will need x, u, y and both weights: keep them in the cache.
    """,
)
TWO_LAYER_BACKWARD = backward_of(
    Pair(two_layer_forward, two_layer_backward),
    points=12,
    large={"x": (800, 4), "weight1": (4, 5), "bias1": (5,), "weight2": (5, 3), "bias2": (3,)},
    large_times=20.0,
    **two_layer_cases(backward=True),
    interleaved=(0, 1),
    gradient=dict(zip(NAMES, two_layer_inputs(np.random.default_rng(122), 4, 3, 6, 2), strict=True)),
    identities=[EQUAL_SHARES],
    mutants=rf"""
    no_slope_top: grad_z2 = grad_y * a * (1 - a) => grad_z2 = grad_y
        The slope of the second sigmoid is missing: multiply grad_y by y (1 - y).
    no_slope_hidden: grad_z1 = grad_u * u * (1 - u) => grad_z1 = grad_u
        The slope of the first sigmoid is missing: multiply by u (1 - u).
    half_slope_hidden: grad_z1 = grad_u * u * (1 - u) => grad_z1 = grad_u * (1 - u)
        A factor of the first sigmoid's slope is missing: it is u (1 - u).
    tanh_slope: grad_z1 = grad_u * u * (1 - u) => grad_z1 = grad_u * (1 - u * u)
        1 - u squared is the slope of tanh. For the sigmoid it is u (1 - u).
    hidden_from_the_top: grad_z1 = grad_u * u * (1 - u) => grad_z1 = grad_y @ weight2.T * u * (1 - u)
        What goes back to u starts from grad_y. It must start from the gradient behind the slope of the second
        sigmoid, grad_y * y * (1 - y).
    sigmoid_twice: grad_z2 = grad_y * a * (1 - a)
        => v, w = (1 + np.tanh(a / 2)) / 2, (1 + np.tanh(u / 2)) / 2\n    grad_z2 = grad_y * v * (1 - v)
        and grad_z1 = grad_u * u * (1 - u) => grad_z1 = grad_u * w * (1 - w)
        You take the sigmoid of u and y, which are sigmoids already: their slopes are u (1 - u) and y (1 - y).
    bias_mean: {RETURN}
        => return grad_z1 @ weight1.T, x.T @ grad_z1, grad_z1.mean(axis=0), u.T @ grad_z2, grad_z2.mean(axis=0)
        The bias gradients are means over the batch. A bias is added to every example, so they are sums.
    weight_mean: {RETURN}
        => n = len(x)\n    {OVER_N}
        The weight gradients are divided by the batch size. A mean over the batch belongs in the loss, once.
    bias_before_slope: {RETURN}
        => return grad_z1 @ weight1.T, x.T @ grad_z1, grad_u.sum(axis=0), u.T @ grad_z2, grad_y.sum(axis=0)
        Your bias gradients sum what arrives after the sigmoid. Multiply by the slope first.
    weight2_before_slope: {RETURN}
        => return grad_z1 @ weight1.T, x.T @ grad_z1, grad_z1.sum(axis=0), u.T @ grad_y, grad_z2.sum(axis=0)
        grad_weight2 uses grad_y as it arrives. Multiply it by y (1 - y) first.
    weight1_before_slope: {RETURN}
        => return grad_z1 @ weight1.T, x.T @ grad_u, grad_z1.sum(axis=0), u.T @ grad_z2, grad_z2.sum(axis=0)
        grad_weight1 leaves out the slope of the first sigmoid, u (1 - u).
    x_stops: {RETURN}
        => return 0 * x, x.T @ grad_z1, grad_z1.sum(axis=0), u.T @ grad_z2, grad_z2.sum(axis=0)
        grad_x is zero: carry the gradient through weight1 too.
    """,
    alternatives=[
        (two_layer_by_tanh, two_layer_backward_steps),
        (two_layer_einsum, two_layer_backward_einsum),
        two_layer_backward_loop,
    ],
    hints="""
    Start at the right end: the gradient before the second sigmoid is grad_y * y * (1 - y). Call it e2.
    From e2 come grad_weight2 = u.T @ e2, grad_bias2 = e2.sum(axis=0), and what u receives: e2 @ weight2.T.
    Then the same once more: e1 = (e2 @ weight2.T) * u * (1 - u), and x.T @ e1, e1.sum(axis=0), e1 @ weight1.T.
    """,
)
