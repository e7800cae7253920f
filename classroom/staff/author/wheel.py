"""The wheel that students install: the student's part of `classroom`, numbered by the class it is handed out to.

pip leaves an installed package alone when a file has the same version.  So that a bundle brings its newer code, each
change of the code gets the next number, behind the version: 0.1.0+1, 0.1.0+2.
"""

import hashlib
import json
import tempfile
import tomllib
from pathlib import Path

from classroom.atomic_write import write_whole
from classroom.fault import Fault
from classroom.staff.folders import Folders

HANDED_OUT = "wheels.json"  # in the class's folder: the sha256 of each code that was handed out, in order


def student_wheel(course: Folders) -> tuple[str, bytes]:
    """Build the wheel that students of a class install.

    Parameters
    ----------
    course : whose class counts the wheels that differ; the same code keeps its number

    Returns
    -------
    name, content
        The file name and the bytes.

    Raises
    ------
    Fault
        If this is no clone of the course, from which alone it can be built.
    """
    _, content = build_wheel()
    digest, record = hashlib.sha256(content).hexdigest(), course.class_folder / HANDED_OUT
    handed_out: list[str] = json.loads(record.read_text(encoding="utf-8")) if record.is_file() else []
    if handed_out[-1:] != [digest]:
        handed_out.append(digest)
        write_whole(record, json.dumps(handed_out, indent=1).encode())
    return build_wheel(len(handed_out))


def build_wheel(number: int | None = None) -> tuple[str, bytes]:
    """Build the wheel under a number; None leaves the version as it is."""
    from hatchling.builders.wheel import WheelBuilder

    project = Path(__file__).resolve().parents[3]
    if not (project / "pyproject.toml").exists():
        raise Fault("the student's wheel is built from a clone of the course, and this is no clone")
    settings = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))
    if number is not None:
        settings["project"]["version"] += f"+{number}"
    with tempfile.TemporaryDirectory(prefix="wheel-") as folder:
        (made,) = WheelBuilder(str(project), config=settings).build(directory=folder, versions=["standard"])
        return Path(made).name, Path(made).read_bytes()
