"""The roster: who is in the class, and by which names and numbers each learning system knows them."""

import dataclasses
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from classroom.atomic_write import write_whole
from classroom.fault import Fault
from classroom.staff.folders import Folders
from classroom.staff.records.student_id import composed, objection, shown
from classroom.staff.records.table import Table, made_table, read_table, rearmed

# What is known of a student, and the headers under which the systems' exports have it.
_HEADERS: dict[str, tuple[str, ...]] = {
    "student": ("student_id", "student id (course)"),
    "first_name": ("First Name", "First name", "Vorname", "Prénom", "Nombre"),
    "last_name": ("Last Name", "Last name", "Surname", "Nachname", "Nom", "Apellido(s)"),
    "name": ("Student", "Full name", "Vollständiger Name", "Nom complet", "Name"),
    "email": ("Email", "Email address", "E-Mail-Adresse", "E-mail", "Adresse de courriel"),
    "canvas": ("ID",),
    "sis": ("SIS User ID",),
    "login": ("SIS Login ID", "Login ID"),
    "username": ("Username", "User name", "Anmeldename"),
    "number": ("ID number", "Student ID", "OrgDefinedId", "SID", "Matrikelnummer", "ID-Nummer"),
    "participant": ("Identifier", "ID der/des Teilnehmer/in"),
}
FIELDS = tuple(_HEADERS)
_KEYS = ("canvas", "sis", "login", "username", "number", "email", "participant")
# Which of these names a student's folder, when nothing else is asked for: what people type comes before numbers.
_ID_FROM = ("student", "login", "username", "sis", "number", "email", "canvas")


@dataclasses.dataclass(frozen=True)
class Member:
    """One student of the roster.

    student : the id, by which folders and the gradebook know the student
    keys : the names and numbers that learning systems have for the student, by kind
    """

    student: str
    first_name: str = ""
    last_name: str = ""
    keys: Mapping[str, str] = dataclasses.field(default_factory=dict)

    @property
    def name(self) -> str:
        """First and last name."""
        return " ".join(filter(None, (self.first_name, self.last_name)))

    @property
    def email(self) -> str:
        return self.keys.get("email", "")


