"""Canvas: its own file is filled in, and only what belongs goes back."""

import pytest
from graded_class import CANVAS, written

from classroom import cli
from classroom.fault import Fault
from classroom.staff.export.gradebook_file import export_grades

pytestmark = pytest.mark.slow


def test_canvass_own_file_is_filled_and_only_what_belongs_goes_back(course, tmp_path):
    (tmp_path / "export.csv").write_text(CANVAS)
    outcome = export_grades(course, "canvas", ["small"], into=tmp_path / "export.csv")
    rows = written(outcome)
    assert rows[0] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "small (502)"]
    assert rows[2] == ["    Points Possible", "", "", "", "", "10"]
    assert [row[5] for row in rows[3:]] == ["5", "2.63", "7.00", "3", "2", ""]  # nothing that stood there is blank
    assert rows[4][0].startswith("'=HYPERLINK")
    assert [(one.student, one.old, one.new) for one in outcome.filled.changes] == [
        ("jdoe", "4.5", "5"),
        ("evil", "", "2.63"),
    ]
    assert outcome.filled.strangers == ["Stranger, A 99"] and outcome.waiting == {"small": 1}
    assert (tmp_path / "export.csv").read_text() == CANVAS


def everything(folder):
    """Return what lies in a folder, byte by byte."""
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_dry_run_shows_all_and_writes_nothing(course, tmp_path, capsys):
    (tmp_path / "export.csv").write_text(CANVAS)
    before = everything(tmp_path)
    command = ["grades", "small", "--to", "canvas", "--into", str(tmp_path / "export.csv"), "--root", str(course.root)]
    with pytest.raises(SystemExit) as ended:
        cli.main([*command, "--dry-run"])
    assert ended.value.code == 0 and "jdoe  small: 4.5 → 5" in capsys.readouterr().out
    assert everything(tmp_path) == before


def test_the_filled_file_lies_among_the_grades_and_not_beside_the_one_that_was_exported(course, tmp_path):
    downloads = tmp_path / "downloads"
    downloads.mkdir()
    (downloads / "export.csv").write_text(CANVAS)
    outcome = export_grades(course, "canvas", ["small"], into=downloads / "export.csv")
    assert outcome.path.parent == course.class_folder / "grades" and outcome.path.is_file()
    assert everything(downloads) == {downloads / "export.csv": CANVAS.encode()}


def test_each_exercise_can_have_a_column_of_its_own(course):
    header = written(export_grades(course, "canvas", ["small"], exercises=True))[0]
    assert header[5:] == ["small", *(f"small: {name}" for name in ("double", "relu_backward", "quiz_1", "explain"))]


def test_whoever_is_excused_stays_excused(course, tmp_path):
    (tmp_path / "export.csv").write_text(CANVAS.replace("A,4,4.5,80", "A,4,EX,80"))
    outcome = export_grades(course, "canvas", ["small"], into=tmp_path / "export.csv")
    assert outcome.filled.kept == {"jdoe": "Canvas has EX there"} and written(outcome)[3][5] == "EX"


def test_other_points_in_the_system_are_a_question(course, tmp_path):
    (tmp_path / "export.csv").write_text(CANVAS.replace("5,10,(read only)", "5,100,(read only)"))
    with pytest.raises(Fault, match="small has 10 points here and 100 in Canvas"):
        export_grades(course, "canvas", ["small"], into=tmp_path / "export.csv")
    outcome = export_grades(course, "canvas", ["small"], into=tmp_path / "export.csv", scale=True)
    assert [row[5] for row in written(outcome)[3:6]] == ["50", "26.25", "70"]


def test_a_column_that_is_not_found_can_be_named(course, tmp_path):
    (tmp_path / "export.csv").write_text(CANVAS.replace("small (502)", "Week 2 (502)"))
    with pytest.raises(Fault, match=r"the file of Canvas has Homework 1 \(501\), Week 2 \(502\)"):
        export_grades(course, "canvas", ["small"], into=tmp_path / "export.csv")
    named = {"small": "Week 2 (502)"}
    outcome = export_grades(course, "canvas", ["small"], into=tmp_path / "export.csv", named=named)
    assert written(outcome)[3][5] == "5"


def test_without_canvass_file_a_safe_one_is_made(course):
    rows = written(export_grades(course, "canvas", ["small"]))
    assert rows[:2] == [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "small"],
        ["    Points Possible", "", "", "", "", "10"],
    ]
    assert [(row[1], row[5]) for row in rows[2:]] == [("2", "2.63"), ("1", "5"), ("3", "7")]
