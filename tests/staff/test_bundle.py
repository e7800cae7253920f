"""Zip files that are the same whenever and in whatever order they are packed."""

import io
import zipfile

from classroom.staff.bundle import packed


def test_the_same_files_give_the_same_bytes_in_any_order():
    files = {"b.txt": b"two", "a.txt": b"one"}
    assert packed(files) == packed(dict(reversed(files.items())))


def test_names_contents_and_rights_are_kept():
    with zipfile.ZipFile(io.BytesIO(packed({"run.sh": b"#!/bin/sh", "a.txt": b"one"}, {"run.sh"}))) as archive:
        assert archive.namelist() == ["a.txt", "run.sh"] and archive.read("a.txt") == b"one"
        rights = {entry.filename: entry.external_attr >> 16 & 0o777 for entry in archive.infolist()}
    assert rights == {"a.txt": 0o644, "run.sh": 0o755}
