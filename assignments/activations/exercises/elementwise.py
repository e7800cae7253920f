"""What the activations that work entry by entry share: their inputs, cases, identities and pairs of exercises."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from classroom.staff.declare.exercise import Case, Combination, Pair, Property, backward_of, exercise_of


def spaced(rng, shape):
    """Distinct values from -3 to 3, none at 0 and no two close together: safe for kinks and for finite differences."""
    count = int(np.prod(shape))
    return ((rng.permutation(count) - count // 2 + 0.5) * (6 / count)).reshape(shape)


HAND = np.array([-2.0, -1.0, 0.0, 0.5, 3.0])
INTEGERS = np.array([[-3.0, 0.0, 2.0, 1.0], [0.0, -1.0, 0.0, 5.0], [4.0, -2.0, 1.0, 0.0]])
FAR = np.array([[-1000.0, -1.5, 0.25], [1000.0, 2.0, -0.75]])
FARTHER = np.array([-740.0, -50.0, 0.5, 60.0, 720.0])
BETWEEN = np.array([[-14.0, -10.5, -6.0, -4.0], [4.0, 6.0, 10.5, 14.0]])
TAIL = np.array([-21.0, -21.5, -22.0, -23.5])  # what is clipped at 20 shows here, and rounding does not yet


def visible_inputs(seed):
    """Name and x of the visible cases of an elementwise function."""
    rng = np.random.default_rng(seed)
    return [
        ("by hand", HAND),
        ("a batch", spaced(rng, (3, 5))),
        ("images", spaced(rng, (2, 3, 4, 5))),
        ("integers and ties", INTEGERS),
        ("far out", FAR),
        ("farther out", FARTHER),
        ("between", BETWEEN),
        ("the left tail", TAIL),
    ]


def hidden_inputs(rng):
    """Kind and x of the hidden cases of an elementwise function."""
    n, c, h, w = rng.permutation([2, 3, 5, 7])
    return [
        ("odd shapes", spaced(rng, (int(n), int(c)))),
        ("odd shapes", spaced(rng, (int(c), int(h), int(w)))),
        ("odd shapes", spaced(rng, (int(n), int(c), int(h), int(w)))),
        ("a single number", spaced(rng, (1,)) + 0.3),
        ("extreme values", rng.permutation([-1000.0, -710.5, -3.0, 0.0, 2.5, 710.5, 1000.0])),
        ("float32", spaced(rng, (int(h), int(w))).astype(np.float32)),
        ("float32", spaced(rng, (int(c), int(n), int(h))).astype(np.float32)),
        ("non-contiguous", spaced(rng, (int(w), 2 * int(h)))[:, ::2].T),
    ]


def elementwise(name, direction, options=None, seed=0):
    """Visible cases and hidden generator of an elementwise pair; options maps an argument to its values, in turn."""
    options = options or {}

    def case(title, x, rng, index, kind=None, told=True):
        extra = "".join(f", {key}={key}" for key in options) if told else ""
        calls = [f"y, cache = {name}_forward(x{extra})"]
        if direction == "backward":
            calls.append(f"grad_x = {name}_backward(grad_y, cache)")
        inputs = {"x": x} | {key: values[index % len(values)] for key, values in options.items() if told}
        if direction == "backward":
            inputs["grad_y"] = rng.normal(size=x.shape).astype(x.dtype)
        outputs = ("grad_x",) if direction == "backward" else ("y",)
        return Case(title, inputs=inputs, calls=calls, outputs=outputs, **({"kind": kind} if kind else {}))

    rng = np.random.default_rng(seed + 100)
    visible = [case(title, x, rng, index) for index, (title, x) in enumerate(visible_inputs(seed))]

    def hidden(rng):
        made = [case(f"{kind} {index}", x, rng, index, kind) for index, (kind, x) in enumerate(hidden_inputs(rng))]
        if options:
            made.append(case("untold", spaced(rng, (4, 3)), rng, 0, "no option given", told=False))
        return made

    return visible, hidden


def around_zero(rng):
    """Inputs on both sides of 0, those on one side only, and an upstream gradient."""
    x = spaced(rng, (4, 5))
    return {"x": x, "minus_x": -x, "below": -np.abs(x), "ones": np.ones((4, 5)), "grad_y": rng.normal(size=(4, 5))}


def multiply_cache(grad_y, cache):
    """A backward pass whose cache is the slope."""
    return grad_y * cache


def mirrored(name, title, terms, right, options=""):
    """An identity between what a pair of functions gives at x and at -x."""
    calls = [f"y, cache = {name}_forward(x{options})", f"mirrored, cache2 = {name}_forward(minus_x{options})"]
    if "grad_x" in terms:
        calls.append(f"grad_x = {name}_backward(grad_y, cache)")
        calls.append(f"grad_mirrored = {name}_backward(grad_y, cache2)")
    kind = "x and -x"
    return Property(Combination(terms, right), title=title, kind=kind, calls=calls, inputs=around_zero)


EVEN_SLOPE = ("the slope at -x is the slope at x", {"grad_x": 1}, "grad_mirrored")
SLOPES_ADD_UP = ("the slopes at x and at -x add up to 1", {"grad_x": 1, "grad_mirrored": 1}, "grad_y")


@dataclass(frozen=True)
class ElementwisePair:
    """The two exercises of an activation that works entry by entry.

    forward, backward : the reference, called ``<name>_forward`` and ``<name>_backward``
    seed : of the inputs of the visible cases
    options : for each further argument the values that it takes, in turn
    """

    forward: Callable
    backward: Callable
    seed: int
    options: Mapping[str, Sequence[float]] = field(default_factory=dict)

    def forward_exercise(self, *, identities, **declared):
        """Declare the exercise of the forward pass; what is declared besides is as in `exercise_of`."""
        visible, hidden = self._cases("forward")
        return exercise_of(self.forward, points=4, cases=visible, hidden=hidden, identities=identities, **declared)

    def backward_exercise(self, *, identities, **declared):
        """Declare the exercise of the backward pass, which is compared with the numerical gradient as well."""
        visible, hidden = self._cases("backward")
        inputs = {"x": spaced(np.random.default_rng(self.seed + 7), (4, 7))}
        inputs |= {name: values[-1] for name, values in self.options.items()}
        return backward_of(
            Pair(self.forward, self.backward),
            points=4,
            large={"x": (30_000,)} | {name: values[0] for name, values in self.options.items()},
            cases=visible,
            interleaved=(0, 1),
            hidden=hidden,
            gradient=inputs,
            identities=identities,
            **declared,
        )

    def _cases(self, direction):
        name = self.forward.__name__.removesuffix("_forward")
        return elementwise(name, direction, self.options, self.seed)
