"""What lateness takes off, above each submission in formgrader."""

from pathlib import Path
from typing import Any

import nbformat
from nbconvert.preprocessors import Preprocessor

from classroom.fault import Fault
from classroom.staff.folders import Folders
from classroom.staff.report.feedback_page import duration
from classroom.staff.report.marks import Marks, read_marks


class TotalOnTop(Preprocessor):
    """Puts the points that count above a submission's notebook; nbgrader_config.py names it for formgrader's pages."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Return the notebook of a submission with a first cell; any other notebook as it is."""
        if "submission_id" not in resources:
            return nb, resources
        try:
            course = Folders.above(Path(resources["metadata"]["path"]))
            marks = read_marks(course, resources["assignment_id"], [resources["student"]])[resources["student"]]
        except (Fault, KeyError) as error:
            self.log.warning("what lateness takes off is not shown: %s", error)
            return nb, resources
        nb.cells.insert(0, nbformat.v4.new_markdown_cell(total(marks), id="points-that-count"))
        return nb, resources


def total(marks: Marks) -> str:
    """Say in markdown how many points count, and why they are not those that were earned."""
    counted = f"**{marks.score:g} of {marks.points:g} points count**"
    late = duration(marks.late)
    if not marks.penalty:
        return f"{counted}{f', though {late} late' if late else ''}, as this page was opened."
    return (
        f"{counted}: {marks.earned:g} earned, {marks.earned - marks.score:g} taken off for being {late} late, "
        "as this page was opened."
    )
