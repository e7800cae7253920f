"""The attacks of tests/attacks/points as files that are handed in: a family of them is one notebook.

As a program it examines some of them in this process, in whatever sandbox this user has:
python points_class.py FOLDER CLASS...
"""

import base64
import codecs
import dataclasses
import inspect
import json
import marshal
import re
import sys
import textwrap
from collections.abc import Sequence
from pathlib import Path

import declared as of_course
import numpy as np
import small_course
from declared import asked_at_home
from finite_differences import differences, made, remembered
from small_course import cell

from classroom.call.caller import LocalCaller
from classroom.judge.answer_sheet import AnswerSheet
from classroom.judge.budget import TimesForward
from classroom.staff.declare.answer import sheet_exercise
from classroom.staff.declare.declaration import Exercise
from classroom.staff.declare.shipped import shipped_forms
from classroom.staff.declare.source import self_contained
from classroom.staff.grade.exam import Exam, read_exam
from classroom.staff.grade.examine import Settings, examine
from classroom.staff.grade.worker import Worker

ROOT = Path(__file__).parents[1]
CAPSTONE = ROOT / "assignments" / "capstone"
ATTACKS = {
    path.stem: dict(re.findall(r"^# (\w+): (.*)$", path.read_text(), re.MULTILINE)) | {"text": path.read_text()}
    for path in sorted((ROOT / "tests" / "attacks" / "points").glob("*.py"))
}
FAMILIES = {
    "pasting": "the course's own text, renamed",
    "drawing": "what looks random and is not",
    "differences": "backward passes by finite differences",
    "hiding": "the course's own text, hidden",
    "keeping": "what a visible case asks for, kept from home",
}


def of(family):
    """Name the attacks of a family."""
    return [name for name, attack in ATTACKS.items() if attack["family"] == family]


# What is handed in as one notebook.  Finite differences take seconds each, by their nature: where another sandbox is
# asked the same once more, two of them do.
CLASSES = {family: of(family) for family in FAMILIES}
CLASSES["two differences"] = ["differences_instancenorm", "differences_layernorm"]
HERE = list(FAMILIES)
ELSEWHERE = ["pasting", "drawing", "two differences", "hiding", "keeping"]


def declared(assignment, identity) -> Exercise:
    return of_course.declared(assignment).exercise(identity)


def exercise(where):
    assignment, _, identity = where.partition("/")
    return asked_at_home(assignment, identity)


def graded(where):
    """Return an exercise as a class is graded, with hidden cases."""
    assignment, _, identity = where.partition("/")
    bare = dataclasses.replace(declared(assignment, identity), mutants=())
    return sheet_exercise(bare, assignment, np.random.default_rng(1))


def given() -> str:
    """What the capstone gives, each name with another one in its place."""
    text = "\n".join((CAPSTONE / f"{name}.py").read_text() for name in ("given_tape", "given_layers"))
    text = re.sub(r"^from given_tape.*$", "", text, flags=re.MULTILINE)
    for name in re.findall(r"^(?:def|class) (\w+)", text, re.MULTILINE):
        text = re.sub(rf"\b{name}\b", f"my_{name}", text)
    return text


def numerical_pair(forward, count):
    """The text of a forward pass that keeps its arguments, and of a backward pass that nudges `count` arrays."""
    return (
        f"{inspect.getsource(remembered)}\n\n{inspect.getsource(differences)}\n\n"
        f"def {forward}(*arguments, **options):\n    return remembered(*arguments, **options)\n\n\n"
        f"def {forward.replace('_forward', '_backward')}(grad_y, cache):\n"
        f"    return differences(grad_y, cache, {count})\n"
    )


def kept(where) -> str:
    """What the case of many numbers that everybody has asks for: four sums of each gradient."""
    case = next(case for case in exercise(where).cases if isinstance(case.budget, TimesForward))
    assignment, _, identity = where.partition("/")
    found = LocalCaller(declared(assignment, identity).functions).run(case.script, case.inputs, case.outputs)
    return repr([found.values[name].tolist() for name in case.outputs])


def quoted() -> str:
    """What the capstone gives, as it stands between three quotes."""
    return given().replace("\\", "\\\\").replace('"""', "'''")


