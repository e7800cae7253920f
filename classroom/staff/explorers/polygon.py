"""Neurons as half-planes: an AND of them cuts out a convex polygon."""

import numpy as np

from classroom.staff.explorers import drawing
from classroom.staff.explorers.explorer import Drawing, Explorer
from solutions.neuron import neuron_forward

_AXES = drawing.Axes((190, 10, 450, 270), (-2, 2), (-2, 2))


def draw(sides: int, may_be_silent: int) -> Drawing:
    """Shade where enough of the half-planes agree."""
    angles = np.pi / 2 + 2 * np.pi * np.arange(sides) / sides
    normals = np.stack([-np.cos(angles), -np.sin(angles)], axis=1)
    ticks = np.linspace(-2, 2, 81)[:-1] + 2 / 80
    x = np.stack(np.meshgrid(ticks, ticks), axis=-1).reshape(-1, 2)
    fired = neuron_forward(x, normals.T, np.ones(sides))  # (N, sides)
    threshold = 0.5 - (sides - may_be_silent)
    inside = neuron_forward(fired, np.ones(sides), threshold).reshape(len(ticks), -1) > 0
    shapes = [strip for row, y in zip(inside, ticks, strict=True) for strip in _strips(row, y, ticks)]
    for normal in normals:
        along = np.array([-normal[1], normal[0]]) * 3
        ends = np.stack([-normal - along, -normal + along])
        shapes.append(drawing.line(_clipped(ends), "first"))
    need = "all" if not may_be_silent else f"at least {sides - may_be_silent}"
    share = f"{inside.mean():.0%} of the square".replace("%", " %")
    return drawing.canvas(shapes, 280), f"Shaded: where {need} of {sides} neurons fire, {share}."


def _strips(row: np.ndarray, y: float, ticks: np.ndarray) -> list[str]:
    """Join neighbouring points of a row that lie inside."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], row.astype(int), [0]])))
    half = (ticks[1] - ticks[0]) / 2
    strips = []
    for low, high in edges.reshape(-1, 2):
        (left, top), (right, bottom) = _AXES.at(
            np.array([ticks[low] - half, ticks[high - 1] + half]), np.array([y + half, y - half])
        )
        strips.append(drawing.rect(left, top, right - left, bottom - top, "second", 0.45))
    return strips


def _clipped(ends: np.ndarray) -> list[tuple[float, float]]:
    """Keep the part of a line that lies in the square."""
    path = ends[0] + np.linspace(0, 1, 601)[:, None] * (ends[1] - ends[0])
    path = path[(np.abs(path) <= 2).all(axis=1)][[0, -1]]
    return _AXES.at(path[:, 0], path[:, 1])


POLYGON = Explorer(
    "polygon",
    "01_neuron",
    "hand-set",
    "Each line is a neuron. Which shapes does an AND give, and which an output that lets one or two neurons be silent?",
    {"sides": (3, 4, 5, 6, 8), "may_be_silent": (0, 1, 2)},
    {"sides": 5, "may_be_silent": 0},
    draw,
)
