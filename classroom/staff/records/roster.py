"""The roster: who is in the class, and by which names and numbers each learning system knows them."""

import dataclasses
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from classroom.atomic_write import write_whole
from classroom.fault import Fault
from classroom.staff.folders import Folders
from classroom.staff.records.student_id import composed, shown
from classroom.staff.records.table import made_table, read_table, rearmed

# By which names and numbers learning systems know a student.
KEYS = ("canvas", "sis", "login", "username", "number", "email", "participant")
# The university's number and what a student types to log in have another header in each system.
_SAME = {"sis": "number", "number": "sis", "login": "username", "username": "login"}


@dataclasses.dataclass(frozen=True)
class Member:
    """One student of the roster.

    student : the id, by which folders and the gradebook know the student
    keys : the names and numbers that learning systems have for the student, by kind
    left : the day on which the student was taken off the roster, as 2026-10-03; "" for who is in the class
    """

    student: str
    first_name: str = ""
    last_name: str = ""
    keys: Mapping[str, str] = dataclasses.field(default_factory=dict)
    left: str = ""

    @property
    def name(self) -> str:
        """First and last name."""
        return " ".join(filter(None, (self.first_name, self.last_name)))

    @property
    def email(self) -> str:
        return self.keys.get("email", "")


class Roster:
    """The students of a class; `class/roster.csv`.

    Parameters
    ----------
    everybody : by id, also who has left: they are in `left`, and everything else is about `members`
    """

    def __init__(self, everybody: Mapping[str, Member]) -> None:
        self.members = {student: one for student, one in everybody.items() if not one.left}
        self.left = {student: one for student, one in everybody.items() if one.left}
        self._by_key: dict[tuple[str, str], set[str]] = {}
        for member in self.members.values():
            for kind, value in member.keys.items():
                for one in value.split("|"):
                    for same in (kind, _SAME.get(kind, kind)):
                        self._by_key.setdefault((same, _folded(one)), set()).add(member.student)
            self._by_key.setdefault(("name", _folded(member.name)), set()).add(member.student)
            self._by_key.setdefault(("student", _folded(member.student)), set()).add(member.student)

    def __len__(self) -> int:
        return len(self.members)

    def __iter__(self) -> Iterator[Member]:
        return iter(self.members.values())

    @classmethod
    def of(cls, course: Folders) -> "Roster":
        """Read the roster of a class; it is empty until `classroom roster` has made it."""
        path = roster_path(course)
        if not path.is_file():
            return cls({})
        table = read_table(path)
        if strange := {"student", "first_name", "last_name"} - set(table.header):
            raise Fault(f"{path} has no column {min(strange)}: import the class again with  classroom roster FILE")
        found = {}
        for row in table.rows:
            values = dict(zip(table.header, map(rearmed, row), strict=False))
            keys = {kind: values[kind] for kind in KEYS if values.get(kind)}
            names = values["student"], values["first_name"], values["last_name"]
            found[values["student"]] = Member(*names, keys, values.get("left", ""))
        return cls(found)

    def save(self, course: Folders) -> Path:
        """Write the roster, and return its path."""
        header = ["student", "first_name", "last_name", *KEYS, "left"]
        rows = [
            [one.student, one.first_name, one.last_name, *(one.keys.get(kind, "") for kind in KEYS), one.left]
            for _, one in sorted({**self.members, **self.left}.items())
        ]
        write_whole(roster_path(course), made_table(header, rows).to_bytes())
        return roster_path(course)

    def find(self, kinds: Mapping[str, str]) -> tuple[str, str]:
        """Find a student by what a system calls them.

        Parameters
        ----------
        kinds : names and numbers by kind, the surest first

        Returns
        -------
        student, doubt : str
            The id and "", or "" and why nobody can be meant.
        """
        for kind, value in kinds.items():
            meant = self._by_key.get((kind, _folded(value)), set()) if value else set()
            if len(meant) == 1:
                return next(iter(meant)), ""
            if len(meant) > 1:
                return "", f"{len(meant)} students have the {kind} {shown(value)}: {', '.join(sorted(meant))}"
        said = ", ".join(f"{kind} {shown(value)}" for kind, value in kinds.items() if value)
        if self.left and (student := Roster(_without_days(self.left)).find(kinds)[0]):
            return "", f"{shown(student)} has left the class"
        return "", f"nobody on the roster has {said}"

    def merged(self, new: "Roster") -> "Roster":
        """Return this roster with what another knows; who is in both is recognised by any sure number or address.

        Who had left and is in the other one is back.
        """
        members = {**self.members, **_without_days(self.left)}
        everybody, back = Roster(members), set()
        for one in new:
            known, _ = everybody.find({"student": one.student, **{kind: one.keys.get(kind, "") for kind in KEYS}})
            if not known and one.keys.get("participant") and one.name:
                known, _ = everybody.find({"name": one.name})
            old = members.get(known)
            back.add(known)
            if old is None:
                members[one.student] = one
                continue
            keys = {**old.keys, **one.keys}
            if "participant" in old.keys and "participant" in one.keys:
                both = dict.fromkeys([*old.keys["participant"].split("|"), one.keys["participant"]])
                keys["participant"] = "|".join(both)
            first, last = one.first_name or old.first_name, one.last_name or old.last_name
            members[known] = Member(old.student, first, last, keys)
        return Roster(members | {student: one for student, one in self.left.items() if student not in back})

    def without(self, students: Collection[str], day: str) -> "Roster":
        """Return this roster after these members have left, on a day."""
        gone = {student: dataclasses.replace(self.members[student], left=day) for student in students}
        return Roster({**self.members, **self.left, **gone})

    def with_back(self, students: Collection[str]) -> "Roster":
        """Return this roster with these of those who had left."""
        back = _without_days({student: self.left[student] for student in students})
        return Roster({**self.members, **self.left, **back})


def _without_days(left: Mapping[str, Member]) -> dict[str, Member]:
    return {student: dataclasses.replace(one, left="") for student, one in left.items()}


def roster_path(course: Folders) -> Path:
    """Return where the roster is kept."""
    return course.class_folder / "roster.csv"


def _folded(text: str) -> str:
    """Return what two spellings of one name have in common."""
    return " ".join(composed(text).casefold().removeprefix("#").split())
