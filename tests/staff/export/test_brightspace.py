"""Brightspace gets its marks."""

import pytest
from graded_class import written

from classroom.staff.collect.enrolment import enrol
from classroom.staff.export.gradebook_file import export_grades

pytestmark = pytest.mark.slow


def test_brightspace_gets_its_marks(course, tmp_path):
    (tmp_path / "list.csv").write_text("Username,OrgDefinedId,SIS Login ID\n#jd,#u1,jdoe\n#li,#u3,liwei\n")
    enrol(course, tmp_path / "list.csv", {"login": "SIS Login ID"}, "", "")
    rows = written(export_grades(course, "brightspace", ["small"]))
    assert rows[0] == ["OrgDefinedId", "Username", "small Points Grade", "End-of-Line Indicator"]
    assert rows[1:] == [["#u1", "#jd", "5", "#"], ["#u3", "#li", "7", "#"]]
    header = "OrgDefinedId,Username,Quiz Points Grade <Numeric MaxPoints:5>,small Points Grade <Numeric MaxPoints:10>"
    (tmp_path / "grades.csv").write_text(f"{header},End-of-Line Indicator\n#u1,#jd,1,3,#\n")
    outcome = export_grades(course, "brightspace", ["small"], into=tmp_path / "grades.csv")
    assert written(outcome)[1] == ["#u1", "#jd", "5", "#"] and outcome.filled.absent == ["evil", "liwei"]
