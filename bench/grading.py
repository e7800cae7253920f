"""How fast is grading?  Side by side with nbgrader's own autograde, on the same submissions with the same scores.

    make bench-grading
    python bench/grading.py --rounds 1 --sizes 10 100 500 2000 --no-write     (only how the cost grows)

Every student of the class leaves some answers as stubs and has the others right, so that visible checks alone, which
is all that stock nbgrader can run, give the same points.  In a round each of the runs is made once, so that all meet
the same neighbours on the machine; medians over the rounds are told, with the lowest and the highest.  Processor time
is that of all processes: start, workers and sandboxes.
"""

import argparse
import ctypes
import json
import math
import os
import resource
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import measured

from classroom.staff.declare.exercise import answer_sheet, load_assignment

HOUSE = Path(__file__).resolve().parents[1]
ASSIGNMENT = "activations"
STOCK = ("nbgrader", "autograde", ASSIGNMENT)
FEW, SOME, CLASS = 3, 12, 60  # submissions: of stock, whose time for a whole class follows from two runs, and of ours
WRITER = 0.014  # seconds that the one writer of the gradebook takes for a submission
PR_SET_CHILD_SUBREAPER = 36
BYTECODE = Path(tempfile.gettempdir()) / "bench-grading-bytecode"


@dataclass
class Measured:
    """One run over a class."""

    submissions: int
    seconds: float
    cpu: float
    megabytes: float
    scores: dict[str, float]


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
    # An installed course has its bytecode, as stock nbgrader's has.
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PATH": path, "OPENBLAS_NUM_THREADS": "1", "PYTHONPYCACHEPREFIX": str(BYTECODE)}


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


def measure(template: Path, count: int, command: Sequence[str]) -> Measured:
    """Run a command on a fresh copy of the course in which a class has handed in."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        root = Path(folder) / "course"
        shutil.copytree(template, root)
        hand_in(root, count)
        if command[0] == "nbgrader":
            config = (root / "nbgrader_config.py").read_text().splitlines()
            kept = [line for line in config if not line.startswith("c.Autograde")]
            (root / "nbgrader_config.py").write_text("\n".join(kept))
        before, began = children_cpu(), time.monotonic()
        said = Path(folder) / "said.txt"
        with open(said, "w") as file:
            watched = subprocess.Popen(command, cwd=root, env=environment(), stdout=file, stderr=file)
        peak = watch(watched)
        seconds = time.monotonic() - began
        if watched.returncode != 0:
            sys.exit(f"{' '.join(command)} failed:\n{said.read_text()[-2000:]}")
        wait_for_orphans()
        return Measured(count, seconds, children_cpu() - before, peak, scores(root))


def children_cpu() -> float:
    """Return the processor time of all processes that this one has started, and that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def wait_for_orphans() -> None:
    """Wait for what a command leaves behind as it ends, its workers and sandboxes: see `main`."""
    while True:
        try:
            os.wait()
        except ChildProcessError:
            return


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


def one_round(template: Path, ours: Sequence[str]) -> dict[str, Measured]:
    """Make each of the runs once, and stop if a score differs."""
    drawn = [*ours, "--figures"]
    runs = {
        "stock few": measure(template, FEW, STOCK),
        "ours few": measure(template, 2, ours),
        "ours": measure(template, CLASS, ours),
        "stock": measure(template, SOME, STOCK),
        "figures few": measure(template, 2, drawn),
        "figures": measure(template, CLASS, drawn),
    }
    for name in ("ours", "figures"):
        same = {student: runs[name].scores[student] for student in runs["stock"].scores}
        if same != runs["stock"].scores:
            sys.exit(f"{name}: the scores differ: {runs['stock'].scores} {same}"[:2000])
    return runs


def for_class(few: Measured, many: Measured, what: Callable[[Measured], float]) -> float:
    """Return what a class of `CLASS` costs, from what a few and some more cost."""
    each = (what(many) - what(few)) / (many.submissions - few.submissions)
    return what(few) + (CLASS - few.submissions) * each


def seconds(run: Measured) -> float:
    return run.seconds


def cpu(run: Measured) -> float:
    return run.cpu


def spread(values: Sequence[float], form: str = ".1f") -> str:
    """Write a median with the lowest and the highest."""
    told = [f"{value:{form}}" for value in (statistics.median(values), min(values), max(values))]
    return told[0] if told[1] == told[2] else f"{told[0]} ({told[1]} to {told[2]})"


