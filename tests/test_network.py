"""Layers, containers, patterns, files."""

import numpy as np
import pytest
import torch
from probe import assert_close

from solutions import network as nw
from solutions.layer import walk
from solutions.network import Concat, Conv2d, Linear, ReLU, Residual, Stack, build, expand_pattern, load, save
from solutions.pattern import POINTWISE

RNG = np.random.default_rng(0)


def float64(layer):
    for _, holder, key in nw.arrays(layer):
        holder[key] = holder[key].astype(np.float64)
    return layer


# A layer and the shape of one example.
LAYERS = {
    "Linear": (lambda: Linear(12, 5, RNG), (3, 4)),
    "Maxout": (lambda: nw.Maxout(6, 5, 3, RNG), (6,)),
    "Conv2d": (lambda: Conv2d(4, 6, (3, 2), RNG, stride=(2, 1), padding=1, groups=2), (4, 6, 5)),
    "Conv2d dilated": (lambda: Conv2d(2, 3, 3, RNG, dilation=2), (2, 7, 6)),
    "ConvTranspose2d": (lambda: nw.ConvTranspose2d(3, 2, 4, RNG, stride=2, padding=1, output_padding=1), (3, 4, 3)),
    "MaxPool2d": (lambda: nw.MaxPool2d(3, 2, 1), (2, 7, 6)),
    "AvgPool2d": (lambda: nw.AvgPool2d(2), (2, 6, 4)),
    "GlobalAvgPool": (nw.GlobalAvgPool, (3, 4, 5)),
    "Flatten": (nw.Flatten, (3, 4, 5)),
    "LeakyReLU": (lambda: nw.LeakyReLU(slope=0.2), (4,)),
    "ELU": (lambda: nw.ELU(alpha=2.0), (4, 2)),
    "Sigmoid": (nw.Sigmoid, (4,)),
    "Tanh": (nw.Tanh, (4,)),
    "Softplus": (nw.Softplus, (4,)),
    "GELU": (nw.GELU, (4,)),
    "SiLU": (nw.SiLU, (4,)),
    "SELU": (nw.SELU, (4,)),
    "ReLU": (ReLU, (4,)),
    "PReLU": (lambda: nw.PReLU(3), (3, 4, 2)),
    "BatchNorm": (lambda: nw.BatchNorm(3), (3, 4, 5)),
    "BatchNorm of features": (lambda: nw.BatchNorm(6, alpha=0.5), (6,)),
    "LayerNorm": (lambda: nw.LayerNorm(3), (3, 4, 5)),
    "InstanceNorm": (lambda: nw.InstanceNorm(3), (3, 4, 5)),
    "GroupNorm": (lambda: nw.GroupNorm(4, 2), (4, 3, 3)),
    "LocalResponseNorm": (nw.LocalResponseNorm, (7, 2, 3)),
    "Dropout": (lambda: nw.Dropout(0.5, np.random.default_rng(1)), (40,)),
    "Residual": (lambda: Residual(Stack([Linear(6, 4, RNG), nw.Tanh(), Linear(4, 6, RNG)]), scale=0.7), (6,)),
    "Residual projected": (
        lambda: Residual(Conv2d(2, 4, 3, RNG, stride=2, padding=1), Conv2d(2, 4, 1, RNG, stride=2)),
        (2, 6, 5),
    ),
    "Concat": (lambda: Concat([Conv2d(2, 3, 1, RNG), Conv2d(2, 1, 3, RNG, padding=1), nw.Tanh()]), (2, 4, 5)),
}


