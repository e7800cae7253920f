"""The network that build_cnn makes, and its weights."""

import numpy as np
import pytest
from declared import asked_at_home

from classroom.call.caller import LocalCaller
from classroom.judge.verdict import judge
from solutions.capstone import build_cnn

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("seed", [0, None])
def test_weights_from_anywhere_but_rng_are_found_out(seed):
    def wrong(words, shape, classes, rng, *more, **named):
        return build_cnn(words, shape, classes, np.random.default_rng(seed), *more, **named)

    verdict = judge(asked_at_home("capstone", "build_cnn"), LocalCaller({"build_cnn": wrong}))
    assert verdict.points == 0 and [finding.stage for finding in verdict.findings] == ["property"]
