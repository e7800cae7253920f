"""Prove the course under other linear algebra and other loops: `make test-processors`, or one setting: `... Nehalem`.

Processors round differently, because OpenBLAS has another kernel for each and numpy other loops.  Both can be chosen
before Python starts, so that one machine shows what others compute.  Each setting changes one thing: the kernel, the
loops, numpy's version or the number of threads.  Under each, all lectures are compared with what they committed, the
tests of `solutions` run, and the checks of two assignments meet their known bugs.
"""

import argparse
import datetime
import os
import subprocess
import sys
import time
import venv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[1]
ENVIRONMENTS = ROOT / "build" / "processors"
OLDEST_NUMPY = "1.26.4"  # the oldest that pyproject.toml promises
JUDGED = ("activations", "normalization")  # the assignments whose checks meet their known bugs

# Kernels of OpenBLAS (OPENBLAS_CORETYPE), and what a processor must have to run them, in the words of /proc/cpuinfo.
KERNELS = {
    "Haswell": {"avx2", "fma"},
    "SkylakeX": {"avx2", "fma", "avx512f", "avx512cd", "avx512bw", "avx512dq", "avx512vl"},
    "Zen": {"avx2", "fma"},
    "Nehalem": {"sse4_2"},
}
PROBE = (
    "import numpy, threadpoolctl;"
    "print(numpy.__version__, *[pool.get('architecture', '') for pool in threadpoolctl.threadpool_info()][:1])"
)


@dataclass(frozen=True)
class Setting:
    """What a run changes: variables that numpy and OpenBLAS read when they start, or the interpreter's numpy."""

    name: str
    variables: Mapping[str, str] = field(default_factory=dict)
    numpy: str = ""  # a version, or "newest"; empty means the one that is installed


def processor_flags() -> frozenset[str]:
    """Return what Linux says that this processor can do; empty on other systems."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return frozenset()
    return frozenset(next((line.partition(":")[2].split() for line in lines if line.startswith("flags")), ()))


def runnable(flags: Iterable[str]) -> dict[str, str]:
    """Return for each kernel why a processor with these flags cannot run it; empty where it can."""
    lacking = {name: sorted(needs - set(flags)) for name, needs in KERNELS.items()}
    return {
        name: f"needs {', '.join(words)}, which this processor lacks" if words else ""
        for name, words in lacking.items()
    }


def kernel_in_force(variables: Mapping[str, str] = {}, python: str = sys.executable) -> tuple[str, str]:
    """Return the version of numpy and the kernel that OpenBLAS takes under these variables ("" without OpenBLAS)."""
    ended = subprocess.run(
        [python, "-c", PROBE], env={**os.environ, **variables}, capture_output=True, text=True, check=True
    )
    version, *kernel = ended.stdout.split()
    return version, kernel[0] if kernel else ""


def distinct(own: str, reasons: Mapping[str, str], taken: Mapping[str, str]) -> tuple[list[str], dict[str, str]]:
    """Choose the kernels that compute otherwise than this machine does by itself, and each otherwise than the others.

    Parameters
    ----------
    own : the kernel that OpenBLAS takes when it is left to choose
    reasons : what `runnable` returned
    taken : for each kernel asked for, the one that OpenBLAS takes: its builds do not hold all

    Returns
    -------
    The kernels, and for each of the others why it is left out.
    """
    chosen, left_out, seen = [], {}, {own: "as it does by itself"}
    for name, reason in reasons.items():
        kernel = taken.get(name, "")
        if reason:
            left_out[name] = reason
        elif kernel in seen:
            left_out[name] = f"OpenBLAS takes its kernel {kernel}, {seen[kernel]}"
        else:
            chosen.append(name)
            seen[kernel] = f"as it does for {name}"
    return chosen, left_out


def kernels_here() -> tuple[str, list[str], dict[str, str]]:
    """Return this machine's own kernel, the others that it can run, and why the rest is left out."""
    _, own = kernel_in_force({"OPENBLAS_CORETYPE": ""})
    reasons = runnable(processor_flags())
    if not own:
        return own, [], dict.fromkeys(reasons, "numpy's linear algebra is not OpenBLAS here")
    taken = {name: kernel_in_force({"OPENBLAS_CORETYPE": name})[1] for name, reason in reasons.items() if not reason}
    return own, *distinct(own, reasons, taken)


def in_turn(kernels: Sequence[str], day: datetime.date) -> list[str]:
    """Return this machine's own kernel, "own", and the others, in the order in which a day's lectures take them."""
    order = ["own", *kernels]
    first = day.toordinal() % len(order)
    return order[first:] + order[:first]


def loops_off(extensions: Mapping[str, Sequence[str]]) -> Iterator[Setting]:
    """Yield settings without numpy's AVX-512 loops, and without all that go beyond its baseline.

    `extensions` is what `numpy.show_config(mode="dicts")` says of them.  Of what numpy dispatches only what this
    processor has is named: numpy warns of the rest.
    """
    found = extensions.get("found", ())
    wide = [name for name in found if name.startswith("AVX512") or name == "X86_V4"]
    for words, names in (("without AVX-512 loops", wide), ("with baseline loops", found)):
        if names:
            yield Setting(words, {"NPY_DISABLE_CPU_FEATURES": " ".join(names)})


