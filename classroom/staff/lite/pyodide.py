"""Pyodide, Python for the browser: which packages a site needs of it, where they lie, and that they are the right ones.

`pyodide-lock.json` beside this file is the part of Pyodide's own lock that the course and its kernel need: numpy,
matplotlib, IPython, and what these need.
"""

import base64
import copy
import hashlib
import json
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from classroom.fault import Fault

VERSION = "0.27.7"
CDN = f"https://cdn.jsdelivr.net/pyodide/v{VERSION}/full/"
# The program itself; its packages stand in the lock.
CORE = ("pyodide.js", "pyodide.asm.js", "pyodide.asm.wasm", "python_stdlib.zip")
LOCK = "pyodide-lock.json"
MARK = "layerwise-lite.json"  # tells a folder that `classroom lite` wrote from one that it must not replace


@dataclass(frozen=True)
class Wheel:
    """A package of pure Python that a site brings itself.

    name : str
        Of the distribution.
    file_name : str
        Of the wheel.
    content : bytes
    imports : tuple of str
        The modules that a cell imports; the kernel loads the package when a cell does.
    depends : tuple of str
        Packages of the lock.
    """

    name: str
    file_name: str
    content: bytes
    imports: tuple[str, ...]
    depends: tuple[str, ...] = ()

    def entry(self) -> dict[str, Any]:
        """Describe it as Pyodide's lock does, with its bytes inside.

        Notes
        -----
        A relative address in a lock counts from where Pyodide lies, which is mostly another host.  A wheel inside the
        lock needs no address: the site can stand anywhere, and no old wheel meets a new lock in a cache.
        """
        data = base64.b64encode(self.content).decode()
        return {
            "name": self.name,
            "version": self.file_name.split("-")[1],
            "file_name": f"data:application/zip;base64,{data}#/{self.file_name}",
            "sha256": hashlib.sha256(self.content).hexdigest(),
            "imports": list(self.imports),
            "depends": list(self.depends),
            "install_dir": "site",
            "package_type": "package",
            "unvendored_tests": False,
        }


def official_lock() -> dict[str, Any]:
    """Return the part of Pyodide's own lock that the course needs."""
    found: dict[str, Any] = json.loads(Path(__file__).with_name(LOCK).read_text(encoding="utf-8"))
    return found


def site_lock(wheels: Iterable[Wheel], base: str = "") -> dict[str, Any]:
    """Return the lock of a site: Pyodide's packages at their place, and the site's own wheels.

    Parameters
    ----------
    wheels : what the site brings
    base : address of the folder with Pyodide's packages; "" where they lie beside Pyodide itself
    """
    lock = copy.deepcopy(official_lock())
    for package in lock["packages"].values():
        package["file_name"] = base + package["file_name"]
    lock["packages"] |= {wheel.name: wheel.entry() for wheel in wheels}
    return lock


def copy_pyodide(folder: Path, target: Path) -> None:
    """Copy Pyodide and the packages of the lock out of an unpacked release, each of which must be the official one.

    Raises
    ------
    Fault
        If a file is missing, or a package is another one than Pyodide's lock says.
    """
    packages = {package["file_name"]: package["sha256"] for package in official_lock()["packages"].values()}
    missing = [name for name in (*CORE, *packages) if not (folder / name).is_file()]
    if missing:
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        raise Fault(
            f"{folder} holds no {missing[0]}{more}: it has to be the unpacked release {VERSION} of Pyodide, "
            "the full one with its packages"
        )
    for name, digest in packages.items():
        found = hashlib.sha256((folder / name).read_bytes()).hexdigest()
        if found != digest:
            raise Fault(f"{folder / name} is not the file of Pyodide {VERSION}: its sha256 is {found}, needs {digest}")
    target.mkdir(parents=True, exist_ok=True)
    for name in (*CORE, *packages):
        shutil.copyfile(folder / name, target / name)
