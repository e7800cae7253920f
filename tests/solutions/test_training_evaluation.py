"""Evaluation: the same in every batch, and nothing is changed by it."""

import numpy as np
import pytest
from clouds import SETTINGS, clouds, small

from solutions.network import arrays
from solutions.training import evaluate, predict, train

pytestmark = pytest.mark.slow


def test_evaluation_ignores_the_batch_and_changes_nothing():
    net = small()
    images, labels = clouds()
    train(net, images, labels, rng=np.random.default_rng(0), **SETTINGS)
    before = [holder[key].copy() for _, holder, key in arrays(net)]
    first, second = (evaluate(net, images, labels, batch=batch) for batch in (7, 240))
    assert first == pytest.approx(second, rel=1e-5)
    np.testing.assert_allclose(predict(net, images[:1]), predict(net, images)[:1], rtol=1e-5)
    after = [holder[key] for _, holder, key in arrays(net)]
    assert all(np.array_equal(a, b) for a, b in zip(before, after, strict=True))


def test_errors_of_evaluate_name_the_rule():
    images, labels = clouds(8)
    with pytest.raises(ValueError, match="0 images in batches of 256"):
        evaluate(small(), images[:0], labels[:0])
    with pytest.raises(ValueError, match="one class for each row"):
        evaluate(small(), images, labels[:3])
