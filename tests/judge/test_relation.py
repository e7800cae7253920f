"""Relations: right code has them, wrong code does not, and the sentence says which."""

import numpy as np
import pytest

from classroom.call.caller import LocalCaller
from classroom.call.script import parse
from classroom.call.value import Generator
from classroom.fault import Fault
from classroom.judge.relation import (
    Adjoint,
    Combination,
    Conserved,
    Differ,
    Equal,
    Gradient,
    Orthonormal,
    Refuses,
    Repeated,
)
from solutions.activation import tanh_backward, tanh_forward
from solutions.fast import conv2d_backward, conv2d_forward
from solutions.linear import linear_backward, linear_forward

RNG = np.random.default_rng(0)
TANH = {
    "calls": ["y, cache = tanh_forward(x)", "grad_x = tanh_backward(grad_y, cache)"],
    "inputs": {"x": RNG.normal(size=(4, 5)), "grad_y": RNG.normal(size=(4, 5))},
}
SLOPES = Gradient("y", {"x": "grad_x"})


def judge(relation, trial, **functions):
    caller = LocalCaller({"tanh_forward": tanh_forward, **functions})
    return relation.judge(caller, parse(trial["calls"]), trial["inputs"])


def test_the_gradient_of_right_code_passes():
    assert judge(SLOPES, TANH, tanh_backward=tanh_backward) is None


def test_a_gradient_in_float32_of_a_y_in_float64_is_held_to_float32():
    def backward(grad_y, cache):
        return tanh_backward(grad_y, cache).astype(np.float32)

    assert judge(SLOPES, TANH, tanh_backward=backward) is None
    off = judge(SLOPES, TANH, tanh_backward=lambda grad_y, cache: 1.001 * backward(grad_y, cache))
    assert "along a random direction" in off.text


@pytest.mark.parametrize(
    ("backward", "said"),
    [
        (lambda grad_y, cache: 1.0001 * tanh_backward(grad_y, cache), "along a random direction"),
        (lambda grad_y, cache: tanh_backward(grad_y, cache).ravel(), "has shape (20,), needs that of x, (4, 5)"),
        (lambda grad_y, cache: np.full((4, 5), np.nan), "along a random direction"),
        (lambda grad_y, cache: 1 / 0, "stops with ZeroDivisionError"),
    ],
)
def test_a_wrong_gradient_is_told(backward, said):
    problem = judge(SLOPES, TANH, tanh_backward=backward)
    assert said in problem.text


def test_the_wrong_gradient_among_several_is_named():
    trial = {
        "calls": [
            "y, cache = linear_forward(x, weight, bias)",
            "grad_x, grad_weight, grad_bias = linear_backward(grad_y, cache)",
        ],
        "inputs": {
            "x": RNG.normal(size=(4, 3)),
            "weight": RNG.normal(size=(3, 2)),
            "bias": RNG.normal(size=2),
            "grad_y": RNG.normal(size=(4, 2)),
        },
    }
    slopes = Gradient("y", {"x": "grad_x", "weight": "grad_weight", "bias": "grad_bias"}, linear=True)

    def wrong(grad_y, cache):
        grad_x, grad_weight, grad_bias = linear_backward(grad_y, cache)
        return grad_x, grad_weight * 1.000001, grad_bias

    assert judge(slopes, trial, linear_forward=linear_forward, linear_backward=linear_backward) is None
    assert judge(slopes, trial, linear_forward=linear_forward, linear_backward=wrong).parts == ("grad_weight",)


def test_a_wrong_forward_pass_is_not_held_against_the_backward_pass():
    def forgets(x):
        return tanh_forward(x)[0] + 1e-3 * x, tanh_forward(x)[1]

    known = Gradient("y", {"x": "grad_x"}, expected=tanh_forward(TANH["inputs"]["x"])[0])
    assert judge(SLOPES, TANH, tanh_forward=forgets, tanh_backward=tanh_backward) is not None
    assert judge(known, TANH, tanh_forward=forgets, tanh_backward=tanh_backward) is None
    assert judge(known, TANH, tanh_backward=lambda grad_y, cache: 2 * tanh_backward(grad_y, cache)) is not None


