"""Every layer: shape, type, gradients, modes."""

import numpy as np
import pytest

from solutions import network as nw
from solutions.network import Concat, Conv2d, Linear, ReLU, Residual, Stack, walk

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
    "Residual": (lambda: Residual(Stack([Linear(6, 4, RNG), nw.Tanh(), Linear(4, 6, RNG)]), scale=np.sqrt(0.5)), (6,)),
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


def test_repr_names_the_layers_and_their_options():
    assert repr(Stack([nw.LeakyReLU(slope=0.1), Residual(nw.Tanh())])) == (
        "Stack([LeakyReLU(slope=0.1), Residual(Tanh(), None, scale=1)])"
    )
    assert repr(Concat([nw.Tanh()])) == "Concat([Tanh()])"
