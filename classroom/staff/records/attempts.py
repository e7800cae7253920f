"""All that a student has handed in for an assignment: each attempt with time, hash and points, and which counts."""

import dataclasses
import datetime as dt
import hashlib
import itertools
import json
import os
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from classroom.atomic_write import write_whole
from classroom.fault import Fault
from classroom.staff.folders import Folders
from classroom.staff.records.dates import Policy
from classroom.staff.records.kept_names import below, kept_names
from classroom.staff.records.moment import as_text, from_text
from classroom.staff.records.student_id import shown


@dataclasses.dataclass
class Attempt:
    """One hand-in.

    number : from 1, in the order of arrival
    sha256 : of the notebook
    moment : when it was handed in, in UTC; None where the learning system does not say
    arrived : when it came to us
    origin : what it was called there: a file, or a folder and a file; feedback goes back under this name
    source : the learning system, or "" for a file that somebody put into class/submitted
    said_late : the learning system called it late
    points : of the check cells, of the last examination; None before
    exam : digest of the exam that gave these points
    """

    number: int
    sha256: str
    moment: dt.datetime | None
    arrived: dt.datetime
    origin: str = ""
    source: str = ""
    said_late: bool = False
    points: float | None = None
    exam: str = ""

    @property
    def when(self) -> dt.datetime:
        """The time by which attempts are put in order."""
        return self.moment or self.arrived

    def to_json(self) -> dict[str, Any]:
        """Return the attempt as plain data."""
        return dataclasses.asdict(self) | {"moment": as_text(self.moment), "arrived": as_text(self.arrived)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Attempt":
        """Read what `to_json` wrote."""
        arrived = from_text(data["arrived"])
        assert arrived is not None
        return cls(**{**data, "moment": from_text(data["moment"]), "arrived": arrived})


class Attempts:
    """The attempts of one student at one assignment; they lie under ``class/attempts/<assignment>/<student>``."""

    def __init__(self, folder: Path, notebook: str) -> None:
        self.folder, self._notebook = folder, notebook
        self.all: list[Attempt] = []
        self.counted: int | None = None
        self.by_hand = False  # somebody put the counted one into class/submitted: no rule chooses another
        self._saved = ""
        self._unsaved: dict[int, dict[str, bytes]] = {}  # files of new attempts, by number

    @classmethod
    def of(cls, course: Folders, assignment: str, student: str) -> "Attempts":
        """Read the attempts of a student at an assignment.

        Raises
        ------
        Fault
            If their record is damaged.
        """
        made = cls(course.class_folder / "attempts" / assignment / student, f"{assignment}.ipynb")
        path = made.folder / "attempts.json"
        try:
            made._saved = path.read_text(encoding="utf-8")
            data = json.loads(made._saved)
            made.all = [Attempt.from_json(one) for one in data["attempts"]]
            made.counted, made.by_hand = data["counted"], data["by_hand"]
        except FileNotFoundError:
            pass
        except (ValueError, KeyError, TypeError) as error:
            raise Fault(f"{path} is damaged ({error}): restore it, or move it away to begin a new record") from None
        return made

    def save(self) -> None:
        """Write what is new: the files of attempts first, then the record that names them."""
        for number, files in self._unsaved.items():
            shutil.rmtree(self.folder / str(number), ignore_errors=True)  # of a run that was killed here
            for name, data in files.items():
                write_whole(self.folder / str(number) / name, data)
        self._unsaved.clear()
        record = {"attempts": [one.to_json() for one in self.all], "counted": self.counted, "by_hand": self.by_hand}
        text = json.dumps(record, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
        if text != self._saved:
            write_whole(self.folder / "attempts.json", text.encode())
            self._saved = text

    def path(self, attempt: Attempt) -> Path:
        """Return where an attempt's notebook is kept."""
        return self.folder / str(attempt.number) / self._notebook

    def content(self, attempt: Attempt) -> bytes:
        """Return an attempt's notebook.

        Raises
        ------
        Fault
            If it is not there any more.
        """
        if attempt.number in self._unsaved:
            return self._unsaved[attempt.number][self._notebook]
        try:
            return self.path(attempt).read_bytes()
        except OSError as error:
            raise Fault(f"{self.path(attempt)} cannot be read: {error.strerror}") from None

    def known(self, sha256: str, moment: dt.datetime | None = None) -> Attempt | None:
        """Return the attempt with this content, and with this time where both are known."""
        for one in reversed(self.all):
            if one.sha256 == sha256 and (one.moment is None or moment is None or one.moment == moment):
                return one
        return None

    def get(self, number: int | None) -> Attempt | None:
        """Return an attempt by its number."""
        return next((one for one in self.all if one.number == number), None)

    def add(
        self,
        notebook: bytes,
        moment: dt.datetime | None,
        *,
        origin: str = "",
        source: str = "",
        said_late: bool = False,
        beside: Iterable[tuple[str, bytes]] = (),
    ) -> Attempt:
        """Take an attempt: its notebook under the assignment's name, and what came beside it; `save` writes it."""
        number = max((one.number for one in self.all), default=0) + 1
        digest = hashlib.sha256(notebook).hexdigest()
        arrived = dt.datetime.now(dt.UTC)
        attempt = Attempt(number, digest, moment, arrived, shown(origin), source, said_late)
        others = dict(beside)
        kept = kept_names(others)
        self._unsaved[number] = {self._notebook: notebook} | {f"beside/{kept[name]}": others[name] for name in others}
        self.all.append(attempt)
        return attempt

    def choose(self, policy: Policy, due: dt.datetime | None, worth: Mapping[int, float] = {}) -> Attempt | None:
        """Return the attempt that counts.

        Parameters
        ----------
        policy : the rule
        due : the student's own deadline, in UTC, grace included
        worth : points of each attempt after its lateness, by number, for the rule "best"
        """
        if self.by_hand and (pinned := self.get(self.counted)):
            return pinned
        if not self.all:
            return None
        order = sorted(self.all, key=lambda one: (one.when, one.number))
        if policy == "first":
            return order[0]
        if policy == "in-time":
            punctual = [one for one in order if _in_time(one, due)]
            return punctual[-1] if punctual else order[0]
        if policy == "best" and worth:
            return max(order, key=lambda one: (worth.get(one.number, 0.0), one.when, one.number))
        return order[-1]

    def place(self, attempt: Attempt, submitted: Path) -> None:
        """Save, and put the attempt that counts where grading finds it; the other notebooks there are kept here."""
        self.save()
        _make_way(submitted / self._notebook)
        for other in list(below(submitted)) if submitted.is_dir() else ():
            if (
                other != submitted / self._notebook
                and other.suffix == ".ipynb"
                and not other.is_symlink()
                and other.is_file()
            ):
                other.unlink()
        write_whole(submitted / self._notebook, self.content(attempt))
        # With it nbgrader hands feedback back through its exchange.
        secret = self.path(attempt).parent / "beside" / "submission_secret.txt"
        if secret.is_file():
            _make_way(submitted / secret.name)
            write_whole(submitted / secret.name, secret.read_bytes())
        stamp = submitted / "timestamp.txt"
        _make_way(stamp)
        if attempt.moment is not None:
            write_whole(stamp, f"{attempt.moment:%Y-%m-%d %H:%M:%S} UTC\n".encode())
        elif stamp.exists():
            os.unlink(stamp)
        self.counted = attempt.number
        self.save()


def _make_way(path: Path) -> None:
    """Put a folder aside that somebody handed in under the name of a file."""
    if path.is_dir() and not path.is_symlink():
        names = (path.with_name(f"{path.name} ({number})") for number in itertools.count(2))
        path.rename(next(name for name in names if not os.path.lexists(name)))


def _in_time(attempt: Attempt, due: dt.datetime | None) -> bool:
    if attempt.moment is None:
        return not attempt.said_late
    return due is None or attempt.moment <= due
