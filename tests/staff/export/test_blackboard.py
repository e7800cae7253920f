"""Blackboard takes its own file alone."""

import pytest
from graded_class import written

from classroom.fault import Fault
from classroom.staff.export.gradebook_file import export_grades

pytestmark = pytest.mark.slow


def test_blackboard_takes_only_its_own_file(course, tmp_path):
    with pytest.raises(Fault, match="Blackboard takes only a file of its own"):
        export_grades(course, "blackboard", ["small"])
    text = "Last Name\tFirst Name\tUsername\tsmall [Total Pts: 10 Score] |77\tother |78\nDoe\tJane\tjdoe\t\t4\n"
    (tmp_path / "gc.xls").write_bytes(text.encode("utf-16"))
    outcome = export_grades(course, "blackboard", ["small"], into=tmp_path / "gc.xls")
    assert written(outcome, "utf-16", "\t")[1] == ["Doe", "Jane", "jdoe", "5"]
