"""Examines the attacks of some families in this process, one after the other: python attack_alone.py COURSE FAMILY...

It prints the mode of the sandbox and the attacks whose scores are not those that they are to have.
"""

import json
import sys
from pathlib import Path

import attack
import small_course

from classroom.staff.grade.examine import Settings, examine
from classroom.staff.grade.worker import Worker
from classroom.staff.sandbox.room import Allowance
from classroom.staff.sandbox.sandbox import Limits

SETTINGS = Settings(
    allowance=Allowance(cell=0.5, calls=0.3, together=0.2, submission=8.0, deaths=6),
    limits=Limits(memory_bytes=1 << 30, cpu_seconds=10, scratch_bytes=8 << 20, scratch_files=512),
)


def main(root: Path, families: list[str]) -> None:
    places = {"COURSE": root, "HOME": Path.home(), "CANARY": root / "canary", "PORT": 9, "SOCKET": root / "ear"}
    worker = Worker(small_course.exam_of(root), SETTINGS)
    zygote = worker._borrow()
    ran, wrong = 0, {}
    for one in attack.read_all({**places, "SITE": Path(json.__file__).parent}):
        if one.family in families:
            result = examine(one.notebook(), worker.exam, worker.settings, zygote)
            ran += 1
            if result["scores"] != one.scores:
                wrong[one.name] = result["scores"]
    print(json.dumps({"mode": zygote.mode, "ran": ran, "wrong": wrong}))
    zygote.close()
    worker.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
