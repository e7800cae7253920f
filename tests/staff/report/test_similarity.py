"""Alike is measured on whole assignments: renaming hides nothing, and independent work stays far below a copy.

The bounds are those measured on public independent solutions of another course's assignment (9 students, 36 pairs,
fingerprints of half of the class dropped): independent pairs had a median of .04 and at most .21, renamed copies 1.00,
work of which half was copied and renamed at least .25 and .53 in the median.  The class of these tests is another one,
so they hold its independent pairs to at most .21 and a median of at most .13, and its half copies to at least .25 and a
median of at least .40.
"""

import ast
import functools
import inspect
import itertools
import pkgutil
import statistics
from importlib import import_module

import pytest
import small_course
from small_course import RIGHT, answered, hand_in

import solutions
from classroom.fault import Fault
from classroom.staff.folders import Folders
from classroom.staff.grade.assignment import grade_assignment
from classroom.staff.report.similar_command import similar
from classroom.staff.report.similarity import SMALLEST_CLASS, Work, fingerprints, rank, read_works
from classroom.staff.sandbox import sandbox

pytestmark = pytest.mark.slow

pytest.importorskip("copydetect", reason="the extra similarity is not installed")
INDEPENDENT_MOST, INDEPENDENT_MEDIAN = 0.21, 0.13
HALF_LEAST, HALF_MEDIAN = 0.25, 0.40
STUDENTS, EXERCISES = 9, 8
STUB = "def f(x):\n    raise NotImplementedError\n"
# What everybody writes alike, because there is one way to write it.
COMMON = """
def common(x):
    return x.sum(axis=0, keepdims=True) + x.max(axis=1, keepdims=True) - x.min() * 2 + x.mean()
"""


@functools.cache
def functions():
    """Long functions of the reference, each about something else: what people who work alone write."""
    found = {}
    for module in pkgutil.walk_packages(solutions.__path__, "solutions."):
        if module.ispkg:
            continue
        for name, function in vars(import_module(module.name)).items():
            if inspect.isfunction(function) and function.__module__ == module.name:
                source = inspect.getsource(function)
                if len(fingerprints(source)) > 25:
                    found.setdefault(name, source)
    return [found[name] for name in sorted(found)]


class Renamed(ast.NodeTransformer):
    """Gives every local name another one, as whoever copies by hand does."""

    def __init__(self, names):
        self.names = names

    def visit_Name(self, node):
        return ast.Name(f"own_{node.id}", node.ctx) if node.id in self.names else node

    def visit_arg(self, node):
        return ast.arg(f"own_{node.arg}", node.annotation)


def renamed(source):
    tree = ast.parse(source)
    bound = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    bound |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    return ast.unparse(Renamed(bound).visit(tree))


@pytest.fixture(scope="module")
def independent():
    sources = functions()
    assert len(sources) >= STUDENTS * EXERCISES
    apart = [sources[place::STUDENTS][:EXERCISES] for place in range(STUDENTS)]
    return [
        Work(
            f"s{number}", f"Student {number}", {f"e{place}": one for place, one in enumerate(own)} | {"common": COMMON}
        )
        for number, own in enumerate(apart)
    ]


RELEASED = {"e0": STUB}


def test_independent_work_stays_low(independent):
    ranking = rank(independent, RELEASED)
    assert len(ranking.pairs) == STUDENTS * (STUDENTS - 1) // 2
    assert ranking.pairs[0].share <= INDEPENDENT_MOST and ranking.median <= INDEPENDENT_MEDIAN


def with_copy(works, count, source, target):
    """The class in which one student has taken so many answers from another and renamed everything in them."""
    taken = dict(itertools.islice(works[source].answers.items(), count))
    answers = works[target].answers | {name: renamed(text) for name, text in taken.items()}
    return [*works[:target], Work(works[target].student, works[target].name, answers), *works[target + 1 :]]


def test_a_copy_in_which_everything_is_renamed_is_a_copy(independent):
    first = rank(with_copy(independent, EXERCISES, 0, 3), RELEASED).pairs[0]
    assert (first.first.student, first.second.student, first.share) == ("s0", "s3", 1.0)


