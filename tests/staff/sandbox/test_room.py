"""Rooms of one submission: one runs at a time, and together they have the memory and the time of one."""

import pytest

from classroom.call.script import parse
from classroom.call.value import Generator
from classroom.staff.sandbox import sandbox
from classroom.staff.sandbox.question import Batch, Question
from classroom.staff.sandbox.room import MUTE, Allowance, Broken, Room, Session, read_runs
from classroom.staff.sandbox.sandbox import Limits, Zygote
from classroom.staff.sandbox.wire import Overdue

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sandbox.capabilities().mode == "none", reason="student code cannot be locked in here"),
]
MEGABYTE = 1 << 20


@pytest.fixture(scope="module")
def zygote():
    opened = Zygote(limits=Limits(memory_bytes=900 * MEGABYTE, answer_bytes=2 * MEGABYTE, scratch_bytes=MEGABYTE))
    yield opened
    opened.close()


@pytest.fixture
def rooms(zygote):
    """Make rooms of one submission with these cells."""
    made = []

    def make(*sources, count=1, **allowance):
        session = Session(Allowance(**allowance), sources=list(sources))
        made.extend(Room(zygote, session, 0) for _ in range(count))
        return session, made[-count:]

    yield make
    for room in made:
        room.close()


def asked(room, text, outputs=("y",), inputs=None, *, back=False):
    """Ask one question and return its run, or why there is none."""
    mark = room.mark()
    found = room.questions(mark, Batch([Question(parse([text]), inputs or {}, list(outputs), back)]), 5.0)
    return found if isinstance(found, Broken) else found[0]


HOARD = "HOARD = []\ndef hoard(size):\n    HOARD.append(b'x' * (size << 20))\n    return len(HOARD)"


def test_rooms_share_the_memory_of_one_submission(rooms):
    _, (first, second) = rooms(HOARD, count=2)
    assert asked(first, "y = hoard(420)").values["y"] == 1
    assert asked(second, "y = hoard(450)").error.name == "MemoryError"  # alone it would fit: see below
    first.close()
    assert asked(second, "y = hoard(450)").values["y"] == 1


def test_memory_that_is_mapped_to_be_shared_counts_too(rooms):
    """It is no file's and shared with nobody, but the kernel lists it beside what is."""
    mapped = "import mmap\nKEPT = []\ndef hoard(size):\n    KEPT.append(mmap.mmap(-1, size << 20))\n    "
    mapped += "[KEPT[-1].write(bytes(1 << 20)) for _ in range(size)]\n    return len(KEPT)"
    _, (first, second) = rooms(mapped, count=2)
    assert asked(first, "y = hoard(400)").values["y"] == 1
    assert first._child.held_bytes() > 390 * MEGABYTE
    assert asked(second, "y = hoard(600)").error is not None  # alone it would fit
    first.close()
    assert asked(second, "y = hoard(600)").values["y"] == 1


def test_pictures_that_nobody_asked_for_are_not_even_encoded(rooms, monkeypatch):
    encoded = []
    monkeypatch.setattr("classroom.staff.sandbox.cell_outputs.encode_picture", lambda pixels: encoded.append(1))
    sends = (
        "import interpreter, numpy as np\nhonest = interpreter._run_cell\n"
        "picture = {'kind': 'picture', 'name': '', 'text': '', 'pixels': np.zeros((9, 9, 4), np.uint8)}\n"
        "interpreter.OUTPUT.items.append(picture)"
    )
    _, (room,) = rooms(sends)
    assert room.show(0, figures=False).outputs == [] and not encoded
    room.show(0, figures=True)
    assert encoded == [1]


def test_answers_that_are_kept_take_from_the_same_memory(rooms):
    session, (room,) = rooms(HOARD)
    session.kept_bytes = 500 * MEGABYTE
    assert asked(room, "y = hoard(300)").error.name == "MemoryError"
    session.kept_bytes = 0
    assert asked(room, "y = hoard(300)").values["y"] == 1


def test_only_the_room_that_is_asked_runs(rooms):
    spin = (
        "import threading\nCOUNT = [0]\ndef spin():\n    while True: COUNT[0] += 1\n"
        "threading.Thread(target=spin, daemon=True).start()\ndef count(): return COUNT[0]"
    )
    session, (first, second) = rooms(spin, count=2)
    assert asked(first, "y = count()").values["y"] >= 0
    other = first._child
    assert asked(second, "y = count()").values["y"] >= 0
    before = other.cpu_seconds()
    for _ in range(30):
        assert asked(second, "y = count()").error is None
    assert other.cpu_seconds() == before
    assert session.running is second._child


def test_what_all_rooms_compute_counts_for_the_submission(rooms):
    session, (first, second) = rooms(
        "import time\ndef work(seconds):\n    until = time.process_time() + seconds\n"
        "    while time.process_time() < until: pass\n    return seconds",
        count=2,
        submission=0.6,
    )
    for room in (first, second, first, second, first):
        found = asked(room, "y = work(0.15)")
    assert isinstance(found, Broken) and "of its own time" in found.reason
    assert session.spent >= 0.6


def test_time_that_a_room_takes_with_it_when_it_ends_counts_too(rooms):
    session, (room,) = rooms("import os\ndef leave():\n    for _ in range(20000): sum(range(1000))\n    os._exit(3)")
    assert isinstance(asked(room, "y = leave()"), Broken)
    assert session.spent > 0.1


