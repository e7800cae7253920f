"""Weights of a network in a file."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from solutions.network.layer import Layer, walk


def arrays(network: Layer) -> Iterator[tuple[str, dict, str]]:
    """Yield each array of a network: its full name, the dict that holds it, and its key there.

    Parameters
    ----------
    network : Layer

    Yields
    ------
    name : str
        Such as "0.branch.2.weight".
    holder : dict
        The layer's params or buffers; assign holder[key] to replace the array.
    key : str
    """
    for layer_name, layer in walk(network):
        for holder in (layer.params, layer.buffers):
            for key in holder:
                yield f"{layer_name}.{key}".lstrip("."), holder, key


def save(network: Layer, path: str | Path) -> None:
    """Write all weights and running statistics to one .npz file, complete or not at all.

    Parameters
    ----------
    network : Layer
    path : str or Path
        Must end in .npz.

    Raises
    ------
    ValueError
        If path does not end in .npz.
    """
    path = Path(path)
    if path.suffix != ".npz":
        raise ValueError(f"path is {str(path)!r}, needs to end in .npz: the format that load reads")
    content = {name: holder[key] for name, holder, key in arrays(network)}
    handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            np.savez(file, **content)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def load(network: Layer, path: str | Path) -> None:
    """Read weights and running statistics that `save` wrote into a network built the same way.

    Parameters
    ----------
    network : Layer
        Changed only if every name and shape fits.
    path : str or Path

    Raises
    ------
    ValueError
        If the names or shapes differ from the network's.
    """
    with np.load(path, allow_pickle=False) as file:
        content = {name: file[name] for name in file.files}
    places = list(arrays(network))
    missing = {name for name, _, _ in places} ^ set(content)
    if missing:
        raise ValueError(f"{path} and the network differ in {sorted(missing)[:5]}: build the network as it was saved")
    for name, holder, key in places:
        if content[name].shape != holder[key].shape:
            raise ValueError(f"{name} has shape {content[name].shape} in {path}, the network needs {holder[key].shape}")
    for name, holder, key in places:
        holder[key] = content[name]
