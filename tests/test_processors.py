"""Which kernels and loops a machine is asked to run, and in what order."""

import configparser
import dataclasses
import datetime
import os
import re
import shutil
import subprocess
import sys

import nbformat
import processors
import pytest
from processors import (
    KERNELS,
    OLDEST_NUMPY,
    ROOT,
    commands,
    distinct,
    in_turn,
    kernel_in_force,
    kernels_here,
    loops_off,
    processor_flags,
    runnable,
    settings,
)

from classroom.claim import Claim

pytestmark = pytest.mark.slow

AVX2 = {"sse4_2", "avx2", "fma"}
AVX512 = AVX2 | {"avx512f", "avx512cd", "avx512bw", "avx512dq", "avx512vl"}


@pytest.mark.parametrize(
    ("flags", "kernels"),
    [
        (set(), []),  # no x86 processor, or no Linux
        ({"sse2"}, []),
        ({"sse4_2", "avx"}, ["Nehalem"]),
        (AVX2, ["Haswell", "Zen", "Nehalem"]),
        (AVX2 | {"avx512f"}, ["Haswell", "Zen", "Nehalem"]),  # Knights Landing: too little of AVX-512
        (AVX512, ["Haswell", "SkylakeX", "Zen", "Nehalem"]),
    ],
)
def test_a_kernel_runs_where_the_processor_has_its_instructions(flags, kernels):
    assert [name for name, reason in runnable(flags).items() if not reason] == kernels


def test_a_kernel_left_out_names_the_instructions_that_are_missing():
    assert runnable({"sse4_2", "avx2"})["Haswell"] == "needs fma, which this processor lacks"


def test_a_kernel_that_computes_as_another_does_is_left_out_and_says_which():
    taken = {"Haswell": "Haswell", "Zen": "Haswell", "Nehalem": "Nehalem"}
    chosen, left_out = distinct("SkylakeX", runnable(AVX2), taken)
    assert chosen == ["Haswell", "Nehalem"]
    assert left_out["Zen"] == "OpenBLAS takes its kernel Haswell, as it does for Haswell"
    assert "avx512f" in left_out["SkylakeX"]


def test_the_kernel_of_this_machine_is_not_another_one():
    taken = {"Haswell": "Haswell", "Zen": "Haswell", "Nehalem": "Nehalem"}
    chosen, left_out = distinct("Haswell", runnable(AVX2), taken)
    assert chosen == ["Nehalem"]
    assert left_out["Haswell"] == "OpenBLAS takes its kernel Haswell, as it does by itself"


def test_each_lecture_meets_each_kernel_in_its_turn():
    first = datetime.date(2026, 12, 30)
    days = [in_turn(["A", "B"], first + datetime.timedelta(days=number)) for number in range(3)]
    assert sorted(map(tuple, days)) == [("A", "B", "own"), ("B", "own", "A"), ("own", "A", "B")]
    assert in_turn(["A", "B"], first + datetime.timedelta(days=3)) == days[0]
    assert in_turn([], first) == ["own"]


def test_only_loops_that_this_processor_would_take_are_turned_off():
    newer = {"baseline": ["X86_V2"], "found": ["X86_V3", "X86_V4"], "not found": ["AVX512_ICL"]}
    older = {"baseline": ["SSE3"], "found": ["AVX2", "AVX512F", "AVX512_SKX"], "not found": ["AVX512_KNL"]}
    named = [
        [one.variables["NPY_DISABLE_CPU_FEATURES"] for one in loops_off(extensions)] for extensions in (newer, older)
    ]
    assert named == [["X86_V4", "X86_V3 X86_V4"], ["AVX512F AVX512_SKX", "AVX2 AVX512F AVX512_SKX"]]
    assert list(loops_off({"baseline": ["NEON"]})) == []


def test_each_setting_changes_one_thing():
    found = settings(["Haswell", "Nehalem"], {"found": ["X86_V3", "X86_V4"]})
    assert len({one.name for one in found}) == len(found) == 8
    assert not found[0].variables and not found[0].numpy
    changes = [{name.removeprefix("OMP_").removeprefix("OPENBLAS_") for name in one.variables} for one in found[1:]]
    assert all(len(names) + bool(one.numpy) == 1 for names, one in zip(changes, found[1:], strict=True))


def test_the_tests_of_solutions_are_found():
    files = [path for path in commands("python", 2)["solutions"] if path.endswith(".py")]
    assert len(files) > 30 and any(path.endswith("test_fast_convolution.py") for path in files)


