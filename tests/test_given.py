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


def test_a_convolution_outruns_the_loop_or_not_as_the_clock_says(monkeypatch):
    clock = iter([0.0, 0.001] * 5 + [0.0, 0.0099, 0.0, 0.02])  # five times a millisecond, then the loop twice
    monkeypatch.setattr("classroom.given.time.perf_counter", lambda: next(clock))
    x, weight, bias = np.ones((2, 1, 3, 4)), np.ones((3, 1, 2, 1)), np.zeros(3)
    assert make("outruns_loop", {"times": 10})(lambda x, weight, bias: None, x, weight, bias) is False
    clock = iter([0.0, 0.001] * 5 + [0.0, 0.0101, 0.0, 0.02])
    assert make("outruns_loop", {"times": 10})(lambda x, weight, bias: None, x, weight, bias) is True


def test_a_call_that_takes_more_than_its_cpu_seconds_is_refused():
    assert make("within", {"seconds": 60.0})(divmod, 7, 2) == (3, 1)
    with pytest.raises(TimeoutError, match="CPU seconds and has 0"):
        make("within", {"seconds": 0.0})(sum, range(300_000))


def test_agreeing_parts_are_named():
    own = {"relu_forward": lambda x: (np.maximum(x, 0), x > 0), "relu_backward": lambda grad_y, cache: grad_y}
    assert make("agreeing_parts", {})(own) == ["relu_forward"]
