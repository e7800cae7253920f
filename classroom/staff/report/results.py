"""How a class was graded: scores from the gradebook, verdicts from the results beside it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from classroom.fault import Fault
from classroom.staff.declare.shipped import shipped_forms, shipped_statements
from classroom.staff.folders import Folders
from classroom.staff.grade.deadlines import notice
from classroom.staff.grade.store import Store
from classroom.staff.records.roster import Roster
from classroom.staff.report.item_analysis import Graded
from classroom.staff.report.marks import Marks, read_marks
from classroom.staff.report.nearness import near_course
from classroom.staff.report.outline import Outline, read_outline


def read_graded(course: Folders, name: str) -> list[Graded]:
    """Read the submissions of an assignment as the gradebook holds them, in the order of the students' ids.

    Those of students who have left the class are not among them.

    Raises
    ------
    Fault
        If the assignment is not released, or the gradebook does not know it.
    """
    marks, gone = read_marks(course, name), Roster.of(course).left
    store, outline = Store(course.workshop / name), read_outline(course, name)
    source = course.folder("source")
    return [_graded(one, outline, store, source) for one in marks.values() if one.student not in gone]


def _graded(marks: Marks, outline: Outline, store: Store, source: Path) -> Graded:
    result = store.get(str(store.recorded(marks.student).get("key"))) or {}
    answered: Mapping[str, bool] = result.get("answered", {})
    in_order = outline.in_order(marks.marks)
    return Graded(
        student=marks.student,
        name=marks.name,
        assignment=outline.name,
        scores={cell: marks.marks[cell].score for cell in in_order},
        max_scores={cell: marks.marks[cell].points for cell in in_order},
        verdicts=result.get("verdicts", {}),
        outcome=str(result.get("outcome", "missing")),
        reason=str(result.get("reason", "")),
        late=marks.late.total_seconds() > 0,
        seconds=float(result.get("seconds", 0.0)),
        untouched=frozenset(item.cell for item in outline.items if answered.get(item.answer) is False),
        answers=_answers(result, outline),
        penalty=marks.penalty,
        near=near_course(_written(result, outline), shipped_statements(source), shipped_forms(source)),
    )


def _written(result: Mapping[str, Any], outline: Outline) -> list[tuple[str, str]]:
    """Return every cell of code that is the student's, with the exercise that it answers, "" for one of their own."""
    exercises = {item.answer: item.name for item in reversed(outline.items)}
    cells = [cell for cell in result.get("notebook", {}).get("cells", []) if cell["cell_type"] == "code"]
    marked = [(cell["metadata"].get("nbgrader", {}), str(cell["source"])) for cell in cells]
    return [(exercises.get(marks.get("grade_id", ""), ""), text) for marks, text in marked if not marks.get("locked")]


def _answers(result: Mapping[str, Any], outline: Outline) -> dict[str, str]:
    """Return what was written for the exercises in which a bug was recognised."""
    named = {cell for cell, verdict in result.get("verdicts", {}).items() if verdict.get("diagnosis")}
    if not named:
        return {}
    written = {
        cell["metadata"].get("nbgrader", {}).get("grade_id", ""): str(cell["source"])
        for cell in result["notebook"]["cells"]
        if cell["cell_type"] == "code"
    }
    return {item.cell: written.get(item.answer, "") for item in outline.items if item.cell in named}


def report(course: Folders, names: Sequence[str] = (), page: Path | None = None, title: str = "") -> Path:
    """Write the instructor's page about what has been graded.

    Parameters
    ----------
    course : the course
    names : assignments; none means all that somebody has handed in
    page : where the page is written; by default ``report.html`` beside the gradebook's folders
    title : of the page; by default the course's id

    Raises
    ------
    Fault
        If an assignment is unknown, or nothing has been graded yet.
    """
    from classroom.staff.declare.loader import declared_assignments
    from classroom.staff.report.instructor_report import Classwork, write_report

    known = declared_assignments(course.folder("source"))
    for name in names:
        if name not in known:
            raise Fault(f"there is no assignment {name!r}: there are {', '.join(known)}")
    begun = [name for name in known if (course.folder("release") / name / f"{name}.ipynb").is_file()]
    outlines = sorted((read_outline(course, name) for name in names or begun), key=lambda one: one.number)
    work = [
        Classwork(outline, read_graded(course, outline.name), notice(course, outline.name).get("text", ""))
        for outline in outlines
    ]
    work = [one for one in work if one.graded]
    if not work:
        raise Fault("nothing has been graded yet: run  classroom grade <assignment>  first")
    page = page or course.folder("release").parent / "report.html"
    write_report(page, title or course.course_id, work, course)
    return page
