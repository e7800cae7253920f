"""A class with grades, for all that is exported of it, and the zip that Gradescope grades with."""

import zipfile

import graded_class
import pytest
import small_course

from classroom.staff.export.gradescope import write_autograder
from classroom.staff.folders import Folders


@pytest.fixture(scope="session")
def template(tmp_path_factory):
    """The course with a roster and the grades of three."""
    return graded_class.grade(small_course.make_course(tmp_path_factory.mktemp("graded") / "small"))


@pytest.fixture(scope="session")
def archive(tmp_path_factory):
    root = small_course.make_course(tmp_path_factory.mktemp("course") / "small")
    return write_autograder(Folders.of(root), "small")


@pytest.fixture(scope="session")
def source(archive, tmp_path_factory):
    """The zip as Gradescope unpacks it."""
    folder = tmp_path_factory.mktemp("autograder") / "source"
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(folder)
    return folder


@pytest.fixture
def at_gradescope(source, tmp_path):
    """Lay out Gradescope's folder with a submission in it, and give the folder: `at_gradescope(files)`."""

    def lay_out(files):
        (tmp_path / "submission").mkdir()
        for name, content in files.items():
            (tmp_path / "submission" / name).write_bytes(content)
        (tmp_path / "source").symlink_to(source)
        return tmp_path

    return lay_out
