"""The staff's own record of a released notebook: what is locked, what is graded, and what it is made of."""

import shutil

import pytest
import small_course

from classroom.fault import Fault
from classroom.staff.grade.exam import Exam, load_exam


@pytest.fixture(scope="module")
def exam(template):
    return small_course.exam_of(template)


def test_each_cell_is_known_by_its_grade_id(exam):
    cells = exam.by_id
    assert set(small_course.STUBS) <= set(cells)
    assert cells["double"].graded and cells["double"].locked and cells["double"].points == 2
    assert not cells["answer-double"].graded and not cells["answer-double"].locked
    assert cells["explain"].manual and not cells["double"].manual


def test_points_are_those_of_the_notebook(exam):
    worth = {name: float(points) for name, (_, points) in small_course.CHECKS.items()}
    assert exam.max_scores() == worth | {"explain": 3.0}


def test_it_travels_to_a_worker_whole(exam):
    again = Exam.from_bytes(exam.to_bytes())
    assert again.digest == exam.digest and list(again.by_id) == list(exam.by_id)
    assert again.sheet.to_bytes() == exam.sheet.to_bytes()


def test_another_secret_makes_another_exam(template, tmp_path):
    root = small_course.copy_course(template, tmp_path / "small")
    before = small_course.exam_of(root)
    assert small_course.exam_of(root).digest == before.digest
    (root / "class/grading/secret").write_text("0" * 32)
    assert small_course.exam_of(root).digest != before.digest


def test_another_reference_makes_another_exam(template, tmp_path):
    root = small_course.copy_course(template, tmp_path / "small")
    before = small_course.exam_of(root)
    declared = root / "assignments/small/exercises/__init__.py"
    assert declared.read_text().count("return grad_y * (cache") == 1
    declared.write_text(declared.read_text().replace("return grad_y * (cache", "return -grad_y * (cache"))
    assert small_course.exam_of(root).digest != before.digest


def test_what_is_not_released_is_named(course):
    shutil.rmtree(course.folder("release") / "small")
    with pytest.raises(Fault, match=r"small.*classroom release small"):
        load_exam(course, "small")
