"""The small course as grading finds it: its exam, and a class that has handed in."""

import shutil

import pytest
import small_course
from five_students import CLASS

from classroom.staff.grade.assignment import grade_assignment


@pytest.fixture(scope="session")
def exam(template):
    return small_course.exam_of(template)


@pytest.fixture(scope="session")
def five_students(template, tmp_path_factory):
    """A course in which five students have handed in, and nothing is graded; nobody changes it."""
    root = small_course.copy_course(template, tmp_path_factory.mktemp("five") / "small")
    for student, data in CLASS.items():
        small_course.hand_in(root, student, data)
    return root


@pytest.fixture
def class_root(five_students, tmp_path):
    """The folder of a copy of it."""
    return small_course.copy_course(five_students, tmp_path / "small")


@pytest.fixture(scope="session")
def graded(five_students, tmp_path_factory):
    """The same course after one undisturbed run, with its summary; nobody changes it."""
    root = small_course.copy_course(five_students, tmp_path_factory.mktemp("graded") / "small")
    return root, grade_assignment(root, "small", workers=2)


@pytest.fixture
def examined_root(class_root, graded):
    """The folder of a copy whose results are known and not recorded: a run of what else there is examines only that."""
    results = "class/grading/small/results"
    shutil.copytree(graded[0] / results, class_root / results)
    return class_root
