"""Relations that hold between the results of right code, judged without a reference.

Each is a small frozen dataclass, declared as `Equal("y", "z")`: a misspelt name or a missing field fails where it is
written.  `judge` tries the relation on a script of calls and returns None, or a `Problem` that says what does not hold.
"""

import contextlib
import itertools
import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from typing import Literal, NamedTuple, cast

import numpy as np

from classroom.call.caller import Caller, Calls, Inputs, Outputs, Run, Stopped
from classroom.call.value import Value, as_array
from classroom.fault import Fault
from classroom.judge.compare import Comparison, allowed, compare
from classroom.judge.gradient import LIMIT, LINEAR_LIMIT, SINGLE_LIMIT, directional_errors, steps
from classroom.judge.problem import Problem, measured


class Ask(NamedTuple):
    """A script that has to be run: its calls, what they are given, and the names that are asked for."""

    calls: Calls
    inputs: Inputs
    outputs: Outputs


@dataclass(frozen=True)
class Trial:
    """The answers to what a relation asks, fetched one by one from whoever holds the student's code."""

    asks: Sequence[Ask]
    answer: Callable[[int], Run]

    @property
    def inputs(self) -> Inputs:
        """What the calls are given."""
        return self.asks[0].inputs

    def run(self, number: int = 0) -> Run:
        """Return an answer.

        Raises
        ------
        Stopped
            If the code stops.
        """
        run = self.answer(number)
        if run.error is not None:
            raise Stopped(run.error)
        return run

    def values(self, names: Iterable[str]) -> dict[str, Value]:
        """Return the values of these names: targets of the calls, or inputs."""
        values = self.run().values
        return {name: values[name] if name in values else self.inputs[name] for name in names}

    def arrays(self, names: Iterable[str]) -> dict[str, np.ndarray]:
        """Return the values of these names as arrays."""
        return {name: as_array(value) for name, value in self.values(names).items()}


@dataclass(frozen=True)
class Relation(ABC):
    """What holds between the results of some calls and their inputs."""

    def asks(self, calls: Calls, inputs: Inputs) -> list[Ask]:
        """Return all that it will ask, which hangs on no answer, so that it can be asked in one go."""
        targets = {name for call in calls for name in call.defines}
        return [Ask(calls, inputs, [name for name in dict.fromkeys(self.names) if name in targets])]

    def judge(self, caller: Caller, calls: Calls, inputs: Inputs) -> Problem | None:
        """Try the relation; code that stops, or answers that cannot be measured, are a problem too."""
        asks = self.asks(calls, inputs)
        return self.judge_answers(asks, lambda number: caller.run(*asks[number]))

    def judge_answers(self, asks: Sequence[Ask], answer: Callable[[int], Run]) -> Problem | None:
        """Judge the answers to what it asks; `answer` is called with the number of each that is needed."""
        trial = Trial(asks, answer)
        try:
            return measured(
                lambda: self._problem(trial),
                lambda: "what was returned cannot be measured: arrays of numbers are needed",
            )
        except Stopped as stopped:
            return Problem(f"{stopped.error.call} stops with {stopped.error.name}", error=stopped.error)

    @property
    @abstractmethod
    def names(self) -> tuple[str, ...]:
        """The targets and inputs that it is about."""

    @abstractmethod
    def _problem(self, trial: Trial) -> Problem | None:
        """Return what does not hold."""


@dataclass(frozen=True)
class Within(Relation):
    """A relation that holds up to a relative error.

    Attributes
    ----------
    limit : float or None
        The error allowed; None means the tolerance of the exercise, and 1e-9 outside of one.
    """

    _: KW_ONLY
    limit: float | None = None

    def _limit(self, *arrays: np.ndarray) -> float:
        """Return how far two sides that are made of these arrays may differ."""
        return allowed(1e-9 if self.limit is None else self.limit, *arrays)


