"""Assignment 8: what each check asks, which wrong answers it knows, which other right ones it accepts."""

import numpy as np

from classroom.staff.exercise import (
    Alternative,
    Assignment,
    Case,
    Exercise,
    Given,
    Mutant,
    Property,
    Quiz,
    Terms,
    edit,
)
from classroom.staff.slips import slips
from classroom.staff.source import define
from classroom.staff.turns import and_in_turn
from solutions.batchnorm import (
    batchnorm_backward,
    batchnorm_forward,
    batchnorm_grad_x,
    batchnorm_param_count,
    fold_batchnorm,
    spatial_batchnorm_backward,
    spatial_batchnorm_forward,
)
from solutions.normalization import (
    groupnorm_backward,
    groupnorm_forward,
    instancenorm_backward,
    instancenorm_forward,
    layernorm_backward,
    layernorm_forward,
    local_response_norm_forward,
)
from solutions.weight_standardization import weight_standardize_backward, weight_standardize_forward

# --- cases ---------------------------------------------------------------------------------------------------

NEAR_EPS = 0.005  # spread of a batch whose variance is about eps: only there can eps be seen


def batch(rng, n, d, spread=2.0, dtype=np.float64):
    """A batch whose features have means and spreads of their own."""
    x = rng.normal(size=(n, d)) * spread * rng.uniform(0.5, 1.5, size=d) + spread * rng.normal(size=d)
    return x.astype(dtype)


def vectors(rng, d, dtype=np.float64):
    """A scale, a shift, and running statistics."""
    scale, shift = rng.uniform(0.5, 2, size=d), rng.normal(size=d)
    running = (rng.normal(size=d).astype(dtype), rng.uniform(0.5, 3, size=d).astype(dtype))
    return {"scale": scale.astype(dtype), "shift": shift.astype(dtype), "running": running}


def training_case(name, rng, x, kind="", **options):
    inputs = {"x": x, **vectors(rng, x.shape[1], x.dtype), **options}
    extra = "".join(f", {key}={key}" for key in options)
    calls = [f"y, cache, new = batchnorm_forward(x, scale, shift, running, training=True{extra})"]
    part = {"y": "training", "new": "running statistics"}
    return Case(name, inputs=inputs, calls=calls, outputs=("y", "new"), part=part, kind=kind)


def inference_case(name, rng, x, kind="", **options):
    inputs = {"x": x, **vectors(rng, x.shape[1], x.dtype), **options}
    extra = "".join(f", {key}={key}" for key in options)
    calls = [f"y, cache, new = batchnorm_forward(x, scale, shift, running, training=False{extra})"]
    part = {"y": "inference", "new": "running statistics"}
    return Case(name, inputs=inputs, calls=calls, outputs=("y", "new"), part=part, kind=kind)


def untrained_case(name, rng, x, kind=""):
    """Inference before any training: the running statistics are those of the start."""
    inputs = {"x": x, **vectors(rng, x.shape[1], x.dtype), "running": None}
    calls = ["y, cache, new = batchnorm_forward(x, scale, shift, running, training=False)"]
    return Case(name, inputs=inputs, calls=calls, outputs=("new",), part="running statistics", kind=kind)


def history_case(name, rng, steps, n, d, kind="", dtype=np.float64, **options):
    """Updates from the start (running None), and inference, which keeps what they left.

    Its output is not asked for: it would count one mistake in two parts.
    """
    inputs = {f"x{t}": batch(rng, n, d, dtype=dtype) for t in range(steps + 1)} | {"start": None, **options}
    inputs |= {key: value for key, value in vectors(rng, d, dtype).items() if key != "running"}
    extra = "".join(f", {key}={key}" for key in options)
    before = ["start", *(f"running{t}" for t in range(1, steps + 1))]
    calls = [
        f"_, _, running{t + 1} = batchnorm_forward(x{t}, scale, shift, {before[t]}, training=True{extra})"
        for t in range(steps)
    ]
    calls.append(f"_, _, kept = batchnorm_forward(x{steps}, scale, shift, running{steps}, training=False{extra})")
    outputs = (f"running{steps}", "kept")
    return Case(name, inputs=inputs, calls=calls, outputs=outputs, part="running statistics", kind=kind)


def visible_forward():
    rng = np.random.default_rng(80)
    return [
        training_case("three examples", rng, np.array([[1.0, -2.0], [3.0, 0.0], [2.0, 5.0]])),
        training_case("seven examples", rng, batch(rng, 7, 5), alpha=0.8),
        training_case("variance near eps", rng, batch(rng, 6, 4, NEAR_EPS)),
        training_case("a large eps", rng, batch(rng, 5, 3), eps=0.5),
        inference_case("two new examples", rng, batch(rng, 2, 3)),
        inference_case("running variance near eps", rng, batch(rng, 4, 5, NEAR_EPS), eps=0.3),
        history_case("one update", rng, 1, 5, 4),
        history_case("three updates", rng, 3, 6, 3, alpha=0.7),
        untrained_case("inference before any training", rng, batch(rng, 3, 4)),
    ]


def hidden_forward(rng):
    n, d = (int(size) for size in rng.permutation([3, 5, 8, 11])[:2])
    made = [
        training_case("odd", rng, batch(rng, n, d), "odd shapes", alpha=float(rng.uniform(0.1, 0.95))),
        inference_case("odd too", rng, batch(rng, d, n), "odd shapes"),
        history_case("five updates", rng, 5, d, n, "several updates", alpha=float(rng.uniform(0.3, 0.9))),
        history_case("one update", rng, 1, n, d, "several updates"),
        inference_case("single", rng, batch(rng, 1, d), "one example"),
        training_case("alone", rng, batch(rng, 1, d), "one example"),
        untrained_case("untrained", rng, batch(rng, n, d), "inference before any training"),
        history_case("thin history", rng, 2, n, d, "float32", np.float32),
        training_case("constant", rng, np.full((n, d), 3.0), "equal examples"),
        training_case("far", rng, batch(rng, n, d, 1e5), "extreme values"),
        training_case("near", rng, batch(rng, n, d, NEAR_EPS), "a variance near eps"),
        training_case("thin", rng, batch(rng, n, d, dtype=np.float32), "float32"),
        inference_case("thin too", rng, batch(rng, n, d, dtype=np.float32), "float32"),
        training_case("strided", rng, batch(rng, n, 2 * d)[:, ::2], "non-contiguous"),
        inference_case("turned", rng, batch(rng, n, d).T, "non-contiguous"),
    ]
    return made


FORWARD = "y, cache, new = batchnorm_forward(x, scale, shift, running, training=training, eps=eps)"
BACKWARD = "grad_x, grad_scale, grad_shift = batchnorm_backward(grad_y, cache)"


def backward_case(name, rng, x, kind="", eps=1e-5, training=True):
    inputs = {
        "x": x,
        "grad_y": rng.normal(size=x.shape).astype(x.dtype),
        **vectors(rng, x.shape[1], x.dtype),
        "eps": eps,
        "training": training,
    }
    outputs = ("grad_x", "grad_scale", "grad_shift")
    part = {name: name for name in outputs} | {"grad_x": "grad_x" if training else "inference"}
    return Case(name, inputs=inputs, calls=[FORWARD, BACKWARD], outputs=outputs, part=part, kind=kind)


def visible_backward():
    rng = np.random.default_rng(81)
    return [
        backward_case("three examples", rng, np.array([[1.0, -2.0], [3.0, 0.0], [2.0, 5.0]])),
        backward_case("seven examples", rng, batch(rng, 7, 5)),
        backward_case("four examples", rng, batch(rng, 4, 6, 5.0), eps=1e-3),
        backward_case("variance near eps", rng, batch(rng, 6, 4, NEAR_EPS)),
        backward_case("a large eps", rng, batch(rng, 5, 3), eps=0.5),
        backward_case("inference", rng, batch(rng, 4, 3), training=False),
        backward_case("inference again", rng, batch(rng, 3, 5), eps=0.2, training=False),
    ]


def hidden_backward(rng):
    n, d = (int(size) for size in rng.permutation([3, 5, 8, 11])[:2])
    return [
        backward_case("odd", rng, batch(rng, n, d), "odd shapes"),
        backward_case("odd too", rng, batch(rng, d, n, 0.3), "odd shapes"),
        backward_case("two", rng, batch(rng, 2, d), "two examples"),
        backward_case("still", rng, batch(rng, d, n), "inference", training=False),
        backward_case("near", rng, batch(rng, n, d, NEAR_EPS), "a variance near eps"),
        backward_case("far", rng, batch(rng, n, d, 1e4), "extreme values"),
        backward_case("thin", rng, batch(rng, n, d, dtype=np.float32), "float32"),
        backward_case("thin too", rng, batch(rng, d, n, dtype=np.float32), "float32"),
        backward_case("strided", rng, batch(rng, n, 2 * d)[:, ::2], "non-contiguous"),
    ]


# --- the same, written as students write it ------------------------------------------------------------------


def forward_plain(x, scale, shift, running, *, training, alpha=0.9, eps=1e-5):
    if running is None:
        running = (np.zeros(x.shape[1], x.dtype), np.ones(x.shape[1], x.dtype))
    mean, var = running
    if training:
        batch_mean, batch_var = x.mean(axis=0), x.var(axis=0)
        mean = alpha * mean + (1 - alpha) * batch_mean
        var = alpha * var + (1 - alpha) * batch_var
    else:
        batch_mean, batch_var = running
    factor = 1 / np.sqrt(batch_var + eps)
    normalized = (x - batch_mean) * factor
    y = scale * normalized + shift
    return y, (normalized, factor, scale, eps, training), (mean, var)


def backward_plain(grad_y, cache):
    normalized, factor, scale, _eps, training = cache
    n = len(grad_y)
    grad_shift = grad_y.sum(axis=0)
    grad_scale = (grad_y * normalized).sum(axis=0)
    grad_normalized = grad_y * scale
    mean_term = grad_normalized.sum(axis=0) / n
    variance_term = normalized * (grad_normalized * normalized).sum(axis=0) / n
    if not training:
        mean_term = variance_term = 0
    grad_x = factor * (grad_normalized - mean_term - variance_term)
    return grad_x, grad_scale, grad_shift


def forward_loops(x, scale, shift, running, *, training, alpha=0.9, eps=1e-5):
    n, d = x.shape
    old = (np.zeros(d, x.dtype), np.ones(d, x.dtype)) if running is None else running
    mean, var = old[0].copy(), old[1].copy()
    y, kept = np.empty_like(x), []
    for j in range(d):
        m, v = old[0][j], old[1][j]
        if training:
            m = sum(x[i, j] for i in range(n)) / n
            v = sum((x[i, j] - m) ** 2 for i in range(n)) / n
            mean[j] = alpha * old[0][j] + (1 - alpha) * m
            var[j] = alpha * old[1][j] + (1 - alpha) * v
        root = np.sqrt(v + eps)
        for i in range(n):
            y[i, j] = scale[j] * (x[i, j] - m) / root + shift[j]
        kept.append((m, root))
    return y, {"x": x, "kept": kept, "scale": scale, "training": training}, [mean, var]


def backward_loops(grad_y, cache):
    x, scale = cache["x"], cache["scale"]
    n, d = x.shape
    grad_x = np.empty_like(x)
    grad_scale, grad_shift = np.empty_like(scale), np.empty_like(scale)
    for j in range(d):
        m, root = cache["kept"][j]
        hat = (x[:, j] - m) / root
        grad_scale[j], grad_shift[j] = grad_y[:, j] @ hat, grad_y[:, j].sum()
        back = grad_shift[j] / n + hat * grad_scale[j] / n if cache["training"] else 0
        grad_x[:, j] = scale[j] / root * (grad_y[:, j] - back)
    return grad_x, grad_scale, grad_shift


