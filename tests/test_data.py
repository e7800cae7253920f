"""Data sets: what ships, what is drawn, what torchvision reads, and one clear sentence for whatever can be wrong."""

import functools
import gzip
import hashlib
import http.server
import os
import re
import struct
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from classroom import data
from classroom.fault import Fault

ROOT = Path(__file__).parents[1]


def write_idx(folder: Path, images: np.ndarray, labels: np.ndarray, prefix: str) -> None:
    """Write one part of a data set as the two idx files of LeCun's page."""
    folder.mkdir(parents=True, exist_ok=True)
    header = struct.pack(">IIII", 0x803, *images.shape)
    (folder / f"{prefix}-images-idx3-ubyte").write_bytes(header + images.astype(np.uint8).tobytes())
    (folder / f"{prefix}-labels-idx1-ubyte").write_bytes(
        struct.pack(">II", 0x801, len(labels)) + labels.astype(np.uint8).tobytes()
    )


@pytest.fixture
def digits_as_idx(tmp_path):
    digits = np.load(ROOT / "data" / "digits.npz")
    pixels, labels = digits["images"] * 15, digits["labels"]
    write_idx(tmp_path / "MNIST" / "raw", pixels[:1500], labels[:1500], "train")
    write_idx(tmp_path / "MNIST" / "raw", pixels[1500:], labels[1500:], "t10k")
    return tmp_path, pixels, labels


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        """Say nothing: the test's output is its own."""


@pytest.fixture
def serve():
    """Serve a folder over HTTP on the loopback interface; gives its address."""
    servers = []

    def start(folder: Path) -> str:
        handler = functools.partial(QuietHandler, directory=folder)
        servers.append(http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler))
        threading.Thread(target=servers[-1].serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{servers[-1].server_port}/"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def test_digits_are_images_in_float32_with_a_fixed_split():
    images, labels, split = data.load("digits")
    assert images.shape == (1797, 1, 8, 8) and images.dtype == np.float32
    assert (images.min(), images.max()) == (0, 1)
    assert labels.dtype == np.int64 and np.bincount(labels).tolist() == [
        178,
        182,
        177,
        183,
        181,
        182,
        181,
        179,
        174,
        180,
    ]
    assert [len(part) for part in split] == [1200, 100, 497]
    assert sorted(np.concatenate(split)) == list(range(1797))
    assert split.train[:3].tolist() == np.random.default_rng(0).permutation(1797)[:3].tolist()


def test_the_readme_of_the_data_names_the_hash_of_the_file():
    digest = hashlib.sha256((ROOT / "data" / "digits.npz").read_bytes()).hexdigest()
    assert digest in (ROOT / "data" / "README.md").read_text()


def test_part_gives_the_rows_of_the_split():
    digits = data.load("digits")
    images, labels = digits.part("test")
    assert np.array_equal(images, digits.images[digits.split.test])
    assert np.array_equal(labels, digits.labels[digits.split.test])
    with pytest.raises(Fault, match=r"no part 'exam'.*train, validation, test"):
        digits.part("exam")


def test_shapes_are_repeatable_and_balanced_at_any_size():
    for size in (8, 24, 33):
        first, again = (
            data.load("shapes", count=120, size=size, seed=3),
            data.load("shapes", count=120, size=size, seed=3),
        )
        assert first.images.shape == (120, 3, size, size) and first.images.dtype == np.float32
        assert np.array_equal(first.images, again.images)
        assert np.bincount(first.labels).tolist() == [20] * 6
        assert first.images.min() >= 0 and first.images.max() <= 1
    assert not np.array_equal(first.images, data.load("shapes", count=120, size=33, seed=4).images)


def test_a_seed_draws_the_same_shapes_at_every_size():
    small = data.load("shapes", count=60, size=16, noise=0, seed=1).images
    large = data.load("shapes", count=60, size=64, noise=0, seed=1).images
    assert np.abs(large.reshape(60, 3, 16, 4, 16, 4).mean(axis=(3, 5)) - small).mean() < 0.01


def test_no_shift_puts_every_disc_in_the_middle():
    images, labels, _ = data.shapes(count=60, size=32, shift=0, noise=0)
    disc = images[labels == 0]
    assert np.allclose(disc, disc[:, :, ::-1, ::-1], atol=1e-6)
    moved, labels, _ = data.shapes(count=60, size=32, shift=0.3, noise=0)
    assert np.abs(moved[labels == 0] - moved[labels == 0][:, :, ::-1, ::-1]).max() > 0.1


def test_noise_has_the_standard_deviation_that_was_asked_for():
    clean, noisy = data.shapes(count=200, noise=0).images, data.shapes(count=200, noise=0.1).images
    inside = (noisy > 0) & (noisy < 1) & (clean > 0.3) & (clean < 0.7)
    assert (noisy - clean)[inside].std() == pytest.approx(0.1, rel=0.03)


def test_the_colour_cue_ties_colour_to_class():
    def colors_of_class(cue):
        images, labels, _ = data.shapes(count=240, size=32, shift=0, noise=0, cue=cue)
        return {tuple(image[:, 16, 16].round(2)) for image in images[labels == 2]}

    assert len(colors_of_class(1.0)) == 1
    assert len(colors_of_class(0.0)) == 6


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"cue": 2}, "cue is 2, needs a number from 0 to 1"),
        ({"shift": -0.1}, "shift is -0.1, needs a number from 0 to 1"),
        ({"count": 0}, "count 0 and size 16 make no data set"),
    ],
)
def test_an_impossible_shape_is_one_sentence(options, sentence):
    with pytest.raises(Fault, match=re.escape(sentence)):
        data.load("shapes", **options)


