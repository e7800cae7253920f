"""What students write wrong, and how much of it the check can name.

`real_bugs/` holds wrong answers of the kinds that public code has, written for these tests in other words than those
of the mutants: one file for each exercise, one section for each answer.  An answer that differs from a right one in a
place or two is written as lines `# old => new` below the section "right", which holds that one.  Here all are judged on
the visible cases.
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


def sources(exercise):
    """Return the source of each answer in a file by its title; what stands before the first is part of each.

    A file that begins with `# after conv2d_forward` goes on where the right answer of that exercise ends.
    """
    shared, *parts = re.split(r"^# %% ", (FOLDER / f"{exercise}.py").read_text(), flags=re.MULTILINE)
    before = re.match(r"# after (\w+)$", shared, re.MULTILINE)
    shared = sources(before[1])["right"] + shared if before else shared
    found = {}
    for part in parts:
        title, source = part.split("\n", 1)
        edits = re.findall(r"^# (.+) =>(?: (.*))?$", source, re.MULTILINE)
        found[title] = edited(found["right"], edits) if edits else f"{shared}\n{source}"
    return found


def edited(right, edits):
    for old, new in edits:
        assert right.count(old) == 1, f"{old!r} occurs {right.count(old)} times in the right answer, needs once"
        right = right.replace(old, new.replace(r"\n", "\n"))
    return right


def functions(exercise, title, source):
    space = {"np": np}
    exec(compile(source, f"<{exercise}: {title}>", "exec"), space)
    return space


@pytest.fixture(scope="module")
def judged(full_sheets):
    """Return the verdict on each answer, the right ones too."""
    found = {}
    for name in names_of_all(ROOT):
        assignment = declared(name)
        exercises = [one for one in assignment.exercises if isinstance(one, Exercise)]
        for exercise in exercises:
            if not (FOLDER / f"{exercise.id}.py").exists():
                continue
            sheet = full_sheets(name).exercises[exercise.id].visible()
            for title, source in sources(exercise.id).items():
                caller = LocalCaller(exercise.functions | functions(exercise.id, title, source))
                found[exercise.id, title] = judge(sheet, caller)
    return found


@pytest.fixture(scope="module")
def verdicts(judged):
    return {key: verdict for key, verdict in judged.items() if key[1] != "right"}


def test_what_they_are_edits_of_is_right(judged):
    right = {exercise: verdict.outcome for (exercise, title), verdict in judged.items() if title == "right"}
    assert right and set(right.values()) == {"right"}, right


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