def forward_in_place(x, scale, shift, running, *, training, alpha=0.9, eps=1e-5):
    d = x.shape[1]
    mean, var = (
        (np.zeros(d, x.dtype), np.ones(d, x.dtype)) if running is None else (running[0].copy(), running[1].copy())
    )
    y = x.copy()
    m, v = (x.mean(axis=0), np.mean(x * x, axis=0)) if training else (mean, var)
    y -= m
    if training:
        v = np.einsum("nd,nd->d", y, y) / len(y)
        mean *= alpha
        mean += (1 - alpha) * m
        var *= alpha
        var += (1 - alpha) * v
    root = np.sqrt(v + eps)
    y /= root
    kept = y.copy()
    y *= scale
    y += shift
    return y, (kept, root, scale, training), (mean, var)


def backward_jacobian(grad_y, cache):
    hat, root, scale, training = cache
    n = len(hat)
    if not training:
        return grad_y * scale / root, np.einsum("nd,nd->d", grad_y, hat), grad_y.sum(0)
    # The Jacobian of one feature: (identity - 1/N - hat hat^T / N) / root.
    center = (np.eye(n) - 1 / n)[None] - hat.T[:, :, None] * hat.T[:, None, :] / n
    grad_x = np.einsum("dij,jd->id", center, grad_y * scale) / root
    return grad_x.astype(grad_y.dtype), np.einsum("nd,nd->d", grad_y, hat), grad_y.sum(0)


def backward_staged(grad_y, cache):
    normalized, factor, scale, _eps, training = cache
    n = len(grad_y)
    if not training:
        return scale * factor * grad_y, (grad_y * normalized).sum(axis=0), grad_y.sum(axis=0)
    centered = normalized / factor
    grad_normalized = grad_y * scale
    grad_var = (grad_normalized * centered).sum(axis=0) * -0.5 * factor**3
    grad_mean = -(grad_normalized * factor).sum(axis=0) + grad_var * (-2 * centered).mean(axis=0)
    grad_x = grad_normalized * factor + grad_var * 2 * centered / n + grad_mean / n
    return grad_x, (grad_y * normalized).sum(axis=0), grad_y.sum(axis=0)


def terms(x, scale, shift, running, grad_y, eps, training, **of_another_batch):
    """The three summands of grad_x in training."""
    if x.dtype != np.float64 or not training:
        return None
    factor = 1 / np.sqrt(x.var(axis=0) + eps)
    hat = (x - x.mean(axis=0)) * factor
    return {
        "direct": scale * factor * grad_y,
        "mean": -scale * factor * grad_y.mean(axis=0) + np.zeros_like(x),
        "variance": -scale * factor * hat * (grad_y * hat).mean(axis=0),
    }


# --- mutants -------------------------------------------------------------------------------------------------


def forward_mutant(name, sentence, *replacements, tag="visible"):
    """A change to the plain forward pass."""
    return Mutant(name, {"batchnorm_forward": edit(forward_plain, *replacements)}, sentence, tag)


def backward_mutant(name, sentence, *replacements, tag="visible"):
    """A change to the plain backward pass."""
    functions = {"batchnorm_forward": forward_plain, "batchnorm_backward": edit(backward_plain, *replacements)}
    return Mutant(name, functions, sentence, tag)


def nothing_to_do(rng):
    """A batch with the scale and shift by which batch norm undoes itself."""
    x = batch(rng, 6, 4, 0.01)
    return {"x": x, "scale": np.sqrt(x.var(axis=0) + 1e-5), "shift": x.mean(axis=0), "running": None}


def nothing_to_do_at_inference(rng):
    """A batch, running statistics, and the scale and shift by which they undo themselves."""
    mean, var = rng.normal(size=4), rng.uniform(0.5, 2, size=4) * 1e-4
    return {"x": batch(rng, 6, 4), "scale": np.sqrt(var + 1e-5), "shift": mean, "running": (mean, var)}


UNDONE = Property(
    "equal",
    part="training",
    title="with scale √(var + eps) and shift mean batch norm does nothing",
    calls=["y, _, _ = batchnorm_forward(x, scale, shift, running, training=True)"],
    inputs=nothing_to_do,
    left="y",
    right="x",
)
UNDONE_AT_INFERENCE = Property(
    "equal",
    part="inference",
    title="with scale √(running var + eps) and shift running mean inference does nothing",
    calls=["y, _, _ = batchnorm_forward(x, scale, shift, running, training=False)"],
    inputs=nothing_to_do_at_inference,
    left="y",
    right="x",
)


NEW_MEAN = "mean = alpha * mean + (1 - alpha) * batch_mean"
NEW_VAR = "var = alpha * var + (1 - alpha) * batch_var"

BATCHNORM_FORWARD = Exercise(
    id="batchnorm_forward",
    points=20,
    functions={"batchnorm_forward": batchnorm_forward},
    subject=("batchnorm_forward",),
    parts={"training": 8, "inference": 6, "running statistics": 6},
    cases=visible_forward(),
    hidden=hidden_forward,
    properties=[
        UNDONE,
        UNDONE_AT_INFERENCE,
        Property(
            "equal",
            part="running statistics",
            title="two updates by the same batch with alpha 0.5 are one with alpha 0.25",
            calls=[
                "_, _, once = batchnorm_forward(x, scale, shift, running, training=True, alpha=0.5)",
                "_, _, twice = batchnorm_forward(x, scale, shift, once, training=True, alpha=0.5)",
                "_, _, at_once = batchnorm_forward(x, scale, shift, running, training=True, alpha=0.25)",
            ],
            inputs=lambda rng: {"x": batch(rng, 5, 3), **vectors(rng, 3)},
            left="twice",
            right="at_once",
        ),
    ],
    hidden_properties=[
        UNDONE.drawn("a batch norm that undoes itself"),
        UNDONE_AT_INFERENCE.drawn("an inference that undoes itself"),
    ],
    mutants=[
        forward_mutant(
            "alpha_swapped",
            "alpha weighs the old running value, 1 - alpha the new batch. You have them the other way round.",
            NEW_MEAN,
            "mean = (1 - alpha) * mean + alpha * batch_mean",
            NEW_VAR,
            "var = (1 - alpha) * var + alpha * batch_var",
        ),
        forward_mutant(
            "variance_from_zero",
            "Your running variance starts at 0. It starts at 1, as if nothing had to be changed.",
            "np.ones(x.shape[1], x.dtype)",
            "np.zeros(x.shape[1], x.dtype)",
        ),
        forward_mutant(
            "ddof_1",
            "You divide the variance by N - 1. Batch norm takes the plain mean of the squares: divide by N.",
            "x.var(axis=0)",
            "x.var(axis=0, ddof=1)",
        ),
        forward_mutant(
            "running_ddof_1",
            "Your running variance divides by N - 1. In this course it is the same variance as in the output: "
            "divide by N.",
            NEW_VAR,
            "var = alpha * var + (1 - alpha) * x.var(axis=0, ddof=1)",
        ),
        forward_mutant(
            "eps_outside",
            "eps stands outside the root. Add it to the variance, under the root: sqrt(var + eps).",
            "np.sqrt(batch_var + eps)",
            "(np.sqrt(batch_var) + eps)",
        ),
        forward_mutant(
            "divided_by_variance",
            "You divide by the variance. Divide by its root, the standard deviation.",
            "np.sqrt(batch_var + eps)",
            "(batch_var + eps)",
        ),
        forward_mutant(
            "batch_at_inference",
            "At inference you still use the batch's own mean and variance. Use the running ones.",
            "batch_mean, batch_var = running\n",
            "batch_mean, batch_var = x.mean(axis=0), x.var(axis=0)\n",
        ),
        forward_mutant(
            "updated_at_inference",
            "You update the running statistics at inference too. Only training may change them.",
            "        batch_mean, batch_var = running\n",
            "        batch_mean, batch_var = running\n"
            "        mean = alpha * mean + (1 - alpha) * x.mean(axis=0)\n"
            "        var = alpha * var + (1 - alpha) * x.var(axis=0)\n",
        ),
        forward_mutant(
            "never_updated",
            "The running statistics you return are the old ones. In training they move towards the batch.",
            NEW_MEAN,
            "pass",
            "        " + NEW_VAR + "\n",
            "",
        ),
        forward_mutant(
            "running_deviation",
            "You average standard deviations. The running value is that of the variance, without a root.",
            NEW_VAR,
            "var = alpha * var + (1 - alpha) * np.sqrt(batch_var)",
        ),
        forward_mutant(
            "scale_forgotten",
            "The scale is missing: y = scale * normalized + shift.",
            "y = scale * normalized + shift",
            "y = normalized + shift",
        ),
        forward_mutant(
            "running_in_place",
            "You write into the running arrays that you were given. Make new ones: the caller may still need the old.",
            NEW_MEAN,
            "mean *= alpha\n        mean += (1 - alpha) * batch_mean",
            NEW_VAR,
            "var *= alpha\n        var += (1 - alpha) * batch_var",
        ),
    ],
    alternatives=[
        Alternative("plain", {"batchnorm_forward": forward_plain}),
        Alternative("loops", {"batchnorm_forward": forward_loops}),
        Alternative("in place on copies", {"batchnorm_forward": forward_in_place}),
    ],
    hints=[
        "Three things to return: y, what the backward pass will need, and the running (mean, var) after this call.",
        "Means and variances are taken over axis 0, one for each feature, and the variance divides by N. eps "
        "goes under the root.",
        "Training: normalize with the batch's statistics, and return alpha * old + (1 - alpha) * batch as new "
        "running values. "
        "Inference: normalize with the running ones, and return them as they are.",
    ],
)

BATCHNORM_BACKWARD = Exercise(
    id="batchnorm_backward",
    points=20,
    functions={"batchnorm_forward": batchnorm_forward, "batchnorm_backward": batchnorm_backward},
    subject=("batchnorm_backward",),
    parts={"grad_x": 10, "grad_scale": 4, "grad_shift": 4, "inference": 2},
    cases=and_in_turn(visible_backward(), 4, 5),
    hidden=hidden_backward,
    properties=[
        Property(
            "gradient",
            calls=[FORWARD, BACKWARD],
            output="y",
            wrt={"x": "grad_x", "scale": "grad_scale", "shift": "grad_shift"},
            inputs={
                **vectors(np.random.default_rng(82), 4),
                "x": batch(np.random.default_rng(83), 7, 4, spread),
                "eps": 1e-5,
                "training": True,
            },
        )
        for spread in (2.0, NEAR_EPS)
    ],
    terms=Terms(
        output="grad_x",
        function=terms,
        sentences={
            "direct": "The term of grad_y itself is missing from grad_x.",
            "mean": "The mean is a function of x too: its term, the mean of the gradient over the batch, is missing.",
            "variance": "The variance is a function of x too: its term, normalized times the mean of gradient times "
            "normalized, is missing.",
        },
    ),
    mutants=[
        backward_mutant(
            "no_mean_term",
            "The mean depends on x too. Subtract the mean of the gradient over the batch.",
            "grad_normalized - mean_term - variance_term",
            "grad_normalized - variance_term",
        ),
        backward_mutant(
            "no_variance_term",
            "The variance depends on x too. Subtract normalized times the mean of gradient times normalized.",
            "grad_normalized - mean_term - variance_term",
            "grad_normalized - mean_term",
        ),
        backward_mutant(
            "statistics_constant",
            "You treat mean and variance as constants. In training both are functions of x, and each adds a term.",
            "grad_normalized - mean_term - variance_term",
            "grad_normalized",
        ),
        backward_mutant(
            "inference_as_training",
            "After inference mean and variance are constants: then only the direct way is left, without the two terms.",
            "    if not training:\n        mean_term = variance_term = 0\n",
            "",
        ),
        backward_mutant(
            "scale_forgotten",
            "grad_x misses the scale: the gradient passes through scale * normalized first.",
            "grad_normalized = grad_y * scale",
            "grad_normalized = grad_y",
        ),
        backward_mutant(
            "sums_not_means",
            "The two terms of grad_x are means over the batch. You have sums: divide by N.",
            "grad_normalized.sum(axis=0) / n",
            "grad_normalized.sum(axis=0)",
            "(grad_normalized * normalized).sum(axis=0) / n",
            "(grad_normalized * normalized).sum(axis=0)",
        ),
        backward_mutant(
            "ddof_1",
            "You divide the term of the variance by N - 1. The forward pass divided by N.",
            "(grad_normalized * normalized).sum(axis=0) / n",
            "(grad_normalized * normalized).sum(axis=0) / (n - 1)",
        ),
        backward_mutant(
            "eps_forgotten",
            "eps is missing on the way back: the root is that of var + eps, as on the way forward.",
            "    n = len(grad_y)\n",
            "    n = len(grad_y)\n    factor = 1 / np.sqrt(1 / factor**2 - cache[3])\n",
        ),
        backward_mutant(
            "factor_forgotten",
            "grad_x is not divided by sqrt(var + eps), by which the forward pass divided x.",
            "grad_x = factor * (",
            "grad_x = (",
        ),
        backward_mutant(
            "gradients_averaged",
            "You average over the batch. Scale and shift enter every example: their gradients are sums.",
            "grad_shift = grad_y.sum(axis=0)",
            "grad_shift = grad_y.mean(axis=0)",
            "grad_scale = (grad_y * normalized).sum(axis=0)",
            "grad_scale = (grad_y * normalized).mean(axis=0)",
        ),
        backward_mutant(
            "scale_with_centered",
            "grad_scale uses x - mean. What the scale multiplied is the normalized x, divided by the root too.",
            "grad_scale = (grad_y * normalized).sum(axis=0)",
            "grad_scale = (grad_y * normalized / factor).sum(axis=0)",
        ),
        backward_mutant(
            "in_place",
            "You write into grad_y. It belongs to the caller: work on a new array.",
            "grad_normalized = grad_y * scale",
            "grad_normalized = np.multiply(grad_y, scale, out=grad_y)",
        ),
    ],
    alternatives=[
        Alternative("plain", {"batchnorm_forward": forward_plain, "batchnorm_backward": backward_plain}),
        Alternative("step by step", {"batchnorm_forward": forward_plain, "batchnorm_backward": backward_staged}),
        Alternative("loops", {"batchnorm_forward": forward_loops, "batchnorm_backward": backward_loops}),
        Alternative("Jacobian", {"batchnorm_forward": forward_in_place, "batchnorm_backward": backward_jacobian}),
    ],
    hints=[
        "grad_shift and grad_scale first: how does y change when shift, or scale, grows a little? Both are "
        "sums over the batch.",
        "x reaches y on three ways: directly, through the mean and through the variance. grad_x is the sum of "
        "three terms.",
        "With g = grad_y * scale: grad_x = (g - mean of g - normalized * mean of (g * normalized)) / sqrt(var + eps), "
        "means over the batch. After inference both means fall away.",
    ],
)


