"""Weights to a file and back."""

import numpy as np
import pytest

from solutions import network as nw
from solutions.network import Concat, Conv2d, Linear, Residual, Stack, load, save

RNG = np.random.default_rng(0)


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