def test_only_the_forward_calls_are_repeated():
    counts = {"forward": 0, "backward": 0}

    def forward(x):
        counts["forward"] += 1
        return tanh_forward(x)

    def backward(grad_y, cache):
        counts["backward"] += 1
        return tanh_backward(grad_y, cache)

    assert judge(SLOPES, TANH, tanh_forward=forward, tanh_backward=backward) is None
    assert counts == {"forward": 5, "backward": 1}


def test_equality_of_two_ways_to_the_same_number():
    trial = {"calls": ["a = f(x)", "b = g(x)"], "inputs": {"x": np.arange(4.0)}}
    assert judge(Equal("a", "b"), trial, f=lambda x: 2 * x, g=lambda x: x + x) is None
    assert "a and b should be equal" in judge(Equal("a", "b"), trial, f=lambda x: 2 * x, g=lambda x: x * x).text


def test_a_call_that_spoils_what_the_next_one_needs_is_told_with_the_part_that_it_costs():
    def spoils(grad_y, cache):
        grad_x = tanh_backward(grad_y, cache)
        cache[0][...] = 0
        return grad_x, grad_y.sum()

    calls = [
        TANH["calls"][0],
        "grad_x, total = tanh_backward(grad_y, cache)",
        "grad_x2, total2 = tanh_backward(grad_y, cache)",
    ]
    trial = TANH | {"calls": calls}
    repeated = Repeated({"grad_x": "grad_x2", "total": "total2"}, {"grad_x": "slopes", "total": "sums"})
    assert judge(repeated, trial, tanh_backward=lambda grad_y, cache: (tanh_backward(grad_y, cache), 1.0)) is None
    found = judge(repeated, trial, tanh_backward=spoils)
    assert found.parts == ("slopes",) and found.text.startswith("grad_x came out otherwise the second time")


def test_draws_from_two_generators_that_are_the_same_are_told():
    trial = {
        "calls": ["a = draw(size, one)", "b = draw(size, two)"],
        "inputs": {"size": 4, "one": Generator(1), "two": Generator(2)},
    }
    differ = Differ("a", "b", "and the generators are not")
    assert judge(differ, trial, draw=lambda size, rng: rng.random(size)) is None
    own = judge(differ, trial, draw=lambda size, rng: np.random.default_rng(0).random(size))
    assert own.text == "a and b are the same, and the generators are not"


def test_a_convolution_and_its_transpose_are_adjoint():
    x, weight = RNG.normal(size=(2, 3, 6, 5)), RNG.normal(size=(4, 3, 2, 3))
    trial = {
        "calls": [
            "y, cache = conv2d_forward(x, weight, bias, stride=2, padding=1)",
            "grad_x, _, _ = conv2d_backward(u, cache)",
        ],
        "inputs": {"x": x, "weight": weight, "bias": np.zeros(4), "u": RNG.normal(size=(2, 4, 4, 3))},
    }
    adjoint = Adjoint(("y", "u"), ("x", "grad_x"))
    functions = {"conv2d_forward": conv2d_forward, "conv2d_backward": conv2d_backward}
    assert judge(adjoint, trial, **functions) is None

    def flipped(grad_y, cache):
        grad_x, grad_weight, grad_bias = conv2d_backward(grad_y, cache)
        return grad_x[:, :, ::-1], grad_weight, grad_bias

    assert "should be equal" in judge(adjoint, trial, **functions | {"conv2d_backward": flipped}).text

    def in_single_precision(x, weight, bias, **sizes):
        return conv2d_forward(*(array.astype(np.float32) for array in (x, weight, bias)), **sizes)

    assert judge(adjoint, trial, **functions | {"conv2d_forward": in_single_precision}) is None


