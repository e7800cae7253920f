"""Dense layers: what they flatten, what they cost, what they start from."""

import numpy as np

from solutions.initialization import xavier_uniform
from solutions.network import Flatten, Linear, Maxout


def test_a_linear_layer_takes_images_flattened():
    layer = Linear(12, 5, np.random.default_rng(0))
    assert layer.output_shape((3, 2, 2)) == (5,) and layer.flops((3, 2, 2)) == 2 * 12 * 5
    assert layer.forward(np.ones((4, 3, 2, 2), np.float32)).shape == (4, 5)
    assert not layer.params["bias"].any()


def test_the_initializer_and_the_precision_can_be_chosen():
    layer = Linear(6, 4, np.random.default_rng(2), init=xavier_uniform, dtype=np.float64)
    assert np.array_equal(layer.params["weight"], xavier_uniform((6, 4), np.random.default_rng(2)))


def test_maxout_has_pieces_of_one_shape():
    layer = Maxout(6, 4, 3, np.random.default_rng(0))
    assert layer.params["weight"].shape == (3, 6, 4) and layer.params["bias"].shape == (3, 4)
    assert layer.output_shape((6,)) == (4,) and layer.flops((6,)) == 2 * 3 * 6 * 4


def test_flatten_keeps_the_order_and_gives_it_back():
    layer, x = Flatten(), np.arange(24.0).reshape(2, 3, 4)
    assert np.array_equal(layer.forward(x), x.reshape(2, 12)) and layer.output_shape((3, 4)) == (12,)
    assert np.array_equal(layer.backward(x.reshape(2, 12)), x)