# --- the backward pass in one formula -------------------------------------------------------------------------------


def formula_case(name, rng, n, d, kind="", dtype=np.float64, strided=False):
    x = rng.normal(size=(n, 2 * d))[:, ::2] if strided else rng.normal(size=(n, d))
    factor = 1 / np.sqrt(x.var(axis=0) + 1e-5)
    inputs = {
        "grad_y": rng.normal(size=(n, d)).astype(dtype),
        "normalized": ((x - x.mean(axis=0)) * factor).astype(dtype),
        "factor": (factor * rng.uniform(0.5, 2, d)).astype(dtype),
        "scale": rng.uniform(0.5, 2, d).astype(dtype),
    }
    calls = ["grad_x = batchnorm_grad_x(grad_y, normalized, factor, scale)"]
    return Case(name, inputs, calls, ("grad_x",), kind=kind)


def formula_loops(grad_y, normalized, factor, scale):
    n, d = grad_y.shape
    grad_x = np.empty_like(grad_y)
    for j in range(d):
        g, hat = grad_y[:, j], normalized[:, j]
        grad_x[:, j] = factor[j] * scale[j] / n * (n * g - g.sum() - hat * (g @ hat))
    return grad_x


def formula_projection(grad_y, normalized, factor, scale):
    g = grad_y * scale
    g = g - g.mean(axis=0)
    return factor * (g - normalized * np.einsum("nd,nd->d", g, normalized) / len(g))


def only_shift_and_scale(rng):
    """A gradient that would shift and scale each column as a whole."""
    x = rng.normal(size=(7, 4))
    normalized = (x - x.mean(axis=0)) / x.std(axis=0)
    return {
        "normalized": normalized,
        "grad_y": rng.normal(size=4) + rng.normal(size=4) * normalized,
        "factor": rng.uniform(0.5, 2, 4),
        "scale": rng.uniform(0.5, 2, 4),
    }


def twice_the_scale(rng):
    """A gradient, and a scale twice as large."""
    drawn = only_shift_and_scale(rng)
    return drawn | {"grad_y": rng.normal(size=(7, 4)), "twice": 2 * drawn["scale"]}


FORMULA_NOTHING = Property(
    "combination",
    title="a gradient that shifts and scales whole columns comes back as 0",
    calls=["grad_x = batchnorm_grad_x(grad_y, normalized, factor, scale)"],
    inputs=only_shift_and_scale,
    terms={"grad_x": 1},
    right=0,
)
FORMULA_RNG = np.random.default_rng(84)
FORMULA = Exercise(
    id="batchnorm_grad_x",
    points=10,
    functions={"batchnorm_grad_x": batchnorm_grad_x},
    subject=("batchnorm_grad_x",),
    cases=[
        formula_case("five examples", FORMULA_RNG, 5, 3),
        formula_case("three examples", FORMULA_RNG, 3, 7),
        formula_case("eleven examples", FORMULA_RNG, 11, 2),
    ],
    hidden=lambda rng: [
        formula_case("a", rng, *(int(v) for v in rng.permutation([4, 9])), "odd shapes"),
        formula_case("b", rng, *(int(v) for v in rng.permutation([6, 13])), "odd shapes"),
        formula_case("c", rng, 2, 5, "two examples"),
        formula_case("d", rng, 7, 4, "float32", np.float32),
        formula_case("e", rng, 6, 5, "non-contiguous", strided=True),
    ],
    properties=[
        FORMULA_NOTHING,
        Property(
            "combination",
            title="twice the scale makes twice the gradient",
            calls=[
                "grad_x = batchnorm_grad_x(grad_y, normalized, factor, scale)",
                "grad_x_of_twice = batchnorm_grad_x(grad_y, normalized, factor, twice)",
            ],
            inputs=twice_the_scale,
            terms={"grad_x_of_twice": 1, "grad_x": -2},
            right=0,
        ),
    ],
    hidden_properties=[FORMULA_NOTHING.drawn("a gradient that shifts and scales whole columns")],
    mutants=slips(
        batchnorm_grad_x,
        """
        no_mean_term: grad_y - grad_y.mean(axis=0) - tilt => grad_y - tilt
            The mean depends on x too. Subtract the mean of the gradient over the batch.
        no_variance_term: grad_y - grad_y.mean(axis=0) - tilt => grad_y - grad_y.mean(axis=0)
            The variance depends on x too. Subtract normalized times the mean of gradient times normalized.
        statistics_constant: grad_y - grad_y.mean(axis=0) - tilt => grad_y
            You treat mean and variance as constants. Each adds a term.
        variance_sign: grad_y.mean(axis=0) - tilt => grad_y.mean(axis=0) + tilt
            The term of the variance has the wrong sign: it is subtracted.
        scale_forgotten: return factor * scale * ( => return factor * (
            The scale is missing.
        factor_forgotten: return factor * scale * ( => return scale * (
            The factor 1 / sqrt(var + eps) is missing.
        sum_for_mean: (grad_y * normalized).mean(axis=0) => (grad_y * normalized).sum(axis=0)
            The term of the variance is a mean over the batch. You have a sum.
        over_features: grad_y - grad_y.mean(axis=0) => grad_y - grad_y.mean(axis=1, keepdims=True)
            You average over the features. Batch norm averages over the batch, axis 0.
        """,
    ),
    alternatives=[
        Alternative("loops", {"batchnorm_grad_x": formula_loops}),
        Alternative("projection", {"batchnorm_grad_x": formula_projection}),
    ],
    hints=[
        "From grad_y, take away its mean over the batch, and what points along normalized.",
        "factor * scale * (grad_y - mean(grad_y) - normalized * mean(grad_y * normalized)), means over axis 0.",
    ],
)

# --- norms of images: one plain form, three kinds of groups ---------------------------------------------------------

FORWARD_TEXT = """import numpy as np


def NAME_forward(x, scale, shift, GROUPS*, eps=1e-5):
    count = COUNT
    if x.shape[1] % count:
        raise ValueError(f"{count} groups do not divide {x.shape[1]} channels")
    grouped = x.reshape(len(x), count, -1)
    mean = grouped.mean(axis=2, keepdims=True)
    var = grouped.var(axis=2, keepdims=True)
    factor = 1 / np.sqrt(var + eps)
    normalized = ((grouped - mean) * factor).reshape(x.shape)
    shape = (-1,) + (1,) * (x.ndim - 2)
    y = scale.reshape(shape) * normalized + shift.reshape(shape)
    return y, (normalized, factor, scale.reshape(shape), count)
"""
BACKWARD_TEXT = """import numpy as np


def NAME_backward(grad_y, cache):
    normalized, factor, scale, count = cache
    others = (0,) + tuple(range(2, grad_y.ndim))
    grad_shift = grad_y.sum(axis=others)
    grad_scale = (grad_y * normalized).sum(axis=others)
    grad = (grad_y * scale).reshape(len(grad_y), count, -1)
    hat = normalized.reshape(grad.shape)
    mean_term = grad.mean(axis=2, keepdims=True)
    variance_term = hat * (grad * hat).mean(axis=2, keepdims=True)
    grad_x = factor * (grad - mean_term - variance_term)
    return grad_x.reshape(grad_y.shape), grad_scale, grad_shift
"""


def images(rng, n, c, h, w, spread=2.0, dtype=np.float64):
    """Images whose examples and channels have means and spreads of their own."""
    x = rng.normal(size=(n, c, h, w)) * rng.uniform(0.5, 1.5, (n, c, 1, 1)) + rng.normal(size=(n, c, 1, 1))
    return (spread * x).astype(dtype)


def norm_case(name, title, rng, x, direction, groups=None, kind="", eps=None, part=None):
    c = x.shape[1]
    inputs = {
        "x": x,
        "scale": rng.uniform(0.5, 2, c).astype(x.dtype),
        "shift": rng.normal(size=c).astype(x.dtype),
        "grad_y": rng.normal(size=x.shape).astype(x.dtype),
    }
    extra = ""
    if groups is not None:
        inputs["groups"], extra = groups, ", groups"
    if eps is not None:
        inputs["eps"], extra = eps, f"{extra}, eps=eps"
    calls = [f"y, cache = {name}_forward(x, scale, shift{extra})"]
    if direction == "forward":
        del inputs["grad_y"]
        return Case(title, inputs, calls, ("y",), kind=kind, part=part)
    calls.append(f"grad_x, grad_scale, grad_shift = {name}_backward(grad_y, cache)")
    return Case(title, inputs, calls, ("grad_x", "grad_scale", "grad_shift"), kind=kind)


