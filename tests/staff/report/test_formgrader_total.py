"""What stands above a submission in formgrader: the points that count, and why they are others than were earned."""

import datetime as dt

import nbformat
import pytest

from classroom.staff.report.formgrader_total import TotalOnTop, total
from classroom.staff.report.marks import Mark, Marks

DUE = dt.datetime(2026, 10, 3, 22)


def marks(hours, penalty):
    """Return the marks of a student with 7 of 10 points, who handed in so many hours after the deadline."""
    given = {"a": Mark(6.0, 5.0), "b": Mark(4.0, 1.0, manual=2.0)}
    return Marks("jdoe", "Jane Doe", DUE + dt.timedelta(hours=hours), DUE, penalty, given)


@pytest.mark.parametrize(
    ("hours", "penalty", "said"),
    [
        (-1, 0.0, "**7 of 10 points count**, as this page was opened."),
        (0.5, 0.0, "**7 of 10 points count**, though 30 minutes late, as this page was opened."),
        (
            25,
            2.0,
            "**5 of 10 points count**: 7 earned, 2 taken off for being 1 day 1 hour late, as this page was opened.",
        ),
        (
            99,
            9.0,
            "**0 of 10 points count**: 7 earned, 7 taken off for being 4 days 3 hours late, as this page was opened.",
        ),
    ],
)
def test_what_counts_is_said_with_what_lateness_takes_off(hours, penalty, said):
    assert total(marks(hours, penalty)) == said


@pytest.mark.parametrize(
    "resources", [{}, {"submission_id": "1", "metadata": {"path": "/nowhere"}, "assignment_id": "a", "student": "s"}]
)
def test_a_page_of_no_course_stays_as_it_is(resources):
    notebook = nbformat.v4.new_notebook()
    assert TotalOnTop().preprocess(notebook, resources)[0].cells == []
