"""Assignment 8: what each check asks, which wrong answers it knows, which other right ones it accepts."""

import numpy as np

from classroom.staff.exercise import Alternative, Assignment, Case, Exercise, Mutant, Property, Terms, edit
from solutions.batchnorm import batchnorm_backward, batchnorm_forward

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


def history_case(name, rng, steps, n, d, kind="", **options):
    """Updates from the start (running None), and inference with what they left."""
    inputs = {f"x{t}": batch(rng, n, d) for t in range(steps + 1)} | {"start": None, **options}
    inputs |= {key: value for key, value in vectors(rng, d).items() if key != "running"}
    extra = "".join(f", {key}={key}" for key in options)
    before = ["start", *(f"running{t}" for t in range(1, steps + 1))]
    calls = [
        f"y{t}, _, running{t + 1} = batchnorm_forward(x{t}, scale, shift, {before[t]}, training=True{extra})"
        for t in range(steps)
    ]
    calls.append(f"y, _, kept = batchnorm_forward(x{steps}, scale, shift, running{steps}, training=False{extra})")
    part = {f"running{steps}": "running statistics", "kept": "running statistics", "y": "inference"}
    return Case(name, inputs=inputs, calls=calls, outputs=(f"running{steps}", "kept", "y"), part=part, kind=kind)


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
    ]


def hidden_forward(rng):
    n, d = (int(size) for size in rng.permutation([3, 5, 8, 11])[:2])
    made = [
        training_case("odd", rng, batch(rng, n, d), "odd shapes", alpha=float(rng.uniform(0.1, 0.95))),
        inference_case("odd too", rng, batch(rng, d, n), "odd shapes"),
        history_case("five updates", rng, 5, d, n, "several updates", alpha=float(rng.uniform(0.3, 0.9))),
        history_case("one update", rng, 1, n, d, "several updates"),
        inference_case("single", rng, batch(rng, 1, d), "one example"),
        training_case("constant", rng, np.full((n, d), 3.0), "equal examples"),
        training_case("far", rng, batch(rng, n, d, 1e5), "extreme values"),
        training_case("near", rng, batch(rng, n, d, NEAR_EPS), "a variance near eps"),
        training_case("thin", rng, batch(rng, n, d, dtype=np.float32), "float32"),
        inference_case("thin too", rng, batch(rng, n, d, dtype=np.float32), "float32"),
        training_case("strided", rng, batch(rng, n, 2 * d)[:, ::2], "non-contiguous"),
        inference_case("turned", rng, batch(rng, n, d).T, "non-contiguous"),
    ]
    return made


FORWARD = "y, cache, new = batchnorm_forward(x, scale, shift, running, training=True, eps=eps)"
BACKWARD = "grad_x, grad_scale, grad_shift = batchnorm_backward(grad_y, cache)"


def backward_case(name, rng, x, kind="", eps=1e-5):
    inputs = {
        "x": x,
        "grad_y": rng.normal(size=x.shape).astype(x.dtype),
        **vectors(rng, x.shape[1], x.dtype),
        "eps": eps,
    }
    return Case(
        name, inputs=inputs, calls=[FORWARD, BACKWARD], outputs=("grad_x", "grad_scale", "grad_shift"), kind=kind
    )


def visible_backward():
    rng = np.random.default_rng(81)
    return [
        backward_case("three examples", rng, np.array([[1.0, -2.0], [3.0, 0.0], [2.0, 5.0]])),
        backward_case("seven examples", rng, batch(rng, 7, 5)),
        backward_case("four examples", rng, batch(rng, 4, 6, 5.0), eps=1e-3),
        backward_case("variance near eps", rng, batch(rng, 6, 4, NEAR_EPS)),
        backward_case("a large eps", rng, batch(rng, 5, 3), eps=0.5),
    ]


def hidden_backward(rng):
    n, d = (int(size) for size in rng.permutation([3, 5, 8, 11])[:2])
    return [
        backward_case("odd", rng, batch(rng, n, d), "odd shapes"),
        backward_case("odd too", rng, batch(rng, d, n, 0.3), "odd shapes"),
        backward_case("two", rng, batch(rng, 2, d), "two examples"),
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
    return y, (normalized, factor, scale, eps), (mean, var)


def backward_plain(grad_y, cache):
    normalized, factor, scale, _eps = cache
    n = len(grad_y)
    grad_shift = grad_y.sum(axis=0)
    grad_scale = (grad_y * normalized).sum(axis=0)
    grad_normalized = grad_y * scale
    mean_term = grad_normalized.sum(axis=0) / n
    variance_term = normalized * (grad_normalized * normalized).sum(axis=0) / n
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
    return y, {"x": x, "kept": kept, "scale": scale}, [mean, var]


def backward_loops(grad_y, cache):
    x, scale = cache["x"], cache["scale"]
    n, d = x.shape
    grad_x = np.empty_like(x)
    grad_scale, grad_shift = np.empty_like(scale), np.empty_like(scale)
    for j in range(d):
        m, root = cache["kept"][j]
        hat = (x[:, j] - m) / root
        grad_scale[j], grad_shift[j] = grad_y[:, j] @ hat, grad_y[:, j].sum()
        grad_x[:, j] = scale[j] / root * (grad_y[:, j] - grad_shift[j] / n - hat * grad_scale[j] / n)
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
    return y, (kept, root, scale), (mean, var)


def backward_jacobian(grad_y, cache):
    hat, root, scale = cache
    n = len(hat)
    # The Jacobian of one feature: (identity - 1/N - hat hat^T / N) / root.
    center = (np.eye(n) - 1 / n)[None] - hat.T[:, :, None] * hat.T[:, None, :] / n
    grad_x = np.einsum("dij,jd->id", center, grad_y * scale) / root
    return grad_x.astype(grad_y.dtype), np.einsum("nd,nd->d", grad_y, hat), grad_y.sum(0)


def backward_staged(grad_y, cache):
    normalized, factor, scale, _eps = cache
    n = len(grad_y)
    centered = normalized / factor
    grad_normalized = grad_y * scale
    grad_var = (grad_normalized * centered).sum(axis=0) * -0.5 * factor**3
    grad_mean = -(grad_normalized * factor).sum(axis=0) + grad_var * (-2 * centered).mean(axis=0)
    grad_x = grad_normalized * factor + grad_var * 2 * centered / n + grad_mean / n
    return grad_x, (grad_y * normalized).sum(axis=0), grad_y.sum(axis=0)


def terms(x, scale, shift, running, grad_y, eps):
    """The three summands of grad_x."""
    if x.dtype != np.float64:
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
            "var = alpha * var + (1 - alpha) * batch_var * len(x) / max(1, len(x) - 1)",
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
    parts={"grad_x": 12, "grad_scale": 4, "grad_shift": 4},
    cases=visible_backward(),
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
            "variance_sign",
            "The term of the variance has the wrong sign: it is subtracted.",
            "mean_term - variance_term",
            "mean_term + variance_term",
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
            "grad_scale and grad_shift are averaged over the batch. Scale and shift enter every example, so sum.",
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
        "means over the batch.",
    ],
)

ASSIGNMENT = Assignment(name="normalization", title="Normalization", exercises=[BATCHNORM_FORWARD, BATCHNORM_BACKWARD])
