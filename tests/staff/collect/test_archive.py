"""Archives of any kind and any malice: each entry is read, or refused for itself."""

import io
import stat
import zipfile

import pytest
from archives import make_zip
from handed_in import dug, submitted
from small_course import answered

from classroom.fault import Fault
from classroom.staff.collect.collection import collect

pytestmark = pytest.mark.slow


def test_a_students_own_zip_is_looked_into(course, tmp_path):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("hand-in/small.ipynb", answered())
        archive.writestr("__MACOSX/hand-in/._small.ipynb", b"x")
    files = {"Jane Doe_9_assignsubmission_file/work.zip": stream.getvalue()}
    collect(course, "small", make_zip(tmp_path / "in.zip", files))
    assert submitted(course, "Jane Doe")[0] == answered()


def test_hostile_entries_are_refused_one_by_one(course, tmp_path):
    source = tmp_path / "in.zip"
    link = zipfile.ZipInfo("eve/passwd.ipynb")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(source, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("anna/small.ipynb", answered())
        archive.writestr("../../evil/small.ipynb", answered())
        archive.writestr("/etc/cron.d/small.ipynb", answered())
        archive.writestr("C:\\x\\small.ipynb", answered())
        archive.writestr("..\\evil\\small.ipynb", answered())
        archive.writestr(link, "/etc/passwd")
        archive.writestr("bomb/small.ipynb", bytes(65 << 20))
        archive.writestr("odd\x01/small.ipynb", answered())
        archive.writestr(f"{'long' * 70}/small.ipynb", answered())
        archive.writestr("a*b/small.ipynb", answered())
    outcome = collect(course, "small", source)
    assert outcome.students == {"anna"}
    assert len(outcome.refused) == 8 and len(outcome.unknown) == 1
    reasons = " ".join(outcome.refused.values())
    for reason in ("leads out of the archive", "is a link", "at most 64 MB", "cannot be printed", "too long"):
        assert reason in reasons
    assert "a pattern for files" in next(iter(outcome.unknown.values()))
    assert not (tmp_path / "evil").exists() and not (course.root.parent / "evil").exists()


def test_damaged_and_encrypted_members_harm_nobody_else(course, tmp_path):
    source = make_zip(tmp_path / "in.zip", {name: answered() for name in ("anna/small.ipynb", "ben/small.ipynb")})
    data = bytearray(source.read_bytes())
    place = data.rindex(b"PK\x01\x02")
    data[place + 8] |= 1  # the flag of encryption, in ben's entry of the list
    data[data.index(b"anna/small.ipynb") + 40] ^= 0xFF
    source.write_bytes(bytes(data))
    outcome = collect(course, "small", source)
    assert outcome.refused["ben/small.ipynb"] == "is encrypted"
    assert "cannot be unpacked" in outcome.refused["anna/small.ipynb"]
    assert not (course.folder("submitted") / "anna/small/small.ipynb").exists()


def test_a_hundred_thousand_entries_cost_one_student_at_most(course, tmp_path):
    files = {f"eve/{number}.txt": b"" for number in range(100_000)}
    files |= {f"e*e/{number}.txt": b"" for number in range(300)}  # no student is called so
    outcome = collect(course, "small", make_zip(tmp_path / "in.zip", {"anna/small.ipynb": answered()} | files))
    assert len(outcome.refused) == 100_300 - 400 and len(outcome.unknown) == 200
    assert submitted(course, "anna")[0] == answered()


def test_a_bomb_that_lies_about_its_size_is_stopped(course, tmp_path):
    source = make_zip(tmp_path / "in.zip", {"eve/small.ipynb": bytes(65 << 20), "anna/small.ipynb": answered()})
    data = source.read_bytes()
    source.write_bytes(data.replace((65 << 20).to_bytes(4, "little"), (1000).to_bytes(4, "little")))
    outcome = collect(course, "small", source)
    assert list(outcome.refused) == ["eve/small.ipynb"] and outcome.students >= {"anna"}


@pytest.mark.parametrize(
    ("make", "fault"),
    [
        (lambda path: None, "there is no file or folder"),
        (lambda path: path.write_bytes(b"no zip"), "no zip archive that can be read"),
        (lambda path: make_zip(path, {"readme.txt": ""}), "no learning system names files like these"),
        (lambda path: path.mkdir(), "nothing"),
    ],
)
def test_what_is_no_archive_is_one_sentence(course, tmp_path, make, fault):
    make(tmp_path / "in.zip")
    with pytest.raises(Fault, match=fault):
        collect(course, "small", tmp_path / "in.zip")
    assert not course.folder("submitted").exists()


def test_a_folder_around_everything_is_no_student(course, tmp_path):
    source = make_zip(tmp_path / "in.zip", {f"class A/{one}/small.ipynb": answered() for one in ("anna", "ben")})
    assert collect(course, "small", source).students == {"anna", "ben"}


def test_a_folder_of_zips_is_one_archive(course, tmp_path):
    for student in ("anna", "ben"):
        make_zip(tmp_path / f"in/{student}.zip", {f"{student}/small.ipynb": answered()})
    assert collect(course, "small", tmp_path / "in").students == {"anna", "ben"}


def student_zip(files, method=zipfile.ZIP_STORED, change=bytes):
    """Return a zip that a student has made."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return change(stream.getvalue())


def garbled(data):
    """Return an archive whose first member's packed bytes are 255, its name and sizes aside."""
    start = data.index(b"small.ipynb") + len(b"small.ipynb")
    return data[: start + 12] + b"\xff" * 48 + data[start + 60 :]


def unfit(data):
    """Return an archive whose first member is packed with options that there are not."""
    start = data.index(b"small.ipynb") + len(b"small.ipynb")
    return data[: start + 4] + b"\xff" * 5 + data[start + 9 :]


def nameless(data):
    """Return an archive in whose list the last name is empty."""
    place = data.rindex(b"PK\x01\x02")
    return data[: place + 28] + b"\0\0" + data[place + 30 : place + 46] + data[place + 47 :]


HOSTILE_ZIPS = {
    "a name of 255 bytes": lambda: student_zip({"small.ipynb": answered(), "b" * 255: b"x"}),
    "a file where a folder is": lambda: student_zip({"small.ipynb": answered(), "a": b"x", "a/b": b"y"}),
    "a folder where a file is": lambda: student_zip({"small.ipynb": answered(), "a/b": b"x", "a": b"y"}),
    "names that become one": lambda: student_zip({"small.ipynb": answered(), ".a/x": b"1", "_a/x": b"2", "_A/x": b"3"}),
    "packed bytes that are none": lambda: student_zip({"small.ipynb": answered()}, zipfile.ZIP_LZMA, garbled),
    "packed in no way": lambda: student_zip({"small.ipynb": answered()}, zipfile.ZIP_LZMA, unfit),
    "no name": lambda: student_zip({"small.ipynb": answered(), "z": b""}, change=nameless),
    "the notebook as a folder": lambda: student_zip({"small.ipynb/data.txt": b"x"}),
    "a time of its own": lambda: student_zip({"small.ipynb": answered(), "timestamp.txt": b"1999-01-01 00:00:00 UTC"}),
}


@pytest.mark.parametrize("what", HOSTILE_ZIPS)
def test_what_one_student_packs_costs_nobody_else_the_hand_in(course, tmp_path, what):
    files = {"eve_1_10_work.zip": HOSTILE_ZIPS[what](), "zoe_2_20_small.ipynb": answered()}
    outcome = collect(course, "small", make_zip(tmp_path / "in.zip", files))
    assert submitted(course, "2") == (answered(), "")
    assert outcome.students == {"1", "2"} and "eve_1_10_work.zip" in str(outcome.became | outcome.refused)
    again = {"eve_1_11_small.ipynb": answered(), "zoe_2_20_small.ipynb": answered()}
    collect(course, "small", make_zip(tmp_path / "again.zip", again))
    assert submitted(course, "1") == (answered(), "")  # a folder in its place makes way


def test_folders_a_thousand_deep_are_not_followed(course, tmp_path):
    for student in ("eve", "zoe"):
        place = tmp_path / "in" / student / "small"
        place.mkdir(parents=True)
        (place / "small.ipynb").write_bytes(answered())
    with dug(tmp_path / "in/eve/small", 1200):
        assert collect(course, "small", tmp_path / "in").students == {"eve", "zoe"}


def test_what_lies_where_a_hand_in_is_kept_is_told_of_that_student(course, tmp_path):
    """A link that leads nowhere, in the place of a folder of attempts: the others are collected."""
    (course.class_folder / "attempts" / "small").mkdir(parents=True)
    (course.class_folder / "attempts" / "small" / "1").write_bytes(b"no folder")
    files = {"eve_1_10_small.ipynb": answered(), "zoe_2_20_small.ipynb": answered()}
    outcome = collect(course, "small", make_zip(tmp_path / "in.zip", files))
    assert submitted(course, "2")[0] == answered() and "could not be kept" in outcome.refused["eve_1_10_small.ipynb"]
