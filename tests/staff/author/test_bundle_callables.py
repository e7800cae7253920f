"""What can be called in a bundle is found wherever it stands, and nothing that a bundle runs ends the search."""

import base64
import io
import json
import sys
import zipfile
import zlib

import numpy as np
import pytest

from classroom.staff.author.bundle_callables import own, toolkit

CURVE = "def curve(x):\n    return x * x\n"


@pytest.fixture(autouse=True)
def modules_as_before(monkeypatch):
    monkeypatch.setattr(sys, "path", [*sys.path])
    before = set(sys.modules)
    yield
    for name in set(sys.modules) - before:
        del sys.modules[name]


def notebook(*cells):
    return json.dumps({"cells": [{"cell_type": "code", "source": text} for text in cells]}).encode()


def sheet(text):
    """Return an answer sheet whose table of contents has this text somewhere."""
    index = np.frombuffer(json.dumps({"exercises": [{"hints": [text]}]}).encode(), np.uint8)
    archive = io.BytesIO()
    np.savez(archive, index=index)
    return archive.getvalue()


def found(folder, files):
    return {name: given for home in own(files, folder) for name, given in home.callables.items()}


@pytest.mark.parametrize(
    ("files", "name"),
    [
        ({"given_curve.py": CURVE.encode()}, "given_curve.curve"),
        ({"given_curve.py": b"PARTS = {'curve': [lambda x: x * x]}"}, "given_curve.PARTS['curve'][0]"),
        ({"given_parts.py": b"def parts():\n    return {'curve': lambda x: x * x}"}, "given_parts.parts()['curve']"),
        ({"given_layer.py": b"class Square:\n    def of(self, x):\n        return x * x\n"}, "given_layer.Square.of"),
        ({"given_layer.py": b"class Square:\n    of = staticmethod(lambda x: x * x)"}, "given_layer.Square.of"),
        ({"n.ipynb": notebook("1 / 0", f"stops()\n{CURVE}")}, "n.ipynb.curve"),
        ({"n.ipynb": notebook("%time\nraise SystemExit", CURVE)}, "n.ipynb.curve"),
        ({"n.json": json.dumps([base64.b64encode(CURVE.encode()).decode()]).encode()}, "n.json.curve"),
        ({"n.npz": sheet(base64.b64encode(CURVE.encode()).decode())}, "n.npz!index.npy.curve"),
        ({"n.npz": sheet(CURVE)}, "n.npz!index.npy.curve"),
        ({"n.json": json.dumps([base64.b64encode(zlib.compress(CURVE.encode())).decode()]).encode()}, "n.json.curve"),
    ],
)
def test_what_can_be_called_is_found(tmp_path, files, name):
    assert found(tmp_path, files)[name](3) == 9


def test_a_function_that_is_still_to_be_written_and_a_check_are_left_out(tmp_path):
    stub = "def curve(x):\n    raise NotImplementedError\n"
    assert not found(tmp_path, {"n.ipynb": notebook(stub, "check.open('n')", "import numpy as np")})


def test_of_a_wheel_the_modules_of_the_toolkit_are_imported():
    wheel = io.BytesIO()
    with zipfile.ZipFile(wheel, "w") as archive:
        for name in ("classroom/judge/gradient.py", "classroom/cli.py", "classroom/__init__.py"):
            archive.writestr(name, "")
    homes = toolkit({"layerwise-1-py3-none-any.whl": wheel.getvalue()})
    assert "classroom.judge.gradient" in {home.name for home in homes}
    assert "classroom.cli" not in {home.name for home in homes}
