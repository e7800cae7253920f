"""The teaching guide: its weeks hold the whole course in order, and it says how a session and an exam are made."""

import re
from pathlib import Path

import pytest
from declared import declared

from classroom.staff.declare.loader import declared_assignments
from classroom.staff.explorers.placement import EXPLORERS

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "teaching.md").read_text(encoding="utf-8")
LECTURES = sorted((ROOT / "course").glob("[0-9][0-9]_*.py"))
TITLES = [re.match(r"# %% \[markdown\]\n# # \d+ · (.*)", path.read_text(encoding="utf-8"))[1] for path in LECTURES]


def section(heading):
    return GUIDE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


WEEKS = [
    [cell.strip() for cell in row.split("|")[1:-1]]
    for row in re.findall(r"^\| \d+ \|.*$", section("Thirteen weeks"), re.MULTILINE)
]


def test_thirteen_weeks_hold_every_lecture_in_order():
    assert [int(week) for week, *_ in WEEKS] == list(range(1, 14))
    named = [int(number) for _, lectures, *_ in WEEKS for number in re.findall(r"(?:^|· )(\d+) ", lectures)]
    assert sorted(set(named)) == list(range(len(LECTURES))) and named == sorted(named)
    twice = sorted({number for number in named if named.count(number) == 2})
    assert f"Lectures {' and '.join(map(str, twice))} have two weeks" in GUIDE
    told = [re.sub(r" .*, ", " ", lectures) for _, lectures, *_ in WEEKS if "part" in lectures]
    both = [int(path.name[:2]) for path in LECTURES if "\n# ## Part two " in path.read_text(encoding="utf-8")]
    assert [part for part in told if int(part[0]) in twice] == [f"{n} part {p}" for n in twice for p in ("one", "two")]
    assert [part for part in told if int(part[0]) not in twice] == [
        f"{n} parts one and two" for n in both if n not in twice
    ]


def test_a_week_names_its_lectures_as_they_are_called():
    for _, lectures, *_ in WEEKS:
        for number, name in re.findall(r"(\d+) ([^·]+)", lectures):
            words = re.findall(r"[a-z]{4,}", name.partition(",")[0].lower())
            title = f"{TITLES[int(number)]} {LECTURES[int(number)].stem}".lower()
            assert any(word[:5] in title for word in words), f"{name} is {title}"


def test_every_week_says_what_happens_in_its_session():
    assert [week for week, _, session, _ in WEEKS if len(session.split()) < 3] == []
    told = section("Thirteen weeks")
    assert "Two sessions of 45 minutes a week" in told
    explorers = {word for one in EXPLORERS for word in re.split(r"[-_]", one.name)}
    for _, _, session, _ in WEEKS:
        for word in re.findall(r"the (\w+) explorer", session):
            assert any(name.startswith(word[:5]) for name in explorers), word


def test_each_assignment_comes_out_after_its_lecture_and_in_order():
    out = [(int(week), int(number)) for week, *_, tasks in WEEKS for number in re.findall(r"(\d+) [A-Z]", tasks)]
    assert [number for _, number in out] == sorted(declared(name).number for name in names())
    first_week = {}
    for week, lectures, *_ in WEEKS:
        for number in re.findall(r"(?:^|· )(\d+) ", lectures):
            first_week.setdefault(int(number), int(week))
    weeks = {number: week for week, number in out}
    for name in names():
        text = re.sub(r"\s*\n# ?", " ", (ROOT / "assignments" / name / f"{name}.py").read_text(encoding="utf-8"))
        follows = text.partition("**Follows**")[2].partition("**Time**")[0]
        lectures = [int(number) for number in re.findall(r"(\d+), \*", follows)]
        assert lectures and weeks[declared(name).number] >= first_week[lectures[0]], name


def names():
    return declared_assignments(ROOT / "assignments")


def test_the_outcomes_are_things_that_a_student_does():
    outcomes = re.findall(r"^- (\w+) (.+)$", section("What students can do afterwards"), re.MULTILINE)
    assert len(outcomes) >= 5
    assert {verb for verb, _ in outcomes} <= {"Write", "Say", "Choose", "Tell", "Use", "Read", "Design", "Prove"}


def test_predictions_in_class_have_their_steps():
    told = section("Predictions in class")
    steps = ["one minute in silence", "two minutes with a neighbour", "vote again", "run the cell"]
    assert all(step in told for step in steps)
    assert [told.index(step) for step in steps] == sorted(told.index(step) for step in steps)


def test_the_exam_asks_about_every_part_of_the_course():
    questions = re.findall(r"^(\d+)\. (.+)$", section("Questions for an exam"), re.MULTILINE)
    assert [int(number) for number, _ in questions] == list(range(1, len(questions) + 1))
    assert len(questions) >= 13
    assert [text for _, text in questions if not re.search(r"\?|Derive|Design|size of", text)] == []
    asked = " ".join(text for _, text in questions).lower()
    parts = (
        "hidden layer", "gradient", "sigmoid", "softmax", "filters", "receptive field", "momentum", "variance",
        "batch norm", "dropout", "residual", "adamw",
    )  # fmt: skip
    assert [part for part in parts if part not in asked] == []


@pytest.mark.parametrize("command", ["classroom release lectures", "classroom release lectures --with-solutions"])
def test_both_bundles_are_told_apart(command):
    assert f"- `{command}` is for" in section("Running the lectures")
