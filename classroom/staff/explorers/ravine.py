"""Descent in a ravine: the step size alone, and with momentum."""

from collections.abc import Callable
from typing import Any

import numpy as np

from classroom.staff.explorers import drawing
from classroom.staff.explorers.explorer import Drawing, Explorer
from solutions.optimizer import momentum, sgd

_AXES = drawing.Axes((30, 15, 610, 245), (-10, 10), (-1.7, 1.7))
_SLOPES = np.array([0.1, 10.0])  # of the gradient, along the ravine and across
_START = np.array([-9.0, 1.5])


def _path(rule: Callable[..., Any], steps: int = 120, **options: float) -> np.ndarray:
    weight, state, path = _START, None, [_START]
    for _ in range(steps):
        weight, state = rule(weight, _SLOPES * weight, state, **options)
        path.append(weight)
    return np.array(path)


def _drawn(path: np.ndarray, told: str) -> Drawing:
    losses = (path**2 @ _SLOPES) / 2
    arrived = np.flatnonzero(losses < 0.01 * losses[0])
    if losses[-1] > losses[0]:
        outcome = "it climbs out of the ravine"
    elif len(arrived):
        outcome = f"a hundredth of the loss after {arrived[0]} steps"
    else:
        outcome = f"after {len(path) - 1} steps {losses[-1] / losses[0]:.0%} of the loss is left".replace("%", " %")
    angle = np.linspace(0, 2 * np.pi, 61)
    shapes = []
    for level in (0.15, 1, 2.5, 4.8):
        across, along = np.sqrt(2 * level / _SLOPES[1]), np.sqrt(2 * level / _SLOPES[0])
        shapes.append(drawing.line(_AXES.at(along * np.cos(angle), across * np.sin(angle)), "grid"))
    shown = path[:61]
    places = _AXES.at(shown[:, 0], shown[:, 1])
    shapes += [
        drawing.line(places, "first"),
        drawing.dots(places[:31], "first", 2.5),
        drawing.dots(_AXES.at(0, 0), "second", 5),
    ]
    return drawing.canvas(shapes, 260), f"{told}: {outcome}."


def draw_rate(rate: float) -> Drawing:
    """Draw plain descent."""
    return _drawn(_path(sgd, rate=rate), f"Plain descent at rate {rate}")


def draw_momentum(momentum_: float, rate: float) -> Drawing:
    """Draw descent with momentum."""
    return _drawn(_path(momentum, rate=rate, momentum=momentum_), f"Momentum {momentum_} at rate {rate}")


STEP_SIZE = Explorer(
    "step-size",
    "07_optimizer",
    "ravine-explorer",
    "From which rate on does plain descent zigzag, and from which does it climb out?",
    {"rate": (0.01, 0.03, 0.05, 0.08, 0.1, 0.12, 0.15, 0.18, 0.19, 0.2, 0.21)},
    {"rate": 0.15},
    draw_rate,
)
MOMENTUM = Explorer(
    "momentum",
    "07_optimizer",
    "landscapes",
    "The same ravine. Which momentum arrives first at rate 0.05, and why is more not better?",
    {"momentum_": (0.0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99), "rate": (0.02, 0.05, 0.1, 0.2, 0.3)},
    {"momentum_": 0.8, "rate": 0.05},
    draw_momentum,
)
