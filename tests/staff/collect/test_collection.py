"""From a learning system's archive to attempts of students, each file accounted for."""

import io
import json
import shutil
import stat
import zipfile

import pytest
import small_course
from archives import EXTRAS, SYSTEMS, make_zip, names_of
from small_course import RIGHT, answered, cell, cells, hand_in, notebook

from classroom.fault import Fault
from classroom.staff.collect.collection import collect
from classroom.staff.collect.enrolment import count_attempt, enrol
from classroom.staff.folders import Folders
from classroom.staff.grade.deadlines import set_dates
from classroom.staff.records.attempts import Attempts
from classroom.staff.records.dates import Dates
from classroom.staff.records.roster import Roster

pytestmark = pytest.mark.slow

CANVAS_GRADEBOOK = (
    "Student,ID,SIS User ID,SIS Login ID,Section,small (501)\n"
    "    Points Possible,,,,,10\n"
    '"Doe, Jane",1234,55501,jdoe,A,\n'
    "\"O'Neil, Seán\",77,55502,o'neil,A,\n"
    '"Student, Test",1,,abc,A,\n'
)


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    return small_course.make_course(tmp_path_factory.mktemp("course") / "small")


@pytest.fixture
def course(template, tmp_path):
    return Folders.of(small_course.copy_course(template, tmp_path / "small"))


def answered_with(letter):
    """Return a submission that no other one equals."""
    return answered({**RIGHT, "answer-quiz_1": f"answer_1 = {letter!r}"})


def submitted(course, student):
    """Return what grading finds of a student: the notebook and the time stamp."""
    place = course.folder("submitted") / student / "small"
    stamp = place / "timestamp.txt"
    return (place / "small.ipynb").read_bytes(), stamp.read_text().strip() if stamp.exists() else ""


def attempts(course, student):
    return Attempts.of(course, "small", student)


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("unpacked", [False, True])
def test_each_systems_archive_is_recognised_by_itself(course, tmp_path, system, unpacked):
    dates = Dates.of(course)
    dates.set_zone("Europe/Berlin")
    dates.save()
    names = names_of(system, "small")
    works = dict(zip(names, "ab", strict=True))
    files = {name: answered_with(letter) for name, letter in works.items()} | EXTRAS.get(system, {})
    source = make_zip(tmp_path / "in.zip", files)
    if unpacked:
        with zipfile.ZipFile(source) as archive:
            archive.extractall(tmp_path / "unpacked")
        source = tmp_path / "unpacked"
    outcome = collect(course, "small", source)
    assert outcome.system == system.split()[0]
    assert (outcome.fresh, outcome.refused, outcome.unknown) == (2, {}, {})
    assert len(outcome.became) == len(files)
    for name, (student, time) in names.items():
        assert submitted(course, student) == (answered_with(works[name]), time)


def test_collecting_again_changes_nothing(course, tmp_path):
    source = make_zip(tmp_path / "in.zip", {name: answered() for name in names_of("brightspace", "small")})
    collect(course, "small", source)
    before = {path: path.read_bytes() for path in course.root.rglob("*") if path.is_file()}
    outcome = collect(course, "small", source)
    assert (outcome.fresh, outcome.known) == (0, 2)
    assert {path: path.read_bytes() for path in course.root.rglob("*") if path.is_file()} == before


def test_a_roster_ties_the_systems_numbers_to_students(course, tmp_path):
    (tmp_path / "gradebook.csv").write_text(CANVAS_GRADEBOOK)
    enrolled = enrol(course, tmp_path / "gradebook.csv", {}, "", "")
    assert [(one.student, one.name) for one in enrolled.roster] == [("jdoe", "Jane Doe"), ("o'neil", "Seán O'Neil")]
    names = [*names_of("canvas", "small"), "stranger_4711_5_small.ipynb"]
    outcome = collect(course, "small", make_zip(tmp_path / "in.zip", {name: answered() for name in names}))
    assert outcome.students == {"jdoe", "o'neil"}
    ((unknown, why),) = outcome.unknown.items()
    assert unknown == names[-1] and "canvas 4711" in why
    assert (course.class_folder / "unknown/small/canvas" / unknown).read_bytes() == answered()
    (tmp_path / "late.csv").write_text('Student,ID,SIS Login ID,Section\n"Stranger, A",4711,astranger,A\n')
    assert enrol(course, tmp_path / "late.csv", {}, "", "").fresh == 1
    assert collect(course, "small", tmp_path / "in.zip").students == {"jdoe", "o'neil", "astranger"}


