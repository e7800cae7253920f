"""A file of grades: each written grade is in the log, and what cannot be written is told."""

import pytest
from graded_class import CANVAS

from classroom.fault import Fault
from classroom.staff.export.gradebook_file import export_grades

pytestmark = pytest.mark.slow


def test_a_file_that_would_name_nobody_is_refused(course):
    with pytest.raises(Fault, match="nobody's username, email, number is known, without which Moodle cannot tell"):
        export_grades(course, "moodle", ["small"])
    assert not (course.class_folder / "grades").exists()


def test_each_written_grade_is_in_the_log(course, tmp_path):
    from classroom.staff.records.audit_log import AuditLog

    (tmp_path / "export.csv").write_text(CANVAS)
    export_grades(course, "canvas", ["small"], into=tmp_path / "export.csv")
    entries = [one for one in AuditLog(course, "").read() if one["act"] == "exported"]
    assert [(one.get("student"), one.get("old"), one.get("new")) for one in entries] == [
        (None, None, None),
        ("jdoe", "4.5", "5"),
        ("evil", None, "2.63"),
    ]


@pytest.mark.parametrize(
    ("system", "options", "fault"),
    [
        ("ilias", {}, "'ilias' is no system that is written for"),
        ("csv", {"into": "x.csv"}, "leave it out for csv"),
        ("moodle", {"into": "x.csv", "exercises": True}, "is that of one assignment"),
    ],
)
def test_what_cannot_be_written_is_one_sentence(course, tmp_path, system, options, fault):
    (tmp_path / "x.csv").write_text(CANVAS)
    if "into" in options:
        options = options | {"into": tmp_path / options["into"]}
    with pytest.raises(Fault, match=fault):
        export_grades(course, system, ["small"], **options)
