"""Changing an assignment that is out: which graded cells come, go or are worth something else, and what that does."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from classroom.fault import Fault
from classroom.staff.folders import Folders
from classroom.staff.grade.exam import void_of
from classroom.staff.grade.submissions_folder import handing_in
from classroom.staff.nbgrader_import import import_nbgrader

_KINDS = ("GradeCell", "SolutionCell", "SourceCell")


@dataclass(frozen=True)
class CellRow:
    """What the gradebook keeps of a cell: its roles, and what it is worth."""

    kinds: frozenset[str]
    points: float = 0.0
    cell_type: str = "code"
    void: str = ""


@dataclass
class CellChange:
    """What a release would change in the gradebook.

    added, removed : cells by grade id
    worth : points before and after, of cells that stay
    voided : cells that are void now: "full" points for everybody, or "out" of the sum
    hand_ins : students who have handed in, graded or not
    lost : points, manual grades and comments of the removed cells, in sentences
    """

    added: dict[str, CellRow] = field(default_factory=dict)
    removed: dict[str, CellRow] = field(default_factory=dict)
    worth: dict[str, tuple[float, float]] = field(default_factory=dict)
    voided: dict[str, str] = field(default_factory=dict)
    points: tuple[float, float] = (0.0, 0.0)
    hand_ins: int = 0
    lost: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.worth or self.voided)

    def told(self) -> list[str]:
        """Say it in lines."""
        lines = [
            f"{name} comes" + (f", {row.points:g} points" if row.points else "") for name, row in self.added.items()
        ]
        lines += [
            f"{name} goes" + (f", {row.points:g} points" if row.points else "") for name, row in self.removed.items()
        ]
        lines += [f"{name} is void: {_VOID[kind]}" for name, kind in self.voided.items()]
        lines += [
            f"{name} is worth {after:g} points instead of {before:g}"
            for name, (before, after) in self.worth.items()
            if name not in self.voided
        ]
        before, after = self.points
        lines += [f"the assignment is worth {after:g} points" + (f" instead of {before:g}" if before != after else "")]
        return lines + self.lost


_VOID = {"full": "everybody has full points", "out": "it is out of the sum"}


def cells_of(notebook: Mapping[str, Any]) -> dict[str, CellRow]:
    """Return the cells of a released notebook that the gradebook keeps, by grade id."""
    found = {}
    for cell in notebook["cells"]:
        marks = cell["metadata"].get("nbgrader", {})
        if "grade_id" not in marks:
            continue
        kinds = {"SourceCell"} | ({"GradeCell"} if marks["grade"] else set())
        kinds |= {"SolutionCell"} if marks["solution"] else set()
        points = float(marks.get("points", 0)) if marks["grade"] else 0.0
        found[marks["grade_id"]] = CellRow(frozenset(kinds), points, cell["cell_type"], void_of(cell["metadata"]))
    return found


def compare_cells(course: Folders, name: str, notebook: Path) -> CellChange:
    """Compare a notebook that is about to be released with what the gradebook and the last release hold."""
    nbgrader = import_nbgrader()
    new = cells_of(json.loads(notebook.read_text(encoding="utf-8")))
    before = _voided_before(course, name)
    with nbgrader.Gradebook(course.db_url, course.course_id) as gradebook:
        try:
            kept = gradebook.find_notebook(name, name)
        except nbgrader.MissingEntry:
            return CellChange()
        old = _rows(kept)
        graded = {submission.student.id for submission in kept.submissions}
        change = CellChange(hand_ins=len(graded | set(_handing_in(course, name))))
        change.points = tuple(sum(row.points for row in rows.values()) for rows in (old, new))  # type: ignore[assignment]
        change.added = {cell: row for cell, row in new.items() if cell not in old or row.kinds != old[cell].kinds}
        change.removed = {cell: row for cell, row in old.items() if cell not in new or row.kinds != new[cell].kinds}
        both = [cell for cell in new if cell in old and cell not in change.added]
        change.worth = {
            cell: (old[cell].points, new[cell].points) for cell in both if old[cell].points != new[cell].points
        }
        change.voided = {cell: row.void for cell, row in new.items() if row.void and before.get(cell, "") != row.void}
        change.lost = _lost(nbgrader, gradebook.db, kept, change.removed)
    return change


def _handing_in(course: Folders, name: str) -> list[str]:
    """Name whose work was collected, also where it has not been graded yet."""
    try:
        return handing_in(course, name)
    except Fault:
        return []  # nobody's was


def _voided_before(course: Folders, name: str) -> dict[str, str]:
    """Return what the last release said of void cells."""
    path = course.folder("release") / name / f"{name}.ipynb"
    if not path.is_file():
        return {}
    return {cell: row.void for cell, row in cells_of(json.loads(path.read_text(encoding="utf-8"))).items()}


def _rows(notebook: Any) -> dict[str, CellRow]:
    """Return the cells that the gradebook has of a notebook."""
    kinds: dict[str, set[str]] = {}
    for kind, cells in zip(_KINDS, (notebook.grade_cells, notebook.solution_cells, notebook.source_cells), strict=True):
        for cell in cells:
            kinds.setdefault(cell.name, set()).add(kind)
    points = {cell.name: float(cell.max_score) for cell in notebook.grade_cells}
    return {name: CellRow(frozenset(found), points.get(name, 0.0)) for name, found in kinds.items()}


def _lost(nbgrader: Any, session: Any, notebook: Any, removed: Mapping[str, CellRow]) -> list[str]:
    """Say what goes with the removed cells: points that count, grades and comments that a person gave."""
    told = []
    for cell in removed:
        grade, comment = nbgrader.Grade, nbgrader.Comment
        grades = session.query(grade).join(nbgrader.GradeCell, grade.cell_id == nbgrader.GradeCell.id)
        grades = grades.filter(nbgrader.GradeCell.name == cell, nbgrader.GradeCell.notebook_id == notebook.id).all()
        comments = session.query(comment).join(nbgrader.SolutionCell, comment.cell_id == nbgrader.SolutionCell.id)
        comments = comments.filter(
            nbgrader.SolutionCell.name == cell,
            nbgrader.SolutionCell.notebook_id == notebook.id,
            comment.manual_comment.isnot(None),
        )
        scores = [one.score for one in grades if one.score]
        by_hand = sum(one.manual_score is not None or bool(one.extra_credit) for one in grades)
        if scores:
            told.append(f"with {cell} {len(scores)} students lose {min(scores):g} to {max(scores):g} points")
        if by_hand:
            told.append(f"with {cell} {by_hand} grades that a person gave are gone")
        if count := comments.count():
            told.append(f"with {cell} {count} comments that a person wrote are gone")
    return told


def register_cells(course: Folders, name: str, notebook: Path) -> None:
    """Bring the gradebook's cells in line with a notebook: those that stay keep all grades and comments.

    nbgrader refuses to add or remove cells once something was handed in; here that happens in one transaction, and then
    nbgrader itself notes points and texts, as it does for every release.
    """
    nbgrader = import_nbgrader()
    import nbformat
    from nbgrader.preprocessors import SaveCells

    content = nbformat.read(notebook, as_version=4)
    change = compare_cells(course, name, notebook)
    with nbgrader.Gradebook(course.db_url, course.course_id) as gradebook:
        gradebook.update_or_create_assignment(name)
        if change.hand_ins:
            kept = gradebook.find_notebook(name, name)
            for cell in change.removed:
                _remove(nbgrader, gradebook.db, kept, cell)
            gradebook.db.flush()
            for cell, row in change.added.items():
                _add(nbgrader, gradebook.db, kept, cell, row)
            gradebook.db.commit()
    resources = {"nbgrader": {"assignment": name, "notebook": name, "db_url": course.db_url}}
    with _one_commit():
        SaveCells(config=course.config).preprocess(content, resources)


@contextmanager
def _one_commit() -> Iterator[None]:
    """Let nbgrader write the cells of a notebook in one transaction, where it waits for the disk after each of them."""
    from nbgrader.preprocessors import savecells

    usual = savecells.Gradebook

    class InOne(usual):  # type: ignore[misc, valid-type]
        def __init__(self, *arguments: Any) -> None:
            super().__init__(*arguments)
            self.db.commit = self.db.flush

        def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
            del self.db.commit
            if kind is None:
                self.db.commit()
            super().__exit__(kind, error, trace)

    savecells.Gradebook = InOne
    try:
        yield
    finally:
        savecells.Gradebook = usual


def _remove(nbgrader: Any, session: Any, notebook: Any, name: str) -> None:
    for kind in _KINDS:
        model = getattr(nbgrader, kind)
        for cell in session.query(model).filter(model.name == name, model.notebook_id == notebook.id).all():
            for of_students in (nbgrader.Grade, nbgrader.Comment):
                session.query(of_students).filter(of_students.cell_id == cell.id).delete(synchronize_session=False)
            session.delete(cell)


def _add(nbgrader: Any, session: Any, notebook: Any, name: str, row: CellRow) -> None:
    """Add a cell, and for everybody who has handed in an empty grade and comment."""
    for kind in sorted(row.kinds):
        model = getattr(nbgrader, kind)
        cell = model(name=name, notebook=notebook, **_options(kind, row))
        session.add(cell)
        for submission in notebook.submissions:
            if kind == "GradeCell":
                session.add(nbgrader.Grade(cell=cell, notebook=submission, auto_score=0.0, needs_manual_grade=False))
            elif kind == "SolutionCell":
                session.add(nbgrader.Comment(cell=cell, notebook=submission))


def _options(kind: str, row: CellRow) -> dict[str, Any]:
    """Return what a row of this kind must have; nbgrader notes the rest right afterwards."""
    if kind == "GradeCell":
        return {"max_score": row.points, "cell_type": row.cell_type}
    return {"cell_type": row.cell_type, "locked": True, "source": ""} if kind == "SourceCell" else {}
