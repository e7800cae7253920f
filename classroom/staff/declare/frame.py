"""What nearly all declarations of exercises repeat, written once."""

import inspect
import textwrap
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from classroom.call.value import Value
from classroom.fault import Fault
from classroom.staff.declare.declaration import Alternative, Case, Draw, Exercise, Mutant, Property, Terms
from classroom.staff.declare.interleaved_calls import with_interleaved
from classroom.staff.declare.large_case import large_case
from classroom.staff.declare.pair import Pair
from classroom.staff.declare.textual_mutants import textual_mutants

Function = Callable[..., Any]


def exercise_of(
    function: Function | Sequence[Function],
    points: float,
    *,
    id: str = "",
    after: Sequence[Function] = (),
    cases: Sequence[Case],
    hidden: Callable[[np.random.Generator], Sequence[Case]] | None = None,
    shows_all: bool = False,
    properties: Sequence[Property] = (),
    identities: Sequence[Property] = (),
    hidden_properties: Sequence[Property] = (),
    parts: Mapping[str, float] | None = None,
    mutants: str | Sequence[Mutant] = (),
    alternatives: Sequence[Function | Sequence[Function] | Alternative] = (),
    hints: str = "",
    terms: Terms | None = None,
    tolerance: float = 1e-6,
    large: Mapping[str, Value] | None = None,
    large_times: float = 6.0,
) -> Exercise:
    """Declare the exercise that asks for one function, or for several at once.

    Parameters
    ----------
    function : the reference, or references of all that are asked for
    points : of the whole exercise
    id : of the exercise; by default the name of the function
    after : references that its calls need before it, such as the forward pass in front of a backward pass
    cases, hidden, shows_all, parts, terms, tolerance : as in `Exercise`
    properties : asked on visible inputs; one that has `hidden` is asked of hidden ones too
    hidden_properties : asked on hidden inputs alone
    identities : properties that are asked of both; each of them has a kind, and inputs that are drawn
    mutants : mutants; a text describes those that are one edit away from the (first) reference, see `textual_mutants`
    alternatives : other right versions of the function; or, in a tuple, of all functions in the order of after and
        function
    hints : a line for each hint; an indented line continues the one before it
    large, large_times : of a backward pass, the sizes of a case in which finite differences cost too much, and how many
        loops over its numbers it may take: see `large_case`

    Raises
    ------
    Fault
        If two alternatives have one name.
    """
    asked = [function] if callable(function) else list(function)
    functions = {each.__name__: each for each in (*after, *asked)}
    others = [_alternative(functions, other) for other in alternatives]
    if twice := sorted({one.name for one in others if [other.name for other in others].count(one.name) > 1}):
        raise Fault(f"{asked[0].__name__}: two alternatives are called {twice[0]}, write  Alternative(name, ...)")
    again = [item.drawn(item.hidden) for item in properties if item.hidden]
    many = partial(large_case, [*after, *asked], large, large_times) if large is not None else None
    return Exercise(
        id=id or asked[0].__name__,
        points=points,
        functions=functions,
        subject=tuple(each.__name__ for each in asked),
        cases=cases if many is None else [*cases, many()],
        hidden=hidden if many is None else _with_many(many, hidden),
        shows_all=shows_all,
        properties=[*properties, *identities],
        hidden_properties=[*hidden_properties, *again, *identities],
        parts=parts,
        mutants=textual_mutants(asked[0], mutants) if isinstance(mutants, str) else mutants,
        alternatives=others,
        hints=hints_of(hints),
        terms=terms,
        tolerance=tolerance,
    )


def _with_many(
    many: Callable[[int], Case], hidden: Callable[[np.random.Generator], Sequence[Case]] | None
) -> Callable[[np.random.Generator], Sequence[Case]]:
    """Draw the large case for a class too: of the one that everybody has, the few numbers asked for can be kept."""

    def drawn(rng: np.random.Generator) -> Sequence[Case]:
        return [*(hidden(rng) if hidden is not None else ()), many(int(rng.integers(10**6)))]

    return drawn


def backward_of(
    pair: Pair,
    points: float,
    *,
    cases: Sequence[Case],
    interleaved: tuple[int, int] | None = None,
    gradient: Mapping[str, Value] | Draw | None = None,
    arguments: Sequence[str] | None = None,
    linear: bool = False,
    properties: Sequence[Property] = (),
    **others: Any,
) -> Exercise:
    """Declare the exercise that asks for the backward pass of a pair, which is called behind its forward pass.

    Parameters
    ----------
    pair : the reference
    points : of the whole exercise
    cases : as in `exercise_of`
    interleaved : the places of two cases that are asked in turn as well, as layers are: see `with_interleaved`
    gradient : inputs of the forward pass at which its slopes are measured; the backward pass has to give them
    arguments, linear : as in `PairGradient`
    properties : asked behind that of the gradient
    others : as in `exercise_of`
    """
    slopes = [] if gradient is None else [pair.gradient(inputs=gradient, arguments=arguments, linear=linear)]
    asked = cases if interleaved is None else with_interleaved(cases, *interleaved)
    properties = [*slopes, *properties]
    return exercise_of(pair.backward, points, after=[pair.forward], cases=asked, properties=properties, **others)


def _alternative(functions: Mapping[str, Function], other: Function | Sequence[Function] | Alternative) -> Alternative:
    """Name an alternative after what is written otherwise: the name leads to the code."""
    if isinstance(other, Alternative):
        return other
    if isinstance(other, Sequence):
        return Alternative(", ".join(one.__name__ for one in other), dict(zip(functions, other, strict=True)))
    return Alternative(other.__name__, other)


def described_mutants(function: Function, *versions: Function) -> list[Mutant]:
    """Make mutants of wrong versions that are written out in full.

    Parameters
    ----------
    function : the reference
    versions : each is called after the reference and what is wrong, ``hunt_tanh_other_side``; its docstring is the
        sentence that the student reads

    Raises
    ------
    Fault
        If a version has another name, or no docstring.
    """
    made = []
    for version in versions:
        name, sentence = version.__name__.removeprefix(f"{function.__name__}_"), inspect.getdoc(version)
        if name == version.__name__ or not sentence:
            raise Fault(
                f"{version.__name__}: a wrong version of {function.__name__} is called {function.__name__}_..., "
                "and its docstring says what is wrong"
            )
        made.append(Mutant(name, version, " ".join(sentence.split())))
    return made


def hints_of(text: str) -> list[str]:
    """Read hints: each line is one, and an indented line continues the one before it."""
    hints: list[str] = []
    for line in textwrap.dedent(text).strip().splitlines():
        if line.startswith(" ") and hints:
            hints[-1] += f" {line.strip()}"
        else:
            hints.append(line)
    return hints
