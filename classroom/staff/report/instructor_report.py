"""The instructor's page: one HTML file that needs nothing else, about a class and what it found hard."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import mean, median
from typing import Any

from classroom.atomic_write import write_whole
from classroom.staff.report.item_analysis import SMALLEST_CLASS, Graded, bugs, items, reliability
from classroom.staff.sandbox.cell_outputs import plain_text

_BINS = 10


def write_report(path: Path, title: str, graded: Sequence[Graded], titles: Mapping[str, str]) -> None:
    """Write the page.

    Parameters
    ----------
    path : the HTML file
    title : of the class
    graded : every submission of every assignment
    titles : of the assignments, in the order in which they are shown
    """
    write_whole(path, render(title, graded, titles).encode())


def render(title: str, graded: Sequence[Graded], titles: Mapping[str, str]) -> str:
    """Lay out the page; everything in it that students or exercises wrote is escaped."""
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    names = dict(sorted({one.student: one.name for one in graded}.items()))
    return environment.get_template("instructor_report.html").render(
        title=title,
        smallest=SMALLEST_CLASS,
        assignments=[_assignment(name, titles[name], graded) for name in titles],
        students=[_student(student, name, graded, list(titles)) for student, name in names.items()],
        bugs=bugs(graded),
        class_size=len(names),
    )


def _assignment(name: str, title: str, graded: Sequence[Graded]) -> dict[str, Any]:
    of_this = [one for one in graded if one.assignment == name]
    totals = [one.total for one in of_this]
    points = of_this[0].max_total if of_this else 0.0
    slowest = sorted(of_this, key=lambda one: -one.seconds)[:3]
    crashed = [
        (one.name, exercise, _first_error(verdict))
        for one in of_this
        for exercise, verdict in one.verdicts.items()
        if verdict.get("outcome") == "crashed"
    ]
    return {
        "name": name,
        "title": title,
        "count": len(of_this),
        "points": points,
        "mean": mean(totals) if totals else 0.0,
        "median": median(totals) if totals else 0.0,
        "late": sum(one.late for one in of_this),
        "ungraded": [one for one in of_this if one.outcome != "graded"],
        "histogram": _histogram(totals, points),
        "items": items(of_this),
        "alpha": reliability(of_this),
        "slowest": slowest,
        "crashed": crashed,
    }


def _first_error(verdict: Mapping[str, Any]) -> str:
    for finding in verdict.get("findings", []):
        error = finding.get("error")
        if error:
            text = f"{error.get('name', '')}: {error.get('message', '')}".strip(": ") or str(error.get("kind", ""))
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


def _student(student: str, name: str, graded: Sequence[Graded], order: Sequence[str]) -> dict[str, Any]:
    own = {one.assignment: one for one in graded if one.student == student}
    scores = [own.get(assignment) for assignment in order]
    total, points = sum(one.total for one in own.values()), sum(one.max_total for one in own.values())
    return {"id": student, "name": name, "scores": scores, "total": total, "share": total / points if points else 0.0}