def test_an_unknown_name_lists_the_names():
    with pytest.raises(Fault, match="no data set 'imagenet': the names are digits, shapes, mnist"):
        data.load("imagenet")


def test_an_option_of_shapes_is_refused_elsewhere():
    with pytest.raises(Fault, match="digits takes no option 'size'"):
        data.load("digits", size=16)


def test_missing_torchvision_is_one_sentence(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "torchvision", None)
    with pytest.raises(Fault, match=re.escape("mnist needs torchvision: install it with  pip install torchvision")):
        data.load("mnist", root=tmp_path)


def test_a_torchvision_that_does_not_fit_is_one_sentence(monkeypatch, tmp_path):
    package = tmp_path / "torchvision"
    package.mkdir()
    (package / "__init__.py").write_text('raise RuntimeError("operator torchvision::nms does not exist\\nand more")')
    monkeypatch.syspath_prepend(tmp_path)
    for name in [name for name in sys.modules if name.split(".")[0] == "torchvision"]:
        monkeypatch.delitem(sys.modules, name)
    fits = "mnist needs a torchvision that fits the installed torch, and this one does not"
    with pytest.raises(Fault, match=f"^{fits} " + re.escape("(operator torchvision::nms does not exist)") + "$"):
        data.load("mnist", root=tmp_path)


def test_damaged_digits_are_one_sentence(tmp_path):
    broken = tmp_path / "digits.npz"
    with pytest.raises(Fault, match="is missing: install the course again"):
        data._digits(broken)
    for content in (b"", b"PK\x03\x04 cut short", (ROOT / "data" / "digits.npz").read_bytes()[:20_000]):
        broken.write_bytes(content)
        with pytest.raises(Fault, match="is damaged: install the course again"):
            data._digits(broken)


@pytest.mark.usefixtures("torchvision")
def test_torchvision_reads_idx_files_as_they_are(digits_as_idx):
    root, pixels, labels = digits_as_idx
    loaded = data.load("mnist", root=root)
    assert loaded.images.shape == (1797, 1, 8, 8) and loaded.images.dtype == np.float32
    assert np.array_equal(loaded.images[:, 0], pixels.astype(np.float32) / np.float32(255))
    assert np.array_equal(loaded.labels, labels)
    assert np.concatenate(loaded.split[:2]).tolist() == list(range(1500))
    assert loaded.split.test.tolist() == list(range(1500, 1797))