@pytest.mark.parametrize("name", LAYERS)
def test_layer_s_gradients_shape_and_type(name):
    make, in_shape = LAYERS[name]
    layer = make()
    rng = np.random.default_rng(5)
    x = rng.standard_normal((4, *in_shape))
    y32 = layer.forward(x.astype(np.float32), training=True)
    assert y32.dtype == np.float32
    assert y32.shape == (4, *layer.output_shape(in_shape))
    float64(layer)
    for _, inner in walk(layer):
        if isinstance(inner, nw.Dropout):
            inner.rng = FrozenGenerator()
    y = layer.forward(x, training=True)
    grad_y = rng.standard_normal(y.shape)

    def probe():
        return np.sum(grad_y * layer.forward(x, training=True))

    probe()
    grad_x = layer.backward(grad_y)
    grads = [(x, grad_x)] + [(inner.params[k], inner.grads[k]) for _, inner in walk(layer) for k in inner.params]
    for array, grad in grads:
        direction = rng.standard_normal(array.shape)
        assert grad.shape == array.shape
        saved, sides = array.copy(), []
        for sign in (1, -1):
            array[...] = saved + sign * 1e-6 * direction
            sides.append(probe())
        array[...] = saved
        numeric = (sides[0] - sides[1]) / 2e-6
        assert abs(numeric - np.sum(grad * direction)) <= 1e-6 * (np.linalg.norm(grad) + abs(numeric)) + 1e-9


class FrozenGenerator:
    """Draws the same numbers again and again, so that a mask stays put."""

    def random(self, *args, **kwargs):
        return np.random.default_rng(9).random(*args, **kwargs)


def test_inference_differs_from_training_where_it_must():
    x = RNG.standard_normal((8, 3))
    norm = float64(nw.BatchNorm(3))
    np.testing.assert_allclose(norm.forward(x), x, rtol=1e-4)  # running mean 0, variance 1
    assert norm.buffers["mean"].tolist() == [0, 0, 0]
    norm.forward(x, training=True)
    np.testing.assert_allclose(norm.buffers["mean"], 0.1 * x.mean(axis=0))
    np.testing.assert_allclose(norm.buffers["var"], 0.9 + 0.1 * x.var(axis=0))
    drop = nw.Dropout(0.5, np.random.default_rng(0))
    assert np.array_equal(drop.forward(x), x)
    assert (drop.forward(x, training=True) == 0).any()


def test_a_stack_of_layers_is_torch_s():
    ours = float64(
        Stack(
            [
                Conv2d(2, 3, 3, RNG, padding=1),
                nw.BatchNorm(3),
                ReLU(),
                nw.MaxPool2d(2),
                nw.Flatten(),
                Linear(18, 4, RNG),
            ]
        )
    )
    twin = torch.nn.Sequential(
        torch.nn.Conv2d(2, 3, 3, padding=1),
        torch.nn.BatchNorm2d(3),
        torch.nn.ReLU(),
        torch.nn.MaxPool2d(2),
        torch.nn.Flatten(),
        torch.nn.Linear(18, 4),
    ).double()
    with torch.no_grad():
        for i in (0, 5):
            weight = ours.layers[i].params["weight"]
            twin[i].weight.copy_(torch.tensor(weight if i == 0 else weight.T))
            twin[i].bias.zero_()
    x, grad_y = RNG.standard_normal((5, 2, 4, 6)), RNG.standard_normal((5, 4))
    tx = torch.tensor(x, requires_grad=True)
    ty = twin(tx)
    ty.backward(torch.tensor(grad_y))
    assert_close(ours.forward(x, training=True), ty.detach())
    assert_close(ours.backward(grad_y), tx.grad, rtol=1e-9)
    assert_close(ours.layers[0].grads["weight"], twin[0].weight.grad, rtol=1e-9)


