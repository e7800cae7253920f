"""Small drawings in SVG: shapes with class names, coloured by site.css so that they follow the page's theme."""

import html
from collections.abc import Iterable

import numpy as np

WIDTH = 640


def canvas(shapes: Iterable[str], height: int) -> str:
    """Put shapes on a canvas 640 units wide."""
    return f'<svg viewBox="0 0 {WIDTH} {height}" aria-hidden="true">{"".join(shapes)}</svg>'


def rect(x: float, y: float, width: float, height: float, kind: str, opacity: float = 1) -> str:
    """Draw a filled rectangle; `kind` is a class of site.css."""
    shade = f' fill-opacity="{_short(opacity)}"' if opacity < 1 else ""
    size = f'width="{_short(width)}" height="{_short(height)}"'
    return f'<rect class="{kind}" x="{_short(x)}" y="{_short(y)}" {size}{shade}/>'


def line(points: Iterable[tuple[float, float]], kind: str) -> str:
    """Draw a line through points."""
    path = " ".join(f"{_short(x)},{_short(y)}" for x, y in points)
    return f'<polyline class="{kind}" points="{path}"/>'


def dots(points: Iterable[tuple[float, float]], kind: str, radius: float = 3) -> str:
    """Draw a dot at each point."""
    return "".join(
        f'<circle class="{kind}" cx="{_short(x)}" cy="{_short(y)}" r="{_short(radius)}"/>' for x, y in points
    )


def text(x: float, y: float, words: str, kind: str = "", anchor: str = "start") -> str:
    """Write words; `anchor` is start, middle or end."""
    chosen = f' class="{kind}"' if kind else ""
    return f'<text x="{_short(x)}" y="{_short(y)}" text-anchor="{anchor}"{chosen}>{html.escape(words)}</text>'


class Axes:
    """Where numbers lie on the canvas.

    Parameters
    ----------
    box : (left, top, right, bottom)
        In units of the canvas.
    x, y : (low, high)
        The numbers at its edges.
    """

    def __init__(self, box: tuple[float, float, float, float], x: tuple[float, float], y: tuple[float, float]):
        self.box, self.x, self.y = box, x, y

    def at(self, x: np.ndarray | float, y: np.ndarray | float) -> list[tuple[float, float]]:
        """Return the places of points; what lies outside is moved to the edge."""
        left, top, right, bottom = self.box
        across = (np.clip(x, *self.x) - self.x[0]) / (self.x[1] - self.x[0])
        up = (np.clip(y, *self.y) - self.y[0]) / (self.y[1] - self.y[0])
        columns, rows = np.broadcast_arrays(left + across * (right - left), bottom - up * (bottom - top))
        return list(zip(np.ravel(columns).tolist(), np.ravel(rows).tolist(), strict=True))

    def frame(self, x: str, y: str, ticks: Iterable[tuple[float, str]] = ()) -> str:
        """Draw the two axes with their names, and lines across at the ticks of y."""
        left, top, right, bottom = self.box
        shapes = [line([(left, top), (left, bottom), (right, bottom)], "axis")]
        for value, words in ticks:
            ((_, row),) = self.at(self.x[0], value)
            shapes += [line([(left, row), (right, row)], "grid"), text(left - 6, row + 5, words, "small", "end")]
        shapes += [text(right, bottom + 22, x, "small", "end"), text(left + 4, top - 8, y, "small")]
        return "".join(shapes)


def _short(number: float) -> str:
    return f"{number:.4g}" if abs(number) < 1000 else f"{number:.0f}"
