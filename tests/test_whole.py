"""Files that are there whole or not at all."""

import pytest

from classroom import whole


def test_a_file_is_written_with_its_folder(tmp_path):
    whole.write_whole(tmp_path / "new" / "a.txt", b"text")
    assert (tmp_path / "new" / "a.txt").read_bytes() == b"text"


def test_what_fails_leaves_the_old_file_and_nothing_beside_it(tmp_path, monkeypatch):
    target = tmp_path / "a.txt"
    whole.write_whole(target, b"old")

    def full(*paths):
        raise OSError("disk full")

    monkeypatch.setattr(whole.os, "replace", full)
    with pytest.raises(OSError, match="disk full"):
        whole.write_whole(target, b"new")
    assert target.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


def test_a_secret_is_at_no_moment_open_to_others(tmp_path, monkeypatch):
    given = []
    honest = whole.os.chmod
    monkeypatch.setattr(whole.os, "chmod", lambda path, mode: (given.append(mode), honest(path, mode)))
    whole.write_whole(tmp_path / "secret", b"x", 0o600)
    assert given == [0o600]
    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600
