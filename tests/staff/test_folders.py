"""Where a course keeps its things, as its nbgrader_config.py says."""

import stat

import pytest

from classroom.fault import Fault
from classroom.staff.folders import Folders

CONFIG = 'c = get_config()\nc.CourseDirectory.release_directory = "class/out"\nc.CourseDirectory.course_id = "nets"\n'


@pytest.fixture
def root(tmp_path):
    (tmp_path / "nbgrader_config.py").write_text(CONFIG)
    return tmp_path


def test_folders_are_those_of_the_settings_or_nbgraders_own(root):
    course = Folders.of(root)
    assert course.folder("release") == root / "class/out" and course.folder("submitted") == root / "submitted"
    assert course.course_id == "nets" and course.db_url == f"sqlite:///{root}/gradebook.db"


def test_a_gradebook_elsewhere_keeps_its_address(root):
    url = "postgresql://host/grades"
    (root / "nbgrader_config.py").write_text(f"{CONFIG}c.CourseDirectory.db_url = {url!r}\n")
    assert Folders.of(root).db_url == url


def test_a_course_is_found_above_what_lies_in_it(root):
    inside = root / "class" / "autograded"
    inside.mkdir(parents=True)
    assert Folders.above(inside).root == root
    with pytest.raises(Fault, match=r"is no course: it has no nbgrader_config\.py"):
        Folders.of(inside)


def test_a_secret_is_made_once_and_only_its_owner_reads_it(root):
    course = Folders.of(root)
    secret = course.secret()
    assert len(secret) == 32 and Folders.of(root).secret() == secret
    assert stat.S_IMODE((course.workshop / "secret").stat().st_mode) == 0o600


def test_a_secret_that_is_gone_after_grading_is_not_replaced(root):
    course = Folders.of(root)
    recorded = course.workshop / "small" / "recorded"
    recorded.mkdir(parents=True)
    (recorded / "anna.json").write_text("{}")
    with pytest.raises(Fault, match="with another secret the hidden cases are others"):
        course.secret()
