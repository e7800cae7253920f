"""Where a course keeps its things: the folders and the gradebook that nbgrader_config.py names."""

import dataclasses
import secrets
from pathlib import Path
from typing import Any

from classroom.atomic_write import write_whole
from classroom.fault import Fault


@dataclasses.dataclass(frozen=True)
class Folders:
    """The folders of a course, and what its nbgrader_config.py says."""

    root: Path
    config: Any = dataclasses.field(repr=False)

    @classmethod
    def of(cls, root: str | Path) -> "Folders":
        """Read the settings of the course in this folder."""
        from traitlets.config.loader import ConfigFileNotFound, PyFileConfigLoader

        root = Path(root).resolve()
        try:
            config = PyFileConfigLoader("nbgrader_config.py", path=str(root)).load_config()
        except ConfigFileNotFound:
            raise Fault(f"{root} is no course: it has no nbgrader_config.py") from None
        return cls(root, config)

    @classmethod
    def above(cls, path: Path) -> "Folders":
        """Read the settings of the course that a file or folder belongs to.

        Raises
        ------
        Fault
            If no folder above it holds nbgrader_config.py.
        """
        for folder in path.resolve().parents:
            if (folder / "nbgrader_config.py").is_file():
                return cls.of(folder)
        raise Fault(f"{path} belongs to no course: no folder above it has nbgrader_config.py")

    def setting(self, name: str, default: str) -> str:
        """Return one setting of nbgrader's CourseDirectory."""
        value = self.config.CourseDirectory.get(name, default)
        return str(value)

    def folder(self, kind: str) -> Path:
        """Return the folder "source", "release", "submitted", "autograded" or "feedback"."""
        return self.root / self.setting(f"{kind}_directory", kind)

    @property
    def db_url(self) -> str:
        """The gradebook; a relative SQLite path counts from the folder of the course, as it does for nbgrader."""
        url = self.setting("db_url", "sqlite:///gradebook.db")
        prefix = "sqlite:///"
        if url.startswith(prefix) and not url.startswith(prefix + "/"):
            return f"{prefix}{self.root / url.removeprefix(prefix)}"
        return url

    @property
    def course_id(self) -> str:
        return self.setting("course_id", "default_course")

    @property
    def class_folder(self) -> Path:
        """Where everything about one class lies; git ignores it."""
        return self.folder("autograded").parent

    @property
    def workshop(self) -> Path:
        """Where grading keeps results, beside what nbgrader makes."""
        return self.class_folder / "grading"

    def lost_secret(self) -> Path | None:
        """Return where the class secret is missing, though something has been graded with it; None if all is well."""
        path = self.workshop / "secret"
        return path if not path.exists() and any(self.workshop.glob("*/recorded/*.json")) else None

    def secret(self) -> str:
        """Return the class secret that the hidden cases are drawn from; a class that begins gets one.

        Raises
        ------
        Fault
            If it is missing, and something has been graded with it.
        """
        if lost := self.lost_secret():
            raise Fault(
                f"{lost} is missing, and this class has been graded with it: with another secret the hidden cases "
                f"are others.  Put your copy back, or delete {self.workshop} to grade everything anew"
            )
        path = self.workshop / "secret"
        if not path.exists():
            write_whole(path, secrets.token_hex(16).encode(), 0o600)
        return path.read_text().strip()
