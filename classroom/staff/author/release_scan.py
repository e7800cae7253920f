"""Nothing that a bundle gives may answer an exercise that is still open, unless somebody lets it through by name."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from classroom.fault import Fault
from classroom.staff.author import bundle_callables, callable_answers
from classroom.staff.author.callable_answers import Answering, answering
from classroom.staff.declare.exercise import load_assignment
from classroom.staff.declare.loader import declared_assignments
from classroom.staff.folders import Folders
from classroom.staff.grade.deadlines import closes
from classroom.staff.grade.exam import declared_digest

_LISTED = 8


def refuse_answers(
    files: Mapping[str, bytes], course: Folders, name: str, despite: Sequence[str] = ()
) -> dict[str, str]:
    """Raise a Fault if something callable in a bundle answers an exercise of an assignment that is not closed.

    Parameters
    ----------
    files : of the bundle, content by name
    course, name : whose bundle it is
    despite : names that go out nevertheless, besides those that the declaration lets through

    Returns
    -------
    dict
        What went out nevertheless: by its name, the exercises that it answers, and why where a reason is declared.

    Raises
    ------
    Fault
        Also if one of `despite` answers nothing: then it is misspelt, or needs no permission any more.
    """
    folders = [course.folder("source") / one for one in open_assignments(course, name)]
    found = answering(files, folders, {folder: _kept(course, folder) for folder in folders})
    declared = load_assignment(course.folder("source") / name).despite
    refused = [one for one in found if not any(one.is_named(allowed) for allowed in (*declared, *despite))]
    for idle in [allowed for allowed in despite if not any(one.is_named(allowed) for one in found)]:
        raise Fault(f"--despite {idle}: nothing of that name in {name} answers an exercise that is open; leave it out")
    if refused:
        raise Fault(_refusal(name, refused))
    return {
        allowed: _told(exercises, declared.get(allowed, ""))
        for allowed in dict.fromkeys([*declared, *despite])
        if (exercises := {f"{one.exercise} of {one.assignment}": None for one in found if one.is_named(allowed)})
    }


def open_assignments(course: Folders, name: str) -> list[str]:
    """Return the assignments in which work still counts, or will count, that of the bundle first."""
    now = datetime.now(UTC)
    moments = {one: closes(course, one) for one in declared_assignments(course.folder("source"))}
    still = [one for one, moment in moments.items() if moment is None or moment >= now]
    return sorted(still, key=lambda one: one != name)


def _kept(course: Folders, folder: Path) -> Path:
    """Return the file that keeps what the toolkit answers of an assignment: computed once, it serves all bundles."""
    code = [Path(str(module.__file__)).read_bytes() for module in (bundle_callables, callable_answers)]
    digest = declared_digest(folder, hashlib.sha256(b"\0".join(code)).hexdigest())
    return course.workshop / folder.name / f"toolkit-{digest}.json"


def _told(exercises: Mapping[str, None], because: str) -> str:
    return ", ".join(exercises) + (f" ({because})" if because else "")


def _refusal(name: str, refused: Sequence[Answering]) -> str:
    by_name: dict[str, list[str]] = {}
    for one in refused:
        by_name.setdefault(one.name, []).append(f"{one.exercise} of {one.assignment}")
    listed = "".join(f"\n  {one} answers {', '.join(what)}" for one, what in list(by_name.items())[:_LISTED])
    more = f"\n  and {len(by_name) - _LISTED} more" if len(by_name) > _LISTED else ""
    return (
        f"{name} is not released, it would give away what exercises ask that are still open:{listed}{more}\n"
        "Leave it out, or wait until nothing handed in there counts any more (classroom dates).  To release it all the "
        f"same:  classroom release {name} --despite {refused[0].name}  (a module's name is that of all in it); it "
        "stands in the log of the class"
    )
