"""Each way in which a notebook's file can be broken has its sentence, which says how to mend it."""

import json

import pytest

from classroom.fault import Fault
from classroom.notebook_file import described, grade_id, is_stub, read_notebook, source_of

WHOLE = json.dumps({"cells": [{"cell_type": "code", "source": ["a = 1\r\n", "b = 2"], "metadata": {}}]})


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", r"one\.ipynb is empty: copy it from where you last had it whole"),
        ("  \n", r"one\.ipynb is empty"),
        (WHOLE[:40], r"one\.ipynb ends in the middle: copy it"),
        ("no json", r"one\.ipynb is no notebook \(Expecting value"),
        ("[1, 2]", r"one\.ipynb is no notebook: "),
        ("{}", r"one\.ipynb is no notebook: "),
        ('{"cells": [3]}', r"one\.ipynb is no notebook: "),
        (
            '{"cells": [\n<<<<<<< HEAD\n {}\n=======\n []\n>>>>>>> other\n]}',
            r"holds a merge conflict \(line 2, '<<<<<<< HEAD'\): take one .* git checkout --ours one\.ipynb",
        ),
    ],
)
def test_a_broken_file_is_one_sentence(tmp_path, content, sentence):
    path = tmp_path / "one.ipynb"
    path.write_text(content)
    with pytest.raises(Fault, match=sentence):
        read_notebook(path)


def test_what_jupyter_has_kept_is_named(tmp_path):
    kept = tmp_path / ".ipynb_checkpoints" / "one-checkpoint.ipynb"
    kept.parent.mkdir()
    kept.write_text(WHOLE)
    (tmp_path / "one.ipynb").write_text("")
    with pytest.raises(
        Fault, match=r"is empty: Jupyter kept an earlier one, \.ipynb_checkpoints/one-checkpoint\.ipynb"
    ):
        read_notebook(tmp_path / "one.ipynb")


def test_a_byte_order_mark_and_lines_of_windows_are_no_fault(tmp_path):
    (tmp_path / "one.ipynb").write_bytes(b"\xef\xbb\xbf" + WHOLE.encode())
    (cell,) = read_notebook(tmp_path / "one.ipynb")["cells"]
    assert source_of(cell) == "a = 1\nb = 2" and grade_id(cell) == "" and not is_stub(cell)


def test_words_of_a_conflict_inside_a_cell_are_none(tmp_path):
    text = json.dumps({"cells": [{"cell_type": "raw", "metadata": {}, "source": "<<<<<<< HEAD\n>>>>>>> other"}]})
    (tmp_path / "one.ipynb").write_text(text)
    assert len(read_notebook(tmp_path / "one.ipynb")["cells"]) == 1


def test_a_cell_is_described_by_its_place_and_how_it_begins():
    assert described([{"source": ""}, {"source": "\ny = 3\nz = 4"}], 1) == "cell 2 ('y = 3')"
    assert described([{"source": ""}], 0) == "cell 1"


def test_in_the_browser_a_copy_is_had_from_the_start_page(monkeypatch, tmp_path):
    path = tmp_path / "a.ipynb"
    path.write_text("{")
    with pytest.raises(Fault, match="or unpack the assignment again and paste your answers"):
        read_notebook(path)
    monkeypatch.setattr("classroom.notebook_file.IN_BROWSER", True)
    with pytest.raises(Fault, match="rename yours, open the assignment from the start page again and paste"):
        read_notebook(path)
