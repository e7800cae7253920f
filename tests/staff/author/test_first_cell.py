"""The first cell installs the course where it is missing, upgrades nothing of the platform's, and else does nothing."""

import importlib.metadata
import importlib.util
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from student_machine import add, bundle_of, clean, lend_pip

from classroom.staff.author.first_cell import first_cell
from classroom.staff.author.wheel import build_wheel

CONSTRAINTS = Path(__file__).parents[2] / "colab_constraints.txt"
PYTHON = "3.13"  # Colab's
CELL = first_cell("# # Assignment 2 · Activations\n", "activations")


class Shell:
    """Takes the magics of a cell."""

    def __init__(self):
        self.magics = []

    def run_line_magic(self, name, line):
        self.magics.append((name, line))


def run(shell):
    names = {"get_ipython": lambda: shell}
    exec(compile(CELL, "<first cell>", "exec"), names)  # plain Python, as the release reads it
    assert set(names) == {"get_ipython", "__builtins__"}, "it leaves no name in the notebook"
    return shell.magics


@pytest.fixture
def bare(tmp_path, monkeypatch):
    """A folder of a platform on which the course is not installed."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    return tmp_path


def test_where_the_course_is_installed_nothing_happens(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run(Shell()) == []


def test_the_wheel_beside_the_notebook_is_installed(bare):
    (bare / "layerwise-0.1.0+3-py3-none-any.whl").touch()
    assert run(Shell()) == [("pip", "install --quiet ./layerwise-0.1.0+3-py3-none-any.whl")]


@pytest.mark.parametrize(
    ("installed", "installs"), [("0.1.0+2", True), ("0.1.0+3", False), ("0.1.0+12", False), ("0.1.0", False)]
)
def test_an_older_bundles_wheel_gives_way_and_a_newer_one_or_a_clone_stays(tmp_path, monkeypatch, installed, installs):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(importlib.metadata, "version", lambda name: installed)
    for number in (1, 3):  # unpacked over an older bundle
        (tmp_path / f"layerwise-0.1.0+{number}-py3-none-any.whl").touch()
    expected = [("pip", "install --quiet ./layerwise-0.1.0+3-py3-none-any.whl")]
    assert run(Shell()) == (expected if installs else [])


@pytest.mark.parametrize("downloaded", ["02-activations", "02-activations (1)"])
def test_in_colab_the_bundle_is_unpacked_and_its_folder_is_worked_in(bare, downloaded):
    (bare / "02-activations").mkdir()
    for name in ("activations.npz", "layerwise-0.1.0+3-py3-none-any.whl"):
        (bare / "02-activations" / name).touch()
    shutil.make_archive(str(bare / downloaded), "zip", bare, "02-activations")
    shutil.rmtree(bare / "02-activations")
    assert [name for name, _ in run(Shell())] == ["pip"] and Path("activations.npz").exists()
    assert Path.cwd() == bare / "02-activations"


def test_without_the_bundle_a_sentence_says_what_to_put_where(bare):
    with pytest.raises(AssertionError, match="put the files of the bundle beside this notebook"):
        run(Shell())


@pytest.mark.slow
def test_colab_keeps_its_own_versions(tmp_path):
    """What pip would install on a machine with nothing, held to what Colab has: the wheel is all that is not there."""
    name, content = build_wheel(1)
    (tmp_path / name).write_bytes(content)
    command = [sys.executable, "-m", "pip", "install", "--dry-run", "--ignore-installed", "--quiet", "--report", "-"]
    command += ["--python-version", PYTHON, "--only-binary", ":all:", "--target", str(tmp_path / "target")]
    ended = subprocess.run([*command, "-c", CONSTRAINTS, tmp_path / name], capture_output=True, text=True, timeout=300)
    if re.search("Failed to establish a new connection|name resolution|Network is unreachable", ended.stderr):
        pytest.skip("pip reaches no package index from here")
    assert ended.returncode == 0, ended.stderr
    planned = {
        one["metadata"]["name"].lower(): one["metadata"]["version"] for one in json.loads(ended.stdout)["install"]
    }
    has = dict(re.findall(r"^([\w.-]+)==(\S+)$", CONSTRAINTS.read_text(), re.MULTILINE))
    assert planned.pop("layerwise") and {"numpy", "matplotlib"} <= set(planned)
    assert {package: version for package, version in planned.items() if has.get(package) != version} == {}


# What a platform's kernel runs, with pip and IPython as they are; the package index is out of reach all the while.
STUDENT = """
import json, pathlib
for cell in json.loads(pathlib.Path({notebook!r}).read_text())["cells"]:
    if cell["cell_type"] == "code":
        get_ipython().run_cell("".join(cell["source"])).raise_error()
        if "check(" in "".join(cell["source"]):
            break
import classroom
print("from", classroom.__file__)
"""


@pytest.fixture(scope="module")
def colab(tmp_path_factory):
    """The programs of an environment with Colab's IPython, numpy and matplotlib, and nothing of the course."""
    home = tmp_path_factory.mktemp("colab") / "environment"
    lend_pip(home)
    add(home / "bin", "-c", str(CONSTRAINTS), "ipython", "numpy", "matplotlib")
    return home / "bin"


def frozen(programs):
    """Return what is installed: version by package."""
    command = [programs / "python", "-m", "pip", "list", "--format", "json"]
    listed = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    return {one["name"]: one["version"] for one in listed}


@pytest.mark.slow
def test_with_colabs_pip_and_ipython_the_bundle_is_all_that_is_installed(colab, released, tmp_path):
    before = frozen(colab)
    bundle = bundle_of(released("activations"))
    shutil.copy(bundle, tmp_path)
    (tmp_path / "student.ipy").write_text(STUDENT.format(notebook="activations.ipynb"))
    # Colab keeps the notebook itself elsewhere.
    shutil.copy(released("activations") / "class/release/activations/activations.ipynb", tmp_path)

    def run():
        ended = subprocess.run(
            [colab / "python", "-m", "IPython", "student.ipy"],
            cwd=tmp_path,
            env={**clean(tmp_path), "PIP_NO_INDEX": "1"},
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert ended.returncode == 0 and "not started" in ended.stdout, ended.stdout + ended.stderr
        assert f"from {colab.parent}" in ended.stdout

    run()
    after = frozen(colab)
    assert after.pop("layerwise").endswith("+1") and after == before

    # A later bundle, whose package has another number: its wheel is beside the notebook, and the older one gives way.
    name, content = build_wheel(2)
    (tmp_path / bundle.stem / name).write_bytes(content)
    (tmp_path / bundle.name).unlink()
    for file in (tmp_path / bundle.stem).iterdir():
        shutil.copy(file, tmp_path)
    run()
    assert frozen(colab) == before | {"layerwise": "0.1.0+2"}
