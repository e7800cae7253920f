"""Identities that right code has, judged without a reference.

`PROPERTIES` maps a name to a function of a caller and options; each returns None, or a `Problem` that says what does
not hold.
"""

import contextlib
import math
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from classroom.call import script
from classroom.call.caller import Caller, CallError, Run
from classroom.call.value import Value, as_array
from classroom.judge.compare import Comparison, allowed, compare
from classroom.judge.gradient import LIMIT, LINEAR_LIMIT, SINGLE_LIMIT, directional_errors


@dataclass(frozen=True)
class Problem:
    """What does not hold, in one sentence; `part` narrows it to one output, `error` is set when the code stopped.

    A measure may name several `parts` of the points that it costs, those that its case declares.
    """

    text: str
    part: str | None = None
    error: CallError | None = None
    parts: tuple[str, ...] = ()


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
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # such as that of a complex gradient
            return PROPERTIES[name](caller, options)
    except _Stopped as stopped:
        return Problem(f"{stopped.error.call} stops with {stopped.error.name}", error=stopped.error)
    except (TypeError, ValueError, IndexError, KeyError, AttributeError, ArithmeticError, MemoryError, Warning):
        return Problem("what was returned cannot be measured: arrays of numbers are needed")


def gradient(caller: Caller, options: Mapping[str, Any]) -> Problem | None:
    """Compare the gradients with slopes measured along random directions.

    Options: calls, inputs, output (what is summed with inputs["grad_y"]), wrt {argument: its gradient}, linear, and
    expected, the right output.
    """
    calls = script.parse(options["calls"])
    inputs, output, wrt = options["inputs"], options["output"], options["wrt"]
    linear = bool(options.get("linear", False))
    run = _run(caller, calls, inputs, [output, *wrt.values()])
    if "expected" in options and not compare(run.values[output], options["expected"]).right:
        return None  # slopes of a wrong forward pass say nothing about gradients, and its own check has told of it
    upstream = np.asarray(inputs.get("grad_y", 1.0), np.float64)
    y = as_array(run.values[output])
    if y.shape != upstream.shape:
        return Problem(f"{output} has shape {y.shape}, needs {upstream.shape}")
    arguments = {name: inputs[name] for name in wrt}
    for name, grad in wrt.items():
        shape = as_array(run.values[grad]).shape
        if shape != arguments[name].shape:
            return Problem(f"{grad} has shape {shape}, needs that of {name}, {arguments[name].shape}", grad)
    forward = _up_to(calls, output)

    def phi(moved: Mapping[str, np.ndarray]) -> float:
        values = _run(caller, forward, {**inputs, **moved}, [output]).values
        there = as_array(values[output])
        return float((there * upstream).sum()) if there.shape == upstream.shape else math.nan

    if y.dtype == np.float32 and not linear:
        return None  # rounding drowns the differences: the comparison with expected values has to do
    gradients = {name: as_array(run.values[grad]) for name, grad in wrt.items()}
    for slope in directional_errors(phi, arguments, gradients, linear=linear):
        # y in float64 measures exactly enough; what may be in float32 all the same is the gradient.
        single = np.float32 in (y.dtype, gradients[slope.argument].dtype)
        if not slope.error <= (SINGLE_LIMIT if single else LINEAR_LIMIT if linear else LIMIT):
            return Problem(
                f"{wrt[slope.argument]}: along a random direction it says slope {slope.said:.4g}, "
                f"and {output} moves with {slope.measured:.4g}",
                wrt[slope.argument],
            )
    return None


def _up_to(calls: tuple[script.Call, ...], output: str) -> tuple[script.Call, ...]:
    """Return the calls up to the one that gives this output."""
    last = max(index for index, call in enumerate(calls) if output in call.defines)
    return calls[: last + 1]


def _named(run: Run, inputs: Mapping[str, Value], name: str) -> np.ndarray:
    return as_array(_value(run, inputs, name))


def _value(run: Run, inputs: Mapping[str, Value], name: str) -> Value:
    return run.values[name] if name in run.values else inputs[name]


def _ask(caller: Caller, options: Mapping[str, Any], names: list[str]) -> Run:
    calls = script.parse(options["calls"])
    given = {name for call in calls for name in call.defines}
    return _run(caller, calls, options["inputs"], [name for name in dict.fromkeys(names) if name in given])


def _limit(options: Mapping[str, Any], *arrays: np.ndarray) -> float:
    """Return how far two sides that are made of these arrays may differ."""
    return allowed(float(options.get("limit", 1e-9)), *arrays)


def _alike(caller: Caller, options: Mapping[str, Any], limit: float) -> Comparison:
    """Compare left with right: as arrays where they can be arrays, lists of layers and the like item by item."""
    left, right = options["left"], options["right"]
    run = _ask(caller, options, [left, right])
    sides = [_value(run, options["inputs"], name) for name in (left, right)]
    with contextlib.suppress(TypeError, ValueError):  # words or dicts stay what they are
        sides = [as_array(side) for side in sides]
    return compare(sides[0], sides[1], limit, left)


def equal(caller: Caller, options: Mapping[str, Any]) -> Problem | None:
    """Two outputs (or an output and an input) are the same.  Options: calls, inputs, left, right, limit."""
    found = _alike(caller, options, _limit(options))
    return None if found.right else Problem(f"{options['left']} and {options['right']} should be equal: {found.text}")