FILLED = {
    "GIVEN": given,
    "TEXT": quoted,
    "DEEPER": lambda: 4000 * " + 0",
    "FUN": lambda: re.sub(r"\bdef ", "fun ", quoted()),
    "CODES": lambda: ", ".join(map(str, given().encode())),
    "COMMENTED": lambda: textwrap.indent(given(), "# ", lambda line: True),
    "INDENTED": lambda: textwrap.indent(given(), "    "),
    "COMMENT": lambda: f"# {'more ' * 50_000}",
    "DEEP": lambda: "def deep(x):\n" + 8 * "    x = x + 1\n" + f"    return x{' + 0' * 900}\n\n",
    "BASE64": lambda: base64.b64encode(given().encode()).decode(),
    "CIPHERED": lambda: repr("".join(chr(ord(one) ^ 3) for one in given())),
    "MARSHALLED": lambda: repr(marshal.dumps(compile(given(), "<given>", "exec"))),
    "ROT13": lambda: codecs.encode(given().replace('"""', "'''"), "rot13").replace("\\", "\\\\"),
}


def text_of(name):
    """Return an attack's cell, with what it stands for filled in."""
    attack = ATTACKS[name]
    assignment, _, identity = attack["exercise"].partition("/")
    references = declared(assignment, identity).functions
    forward = next((one for one in references if one.endswith("_forward")), "")
    text = re.sub(r"^# (family|exercise|tries): .*\n", "", attack["text"], flags=re.MULTILINE)
    for word, filled in FILLED.items():
        text = text.replace(f"@{word}@", filled()) if f"@{word}@" in text else text
    if "@KEPT@" in text:
        text = text.replace("@KEPT@", kept(attack["exercise"])).replace("@MADE@", inspect.getsource(made))
    if "@FORWARD@" in text:
        text = text.replace("@FORWARD@", f"{self_contained(references[forward])}\n\nforward = {forward}\n")
    return re.sub("@DIFFERENCES ([0-9])@", lambda count: numerical_pair(forward, count[1]), text)


def write_class(folder: Path) -> None:
    """Write the exam of all attacked exercises, and of each class the notebook that it hands in."""
    asked = {
        name: (graded if attack["family"] == "keeping" else exercise)(attack["exercise"])
        for name, attack in ATTACKS.items()
    }
    sheet = AnswerSheet(
        "points", "Points", {one.id: one for one in asked.values()}, shipped_forms(ROOT / "assignments")
    )
    for label, names in CLASSES.items():
        released, handed_in = [], []
        for name in names:
            one = asked[name]
            check = cell(f"check({one.id!r}, {', '.join(one.subject)})", "code", name, (True, False, True), one.points)
            for cells, text in ((released, "raise NotImplementedError\n"), (handed_in, text_of(name))):
                cells += [cell(text, "code", f"answer-{name}", (False, True, False)), check]
        place = folder / label
        place.mkdir()
        (place / "points.ipynb").write_bytes(small_course.notebook(released))
        (place / "exam.json").write_bytes(read_exam(place / "points.ipynb", "points", sheet.to_bytes()).to_bytes())
        (place / "points.ipynb").write_bytes(small_course.notebook(handed_in))


def examine_classes(folder: Path, classes: Sequence[str]) -> dict[str, object]:
    """Examine the notebooks of some classes: scores, what each verdict finds, and the mode of the sandbox."""
    scores: dict[str, float | None] = {}
    stages: dict[str, list[str]] = {}
    exams = {label: Exam.from_bytes((folder / label / "exam.json").read_bytes()) for label in classes}
    worker = Worker(next(iter(exams.values())), Settings())
    zygote = worker._borrow()  # the questions are the same for all
    try:
        for label, exam in exams.items():
            result = examine((folder / label / "points.ipynb").read_bytes(), exam, worker.settings, zygote)
            scores |= result["scores"]
            for name, verdict in result["verdicts"].items():
                stages[name] = [finding["stage"] for finding in verdict["findings"]]
    finally:
        zygote.close()
        worker.close()
    return {"mode": result["sandbox"], "scores": scores, "stages": stages}


if __name__ == "__main__":
    print(json.dumps(examine_classes(Path(sys.argv[1]), sys.argv[2:])))
