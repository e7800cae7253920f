"""The script that measures claims with other seeds, on a lecture of a few lines."""

import importlib.util
from pathlib import Path

import matplotlib
import numpy as np
import pytest

LECTURE = """# %%
import matplotlib.pyplot as plt
import numpy as np

from classroom import claim, figure
from classroom.data import load

# %%
number = np.random.default_rng(0).normal()
claim("L1.1-number", number, 0.0, 0.001, source="S1-1", statement="It is zero.")
claim("L1.2-data", load("shapes", count=6, size=4).images.sum(), 1.0, rel=0.5, source="S1-1", statement="It is one.")
fig, axis = plt.subplots()
figure.show(fig, alt="An empty pair of axes for a test.")
"""


@pytest.fixture
def measure():
    path = Path(__file__).parent.parent / "course" / "measure.py"
    spec = importlib.util.spec_from_file_location("course_measure", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def lecture(tmp_path):
    matplotlib.use("agg")
    path = tmp_path / "01_neuron.py"
    path.write_text(LECTURE)
    return path


def test_every_seed_gives_other_numbers_and_data_sets_stay_the_same(measure, lecture):
    (first, _), (second, _) = measure.run(lecture, 0), measure.run(lecture, 1)
    assert first["L1.1-number"][2] == np.random.default_rng(0).normal()
    assert second["L1.1-number"][2] == np.random.default_rng(1000).normal()
    assert first["L1.2-data"][2] == second["L1.2-data"][2]


def test_a_claim_outside_its_tolerance_is_recorded_and_not_raised(measure, lecture):
    found, seconds = measure.run(lecture, 0)
    expect, limits, value = found["L1.1-number"]
    assert (expect, float(limits)) == (0.0, 0.001)
    assert abs(value) > 0.001
    assert seconds >= 0


def test_the_seeds_are_given_back_afterwards(measure, lecture):
    before = np.random.default_rng
    measure.run(lecture, 3)
    assert np.random.default_rng is before


def test_the_table_says_how_many_seeds_keep_to_the_tolerance(measure, lecture, monkeypatch, capsys):
    monkeypatch.setattr(measure, "COURSE", lecture.parent)
    monkeypatch.setattr("sys.argv", ["measure.py", "1", "--seeds", "2"])
    measure.main()
    printed = capsys.readouterr().out
    assert "01_neuron: seed 1" in printed
    assert "L1.1-number                      0/2  0" in printed
