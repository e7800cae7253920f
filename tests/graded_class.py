"""A class of the small course whose grades are known, and a table that was written of them."""

import csv
import datetime as dt

import small_course

from classroom.staff.collect.enrolment import enrol
from classroom.staff.folders import Folders
from classroom.staff.grade.deadlines import set_dates
from classroom.staff.grade.gradebook import Gradebook

ROSTER = (
    "Student,ID,SIS User ID,SIS Login ID,Section\n"
    '"Doe, Jane",1,u1,jdoe,A\n"=HYPERLINK(""http://x""), \'t",2,u2,evil,A\n'
    '"Li, 伟",3,u3,liwei,A\n"No, Show",4,u4,noshow,A\n'
)
# Jane is a day late; what evil wrote waits for a person.
CLASS = {"jdoe": (6.0, 0.0, "2026-03-02 12:00"), "evil": (2.625, None, "2026-03-01"), "liwei": (7.0, 0.0, "2026-03-01")}
SCORES = {"jdoe": 5.0, "evil": 2.625, "liwei": 7.0}

CANVAS = (
    "Student,ID,SIS User ID,SIS Login ID,Section,Homework 1 (501),small (502),Final Score\n"
    ",,,,,Manual Posting,,\n"
    "    Points Possible,,,,,5,10,(read only)\n"
    '"Doe, Jane",1,u1,jdoe,A,4,4.5,80\n'
    '"=HYPERLINK(""http://x""), \'t",2,u2,evil,A,,,\n'
    '"Li, 伟",3,u3,liwei,A,3,7.00,\n'
    '"No, Show",4,u4,noshow,A,,3,\n'
    '"Stranger, A",99,u99,stranger,A,,2,\n'
    '"Student, Test",7,,x,A,,,\n'
)


def grade(root):
    """Give the course at `root` a roster and a gradebook of three, one of them late; nothing has to be examined."""
    course = Folders.of(root)
    (root / "roster.csv").write_text(ROSTER)
    enrol(course, root / "roster.csv", {}, "", "")
    set_dates(course, "small", late="1 point/day")
    gradebook = Gradebook(course, small_course.exam_of(root))
    for student, (points, written, moment) in CLASS.items():
        scores = {"double": 0.0, "relu_backward": points, "quiz_1": 0.0, "explain": written}
        gradebook.record(student, {"scores": scores, "comments": {}}, dt.datetime.fromisoformat(moment))
    gradebook.close()
    return root


def written(outcome, encoding="utf-8", delimiter=","):
    with open(outcome.path, encoding=encoding, newline="") as file:
        return list(csv.reader(file, delimiter=delimiter))
