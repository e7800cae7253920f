"""Measure the claims of lectures again, with other seeds or on other processors.

    python course/measure.py 8              five seeds
    python course/measure.py 08 09 --seeds 3
    python course/measure.py 8 --kernels    the kernels of other processors, and numpy's loops without AVX
    python course/measure.py 8 --kernels --record
    python course/measure.py --in-turn      another seed, for the lecture whose turn it is today

Runs the text of a lecture once for each, and prints for each claim what was expected and what came out.  A tolerance is
right when every seed keeps to it with room to spare, and when no kernel comes near it.  `--record` writes into the
ledger how far apart the kernels are (`spread`), where that is more than the last digit that the claim prints; nothing
else is written.  It ends with 1 where a claim leaves its tolerance, or a kernel comes near a limit.
"""

import argparse
import contextlib
import datetime
import importlib.util
import io
import json
import math
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

import matplotlib
import numpy as np

from classroom import ledger
from classroom.atomic_write import write_whole
from classroom.expectation import LONGEST, Expectation, plain, short

COURSE = Path(__file__).parent
LECTURE = "lecture"  # the name under which a lecture's text runs
SEEDS = 5  # that every tolerance has to bear


class Measured(NamedTuple):
    """What one run found for one claim: what it expected, and what it measured."""

    expectation: Expectation
    value: Any

    @property
    def why_not(self) -> str:
        """Why the value is not the expected one; empty where it is."""
        return self.expectation.why_not(self.value)


@contextlib.contextmanager
def shifted_seeds(shift: int) -> Iterator[None]:
    """Add shift to every seed that the lecture itself gives to default_rng; data sets keep theirs."""
    original = np.random.default_rng

    def default_rng(seed: Any = None) -> np.random.Generator:
        own = sys._getframe(1).f_globals.get("__name__") == LECTURE
        return original(seed + 1000 * shift if own and isinstance(seed, int) else seed)

    with mock.patch.object(np.random, "default_rng", default_rng):
        yield


