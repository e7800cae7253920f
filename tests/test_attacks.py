"""Attacks on the grader: each earns nothing, harms nobody, and leaves what its student did honestly.

All of them are handed in as one class, among honest students, and graded by one run of the real command's engine.
"""

import contextlib
import hashlib
import json
import os
import re
import secrets
import socket
import sqlite3
import stat
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import attack
import numpy as np
import pytest
import small_course
from page import Page
from small_course import answered, hand_in
from without_namespaces import ELSEWHERE, give, unable

from classroom.staff.author.release import nbgrader_api
from classroom.staff.folders import Folders
from classroom.staff.grade.assignment import grade_assignment
from classroom.staff.grade.examine import Settings
from classroom.staff.grade.store import Store
from classroom.staff.report.feedback import write_feedback
from classroom.staff.sandbox import sandbox
from classroom.staff.sandbox.room import Allowance
from classroom.staff.sandbox.sandbox import Limits

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        sandbox.capabilities().mode != "namespaces", reason="bubblewrap may not make namespaces on this machine"
    ),
]
NAMES = [path.stem for path in sorted(attack.FOLDER.glob("*.py"))]
HONEST = {"double": 2.0, **attack.HONEST, "explain": 0.0}
# Sizes that are no other run's: they stand in the command line of the zygotes, and so name their processes.
BYTES, FILES = (8 << 20) + 4096 * secrets.randbelow(1024), 512 + secrets.randbelow(512)
MARK = f'"scratch_bytes": {BYTES}, "scratch_files": {FILES}'
SETTINGS = Settings(
    allowance=Allowance(cell=1.0, calls=0.5, together=0.25, submission=15.0, deaths=6),
    limits=Limits(memory_bytes=1 << 30, cpu_seconds=10, scratch_bytes=BYTES, scratch_files=FILES),
)


class Watch:
    """What lies on the host that an attack might touch, and ears that hear when one calls."""

    def __init__(self, folder: Path) -> None:
        self.calls: list[str] = []
        self.canary = folder / "canary"
        self.canary.write_text("alive")
        self.canary.chmod(0o666)
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        self.unix = socket.socket(socket.AF_UNIX)
        self.unix.bind(str(folder / "ear"))
        os.chmod(folder / "ear", 0o777)
        self.unix.listen()
        self.abstract = socket.socket(socket.AF_UNIX)
        self.abstract.bind(f"\0attack-{self.port}")
        self.abstract.listen()
        self.datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.datagrams.bind(("127.0.0.1", self.port))
        for ear in (self.server, self.unix, self.abstract):
            threading.Thread(target=self._listen, args=(ear,), daemon=True).start()
        self.home = Path.home()
        self.site = Path(np.__file__).resolve().parents[1]
        self.before = self.state()

    def _listen(self, ear: socket.socket) -> None:
        while True:
            try:
                connection, _ = ear.accept()
            except OSError:
                return
            self.calls.append(str(ear))
            connection.close()

    def state(self) -> dict[str, object]:
        """Return what must be the same afterwards."""
        names = [self.home / name for name in (".bashrc", ".profile", ".ipython/profile_default/startup", ".config")]
        names += [Path("/etc/passwd"), self.site / "numpy/__init__.py", self.site / "sitecustomize.py"]
        found: dict[str, object] = {str(path): stamp(path) for path in (*names, self.canary)}
        found["start-up files"] = sorted(path.name for path in self.site.glob("*.pth"))
        found["beside the canary"] = sorted(os.listdir(self.canary.parent))
        found["letters"] = [place for place in ("/tmp", "/dev/shm", "/var/tmp") if letter(place)]
        return found

    def close(self) -> None:
        for ear in (self.server, self.unix, self.abstract, self.datagrams):
            ear.close()


def letter(place: str) -> bool:
    return os.path.exists(f"{place}/attack-letter")


def stamp(path: Path) -> object:
    try:
        status = path.stat()
    except OSError:
        return None
    if stat.S_ISDIR(status.st_mode):
        return sorted(os.listdir(path))
    return f"{status.st_mode:o} {status.st_mtime_ns} {hashlib.sha256(path.read_bytes()).hexdigest()}"


def places(root: Path, watch: Watch) -> dict[str, object]:
    """Return what stands between @ signs in the files."""
    return {
        "COURSE": root,
        "HOME": watch.home,
        "CANARY": watch.canary,
        "PORT": watch.port,
        "SOCKET": watch.canary.with_name("ear"),
        "SITE": watch.site,
    }


