"""From a declared property to one of the sheet, once the reference is seen to have it."""

import inspect
from typing import Any

import numpy as np

from classroom.call import script
from classroom.call.answer_sheet import (
    SheetExercise,
    SheetProperty,
)
from classroom.call.caller import LocalCaller, Run
from classroom.call.value import plain
from classroom.fault import Fault
from classroom.judge.property import PROPERTIES, judge_property
from classroom.staff.declare.declaration import Exercise, Property
from classroom.staff.declare.seed import seed_of


def sheet_property(
    exercise: Exercise, item: Property, hidden: bool, made: SheetExercise, rng: np.random.Generator | None = None
) -> SheetProperty:
    if item.name not in PROPERTIES:
        raise Fault(f"{exercise.id}: there is no property {item.name!r}, there are {', '.join(PROPERTIES)}")
    where = f"{exercise.id}, property {item.name}"
    options = dict(item.options)
    if callable(options.get("inputs")):
        options["inputs"] = options["inputs"](rng or np.random.default_rng(seed_of(b"visible", exercise.id, item.name)))
    if item.name == "gradient":
        options = _gradient_options(exercise, options, where)
    options.setdefault("limit", exercise.tolerance)  # what the cases let pass, an identity lets pass too
    parts = [item.part] if isinstance(item.part, str) else list(item.part or [])
    if not parts and item.name == "gradient":
        parts = list(options["wrt"].values())
    parts = [part for part in parts if part in made.parts] or list(made.parts)
    options = {key: plain(value) if not isinstance(value, np.ndarray) else value for key, value in options.items()}
    sheet = SheetProperty(item.name, item.title, options, tuple(parts), item.kind, hidden)
    if hidden and not item.kind:
        raise Fault(f"{where}: a hidden property needs a kind, the only thing that its student is told")
    problem = judge_property(item.name, LocalCaller(exercise.functions), options)
    if problem is not None:
        raise Fault(f"{where}: the reference does not have it: {problem.text}")
    return sheet


def _gradient_options(exercise: Exercise, options: dict[str, Any], where: str) -> dict[str, Any]:
    """Write the calls of a gradient property out from the names of its two functions and their signatures."""
    options = dict(options)
    forward, backward = options.pop("forward", None), options.pop("backward", None)
    inputs = dict(options.get("inputs", {}))
    if "calls" not in options:
        if forward not in exercise.functions or backward not in exercise.functions:
            raise Fault(f"{where}: give forward= and backward=, both of them in functions, or calls=")
        positional, keywords = [], []
        for parameter in inspect.signature(exercise.functions[forward]).parameters.values():
            if parameter.name in inputs:
                by_name = parameter.kind is parameter.KEYWORD_ONLY
                (keywords if by_name else positional).append(
                    f"{parameter.name}={parameter.name}" if by_name else parameter.name
                )
        arrays = [n for n in positional if isinstance(inputs[n], np.ndarray) and inputs[n].dtype.kind == "f"]
        wanted = list(options.pop("arguments", arrays))
        returned = [f"grad_{name}" if name in wanted else "_" for name in arrays]
        options["calls"] = [
            f"y, cache = {forward}({', '.join(positional + keywords)})",
            f"{', '.join(returned)} = {backward}(grad_y, cache)",
        ]
        options["output"], options["wrt"] = "y", {name: f"grad_{name}" for name in wanted}
    if "wrt" not in options or "output" not in options:
        raise Fault(f"{where}: calls= needs output= and wrt={{argument: gradient}}")
    calls = script.parse(options["calls"])
    forward_calls = calls[: 1 + max(index for index, call in enumerate(calls) if options["output"] in call.defines)]
    run: Run = LocalCaller(exercise.functions).run(forward_calls, inputs, [options["output"]])
    if run.error is not None:
        raise Fault(f"{where}: the reference stops in {run.error.call!r}: {run.error.name}: {run.error.message}")
    options["expected"] = run.values[options["output"]]
    if "grad_y" not in inputs:
        shape = np.shape(options["expected"])
        inputs["grad_y"] = np.random.default_rng(len(shape) + 5).normal(size=shape) if shape else 1.0
    options["inputs"] = inputs
    return options
