"""A course with one small assignment, for all that only staff has; a file with a course of its own defines it there."""

import pytest
import small_course

from classroom.staff.folders import Folders


@pytest.fixture(scope="session")
def template(tmp_path_factory):
    """The course as it was released; nobody has handed in, and nothing may be changed in it."""
    return small_course.make_course(tmp_path_factory.mktemp("course") / "small")


@pytest.fixture
def course(template, tmp_path):
    """A copy of it."""
    return Folders.of(small_course.copy_course(template, tmp_path / "small"))
