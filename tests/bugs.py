"""Small exercises with bugs in them, for the tests of the check."""

import numpy as np

from classroom.call.caller import LocalCaller
from classroom.judge.answer_sheet import SheetExercise
from classroom.judge.verdict import Verdict, judge
from classroom.staff.declare.answer import answer_sheet, full_sheet
from classroom.staff.declare.declaration import Assignment, Case, Exercise, Mutant, PairGradient, Property, edit
from solutions.activation import relu_backward, relu_forward
from solutions.fast import conv2d_forward
from solutions.linear import linear_backward, linear_forward


def linear_case(name: str, n: int, d: int, m: int, kind: str = "", dtype: type = np.float64, rng=None) -> Case:
    rng = rng or np.random.default_rng([n, d, m])
    inputs = {
        "x": rng.normal(size=(n, d)).astype(dtype),
        "weight": rng.normal(size=(d, m)).astype(dtype),
        "bias": rng.normal(size=m).astype(dtype),
        "grad_y": rng.normal(size=(n, m)).astype(dtype),
    }
    calls = [
        "y, cache = linear_forward(x, weight, bias)",
        "grad_x, grad_weight, grad_bias = linear_backward(grad_y, cache)",
    ]
    return Case(name, inputs=inputs, calls=calls, outputs=("grad_x", "grad_weight", "grad_bias"), kind=kind)


def plain_backward(grad_y, cache):
    x, weight = cache
    return grad_y @ weight.T, x.T @ grad_y, grad_y.sum(axis=0)


LINEAR = Exercise(
    id="linear_backward",
    points=6,
    functions={"linear_forward": linear_forward, "linear_backward": linear_backward},
    subject=("linear_backward",),
    cases=[linear_case("tiny", 2, 1, 3), linear_case("small", 4, 3, 2), linear_case("large", 7, 5, 6)],
    hidden=lambda rng: [
        linear_case("odd", 5, 2, 9, "odd shapes", rng=rng),
        linear_case("thin", 3, 4, 2, "float32", np.float32, rng),
    ],
    properties=[
        Property(
            PairGradient("linear_forward", "linear_backward", linear=True),
            inputs={"x": np.eye(3, 4), "weight": np.arange(8.0).reshape(4, 2), "bias": np.ones(2)},
        )
    ],
    mutants=[
        Mutant(
            "bias_mean",
            edit(plain_backward, "sum(axis=0)", "mean(axis=0)"),
            "The bias enters every example: sum, do not average.",
        ),
        Mutant("bias_last", edit(plain_backward, "grad_y.sum(axis=0)", "grad_y[-1]"), "You use the last example only."),
        Mutant("weight_mean", edit(plain_backward, "x.T @ grad_y", "x.T @ grad_y / len(x)"), "grad_weight is no mean."),
        Mutant("sign", edit(plain_backward, "grad_y @ weight.T", "-grad_y @ weight.T"), "grad_x has the wrong sign."),
        Mutant(
            "double",
            edit(plain_backward, "grad_y.sum(axis=0)", "grad_y.sum(axis=0, dtype=float)"),
            "float32 became float64.",
        ),
    ],
    hints=["Look at the shapes.", "grad_weight is x.T @ grad_y."],
)

RELU = Exercise(
    id="relu_backward",
    points=4,
    functions={"relu_forward": relu_forward, "relu_backward": relu_backward},
    subject=("relu_backward",),
    cases=[
        Case(
            name,
            inputs={"x": x, "grad_y": np.random.default_rng(x.size).normal(size=x.shape)},
            calls=["y, cache = relu_forward(x)", "grad_x = relu_backward(grad_y, cache)"],
            outputs=("grad_x",),
        )
        for name, x in (
            ("by hand", np.array([-2.0, 0.0, 3.0])),
            ("a batch", np.array([[1.0, -1.0, 0.0], [0.0, 2.0, -3.0]])),
        )
    ],
)


def visible(exercise: Exercise) -> SheetExercise:
    """Return the exercise as a student's copy holds it."""
    return answer_sheet(Assignment("small", "Small", [exercise])).exercises[exercise.id]


def hidden(exercise: Exercise) -> SheetExercise:
    """Return the exercise as the examiner has it."""
    return full_sheet(Assignment("small", "Small", [exercise]), "a secret").exercises[exercise.id]


def judged(exercise: Exercise, *, graded: bool = False, **functions) -> Verdict:
    """Judge the exercise with some of its functions replaced."""
    sheet = hidden(exercise) if graded else visible(exercise)
    return judge(sheet, LocalCaller({**exercise.functions, **functions}))


def sheet_of(exercise):
    return answer_sheet(Assignment("small", "Small", [exercise])).exercises[exercise.id]


def conv_case(name="a", shape=(2, 3, 5, 6), **changes):
    inputs = {"x": np.ones(shape), "weight": np.ones((4, 3, 2, 3)), "bias": np.ones(4)}
    return Case(name, inputs, ["y, cache = conv2d_forward(x, weight, bias)"], ("y",), **changes)


def conv(case, **changes):
    return Exercise("conv", 1, {"conv2d_forward": conv2d_forward}, ("conv2d_forward",), [case], **changes)
