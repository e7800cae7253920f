"""An assignment that is out changes: grades and comments of what stays are kept, and the effect is told before."""

import json
import sqlite3
from contextlib import closing

import pytest
import small_course
from small_course import answered, cell, cells, hand_in

from classroom.fault import Fault
from classroom.staff.author.cell_change import CellChange, CellRow, compare_cells, register_cells
from classroom.staff.author.release import _allow
from classroom.staff.folders import Folders
from classroom.staff.grade.assignment import grade_assignment
from classroom.staff.nbgrader_import import import_nbgrader
from classroom.staff.report.marks import read_marks
from classroom.staff.sandbox import sandbox

pytestmark = pytest.mark.skipif(sandbox.capabilities().mode == "none", reason="student code cannot be locked in here")
NEW = [
    cell("def triple(x):\n    raise NotImplementedError\n", "code", "answer-triple", (False, True, False)),
    cell("check('triple', triple)", "code", "triple", (True, False, True), 5),
]
TRIPLE = """
from classroom.staff.declare.exercise import exercise_of


def triple(x):
    return 3 * x


CASE = Case("a row", {"x": np.array([1.0, -2.0, 4.0])}, ["y = triple(x)"], ["y"])
ASSIGNMENT.exercises.append(exercise_of(triple, points=5, cases=[CASE]))
"""


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """A course in which two have handed in and a person has graded and commented."""
    root = small_course.make_course(tmp_path_factory.mktemp("course") / "small")
    hand_in(root, "anna", answered())
    hand_in(root, "carla", small_course.notebook(cells()))
    grade_assignment(root, "small", workers=1)
    with sqlite3.connect(root / "class/gradebook.db") as gradebook:
        for cell_name in ("explain", "quiz_1"):
            gradebook.execute(
                "update grade set manual_score = 0.5 where cell_id in (select id from base_cell where name = ?)",
                (cell_name,),
            )
        gradebook.execute(
            "update comment set manual_comment = 'Well said.' where cell_id in "
            "(select id from base_cell where name = 'explain')"
        )
    return root


@pytest.fixture
def course(template, tmp_path):
    return Folders.of(small_course.copy_course(template, tmp_path / "small"))


def staged(course, content):
    """A notebook that is about to be released."""
    path = course.root / "class/staged.ipynb"
    path.write_bytes(small_course.notebook(content))
    return path


def without(*names):
    return [one for one in cells() if one["metadata"].get("nbgrader", {}).get("grade_id") not in names]


def take_over(course, content):
    """Register the cells and put the notebook into its place, as a release does."""
    path = staged(course, content)
    register_cells(course, "small", path)
    path.replace(course.folder("release") / "small/small.ipynb")


def points(course):
    return {student: (one.earned, one.points) for student, one in read_marks(course, "small").items()}


def test_an_exercise_goes_and_everything_else_is_kept(course):
    change = compare_cells(course, "small", staged(course, without("quiz_1", "answer-quiz_1")))
    assert set(change.removed) == {"quiz_1", "answer-quiz_1"} and change.hand_ins == 2 and not change.added
    assert change.told() == [
        "quiz_1 goes, 1 points",
        "answer-quiz_1 goes",
        "the assignment is worth 9 points instead of 10",
        "with quiz_1 2 students lose 0.5 to 0.5 points",
        "with quiz_1 2 grades that a person gave are gone",
    ]
    take_over(course, without("quiz_1", "answer-quiz_1"))
    grade_assignment(course.root, "small", workers=1)
    assert points(course) == {"anna": (6.5, 9.0), "carla": (0.5, 9.0)}
    assert read_marks(course, "small")["anna"].comments == {"explain": "Well said."}


def test_an_exercise_comes_and_those_who_have_handed_in_have_nothing_for_it(course):
    content = [*cells()[:-1], *NEW, cells()[-1]]
    assert compare_cells(course, "small", staged(course, content)).told()[:2] == [
        "answer-triple comes",
        "triple comes, 5 points",
    ]
    take_over(course, content)
    assert points(course)["anna"] == (7.0, 15.0)
    with open(course.root / "assignments/small/exercises/__init__.py", "a") as file:
        file.write(TRIPLE)
    given = {**small_course.RIGHT, "answer-triple": "def triple(x):\n    return 3 * x\n"}
    hand_in(
        course.root,
        "anna",
        small_course.notebook([*cells(given)[:-1], cell(given["answer-triple"], "code", *_marks(NEW[0])), NEW[1]]),
    )
    grade_assignment(course.root, "small", workers=1)
    assert points(course) == {"anna": (12.0, 15.0), "carla": (1.0, 15.0)}