def settings(kernels: Sequence[str], extensions: Mapping[str, Sequence[str]]) -> list[Setting]:
    """Return all settings, the machine as it is first."""
    return [
        Setting("as it is"),
        *(Setting(f"kernel {name}", {"OPENBLAS_CORETYPE": name}) for name in kernels),
        *loops_off(extensions),
        Setting("2 threads", {"OPENBLAS_NUM_THREADS": "2", "OMP_NUM_THREADS": "2"}),
        Setting(f"numpy {OLDEST_NUMPY}", numpy=OLDEST_NUMPY),
        Setting("newest numpy", numpy="newest"),
    ]


def interpreter(version: str) -> str:
    """Make an environment with another numpy, which finds everything else in this one; return its Python.

    Raises
    ------
    LookupError
        If pip finds no such numpy for this Python.
    """
    if not version:
        return sys.executable
    home = ENVIRONMENTS / f"numpy-{version}"
    venv.create(home, clear=True, with_pip=False)
    python = str(home / "bin" / "python")
    wanted = "numpy" if version == "newest" else f"numpy=={version}"
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--only-binary", "numpy", wanted]
    ended = subprocess.run(pip, capture_output=True, text=True, check=False)
    if ended.returncode:
        raise LookupError(ended.stderr.strip().splitlines()[-1])
    (packages,) = home.glob("lib/python*/site-packages")
    lines = [f"import site; site.addsitedir({path!r})\n" for path in sys.path if path.endswith("site-packages")]
    (packages / "everything_else.pth").write_text("".join(lines))
    return python


def commands(python: str, workers: int) -> dict[str, list[str]]:
    """Return what runs under each setting, by what it proves."""
    tests = sorted(str(path) for path in (ROOT / "tests" / "solutions").glob("test_*.py"))
    pytest = [python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-n", str(workers), "--dist", "loadfile"]
    page = str(ENVIRONMENTS / "quality.html")
    return {
        "lectures": [*pytest, "--nbval", "--nbval-current-env", "course"],
        "solutions": [*pytest, *tests],
        "checks": [python, "-m", "classroom.cli", "quality", *JUDGED, "--page", page],
    }


def prove(setting: Setting, workers: int) -> bool | None:
    """Run everything under a setting and say how it went; what failed is shown in full.

    Returns
    -------
    Whether all of it passed; None where pip finds no such numpy, so that nothing ran.
    """
    try:
        python = interpreter(setting.numpy)
    except LookupError as reason:
        print(f"left out: {setting.name}: {reason}", flush=True)
        return None
    threads = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    variables = {**os.environ, **threads, **setting.variables}
    version, kernel = kernel_in_force(variables, python)
    said, failed = [], []
    for name, command in commands(python, workers).items():
        start = time.monotonic()
        ended = subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, check=False)
        said.append(f"{name} {'FAIL' if ended.returncode else 'pass'} ({time.monotonic() - start:.0f} s)")
        if ended.returncode:
            failed.append(ended.stdout + ended.stderr)
    print(
        f"{setting.name:<24} numpy {version}, kernel {kernel or 'unknown'}: {', '.join(said)}",
        *failed,
        sep="\n",
        flush=True,
    )
    return not failed


def summary(outcomes: Mapping[str, bool | None]) -> tuple[str, int]:
    """Return the last line, and the exit code: 0 where something ran and all of it passed.

    `outcomes` has for each setting what `prove` returned.
    """
    ran = [passed for passed in outcomes.values() if passed is not None]
    left_out = [name for name, passed in outcomes.items() if passed is None]
    told = f"; left out: {', '.join(left_out)}" if left_out else ""
    return f"{sum(ran)} of {len(ran)} settings hold{told}", 0 if ran and all(ran) else 1


def main() -> None:
    """Run the settings whose names hold one of the words given; all without words."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("words", nargs="*", help="run only settings with one of these in their name")
    parser.add_argument("--workers", type=int, default=2, help="processes (2)")
    parser.add_argument("--in-turn", action="store_true", help="only name the kernels that today's lectures take")
    arguments = parser.parse_args()
    own, kernels, left_out = kernels_here()
    if arguments.in_turn:
        print(",".join(in_turn(kernels, datetime.date.today())))
        return
    import numpy

    print(f"this machine: kernel {own or 'unknown'}, numpy {numpy.__version__}")
    for name, reason in left_out.items():
        print(f"left out: kernel {name}: {reason}")
    found = settings(kernels, numpy.show_config(mode="dicts")["SIMD Extensions"])
    if not any(setting.name == "without AVX-512 loops" for setting in found):
        print("left out: without AVX-512 loops: this processor has none")
    chosen = [one for one in found if not arguments.words or any(word in one.name for word in arguments.words)]
    line, code = summary({setting.name: prove(setting, arguments.workers) for setting in chosen})
    print(line)
    sys.exit(code)


if __name__ == "__main__":
    main()
