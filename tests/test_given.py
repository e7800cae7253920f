"""The functions that checks hand out."""

import numpy as np
import pytest

from classroom.given import FUNCTIONS, make
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


def test_an_unknown_function_is_refused():
    with pytest.raises(ValueError, match="no function 'nobody'"):
        make("nobody", {})
