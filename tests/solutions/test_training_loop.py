"""The loop: learning, modes, seeds, history."""

from functools import partial

import numpy as np
import pytest
from clouds import SETTINGS, clouds, small

from solutions import optimizer as rules
from solutions.network import Linear, Stack, arrays, build
from solutions.schedule import cosine_schedule, plateau_schedule
from solutions.training import OPTIMIZERS, evaluate, predict, train

pytestmark = pytest.mark.slow


RATES = {"sgd": 0.3, "momentum_ema": 0.5, "adagrad": 0.1, "rmsprop": 0.01, "adam": 0.02, "adamw": 0.02}


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_every_optimizer_learns(optimizer):
    images, labels = clouds()
    net = small()
    settings = SETTINGS | {"rate": RATES.get(optimizer, 0.05)}
    history = train(net, images, labels, optimizer=optimizer, rng=np.random.default_rng(0), **settings)
    assert evaluate(net, *clouds(seed=1))[1] > 0.97
    assert history["loss"][-1] < history["loss"][0]
    assert [len(values) for values in history.values()] == [4, 4, 4]


def test_same_seeds_same_weights_to_the_last_bit():
    results = []
    for seed in (0, 0, 1):
        net = small()
        history = train(net, *clouds(), rng=np.random.default_rng(seed), **SETTINGS)
        results.append(([holder[key] for _, holder, key in arrays(net)], history))
    assert results[0][1] == results[1][1] != results[2][1]
    assert all(np.array_equal(a, b) for a, b in zip(results[0][0], results[1][0], strict=True))


def test_weights_stay_float32_and_data_unchanged():
    images, labels = clouds()
    before = images.copy(), labels.copy()
    net = small()
    settings = SETTINGS | {"rate": np.float64(0.05), "decay": 1e-3, "max_norm": 1.0, "optimizer": "adam"}
    train(net, images, labels, rng=np.random.default_rng(0), **settings)
    assert {holder[key].dtype for _, holder, key in arrays(net)} == {np.dtype("float32")}
    assert np.array_equal(images, before[0])
    assert np.array_equal(labels, before[1])


def test_every_image_once_an_epoch_and_a_smaller_last_batch():
    images, labels = clouds(50)
    seen = []

    def spy(batch, rng):
        seen.append(batch.copy())
        return batch

    train(small(), images, labels, epochs=2, batch=16, rate=0.0, rng=np.random.default_rng(0), augment=spy)
    assert [len(batch) for batch in seen] == [16, 16, 16, 2] * 2
    for epoch in (seen[:4], seen[4:]):
        rows = np.concatenate(epoch)
        assert np.array_equal(np.sort(rows, axis=0), np.sort(images, axis=0))
    assert not np.array_equal(np.concatenate(seen[:4]), np.concatenate(seen[4:]))


def test_history_with_validation_and_a_schedule_of_steps():
    images, labels = clouds(64)
    steps = []

    def rate(step, total, history):
        steps.append((step, total, len(history["loss"])))
        return cosine_schedule(0.1, step, total)

    history = train(
        small(), images, labels, epochs=3, batch=32, rate=rate, rng=np.random.default_rng(0), validation=clouds(30, 2)
    )
    assert steps == [(0, 6, 0), (1, 6, 0), (2, 6, 1), (3, 6, 1), (4, 6, 2), (5, 6, 2)]
    assert set(history) == {"loss", "accuracy", "rate", "validation_loss", "validation_accuracy"}
    assert history["rate"] == pytest.approx([cosine_schedule(0.1, step, 6) for step in (1, 3, 5)])


def test_plateau_lowers_the_rate_when_validation_stalls():
    images, labels = clouds(64)
    history = train(
        Stack([Linear(2, 3, np.random.default_rng(0))]),
        images,
        labels,
        epochs=5,
        batch=64,
        rate=lambda step, total, history: plateau_schedule(1e-9, history["validation_loss"], 2),
        rng=np.random.default_rng(0),
        optimizer=lambda weight, grad, state, *, rate: (weight, None),  # never improves
        validation=(images[:1], labels[:1]),
    )
    assert history["rate"] == pytest.approx([1e-9] * 3 + [1e-10] * 2)


def test_training_stops_when_the_loss_is_not_finite():
    images, labels = clouds(64)
    with np.errstate(all="ignore"):
        net = Stack([Linear(2, 16, np.random.default_rng(0)), Linear(16, 3, np.random.default_rng(0))])
        history = train(net, images, labels, epochs=50, batch=8, rate=1e9, rng=np.random.default_rng(0))
    assert len(history["loss"]) < 50
    assert not np.isfinite(history["loss"][-1])


def test_progress_bar_writes_and_result_is_the_same(capsys):
    nets = [small(), small()]
    for net, progress in zip(nets, (False, True), strict=True):
        train(net, *clouds(64), rng=np.random.default_rng(0), progress=progress, **SETTINGS)
    assert "epoch 4" in capsys.readouterr().out
    x, _ = clouds(5)
    assert np.array_equal(predict(nets[0], x), predict(nets[1], x))


def test_a_convolutional_net_learns_digits():
    with np.load("data/digits.npz") as file:
        images, labels = (file["images"][:, None] / np.float32(16)) - np.float32(0.3), file["labels"].astype(int)
    rng = np.random.default_rng(0)
    net = build("[CONV-BN-RELU-POOL]*2-SOFTMAX", (1, 8, 8), 10, rng, channels=8)
    train(net, images[:1200], labels[:1200], epochs=3, batch=32, rate=0.1, rng=rng)
    assert evaluate(net, images[1200:], labels[1200:])[1] > 0.9


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"epochs": 0}, "epochs=0"),
        ({"batch": 0}, "batch=0"),
        ({"labels": np.zeros(3, int)}, "one label for each image"),
        ({"images": np.zeros((0, 2)), "labels": np.zeros(0, int)}, "0 images"),
        ({"optimizer": "lion"}, "optimizer is 'lion', needs a rule or one of sgd"),
        ({"optimizer": rules.nesterov}, "use nesterov_shifted"),
        ({"optimizer": partial(rules.nesterov, momentum=0.5)}, "use nesterov_shifted"),
    ],
)
def test_errors_of_train_name_the_rule(options, message):
    images, labels = clouds(8)
    arguments = {"images": images, "labels": labels, "rng": np.random.default_rng(0)} | SETTINGS | options
    with pytest.raises(ValueError, match=message):
        train(small(), **arguments)