def test_conserved_sums():
    trial = {"calls": ["y = f(x)"], "inputs": {"x": np.arange(6.0).reshape(2, 3)}}
    conserved, by_row = Conserved("x", "y"), Conserved("x", "y", (1,))
    assert judge(conserved, trial, f=lambda x: x[::-1]) is None
    assert "x sums to 15 and y to 30" in judge(conserved, trial, f=lambda x: 2 * x).text
    single = {**trial, "inputs": {"x": np.arange(6, dtype=np.float32)}}
    assert judge(conserved, single, f=lambda x: x[::-1]) is None
    assert "x sums to 15 and y to 30" in judge(conserved, single, f=lambda x: 2 * x).text
    assert judge(by_row, trial, f=lambda x: x[:, ::-1]) is None
    assert "x sums to 3 over axes (1,) at [0] and y to 12" in judge(by_row, trial, f=lambda x: x[::-1]).text
    assert "has shape" in judge(by_row, trial, f=lambda x: x[:1]).text


def test_sums_that_are_all_a_number():
    trial = {"calls": ["y = f(x)"], "inputs": {"x": np.ones((2, 4))}}
    conserved = Conserved("y", 1, (1,))
    assert judge(conserved, trial, f=lambda x: x / 4) is None
    problem = judge(conserved, trial, f=lambda x: x / [[4], [5]])
    assert problem.text == "y sums to 0.8 over axes (1,) at [1], and should sum to 1"


TURN = np.array([[0.6, 0.8], [-0.8, 0.6]])


@pytest.mark.parametrize(("of", "right"), [("rows", np.eye(3)[:2]), ("rows", TURN), ("columns", np.eye(3)[:, :2])])
def test_rows_or_columns_that_are_perpendicular_and_of_length_1(of, right):
    trial = {"calls": ["v = f(x)"], "inputs": {"x": right}}
    orthonormal = Orthonormal("v", right.shape, of)
    assert judge(orthonormal, trial, f=lambda x: x) is None
    assert judge(Orthonormal("v", right.shape, of, square=9.0), trial, f=lambda x: 3 * x) is None
    assert (
        "0, by itself, of v has the product 4, and it should be 1" in judge(orthonormal, trial, f=lambda x: 2 * x).text
    )
    assert "needs (" in judge(orthonormal, trial, f=lambda x: x.ravel()).text


def test_rows_that_are_not_perpendicular_are_named():
    trial = {"calls": ["v = f(x)"], "inputs": {"x": TURN}}
    orthonormal = Orthonormal("v", (2, 2), "rows")
    skew = judge(orthonormal, trial, f=lambda x: np.array([[1.0, 0.0], [0.6, 0.8]]))
    assert skew.text == "rows 0 and 1 of v have the product 0.6, and it should be 0"


def test_equality_of_what_is_no_array():
    trial = {"calls": ["a = f(x)", "b = g(x)"], "inputs": {"x": 2.0}}
    differ = Differ("a", "b", "and should not be")
    layers = [{"kind": "FC", "bias": np.zeros(2)}]
    assert judge(Equal("a", "b"), trial, f=lambda x: ["FC", "RELU"], g=lambda x: ["FC", "RELU"]) is None
    assert "b[1]" in judge(Equal("b", "a"), trial, f=lambda x: ["a"] * 2, g=lambda x: ["a", "b"]).text
    assert judge(Equal("a", "b"), trial, f=lambda x: layers, g=lambda x: layers) is None
    assert judge(differ, trial, f=lambda x: layers, g=lambda x: layers) is not None
    other = [{"kind": "FC", "bias": np.ones(2)}]
    assert "a[0]['bias']" in judge(Equal("a", "b"), trial, f=lambda x: other, g=lambda x: layers).text
    assert judge(differ, trial, f=lambda x: other, g=lambda x: layers) is None


