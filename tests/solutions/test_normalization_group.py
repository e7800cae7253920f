"""Layer, instance and group norm."""

import loops
import numpy as np
import pytest
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st
from probe import assert_close
from twins import Twin, arrays_of, check, same_as_torch

from solutions.normalization import (
    groupnorm_backward,
    groupnorm_forward,
    instancenorm_backward,
    instancenorm_forward,
    layernorm_backward,
    layernorm_forward,
)


def norm(name, forward, backward, x, members, theirs, deviation=1.0, **options):
    def arrays(rng):
        values = arrays_of(x, x[1:2], x[1:2])(rng)
        return [deviation * values[0] + 3 * deviation, *values[1:]]

    def plainly(x, scale, shift, eps=1e-5, **_):
        return loops.normalization(x, scale, shift, members, eps=eps)

    return Twin(name, forward, backward, arrays, torch=theirs, loops=plainly, options=options)


def layer(name, x, **options):
    if len(x) == 2:
        return norm(
            f"layernorm {name}",
            layernorm_forward,
            layernorm_backward,
            x,
            lambda index: index[0],
            lambda x, scale, shift, **o: F.layer_norm(x, scale.shape, scale, shift, **o),
            **options,
        )
    return norm(
        f"layernorm {name}",
        layernorm_forward,
        layernorm_backward,
        x,
        lambda index: index[0],
        lambda x, scale, shift, **o: F.group_norm(x, 1, scale, shift, **o),
        **options,
    )


def instance(name, x, **options):
    return norm(
        f"instancenorm {name}",
        instancenorm_forward,
        instancenorm_backward,
        x,
        lambda index: index[:2],
        lambda x, scale, shift, **o: F.instance_norm(x, weight=scale, bias=shift, **o),
        **options,
    )


def group(name, x, groups, **options):
    return norm(
        f"groupnorm {name}",
        groupnorm_forward,
        groupnorm_backward,
        x,
        lambda index: (index[0], index[1] // (x[1] // groups)),
        lambda x, scale, shift, groups, **o: F.group_norm(x, groups, scale, shift, **o),
        groups=groups,
        **options,
    )


TWINS = [
    layer("vectors", (4, 7)),
    layer("images", (3, 4, 5, 2)),
    layer("variance near eps", (4, 7), deviation=0.005),
    layer("large eps", (2, 3, 4, 5), eps=0.1),
    instance("images", (3, 4, 5, 2)),
    instance("variance near eps", (2, 3, 4, 3), deviation=0.005),
    group("in pairs", (3, 6, 4, 5), 3),
    group("halves", (2, 4, 3, 5), 2, eps=0.1),
    group("variance near eps", (2, 4, 3, 3), 2, deviation=0.005),
]


@pytest.mark.parametrize("twin", TWINS, ids=str)
def test_twins(twin):
    check(twin)


@given(*[st.integers(1, 3)] * 3, st.integers(2, 4), st.integers(1, 4), st.integers(0, 99))
def test_any_shape_is_as_in_torch(n, groups, channels, height, width, seed):
    rng = np.random.default_rng(seed)
    c = groups * channels
    same_as_torch(
        lambda *arrays: groupnorm_forward(*arrays, groups),
        groupnorm_backward,
        arrays_of((n, c, height, width), (c,), (c,))(rng),
        lambda x, scale, shift: F.group_norm(x, groups, scale, shift),
        rng,
    )


@pytest.mark.parametrize(
    ("groups", "forward", "backward"),
    [(1, layernorm_forward, layernorm_backward), (6, instancenorm_forward, instancenorm_backward)],
)
def test_group_norm_lies_between_layer_norm_and_instance_norm(groups, forward, backward):
    rng = np.random.default_rng(0)
    x, scale, shift, grad_y = arrays_of((2, 6, 3, 4), (6,), (6,), (2, 6, 3, 4))(rng)
    y, cache = groupnorm_forward(x, scale, shift, groups)
    same, same_cache = forward(x, scale, shift)
    assert_close(y, same)
    for ours, other in zip(groupnorm_backward(grad_y, cache), backward(grad_y, same_cache), strict=True):
        assert_close(ours, other)


def test_an_example_does_not_depend_on_its_batch_mates():
    x, scale, shift = arrays_of((3, 4, 5, 5), (4,), (4,))(np.random.default_rng(0))
    for normalized in (layernorm_forward, instancenorm_forward):
        assert_close(normalized(x, scale, shift)[0][1:2], normalized(x[1:2], scale, shift)[0])


def test_torchs_layer_norm_of_images_with_the_same_scale_at_every_pixel():
    """PyTorch's LayerNorm has a scale for each channel and pixel; ours is it with equal scales within a channel."""
    x, scale, shift = arrays_of((2, 3, 4, 5), (3,), (3,))(np.random.default_rng(0))
    import torch

    wide = [torch.tensor(np.broadcast_to(vector[:, None, None], (3, 4, 5)).copy()) for vector in (scale, shift)]
    assert_close(layernorm_forward(x, scale, shift)[0], F.layer_norm(torch.tensor(x), (3, 4, 5), *wide).numpy())


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: layernorm_forward(np.zeros((2, 3, 4)), np.ones(3), np.ones(3)), r"needs \(N, D\) or \(N, C, H, W\)"),
        (lambda: layernorm_forward(np.zeros((2, 3)), np.ones(2), np.ones(3)), r"scale has shape \(2,\), needs \(3,\)"),
        (lambda: layernorm_forward(np.zeros((2, 3)), np.ones(3), np.ones(1)), r"shift has shape \(1,\), needs \(3,\)"),
        (lambda: layernorm_forward(np.zeros((2, 3)), np.ones(3), np.ones(3), eps=0), "eps is 0, needs to be positive"),
        (lambda: instancenorm_forward(np.zeros((2, 3)), np.ones(3), np.ones(3)), r"needs \(N, C, H, W\)"),
        (
            lambda: groupnorm_forward(np.zeros((1, 6, 2, 2)), np.ones(6), np.ones(6), 4),
            "groups is 4, needs to divide the 6 channels: choose one of their divisors",
        ),
        (lambda: groupnorm_forward(np.zeros((1, 6, 2, 2)), np.ones(6), np.ones(6), 0), "groups is 0"),
        (lambda: groupnorm_forward(np.zeros((1, 6)), np.ones(6), np.ones(6), 2), r"needs \(N, C, H, W\)"),
    ],
)
def test_errors_name_the_rule(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize("twin", [TWINS[0], TWINS[4], TWINS[6]], ids=str)
def test_backward_refuses_a_gradient_of_another_shape(twin):
    _, cache = twin.forward(*twin.arrays(np.random.default_rng(0)), **twin.options)
    with pytest.raises(ValueError, match="grad_y has shape"):
        twin.backward(np.zeros((1, 1)), cache)
