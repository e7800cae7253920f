"""Data sets: images (N, C, H, W) in float32 from 0 to 1, integer labels, and which rows train, validate and test."""

import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from classroom.fault import Fault
from classroom.forms import Forms

_SHAPES = ("disc", "ring", "square", "triangle", "cross", "bars")
# One colour a class where the colour is a cue; drawn at random where it is not.  RGB, far apart for every eye.
_COLORS = np.array(
    [
        (0.90, 0.62, 0.00),
        (0.34, 0.71, 0.91),
        (0.00, 0.62, 0.45),
        (0.94, 0.89, 0.26),
        (0.80, 0.47, 0.65),
        (0.84, 0.37, 0.0),
    ]
)
# name -> class in torchvision.datasets, its folder under the root, rows kept back from its training part to validate
_DOWNLOADS = {
    "mnist": ("MNIST", "MNIST", 5_000),
    "fashion-mnist": ("FashionMNIST", "FashionMNIST", 5_000),
    "cifar10": ("CIFAR10", "cifar-10-batches-py", 5_000),
}
NAMES = ("digits", "shapes", *_DOWNLOADS)


class Split(NamedTuple):
    """Row numbers of each part."""

    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray


class Data(NamedTuple):
    """A data set: ``images, labels, split = load("digits")``."""

    images: np.ndarray
    labels: np.ndarray
    split: Split

    def part(self, name: str) -> tuple[np.ndarray, np.ndarray]:
        """Give the images and labels of one part: ``train``, ``validation`` or ``test``."""
        if name not in Split._fields:
            raise Fault(f"a data set has no part {name!r}: ask for one of {', '.join(Split._fields)}")
        rows = getattr(self.split, name)
        return self.images[rows], self.labels[rows]


def load(name: str, *, root: Path | str | None = None, download: bool = False, **options: Any) -> Data:
    """Load a data set by its name.

    Parameters
    ----------
    name : {"digits", "shapes", "mnist", "fashion-mnist", "cifar10"}
    root : folder of the downloaded sets; by default the course's own ``data`` folder, or ``data`` where you are
    download : fetch a set that is not there (mnist, fashion-mnist, cifar10)
    options : what `shapes` takes, for "shapes" alone

    Returns
    -------
    Data
        images (N, C, H, W) float32 in [0, 1], labels (N,) int64, split with the row numbers of each part.

    Raises
    ------
    Fault
        One sentence: an unknown name, a set that is not there, torchvision missing, no network, a damaged file.

    Notes
    -----
    digits: Alpaydin and Kaynak 1998, 1,797 images 8x8, one fixed permutation: 1,200 train, 100 validate, 497 test.
    """
    if name not in NAMES:
        raise Fault(f"there is no data set {name!r}: the names are {', '.join(NAMES)}")
    if options and name != "shapes":
        raise Fault(f"the data set {name} takes no option {next(iter(options))!r}: only shapes is made to measure")
    if name == "digits":
        return _digits(_digits_path())
    if name == "shapes":
        return shapes(**options)
    return _from_torchvision(name, Path(root) if root is not None else _default_root(), download)


def shapes(
    count: int = 1200,
    size: int = 16,
    *,
    shift: float = 0.2,
    noise: float = 0.05,
    cue: float = 0.0,
    seed: int = 0,
    kinds: int | None = None,
) -> Data:
    """Draw coloured shapes of six kinds: disc, ring, square, triangle, cross, two bars; or of six that are drawn.

    Parameters
    ----------
    count : number of images; classes are balanced to within one image
    size : height and width in pixels
    shift : how far the centre may lie from the middle, as a fraction of half the image, along each axis
    noise : standard deviation of the Gaussian noise added to every value
    cue : probability that a shape has the colour of its class; otherwise any of the six colours is as likely; for the
        six named kinds alone
    seed : the same seed gives the same images, at every size the same shapes
    kinds : a seed from which six other forms are drawn, and the mixture of red, green and blue that shows them, among
        two that show others (`classroom.forms`); None takes the six named ones

    Returns
    -------
    Data
        images (count, 3, size, size); 70 % train, 15 % validate, 15 % test.
    """
    for what, value, low, high in (("shift", shift, 0, 1), ("noise", noise, 0, 10), ("cue", cue, 0, 1)):
        if not low <= value <= high:
            raise Fault(f"{what} is {value}, needs a number from {low} to {high}")
    if count < 1 or size < 4:
        raise Fault(f"count {count} and size {size} make no data set: it needs at least 1 image of 4 pixels a side")
    if cue and kinds is not None:
        raise Fault("cue gives the six named kinds their colours, and forms that are drawn have none: leave out one")
    rng = np.random.default_rng(seed)
    labels = rng.permutation(np.arange(count) % len(_SHAPES))
    if kinds is None:
        images = _named(labels, size, shift, cue, rng)
    else:
        images = Forms.draw(kinds).images(labels, size, shift, rng)
    images = np.clip(images + noise * rng.standard_normal(images.shape), 0, 1)
    train, test = int(0.7 * count), int(0.85 * count)
    rows = np.arange(count)
    return Data(images.astype(np.float32), labels.astype(np.int64), Split(rows[:train], rows[train:test], rows[test:]))


