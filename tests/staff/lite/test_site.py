"""A site is built whole or not at all, from what is released, and asks for nothing but Pyodide's network."""

import json
import os
import re
import shutil

import pytest
from small_course import cells, make_course, notebook

from classroom import cli
from classroom.fault import Fault
from classroom.staff.declare.exercise import answer_sheet, load_assignment
from classroom.staff.folders import Folders
from classroom.staff.lite import site as module
from classroom.staff.lite.pyodide import CDN
from classroom.staff.lite.site import build_site

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course in which one assignment is released, with a deadline."""
    root = make_course(tmp_path_factory.mktemp("course") / "course")
    folder = root / "class" / "release" / "small"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "small.ipynb").write_bytes(notebook(cells()))
    answer_sheet(load_assignment(root / "assignments" / "small")).visible().save(folder / "small.npz")
    (folder / "dates.json").write_text(json.dumps({"text": "due 14 September", "due": "2026-09-14T20:00:00+00:00"}))
    return Folders.of(root)


@pytest.fixture(scope="module")
def site(course):
    with pytest.raises(SystemExit) as ended:
        cli.main(["lite", "--root", str(course.root)])
    assert ended.value.code == 0
    return course.class_folder / "lite"


def test_the_released_files_are_there_byte_for_byte(site, course):
    for path in (course.folder("release") / "small").iterdir():
        assert (site / "files" / "small" / path.name).read_bytes() == path.read_bytes()
    assert "7 points in 3 exercises · due 14 September" in (site / "index.html").read_text(encoding="utf-8")


def test_pyodide_comes_from_its_network_and_every_package_is_named_with_its_sha256(site):
    settings = json.loads((site / "jupyter-lite.json").read_text(encoding="utf-8"))["jupyter-config-data"]
    (kernel,) = (value for key, value in settings["litePluginSettings"].items() if key.endswith(":kernel"))
    assert kernel["pyodideUrl"] == f"{CDN}pyodide.js"
    lock = site / kernel["loadPyodideOptions"]["lockFileURL"]
    packages = json.loads(lock.read_text(encoding="utf-8"))["packages"]
    assert packages["layerwise"]["imports"] == ["classroom"] and "comm" in packages
    assert set(kernel["loadPyodideOptions"]["packages"]) <= set(packages)
    assert not (site / "static" / "pyodide").exists()


def test_each_page_asks_whether_the_site_and_pyodides_host_answer(site):
    for app in ("notebooks", "tree", "lab"):
        page = (site / app / "index.html").read_text(encoding="utf-8")
        assert f'const PYODIDE = "{CDN}pyodide.js";' in page and "../layerwise-lite.json" in page


def test_nothing_of_staff_and_no_machines_path_is_on_the_site(site, course):
    names = {path.name for path in site.rglob("*")}
    assert not names & {"exercises", "secret", "gradebook.db"}
    for path in [*site.glob("*.json"), *site.glob("*.html"), *(site / "api").rglob("*.json")]:
        assert str(course.root) not in path.read_text(encoding="utf-8"), path
    assert not re.search(r"nbgrader", " ".join(names))


def test_a_second_build_takes_the_place_of_the_first_and_another_folder_is_left_alone(
    site, course, tmp_path, monkeypatch
):
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(Fault, match="holds other things than a site"):
        build_site(course, [], tmp_path)
    monkeypatch.setattr(module, "write_start_page", lambda *_: (_ for _ in ()).throw(Fault("stopped")))
    before = sorted(path.name for path in site.iterdir())
    with pytest.raises(Fault, match="stopped"):
        build_site(course, [], type(site)(os.path.relpath(site)))  # as typed: from where one is
    assert sorted(path.name for path in site.iterdir()) == before
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize(("names", "sentence"), [(["other"], "other is not"), ([], "no assignment is")])
def test_what_is_not_released_is_told(course, tmp_path, names, sentence, monkeypatch):
    if not names:
        monkeypatch.setattr(Folders, "folder", lambda self, kind: tmp_path)
    with pytest.raises(Fault, match=f"{sentence} released: run  classroom release"):
        build_site(course, names, tmp_path / "site")
    assert not (tmp_path / "site").exists()


def test_of_two_released_assignments_the_named_one_is_taken_and_both_where_none_is(course, tmp_path, monkeypatch):
    for name in ("small", "other"):
        shutil.copytree(course.folder("release") / "small", tmp_path / name)
    for path in (tmp_path / "other").glob("small.*"):
        path.rename(path.with_stem("other"))
    monkeypatch.setattr(Folders, "folder", lambda self, kind: tmp_path)
    assert [one.name for one in module._released(course, ["other"])] == ["other"]
    assert sorted(one.name for one in module._released(course, [])) == ["other", "small"]


def test_what_is_typed_reaches_the_build(course, tmp_path, monkeypatch, capsys):
    given = []

    def build(*words, **named):
        given.append((words, named))
        return tmp_path / "index.html"

    monkeypatch.setattr(module, "build_site", build)
    typed = ["lite", "small", "--root", str(course.root), "--to", str(tmp_path), "--pyodide", str(tmp_path / "pyodide")]
    for words in (typed, typed[:4]):
        with pytest.raises(SystemExit) as ended:
            cli.main(words)
        assert ended.value.code == 0
    assert [words[1:] for words, _ in given] == [(["small"], tmp_path), (["small"], course.class_folder / "lite")]
    assert [named for _, named in given] == [{"pyodide": tmp_path / "pyodide"}, {"pyodide": None}]
    assert capsys.readouterr().out.splitlines() == [str(tmp_path / "index.html")] * 2


def test_without_jupyterlite_a_sentence_says_what_to_install(course, tmp_path, monkeypatch):
    monkeypatch.setattr(module.sysconfig, "get_path", lambda name: str(tmp_path))
    with pytest.raises(Fault, match=r"JupyterLite is not installed: pip install -e '\.\[lite\]'"):
        build_site(course, [], tmp_path / "site")