def norm_cases(name, direction, seed, groups, vectors_too):
    """Visible cases and hidden generator of one of the norms; groups maps channels to a number of groups."""
    rng = np.random.default_rng(seed)

    def case(title, x, kind="", eps=None, rng=rng, count=None):
        number = count or groups[x.shape[1]] if groups else None
        # Who refuses whatever comes has refused nothing: groups of one channel are no reason to.
        part = "refusal" if direction == "forward" and count == x.shape[1] else None
        return norm_case(name, title, rng, x, direction, number, kind, eps, part)

    visible = [
        case("a small batch", images(rng, 2, 6, 3, 4)),
        case("three images", images(rng, 3, 4, 5, 2)),
        case("a spread near eps", images(rng, 2, 4, 3, 5, NEAR_EPS)),
        case("a spread near eps again", images(rng, 3, 6, 4, 2, NEAR_EPS)),
        case("a large eps", images(rng, 2, 8, 2, 3), eps=0.5),
        case("another eps", images(rng, 3, 4, 2, 5), eps=0.2),
    ]
    if vectors_too:
        visible += [case("rows", batch(rng, 4, 6)), case("long rows", batch(rng, 3, 10))]
    if groups:
        visible += [
            case("one group", images(rng, 2, 4, 3, 2), count=1),
            case("a group for each channel", images(rng, 2, 3, 4, 5), count=3),
        ]

    def hidden(rng):
        def drawn(title, x, kind, count=None):
            return case(title, x, kind, rng=rng, count=count)

        n, h, w = (int(size) for size in rng.permutation([2, 3, 5]))
        made = [
            drawn("a", images(rng, n, 6, h, w), "odd shapes"),
            drawn("b", images(rng, w, 8, n, 7), "odd shapes"),
            drawn("c", images(rng, 1, 4, h, w), "one example"),
            drawn("d", images(rng, n, 4, h, w, NEAR_EPS), "a variance near eps"),
            drawn("e", images(rng, n, 6, h, w, dtype=np.float32), "float32"),
            drawn("f", images(rng, h, 4, w, n, dtype=np.float32), "float32"),
            drawn("g", images(rng, n, 8, h, 2 * w)[:, :, :, ::2], "non-contiguous"),
            drawn("h", images(rng, h, w + 3, 8, n).transpose(0, 2, 1, 3), "non-contiguous"),
        ]
        if groups:
            made += [
                drawn("j", images(rng, n, 9, h, w), "three groups of three"),
                drawn("k", images(rng, n, 5, h, w), "one group", 1),
                drawn("l", images(rng, n, 7, h, w), "a group for each channel", 7),
            ]
        return made + ([drawn("i", batch(rng, n, 12), "rows")] if vectors_too else [])

    return visible, hidden


