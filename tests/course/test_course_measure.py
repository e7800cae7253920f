"""The script that measures claims with other seeds, on a lecture of a few lines."""

import datetime
import importlib.util
import re
import sys
from pathlib import Path

import matplotlib
import numpy as np
import pytest

pytestmark = pytest.mark.slow

LECTURE = """# %%
import matplotlib.pyplot as plt
import numpy as np

from classroom import claim, figure, ledger
from classroom.data import load

ledger.use("01_neuron")

# %%
number = np.random.default_rng(0).normal()
claim("L1.1-number", number)
claim("L1.2-data", load("shapes", count=6, size=4).images.sum(), 1.0)
fig, axis = plt.subplots()
figure.show(fig, "empty")
"""
LEDGER = """\
[claim."L1.1-number"]
statement = "It is zero."
source = "S1-1"
expected = 0.0
tolerance = 0.001

[claim."L1.2-data"]
statement = "It is one."
source = "S1-1"
rel = 0.5
"""


def load(path):
    """Import a script by its path, under a name of its own."""
    spec = importlib.util.spec_from_file_location(f"script_{path.stem}", path)
    sys.modules[spec.name] = module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def measure():
    return load(Path(__file__).parents[2] / "course" / "measure.py")


@pytest.fixture
def lecture(tmp_path):
    matplotlib.use("agg")
    path = tmp_path / "01_neuron.py"
    path.write_text(LECTURE)
    path.with_suffix(".toml").write_text(LEDGER)
    return path


def test_every_seed_gives_other_numbers_and_data_sets_stay_the_same(measure, lecture):
    (first, _), (second, _) = measure.run(lecture, 0), measure.run(lecture, 1)
    assert first["L1.1-number"].value == np.random.default_rng(0).normal()
    assert second["L1.1-number"].value == np.random.default_rng(1000).normal()
    assert first["L1.2-data"].value == second["L1.2-data"].value


def test_a_claim_outside_its_tolerance_is_recorded_and_not_raised(measure, lecture):
    found, seconds = measure.run(lecture, 0)
    assert found["L1.1-number"].expectation.to_text() == "0 ± 0.001"
    assert abs(found["L1.1-number"].value) > 0.001
    assert found["L1.1-number"].why_not
    assert seconds >= 0


def test_the_seeds_are_given_back_afterwards(measure, lecture):
    before = np.random.default_rng
    measure.run(lecture, 3)
    assert np.random.default_rng is before


def test_the_table_says_how_many_seeds_keep_to_the_tolerance(measure, lecture, monkeypatch, capsys):
    monkeypatch.setattr(measure, "COURSE", lecture.parent)
    monkeypatch.setattr("sys.argv", ["measure.py", "1", "--seeds", "2"])
    assert measure.main() == 1
    printed = capsys.readouterr().out
    assert "01_neuron: seed 1" in printed
    assert "L1.1-number                      0/2  0 ± 0.001" in printed


def test_other_processors_are_measured_and_their_spread_is_recorded_on_request(measure, lecture, monkeypatch):
    ledger_path = lecture.with_suffix(".toml")
    apart = {"Haswell": 0.1234, "Nehalem": 0.1267}

    def elsewhere(path, variables):
        here = measure.values_of(measure.run(path, 0)[0])
        return here | {"L1.1-number": [apart[variables["OPENBLAS_CORETYPE"]]]}

    kernels = {name: {"OPENBLAS_CORETYPE": name} for name in apart}
    monkeypatch.setattr(measure, "elsewhere", lambda: kernels)
    monkeypatch.setattr(measure, "run_elsewhere", elsewhere)
    measure.measure_kernels(lecture, record=False)
    assert ledger_path.read_text() == LEDGER
    measure.measure_kernels(lecture, record=True)
    text = ledger_path.read_text()
    (line,) = [line for line in text.splitlines() if line.startswith("spread = ")]
    assert float(line.removeprefix("spread = ")) == pytest.approx(0.0033, abs=1e-4)
    assert text.replace(f"{line}\n", "") == LEDGER
    kernels.clear()
    measure.measure_kernels(lecture, record=True)
    assert ledger_path.read_text() == LEDGER


def test_only_what_this_processor_can_run_is_measured(measure):
    processors = load(Path(__file__).parents[1] / "processors.py")
    named = {one["OPENBLAS_CORETYPE"] for one in measure.elsewhere().values() if "OPENBLAS_CORETYPE" in one}
    assert named == set(processors.kernels_here()[1])


def test_every_lecture_has_its_day_and_every_seed_its_round(measure, lecture):
    lectures = [lecture, lecture.with_name("02_other.py")]
    days = [datetime.date(2026, 1, 1) + datetime.timedelta(days=day) for day in range(8)]
    turns = {measure.turn_of(day, lectures) for day in days}
    assert turns == {(path, shift) for path in lectures for shift in (1, 2, 3, 4)}


def test_the_lecture_of_the_day_fails_where_a_claim_leaves_its_tolerance(measure, lecture, monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["measure.py", "--in-turn", "--folder", str(lecture.parent)])
    assert measure.main() == 1
    assert re.search(r"01_neuron: seed [1-4]", capsys.readouterr().out)
    lecture.with_suffix(".toml").write_text(LEDGER.replace("0.001", "100.0").replace("0.5", "100.0"))
    assert measure.main() == 0


def test_another_process_measures_the_same_numbers(measure, lecture):
    assert measure.run_elsewhere(lecture, {}) == measure.values_of(measure.run(lecture, 0)[0])


@pytest.mark.parametrize(("rows", "near"), [([[0.5], [0.52]], False), ([[0.5], [0.59]], True), ([[0.5], [0.5]], False)])
def test_a_kernel_that_comes_nearer_to_a_limit_than_kernels_are_to_each_other_is_found(measure, rows, near):
    measured = measure.Measured(measure.Expectation(0.5, 0.1), rows[0][0])
    assert measure.comes_near(measured, rows) is near
