"""How fast is grading?  Side by side with nbgrader's own autograde, on the same submissions with the same scores.

    make bench-grading
    python bench/grading.py --stock 0 --sizes 10 100 500 2000     (only how the cost grows)

Every student of the class leaves some answers as stubs and has the others right, so that visible checks alone, which
is all that stock nbgrader can run, give the same points.  Processor time is that of everything: start, workers and
sandboxes.
"""

import argparse
import gzip
import json
import os
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from classroom.staff.declare.exercise import answer_sheet, load_assignment

HOUSE = Path(__file__).resolve().parents[1]
ASSIGNMENT = "activations"


@dataclass
class Measured:
    """One run over a class."""

    name: str
    submissions: int
    seconds: float
    cpu: float
    megabytes: float
    scores: dict[str, float]

    def line(self, against: "Measured | None" = None) -> str:
        """Return a row of the table."""
        rate = 60 * self.submissions / self.seconds
        row = f"{self.name:34} {self.submissions:5} {self.seconds:8.1f} {rate:9.0f} {self.cpu / self.submissions:9.3f}"
        row += f" {self.megabytes:7.0f}"
        if against is not None:
            row += f" {rate / (60 * against.submissions / against.seconds):8.1f}x"
        return row


def make_course(root: Path) -> None:
    """Release the assignment in a course of its own."""
    (root / "assignments").mkdir(parents=True)
    shutil.copytree(HOUSE / "assignments" / ASSIGNMENT, root / "assignments" / ASSIGNMENT)
    shutil.copy(HOUSE / "nbgrader_config.py", root)
    sheet = root / "assignments" / ASSIGNMENT / f"{ASSIGNMENT}.npz"
    answer_sheet(load_assignment(sheet.parent)).save(sheet)
    run_quietly(["nbgrader", "generate_assignment", ASSIGNMENT], root)


def run_quietly(command: Sequence[str], root: Path) -> None:
    """Run a command in a course; show what it said when it fails."""
    ended = subprocess.run(command, cwd=root, capture_output=True, text=True, env=environment(), check=False)
    if ended.returncode != 0:
        sys.exit(f"{' '.join(command)} failed:\n{ended.stderr[-2000:]}")


def environment() -> dict[str, str]:
    path = os.pathsep.join([os.path.join(sys.prefix, "bin"), os.environ.get("PATH", "")])
    return {**os.environ, "PATH": path, "OPENBLAS_NUM_THREADS": "1"}


