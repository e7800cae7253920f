"""The student's wheel: another number for other code, so that pip installs it over the one that is there."""

import io
import json
import subprocess
import sys
import zipfile
from email.parser import Parser

import pytest
from small_course import make_course

from classroom.staff.author import wheel as module
from classroom.staff.author.wheel import build_wheel, student_wheel
from classroom.staff.folders import Folders

pytestmark = pytest.mark.slow


@pytest.fixture
def course(tmp_path):
    return Folders.of(make_course(tmp_path / "course"))


def other_code(monkeypatch):
    """Let the code be another one from now on."""

    def changed(number=None):
        name, content = build_wheel(number)
        stream = io.BytesIO(content)
        with zipfile.ZipFile(stream, "a") as archive:
            archive.writestr("classroom/news.py", "")
        return name, stream.getvalue()

    monkeypatch.setattr(module, "build_wheel", changed)


def test_the_same_code_keeps_its_number_and_other_code_gets_the_next(course, monkeypatch):
    first = student_wheel(course)
    assert first[0].split("-")[1].endswith("+1") and student_wheel(course) == first
    other_code(monkeypatch)
    assert [student_wheel(course)[0].split("-")[1].partition("+")[2] for _ in range(2)] == ["2", "2"]
    monkeypatch.undo()
    assert student_wheel(course)[0].split("-")[1].endswith("+3")  # the old code, handed out after the other
    assert len(json.loads((course.class_folder / "wheels.json").read_text())) == 3


def test_the_number_is_that_of_its_metadata_too(course):
    name, content = student_wheel(course)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        (path,) = (path for path in archive.namelist() if path.endswith("/METADATA"))
        assert Parser().parsestr(archive.read(path).decode())["Version"] == name.split("-")[1]


def test_pip_installs_the_wheel_of_a_second_bundle_over_that_of_the_first(course, monkeypatch, tmp_path):
    target = tmp_path / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", target], check=True)
    command = [sys.executable, "-m", "pip", "--python", target, "install", "--quiet", "--no-deps", "--no-index"]
    site = next(target.glob("lib/python*/site-packages"))
    for code in ("first", "second"):
        if code == "second":
            assert not (site / "classroom" / "news.py").exists()
            other_code(monkeypatch)
        name, content = student_wheel(course)
        (tmp_path / name).write_bytes(content)
        subprocess.run([*command, "--no-build-isolation", tmp_path / name], check=True)
    assert (site / "classroom" / "news.py").exists()
    assert [path.name for path in site.glob("layerwise-*")] == ["layerwise-0.1.0+2.dist-info"]
