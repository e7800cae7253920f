"""What is added to a gradient before the step, its length, and the noise of single terms."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from solutions import optimizer as rules


def test_weight_decay_is_the_gradient_of_the_penalty():
    weight, grad = np.array([1.0, -2.0]), np.array([0.5, 0.5])
    np.testing.assert_allclose(rules.weight_decay(weight, grad, 0.1), [0.6, 0.3])


@given(st.lists(hnp.arrays(float, 3, elements=st.floats(-5, 5)), min_size=1, max_size=3), st.floats(0.1, 10))
def test_clipping_limits_the_joint_length_and_keeps_the_direction(grads, max_norm):
    before = [grad.copy() for grad in grads]
    clipped = rules.clip_gradients(grads, max_norm)
    joint, old = np.concatenate(clipped), np.concatenate(before)
    assert np.linalg.norm(joint) <= max_norm * (1 + 1e-12)
    if np.linalg.norm(old) <= max_norm:
        assert np.array_equal(joint, old)
    else:
        np.testing.assert_allclose(joint * np.linalg.norm(old), old * max_norm, atol=1e-9)
    assert all(np.array_equal(grad, copy) for grad, copy in zip(grads, before, strict=True))


def test_stochastic_descent_enters_the_confusion_region_and_stays():
    rng = np.random.default_rng(0)
    a, b = rng.uniform(0.5, 2, 20), rng.standard_normal(20)
    low, high = rules.confusion_region(a, b)
    assert (low, high) == ((b / a).min(), (b / a).max())
    x, inside = np.array(20.0), []
    for i in rng.integers(0, 20, 500):
        x, _ = rules.sgd(x, a[i] * (a[i] * x - b[i]), rate=0.2)
        inside.append(low <= x <= high)
    first = inside.index(True)
    assert first < 60
    assert all(inside[first:])