class Graded:
    """The class after its grading."""

    def __init__(self, folder: Path) -> None:
        os.chmod(folder, 0o777)
        self.root = small_course.make_course(folder / "course")
        (folder / "host").mkdir()
        self.watch = Watch(folder / "host")
        self.attacks = {one.name: one for one in attack.read_all(places(self.root, self.watch))}
        for one in self.attacks.values():
            beside = hand_in(self.root, one.student, one.notebook())
            for name, text in one.files.items():
                (beside / name).parent.mkdir(parents=True, exist_ok=True)
                (beside / name).write_text(text)
        self.honest = ["aaa-honest", "attack-m-honest", "honest-z", "zzz-honest"]
        for student in self.honest:
            hand_in(self.root, student, answered())
        self.course_before = self.course_state()
        self.summary = grade_assignment(self.root, "small", workers=2, settings=SETTINGS)
        self.scores = {student: self.result(student).get("scores", {}) for student in self.students}

    @property
    def students(self) -> list[str]:
        return [*self.honest, *(one.student for one in self.attacks.values())]

    def course_state(self) -> dict[str, str]:
        """Return the hash of every file of the course that grading has no business to change."""
        kinds = ("class/submitted", "class/release", "assignments")
        files = [path for kind in kinds for path in (self.root / kind).rglob("*") if path.is_file()]
        return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files if path.suffix != ".pyc"}

    def result(self, student: str) -> dict:
        """Return the result that was kept for a student; empty if there is none."""
        store = Store(self.root / "class/grading/small")
        return store.get(store.recorded(student).get("key", "none")) or {}

    def autograded(self, student: str) -> dict:
        return json.loads((self.root / "class/autograded" / student / "small/small.ipynb").read_text())


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    done = Graded(tmp_path_factory.mktemp("attacks"))
    yield done
    done.watch.close()


def test_every_family_attacks():
    """Each kind of attack that the grader promises to withstand is there, and there are many."""
    families = {one.family for one in attack.read_all({})}
    assert families == set(attack.FAMILIES)
    assert len(NAMES) >= 260


def test_the_batch_goes_on(graded):
    assert graded.summary.failed == {}
    assert graded.summary.recorded == len(graded.students)


def test_the_others_have_their_normal_scores(graded):
    assert {student: graded.scores[student] for student in graded.honest} == dict.fromkeys(graded.honest, HONEST)


@pytest.mark.parametrize("name", NAMES)
def test_an_attack_earns_nothing_and_honest_answers_count(graded, name):
    one = graded.attacks[name]
    assert graded.scores[one.student] == one.scores


@pytest.mark.parametrize("name", NAMES)
def test_an_attack_is_no_mere_slip(graded, name):
    """Its cells do not end with an error that its author has not foreseen: then it has attacked nothing."""
    one = graded.attacks[name]
    errors = [
        output
        for cell in graded.autograded(one.student)["cells"]
        for output in cell.get("outputs", ())
        if output["output_type"] == "error" and output["ename"] not in (*one.fails, "Stopped")
    ]
    assert errors == []


def test_nothing_on_the_host_has_changed(graded):
    assert graded.watch.state() == graded.watch.before
    assert graded.watch.calls == []
    graded.watch.datagrams.setblocking(False)
    with pytest.raises(BlockingIOError):
        graded.watch.datagrams.recv(100)


def test_the_course_is_as_it_was(graded):
    assert graded.course_state() == graded.course_before
    query = """
        select student_id, base_cell.name, auto_score, manual_score, extra_credit from submitted_assignment
        join submitted_notebook on submitted_notebook.assignment_id = submitted_assignment.id
        join grade on grade.notebook_id = submitted_notebook.id join base_cell on base_cell.id = grade.cell_id"""
    with contextlib.closing(sqlite3.connect(graded.root / "class/gradebook.db")) as connection:
        assert connection.execute("pragma integrity_check").fetchall() == [("ok",)]
        rows = connection.execute(query).fetchall()
    assert {(student, name): score for student, name, score, *_ in rows} == {
        (student, name): score for student in graded.students for name, score in graded.scores[student].items()
    }
    assert {row[3] for row in rows} == {None} and {row[4] or 0 for row in rows} == {0}


