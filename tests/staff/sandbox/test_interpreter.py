"""Cells in a child: one namespace, shared with nobody, its own seed, and figures on request."""

import pytest
from child import able, run

from classroom.staff.sandbox.sandbox import Zygote

pytestmark = pytest.mark.slow


@able
def test_a_child_runs_cells_in_one_namespace(zygote):
    with zygote.open(0) as child:
        assert run(child, "def f(x):\n    return x + 1") == ""
        assert run(child, "print(f(2))") == "3"
        assert run(child, "f(3)") == "4"


@able
def test_children_share_nothing(zygote):
    with zygote.open(0) as first:
        run(first, "here = 1\nopen('/tmp/note', 'w').write('x')\nimport numpy as np\nnp.pi = 3")
        with zygote.open(0) as second:
            assert run(second, "here") == "NameError"
            assert run(second, "import os; print(os.path.exists('/tmp/note'))") == "False"
            assert run(second, "import numpy as np; print(round(np.pi, 2))") == "3.14"


@able
def test_the_seed_differs_between_submissions_and_not_between_runs(zygote):
    draws = []
    for seed in (1, 2, 1):
        with zygote.open(seed) as child:
            draws.append(run(child, "import numpy as np, random; print(np.random.rand(), random.random())"))
    assert draws[0] == draws[2] != draws[1]


@able
def test_a_figure_comes_as_pixels_or_not_at_all():
    zygote = Zygote(["matplotlib.pyplot"])
    source = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()"
    with zygote.open(0) as child:
        answer = child.ask({"do": "cell", "source": source, "outputs": True, "figures": True}, 30)
        assert [item["kind"] for item in answer["outputs"]] == ["picture"]
        assert answer["outputs"][0]["pixels"].shape[2] == 4
        assert run(child, source) == "[figure]"
    zygote.close()


@able
@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("\n  \nx = 2; print(x)", "2"),
        ("    x = 3\n    print(x)", "3"),
        (">>> x = 4\n>>> print(x)", "4"),
        ("In [1]: print(5)", "5"),
        ("print(len('''a\n   \nb'''))", "4"),  # IPython empties lines of space alone, in texts too
        ("%time x = 7\nprint(x)", "7"),
        ("x = 8; print(x)", "8"),
    ],
)
def test_a_cell_is_read_as_in_a_notebook_whether_or_not_it_is_python_as_it_stands(zygote, source, shown):
    with zygote.open(0) as child:
        answer = child.ask({"do": "cell", "source": source, "outputs": True, "figures": False}, 20)
        assert "".join(item["text"] for item in answer["outputs"]).endswith(f"{shown}\n")


@able
def test_what_the_first_cell_imports_is_there_before_a_room_opens(zygote):
    asked = "import sys\nprint({'glob', 'importlib.metadata', 'shutil'} <= sys.modules.keys())"
    with zygote.open(0) as child:
        assert run(child, asked) == "True"
