"""The reference of the capstone: modes, nothing changed in place, and the accuracy that full points ask for."""

import numpy as np
import pytest

from classroom.judge.measure import NetworkAccuracy
from solutions.capstone import build_cnn

pytestmark = pytest.mark.slow


def test_a_network_between_two_thresholds_keeps_the_lower_part():
    layers = build_cnn(["SOFTMAX"], (3, 16, 16), 6, np.random.default_rng(0))
    thresholds = {"good": 0.0, "better": 0.9, "best": 0.95}
    problem = NetworkAccuracy(60, 3, np.arange(6), thresholds).judge({"layers": layers}, {})
    assert problem.parts == ("better", "best") and "90% are asked for" in problem.text


def test_what_is_no_network_costs_every_part():
    problem = NetworkAccuracy(6, 0, np.arange(6), {}).judge({"layers": 7}, {})
    assert problem.parts == () and "needs a list" in problem.text
