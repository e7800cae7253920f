"""The coverage table: every item of the lectures has a home that exists."""

import importlib
import re
import tomllib
from pathlib import Path

import pytest

from classroom.staff.declare.exercise import load_assignment
from classroom.staff.declare.loader import declared_assignments

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
TABLE = tomllib.loads((ROOT / "coverage.toml").read_text())
CONTRADICTIONS = TABLE.pop("contradictions")
COUNTS = {"S0": 30, "S1": 26, "S2": 26, "S3": 13, "S4": 26}
HOMES = {"S": "solution", "A": "exercise", "L": "claim", "Q": "question"}
ROWS = TABLE | CONTRADICTIONS
COMMON = {"where", "their", "which", "without", "before", "after", "other", "network", "networks", "layer"}


def test_every_item_of_every_lecture_has_a_row():
    expected = [f"{lecture}-{number}" for lecture, count in COUNTS.items() for number in range(1, count + 1)]
    assert list(TABLE) == expected
    assert list(CONTRADICTIONS) == [f"C{number}" for number in range(1, 41)]


@pytest.mark.parametrize("seed", ROWS)
def test_a_row_says_what_it_is_in_known_keys(seed):
    row = ROWS[seed]
    assert set(row) <= {"what", "marks", "place", "keywords", "exercise_words", *HOMES.values()}
    assert len(row["what"]) >= 10
    if seed in TABLE:
        assert re.fullmatch("S?A?L?Q?T?", row["marks"])
        assert row["marks"]
    for key in HOMES.values():
        homes = row.get(key, [])
        assert len(homes) == len(set(homes)), f"{seed} lists a {key} twice"
        assert key not in row or homes, f"{seed} has an empty {key}"


@pytest.mark.parametrize("seed", [seed for seed, row in TABLE.items() if "S" in row["marks"]])
def test_every_s_row_has_a_function(seed):
    assert TABLE[seed].get("solution"), f"{seed} ({TABLE[seed]['what']}) has no function in solutions"


@pytest.mark.parametrize("seed", [seed for seed, row in TABLE.items() if "A" in row["marks"]])
def test_every_a_row_has_an_exercise(seed):
    assert TABLE[seed].get("exercise"), f"{seed} ({TABLE[seed]['what']}) is no exercise of an assignment"


def section(exercise):
    """What a student reads of an exercise, from its heading to the next, in one line."""
    assignment, _, id = exercise.partition("/")
    text = (ROOT / "assignments" / assignment / f"{assignment}.py").read_text(encoding="utf-8")
    (found,) = (part for part in text.split("\n# ## ") if f'role="check" id="{id}"' in part)
    return re.sub(r"\s+(# )?", " ", found).lower()


@pytest.mark.parametrize("seed", [seed for seed, row in TABLE.items() if "A" in row["marks"]])
def test_an_exercise_of_an_a_row_speaks_of_the_item(seed):
    """One section has the words that the row gives it, or a word of the row's own: its first five letters."""
    row = TABLE[seed]
    own = [word[:5] for word in re.findall(r"[a-z]{5,}", row["what"].lower()) if word not in COMMON]
    words = [word.lower() for word in row.get("exercise_words", own)]
    assert any(word in section(exercise) for exercise in row["exercise"] for word in words), row["what"]


@pytest.mark.parametrize("seed", [seed for seed, row in ROWS.items() if "solution" in row])
def test_every_named_function_can_be_imported_and_explained(seed):
    for home in ROWS[seed]["solution"]:
        module, name = home.split(".")
        function = getattr(importlib.import_module(f"solutions.{module}"), name)
        assert callable(function)
        assert function.__doc__, f"{home} has no docstring"


def assignments():
    return declared_assignments(ROOT / "assignments")


def test_every_named_exercise_exists():
    named = {home for row in ROWS.values() for home in row.get("exercise", [])}
    existing = {f"{name}/{exercise.id}" for name in assignments() for exercise in load_assignment(name).exercises}
    assert named <= existing, f"no such exercise: {sorted(named - existing)}"


def test_every_named_claim_is_in_a_lecture():
    named = {home for row in ROWS.values() for home in row.get("claim", [])}
    lectures = "".join(path.read_text() for path in (ROOT / "course").glob("*.ipynb"))
    existing = set(re.findall(r'"id": "(L[^"]+)"', lectures))
    assert named <= existing, f"no such claim: {sorted(named - existing)}"


def test_no_text_of_the_reference_names_a_row():
    """What a function has to do with the lectures stands in the table alone: a reader of the code has not seen them."""
    for path in (ROOT / "solutions").rglob("*.py"):
        text = path.read_text()
        named = re.findall(r"\b(?:S\d-\d+|[Ss]eeds? [SC]\d+)\b", text)
        assert not named, f"{path.relative_to(ROOT)} names {named[0]}"
