"""Local response norm: loops, torch, and what it refuses."""

import numpy as np
import pytest
import torch.nn.functional as F
from twins import Twin, arrays_of, check

from solutions.normalization import local_response_norm_backward, local_response_norm_forward


def response_by_loops(x, size=5, alpha=1e-4, beta=0.75, k=2):
    y = np.zeros(x.shape)
    for n, c, i, j in np.ndindex(x.shape):
        near = range(max(0, c - size // 2), min(x.shape[1], c + (size - 1) // 2 + 1))
        y[n, c, i, j] = x[n, c, i, j] / (k + alpha * sum(x[n, m, i, j] ** 2 for m in near)) ** beta
    return y


def response(name, x, **options):
    return Twin(
        f"local_response_norm {name}",
        local_response_norm_forward,
        local_response_norm_backward,
        arrays_of(x),
        # The translation: PyTorch takes the mean of the squares, so its alpha is `size` times ours.
        torch=lambda x, size=5, alpha=1e-4, beta=0.75, k=2: F.local_response_norm(x, size, size * alpha, beta, k),
        loops=response_by_loops,
        options=options,
    )


TWINS = [
    response("defaults", (2, 7, 3, 2)),
    response("strong", (2, 6, 3, 4), size=3, alpha=0.5, beta=0.6, k=1),
    response("even size", (2, 6, 3, 2), size=4, alpha=0.5),
    response("wider than the channels", (1, 2, 3, 3), size=7, alpha=0.5),
    response("one channel", (1, 1, 1, 1), size=1, alpha=0.5),
]


@pytest.mark.parametrize("twin", TWINS, ids=str)
def test_twins(twin):
    check(twin)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: local_response_norm_forward(np.zeros((1, 6))), r"needs \(N, C, H, W\)"),
        (lambda: local_response_norm_forward(np.zeros((1, 2, 2, 2)), size=0), "size is 0, needs to be at least 1"),
        (lambda: local_response_norm_forward(np.zeros((1, 2, 2, 2)), k=0), "k is 0, needs to be positive"),
    ],
)
def test_errors_name_the_rule(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_backward_refuses_a_gradient_of_another_shape():
    _, cache = local_response_norm_forward(np.ones((2, 3, 4, 5)))
    with pytest.raises(ValueError, match="grad_y has shape"):
        local_response_norm_backward(np.zeros((2, 3, 5, 4)), cache)
