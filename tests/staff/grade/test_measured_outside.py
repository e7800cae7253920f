"""What student code cannot forge: the time that it takes, the parts that it wrote, and help that is not there."""

from pathlib import Path

import pytest

from classroom.judge.verdict import judge
from classroom.staff.declare.exercise import Assignment, full_sheet, load_assignment
from classroom.staff.sandbox import sandbox
from classroom.staff.sandbox.inventory import COURSE
from classroom.staff.sandbox.room import Allowance, Room, SandboxCaller, Session
from classroom.staff.sandbox.sandbox import Zygote

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sandbox.capabilities().mode == "none", reason="student code cannot be locked in here"),
]
# Every clock that student code can reach stands still, and whatever the course brought along says yes.
FORGED = """
import builtins, gc, sys, time
for name in ("perf_counter", "process_time", "thread_time", "monotonic", "time"):
    setattr(time, name, lambda: 0.0)
for module in list(sys.modules.values()):
    for name in ("_seconds", "_within", "own", "agreeing", "own_parts", "_difference", "keep", "allowed"):
        if hasattr(module, name):
            setattr(module, name, lambda *a, **k: "")
"""
SLOW = """
import numpy as np

def conv2d_im2col(x, weight, bias, stride=1, padding=0):
    (n, c, h, w), (f, _, kh, kw) = x.shape, weight.shape
    p, q = (padding, padding) if np.ndim(padding) == 0 else padding
    s, t = (stride, stride) if np.ndim(stride) == 0 else stride
    x = np.pad(x, ((0, 0), (0, 0), (p, p), (q, q)))
    y = np.zeros((n, f, (h + 2 * p - kh) // s + 1, (w + 2 * q - kw) // t + 1), x.dtype)
    for a, b, i, j in np.ndindex(y.shape):
        y[a, b, i, j] = (x[a, :, i * s : i * s + kh, j * t : j * t + kw] * weight[b]).sum() + bias[b]
    return y
"""


@pytest.fixture(scope="module")
def exercise():
    """Return an exercise of an assignment with its hidden cases."""

    def of(assignment, identity):
        found = load_assignment(assignment).exercise(identity)
        return full_sheet(Assignment(assignment, assignment, [found]), "a secret").exercise(identity)

    return of


def verdict_of(exercise, *sources, files=None):
    """Judge what a notebook of these cells wrote for an exercise."""
    zygote = Zygote(files=files)
    try:
        room = Room(zygote, Session(Allowance()), seed=0)
        room._session.sources += sources
        caller = SandboxCaller(room, exercise, {})
        caller.ask_visible()
        verdict = judge(exercise, caller)
        room.close()
        return verdict
    finally:
        zygote.close()


def test_slow_code_is_slow_whatever_its_clocks_say(exercise):
    speed = exercise("convolution", "conv2d_im2col_speed")
    honest, forged = verdict_of(speed, SLOW), verdict_of(speed, SLOW, FORGED)
    assert honest.outcome == forged.outcome == "wrong" and honest.points == forged.points == 0
    assert forged.findings[0].stage == "slow" and "a loop over the outputs" in forged.findings[0].text


def test_work_in_another_thread_is_counted_too(exercise):
    threaded = (
        SLOW
        + """
import threading
alone = conv2d_im2col
def conv2d_im2col(*arguments, **options):
    found = []
    worker = threading.Thread(target=lambda: found.append(alone(*arguments, **options)))
    worker.start(), worker.join()
    return found[0]
"""
    )
    assert verdict_of(exercise("convolution", "conv2d_im2col_speed"), threaded).points == 0


def test_fast_code_is_fast_enough(exercise):
    fast = """
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

def conv2d_im2col(x, weight, bias, stride=1, padding=0):
    (p, q), (s, t) = np.broadcast_to(padding, 2), np.broadcast_to(stride, 2)
    x = np.pad(x, ((0, 0), (0, 0), (p, p), (q, q)))
    cols = sliding_window_view(x, weight.shape[2:], axis=(2, 3))[:, :, ::s, ::t].transpose(0, 2, 3, 1, 4, 5)
    y = cols.reshape(*cols.shape[:3], -1) @ weight.reshape(len(weight), -1).T + bias
    return y.transpose(0, 3, 1, 2)
"""
    assert verdict_of(exercise("convolution", "conv2d_im2col_speed"), fast).outcome == "right"


def test_parts_that_nobody_wrote_earn_nothing_whatever_the_course_is_made_to_say(exercise):
    folder = Path(__file__).parents[3] / "assignments" / "capstone"
    files = {name: str(folder / name) for name in ("given_network.py", "given_tape.py")}
    wrapped = """
from given_network import given_parts
given = given_parts()

def my_parts():
    return {name: (lambda *a, part=part, **k: part(*a, **k)) for name, part in given.items()}
"""
    empty = (
        "def my_parts():\n    return dict.fromkeys(('relu_forward', 'adam', 'kaiming_normal'), lambda *a, **k: None)"
    )
    own = exercise("capstone", "my_parts")
    assert verdict_of(own, wrapped, files=files).points == 0
    assert verdict_of(own, empty, FORGED, files=files).points == 0


HOUSE = Path(__file__).parents[3] / "classroom"


def test_student_code_finds_nothing_that_does_its_work():
    """Of the course, what the inventory lists and nothing else; of what the judge uses and trains with, nothing."""
    paths = [path.relative_to(HOUSE).with_suffix("").as_posix() for path in HOUSE.rglob("*.py")]
    outside = [f"classroom.{path}".replace("/", ".") for path in paths if path not in {*COURSE, "check"}]
    assert {"classroom.judge.verdict", "classroom.judge.gradient", "classroom.staff.__init__"} <= set(outside)
    names = [name.removesuffix(".__init__") for name in [*outside, "given_network", "solutions", "scipy", "torch"]]
    source = f"import importlib\nfor name in {names!r}:\n    try:\n        importlib.import_module(name)\n"
    source += "        print(name)\n    except ImportError:\n        pass\nprint('that is all')"
    zygote = Zygote()
    try:
        with zygote.open(0) as child:
            answer = child.ask({"do": "cell", "source": source, "outputs": True, "figures": False}, 20.0)
            assert answer["outputs"][0]["text"] == "that is all\n"
    finally:
        zygote.close()
