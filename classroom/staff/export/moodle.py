"""Moodle: the grading worksheet of an assignment is filled; without it, a file for the import of the gradebook."""

from collections.abc import Sequence

from classroom.staff.export.grade_column import GradeColumn, number
from classroom.staff.export.layout import Layout
from classroom.staff.records.roster import Member
from classroom.staff.records.table import Table, made_table

# The worksheet's headers are in the language of whoever downloaded it.
_GRADE = {"grade", "bewertung", "note", "calificación", "valutazione", "cijfer", "nota", "évaluation"}
_MOST = ("Maximum Grade", "Bestwertung", "Note maximale", "Calificación máxima", "Valutazione massima")
_OPEN = ("Grade can be changed", "Bewertung kann geändert werden", "La note peut être modifiée")


def _item(header: str) -> str | None:
    return "grade" if header.strip().casefold() in _GRADE else None


def _points(table: Table, place: int) -> float | None:
    most = table.place(*_MOST)
    try:
        return float(table.rows[0][most].replace(",", ".")) if most is not None and table.rows else None
    except ValueError:
        return None


def _locked(table: Table, row: list[str], place: int) -> str:
    may = table.place(*_OPEN)
    says_no = may is not None and row[may].strip().casefold() in {"no", "nein", "non"}
    return "Moodle says that the grade cannot be changed" if says_no else ""


def _make(columns: Sequence[GradeColumn], members: Sequence[Member]) -> Table:
    """Make a file for Grades, Import, CSV: one unknown student would stop it, so only those of the roster are in it."""
    rows = []
    for member in members:
        scores = [number(one.scores[member.student]) if member.student in one.scores else "" for one in columns]
        rows.append([member.keys.get("username", ""), member.email, member.keys.get("number", ""), *scores])
    return made_table(["username", "email", "idnumber", *(column.name for column in columns)], rows)


LAYOUT = Layout(
    title="Moodle",
    keys=(
        ("email", ("Email address", "E-Mail-Adresse", "Adresse de courriel", "email")),
        ("number", ("ID number", "ID-Nummer", "idnumber")),
        ("username", ("Username", "Anmeldename")),
        ("name", ("Full name", "Vollständiger Name", "Nom complet")),
    ),
    item=_item,
    # The worksheet goes back whole: Moodle looks for its columns.
    kept=lambda table, place: True,
    points=_points,
    locked=_locked,
    make=_make,
    needs=("username", "email", "number"),
)
