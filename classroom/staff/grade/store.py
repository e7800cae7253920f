"""Results as they come: one file each, under the hash of the submission, the exam, the code and the settings."""

import fcntl
import gzip
import hashlib
import json
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from classroom.atomic_write import write_whole
from classroom.fault import Fault
from classroom.staff.grade.code_digest import code_digest
from classroom.staff.grade.examine import Settings


def result_key(data: bytes | None, exam_digest: str, settings: Settings, mode: str) -> str:
    """Return the key of a result: whatever may change the result changes the key.

    That is the code that decides verdicts, the exam (the released notebook, the declarations' cases, this class's
    hidden numbers), the settings, how student code is locked in, and the file itself.
    """
    parts = [code_digest(), exam_digest, json.dumps(settings.to_json(), sort_keys=True), mode]
    digest = hashlib.sha256("\0".join(parts).encode())
    digest.update(b"\0missing" if data is None else b"\0handed in\0" + data)
    return digest.hexdigest()[:40]


def to_bytes(result: dict[str, Any]) -> bytes:
    """Write a result; the same result gives the same bytes."""
    return gzip.compress(json.dumps(result, sort_keys=True, ensure_ascii=False).encode(), 3, mtime=0)


def from_bytes(data: bytes) -> dict[str, Any]:
    """Read what `to_bytes` wrote."""
    return dict(json.loads(gzip.decompress(data)))


class Store:
    """The results of one assignment, and which of them the gradebook holds."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._results = folder / "results"
        self._recorded = folder / "recorded"

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep a second grader of the same assignment out for the length of a block."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with open(self.folder / "lock", "w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Fault(f"{self.folder.name} is being graded by another process: wait for it, or stop it") from None
            yield

    def _path(self, key: str) -> Path:
        return self._results / key[:2] / f"{key}.json.gz"

    def has(self, key: str) -> bool:
        """Whether there is a result."""
        return self._path(key).is_file()

    def put(self, key: str, data: bytes) -> None:
        """Keep the bytes of a result."""
        write_whole(self._path(key), data)

    def get(self, key: str) -> dict[str, Any] | None:
        """Return a result; None if there is none, or its file is damaged (it is graded again then)."""
        try:
            return from_bytes(self._path(key).read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, EOFError, ValueError, TypeError, zlib.error):
            self._path(key).unlink(missing_ok=True)
            return None

    def recorded(self, student: str) -> dict[str, Any]:
        """Return what was noted when a student's result went into the gradebook; empty if it never did."""
        try:
            return dict(json.loads((self._recorded / f"{student}.json").read_text()))
        except (FileNotFoundError, ValueError, TypeError):
            return {}

    def note_recorded(self, student: str, note: dict[str, Any]) -> None:
        """Note that a student's result is in the gradebook."""
        write_whole(self._recorded / f"{student}.json", json.dumps(note, sort_keys=True).encode())

    def prune(self, keep: set[str]) -> int:
        """Remove results that no student's record names and that this run did not use; return how many."""
        named = {str(self.recorded(path.stem).get("key")) for path in self._recorded.glob("*.json")} | keep
        removed = 0
        for path in self._results.glob("*/*.json.gz"):
            if path.name.removesuffix(".json.gz") not in named:
                os.unlink(path)
                removed += 1
        return removed
