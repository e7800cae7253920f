"""A student's own functions where they are right, given ones until then: no part of an assignment waits for another."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from classroom.compare import compare
from classroom.tape import Node, pull_back

Part = Callable[..., Any]


def _two(value: Any) -> tuple[int, int]:
    return (int(value), int(value)) if np.ndim(value) == 0 else (int(value[0]), int(value[1]))


def _windows(x: np.ndarray, kernel: Any, stride: Any, padding: Any) -> tuple[Node, Node]:
    """The images on a tape, and all their windows: (N, H', W', C, kH, kW)."""
    given = Node(x)
    return given, given.frame(*_two(padding)).windows(_two(kernel), _two(stride))


def _conv_output_size(size: int, kernel: int, stride: int = 1, padding: int = 0, dilation: int = 1) -> int:
    return len(range(-padding, size + padding - dilation * (kernel - 1), stride))


def _pad2d(x: np.ndarray, padding: Any) -> np.ndarray:
    return Node(x).frame(*_two(padding)).value.copy()


def _im2col(x: np.ndarray, kernel: Any, stride: Any = 1, padding: Any = 0) -> np.ndarray:
    _, seen = _windows(x, kernel, stride, padding)
    return seen.value.reshape(*seen.shape[:3], -1)


def _depthwise_conv_forward(
    x: np.ndarray, weight: np.ndarray, bias: np.ndarray, *, stride: Any = 1, padding: Any = 0
) -> tuple[np.ndarray, tuple]:
    image, seen = _windows(x, weight.shape[2:], stride, padding)
    kernels, offset = Node(weight), Node(np.asarray(bias, x.dtype) + np.zeros(len(weight), x.dtype))
    sums = (seen * kernels.reshape(weight[:, 0].shape)).sum((4, 5)).reshape(seen.shape[:4]) + offset
    y = sums.transpose(0, 3, 1, 2)
    return y.value, (y, [image, kernels, offset])


def _pointwise_conv_forward(x: np.ndarray, weight: np.ndarray, bias: np.ndarray) -> tuple[np.ndarray, tuple]:
    image, matrix, offset = Node(x), Node(weight), Node(bias)
    n, c, h, w = x.shape
    sums = image.transpose(0, 2, 3, 1).reshape((n * h * w, c)) @ matrix.transpose(1, 0) + offset
    y = sums.reshape((n, h, w, len(weight))).transpose(0, 3, 1, 2)
    return y.value, (y, [image, matrix, offset])


def _backward(grad_y: np.ndarray, cache: tuple) -> tuple[np.ndarray, ...]:
    y, inputs = cache
    return tuple(pull_back(y, grad_y, inputs))


@dataclass(frozen=True)
class _Group:
    """Functions that are swapped together: a pair shares a cache that is its own business.

    given : by name
    examples : arguments and options of the first one
    """

    given: Mapping[str, Part]
    examples: tuple[tuple[tuple, dict[str, Any]], ...]

    def answers(self, functions: Mapping[str, Part]) -> list[Any]:
        """What the functions return on the examples."""
        forward, *backward = self.given
        found: list[Any] = []
        for arguments, options in self.examples:
            result = functions[forward](*(np.copy(a) if isinstance(a, np.ndarray) else a for a in arguments), **options)
            if backward:
                y, cache = result
                grad_y = np.cos(np.arange(np.size(y))).reshape(np.shape(y)).astype(arguments[0].dtype)
                found += [y, *functions[backward[0]](grad_y, cache)]
            else:
                found.append(result)
        return found


def _draw(*shape: int, dtype: type = np.float64) -> np.ndarray:
    return np.sin(np.arange(1, 1 + np.prod(shape)) ** 2).reshape(shape).astype(dtype)


def _arrays(*shapes: tuple[int, ...], dtype: type = np.float64) -> tuple[np.ndarray, ...]:
    return tuple(_draw(*shape, dtype=dtype) for shape in shapes)


_DEPTHWISE = ((2, 3, 6, 5), (3, 1, 3, 2), (3,))
_POINTWISE = ((2, 3, 4, 5), (4, 3), (4,))
_GROUPS = (
    _Group(
        {"conv_output_size": _conv_output_size},
        tuple((numbers, {}) for numbers in ((9, 3), (10, 4, 3), (11, 3, 2, 2), (17, 3, 2, 1, 4))),
    ),
    _Group(
        {"pad2d": _pad2d},
        (
            ((_draw(2, 3, 4, 5), 1), {}),
            ((_draw(1, 2, 3, 2), (0, 2)), {}),
            ((_draw(1, 1, 2, 3, dtype=np.float32), 2), {}),
        ),
    ),
    _Group(
        {"im2col": _im2col},
        (
            ((_draw(2, 3, 5, 4), (3, 2)), {}),
            ((_draw(2, 2, 6, 7), 2, (2, 3), (0, 1)), {}),
            ((_draw(1, 2, 4, 5, dtype=np.float32), (2, 3), 1, 2), {}),
        ),
    ),
    _Group(
        {"depthwise_conv_forward": _depthwise_conv_forward, "depthwise_conv_backward": _backward},
        (
            (_arrays(*_DEPTHWISE), {}),
            (_arrays(*_DEPTHWISE), {"stride": 2, "padding": 1}),
            (_arrays(*_DEPTHWISE, dtype=np.float32), {"padding": 2}),
        ),
    ),
    _Group(
        {"pointwise_conv_forward": _pointwise_conv_forward, "pointwise_conv_backward": _backward},
        ((_arrays(*_POINTWISE), {}), (_arrays(*_POINTWISE, dtype=np.float32), {})),
    ),
)


NAMES = tuple(name for group in _GROUPS for name in group.given)


class Own:
    """Functions of a notebook, each the student's own as soon as it is right.

    `own = Own(globals())`, and then `own.im2col(x, 3)` calls the student's `im2col` where that computes what the given
    one does, and the given one until then.  Whether it does is found out again when the function is another one.
    Show `own` to see which is which.
    """

    def __init__(self, namespace: Mapping[str, Any]) -> None:
        self._namespace = namespace
        # By group: the student's functions and whether they are right, those on trial, those that call themselves here.
        self._judged: dict[int, tuple[list[Any], bool]] = {}
        self._trying: set[int] = set()
        self._circular: set[int] = set()

    def __getattr__(self, name: str) -> Part:
        for number, group in enumerate(_GROUPS):
            if name in group.given:
                return self._function(number, name)
        raise AttributeError(f"there is no given {name}: there are {', '.join(NAMES)}")

    def __repr__(self) -> str:
        """Tell which functions are the student's own, of those that the notebook has."""
        return "\n".join(
            f"{name}: {'yours' if self._right(number) else 'given'}"
            for number, group in enumerate(_GROUPS)
            for name in group.given
            if name in self._namespace
        )

    def _function(self, number: int, name: str) -> Part:
        def function(*arguments: Any, **options: Any) -> Any:
            if number in self._trying:
                self._circular.add(number)
            right = number not in self._trying and self._right(number)
            if number in self._circular:
                raise NotImplementedError(f"own.{name} is for the parts behind it: {name} itself is yours to write")
            return (self._namespace if right else _GROUPS[number].given)[name](*arguments, **options)

        function.__name__ = name
        return function

    def _right(self, number: int) -> bool:
        """Whether the student's functions compute what the given ones do."""
        group = _GROUPS[number]
        mine = [self._namespace.get(name) for name in group.given]
        judged, right = self._judged.get(number, ([], False))
        if len(judged) == len(mine) and all(a is b for a, b in zip(judged, mine, strict=True)):
            return right
        self._trying.add(number)
        self._circular.discard(number)
        try:
            with np.errstate(all="ignore"):
                pairs = zip(group.answers(self._namespace), group.answers(group.given), strict=True)
                right = all(compare(yours, expected).right for yours, expected in pairs)
        except Exception:  # whatever the student's code raises, it is not right yet
            right = False
        finally:
            self._trying.discard(number)
        self._judged[number] = mine, right
        return right
