"""A gradebook in PostgreSQL: a server of the test's own, restarted in mid-run, holds what SQLite would."""

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import small_class
import small_course

from classroom.staff.grade.assignment import grade_assignment
from classroom.staff.sandbox import sandbox

COUNT = 12


def programs() -> Path | None:
    """Return the folder of PostgreSQL's programs; Debian keeps the newest of several in the last one."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[4]))
    return found[-1].parent if found else None


def has_user(name: str) -> bool:
    with contextlib.suppress(KeyError):
        return bool(pwd.getpwnam(name))
    return False


pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sandbox.capabilities().mode == "none", reason="student code cannot be locked in here"),
    pytest.mark.skipif(programs() is None, reason="the package postgresql is not installed"),
    pytest.mark.skipif(os.getuid() == 0 and not has_user("postgres"), reason="no user postgres to run the server as"),
]
pytest.importorskip("psycopg", reason="a gradebook in PostgreSQL needs the package psycopg")


class Server:
    """A server with its data in one folder, reached by a Unix socket in it and by nothing else."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "data"
        # PostgreSQL refuses to run as root.
        self.user = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.getuid() == 0 else {}
        if self.user:
            shutil.chown(folder, "postgres", "postgres")
        self._run(
            "initdb", "-D", str(self.data), "-U", "grader", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"
        )

    def _run(self, program: str, *arguments: str) -> None:
        bin_folder = programs()
        assert bin_folder is not None
        command = [str(bin_folder / program), *arguments]
        log = open(self.folder / "log.txt", "ab")  # noqa: SIM115  closed below; the server writes on
        with log:
            ended = subprocess.run(
                command, stdout=log, stderr=log, cwd=self.folder, timeout=60, check=False, **self.user
            )
        assert ended.returncode == 0, (self.folder / "log.txt").read_text()

    def start(self) -> None:
        options = f"-k {self.folder} -c listen_addresses='' -c fsync=off -c max_connections=20"
        self._run("pg_ctl", "-D", str(self.data), "-w", "-o", options, "start")

    def stop(self, mode: str) -> None:
        self._run("pg_ctl", "-D", str(self.data), "-w", "-m", mode, "stop")

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://grader@/{database}?host={self.folder}"

    def create(self, database: str) -> str:
        self._run("createdb", "-h", str(self.folder), "-U", "grader", database)
        return self.url(database)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    # Not in pytest's folder: only its own user may enter there, and a socket's path must be short.
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    try:
        made = Server(folder)
        made.start()
        try:
            yield made
        finally:
            made.stop("fast")
    finally:
        shutil.rmtree(folder)


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    root = small_course.make_course(tmp_path_factory.mktemp("course") / "small")
    small_class.fill(root, COUNT, seconds=0.05)
    return root


@pytest.fixture(scope="module")
def expected(template, tmp_path_factory):
    """What SQLite holds after an undisturbed run."""
    root = small_course.copy_course(template, tmp_path_factory.mktemp("sqlite") / "small")
    assert grade_assignment(root, "small", workers=2).failed == {}
    return small_class.dump(small_class.sqlite_url(root))


def move(template: Path, root: Path, url: str) -> Path:
    """Return a copy of the course whose gradebook is another database."""
    small_course.copy_course(template, root)
    config = root / "nbgrader_config.py"
    config.write_text(config.read_text().replace("sqlite:///class/gradebook.db", url))
    (root / "class/gradebook.db").unlink()
    small_course.register(url)
    return root


def test_the_server_listens_to_no_network(server):
    lines = (server.data / "postmaster.pid").read_text().splitlines()
    assert lines[4] == str(server.folder) and lines[5].strip() == ""
    assert os.stat(server.data).st_uid != 0


def test_the_class_is_the_same_in_postgresql(server, template, expected, tmp_path):
    root = move(template, tmp_path / "small", server.create("undisturbed"))
    summary = grade_assignment(root, "small", workers=2)
    assert (summary.failed, summary.recorded) == ({}, COUNT)
    assert small_class.dump(server.url("undisturbed")) == expected
    again = grade_assignment(root, "small", workers=2)
    assert (again.graded, again.unchanged) == (0, COUNT)
    assert not (root / "class/gradebook.db").exists()


@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_a_server_that_restarts_in_mid_run_loses_nothing(server, template, expected, tmp_path, mode):
    database = f"restarted_{mode}"
    root = move(template, tmp_path / "small", server.create(database))
    starter = threading.Thread(target=lambda: (time.sleep(0.7), server.start()))

    def restart(summary, student):
        if summary.recorded == 4:
            server.stop(mode)
            starter.start()  # the next submission finds no server

    summary = grade_assignment(root, "small", workers=2, progress=restart)
    starter.join()
    assert (summary.failed, summary.graded, summary.recorded) == ({}, COUNT, COUNT)
    assert small_class.dump(server.url(database)) == expected


def test_a_server_that_stays_away_is_one_sentence(server, template, tmp_path, monkeypatch):
    from classroom.fault import Fault

    root = move(template, tmp_path / "small", server.create("away"))
    monkeypatch.setattr("classroom.staff.grade.gradebook.PATIENCE", 0.5)
    server.stop("fast")
    try:
        with pytest.raises(Fault, match=r"is out of reach .*what is graded is kept"):
            grade_assignment(root, "small", workers=1, students=["anna"])
    finally:
        server.start()
    assert grade_assignment(root, "small", workers=1, students=["anna"]).recorded == 1
