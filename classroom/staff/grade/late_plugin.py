"""The course's late rule for nbgrader's own commands: the plugin that nbgrader_config.py names."""

from pathlib import Path

from nbgrader.plugins import LateSubmissionPlugin

from classroom.staff.folders import Folders
from classroom.staff.grade.lateness import Lateness
from classroom.staff.grade.tables import Tables


class CoursePenalty(LateSubmissionPlugin):
    """What `classroom grade` takes off late work, for whoever keeps nbgrader's AssignLatePenalties in the pipeline."""

    def late_submission_penalty(self, student_id: str, score: float, total_seconds_late: float) -> float | None:
        """Return the penalty of the submission that the preprocessor is at work on."""
        from sqlalchemy import create_engine

        folders = Folders.of(Path(self.config.CourseDirectory.get("root", ".") or "."))
        lateness = Lateness(folders, self.parent.assignment_id, Tables(), None)
        engine = create_engine(self.parent.db_url)
        try:
            with engine.connect() as connection:
                found = lateness.penalties(lateness.rows(connection, student=student_id))
        finally:
            engine.dispose()
        return next((penalty for row, penalty, _ in found if row.assignment == self.parent.assignment_id), None)