def table(rounds: Sequence[dict[str, Measured]]) -> tuple[list[str], str]:
    """Return the lines of the table, and what is quoted of it."""
    stock = [for_class(one["stock few"], one["stock"], seconds) for one in rounds]
    lines = [
        f"| a class of {CLASS}, start-up included | seconds | CPU s | against stock |",
        "|---|--:|--:|--:|",
        f"| `nbgrader autograde`, from {FEW} and {SOME} | {spread(stock)} "
        f"| {spread([for_class(one['stock few'], one['stock'], cpu) for one in rounds])} | |",
    ]
    times = {}
    for name, command in (("ours", "classroom grade"), ("figures", "classroom grade --figures")):
        faster = [whole / one[name].seconds for whole, one in zip(stock, rounds, strict=True)]
        times[name] = f"{statistics.median(faster):.0f}"
        lines.append(
            f"| `{command}` | {spread([one[name].seconds for one in rounds])} "
            f"| {spread([one[name].cpu for one in rounds])} | {spread(faster, '.0f')} |"
        )
    lines += ["", "| CPU s | a submission | the start, on two workers |", "|---|--:|--:|"]
    slopes = {}
    for name, command in (("ours", "classroom grade"), ("figures", "classroom grade --figures")):
        more = [(one[name].cpu - one[f"{name} few"].cpu) / (CLASS - 2) for one in rounds]
        first = [one[f"{name} few"].cpu - 2 * slope for one, slope in zip(rounds, more, strict=True)]
        slopes[name] = more
        lines.append(f"| `{command}` | {spread(more, '.2f')} | {spread(first)} |")
    lines += past_one_machine(statistics.median(slopes["ours"]))
    quoted = (
        f"a class of {CLASS} {times['ours']} times as fast as stock nbgrader, {times['figures']} times with figures, "
        f"at {statistics.median(slopes['ours']):.2f} CPU seconds a submission"
    )
    return lines, quoted


def past_one_machine(each: float) -> list[str]:
    """Return what follows for more cores: rates that are computed, up to that of the one writer."""
    most = 3600 / WRITER
    hourly = f"{100 * round(most / 100):,}"
    enough = math.ceil(most * each / 3600)
    lines = [
        "",
        f"**100,000 submissions** at {each:.2f} CPU s are {100_000 * each / 3600:.0f} core-hours. One writer "
        f"takes {1e3 * WRITER:.0f} ms for each, {hourly} an hour: it sets the pace from {enough} cores on.",
        "",
        "| cores | submissions an hour | hours for 100,000 |",
        "|--:|--:|--:|",
    ]
    for cores in sorted({2, 8, 16, enough}):
        rate = min(3600 * cores / each, most)
        lines.append(f"| {cores} | {100 * round(rate / 100):,} | {100_000 / rate:.1f} |")
    return lines


def growth(template: Path, ours: Sequence[str], sizes: Sequence[int]) -> list[str]:
    """Grade classes of several sizes, and say what a submission takes."""
    lines = ["", "| class | seconds | a minute | CPU s each | coordinator, MB |", "|--:|--:|--:|--:|--:|"]
    for size in sizes:
        run = measure(template, size, ours)
        line = f"| {size:,} | {run.seconds:.1f} | {60 * size / run.seconds:.0f} | {run.cpu / size:.2f} "
        lines.append(f"{line}| {run.megabytes:.0f} |")
        print(lines[-1], flush=True)
    return lines


def main() -> None:
    """Measure, print, and write it down."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3, help="of all runs side by side")
    parser.add_argument("--sizes", type=int, nargs="*", default=[10, 100, 400], help="classes for the growth of cost")
    parser.add_argument("--no-write", action="store_true", help="leave bench/grading.md and the README as they are")
    options = parser.parse_args()
    # What a command leaves behind becomes this process's, so that its processor time is counted too.
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    ours = ["classroom", "grade", ASSIGNMENT, "--workers", "2"]
    print(f"2 workers, {len(os.sched_getaffinity(0))} cores, load {os.getloadavg()[0]:.1f} before")
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        template = Path(folder) / "course"
        make_course(template)
        # The cases of the class are drawn once for an assignment; stock has no such step, so it is in no run's time.
        hand_in(template, 1)
        run_quietly([*ours, "--diff"], template)
        shutil.rmtree(template / "class/submitted")
        shutil.rmtree(template / "class/grading" / ASSIGNMENT / "results")
        rounds = []
        for number in range(options.rounds):
            rounds.append(one_round(template, ours))
            print(
                f"round {number + 1}: " + ", ".join(f"{n} {r.seconds:.1f} s" for n, r in rounds[-1].items()), flush=True
            )
        lines, quoted = table(rounds)
        lines += growth(template, ours, options.sizes)
    print("\n".join([*lines, "", quoted]))
    if not options.no_write:
        measured.GRADING.write(lines, quoted)


if __name__ == "__main__":
    main()
