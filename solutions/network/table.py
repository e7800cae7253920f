"""A table of a network: shapes, parameters, operations and receptive field, layer by layer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from solutions.network.dense import Flatten, Linear, Maxout
from solutions.network.image import GlobalAvgPool
from solutions.network.layer import Layer
from solutions.receptive_field import receptive_field


@dataclass(frozen=True)
class Row:
    """One layer of the table; `field` is the receptive field (height, width), None when it is the whole input."""

    name: str
    kind: str
    shape: tuple
    params: int
    buffers: int
    flops: int
    field: tuple | None


@dataclass(frozen=True)
class Summary:
    """The table; `str()` and notebooks show it as text."""

    rows: tuple[Row, ...]

    @property
    def params(self) -> int:
        """Trained numbers in all layers."""
        return sum(row.params for row in self.rows)

    @property
    def flops(self) -> int:
        """Operations of one forward pass of one example."""
        return sum(row.flops for row in self.rows)

    def __str__(self) -> str:
        table = [("layer", "kind", "output", "params", "flops", "sees")]
        for row in self.rows:
            shape = "x".join(map(str, row.shape))
            field = "all" if row.field is None else "x".join(map(str, row.field))
            table.append((row.name, row.kind, shape, f"{row.params:,}", f"{row.flops:,}", field))
        table.append(("total", "", "", f"{self.params:,}", f"{self.flops:,}", ""))
        widths = [max(len(line[i]) for line in table) for i in range(6)]
        # Names to the left, numbers to the right.
        return "\n".join(
            "  ".join(cell.ljust(width) if i < 2 else cell.rjust(width) for i, (cell, width) in enumerate(row)).rstrip()
            for row in ([*zip(line, widths, strict=True)] for line in table)
        )

    __repr__ = __str__


def summary(network: Layer, in_shape: tuple) -> Summary:
    """Tabulate a network for inputs of one shape, without running it.

    Parameters
    ----------
    network : Layer
    in_shape : (C, H, W) or (D,)
        Shape of one example.

    Returns
    -------
    summary : Summary

    Raises
    ------
    ValueError
        If a layer does not fit the shape that reaches it.

    Notes
    -----
    FLOPs count a multiplication and an addition as two.  The receptive field is that of one output number.
    """
    rows: list[Row] = []
    _describe(network, "", tuple(in_shape), [], rows)
    return Summary(tuple(rows))


def _describe(layer: Layer, name: str, shape: tuple, windows: list | None, rows: list[Row]) -> list | None:
    """Append the rows of a layer, and return the windows that lead to its output (None: it sees the whole input)."""
    children = layer.children()
    if not children:
        windows = _extend(windows, layer)
        out_shape = layer.output_shape(shape)
        params = sum(array.size for array in layer.params.values())
        buffers = sum(array.size for array in layer.buffers.values())
        kind, field = type(layer).__name__, None if windows is None else _field(windows)
        rows.append(Row(name, kind, out_shape, params, buffers, layer.flops(shape), field))
        return windows
    prefix = f"{name}." if name else ""
    if hasattr(layer, "layers"):  # one after another
        for key, child in children.items():
            windows = _describe(child, prefix + key, shape, windows, rows)
            shape = child.output_shape(shape)
        return windows
    layer.output_shape(shape)  # refuses branches that do not fit together
    ends = [_describe(child, prefix + key, shape, windows, rows) for key, child in children.items()]
    seen = [windows for windows in ends if windows is not None]
    # Side by side: the output sees what the farthest-looking branch sees.
    return max(seen, key=_field) if len(seen) == len(ends) else None


def _extend(windows: list | None, layer: Layer) -> list | None:
    """Add a layer's window; a layer that mixes all positions sees everything."""
    if windows is None or isinstance(layer, Flatten | GlobalAvgPool | Linear | Maxout):
        return None
    return windows if layer.window() is None else [*windows, layer.window()]


def _field(windows: list) -> tuple:
    """Receptive field (height, width) of a list of windows."""
    field = []
    for axis in (0, 1):
        layers = [tuple(value if np.ndim(value) == 0 else value[axis] for value in window) for window in windows]
        field.append(receptive_field(layers)[0])
    return tuple(field)
