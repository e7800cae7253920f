"""The pages of feedback from `nbgrader generate_feedback` and formgrader's button."""

from pathlib import Path
from typing import Any

from nbconvert.exporters import Exporter

from classroom.staff.folders import Folders
from classroom.staff.report.feedback import Feedback
from classroom.staff.report.marks import read_marks


class FeedbackExporter(Exporter):
    """Writes the page that `classroom feedback` writes; nbgrader_config.py names it."""

    file_extension = ".html"
    output_mimetype = "text/html"

    def from_notebook_node(self, nb: Any, resources: Any = None, **options: Any) -> Any:
        """Return the page of the student that nbgrader is converting."""
        _, resources = super().from_notebook_node(nb, resources, **options)
        ids = resources["nbgrader"]
        course = Folders.above(Path(resources["metadata"]["path"]))
        feedback = Feedback(course, ids["assignment"])
        (marks,) = read_marks(course, ids["assignment"], [ids["student"]]).values()
        feedback.deliver_beside(marks)
        return feedback.render(feedback.sources(marks)), resources
