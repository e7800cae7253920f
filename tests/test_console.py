"""No command and no message stops for a console that cannot write its marks."""

import io
import sys
import unicodedata

import numpy as np
import pytest
import small_course
from small_course import answered, hand_in

from classroom import cli
from classroom.check import Check
from classroom.console import PLAIN, plain, write_plainly
from classroom.staff.declare.exercise import answer_sheet, load_assignment

pytestmark = pytest.mark.slow

ENCODINGS = ("ascii", "cp1252", "cp437", "latin-1")


class Console:
    """A console with an encoding, and what it was written.

    Made in the test itself: between a fixture and its test pytest puts streams of its own in place.
    """

    def __init__(self, monkeypatch, encoding):
        self.streams = [io.TextIOWrapper(io.BytesIO(), encoding=encoding) for _ in range(2)]
        for name, stream in zip(("stdout", "stderr"), self.streams, strict=True):
            monkeypatch.setattr(sys, name, stream)

    def text(self):
        """Return all that was written, as the console shows it."""
        for stream in self.streams:
            stream.flush()
        return "".join(stream.buffer.getvalue().decode(stream.encoding) for stream in self.streams)


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A released assignment that one student has handed in."""
    root = small_course.make_course(tmp_path_factory.mktemp("course") / "small")
    hand_in(root, "anna", answered())
    return root


def run(*arguments):
    """Run a command; gives its exit code."""
    with pytest.raises(SystemExit) as ended:
        cli.main([str(argument) for argument in arguments])
    return ended.value.code


@pytest.mark.parametrize("mark", PLAIN)
def test_every_mark_has_a_plain_one(mark):
    assert plain(mark).isascii() and plain(mark) != "?"


def test_letters_keep_their_meaning_and_what_is_left_is_a_question_mark():
    assert [plain(letter) for letter in "é²Åαβ∂"] == ["e", "2", "A", "alpha", "beta", "?"]
    assert plain("\udc80") == "?"  # a byte of a file name that is no text
    names = (chr(code) for code in range(0x20, 0x3000))
    assert all(plain(letter).isascii() for letter in names if unicodedata.category(letter) != "Cn")


def test_a_console_that_writes_everything_gets_everything(monkeypatch):
    console = Console(monkeypatch, "utf-8")
    write_plainly()
    print("✓ café α \udc80")
    assert console.text() == "✓ café α ?\n"


def test_what_an_encoding_has_is_written_as_it_is(monkeypatch):
    console = Console(monkeypatch, "cp1252")
    write_plainly()
    print("✗ café ± 1 – 2 …")
    assert console.text() == "[x] café ± 1 – 2 …\n"


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_check_is_readable(course, monkeypatch, encoding):
    console = Console(monkeypatch, encoding)
    monkeypatch.chdir(course / "class/release/small")
    check = Check()
    check.open("small")
    check("double", lambda x: 2 * x)
    check("double", lambda x: x**2)
    check.hint("double")
    check.progress()
    text = console.text()
    assert "[ok] double" in text and "[x] double" in text and "?" not in text.replace("Which?", "")


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_students_commands_say_what_they_have_to_say(course, monkeypatch, tmp_path, encoding):
    console = Console(monkeypatch, encoding)
    notebook = tmp_path / "small.ipynb"
    notebook.write_bytes(answered())
    answer_sheet(load_assignment(course / "assignments/small")).save(tmp_path / "small.npz")
    monkeypatch.chdir(tmp_path)
    assert run("--help") == run("version") == run("data", "digits") == 0
    assert run("preflight", "--no-run") == 0
    assert run("submit", "--no-run") == 0
    assert "small.ipynb" in console.text()


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_staffs_commands_say_what_they_have_to_say(course, monkeypatch, tmp_path, encoding):
    console = Console(monkeypatch, encoding)
    at = ("--root", course)
    assert run("release", "large", *at) == 2
    assert run("quality", "small", "--page", tmp_path / "quality.html", "-v", *at) in {0, 1}
    assert run("report", "--page", tmp_path / "report.html", *at) == 2
    assert run("grade", "small", "nobody", *at) == 2
    assert "nobody handed nothing in" in console.text()


def test_a_table_of_changes_and_the_doctor_too(monkeypatch, course):
    console = Console(monkeypatch, "ascii")
    assert run("grade", "small", "--diff", "--root", course) == 0
    assert run("doctor", "--root", course) in {0, 1}
    text = console.text()
    assert "anna" in text and "[ok] system" in text
    assert np.all([ord(letter) < 128 for letter in text])
