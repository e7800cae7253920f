"""Cells in a child: one namespace, shared with nobody, its own seed, and figures on request."""

from pathlib import Path

import matplotlib
import numpy as np
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


FIGURES = """
import matplotlib.pyplot as plt
import numpy as np
x = np.linspace(-4, 4, 50)
fig, axes = plt.subplots(2, 3, figsize=(8, 4), sharex=True, sharey=True, layout="constrained")
for axis in axes.flat:
    axis.plot(x, np.tanh(x), label="y")
    axis.set(title="tanh", xlabel="x")
fig, axes = plt.subplots(1, 2, figsize=(8, 3), sharey=True, layout="constrained", gridspec_kw={"width_ratios": [1, 5]})
axes[0].plot(1e6 + x)
axes[1].semilogx(10.0 ** x, 3e5 * x)
fig.colorbar(axes[0].imshow(x.reshape(5, 10) * 1e6), ax=axes[1])
fig = plt.figure(figsize=(6, 3))
fig.add_subplot(121, projection="3d").plot([1, 2], [3, 4], [5, 6])
fig.add_subplot(122, projection="polar").plot([0, 1, 2], [1, 2, 3])
"""
WHAT_IS_DRAWN = """
import matplotlib.axis
placed = []
place = matplotlib.axis.Axis._update_ticks
matplotlib.axis.Axis._update_ticks = lambda axis: placed.append(axis) or place(axis)
"""
AS_IT_IS = "import contextlib, sys\nsys.modules['interpreter']._ticks_placed_once = contextlib.nullcontext\n"


@able
def test_a_figure_whose_ticks_are_placed_once_is_the_one_that_matplotlib_draws():
    zygote = Zygote(["matplotlib.pyplot"])
    drawn, counts = [], []
    for before in (WHAT_IS_DRAWN, WHAT_IS_DRAWN + AS_IT_IS):
        with zygote.open(0) as child:
            run(child, before)
            answer = child.ask({"do": "cell", "source": FIGURES, "outputs": True, "figures": True}, 60)
            drawn.append([item["pixels"] for item in answer["outputs"] if item["kind"] == "picture"])
            counts.append(int(run(child, "print(len(placed))")))
    zygote.close()
    assert len(drawn[0]) == 3
    assert all(np.array_equal(one, other) for one, other in zip(*drawn, strict=True))
    assert 2 * counts[0] < counts[1]


@able
def test_every_font_that_pixels_are_drawn_with_is_found():
    zygote = Zygote(["matplotlib.pyplot"])
    asked = "from matplotlib.font_manager import fontManager\nprint(len({one.fname for one in fontManager.ttflist}))"
    with zygote.open(0) as child:
        found = int(run(child, asked))
    zygote.close()
    assert found == len(list(Path(matplotlib.get_data_path(), "fonts/ttf").glob("*.ttf")))
