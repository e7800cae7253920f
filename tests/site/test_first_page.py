"""The site's first page: three doors, a picture, and what it says of time, points and prerequisites is so."""

import re
from pathlib import Path

import pytest
from declared import points

from classroom import ledger
from classroom.staff.declare.loader import declared_assignments

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "site" / "index.md").read_text(encoding="utf-8")
GUIDE = (ROOT / "docs" / "teaching.md").read_text(encoding="utf-8")
START = (ROOT / "course" / "00_start.py").read_text(encoding="utf-8")
NAMES = declared_assignments(ROOT / "assignments")
LECTURES = sorted((ROOT / "course").glob("[0-9][0-9]_*.py"))
NUMBERS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
SESSIONS = 1.5  # hours a week
HOUR = 63  # minutes: nobody reads by the clock


def doors():
    """The three parts of the page, each with its text in one line."""
    found = re.findall(r"^::::\{container\} door\n\n\*\*(\w+)\*\*\n\n(.*?)^::::$", PAGE, re.MULTILINE | re.DOTALL)
    return {name: re.sub(r"\s+", " ", text) for name, text in found}


def parts(lecture):
    """The texts of a lecture's parts: two where it says so."""
    return lecture.read_text(encoding="utf-8").split("\n# ## Part two ")


def minutes(part, entries):
    """How long a reader needs: 150 words a minute, two minutes a prediction, one a figure, half a one a claim."""
    prose = " ".join(line for line in part.splitlines() if line.startswith("# "))
    claims, predictions, figures = (
        [one for one in entries[kind].values() if f'"{one.id}"' in part] for kind in ("claim", "prediction", "figure")
    )
    told = [one.statement for one in claims] + [f"{one.question} {one.explanation}" for one in predictions]
    words = len(re.findall(r"\w+", " ".join([prose, *told])))
    return words / 150 + 2 * len(predictions) + len(figures) + len(claims) / 2


def hours(name):
    """What an assignment says of its own time."""
    text = re.sub(r"\s*\n# ?", " ", (ROOT / "assignments" / name / f"{name}.py").read_text(encoding="utf-8"))
    number, half = re.search(r"\*\*Time\*\* about (\w+)( and a half)? hours\.", text).groups()
    return NUMBERS.index(number) + (0.5 if half else 0)


def test_there_are_three_doors_and_each_leads_to_pages_that_are_there():
    assert list(doors()) == ["Learn", "Teach", "Contribute"]
    written = {"claims", "sources", "glossary"}  # by site/pages.py
    for name, text in doors().items():
        pages = re.findall(r"\{doc\}`(?:[^`<]*<)?([\w/]+)>?`", text)
        assert pages, name
        for page in pages:
            folder, _, stem = page.rpartition("/")
            file = {"lectures": f"course/{stem}.py", "guides": f"docs/{stem}.md"}.get(folder)
            assert (ROOT / file).exists() if file else page in written, page


@pytest.mark.parametrize(
    ("door", "page"),
    [
        ("Learn", "lectures/00_start"),
        ("Learn", "guides/students"),
        ("Teach", "guides/teaching"),
        ("Teach", "guides/instructors"),
        ("Teach", "guides/authoring"),
        ("Contribute", "claims"),
        ("Contribute", "sources"),
    ],
)
def test_a_door_leads_to_what_its_reader_needs(door, page):
    assert re.search(rf"[`<]{page}[>`]", doors()[door])


def test_the_picture_is_there_twice_and_is_described():
    pictures = re.findall(r"```\{image\} (\S+)\n:class: (\w+)\n(?::width: \w+\n)?:alt: (.+)\n```", PAGE)
    assert [kind for _, kind, _ in pictures] == ["wide", "narrow"]
    assert all((ROOT / "docs" / Path(picture).name).exists() and len(alt.split()) >= 10 for picture, _, alt in pictures)
    assert len(re.search(r"description: (.+)", PAGE)[1].split()) >= 10


def test_the_points_are_those_of_the_assignments():
    number, total = re.search(r"\*Points:\* (\w+) assignments, ([\d,]+) points", doors()["Learn"]).groups()
    assert NUMBERS.index(number) == len(NAMES)
    assert float(total.replace(",", "")) == sum(map(points, NAMES))


def test_what_is_needed_is_the_same_on_all_pages_that_say_it():
    said = [
        re.search(r"\*You need\* (.*?)\. \*Time", doors()["Learn"])[1],
        re.search(r"\*\*They need\*\* (.*)", GUIDE)[1],
        re.search(r"\*\*What you need\.\*\* (.*)", START)[1],
    ]
    for text in said:
        assert all(word in text for word in ("Python", "numpy", "derivatives", "matri")), text


@pytest.mark.parametrize("lecture", LECTURES, ids=lambda path: path.stem)
def test_a_lecture_or_each_of_its_parts_is_read_within_an_hour(lecture):
    entries = ledger.read(lecture.with_suffix(".toml")).entries
    assert [spent for part in parts(lecture) if (spent := minutes(part, entries)) > HOUR] == []


def test_both_pages_give_a_lecture_an_hour_and_three_of_them_two():
    two = [int(lecture.name[:2]) for lecture in LECTURES if len(parts(lecture)) == 2]
    *some, last = map(str, two)
    assert f"A lecture takes an hour, and lectures {', '.join(some)} and {last} have two parts" in doors()["Learn"]
    assert "is read before the session, which takes an hour; in class" in GUIDE
    assert f'Lectures {", ".join(some)} and {last} have two parts, an hour each, and say "Part two"' in GUIDE
    assert [
        one.name for one in LECTURES if len(parts(one)) == 2 and "**Two parts, an hour each.**" not in one.read_text()
    ] == []


def test_the_weeks_have_the_hours_that_both_pages_give():
    week, told = re.search(r"\*Time:\* (\w+) weeks of about (\w+) hours", doors()["Learn"]).groups()
    assert week == "thirteen" and f"this is about {told} hours a week" in GUIDE
    work = sum(map(hours, NAMES)) + sum(len(parts(lecture)) for lecture in LECTURES) + 13 * SESSIONS
    assert NUMBERS[round(work / 13)] == told


def test_the_four_lists_hold_all_pages():
    lists = re.findall(r"```\{toctree\}\n:caption: ([\w ]+)\n(.*?)```", PAGE, re.DOTALL)
    assert [caption for caption, _ in lists] == ["Lectures", "Assignments", "Guides", "Look things up"]
    assert [re.sub(r":.*\n", "", pages).split() for _, pages in lists] == [
        ["lectures/*"],
        ["assignments/index"],
        ["guides/*"],
        ["claims", "sources", "glossary"],
    ]
