"""What came back, said plainly."""

import numpy as np
import pytest

from classroom.call.caller import CallError
from classroom.judge.answer_sheet import SheetCase
from classroom.judge.symptom import Seen, stops_outside_the_cache, symptom

RNG = np.random.default_rng(8)
X, WEIGHT = RNG.normal(size=(4, 3)), RNG.normal(size=(3, 2))
RIGHT = {"y": RNG.normal(size=(4, 2)), "grad_bias": RNG.normal(size=2), "loss": np.array(0.7)}
CALLS = ("y, grad_bias, loss = layer(x, weight)",)


def seen(name, **values):
    case = SheetCase("a case", {"x": X, "weight": WEIGHT}, CALLS, tuple(RIGHT), RIGHT, {key: key for key in RIGHT})
    return Seen(case, name, RIGHT | values, 1e-6)


@pytest.mark.parametrize(
    ("item", "name", "said"),
    [
        (seen("y", y=None), "nothing", "y is None: is it what a call gives that returns nothing?"),
        (seen("y", y=np.zeros((4, 0))), "empty", "is it made with a size of 0, of a list that is never filled"),
        (seen("y", y=RIGHT["grad_bias"], grad_bias=RIGHT["y"]), "y and grad_bias exchanged", "have changed places"),
        (
            seen("grad_bias", grad_bias=RIGHT["grad_bias"][None]),
            "an axis of length 1 too many",
            "(1, 2), needs (2,). keepdims=True",
        ),
        (seen("grad_bias", grad_bias=RIGHT["grad_bias"][None, None]), "an axis of length 1 too many", "and 2 axes of"),
        (seen("loss", y=RIGHT["y"], loss=RIGHT["loss"][None]), "an axis of length 1 too many", "and an axis of length"),
        (seen("loss", loss=RIGHT["loss"][None]), "an axis of length 1 too many", "loss has the right numbers"),
        (
            seen("grad_bias", grad_bias=np.stack([RIGHT["grad_bias"] / 2] * 2)),
            "not summed",
            "over axis 0 it is what is expected",
        ),
        (seen("loss", loss=RIGHT["loss"] + np.array([-1.0, 0, 1])), "not averaged", "is not averaged yet"),
        (seen("y", y=RIGHT["y"].T), "transposed", "rows and columns have changed places"),
        (seen("y", y=RIGHT["y"].T.reshape(4, 2)), "another order", "right numbers in other places. Where axes"),
        (seen("y", y=RIGHT["y"].reshape(2, 4)), "another shape", "in another shape: (2, 4), needs (4, 2)"),
        (seen("y", y=RIGHT["y"][::-1]), "turned round along axis 0", "along axis 0: what is last there comes first"),
        (seen("y", y=RIGHT["y"][::-1, ::-1]), "turned round along axes (0, 1)", "turned round along axes (0, 1)"),
        (seen("y", y=np.zeros((4, 2))), "zeros", "y is 0 everywhere"),
        (seen("y", y=np.full((4, 2), np.nan)), "all NaN", "y is NaN everywhere"),
        (
            seen("loss", loss=np.array(np.inf)),
            "infinite",
            "a division by 0, the log of 0, an exp, a power or a product",
        ),
        (seen("y", y=np.full((4, 2), 3.0)), "one number", "the same number everywhere"),
        (seen("y", y=RIGHT["y"] > 0), "True and False", "holds True and False"),
        (seen("y", y=X), "x itself", "y is x as it came in"),
        (seen("y", y=WEIGHT + 1), "the shape of weight", "y has the shape of weight, (3, 2), and needs (4, 2)"),
    ],
)
def test_what_came_back_is_told(item, name, said):
    found = symptom([item])
    assert found is not None and found.name == name and said in found.sentence


def test_what_is_repeated_is_not_called_an_average_to_be_taken():
    assert symptom([seen("grad_bias", grad_bias=np.stack([RIGHT["grad_bias"]] * 5))]) is None


def test_an_input_that_came_back_is_told_from_more_than_one_number_on():
    def given(x):
        case = SheetCase("a case", {"x": x}, ("y = f(x)",), ("y",), {"y": 2 * x}, {"y": "y"})
        return Seen(case, "y", {"y": x}, 1e-6)

    one = given(np.array([1.5]))
    assert symptom([one, one]) is None
    assert symptom([given(np.array([[0.0, 1.0], [1.0, 0.0]]))]) is None  # two numbers, such as 0 and 1, are chance
    assert symptom([one, given(X)]).name == symptom([given(X), one]).name == "x itself"


