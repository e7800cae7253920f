"""What a learning system hands over for the small course, and what has become of it."""

import os
import subprocess
from contextlib import contextmanager

from small_course import RIGHT, answered

from classroom.staff.records.attempts import Attempts

CANVAS_GRADEBOOK = (
    "Student,ID,SIS User ID,SIS Login ID,Section,small (501)\n"
    "    Points Possible,,,,,10\n"
    '"Doe, Jane",1234,55501,jdoe,A,\n'
    "\"O'Neil, Seán\",77,55502,o'neil,A,\n"
    '"Student, Test",1,,abc,A,\n'
)


def answered_with(letter):
    """Return a submission that no other one equals."""
    return answered({**RIGHT, "answer-quiz_1": f"answer_1 = {letter!r}"})


def submitted(course, student):
    """Return what grading finds of a student: the notebook and the time stamp."""
    place = course.folder("submitted") / student / "small"
    stamp = place / "timestamp.txt"
    return (place / "small.ipynb").read_bytes(), stamp.read_text().strip() if stamp.exists() else ""


@contextmanager
def dug(place, depth):
    """Make folders in each other, deeper than any path can say; they are gone after the block, for pytest cannot."""
    handle = os.open(place, os.O_RDONLY)
    for _ in range(depth):
        os.mkdir("d", dir_fd=handle)
        inner = os.open("d", os.O_RDONLY, dir_fd=handle)
        os.close(handle)
        handle = inner
    try:
        yield
    finally:
        os.close(handle)
        subprocess.run(["rm", "-rf", str(place / "d")], check=True)


def attempts(course, student):
    return Attempts.of(course, "small", student)


THREE = {
    f"55501-{number} - Jane Doe - Oct {day}, 2025 905 AM/small.ipynb": answered_with(letter)
    for number, day, letter in ((11, 2, "a"), (13, 9, "c"), (12, 4, "b"))
}
