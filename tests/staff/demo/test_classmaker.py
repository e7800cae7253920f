"""A class that is made: the same every time, each with a name, every notebook readable but one."""

import json
from pathlib import Path

import pytest

from classroom.staff.author.notebook import stubbed
from classroom.staff.declare.exercise import load_assignment
from classroom.staff.demo import demo
from classroom.staff.demo.classmaker import SPECIAL, Classmaker, students

pytestmark = pytest.mark.slow


ROOT = Path(__file__).parents[3]


NAME = "activations"


@pytest.fixture(scope="module")
def maker(full_sheets, tmp_path_factory):
    notebook = ROOT / "assignments" / NAME / f"{NAME}.ipynb"
    released = json.loads(notebook.read_text())
    for cell in released["cells"]:
        source = cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])
        cell["source"] = stubbed(source) if cell["cell_type"] == "code" else source
    path = tmp_path_factory.mktemp("released") / f"{NAME}.ipynb"
    path.write_text(json.dumps(released))
    return Classmaker(load_assignment(ROOT / "assignments" / NAME), path, notebook, full_sheets(NAME))


def test_the_same_class_is_made_every_time(maker):
    first, again = (list(maker.play(students(24), demo.due(0))) for _ in range(2))
    assert [play.content for play in first] == [play.content for play in again]
    assert [play.expected for play in first] == [play.expected for play in again]


def test_special_students_are_others_in_another_assignment(maker):
    kinds = [[play.kind for play in maker.play(students(40), demo.due(n), n)] for n in (0, 1)]
    assert kinds[0] != kinds[1] and sorted(kinds[0]) == sorted(kinds[1])
    assert set(SPECIAL) <= set(kinds[0])


def test_forty_students_have_forty_names():
    names = {(student.first, student.last) for student in students(40)}
    assert len(names) == 40 and len({student.id for student in students(40)}) == 40


def test_every_notebook_of_the_class_parses_but_one(maker):
    broken = []
    for play in maker.play(students(24), demo.due(0)):
        try:
            notebook = json.loads(play.content)
        except ValueError:
            broken.append(play.kind)
            continue
        for cell in notebook["cells"]:
            if cell["cell_type"] == "code":
                compile(cell["source"], play.student.id, "exec")
    assert broken == ["no notebook"]
