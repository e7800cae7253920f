"""The instructor's page: one HTML file that needs nothing else, about a class and what it found hard."""

import base64
import datetime as dt
import hashlib
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, median
from typing import Any
from urllib.parse import quote

from classroom.atomic_write import write_whole
from classroom.judge.message import SIGNS
from classroom.judge.verdict import ABSENT
from classroom.staff.folders import Folders
from classroom.staff.records.dates import Dates
from classroom.staff.records.moment import spoken
from classroom.staff.records.roster import Roster
from classroom.staff.report.answer_excerpt import shortest
from classroom.staff.report.item_analysis import SMALLEST_CLASS, Bug, Graded, bugs, items, reliability
from classroom.staff.report.lecture_link import Lectures
from classroom.staff.report.marks import read_students
from classroom.staff.report.outline import Outline
from classroom.staff.report.page import coloured, environment, safe, style_of_code
from classroom.staff.sandbox.cell_outputs import plain_text

_BINS = 10
_TAUGHT = 12  # bugs that are told at length; of the others a line
_SCRIPT = Path(__file__).with_name("sortable_table.js")


@dataclass(frozen=True)
class Classwork:
    """One assignment and what was handed in for it.

    dates : the deadline and the late rule, as students are told them; "" without a deadline
    """

    outline: Outline
    graded: Sequence[Graded]
    dates: str = ""


@dataclass(frozen=True)
class Surroundings:
    """What the page says besides marks.

    roster : names by student id, of everybody in the class
    lectures : where a section is read; made : when the page was made, in words
    feedback : for each assignment and student the page's address as seen from the report
    """

    roster: Mapping[str, str]
    lectures: Lectures
    made: str
    feedback: Mapping[tuple[str, str], str]


def write_report(path: Path, title: str, work: Sequence[Classwork], course: Folders) -> None:
    """Write the page.

    Parameters
    ----------
    path : the HTML file
    title : of the class
    work : the assignments in the order in which they are shown, each with every submission
    course : whose roster, dates and pages of feedback it names
    """
    made = spoken(dt.datetime.now(dt.UTC).replace(second=0), Dates.of(course).zone)
    feedback = {
        (one.outline.name, who.student): _address(course, one.outline.name, who.student, path)
        for one in work
        for who in one.graded
    }
    roster = Roster.of(course)
    names = read_students(course) | {one.student: one.name for one in roster if one.name}
    names = {student: name for student, name in names.items() if student not in roster.left}
    around = Surroundings(names, Lectures.of(course), made, feedback)
    write_whole(path, render(title, work, around).encode())


def _address(course: Folders, name: str, student: str, path: Path) -> str:
    page = course.folder("feedback") / student / name / f"{name}.html"
    return quote(os.path.relpath(page, path.resolve().parent)) if page.is_file() else ""


def render(title: str, work: Sequence[Classwork], around: Surroundings) -> str:
    """Lay out the page; everything in it that students or exercises wrote is escaped."""
    graded = [one for classwork in work for one in classwork.graded]
    names = {one.student: one.name for one in graded} | dict(around.roster)
    order = sorted(names, key=lambda student: (names[student].casefold(), student))
    found = bugs(graded)
    script = _SCRIPT.read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return str(
        environment()
        .get_template("instructor_report.html")
        .render(
            title=title,
            made=around.made,
            smallest=SMALLEST_CLASS,
            assignments=[_assignment(one, names, around) for one in work],
            students=[_student(student, names[student], work, around) for student in order],
            taught=[_lesson(bug, work, around) for bug in found[:_TAUGHT]],
            others=[_lesson(bug, work, around, example=False) for bug in found[_TAUGHT:]],
            class_size=len(names),
            colours=safe(style_of_code()),
            script=safe(script),
            script_digest=digest,
        )
    )


def _lesson(bug: Bug, work: Sequence[Classwork], around: Surroundings, *, example: bool = True) -> dict[str, Any]:
    """Return what a teacher needs to teach a point again: who, what they were told, an example, where to read on.

    Of a bug that one student alone has made there is no example: the name below it would be its author's.
    """
    outline = next(one.outline for one in work if one.outline.name == bug.assignment)
    item = next((item for item in outline.items if item.cell == bug.exercise), None)
    functions = item.functions if item else ()
    hidden = not example or len(bug.students) == 1
    shown = "" if hidden else shortest((one.answers.get(bug.exercise, "") for one in bug.made_by), functions)
    return {
        "bug": bug,
        "title": outline.title,
        "heading": item.heading if item else "",
        "link": around.lectures.link(item.section) if item else None,
        "example": safe(coloured(shown)) if shown else "",
    }