@dataclass(frozen=True)
class Gradient(Relation):
    """Gradients are the slopes measured along random directions.

    Attributes
    ----------
    output : str
        What is summed with the input `grad_y`, the upstream gradient.
    wrt : mapping
        For each argument, the name of its gradient.
    linear : bool
        Whether the sum is linear in each argument, so that the measured slopes are exact.
    expected : array or None
        The right output, where it is known: a wrong forward pass is then not held against the backward pass.
    """

    output: str
    wrt: Mapping[str, str]
    linear: bool = False
    expected: Value = None

    @property
    def names(self) -> tuple[str, ...]:
        """The output, the arguments and their gradients."""
        return self.output, *self.wrt, *self.wrt.values()

    def asks(self, calls: Calls, inputs: Inputs) -> list[Ask]:
        """Return the calls as they are, then those up to the output for each argument moved along each direction."""
        arguments = self._arguments(inputs)
        forward = _up_to(calls, self.output)
        moved = [{step.argument: moved} for step in steps(arguments, linear=self.linear) for moved in step.sides]
        first = Ask(calls, inputs, [self.output, *self.wrt.values()])
        return [first, *(Ask(forward, {**inputs, **one}, [self.output]) for one in moved)]

    def _arguments(self, inputs: Inputs) -> dict[str, np.ndarray]:
        return {name: cast(np.ndarray, inputs[name]) for name in self.wrt}

    def _problem(self, trial: Trial) -> Problem | None:
        found = trial.run().values
        if self.expected is not None and not compare(found[self.output], self.expected).right:
            return None  # slopes of a wrong forward pass say nothing about gradients, and its own check has told of it
        upstream = np.asarray(trial.inputs.get("grad_y", 1.0), np.float64)
        y = as_array(found[self.output])
        if y.shape != upstream.shape:
            return Problem(f"{self.output} has shape {y.shape}, needs {upstream.shape}")
        arguments = self._arguments(trial.inputs)
        gradients = {name: as_array(found[grad]) for name, grad in self.wrt.items()}
        for name, grad in self.wrt.items():
            shape = gradients[name].shape
            if shape != arguments[name].shape:
                text = f"{grad} has shape {shape}, needs that of {name}, {arguments[name].shape}"
                return Problem(text, (grad,))
        if y.dtype == np.float32 and not self.linear:
            return None  # rounding drowns the differences: the comparison with expected values has to do
        return self._slopes(trial, y, upstream, arguments, gradients)

    def _slopes(
        self,
        trial: Trial,
        y: np.ndarray,
        upstream: np.ndarray,
        arguments: Mapping[str, np.ndarray],
        gradients: Mapping[str, np.ndarray],
    ) -> Problem | None:
        numbers = itertools.count(1)

        def phi(moved: Mapping[str, np.ndarray]) -> float:
            """Answer for the argument as it was moved: in the order in which `asks` has them."""
            output = as_array(trial.run(next(numbers)).values[self.output])
            return float((output * upstream).sum()) if output.shape == upstream.shape else math.nan

        for slope in directional_errors(phi, arguments, gradients, linear=self.linear):
            # y in float64 measures exactly enough; what may be in float32 all the same is the gradient.
            single = np.float32 in (y.dtype, gradients[slope.argument].dtype)
            if not slope.error <= (SINGLE_LIMIT if single else LINEAR_LIMIT if self.linear else LIMIT):
                grad = self.wrt[slope.argument]
                return Problem(
                    f"{grad}: along a random direction it says slope {slope.said:.4g}, "
                    f"and {self.output} moves with {slope.measured:.4g}",
                    (grad,),
                )
        return None


def _up_to(calls: Calls, output: str) -> Calls:
    """Return the calls up to the one that gives this output."""
    last = max(index for index, call in enumerate(calls) if output in call.defines)
    return calls[: last + 1]


def _alike(values: Mapping[str, Value], left: str, right: str, limit: float) -> Comparison:
    """Compare left with right: as arrays where they can be arrays, lists of layers and the like item by item."""
    sides = [values[left], values[right]]
    with contextlib.suppress(TypeError, ValueError):  # words or dicts stay what they are
        sides = [as_array(side) for side in sides]
    return compare(sides[0], sides[1], limit, left)


@dataclass(frozen=True)
class Equal(Within):
    """Two outputs, or an output and an input, are the same."""

    left: str
    right: str

    @property
    def names(self) -> tuple[str, ...]:
        """Both sides."""
        return self.left, self.right

    def _problem(self, trial: Trial) -> Problem | None:
        found = _alike(trial.values(self.names), self.left, self.right, self._limit())
        return None if found.right else Problem(f"{self.left} and {self.right} should be equal: {found.text}")


