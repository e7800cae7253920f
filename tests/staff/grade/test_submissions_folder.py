"""Who handed in: the folders of the students, and one sentence when there are none."""

import pytest
import small_course
from small_course import answered, hand_in

from classroom import cli
from classroom.fault import Fault
from classroom.staff.folders import Folders
from classroom.staff.grade.submissions_folder import handing_in

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
