"""What stands in for a function that fails, in the real sandbox: later exercises earn points, its own earns none."""

import gzip
import json
import shutil
from pathlib import Path

import pytest

from classroom.staff.author import build, release
from classroom.staff.folders import Folders
from classroom.staff.grade.exam import load_exam
from classroom.staff.grade.examine import POINTS_ONLY
from classroom.staff.grade.worker import Worker
from classroom.staff.sandbox import sandbox

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sandbox.capabilities().mode == "none", reason="student code cannot be locked in here"),
]
ROOT = Path(__file__).parents[3]
PRODUCT = """
def conv2d_im2col(x, weight, bias, *, stride=1, padding=0):
    cols = own.im2col(x, weight.shape[2:], stride, padding)
    return (cols @ weight.reshape(len(weight), -1).T + bias).transpose(0, 3, 1, 2)
"""
# Instance norm through layer norm, every map an example of its own.
MAPS = """
def instancenorm_forward(x, scale, shift, *, eps=1e-5):
    n, c, h, w = x.shape
    one, zero = np.ones(1, x.dtype), np.zeros(1, x.dtype)
    y, cache = own.layernorm_forward(x.reshape(n * c, 1, h, w), one, zero, eps=eps)
    y = y.reshape(x.shape)
    return scale[:, None, None] * y + shift[:, None, None], (y, scale, cache)

def instancenorm_backward(grad_y, cache):
    y, scale, cache = cache
    grad = (grad_y * scale[:, None, None]).reshape(-1, 1, *grad_y.shape[2:])
    grad_x, _, _ = own.layernorm_backward(grad, cache)
    return grad_x.reshape(grad_y.shape), (grad_y * y).sum(axis=(0, 2, 3)), grad_y.sum(axis=(0, 2, 3))
"""
# Its forward pass is right, its cache is for its own backward pass alone, and that one is wrong.
HALF_RIGHT = """
def layernorm_forward(x, scale, shift, *, eps=1e-5):
    centered = x - x.mean(axis=tuple(range(1, x.ndim)), keepdims=True)
    root = np.sqrt((centered**2).mean(axis=tuple(range(1, x.ndim)), keepdims=True) + eps)
    shape = (-1,) + (1,) * (x.ndim - 2)
    return scale.reshape(shape) * (centered / root) + shift.reshape(shape), "mine"

def layernorm_backward(grad_y, cache):
    assert cache == "mine"
    return 0 * grad_y, 0, 0
"""
# Ways to let what stands in do the exercise that it stands in for.
STEALS = {
    "by its name": "im2col = own.im2col",
    "by a call": "def im2col(*arguments):\n    return own.im2col(*arguments)",
    "from where it is kept": """
import classroom.stand_ins

def im2col(*arguments):
    return next(iter(classroom.stand_ins.DELIVERED.values()))["im2col"](*arguments)
""",
    "from the sheet": """
import json, numpy
from classroom.stand_ins import define
from classroom.obscure import reveal

def im2col(*arguments):
    with numpy.load("convolution.npz") as sheet:
        index = json.loads(sheet["index"].tobytes())
    sealed = next(group for group in index["stand_ins"] if "im2col" in group)
    return define({"im2col": reveal(sealed["im2col"])})["im2col"](*arguments)
""",
    "from another room": """
import gc, os

def im2col(*arguments):
    for thing in gc.get_objects():
        if getattr(thing, "__name__", "") == "im2col_indices":
            return thing(*arguments)
    with open("/tmp/left") as file:
        exec(file.read())
""",
}


def grader(name, root):
    """Release an assignment in a course of its own; gives a worker that grades it."""
    shutil.copy(ROOT / "nbgrader_config.py", root)
    shutil.copytree(ROOT / "assignments" / name, root / "assignments" / name)
    course = Folders.of(root)
    (pair,) = build.pairs(root, [name])
    build.write_sheet(pair)
    release.generate(course, name)
    return Worker(load_exam(course, name), POINTS_ONLY)


@pytest.fixture(scope="module")
def worker(tmp_path_factory):
    made = grader("convolution", tmp_path_factory.mktemp("course"))
    yield made
    made.close()


@pytest.fixture(scope="module")
def worker_of_norms(tmp_path_factory):
    made = grader("normalization", tmp_path_factory.mktemp("course"))
    yield made
    made.close()