def run(path: Path, shift: int) -> tuple[dict[str, Measured], float]:
    """Return what each claim measured with one seed, and the CPU seconds."""
    import matplotlib.pyplot as plt

    found: dict[str, Measured] = {}

    def record(id: str, value: Any, expected: Any = None) -> None:
        found[id] = Measured(ledger.current().claim(id).expectation(expected), value)

    text = re.sub(r"^%.*$", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    start = time.process_time()
    with (
        contextlib.chdir(path.parent),
        shifted_seeds(shift),
        mock.patch("classroom.claim", record),
        mock.patch("classroom.figure.show", lambda fig, *_, **__: plt.close(fig)),
        contextlib.redirect_stdout(io.StringIO()),
    ):
        exec(compile(text, str(path), "exec"), {"__name__": LECTURE})
    return found, time.process_time() - start


def elsewhere() -> dict[str, Mapping[str, str]]:
    """Return the other kernels, loops and threads that this machine can run, one change each."""
    path = COURSE.parent / "tests" / "processors.py"
    spec = importlib.util.spec_from_file_location("processors", path)
    processors = importlib.util.module_from_spec(spec)
    sys.modules["processors"] = processors
    spec.loader.exec_module(processors)
    _, kernels, left_out = processors.kernels_here()
    for name, reason in left_out.items():
        print(f"left out: kernel {name}: {reason}")
    settings = processors.settings(
        kernels, np.show_config(mode="dicts")["SIMD Extensions"]
    )
    return {one.name: one.variables for one in settings if one.variables}


Values = Mapping[str, list[float | None] | None]  # None: the claim is no number


def run_elsewhere(path: Path, variables: Mapping[str, str]) -> Values | None:
    """Return what each claim measures on another processor; None if this one cannot."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "values.json"
        command = [sys.executable, __file__, path.stem[:2], "--values", str(target)]
        command += ["--folder", str(path.parent)]
        environment = {**os.environ, **variables}
        ended = subprocess.run(command, env=environment, stderr=subprocess.PIPE)
        if ended.returncode == -signal.SIGILL:
            return None  # it lacks the instructions
        if ended.returncode:
            sys.exit(ended.stderr.decode())
        return json.loads(target.read_text())


def values_of(found: Mapping[str, Measured]) -> Values:
    """Return the numbers of each claim, or None where it measures none or more than a reader is shown."""
    numbers = {id: not measured.expectation.is_exact for id, measured in found.items()}
    return {
        id: plain(measured.value)
        if numbers[id] and np.size(measured.value) <= LONGEST
        else None
        for id, measured in found.items()
    }


def spread_of(rows: Sequence[Sequence[float | None]]) -> float:
    """Return how far apart the runs are, at the entry where they are farthest."""
    columns = [
        [entry for entry in column if entry is not None]
        for column in zip(*rows, strict=True)
    ]
    return max((max(column) - min(column) for column in columns if column), default=0.0)


def comes_near(measured: Measured, rows: Sequence[Sequence[float | None]]) -> bool:
    """Say whether a run is nearer to a limit of its claim than the runs are to each other."""
    interval = measured.expectation.interval(measured.value)
    if interval is None:
        return False
    for column, low, high in zip(zip(*rows, strict=True), *interval, strict=True):
        entries = [entry for entry in column if entry is not None]
        apart = max(entries) - min(entries) if entries else 0.0
        room = [entry - low for entry in entries if low is not None]
        room += [high - entry for entry in entries if high is not None]
        if apart and room and min(room) < apart:
            return True
    return False


def last_digit(measured: Measured) -> float:
    """Return the unit of the last digit that a claim prints, the largest of a row."""
    units = []
    for word in measured.expectation.round(measured.value).replace(",", "").split():
        if match := re.fullmatch(r"[-+]?\d+(?:\.(\d+))?(?:e([-+]?\d+))?", word):
            units.append(10.0 ** (int(match[2] or 0) - len(match[1] or "")))
    return max(units, default=0.0)


def with_spread(text: str, id: str, spread: float) -> str:
    """Return the text of a ledger in which a claim has this spread; 0 takes the key out."""
    lines = text.split("\n")
    header = next(
        number
        for number, line in enumerate(lines)
        if line.strip() in (f"[claim.{id}]", f'[claim."{id}"]')
    )
    end = next(
        (
            number
            for number in range(header + 1, len(lines))
            if lines[number].startswith("[")
        ),
        len(lines),
    )
    body = [line for line in lines[header:end] if not line.startswith("spread = ")]
    while body and not body[-1].strip():
        body.pop()
    if spread:
        place = 10.0 ** (math.floor(math.log10(spread)) - 1)
        body.append(f"spread = {math.ceil(spread / place) * place:.2g}")
    return (
        "\n".join(
            [*lines[:header], *body, *([""] if end < len(lines) else []), *lines[end:]]
        ).rstrip("\n")
        + "\n"
    )


def measure_kernels(path: Path, record: bool) -> bool:
    """Print what other processors measure, and say whether all keep away from the limits; write spreads on request."""
    found, _ = run(path, 0)
    runs = {"here": values_of(found)}
    for name, variables in elsewhere().items():
        if (values := run_elsewhere(path, variables)) is None:
            print(f"{path.stem}: this processor cannot run {name}")
        else:
            runs[name] = values
    words = ledger.read(path.with_suffix(ledger.SUFFIX))
    text, calm = path.with_suffix(ledger.SUFFIX).read_text(encoding="utf-8"), True
    for id, measured in found.items():
        rows = [values[id] for values in runs.values() if values[id] is not None]
        apart = spread_of(rows)
        told = _is_rounding_error(measured) or words.claim(id).varies
        wide = apart > last_digit(measured) and not told
        near = wide and comes_near(measured, rows)
        calm = calm and not near
        if wide:
            print(
                f"{id:<32} spread {apart:.2g}{', near its limit' if near else ''}: {measured.expectation.to_text()}"
            )
            for name, row in zip(runs, rows, strict=True):
                print(f"{name:>32}      {digits(row)}")
        text = with_spread(text, id, apart if wide else 0.0)
    if record:
        write_whole(path.with_suffix(ledger.SUFFIX), text.encode())
    print(f"{path.stem}: {len(found)} claims under {len(runs)} kernels")
    return calm


def _is_rounding_error(measured: Measured) -> bool:
    limits = [
        abs(limit)
        for side in measured.expectation.interval(measured.value) or ()
        for limit in side
        if limit
    ]
    return bool(limits) and max(limits) <= 1e-6


def turn_of(day: datetime.date, lectures: Sequence[Path]) -> tuple[Path, int]:
    """Return the lecture of a day, and the seed with which it is measured again: each in its turn."""
    rounds, place = divmod(day.toordinal(), len(lectures))
    return lectures[place], 1 + rounds % (SEEDS - 1)


def measure_seeds(path: Path, shifts: Sequence[int]) -> bool:
    """Print what each seed gives for each claim, and say whether all keep to their tolerances."""
    seen: dict[str, list[Measured]] = {}
    for shift in shifts:
        found, seconds = run(path, shift)
        print(f"{path.stem}: seed {shift}, {seconds:.0f} s")
        for id, measured in found.items():
            seen.setdefault(id, []).append(measured)
    for id, runs in seen.items():
        kept = sum(not measured.why_not for measured in runs)
        print(f"{id:<32} {kept}/{len(runs)}  {runs[0].expectation.to_text()}")
        for measured in runs:
            print(f"{'':<32}      {digits(measured.value)}")
    return not any(measured.why_not for runs in seen.values() for measured in runs)


def digits(value: Any) -> str:
    """Return a value in four digits, one more than tolerances need."""
    array = np.asarray(value)
    if array.dtype.kind not in "iuf" or array.size > LONGEST:
        return short(value)
    return " ".join(f"{entry:.4g}" for entry in array.ravel())


def main() -> int:
    """Measure the lectures named on the command line; 1 means that a claim fails, or a kernel comes near its limit."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "lectures", nargs="*", help="numbers of lectures, as in 8 or 08"
    )
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument(
        "--in-turn",
        action="store_true",
        help="another seed, for the lecture whose turn it is today",
    )
    parser.add_argument(
        "--kernels", action="store_true", help="other processors instead of other seeds"
    )
    parser.add_argument(
        "--record",
        action="store_true",
        help="write the spread over kernels into the ledgers",
    )
    parser.add_argument("--values", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, default=COURSE, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    matplotlib.use("agg")
    if arguments.in_turn:
        lectures = sorted(arguments.folder.glob("[0-9][0-9]_*.py"))
        path, shift = turn_of(datetime.date.today(), lectures)
        return 0 if measure_seeds(path, [shift]) else 1
    if not arguments.lectures:
        parser.error("name a lecture by its number, or say --in-turn")
    calm = True
    for number in arguments.lectures:
        (path,) = arguments.folder.glob(f"{int(number):02d}_*.py")
        if arguments.values:
            arguments.values.write_text(json.dumps(values_of(run(path, 0)[0])))
        elif arguments.kernels:
            calm = measure_kernels(path, arguments.record) and calm
        else:
            calm = measure_seeds(path, range(arguments.seeds)) and calm
    return 0 if calm else 1


if __name__ == "__main__":
    sys.exit(main())
