"""How well a trained network does on images that it has never seen, computed outside the sandbox.

A network comes as plain data from anywhere: nothing in it is believed before its sizes are known to be reasonable.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from classroom.call.value import as_array, brief

MOST_LAYERS = 100
MOST_PRODUCTS = 5e7  # of an image on its way through the network
MOST_NUMBERS = 100_000  # that an image may become on its way
_ARRAYS = {"CONV": ("weight", "bias"), "FC": ("weight", "bias"), "BN": ("scale", "shift", "mean", "var")}
_PLAIN = ("RELU", "LRELU", "POOL", "AVGPOOL", "GAP", "DROPOUT")


def accuracy(layers: Any, images: np.ndarray, labels: np.ndarray) -> float:
    """Return the fraction of images that a network names rightly.

    Parameters
    ----------
    layers : list of dict
        As assignment 10 describes them.
    images : array of shape (N, C, H, W)
    labels : integer array of shape (N,)

    Raises
    ------
    ValueError
        If layers is not a network, does not fit the images or is too large.
    """
    return float((outputs(layers, images).argmax(axis=1) == labels).mean())


def outputs(layers: Any, images: np.ndarray) -> np.ndarray:
    """Return what a network says of images, a number for each image and class; it raises as `accuracy` does."""
    if not isinstance(layers, Sequence) or not 0 < len(layers) <= MOST_LAYERS:
        raise ValueError(f"layers is {brief(layers)}, needs a list of 1 to {MOST_LAYERS} layers")
    said, images = [], np.asarray(images, np.float64)
    for start in range(0, len(images), 50):
        y = images[start : start + 50]
        work = 0.0
        for number, layer in enumerate(layers):
            arrays = _checked(layer, number, y.shape)
            work += _products(layer["kind"], arrays, y.shape)
            if work > MOST_PRODUCTS:
                raise ValueError(f"an image takes more than {MOST_PRODUCTS:.0e} products: make the network smaller")
            if _numbers(layer["kind"], arrays, y.shape) > MOST_NUMBERS:
                raise ValueError(f"layer {number} makes more than {MOST_NUMBERS} numbers of an image: make it smaller")
            y = _apply(layer, {name: array.astype(np.float64) for name, array in arrays.items()}, y)
        if y.ndim != 2:
            raise ValueError(f"the last layer gives {brief(y)}, needs one number for each image and class")
        if not np.isfinite(y).all():
            raise ValueError(
                "its answers are not finite numbers: if the loss grew while it was trained, lower the rate"
            )
        said.append(y)
    return np.concatenate(said)


def _checked(layer: Any, number: int, shape: tuple[int, ...]) -> dict[str, np.ndarray]:
    """Return the arrays of a layer that fits inputs of this shape, or say why there is none."""
    if not isinstance(layer, Mapping):
        raise ValueError(f"layer {number} is {brief(layer)}, needs a dict: are the layers all that is returned?")
    kind = layer.get("kind")
    if not isinstance(kind, str) or (kind not in _ARRAYS and kind not in _PLAIN):
        raise ValueError(f"layer {number} has the kind {brief(kind)}, needs one of {', '.join([*_ARRAYS, *_PLAIN])}")
    names = _ARRAYS.get(kind, ())
    try:
        arrays = {name: as_array(layer.get(name)) for name in names}
    except TypeError:
        arrays = None
    if arrays is None or any(array.dtype.kind not in "iuf" for array in arrays.values()):
        raise ValueError(f"layer {number}, {kind}, needs arrays of numbers: {', '.join(names)}")
    if kind != "FC" and len(shape) != 4 and kind not in ("RELU", "LRELU", "DROPOUT"):
        raise ValueError(f"layer {number}, {kind}, needs images and gets shape {shape[1:]}")
    wanted = {}
    if kind in ("CONV", "FC"):
        weight = arrays["weight"].shape
        inputs = int(np.prod(shape[1:]))
        good = len(weight) == 2 and weight[0] == inputs if kind == "FC" else weight[1:] == (shape[1], 3, 3)
        if not good:
            raise ValueError(f"layer {number}, {kind}, has a weight of shape {weight}, for inputs of {shape[1:]}")
        wanted = {"bias": weight[1:] if kind == "FC" else weight[:1]}
    elif kind == "BN":
        wanted = dict.fromkeys(arrays, shape[1:2])
    elif kind in ("POOL", "AVGPOOL") and min(shape[2:]) < 2:
        raise ValueError(f"layer {number}, {kind}, gets images of {shape[2:]}: too small to be halved")
    for name, needs in wanted.items():
        if arrays[name].shape != needs:
            raise ValueError(f"layer {number}, {kind}: {name} has shape {arrays[name].shape}, needs {needs}")
    return arrays


def _products(kind: str, arrays: Mapping[str, np.ndarray], shape: tuple[int, ...]) -> float:
    places = float(np.prod(shape[2:])) if kind == "CONV" else 1.0
    return places * arrays["weight"].size if "weight" in arrays else float(np.prod(shape[1:]))


def _numbers(kind: str, arrays: Mapping[str, np.ndarray], shape: tuple[int, ...]) -> float:
    if kind == "FC":
        return arrays["weight"].shape[1]
    return float(np.prod(shape[2:])) * arrays["weight"].shape[0] if kind == "CONV" else float(np.prod(shape[1:]))


def _apply(layer: Mapping[str, Any], arrays: Mapping[str, np.ndarray], x: np.ndarray) -> np.ndarray:
    kind = layer["kind"]
    if kind == "CONV":
        h, w = x.shape[2:]
        framed = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)))
        y = np.zeros((len(x), len(arrays["weight"]), h, w)) + arrays["bias"][:, None, None]
        for i, j in np.ndindex(3, 3):
            y += np.einsum(
                "fc,nchw->nfhw", arrays["weight"][:, :, i, j], framed[:, :, i : i + h, j : j + w], optimize=True
            )
        return y
    if kind == "FC":
        return np.reshape(x, (len(x), -1)) @ arrays["weight"] + arrays["bias"]
    if kind == "BN":
        with np.errstate(invalid="ignore"):
            factor = arrays["scale"] / np.sqrt(arrays["var"] + 1e-5)
        return x * factor[:, None, None] + (arrays["shift"] - factor * arrays["mean"])[:, None, None]
    if kind in ("RELU", "LRELU"):
        return np.maximum(x, 0) + (0.01 * np.minimum(x, 0) if kind == "LRELU" else 0)
    if kind == "GAP":
        return x.mean(axis=(2, 3))
    if kind == "DROPOUT":
        return x
    h, w = x.shape[2] // 2, x.shape[3] // 2
    tiles = x[:, :, : 2 * h, : 2 * w].reshape(*x.shape[:2], h, 2, w, 2)
    return tiles.max(axis=(3, 5)) if kind == "POOL" else tiles.mean(axis=(3, 5))
