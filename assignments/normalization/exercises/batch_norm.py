"""Batch norm, forward."""

from functools import partial

import numpy as np

from classroom.staff.declare.exercise import Case, exercise_of, identity, textual_mutants
from classroom.staff.declare.inputs import shuffled
from solutions.normalization import batchnorm_forward

from .inputs import NEAR_EPS, batch, nothing_to_do_at_inference, vectors


def mode_case(mode, name, rng, x, kind="", **options):
    """One call in this mode, which its output belongs to; the running statistics are a part of their own."""
    inputs = {"x": x, **vectors(rng, x.shape[1], x.dtype), **options}
    extra = "".join(f", {key}={key}" for key in options)
    call = f"y, cache, new_running = batchnorm_forward(x, scale, shift, running, training={mode == 'training'}{extra})"
    return Case(
        name, inputs, [call], ("y", "new_running"), part={"y": mode, "new_running": "running statistics"}, kind=kind
    )


training_case = partial(mode_case, "training")
inference_case = partial(mode_case, "inference")


def untrained_case(name, rng, x, kind=""):
    """Inference before any training: the running statistics are those of the start."""
    inputs = {"x": x, **vectors(rng, x.shape[1], x.dtype), "running": None}
    calls = ["y, cache, new_running = batchnorm_forward(x, scale, shift, running, training=False)"]
    return Case(name, inputs=inputs, calls=calls, outputs=("new_running",), part="running statistics", kind=kind)


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
        inference_case("a large eps at inference", rng, batch(rng, 3, 4), eps=0.2),
        training_case("another large eps", rng, batch(rng, 4, 2), eps=0.25),
    ]


def hidden_forward(rng):
    n, d = shuffled(rng, 3, 5, 8, 11)[:2]
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


def nothing_to_do(rng):
    """A batch with the scale and shift by which batch norm undoes itself."""
    x = batch(rng, 6, 4, 0.01)
    return {"x": x, "scale": np.sqrt(x.var(axis=0) + 1e-5), "shift": x.mean(axis=0), "running": None}


