"""nbgrader's own export keeps commas and disarms."""

import csv
import io

import pytest

from classroom.staff.nbgrader_import import import_nbgrader

pytestmark = pytest.mark.slow


def test_nbgraders_export_keeps_commas_and_disarms(course):
    from classroom.staff.export.nbgrader_export import HEADER, SafeExport

    exporter = SafeExport()
    exporter.to = str(course.class_folder / "grades.csv")
    with import_nbgrader().Gradebook(course.db_url, "small") as gradebook:
        exporter.export(gradebook)
    rows = list(csv.reader(io.StringIO((course.class_folder / "grades.csv").read_text())))
    assert rows[0] == HEADER and {len(row) for row in rows} == {len(HEADER)}
    found = {row[3]: row for row in rows[1:]}
    assert found["jdoe"][7:] == ["6.0", "1.0", "5.0", "10.0"]
    assert found["evil"][4].startswith("'=HYPERLINK") and found["noshow"][9] == "0.0"
