"""A finding is a problem; an answer that cannot be measured is one too, and never an error."""

import warnings

import numpy as np
import pytest

from classroom.judge.problem import Problem, measured


def sentence():
    return "cannot be measured"


def test_what_is_found_is_returned():
    assert measured(lambda: None, sentence) is None
    assert measured(lambda: Problem("too large", ("y",)), sentence) == Problem("too large", ("y",))


@pytest.mark.parametrize(
    "find",
    [
        lambda: np.mean([]),
        lambda: np.ones(2) + np.ones(3),
        lambda: {}["y"],
        lambda: None.shape,
        lambda: 1 / 0,
        lambda: float("x"),
        lambda: warnings.warn("doubtful", stacklevel=1),
    ],
)
def test_what_raises_or_warns_is_a_problem(find):
    assert measured(find, sentence) == Problem("cannot be measured")


def test_a_mistake_of_our_own_is_not_hidden():
    with pytest.raises(AssertionError):
        measured(lambda: (_ for _ in ()).throw(AssertionError("ours")), sentence)
