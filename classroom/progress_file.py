"""What has been reached in a notebook, kept beside it: it survives a restart of the kernel.

In a browser without files that last, the page's own store keeps it.
"""

import datetime
import json
from pathlib import Path
from typing import Any

from classroom.atomic_write import write_whole
from classroom.call.clock import IN_BROWSER


class ProgressFile:
    """The last outcome of each exercise, its points, and when it was last right.

    Parameters
    ----------
    name : str
        Of the assignment.
    folder : path
        Of the notebook.

    Attributes
    ----------
    entries : dict
        For each exercise its outcome, its points, and the moment when it was last right ("" for never).
    kept : bool
        Whether the last entry was written down; a folder may be read-only.
    """

    def __init__(self, name: str, folder: str | Path = ".") -> None:
        self.path = Path(folder) / f".{name}.progress.json"
        self.kept = True
        self.entries: dict[str, dict[str, Any]] = {}
        try:
            read = json.loads(self._read())
        except (OSError, ValueError):
            return  # nothing kept yet, or damaged: it begins anew
        for exercise, entry in read.items() if isinstance(read, dict) else ():
            if isinstance(entry, dict) and isinstance(entry.get("points"), int | float):
                self.entries[exercise] = {"outcome": "", "right": "", **entry}

    def record(self, exercise: str, outcome: str, points: float) -> None:
        """Note an outcome, and write all of them down."""
        now = datetime.datetime.now().astimezone().isoformat(timespec="minutes")
        before = self.entries.get(exercise, {}).get("right", "")
        right = now if outcome == "right" else before
        self.entries[exercise] = {"outcome": outcome, "points": points, "right": right}
        text = json.dumps(self.entries, indent=1)
        try:
            self._write(text)
            self.kept = True
        except OSError:
            self.kept = False

    def last_right(self, exercise: str) -> str:
        """Return when an exercise was last right, as "30 Nov 22:10"; "" if it never was."""
        moment = self.entries.get(exercise, {}).get("right", "")
        try:
            return f"{datetime.datetime.fromisoformat(moment):%d %b %H:%M}" if moment else ""
        except (TypeError, ValueError):
            return ""

    def _read(self) -> str:
        store = _page_store()
        if store is not None:
            return str(store.getItem(self.path.name) or "")
        return self.path.read_text(encoding="utf-8")

    def _write(self, text: str) -> None:
        store = _page_store()
        if store is not None:
            store.setItem(self.path.name, text)
        else:
            write_whole(self.path, text.encode())


def _page_store() -> Any:
    """Return the store of the page that Python runs in; None on a computer, and in a worker, which has none."""
    if not IN_BROWSER:
        return None
    import js  # type: ignore[import-not-found]

    return getattr(js, "localStorage", None)