def test_the_gradebook_knows_the_roster(course, tmp_path):
    from classroom.staff.nbgrader_import import import_nbgrader

    (tmp_path / "gradebook.csv").write_text(CANVAS_GRADEBOOK)
    for _ in range(2):
        enrol(course, tmp_path / "gradebook.csv", {}, "", "")
    with import_nbgrader().Gradebook(course.db_url, "small") as gradebook:
        known = [(one.id, one.first_name, one.last_name, one.lms_user_id) for one in gradebook.students]
    assert known == [("jdoe", "Jane", "Doe", "1234"), ("o'neil", "Seán", "O'Neil", "77")]


def test_students_of_one_name_are_not_confused(course, tmp_path):
    (tmp_path / "moodle.csv").write_text(
        "First name,Last name,ID number,Email address\nJane,Doe,1,j1@x.edu\nJane,Doe,2,j2@x.edu\n李,伟,3,li@x.edu\n"
    )
    enrol(course, tmp_path / "moodle.csv", {}, "", "")
    files = {
        "Jane Doe_9001_assignsubmission_file/small.ipynb": answered_with("a"),
        "Jane Doe_9002_assignsubmission_file/small.ipynb": answered_with("b"),
        "李 伟_9003_assignsubmission_file/small.ipynb": answered_with("c"),
    }
    source = make_zip(tmp_path / "in.zip", files)
    outcome = collect(course, "small", source)
    assert outcome.students == {"3"} and len(outcome.unknown) == 2
    assert "2 students have the name Jane Doe: 1, 2" in next(iter(outcome.unknown.values()))
    # The worksheet of the assignment tells them apart.
    (tmp_path / "worksheet.csv").write_text(
        "Identifier,Full name,ID number,Email address,Grade\n"
        "Participant 9001,Jane Doe,2,j2@x.edu,\nParticipant 9002,Jane Doe,1,j1@x.edu,\n"
    )
    with pytest.raises(Fault, match="--for"):
        enrol(course, tmp_path / "worksheet.csv", {}, "", "")
    enrol(course, tmp_path / "worksheet.csv", {}, "", "small")
    assert collect(course, "small", source).students == {"1", "2", "3"}
    assert submitted(course, "2")[0] == answered_with("a")


@pytest.mark.parametrize(
    ("text", "options", "students"),
    [
        ("Username,OrgDefinedId,First Name,Last Name,Email\n#jdoe,#55501,Jane,Doe,j@x\n", {}, ["jdoe"]),
        ("First Name,Last Name,SID,Email\nJane,Doe,55501,j@x\n", {}, ["55501"]),
        ("Vorname;Nachname;E-Mail-Adresse\nAna;Müller;m@x\n", {}, ["m@x"]),
        ("Matrikel\tWer\n7\tAna Müller\n", {"mapping": {"student": "Matrikel", "name": "Wer"}}, ["7"]),
        (CANVAS_GRADEBOOK, {"id_from": "SIS User ID"}, ["55501", "55502"]),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_any_table_can_be_a_roster(course, tmp_path, text, options, students, encoding):
    (tmp_path / "roster.csv").write_bytes(text.encode(encoding))
    options = {"mapping": {}, "id_from": ""} | options
    enrol(course, tmp_path / "roster.csv", options["mapping"], options["id_from"], "")
    assert sorted(Roster.of(course).members) == students
    assert "MÃ" not in (course.class_folder / "roster.csv").read_text()


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("what,ever\n1,2\n", "no column that names a student: it has what, ever"),
        ("Username,Email\na*b,x@y\n", "has '\\*', which makes it a pattern"),
        ("Username,Email\njdoe,x@y\njdoe,z@y\n", "'jdoe' 2 times"),
        ("Username,Email\n", "names no student"),
        ("", "is no table"),
    ],
)
def test_a_table_that_is_no_roster_is_one_sentence(course, tmp_path, text, fault):
    (tmp_path / "roster.csv").write_text(text)
    with pytest.raises(Fault, match=fault):
        enrol(course, tmp_path / "roster.csv", {}, "", "")
    assert not (course.class_folder / "roster.csv").exists()