@dataclass(frozen=True)
class Repeated(Relation):
    """A call that is made again gives the same again.

    Attributes
    ----------
    pairs : mapping
        For each output of the first call, that of the second.
    parts : mapping
        The part of the points of each output of the first call.
    """

    pairs: Mapping[str, str]
    parts: Mapping[str, str]

    @property
    def names(self) -> tuple[str, ...]:
        """The outputs of both calls."""
        return *self.pairs, *self.pairs.values()

    def _problem(self, trial: Trial) -> Problem | None:
        values = trial.values(self.names)
        found = {first: _alike(values, second, first, 1e-9) for first, second in self.pairs.items()}
        wrong = [first for first, comparison in found.items() if not comparison.right]
        if not wrong:
            return None
        parts = tuple(dict.fromkeys(self.parts[first] for first in wrong))
        return Problem(
            f"{' and '.join(wrong)} came out otherwise the second time: the first call wrote into what it was given",
            parts,
        )


@dataclass(frozen=True)
class Differ(Relation):
    """Two outputs are not the same, such as draws from two generators.

    Attributes
    ----------
    left, right : str
        The two outputs.
    why : str
        The end of the sentence that the student reads: "a and b are the same, ...".
    """

    left: str
    right: str
    why: str

    @property
    def names(self) -> tuple[str, ...]:
        """Both sides."""
        return self.left, self.right

    def _problem(self, trial: Trial) -> Problem | None:
        found = _alike(trial.values(self.names), self.left, self.right, 1e-9)
        return Problem(f"{self.left} and {self.right} are the same, {self.why}") if found.right else None


@dataclass(frozen=True)
class Combination(Within):
    """A weighted sum of outputs is another output, an input or a number, such as sigmoid(x) + sigmoid(-x) = 1.

    Attributes
    ----------
    terms : mapping
        The factor of each summand.
    right : str or number
        What the sum is.
    """

    terms: Mapping[str, float]
    right: str | float

    @property
    def names(self) -> tuple[str, ...]:
        """The summands, and the right side if it has a name."""
        return *self.terms, *([self.right] if isinstance(self.right, str) else [])

    def _problem(self, trial: Trial) -> Problem | None:
        values = trial.arrays(self.names)
        arrays = {name: values[name] for name in self.terms}
        first = next(iter(arrays))
        for name, array in arrays.items():
            if array.shape != arrays[first].shape:  # a column and a row would add up to a table of any size
                return Problem(f"{first} has shape {arrays[first].shape} and {name} {array.shape}, need the same")
        total = np.asarray(sum(float(factor) * arrays[name] for name, factor in self.terms.items()))
        wanted = values[self.right] if isinstance(self.right, str) else np.full(total.shape, float(self.right))
        # What is mixed of float32 and float64 is float64, with the precision of float32.
        limit = self._limit(*arrays.values(), wanted)
        written = self._written()
        found = compare(total, wanted.astype(np.result_type(total, wanted)), limit, written)
        if found.right:
            return None
        return Problem(f"{written} should be {self.right}: {found.text.removeprefix(f'{written}: ')}")

    def _written(self) -> str:
        signed = ((factor, "-" if factor < 0 else "+", name) for name, factor in self.terms.items())
        text = " ".join(f"{sign} {_times(abs(factor))}{name}" for factor, sign, name in signed)
        return text.removeprefix("+ ")


def _times(factor: float) -> str:
    return "" if factor == 1 else f"{factor:g} "


@dataclass(frozen=True)
class Adjoint(Within):
    """Inner products agree: <a, b> = <c, d>.

    Attributes
    ----------
    one, other : pair of str
        The arrays of each product, (a, b) and (c, d).
    """

    one: tuple[str, str]
    other: tuple[str, str]

    @property
    def names(self) -> tuple[str, ...]:
        """The four arrays."""
        return *self.one, *self.other

    def _problem(self, trial: Trial) -> Problem | None:
        (a, b), (c, d) = self.one, self.other
        arrays = trial.arrays([a, b, c, d])
        for one, two in ((a, b), (c, d)):
            if arrays[one].shape != arrays[two].shape:
                return Problem(f"{one} has shape {arrays[one].shape} and {two} {arrays[two].shape}, need the same")
        left, right = float((arrays[a] * arrays[b]).sum()), float((arrays[c] * arrays[d]).sum())
        scale = float(np.linalg.norm(arrays[a]) * np.linalg.norm(arrays[b])) or 1.0
        if abs(left - right) <= self._limit(*arrays.values()) * scale:
            return None
        return Problem(
            f"the sum of {a} * {b} is {left:.6g}, that of {c} * {d} is {right:.6g}, and they should be equal"
        )