def _assignment(work: Classwork, names: Mapping[str, str], around: Surroundings) -> dict[str, Any]:
    outline, of_this = work.outline, work.graded
    totals = [one.counted for one in of_this]
    points = of_this[0].max_total if of_this else 0.0
    there = {one.student for one in of_this}
    headings = {item.cell: item for item in outline.items}
    return {
        "name": outline.name,
        "title": outline.title,
        "dates": work.dates,
        "count": len(of_this),
        "points": points,
        "mean": mean(totals) if totals else 0.0,
        "median": median(totals) if totals else 0.0,
        "late": sum(one.late for one in of_this),
        "ungraded": [one for one in of_this if one.outcome != "graded"],
        "absent": sorted((name for student, name in names.items() if student not in there), key=str.casefold),
        "histogram": _histogram(totals, points),
        "items": [
            {"item": item, "heading": headings[item.exercise].heading if item.exercise in headings else ""}
            for item in items(of_this)
        ],
        "alpha": reliability(of_this),
        "slowest": sorted(of_this, key=lambda one: -one.seconds)[:3],
        "crashed": _crashed(of_this),
        "near": [(names.get(one.student, one.name), near) for one in of_this for near in one.near],
        "map": [
            _map_row(one, outline, names, around)
            for one in sorted(of_this, key=lambda one: (-one.counted, one.student))
        ],
        "columns": [item.name for item in outline.items],
    }


def _crashed(graded: Sequence[Graded]) -> list[tuple[str, str, str]]:
    return [
        (one.name, exercise, _first_error(verdict))
        for one in graded
        for exercise, verdict in one.verdicts.items()
        if verdict.get("outcome") == "crashed"
    ]


def _map_row(one: Graded, outline: Outline, names: Mapping[str, str], around: Surroundings) -> dict[str, Any]:
    """Return a row of the map: each exercise as a sign, with words for whoever does not see it."""
    cells = []
    for item in outline.items:
        outcome = one.outcome_of(item.cell)
        score, points = one.scores.get(item.cell, 0.0), one.max_scores.get(item.cell, 0.0)
        kind = "right" if points and score >= points else "part" if score else "none"
        sign = SIGNS["right"] if kind == "right" else "◐" if kind == "part" else SIGNS.get(outcome, "–")
        words = f"{item.name}: {outcome}, {score:g} of {points:g}"
        cells.append(
            {"kind": "open" if kind == "none" and outcome == "not started" else kind, "sign": sign, "words": words}
        )
    return {
        "name": names.get(one.student, one.name),
        "page": around.feedback.get((one.assignment, one.student), ""),
        "cells": cells,
        "total": one.counted,
    }


def _first_error(verdict: Mapping[str, Any]) -> str:
    for finding in verdict.get("findings", []):
        error = finding.get("error")
        if error:
            # What a failed cell has left undefined says itself which error that was.
            name = "" if error.get("kind") in ABSENT else error.get("name", "")
            text = f"{name}: {error.get('message', '')}".strip(": ") or str(error.get("kind", ""))
            return plain_text(text, 400)
    return "stopped"


def _histogram(totals: Sequence[float], points: float) -> list[dict[str, Any]]:
    """Count the totals in ten equal bins; the last one holds full marks too."""
    counts = Counter(min(int(total / points * _BINS), _BINS - 1) for total in totals) if points else Counter[int]()
    highest = max(counts.values(), default=1)
    return [
        {
            "low": round(points * i / _BINS),
            "high": round(points * (i + 1) / _BINS),
            "count": counts[i],
            "height": 100 * counts[i] / highest,
        }
        for i in range(_BINS)
    ]


def _student(student: str, name: str, work: Sequence[Classwork], around: Surroundings) -> dict[str, Any]:
    """Return a row of the students' table; what was not handed in counts nothing."""
    scores, total, points = [], 0.0, 0.0
    for classwork in work:
        one = next((one for one in classwork.graded if one.student == student), None)
        scores.append((one, around.feedback.get((classwork.outline.name, student), "")))
        total += one.counted if one else 0.0
        points += classwork.outline.points
    return {"id": student, "name": name, "scores": scores, "total": total, "share": total / points if points else 0.0}
