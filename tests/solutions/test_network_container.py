"""Stacks against torch, and what a first layer may skip."""

import numpy as np
import pytest
import torch
from probe import assert_close

from solutions import network as nw
from solutions.network import Conv2d, Linear, ReLU, Stack, walk

RNG = np.random.default_rng(0)


def float64(layer):
    for _, holder, key in nw.arrays(layer):
        holder[key] = holder[key].astype(np.float64)
    return layer


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


@pytest.mark.parametrize("container", [lambda layer: nw.Residual(layer), lambda layer: nw.Concat([layer, layer])])
def test_a_branch_has_to_return_the_gradient_of_its_input(container):
    class Forgetful(nw.ReLU):
        def backward(self, grad_y, *, input_grad=True):
            super().backward(grad_y)

    network = container(Forgetful())
    grad_y = np.ones(network.forward(np.ones((1, 2, 3, 3))).shape)
    with pytest.raises(TypeError, match=r"Forgetful\(\) returned no gradient of its input"):
        network.backward(grad_y)
