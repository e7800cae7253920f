"""What a bench writes down: between two marks of a page, with the day and the digest of the code that was measured.

So no figure is older than its code: tests/test_measured.py compares the digests, and names the bench to be run again.
"""

import ast
import datetime as dt
import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

HOUSE = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Bench:
    """A bench, and where its figures stand.

    command : measures anew and writes them down
    page : has the table, between the marks of its name
    code : what is measured, files and folders of the house; whatever else changes leaves the figures as true as before
    """

    name: str
    command: str
    page: str
    code: tuple[str, ...]

    @property
    def digest(self) -> str:
        """A hash of the code, without its comments and docstrings."""
        digest = hashlib.sha256()
        for path in self.files():
            digest.update(f"{path.relative_to(HOUSE).as_posix()}\0{bare(path.read_text(encoding='utf-8'))}\0".encode())
        return digest.hexdigest()[:12]

    def files(self) -> Iterator[Path]:
        """List what is measured."""
        for part in self.code:
            path = HOUSE / part
            yield from [path] if path.is_file() else sorted(path.rglob("*.py"))

    def write(self, lines: Sequence[str], quoted: str) -> None:
        """Put a table into its page, and what the README quotes of it into the README, both with today's date."""
        today = f"{dt.date.today():%Y-%m-%d}"
        stamp = f"Measured on {today}, on code `{self.digest}`."
        _replace(HOUSE / self.page, self.name, "\n".join(["", *lines, "", stamp, ""]))
        _replace(HOUSE / "README.md", self.name, f"{quoted} ({today})")


GRADING = Bench(
    "grading",
    "make bench-grading",
    "bench/grading.md",
    (
        "bench/grading.py",
        "classroom/call",
        "classroom/judge/answer_sheet.py",
        "classroom/judge/compare.py",
        "classroom/judge/gradient.py",
        "classroom/judge/relation.py",
        "classroom/judge/verdict.py",
        "classroom/staff/sandbox/interpreter.py",
        "classroom/staff/sandbox/question.py",
        "classroom/staff/sandbox/room.py",
        "classroom/staff/sandbox/sandbox.py",
        "classroom/staff/sandbox/wire.py",
        "classroom/staff/sandbox/zygote.py",
        "classroom/staff/grade/assignment.py",
        "classroom/staff/grade/examine.py",
        "classroom/staff/grade/exam.py",
        "classroom/staff/grade/pool.py",
        "classroom/staff/grade/worker.py",
    ),
)
LAYERS = Bench("layers", "make bench", "bench/results.md", ("bench/layers.py", "solutions/fast"))
BENCHES = (GRADING, LAYERS)


def bare(source: str) -> str:
    """Return the tree of a source without docstrings: what a comment or a line's width does not change."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        match node:
            case ast.Module() | ast.ClassDef() | ast.FunctionDef():
                if ast.get_docstring(node, clean=False) is not None:
                    del node.body[0]
    return ast.dump(tree)


def between(text: str, name: str) -> str:
    """Return what stands between the marks of a name.

    Raises
    ------
    ValueError
        If the two are not there, once.
    """
    (found,) = re.findall(f"<!-- {name} -->(.*?)<!-- end of {name} -->", text, re.DOTALL)
    return str(found)


def _replace(page: Path, name: str, content: str) -> None:
    text = page.read_text(encoding="utf-8")
    old = between(text, name)
    marks = f"<!-- {name} -->", f"<!-- end of {name} -->"
    page.write_text(text.replace(old.join(marks), content.join(marks)), encoding="utf-8")
