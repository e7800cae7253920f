"""The files from which a roster is read: what each learning system exports, and any other table."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from classroom.fault import Fault
from classroom.staff.records.roster import KEYS, Member, Roster
from classroom.staff.records.student_id import composed, objection, shown
from classroom.staff.records.table import Table, read_table

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
# Which of these names a student's folder, when nothing else is asked for: what people type comes before numbers.
_ID_FROM = ("student", "login", "username", "sis", "number", "email", "canvas")

# What Canvas adds to a class: two rows of its own, and a student for whom its teacher can look at the course.
_NO_STUDENT = {"points possible", "manual posting"}
_TEST_STUDENT = {"student, test", "test student"}


def import_roster(path: Path, mapping: Mapping[str, str], id_from: str = "") -> tuple[Roster, list[str]]:
    """Read who is in a class from what a learning system exports.

    Parameters
    ----------
    path : Canvas's gradebook, Moodle's participants or grading worksheet, Brightspace's class list, Gradescope's
        roster, or any other table
    mapping : for other tables, the header of a column for each of `FIELDS` that it has
    id_from : the header of the column that names a student's folder; by default a login before a number

    Returns
    -------
    The roster, and the names of rows that stand for nobody: the test student whom Canvas adds to each class.

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
    nobody: list[str] = []
    for row in table.rows:
        # A name is shown in terminals and on pages: what cannot be printed is written out.
        values = {kind: shown(row[place].strip()).removeprefix("#") for kind, place in places.items()}
        if not any(values.values()) or row[0].strip().casefold() in _NO_STUDENT:
            continue
        if values.get("name", "").casefold() in _TEST_STUDENT:
            nobody.append(values["name"])
            continue
        members.append(_member(values, row[id_place].strip() if id_place is not None else "", path))
    if not members:
        raise Fault(f"{path.name} names no student")
    return Roster(_unique(members, path)), nobody


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


def _member(values: Mapping[str, str], student: str, path: Path) -> Member:
    first, last = values.get("first_name", ""), values.get("last_name", "")
    if not first and not last and values.get("name"):
        last, comma, first = values["name"].partition(",")
        if not comma:
            first, _, last = values["name"].rpartition(" ")
    keys = {kind: values[kind] for kind in KEYS if values.get(kind)}
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
