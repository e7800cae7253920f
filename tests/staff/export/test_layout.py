"""A file that a learning system exported is filled where its rows, columns and points are known, and nowhere else."""

import pytest

from classroom.fault import Fault
from classroom.staff.export.grade_column import GradeColumn
from classroom.staff.export.layout import Layout, fill, value_after
from classroom.staff.records.roster import Member, Roster
from classroom.staff.records.table import Table

ROSTER = Roster({"jdoe": Member("jdoe", "Jane", "Doe", {"number": "7"}), "li": Member("li", keys={"number": "8"})})
SMALL = GradeColumn("small", ("small", "A small assignment"), 10.0, {"jdoe": 5.25, "li": 7.0, "gone": 1.0})
LAYOUT = Layout(
    title="Somewhere",
    keys=(("number", ("Number",)),),
    item=lambda header: None if header in ("Number", "Section") else header.partition(" [")[0],
    kept=lambda table, place: table.header[place] == "Number",
    points=lambda table, place: value_after(table.header[place], "["),
)


def exported(column="small [10]", old=("", "7,00", "3")):
    return Table(["Number", "Section", column], [["7", "A", old[0]], ["#8", "A", old[1]], ["9", "B", old[2]]])


def filled(table, **options):
    return fill(table, LAYOUT, [SMALL], ROSTER, **{"named": {}, **options})


def test_grades_go_where_they_belong_and_the_rest_is_told():
    done = filled(exported())
    assert done.table.header == ["Number", "small [10]"]
    assert [row[1] for row in done.table.rows] == ["5,25", "7,00", "3"]  # with the file's own comma
    assert [(change.student, change.old, change.new) for change in done.changes] == [("jdoe", "", "5,25")]
    assert (done.strangers, done.absent) == (["9 B"], ["gone"])


def test_other_points_are_refused_or_scaled():
    with pytest.raises(Fault, match=r"small has 10 points here and 20 in Somewhere.*--scale"):
        filled(exported("small [20]"))
    assert [row[1] for row in filled(exported("small [20]", ("", "", "")), scale=True).table.rows] == ["10.5", "14", ""]


@pytest.mark.parametrize(
    ("column", "what"), [("large [10]", "is not there: the file of Somewhere has large"), ("Section", "no column for")]
)
def test_a_column_that_is_not_there_is_named(column, what):
    with pytest.raises(Fault, match=what):
        filled(exported(column))


def test_a_column_can_be_said_and_one_title_twice_is_refused():
    assert filled(exported("large [10]"), named={"small": "large [10]"}).changes
    table = Table(["Number", "small [10]", "A small assignment [10]"], [["7", "", ""]])
    with pytest.raises(Fault, match="is there more than once"):
        filled(table)


@pytest.mark.parametrize(
    ("header", "points"),
    [
        ("small [Total Pts: 120 Score]", 120.0),
        ("small [Total Pts: 7,5]", 7.5),
        ("small", None),
        ("Total Pts: up", None),
    ],
)
def test_the_points_of_a_header_are_read(header, points):
    assert value_after(header, "Total Pts:") == points
