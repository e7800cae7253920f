"""Names of strangers become paths that can be written beside each other."""

from pathlib import PurePosixPath

from handed_in import dug

from classroom.staff.records.kept_names import DEEPEST, below, kept_names

NAMES = ["a", "a/b", "A", "../../a", "/etc/passwd", ".git/x", "b" * 255, "b" * 256, "é" * 200 + ".ipynb", "x\udcff", "",
         "..", "2/a", "c/d/e/f/g/h", "e/f/g/h", "timestamp.txt"]  # fmt: skip


def test_every_name_becomes_a_path_of_its_own_inside(tmp_path):
    kept = kept_names(NAMES)
    assert list(kept) == NAMES and len({path.casefold() for path in kept.values()}) == len(NAMES)
    for path in kept.values():
        place = tmp_path / path
        assert not PurePosixPath(path).is_absolute() and not any(part.startswith(".") for part in place.parts)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(path)
    assert sorted(path.read_text() for path in below(tmp_path)) == sorted(kept.values())
    assert kept["é" * 200 + ".ipynb"].endswith(".ipynb")


def test_folders_are_looked_into_as_deep_as_people_make_them(tmp_path):
    deep = tmp_path.joinpath(*["d"] * DEEPEST)
    with dug(tmp_path, 1100):
        for place in (tmp_path, deep, deep / "d"):
            (place / "file").write_text("")
        (tmp_path / "link").symlink_to(tmp_path)
        assert set(below(tmp_path)) == {tmp_path / "file", tmp_path / "link", deep / "file"}
