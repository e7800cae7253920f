"""Dropout, vanilla and inverted."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from probe import assert_close, probe

from solutions.dropout import (
    dropout_backward,
    dropout_forward,
    vanilla_dropout_backward,
    vanilla_dropout_forward,
)

PAIRS = {
    "inverted": (dropout_forward, dropout_backward),
    "vanilla": (vanilla_dropout_forward, vanilla_dropout_backward),
}
both = pytest.mark.parametrize(("forward", "backward"), PAIRS.values(), ids=PAIRS)


@both
@pytest.mark.parametrize("training", [True, False])
def test_gradient_inputs_float32_and_strides(forward, backward, training):
    rng = np.random.default_rng(0)
    probe(
        lambda x: forward(x, 0.4, np.random.default_rng(1), training=training),
        backward,
        [rng.standard_normal((4, 3, 2))],
        rng,
        linear=True,
    )


@both
@given(st.lists(st.integers(1, 4), min_size=1, max_size=4), st.floats(0, 0.9))
def test_each_number_is_dropped_or_kept_whole(forward, backward, shape, drop):
    x = np.random.default_rng(0).standard_normal(shape)
    y, cache = forward(x, drop, np.random.default_rng(1), training=True)
    factor = 1 / (1 - drop) if forward is dropout_forward else 1
    kept = np.random.default_rng(1).random(shape) >= drop
    assert_close(y, np.where(kept, factor * x, 0))
    assert_close(backward(np.ones(shape), cache), np.where(kept, factor, 0))


@both
def test_the_share_of_zeros_is_the_probability_to_drop(forward, backward):
    y, cache = forward(np.ones(40_000), 0.2, np.random.default_rng(0), training=True)
    zeros = np.mean(y == 0)
    assert abs(zeros - 0.2) < 5 * np.sqrt(0.2 * 0.8 / 40_000)
    assert np.mean(backward(np.ones(40_000), cache) == 0) == zeros


def test_inverted_inference_is_the_identity_and_vanilla_multiplies():
    x, rng = np.random.default_rng(0).standard_normal((3, 4)), np.random.default_rng(1)
    y, cache = dropout_forward(x, 0.25, rng, training=False)
    assert np.array_equal(y, x)
    assert not np.shares_memory(y, x)
    assert np.array_equal(dropout_backward(x, cache), x)
    y, cache = vanilla_dropout_forward(x, 0.25, rng, training=False)
    assert_close(y, 0.75 * x)
    assert_close(vanilla_dropout_backward(x, cache), 0.75 * x)


def test_inference_draws_no_random_numbers():
    rng = np.random.default_rng(0)
    for forward, _ in PAIRS.values():
        forward(np.ones(5), 0.5, rng, training=False)
    assert rng.random() == np.random.default_rng(0).random()


@both
def test_the_mean_is_the_same_in_training_and_inference(forward, backward):
    x = np.full(40_000, 2.0)
    trained, expected = (forward(x, 0.3, np.random.default_rng(0), training=mode)[0].mean() for mode in (True, False))
    assert trained == pytest.approx(expected, abs=5 * 2 / 0.7 * np.sqrt(0.3 * 0.7 / 40_000))


@both
def test_nothing_is_dropped_at_0(forward, backward):
    x = np.random.default_rng(0).standard_normal(9)
    assert np.array_equal(forward(x, 0, np.random.default_rng(1), training=True)[0], x)


@both
@pytest.mark.parametrize("drop", [1, -0.1, 1.5, float("nan")])
@pytest.mark.parametrize("training", [True, False])
def test_errors_name_the_rule(forward, backward, drop, training):
    with pytest.raises(ValueError, match=r"drop is .*, needs 0 <= drop < 1"):
        forward(np.ones(3), drop, np.random.default_rng(0), training=training)


@both
@pytest.mark.parametrize("training", ["test", None, 2])
def test_an_unknown_mode_is_refused(forward, backward, training):
    with pytest.raises(ValueError, match=r"training is .*, needs True \(training\) or False"):
        forward(np.ones(3), 0.5, np.random.default_rng(0), training=training)


@both
def test_backward_refuses_a_gradient_of_another_shape(forward, backward):
    _, cache = forward(np.ones((2, 3)), 0.5, np.random.default_rng(0), training=True)
    with pytest.raises(ValueError, match="grad_y has shape"):
        backward(np.ones(3), cache)
