"""nbgrader finds the programs of its environment, whether somebody activated it or not."""

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from classroom.staff.folders import Folders
from classroom.staff.nbgrader_import import import_nbgrader, module_command, newest_revision, put_environment_first

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


def test_the_revision_of_a_new_gradebook_is_the_one_that_alembic_names(capsys):
    from alembic.config import main
    from nbgrader.dbutil import _temp_alembic_ini

    with _temp_alembic_ini("sqlite://") as settings:
        main(["-c", settings, "heads"])  # what nbgrader starts as a program
    assert capsys.readouterr().out.split() == [newest_revision(), "(head)"]


def test_a_new_gradebook_starts_no_program(tmp_path, monkeypatch):
    def refuse(*arguments, **_):
        raise AssertionError(f"started {arguments}")

    monkeypatch.setattr(subprocess, "Popen", refuse)
    url = f"sqlite:///{tmp_path}/gradebook.db"
    import_nbgrader().Gradebook(url, "small").close()
    with closing(sqlite3.connect(tmp_path / "gradebook.db")) as connection:
        assert connection.execute("select version_num from alembic_version").fetchall() == [(newest_revision(),)]


def test_a_module_is_run_as_by_its_name_and_reads_no_grammars_of_addresses(tmp_path):
    (tmp_path / "said.py").write_text(
        "import jsonschema, sys\n"
        "if __name__ == '__main__':\n"
        "    print(sys.argv[1:], 'lark' in sys.modules, sys.modules.get('rfc3987_syntax'))\n"
    )
    ran = subprocess.run([*module_command("said"), "build", "--now"], cwd=tmp_path, capture_output=True, text=True)
    assert ran.stdout == "['build', '--now'] False None\n", ran.stderr
