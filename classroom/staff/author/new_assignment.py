"""`classroom new`: an assignment that builds, releases and grades at once, to be changed into one's own."""

import re
from pathlib import Path
from string import Template

from classroom.atomic_write import write_whole
from classroom.fault import Fault
from classroom.staff.declare.loader import FACE, PACKAGE, declared_assignments
from classroom.staff.folders import Folders

_SCAFFOLD = Path(__file__).with_name("scaffold")


def new_assignment(course: Folders, name: str, title: str = "") -> list[Path]:
    """Write a new assignment: one exercise, one question, and comments that say what each part is for.

    Parameters
    ----------
    course : the course
    name : of the folder, the notebook and the assignment
    title : what students read; by default the name in words

    Returns
    -------
    list of Path
        The files: the notebook's text, the reference, the declaration.

    Raises
    ------
    Fault
        If the name cannot be one, or is taken.
    """
    source = course.folder("source")
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise Fault(f"{name!r} is no name for an assignment: small letters, digits and _, a letter first")
    if (source / name).exists():
        raise Fault(f"there is a folder {source / name} already: choose another name")
    words = {
        "name": name,
        "title": title or name.replace("_", " ").capitalize(),
        "number": str(len(declared_assignments(source)) + 1),
    }
    places = {
        "notebook.txt": source / name / f"{name}.py",
        "reference.txt": source / name / PACKAGE / "reference.py",
        "exercises.txt": source / name / PACKAGE / FACE,
    }
    for part, place in places.items():
        text = Template((_SCAFFOLD / part).read_text(encoding="utf-8")).substitute(words)
        write_whole(place, text.encode())
    return list(places.values())
