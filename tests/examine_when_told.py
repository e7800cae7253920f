"""Opens a sandbox, says so, and examines one honest submission when it is told to: python examine_when_told.py COURSE

It prints its processes and the mode of the sandbox, waits for a line, and prints the scores.
"""

import json
import sys
from pathlib import Path

import small_course

from classroom.staff.grade.examine import Settings, examine
from classroom.staff.grade.worker import Worker
from classroom.staff.sandbox.room import Allowance

# Its one function computes for a twentieth of a second, so that with a small share of the processor it takes seconds.
WORKING = {
    **small_course.RIGHT,
    "answer-double": (
        "import time\ndef double(x):\n    until = time.process_time() + 0.05\n"
        "    while time.process_time() < until: pass\n    return 2 * x"
    ),
}
SETTINGS = Settings(allowance=Allowance(cell=0.4, calls=0.4, together=0.3, submission=20.0, patience=1000.0))


def family(pid: int) -> list[int]:
    """Return a process and all that it has started."""
    tasks = list(Path(f"/proc/{pid}/task").iterdir())
    children = [int(word) for task in tasks for word in (task / "children").read_text().split()]
    return [pid, *(one for child in children for one in family(child))]


def main(root: Path) -> None:
    worker = Worker(small_course.exam_of(root), SETTINGS)
    zygote = worker._borrow()
    print(json.dumps({"mode": zygote.mode, "processes": family(zygote._process.pid)}), flush=True)
    sys.stdin.readline()
    print(json.dumps(examine(small_course.answered(WORKING), worker.exam, worker.settings, zygote)["scores"]))
    zygote.close()
    worker.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
