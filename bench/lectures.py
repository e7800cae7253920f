"""How much processor time each lecture takes, figures drawn, in one thread: written into bench/lectures.md.

    python bench/lectures.py          all lectures
    python bench/lectures.py 5 6      these alone; the rows of the others stay

A row has the digest of the lecture's code, so that tests/test_bench_lectures.py says which one is to be measured again.
Prose and the ledger change no digest.
"""

import datetime as dt
import hashlib
import os
import re
import resource
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from measured import HOUSE, bare

PAGE = HOUSE / "bench" / "lectures.md"
LONGEST = 45  # seconds of a lecture
ALL = 5 * 60  # seconds of all of them
ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
_ROW = re.compile(r"^\| (\d\d_\w+) \| (\d+(?:\.\d)?) \| `(\w{12})` \| (\d{4}-\d\d-\d\d) \|$", re.MULTILINE)
_TOP = """\
# What a lecture costs

Seconds of processor time in which a lecture's text runs from top to bottom, figures drawn, in one thread, and the code
that was measured. No lecture takes more than {} s, and all of them together less than {} s.
`python bench/lectures.py 5` measures lecture 5 again, without a number all of them.

| lecture | seconds | code | measured |
|---|--:|---|---|
"""


class Row(NamedTuple):
    """What was measured of one lecture."""

    seconds: float
    digest: str
    day: str


def lectures(house: Path = HOUSE) -> list[Path]:
    """List the texts of the lectures."""
    return sorted((house / "course").glob("[0-9][0-9]_*.py"))


def digest(lecture: Path) -> str:
    """Return a hash of a lecture's code, without its prose, comments and docstrings."""
    return hashlib.sha256(bare(lecture.read_text(encoding="utf-8")).encode()).hexdigest()[:12]


def seconds(lecture: Path) -> float:
    """Run a lecture in a process of its own, and return the seconds that this took of a processor."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    environment = {**os.environ, **ONE_THREAD, "MPLBACKEND": "agg", "PYTHONPATH": str(HOUSE)}
    subprocess.run([sys.executable, lecture.name], cwd=lecture.parent, env=environment, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def read(text: str) -> dict[str, Row]:
    """Return the rows of the page."""
    return {name: Row(float(took), code, day) for name, took, code, day in _ROW.findall(text)}


def page(rows: dict[str, Row]) -> str:
    """Write the page."""
    lines = [f"| {name} | {row.seconds:.1f} | `{row.digest}` | {row.day} |\n" for name, row in sorted(rows.items())]
    return _TOP.format(LONGEST, ALL) + "".join(lines)


def main(numbers: list[str], house: Path = HOUSE, target: Path = PAGE) -> None:
    """Measure the lectures of these numbers, or all, and write the page."""
    known = {path.stem: path for path in lectures(house)}
    rows = read(target.read_text(encoding="utf-8")) if target.exists() else {}
    rows = {name: row for name, row in rows.items() if name in known}
    wanted = {int(number) for number in numbers}
    for name, path in known.items():
        if not wanted or int(name[:2]) in wanted:
            rows[name] = Row(seconds(path), digest(path), f"{dt.date.today():%Y-%m-%d}")
            print(f"{name} {rows[name].seconds:.1f} s", flush=True)
            target.write_text(page(rows), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
