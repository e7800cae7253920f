"""What the doctor tells of a machine, and how it says to mend it."""

import subprocess
import sys

import pytest
import small_course

from classroom.staff import doctor
from classroom.staff.sandbox import inventory, sandbox
from classroom.staff.sandbox.inventory import SandboxError
from classroom.staff.sandbox.sandbox import Capabilities

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    return small_course.make_course(tmp_path_factory.mktemp("course") / "small")


def states(findings):
    return {finding.what: finding.state for finding in findings}


@pytest.mark.skipif(sandbox.capabilities().mode != "namespaces", reason="this machine lacks what the doctor asks for")
def test_a_machine_with_everything_can_grade(course):
    found = states(doctor.examine_machine(course))
    assert set(found) >= {
        "system",
        "bubblewrap",
        "user namespaces",
        "seccomp",
        "in the sandbox",
        "sandbox",
        "left open",
        "gradebook",
    }
    assert "missing" not in found.values()


@pytest.mark.parametrize(
    ("kilobytes", "limit", "state", "mend"),
    [
        (9 << 20, "max", "ok", ""),
        (5 << 20, "max", "warning", "classroom grade --workers 2"),
        (1 << 20, "max", "warning", "classroom grade --workers 1"),
        (64 << 20, str(6 << 30), "warning", "classroom grade --workers 2"),
        (64 << 20, str(9 << 30), "ok", ""),
    ],
)
def test_workers_that_may_take_more_memory_than_there_is_are_told(tmp_path, monkeypatch, kilobytes, limit, state, mend):
    (tmp_path / "meminfo").write_text(f"MemTotal:       99 kB\nMemAvailable:   {kilobytes} kB\n")
    (tmp_path / "memory.max").write_text(limit)
    (tmp_path / "memory.current").write_text(str(1 << 30))
    monkeypatch.setattr(doctor, "MEMORY", tmp_path / "meminfo")
    monkeypatch.setattr(doctor, "CGROUP", tmp_path)
    monkeypatch.setattr(doctor.os, "sched_getaffinity", lambda _: set(range(4)))
    (found,) = doctor._memory()
    assert (found.state, found.mend) == (state, mend)
    assert "4 workers with 2 GB each may take 8 GB" in found.text


def test_a_machine_that_does_not_tell_its_memory_is_not_judged_by_it(tmp_path, monkeypatch):
    monkeypatch.setattr(doctor, "MEMORY", tmp_path / "meminfo")
    assert doctor._memory() == []


def machine(monkeypatch, able):
    monkeypatch.setattr(sandbox, "capabilities", lambda: able)

    def refuse(*_, **__):
        raise SandboxError("student code cannot be locked in")

    monkeypatch.setattr(sandbox, "Zygote", refuse)


def test_a_machine_without_bubblewrap_is_told_what_to_install(course, monkeypatch):
    machine(monkeypatch, Capabilities(None, False, True, 0, "bubblewrap is not installed"))
    findings = doctor.examine_machine(course)
    found = states(findings)
    assert found["bubblewrap"] == "missing" and found["sandbox"] == "missing"
    assert found["Landlock"] == found["user namespaces"] == "warning"
    mends = {finding.what: finding.mend for finding in findings}
    assert mends["bubblewrap"] == "sudo apt-get install bubblewrap"


def test_a_machine_without_seccomp_is_told_what_to_install(course, monkeypatch):
    machine(monkeypatch, Capabilities("/usr/bin/bwrap", True, False, 7, "no libseccomp"))
    finding = next(one for one in doctor.examine_machine(course) if one.what == "seccomp")
    assert finding.state == "missing"
    assert "libseccomp2" in finding.mend


def test_a_missing_package_is_named(monkeypatch):
    def refuse():
        raise SandboxError("the package ipython is missing")

    monkeypatch.setattr(inventory, "package_files", refuse)
    finding = next(one for one in doctor._packages() if one.what == "in the sandbox")
    assert (finding.state, finding.text) == ("missing", "the package ipython is missing")


