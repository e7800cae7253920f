"""What `run_autograder` runs: one submission examined as everywhere else, and the result in Gradescope's form."""

import datetime as dt
import gzip
import itertools
import json
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from classroom.judge.message import to_text
from classroom.judge.verdict import Verdict
from classroom.notebook_file import FILE_BYTES
from classroom.staff.grade import worker
from classroom.staff.grade.exam import Exam
from classroom.staff.grade.examine import POINTS_ONLY
from classroom.staff.grade.notebook_choice import choose_notebook
from classroom.staff.grade.submissions_folder import read_regular
from classroom.staff.records.kept_names import below
from classroom.staff.sandbox.inventory import SandboxError
from classroom.staff.sandbox.sandbox import capabilities
from classroom.staff.sandbox.wire import Overdue

FILES = 200  # of a submission that are looked at
NOT_GRADED = (
    "Your work arrived, and was not graded: {reason}.  Nothing is wrong with your file, and nothing has to be "
    "handed in again: tell your teacher, who can run it anew."
)


def run(root: Path) -> dict[str, Any]:
    """Examine the submission below Gradescope's folder; return what `results.json` holds.

    Notes
    -----
    Where student code cannot be locked in, none of it is run.  What the reason was is printed: Gradescope shows that to
    teachers alone.
    """
    began = time.monotonic()
    able = capabilities()
    if able.mode == "none":
        print(able.reason)
        return refusal("student code cannot be locked in on this machine")
    exam = Exam.from_bytes((root / "source" / "exam.json").read_bytes())
    files = _files(root / "submission")
    name, note = choose_notebook(files, exam)
    try:
        worker.prepare(exam.to_bytes(), POINTS_ONLY.to_json(), exam.digest, own_process=False)
        result = json.loads(gzip.decompress(worker.grade(exam.digest, files[name] if name else None, alone=True)))
    except SandboxError as error:
        print(error)
        return refusal("student code could not be locked in on this machine")
    except Overdue as error:
        print(error)
        return refusal("the machine was too busy")
    finally:
        worker.end(exam.digest)
    return results(exam, result, note, time.monotonic() - began)


def refusal(reason: str) -> dict[str, Any]:
    """Return what a student reads when nothing could be graded."""
    return {
        "score": 0,
        "output": NOT_GRADED.format(reason=reason),
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "extra_data": {"graded": False},
    }


def results(exam: Exam, result: Mapping[str, Any], note: str, seconds: float) -> dict[str, Any]:
    """Return a result in Gradescope's form: a test for each graded cell, with the message that the notebook shows."""
    tests = []
    waiting = []
    for number, cell in enumerate((one for one in exam.cells if one.graded), start=1):
        score = result["scores"].get(cell.grade_id)
        if score is None:
            waiting.append(cell.grade_id)
            continue
        verdict = result["verdicts"].get(cell.grade_id)
        said = to_text(Verdict.from_json(verdict)) if verdict else result["reason"] or "no answer"
        tests.append(
            {
                "name": cell.exercise or cell.grade_id,
                "number": str(number),
                "score": score,
                "max_score": cell.points,
                "status": "passed" if score >= cell.points else "failed",
                "output": said,
                "output_format": "text",
                "visibility": "visible",
            }
        )
    said = [f"{result['reason']}." if result["reason"] else "", f"{note}." if note else "", *result["notes"]]
    said += [f"A person has still to grade: {', '.join(waiting)}."] if waiting else []
    return {
        "score": round(sum(test["score"] for test in tests), 4),
        "execution_time": round(seconds, 1),
        "output": "\n".join(filter(None, said)),
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": tests,
        "extra_data": {"graded": True, "exam": exam.digest, "time": dt.datetime.now(dt.UTC).isoformat()},
    }


def _files(folder: Path) -> dict[str, bytes]:
    """Read the notebooks of a submission; of other files the names are enough."""
    found: dict[str, bytes] = {}
    for path in itertools.islice(below(folder), 10 * FILES):
        name = path.relative_to(folder).as_posix()
        if len(found) < FILES and path.is_file() and not name.startswith((".", "__MACOSX/")):
            found[name] = (read_regular(path, FILE_BYTES + 1) or b"") if path.suffix.casefold() == ".ipynb" else b""
    return found


def main() -> None:
    """Write `results.json` below the folder that is named on the command line."""
    root = Path(sys.argv[1] if len(sys.argv) > 1 else "/autograder")
    made = json.dumps(run(root), ensure_ascii=False, indent=1)
    (root / "results").mkdir(exist_ok=True)
    (root / "results" / "results.json").write_text(made, encoding="utf-8")


if __name__ == "__main__":
    main()