# --- attempts --------------------------------------------------------------------------------------------------------

THREE = {
    f"55501-{number} - Jane Doe - Oct {day}, 2025 905 AM/small.ipynb": answered_with(letter)
    for number, day, letter in ((11, 2, "a"), (13, 9, "c"), (12, 4, "b"))
}


@pytest.mark.parametrize(("policy", "letter"), [("last", "c"), ("first", "a"), ("in-time", "b"), ("best", "c")])
def test_the_rule_chooses_the_attempt_and_keeps_the_others(course, tmp_path, policy, letter):
    set_dates(course, "small", count=policy, due="2025-10-05")
    collect(course, "small", make_zip(tmp_path / "in.zip", THREE))
    found = attempts(course, "55501")
    assert [found.content(one) for one in found.all] == [answered_with(letter) for letter in "abc"]
    assert submitted(course, "55501")[0] == answered_with(letter)


def test_of_two_versions_in_canvas_the_later_attachment_is_the_later_attempt(course, tmp_path):
    files = {
        "doejane_1234_20_small-1.ipynb": answered_with("b"),
        "doejane_1234_10_small.ipynb": answered_with("a"),
        "doejane_1234_11_notes.pdf": b"%PDF",
    }
    outcome = collect(course, "small", make_zip(tmp_path / "in.zip", files))
    assert submitted(course, "1234")[0] == answered_with("b") and len(attempts(course, "1234").all) == 2
    assert outcome.became["doejane_1234_11_notes.pdf"] == "kept beside attempt 2 of 1234"


def test_a_new_archive_adds_an_attempt_and_what_lay_there_is_one_too(course, tmp_path):
    hand_in(course.root, "1234", answered_with("a"), "2026-03-01 12:00:00 UTC")
    collect(course, "small", make_zip(tmp_path / "in.zip", {"doejane_1234_20_small.ipynb": answered_with("b")}))
    assert [one.source for one in attempts(course, "1234").all] == ["", "canvas"]
    assert submitted(course, "1234") == (answered_with("b"), "")


def test_an_instructor_may_let_another_attempt_count_until_one_arrives(course, tmp_path):
    collect(course, "small", make_zip(tmp_path / "in.zip", THREE))
    count_attempt(course, "small", "55501", 1)
    collect(course, "small", tmp_path / "in.zip")
    assert submitted(course, "55501") == (answered_with("a"), "2025-10-02 09:05:00 UTC")
    with pytest.raises(Fault, match="no attempt 4 at small: there are 1, 2, 3"):
        count_attempt(course, "small", "55501", 4)
    more = {"55501-14 - Jane Doe - Oct 10, 2025 905 AM/small.ipynb": answered_with("d")}
    collect(course, "small", make_zip(tmp_path / "more.zip", more))
    assert submitted(course, "55501")[0] == answered_with("d")


def test_a_time_that_the_system_does_not_tell_can_be_said(course, tmp_path):
    source = make_zip(tmp_path / "in.zip", {"doejane_LATE_1234_20_small.ipynb": answered()})
    assert "which gives no time" in collect(course, "small", source).told[0]
    collect(course, "small", source, times={"1234": "2026-03-04 10:00"})
    assert submitted(course, "1234")[1] == "2026-03-04 10:00:00 UTC"
    with pytest.raises(Fault, match="a time is given for 99"):
        collect(course, "small", source, times={"99": "2026-03-04 10:00"})


# --- odd hand-ins ----------------------------------------------------------------------------------------------------


def folder_of(tmp_path, files):
    for name, content in files.items():
        path = tmp_path / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return tmp_path / "in"


