"""Identities that right code has, judged without a reference, and bounds on random answers.

`PROPERTIES` maps a name to a function of a caller and options; `MEASURES` one of a case's outputs, inputs and options.
Both return None, or a `Problem` that says what does not hold.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from classroom import script
from classroom.call import Caller, CallError, Run
from classroom.compare import compare
from classroom.gradient import LIMIT, LINEAR_LIMIT, SINGLE_LIMIT, directional_errors
from classroom.value import Value

FALSE_ALARM = 1e-9  # chance that right code fails one measure


@dataclass(frozen=True)
class Problem:
    """What does not hold, in one sentence; `part` narrows it to one output, `error` is set when the code stopped."""

    text: str
    part: str | None = None
    error: CallError | None = None


class _Stopped(Exception):
    def __init__(self, error: CallError) -> None:
        self.error = error


def _run(caller: Caller, calls: tuple[script.Call, ...], inputs: Mapping[str, Value], outputs: list[str]) -> Run:
    run = caller.run(calls, inputs, outputs)
    if run.error is not None:
        raise _Stopped(run.error)
    return run


def judge_property(name: str, caller: Caller, options: Mapping[str, Any]) -> Problem | None:
    """Test one property; code that stops is a problem too."""
    try:
        return PROPERTIES[name](caller, options)
    except _Stopped as stopped:
        return Problem(f"{stopped.error.call} stops with {stopped.error.name}", error=stopped.error)


def gradient(caller: Caller, options: Mapping[str, Any]) -> Problem | None:
    """Compare the gradients with slopes measured along random directions.

    Options: calls, inputs, output (what is summed with inputs["grad_y"]), wrt {argument: its gradient}, linear.
    """
    calls = script.parse(options["calls"])
    inputs, output, wrt = options["inputs"], options["output"], options["wrt"]
    linear = bool(options.get("linear", False))
    run = _run(caller, calls, inputs, [output, *wrt.values()])
    upstream = np.asarray(inputs.get("grad_y", 1.0), np.float64)
    y = np.asarray(run.values[output])
    if y.shape != upstream.shape:
        return Problem(f"{output} has shape {y.shape}, needs {upstream.shape}")
    arguments = {name: inputs[name] for name in wrt}
    for name, grad in wrt.items():
        shape = np.shape(run.values[grad])
        if shape != arguments[name].shape:
            return Problem(f"{grad} has shape {shape}, needs that of {name}, {arguments[name].shape}", grad)
    forward = _up_to(calls, output)

    def phi(moved: Mapping[str, np.ndarray]) -> float:
        values = _run(caller, forward, {**inputs, **moved}, [output]).values
        there = np.asarray(values[output])
        return float((there * upstream).sum()) if there.shape == upstream.shape else math.nan

    single = y.dtype == np.float32
    if single and not linear:
        return None  # rounding drowns the differences: the comparison with expected values has to do
    limit = SINGLE_LIMIT if single else LINEAR_LIMIT if linear else LIMIT
    gradients = {name: np.asarray(run.values[grad]) for name, grad in wrt.items()}
    for slope in directional_errors(phi, arguments, gradients, linear=linear):
        if not slope.error <= limit:
            return Problem(
                f"{wrt[slope.argument]}: along a random direction it says slope {slope.said:.4g}, "
                f"and y moves with {slope.measured:.4g}",
                wrt[slope.argument],
            )
    return None


def _up_to(calls: tuple[script.Call, ...], output: str) -> tuple[script.Call, ...]:
    """Return the calls up to the one that gives this output."""
    last = max(index for index, call in enumerate(calls) if output in call.defines)
    return calls[: last + 1]


def _named(run: Run, inputs: Mapping[str, Value], name: str) -> np.ndarray:
    return np.asarray(run.values[name] if name in run.values else inputs[name])


def _ask(caller: Caller, options: Mapping[str, Any], names: list[str]) -> Run:
    calls = script.parse(options["calls"])
    given = {name for call in calls for name in call.defines}
    return _run(caller, calls, options["inputs"], [name for name in dict.fromkeys(names) if name in given])


def equal(caller: Caller, options: Mapping[str, Any]) -> Problem | None:
    """Two outputs (or an output and an input) are the same.  Options: calls, inputs, left, right, limit."""
    left, right = options["left"], options["right"]
    run = _ask(caller, options, [left, right])
    found = compare(
        _named(run, options["inputs"], left), _named(run, options["inputs"], right), options.get("limit", 1e-9), left
    )
    return None if found.right else Problem(f"{left} and {right} should be equal: {found.text}")


def adjoint(caller: Caller, options: Mapping[str, Any]) -> Problem | None:
    """Inner products agree: <a, b> = <c, d>.  Options: calls, inputs, pairs ((a, b), (c, d)), limit."""
    (a, b), (c, d) = options["pairs"]
    run = _ask(caller, options, [a, b, c, d])
    first, second, third, fourth = (_named(run, options["inputs"], name) for name in (a, b, c, d))
    for one, two, names in ((first, second, (a, b)), (third, fourth, (c, d))):
        if one.shape != two.shape:
            return Problem(f"{names[0]} has shape {one.shape} and {names[1]} {two.shape}, need the same")
    left, right = float((first * second).sum()), float((third * fourth).sum())
    scale = float(np.linalg.norm(first) * np.linalg.norm(second)) or 1.0
    if abs(left - right) <= options.get("limit", 1e-9) * scale:
        return None
    return Problem(f"the sum of {a} * {b} is {left:.6g}, that of {c} * {d} is {right:.6g}, and they should be equal")


def conserved(caller: Caller, options: Mapping[str, Any]) -> Problem | None:
    """Two arrays have the same sum.  Options: calls, inputs, left, right, axes (of both), limit."""
    left, right = options["left"], options["right"]
    run = _ask(caller, options, [left, right])
    axes = options.get("axes")
    sums = [_named(run, options["inputs"], name).sum(axis=tuple(axes) if axes else None) for name in (left, right)]
    found = compare(sums[0], sums[1], options.get("limit", 1e-9), "the sum")
    if found.right:
        return None
    if found.stage == "value" and np.ndim(sums[0]) == 0:
        return Problem(
            f"{left} sums to {float(sums[0]):.6g} and {right} to {float(sums[1]):.6g}, and they should be equal"
        )
    return Problem(f"{left} and {right} should have the same sum over axes {axes}")


def at_maxima(caller: Caller, options: Mapping[str, Any]) -> Problem | None:
    """The gradient of max pooling: each window hands its share to its own maxima, whichever of equal ones.

    Options: calls, inputs (x, grad_y), output (the gradient), kernel, stride.  Windows must not overlap.
    """
    output, x, upstream = options["output"], options["inputs"]["x"], options["inputs"]["grad_y"]
    (kh, kw), (sh, sw) = options["kernel"], options["stride"]
    found = np.asarray(_ask(caller, options, [output]).values[output])
    if found.shape != x.shape:
        return Problem(f"{output} has shape {found.shape}, needs {x.shape}")
    left = found.astype(np.float64)
    for i, j in np.ndindex(upstream.shape[2:]):
        window = (slice(None), slice(None), slice(i * sh, i * sh + kh), slice(j * sw, j * sw + kw))
        share, values = found[window], x[window]
        here = f"[{i}, {j}]"
        if np.abs(share.sum(axis=(2, 3)) - upstream[:, :, i, j]).max() > 1e-9:
            return Problem(f"the gradients of window {here} do not add up to what came from above")
        if np.abs(share[values < values.max(axis=(2, 3), keepdims=True)]).max(initial=0.0) > 0:
            return Problem(f"in window {here} an entry that is not the maximum gets a gradient")
        left[window] = 0
    return Problem("an entry outside all windows gets a gradient") if np.abs(left).max() > 0 else None


PROPERTIES: dict[str, Callable[[Caller, Mapping[str, Any]], Problem | None]] = {
    "gradient": gradient,
    "equal": equal,
    "adjoint": adjoint,
    "conserved": conserved,
    "at_maxima": at_maxima,
}


# --- random answers ---------------------------------------------------------------------------------------------------


def deviation(variance: float, bound: float, chance: float = FALSE_ALARM) -> float:
    """Return t such that a sum of independent terms leaves its mean by more than t with less than this chance.

    Bernstein's inequality: the terms have the given total variance and none leaves its own mean by more than `bound`.
    """
    logarithm = math.log(2 / chance)
    return bound * logarithm / 3 + math.sqrt((bound * logarithm / 3) ** 2 + 2 * variance * logarithm)


def _outside(what: str, value: float, center: float, reach: float) -> str:
    low, high = center - reach, center + reach
    return "" if low <= value <= high else f"{what} is {value:.4g}, and chance allows {low:.4g} to {high:.4g}"


def dropout(values: Mapping[str, Value], inputs: Mapping[str, Value], options: Mapping[str, Any]) -> Problem | None:
    """Bound a dropout layer's output, x being without zeros.

    Options: y, x and drop name them (defaults the same); scale is what survivors are multiplied by: a number, or
    "inverted" for 1 / (1 - drop).  Looks at the survivors' values, their number, and their number in each row and
    column.
    """
    y = np.asarray(values[options.get("y", "y")])
    x, drop = inputs[options.get("x", "x")], float(inputs[options.get("drop", "drop")])
    if y.shape != x.shape:
        return Problem(f"y has shape {y.shape}, needs that of x, {x.shape}")
    if not np.isfinite(y).all():
        return Problem("y is not finite")
    if y.dtype != x.dtype:
        return Problem(f"y has dtype {y.dtype}, needs that of x, {x.dtype}")
    scale = 1 / (1 - drop) if options.get("scale", "inverted") == "inverted" else float(options["scale"])
    kept = y != 0
    found = compare(y[kept], (x[kept] * scale).astype(x.dtype), 1e-9, "")
    if not found.right:
        ratio = np.median(y[kept] / x[kept]) if kept.any() else math.nan
        return Problem(f"survivors should be x times {scale:.4g}, yours are x times {ratio:.4g} (median)")
    flat = kept.reshape(len(kept), -1)
    looks = [("the fraction of dropped entries", kept.reshape(1, -1))]
    looks += [("the fraction dropped in a row", flat), ("the fraction dropped in a column", flat.T)]
    chance = FALSE_ALARM / (1 + len(flat) + flat.shape[1])
    for what, groups in looks:
        size = groups.shape[1]
        reach = deviation(size * drop * (1 - drop), 1.0, chance) / size
        for group in groups:
            if text := _outside(what, 1 - float(group.mean()), drop, reach):
                return Problem(text)
    return None


def distribution(
    values: Mapping[str, Value], inputs: Mapping[str, Value], options: Mapping[str, Any]
) -> Problem | None:
    """Bound the entries of an array of independent draws.

    Options: output, shape, family ("normal" or "uniform"), mean, std.  Looks at shape, mean, spread, the largest entry
    and the distance between the empirical distribution function and the true one.
    """
    name = options.get("output", "weight")
    weight = (
        np.asarray(values[name], np.float64) if np.asarray(values[name]).dtype.kind in "biuf" else np.asarray(math.nan)
    )
    shape = tuple(options["shape"])
    if weight.shape != shape:
        return Problem(f"{name} has shape {weight.shape}, needs {shape}")
    if not np.isfinite(weight).all():
        return Problem(f"{name} is not finite")
    mean, std, n = float(options.get("mean", 0.0)), float(options["std"]), weight.size
    z = np.sort((weight.ravel() - mean) / std)
    if options["family"] == "normal":
        # Bernstein needs bounded terms: beyond 7.5 spreads a draw of this size falls with a chance below 1e-9.
        edge, fourth = 7.5, 3.0
        true = 0.5 * (1 + np.vectorize(math.erf)(z / math.sqrt(2)))
    else:
        edge, fourth = math.sqrt(3) * (1 + 1e-6), 1.8
        true = np.clip((z / math.sqrt(3) + 1) / 2, 0, 1)
    chance = FALSE_ALARM / 4
    if np.abs(z).max() > edge:
        return Problem(
            f"{name} has an entry {np.abs(z).max() * std:.4g} away from the mean: too far for this distribution"
        )
    if text := _outside(f"the mean of {name}", z.mean() * std + mean, mean, std * deviation(n, edge, chance) / n):
        return Problem(text)
    reach = deviation(n * (fourth - 1), edge**2, chance) / n
    if text := _outside(f"the variance of {name}", (z**2).mean() * std**2, std**2, std**2 * reach):
        return Problem(text)
    steps = np.arange(n + 1) / n
    distance = float(max(np.abs(true - steps[:-1]).max(), np.abs(true - steps[1:]).max()))
    if distance > math.sqrt(math.log(2 / chance) / (2 * n)):  # Dvoretzky, Kiefer, Wolfowitz; Massart's constant
        return Problem(f"the entries of {name} are not distributed like a {options['family']} variable")
    return None


def truth_table(values: Mapping[str, Value], inputs: Mapping[str, Value], options: Mapping[str, Any]) -> Problem | None:
    """Feed a weight and a bias to a step neuron and read its truth table; any pair that is right will do.

    Options: rows (the inputs), fires (whether each should), gate (its name, for the message).
    """
    rows, gate = np.asarray(options["rows"], np.float64), options["gate"]
    weight, bias = np.asarray(values["weight"]), np.asarray(values["bias"])
    if weight.shape != rows.shape[1:]:
        return Problem(f"the weight of {gate!r} has shape {weight.shape}, needs {rows.shape[1:]}: one for each input")
    if bias.size != 1 or weight.dtype.kind not in "biuf" or bias.dtype.kind not in "biuf":
        return Problem(f"{gate!r} needs numbers in its weight, and one number as its bias")
    for row, wanted in zip(rows, options["fires"], strict=True):
        z = float(row @ weight + bias.reshape(()))
        if (z > 0) != bool(wanted):
            shown = ", ".join(f"{value:g}" for value in row)
            return Problem(
                f"{gate!r} of ({shown}): w·x + b is {z:g}, and it should {'' if wanted else 'not '}be above 0"
            )
    return None


MEASURES: dict[str, Callable[[Mapping[str, Value], Mapping[str, Value], Mapping[str, Any]], Problem | None]] = {
    "dropout": dropout,
    "distribution": distribution,
    "truth_table": truth_table,
}