BATCHNORM_FORWARD = exercise_of(
    batchnorm_forward,
    points=20,
    parts={"training": 8, "inference": 6, "running statistics": 6},
    cases=visible_forward(),
    hidden=hidden_forward,
    properties=[
        identity(
            "with scale √(var + eps) and shift mean batch norm does nothing",
            "y, _, _ = batchnorm_forward(x, scale, shift, running, training=True)",
            "y == x",
            inputs=nothing_to_do,
            part="training",
            hidden="a batch norm that undoes itself",
        ),
        identity(
            "with scale √(running var + eps) and shift running mean inference does nothing",
            "y, _, _ = batchnorm_forward(x, scale, shift, running, training=False)",
            "y == x",
            inputs=nothing_to_do_at_inference,
            part="inference",
            hidden="an inference that undoes itself",
        ),
        identity(
            "two updates by the same batch with alpha 0.5 are one with alpha 0.25",
            "_, _, once = batchnorm_forward(x, scale, shift, running, training=True, alpha=0.5)",
            "_, _, twice = batchnorm_forward(x, scale, shift, once, training=True, alpha=0.5)",
            "_, _, at_once = batchnorm_forward(x, scale, shift, running, training=True, alpha=0.25)",
            "twice == at_once",
            inputs=lambda rng: {"x": batch(rng, 5, 3), **vectors(rng, 3)},
            part="running statistics",
        ),
    ],
    mutants=textual_mutants(
        forward_plain,
        """
        alpha_swapped: mean = alpha * mean + (1 - alpha) * batch_mean => mean = (1 - alpha) * mean + alpha * batch_mean
            and var = alpha * var + (1 - alpha) * batch_var => var = (1 - alpha) * var + alpha * batch_var
            alpha weighs the old running value, 1 - alpha the new batch. You have them the other way round.
        variance_from_zero: np.ones(x.shape[1], x.dtype) => np.zeros(x.shape[1], x.dtype)
            Your running variance starts at 0. It starts at 1, as if nothing had to be changed.
        ddof_1: x.var(axis=0) => x.var(axis=0, ddof=1)
            You divide the variance by N - 1. Batch norm takes the plain mean of the squares: divide by N.
        running_ddof_1: var = alpha * var + (1 - alpha) * batch_var
            => var = alpha * var + (1 - alpha) * x.var(axis=0, ddof=1)
            Your running variance divides by N - 1. In this course
            it is the same variance as in the output: divide by N.
        eps_outside: np.sqrt(batch_var + eps) => (np.sqrt(batch_var) + eps)
            eps is outside the root. Add it to the variance, under the root: sqrt(var + eps).
        divided_by_variance: np.sqrt(batch_var + eps) => (batch_var + eps)
            You divide by the variance. Divide by its root, the standard deviation.
        divided_by_the_square: np.sqrt(batch_var + eps) => np.square(batch_var + eps)
            You divide by the square of the variance. Divide by its root, the standard deviation.
        no_eps_at_inference: factor = 1 / np.sqrt(batch_var + eps)
            => factor = 1 / np.sqrt(batch_var + (eps if training else 0))
            At inference eps is missing under the root: it is the same root as in training.
        eps_outside_at_inference: factor = 1 / np.sqrt(batch_var + eps)
            => factor = 1 / (np.sqrt(batch_var + eps) if training else np.sqrt(batch_var) + eps)
            At inference eps is outside the root. Add it to the running variance, under the root.
        variance_at_inference: factor = 1 / np.sqrt(batch_var + eps)
            => factor = 1 / (np.sqrt(batch_var + eps) if training else batch_var + eps)
            At inference you divide by the running variance. Divide by its root.
        unscaled_at_inference: y = scale * normalized + shift
            => y = scale * normalized + shift if training else normalized
            At inference scale and shift are missing: they act as in training.
        running_variance_with_eps: var = alpha * var + (1 - alpha) * batch_var
            => var = alpha * var + (1 - alpha) * (batch_var + eps)
            eps is in your running variance. It belongs under the root alone.
        batch_at_inference: batch_mean, batch_var = running => batch_mean, batch_var = x.mean(axis=0), x.var(axis=0)
            At inference you still use the batch's own mean and variance. Use the running ones.
        updated_at_inference: batch_mean, batch_var = running
            => batch_mean, batch_var = running\\n        mean = alpha * mean + (1 - alpha) * x.mean(axis=0)
            and factor = 1 => var = var if training else alpha * var + (1 - alpha) * x.var(axis=0)\\n    factor = 1
            You update the running statistics at inference too. Only training may change them.
        never_updated: mean = alpha * mean + (1 - alpha) * batch_mean => pass
            and var = alpha * var + (1 - alpha) * batch_var => pass
            The running statistics you return are the old ones. In training they move towards the batch.
        running_deviation: var = alpha * var + (1 - alpha) * batch_var
            => var = alpha * var + (1 - alpha) * np.sqrt(batch_var)
            You average standard deviations. The running value is that of the variance, without a root.
        scale_forgotten: y = scale * normalized + shift => y = normalized + shift
            The scale is missing: y = scale * normalized + shift.
        running_in_place: mean = alpha * mean + (1 - alpha) * batch_mean
            => mean *= alpha\\n        mean += (1 - alpha) * batch_mean
            and var = alpha * var + (1 - alpha) * batch_var => var *= alpha\\n        var += (1 - alpha) * batch_var
            You write into the running arrays that you were given. Make new ones: the caller may still need the old.
        """,
    ),
    alternatives=[forward_plain, forward_loops, forward_in_place],
    hints="""
    Three things to return: y, what the backward pass will need, and the running (mean, var) after this call.
    Means and variances are taken over axis 0, one for each feature,
        and the variance divides by N. eps goes under the root.
    Training: normalize with the batch's statistics, and return alpha * old + (1 - alpha) * batch as
        new running values. Inference: normalize with the running ones, and return them as they are.
    """,
)
