"""What one operation is compared with: its loops, PyTorch, and its own gradient along random directions."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import torch
from probe import assert_close, probe

torch.set_num_threads(1)  # more threads only get into each other's way on arrays this small


@dataclass(frozen=True)
class Twin:
    """One operation, how to make its arrays, and who else computes it."""

    name: str
    forward: Callable
    backward: Callable
    arrays: Callable  # rng -> list of float64 arrays
    torch: Callable | None = None  # tensors and options -> tensor
    loops: Callable | None = None  # arrays and options -> array
    options: dict = field(default_factory=dict)
    linear: bool = False

    def __str__(self) -> str:
        return self.name


def check(twin: Twin, seed: int = 0) -> None:
    """Everything that must hold of an operation with twins."""
    rng = np.random.default_rng(seed)
    arrays = twin.arrays(rng)

    def forward(*arrays):
        return twin.forward(*arrays, **twin.options)[:2]

    y, _ = probe(forward, twin.backward, arrays, rng, linear=twin.linear)
    if twin.loops is not None:
        assert_close(y, twin.loops(*arrays, **twin.options))
    if twin.torch is not None:
        same_as_torch(forward, twin.backward, arrays, lambda *tensors: twin.torch(*tensors, **twin.options), rng)
    columns_too(forward, twin.backward, arrays, rng)


def same_as_torch(forward, backward, arrays, twin, rng) -> None:
    """Values and all gradients equal PyTorch's, in float64."""
    tensors = [torch.tensor(np.ascontiguousarray(array), requires_grad=True) for array in arrays]
    theirs = twin(*tensors)
    y, cache = forward(*arrays)
    assert_close(y, theirs.detach().numpy())
    grad_y = rng.standard_normal(y.shape)
    theirs.backward(torch.tensor(grad_y))
    grads = backward(grad_y, cache)
    for ours, tensor in zip(grads if isinstance(grads, tuple) else (grads,), tensors, strict=True):
        assert_close(ours, tensor.grad.numpy())


def columns_too(forward, backward, arrays, rng) -> None:
    """Arrays in Fortran order, whose last axis is far from contiguous, give the same numbers."""
    y, cache = forward(*arrays)
    grad_y = rng.standard_normal(y.shape)
    y2, cache2 = forward(*[np.asfortranarray(array) for array in arrays])
    assert_close(y2, y)
    grads, grads2 = (backward(grad_y, cache), backward(np.asfortranarray(grad_y), cache2))
    if not isinstance(grads, tuple):
        grads, grads2 = (grads,), (grads2,)
    for ours, plain in zip(grads2, grads, strict=True):
        assert_close(ours, plain)


def arrays_of(*shapes) -> Callable:
    """Normal numbers in arrays of these shapes."""
    return lambda rng: [rng.standard_normal(shape) for shape in shapes]


def apart(shape) -> Callable:
    """One array whose numbers are all different and far apart, so that no small step changes their order."""
    return lambda rng: [(rng.permutation(int(np.prod(shape))).reshape(shape) - np.prod(shape) / 2) / 20]
