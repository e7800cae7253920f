"""nbgrader's step that makes stubs of answers."""

from typing import Any

from nbgrader.preprocessors import NbGraderPreprocessor

from classroom.staff.author.notebook import stubbed


class Stub(NbGraderPreprocessor):
    """Make stubs when nbgrader generates an assignment; nbgrader_config.py names it."""

    def preprocess_cell(self, cell: Any, resources: Any, cell_index: int) -> tuple[Any, Any]:
        """Clear the solution of one cell."""
        cell.source = stubbed(cell.source)
        return cell, resources
