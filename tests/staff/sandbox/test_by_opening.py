"""Files are looked at by opening them: what may not be opened is not seen, and nothing waits or stays open."""

import os
import subprocess
import sys
from pathlib import Path

from classroom.staff.sandbox import by_opening

INSTALLED = """
import os, sys
sys.path.insert(0, sys.argv[1])
import by_opening
before = len(os.listdir("/proc/self/fd"))
by_opening.install()
import json, wave
assert os.stat is by_opening.stat and os.path.isdir(sys.prefix)
print(json.__name__, wave.__name__, len(os.listdir("/proc/self/fd")) - before)
"""


def test_python_imports_through_it_and_leaves_nothing_open():
    command = [sys.executable, "-c", INSTALLED, str(Path(by_opening.__file__).parent)]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.split() == ["json", "wave", "0"]


def test_it_says_what_the_system_says_of_what_may_be_opened(tmp_path):
    (tmp_path / "file").write_bytes(b"12345")
    (tmp_path / "link").symlink_to("file")
    for name in (".", "file", "link"):
        assert by_opening.stat(tmp_path / name) == os.stat(tmp_path / name)
    assert by_opening.stat(tmp_path / "link", follow_symlinks=False).st_size == 5
    with open(tmp_path / "file") as file:
        assert by_opening.stat(file.fileno()).st_size == 5


def test_a_pipe_that_nobody_writes_to_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert by_opening.stat(tmp_path / "pipe") == os.stat(tmp_path / "pipe")


def test_what_there_is_may_be_read_and_nothing_may_be_written_or_run(tmp_path):
    (tmp_path / "file").touch()
    assert by_opening.access(tmp_path / "file", os.R_OK) and by_opening.access(tmp_path / "file", os.F_OK)
    assert not any(by_opening.access(tmp_path / "file", mode) for mode in (os.W_OK, os.X_OK, os.R_OK | os.W_OK))
    assert not by_opening.access(tmp_path / "none", os.F_OK)