def test_half_a_copy_stands_above_every_independent_pair(independent):
    shares = []
    for target in range(1, STUDENTS):
        ranking = rank(with_copy(independent, EXERCISES // 2, 0, target), RELEASED)
        first, second = ranking.pairs[:2]
        assert (first.first.student, first.second.student) == ("s0", f"s{target}") and second.share <= INDEPENDENT_MOST
        assert set(first.exercises) >= {"e0", "e1", "e2", "e3"}
        shares.append(first.share)
    assert min(shares) >= HALF_LEAST and statistics.median(shares) >= HALF_MEDIAN


def test_what_half_of_the_class_wrote_and_what_was_given_counts_for_nothing(independent):
    given = functions()[-1]
    same = [Work(one.student, one.name, one.answers | {"hunt": given}) for one in independent]
    assert rank(same, RELEASED | {"hunt": given}).pairs[0].share <= INDEPENDENT_MOST
    two = [*same[:2], *independent[2:]]
    assert rank(two, RELEASED | {"hunt": given}).pairs[0].share <= INDEPENDENT_MOST
    assert all("common" not in pair.exercises for pair in rank(independent, RELEASED).pairs)


def test_docstrings_comments_and_signatures_have_no_fingerprint():
    body = inspect.getsource(rank).split('"""')[2]
    bare = f"def f(a):\n{body}"
    dressed = f'def other_name(b, c=3, *more):\n    """A docstring {body!r}."""\n    # and a comment\n{body}'
    assert fingerprints(bare) == fingerprints(dressed) != set()
    assert fingerprints("") == fingerprints("def f(x):\n    return x + 1\n") == set()


def test_thousands_of_docstrings_cost_nobody_minutes():
    """Their number once counted squared."""
    assert fingerprints("def f():\n 'words'\n" * 15_000) == frozenset()


def test_rare_bugs_that_two_share_are_named_and_frequent_ones_not(independent):
    rare, frequent = ("e1", "wrong_sign"), ("e2", "no_mean")
    works = [
        Work(one.student, one.name, one.answers, frozenset({frequent} | ({rare} if place < 2 else set())))
        for place, one in enumerate(independent)
    ]
    found = {(pair.first.student, pair.second.student): pair.bugs for pair in rank(works, RELEASED).pairs}
    assert found.pop(("s0", "s1")) == (rare,) and not any(found.values())


def test_nothing_is_said_of_a_small_class(independent):
    with pytest.raises(Fault, match="7 students have handed in: below 8 there is no class to compare with"):
        rank(independent[: SMALLEST_CLASS - 1], RELEASED)


def test_who_wrote_little_is_not_compared(independent):
    works = [*independent, Work("s9", "Student 9", {"e0": "def f(x):\n    return x\n"})]
    ranking = rank(works, RELEASED)
    assert [work.student for work in ranking.short] == ["s9"]
    assert not any("s9" in (pair.first.student, pair.second.student) for pair in ranking.pairs)


@pytest.mark.skipif(sandbox.capabilities().mode == "none", reason="student code cannot be locked in here")
def test_the_command_reads_what_was_graded_and_gives_no_number_for_an_exercise(tmp_path, capsys):
    root = small_course.make_course(tmp_path / "small")
    for number, source in enumerate(functions()[:7]):
        hand_in(root, f"s{number}", answered({**RIGHT, "answer-double": source.replace("def ", "def own_", 1)}))
    copied = functions()[0]
    hand_in(root, "zoe", answered({**RIGHT, "answer-double": renamed(copied)}))
    grade_assignment(root, "small", workers=1)
    works, released = read_works(Folders.of(root), "small")
    assert len(works) == 8 and set(released) == {"double", "relu_backward", "quiz_1"}
    similar("small", top=1, root=root)
    said = " ".join(capsys.readouterr().out.split())
    assert "small, 8 students" in said and "Alike is not copied" in said
    row = said[said.index("alike students") :]
    assert row.index("100%") < row.index("zoe") and "double" in row and "quiz_1" not in row
    assert row.count("%") == 1  # the pair's own: none beside an exercise
