"""The table of a network against the network itself."""

import numpy as np
import pytest

from solutions.network import AvgPool2d, Concat, Conv2d, GlobalAvgPool, Linear, ReLU, Residual, Stack, build, summary

RNG = np.random.default_rng(0)


def test_rows_of_a_small_network_by_hand():
    table = summary(build("CONV-BN-RELU-POOL-CONV-SOFTMAX", (3, 8, 6), 10, RNG, channels=4), (3, 8, 6))
    rows = {row.name: row for row in table.rows}
    assert [row.kind for row in table.rows] == ["Conv2d", "BatchNorm", "ReLU", "MaxPool2d", "Conv2d", "Linear"]
    assert (rows["0"].shape, rows["0"].params, rows["0"].flops) == ((4, 8, 6), 3 * 9 * 4 + 4, 2 * 108 * 48)
    assert (rows["1"].params, rows["1"].buffers) == (8, 8)
    assert rows["3"].shape == (4, 4, 3)
    assert (rows["5"].params, rows["5"].flops) == (8 * 12 * 10 + 10, 2 * 960)
    assert [row.field for row in table.rows] == [(3, 3), (3, 3), (3, 3), (4, 4), (8, 8), None]
    assert table.params == sum(row.params for row in table.rows)
    assert table.flops == sum(row.flops for row in table.rows)


def test_shapes_are_those_of_a_forward_pass():
    net = build("[CONV-RELU-POOL]*2-FC-RELU-SOFTMAX", (2, 9, 7), 5, RNG)
    x = np.ones((1, 2, 9, 7), np.float32)
    for layer, row in zip(net.layers, summary(net, (2, 9, 7)).rows, strict=True):
        x = layer.forward(x)
        assert x.shape[1:] == row.shape


def test_receptive_field_is_the_support_of_the_gradient():
    convs = [Conv2d(1, 2, 3, RNG, padding=1, stride=2), Conv2d(2, 1, (3, 2), RNG, dilation=2)]
    for conv in convs:
        conv.params["weight"][...] = 1  # nothing cancels
    net = Stack([convs[0], AvgPool2d((2, 1)), convs[1]])
    y = net.forward(np.ones((1, 1, 41, 41), np.float32))
    grad_y = np.zeros_like(y)
    grad_y[0, 0, y.shape[2] // 2, y.shape[3] // 2] = 1
    rows, columns = np.nonzero(net.backward(grad_y)[0, 0])
    seen = (int(np.ptp(rows)) + 1, int(np.ptp(columns)) + 1)
    assert summary(net, (1, 41, 41)).rows[-1].field == seen


def test_side_branches_are_listed_and_the_farthest_sight_counts():
    net = Stack(
        [
            Residual(Stack([Conv2d(2, 2, 3, RNG, padding=1), ReLU(), Conv2d(2, 2, 3, RNG, padding=1)])),
            Concat([Conv2d(2, 1, 1, RNG), Conv2d(2, 1, 5, RNG, padding=2)]),
            ReLU(),
            GlobalAvgPool(),
            Linear(2, 3, RNG),
        ]
    )
    table = summary(net, (2, 9, 9))
    assert [row.name for row in table.rows] == ["0.branch.0", "0.branch.1", "0.branch.2", "1.0", "1.1", "2", "3", "4"]
    assert [row.field for row in table.rows] == [(3, 3), (3, 3), (5, 5), (5, 5), (9, 9), (9, 9), None, None]


def test_text_has_a_line_for_each_layer_and_totals():
    table = summary(build("CONV-RELU-GAP-SOFTMAX", (1, 4, 4), 10, RNG, channels=8), (1, 4, 4))
    lines = str(table).splitlines()
    assert lines[0].split() == ["layer", "kind", "output", "params", "flops", "sees"]
    assert lines[1].split() == ["0", "Conv2d", "8x4x4", "80", "2,304", "3x3"]
    assert lines[-1].split() == ["total", f"{table.params:,}", f"{table.flops:,}"]
    assert repr(table) == str(table)


def test_a_layer_that_does_not_fit_is_refused():
    with pytest.raises(ValueError, match=r"needs \(3, H, W\)"):
        summary(Stack([Conv2d(3, 2, 3, RNG)]), (1, 8, 8))
    with pytest.raises(ValueError, match="project the shortcut"):
        summary(Residual(Conv2d(1, 2, 3, RNG)), (1, 8, 8))
