"""Bounds on answers that are not unique: random draws, and choices that the task leaves open.

Each measure is a small frozen dataclass, declared as `Dropout(scale=1.0)`: a misspelt name or a missing field fails
where it is written.  `judge` returns None, or a `Problem` that says what does not hold.  The bounds on random draws
fail right code less often than once in 10**9.
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, cast

import numpy as np

from classroom.call.value import Value, as_array, brief
from classroom.fault import Fault
from classroom.judge.compare import SINGLE, compare
from classroom.judge.draw import FALSE_ALARM, deviation, not_drawn, outside
from classroom.judge.independence import LAGS, arrays_related, frames_related, pair_sums
from classroom.judge.network_accuracy import accuracy
from classroom.judge.problem import Problem, measured

Values = Mapping[str, Value]
EXACT = 1e-6  # relative reach of a feature that no draw moves
Feature = tuple[float, float]  # what was measured, and by how much chance may move it


@dataclass(frozen=True)
class Measure(ABC):
    """A bound on the outputs of a case."""

    keeps_dtype: ClassVar[bool] = False  # whether float32 has to stay float32
    compares_directions: ClassVar[bool] = False  # whether it only asks the backward pass to fit the forward

    def judge(self, values: Values, inputs: Values) -> Problem | None:
        """Measure the outputs of a case; an answer that cannot even be measured is a problem too."""
        return measured(
            lambda: self._problem(values, inputs),
            lambda: f"{' and '.join(values)} cannot be measured: {', '.join(map(brief, values.values()))}",
        )

    def features(self, values: Values, inputs: Values) -> tuple[Feature, ...]:
        """Return what tells random answers apart, whatever was drawn; nothing where they cannot be measured.

        The same bug has the same features, within what chance allows.
        """
        found: list[Feature] = []

        def collect() -> Problem | None:
            found.extend((float(value), float(reach)) for value, reach in self._features(values, inputs))
            return None

        return tuple(found) if measured(collect, lambda: "") is None else ()

    @abstractmethod
    def _problem(self, values: Values, inputs: Values) -> Problem | None:
        """Return what does not hold."""

    def _features(self, values: Values, inputs: Values) -> list[Feature]:
        return []


def _share(of: np.ndarray) -> Feature:
    """Return the fraction of independent events that happened, and how far from its mean chance may move it."""
    return float(of.mean()), deviation(of.size / 4, 1.0) / of.size


def _exactly(values: np.ndarray) -> list[Feature]:
    """Return the smallest and the largest of values that should all be one and depend on no draw."""
    reach = SINGLE if values.dtype == np.float32 else EXACT
    return [(float(value), reach * max(1.0, abs(float(value)))) for value in (values.min(), values.max())]


def _array(inputs: Values, name: str) -> np.ndarray:
    """Return an input that the declaration has as an array."""
    return cast(np.ndarray, inputs[name])


def _number(inputs: Values, name: str) -> float:
    """Return an input that the declaration has as a number."""
    return float(cast(float, inputs[name]))


@dataclass(frozen=True)
class Dropout(Measure):
    """A dropout layer's output, x being without zeros.

    Looks at the survivors' values, at their number, and whether examples or features share a mask.

    Attributes
    ----------
    scale : float or None
        What survivors are multiplied by; None means 1 / (1 - drop), inverted dropout.
    y, x, drop : str
        The names of the output and of the inputs.
    """

    keeps_dtype: ClassVar[bool] = True

    scale: float | None = None
    y: str = "y"
    x: str = "x"
    drop: str = "drop"

    def _problem(self, values: Values, inputs: Values) -> Problem | None:
        y, x, drop = as_array(values[self.y]), _array(inputs, self.x), _number(inputs, self.drop)
        if y.shape != x.shape:
            return Problem(f"y has shape {y.shape}, needs that of x, {x.shape}")
        if not np.isfinite(y).all():
            return Problem("y is not finite")
        scale = 1 / (1 - drop) if self.scale is None else float(self.scale)
        kept = y != 0
        found = compare(y[kept], (x[kept] * scale).astype(x.dtype), 1e-9, "")
        if not found.right:
            ratio = np.median(y[kept] / x[kept]) if kept.any() else math.nan
            return Problem(f"survivors should be x times {scale:.4g}, yours are x times {ratio:.4g} (median)")
        return _spread_of_zeros(kept.reshape(len(kept), -1), drop)

    def _features(self, values: Values, inputs: Values) -> list[Feature]:
        y, x = as_array(values[self.y]), _array(inputs, self.x)
        if y.shape != x.shape or not np.isfinite(y).all():
            return []
        kept = y != 0
        rows = kept.reshape(len(kept), -1)
        agree = [
            _share(lines[: len(lines) // 2 * 2 : 2] == lines[1 : len(lines) // 2 * 2 : 2])
            for lines in (rows, rows.T)
            if len(lines) > 1
        ]
        return [*_exactly(y[kept] / x[kept]), _share(kept), *agree] if kept.any() else [_share(kept)]


def _spread_of_zeros(kept: np.ndarray, drop: float) -> Problem | None:
    """Bound how many entries were dropped, and on how many two neighbouring rows, or columns, agree."""
    reach = deviation(kept.size * drop * (1 - drop), 1.0, FALSE_ALARM / 3) / kept.size
    if text := outside("the fraction of dropped entries", 1 - float(kept.mean()), drop - reach, drop + reach):
        return Problem(text)
    chance = drop**2 + (1 - drop) ** 2
    for what, lines in (("examples", kept), ("features", kept.T)):
        lags = min(len(lines) // 2, LAGS)
        # Every line is in one pair of a distance, so that all are independent: the product of signs is 1 or -1.
        more, entries = pair_sums(np.where(lines, 1.0, -1.0), lags)
        for lag, (size, agree) in enumerate(zip(entries, (1 + more / entries) / 2, strict=True), start=1):
            reach = deviation(size * chance * (1 - chance), 1.0, FALSE_ALARM / (3 * lags)) / size
            where = "" if lag == 1 else f" that are {lag} apart"
            what_agrees = f"the fraction on which two {what}{where} agree"
            if text := outside(what_agrees, float(agree), chance - reach, chance + reach):
                return Problem(text)
    return None


@dataclass(frozen=True)
class Distribution(Measure):
    """The entries of an array of independent draws; see `classroom.judge.draw.not_drawn`.

    Attributes
    ----------
    shape : sequence of int
        Of the array.
    family : "normal" or "uniform"
        The distribution, with this `std` and `mean`.
    output : str
        The name of the array.
    """

    shape: Sequence[int]
    family: Literal["normal", "uniform"]
    std: float
    mean: float = 0.0
    output: str = "weight"

    def __post_init__(self) -> None:
        if self.family not in ("normal", "uniform"):
            raise Fault(f"Distribution: family={self.family!r} is neither 'normal' nor 'uniform'")

    def _problem(self, values: Values, inputs: Values) -> Problem | None:
        name = self.output
        weight = as_array(values[name])
        weight = weight.astype(np.float64) if weight.dtype.kind in "biuf" else np.asarray(math.nan)
        if weight.shape != tuple(self.shape):
            return Problem(f"{name} has shape {weight.shape}, needs {tuple(self.shape)}")
        if not np.isfinite(weight).all():
            return Problem(f"{name} is not finite")
        text = not_drawn(weight, self.family, float(self.mean), float(self.std), name)
        return Problem(text) if text else None

    def _features(self, values: Values, inputs: Values) -> list[Feature]:
        weight = as_array(values[self.output]).astype(np.float64)
        if weight.shape != tuple(self.shape) or not np.isfinite(weight).all():
            return []
        # Six standard errors of the mean, of the standard deviation and of the mean distance, for draws without tails.
        std, error = float(weight.std()), 6 / math.sqrt(weight.size)
        away = float(np.abs(weight - weight.mean()).mean())
        return [(float(weight.mean()), error * std), (std, error * std), (away / std if std else 0.0, error)]


@dataclass(frozen=True)
class IndependentDraws(Measure):
    """Two arrays drawn with different generators, which have nothing in common.

    Attributes
    ----------
    first, second : str
        The outputs.
    family : "normal" or "uniform"
        The distribution of both.
    std : float
        Its standard deviation.
    """

    first: str
    second: str
    family: Literal["normal", "uniform"]
    std: float

    def _problem(self, values: Values, inputs: Values) -> Problem | None:
        first, second = (as_array(values[name]).astype(np.float64) for name in (self.first, self.second))
        if first.shape != second.shape:
            return Problem(f"the two draws have shapes {first.shape} and {second.shape}")
        if not (np.isfinite(first).all() and np.isfinite(second).all()):
            return Problem("a draw is not finite")
        if not arrays_related(first / self.std, second / self.std, self.family, FALSE_ALARM):
            return None
        return Problem("two draws with different generators have too much in common: draw every number from rng")


@dataclass(frozen=True)
class IndependentFrames(Measure):
    """Two matrices with orthogonal rows or columns, drawn with different generators.

    Attributes
    ----------
    first, second : str
        The outputs.
    shape : sequence of int
        Of both: so large that chance cannot explain a resemblance.
    """

    first: str
    second: str
    shape: Sequence[int]

    def _problem(self, values: Values, inputs: Values) -> Problem | None:
        drawn = [as_array(values[name]).astype(np.float64) for name in (self.first, self.second)]
        for matrix in drawn:
            if matrix.shape != tuple(self.shape):
                return Problem(f"the weight has shape {matrix.shape}, needs {tuple(self.shape)}")
            if not np.isfinite(matrix).all():
                return Problem("the weight is not finite")
        text = frames_related(drawn[0], drawn[1], FALSE_ALARM)
        return Problem(text) if text else None


@dataclass(frozen=True)
class IndependentSigns(Measure):
    """The signs of numbers that two generators have made, each of them a fair coin.

    Attributes
    ----------
    first, second : str
        The outputs.
    count : int
        How many numbers each has.
    """

    first: str
    second: str
    count: int

    def _problem(self, values: Values, inputs: Values) -> Problem | None:
        first, second = (as_array(values[name]) for name in (self.first, self.second))
        if first.shape != second.shape or first.shape != (self.count,):
            return Problem(f"the two answers have shapes {first.shape} and {second.shape}, need {(self.count,)}")
        reach = math.sqrt(math.log(2 / FALSE_ALARM) / (2 * self.count))
        what = "the fraction of numbers whose sign is the same with two generators"
        text = outside(what, float(np.mean((first > 0) == (second > 0))), 0.5 - reach, 0.5 + reach)
        return Problem(text) if text else None


@dataclass(frozen=True)
class Near(Measure):
    """Numbers that depend on a draw.

    Attributes
    ----------
    center, reach : mapping
        For each output, a number or an array: what it should be, and by how much chance may move it.
    """

    center: Mapping[str, float | np.ndarray]
    reach: Mapping[str, float | np.ndarray]

    def _problem(self, values: Values, inputs: Values) -> Problem | None:
        for name, middle in self.center.items():
            found, center, reach = as_array(values[name]), np.asarray(middle), np.asarray(self.reach[name])
            if found.shape != center.shape:
                return Problem(f"{name} has shape {found.shape}, needs {center.shape}")
            away = ~(np.abs(found - center) <= reach)
            if away.any():
                at = tuple(int(index[0]) for index in np.nonzero(away)) if away.ndim else ()
                place = f"{name}[{', '.join(map(str, at))}]" if at else name
                low, high = (center - reach)[at], (center + reach)[at]
                return Problem(f"{place} is {found[at]:.4g}, and chance allows {low:.4g} to {high:.4g}")
        return None

    def _features(self, values: Values, inputs: Values) -> list[Feature]:
        found: list[Feature] = []
        for name, reach in self.reach.items():
            array = as_array(values[name])
            width = np.broadcast_to(np.asarray(reach, float), array.shape)
            found += zip(array.ravel().tolist(), width.ravel().tolist(), strict=True)
        return found


@dataclass(frozen=True)
class SingularValues(Measure):
    """The singular values of `weight`, its first axis against the others.

    Attributes
    ----------
    shape : sequence of int
        Of the weight.
    center : sequence of float
        The singular values, the largest first.
    reach : float
        How far one may be from its center.
    """

    shape: Sequence[int]
    center: Sequence[float]
    reach: float

    def _problem(self, values: Values, inputs: Values) -> Problem | None:
        weight = as_array(values["weight"]).astype(np.float64)
        if weight.shape != tuple(self.shape):
            return Problem(f"the weight has shape {weight.shape}, needs {tuple(self.shape)}")
        if not np.isfinite(weight).all():
            return Problem("the weight is not finite")
        found = np.linalg.svd(weight.reshape(len(weight), -1), compute_uv=False)
        if np.abs(found - np.asarray(self.center)).max() <= self.reach:
            return None
        return Problem(
            f"the singular values go from {found.min():.4g} to {found.max():.4g}, and all should be "
            f"{self.center[0]:.4g}"
        )

    def _features(self, values: Values, inputs: Values) -> list[Feature]:
        weight = as_array(values["weight"]).astype(np.float64)
        if weight.shape != tuple(self.shape) or not np.isfinite(weight).all():
            return []
        found = np.linalg.svd(weight.reshape(len(weight), -1), compute_uv=False)
        # Of weights that are no longer orthogonal, the values depend on the draw: by half of their distance.
        reach = self.reach + float(np.ptp(found)) / 2
        return [(float(value), reach) for value in (found.min(), found.max())]


@dataclass(frozen=True)
class UnitLayers(Measure):
    """Weights, orthogonal but for a factor, through which x has a standard deviation of 1 before every activation.

    The inputs are dims, activation ("tanh" or "relu") and x; the output is `weights`, a list.

    Attributes
    ----------
    reach : float
        How far a standard deviation may be from 1, and the singular values of a weight from each other, relatively.
    """

    reach: float

    def _problem(self, values: Values, inputs: Values) -> Problem | None:
        weights, dims = values["weights"], cast(Sequence[int], inputs["dims"])
        x = np.asarray(inputs["x"], np.float64)
        if not isinstance(weights, list | tuple) or len(weights) != len(dims) - 1:
            return Problem(f"weights needs to be a list of {len(dims) - 1} arrays, one for each layer")
        for layer, weight in enumerate(as_array(weight).astype(np.float64) for weight in weights):
            if weight.shape != (dims[layer], dims[layer + 1]):
                return Problem(f"weight {layer} has shape {weight.shape}, needs {(dims[layer], dims[layer + 1])}")
            if not np.isfinite(weight).all():
                return Problem(f"weight {layer} is not finite")
            stretched = np.linalg.svd(weight, compute_uv=False)
            if stretched.max() > (1 + self.reach) * stretched.min():
                return Problem(
                    f"weight {layer} is not orthogonal: its singular values go from {stretched.min():.4g} to "
                    f"{stretched.max():.4g}, and all should be equal"
                )
            z = x @ weight
            what = f"the standard deviation of layer {layer}"
            if text := outside(what, float(z.std()), 1 - self.reach, 1 + self.reach):
                return Problem(text.replace("chance allows", "the tolerance allows"))
            x = np.tanh(z) if inputs["activation"] == "tanh" else np.maximum(z, 0)
        return None

    def _features(self, values: Values, inputs: Values) -> list[Feature]:
        x, found = np.asarray(inputs["x"], np.float64), []
        for weight in cast(Sequence[Value], values["weights"]):
            z = x @ as_array(weight).astype(np.float64)
            found.append((float(z.std()), self.reach * float(z.std())))
            x = np.tanh(z) if inputs["activation"] == "tanh" else np.maximum(z, 0)
        return found


@dataclass(frozen=True)
class TruthTable(Measure):
    """The truth table of a step neuron with this weight and bias; any pair that is right will do.

    Attributes
    ----------
    gate : str
        Its name, for the message.
    rows : array-like of shape (rows, inputs)
        The inputs.
    fires : sequence of bool
        Whether it should fire, row by row.
    """

    gate: str
    rows: Sequence[Sequence[float]] | np.ndarray
    fires: Sequence[bool]

    def _problem(self, values: Values, inputs: Values) -> Problem | None:
        rows, gate = np.asarray(self.rows, np.float64), self.gate
        weight, bias = as_array(values["weight"]), as_array(values["bias"])
        if weight.shape != rows.shape[1:]:
            text = f"the weight of {gate!r} has shape {weight.shape}, needs {rows.shape[1:]}: one for each input"
            return Problem(text)
        if bias.size != 1 or weight.dtype.kind not in "biuf" or bias.dtype.kind not in "biuf":
            return Problem(f"{gate!r} needs numbers in its weight, and one number as its bias")
        for row, wanted in zip(rows, self.fires, strict=True):
            z = float(row @ weight + bias.reshape(()))
            if (z > 0) != bool(wanted):
                shown = ", ".join(f"{value:g}" for value in row)
                return Problem(
                    f"{gate!r} of ({shown}): w·x + b is {z:g}, and it should {'' if wanted else 'not '}be above 0"
                )
        return None


@dataclass(frozen=True)
class IndependentMasks(Measure):
    """Two outputs drawn with different generators, which drop different entries.

    Attributes
    ----------
    first, second : str
        The outputs.
    drop : str
        The name of the input that says how many are dropped.
    """

    first: str
    second: str
    drop: str = "drop"

    def _problem(self, values: Values, inputs: Values) -> Problem | None:
        first, second, drop = as_array(values[self.first]), as_array(values[self.second]), _number(inputs, self.drop)
        if first.shape != second.shape:
            return Problem(f"the two draws have shapes {first.shape} and {second.shape}")
        agree = float(((first == 0) == (second == 0)).mean())
        chance = drop**2 + (1 - drop) ** 2
        reach = deviation(first.size * chance * (1 - chance), 1.0) / first.size
        what = "the fraction of entries on which two draws with different generators agree"
        text = outside(what, agree, chance - reach, chance + reach)
        return Problem(text) if text else None

    def _features(self, values: Values, inputs: Values) -> list[Feature]:
        first, second = as_array(values[self.first]), as_array(values[self.second])
        return [_share((first == 0) == (second == 0)), _share(first == 0), _share(second == 0)]


@dataclass(frozen=True)
class SameMask(Measure):
    """The backward pass of a mask: grad_x / grad_y is y / x, whatever was drawn.  x must be without zeros."""

    keeps_dtype: ClassVar[bool] = True
    compares_directions: ClassVar[bool] = True

    def _problem(self, values: Values, inputs: Values) -> Problem | None:
        y, grad_x = as_array(values["y"]), as_array(values["grad_x"])
        x, grad_y = _array(inputs, "x"), _array(inputs, "grad_y")
        for name, array in (("y", y), ("grad_x", grad_x)):
            if array.shape != x.shape:
                return Problem(f"{name} has shape {array.shape}, needs that of x, {x.shape}")
        if np.any((y == 0) & (grad_x != 0)):
            return Problem("entries that were dropped in the forward pass get a gradient in the backward pass")
        if np.any((y != 0) & (grad_x == 0)):
            return Problem("entries that were kept in the forward pass get no gradient in the backward pass")
        found = compare(grad_x, (y / x * grad_y).astype(grad_y.dtype), 1e-9, "grad_x")
        if found.right:
            return None
        return Problem("grad_x should be grad_y times what x was multiplied by in the forward pass")

    def _features(self, values: Values, inputs: Values) -> list[Feature]:
        forward, back = as_array(values["y"]) / _array(inputs, "x"), as_array(values["grad_x"]) / inputs["grad_y"]
        both = (forward != 0) & (back != 0)
        found = [_share((forward == 0) & (back != 0)), _share((forward != 0) & (back == 0))]
        return [*found, *_exactly(back[both] / forward[both])] if both.any() else found


@dataclass(frozen=True)
class AtMaxima(Measure):
    """The gradient of max pooling: each window passes its share to its maxima; ties may be split in any way.

    Attributes
    ----------
    kernel, stride : pair of int
        Of windows that do not overlap.
    output : str
        The gradient of x.
    """

    kernel: tuple[int, int]
    stride: tuple[int, int]
    output: str = "grad_x"

    def _problem(self, values: Values, inputs: Values) -> Problem | None:
        x, upstream = _array(inputs, "x"), _array(inputs, "grad_y")
        (kh, kw), (sh, sw) = self.kernel, self.stride
        found = as_array(values[self.output])
        if found.shape != x.shape:
            return Problem(f"{self.output} has shape {found.shape}, needs {x.shape}")
        left = found.astype(np.float64)
        limit = SINGLE * float(np.abs(upstream).max()) if found.dtype == np.float32 else 1e-9
        for i, j in np.ndindex(upstream.shape[2:]):
            window = (slice(None), slice(None), slice(i * sh, i * sh + kh), slice(j * sw, j * sw + kw))
            share, pixels = left[window].copy(), x[window]
            if np.abs(share[pixels < pixels.max(axis=(2, 3), keepdims=True)]).max(initial=0.0) > 0:
                return Problem(f"in window [{i}, {j}] a pixel that is not the largest gets a gradient")
            if not np.abs(share.sum(axis=(2, 3)) - upstream[:, :, i, j]).max() <= limit:
                return Problem(
                    f"in window [{i}, {j}] several pixels are equally large, and their gradients do not add up to "
                    "grad_y"
                )
            left[window] = 0
        return Problem("a pixel outside all windows gets a gradient") if np.abs(left).max() > 0 else None


@dataclass(frozen=True)
class NetworkLayers(Measure):
    """The layers of a network as plain data: kinds, names, shapes and starts, and the spread of the weights.

    Attributes
    ----------
    layers : sequence of dict
        What `layers` should be: an array is given as it is, and a weight as [shape, standard deviation].
    """

    layers: Sequence[Mapping[str, Any]]

    def _problem(self, values: Values, inputs: Values) -> Problem | None:
        layers, wanted = values["layers"], self.layers
        if not isinstance(layers, list | tuple) or not all(isinstance(layer, dict) for layer in layers):
            return Problem("layers should be a list of dicts, one for each word")
        found = cast(Sequence[dict[str, Value]], layers)
        kinds, needs = [layer.get("kind") for layer in found], [layer["kind"] for layer in wanted]
        words = [kind for kind in kinds if isinstance(kind, str)]
        if len(words) < len(kinds):
            return Problem(f"the kinds should be words: {'-'.join(needs)}")
        if words != needs:
            return Problem(f"the kinds are {'-'.join(words)[:80]}, and should be {'-'.join(needs)}")
        for number, (layer, need) in enumerate(zip(found, wanted, strict=True)):
            if text := _differs(layer, need):
                return Problem(f"layer {number}, {need['kind']}{text}")
        return None


def _differs(layer: Mapping[str, Value], need: Mapping[str, Any]) -> str:
    """Say how a layer differs from what it should be, as the rest of a sentence."""
    if set(layer) != set(need):
        return f", has {', '.join(layer)[:200]}, and should have {', '.join(need)}"
    for name, true in need.items():
        if name == "weight":
            shape, std = true
            problem = Distribution(shape, "normal", std, output=name)._problem({name: layer[name]}, {})
            if problem is not None:
                return f": {problem.text}"
        elif isinstance(true, np.ndarray | float):
            found = compare(layer[name], true, 1e-9, name)
            if not found.right:
                return f": {found.text}"
    return ""


@dataclass(frozen=True)
class NetworkAccuracy(Measure):
    """How many images of the data set shapes, drawn afresh, the network `layers` classifies correctly.

    Attributes
    ----------
    count, seed : int
        Of the images.
    kinds : int or None
        The seed of the forms; see `classroom.data.shapes`.
    numbers : sequence of int
        The label of each kind of shape.
    thresholds : mapping
        For each part of the points, the accuracy that earns it.
    """

    count: int
    seed: int
    numbers: Sequence[int] | np.ndarray
    thresholds: Mapping[str, float]
    kinds: int | None = None

    def _problem(self, values: Values, inputs: Values) -> Problem | None:
        from classroom.data import shapes

        data = shapes(int(self.count), seed=int(self.seed), kinds=self.kinds)
        try:
            reached = accuracy(values["layers"], data.images, np.asarray(self.numbers)[data.labels])
        except ValueError as error:
            return Problem(f"layers is no network that can be used: {error}")
        lost = [(part, least) for part, least in self.thresholds.items() if reached < least]
        if not lost:
            return None
        text = f"the network names {reached:.1%} of new images rightly, and {lost[0][1]:.0%} are asked for"
        return Problem(text, tuple(part for part, _ in lost))


# By the tags under which an answer sheet holds them.
MEASURES: dict[str, type[Measure]] = {
    kind.__name__: kind
    for kind in (
        Dropout,
        Distribution,
        Near,
        SingularValues,
        UnitLayers,
        TruthTable,
        IndependentMasks,
        IndependentDraws,
        IndependentFrames,
        IndependentSigns,
        SameMask,
        AtMaxima,
        NetworkLayers,
        NetworkAccuracy,
    )
}