@dataclass(frozen=True)
class Conserved(Within):
    """Two arrays have the same sum, or the sums of one array are a number.

    Attributes
    ----------
    left : str
        The array that is summed.
    right : str or number
        The array whose sum it should have, or the sum itself.
    axes : tuple of int
        The axes to sum over, of both; all when empty.
    """

    left: str
    right: str | float
    axes: tuple[int, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The left side, and the right side if it has a name."""
        return self.left, *([self.right] if isinstance(self.right, str) else [])

    def _problem(self, trial: Trial) -> Problem | None:
        arrays = trial.arrays(self.names)

        def summed(name: str) -> np.ndarray:
            return np.asarray(arrays[name].sum(axis=self.axes or None))

        sums = summed(self.left)
        wanted = summed(self.right) if isinstance(self.right, str) else np.full(sums.shape, float(self.right))
        found = compare(sums, wanted, self._limit(), "the sum")
        if found.right:
            return None
        over = f" over axes {self.axes}" if self.axes else ""
        if found.stage != "value":
            return Problem(f"{self.left}, summed{over}, should be {self.right}, summed alike: {found.text}")
        at = np.unravel_index(np.abs(sums - wanted).argmax(), sums.shape)
        place = f" at {[int(index) for index in at]}" if at else ""
        if isinstance(self.right, str):
            return Problem(
                f"{self.left} sums to {sums[at]:.6g}{over}{place} and {self.right} to {wanted[at]:.6g}, "
                "and they should be equal"
            )
        return Problem(f"{self.left} sums to {sums[at]:.6g}{over}{place}, and should sum to {self.right:g}")


@dataclass(frozen=True)
class Orthonormal(Within):
    """The rows of an output, or its columns, are perpendicular and equally long.

    Attributes
    ----------
    output : str
        A matrix.
    shape : pair of int
        Its shape.
    of : "rows" or "columns"
        Which are compared.
    square : float
        Of their length.
    """

    output: str
    shape: tuple[int, ...]
    of: Literal["rows", "columns"]
    square: float = 1.0

    def __post_init__(self) -> None:
        if self.of not in ("rows", "columns"):
            raise Fault(f"Orthonormal({self.output!r}): of={self.of!r} is neither 'rows' nor 'columns'")

    @property
    def names(self) -> tuple[str, ...]:
        """The output."""
        return (self.output,)

    def _problem(self, trial: Trial) -> Problem | None:
        name, of = self.output, self.of
        vectors = trial.arrays([name])[name]
        if vectors.shape != tuple(self.shape):
            return Problem(f"{name} has shape {vectors.shape}, needs {tuple(self.shape)}")
        vectors = vectors if of == "rows" else vectors.T
        products, wanted = vectors @ vectors.T, self.square * np.eye(len(vectors))
        found = compare(products, wanted, self._limit(), f"the products of the {of} of {name}")
        if found.right or found.stage != "value":
            return None if found.right else Problem(found.text)
        i, j = (int(index) for index in np.unravel_index(np.abs(products - wanted).argmax(), products.shape))
        which = f"{of} {i} and {j} of {name} have" if i != j else f"{of[:-1]} {i}, by itself, of {name} has"
        return Problem(f"{which} the product {products[i, j]:.6g}, and it should be {wanted[i, j]:g}")


@dataclass(frozen=True)
class Refuses(Relation):
    """The calls cannot be done, and say so by raising an error.

    Attributes
    ----------
    error : str
        The name of its type.
    why : str
        The reason, in the sentence that the student reads.
    """

    error: str
    why: str

    @property
    def names(self) -> tuple[str, ...]:
        """None: nothing is returned."""
        return ()

    def _problem(self, trial: Trial) -> Problem | None:
        run = trial.answer(0)
        if run.error is not None and run.error.kind == "not started":
            return Problem("this part is not written yet", error=run.error)
        if run.error is not None and run.error.name == self.error:
            return None
        came = "nothing was raised" if run.error is None else f"{run.error.name} was raised"
        return Problem(f"{trial.asks[0].calls[-1].text} should raise {self.error}, {self.why}; {came}")


# By the tags under which an answer sheet holds them.
RELATIONS: dict[str, type[Relation]] = {
    kind.__name__: kind
    for kind in (Gradient, Equal, Repeated, Differ, Combination, Adjoint, Conserved, Orthonormal, Refuses)
}
