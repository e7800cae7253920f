"""What a class has been graded: scores from the gradebook, verdicts from the results beside it."""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from classroom.fault import Fault
from classroom.staff.folders import Folders
from classroom.staff.grade.store import Store
from classroom.staff.nbgrader_import import import_nbgrader
from classroom.staff.report.item_analysis import Graded


def read_graded(course: Folders, name: str) -> list[Graded]:
    """Read the submissions of an assignment as they stand in the gradebook, in the order of the students' ids.

    Raises
    ------
    Fault
        If the gradebook does not know the assignment.
    """
    nbgrader = import_nbgrader()
    store = Store(course.workshop / name)
    with nbgrader.Gradebook(course.db_url, course.course_id) as gradebook:
        try:
            gradebook.find_assignment(name)
        except nbgrader.MissingEntry:
            raise Fault(f"{name} is not in the gradebook: run  classroom release {name}") from None
        scores = _scores(gradebook.db, nbgrader, name)
        submissions = gradebook.assignment_submissions(name)
        return [_graded(one, scores[one.id], store) for one in sorted(submissions, key=lambda one: str(one.student_id))]


def _scores(session: Any, nbgrader: Any, name: str) -> dict[str, dict[str, tuple[float, float]]]:
    """Return score and maximum by submission and cell: one question instead of one for each cell."""
    grade, cell, notebook = nbgrader.Grade, nbgrader.GradeCell, nbgrader.SubmittedNotebook
    query = (
        session.query(notebook.assignment_id, cell.name, grade.score, cell.max_score)
        .select_from(grade)
        .join(cell, grade.cell_id == cell.id)
        .join(notebook, grade.notebook_id == notebook.id)
        .join(nbgrader.SubmittedAssignment, notebook.assignment_id == nbgrader.SubmittedAssignment.id)
        .join(nbgrader.Assignment, nbgrader.SubmittedAssignment.assignment_id == nbgrader.Assignment.id)
        .filter(nbgrader.Assignment.name == name)
    )
    found: dict[str, dict[str, tuple[float, float]]] = defaultdict(dict)
    for submission, exercise, score, most in query:
        found[submission][exercise] = (float(score), float(most))
    return found


def _graded(submission: Any, scores: dict[str, tuple[float, float]], store: Store) -> Graded:
    student = submission.student
    result = store.get(str(store.recorded(student.id).get("key"))) or {}
    named = " ".join(filter(None, (student.first_name, student.last_name)))
    return Graded(
        student=student.id,
        name=named or student.id,
        assignment=submission.assignment.name,
        scores={exercise: score for exercise, (score, _) in scores.items()},
        max_scores={exercise: most for exercise, (_, most) in scores.items()},
        verdicts=result.get("verdicts", {}),
        outcome=str(result.get("outcome", "missing")),
        reason=str(result.get("reason", "")),
        late=submission.total_seconds_late > 0,
        seconds=float(result.get("seconds", 0.0)),
    )


def report(course: Folders, names: Sequence[str] = (), page: Path | None = None) -> Path:
    """Write the instructor's page about what has been graded.

    Parameters
    ----------
    course : the course
    names : assignments; none means all that somebody has handed in
    page : where the page is written; by default ``report.html`` beside the gradebook's folders

    Raises
    ------
    Fault
        If an assignment is unknown, or nothing has been graded yet.
    """
    from classroom.staff.declare.loader import declared_assignments, load_assignment
    from classroom.staff.report.instructor_report import write_report

    known = declared_assignments(course.folder("source"))
    for name in names:
        if name not in known:
            raise Fault(f"there is no assignment {name!r}: there are {', '.join(known)}")
    begun = [name for name in known if (course.folder("release") / name).is_dir()]
    declared = [load_assignment(course.folder("source") / name) for name in names or begun]
    graded = {one.name: read_graded(course, one.name) for one in sorted(declared, key=lambda one: one.number)}
    titles = {one.name: one.title for one in declared}
    shown = {name: titles[name] for name, found in graded.items() if found}
    if not shown:
        raise Fault("nothing has been graded yet: run  classroom grade <assignment>  first")
    page = page or course.folder("release").parent / "report.html"
    write_report(page, course.course_id, [one for name in shown for one in graded[name]], shown)
    return page
