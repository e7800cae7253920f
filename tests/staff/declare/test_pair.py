"""A pair of functions: other versions stand under its names, and mutants of one go with a sound other."""

import numpy as np

from classroom.staff.declare.declaration import PairGradient
from classroom.staff.declare.pair import Pair
from solutions.activation import relu_backward, relu_forward

RELU = Pair(relu_forward, relu_backward)


def forward(x):
    return x * (x > 0), (x > 0,)


def backward(grad_y, cache):
    return grad_y * cache[0]


def test_the_reference_and_other_versions_by_name():
    assert RELU.functions == {"relu_forward": relu_forward, "relu_backward": relu_backward}
    assert RELU.written(forward, backward) == {"relu_forward": forward, "relu_backward": backward}


def test_mutants_of_the_backward_pass_read_the_cache_of_their_own_forward_pass():
    (mutant,) = RELU.backward_mutants(
        forward,
        backward,
        """
        doubled: grad_y * cache[0] => 2 * grad_y * cache[0]
            Twice is too much.
        """,
    )
    assert (mutant.name, mutant.tag, mutant.functions["relu_forward"]) == ("doubled", "visible", forward)
    y, cache = mutant.functions["relu_forward"](np.array([3.0, -1.0]))
    assert mutant.functions["relu_backward"](y, cache).tolist() == [6.0, 0.0]


def test_mutants_of_the_forward_pass_keep_the_backward_pass():
    (mutant,) = RELU.forward_mutants(
        forward,
        backward,
        """
        all_pass: x * (x > 0), => x.copy(),
            Negative inputs become 0.
        """,
    )
    assert mutant.functions["relu_backward"] is backward
    assert mutant.functions["relu_forward"](np.array([-1.0]))[0].tolist() == [-1.0]


def test_gradients_are_those_of_the_two():
    made = RELU.gradient(inputs={"x": np.ones(3)}, linear=True)
    assert made.relation == PairGradient("relu_forward", "relu_backward", linear=True)