class Roster:
    """The students of a class; `class/roster.csv`."""

    def __init__(self, members: Mapping[str, Member]) -> None:
        self.members = dict(members)
        self._by_key: dict[tuple[str, str], set[str]] = {}
        for member in self.members.values():
            for kind, value in member.keys.items():
                for one in value.split("|"):
                    self._by_key.setdefault((kind, _folded(one)), set()).add(member.student)
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
        found = {}
        for row in table.rows:
            values = dict(zip(table.header, map(rearmed, row), strict=False))
            keys = {kind: values[kind] for kind in _KEYS if values.get(kind)}
            found[values["student"]] = Member(values["student"], values["first_name"], values["last_name"], keys)
        return cls(found)

    def save(self, course: Folders) -> Path:
        """Write the roster; its path."""
        header = ["student", "first_name", "last_name", *_KEYS]
        rows = [
            [one.student, one.first_name, one.last_name, *(one.keys.get(kind, "") for kind in _KEYS)]
            for _, one in sorted(self.members.items())
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
        return "", f"nobody on the roster has {said}"

    def merged(self, new: "Roster") -> "Roster":
        """Return this roster with what another knows; who is in both is recognised by any sure number or address."""
        members = dict(self.members)
        for one in new:
            known, _ = self.find({"student": one.student, **{kind: one.keys.get(kind, "") for kind in _KEYS}})
            if not known and one.keys.get("participant") and one.name:
                known, _ = self.find({"name": one.name})
            old = members.get(known)
            if old is None:
                members[one.student] = one
                continue
            keys = {**old.keys, **one.keys}
            if "participant" in old.keys and "participant" in one.keys:
                both = dict.fromkeys([*old.keys["participant"].split("|"), one.keys["participant"]])
                keys["participant"] = "|".join(both)
            first, last = one.first_name or old.first_name, one.last_name or old.last_name
            members[known] = Member(old.student, first, last, keys)
        return Roster(members)


def roster_path(course: Folders) -> Path:
    """Return where the roster is kept."""
    return course.class_folder / "roster.csv"


def _folded(text: str) -> str:
    """Return what two spellings of one name have in common."""
    return " ".join(composed(text).casefold().removeprefix("#").split())


def import_roster(path: Path, mapping: Mapping[str, str], id_from: str = "") -> Roster:
    """Read who is in a class from what a learning system exports.

    Parameters
    ----------
    path : Canvas's gradebook, Moodle's participants or grading worksheet, Brightspace's class list, Gradescope's
        roster, or any other table
    mapping : for other tables, the header of a column for each of `FIELDS` that it has
    id_from : the header of the column that names a student's folder; by default a login before a number

    Raises
    ------
    Fault
        If no column can name a student, two have the same id, or an id cannot be a folder's name.
    """
    table = read_table(path)
    places = _places(table, mapping, path)
    id_place = None
    if id_from:
        id_place = table.place(id_from)
        if id_place is None:
            raise Fault(f"{path.name} has no column {id_from!r}: it has {', '.join(table.header)}")
    members: list[Member] = []
    for row in table.rows:
        values = {kind: row[place].strip().removeprefix("#") for kind, place in places.items()}
        if _is_no_student(row, values):
            continue
        members.append(_member(values, row[id_place].strip() if id_place is not None else "", path))
    if not members:
        raise Fault(f"{path.name} names no student")
    return Roster(_unique(members, path))


def _places(table: Table, mapping: Mapping[str, str], path: Path) -> dict[str, int]:
    """Return the column of each field."""
    strange = sorted(mapping.keys() - set(FIELDS))
    if strange:
        raise Fault(f"--map {strange[0]}=... is none of {', '.join(FIELDS)}")
    places = {}
    for kind, names in _HEADERS.items():
        place = table.place(*([mapping[kind]] if kind in mapping else names))
        if place is not None:
            places[kind] = place
        elif kind in mapping:
            raise Fault(f"{path.name} has no column {mapping[kind]!r}: it has {', '.join(table.header)}")
    # "ID" is a common header; Canvas's has its section beside it.
    if "canvas" in places and "canvas" not in mapping and table.place("Section") is None:
        places["number"] = places.pop("canvas")
    if not set(places) & {*_ID_FROM, "name", "last_name"}:
        raise Fault(
            f"{path.name} has no column that names a student: it has {', '.join(table.header)}; "
            "say which is which, for example  --map student=Matriculation --map name='Full name'"
        )
    return places


def _is_no_student(row: list[str], values: Mapping[str, str]) -> bool:
    """Whether a row is one of those that Canvas adds: points possible, manual posting, the test student."""
    first = row[0].strip().casefold()
    named = values.get("name", "").casefold()
    return (first in {"points possible", "manual posting", ""} and not values.get("email")) or named in {
        "student, test",
        "test student",
    }


def _member(values: Mapping[str, str], student: str, path: Path) -> Member:
    first, last = values.get("first_name", ""), values.get("last_name", "")
    if not first and not last and values.get("name"):
        last, comma, first = values["name"].partition(",")
        if not comma:
            first, _, last = values["name"].rpartition(" ")
    keys = {kind: values[kind] for kind in _KEYS if values.get(kind)}
    if "participant" in keys:
        keys["participant"] = "".join(letter for letter in keys["participant"] if letter.isdigit())
    first, last = composed(first.strip()), composed(last.strip())
    student = student or next((values[kind] for kind in _ID_FROM if values.get(kind)), "") or f"{first} {last}".strip()
    student = composed(student)
    if why := objection(student):
        raise Fault(f"{path.name}: the id {shown(student)!r} {why}: name another column with --id")
    return Member(student, first, last, keys)


def _unique(members: list[Member], path: Path) -> dict[str, Member]:
    counts = Counter(one.student for one in members)
    twice = [student for student, count in counts.items() if count > 1]
    if twice:
        raise Fault(f"{path.name} has {twice[0]!r} {counts[twice[0]]} times: name a column that differs with --id")
    return {one.student: one for one in members}
