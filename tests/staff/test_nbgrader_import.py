"""nbgrader finds the programs of its environment, whether somebody activated it or not."""

import os
import shutil
import sys
from pathlib import Path

import pytest

from classroom.staff.folders import Folders
from classroom.staff.nbgrader_import import put_environment_first

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
BESIDE = os.path.dirname(sys.executable)


@pytest.mark.parametrize("path", ["/usr/bin", f"/usr/bin{os.pathsep}{BESIDE}", f"{BESIDE}{os.pathsep}/usr/bin", None])
def test_the_folder_of_this_python_is_looked_at_first_and_once(monkeypatch, path):
    monkeypatch.delenv("PATH") if path is None else monkeypatch.setenv("PATH", path)
    for _ in range(2):
        put_environment_first()
    folders = os.environ["PATH"].split(os.pathsep)
    assert folders[0] == BESIDE and folders.count(BESIDE) == 1 and "/usr/bin" in folders


def test_nbgraders_own_commands_find_a_place_for_the_gradebook_in_a_fresh_clone(tmp_path):
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    course = Folders.of(tmp_path)
    assert course.db_url == f"sqlite:///{tmp_path}/class/gradebook.db" and (tmp_path / "class").is_dir()


def test_the_settings_of_the_course_do_so_for_nbgraders_own_commands(monkeypatch):
    monkeypatch.setenv("PATH", os.defpath)
    Folders.of(ROOT)
    assert shutil.which("alembic") == os.path.join(BESIDE, "alembic")
