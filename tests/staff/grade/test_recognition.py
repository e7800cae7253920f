"""Cells without metadata are recognised by their ids, their text or what they define; no other is taken for them."""

import pytest
import small_course
from small_course import ORDER, cell, cells, notebook, order

from classroom.staff.grade.submission import read


def stripped(content, *, ids=True):
    """Return cells without nbgrader's metadata, as nbstripout leaves them; some editors drop the ids too."""
    return [one | {"metadata": {}} | ({} if ids else {"id": f"new-{place}"}) for place, one in enumerate(content)]


@pytest.mark.parametrize("ids", [True, False])
def test_cells_that_lost_their_metadata_are_recognised_and_told(exam, ids):
    answers = {**small_course.RIGHT, "explain": "Two sentences."}
    submission = read(notebook(stripped(cells(answers), ids=ids)), exam)
    assert order(submission) == ORDER
    assert submission.answered == dict.fromkeys(answers, True)
    told = " ".join(submission.notes)
    assert all(name in told for name in answers) and ("by their ids" in told) == ids


def test_a_file_without_metadata_keeps_its_own_cells(exam):
    content = stripped(cells(small_course.RIGHT), ids=False)
    content.insert(2, cell("double = None  # tried first"))
    content.insert(5, cell("helper = 1"))
    submission = read(notebook(content), exam)
    assert [name for name in order(submission) if name not in ORDER] == ["double = None  # tried first", "helper = 1"]
    texts = {one.record.grade_id: one.source for one in submission.cells if one.record}
    assert texts["answer-double"] == small_course.RIGHT["answer-double"]


def test_a_cell_that_carries_its_name_is_never_taken_for_another(exam):
    content = cells(small_course.RIGHT)
    content.append(cell("def double(x):\n    return None", grade_id=""))
    assert "None" not in next(
        one.source
        for one in read(notebook(content), exam).cells
        if one.record and one.record.grade_id == "answer-double"
    )