def test_only_the_first_layer_may_skip_the_gradient_of_its_input():
    stack = float64(Stack([Conv2d(1, 2, 3, RNG), ReLU(), nw.Flatten(), Linear(8, 3, RNG)]))
    x = RNG.standard_normal((2, 1, 4, 4))
    grad_y = RNG.standard_normal((2, 3))
    stack.forward(x)
    stack.backward(grad_y)
    full = {name: layer.grads for name, layer in walk(stack) if layer.params}
    stack.forward(x)
    stack.backward(grad_y, input_grad=False)
    for name, layer in walk(stack):
        for key in layer.params:
            assert_close(layer.grads[key], full[name][key])


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("FC-SOFTMAX", "FC SOFTMAX"),
        ("[[CONV-RELU]*2-POOL]*2-[FC-RELU]*1-SOFTMAX", "CONV RELU CONV RELU POOL " * 2 + "FC RELU SOFTMAX"),
        ("[conv - relu]*3", "CONV RELU " * 3),
        ("[[FC]*2-[TANH]*2]", "FC FC TANH TANH"),
        ("[CONV]*0-FC-SOFTMAX", "FC SOFTMAX"),
        ("FC-[[RELU]*0-FC]*2-SOFTMAX", "FC FC FC SOFTMAX"),
        ("FC-[RELU]*0-SOFTMAX", "FC SOFTMAX"),
    ],
)
def test_patterns_written_out(pattern, words):
    assert expand_pattern(pattern) == words.split()


@pytest.mark.parametrize(
    "pattern", ["", "FC-", "[FC", "FC]", "FC*2", "[FC]*", "FC--RELU", "[[FC]*999]*999", "[]", "FC-[FC]*-1", "FC-2"]
)
def test_broken_patterns_are_refused(pattern):
    with pytest.raises(ValueError, match="pattern"):
        expand_pattern(pattern)


def test_build_makes_the_layers_that_the_pattern_names():
    net = build("INPUT-[[CONV-BN-RELU]*2-POOL]*2-[FC-RELU-DROPOUT]*1-SOFTMAX", (3, 12, 8), 7, RNG, channels=4, width=9)
    kinds = [type(layer).__name__ for layer in net.layers]
    block = ["Conv2d", "BatchNorm", "ReLU"]
    assert kinds == (2 * block + ["MaxPool2d"]) * 2 + ["Linear", "ReLU", "Dropout", "Linear"]
    filters = [layer.params["weight"].shape[:2] for layer in net.layers if isinstance(layer, Conv2d)]
    assert filters == [(4, 3), (4, 4), (8, 4), (8, 8)]
    assert net.output_shape((3, 12, 8)) == (7,)
    x = RNG.standard_normal((2, 3, 12, 8)).astype(np.float32)
    y = net.forward(x)
    assert (y.shape, y.dtype) == ((2, 7), np.float32)
    assert np.array_equal(net.forward(x), y)


@pytest.mark.parametrize("word", [*POINTWISE, "AVGPOOL", "BN", "PRELU", "POOL"])
def test_every_word_builds_a_layer_that_runs(word):
    net = build(f"CONV-{word}-SOFTMAX", (2, 4, 4), 3, RNG, channels=5)
    assert net.forward(np.ones((2, 2, 4, 4), np.float32)).shape == (2, 3)


def test_global_average_pooling_takes_any_resolution():
    net = build("CONV-RELU-POOL-CONV-RELU-GAP-SOFTMAX", (1, 8, 8), 3, RNG)
    assert net.forward(np.ones((1, 1, 12, 20), np.float32)).shape == (1, 3)


@pytest.mark.parametrize(
    ("pattern", "options", "message"),
    [
        ("CONV-FOO-SOFTMAX", {}, "word 'FOO' is unknown, use one of CONV"),
        ("SOFTMAX-FC", {}, "SOFTMAX in the middle"),
        ("CONV-SOFTMAX", {"kernel": 4}, "kernel is 4, needs an odd number"),
        ("[POOL]*4-SOFTMAX", {}, "kernel"),
        ("FC-CONV-SOFTMAX", {}, r"needs \(\d+, H, W\)"),
    ],
)
def test_errors_of_build_name_the_rule(pattern, options, message):
    with pytest.raises(ValueError, match=message):
        build(pattern, (1, 8, 8), 10, RNG, **options)


