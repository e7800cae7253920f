"""What the code that decides verdicts is known by: when it changes, what was computed with it is computed again."""

import hashlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import classroom

# Everything between a submission's bytes and its points, below the folder `classroom`: how calls are made and judged,
# how the sheet is computed from a declaration, how student code is run, and how a file is read and examined.
DECIDING = (
    "call",
    "judge",
    "staff/declare",
    "staff/sandbox",
    "check.py",
    "data.py",
    "display.py",
    "fault.py",
    "forms.py",
    "notebook_file.py",
    "obscure.py",
    "staff/grade/exam.py",
    "staff/grade/examine.py",
    "staff/grade/markdown.py",
    "staff/grade/recognition.py",
    "staff/grade/submission.py",
    "staff/grade/withheld.py",
    "staff/grade/worker.py",
)


def deciding_modules(package: Path) -> Iterator[Path]:
    """List the modules that decide verdicts, in a fixed order.

    Parameters
    ----------
    package : the folder `classroom`

    Raises
    ------
    FileNotFoundError
        If one of them is not there: its corrections would no longer reach a class.
    """
    for part in DECIDING:
        path = package / part
        if not path.exists():
            raise FileNotFoundError(f"{path} decides verdicts and is gone: name the module that took its place")
        yield from [path] if path.is_file() else sorted(path.rglob("*.py"))


@cache
def code_digest(package: Path | None = None) -> str:
    """Return a hash of the code that decides verdicts.

    It is part of the key of every stored result and of the name of every stored sheet, so a correction of a check, a
    measure or a message reaches the class with the next ``classroom grade``, and ``--diff`` shows it before.

    Parameters
    ----------
    package : the folder `classroom`; by default that of the running code
    """
    folder = package or Path(classroom.__file__).parent
    digest = hashlib.sha256()
    for path in deciding_modules(folder):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(folder).as_posix()}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()
