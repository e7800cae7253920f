"""What students write wrong, and how much of it the check can name.

`real_bugs/` holds wrong answers of the kinds that public code has, written for these tests in other words than those
of the mutants: one file for each exercise, one section for each answer.  Here they are judged on the visible cases.
"""

import re
from pathlib import Path

import numpy as np
import pytest
from declared import declared

from classroom.call.caller import LocalCaller
from classroom.judge.verdict import judge
from classroom.staff.declare.exercise import Exercise
from classroom.staff.quality import names_of_all

pytestmark = pytest.mark.slow

FOLDER = Path(__file__).parent / "real_bugs"
ROOT = Path(__file__).parents[1]
TOLD = 0.7  # of the answers that run to their end
TOLD_OF_STOPS = 0.5


def sections(path):
    """Yield the title and the functions of each answer in a file; what stands before the first is part of each."""
    shared, *parts = re.split(r"^# %% ", path.read_text(), flags=re.MULTILINE)
    for part in parts:
        title, source = part.split("\n", 1)
        space = {"np": np}
        exec(compile(f"{shared}\n{source}", f"<{path.stem}: {title}>", "exec"), space)
        yield title, space


@pytest.fixture(scope="module")
def verdicts(full_sheets):
    found = {}
    for name in names_of_all(ROOT):
        assignment = declared(name)
        exercises = [one for one in assignment.exercises if isinstance(one, Exercise)]
        for exercise in exercises:
            if not (FOLDER / f"{exercise.id}.py").exists():
                continue
            sheet = full_sheets(name).exercises[exercise.id].visible()
            for title, space in sections(FOLDER / f"{exercise.id}.py"):
                caller = LocalCaller({**exercise.functions, **space})
                found[exercise.id, title] = judge(sheet, caller)
    return found


def test_every_file_is_of_an_exercise(verdicts):
    assert {path.stem for path in FOLDER.glob("*.py")} == {exercise for exercise, _ in verdicts}
    assert len(verdicts) >= 300 and len({exercise for exercise, _ in verdicts}) >= 47


def test_none_of_them_is_right_at_home(verdicts):
    assert [key for key, verdict in verdicts.items() if verdict.outcome in ("right", "not started")] == []


def test_most_that_run_to_their_end_are_named(verdicts):
    ran = {key: verdict for key, verdict in verdicts.items() if not key[1].startswith("stops")}
    silent = [key for key, verdict in ran.items() if not verdict.bugs]
    assert len(ran) - len(silent) >= TOLD * len(ran), silent


def test_half_of_those_that_stop_are_named(verdicts):
    stopped = {key: verdict for key, verdict in verdicts.items() if key[1].startswith("stops")}
    silent = [key for key, verdict in stopped.items() if not verdict.bugs]
    assert stopped and len(stopped) - len(silent) >= TOLD_OF_STOPS * len(stopped), silent


def test_causes_are_named_for_more_than_half_of_those_that_run_to_their_end(verdicts):
    ran = [verdict for (_, title), verdict in verdicts.items() if not title.startswith("stops")]
    assert sum(any(bug.how != "symptom" for bug in verdict.bugs) for verdict in ran) > len(ran) / 2


def test_what_is_hunted_in_one_exercise_is_named_in_its_sibling(verdicts):
    """Whoever has met a bug in a hunt, and makes it all the same, is told its name."""
    hunted = {key: verdict for key, verdict in verdicts.items() if key[1].startswith("the hunt's bug")}
    silent = [key for key, verdict in hunted.items() if all(bug.how == "symptom" for bug in verdict.bugs)]
    assert len({exercise for exercise, _ in hunted}) >= 12 and silent == []


def test_every_hunt_names_its_own_bug(full_sheets):
    silent = []
    for name in names_of_all(ROOT):
        assignment = declared(name)
        for exercise in assignment.exercises:
            shipped = [m for m in getattr(exercise, "mutants", ()) if m.name == "as_shipped"]
            if shipped:
                sheet = full_sheets(name).exercises[exercise.id].visible()
                verdict = judge(sheet, LocalCaller(exercise.replaced(shipped[0].functions)))
                silent += [] if shipped[0].sentence in [bug.sentence for bug in verdict.bugs] else [exercise.id]
    assert silent == []