@pytest.mark.usefixtures("torchvision")
def test_a_set_that_is_not_there_says_how_to_get_it(tmp_path):
    with pytest.raises(Fault, match="run `classroom data fashion-mnist`, or load it with download=True"):
        data.load("fashion-mnist", root=tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("torchvision")
@pytest.mark.parametrize("damage", ["cut", "empty", "magic", "missing"])
def test_a_damaged_file_is_one_sentence(digits_as_idx, damage):
    root, _, _ = digits_as_idx
    file = root / "MNIST" / "raw" / "train-images-idx3-ubyte"
    content = file.read_bytes()
    damaged = {"cut": content[:5000], "empty": b"", "magic": b"\xff" * 16 + content[16:], "missing": None}[damage]
    file.unlink() if damaged is None else file.write_bytes(damaged)
    with pytest.raises(Fault, match=r"mnist in .*MNIST is damaged: delete that folder and load it again"):
        data.load("mnist", root=root)


@pytest.mark.usefixtures("torchvision")
def test_without_network_nothing_is_left_behind(monkeypatch, tmp_path):
    mnist = data._torchvision_datasets("mnist").MNIST
    monkeypatch.setattr(mnist, "mirrors", ["http://127.0.0.1:9/"])
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with pytest.raises(Fault, match=r"^mnist could not be downloaded \(.*\): check the network and try again$"):
        data.load("mnist", root=tmp_path, download=True)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("torchvision")
def test_a_download_lands_whole(monkeypatch, tmp_path, digits_as_idx, serve):
    """Serve the digits as MNIST's archives on this machine and let torchvision download them."""
    root, pixels, _ = digits_as_idx
    server, resources = tmp_path / "server", []
    server.mkdir()
    mnist = data._torchvision_datasets("mnist").MNIST
    for name, _ in mnist.resources:
        packed = gzip.compress((root / "MNIST" / "raw" / name.removesuffix(".gz")).read_bytes(), mtime=0)
        (server / name).write_bytes(packed)
        resources.append((name, hashlib.md5(packed).hexdigest()))
    monkeypatch.setattr(mnist, "mirrors", [serve(server)])
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setattr(mnist, "resources", resources)
    target = tmp_path / "data"
    loaded = data.load("mnist", root=target, download=True)
    assert np.array_equal(loaded.images[:, 0], pixels.astype(np.float32) / np.float32(255))
    assert sorted(path.name for path in (target / "MNIST" / "raw").iterdir()) == sorted(
        name.removesuffix(".gz") for name, _ in resources
    )
    assert [path.name for path in target.iterdir()] == ["MNIST"]
    # A wrong checksum is not MNIST: refused, and nothing stays.
    monkeypatch.setattr(mnist, "resources", [(name, "0" * 32) for name, _ in resources])
    with pytest.raises(Fault, match="could not be downloaded"):
        data.load("mnist", root=tmp_path / "other", download=True)
    assert list((tmp_path / "other").iterdir()) == []


@pytest.mark.usefixtures("torchvision")
@pytest.mark.skipif(
    "LAYERWISE_MNIST" not in os.environ, reason="LAYERWISE_MNIST names no folder with MNIST as train.npz, test.npz"
)
def test_torchvision_reads_the_real_mnist(tmp_path):
    source = Path(os.environ["LAYERWISE_MNIST"])
    for part, prefix in (("train", "train"), ("test", "t10k")):
        with np.load(source / f"{part}.npz") as archive:
            write_idx(tmp_path / "MNIST" / "raw", archive["X"], archive["y"], prefix)
    images, labels, split = data.load("mnist", root=tmp_path)
    assert images.shape == (70_000, 1, 28, 28)
    assert [len(part) for part in split] == [55_000, 5_000, 10_000]
    assert np.bincount(labels[split.test]).tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    # The mean and deviation that every MNIST tutorial normalises by.
    trained = images[:60_000]
    assert trained.mean(dtype=np.float64) == pytest.approx(0.1307, abs=5e-5)
    assert trained.std(dtype=np.float64) == pytest.approx(0.3081, abs=5e-5)