def test_an_input_that_was_not_given_yet_cannot_have_come_back():
    """Memory that nothing was written to may hold it."""
    calls = ("y, cache = f(x)", "grad_x = g(grad_y, cache)")
    case = SheetCase("a case", {"x": X + 1, "grad_y": X}, calls, ("y", "grad_x"), {"y": 2 * X, "grad_x": 3 * X}, {})
    assert symptom([Seen(case, "y", {"y": X}, 1e-6)]) is None
    assert symptom([Seen(case, "grad_x", {"grad_x": X}, 1e-6)]).name == "grad_y itself"


def test_a_missing_return_is_asked_about_where_nothing_came_back():
    case = SheetCase("a case", {"x": X}, ("y = f(x)",), ("y",), {"y": X}, {"y": "y"})
    assert "is a `return` missing at the end of f, or" in symptom([Seen(case, "y", {"y": None}, 1e-6)]).sentence


def test_booleans_that_would_pass_for_0_and_1_are_no_symptom():
    case = SheetCase("a case", {"x": X}, ("y = fires(x)",), ("y",), {"y": np.array([1.0, 0.0, 1.0])}, {"y": "y"})
    assert symptom([Seen(case, "y", {"y": np.array([True, True, False])}, 1e-6)]) is None


def test_few_numbers_among_zeros_get_no_advice_about_axes():
    right = np.zeros((3, 4))
    right.flat[[1, 4, 6, 11]] = 1.0, 2.0, 3.0, 4.0
    yours = np.zeros((3, 4))
    yours.flat[[1, 2, 6, 9]] = 2.0, 1.0, 4.0, 3.0
    case = SheetCase("a case", {"x": X}, ("y = scatter(x)",), ("y",), {"y": right}, {"y": "y"})
    assert symptom([Seen(case, "y", {"y": yours}, 1e-6)]).sentence == "y has the right numbers in other places."


def test_a_float_where_a_size_is_asked_for_is_told():
    case = SheetCase("a case", {"size": 5}, ("out = count(size)",), ("out",), {"out": 2}, {"out": "out"})
    found = symptom([Seen(case, "out", {"out": 2.5}, 1e-6)])
    assert found.name == "a float for a whole number" and "out is 2.5, a float" in found.sentence


@pytest.mark.parametrize("value", [RIGHT["y"] + 1, 2 * RIGHT["y"], "word", [1, "word"], np.full((4, 2), "a")])
def test_what_has_no_symptom_has_none(value):
    assert symptom([seen("y", y=value)]) is None


def test_one_number_that_happens_to_be_0_is_told_from_two_cases_on():
    zero = seen("loss", loss=np.array(0.0))
    assert symptom([zero]) is None and symptom([zero, zero]).name == "zeros"


def test_the_order_of_another_shape_is_told_without_a_transpose():
    found = symptom([seen("y", y=RIGHT["y"].reshape(2, 2, 2)[::-1])])
    assert found.name == "another order" and "transpose" not in found.sentence


def test_a_symptom_is_the_same_in_all_cases_or_none():
    zeros, ones = seen("y", y=np.zeros((4, 2))), seen("y", y=np.ones((4, 2)))
    assert symptom([zeros, zeros]).name == "zeros" and symptom([zeros, ones]) is None


def in_turn():
    calls = (
        "y, cache = layer(x)",
        "y2, cache2 = layer(x2)",
        "grad_x = layer_backward(grad_y, cache)",
        "grad_x2 = layer_backward(grad_y2, cache2)",
    )
    outputs = {"grad_x": RNG.normal(size=(2, 5)), "grad_x2": X}
    parts = dict.fromkeys(outputs, "grad_x")
    case = SheetCase("in turn", {"x": outputs["grad_x"], "x2": X}, calls, tuple(outputs), outputs, parts)
    single = SheetCase("one", {"x": X}, (calls[0], calls[2]), ("grad_x",), {"grad_x": RNG.normal(size=4)}, parts)
    return case, single


def test_what_a_second_layer_overwrites_is_told_where_one_layer_is_right():
    case, single = in_turn()
    turned = Seen(case, "grad_x", {"grad_x": X, "grad_x2": X}, 1e-6)
    assert symptom([turned]).name == "kept outside the cache"
    assert symptom([Seen(single, "grad_x", {"grad_x": X}, 1e-6), turned]).name == "x itself"
    later = Seen(case, "grad_x2", {"grad_x": case.expected["grad_x"], "grad_x2": X - 7}, 1e-6)
    assert symptom([later]) is None


def test_a_second_layer_that_makes_the_first_stop_is_told_where_one_layer_does_not():
    case, single = in_turn()
    back, forth = CallError("crashed", case.calls[2]), CallError("crashed", case.calls[0])
    found = stops_outside_the_cache([(case, back)])
    assert found.name == "kept outside the cache" and found.sentence.startswith("layer_backward stops only where")
    assert stops_outside_the_cache([(case, back), (single, back)]) is None
    assert stops_outside_the_cache([(case, forth)]) is None and stops_outside_the_cache([]) is None
