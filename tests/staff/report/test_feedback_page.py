"""Parts of a student's page of feedback that need no class."""

import datetime as dt

import pytest

from classroom.staff.report.feedback_page import duration


@pytest.mark.parametrize(
    ("span", "said"),
    [
        ({"seconds": 0}, ""),
        ({"seconds": 5}, "1 minute"),
        ({"hours": 2, "minutes": 5}, "2 hours 5 minutes"),
        ({"days": 13, "hours": 12}, "13 days 12 hours"),
    ],
)
def test_lateness_in_words(span, said):
    assert duration(dt.timedelta(**span)) == said
