"""Reverse-mode differentiation of array programs: every step leaves a note of how to send its gradient back.

It knows sums, products, powers and moves of entries, and no layer: what is written in its steps gets a backward pass.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

Pull = Callable[[np.ndarray], np.ndarray]


class Node:
    """An array on the tape.

    Parameters
    ----------
    value : array
    sources : pairs (node, pull): pull turns the gradient of this node into its share of that of the source
    """

    __array_ufunc__ = None  # so that array * node asks the node

    def __init__(self, value: np.ndarray, sources: Sequence[tuple["Node", Pull]] = ()) -> None:
        self.value = np.asarray(value)
        self.sources = tuple(sources)

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the array."""
        return self.value.shape

    def __add__(self, other: "Node | np.ndarray | float") -> "Node":
        pulls = [(node, _to_shape(node.shape)) for node in (self, other) if isinstance(node, Node)]
        return Node(self.value + _value(other, self), pulls)

    def __mul__(self, other: "Node | np.ndarray | float") -> "Node":
        a, b = self.value, _value(other, self)
        ours, theirs = _to_shape(a.shape), _to_shape(b.shape)
        pulls: list[tuple[Node, Pull]] = [(self, lambda grad: ours(grad * b))]
        if isinstance(other, Node):
            pulls.append((other, lambda grad: theirs(grad * a)))
        return Node(a * b, pulls)

    def __matmul__(self, other: "Node") -> "Node":
        a, b = self.value, other.value  # matrices
        return Node(a @ b, [(self, lambda grad: grad @ b.T), (other, lambda grad: a.T @ grad)])

    def __pow__(self, exponent: float) -> "Node":
        slope = exponent * self.value ** (exponent - 1)
        return Node(self.value**exponent, [(self, lambda grad: grad * slope)])

    def __neg__(self) -> "Node":
        return self * -1.0

    def __sub__(self, other: "Node | np.ndarray | float") -> "Node":
        return self + (-other)

    def exp(self) -> "Node":
        """Exponential of every entry."""
        value = np.exp(self.value)
        return Node(value, [(self, lambda grad: grad * value)])

    def log(self) -> "Node":
        """Natural logarithm of every entry."""
        return Node(np.log(self.value), [(self, lambda grad: grad / self.value)])

    def sum(self, axes: tuple[int, ...] | int | None = None) -> "Node":
        """Sum over axes, which stay with length 1."""
        shape = self.shape
        return Node(self.value.sum(axis=axes, keepdims=True), [(self, lambda grad: np.broadcast_to(grad, shape))])

    def mean(self, axes: tuple[int, ...] | int) -> "Node":
        """Mean over axes, which stay with length 1."""
        total = self.sum(axes)
        return total * (total.value.size / self.value.size)

    def reshape(self, shape: tuple[int, ...]) -> "Node":
        """The same entries in another shape."""
        before = self.shape
        return Node(self.value.reshape(shape), [(self, lambda grad: grad.reshape(before))])

    def transpose(self, *axes: int) -> "Node":
        """The axes in another order."""
        back = np.argsort(axes)
        return Node(self.value.transpose(axes), [(self, lambda grad: grad.transpose(back))])

    def pick(self, places: np.ndarray, axis: int) -> "Node":
        """One entry along an axis, at the given places."""
        places = np.expand_dims(places, axis)
        shape, dtype = self.shape, self.value.dtype

        def pull(grad: np.ndarray) -> np.ndarray:
            spread = np.zeros(shape, dtype)
            np.put_along_axis(spread, places, np.expand_dims(grad, axis), axis)
            return spread

        return Node(np.take_along_axis(self.value, places, axis).squeeze(axis), [(self, pull)])

    def frame(self, rows: int, columns: int, value: float = 0.0) -> "Node":
        """The last two axes with a frame of one value around them."""
        if rows == columns == 0:
            return self
        h, w = self.shape[-2:]
        around = [(0, 0)] * (self.value.ndim - 2) + [(rows, rows), (columns, columns)]
        inside = (..., slice(rows, rows + h), slice(columns, columns + w))
        return Node(np.pad(self.value, around, constant_values=value), [(self, lambda grad: grad[inside])])

    def windows(self, size: tuple[int, int], step: tuple[int, int]) -> "Node":
        """All windows of an image: (N, C, H, W) becomes (C, h, w, N, H', W'), which copies whole rows."""
        (h, w), (down, right) = size, step
        shape, dtype = self.shape, self.value.dtype
        views = sliding_window_view(self.value, size, axis=(2, 3))[:, :, ::down, ::right]
        rows, columns = views.shape[2:4]

        def pull(grad: np.ndarray) -> np.ndarray:
            total = np.zeros((shape[1], shape[0], *shape[2:]), dtype)
            for i in range(h):
                for j in range(w):
                    total[:, :, i : i + down * rows : down, j : j + right * columns : right] += grad[:, i, j]
            return total.transpose(1, 0, 2, 3)

        return Node(np.ascontiguousarray(views.transpose(1, 4, 5, 0, 2, 3)), [(self, pull)])


def pull_back(result: Node, grad: np.ndarray, wanted: Sequence[Node]) -> list[np.ndarray]:
    """Send a gradient back through everything that a result was made of.

    Parameters
    ----------
    result : the last node
    grad : gradient of the loss with respect to it
    wanted : nodes whose gradients are returned

    Returns
    -------
    list of arrays
        In the order of `wanted`; zeros for what has no influence.
    """
    grads: dict[int, np.ndarray] = {id(result): np.asarray(grad, result.value.dtype)}
    kept = {id(node) for node in wanted}
    for node in _latest_first(result):
        share = grads[id(node)] if id(node) in kept else grads.pop(id(node))
        for source, pull in node.sources:
            part = pull(share)
            grads[id(source)] = grads[id(source)] + part if id(source) in grads else part
    return [np.array(grads.get(id(node), np.zeros_like(node.value))) for node in wanted]


def _latest_first(result: Node) -> list[Node]:
    """Every node before all of its sources."""
    order: list[Node] = []
    seen: set[int] = set()
    waiting: list[tuple[Node, bool]] = [(result, False)]
    while waiting:
        node, done = waiting.pop()
        if done:
            order.append(node)
        elif id(node) not in seen:
            seen.add(id(node))
            waiting.append((node, True))
            waiting += [(source, False) for source, _ in node.sources]
    return order[::-1]


def _value(other: "Node | np.ndarray | float", like: Node) -> np.ndarray:
    return other.value if isinstance(other, Node) else np.asarray(other, like.value.dtype)


def _to_shape(shape: tuple[int, ...]) -> Pull:
    """Undo broadcasting: add up what one entry was copied to."""

    def pull(grad: np.ndarray) -> np.ndarray:
        if grad.shape == shape:
            return grad
        grad = grad.sum(axis=tuple(range(grad.ndim - len(shape))))
        return grad.sum(axis=tuple(i for i, n in enumerate(shape) if n == 1 and grad.shape[i] != 1), keepdims=True)

    return pull
