"""A callable that answers an exercise is named, whatever it is called; what computes something else is not."""

import re
import sys
from pathlib import Path

import numpy as np
import pytest
import small_course

from classroom.fault import Fault
from classroom.staff.author.bundle_callables import Home
from classroom.staff.author.callable_answers import Answering, answering, answers_to
from classroom.staff.author.wheel import build_wheel
from classroom.staff.declare.exercise import load_assignment
from classroom.staff.declare.loader import declared_assignments

SOURCE = Path(__file__).parents[3] / "assignments"


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    return small_course.make_course(tmp_path_factory.mktemp("small") / "course") / "assignments/small"


def gate(x):
    return np.where(x > 0, x, 0.0), x > 0


def back(grad_y, cache):
    return grad_y * cache


def home(**functions):
    return Home("given", {f"given.{name}": function for name, function in functions.items()})


def test_a_callable_is_found_under_any_name_and_wrong_ones_are_not(small):
    double = load_assignment(small).exercise("double")
    found = home(right=lambda x: x + x, wrong=lambda x: x * x, other=lambda a, b: a, ends=lambda x: sys.exit())
    assert answers_to(double, [found]) == ["given.right"]


def test_a_pair_that_has_a_cache_of_its_own_is_found(small):
    pair = load_assignment(small).exercise("relu_backward")
    assert answers_to(pair, [home(gate=gate, back=back, idle=lambda *_: None)]) == ["given.back"]
    assert not answers_to(pair, [home(gate=gate), home(back=back)])  # neither works without the other


def test_in_a_process_of_its_own_a_bundle_is_searched(small, tmp_path):
    files = {"given_sum.py": b"def twice(x):\n    return x + x\n"}
    kept = tmp_path / "toolkit-1.json"
    expected = [Answering("given_sum.twice", "small", "double")]
    assert answering(files, [small], {small: kept}) == expected
    assert kept.read_text() == "[]"  # there is no wheel
    kept.write_text('[{"name": "classroom.kept", "assignment": "small", "exercise": "double"}]')
    assert answering(files, [small], {small: kept})[0].name == "classroom.kept"


def test_a_bundle_that_ends_the_process_is_told(small):
    with pytest.raises(Fault, match="ended Python"):
        answering({"given_end.py": b"import os\nos._exit(3)\n"}, [small])


def test_a_name_stands_for_a_callable_or_all_of_its_module():
    one = Answering("given_layers.PARTS['relu']", "small", "double")
    names = ["given_layers", "given_layers.PARTS", "given_layers.PARTS['relu']", "given", "given_layers.PART"]
    assert [one.is_named(name) for name in names] == [True, True, True, False, False]


@pytest.mark.slow
def test_of_what_the_ten_bundles_give_only_the_network_of_the_capstone_answers_and_it_is_declared(
    full_sheets,
):
    name, wheel = build_wheel(1)
    hidden = re.compile("### BEGIN SOLUTION.*?### END SOLUTION", re.DOTALL)
    notebooks = {path.name: hidden.sub("pass", path.read_text()).encode() for path in SOURCE.glob("*/*.ipynb")}
    names = declared_assignments(SOURCE)
    sheets = {f"{one}.npz": full_sheets(one).visible().to_bytes() for one in names}
    assert len(notebooks) == len(sheets) == 10
    assert answering({name: wheel, **notebooks, **sheets}, [SOURCE / one for one in names]) == []
    given = {path.name: path.read_bytes() for path in SOURCE.glob("*/given_*.py")}
    found = answering(given, [SOURCE / "activations"])
    declared = load_assignment(SOURCE / "capstone").despite
    assert {one.name.partition(".")[0] for one in found} == set(declared)
    assert all(len(reason) > 40 for reason in declared.values())
