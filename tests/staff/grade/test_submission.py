"""What of a student's file counts: the text of answers and extra cells, and nothing else."""

import json

import pytest
import small_course
from small_course import ORDER, cell, cells, notebook, order

from classroom.notebook_file import FILE_BYTES
from classroom.staff.grade.store import to_bytes
from classroom.staff.grade.submission import Unreadable, read


def test_an_untouched_notebook_stays_as_it_is(exam):
    submission = read(notebook(cells()), exam)
    assert order(submission) == ORDER
    assert submission.notes == []
    assert set(submission.answered.values()) == {False}


def test_answers_come_from_the_student_and_locked_text_from_staff(exam):
    content = cells({"answer-double": "def double(x): return 2 * x"})
    content[1]["source"] = "check = lambda *_: 100"
    content[3]["source"] = "2.0"
    submission = read(notebook(content), exam)
    texts = {one.record.grade_id: one.source for one in submission.cells if one.record}
    assert texts["answer-double"] == "def double(x): return 2 * x"
    assert texts["setup"] == small_course.SETUP
    assert texts["double"] == "check('double', double)"
    assert submission.answered["answer-double"] and not submission.answered["answer-relu"]
    assert [note.split()[1] for note in submission.notes] == ["setup", "double"]


def test_metadata_comes_from_staff_alone(exam):
    content = cells()
    content[2]["metadata"]["nbgrader"] |= {"points": 1000, "locked": True, "grade": True}
    content[2]["metadata"]["tags"] = ["raises-exception"]
    content[3]["metadata"]["nbgrader"]["solution"] = True
    submission = read(notebook(content), exam)
    metadata = {one.record.grade_id: one.record.metadata for one in submission.cells if one.record}
    assert "points" not in metadata["answer-double"]["nbgrader"] and "tags" not in metadata["answer-double"]
    assert metadata["double"]["nbgrader"]["solution"] is False


def test_extra_cells_stay_where_the_student_put_them(exam):
    content = cells()
    content.insert(3, cell("helper = 1"))
    content.insert(0, cell("first = 1"))
    submission = read(notebook(content), exam)
    assert order(submission) == ["first = 1", "# Small", *ORDER[1:3], "helper = 1", *ORDER[3:]]


def test_a_deleted_check_is_put_back_behind_its_answer(exam):
    content = [one for one in cells() if "check(" not in one["source"]]
    submission = read(notebook(content), exam)
    assert order(submission) == ORDER
    assert len([note for note in submission.notes if "missing" in note]) == 3


def test_a_check_before_its_answer_moves_behind_it(exam):
    content = cells()
    content.insert(0, content.pop(3))
    submission = read(notebook(content), exam)
    assert order(submission) == ORDER
    assert any("moved" in note for note in submission.notes)


def test_all_cells_backwards_are_judged_after_all_answers(exam):
    submission = read(notebook(cells()[::-1]), exam)
    places = {name: index for index, name in enumerate(order(submission))}
    assert sorted(places) == sorted(ORDER)
    assert places["double"] > places["answer-double"]
    assert places["relu_backward"] > max(places["answer-relu"], places["answer-double"])


def test_a_missing_answer_is_the_stub_and_unanswered(exam):
    content = [one for one in cells() if one["metadata"].get("nbgrader", {}).get("grade_id") != "answer-relu"]
    submission = read(notebook(content), exam)
    assert order(submission) == ORDER
    assert submission.answered["answer-relu"] is False


def test_of_copies_the_last_counts(exam):
    content = cells({"answer-double": "first = 1"})
    copied = cell("second = 2", "code", "answer-double", (False, True, False))
    content.insert(3, copied)
    submission = read(notebook(content), exam)
    assert order(submission) == [*ORDER[:2], "first = 1", *ORDER[2:]]
    assert (
        next(one for one in submission.cells if one.record and one.record.grade_id == "answer-double").source
        == "second = 2"
    )
    assert submission.notes == [
        "cell answer-double is there more than once: both run, and what both define counts as the last one has it"
    ]


def test_a_copied_check_is_judged_once(exam):
    content = cells()
    content += [content[3]] * 3
    submission = read(notebook(content), exam)
    assert order(submission).count("double") == 1


def test_a_retyped_answer_is_code_again(exam):
    content = cells({"answer-double": "def double(x): return 2 * x"})
    content[2]["cell_type"] = "markdown"
    content[3]["cell_type"] = "raw"
    submission = read(notebook(content), exam)
    assert [one.cell_type for one in submission.cells][2:4] == ["code", "code"]
    assert "cell answer-double was turned into 'markdown' and is code again" in submission.notes


def test_a_type_that_no_file_can_hold_is_no_reason_to_lose_a_result(exam):
    content = cells()
    content[2]["cell_type"] = "\ud800"
    submission = read(notebook(content), exam)
    assert submission.cells[2].cell_type == "code"
    assert to_bytes({"notes": submission.notes})


def test_lines_and_half_characters_are_text(exam):
    content = cells()
    content[2]["source"] = ["a = 1\n", "b = '\ud800'"]
    submission = read(json.dumps({"cells": content, "nbformat": 4}).encode(), exam)
    assert submission.cells[2].source == "a = 1\nb = '?'"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "the file is empty"),
        (b"print('hello')", "not JSON"),
        (b"\x89PNG\r\n", "not text"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "no list of cells"),
        (b'{"cells": {}}', "no list of cells"),
        (b'{"cells": []}', "no cells"),
        (b'{"worksheets": []}', "before 2014"),
        (b" " * (FILE_BYTES + 1), "more than 21 MB"),
        (json.dumps({"cells": [{}] * 3000}).encode(), "at most 2000"),
        (b'{"cells": [' + b"9" * 10_000 + b"]}", "not JSON"),
    ],
)
def test_what_is_no_notebook_has_a_reason(exam, data, reason):
    with pytest.raises(Unreadable, match=reason):
        read(data, exam)


@pytest.mark.parametrize(
    "strange",
    [
        None,
        7,
        {"cell_type": "code"},
        {"cell_type": "code", "source": {"a": 1}},
        {"cell_type": 5, "source": "x = 1", "metadata": []},
        {"cell_type": "code", "source": "x = 1", "metadata": {"nbgrader": "yes"}},
        {"cell_type": "code", "source": "x = 1", "metadata": {"nbgrader": {"grade_id": ["double"]}}},
        {"cell_type": "code", "source": "x" * 500_000, "metadata": {}},
    ],
)
def test_strange_cells_cost_nobody_the_rest(exam, strange):
    submission = read(notebook([strange, *cells()]), exam)
    assert order(submission)[-len(ORDER) :] == ORDER


def test_of_a_notebook_only_a_million_characters_are_read(exam):
    """All that is done with a text costs time: of a notebook of twenty million characters, hours."""
    content = [*cells(), *(cell("x" * 300_000) for _ in range(5))]
    submission = read(notebook(content), exam)
    assert sum(len(one.source) for one in submission.cells) <= 1_000_000
    assert len([note for note in submission.notes if "too much of it" in note]) == 2
