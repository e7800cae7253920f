"""The list of all: everybody, and every exercise."""

import pytest
from graded_class import written

from classroom.staff.export.gradebook_file import export_grades

pytestmark = pytest.mark.slow


def test_the_list_of_all_has_everybody_and_every_exercise(course):
    rows = written(export_grades(course, "csv", exercises=True))
    found = {(row[0], row[4]): row[5] for row in rows[1:]}
    assert found["jdoe", "small"] == "5" and found["jdoe", "small: relu_backward"] == "6"
    assert found["noshow", "small"] == ""
    assert "'=HYPERLINK" in next(row[2] + row[1] for row in rows if row[0] == "evil")
    assert "Li" in next(row[1] for row in rows if row[0] == "liwei")