def differ(caller: Caller, options: Mapping[str, Any]) -> Problem | None:
    """Two outputs are not the same, such as draws from two generators.  Options: calls, inputs, left, right, why."""
    found = _alike(caller, options, 1e-9)
    return Problem(f"{options['left']} and {options['right']} are the same, {options['why']}") if found.right else None


def combination(caller: Caller, options: Mapping[str, Any]) -> Problem | None:
    """A weighted sum of outputs is another output, an input or a number, such as sigmoid(x) + sigmoid(-x) = 1.

    Options: calls, inputs, terms {name: factor}, right (a name or a number), limit.
    """
    terms, right = options["terms"], options["right"]
    run = _ask(caller, options, [*terms, *([right] if isinstance(right, str) else [])])
    arrays = {name: _named(run, options["inputs"], name) for name in terms}
    for name, array in arrays.items():
        first = next(iter(arrays))
        if array.shape != arrays[first].shape:  # a column and a row would add up to a table of any size
            return Problem(f"{first} has shape {arrays[first].shape} and {name} {array.shape}, need the same")
    total = sum(float(factor) * arrays[name] for name, factor in terms.items())
    wanted = _named(run, options["inputs"], right) if isinstance(right, str) else np.full(np.shape(total), float(right))
    written = " ".join(f"{'-' if factor < 0 else '+'} {_times(abs(factor))}{name}" for name, factor in terms.items())
    written = written.removeprefix("+ ")
    # What is mixed of float32 and float64 is float64, with the precision of float32.
    limit = _limit(options, *arrays.values(), wanted)
    found = compare(total, wanted.astype(np.result_type(total, wanted)), limit, written)
    return None if found.right else Problem(f"{written} should be {right}: {found.text.removeprefix(f'{written}: ')}")


def _times(factor: float) -> str:
    return "" if factor == 1 else f"{factor:g} "


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
    if abs(left - right) <= _limit(options, first, second, third, fourth) * scale:
        return None
    return Problem(f"the sum of {a} * {b} is {left:.6g}, that of {c} * {d} is {right:.6g}, and they should be equal")


def conserved(caller: Caller, options: Mapping[str, Any]) -> Problem | None:
    """Two arrays have the same sum, or the sums of one array are a number.

    Options: calls, inputs, left, right (a name or a number), axes (to sum over, of both; by default all), limit.
    """
    left, right, axes = options["left"], options["right"], options.get("axes")
    run = _ask(caller, options, [left, *([right] if isinstance(right, str) else [])])

    def summed(name: str) -> np.ndarray:
        return np.asarray(_named(run, options["inputs"], name).sum(axis=tuple(axes) if axes else None))

    sums = summed(left)
    wanted = summed(right) if isinstance(right, str) else np.full(sums.shape, float(right))
    found = compare(sums, wanted, _limit(options), "the sum")
    if found.right:
        return None
    over = f" over axes {tuple(axes)}" if axes else ""
    if found.stage != "value":
        return Problem(f"{left}, summed{over}, should be {right}, summed alike: {found.text}")
    at = np.unravel_index(np.abs(sums - wanted).argmax(), sums.shape)
    there = f" at {[int(index) for index in at]}" if at else ""
    if isinstance(right, str):
        return Problem(
            f"{left} sums to {sums[at]:.6g}{over}{there} and {right} to {wanted[at]:.6g}, and they should be equal"
        )
    return Problem(f"{left} sums to {sums[at]:.6g}{over}{there}, and should sum to {right:g}")


def orthonormal(caller: Caller, options: Mapping[str, Any]) -> Problem | None:
    """The rows of an output, or its columns, are perpendicular and equally long.

    Options: calls, inputs, output, shape, of ("rows" or "columns"), square (of their length, by default 1), limit.
    """
    name, of, square = options["output"], options["of"], float(options.get("square", 1.0))
    vectors = _named(_ask(caller, options, [name]), options["inputs"], name)
    if vectors.shape != tuple(options["shape"]):
        return Problem(f"{name} has shape {vectors.shape}, needs {tuple(options['shape'])}")
    vectors = vectors if of == "rows" else vectors.T
    products, wanted = vectors @ vectors.T, square * np.eye(len(vectors))
    found = compare(products, wanted, _limit(options), f"the products of the {of} of {name}")
    if found.right or found.stage != "value":
        return None if found.right else Problem(found.text)
    i, j = (int(index) for index in np.unravel_index(np.abs(products - wanted).argmax(), products.shape))
    which = f"{of} {i} and {j} of {name} have" if i != j else f"{of[:-1]} {i}, by itself, of {name} has"
    return Problem(f"{which} the product {products[i, j]:.6g}, and it should be {wanted[i, j]:g}")


def refuses(caller: Caller, options: Mapping[str, Any]) -> Problem | None:
    """The calls cannot be done, and say so by raising an error.  Options: calls, inputs, error (its name), why."""
    calls = script.parse(options["calls"])
    run = caller.run(calls, options["inputs"], [])
    if run.error is not None and run.error.kind == "not started":
        return Problem("this part is not written yet", error=run.error)
    if run.error is not None and run.error.name == options["error"]:
        return None
    came = "nothing was raised" if run.error is None else f"{run.error.name} was raised"
    return Problem(f"{calls[-1].text} should raise {options['error']}, {options['why']}; {came}")


PROPERTIES: dict[str, Callable[[Caller, Mapping[str, Any]], Problem | None]] = {
    "gradient": gradient,
    "equal": equal,
    "combination": combination,
    "differ": differ,
    "adjoint": adjoint,
    "conserved": conserved,
    "orthonormal": orthonormal,
    "refuses": refuses,
}