def by_group(numbers, c):
    """Give each channel the number of its group: (N, groups) becomes (N, C)."""
    return np.repeat(numbers, c // numbers.shape[1], axis=1)


def undone(c, count):
    """One image of c channels in groups, with the scale and shift by which its norm undoes itself."""

    def inputs(rng):
        x = images(rng, 1, c, 3, 4, 0.01)
        grouped = x.reshape(1, count, -1)
        scale = by_group(np.sqrt(grouped.var(axis=2) + 1e-5), c)[0]
        return {"x": x, "scale": scale, "shift": by_group(grouped.mean(axis=2), c)[0]}

    return inputs


def other_contrast(c, count):
    """Images, and the same with another brightness and contrast in each group of channels."""

    def inputs(rng):
        x = images(rng, 2, c, 3, 4)
        factor, summand = by_group(rng.uniform(0.5, 3, (2, count)), c), by_group(rng.normal(size=(2, count)), c)
        changed = factor[..., None, None] * x + summand[..., None, None]
        return {"x": x, "changed": changed, "scale": rng.uniform(0.5, 2, c), "shift": rng.normal(size=c)}

    return inputs


def only_contrast(c, count):
    """Images, and a gradient that would change nothing but the brightness and contrast of each group."""

    def inputs(rng):
        x = images(rng, 2, c, 3, 4)
        grouped = x.reshape(2, count, -1)
        hat = (grouped - grouped.mean(axis=2, keepdims=True)) / grouped.std(axis=2, keepdims=True)
        grad_y = rng.normal(size=(2, count, 1)) + rng.normal(size=(2, count, 1)) * hat
        return {"x": x, "scale": np.ones(c), "shift": np.zeros(c), "grad_y": grad_y.reshape(x.shape)}

    return inputs


def norm_identities(name, direction, c, count, groups):
    """What a norm has whose groups of channels share a mean; the first of them can be drawn for a class.

    eps is next to nothing where a spread must not be seen to change.
    """
    extra = f", {count}" if groups else ""
    if direction == "forward":
        return [
            Property(
                "equal",
                part="y",
                title="with scale √(var + eps) and shift mean the norm of one image does nothing",
                calls=[f"y, _ = {name}_forward(x, scale, shift{extra})"],
                inputs=undone(c, count),
                left="y",
                right="x",
            ),
            Property(
                "equal",
                part="y",
                title="another brightness and contrast of what shares a mean makes no difference",
                calls=[
                    f"y, _ = {name}_forward(x, scale, shift{extra}, eps=1e-12)",
                    f"y_of_changed, _ = {name}_forward(changed, scale, shift{extra}, eps=1e-12)",
                ],
                inputs=other_contrast(c, count),
                left="y_of_changed",
                right="y",
            ),
        ]
    return [
        Property(
            "combination",
            part="grad_x",
            title="a gradient that only shifts and scales what shares a mean comes back as 0",
            calls=[
                f"_, cache = {name}_forward(x, scale, shift{extra}, eps=1e-12)",
                f"grad_x, _, _ = {name}_backward(grad_y, cache)",
            ],
            inputs=only_contrast(c, count),
            terms={"grad_x": 1},
            right=0,
        ),
        Property(
            "gradient",
            calls=[
                f"y, cache = {name}_forward(x, scale, shift{extra})",
                f"grad_x, grad_scale, grad_shift = {name}_backward(grad_y, cache)",
            ],
            output="y",
            wrt={"x": "grad_x", "scale": "grad_scale", "shift": "grad_shift"},
            inputs={
                "x": images(np.random.default_rng(57), 2, c, 3, 2),
                "scale": np.random.default_rng(58).uniform(0.5, 2, c),
                "shift": np.random.default_rng(59).normal(size=c),
            },
        ),
    ]


NORM_KINDS = {
    "forward": "a norm that undoes itself",
    "backward": "a gradient that only shifts and scales",
}
FORWARD_SLIPS = """
    over_the_batch: var = grouped.var(axis=2, keepdims=True)
        => mean, var = grouped.mean(axis=0, keepdims=True), grouped.var(axis=0, keepdims=True)
        Mean and variance are taken over the batch: that is batch norm. Here each example is on its own.
    ddof_1: grouped.var(axis=2, keepdims=True) => grouped.var(axis=2, keepdims=True, ddof=1)
        You divide the variance by one less than the count. Take the plain mean of the squares.
    eps_outside: np.sqrt(var + eps) => (np.sqrt(var) + eps)
        eps stands outside the root. Add it to the variance, under the root.
    eps_forgotten: np.sqrt(var + eps) => np.sqrt(var + 1e-5)
        eps is an argument; you always use 0.00001.
    divided_by_variance: np.sqrt(var + eps) => (var + eps)
        You divide by the variance. Divide by its root, the standard deviation.
    scale_forgotten: y = scale.reshape(shape) * normalized + => y = normalized +
        The scale is missing: y = scale * normalized + shift.
    mean_kept: (grouped - mean) * factor => grouped * factor
        The mean is not subtracted.
    widened [hidden]: factor = 1 / np.sqrt(var + eps) => factor = 1 / np.sqrt(var.astype(np.float64) + eps)
        float32 goes in and float64 comes out. Keep the dtype of x.
"""
BACKWARD_SLIPS = """
    no_mean_term: grad - mean_term - variance_term => grad - variance_term
        The mean depends on x too. Subtract the mean of the gradient over the same numbers.
    no_variance_term: grad - mean_term - variance_term => grad - mean_term
        The variance depends on x too. Subtract normalized times the mean of gradient times normalized.
    statistics_constant: grad - mean_term - variance_term => grad
        You treat mean and variance as constants. Both are functions of x, and each adds a term.
    variance_sign: mean_term - variance_term => mean_term + variance_term
        The term of the variance has the wrong sign: it is subtracted.
    scale_forgotten: grad = (grad_y * scale).reshape => grad = (grad_y * 1).reshape
        grad_x misses the scale: the gradient passes through scale * normalized first.
    factor_forgotten: grad_x = factor * (grad => grad_x = (grad
        grad_x is not divided by sqrt(var + eps), by which the forward pass divided x.
    sums_not_means: hat * (grad * hat).mean(axis=2, keepdims=True) => hat * (grad * hat).sum(axis=2, keepdims=True)
        The term of the variance is a mean. You have a sum.
    gradients_averaged: grad_shift = grad_y.sum(axis=others)\\n    grad_scale = (grad_y * normalized).sum(axis=others)
        => grad_shift = grad_y.mean(axis=others)\\n    grad_scale = (grad_y * normalized).mean(axis=others)
        You average. Scale and shift enter every pixel: their gradients are sums.
"""


def norm_exercises(
    name, pair, count, *, points, seed, sizes, groups=None, vectors_too=False, more="", loops, einsum, refuse=()
):
    """The two exercises of one norm: its plain form, and all that can go wrong with it.

    Its identities are about images whose channels and groups have these sizes.
    """
    signature = "groups, " if groups else ""

    def plain(text, direction):
        text = text.replace("NAME", name).replace("GROUPS", signature).replace("COUNT", count)
        return define(text, f"{name}_{direction}", f"plain {name} {direction}")

    forward, backward = plain(FORWARD_TEXT, "forward"), plain(BACKWARD_TEXT, "backward")
    made, forward_parts = [], {"y": points[0] - 1, "refusal": 1} if refuse else None
    for direction, function, worth in zip(("forward", "backward"), pair, points, strict=True):
        visible, hidden = norm_cases(name, direction, seed, groups, vectors_too)
        identities = norm_identities(name, direction, *sizes, groups)
        functions = {f"{name}_forward": pair[0]} | ({f"{name}_backward": pair[1]} if direction == "backward" else {})
        if direction == "forward":
            mutants = slips(forward, FORWARD_SLIPS + more)
            others = {"loops": {f"{name}_forward": loops}, "plain": {f"{name}_forward": forward}}
        else:
            mutants = [
                Mutant(slip.name, {f"{name}_forward": forward, f"{name}_backward": slip.functions}, slip.sentence)
                for slip in slips(backward, BACKWARD_SLIPS)
            ]
            others = {
                "plain": {f"{name}_forward": forward, f"{name}_backward": backward},
                "einsum": {f"{name}_forward": forward, f"{name}_backward": einsum},
            }
        made.append(
            Exercise(
                id=f"{name}_{direction}",
                points=worth,
                functions=functions,
                subject=(function.__name__,),
                cases=visible if direction == "forward" else and_in_turn(visible, 0, 4),
                hidden=hidden,
                properties=[*identities, *(refuse if direction == "forward" else ())],
                hidden_properties=[identities[0].drawn(NORM_KINDS[direction])],
                parts={"grad_x": 3, "grad_scale": 1, "grad_shift": 1} if direction == "backward" else forward_parts,
                mutants=mutants,
                alternatives=[Alternative(title, functions) for title, functions in others.items()],
                hints=NORM_HINTS[direction],
            )
        )
    return made


NORM_HINTS = {
    "forward": [
        "Which numbers share one mean? Reshape x so that they lie along the last axis.",
        "normalized = (x - mean) / sqrt(var + eps), biased variance, one for each example (and group).",
        "scale and shift are one number for each channel: reshape them to (C, 1, 1) for images.",
    ],
    "backward": [
        "grad_scale and grad_shift are sums over everything but the channel: over the batch too.",
        "grad_x is as in batch norm, with means over the numbers that shared one mean on the way forward.",
        "g = grad_y * scale; grad_x = factor * (g - mean(g) - normalized * mean(g * normalized)).",
    ],
}


def layernorm_loops(x, scale, shift, *, eps=1e-5):
    y, kept = np.empty_like(x), []
    shape = (-1,) + (1,) * (x.ndim - 2)
    for i in range(len(x)):
        centered = x[i] - x[i].mean()
        root = np.sqrt((centered**2).mean() + eps)
        y[i] = scale.reshape(shape) * (centered / root) + shift.reshape(shape)
        kept.append(root)
    return y, kept


def instancenorm_loops(x, scale, shift, *, eps=1e-5):
    y = np.empty_like(x)
    for i in range(x.shape[0]):
        for c in range(x.shape[1]):
            plane = x[i, c]
            y[i, c] = scale[c] * (plane - plane.mean()) / np.sqrt(plane.var() + eps) + shift[c]
    return y, None


def groupnorm_loops(x, scale, shift, groups, *, eps=1e-5):
    if x.shape[1] % groups:
        raise ValueError("groups must divide the channels")
    y, size = np.empty_like(x), x.shape[1] // groups
    for i in range(len(x)):
        for g in range(groups):
            part = slice(g * size, (g + 1) * size)
            block = x[i, part]
            normalized = (block - block.mean()) / np.sqrt(block.var() + eps)
            y[i, part] = scale[part, None, None] * normalized + shift[part, None, None]
    return y, groups


def einsum_back(name):
    text = """import numpy as np


def NAME_backward(grad_y, cache):
    normalized, factor, scale, count = cache
    g = (grad_y * scale).reshape(len(grad_y), count, -1)
    hat = normalized.reshape(g.shape)
    size = g.shape[2]
    along = np.einsum("ngk,ngk->ng", g, hat)[:, :, None]
    grad_x = factor / size * (size * g - g.sum(axis=2, keepdims=True) - hat * along)
    flat, kept = grad_y.reshape(*grad_y.shape[:2], -1), normalized.reshape(*grad_y.shape[:2], -1)
    return grad_x.reshape(grad_y.shape), np.einsum("nck,nck->c", flat, kept), np.einsum("nck->c", flat)
"""
    return define(text.replace("NAME", name), f"{name}_backward", f"einsum {name}")


LAYERNORM = norm_exercises(
    "layernorm",
    (layernorm_forward, layernorm_backward),
    "1",
    points=(7, 8),
    seed=85,
    sizes=(3, 1),
    vectors_too=True,
    loops=layernorm_loops,
    einsum=einsum_back("layernorm"),
    more="""
    channels_apart: count = 1 => count = x.shape[1] if x.ndim == 4 else 1
        Each channel has a mean of its own: instance norm. Layer norm takes all channels of an example.
    each_pixel: normalized = ((grouped - mean) * factor).reshape(x.shape)
        => normalized = (x - x.mean(axis=1, keepdims=True)) / np.sqrt(x.var(axis=1, keepdims=True) + eps)
        Each pixel has a mean of its own, over its channels. Layer norm takes all pixels of an example too.
    last_axis: normalized = ((grouped - mean) * factor).reshape(x.shape)
        => normalized = (x - x.mean(axis=-1, keepdims=True)) / np.sqrt(x.var(axis=-1, keepdims=True) + eps)
        You normalize along the last axis alone. Layer norm takes all axes of an example together.
""",
)
INSTANCENORM = norm_exercises(
    "instancenorm",
    (instancenorm_forward, instancenorm_backward),
    "x.shape[1]",
    points=(5, 5),
    seed=86,
    sizes=(3, 3),
    loops=instancenorm_loops,
    einsum=einsum_back("instancenorm"),
    more="""
    channels_together: count = x.shape[1] => count = 1
        All channels of an image share one mean: that is layer norm. Instance norm takes each channel on its own.
""",
)
GROUPNORM = norm_exercises(
    "groupnorm",
    (groupnorm_forward, groupnorm_backward),
    "groups",
    points=(10, 10),
    seed=87,
    sizes=(6, 3),
    groups={4: 2, 6: 3, 8: 2, 9: 3},
    loops=groupnorm_loops,
    einsum=einsum_back("groupnorm"),
    refuse=[
        Property(
            "refuses",
            part="refusal",
            calls=["y, cache = groupnorm_forward(x, scale, shift, groups)"],
            inputs={
                "x": np.random.default_rng(63).normal(size=(2, 7, 3, 4)),
                "scale": np.ones(7),
                "shift": np.zeros(7),
                "groups": 3,
            },
            error="ValueError",
            why="because 3 groups do not divide 7 channels",
        )
    ],
    more="""
    one_group: count = groups => count = 1
        All channels share one mean: that is layer norm. Cut the channels into groups.
    each_channel: count = groups => count = x.shape[1]
        Each channel has a mean of its own: that is instance norm. Take the channels of a group together.
    refuses_nothing: if x.shape[1] % count: => if False:
        When groups does not divide the channels there is no right answer: raise a ValueError.
    size_for_number: count = groups => count = x.shape[1] // groups
        groups is the number of groups, not the number of channels in one.
""",
)

# --- batch norm of images -------------------------------------------------------------------------------------------


def spatial_case(name, rng, x, direction, kind="", training=True, first=False, **options):
    inputs = {"x": x, **vectors(rng, x.shape[1], x.dtype), **options} | ({"running": None} if first else {})
    extra = "".join(f", {key}={key}" for key in options)
    calls = [f"y, cache, new = spatial_batchnorm_forward(x, scale, shift, running, training={training}{extra})"]
    if direction == "forward":
        part = {"y": "training" if training else "inference", "new": "running statistics"}
        return Case(name, inputs, calls, ("y", "new"), part=part, kind=kind)
    inputs["grad_y"] = rng.normal(size=x.shape).astype(x.dtype)
    calls.append("grad_x, grad_scale, grad_shift = spatial_batchnorm_backward(grad_y, cache)")
    return Case(name, inputs, calls, ("grad_x", "grad_scale", "grad_shift"), kind=kind)


def spatial_cases(direction):
    rng = np.random.default_rng(88)
    visible = [
        spatial_case("two images", rng, images(rng, 2, 3, 4, 5), direction),
        spatial_case("four images", rng, images(rng, 4, 5, 3, 2), direction, eps=0.3),
        spatial_case("a variance near eps", rng, images(rng, 3, 2, 5, 4, NEAR_EPS), direction),
    ]
    if direction == "forward":
        visible += [
            spatial_case("inference", rng, images(rng, 2, 4, 3, 5), direction, training=False),
            spatial_case("inference again", rng, images(rng, 1, 3, 5, 2), direction, training=False, eps=0.2),
            spatial_case("another alpha", rng, images(rng, 3, 3, 2, 4), direction, alpha=0.6),
            spatial_case("the first batch", rng, images(rng, 2, 3, 5, 4), direction, first=True),
        ]

    def hidden(rng):
        n, h, w = (int(size) for size in rng.permutation([2, 3, 5]))
        made = [
            spatial_case("a", rng, images(rng, n, 7, h, w), direction, "odd shapes"),
            spatial_case("b", rng, images(rng, w, 4, n, h), direction, "odd shapes"),
            spatial_case("c", rng, images(rng, 1, 3, h, w), direction, "one image"),
            spatial_case("d", rng, images(rng, n, 4, h, w, dtype=np.float32), direction, "float32"),
            spatial_case("e", rng, images(rng, h, 3, n, w, dtype=np.float32), direction, "float32"),
            spatial_case("f", rng, images(rng, n, 4, h, 2 * w)[:, :, :, ::2], direction, "non-contiguous"),
        ]
        if direction == "forward":
            made.append(spatial_case("g", rng, images(rng, n, 4, h, w), direction, "odd shapes", training=False))
            made.append(spatial_case("i", rng, images(rng, w, 3, h, n), direction, "the first batch", first=True))
        return made

    return visible, hidden


def spatial_plain(x, scale, shift, running, *, training, alpha=0.9, eps=1e-5):
    axes = (0, 2, 3)
    c = x.shape[1]
    if running is None:
        running = (np.zeros(c, x.dtype), np.ones(c, x.dtype))
    mean, var = running
    if training:
        mean, var = x.mean(axis=axes), x.var(axis=axes)
        running = (alpha * running[0] + (1 - alpha) * mean, alpha * running[1] + (1 - alpha) * var)
    factor = 1 / np.sqrt(var + eps)
    normalized = (x - mean[:, None, None]) * factor[:, None, None]
    y = scale[:, None, None] * normalized + shift[:, None, None]
    return y, (normalized, factor, scale), running


def spatial_plain_back(grad_y, cache):
    normalized, factor, scale = cache
    axes = (0, 2, 3)
    count = grad_y.shape[0] * grad_y.shape[2] * grad_y.shape[3]
    grad_shift = grad_y.sum(axis=axes)
    grad_scale = (grad_y * normalized).sum(axis=axes)
    mean_term = (grad_shift / count)[:, None, None]
    variance_term = normalized * (grad_scale / count)[:, None, None]
    grad_x = (factor * scale)[:, None, None] * (grad_y - mean_term - variance_term)
    return grad_x, grad_scale, grad_shift


def spatial_rows(x, scale, shift, running, *, training, alpha=0.9, eps=1e-5):
    n, c, h, w = x.shape
    rows = np.moveaxis(x, 1, -1).reshape(-1, c)
    old = (np.zeros(c, x.dtype), np.ones(c, x.dtype)) if running is None else running
    m, v = (rows.mean(axis=0), rows.var(axis=0)) if training else old
    root = np.sqrt(v + eps)
    hat = (rows - m) / root
    new = tuple(alpha * a + (1 - alpha) * b for a, b in zip(old, (m, v), strict=True)) if training else old
    y = (hat * scale + shift).reshape(n, h, w, c)
    return np.moveaxis(y, -1, 1), {"hat": hat, "root": root, "scale": scale}, new


def spatial_rows_back(grad_y, cache):
    n, c, h, w = grad_y.shape
    g, hat = np.moveaxis(grad_y, 1, -1).reshape(-1, c), cache["hat"]
    grad_scale, grad_shift = np.einsum("pc,pc->c", g, hat), g.sum(axis=0)
    grad = cache["scale"] / cache["root"] * (g - grad_shift / len(g) - hat * grad_scale / len(g))
    return np.moveaxis(grad.reshape(n, h, w, c), -1, 1), grad_scale, grad_shift


def spatial_call(x="x", training=True):
    return f"spatial_batchnorm_forward({x}, scale, shift, running, training={training})"


def spatial_undone(rng):
    """Images with the scale and shift by which batch norm undoes itself."""
    x = images(rng, 2, 3, 4, 5, 0.01)
    scale, shift = np.sqrt(x.var(axis=(0, 2, 3)) + 1e-5), x.mean(axis=(0, 2, 3))
    return {"x": x, "scale": scale, "shift": shift, "running": None}


def spatial_undone_at_inference(rng):
    """Images, running statistics, and the scale and shift by which they undo themselves."""
    return nothing_to_do_at_inference(rng) | {"x": images(rng, 2, 4, 3, 5)}


def rearranged(rng):
    """Images, and one image of all their pixels in another order."""
    x = images(rng, 2, 3, 4, 5)
    pixels = x.transpose(1, 0, 2, 3).reshape(3, -1)[:, rng.permutation(40)]
    return {"x": x, "one_image": pixels.reshape(1, 3, 8, 5), **vectors(rng, 3)}


def only_channel_contrast(rng):
    """Images, and a gradient that would change nothing but the brightness and contrast of each channel."""
    x = images(rng, 2, 3, 4, 5)
    hat = (x - x.mean(axis=(0, 2, 3), keepdims=True)) / x.std(axis=(0, 2, 3), keepdims=True)
    grad_y = rng.normal(size=(3, 1, 1)) + rng.normal(size=(3, 1, 1)) * hat
    return {"x": x, "scale": np.ones(3), "shift": np.zeros(3), "running": None, "grad_y": grad_y}


SPATIAL_UNDONE = Property(
    "equal",
    part="training",
    title="with scale √(var + eps) and shift mean batch norm does nothing",
    calls=[f"y, _, _ = {spatial_call()}"],
    inputs=spatial_undone,
    left="y",
    right="x",
)
SPATIAL_NOTHING = Property(
    "combination",
    part="grad_x",
    title="a gradient that only shifts and scales whole channels comes back as 0",
    calls=[
        "_, cache, _ = spatial_batchnorm_forward(x, scale, shift, running, training=True, eps=1e-12)",
        "grad_x, _, _ = spatial_batchnorm_backward(grad_y, cache)",
    ],
    inputs=only_channel_contrast,
    terms={"grad_x": 1},
    right=0,
)
SPATIAL_FORWARD = Exercise(
    id="spatial_batchnorm_forward",
    points=8,
    functions={"spatial_batchnorm_forward": spatial_batchnorm_forward},
    subject=("spatial_batchnorm_forward",),
    parts={"training": 4, "inference": 2, "running statistics": 2},
    cases=spatial_cases("forward")[0],
    hidden=spatial_cases("forward")[1],
    properties=[
        SPATIAL_UNDONE,
        Property(
            "equal",
            part="inference",
            title="with scale √(running var + eps) and shift running mean inference does nothing",
            calls=[f"y, _, _ = {spatial_call(training=False)}"],
            inputs=spatial_undone_at_inference,
            left="y",
            right="x",
        ),
        Property(
            "equal",
            part="running statistics",
            title="where the pixels of a channel lie, and in which image, makes no difference",
            calls=[f"_, _, of_images = {spatial_call()}", f"_, _, of_one_image = {spatial_call('one_image')}"],
            inputs=rearranged,
            left="of_images",
            right="of_one_image",
        ),
    ],
    hidden_properties=[SPATIAL_UNDONE.drawn("a batch norm that undoes itself")],
    mutants=[
        Mutant(slip.name, {"spatial_batchnorm_forward": slip.functions}, slip.sentence)
        for slip in slips(
            spatial_plain,
            """
            over_the_batch_only: mean, var = x.mean(axis=axes), x.var(axis=axes)
                => mean, var = x.mean(axis=0).mean(axis=(1, 2)), x.var(axis=0).mean(axis=(1, 2))
                The variance is taken at each pixel, then averaged. Take all pixels of all images together.
            each_image: mean, var = x.mean(axis=axes), x.var(axis=axes)
                => mean, var = x[0].mean(axis=(1, 2)), x[0].var(axis=(1, 2))
                Only the first image counts. Take all images of the batch together.
            ddof_1: x.var(axis=axes) => x.var(axis=axes, ddof=1)
                You divide the variance by one less than the count. Take the plain mean of the squares.
            running_ddof_1: (1 - alpha) * var) => (1 - alpha) * x.var(axis=axes, ddof=1))
                Your running variance divides by one less than the count. Here it is the variance that the output uses.
            variance_from_zero: np.ones(c, x.dtype) => np.zeros(c, x.dtype)
                Your running variance starts at 0. It starts at 1, as if nothing had to be changed.
            eps_outside: np.sqrt(var + eps) => (np.sqrt(var) + eps)
                eps stands outside the root. Add it to the variance, under the root.
            alpha_swapped: alpha * running[0] + (1 - alpha) * mean, alpha * running[1] + (1 - alpha) * var
                => (1 - alpha) * running[0] + alpha * mean, (1 - alpha) * running[1] + alpha * var
                alpha weighs the old running value, 1 - alpha the new batch.
            batch_at_inference: if training:\\n        mean, var = x.mean(axis=axes), x.var(axis=axes)
                => mean, var = x.mean(axis=axes), x.var(axis=axes)\\n    if training:
                At inference you still use the batch's own mean and variance. Use the running ones.
            scale_forgotten: y = scale[:, None, None] * normalized => y = normalized
                The scale is missing: y = scale * normalized + shift.
            never_updated: running = (alpha * running[0] + (1 - alpha) * mean, alpha * running[1] + (1 - alpha) * var)
                => pass
                The running statistics you return are the old ones. In training they move towards the batch.
            """,
        )
    ],
    alternatives=[
        Alternative("plain", {"spatial_batchnorm_forward": spatial_plain}),
        Alternative("rows", {"spatial_batchnorm_forward": spatial_rows}),
    ],
    hints=[
        "It is batch norm, if every pixel of every image counts as one example of its channel.",
        "Bring (N, C, H, W) to (N H W, C) for own.batchnorm_forward, the channels last (transpose, then reshape), or "
        "take mean and variance over axes (0, 2, 3) yourself.",
    ],
)
SPATIAL_BACKWARD = Exercise(
    id="spatial_batchnorm_backward",
    points=7,
    functions={
        "spatial_batchnorm_forward": spatial_batchnorm_forward,
        "spatial_batchnorm_backward": spatial_batchnorm_backward,
    },
    subject=("spatial_batchnorm_backward",),
    parts={"grad_x": 3, "grad_scale": 2, "grad_shift": 2},
    cases=and_in_turn(spatial_cases("backward")[0]),
    hidden=spatial_cases("backward")[1],
    properties=[
        SPATIAL_NOTHING,
        Property(
            "gradient",
            calls=[
                f"y, cache, _ = {spatial_call()}",
                "grad_x, grad_scale, grad_shift = spatial_batchnorm_backward(grad_y, cache)",
            ],
            output="y",
            wrt={"x": "grad_x", "scale": "grad_scale", "shift": "grad_shift"},
            inputs={**vectors(np.random.default_rng(55), 3), "x": images(np.random.default_rng(56), 2, 3, 4, 2)},
        ),
    ],
    hidden_properties=[SPATIAL_NOTHING.drawn("a gradient that only shifts and scales")],
    mutants=[
        Mutant(
            slip.name,
            {"spatial_batchnorm_forward": spatial_plain, "spatial_batchnorm_backward": slip.functions},
            slip.sentence,
        )
        for slip in slips(
            spatial_plain_back,
            """
            no_mean_term: grad_y - mean_term - variance_term => grad_y - variance_term
                The mean depends on x too. Subtract the mean of the gradient over batch and pixels.
            no_variance_term: grad_y - mean_term - variance_term => grad_y - mean_term
                The variance depends on x too. Subtract normalized times the mean of gradient times normalized.
            statistics_constant: grad_y - mean_term - variance_term => grad_y
                You treat mean and variance as constants. Both are functions of x, and each adds a term.
            batch_only: count = grad_y.shape[0] * grad_y.shape[2] * grad_y.shape[3] => count = grad_y.shape[0]
                You divide by N. The mean ran over N H W numbers: divide by their count.
            pixels_only: count = grad_y.shape[0] * grad_y.shape[2] * grad_y.shape[3]
                => count = grad_y.shape[2] * grad_y.shape[3]
                You divide by H W. The mean ran over N H W numbers: divide by their count.
            scale_forgotten: (factor * scale)[:, None, None] * => factor[:, None, None] *
                grad_x misses the scale.
            shift_averaged: grad_shift = grad_y.sum(axis=axes) => grad_shift = grad_y.mean(axis=axes)
                grad_shift is an average. The shift enters every pixel, so sum.
            scale_averaged: grad_scale = (grad_y * normalized).sum(axis=axes)
                => grad_scale = (grad_y * normalized).mean(axis=axes)
                grad_scale is an average. The scale enters every pixel, so sum.
            """,
        )
    ],
    alternatives=[
        Alternative(
            "plain", {"spatial_batchnorm_forward": spatial_plain, "spatial_batchnorm_backward": spatial_plain_back}
        ),
        Alternative(
            "rows", {"spatial_batchnorm_forward": spatial_rows, "spatial_batchnorm_backward": spatial_rows_back}
        ),
    ],
    hints=[
        "All sums and means run over axes (0, 2, 3): N H W numbers a channel, rows for own.batchnorm_backward.",
        "grad_x = factor * scale * (grad_y - mean(grad_y) - normalized * mean(grad_y * normalized)).",
    ],
)

# --- weights, folding, counting -------------------------------------------------------------------------------------


def weight_cases(direction):
    def case(name, rng, shape, kind="", spread=1.0, dtype=np.float64, eps=None, turned=False):
        weight = (spread * (rng.normal(size=shape) + rng.normal(size=(shape[0], 1, 1, 1)))).astype(dtype)
        inputs = {"weight": np.asfortranarray(weight) if turned else weight}
        inputs |= {} if eps is None else {"eps": eps}
        calls = ["standardized, cache = weight_standardize_forward(weight" + ("" if eps is None else ", eps=eps") + ")"]
        if direction == "forward":
            return Case(name, inputs, calls, ("standardized",), kind=kind)
        inputs["grad_standardized"] = rng.normal(size=shape).astype(dtype)
        calls.append("grad_weight = weight_standardize_backward(grad_standardized, cache)")
        return Case(name, inputs, calls, ("grad_weight",), kind=kind)

    rng = np.random.default_rng(89)
    visible = [
        case("four filters", rng, (4, 3, 2, 5)),
        case("flat kernels", rng, (3, 2, 1, 4)),
        case("weights near eps", rng, (5, 2, 3, 4), spread=NEAR_EPS),
        case("a large eps", rng, (2, 4, 3, 2), eps=0.5),
        case("another eps", rng, (3, 4, 2, 3), eps=0.1),
    ]

    def hidden(rng):
        f, c, k = (int(size) for size in rng.permutation([2, 3, 5]))
        return [
            case("a", rng, (f, c, k, 4), "odd shapes"),
            case("b", rng, (7, k, c, f), "odd shapes"),
            case("c", rng, (1, f, c, k), "one filter"),
            case("d", rng, (f, c, k, 6), "float32", dtype=np.float32),
            case("e", rng, (k, 6, f, c), "float32", dtype=np.float32),
            case("f", rng, (f, 4, c, k), "small weights", spread=NEAR_EPS),
            case("g", rng, (4, f, c, k), "non-contiguous", turned=True),
        ]

    return visible, hidden


def standardize_plain(weight, *, eps=1e-5):
    axes = (1, 2, 3)
    mean = weight.mean(axis=axes, keepdims=True)
    var = weight.var(axis=axes, keepdims=True)
    factor = 1 / np.sqrt(var + eps)
    standardized = (weight - mean) * factor
    return standardized, (standardized, factor)


def standardize_plain_back(grad_standardized, cache):
    standardized, factor = cache
    axes = (1, 2, 3)
    mean_term = grad_standardized.mean(axis=axes, keepdims=True)
    variance_term = standardized * (grad_standardized * standardized).mean(axis=axes, keepdims=True)
    return factor * (grad_standardized - mean_term - variance_term)


def standardize_rows(weight, *, eps=1e-5):
    rows = weight.reshape(len(weight), -1)
    centered = rows - rows.mean(axis=1, keepdims=True)
    root = np.sqrt((centered**2).mean(axis=1, keepdims=True) + eps)
    return (centered / root).reshape(weight.shape), [centered / root, root]


def standardize_rows_back(grad_standardized, cache):
    hat, root = cache
    g = grad_standardized.reshape(hat.shape)
    grad = np.empty_like(g)
    for f in range(len(g)):
        grad[f] = (g[f] - g[f].mean() - hat[f] * (g[f] @ hat[f]) / g.shape[1]) / root[f]
    return grad.reshape(grad_standardized.shape)


def other_filters(rng):
    """Filters, and the same with another mean and spread each."""
    weight = rng.normal(size=(4, 3, 2, 3))
    changed = rng.uniform(0.5, 3, (4, 1, 1, 1)) * weight + rng.normal(size=(4, 1, 1, 1))
    return {"weight": weight, "changed": changed, "ones": np.ones(weight.shape)}


def only_filter_contrast(rng):
    """Filters, and a gradient that would change nothing but the mean and spread of each."""
    weight = rng.normal(size=(4, 3, 2, 3))
    axes = (1, 2, 3)
    hat = (weight - weight.mean(axis=axes, keepdims=True)) / weight.std(axis=axes, keepdims=True)
    return {"weight": weight, "grad_y": rng.normal(size=(4, 1, 1, 1)) + rng.normal(size=(4, 1, 1, 1)) * hat}


WS_CHANGED = Property(
    "equal",
    title="another mean and spread of a filter makes no difference",
    calls=[
        "standardized, _ = weight_standardize_forward(weight, eps=1e-12)",
        "of_changed, _ = weight_standardize_forward(changed, eps=1e-12)",
    ],
    inputs=other_filters,
    left="of_changed",
    right="standardized",
)
WS_NOTHING = Property(
    "combination",
    title="a gradient that only shifts and scales whole filters comes back as 0",
    calls=[
        "_, cache = weight_standardize_forward(weight, eps=1e-12)",
        "grad_weight = weight_standardize_backward(grad_y, cache)",
    ],
    inputs=only_filter_contrast,
    terms={"grad_weight": 1},
    right=0,
)
WS_FORWARD = Exercise(
    id="weight_standardize_forward",
    points=7,
    functions={"weight_standardize_forward": weight_standardize_forward},
    subject=("weight_standardize_forward",),
    cases=weight_cases("forward")[0],
    hidden=weight_cases("forward")[1],
    properties=[
        WS_CHANGED,
        Property(
            "adjoint",
            title="the variance is 1, so the squares add up to their number",
            calls=["standardized, _ = weight_standardize_forward(weight, eps=1e-12)"],
            inputs=other_filters,
            pairs=(("standardized", "standardized"), ("ones", "ones")),
        ),
    ],
    hidden_properties=[WS_CHANGED.drawn("filters of other spreads")],
    mutants=[
        Mutant(slip.name, {"weight_standardize_forward": slip.functions}, slip.sentence)
        for slip in slips(
            standardize_plain,
            """
            all_filters: axes = (1, 2, 3) => axes = (0, 1, 2, 3)
                One mean for all filters. Each filter, the first axis, has its own.
            each_channel: axes = (1, 2, 3) => axes = (2, 3)
                Each channel of each filter has a mean of its own. Take all weights of one filter together.
            over_filters: axes = (1, 2, 3) => axes = (0, 2, 3)
                You average over the filters. The first axis stays, the other three are averaged.
            mean_kept: (weight - mean) * factor => weight * factor
                The mean is not subtracted.
            not_divided: (weight - mean) * factor => (weight - mean)
                The weights are centred only. Divide by the standard deviation too.
            ddof_1: weight.var(axis=axes, keepdims=True) => weight.var(axis=axes, keepdims=True, ddof=1)
                You divide the variance by one less than the count. Take the plain mean of the squares.
            eps_outside: np.sqrt(var + eps) => (np.sqrt(var) + eps)
                eps stands outside the root. Add it to the variance, under the root.
            scaled_by_fan: (weight - mean) * factor => (weight - mean) * factor / np.sqrt(weight[0].size)
                You divide by the root of fan_in too. That is another method, scaled weight standardization.
            """,
        )
    ],
    alternatives=[
        Alternative("plain", {"weight_standardize_forward": standardize_plain}),
        Alternative("rows", {"weight_standardize_forward": standardize_rows}),
    ],
    hints=["One mean and one variance for each filter: over axes 1, 2 and 3.", "(weight - mean) / sqrt(var + eps)"],
)
WS_BACKWARD = Exercise(
    id="weight_standardize_backward",
    points=8,
    functions={
        "weight_standardize_forward": weight_standardize_forward,
        "weight_standardize_backward": weight_standardize_backward,
    },
    subject=("weight_standardize_backward",),
    cases=and_in_turn(weight_cases("backward")[0], 0, 3),
    hidden=weight_cases("backward")[1],
    properties=[
        WS_NOTHING,
        Property(
            "gradient",
            calls=[
                "standardized, cache = weight_standardize_forward(weight)",
                "grad_weight = weight_standardize_backward(grad_y, cache)",
            ],
            output="standardized",
            wrt={"weight": "grad_weight"},
            inputs={"weight": np.random.default_rng(54).normal(size=(3, 2, 2, 3))},
        ),
    ],
    hidden_properties=[WS_NOTHING.drawn("a gradient that only shifts and scales")],
    mutants=[
        Mutant(
            slip.name,
            {"weight_standardize_forward": standardize_plain, "weight_standardize_backward": slip.functions},
            slip.sentence,
        )
        for slip in slips(
            standardize_plain_back,
            """
            no_mean_term: grad_standardized - mean_term - variance_term => grad_standardized - variance_term
                The mean depends on the weights too. Subtract the mean of the gradient over each filter.
            no_variance_term: grad_standardized - mean_term - variance_term => grad_standardized - mean_term
                The variance depends on the weights too: its term is missing.
            constants: grad_standardized - mean_term - variance_term => grad_standardized
                You treat mean and variance as constants. Both are functions of the weights.
            variance_sign: mean_term - variance_term => mean_term + variance_term
                The term of the variance has the wrong sign: it is subtracted.
            factor_forgotten: return factor * ( => return (
                The gradient is not divided by sqrt(var + eps).
            over_filters: axes = (1, 2, 3) => axes = (0, 2, 3)
                You average over the filters. The first axis stays, the other three are averaged.
            """,
        )
    ],
    alternatives=[
        Alternative(
            "plain",
            {
                "weight_standardize_forward": standardize_plain,
                "weight_standardize_backward": standardize_plain_back,
            },
        ),
        Alternative(
            "rows",
            {"weight_standardize_forward": standardize_rows, "weight_standardize_backward": standardize_rows_back},
        ),
    ],
    hints=[
        "The same formula as for every norm, with means over axes 1, 2 and 3.",
        "factor * (g - mean(g) - standardized * mean(g * standardized)).",
    ],
)


def fold_case(name, rng, shape, kind="", eps=None, dtype=np.float64, turned=False):
    outputs = shape[1] if len(shape) == 2 else shape[0]
    inputs = {"weight": rng.normal(size=shape).astype(dtype), "bias": rng.normal(size=outputs).astype(dtype)}
    if turned:
        inputs["weight"] = np.asfortranarray(inputs["weight"])
    inputs |= vectors(rng, outputs, dtype) | ({} if eps is None else {"eps": eps})
    call = "folded, new_bias = fold_batchnorm(weight, bias, scale, shift, running" + (")" if eps is None else ", eps)")
    return Case(name, inputs, [call], ("folded", "new_bias"), kind=kind)


def fold_by_outputs(weight, bias, scale, shift, running, eps=1e-5):
    mean, var = running
    folded, new = weight.copy(), bias.copy()
    for j in range(len(bias)):
        factor = scale[j] / np.sqrt(var[j] + eps)
        if weight.ndim == 2:
            folded[:, j] *= factor
        else:
            folded[j] *= factor
        new[j] = (bias[j] - mean[j]) * factor + shift[j]
    return folded, new


def fold_by_moving(weight, bias, scale, shift, running, eps=1e-5):
    factor = scale / (running[1] + eps) ** 0.5
    last = np.moveaxis(weight, 0, -1) if weight.ndim == 4 else weight
    last = last * factor
    return (np.moveaxis(last, -1, 0) if weight.ndim == 4 else last), shift + factor * (bias - running[0])


def nothing_to_fold(rng):
    """A layer, and a batch norm that does nothing."""
    mean, var = rng.normal(size=3), rng.uniform(0.5, 2, size=3) * 1e-4
    layer = {"weight": rng.normal(size=(4, 3)), "bias": rng.normal(size=3)}
    return {**layer, "scale": np.sqrt(var + 1e-5), "shift": mean, "running": (mean, var)}


def layer_and_norm(rng):
    """A layer whose new bias is 0, what comes out of it and its batch norm, and a gradient there."""
    x, weight, g = rng.normal(size=(5, 4)), rng.normal(size=(4, 3)), rng.normal(size=(5, 3))
    mean, var, scale = rng.normal(size=3), rng.uniform(0.5, 2, size=3), rng.uniform(0.5, 2, size=3)
    return {
        "weight": weight,
        "bias": mean,
        "scale": scale,
        "shift": np.zeros(3),
        "running": (mean, var),
        "y": (x @ weight) / np.sqrt(var + 1e-5) * scale,
        "g": g,
        "x_times_g": x.T @ g,
    }


FOLD_EXACT = Property(
    "adjoint",
    part="folded",
    title="x @ folded is y, the batch norm of x @ weight + bias, here with a new bias of 0",
    calls=["folded, _ = fold_batchnorm(weight, bias, scale, shift, running)"],
    inputs=layer_and_norm,
    pairs=(("folded", "x_times_g"), ("y", "g")),
)
FOLD_RNG = np.random.default_rng(60)
FOLD = Exercise(
    id="fold_batchnorm",
    points=10,
    functions={"fold_batchnorm": fold_batchnorm},
    subject=("fold_batchnorm",),
    cases=[
        fold_case("a linear layer", FOLD_RNG, (4, 3)),
        fold_case("a wide layer", FOLD_RNG, (2, 6), eps=0.4),
        fold_case("filters", FOLD_RNG, (3, 2, 4, 5)),
        fold_case("more filters", FOLD_RNG, (5, 3, 2, 1), eps=0.2),
    ],
    hidden=lambda rng: [
        fold_case("a", rng, tuple(int(v) for v in rng.permutation([5, 8])), "odd shapes"),
        fold_case("b", rng, tuple(int(v) for v in rng.permutation([2, 3, 4, 5])), "odd shapes"),
        fold_case("c", rng, (6, 1, 3, 2), "odd shapes"),
        fold_case("d", rng, (4, 7), "float32", dtype=np.float32),
        fold_case("e", rng, (3, 4, 2, 5), "float32", dtype=np.float32),
        fold_case("f", rng, (4, 2, 3, 5), "non-contiguous", turned=True),
        fold_case("g", rng, (5, 5), "a square weight"),  # where the wrong axis broadcasts too
    ],
    properties=[
        FOLD_EXACT,
        Property(
            "equal",
            part="new_bias",
            title="a batch norm that does nothing leaves the bias as it is",
            calls=["_, new_bias = fold_batchnorm(weight, bias, scale, shift, running)"],
            inputs=nothing_to_fold,
            left="new_bias",
            right="bias",
        ),
    ],
    hidden_properties=[FOLD_EXACT.drawn("what comes out of the folded layer")],
    mutants=slips(
        fold_batchnorm,
        """
        bias_not_scaled: (bias - mean) * factor + shift => (bias - mean) + shift
            The bias goes through the norm too: (bias - mean) * factor + shift.
        mean_forgotten: (bias - mean) * factor + shift => bias * factor + shift
            The running mean is not subtracted from the bias.
        shift_forgotten: (bias - mean) * factor + shift => (bias - mean) * factor
            The shift is missing from the new bias.
        mean_after: (bias - mean) * factor + shift => bias * factor - mean + shift
            The mean is subtracted before the division, not after.
        no_root: factor = scale / np.sqrt(var + eps) => factor = scale / (var + eps)
            The factor is scale over the root of var + eps.
        eps_forgotten: factor = scale / np.sqrt(var + eps) => factor = scale / np.sqrt(var)
            eps is missing. The batch norm that you replace divides by the root of var + eps.
        scale_forgotten: factor = scale / np.sqrt(var + eps) => factor = 1 / np.sqrt(var + eps)
            The scale is missing from the factor.
        eps_outside: factor = scale / np.sqrt(var + eps) => factor = scale / (np.sqrt(var) + eps)
            eps stands outside the root. Use it as batch norm does, under the root.
        weight_unchanged: return folded, => return weight.copy(),
            Only the bias is folded. Each output's weights are multiplied by its factor.
        """,
    ),
    alternatives=[
        Alternative("output by output", {"fold_batchnorm": fold_by_outputs}),
        Alternative("axes moved", {"fold_batchnorm": fold_by_moving}),
    ],
    hints=[
        "At inference batch norm is y = (z - mean) * factor + shift with factor = scale / sqrt(var + eps).",
        "Put z = x @ weight + bias into it and sort: what multiplies x, and what stands alone?",
        "weight * factor, output by output, and (bias - mean) * factor + shift.",
    ],
)


def count_case(name, channels, kind=""):
    calls = ["trained, buffers = batchnorm_param_count(channels)"]
    return Case(name, {"channels": channels}, calls, ("trained", "buffers"), kind=kind)


def count_by_arrays(channels):
    return np.ones((2, channels), int).sum().item(), np.ones((2, channels), int).sum().item()


def count_by_sum(channels):
    trained = channels + channels
    return trained, trained


COUNT = Exercise(
    id="batchnorm_param_count",
    points=2,
    functions={"batchnorm_param_count": batchnorm_param_count},
    subject=("batchnorm_param_count",),
    cases=[count_case("64 channels", 64), count_case("one channel", 1), count_case("seven", 7)],
    hidden=lambda rng: [count_case(f"{i}", int(rng.integers(10, 999)), "other numbers") for i in range(3)],
    properties=[
        Property(
            "combination",
            title="every channel costs the same",
            calls=[f"of_{channels} = batchnorm_param_count({channels})" for channels in (3, 5, 8)],
            inputs={},
            terms={"of_3": 1, "of_5": 1},
            right="of_8",
        )
    ],
    mutants=slips(
        batchnorm_param_count,
        """
        all_trained: return 2 * channels, 2 * channels => return 4 * channels, 0
            Of the four numbers of a channel two are learned; mean and variance are only remembered.
        one_each: return 2 * channels, 2 * channels => return channels, channels
            There are two learned numbers a channel, scale and shift, and two remembered ones.
        no_buffers: return 2 * channels, 2 * channels => return 2 * channels, 0
            The running mean and variance are numbers too: two a channel.
        per_layer: return 2 * channels, 2 * channels => return 2, 2
            That is for one channel. Every channel has its own.
        squared: return 2 * channels, 2 * channels => return channels * channels, 2 * channels
            Scale and shift are vectors, not matrices.
        """,
    ),
    alternatives=[
        Alternative("arrays", {"batchnorm_param_count": count_by_arrays}),
        Alternative("sum", {"batchnorm_param_count": count_by_sum}),
    ],
    hints=["Which numbers of a batch norm does the optimizer change? Which are only averaged?"],
)

# --- for history: local response norm -------------------------------------------------------------------------------


def lrn_case(name, rng, shape, kind="", dtype=np.float64, turned=False, **options):
    x = (3 * rng.normal(size=shape)).astype(dtype)
    inputs = {"x": np.asfortranarray(x) if turned else x, **options}
    extra = "".join(f", {key}={key}" for key in options)
    calls = [f"y, cache = local_response_norm_forward(x{extra})"]
    return Case(name, inputs, calls, ("y",), kind=kind)


def lrn_loops(x, *, size=5, alpha=1e-4, beta=0.75, k=2):
    y = np.empty_like(x)
    channels = x.shape[1]
    for c in range(channels):
        low, high = max(0, c - size // 2), min(channels, c + (size - 1) // 2 + 1)
        y[:, c] = x[:, c] / (k + alpha * (x[:, low:high] ** 2).sum(axis=1)) ** beta
    return y, None


def lrn_matrix(x, *, size=5, alpha=1e-4, beta=0.75, k=2):
    channels = np.arange(x.shape[1])
    away = channels[None, :] - channels[:, None]
    band = ((away >= -(size // 2)) & (away <= (size - 1) // 2)).astype(x.dtype)
    total = np.einsum("ij,njhw->nihw", band, x * x)
    return x * (k + alpha * total) ** -beta, (x, total)


def far_apart(rng):
    """Images of which only the first and the last of six channels are not 0."""
    x = np.zeros((2, 6, 3, 4))
    x[:, [0, 5]] = rng.normal(size=(2, 2, 3, 4))
    return {"x": x}


FAR_APART = Property(
    "equal",
    title="channels too far apart for 3 neighbours do not damp each other",
    calls=[
        "y, _ = local_response_norm_forward(x, size=3, alpha=0.5)",
        "y_alone, _ = local_response_norm_forward(x, size=1, alpha=0.5)",
    ],
    inputs=far_apart,
    left="y",
    right="y_alone",
)
LRN_RNG = np.random.default_rng(61)
LRN = Exercise(
    id="local_response_norm",
    points=3,
    functions={"local_response_norm_forward": local_response_norm_forward},
    subject=("local_response_norm_forward",),
    cases=[
        lrn_case("eight channels", LRN_RNG, (2, 8, 3, 4), alpha=0.3),
        lrn_case("three neighbours", LRN_RNG, (1, 6, 4, 5), size=3, alpha=0.5, beta=0.6),
        lrn_case("fewer channels than neighbours", LRN_RNG, (2, 3, 5, 2), size=7, alpha=0.2, k=1),
        lrn_case("AlexNet's settings", LRN_RNG, (2, 7, 2, 3), alpha=0.9, k=3),
        lrn_case("an even number of neighbours", LRN_RNG, (2, 6, 3, 2), size=4, alpha=0.4),
    ],
    hidden=lambda rng: [
        lrn_case("a", rng, (3, 9, 2, 4), "odd shapes", alpha=0.4, size=3),
        lrn_case("b", rng, (1, 5, 4, 3), "odd shapes", alpha=0.7, beta=0.5),
        lrn_case("c", rng, (2, 6, 3, 5), "float32", np.float32, alpha=0.2),
        lrn_case("e", rng, (1, 7, 2, 3), "an even number of neighbours", size=2, alpha=0.6),
        lrn_case("d", rng, (2, 6, 3, 5), "as published"),
        lrn_case("f", rng, (3, 5, 2, 4), "non-contiguous", turned=True, alpha=0.5),
    ],
    properties=[
        FAR_APART,
        Property(
            "equal",
            title="with k 1 and alpha 0 nothing is damped",
            calls=["y, _ = local_response_norm_forward(x, alpha=0.0, k=1)"],
            inputs=lambda rng: {"x": rng.normal(size=(2, 6, 3, 4))},
            left="y",
            right="x",
        ),
    ],
    hidden_properties=[FAR_APART.drawn("channels far apart")],
    mutants=slips(
        lrn_loops,
        """
        no_squares: (x[:, low:high] ** 2).sum(axis=1) => np.abs(x[:, low:high]).sum(axis=1)
            The neighbours enter with their squares.
        no_power: .sum(axis=1)) ** beta => .sum(axis=1))
            The denominator is raised to beta.
        only_itself: low, high = max(0, c - size // 2), min(channels, c + (size - 1) // 2 + 1) => low, high = c, c + 1
            Only the channel itself is counted. Sum over its neighbours too.
        all_channels: low, high = max(0, c - size // 2), min(channels, c + (size - 1) // 2 + 1)
            => low, high = 0, channels
            All channels are counted. Only `size` of them, around the channel itself.
        k_forgotten: (k + alpha * => (1e-9 + alpha *
            k is missing: it keeps quiet neighbourhoods from being amplified.
        averaged: (x[:, low:high] ** 2).sum(axis=1) => (x[:, low:high] ** 2).sum(axis=1) / size
            You divide alpha by size, as PyTorch does. AlexNet, and this course, do not.
        one_sided: max(0, c - size // 2), min(channels => c, min(channels
            Only the channels behind are counted. Half of the neighbours stand before.
        """,
    ),
    alternatives=[
        Alternative("loops", {"local_response_norm_forward": lrn_loops}),
        Alternative("a band matrix", {"local_response_norm_forward": lrn_matrix}),
    ],
    hints=[
        "For each channel: the squares of the channels from c - size // 2 to c + (size - 1) // 2, those that exist.",
        "y = x / (k + alpha * sum) ** beta.",
    ],
)

# --- hunt and questions ---------------------------------------------------------------------------------------------


def hunt_standardize(x, eps):
    mean = x.mean(axis=0)
    var = ((x - mean) ** 2).mean(axis=0)
    return (x - mean) / np.sqrt(var + eps)


def hunt_case(name, rng, x, eps, kind=""):
    return Case(name, {"x": x, "eps": eps}, ["y = hunt_standardize(x, eps)"], ("y",), kind=kind)


def mended_by_std(x, eps):
    return (x - np.mean(x, axis=0)) / (np.std(x, axis=0) ** 2 + eps) ** 0.5


def mended_by_loops(x, eps):
    y = np.empty_like(x)
    for j in range(x.shape[1]):
        centered = x[:, j] - x[:, j].mean()
        y[:, j] = centered / np.sqrt(np.mean(centered**2) + eps)
    return y


def two_scales(rng):
    """A batch, and the same with another mean and spread in each column."""
    x = batch(rng, 6, 4)
    return {"x": x, "changed": rng.uniform(0.5, 3, 4) * x + rng.normal(size=4)}


TWICE = Property(
    "equal",
    title="what has mean 0 and spread 1 already stays as it is",
    calls=["once = hunt_standardize(x, 1e-12)", "twice = hunt_standardize(once, 1e-12)"],
    inputs=two_scales,
    left="twice",
    right="once",
)
HUNT_RNG = np.random.default_rng(62)
HUNT = Exercise(
    id="hunt_standardize",
    points=5,
    functions={"hunt_standardize": hunt_standardize},
    subject=("hunt_standardize",),
    cases=[
        hunt_case("a batch", HUNT_RNG, batch(HUNT_RNG, 6, 4), 1e-5),
        hunt_case("far spread", HUNT_RNG, batch(HUNT_RNG, 7, 3, 20.0), 1e-3),
        hunt_case("a variance near eps", HUNT_RNG, batch(HUNT_RNG, 5, 2, NEAR_EPS), 1e-5),
    ],
    hidden=lambda rng: [
        hunt_case("a", rng, batch(rng, 9, 5), 1e-5, "odd shapes"),
        hunt_case("b", rng, batch(rng, 3, 8, 100.0), 1e-2, "extreme values"),
        hunt_case("c", rng, batch(rng, 4, 3, NEAR_EPS), 1e-5, "a variance near eps"),
    ],
    properties=[
        TWICE,
        Property(
            "equal",
            title="another mean and spread of a column makes no difference",
            calls=["y = hunt_standardize(x, 1e-12)", "y_of_changed = hunt_standardize(changed, 1e-12)"],
            inputs=two_scales,
            left="y_of_changed",
            right="y",
        ),
    ],
    hidden_properties=[TWICE.drawn("what is standardized already")],
    mutants=slips(
        hunt_standardize,
        """
        as_shipped: / np.sqrt(var + eps) => / np.square(var + eps)
            The fault is still there. What spread should each column have afterwards, and which has it?
        by_variance: / np.sqrt(var + eps) => / (var + eps)
            Now you divide by the variance, as one source of this course does. The spread becomes 1 over the old.
        eps_outside: / np.sqrt(var + eps) => / (np.sqrt(var) + eps)
            Almost: eps belongs under the root. The case with a variance near eps tells the difference.
        multiplied: / np.sqrt(var + eps) => * np.sqrt(var + eps)
            You multiply by the spread. Divide.
        not_centred: return (x - mean) / => return x /
            The mean was subtracted before; keep that.
        """,
    ),
    alternatives=[Alternative("std", mended_by_std), Alternative("loops", mended_by_loops)],
    hints=["Print y.std(axis=0). It should be 1.", "The inverse of a square is a root."],
)
QUIZZES = [
    Quiz(
        id="quiz_1",
        points=3,
        question="Running mean from 0, alpha 0.99. After ten batches of mean 5, what is the running mean?",
        choices={"a": "5", "b": "about 4.5", "c": "about 0.5"},
        right="c",
        because={
            "a": "It would be, if the average did not start at 0.",
            "b": "That is what alpha 0.8 gives. With 0.99 each batch moves the average by one hundredth.",
            "c": "It holds 1 - 0.99**10 = 9.6 % of the mean. That is why a fresh net is bad at inference.",
        },
    ),
    Quiz(
        id="quiz_2",
        points=2,
        question="Batches of two images. Which norm does not care?",
        choices={"a": "batch norm", "b": "group norm", "c": "none of them cares"},
        right="b",
        because={
            "a": "Its statistics come from two examples only: very noisy, and it trains badly.",
            "b": "It looks at one example at a time, so the size of the batch has no influence.",
            "c": "Batch norm does: its mean and variance are those of the batch.",
        },
    ),
]

ASSIGNMENT = Assignment(
    name="normalization",
    number=8,
    title="Normalization",
    exercises=[
        BATCHNORM_FORWARD,
        BATCHNORM_BACKWARD,
        FORMULA,
        SPATIAL_FORWARD,
        SPATIAL_BACKWARD,
        *LAYERNORM,
        *INSTANCENORM,
        *GROUPNORM,
        WS_FORWARD,
        WS_BACKWARD,
        FOLD,
        COUNT,
        LRN,
        HUNT,
        *QUIZZES,
    ],
    given=[
        Given(
            {"batchnorm_forward": forward_plain, "batchnorm_backward": backward_staged},
            used_by=["spatial_batchnorm_forward", "spatial_batchnorm_backward"],
        ),
        # Whoever shares a mean can be made an example of its own: a map, a few maps, a filter.
        Given(
            next(other.functions for other in LAYERNORM[1].alternatives if other.name == "einsum"),
            used_by=[exercise.id for exercise in (*INSTANCENORM, *GROUPNORM, WS_FORWARD, WS_BACKWARD)],
        ),
    ],
)
