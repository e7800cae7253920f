"""What an exercise has built, where it is used next, and which section of a lecture explains it: one line."""

import functools
import inspect
import re
from pathlib import Path

import solutions
from classroom.staff.declare.declaration import Assignment, Exercise

COURSE = Path(solutions.__file__).parent.parent / "course"


def explanation(exercise: Exercise, assignment: Assignment) -> str:
    """Return the line that is shown once the exercise is right."""
    said = [_built(exercise), _used_next(exercise, assignment)]
    section = assignment.section_of(exercise.id)
    if section is not None:
        said.append(f"lecture {section.number}, {section.heading}")
    return " · ".join(filter(None, said))


def _built(exercise: Exercise) -> str:
    """Return the first sentence of the reference's docstring: what the function is for."""
    for name in exercise.subject:
        described = inspect.getdoc(exercise.functions[name]) or ""
        sentence = re.split(r"(?<=[^.]\.)\s", " ".join(described.split("\n\n")[0].split()), maxsplit=1)[0]
        if sentence:
            return f"you have built this: {sentence.rstrip('.')}"
    return ""


def _used_next(exercise: Exercise, assignment: Assignment) -> str:
    """Return the next exercises that call what was built; without one, the next lecture that does."""
    asked = [other for other in assignment.exercises if isinstance(other, Exercise)]
    later = asked[asked.index(exercise) + 1 :] if exercise in asked else []
    users = [other.id for other in later if set(exercise.subject) & set(other.functions) - set(other.subject)]
    if users:
        return f"used next in {', '.join(users[:2])}"
    section = assignment.section_of(exercise.id)
    own = section.number if section is not None else 0
    for number, text in _lectures(COURSE):
        if number > own and any(re.search(rf"\b{name}\b", text) for name in exercise.subject):
            return f"used next in lecture {number}"
    return ""


@functools.cache
def _lectures(course: Path) -> tuple[tuple[int, str], ...]:
    """Return the lectures' numbers and texts, in order; none where the course is not beside its solutions."""
    paths = sorted(course.glob("[0-9][0-9]_*.py"))
    return tuple((int(path.name[:2]), path.read_text(encoding="utf-8")) for path in paths)
