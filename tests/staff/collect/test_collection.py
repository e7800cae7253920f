"""From a learning system's archive to attempts of students, each file accounted for."""

import json
import shutil

import pytest
from archives import make_zip, names_of
from handed_in import THREE, attempts, submitted
from small_course import RIGHT, answered, cell, cells, notebook

from classroom.fault import Fault
from classroom.staff.collect.collection import collect

pytestmark = pytest.mark.slow


def test_collecting_again_changes_nothing(course, tmp_path):
    source = make_zip(tmp_path / "in.zip", {name: answered() for name in names_of("brightspace", "small")})
    collect(course, "small", source)
    before = {path: path.read_bytes() for path in course.root.rglob("*") if path.is_file()}
    outcome = collect(course, "small", source)
    assert (outcome.fresh, outcome.known) == (0, 2)
    assert {path: path.read_bytes() for path in course.root.rglob("*") if path.is_file()} == before


def test_a_time_that_the_system_does_not_tell_can_be_said(course, tmp_path):
    source = make_zip(tmp_path / "in.zip", {"doejane_LATE_1234_20_small.ipynb": answered()})
    assert "which gives no time" in collect(course, "small", source).told[0]
    collect(course, "small", source, times={"1234": "2026-03-04 10:00"})
    assert submitted(course, "1234")[1] == "2026-03-04 10:00:00 UTC"
    with pytest.raises(Fault, match="a time is given for 99"):
        collect(course, "small", source, times={"99": "2026-03-04 10:00"})


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


def test_every_attempt_in_brightspace_is_kept_also_where_their_numbers_are_the_same(course, tmp_path):
    names = [f"55501-11 - Jane Doe - Oct {when}/small.ipynb" for when in ("2, 2025 905 AM", "3, 2025 1105 PM")]
    outcome = collect(
        course, "small", make_zip(tmp_path / "in.zip", {names[0]: notebook(cells()), names[1]: answered()})
    )
    assert (outcome.fresh, sorted(outcome.became)) == (2, names)
    assert submitted(course, "55501")[0] == answered()


def test_a_second_file_of_one_name_in_a_hand_in_is_kept_or_told_to_be_the_same(course, tmp_path):
    inner = make_zip(tmp_path / "in.zip", {"small.ipynb": answered(), "data.txt": b"1"}).read_bytes()
    files = {"anna/small.ipynb": notebook(cells()), "anna/data.txt": b"1", "anna/work.zip": inner}
    outcome = collect(course, "small", folder_of(tmp_path, files))
    assert submitted(course, "anna")[0] == answered()
    assert outcome.told == ["anna: of 2 notebooks small (2).ipynb counts, with 3 answers; not small.ipynb (0)"]
    assert set(outcome.became) == files.keys()
    beside = course.class_folder / "attempts/small/anna/1/beside"
    assert {path.name for path in beside.iterdir()} == {"small.ipynb", "data.txt"}


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


def test_an_unreleased_assignment_is_named(course, tmp_path):
    shutil.rmtree(course.folder("release") / "small")
    with pytest.raises(Fault, match="small is not released"):
        collect(course, "small", make_zip(tmp_path / "in.zip", {"anna/small.ipynb": answered()}))


def test_a_notebook_that_is_too_large_to_be_graded_stays_one_attempt(course, tmp_path):
    name = "doejane_1234_5_small.ipynb"
    large = notebook([*cells(RIGHT), cell("#" * (21 << 20))])
    source = make_zip(tmp_path / "in.zip", {name: large})
    for _ in range(2):
        assert collect(course, "small", source).students == {"1234"}
        (one,) = attempts(course, "1234").all
        assert (one.source, one.origin) == ("canvas", name) and attempts(course, "1234").content(one) == large


def test_each_attempt_is_in_the_log(course, tmp_path):
    collect(course, "small", make_zip(tmp_path / "in.zip", THREE))
    acts = [json.loads(line) for line in (course.class_folder / "log.jsonl").read_text().splitlines()]
    assert [one["act"] for one in acts] == ["collected"] * 3 + ["counted"]
    assert acts[0]["handed_in"] == "2025-10-02T09:05:00Z" and len(acts[0]["sha256"]) == 64


def test_a_cell_for_scratch_is_no_answer(course, tmp_path):
    busy = notebook([*cells(), *[cell(f"scratch_{number} = 1") for number in range(9)]])
    collect(course, "small", folder_of(tmp_path, {"anna/small-play.ipynb": busy, "anna/work.ipynb": answered()}))
    assert submitted(course, "anna")[0] == answered()
