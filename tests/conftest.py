"""Settings of every test."""

import fcntl
import functools
import gc
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from classroom.judge.answer_sheet import AnswerSheet

# The same examples in every run: a test that fails today fails tomorrow, and nothing depends on how fast a machine is.
settings.register_profile("house", derandomize=True, deadline=None, max_examples=25)
settings.load_profile("house")

# Files that take twenty seconds or more.  They go first, and lectures behind them, so that at the end no worker waits
# for another one's; what an earlier file has made once, a later one finds.
LONG = (
    "test_install.py",
    "test_quality.py",
    "test_attacks.py",
    "test_never_lost.py",
    "test_pyodide.py",
    "test_browser.py",
    "test_assignments.py",
    "test_instructor_walk.py",
    "test_demo.py",
    "test_attacks_on_points.py",
    "test_measure_swell.py",
    "test_real_bugs.py",
    "test_site.py",
    "test_lite.py",
    "test_build.py",
    "test_release.py",
    "test_assignment.py",
    "test_preflight.py",
    "test_first_cell.py",
    "test_formgrader.py",
    "test_busy_machine.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Bring the long files to the front; those of a file stay together and in their order."""
    place = {name: number for number, name in enumerate(LONG)}
    lecture, short = len(LONG), len(LONG) + 1
    items.sort(key=lambda item: place.get(item.path.name, lecture if item.path.suffix == ".ipynb" else short))


def pytest_sessionstart() -> None:
    """Collect no garbage while thousands of tests and their modules are read, for none of that is garbage."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Keep what was read, and stays to the end, out of every collection of garbage."""
    gc.freeze()
    gc.enable()


def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """Collect what Jupyter's packages leave open, under the filters that let it pass: behind the last test of a file.

    Otherwise it is collected in the middle of another file, where a judge turns every warning into an error.  What is
    alive then is not looked through again: that took most of a second behind each file.
    """
    if "jupyter_client" in sys.modules and (nextitem is None or nextitem.path != item.path):
        gc.collect()
        gc.freeze()


ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def made_once(tmp_path_factory):
    """Give what makes a file or folder once for all workers of a run: `made_once(name, make)`; copy what you change.

    `make` is called with the path at which to make it, by whoever asks first; the others wait.
    """
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "made-once"

    def made(name: str, make: Callable[[Path], object]) -> Path:
        path = shared / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(path.with_name(f"{path.name}.lock"), "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            done = path.with_name(f"{path.name}.done")  # an environment may not be moved: a file says that it is whole
            if not done.exists():
                shutil.rmtree(path, ignore_errors=True)  # of a worker that did not come to its end
                make(path)
                done.touch()
        return path

    return made


@pytest.fixture(scope="session")
def declared_course(made_once):
    """Give a course of one assignment whose hidden cases are drawn, by one secret in every run: do not change it."""

    def make(root: Path) -> None:
        from classroom.staff.folders import Folders
        from classroom.staff.grade.exam import full_sheet_bytes

        shutil.copytree(ROOT / "assignments" / root.name, root / "assignments" / root.name)
        shutil.copy(ROOT / "nbgrader_config.py", root)
        course = Folders.of(root)
        course.workshop.mkdir(parents=True)
        (course.workshop / "secret").write_text("quality")
        full_sheet_bytes(course, root.name)

    return lambda name: made_once(f"declared/{name}", make)


@pytest.fixture(scope="session")
def released(made_once, declared_course):
    """Give the course in which an assignment is released: `released(name)`."""

    def make(root: Path) -> None:
        from classroom.staff.author.release import release
        from classroom.staff.folders import Folders

        shutil.copytree(declared_course(root.name), root)
        release(Folders.of(root), root.name)

    return lambda name: made_once(f"released/{name}", make)


@pytest.fixture(scope="session")
def student_programs(made_once, released):
    """Where the programs of a student are: a bundle's small install on this Python; add nothing to it.

    (Installed by pip, on another Python, it is in tests/test_install.py.)
    """
    from student_machine import bundle_of, lend, unpack

    def make(home: Path) -> None:
        lend(unpack(bundle_of(released("activations")), home), home / "environment")

    return made_once("student", make) / "environment" / "bin"


@pytest.fixture(scope="session")
def full_sheets(declared_course):
    """Give the sheet of an assignment with its hidden cases, drawn for a class of these tests: `full_sheets(name)`."""

    @functools.cache
    def sheet(name: str) -> "AnswerSheet":
        from classroom.judge.answer_sheet import AnswerSheet
        from classroom.staff.folders import Folders
        from classroom.staff.grade.exam import full_sheet_bytes

        return AnswerSheet.from_bytes(full_sheet_bytes(Folders.of(declared_course(name)), name))

    return sheet


@pytest.fixture(scope="session")
def torchvision():
    """Make torchvision importable where pip paired one built for a GPU with a torch that is not.

    Its import stops there at the first compiled operator that it describes.  The data sets use none of them, so for the
    tests they are declared without being had.
    """
    import torch

    try:
        import torchvision
    except RuntimeError:
        library = torch.library.Library("torchvision", "FRAGMENT")
        for operator in ("nms", "qnms"):
            library.define(f"{operator}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        import torchvision

        yield torchvision
        del library  # torch forgets the declaration together with the object that made it
    else:
        yield torchvision