def test_a_renamed_notebook_counts_and_is_told(course, tmp_path):
    outcome = collect(course, "small", folder_of(tmp_path, {"anna/hand-in/My work (2).ipynb": answered()}))
    assert submitted(course, "anna")[0] == answered()
    assert outcome.told == ["anna: hand-in/My work (2).ipynb was taken for small.ipynb"]


def test_of_two_notebooks_the_one_with_the_work_counts_and_is_told(course, tmp_path):
    files = {"anna/small.ipynb": notebook(cells()), "anna/small-final.ipynb": answered()}
    outcome = collect(course, "small", folder_of(tmp_path, files))
    assert submitted(course, "anna")[0] == answered()
    assert "small-final.ipynb counts, with 3 answers; not small.ipynb (0)" in outcome.told[0]
    assert (course.class_folder / "attempts/small/anna/1/beside/small.ipynb").read_bytes() == notebook(cells())


def test_a_students_own_zip_is_looked_into(course, tmp_path):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("hand-in/small.ipynb", answered())
        archive.writestr("__MACOSX/hand-in/._small.ipynb", b"x")
    files = {"Jane Doe_9_assignsubmission_file/work.zip": stream.getvalue()}
    collect(course, "small", make_zip(tmp_path / "in.zip", files))
    assert submitted(course, "Jane Doe")[0] == answered()


def test_a_hand_in_without_a_notebook_is_kept_and_told(course, tmp_path):
    outcome = collect(course, "small", folder_of(tmp_path, {"anna/work.txt": b"text", "ben/small.ipynb": answered()}))
    assert outcome.told == ["anna: no notebook was handed in: there is work.txt"]
    assert (course.folder("submitted") / "anna/small/work.txt").read_bytes() == b"text"


def test_what_systems_add_is_no_student(course, tmp_path):
    files = {"anna/small.ipynb": answered(), "__MACOSX/small/._small.ipynb": b"", "ben/.ipynb_checkpoints/x.ipynb": b""}
    outcome = collect(course, "small", make_zip(tmp_path / "in.zip", files | {"anna/.DS_Store": b""}))
    assert (outcome.students, outcome.system_files, outcome.refused) == ({"anna"}, 3, {})


def test_ids_are_any_text_that_a_folder_can_hold_and_stay_distinct(course, tmp_path):
    ids = ["李伟", "王芳", "müller", "o'neil", "a+b@c", "UNI\\x", "Jane Doe", "محمد"]
    outcome = collect(course, "small", folder_of(tmp_path, {f"{one}/small.ipynb": answered() for one in ids}))
    assert outcome.students == set(ids)
    decomposed = make_zip(tmp_path / "mac.zip", {"mu\u0308ller/small.ipynb": answered(), "x/small.ipynb": answered()})
    assert collect(course, "small", decomposed).known == 1


# --- hostile archives ------------------------------------------------------------------------------------------------


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
    outcome = collect(course, "small", make_zip(tmp_path / "in.zip", {"anna/small.ipynb": answered()} | files))
    assert len(outcome.refused) == 100_000 - 200
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


def test_an_unreleased_assignment_is_named(course, tmp_path):
    shutil.rmtree(course.folder("release") / "small")
    with pytest.raises(Fault, match="small is not released"):
        collect(course, "small", make_zip(tmp_path / "in.zip", {"anna/small.ipynb": answered()}))


def test_each_attempt_is_in_the_log(course, tmp_path):
    collect(course, "small", make_zip(tmp_path / "in.zip", THREE))
    acts = [json.loads(line) for line in (course.class_folder / "log.jsonl").read_text().splitlines()]
    assert [one["act"] for one in acts] == ["collected"] * 3 + ["counted"]
    assert acts[0]["handed_in"] == "2025-10-02T09:05:00Z" and len(acts[0]["sha256"]) == 64


def test_a_cell_for_scratch_is_no_answer(course, tmp_path):
    busy = notebook([*cells(), *[cell(f"scratch_{number} = 1") for number in range(9)]])
    collect(course, "small", folder_of(tmp_path, {"anna/small-play.ipynb": busy, "anna/work.ipynb": answered()}))
    assert submitted(course, "anna")[0] == answered()