@pytest.fixture(scope="module")
def capstone(tmp_path_factory):
    made = grader("capstone", tmp_path_factory.mktemp("course"))
    yield made
    made.close()


def scores(worker, **answers):
    """Grade a notebook of stubs in which these answer cells are written."""
    cells = []
    for record in worker.exam.cells:
        source = answers.get(record.grade_id.removeprefix("answer-")) if not record.locked else None
        cell = {"cell_type": record.cell_type, "id": record.cell_id, "metadata": dict(record.metadata)}
        cell["source"] = record.source if source is None else source
        cells.append(cell | ({"outputs": [], "execution_count": None} if record.cell_type == "code" else {}))
    notebook = {"cells": cells, "metadata": dict(worker.exam.metadata), "nbformat": 4, "nbformat_minor": 5}
    return json.loads(gzip.decompress(worker.grade(json.dumps(notebook).encode())))["scores"]


@pytest.mark.parametrize("earlier", ["", "def im2col(*arguments):\n    return 7", "while True:\n    pass"])
def test_a_later_exercise_earns_its_points_whatever_the_earlier_one_does(worker, earlier):
    found = scores(worker, conv2d_im2col=PRODUCT, **({"im2col": earlier} if earlier else {}))
    assert found["im2col"] == 0
    assert found["conv2d_im2col"] == 15 and found["conv2d_im2col_speed"] == 10


@pytest.mark.parametrize("how", STEALS)
def test_what_stands_in_earns_nothing_where_it_stands_in(worker, how):
    found = scores(worker, im2col=STEALS[how], conv2d_im2col=PRODUCT)
    assert found["im2col"] == 0 and found["conv2d_im2col"] == 15


def test_ones_own_function_is_used_when_it_is_right(worker):
    right = """
def im2col(x, kernel, stride=1, padding=0):
    (kh, kw), (s, t), (p, q) = (np.broadcast_to(value, 2) for value in (kernel, stride, padding))
    x = np.pad(x, ((0, 0), (0, 0), (p, p), (q, q)))
    seen = np.lib.stride_tricks.sliding_window_view(x, (kh, kw), axis=(2, 3))[:, :, ::s, ::t]
    cols = seen.transpose(0, 2, 3, 1, 4, 5)
    return cols.reshape(*cols.shape[:3], -1)
"""
    spying = PRODUCT.replace("    cols", "    assert own.im2col.__wrapped__ is im2col, 'a given one'\n    cols")
    found = scores(worker, im2col=right, conv2d_im2col=spying)
    assert found["im2col"] > 0 and found["conv2d_im2col"] == 15


@pytest.mark.parametrize(("earlier", "points"), [("", 0), (HALF_RIGHT, 7)])
def test_a_pair_stands_in_together(worker_of_norms, earlier, points):
    found = scores(worker_of_norms, instancenorm=MAPS, **({"layernorm": earlier} if earlier else {}))
    assert (found["layernorm_forward"], found["layernorm_backward"]) == (points, 0)
    assert (found["instancenorm_forward"], found["instancenorm_backward"]) == (5, 5)


TRAINING = """
def train_cnn(images, labels, parts, rng):
    words = ["CONV", "BN", "RELU", "POOL"] * 2 + ["CONV", "BN", "RELU", "GAP", "SOFTMAX"]
    layers = own.build_cnn(words, images.shape[1:], int(labels.max()) + 1, rng, 8)
    for epoch in range(6):
        order = rng.permutation(len(images))
        for start in range(0, len(images), 32):
            rows = order[start : start + 32]
            layers, loss = own.train_step(layers, parts, images[rows], labels[rows], 0.1 - 0.016 * epoch, rng)
    assert own.evaluate(layers, parts, images, labels) > 0
    return layers
"""


@pytest.mark.parametrize(
    "step", ["def train_step(*arguments):\n    return arguments[0], 0.0", "train_step = own.train_step"]
)
def test_a_network_is_trained_whatever_became_of_the_functions_it_is_built_with(capstone, step):
    found = scores(capstone, train_cnn=TRAINING, train_step=step)
    assert (found["build_cnn"], found["train_step"], found["evaluate"]) == (0, 0, 0)
    assert found["train_cnn"] >= 10
