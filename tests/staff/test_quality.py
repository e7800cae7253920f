"""The grader, graded: no stub earns, every mutant falls, no bug is named wrongly, every right answer passes."""

import dataclasses
import re
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from declared import declared
from page import words_of

from classroom.call.caller import CaseKey, LocalCaller
from classroom.judge.message import WORDS, message, to_html, to_text
from classroom.judge.relation import Repeated
from classroom.judge.verdict import judge
from classroom.staff.declare.answer import hidden_part
from classroom.staff.declare.exercise import Assignment, Case, Exercise, Generator, Mutant, edit, full_sheet, identity
from classroom.staff.mutation.recorder import Recorder
from classroom.staff.quality import Quality, Totals, _Both, assess, names_of_all, run
from classroom.staff.quality import to_html as quality_page
from solutions.activation import relu_forward

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
NAMES = names_of_all(ROOT)

# The exercises that span the difficulty, for which the totals are promised.
TEN = {
    "relu_backward": "activations",
    "prelu_backward": "activations",
    "softmax_cross_entropy": "softmax",
    "conv2d_forward": "convolution",
    "conv2d_backward": "convolution",
    "maxpool2d_backward": "pooling",
    "dropout": "residual",
    "batchnorm_forward": "normalization",
    "batchnorm_backward": "normalization",
    "adam": "optimizers",
}


@pytest.fixture(scope="module")
def qualities(full_sheets):
    """Give what the checks of an assignment are worth, assessed once for all that is asked of it below."""

    @cache
    def assessed(name: str) -> list[Quality]:
        assignment, sheet = declared(name), full_sheets(name)
        return [assess(exercise, assignment, sheet.exercises[exercise.id]) for exercise in assignment.exercises]

    return assessed


@pytest.mark.parametrize("name", NAMES)
def test_reference_stub_cheat_mutants_and_alternatives_meet_their_fate(name, qualities):
    assert {quality.exercise: quality.problems for quality in qualities(name) if quality.problems} == {}


@pytest.mark.parametrize("name", NAMES)
def test_every_mutant_fails_the_check_of_its_tag_and_earns_less_than_full(name, qualities):
    for quality in qualities(name):
        assert quality.killed == len(quality.mutants), quality.exercise
        # An exercise without points (the capstone's practice) has nothing to lose: there the outcome has to do.
        assert all(mutant.points < quality.points or not quality.points for mutant in quality.mutants), quality.exercise


@pytest.mark.parametrize("name", NAMES)
def test_no_bug_is_named_wrongly(name, qualities):
    assert sum(quality.named("wrongly") for quality in qualities(name)) == 0


@pytest.mark.parametrize("name", NAMES)
def test_the_message_of_every_known_bug_is_short_and_the_same_in_both_forms(name, qualities):
    for mutant in (mutant for quality in qualities(name) for mutant in quality.mutants):
        assert words_of(to_html(mutant.at_home)) == to_text(mutant.at_home).split(), mutant.name
        assert message(mutant.at_home).words <= WORDS, mutant.name


