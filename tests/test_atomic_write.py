"""Files that are there whole or not at all."""

import pytest

from classroom import atomic_write


def test_a_file_is_written_with_its_folder(tmp_path):
    atomic_write.write_whole(tmp_path / "new" / "a.txt", b"text")
    assert (tmp_path / "new" / "a.txt").read_bytes() == b"text"


def test_what_fails_leaves_the_old_file_and_nothing_beside_it(tmp_path, monkeypatch):
    target = tmp_path / "a.txt"
    atomic_write.write_whole(target, b"old")

    def full(*paths):
        raise OSError("disk full")

    monkeypatch.setattr(atomic_write.os, "replace", full)
    with pytest.raises(OSError, match="disk full"):
        atomic_write.write_whole(target, b"new")
    assert target.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


def test_a_secret_is_at_no_moment_open_to_others(tmp_path, monkeypatch):
    given = []
    honest = atomic_write.os.chmod
    monkeypatch.setattr(atomic_write.os, "chmod", lambda path, mode: (given.append(mode), honest(path, mode)))
    atomic_write.write_whole(tmp_path / "secret", b"x", 0o600)
    assert given == [0o600]
    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600
