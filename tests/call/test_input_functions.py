"""The functions that checks hand out."""

import numpy as np
import pytest

from classroom.call.input_functions import FUNCTIONS, make
from solutions.gradient_check import numerical_gradient


def test_the_quadratic_and_its_gradient_belong_together():
    params = {"matrix": np.array([[3.0, 1.0], [1.0, 2.0]]), "center": np.array([1.0, -2.0])}
    x = np.array([0.3, 0.7])
    slope = numerical_gradient(make("quadratic", params), x)
    assert np.allclose(slope, make("quadratic_gradient", params)(x), atol=1e-8)


def test_the_valley_of_rosenbrock_is_flat_at_its_floor():
    assert np.array_equal(make("rosenbrock_gradient", {})(np.array([1.0, 1.0])), [0, 0])


def test_functions_of_any_shape():
    for name in ("cubic", "wave"):
        assert isinstance(FUNCTIONS[name]()(np.ones((2, 3, 4))), float)


def test_what_tells_how_it_was_called():
    assert make("count_rows", {})(np.ones((3, 2))).tolist() == [[3, 3]] * 3
    assert make("ratios", {})(np.array([1.0, 2.0, 6.0])) == [2, 3]


def test_an_unknown_function_is_refused():
    with pytest.raises(ValueError, match="no function 'nobody'"):
        make("nobody", {})


def test_own_parts_work_without_the_given_ones():
    given = make("given_parts", {})()
    own = make("unaided", {})({"relu_forward": lambda x: given["relu_forward"](x), "adam": abs, "relu_backward": 7})
    assert list(own) == ["relu_forward", "adam"] and own["adam"](-3) == 3
    with pytest.raises(NotImplementedError, match="relu_forward is the given one"):
        own["relu_forward"](np.ones(2))
    assert given["relu_forward"](np.ones(2))[0].tolist() == [1, 1]


def test_a_part_or_a_pair_of_parts_can_stand_in_for_another():
    parts, plain = (make("given_parts", swapped)() for swapped in ({"relu": "leaky_relu", "momentum": "adam"}, {}))
    x = np.array([[-1.0, 2.0]])
    y, cache = parts["relu_forward"](x)
    assert y.tolist() == [[-0.01, 2]] and parts["relu_backward"](x, cache).tolist() == [[-0.01, 2]]
    assert parts["momentum"](x, x, None, rate=0.5)[0].tolist() == plain["adam"](x, x, None, rate=0.5)[0].tolist()
    assert parts.keys() == plain.keys() and plain["relu_forward"](x)[0].tolist() == [[0, 2]]


def test_parts_in_a_list_are_refused():
    with pytest.raises(TypeError, match="a list came back, a dict"):
        make("unaided", {})(["adam"])


def test_a_step_neuron_fires_above_zero_whatever_its_weight_is_made_of():
    fires = make("step_neuron", {})
    a, b = np.array([0.0, 1.0, 1.0]), np.array([1.0, 0.0, 1.0])
    assert fires([a, b], [1, 1], np.array([-1.5])).tolist() == [0, 0, 1]
    assert fires([a], np.array([-1.0]), 1).tolist() == [1, 0, 0], "a sum of exactly 0 does not fire"
