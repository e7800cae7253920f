"""The same engine for `nbgrader autograde` and the button of formgrader: preprocessors that nbgrader_config.py names.

nbgrader converts every notebook twice: the first pass examines it, the second records what was found.
"""

import shutil
from pathlib import Path
from typing import Any

import nbformat
from nbgrader.preprocessors import NbGraderPreprocessor

from classroom.fault import Fault
from classroom.staff.folders import Folders
from classroom.staff.grade import worker
from classroom.staff.grade.exam import Exam, load_exam
from classroom.staff.grade.examine import POINTS_ONLY
from classroom.staff.grade.record import Recorder
from classroom.staff.grade.store import Store, result_key
from classroom.staff.grade.submission import FILE_BYTES
from classroom.staff.grade.submissions_folder import Handed, handed, read_regular
from classroom.staff.sandbox.sandbox import capabilities


class _Hook(NbGraderPreprocessor):
    """What both passes know: the course, the exam and the submission."""

    def look(self, resources: Any) -> tuple[Folders, Exam, Handed, bytes | None, str]:
        """Find the submission that nbgrader is converting, read it, and tell the key of its result."""
        ids = resources["nbgrader"]
        folders = Folders.above(Path(resources["metadata"]["path"]))
        exam = load_exam(folders, ids["assignment"])
        if ids["notebook"] != exam.notebook:
            raise Fault(f"{ids['assignment']} has one notebook, {exam.notebook}.ipynb: {ids['notebook']} is none of it")
        one = handed(folders, exam, ids["student"])
        data = read_regular(one.path, FILE_BYTES + 1)
        return folders, exam, one, data, result_key(data, exam.digest, POINTS_ONLY, capabilities().mode)


class Examine(_Hook):
    """First pass: examine what was handed in, in the sandbox; nbgrader writes the graded notebook."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Return the graded notebook in the place of the submitted one."""
        folders, exam, _, data, key = self.look(resources)
        store = Store(folders.workshop / exam.assignment)
        result = store.get(key)
        if result is None:
            worker.begin(exam.to_bytes(), POINTS_ONLY.as_json(), exam.digest, own_process=False)
            store.put(key, worker.grade(exam.digest, data))
            result = store.get(key)
        if result is None:
            raise Fault(f"{store.folder} keeps no results: is its disk full?")
        return nbformat.from_dict(result["notebook"]), resources


class Record(_Hook):
    """Second pass: scores and messages go into the gradebook, as `classroom grade` writes them."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Record the result, and leave the notebook as it is."""
        folders, exam, one, _, key = self.look(resources)
        store = Store(folders.workshop / exam.assignment)
        result = store.get(key)
        if result is None:
            raise Fault(f"the result of {one.student} is gone from {store.folder}: autograde again")
        recorder = Recorder(folders, exam, store)
        try:
            recorder.record(one, key, result)
        finally:
            recorder.close()
        _leave(recorder.place(one.student), {f"{exam.notebook}.ipynb", "timestamp.txt", *exam.files})
        return nb, resources


def _leave(folder: Path, names: set[str]) -> None:
    """Remove what a student put beside the notebook: nbgrader copies it, and formgrader serves it as its own."""
    for path in folder.iterdir():
        if path.name not in names:
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
