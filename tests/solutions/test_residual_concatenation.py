"""Branches joined along the channels, and what they refuse."""

import numpy as np
import pytest
import torch
from twins import Twin, arrays_of, check

from solutions.residual import concat_channels_backward, concat_channels_forward


def test_joined_as_torch_joins():
    check(
        Twin(
            "concat_channels",
            lambda *xs: concat_channels_forward(xs),
            lambda grad_y, cache: tuple(concat_channels_backward(grad_y, cache)),
            arrays_of((2, 3, 4, 5), (2, 1, 4, 5), (2, 2, 4, 5)),
            torch=lambda *xs: torch.cat(xs, dim=1),
            loops=lambda *xs: np.array([[channel for x in xs for channel in x[n]] for n in range(len(xs[0]))]),
            linear=True,
        )
    )


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: concat_channels_forward([]), "xs is empty"),
        (
            lambda: concat_channels_forward([np.zeros((1, 2, 3, 3)), np.zeros((1, 2, 3, 4))]),
            "differ beside the channels",
        ),
        (
            lambda: concat_channels_backward(
                np.zeros((1, 2, 3, 3)), concat_channels_forward([np.zeros((1, 3, 3, 3))])[1]
            ),
            "grad_y has 2 channels, needs 3",
        ),
    ],
)
def test_errors_name_the_rule(call, message):
    with pytest.raises(ValueError, match=message):
        call()
