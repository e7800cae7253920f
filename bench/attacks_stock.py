"""The attacks of tests/attacks against stock nbgrader and against this grader: what succeeds, by family.

    python bench/attacks_stock.py [--families NAME...] [--seconds N]
    python bench/attacks_stock.py --points

The second measures the second table alone, of answers to real exercises, in which stock has no part.

Stock is `nbgrader autograde` in one process, on a course with the same three exercises whose checks are assertions with
hidden tests, as nbgrader's own documentation teaches.  It runs inside bubblewrap with a network of its own and a
writable copy of the course, and only the attacks that say that this is safe; the rest would end its batch or harm the
machine.  Ours grades every attack.
"""

import argparse
import datetime as dt
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests"))

import attack  # noqa: E402  the tests are no package
import points_class  # noqa: E402
import small_course  # noqa: E402
from page import Page  # noqa: E402

from classroom.staff.grade.assignment import grade_assignment  # noqa: E402
from classroom.staff.grade.examine import Settings  # noqa: E402
from classroom.staff.sandbox.room import Allowance  # noqa: E402
from classroom.staff.sandbox.sandbox import Limits  # noqa: E402

CHECKS = {
    "setup": "import numpy as np",
    "double": """x = np.array([1.0, -2.0, 4.0])
np.testing.assert_allclose(double(x), [2.0, -4.0, 8.0])
### BEGIN HIDDEN TESTS
x = np.random.default_rng(7).normal(size=(3, 5))
np.testing.assert_allclose(double(x), x + x)
### END HIDDEN TESTS""",
    "relu_backward": """x = np.array([[-1.0, 0.0, 2.5], [0.5, -3.0, 4.0]])
y, cache = relu_forward(x)
np.testing.assert_allclose(relu_backward(x[::-1] + 0.25, cache), (x[::-1] + 0.25) * (x > 0))""",
    "quiz_1": "assert answer_1 == 'b'",
}
PAGE = HERE / "attacks.md"
SECOND = "Answers that compute the right numbers, or seem to, and are nobody's work"
CONFIG = small_course.CONFIG + "c.Execute.timeout = 10\n"
QUERY = """
    select student_id, base_cell.name, auto_score from submitted_assignment
    join submitted_notebook on submitted_notebook.assignment_id = submitted_assignment.id
    join grade on grade.notebook_id = submitted_notebook.id join base_cell on base_cell.id = grade.cell_id"""


def stock_cells(answers: dict[str, str]) -> list[dict]:
    """Return the cells of the course with nbgrader's kind of checks."""
    content = small_course.cells(answers)
    for cell in content:
        name = attack.grade_id(cell)
        if name in CHECKS:
            cell["source"] = CHECKS[name]
    return content


def make_stock_course(root: Path) -> None:
    """Make the course and let nbgrader release it."""
    (root / "assignments/small").mkdir(parents=True)
    (root / "class").mkdir()
    (root / "nbgrader_config.py").write_text(CONFIG)
    source = stock_cells({})
    for cell in source:
        if attack.grade_id(cell).startswith("answer-"):
            cell["source"] = "### BEGIN SOLUTION\npass\n### END SOLUTION"
    (root / "assignments/small/small.ipynb").write_bytes(small_course.notebook(source))
    said = run([sys.executable, "-m", "nbgrader", "generate_assignment", "small"], root, seconds=600)
    if not (root / "class/release/small/small.ipynb").exists():
        sys.exit(said)


def hand_in(root: Path, one: attack.Attack, content: list[dict] | None) -> None:
    """Put an attack where nbgrader collects it."""
    beside = small_course.hand_in(root, one.student, one.notebook(content))
    for name, text in one.files.items():
        (beside / name).parent.mkdir(parents=True, exist_ok=True)
        (beside / name).write_text(text)


