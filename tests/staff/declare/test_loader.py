"""Declarations are found beside their notebooks, in any folder, and loaded as the package that they are."""

import shutil
import sys

import pytest

from classroom.fault import Fault
from classroom.staff.declare.loader import declaration_files, declared_assignments, load_assignment
from classroom.staff.declare.source import self_contained

pytestmark = pytest.mark.slow

FACE = "from classroom.staff.declare.exercise import Assignment\n\nfrom .doubling import DOUBLE\n\n"
FACE += "ASSIGNMENT = Assignment('tiny', {title!r}, [DOUBLE])\n"
SECTION = """
from classroom.staff.declare.exercise import Case, Exercise

from .factors import twice


def double(x):
    return twice(x)


DOUBLE = Exercise("double", 2, {"double": double}, ("double",), [Case("one", {"x": 1.0}, ["y = double(x)"], ["y"])])
"""


def declare(root, title="Tiny", factor=2):
    """Write an assignment of three modules into a course of this root; gives its folder."""
    package = root / "assignments" / "tiny" / "exercises"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(FACE.format(title=title))
    (package / "doubling.py").write_text(SECTION)
    (package / "factors.py").write_text(f"def twice(x):\n    return {factor} * x\n")
    return package.parent


def test_an_assignment_is_loaded_by_its_folder_or_its_name(tmp_path, monkeypatch):
    folder = declare(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert load_assignment(folder).name == load_assignment("tiny").name == "tiny"
    assert load_assignment("convolution").exercise("conv2d_backward").points == 35


def test_courses_in_two_folders_may_have_an_assignment_of_the_same_name(tmp_path):
    one, other = (load_assignment(declare(tmp_path / name, name, factor)) for name, factor in (("a", 2), ("b", 3)))
    assert (one.title, other.title) == ("a", "b")
    assert [made.exercise("double").functions["double"](5) for made in (one, other)] == [10, 15]
    # Each still finds its own sources, for a notebook to be given them.
    for made, line in ((one, "return 2 * x"), (other, "return 3 * x")):
        assert line in self_contained(made.exercise("double").functions["double"])


def test_a_changed_section_is_seen_by_the_next_load(tmp_path):
    folder = declare(tmp_path)
    assert load_assignment(folder).exercise("double").points == 2
    section = folder / "exercises" / "doubling.py"
    section.write_text(section.read_text().replace('"double", 2,', '"double", 10,'))
    assert load_assignment(folder).exercise("double").points == 10


@pytest.mark.parametrize(
    ("slip", "said"),
    [
        ('["y"])]) => ["y"])], colour="red")', "doubling.py:11: TypeError: .* argument 'colour'"),
        ('["y"])]) => ["y"])]', "doubling.py:11: SyntaxError: .* was never closed"),
        ("\nDOUBLE => \ndouble.nothing\nDOUBLE", "doubling.py:11: AttributeError: "),
        ("import twice => import thrice", "doubling.py:4: ImportError: cannot import name 'thrice'"),
    ],
)
def test_a_declaration_that_cannot_be_run_is_told_with_its_line(tmp_path, slip, said):
    old, new = slip.split(" => ")
    section = declare(tmp_path) / "exercises" / "doubling.py"
    assert old in section.read_text()
    section.write_text(section.read_text().replace(old, new))
    with pytest.raises(Fault, match=f"^assignments/tiny/exercises/{said}"):
        load_assignment(section.parents[1])


def test_a_function_taken_from_another_section_is_written_out_with_it(tmp_path):
    source = self_contained(load_assignment(declare(tmp_path)).exercise("double").functions["double"])
    namespace = {}
    exec(source, namespace)
    assert namespace["double"](4) == 8 and "import" not in source


def test_a_declaration_imports_what_is_released_beside_its_notebook(tmp_path):
    folder = declare(tmp_path)
    (folder / "given_factor.py").write_text("FACTOR = 2\n")
    (folder / "exercises" / "factors.py").write_text(
        "from given_factor import FACTOR\n\n\ndef twice(x):\n    return FACTOR * x\n"
    )
    before = list(sys.path)
    assert load_assignment(folder).exercise("double").functions["double"](4) == 8
    assert sys.path == before


def test_all_modules_of_a_declaration_are_listed_and_only_declared_assignments(tmp_path):
    folder = declare(tmp_path)
    (folder / "tiny.py").write_text("# %%\n")
    (tmp_path / "assignments" / "essay").mkdir()
    assert declared_assignments(tmp_path / "assignments") == ["tiny"]
    assert declared_assignments(tmp_path / "lectures") == []
    names = [path.relative_to(folder).as_posix() for path in declaration_files(folder)]
    assert names == ["exercises/__init__.py", "exercises/doubling.py", "exercises/factors.py", "tiny.py"]


def test_a_missing_assignment_is_told(tmp_path):
    with pytest.raises(Fault, match="there is no assignment 'cooking'"):
        load_assignment("cooking")
    folder = declare(tmp_path)
    (folder / "exercises" / "__init__.py").write_text("x = 1\n")
    with pytest.raises(Fault, match="defines no ASSIGNMENT"):
        load_assignment(folder)
    shutil.rmtree(folder / "exercises")
    with pytest.raises(Fault, match="there is no assignment"):
        load_assignment(folder)