def test_all_lectures_are_compared_and_the_checks_of_two_assignments_meet_their_bugs():
    told = commands("python", 2)
    assert "course" in told["lectures"] and "--nbval" in told["lectures"]
    named = told["checks"][told["checks"].index("quality") + 1 : told["checks"].index("--page")]
    assert len(named) == 2 and all((ROOT / "assignments" / name).is_dir() for name in named)


CLAIM = Claim("L1.1-a", "It is 0.5.", "[source], p. 1", "0.5 ± 0.1", "0.52", "holds")


@pytest.mark.parametrize(
    ("changed", "same"),
    [
        ({"measured": "0.47"}, True),
        ({"expected": "0.6 ± 0.1"}, False),
        ({"verdict": "does not hold: it is 0.6"}, False),
    ],
)
def test_of_a_claim_the_number_alone_may_be_another(changed, same):
    rules = configparser.ConfigParser(interpolation=None)
    rules.read(ROOT / "course" / "nbval.cfg")

    def compared(text):
        for name in rules.sections():
            text = re.sub(rules[name]["regex"], rules[name]["replace"], text)
        return text

    other = dataclasses.replace(CLAIM, **changed)
    assert other != CLAIM
    assert (compared(other.to_text()) == compared(CLAIM.to_text())) == same
    assert (compared(other.to_html()) == compared(CLAIM.to_html())) == same


@pytest.mark.parametrize(
    ("words", "code", "line", "code_of_all"),
    [
        (
            ["as it is", "2 threads", "numpy"],
            0,
            f"2 of 2 settings hold; left out: numpy {OLDEST_NUMPY}, newest numpy",
            0,
        ),
        (["as it is"], 0, "1 of 1 settings hold", 0),
        (["as it is", "newest"], 3, "0 of 1 settings hold; left out: newest numpy", 1),
        (["newest"], 0, "0 of 0 settings hold; left out: newest numpy", 1),
        (["no such setting"], 0, "0 of 0 settings hold", 1),
    ],
)
def test_a_setting_that_is_left_out_is_named_and_does_not_hold(monkeypatch, capsys, words, code, line, code_of_all):
    def interpreter(version):
        if version:
            raise LookupError("No matching distribution found for numpy")
        return sys.executable

    monkeypatch.setattr(processors, "interpreter", interpreter)
    monkeypatch.setattr(processors, "kernels_here", lambda: ("Haswell", [], {}))
    monkeypatch.setattr(
        processors, "commands", lambda python, workers: {"lectures": [python, "-c", f"raise SystemExit({code})"]}
    )
    monkeypatch.setattr(sys, "argv", ["processors.py", *words])
    with pytest.raises(SystemExit) as ended:
        processors.main()
    assert (capsys.readouterr().out.splitlines()[-1], ended.value.code) == (line, code_of_all)


def test_here_the_kernels_asked_for_are_the_kernels_taken():
    own, kernels, left_out = kernels_here()
    assert set(kernels) | set(left_out) == set(KERNELS)
    if own and "sse4_2" in processor_flags():
        assert own == "Nehalem" or "Nehalem" in kernels
        assert kernel_in_force({"OPENBLAS_CORETYPE": "Nehalem"})[1] == "Nehalem"
    else:
        assert kernels == []


def test_lectures_take_the_kernels_named_in_turn_and_nothing_else_does(tmp_path):
    for name in ("conftest.py", "nbval.cfg"):
        shutil.copy(ROOT / "course" / name, tmp_path)
    # (An environment that names a kernel is this machine's own choice.)
    for name, kernel in {"03_a": "Nehalem", "04_b": "Zen", "05_c": "Haswell"}.items():
        cell = nbformat.v4.new_code_cell("import os\nos.environ.get('OPENBLAS_CORETYPE')", execution_count=1)
        cell.outputs = [nbformat.v4.new_output("execute_result", {"text/plain": f"'{kernel}'"}, execution_count=1)]
        nbformat.write(nbformat.v4.new_notebook(cells=[cell]), tmp_path / f"{name}.ipynb")
    (tmp_path / "test_beside.py").write_text(
        "import os\n\n\ndef test_beside():\n    assert os.environ.get('OPENBLAS_CORETYPE') == 'Zen'\n"
    )
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--nbval", "--nbval-current-env"]
    ended = subprocess.run(
        [*command, "--kernels", "Nehalem,own,Haswell", "."],
        cwd=tmp_path,
        env={**os.environ, "OPENBLAS_CORETYPE": "Zen"},
        capture_output=True,
        text=True,
    )
    assert "4 passed" in ended.stdout, ended.stdout + ended.stderr
