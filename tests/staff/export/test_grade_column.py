"""The grades that go out: a column for an assignment, and on request one for each exercise."""

import pytest

from classroom.fault import Fault
from classroom.staff.export.grade_column import number, read_columns

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("value", "written"), [(7.0, "7"), (2.625, "2.63"), (2.675, "2.68"), (0.004, "0"), (10.0, "10")]
)
def test_half_a_hundredth_goes_up_and_zeros_are_left_out(value, written):
    assert number(value) == written
    assert number(value, ",") == written.replace(".", ",")


def test_an_assignment_has_a_column_and_each_exercise_another(course):
    columns, waiting = read_columns(course, ["small"], exercises=True)
    assert columns[0].name == "small" and waiting == {"small": 1}
    assert columns[0].scores == {"jdoe": 5.0, "evil": 2.625, "liwei": 7.0}
    assert [column.name for column in columns[1:]][:2] == ["small: double", "small: relu_backward"]
    by_exercise = {column.name: column for column in columns[1:]}
    assert by_exercise["small: relu_backward"].scores["liwei"] == 7.0
    assert read_columns(course, [], exercises=False)[0] == columns[:1]


def test_an_assignment_that_is_not_there_is_named(course):
    with pytest.raises(Fault, match="there is no assignment 'large': there are small"):
        read_columns(course, ["large"], exercises=False)
