"""The lectures' bundle: free of answers, or with the solutions, and then it runs as it is."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import nbformat
import pytest

from classroom import ledger
from classroom.fault import Fault
from classroom.staff import cli
from classroom.staff.author import release
from classroom.staff.author.lecture_bundle import release_lectures
from classroom.staff.folders import Folders

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
NAME, LECTURE = "activations", "00_start"
REFERENCE_LINE = "    return np.where(x > 0, grad_y, grad_y * alpha * np.exp(np.minimum(x, 0)))"
# What a reader does who runs a lecture from top to bottom, and moves a slider below it.
SLIDER = """
def draw(height):
    return figure.panels(height=height)[0]
figure.explorer(draw, alt="A frame that is as high as the slider says.", still={"height": 2}, live=True, height=(2, 3))
"""
FOUND = "import classroom, solutions; solutions.__file__, classroom.__file__"
RUN = f"""
import sys
sys.modules["rfc3987_syntax"] = None  # grammars of addresses, which nbformat spends seconds on
import nbformat
from nbclient import NotebookClient
notebook = nbformat.read("{LECTURE}.ipynb", 4)
notebook.cells += [nbformat.v4.new_code_cell(source) for source in ({SLIDER!r}, {FOUND!r})]
nbformat.write(NotebookClient(notebook, timeout=300).execute(), "run.ipynb")
"""


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course with one assignment and one executed lecture."""
    root = tmp_path_factory.mktemp("course")
    shutil.copy(ROOT / "nbgrader_config.py", root)
    shutil.copytree(ROOT / "assignments" / NAME, root / "assignments" / NAME)
    (root / "course").mkdir()
    for suffix in (".py", ".toml", ".ipynb"):
        shutil.copy(ROOT / "course" / f"{LECTURE}{suffix}", root / "course")
    return Folders.of(root)


@pytest.fixture(scope="module")
def to_read(course, tmp_path_factory):
    """The folder of the bundle without solutions, unpacked."""
    return unpacked(release_lectures(course), tmp_path_factory.mktemp("reader"))


@pytest.fixture(scope="module")
def to_run(course, tmp_path_factory):
    """The folder of the bundle with solutions, unpacked."""
    return unpacked(release_lectures(course, with_solutions=True), tmp_path_factory.mktemp("runner"))


def unpacked(bundle, place):
    with zipfile.ZipFile(bundle) as archive:
        archive.extractall(place)
    return place / bundle.stem


def test_the_lectures_go_out_executed_and_without_answers(to_read):
    names = sorted(path.relative_to(to_read).as_posix() for path in to_read.rglob("*"))
    assert names == [f"{LECTURE}.html", f"{LECTURE}.ipynb", f"{LECTURE}.ledger", "README.txt", "index.html"]
    assert "image/png" in (to_read / f"{LECTURE}.ipynb").read_text()


def test_a_lecture_that_went_out_finds_its_ledger_beside_it(to_read, monkeypatch):
    monkeypatch.setattr(ledger, "_current", None)
    monkeypatch.chdir(to_read)
    ledger.use(LECTURE)
    questions = ledger.current().entries["prediction"].values()
    text = (to_read / f"{LECTURE}.ledger").read_text()
    assert questions
    assert [question.id for question in questions if question.question in text] == []


def test_each_file_says_which_of_the_two_it_is_and_none_asks_for_what_cannot_be_run(to_read, to_run):
    for path in (*to_read.glob("*.html"), *to_read.glob("*.ipynb"), to_read / "README.txt"):
        text = path.read_text(encoding="utf-8")
        assert re.search(r"for reading|to read", text), path.name
        assert not re.search(r"and run the cell|run it from top|pip install|set `live=True`", text), path.name
    for path in (*to_run.glob("*.html"), *to_run.glob("*.ipynb"), to_run / "README.txt"):
        assert re.search(r"that runs|copy runs|to run|lectures run", path.read_text(encoding="utf-8")), path.name


def test_with_solutions_a_lecture_runs_in_a_fresh_place_from_top_to_bottom(to_run, tmp_path):
    """The wheel is unpacked rather than installed: of what it needs, this environment has everything."""
    (wheel,) = to_run.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    fresh = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"} | {"PYTHONPATH": str(tmp_path)}
    ran = subprocess.run(
        [sys.executable, "-c", RUN], cwd=to_run, env=fresh, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    cells = nbformat.read(to_run / "run.ipynb", 4).cells
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    assert [output for output in outputs if output.output_type == "error"] == []
    assert sum("claim" in output.get("metadata", {}).get("classroom", {}) for output in outputs) > 4
    assert any("application/vnd.jupyter.widget-view+json" in output.get("data", {}) for output in outputs)
    assert str(to_run / "solutions") in outputs[-1]["data"]["text/plain"]
    assert str(tmp_path) in outputs[-1]["data"]["text/plain"]


def test_the_readme_installs_all_that_a_lecture_imports(to_run):
    asked = re.findall(r'pip install "\./(\S+\.whl)\[(.+)\]"', (to_run / "README.txt").read_text())
    (wheel,) = (path.name for path in to_run.glob("*.whl"))
    assert asked == [(wheel, "lectures"), (wheel, "lectures,torch")]
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    assert extras["lectures"][0] == "layerwise[lab]" and extras["lectures"][1].startswith("ipywidgets")
    assert extras["staff"][0] == "layerwise[lectures]"


def test_the_command_says_what_it_wrote(course, capsys):
    cli.release("lectures", with_solutions=True, root=course.root)
    assert "lectures-with-solutions.zip  (it holds the answers of all assignments" in capsys.readouterr().out
    with pytest.raises(Fault, match="--with-solutions is for the lectures"):
        cli.release(NAME, with_solutions=True, root=course.root)


def test_a_lecture_that_shows_an_answer_is_refused(course):
    source = course.root / "course" / f"{LECTURE}.py"
    text = source.read_text()
    source.write_text(text + f"\n# %%\ndef f(x):\n{REFERENCE_LINE}\n")
    try:
        with pytest.raises(Fault, match=rf"{LECTURE}\.ipynb differs from its text"):
            release_lectures(course)
    finally:
        source.write_text(text)
    made = nbformat.read(source.with_suffix(".ipynb"), as_version=4)
    made.cells.append(nbformat.v4.new_code_cell(f"def f(x):\n{REFERENCE_LINE}"))
    content = nbformat.writes(made).encode()
    with pytest.raises(Fault, match="activations is not released, 1 place in it would"):
        release.refuse_leaks({f"lectures/{LECTURE}.ipynb": content}, course, NAME, imports=True)