def marked() -> list[str]:
    """Return the processes of this run's sandboxes."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):  # a process that ends while it is looked at
            if MARK.encode() in path.read_bytes():
                found.append(path.parent.name)
    return found


def test_no_process_is_left_over(graded):
    until = time.monotonic() + 20
    while marked() and time.monotonic() < until:  # the workers end their sandboxes as they go
        time.sleep(0.1)
    assert marked() == []
    zygote = sandbox.Zygote(limits=SETTINGS.limits)
    assert marked()  # the test looks for something that is there while a sandbox is open
    zygote.close()


def test_hidden_inputs_are_on_no_page(graded):
    exam = small_course.exam_of(graded.root)
    cases = exam.sheet.exercise("double").cases
    hidden = {f"{number:.5f}" for case in cases if case.hidden for number in case.inputs["x"].ravel()}
    pages = [json.dumps(graded.autograded(f"attack-{name}")) for name in NAMES]
    assert hidden and not [number for number in hidden for page in pages if number in page]
    assert any("SEEN [ 1. -2.  4.]" in page for page in pages)  # what is visible may be shown


@pytest.mark.parametrize(
    "text",
    [
        "<p><script>ATTACK()</script>",
        "<img src=x onerror=ATTACK()>",
        "<a href=' javascript:ATTACK()'>x</a>",
        "<a href='&#106;avascript:ATTACK()'>x</a>",
        "<iframe srcdoc=x>",
    ],
)
def test_what_acts_is_found_on_a_page(text):
    assert Page(text).live


def test_recorded_notebooks_hold_text_and_pictures_only(graded):
    for one in graded.attacks.values():
        notebook = graded.autograded(one.student)
        assert "ATTACK" not in json.dumps(notebook["metadata"])
        for cell in notebook["cells"]:
            own = cell["metadata"].get("nbgrader", {}).get("locked")
            kinds = {kind for output in cell.get("outputs", ()) for kind in output.get("data", {})}
            assert kinds <= {"text/plain", "image/png", *(["text/html"] if own else [])}
            assert "attachments" not in cell and set(cell["metadata"]) <= {"nbgrader", "rendered"}


def test_no_script_reaches_a_feedback_page(graded):
    made = nbgrader_api(Folders.of(graded.root)).generate_feedback("small", student_id="attack-pages_*")
    assert made["success"], made
    pages = sorted((graded.root / "class/feedback").glob("*/small/small.html"))
    assert {one.student for one in graded.attacks.values() if one.family == "pages"} <= {
        path.parts[-3] for path in pages
    }
    found = {path.parts[-3]: Page(path.read_text()).live for path in pages}
    assert not any(found.values()), found


def test_no_script_reaches_a_page_of_our_own(graded):
    """nbgrader's page, above, is made of what the grader recorded; ours as well, and of every attack."""
    students = sorted(one.student for one in graded.attacks.values())
    done = write_feedback(Folders.of(graded.root), "small", students, again=True)
    assert done.written == students and not done.failed
    pages = {student: (done.folder / student / "small/small.html").read_text() for student in students}
    found = {student: Page(text).live for student, text in pages.items()}
    assert not any(found.values()), found
    assert not any(
        re.search(r"<(script|iframe|object|svg|link|base|form|style>.*<style)", text) for text in pages.values()
    )


# What tries to get out, and what the limits have to hold; where files have names, also what looks at them.
LIMITED = ["judging", "load", "inplace", "looking"]
GETTING_OUT = ["reading", "writing", "sockets", "processes"]


@pytest.fixture
def open_folder():
    """A folder that every user may enter, which pytest's own are not."""
    with tempfile.TemporaryDirectory(prefix="elsewhere-") as folder:
        os.chmod(folder, 0o755)
        yield Path(folder)


@pytest.mark.parametrize("place", ELSEWHERE)
def test_in_each_mode_and_under_each_user_the_sandbox_holds(place, open_folder):
    """Without bubblewrap's namespaces, as in Docker, Landlock and seccomp keep what tries to get out."""
    if reason := unable(place):
        pytest.skip(reason)
    mode, prefix = ELSEWHERE[place]
    root = small_course.make_course(open_folder / "course")
    (root / "canary").write_text("alive")
    give(root, place)
    before = {path: stamp(path) for path in root.rglob("*") if path.is_file()}
    families = LIMITED + GETTING_OUT
    script = [sys.executable, str(Path(__file__).with_name("attack_alone.py")), str(root), *families]
    ended = subprocess.run([*prefix(), *script], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr[-1000:]
    said = json.loads(ended.stdout)
    assert (said["mode"], said["wrong"]) == (mode, {}) and said["ran"] > 10 * len(families)
    assert {path: stamp(path) for path in before} == before
