"""The scale of the initial weights against depth: a signal that dies, lives or explodes."""

import numpy as np

from classroom.staff.explorers import drawing
from classroom.staff.explorers.explorer import Drawing, Explorer
from solutions.activation import relu_forward, sigmoid_forward, tanh_forward

_ACTIVATIONS = {"tanh": tanh_forward, "ReLU": relu_forward, "sigmoid": sigmoid_forward}
_DEPTH, _WIDTH = 40, 192
_AXES = drawing.Axes((80, 25, 620, 225), (0, _DEPTH), (-6, 6))
_TICKS = [(power, f"1e{power:+d}" if power else "1") for power in (-6, -3, 0, 3, 6)]


def spreads(gain: float, activation: str) -> np.ndarray:
    """Return how far two inputs' activations lie apart after each layer, as their root mean square difference."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal((64, _WIDTH))
    found = [_spread(x)]
    for _ in range(_DEPTH):
        x, _ = _ACTIVATIONS[activation](x @ (rng.standard_normal((_WIDTH, _WIDTH)) * gain / np.sqrt(_WIDTH)))
        found.append(_spread(x))
    return np.array(found)


def _spread(x: np.ndarray) -> float:
    return float(np.sqrt(np.mean((x - x.mean(axis=0)) ** 2)))


def draw(activation: str, gain: float) -> Drawing:
    """Draw the spread over the inputs against the layer."""
    found = spreads(gain, activation)
    heights = np.log10(np.maximum(found, 1e-12))
    shapes = [_AXES.frame("layer", "spread over the inputs", _TICKS)]
    shapes.append(drawing.line(_AXES.at(np.arange(_DEPTH + 1), heights), "first"))
    last = found[-1] / found[1]
    fate = "dies" if last < 1e-2 else "explodes" if last > 1e2 else "lives"
    words = (
        f"{activation}, gain {gain}: after {_DEPTH} layers the signal {fate}; of the first layer's spread "
        f"{last:.1g} is left."
    )
    return drawing.canvas(shapes, 260), words


GAIN = Explorer(
    "gain",
    "08_initialization",
    "phases-explorer",
    "Weights have the standard deviation gain / √width. Which gain carries a signal through forty layers?",
    {"activation": ("tanh", "ReLU", "sigmoid"), "gain": (0.5, 0.8, 1.0, 1.2, 1.41, 1.5, 1.67, 2.0, 4.0, 5.0)},
    {"activation": "ReLU", "gain": 1.41},
    draw,
)