def test_a_folder_that_is_no_course_is_a_warning(tmp_path):
    (finding,) = doctor._course(tmp_path)
    assert finding.state == "warning" and "no course" in finding.text


def test_a_gradebook_that_is_not_there_yet_is_a_warning(tmp_path):
    (tmp_path / "nbgrader_config.py").write_text(small_course.CONFIG)
    assert states(doctor._course(tmp_path))["gradebook"] == "warning"


def test_a_file_that_is_no_gradebook_is_told(tmp_path):
    (tmp_path / "nbgrader_config.py").write_text(small_course.CONFIG)
    (tmp_path / "class").mkdir()
    (tmp_path / "class/gradebook.db").write_text("not a database, though quite long enough to be looked at as one" * 20)
    assert states(doctor._course(tmp_path))["gradebook"] == "missing"


def test_a_class_secret_that_is_gone_is_told_with_what_mends_it(course, tmp_path):
    copy = small_course.copy_course(course, tmp_path / "small")
    workshop = copy / "class/grading"
    (workshop / "small/recorded").mkdir(parents=True, exist_ok=True)
    (workshop / "secret").unlink(missing_ok=True)
    assert "class secret" not in states(doctor._course(copy))  # a class that begins gets one
    (workshop / "small/recorded/anna.json").write_text("{}")
    finding = next(one for one in doctor._course(copy) if one.what == "class secret")
    assert finding.state == "missing" and finding.text.startswith(f"{workshop / 'secret'} is missing")
    assert finding.mend.startswith("put your copy back")
    (workshop / "secret").write_text("the copy")
    assert "class secret" not in states(doctor._course(copy))


def test_a_server_that_is_down_is_told_without_its_password(tmp_path):
    url = "postgresql+psycopg://grader:secret@127.0.0.1:1/class"
    (tmp_path / "nbgrader_config.py").write_text(small_course.CONFIG + f"c.CourseDirectory.db_url = {url!r}\n")
    finding = next(one for one in doctor._course(tmp_path) if one.what == "gradebook")
    assert finding.state == "missing"
    assert "secret" not in finding.text


@pytest.mark.skipif(sandbox.capabilities().mode == "none", reason="this machine cannot grade")
def test_the_command_ends_well_where_grading_can(course):
    command = [sys.executable, "-m", "classroom.cli", "doctor", "--root", str(course)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    assert "this machine can grade" in ended.stdout


@pytest.mark.parametrize("mode", ["namespaces", "landlock"])
def test_the_doctor_names_what_the_sandbox_cannot_close(monkeypatch, mode):
    class Child:
        def __enter__(self):
            return self

        def __exit__(self, *_):
            pass

        def ask(self, *_):
            return {"outputs": [{"text": "True True True True\n"}]}

    class Zygote:
        def __init__(self):
            self.mode = mode

        def open(self, seed):
            return Child()

        def close(self):
            pass

    monkeypatch.setattr(sandbox, "Zygote", Zygote)
    monkeypatch.setattr(sandbox.confine, "fstat_takes_names", lambda: True)
    (finding,) = (one for one in doctor._sandbox() if one.what == "left open")
    assert finding.state == "ok" and finding.text.split("; ") == sandbox.left_open(mode)
    assert finding.text.startswith("how busy the machine is")
    assert ("whether a path exists" in finding.text) == (mode == "landlock")


@pytest.mark.parametrize(("mode", "path"), [("namespaces", False), ("landlock", True)])
def test_what_the_sandbox_cannot_close_is_named(monkeypatch, mode, path):
    monkeypatch.setattr(sandbox.confine, "fstat_takes_names", lambda: True)
    told = "; ".join(sandbox.left_open(mode))
    assert "how busy the machine is" in told
    assert ("whether a path exists" in told) == path == ("size and times" in told) == ("last read" in told)
    monkeypatch.setattr(sandbox.confine, "fstat_takes_names", lambda: False)
    assert "size and times" not in "; ".join(sandbox.left_open(mode))
