"""A signal through forty layers."""

from classroom.staff.explorers.gain import spreads


def test_the_signal_of_relu_dies_at_gain_one_and_lives_at_the_root_of_two():
    assert spreads(1.0, "ReLU")[-1] < 1e-4
    assert 0.03 < spreads(1.41, "ReLU")[-1] < 3