@pytest.mark.parametrize(
    ("layer", "in_shape", "message"),
    [
        (Linear(4, 2, RNG), (5,), "input .* has 5 features, the layer takes 4"),
        (Conv2d(3, 2, 3, RNG), (4, 8, 8), r"needs \(3, H, W\)"),
        (nw.MaxPool2d(2), (8,), r"needs \(8, H, W\)"),
        (Residual(Linear(4, 2, RNG)), (4,), "project the shortcut"),
        (Concat([nw.MaxPool2d(2), ReLU()]), (1, 4, 4), "same height and width"),
    ],
)
def test_shapes_that_do_not_fit_are_refused_before_running(layer, in_shape, message):
    with pytest.raises(ValueError, match=message):
        layer.output_shape(in_shape)


def test_groups_must_divide():
    with pytest.raises(ValueError, match="groups is 2, needs to divide the 3 channels"):
        Conv2d(3, 4, 3, RNG, groups=2)


def tangled(seed):
    rng = np.random.default_rng(seed)
    branch = Stack([Conv2d(2, 2, 3, rng, padding=1), nw.BatchNorm(2)])
    return Stack([Residual(branch, Conv2d(2, 2, 1, rng)), Concat([nw.PReLU(2), nw.Tanh()]), nw.GlobalAvgPool()])


def test_saved_weights_come_back_to_the_last_bit(tmp_path):
    first, second = tangled(1), tangled(2)
    x = RNG.standard_normal((3, 2, 4, 4)).astype(np.float32)
    first.forward(x, training=True)  # running statistics that differ from the start
    save(first, tmp_path / "net.npz")
    assert not np.array_equal(first.forward(x), second.forward(x))
    load(second, tmp_path / "net.npz")
    assert np.array_equal(first.forward(x), second.forward(x))
    assert [path.name for path in tmp_path.iterdir()] == ["net.npz"]
    with np.load(tmp_path / "net.npz", allow_pickle=False) as file:
        assert {"0.branch.0.weight", "0.branch.1.mean", "0.shortcut.bias", "1.0.slope"} <= set(file.files)


def test_a_file_of_another_network_changes_nothing(tmp_path):
    save(Stack([Linear(3, 2, RNG)]), tmp_path / "small.npz")
    net = Stack([Linear(4, 2, RNG)])
    before = net.layers[0].params["weight"].copy()
    with pytest.raises(ValueError, match=r"0.weight has shape \(3, 2\) in .*, the network needs \(4, 2\)"):
        load(net, tmp_path / "small.npz")
    with pytest.raises(ValueError, match="differ in"):
        load(tangled(0), tmp_path / "small.npz")
    with pytest.raises(ValueError, match=r"needs to end in .npz"):
        save(net, tmp_path / "small.txt")
    assert np.array_equal(net.layers[0].params["weight"], before)


def test_a_failed_save_leaves_the_old_file_and_no_debris(tmp_path, monkeypatch):
    save(Stack([Linear(3, 2, RNG)]), tmp_path / "net.npz")
    old = (tmp_path / "net.npz").read_bytes()

    def full_disk(*args, **kwargs):
        raise OSError("no space left")

    monkeypatch.setattr(np, "savez", full_disk)
    with pytest.raises(OSError, match="no space left"):
        save(Stack([Linear(3, 2, RNG)]), tmp_path / "net.npz")
    assert (tmp_path / "net.npz").read_bytes() == old
    assert len(list(tmp_path.iterdir())) == 1


def test_repr_names_the_layers_and_their_options():
    assert repr(Stack([nw.LeakyReLU(slope=0.1), Residual(nw.Tanh())])) == (
        "Stack([LeakyReLU(slope=0.1), Residual(Tanh(), None, scale=1)])"
    )
    assert repr(Concat([nw.Tanh()])) == "Concat([Tanh()])"
