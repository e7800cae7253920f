"""What initializers refuse: each error names the rule."""

import numpy as np
import pytest

from solutions import initialization as init


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda rng: init.fans((3,)), r"shape is \(3,\), needs \(D, M\) or"),
        (lambda rng: init.fans((5, 2, 3, 3), groups=2), "groups is 2, needs to divide the 5 filters"),
        (lambda rng: init.normal((2,), -1.0, rng), "std is -1.0, needs at least 0"),
        (lambda rng: init.kaiming_normal((2, 2, 2), rng), r"needs \(D, M\) or"),
        (lambda rng: init.orthogonal((4,), rng), r"needs \(D, M\) or"),
        (lambda rng: init.lsuv([3, 2], "relu", np.ones((2, 4)), rng), r"needs \(N, 3\)"),
        (lambda rng: init.lsuv([3, 2], "relu", np.zeros((2, 3)), rng), "puts out a constant"),
        (lambda rng: init.fixup_scale(0), "at least 1 branch"),
        (lambda rng: init.forward_stats([2, 2], "step", 0.1, rng), "activation is 'step', needs a function or one"),
        (lambda rng: init.forward_stats([2, 2], "tanh", "he", rng), "init is 'he', needs a std"),
    ],
)
def test_errors_name_the_rule(call, message):
    with pytest.raises(ValueError, match=message):
        call(np.random.default_rng(0))
