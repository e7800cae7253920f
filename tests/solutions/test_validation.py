"""The checks that many operations make."""

import numpy as np
import pytest

from solutions.validation import require_fraction, require_mode, require_shape


def test_a_shape_must_be_exact():
    require_shape("bias", np.zeros((3, 1)), (3, 1), "as it is")
    require_shape("bias", 1.0, (), "a number has no axes")
    for shape in ((3,), (1, 3), (3, 2)):
        with pytest.raises(ValueError, match=r"bias has shape \(3, 1\), needs .*: broadcasting hides mistakes"):
            require_shape("bias", np.zeros((3, 1)), shape, "broadcasting hides mistakes")


@pytest.mark.parametrize("value", [-0.1, 1.0, float("nan")])
def test_a_share_of_the_past_is_below_one(value):
    require_fraction("decay", 0.0)
    require_fraction("decay", 0.999)
    with pytest.raises(ValueError, match=r"decay is .*, needs at least 0 and below 1"):
        require_fraction("decay", value)


@pytest.mark.parametrize("training", ["test", "train", None, 0.5])
def test_a_mode_is_true_or_false(training):
    require_mode(True)
    require_mode(np.bool_(False))
    with pytest.raises(ValueError, match=r"training is .*, needs True \(training\) or False \(inference\)"):
        require_mode(training)
