"""An installed package of pure Python as a wheel again: for what a browser's kernel needs and Pyodide does not have."""

import base64
import hashlib
from importlib import metadata

from classroom.fault import Fault
from classroom.staff.bundle import packed
from classroom.staff.lite.pyodide import Wheel


def repacked(name: str) -> Wheel:
    """Pack the files of an installed distribution into a wheel.

    Raises
    ------
    Fault
        If it is not installed, or not of pure Python.
    """
    try:
        distribution = metadata.distribution(name)
    except metadata.PackageNotFoundError:
        raise Fault(f"{name} is missing, which notebooks in a browser need: pip install {name}") from None
    recorded = {path.as_posix(): path for path in distribution.files or ()}
    kept = [path for path in recorded if not path.startswith("..") and "__pycache__" not in path]
    files = {path: recorded[path].read_binary() for path in kept if path.rpartition("/")[2] not in _INSTALLERS}
    tags = [line for line in (distribution.read_text("WHEEL") or "").splitlines() if line.startswith("Tag:")]
    if not tags or not all(line.endswith("-none-any") for line in tags):
        raise Fault(f"{name} is not of pure Python, so no browser can run it")
    folder = next(path.split("/")[0] for path in files if ".dist-info/" in path)
    lines = [f"{path},sha256={_digest(content)},{len(content)}" for path, content in sorted(files.items())]
    files[f"{folder}/RECORD"] = "\n".join([*lines, f"{folder}/RECORD,,", ""]).encode()
    file_name = f"{folder.removesuffix('.dist-info')}-py3-none-any.whl"
    modules = tuple(
        sorted({path.split("/")[0] for path in files if path.endswith("/__init__.py") and path.count("/") == 1})
    )
    return Wheel(name, file_name, packed(files), modules)


# What the installer wrote beside the package.
_INSTALLERS = {"RECORD", "INSTALLER", "REQUESTED", "direct_url.json"}


def _digest(content: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
