"""A case so large that a backward pass by finite differences costs far more than one by its formula."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from classroom.call import input_functions
from classroom.call.value import Function, Value
from classroom.judge.budget import TimesForward
from classroom.staff.declare.declaration import Case

TITLE = "many numbers, which finite differences take one by one"
KIND = "many numbers"


def large_case(
    functions: Sequence[Callable[..., Any]], sizes: Mapping[str, Value], times: float, first_seed: int = 0
) -> Case:
    """Declare the case of a backward pass that has much to do.

    Parameters
    ----------
    functions : the forward pass and the backward pass are those whose names end so
    sizes : for each argument of the forward pass a shape, of normal numbers that are drawn where the pass runs; or its
        value, when it is no tuple of sizes
    times : how many loops over the numbers it may take
    first_seed : of the numbers of the first array; the next ones have the next ones

    Notes
    -----
    Inputs are drawn, and gradients summed up, where the student's code runs: the sheet holds neither.
    """
    forward, backward = (_ending(functions, way) for way in ("_forward", "_backward"))
    drawn = {
        name: Function("noise", shape=size, seed=seed) for seed, (name, size) in enumerate(sizes.items(), first_seed)
    }
    drawn = {name: noise for name, noise in drawn.items() if _is_shape(sizes[name])}
    given = {name: value for name, value in sizes.items() if name not in drawn}
    result = forward(**given, **{name: input_functions.make("noise", noise.params)() for name, noise in drawn.items()})
    upstream = Function("noise", shape=np.shape(result[0]), seed=first_seed + len(sizes))
    returned = backward(input_functions.make("noise", upstream.params)(), result[1])
    wanted = list(drawn)[: len(returned) if isinstance(returned, tuple) else 1]
    targets = ", ".join(["result", "cache", *["_"] * (len(result) - 2)])
    draws = {f"draw_{name}": noise for name, noise in (drawn | {"upstream": upstream}).items()}
    calls = [
        *(f"{name.removeprefix('draw_')} = {name}()" for name in draws),
        f"{targets} = {forward.__name__}({_arguments(forward, sizes)})",
        f"{', '.join(f'grad_{name}' for name in wanted)} = {backward.__name__}(upstream, cache)",
        *(f"few_{name} = few(grad_{name})" for name in wanted),
    ]
    return Case(
        TITLE,
        {**given, **draws, "few": Function("few")},
        calls,
        tuple(f"few_{name}" for name in wanted),
        kind=KIND,
        part={f"few_{name}": f"grad_{name}" for name in wanted},
        budget=TimesForward(turns=sum(int(np.prod(np.array(sizes[name]))) for name in wanted), times=times),
    )


def _ending(functions: Sequence[Callable[..., Any]], way: str) -> Callable[..., Any]:
    return next(one for one in functions if one.__name__.endswith(way))


def _arguments(forward: Callable[..., Any], sizes: Mapping[str, Value]) -> str:
    """Write out how the forward pass is called."""
    known = [one for one in inspect.signature(forward).parameters.values() if one.name in sizes]
    return ", ".join(f"{one.name}={one.name}" if one.kind is one.KEYWORD_ONLY else one.name for one in known)


def _is_shape(value: Value) -> bool:
    return isinstance(value, tuple) and all(isinstance(size, int) for size in value)
