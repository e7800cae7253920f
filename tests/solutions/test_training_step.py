"""One training step: torch's numbers, and how far clipping lets it go."""

import numpy as np
import pytest
import torch
from clouds import clouds, small
from probe import assert_close

from solutions import optimizer as rules
from solutions.network import Linear, ReLU, Stack, arrays
from solutions.training import train_step, update

pytestmark = pytest.mark.slow


def test_ten_steps_are_torch_s():
    images, labels = clouds(64)
    images = images.astype(np.float64)
    rng = np.random.default_rng(0)
    net = Stack([Linear(2, 8, rng, dtype=np.float64), ReLU(), Linear(8, 3, rng, dtype=np.float64)])
    twin = torch.nn.Sequential(torch.nn.Linear(2, 8), torch.nn.ReLU(), torch.nn.Linear(8, 3)).double()
    with torch.no_grad():
        for i in (0, 2):
            twin[i].weight.copy_(torch.tensor(net.layers[i].params["weight"].T))
            twin[i].bias.zero_()
    weights = [twin[0].weight, twin[2].weight]
    groups = [{"params": weights, "weight_decay": 0.01}, {"params": [twin[0].bias, twin[2].bias]}]
    optimizer = torch.optim.SGD(groups, lr=0.1, momentum=0.9)
    states = {}
    for _ in range(10):
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(twin(torch.tensor(images)), torch.tensor(labels))
        loss.backward()
        optimizer.step()
        ours, _ = train_step(net, images, labels)
        update(net, rules.momentum, states, rate=0.1, decay=0.01)
        assert ours == pytest.approx(loss.item(), rel=1e-10)
    assert_close(net.layers[2].params["weight"].T, weights[1].detach(), rtol=1e-9)
    assert set(states) == {"0.weight", "0.bias", "2.weight", "2.bias"}


def test_clipping_limits_what_a_step_can_do():
    images, labels = clouds(32)
    net = small()
    before = [holder[key].copy() for _, holder, key in arrays(net) if key not in ("mean", "var")]
    train_step(net, 1000 * images, labels)
    update(net, rules.sgd, {}, rate=1.0, max_norm=0.5)
    after = [holder[key] for _, holder, key in arrays(net) if key not in ("mean", "var")]
    moved = np.sqrt(sum(np.sum((a - b) ** 2) for a, b in zip(after, before, strict=True)))
    assert moved == pytest.approx(0.5, rel=1e-5)
