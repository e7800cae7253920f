"""A table of all grades for people and programs of one's own: a line for each student and assignment."""

from collections.abc import Sequence

from classroom.staff.export.grade_column import GradeColumn, number
from classroom.staff.records.roster import Member, Roster
from classroom.staff.records.table import Table, made_table

HEADER = ["student_id", "last_name", "first_name", "email", "column", "score", "max_score"]


def make(columns: Sequence[GradeColumn], roster: Roster) -> Table:
    """Make the table; whoever handed nothing in has a line without a score."""
    students = dict.fromkeys([*roster.members, *(student for column in columns for student in column.scores)])
    rows = []
    for student in sorted(students):
        member = roster.members.get(student, Member(student))
        who = [student, member.last_name, member.first_name, member.email]
        for column in columns:
            score = column.scores.get(student)
            rows.append([*who, column.name, "" if score is None else number(score), number(column.points)])
    return made_table(HEADER, rows)
