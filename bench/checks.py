"""How long a check takes on a student's machine: `python bench/checks.py [ASSIGNMENT ...]`.

Each exercise is judged on the sheet that a bundle holds, with the course's own answer.  Processor time, so that what
else the machine does counts little; the fastest of several runs, because a student's second call finds all loaded.
"""

import dataclasses
import statistics
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from classroom.call.caller import LocalCaller
from classroom.judge.verdict import judge
from classroom.staff.declare.exercise import Exercise, load_assignment, sheet_exercise
from classroom.staff.quality import names_of_all

RUNS = 5
ROOT = Path(__file__).parents[1]


def seconds(names: Sequence[str]) -> dict[str, float]:
    """Return the processor time of a check of each exercise of these assignments."""
    found = {}
    for name in names:
        for exercise in load_assignment(ROOT / "assignments" / name).exercises:
            if isinstance(exercise, Exercise):
                found[f"{name}, {exercise.id}"] = _of_one(exercise, name)
    return found


def _of_one(exercise: Exercise, assignment: str) -> float:
    lean = dataclasses.replace(exercise, mutants=(), terms=None)  # a right answer is compared with no bug
    sheet, caller = sheet_exercise(lean, assignment), LocalCaller(exercise.functions)
    took = []
    for _ in range(RUNS):
        start = time.process_time()
        judge(sheet, caller)
        took.append(time.process_time() - start)
    return min(took)


def described(found: dict[str, float]) -> str:
    """Say the median, the ninth decile and the slowest."""
    times = sorted(found.values())
    ninth = statistics.quantiles(times, n=10)[-1] if len(times) > 1 else times[0]
    slowest = max(found, key=lambda name: found[name])
    return (
        f"{len(times)} exercises: median {1e3 * statistics.median(times):.1f} ms, nine of ten within {1e3 * ninth:.1f} "
        f"ms, the slowest {1e3 * found[slowest]:.0f} ms ({slowest})"
    )


def main(arguments: Sequence[str]) -> None:
    """Print it."""
    print(described(seconds(arguments or names_of_all(ROOT))))


if __name__ == "__main__":
    main(sys.argv[1:])
