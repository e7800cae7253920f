"""What student code cannot forge: the time that it takes, the parts that it wrote, and help that is not there."""

import functools
from pathlib import Path

import pytest

from classroom.call.caller import LocalCaller
from classroom.judge.verdict import judge
from classroom.staff.declare.exercise import Assignment, full_sheet, load_assignment
from classroom.staff.grade.withheld import blanked
from classroom.staff.sandbox import room, sandbox
from classroom.staff.sandbox.inventory import COURSE
from classroom.staff.sandbox.room import HOPELESS, LATER, Allowance, Room, SandboxCaller, Session
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

    @functools.cache
    def of(assignment, identity):
        found = load_assignment(assignment).exercise(identity)
        return full_sheet(Assignment(assignment, assignment, [found]), "a secret").exercise(identity)

    return of


@pytest.fixture(scope="module")
def verdict_of():
    """Judge what a notebook of these cells wrote for an exercise; what is released beside it is the same for many."""
    opened = {}

    def verdict(exercise, *sources, files=None, modules=None, session=None):
        beside = tuple(sorted((files or {}).items()))
        if beside not in opened:
            opened[beside] = Zygote(files=files)
        one = Room(opened[beside], session or Session(Allowance()), 0, modules)
        one._session.sources += sources
        caller = SandboxCaller(one, exercise, {})
        caller.ask_visible()
        found = judge(exercise, caller)
        one.close()
        return found

    yield verdict
    for zygote in opened.values():
        zygote.close()


def test_slow_code_is_slow_whatever_its_clocks_say(exercise, verdict_of):
    speed = exercise("convolution", "conv2d_im2col_speed")
    honest, forged = verdict_of(speed, SLOW), verdict_of(speed, SLOW, FORGED)
    assert honest.outcome == forged.outcome == "wrong" and honest.points == forged.points == 0
    assert forged.findings[0].stage == "slow" and "a loop over the outputs" in forged.findings[0].text


def test_work_in_another_thread_is_counted_too(exercise, verdict_of):
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


def test_fast_code_is_fast_enough(exercise, verdict_of):
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


def test_parts_that_nobody_wrote_earn_nothing_whatever_the_course_is_made_to_say(exercise, verdict_of):
    folder = Path(__file__).parents[3] / "assignments" / "capstone"
    files = {"given_network.py": str(folder / "given_network.py")}
    modules = {name: blanked((folder / f"{name}.py").read_text(), name) for name in ("given_layers", "given_tape")}
    wrapped = """
from given_network import given_parts
given = given_parts()

def my_parts():
    return {name: (lambda *a, part=part, **k: part(*a, **k)) for name, part in given.items()}
"""
    empty = (
        "def my_parts():\n    return dict.fromkeys(('relu_forward', 'adam', 'kaiming_normal'), lambda *a, **k: None)"
    )
    unwrapped = """
import gc, types
import given_network, given_layers

def inside(function):
    for cell in function.__closure__ or ():
        if isinstance(cell.cell_contents, types.FunctionType):
            return inside(cell.cell_contents)
    return function

found = {one.__name__: one for one in gc.get_objects() if isinstance(one, types.FunctionType)}

def my_parts():
    given_network._ASIDE[0] = -10**6
    names = given_network.NAMES
    taken = {name: inside(part) for name, part in given_network.given_parts().items()}
    taken |= {name: getattr(given_layers, name) for name in names if hasattr(given_layers, name)}
    return taken | {name: found[name] for name in names if name in found}
"""
    own = exercise("capstone", "my_parts")
    for sources in ([wrapped], [unwrapped], [empty, FORGED]):
        assert verdict_of(own, *sources, files=files, modules=modules).points == 0


