"""Under which paths files are kept that strangers have named, and what lies below a folder that one has filled."""

import hashlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from classroom.staff.records.student_id import shown

DEEPEST = 16  # folders in each other that are looked into; a program's recursion ends at a thousand
_PARTS = 4  # of a path that are kept
_LONGEST = 150  # bytes of one part; a file's name has at most 255, with what is added while it is written


def kept_names(names: Iterable[str]) -> dict[str, str]:
    """Return a relative path for each name: inside its folder, short enough to be written, and in no other's way.

    Parameters
    ----------
    names : whatever a student or a learning system has written, folders before "/"

    Examples
    --------
    >>> kept_names(["../a", ".b", "c", "c/d", "/a"])
    {'../a': 'a', '.b': '_b', 'c': 'c', 'c/d': '2/c/d', '/a': '2/a'}
    """
    kept: dict[str, str] = {}
    files: set[str] = set()
    folders: set[str] = set()
    for name in names:
        inside, number = _inside(name), 1
        path = inside
        while _in_the_way(path, files, folders):
            number += 1
            path = f"{number}/{inside}"
        files.add(path.casefold())
        folders |= _above(path)
        kept[name] = path
    return kept


def _in_the_way(path: str, files: set[str], folders: set[str]) -> bool:
    return path.casefold() in files | folders or bool(_above(path) & files)


def _above(path: str) -> set[str]:
    return {str(one) for one in PurePosixPath(path.casefold()).parents} - {"."}


def _inside(name: str) -> str:
    parts = [part for part in PurePosixPath(name).parts if part not in ("/", "//", "..", ".")]
    return "/".join(map(_short, parts[-_PARTS:])) or "file"


def _short(part: str) -> str:
    part = shown(part)
    part = f"_{part}" if part.startswith(".") else part
    written = part.encode()
    if len(written) <= _LONGEST:
        return part
    suffix = PurePosixPath(part).suffix if len(PurePosixPath(part).suffix.encode()) <= 20 else ""
    head = written[: _LONGEST - 40].decode(errors="ignore")
    return f"{head}~{hashlib.sha256(written).hexdigest()[:12]}{suffix}"


def below(folder: Path, deepest: int = DEEPEST) -> Iterator[Path]:
    """Yield what lies below a folder and is no folder itself, in the order of its name; no link is followed.

    Notes
    -----
    Neither `os.walk` nor `Path.rglob` ends well in folders that lie a thousand deep.
    """
    waiting = [(folder, 0)]
    while waiting:
        place, depth = waiting.pop()
        with os.scandir(place) as entries:
            found = sorted(entries, key=lambda entry: entry.name)
        inner = []
        for entry in found:
            if not entry.is_dir(follow_symlinks=False):
                yield place / entry.name
            elif depth < deepest:
                inner.append((place / entry.name, depth + 1))
        waiting += reversed(inner)
