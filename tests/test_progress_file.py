"""What has been reached is kept beside the notebook."""

import datetime
import sys
import types

import pytest

from classroom import progress_file
from classroom.progress_file import ProgressFile


def test_it_survives_a_restart(tmp_path):
    first = ProgressFile("small", tmp_path)
    first.record("relu", "right", 4.0)
    first.record("prelu", "wrong", 2.0)
    again = ProgressFile("small", tmp_path)
    assert again.entries["prelu"] == {"outcome": "wrong", "points": 2.0, "right": ""}
    assert again.last_right("relu") and again.last_right("prelu") == "" == again.last_right("never checked")


def test_what_was_right_once_stays_known_when_it_is_broken_later(tmp_path):
    progress = ProgressFile("small", tmp_path)
    progress.record("relu", "right", 4.0)
    moment = datetime.datetime.now().astimezone()
    progress.record("relu", "crashed", 0.0)
    assert progress.entries["relu"]["outcome"] == "crashed"
    assert progress.last_right("relu").startswith(f"{moment:%d %b}")


@pytest.mark.parametrize("text", ["", "{", "[1, 2]", '{"relu": 5}', '{"relu": {"points": "many"}}'])
def test_a_damaged_file_begins_anew(tmp_path, text):
    (tmp_path / ".small.progress.json").write_text(text)
    progress = ProgressFile("small", tmp_path)
    assert progress.entries == {}
    progress.record("relu", "right", 4.0)
    assert ProgressFile("small", tmp_path).entries["relu"]["points"] == 4.0


def test_a_folder_that_cannot_be_written_to_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    progress = ProgressFile("small", tmp_path / "file")
    progress.record("relu", "right", 4.0)
    assert not progress.kept and progress.last_right("relu")


def test_in_a_page_the_store_of_the_page_keeps_it(tmp_path, monkeypatch):
    class Store(dict):
        def getItem(self, name):
            return self.get(name)

        def setItem(self, name, text):
            self[name] = text

    store = Store()
    monkeypatch.setattr(progress_file, "IN_BROWSER", True)
    monkeypatch.setitem(sys.modules, "js", types.SimpleNamespace(localStorage=store))
    ProgressFile("small", tmp_path).record("relu", "right", 4.0)
    assert ProgressFile("small", tmp_path).entries["relu"]["points"] == 4.0 and not list(tmp_path.iterdir())
    monkeypatch.setitem(sys.modules, "js", types.SimpleNamespace())  # a worker has no store
    ProgressFile("small", tmp_path).record("relu", "right", 4.0)
    assert list(tmp_path.iterdir())
