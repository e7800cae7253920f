"""From a declared property to one of the sheet, once the reference is seen to have it."""

import dataclasses
import inspect
from collections.abc import Mapping

import numpy as np

from classroom.call import script
from classroom.call.caller import LocalCaller
from classroom.call.value import Value, as_array, plain
from classroom.fault import Fault
from classroom.judge.answer_sheet import SheetExercise, SheetProperty
from classroom.judge.relation import Gradient, Relation, Within
from classroom.staff.declare.declaration import Exercise, PairGradient, Property
from classroom.staff.declare.seed import seed_of


def sheet_property(
    exercise: Exercise, item: Property, hidden: bool, made: SheetExercise, rng: np.random.Generator | None = None
) -> SheetProperty:
    """Return a property with its inputs drawn and its calls written out.

    Raises
    ------
    Fault
        If the declaration cannot work, or the reference does not have the property.
    """
    where = f"{exercise.id}, property {item.title or type(item.relation).__name__}"
    if hidden and not item.kind:
        raise Fault(f"{where}: a hidden property needs a kind, the only thing that its student is told")
    drawn = _drawn(exercise, item, rng)
    calls, relation = tuple(item.calls), item.relation
    if isinstance(relation, PairGradient):
        calls, relation = _written_out(exercise, relation, drawn, where)
    inputs = {name: plain(value) for name, value in drawn.items()}
    _check_names(relation, calls, inputs, where)
    if isinstance(relation, Gradient):
        relation, inputs = _with_forward_pass(exercise, relation, calls, inputs, where)
    elif isinstance(relation, Within) and relation.limit is None:
        relation = dataclasses.replace(relation, limit=exercise.tolerance)  # what the cases let pass, it lets pass too
    sheet = SheetProperty(relation, item.title, calls, inputs, _parts(item, relation, made), item.kind, hidden)
    problem = relation.judge(LocalCaller(exercise.functions), sheet.script, inputs)
    if problem is not None:
        raise Fault(f"{where}: the reference does not have it: {problem.text}")
    return sheet


def _drawn(exercise: Exercise, item: Property, rng: np.random.Generator | None) -> Mapping[str, Value]:
    """Return the inputs, drawn where they are a function of an rng."""
    if not callable(item.inputs):
        return item.inputs
    kind = Gradient if isinstance(item.relation, PairGradient) else type(item.relation)
    return item.inputs(rng or np.random.default_rng(seed_of(b"visible", exercise.id, kind.__name__.lower())))


def _parts(item: Property, relation: Relation, made: SheetExercise) -> tuple[str, ...]:
    """Return the parts of the points that a property costs."""
    parts = [item.part] if isinstance(item.part, str) else list(item.part or [])
    if not parts and isinstance(relation, Gradient):
        parts = list(relation.wrt.values())
    return tuple(part for part in parts if part in made.parts) or tuple(made.parts)


def _check_names(relation: Relation, calls: tuple[str, ...], inputs: Mapping[str, Value], where: str) -> None:
    known = {name for call in script.parse(calls) for name in call.defines} | set(inputs)
    unknown = [name for name in relation.names if name not in known]
    if unknown:
        raise Fault(f"{where} is about {unknown[0]}, which is neither a target of its calls nor an input")


def _written_out(
    exercise: Exercise, pair: PairGradient, inputs: Mapping[str, Value], where: str
) -> tuple[tuple[str, ...], Gradient]:
    """Write the calls out from the names of the two functions and their signatures."""
    if pair.forward not in exercise.functions or pair.backward not in exercise.functions:
        raise Fault(f"{where}: {pair.forward} and {pair.backward} need to be in functions, both of them")
    positional, keywords = [], []
    for parameter in inspect.signature(exercise.functions[pair.forward]).parameters.values():
        if parameter.name in inputs:
            if parameter.kind is parameter.KEYWORD_ONLY:
                keywords.append(f"{parameter.name}={parameter.name}")
            else:
                positional.append(parameter.name)
    arrays = [name for name in positional if isinstance(array := inputs[name], np.ndarray) and array.dtype.kind == "f"]
    wanted = list(arrays if pair.arguments is None else pair.arguments)
    returned = [f"grad_{name}" if name in wanted else "_" for name in arrays]
    calls = (
        f"y, cache = {pair.forward}({', '.join(positional + keywords)})",
        f"{', '.join(returned)} = {pair.backward}(grad_y, cache)",
    )
    return calls, Gradient("y", {name: f"grad_{name}" for name in wanted}, pair.linear)


def _with_forward_pass(
    exercise: Exercise, relation: Gradient, calls: tuple[str, ...], inputs: Mapping[str, Value], where: str
) -> tuple[Gradient, dict[str, Value]]:
    """Add the right output of the forward pass, and an upstream gradient where the inputs have none."""
    lines = script.parse(calls)
    forward = lines[: 1 + max(index for index, call in enumerate(lines) if relation.output in call.defines)]
    run = LocalCaller(exercise.functions).run(forward, inputs, [relation.output])
    if run.error is not None:
        raise Fault(f"{where}: the reference stops in {run.error.call!r}: {run.error.name}: {run.error.message}")
    expected = run.values[relation.output]
    upstream: dict[str, Value] = {}
    if "grad_y" not in inputs:
        shape = np.shape(as_array(expected))
        upstream["grad_y"] = np.random.default_rng(len(shape) + 5).normal(size=shape) if shape else 1.0
    return dataclasses.replace(relation, expected=expected), {**inputs, **upstream}
