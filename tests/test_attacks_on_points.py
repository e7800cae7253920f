"""Attacks that would be paid without being answers: each earns nothing now, and would have earned all points before.

The files in tests/attacks/points are answers to real exercises; a family of them is one class here.
"""

import dataclasses
import functools
import json
import linecache
import os
import subprocess
import sys
import tempfile
import types
import warnings
from pathlib import Path
from unittest.mock import MagicMock

import pytest
from IPython.core.inputtransformer2 import TransformerManager
from points_class import (
    ATTACKS,
    CLASSES,
    ELSEWHERE,
    FAMILIES,
    HERE,
    declared,
    examine_classes,
    exercise,
    graded,
    of,
    text_of,
    write_class,
)
from without_namespaces import ELSEWHERE as PLACES
from without_namespaces import unable

from classroom.call.caller import LocalCaller
from classroom.judge import draw, measure
from classroom.judge.budget import TimesForward
from classroom.judge.course_text import charged
from classroom.judge.measure import IndependentDraws, IndependentFrames, IndependentMasks
from classroom.judge.verdict import judge
from classroom.staff.declare.shipped import shipped_forms
from classroom.staff.sandbox import sandbox

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[1]


@functools.cache
def space(name):
    """Run an attack's cell, and return its names and its text."""
    assignment, _, identity = ATTACKS[name]["exercise"].partition("/")
    references = declared(assignment, identity).functions
    text = text_of(name)
    file = f"<attack {name}>"
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    module = sys.modules[file] = types.ModuleType(file)
    names = vars(module)
    names |= {**references, "get_ipython": MagicMock()}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the odd ends of lines that some attacks live on
        read = TransformerManager().transform_cell(text)
    exec(compile(read, file, "exec"), names)
    return names, text


def without(one, *kinds):
    """Return an exercise as it was before it had such cases."""
    asked = [case for case in one.cases if not isinstance(case.measure, kinds) and not isinstance(case.budget, kinds)]
    return dataclasses.replace(one, cases=asked)


def points(one, name):
    names, text = space(name)
    verdict = judge(one, LocalCaller(names, 10.0), told=False)
    return charged(verdict, one, [text], shipped_forms(ROOT / "assignments"))[0].points


def test_there_are_many_in_each_family():
    assert {attack["family"] for attack in ATTACKS.values()} == set(FAMILIES)
    assert min(len(of(family)) for family in FAMILIES) >= 5  # a family that shrinks has lost what once was paid


class TestPasting:
    """The course's own text, renamed: it computes what is asked for, and is nobody's answer."""

    @pytest.mark.parametrize("name", of("pasting"))
    def test_it_earns_nothing(self, name):
        one = without(exercise(ATTACKS[name]["exercise"]), TimesForward)
        names, text = space(name)
        verdict = judge(one, LocalCaller(names), told=False)
        assert verdict.points > one.points / 2, "it is no attack if it computes nothing"
        mine, found = charged(verdict, one, [text], shipped_forms(ROOT / "assignments"))
        assert mine.points == 0 and found and mine.findings[0].stage == "course"


class TestHiding(TestPasting):
    """The course's own text, where whoever reads the notebook might not find it."""

    @pytest.mark.parametrize("name", of("hiding"))
    def test_it_earns_nothing(self, name):
        super().test_it_earns_nothing(name)


class TestDrawing:
    """What looks random and hardly depends on the generator that was given."""

    @pytest.mark.parametrize("name", of("drawing"))
    def test_it_earns_nothing_for_its_draws(self, name, monkeypatch):
        one = exercise(ATTACKS[name]["exercise"])
        earned = points(one, name)
        monkeypatch.setattr(draw, "lines_related", lambda *_: "")
        monkeypatch.setattr(measure, "LAGS", 1)
        before = points(without(one, IndependentDraws, IndependentFrames, IndependentMasks), name)
        assert earned < before, (earned, before)
        assert earned == 0 or "dropout" in name  # whose inference and backward pass are right


class TestDifferences:
    """One generic function for every backward pass."""

    @pytest.mark.parametrize("name", of("differences"))
    def test_it_earns_nothing(self, name):
        one = exercise(ATTACKS[name]["exercise"])
        few = dataclasses.replace(one, properties=[])
        assert points(without(few, TimesForward), name) > one.points / 2
        large = [case for case in one.cases if isinstance(case.budget, TimesForward)]
        assert points(dataclasses.replace(few, cases=large), name) == 0


class TestKeeping:
    """Finite differences, with an answer from home for the one case in which they cost too much."""

    @pytest.mark.parametrize("name", of("keeping"))
    def test_it_earns_nothing_of_a_class(self, name):
        where = ATTACKS[name]["exercise"]
        at_home, of_a_class = (dataclasses.replace(one(where), properties=[]) for one in (exercise, graded))
        assert points(at_home, name) > at_home.points / 2
        assert points(of_a_class, name) == 0


@pytest.fixture(scope="module")
def written():
    """The notebooks, in a folder that every user may enter, which pytest's own are not."""
    with tempfile.TemporaryDirectory(prefix="points-") as folder:
        os.chmod(folder, 0o755)
        write_class(Path(folder))
        yield Path(folder)


# What the verdict finds where one is met.
MET = {"pasting": "course", "drawing": "value", "differences": "slow", "hiding": "course", "keeping": "hidden"}


class TestInTheSandbox:
    """The same attacks, handed in: a family is one notebook; all of them here, and of each family some elsewhere."""

    @pytest.mark.skipif(sandbox.capabilities().mode == "none", reason="student code cannot be locked in here")
    def test_they_earn_nothing_here(self, written):
        self.earn_nothing(examine_classes(written, HERE), HERE)

    @pytest.mark.parametrize("place", PLACES)
    def test_they_earn_nothing_in_each_mode_and_under_each_user(self, place, written):
        if reason := unable(place):
            pytest.skip(reason)
        mode, prefix = PLACES[place]
        script = [sys.executable, str(ROOT / "tests/points_class.py"), str(written), *ELSEWHERE]
        ended = subprocess.run([*prefix(), *script], capture_output=True, text=True, check=False)
        assert ended.returncode == 0, ended.stderr[-1000:]
        said = json.loads(ended.stdout)
        assert said["mode"] == mode
        self.earn_nothing(said, ELSEWHERE)

    def earn_nothing(self, said, classes):
        handed_in = [name for label in classes for name in CLASSES[label]]
        worth = {name: exercise(ATTACKS[name]["exercise"]).points for name in handed_in}
        assert said["scores"].keys() == worth.keys()
        paid = {name: score for name, score in said["scores"].items() if score and "dropout" not in name}
        assert paid == {}
        # Of dropout the inference and the backward pass are right.
        assert all(said["scores"][name] < worth[name] for name in worth)
        assert not [name for name, stages in said["stages"].items() if MET[ATTACKS[name]["family"]] not in stages]