def test_own_parts_finds_what_a_student_wrote_where_there_is_nothing_to_compare_it_with(exercise, verdict_of):
    folder = Path(__file__).parents[3] / "assignments" / "capstone"
    modules = {name: blanked((folder / f"{name}.py").read_text(), name) for name in ("given_layers", "given_tape")}
    source = """
import numpy as np
from given_network import given_parts, own_parts

def relu_forward(x):
    return np.maximum(x, 0), x > 0

def relu_backward(grad_y, cache):
    return grad_y * cache

parts = given_parts() | own_parts(globals(), quiet=True)

def my_parts():
    return own_parts(globals(), quiet=True)
"""
    files = {"given_network.py": str(folder / "given_network.py")}
    verdict = verdict_of(exercise("capstone", "my_parts"), source, files=files, modules=modules)
    assert {name for name, right in verdict.parts.items() if right} == {"relu_forward", "relu_backward"}


HOUSE = Path(__file__).parents[3] / "classroom"


def test_student_code_finds_nothing_that_does_its_work():
    """Of the course, what the inventory lists and nothing else; of what the judge uses and trains with, nothing."""
    paths = [path.relative_to(HOUSE).with_suffix("").as_posix() for path in HOUSE.rglob("*.py")]
    outside = [f"classroom.{path}".replace("/", ".") for path in paths if path not in {*COURSE, "check"}]
    assert {"classroom.judge.verdict", "classroom.judge.gradient", "classroom.staff.__init__"} <= set(outside)
    names = [
        name.removesuffix(".__init__")
        for name in [*outside, "given_network", "given_layers", "solutions", "scipy", "torch"]
    ]
    source = f"import importlib\nfor name in {names!r}:\n    try:\n        importlib.import_module(name)\n"
    source += "        print(name)\n    except ImportError:\n        pass\nprint('that is all')"
    zygote = Zygote()
    try:
        with zygote.open(0) as child:
            answer = child.ask({"do": "cell", "source": source, "outputs": True, "figures": False}, 20.0)
            assert answer["outputs"][0]["text"] == "that is all\n"
    finally:
        zygote.close()


BATCHNORM = """
import numpy as np

def batchnorm_forward(x, scale, shift, running, *, training, alpha=0.9, eps=1e-5):
    mean, var = (np.zeros(x.shape[1], x.dtype), np.ones(x.shape[1], x.dtype)) if running is None else running
    if not training:
        FAIL
    batch_mean, batch_var = x.mean(axis=0), x.var(axis=0)
    mean, var = alpha * mean + (1 - alpha) * batch_mean, alpha * var + (1 - alpha) * batch_var
    factor = 1 / np.sqrt(batch_var + eps)
    normalized = (x - batch_mean) * factor
    return scale * normalized + shift, (normalized, factor, scale, eps, training), (mean, var)
"""


def brief(**more):
    """Return a session with little time for what never ends, of however busy a machine."""
    return Session(Allowance(calls=0.5, together=0.25, patience=100.0, **more))


@pytest.mark.parametrize("fail", ["while True: pass", "exit()", "raise MemoryError"])
def test_inference_that_stops_costs_what_it_costs_at_home(exercise, verdict_of, monkeypatch, fail):
    monkeypatch.setattr(room, "LATER", (1 / 40, 0.05))  # an honest answer takes a thousandth of a second
    batchnorm = exercise("normalization", "batchnorm_forward")
    source, namespace = BATCHNORM.replace("FAIL", fail), {}
    exec(source, namespace)
    home = judge(batchnorm, LocalCaller(namespace, 1.0))
    graded = verdict_of(batchnorm, source, session=brief())
    assert graded.parts == home.parts and graded.parts["training"]


def test_what_never_ends_in_any_case_is_asked_a_few_times_and_no_more(exercise, verdict_of):
    session = brief()
    endless = "def batchnorm_forward(*given, **options):\n    while True: pass"
    assert verdict_of(exercise("normalization", "batchnorm_forward"), endless, session=session).points == 0
    assert session.deaths == 0 and session.spent < 0.25 + 0.5 + HOPELESS * 2 * LATER[1]  # of its own seconds


def test_what_never_ends_in_some_cases_ends_with_the_time_of_the_submission(exercise, verdict_of):
    session = brief(submission=1.0)
    source = BATCHNORM.replace("FAIL", "while True: pass")
    verdict_of(exercise("normalization", "batchnorm_forward"), source, session=session)
    assert 1.0 <= session.spent < 1.0 + 1.0
