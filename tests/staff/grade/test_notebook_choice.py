"""Which file of a hand-in is the notebook: the one with the work, whatever it is called."""

import pytest
import small_course
from small_course import RIGHT, answered

from classroom.staff.grade.notebook_choice import choose_notebook, count_answers

HALF = answered({"answer-double": RIGHT["answer-double"]})


@pytest.fixture(scope="module")
def exam(template):
    return small_course.exam_of(template)


def test_the_one_notebook_of_the_right_name_needs_no_word(exam):
    assert choose_notebook({"work/small.ipynb": answered(), "notes.txt": b""}, exam) == ("work/small.ipynb", "")


def test_another_name_is_told(exam):
    assert choose_notebook({"final.ipynb": answered()}, exam) == (
        "final.ipynb",
        "final.ipynb was taken for small.ipynb",
    )


def test_of_several_the_one_with_the_most_answers_counts(exam):
    name, note = choose_notebook({"small.ipynb": HALF, "copy.ipynb": answered(), "empty.ipynb": b""}, exam)
    assert name == "copy.ipynb"
    assert note == "of 3 notebooks copy.ipynb counts, with 3 answers; not small.ipynb (1), empty.ipynb (0)"


def test_of_equal_ones_the_right_name_counts(exam):
    assert choose_notebook({"copy.ipynb": HALF, "small.ipynb": HALF}, exam)[0] == "small.ipynb"


def test_no_notebook_is_told_with_what_is_there(exam):
    assert choose_notebook({"a.pdf": b""}, exam) == ("", "no notebook was handed in: there is a.pdf")
    assert choose_notebook({}, exam) == ("", "no notebook was handed in")


def test_answers_are_those_that_differ_from_the_stub(exam):
    assert [count_answers(data, exam) for data in (answered(), HALF, answered({}), b"none")] == [3, 1, 0, 0]
