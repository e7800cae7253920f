"""A class of odd notebooks and names, from Canvas's zip and gradebook to a filled gradebook, feedback and a report."""

import csv
import datetime as dt
import re
import zipfile
from urllib.parse import unquote

import pytest
import small_course
from archives import make_zip
from odd_notebooks import ALL, ODD
from small_course import answered

from classroom.staff.collect.collection import collect
from classroom.staff.collect.enrolment import enrol
from classroom.staff.export.feedback_zip import zip_feedback
from classroom.staff.export.gradebook_file import export_grades
from classroom.staff.folders import Folders
from classroom.staff.grade.assignment import grade_assignment
from classroom.staff.grade.deadlines import set_dates
from classroom.staff.report.feedback import write_feedback
from classroom.staff.report.marks import read_marks
from classroom.staff.report.results import report
from classroom.staff.sandbox import sandbox

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sandbox.capabilities().mode == "none", reason="student code cannot be locked in here"),
]

NAMES = ["Doe, Jane", "O'Neil, Seán", "伟, 李", "حداد, محمد", "כהן, דוד", "Müller, Jörg", "van der Berg, Jr., Ann"]
NAMES += ['=HYPERLINK("http://x"), Evil', "Ђорђевић, Милица", "김, 민수", "Nguyễn, Thị Hoa", "Ünal, İrem", "Doe, Jane"]
NAMES += ["श्रीवास्तव, अनिल", "Ωmega, Άννα", "ไทย, สมชาย", "😀 Smith, Emoji"]
# Hours after the deadline, and what that costs: in time, within the grace, a day, a day with two more, far too late.
DATED = {"early": (-3.0, 0.0), "grace": (0.4, 0.0), "late": (20.0, 1.0), "longer": (40.0, 0.0), "never": (100.0, 7.0)}
DUE = dt.datetime(2026, 10, 3, 23, 59)


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    """Every step of an instructor: the course, what was told on the way, and the files that were made."""
    root = small_course.make_course(tmp_path_factory.mktemp("course") / "small")
    course = Folders.of(root)
    works = {key: data for key, (data, _, _) in ODD.items()} | {key: answered() for key in DATED}
    ids = {key: f"user{number}" for number, key in enumerate(works)}
    lines = [["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "small (502)", "Final Score"]]
    lines += [["    Points Possible", "", "", "", "", "10", "(read only)"]]
    handed = {}
    for number, (key, data) in enumerate(works.items()):
        name = NAMES[number] if number < len(NAMES) else f"Last{number}, First{number}"
        lines.append([name, str(1000 + number), f"sis{number}", ids[key], "A", "", "80"])
        late = "LATE_" if key in ("late", "longer", "never", "grace") else ""
        short = re.sub(r"[^\w]", "", name.lower())
        handed[f"{short}_{late}{1000 + number}_{5000 + number}_small.ipynb"] = data
    with open(root / "gradebook.csv", "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(lines)
    enrol(course, root / "gradebook.csv", {}, "", "")
    set_dates(course, "small", zone="Europe/Berlin")
    set_dates(course, "small", due=f"{DUE:%Y-%m-%d %H:%M}", late="10 %/day, at most 3 days, 30 minutes of grace")
    set_dates(course, "small", extend={ids["longer"]: "2 days"})
    times = {ids[key]: f"{DUE + dt.timedelta(hours=hours):%Y-%m-%d %H:%M}" for key, (hours, _) in DATED.items()}
    collected = collect(course, "small", make_zip(root / "submissions.zip", handed), times=times)
    summary = grade_assignment(root, "small", workers=2)
    write_feedback(course, "small")
    filled = export_grades(course, "canvas", ["small"], into=root / "gradebook.csv")
    return course, ids, collected, summary, filled


def test_every_file_becomes_an_attempt_of_its_student(played):
    _, ids, collected, _, _ = played
    assert (collected.fresh, collected.refused, collected.unknown) == (len(ids), {}, {})


@pytest.mark.parametrize("key", ODD)
def test_an_odd_notebook_earns_what_is_right_in_it_or_has_its_reason(played, key):
    course, ids, _, summary, _ = played
    _, points, told = ODD[key]
    student = ids[key]
    assert read_marks(course, "small", [student])[student].earned == points
    said = summary.told.get(student, "") + summary.refused.get(student, "")
    assert told in said if told else said == ""


def test_five_students_of_one_deadline_lose_what_lateness_costs_each(played):
    course, ids, _, _, _ = played
    marks = read_marks(course, "small")
    assert {key: marks[ids[key]].penalty for key in DATED} == {key: cost for key, (_, cost) in DATED.items()}


def test_canvass_file_has_everybodys_points_and_every_name_as_it_was(played):
    _, ids, _, _, filled = played
    with open(filled.path, encoding="utf-8", newline="") as file:
        _, _, *rows = csv.reader(file)
    scores = {row[3]: float(row[5]) for row in rows}
    assert len(rows) == len(ids) and [row[0].lstrip("'") for row in rows][: len(NAMES)] == NAMES
    assert scores[ids["late"]] == ALL - 1 and scores[ids["never"]] == 0 and scores[ids["Colab"]] == ALL


def test_each_page_goes_back_to_its_attachment_and_says_in_its_first_row_what_is_wrong(played):
    course, ids, _, _, _ = played
    zipped = zip_feedback(course, "small", "canvas")
    with zipfile.ZipFile(zipped.path) as pages:
        assert len(pages.namelist()) == len(ids) and zipped.left_out == {}
        page = pages.read(zipped.names[ids["no-break space"]]).decode()
    assert "double is not defined: its cell is not valid Python: SyntaxError in line 2" in page
    assert "NameError" not in page.split("<main", 1)[0]


def test_the_report_has_everybody(played):
    course, ids, _, _, _ = played
    path = report(course)
    page = path.read_text()
    assert all(
        name in page for name in ("李 伟", "محمد حداد", "Милица Ђорђевић", "Jr., Ann van der Berg", "Emoji 😀 Smith")
    )
    assert f"{len(ids)} students" in page
    assert "Due Sat 3 Oct 2026, 23:59 (Europe/Berlin). " in page
    links = {unquote(link) for link in re.findall(r'href="([^"#:]+\.html)"', page)}
    assert links == {f"feedback/{student}/small/small.html" for student in ids.values()}
    assert all((path.parent / link).is_file() for link in links)