def hand_in(root: Path, count: int) -> None:
    """Let a class hand in: right answers and stubs in a pattern that differs between students."""
    right = json.loads((root / "assignments" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb").read_text())
    stub = json.loads((root / "class/release" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb").read_text())
    stubs = {grade_id(cell): cell["source"] for cell in stub["cells"]}
    for number in range(count):
        notebook = json.loads(json.dumps(right))
        for place, cell in enumerate(notebook["cells"]):
            marks = cell["metadata"].get("nbgrader", {})
            if marks.get("solution") and (place * 7 + number) % 5 == 0:
                cell["source"] = stubs[grade_id(cell)]
        last = {"cell_type": "markdown", "id": "signature", "metadata": {}, "source": f"Student {number}"}
        notebook["cells"].append(last)
        place = root / "class/submitted" / f"student{number:04}" / ASSIGNMENT
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{ASSIGNMENT}.ipynb").write_text(json.dumps(notebook))


def grade_id(cell: dict) -> str:
    return cell["metadata"].get("nbgrader", {}).get("grade_id", "")


def scores(root: Path) -> dict[str, float]:
    """Return the total of every student in the gradebook."""
    query = """
        select student_id, sum(auto_score) from submitted_assignment
        join submitted_notebook on submitted_notebook.assignment_id = submitted_assignment.id
        join grade on grade.notebook_id = submitted_notebook.id group by 1"""
    with closing(sqlite3.connect(root / "class/gradebook.db")) as connection, connection:
        return dict(connection.execute(query))


def measure(name: str, template: Path, count: int, command: Sequence[str]) -> Measured:
    """Run a command on a fresh copy of the course in which a class has handed in."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        root = Path(folder) / "course"
        shutil.copytree(template, root)
        hand_in(root, count)
        if command[0] == "nbgrader":
            config = (root / "nbgrader_config.py").read_text().splitlines()
            kept = [line for line in config if not line.startswith("c.Autograde")]
            (root / "nbgrader_config.py").write_text("\n".join(kept))
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        began = time.monotonic()
        said = Path(folder) / "said.txt"
        with open(said, "w") as file:
            watched = subprocess.Popen(command, cwd=root, env=environment(), stdout=file, stderr=file)
        peak = watch(watched)
        seconds = time.monotonic() - began
        if watched.returncode != 0:
            sys.exit(f"{' '.join(command)} failed:\n{said.read_text()[-2000:]}")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        results = (root / "class/grading" / ASSIGNMENT / "results").glob("*/*.gz")
        cpu += sum(json.loads(gzip.decompress(path.read_bytes()))["sandbox_cpu"] for path in results)
        return Measured(name, count, seconds, cpu, peak, scores(root))


def watch(process: subprocess.Popen) -> float:
    """Wait for a process; return the most memory that it held itself, in MB."""
    peak = 0.0
    while process.poll() is None:
        try:
            status = Path(f"/proc/{process.pid}/status").read_text()
        except OSError:
            break  # it ended between the two lines
        if "VmHWM:" in status:
            peak = max(peak, int(status.split("VmHWM:")[1].split()[0]) / 1024)
        time.sleep(0.05)
    process.wait()
    return peak


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--stock", type=int, default=24, help="submissions that stock nbgrader grades; 0 leaves it out")
    parser.add_argument("--class", type=int, default=60, dest="size", help="submissions of the class graded here")
    parser.add_argument("--sizes", type=int, nargs="*", default=[10, 100, 400], help="classes for the growth of cost")
    parser.add_argument("--workers", type=int, default=len(os.sched_getaffinity(0)))
    options = parser.parse_args()
    ours = ["classroom", "grade", ASSIGNMENT, "--workers", str(options.workers)]
    print(f"{options.workers} workers, {len(os.sched_getaffinity(0))} cores, load {os.getloadavg()[0]:.1f} before")
    print(f"{'':34} {'class':>5} {'seconds':>8} {'per min':>9} {'CPU s/sub':>9} {'MB':>7} {'against':>9}")
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        template = Path(folder) / "course"
        make_course(template)
        # The cases of the class are drawn once for an assignment; stock has no such step, so it is in no run's time.
        hand_in(template, 1)
        run_quietly([*ours, "--diff"], template)
        shutil.rmtree(template / "class/submitted")
        shutil.rmtree(template / "class/grading" / ASSIGNMENT / "results")
        stock = None
        if options.stock:
            stock = measure(
                "nbgrader autograde, one process", template, options.stock, ["nbgrader", "autograde", ASSIGNMENT]
            )
            print(stock.line(), flush=True)
            same = measure("classroom grade", template, options.stock, ours)
            print(same.line(stock), flush=True)
            drawn = measure("classroom grade --figures", template, options.stock, [*ours, "--figures"])
            print(drawn.line(stock), flush=True)
            for one in (same, drawn):
                if one.scores != stock.scores:
                    sys.exit(f"{one.name}: the scores differ: {stock.scores} {one.scores}"[:2000])
            low, high = min(stock.scores.values()), max(stock.scores.values())
            print(f"the same scores for all {options.stock} students, from {low:g} to {high:g}")
        for name, more in (
            (("classroom grade", []), ("classroom grade --figures", ["--figures"])) if options.size else ()
        ):
            print(measure(name, template, options.size, [*ours, *more]).line(stock), flush=True)
        for size in options.sizes:
            print(measure("classroom grade, growing class", template, size, ours).line(stock), flush=True)


if __name__ == "__main__":
    main()