def test_answers_in_single_precision_are_held_to_that():
    def single(x):
        return np.tanh(x, dtype=np.float32), x

    inexact = Combination({"y": 1.0, "mirrored": 1.0, "x": -1.0}, "minus_x")
    assert judge(inexact, MIRRORED, tanh_forward=single) is None
    x, weight = RNG.normal(size=(40, 30)), RNG.normal(size=(30, 20))
    trial = {
        "calls": ["y = f(x, weight)", "grad_x = g(grad_y, weight)"],
        "inputs": {"x": x, "weight": weight, "grad_y": RNG.normal(size=(40, 20))},
    }
    adjoint = Adjoint(("y", "grad_y"), ("x", "grad_x"))
    thin = {"f": lambda x, w: (x @ w).astype(np.float32), "g": lambda g, w: (g @ w.T).astype(np.float32)}
    assert judge(adjoint, trial, **thin) is None


MIRRORED = {
    "calls": ["y, _ = tanh_forward(x)", "mirrored, _ = tanh_forward(minus_x)"],
    "inputs": {"x": RNG.normal(size=(3, 2))},
}
CANCEL = Combination({"y": 1, "mirrored": 1}, 0)
MIRRORED["inputs"]["minus_x"] = -MIRRORED["inputs"]["x"]


def test_a_sum_of_outputs_that_is_a_number():
    assert judge(CANCEL, MIRRORED) is None
    problem = judge(CANCEL, MIRRORED, tanh_forward=lambda x: (np.tanh(x) + 0.1, x))
    assert problem.text.startswith("y + mirrored should be 0: relative error")


def test_a_difference_of_outputs_that_is_an_input():
    half = Combination({"y": 0.5, "mirrored": -0.5}, "x")
    assert judge(half, MIRRORED, tanh_forward=lambda x: (x, x)) is None
    problem = judge(half, MIRRORED)
    assert problem.text.startswith("0.5 y - 0.5 mirrored should be x: ")


@pytest.mark.parametrize("right", ["x", 0])
def test_a_sum_of_an_answer_in_float32_and_an_input_has_the_precision_of_float32(right):
    trial = {"calls": ["y = f(x)"], "inputs": {"x": RNG.normal(size=5)}}
    combination = Combination({"y": 1, "x": -1} if right == 0 else {"y": 2, "x": -1}, right)
    assert judge(combination, trial, f=lambda x: x.astype(np.float32)) is None
    assert judge(combination, trial, f=lambda x: 1.001 * x.astype(np.float32)) is not None


def test_a_sum_of_what_does_not_fit_together_is_told():
    problem = judge(CANCEL, MIRRORED, tanh_forward=lambda x: (x[: int(x.sum() > 0) + 1], x))
    assert problem is not None


def test_a_column_and_a_row_are_not_added_up_to_a_table():
    problem = judge(CANCEL, MIRRORED, tanh_forward=lambda x: (np.ones((3, 1) if x.sum() > 0 else (1, 3)), x))
    assert "need the same" in problem.text


def test_what_cannot_be_done_has_to_be_refused():
    trial = {"calls": ["y = f(x)"], "inputs": {"x": 1.0}}
    refuses = Refuses("ValueError", "because x is 1")

    def refuse(x):
        raise ValueError("not 1")

    assert judge(refuses, trial, f=refuse) is None
    said = "y = f(x) should raise ValueError, because x is 1; "
    assert judge(refuses, trial, f=lambda x: x).text == f"{said}nothing was raised"
    assert judge(refuses, trial, f=lambda x: 1 / 0).text == f"{said}ZeroDivisionError was raised"


def test_what_is_no_array_of_numbers_is_a_problem_and_no_error():
    trial = {"calls": ["y = f(x)"], "inputs": {"x": np.ones(2)}}
    problem = judge(Combination({"y": 1}, "x"), trial, f=lambda x: {"a": "b"})
    assert problem.text == "what was returned cannot be measured: arrays of numbers are needed"


@pytest.mark.parametrize(
    "mistyped", [lambda: Equal("a"), lambda: Equal("a", "b", limits=1), lambda: Combination({"a": 1}, rigth=0)]
)
def test_a_typo_fails_where_it_is_written(mistyped):
    with pytest.raises(TypeError):
        mistyped()
    with pytest.raises(Fault, match="neither 'rows' nor 'columns'"):
        Orthonormal("v", (2, 2), "lines")
