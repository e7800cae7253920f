"""Who handed in: the folders of the students, and one sentence when there are none."""

import os

import pytest
import small_course
from handed_in import dug
from small_course import answered, hand_in

from classroom import cli
from classroom.fault import Fault
from classroom.staff.folders import Folders
from classroom.staff.grade import submissions_folder
from classroom.staff.grade.counting import Counting
from classroom.staff.grade.exam import load_exam
from classroom.staff.grade.submissions_folder import ATTEMPT_BYTES, handed_in, handing_in
from classroom.staff.records.audit_log import AuditLog

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """A released assignment, and nobody has handed in."""
    return small_course.make_course(tmp_path_factory.mktemp("course") / "small")


@pytest.fixture
def course(template, tmp_path):
    return small_course.copy_course(template, tmp_path / "small")


def test_those_who_handed_in_are_named_in_order(course):
    for student in ("zoe", "anna", "ben"):
        hand_in(course, student, answered())
    (course / "class/submitted/carla/other").mkdir(parents=True)
    (course / "class/submitted/.cache/small").mkdir(parents=True)
    (course / "class/submitted/__MACOSX/small").mkdir(parents=True)
    (course / "class/submitted/list.csv").write_text("anna")
    folders = Folders.of(course)
    assert handing_in(folders, "small") == ["anna", "ben", "zoe"]
    assert handing_in(folders, "small", ["zoe", "anna", "zoe"]) == ["anna", "zoe"]


@pytest.mark.parametrize("student", ["nobody", "carla"])
def test_a_student_who_handed_nothing_in_is_named(course, student):
    hand_in(course, "anna", answered())
    (course / "class/submitted/carla/other").mkdir(parents=True)
    with pytest.raises(Fault, match=f"^{student} handed nothing in: .*/{student}/small does not exist$"):
        handing_in(Folders.of(course), "small", ["anna", student])


@pytest.mark.parametrize("options", [[], ["--diff"], ["--again"]])
@pytest.mark.parametrize("kind", ["no folder", "empty folder", "another assignment"])
def test_a_class_that_handed_nothing_in_is_told_so_in_one_sentence(course, capsys, options, kind):
    if kind != "no folder":
        (course / "class/submitted").mkdir()
    if kind == "another assignment":
        (course / "class/submitted/anna/other").mkdir(parents=True)
    with pytest.raises(SystemExit) as ended:
        cli.main(["grade", "small", *options, "--root", str(course)])
    shown = capsys.readouterr()
    assert ended.value.code == 2 and shown.out == ""
    (line,) = shown.err.splitlines()
    assert line.startswith("classroom: nobody has handed in small: ") and "classroom collect small" in line


def test_a_refusal_comes_without_a_progress_bar(course, capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main(["grade", "large", "--root", str(course)])
    (line,) = capsys.readouterr().err.splitlines()
    assert ended.value.code == 2 and line.startswith("classroom: large is not released")


def large(place):
    """Thirty notebooks that have no size on the disk."""
    for number in range(30):
        with open(place / f"{number}.ipynb", "wb") as file:
            file.truncate(20 << 20)


HOSTILE_FOLDERS = {
    "a name in no encoding": lambda place: (place / "small.ipynb").rename(place / "small\udcff.ipynb"),
    "folders in the place of files": lambda place: (
        (place / "small.ipynb").rename(place / "x.ipynb"),
        [(place / name).mkdir() for name in ("small.ipynb", "timestamp.txt")],
    ),
    "names of 255 bytes": lambda place: (place / ("b" * 249 + ".ipynb")).write_bytes(b"{}"),
    "megabytes of nothing": large,
    "the first year": lambda place: (place / "timestamp.txt").write_text("0001-01-01 00:00:00 +1400"),
    "the last year": lambda place: (place / "timestamp.txt").write_text("9999-12-31 23:59:59 UTC"),
    "a link as a time": lambda place: (place / "timestamp.txt").symlink_to("/etc/passwd"),
    "a pipe beside": lambda place: os.mkfifo(place / "other.ipynb"),
}


def person_of(course):
    """Return what the notebook of the one student is taken for."""
    folders = Folders.of(course)
    exam = load_exam(folders, "small")
    (one,) = handed_in(folders, exam, ["eve"])
    return Counting(folders, exam, AuditLog(folders, "classroom grade small"), write=True).person(one)


def test_folders_without_end_are_not_followed(course):
    with dug(hand_in(course, "eve", answered()), 1200):
        assert person_of(course).data == answered()


@pytest.mark.parametrize("what", HOSTILE_FOLDERS)
def test_whatever_lies_in_a_folder_its_notebook_counts_and_its_time_is_none(course, what, monkeypatch):
    place = hand_in(course, "eve", answered())
    (place / "timestamp.txt").unlink()
    HOSTILE_FOLDERS[what](place)
    read = []
    folder = submissions_folder.read_regular
    monkeypatch.setattr(submissions_folder, "read_regular", lambda *of: read.append(folder(*of) or b"") or read[-1])
    person = person_of(course)
    assert person.data == answered() and person.handed.moment is None
    assert sum(map(len, read)) < 3 * ATTEMPT_BYTES
    assert (place / "small.ipynb").read_bytes() == answered()
