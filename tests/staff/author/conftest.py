"""The courses of an author: one with a new assignment, and one that is released."""

import shutil
import zipfile
from pathlib import Path

import pytest
from student_machine import bundle_of

from classroom.staff.author.new_assignment import new_assignment
from classroom.staff.folders import Folders

ROOT = Path(__file__).parents[3]
NAME = "activations"


@pytest.fixture(scope="module")
def new_course(tmp_path_factory):
    """A course with one new assignment, as `classroom new` writes it."""
    root = tmp_path_factory.mktemp("course")
    shutil.copy(ROOT / "nbgrader_config.py", root)
    (root / "assignments").mkdir()
    new_assignment(Folders.of(root), "cosine", "Angles between vectors")
    return Folders.of(root)


@pytest.fixture(scope="module")
def released_course(released, tmp_path_factory):
    """A course with one assignment that is released, as a teacher has it."""
    return Folders.of(shutil.copytree(released(NAME), tmp_path_factory.mktemp("course") / "released"))


@pytest.fixture(scope="module")
def bundle(released_course):
    """The path of the bundle and its files."""
    path = bundle_of(released_course.root)
    with zipfile.ZipFile(path) as archive:
        return path, {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture(scope="module")
def hidden(full_sheets):
    """The staff's sheet of the assignment that is released."""
    return full_sheets(NAME)
