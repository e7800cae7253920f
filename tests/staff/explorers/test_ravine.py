"""Descent in a ravine does what the sentences below the drawing say."""

from classroom.staff.explorers.ravine import draw_momentum, draw_rate


def test_plain_descent_leaves_the_ravine_above_two_over_the_curvature():
    assert "climbs out" not in draw_rate(0.19)[1]
    assert "climbs out" in draw_rate(0.21)[1]


def test_momentum_arrives_earlier_until_it_is_too_much():
    steps = [int(draw_momentum(value, 0.05)[1].split()[-2]) for value in (0.8, 0.9, 0.99)]
    assert steps[1] < steps[0]
    assert steps[1] < steps[2]
    assert "is left" in draw_momentum(0.0, 0.05)[1]