def test_cells_that_cannot_be_written_leave_the_gradebook_as_it_is(course, monkeypatch):
    def rows():
        with closing(sqlite3.connect(course.root / "class/gradebook.db")) as gradebook:
            return gradebook.execute("select name, type from base_cell order by 1, 2").fetchall()

    def refuse(*_, **__):
        raise RuntimeError("the disk is full")

    (course.folder("submitted") / "anna").rename(course.root / "anna")
    (course.folder("submitted") / "carla").rename(course.root / "carla")
    with closing(sqlite3.connect(course.root / "class/gradebook.db")) as gradebook, gradebook:
        for table in ("grade", "comment", "submitted_notebook", "submitted_assignment"):
            gradebook.execute(f"delete from {table}")
    before = rows()
    monkeypatch.setattr(import_nbgrader().Gradebook, "update_or_create_source_cell", refuse)
    with pytest.raises(RuntimeError, match="the disk is full"):
        register_cells(course, "small", staged(course, [*cells()[:-1], *NEW, cells()[-1]]))
    assert before and rows() == before


def _marks(one):
    noted = one["metadata"]["nbgrader"]
    return noted["grade_id"], (noted["grade"], noted["solution"], noted["locked"])


@pytest.mark.parametrize(
    ("kind", "totals"), [("full", {"anna": 7.0, "carla": 4.5}), ("out", {"anna": 3.0, "carla": 0.5})]
)
def test_a_void_exercise_gives_everybody_full_points_or_is_out_of_the_sum(course, kind, totals):
    content = cells()
    check = next(one for one in content if one["id"] == "id-relu_backward")
    check["metadata"]["void"] = kind
    if kind == "out":
        check["metadata"]["nbgrader"]["points"] = 0
    with sqlite3.connect(course.root / "class/gradebook.db") as gradebook:
        gradebook.execute(
            "update grade set manual_score = null where cell_id in (select id from base_cell where name = 'quiz_1')"
        )
    change = compare_cells(course, "small", staged(course, content))
    assert change.voided == {"relu_backward": kind}
    said = {"full": "everybody has full points", "out": "it is out of the sum"}[kind]
    assert f"relu_backward is void: {said}" in change.told()
    take_over(course, content)
    hand_in(course.root, "dan", b"no notebook")
    grade_assignment(course.root, "small", workers=1)
    found = points(course)
    most = 10.0 if kind == "full" else 6.0
    assert found["anna"] == (totals["anna"] + 0.5, most) and found["carla"] == (totals["carla"], most)
    assert found["dan"] == (4.0 if kind == "full" else 0.0, most)
    assert not compare_cells(course, "small", staged(course, content))


def test_points_change_without_a_word_lost(course):
    content = cells()
    next(one for one in content if one["id"] == "id-double")["metadata"]["nbgrader"]["points"] = 6
    change = compare_cells(course, "small", staged(course, content))
    assert change.told() == ["double is worth 6 points instead of 2", "the assignment is worth 14 points instead of 10"]


def test_an_unchanged_notebook_changes_nothing(course):
    assert not compare_cells(course, "small", staged(course, cells()))


def test_nothing_is_changed_behind_the_back_of_those_who_have_handed_in():
    change = CellChange(removed={"quiz_1": CellRow(frozenset({"GradeCell"}), 1.0)}, points=(10.0, 9.0), hand_ins=2)
    with pytest.raises(
        Fault, match=r"2 have handed in small, (.|\n)*quiz_1 goes, 1 points(.|\n)*release small --again"
    ):
        _allow("small", change, again=False)
    _allow("small", change, again=True)
    _allow("small", CellChange(removed=change.removed, hand_ins=0), again=False)


def test_work_that_is_collected_and_not_yet_graded_counts_as_handed_in(course, tmp_path):
    fresh = Folders.of(small_course.make_course(tmp_path / "fresh"))
    path = staged(fresh, without("quiz_1", "answer-quiz_1"))
    _allow("small", compare_cells(fresh, "small", path), again=False)
    hand_in(fresh.root, "dan", answered())
    with pytest.raises(Fault, match=r"1 have handed in small, (.|\n)*quiz_1 goes, 1 points"):
        _allow("small", compare_cells(fresh, "small", path), again=False)
    register_cells(fresh, "small", path)
    assert not compare_cells(fresh, "small", path)
    hand_in(course.root, "dan", answered())  # beside two who are graded
    assert compare_cells(course, "small", staged(course, cells())).hand_ins == 3


def test_a_secret_that_is_gone_is_not_replaced_by_another(course):
    (course.workshop / "secret").unlink()
    with pytest.raises(Fault, match=r"secret is missing, and this class has been graded with it: .* Put your copy"):
        grade_assignment(course.root, "small", workers=1)
    assert not (course.workshop / "secret").exists()


def test_a_release_that_nbgrader_refuses_says_why():
    from classroom.staff.author.release import _reason

    log = "[ERROR] There was an error\nTraceback (most recent call last):\nValueError: the cell has no points\n"
    error = "nbgrader.converters.base.NbGraderException: Please see the the above traceback for details"
    assert _reason({"log": log, "error": error}) == "ValueError: the cell has no points"
    assert _reason({}) == "no reason given"
    assert json.dumps(_reason({"error": error})) == json.dumps(error)
