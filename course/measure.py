"""Measure the claims of lectures again, with other seeds: `python course/measure.py 8` or `08 09 --seeds 5`.

Runs the text of a lecture once for each seed and prints, for each claim, what was expected and what each seed gave.  A
tolerance is right when every seed keeps to it with room to spare.  Nothing is written.
"""

import argparse
import contextlib
import io
import re
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import matplotlib
import numpy as np

from classroom.claim import Bound, compare, short, tolerance_of

COURSE = Path(__file__).parent
LECTURE = "lecture"  # the name under which a lecture's text runs


@contextlib.contextmanager
def shifted_seeds(shift: int) -> Iterator[None]:
    """Add shift to every seed that the lecture itself gives to default_rng; data sets keep theirs."""
    original = np.random.default_rng

    def default_rng(seed: Any = None) -> np.random.Generator:
        own = sys._getframe(1).f_globals.get("__name__") == LECTURE
        return original(seed + 1000 * shift if own and isinstance(seed, int) else seed)

    with mock.patch.object(np.random, "default_rng", default_rng):
        yield


def run(path: Path, shift: int) -> tuple[dict[str, tuple[Any, Any, Any]], float]:
    """Return id -> (expected, tolerances, measured) for one seed, and the CPU seconds."""
    import matplotlib.pyplot as plt

    found = {}

    def record(id: str, value: Any, expect: Any, tolerance: Any = None, *_: Any, rel: Any = None, **__: Any) -> None:
        found[id] = (expect, tolerance_of(expect, tolerance, rel), value)

    text = re.sub(r"^%.*$", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    start = time.process_time()
    with (
        shifted_seeds(shift),
        mock.patch("classroom.claim", record),
        mock.patch("classroom.figure.show", lambda fig, alt: plt.close(fig)),
        contextlib.redirect_stdout(io.StringIO()),
    ):
        exec(compile(text, str(path), "exec"), {"__name__": LECTURE})
    return found, time.process_time() - start


def main() -> None:
    """Measure the lectures named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("lectures", nargs="+", help="numbers of lectures, as in 8 or 08")
    parser.add_argument("--seeds", type=int, default=5)
    arguments = parser.parse_args()
    matplotlib.use("agg")
    for number in arguments.lectures:
        (path,) = COURSE.glob(f"{int(number):02d}_*.py")
        seen = defaultdict(list)
        for shift in range(arguments.seeds):
            found, seconds = run(path, shift)
            print(f"{path.stem}: seed {shift}, {seconds:.0f} s")
            for id, entry in found.items():
                seen[id].append(entry)
        for id, entries in seen.items():
            kept = sum(compare(value, expect, limits)[0] for expect, limits, value in entries)
            expect = entries[0][0]
            print(f"{id:<32} {kept}/{len(entries)}  {expect if isinstance(expect, Bound) else digits(expect)}")
            for _, _, value in entries:
                print(f"{'':<32}      {digits(value)}")


def digits(value: Any) -> str:
    """Return a value in four digits, one more than tolerances need."""
    array = np.asarray(value)
    if array.dtype.kind not in "iuf" or array.size > 12:
        return short(value)
    return " ".join(f"{entry:.4g}" for entry in array.ravel())


if __name__ == "__main__":
    main()