def _named(labels: np.ndarray, size: int, shift: float, cue: float, rng: np.random.Generator) -> np.ndarray:
    """Return images (N, 3, size, size) of the named kinds by their labels (N,), without noise."""
    count = len(labels)
    center = rng.uniform(-shift, shift, (2, count, 1, 1))
    radius = rng.uniform(0.45, 0.6, (count, 1, 1))
    angle = rng.uniform(-0.25, 0.25, (count, 1, 1))
    color = np.where(rng.random(count) < cue, labels, rng.integers(len(_COLORS), size=count))
    background = rng.uniform(0.05, 0.35, (count, 3, 1, 1))
    pixel = 2 / size
    grid = (np.arange(size) + 0.5) * pixel - 1
    x, y = grid - center[0], grid[:, None] - center[1]  # (N, 1, W), (N, H, 1)
    across, down = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
    cover = np.empty((count, 1, size, size))
    for kind, name in enumerate(_SHAPES):
        rows = labels == kind
        distance = _distance(name, across[rows], down[rows], radius[rows])
        cover[rows, 0] = np.clip(0.5 - distance / pixel, 0, 1)  # soft edge, one pixel wide
    images: np.ndarray = background + cover * (_COLORS[color][:, :, None, None] - background)
    return images


def _distance(kind: str, x: np.ndarray, y: np.ndarray, radius: np.ndarray) -> np.ndarray:
    """Signed distance to the border, negative inside; x to the right, y down."""
    if kind == "disc":
        return np.hypot(x, y) - radius
    if kind == "ring":
        return np.abs(np.hypot(x, y) - 0.75 * radius) - 0.25 * radius
    if kind == "square":
        return np.maximum(np.abs(x), np.abs(y)) - 0.85 * radius
    if kind == "triangle":
        slanted = 0.866 * np.abs(x) - 0.5 * y
        return np.maximum(slanted, y) - 0.6 * radius
    if kind == "cross":
        arm = 0.33 * radius
        return np.minimum(
            np.maximum(np.abs(x) - radius, np.abs(y) - arm), np.maximum(np.abs(y) - radius, np.abs(x) - arm)
        )
    return np.maximum(np.abs(x) - 0.9 * radius, np.abs(np.abs(y) - 0.5 * radius) - 0.22 * radius)


def _digits_path() -> Path:
    """Find digits.npz: inside the installed package, or in the repository's data folder."""
    package = Path(__file__).parent
    inside = package / "digits.npz"
    return inside if inside.exists() else package.parent / "data" / "digits.npz"


def _digits(path: Path) -> Data:
    try:
        with np.load(path, allow_pickle=False) as archive:
            pixels, labels = archive["images"], archive["labels"]
    except FileNotFoundError:
        raise Fault(f"{path} is missing: install the course again") from None
    except (ValueError, KeyError, EOFError, zipfile.BadZipFile):
        raise Fault(f"{path} is damaged: install the course again") from None
    rows = np.random.default_rng(0).permutation(len(labels))
    images = pixels[:, None].astype(np.float32) / np.float32(16)
    return Data(images, labels.astype(np.int64), Split(rows[:1200], rows[1200:1300], rows[1300:]))


def _default_root() -> Path:
    """The repository's data folder where the course is a clone, else `data` in the current folder."""
    beside = Path(__file__).parents[1] / "data"
    return beside if (beside / "README.md").exists() else Path("data")


def _from_torchvision(name: str, root: Path, download: bool) -> Data:
    kind, folder, held_back = _DOWNLOADS[name]
    dataset = getattr(_torchvision_datasets(name), kind)
    if not (root / folder).is_dir():
        if not download:
            raise Fault(f"{name} is not in {root}: run `classroom data {name}`, or load it with download=True")
        _download(dataset, name, folder, root)
    parts = [_read(dataset, name, root, root / folder, train) for train in (True, False)]
    images = np.concatenate([images for images, _ in parts])
    labels = np.concatenate([labels for _, labels in parts])
    rows, trained = np.arange(len(labels)), len(parts[0][1])
    kept = max(trained - held_back, trained // 2)
    return Data(images, labels, Split(rows[:kept], rows[kept:trained], rows[trained:]))


def _torchvision_datasets(name: str) -> Any:
    try:
        from torchvision import datasets
    except ImportError:
        raise Fault(f"{name} needs torchvision: install it with  pip install torchvision") from None
    except RuntimeError as error:
        reason = str(error).splitlines()[0]
        raise Fault(
            f"{name} needs a torchvision that fits the installed torch, and this one does not ({reason})"
        ) from None
    return datasets


def _download(dataset: Any, name: str, folder: str, root: Path) -> None:
    """Download into a temporary folder and move it into place: a broken download leaves nothing behind."""
    import http.client  # a browser has no sockets

    root.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=root, prefix=f".{name}-") as scratch, _patience(30.0):
        try:
            dataset(scratch, train=True, download=True)
        except (OSError, RuntimeError, http.client.HTTPException) as error:
            # torchvision reports a wrong checksum and a failed connection alike; both mean: nothing came through.
            reason = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise Fault(f"{name} could not be downloaded ({reason}): check the network and try again") from None
        for packed in Path(scratch).rglob("*.gz"):
            packed.unlink()
        shutil.move(Path(scratch) / folder, root / folder)


@contextmanager
def _patience(seconds: float) -> Iterator[None]:
    import socket

    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(seconds)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)


def _read(dataset: Any, name: str, root: Path, folder: Path, train: bool) -> tuple[np.ndarray, np.ndarray]:
    try:
        loaded = dataset(root, train=train, download=False)
        pixels, labels = np.asarray(loaded.data), np.asarray(loaded.targets, dtype=np.int64)
        if pixels.dtype != np.uint8 or pixels.ndim not in (3, 4) or len(pixels) != len(labels) or not len(labels):
            raise ValueError("images and labels do not fit")
    except Exception:  # torchvision's readers fail in many ways on a damaged file: all mean the same to the reader
        raise Fault(f"{name} in {folder} is damaged: delete that folder and load it again") from None
    images = pixels[:, None] if pixels.ndim == 3 else pixels.transpose(0, 3, 1, 2)
    return images.astype(np.float32) / np.float32(255), labels
