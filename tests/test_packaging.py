"""The wheel and the sdist that students get: the classroom, its data and licences, nothing of staff, no solution."""

import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Build the sdist from the repository and the wheel from the sdist, as an index would serve them."""
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)],
        check=True,
        capture_output=True,
        timeout=120,
    )
    (wheel,), (sdist,) = folder.glob("*.whl"), folder.glob("*.tar.gz")
    with zipfile.ZipFile(wheel) as packed:
        in_wheel = {name: packed.read(name) for name in packed.namelist()}
    with tarfile.open(sdist) as packed:
        in_sdist = {
            member.name.split("/", 1)[1]: packed.extractfile(member).read() for member in packed if member.isfile()
        }
    return {"wheel": in_wheel, "sdist": in_sdist}


@pytest.mark.parametrize("kind", ["wheel", "sdist"])
def test_students_get_the_classroom_without_staff_and_without_solutions(built, kind):
    names = list(built[kind])
    assert "classroom/cli.py" in names and "classroom/data.py" in names
    rooms = ("solutions/", "assignments/", "course/", "tests/", "classroom/staff")
    assert [name for name in names if name.startswith(rooms) or "exercises" in name] == []
    house = {path.relative_to(ROOT).as_posix() for path in (ROOT / "classroom").rglob("*.py")}
    modules = {name for name in house if not name.startswith("classroom/staff")}
    assert {name for name in names if name.endswith(".py")} == modules


def test_the_wheel_carries_data_and_licences(built):
    assert built["wheel"]["classroom/digits.npz"] == (ROOT / "data" / "digits.npz").read_bytes()
    licences = {name.rsplit("/", 1)[1] for name in built["wheel"] if "/licenses/" in name}
    assert licences == {"LICENSE", "LICENSE-course"}


def test_the_wheel_is_called_layerwise_and_needs_numpy_and_matplotlib_alone(built):
    (metadata,) = (text.decode() for name, text in built["wheel"].items() if name.endswith("METADATA"))
    assert "\nName: layerwise\n" in metadata and "\nLicense-Expression: BSD-3-Clause\n" in metadata
    needed = re.findall(r"^Requires-Dist: (?!.*extra ==)([\w-]+)", metadata, re.MULTILINE)
    assert sorted(needed) == ["matplotlib", "numpy"]


def test_torch_and_torchvision_are_pinned_together():
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    assert extras["torch"] == ["torch==2.13.0", "torchvision==0.28.0"]
    assert {"cluster", "torch", "dev"} <= set(extras)
    assert "torch" in extras["dev"][0] and not any("torch" in line for line in extras["staff"])


def test_whoever_works_on_an_own_machine_gets_an_editor_and_the_command_line():
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    assert {re.split("[<>=]", line)[0] for line in extras["lab"]} == {"jupyterlab", "typer"}
    assert "layerwise[lab]" in extras["lectures"]
    assert "layerwise[lectures]" in extras["staff"] and "layerwise[staff]" in extras["lite"]
    assert all("==" in line for line in extras["lite"] if line.startswith("jupyterlite"))


def test_the_citation_names_the_version_of_the_package():
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert f"\nversion: {version}\n" in (ROOT / "CITATION.cff").read_text()


def test_make_alone_lists_the_targets():
    listed = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True, timeout=30).stdout
    assert set(re.findall(r"make (\w+)", listed)) >= {"demo", "test", "lint", "build", "bench", "clean", "site"}


def test_ci_calls_make_test_and_nothing_else():
    commands = (ROOT / ".ci" / "run").read_text().splitlines()
    assert commands[-1] == "exec make test"
    assert not any(word in line for line in commands[:-1] for word in ("pip", "pytest", "ruff"))