def run(command: list[str], root: Path, seconds: float = 60) -> str:
    """Run a command in the folder of a course and return the last of what it said."""
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    try:
        ended = subprocess.run(
            command, cwd=root, env=environment, capture_output=True, text=True, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired:
        return "out of time"
    return ended.stderr[-1500:]


def confined(root: Path, command: list[str]) -> list[str]:
    """Return a command that runs another with nothing writable but the course and a network of its own."""
    cage = ["bwrap", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp"]
    cage += ["--bind", str(root), str(root), "--unshare-net", "--unshare-pid", "--unshare-ipc", "--die-with-parent"]
    return [*cage, "--chdir", str(root), "--setenv", "HOME", "/tmp", "--", *command]


def paid(root: Path, attacks: list[attack.Attack]) -> set[str]:
    """Return the attacks whose exercise has points in the gradebook."""
    with closing(sqlite3.connect(root / "class/gradebook.db")) as connection, connection:
        scores = {(student, name): score for student, name, score in connection.execute(QUERY)}
    return {one.name for one in attacks if (scores.get((one.student, "double")) or 0) > 0}


def shown(root: Path, attacks: list[attack.Attack]) -> set[str]:
    """Return the attacks of which something acts on the feedback page."""
    command = [sys.executable, "-m", "nbgrader", "generate_feedback", "small"]
    run(confined(root, command), root, seconds=120 + 20 * len(attacks))
    pages = {one.name: root / "class/feedback" / one.student / "small/small.html" for one in attacks}
    return {name for name, path in pages.items() if path.exists() and Page(path.read_text()).live}


def grade_by_stock(root: Path, attacks: list[attack.Attack], seconds: float) -> tuple[set[str], set[str]]:
    """Return the attacks that stock nbgrader ran, and those of them that it paid.

    Stock starts anew from a clean course for each family: what one attack breaks, the next must not suffer for.
    """
    began, ran, won = time.monotonic(), set(), set()
    families: dict[str, list[attack.Attack]] = {}
    for one in attacks:
        families.setdefault(one.family, []).append(one)
    for family, members in families.items():
        if time.monotonic() - began > seconds:
            print(f"{family}: no time left", flush=True)
            continue
        course = root.with_name(f"{root.name}-{family}")
        shutil.copytree(root, course)
        filled = [attack.read(attack.FOLDER / f"{one.name}.py", places(course)) for one in members]
        for one in filled:
            hand_in(course, one, stock_cells(small_course.RIGHT))
        honest = {
            student: small_course.notebook(stock_cells(small_course.RIGHT)) for student in ("honest-a", "honest-z")
        }
        for student, data in honest.items():
            small_course.hand_in(course, student, data)
        command = [sys.executable, "-m", "nbgrader", "autograde", "small", "--Execute.timeout=10"]
        said = run(confined(course, command), course, seconds=120 + 30 * len(members))
        done = {path.parts[-3] for path in course.glob("class/autograded/*/small/small.ipynb")}
        if {"honest-a", "honest-z"} <= done:  # a submission that stock could not grade was run and not paid
            ran |= {one.name for one in filled}
        won |= paid(course, filled) | (shown(course, filled) if family == "pages" else set())
        missing = sorted(one.name for one in filled if one.student not in done)
        took = sorted(won & {one.name for one in members})
        print(f"{family}: {len(members)} handed in, paid {took}; not graded: {missing}", flush=True)
        if len(done) < 2:
            print(said)
    return ran, won


def grade_by_ours(root: Path, attacks: list[attack.Attack]) -> set[str]:
    """Return the attacks that this grader paid."""
    small_course.make_course(root)
    filled = [attack.read(attack.FOLDER / f"{one.name}.py", places(root)) for one in attacks]
    for one in filled:
        hand_in(root, one, None)
    settings = Settings(
        allowance=Allowance(cell=2, calls=2, submission=15, deaths=6),
        limits=Limits(memory_bytes=1 << 30, cpu_seconds=10, scratch_bytes=8 << 20, scratch_files=512),
    )
    summary = grade_assignment(root, "small", settings=settings)
    if summary.failed:
        sys.exit(f"not graded: {summary.failed}")
    return paid(root, filled) | shown(root, [one for one in filled if one.family == "pages"])


def places(root: Path) -> dict[str, object]:
    return {"COURSE": root, "HOME": "/root", "CANARY": root / "canary", "PORT": 9, "SOCKET": root / "ear", "SITE": root}


def main() -> None:
    """Measure, print, and write bench/attacks.md."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--families", nargs="*", default=list(attack.FAMILIES), help="only these, and print only")
    parser.add_argument("--seconds", type=float, default=3600, help="for stock, all families together")
    parser.add_argument("--points", action="store_true", help="measure the second table alone")
    options = parser.parse_args()
    if options.points:
        kept = PAGE.read_text().partition(SECOND)[0]
        PAGE.write_text(kept + measured_points())
        return
    attacks = [one for one in attack.read_all({}) if one.family in options.families]
    safe = [one for one in attacks if not one.stock]
    with tempfile.TemporaryDirectory(prefix="attacks-") as folder:
        ours = grade_by_ours(Path(folder) / "ours", attacks)
        print(f"ours: {len(attacks)} graded, {len(ours)} paid", sorted(ours), flush=True)
        make_stock_course(Path(folder) / "stock")
        ran, stock = grade_by_stock(Path(folder) / "stock", safe, options.seconds)
    text = f"Measured in one run on {today()}:\n\n" + table(attacks, ran, stock, ours) + "\n" + measured_points()
    if set(options.families) == set(attack.FAMILIES):
        PAGE.write_text(text)
    print(text)


def today() -> str:
    day = dt.datetime.now(dt.UTC).date()
    return f"{day.day} {day:%B %Y}"


def measured_points() -> str:
    """Examine the answers to real exercises, and return their table."""
    with tempfile.TemporaryDirectory(prefix="points-") as folder:
        points_class.write_class(Path(folder))
        return points_table(points_class.examine_classes(Path(folder), points_class.HERE)["scores"])


def table(attacks: list[attack.Attack], ran: set[str], stock: set[str], ours: set[str]) -> str:
    """Return the result as a table in markdown."""
    lines = ["| family | attacks | run on stock nbgrader | succeed there | succeed here |", "|---|--:|--:|--:|--:|"]
    total: Counter[str] = Counter()
    for family, title in attack.FAMILIES.items():
        names = {one.name for one in attacks if one.family == family}
        counts = [len(names), len(names & ran), len(names & stock), len(names & ours)]
        total.update(dict(zip("abcd", counts, strict=True)))
        lines.append(f"| {title} | {' | '.join(map(str, counts))} |")
    lines.append(f"| **all** | {' | '.join(f'**{total[key]}**' for key in 'abcd')} |")
    lines += [
        "",
        "An attack succeeds when the exercise that it attacks earns points; a script also when it would act on the "
        "feedback page.  Stock nbgrader ran what does no harm: the others would stop its batch, fill the disk or change"
        " the machine, or they attack what it does not have.  Where attacks succeed in a family of which none was run, "
        "it ended the batch, or its time, before all was graded: what was paid by then counts.",
        "What succeeds on stock nbgrader:",
        "",
    ]
    lines += [f"- `{one.name}`: {one.tries}" for one in attacks if one.name in stock]
    return "\n".join(lines) + "\n"


def points_table(scores: dict[str, float | None]) -> str:
    """Return what answers earn that are not work, by family."""
    lines = [f"{SECOND} (measured on {today()}):", ""]
    lines += ["| family | attacks | paid in full here | paid in part here |", "|---|--:|--:|--:|"]
    for family, title in points_class.FAMILIES.items():
        names = points_class.of(family)
        worth = {name: points_class.exercise(points_class.ATTACKS[name]["exercise"]).points for name in names}
        full = [name for name in names if scores[name] == worth[name]]
        part = [name for name in names if scores[name] and name not in full]
        lines.append(f"| {title} | {len(names)} | {len(full)} | {len(part)} |")
    told = "Paid in part is dropout with a fixed seed, for its inference and its backward pass, which are right."
    return "\n".join([*lines, "", told]) + "\n"


if __name__ == "__main__":
    main()
