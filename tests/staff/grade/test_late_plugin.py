"""nbgrader's own pipeline takes off what the course's rule says."""

import datetime as dt

import pytest
import small_course
from traitlets.config import Config, Configurable

from classroom.staff.grade.deadlines import set_dates
from classroom.staff.grade.gradebook import Gradebook
from classroom.staff.grade.late_plugin import CoursePenalty

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")]
SCORES = {"double": 2.0, "relu_backward": 4.0, "quiz_1": 1.0, "explain": 0.0}


class Asking(Configurable):
    """What nbgrader's preprocessor is to the plugin: it knows the assignment and the gradebook."""

    def __init__(self, course, **more):
        super().__init__(**more)
        self.assignment_id, self.db_url = "small", course.db_url


@pytest.mark.parametrize(("student", "penalty"), [("anna", None), ("ben", 2.0), ("nobody", None)])
def test_the_penalty_is_that_of_the_rule(course, student, penalty):
    set_dates(course, "small", late="1 point/day")
    gradebook = Gradebook(course, small_course.exam_of(course.root))
    for one, day in (("anna", 1), ("ben", 3)):
        moment = dt.datetime(2026, 3, day, 12)
        gradebook.record(one, {"scores": SCORES, "comments": {}}, moment)
    gradebook.close()
    asking = Asking(course, config=Config(CourseDirectory={"root": str(course.root)}))
    assert CoursePenalty(parent=asking).late_submission_penalty(student, 7.0, 0.0) == penalty
