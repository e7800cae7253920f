"""What neurons refuse: each error names the rule."""

import numpy as np
import pytest

from solutions import neuron

CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: neuron.neuron_forward(CORNERS, np.ones(3), 0.0), r"x \(4, 2\) and weight \(3,\) do not fit"),
        (lambda: neuron.neuron_forward(CORNERS, np.ones((2, 3)), np.zeros(2)), "one bias for each neuron"),
        (lambda: neuron.neuron_forward(CORNERS, np.ones(2), 0.0, activation="tan"), "activation is 'tan', needs one"),
        (lambda: neuron.logic_gate("xor"), "xor needs more than one neuron"),
        (lambda: neuron.xor_feature(np.zeros((2, 3))), "XOR has two inputs"),
        (lambda: neuron.xor_net(np.zeros((2, 3))), "do not fit"),
        (lambda: neuron.halfplane_polygon(CORNERS, np.ones((3, 2)), np.ones(2)), "one offset for each row"),
        (lambda: neuron.polygon_union(CORNERS, []), "needs at least one"),
    ],
)
def test_errors_name_the_rule(call, message):
    with pytest.raises(ValueError, match=message):
        call()