class Spoilt:
    """Answers whose numbers are others: what no known bug gives."""

    def __init__(self, right, change):
        self.right, self.change = right, change
        self.hidden = self

    def run(self, calls, inputs, outputs, case=None):
        found = self.right.run(calls, inputs, outputs, case)
        return dataclasses.replace(found, values={name: self.spoilt(value) for name, value in found.values.items()})

    def spoilt(self, value):
        if isinstance(value, dict):
            return {key: self.spoilt(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return type(value)(map(self.spoilt, value))
        kind = "" if value is None else np.asarray(value).dtype.kind
        if kind == "b":
            return np.logical_not(value) if isinstance(value, np.ndarray) else not value
        if kind == "U":
            return value[::-1]
        return self.change(value) if kind in ("f", "i") else value


CHANGES = {
    "a tenth too large": lambda value: 1.1 * value + 0.1,
    "the smallest number that there is": lambda value: value * 0.0 + 5e-324,
    "no number": lambda value: value * np.nan,
    "infinite": lambda value: value * 0.0 + np.inf,
}


@pytest.mark.parametrize("name", NAMES)
def test_wrong_numbers_of_an_unknown_cause_are_judged_in_every_exercise(name, full_sheets):
    for exercise in exercises(name):
        sheet = full_sheets(name).exercises[exercise.id].visible()
        right = Recorder(LocalCaller(exercise.functions))
        for how, change in CHANGES.items():
            verdict = judge(sheet, Spoilt(right, change))
            assert verdict.findings and message(verdict).words <= WORDS, (exercise.id, how)


@pytest.mark.parametrize("name", NAMES)
def test_every_identity_fails_for_one_of_the_mutants(name, full_sheets):
    blunt = []
    for exercise in exercises(name):
        wrong = [LocalCaller(exercise.replaced(mutant.functions)) for mutant in exercise.mutants]
        for item in full_sheets(name).exercises[exercise.id].properties if exercise.properties else ():
            # Where draws are asked for, mutants draw wrongly, and what fails is a generator that is not used.
            drawn = any(isinstance(value, Generator) for value in item.inputs.values())
            # (Whether a call spoils its cache is tried in tests/staff/declare/test_second_call.py.)
            if isinstance(item.relation, Repeated):
                continue
            if not drawn and not any(item.relation.judge(caller, item.script, item.inputs) for caller in wrong):
                blunt.append((exercise.id, item.title or type(item.relation).__name__))
    assert blunt == []


# (The capstone's answers train networks; tests/solutions/test_capstone.py says what is drawn for them.)
@pytest.mark.parametrize("name", [name for name in NAMES if name != "capstone"])
def test_right_answers_pass_whatever_the_secret_of_the_class(name, full_sheets):
    """Only what is hidden depends on the secret: the rest is judged once, above."""
    failed = []
    for exercise in exercises(name):
        for seed in range(8):
            rng = np.random.default_rng([seed, len(exercise.id)])
            sheet = hidden_part(exercise, full_sheets(name).exercises[exercise.id], rng)
            for alternative in exercise.alternatives:
                verdict = judge(sheet, LocalCaller(exercise.replaced(alternative.functions)))
                if verdict.points != exercise.points:
                    failed.append((exercise.id, alternative.name, seed, verdict.findings[0].text))
    assert failed == []


def exercises(name):
    return [one for one in declared(name).exercises if isinstance(one, Exercise)]


def test_the_ten_exercises_keep_their_promise(qualities):
    ten = [quality for name in sorted(set(TEN.values())) for quality in qualities(name) if quality.exercise in TEN]
    assert {quality.exercise for quality in ten} == set(TEN)
    assert all(len(quality.mutants) >= 5 for quality in ten)
    totals = Totals.of(ten)
    assert totals.mutants >= 80 and totals.killed == totals.mutants
    assert totals.rightly >= 0.9 * totals.mutants and totals.wrongly == 0
    assert totals.alternatives >= 30 and totals.passed == totals.alternatives


def relu_exercise(**changes):
    def case(name, x, kind=""):
        return Case(name, inputs={"x": np.array(x)}, calls=["y, cache = relu_forward(x)"], outputs=("y",), kind=kind)

    settings = {
        "id": "relu_forward",
        "points": 4,
        "functions": {"relu_forward": relu_forward},
        "subject": ("relu_forward",),
        "cases": [case("a", [-1.0, 2.0]), case("b", [3.0, -4.0, 5.0])],
        "hidden": lambda rng: [case("c", rng.normal(size=5), "odd shapes")],
    }
    return Exercise(**settings | changes)


def quality_of(exercise):
    assignment = Assignment("small", "Small", [exercise])
    return assess(exercise, assignment, full_sheet(assignment, "secret").exercises[exercise.id])


def problems(exercise):
    return quality_of(exercise).problems


def test_a_right_declaration_has_no_problems():
    assert problems(relu_exercise()) == []


def test_a_mutant_that_survives_is_told_with_what_to_do():
    same = Mutant("same", edit(relu_forward, "np.maximum(x, 0)", "np.maximum(0, x)"), "No difference at all.")
    (problem,) = problems(relu_exercise(mutants=[same]))
    assert "'same' survives the check at home" in problem and "add a case" in problem


def test_a_combination_has_the_mistakes_that_only_a_property_sees():
    far = edit(relu_forward, "np.maximum(x, 0)", "np.maximum(x, 0) + (x > 100)")
    near = edit(relu_forward, "np.maximum(x, 0)", "np.maximum(x, 0) + (x == 2)")
    twice = identity(
        "twice", "y, _ = relu_forward(x)", "z, _ = relu_forward(y)", "y == z", inputs={"x": np.array([101.0])}
    )
    exercise = relu_exercise(properties=[twice])
    sheet = full_sheet(Assignment("small", "Small", [exercise]), "secret").exercises["relu_forward"]
    callers = [Recorder(LocalCaller(exercise.replaced(one))) for one in (far, near, relu_forward)]
    both = _Both(*callers)
    assert judge(dataclasses.replace(sheet, properties=[]), both).findings[0].case == "a"
    key = CaseKey("relu_forward", 0, hidden=False)
    assert sheet.properties[0].judge(both, key) is not None and sheet.properties[0].judge(callers[1], key) is None


def test_a_mutant_of_the_wrong_tag_is_told():
    slip = Mutant("leaky", edit(relu_forward, "np.maximum(x, 0)", "np.maximum(x, 0.1 * x)"), "Leaks.", tag="memoriser")
    assert any("tag it visible" in problem for problem in problems(relu_exercise(mutants=[slip])))


def test_a_cheat_that_only_knows_the_visible_cases_is_found_out():
    weak = relu_exercise(hidden=lambda rng: [])
    assert problems(weak) == []  # nothing hidden is asked: the visible cases are all there is
    blind = relu_exercise(
        cases=[
            Case("a", {"x": np.array([-1.0, 2.0])}, ["y, _ = relu_forward(x)"], ("y",)),
            Case("b", {"x": np.array([5.0])}, ["z, _ = relu_forward(x)"], ("z",)),
        ],
        hidden=lambda rng: [
            Case("c", {"x": rng.normal(size=3)}, ["y, _ = relu_forward(x)"], ("y",), kind="odd shapes")
        ],
    )
    assert any("a cheat" in problem for problem in problems(blind))
    assert (quality_of(weak).cheat, quality_of(blind).cheat) == (None, blind.points / 2)


def test_the_command_prints_the_table_and_writes_the_page(tmp_path, capsys, monkeypatch, qualities):
    page = tmp_path / "pages" / "quality.html"
    monkeypatch.setattr("classroom.staff.quality.assess_assignment", lambda assignment: qualities(assignment.name))
    assert run(ROOT, ["residual"], page) == 0
    printed = capsys.readouterr().out
    assert "mutants killed" in printed
    assert printed.splitlines()[-2].endswith("; stubs earn 0 points, cheats who know the visible cases 0")
    rows = {row.split()[0]: row.split() for row in printed.splitlines() if row.strip()}
    assert rows["exercise"][-2:] == ["stub", "cheat"] and rows["dropout"][-2:] == ["0", "0"]
    text = page.read_text(encoding="utf-8")
    assert "dropout" in text and "mask_redrawn" in text


def test_the_pages_have_a_row_for_each_exercise(qualities):
    found = qualities("residual")
    page = quality_page(found)
    assert re.search(r"<td>dropout</td>\s*<td>(\d+)</td><td>\1</td>", page)
    assert page.count("<td>dropout</td>") == 1 + sum(
        len(quality.mutants) for quality in found if quality.exercise == "dropout"
    )
