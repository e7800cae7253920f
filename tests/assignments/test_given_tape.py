"""The tape: what it pulls back is what central differences find, however a program branches."""

import numpy as np
import pytest
from given_tape import Node, pull_back

from solutions.gradient_check import numerical_gradient

PROGRAMS = {
    "a branch used twice": lambda x: x * x + x.exp() * 0.3,
    "broadcasting": lambda x: x - x.mean(0) * x.sum((1, 2, 3)),
    "roots and logarithms": lambda x: (x * x + 1.0) ** -0.5 + (x * x + 0.5).log(),
    "matrices": lambda x: x.reshape((6, -1)) @ x.reshape((6, -1)).transpose(1, 0),
    "windows with a frame": lambda x: x.frame(1, 2).windows((3, 2), (2, 1)) * 0.7,
    "the largest": lambda x: x.pick(x.value.argmax(axis=1), 1),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_pulled_back_gradient_is_that_of_central_differences(name):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(2, 3, 4, 5))
    start = Node(x)
    result = PROGRAMS[name](start)
    grad = rng.normal(size=result.shape)
    (found,) = pull_back(result, grad, [start])
    slope = numerical_gradient(lambda x: float((PROGRAMS[name](Node(x)).value * grad).sum()), x)
    assert np.abs(found - slope).max() < 1e-6 * max(1, np.abs(slope).max())


def test_what_has_no_influence_gets_zeros():
    x, other = Node(np.ones(3)), Node(np.ones((2, 2)))
    assert np.array_equal(pull_back(x * 2.0, np.ones(3), [other])[0], np.zeros((2, 2)))


def test_an_array_on_the_left_asks_the_node():
    with pytest.raises(TypeError):
        np.ones(3) * Node(np.ones(3))


def test_single_precision_stays_single():
    x = Node(np.ones((2, 3), np.float32))
    result = (x * 0.5 - x.mean(0)).exp()
    assert result.value.dtype == pull_back(result, np.ones((2, 3)), [x])[0].dtype == np.float32
