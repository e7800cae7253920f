"""Mutants are judged as students are, and none of them ends the judging."""

import dataclasses
import datetime
from pathlib import Path

import numpy as np
import pytest
from declared import declared

from classroom.staff.declare.exercise import Alternative, Assignment, Case, Exercise, Mutant
from classroom.staff.declare.loader import declared_assignments
from classroom.staff.mutation import score as scoring
from classroom.staff.mutation.generate import AutomaticMutant, texts_of
from classroom.staff.mutation.score import Bench, Score, _in_a_process_of_their_own, score
from solutions.activation import relu_forward

# (The capstone's answers train networks, and the sheets of three classes take minutes.)
NAMES = [name for name in declared_assignments(Path(__file__).parents[3] / "assignments") if name != "capstone"]
TODAY = datetime.date.today().toordinal()


def relu_exercise(*inputs, hidden=None):
    cases = [Case(f"case {number}", {"x": x}, ["y, _ = relu_forward(x)"], ("y",)) for number, x in enumerate(inputs)]
    return Exercise("relu_forward", 4, {"relu_forward": relu_forward}, ["relu_forward"], cases, hidden)


def mutant(body):
    source = f"import numpy as np\n\ndef relu_forward(x):\n{body}\n"
    return AutomaticMutant("relu_forward", "reference", "written by hand", "", "", source)


BOTH = np.array([-1.0, 2.0, -3.0])


@pytest.mark.parametrize(
    ("body", "fate"),
    [
        ("    return np.minimum(x, 0), None", "home"),
        ("    return np.where(x > 0, x, 0), None", "same"),
        ("    return np.where(x > 1, x, 0), None", "hole"),
        pytest.param("    while True: pass", "home", marks=pytest.mark.slow),
        ("    syntax error", "home"),
        ("    import os; os._exit(1)", "home"),
        ("    y = [x]; y.append(y); return y, None", "home"),
    ],
)
def test_the_fate_of_a_mutant(body, fate, monkeypatch):
    monkeypatch.setattr(scoring, "SECONDS", 0.5)  # that one call may take, where others have two
    (found,) = _in_a_process_of_their_own(relu_exercise(BOTH), "small", [mutant(body)])
    assert found.fate == fate and found.survivor == (fate == "hole")


def test_a_mutant_of_an_alternative_is_run_under_the_name_that_its_text_has():
    def relu_by_where(x):
        return np.where(x > 0, x, 0), None

    exercise = dataclasses.replace(relu_exercise(BOTH), alternatives=[Alternative("by where", relu_by_where)])
    (text,) = [text for text in texts_of(exercise) if text.version == "by where"]
    (same,) = _in_a_process_of_their_own(exercise, "small", [text.unchanged()])
    assert same.fate == "same"


@pytest.mark.parametrize("name", declared_assignments(Path(__file__).parents[3] / "assignments"))
def test_every_right_text_defines_its_function_before_it_is_changed(name):
    for exercise in declared(name).exercises:
        for text in texts_of(exercise) if isinstance(exercise, Exercise) else ():
            assert callable(text.unchanged().function()), f"{exercise.id}: {text.version}"


def test_what_a_mutant_is_told_is_kept_where_names_are_asked_for():
    minimum = Mutant("minimum", lambda x: (np.minimum(x, 0), None), "You keep the negative side.")
    exercise = dataclasses.replace(relu_exercise(BOTH, -BOTH), mutants=[minimum])
    wrong = mutant("    return np.where(x < 0, x, 0), None")
    (found,) = _in_a_process_of_their_own(exercise, "small", [wrong], names=True)
    assert [bug.sentence for bug in found.bugs] == ["You keep the negative side."] and not found.stops


def test_where_no_sheet_can_be_made_nothing_counts_as_killed():
    broken = relu_exercise(BOTH, hidden=lambda rng: [Case("none", {}, ["y, _ = relu_forward(x)"], ("y",), kind="k")])
    with pytest.raises(RuntimeError, match="none of its mutants is judged"):
        _in_a_process_of_their_own(broken, "small", [mutant("    return x, None")])


def test_whoever_ends_the_process_does_not_end_the_judging():
    bodies = [
        "    import os; os._exit(1)",
        "    return np.minimum(x, 0), None",
        "    return np.where(x > 1, x, 0), None",
    ]
    found = _in_a_process_of_their_own(relu_exercise(BOTH), "small", [mutant(body) for body in bodies])
    assert [one.fate for one in found] == ["home", "home", "hole"]


def test_what_falls_in_some_classes_only_is_told_apart():
    def hidden(rng):
        x = np.array([-1.0, rng.uniform(0.2, 0.9)])
        return [Case("drawn", {"x": x}, ["y, _ = relu_forward(x)"], ("y",), kind="drawn")]

    exercise = relu_exercise(BOTH, hidden=hidden)
    bench = Bench(exercise, "small")
    drawn = sorted(sheet.cases[-1].inputs["x"][1] for sheet in bench.classes)
    shown = bench.home.cases[-1].inputs["x"][1]
    unlike = "    return np.where((x > 0) & (np.round(x, 6) != {}), x, 0), None"
    assert bench.judge(mutant(unlike.format(round(drawn[0], 6)))).fate == "some classes"
    assert bench.judge(mutant(unlike.format(round(shown, 6)))).fate == "home"
    alike = "    y = np.maximum(x, 0); return np.where((x == {}) | (x > 1), y, 0), None"
    assert bench.judge(mutant(alike.format(shown))).fate == "classes"


def test_the_score_is_the_share_of_what_differs_that_falls_at_home():
    assignment = Assignment("small", "Small", [relu_exercise(BOTH)])
    found = score(assignment, 40)
    assert isinstance(found, Score) and len(found.judged) == found.count("home", "same", "hole")
    assert found.score == found.count("home") / (found.count("home") + found.count("hole"))
    assert "mutants" in str(found) and f"score {found.score:.1%}" in str(found)


@pytest.mark.slow
def test_none_of_a_sample_passes_at_home_and_differs():
    """Of one assignment in turn, always the same sample: what passes now is news of a change, not of a draw."""
    name = NAMES[TODAY % len(NAMES)]
    found = score(declared(name), 40, seed=1)
    assert found.count("home") > 20, str(found)
    assert [str(one.mutant) for one in found.survivors] == [], name