def test_cells_that_a_second_room_runs_again_take_nothing_from_the_submission_and_once_only(rooms):
    session, (first, second) = rooms("for _ in range(20000): sum(range(1000))\ndef one(): return 1", count=2)
    first.show(0, figures=False)
    shown = session.spent
    assert 0.5 * shown < session.took[0] <= shown
    session.took[0] = 60.0  # whatever else the machine does
    assert asked(second, "y = one()").values["y"] == 1
    assert session.spent < 1.2 * shown
    second.close()
    assert asked(second, "y = one()").values["y"] == 1
    assert session.spent > 1.2 * shown


def test_a_cell_that_takes_longer_the_second_time_pays_for_the_difference(rooms):
    session, (room,) = rooms("for _ in range(20000): sum(range(1000))")
    session.took[0] = 0.01
    asked(room, "y = one()")
    assert session.spent > 0.1


def test_an_answer_of_more_than_an_exercise_may_keep_is_none(rooms):
    _, (room,) = rooms("def large():\n    return b'x', bytearray(3 << 20)\nimport numpy as np")
    room._session.sources.append("def large():\n    return np.zeros(3 << 20, np.int8)")
    found = asked(room, "y = large()")
    assert found.error.kind == "not plain" and "at most 1024 of 2097152 bytes cross" in found.error.message


def test_a_room_that_nobody_lets_run_ends_the_examination_and_not_the_room(rooms):
    session, (room,) = rooms("def one(): return 1")
    assert asked(room, "y = one()").values["y"] == 1
    session.patience = 0.1
    room._child._is_awake = lambda: True
    session.let_run = lambda child, limits: child.pause()
    with pytest.raises(Overdue):
        asked(room, "y = one()")


def test_inputs_come_back_and_are_compared_out_here(rooms):
    _, (room,) = rooms("def grow(a, b, rng):\n    a[0] = 5\n    b.append(rng.random())\n    return 1")
    inputs = {"a": [1, 2], "b": [0.5], "n": 3, "rng": Generator(1)}
    found = asked(room, "y = grow(a, b, rng)", inputs=inputs, back=True)
    assert found.changed == ("a", "b")


def test_what_a_room_says_of_inputs_that_came_back_is_not_asked_for():
    question = Question((), {"a": [1], "b": [2]}, [], back=True)

    def changed(inputs, asked=question):
        (run,) = read_runs({"runs": [[]], "told": [(0, ["b"], None, inputs)]}, [asked])
        return run.changed

    assert changed({"a": [3], "b": [2]}) == ("a",)
    assert changed({"a": [1], "b": [3]}) == changed({"a": [1]}) == ("b",)
    assert changed({"a": [3], "b": [2]}, question._replace(back=False)) == ("b",)


@pytest.mark.parametrize(
    "answer",
    [
        {"runs": [], "told": []},
        {"runs": [[1.0, 2.0], [1.0]], "told": []},
        {"runs": [[], [1.0]], "told": []},
        {"runs": [{"y": 1.0}, [1.0]], "told": []},
        {"runs": ["y", [1.0]], "told": []},
    ],
)
def test_a_run_that_has_not_the_values_that_were_asked_for_has_none(answer):
    question = Question((), {}, ["y"])
    first, *_ = read_runs(answer, [question, question])
    assert first.error.message == MUTE and not first.values


@pytest.mark.parametrize(
    "item", ["0", (0,), (0, [], None, {}, 1), (0.0, [], None, {}), (0, "y", None, {}), [0, [], 1, {}]]
)
def test_what_is_told_in_no_order_makes_every_run_mute(item):
    question = Question((), {}, ["y"])
    runs = read_runs({"runs": [[1.0], [1.0]], "told": [item]}, [question, question])
    assert [run.error.message for run in runs] == [MUTE, MUTE]


def test_an_answer_that_does_not_fit_is_asked_for_alone(rooms):
    _, (room,) = rooms("import numpy as np\ndef large(n):\n    return np.zeros(n << 20)")
    one, large = (Question(parse(["y = large(n)"]), {"n": n}, ["y"]) for n in (0, 1))
    mark = room.mark()
    assert room.questions(mark, Batch([one, large]), 5.0).kind == "not plain"
    assert room.questions(mark, Batch([large]), 5.0)[0].error.kind == "not plain"
    assert room.questions(mark, Batch([one]), 5.0)[0].values["y"].size == 0


def test_an_answer_that_nobody_asked_for_is_not_taken_for_the_next(rooms):
    """A forged one that comes first leaves the real one behind, and every later answer would be the one before."""
    forge = (
        "import sys, time, wire\n"
        "def forge():\n"
        "    above = sys._getframe()\n"
        "    while 'channel' not in above.f_locals: above = above.f_back\n"
        "    number = above.f_locals['request']['number']\n"
        "    answer = {'runs': [[2]], 'told': [], 'unfit': '', 'number': number}\n"
        "    wire.send(above.f_locals['channel'], answer, wire.FOREVER)\n"
        "    time.sleep(0.2)\n    return 1\n"
        "def three(): return 3"
    )
    _, (room,) = rooms(forge)
    assert asked(room, "y = forge()").values["y"] == 2  # it may say what it likes of itself
    assert asked(room, "y = three()").values["y"] == 3
