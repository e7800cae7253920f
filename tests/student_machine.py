"""A student's machine, for the tests that play one: the small install of a bundle, an ordinary user, no network."""

import os
import re
import shutil
import subprocess
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

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


def add(programs: Path, *packages: str) -> None:
    """Install packages into an environment; a module is compiled when it is imported, and most never are."""
    installed = subprocess.run(
        [programs / "python", "-m", "pip", "install", "--quiet", "--no-compile", *packages],
        capture_output=True,
        text=True,
        timeout=600,
    )
    if re.search("Failed to establish a new connection|name resolution|Network is unreachable", installed.stderr):
        pytest.skip("pip reaches no package index from here")
    assert installed.returncode == 0, installed.stderr


def alone(*, network: bool = False) -> list[str]:
    """Return what to put before a command to run it as an ordinary user and, by default, without a network."""
    bwrap = shutil.which("bwrap")
    if bwrap is None:
        pytest.skip("bubblewrap is missing, which makes an ordinary user without a network: apt-get install bubblewrap")
    prefix = [bwrap, "--unshare-user", "--uid", "1000", "--gid", "1000", "--dev-bind", "/", "/"]
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
