"""A student's machine, for the tests that play one: the small install of a bundle, an ordinary user, no network."""

import os
import re
import shutil
import subprocess
import sys
import venv
import zipfile
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]


def bundle_of(course: Path) -> Path:
    """Return the bundle of a course in which one assignment is released."""
    (bundle,) = (course / "class" / "bundles").glob("*.zip")
    return bundle


def unpack(bundle: Path, home: Path) -> Path:
    """Unpack a bundle as a student does; gives the folder of the notebook."""
    with zipfile.ZipFile(bundle) as archive:
        archive.extractall(home)
    return home / bundle.stem


def install(python: str, folder: Path, home: Path) -> Path:
    """Install what an unpacked bundle's README says into an environment of its own; gives the environment."""
    (packages,) = re.findall(r"pip install (.+)$", (folder / "README.txt").read_text(encoding="utf-8"), re.MULTILINE)
    subprocess.run([python, "-m", "venv", str(home)], check=True, timeout=120)
    add(home / "bin", *packages.replace("./", f"{folder}/").split())
    return home


def lend(folder: Path, home: Path) -> Path:
    """Install an unpacked bundle without a network: the packages that it asks for are lent by the Python running this.

    What it does not ask for is not there, as after `install`; pip is not there either.

    Parameters
    ----------
    folder : the unpacked bundle
    home : where to make the environment

    Returns
    -------
    The environment.
    """
    venv.create(home, with_pip=False, symlinks=True)
    python = home / "bin" / "python"
    (wheel,) = folder.glob("*.whl")
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*pip, str(wheel)], check=True, timeout=120)
    (packages,) = home.glob("lib/python*/site-packages")
    (course,) = metadata.distributions(name="layerwise", path=[str(packages)])
    for lent in needed(course, {"lab"}):
        for file in lent.files or ():
            if ".." not in file.parts:  # a module or a package, as a whole
                target = packages / file.parts[0]
                if not target.is_symlink():
                    target.symlink_to(lent.locate_file(file.parts[0]))
                continue
            source = Path(lent.locate_file(file)).resolve()
            target = home / source.relative_to(sys.prefix)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target)  # JupyterLab serves no file that is a link to another folder
            if target.parent.name == "bin":
                first, rest = source.read_bytes().split(b"\n", 1)
                assert first.startswith(b"#!"), source
                target.write_bytes(f"#!{python}\n".encode() + rest)
    return home


def lend_pip(home: Path) -> None:
    """Make an environment with nothing but pip, lent by the Python running this: unpacking another takes seconds."""
    venv.create(home, with_pip=False, symlinks=True)
    (packages,) = home.glob("lib/python*/site-packages")
    lent = metadata.distribution("pip")
    for name in {file.parts[0] for file in lent.files or () if ".." not in file.parts}:
        (packages / name).symlink_to(lent.locate_file(name))


def needed(course: metadata.Distribution, extras: set[str]) -> list[metadata.Distribution]:
    """Return the installed distributions that one needs with some of its extras, and those that they need."""
    found: dict[tuple[str, frozenset[str]], metadata.Distribution] = {}
    asked = [(course, frozenset(extras))]
    while asked:
        one, wanted = asked.pop()
        for requirement in map(Requirement, one.requires or ()):
            if requirement.marker and not any(requirement.marker.evaluate({"extra": e}) for e in ("", *wanted)):
                continue
            key = canonicalize_name(requirement.name), frozenset(requirement.extras)
            if key not in found:
                found[key] = metadata.distribution(requirement.name)
                asked.append((found[key], key[1]))
    return list({one.metadata["Name"]: one for one in found.values()}.values())


def add(programs: Path, *packages: str) -> None:
    """Install packages into an environment; a module is compiled when it is imported, and most never are."""
    installed = subprocess.run(
        [programs / "python", "-m", "pip", "install", "--quiet", "--no-compile", *packages],
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert_installed(installed)


def assert_installed(ended: subprocess.CompletedProcess) -> None:
    """Skip the test if pip reached no index, and fail it if pip failed."""
    if re.search("Failed to establish a new connection|name resolution|Network is unreachable", ended.stderr):
        pytest.skip("pip reaches no package index from here")
    assert ended.returncode == 0, ended.stderr


def alone(*, network: bool = False) -> list[str]:
    """Return what to put before a command to run it as an ordinary user and, by default, without a network."""
    bwrap = shutil.which("bwrap")
    if bwrap is None:
        pytest.skip("bubblewrap is missing, which makes an ordinary user without a network: apt-get install bubblewrap")
    prefix = [bwrap, "--die-with-parent", "--unshare-user", "--uid", "1000", "--gid", "1000", "--dev-bind", "/", "/"]
    return [*prefix, *([] if network else ["--unshare-net"]), "--"]


def clean(home: Path) -> dict[str, str]:
    """Return an environment without anything that a developer set."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "JUPYTER"))}
    return {**kept, "HOME": str(home)}


def run(command: Sequence[str | Path], folder: Path, home: Path, *, code: int = 0) -> str:
    """Run a command in the folder of a notebook as a student without a network; gives what it says."""
    ended = subprocess.run(
        [*alone(), *command], cwd=folder, env=clean(home), capture_output=True, text=True, timeout=600
    )
    assert ended.returncode == code, ended.stdout + ended.stderr
    return ended.stdout
