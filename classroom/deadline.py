"""When an assignment is due, as its bundle says: read from `dates.json` beside the notebook."""

import datetime as dt
import json
from pathlib import Path

FILE = "dates.json"


def deadline(notebook: Path, now: dt.datetime | None = None) -> str:
    """Say when an assignment is due, what late work loses, and how long it is until then.

    Parameters
    ----------
    notebook : the student's notebook; the dates lie beside it
    now : with a time zone; by default the clock's

    Returns
    -------
    str
        "" where no date was given, or the file cannot be read.
    """
    try:
        said = json.loads(notebook.with_name(FILE).read_text(encoding="utf-8"))
        text, due = str(said["text"]), dt.datetime.fromisoformat(said["due"])
        left = due - (now or dt.datetime.now(dt.UTC))
    except (OSError, ValueError, KeyError, TypeError):
        return ""
    return f"{text}  ({_in_words(left)}, as the dates were when you got the assignment)"


def _in_words(left: dt.timedelta) -> str:
    """Return a length of time in words: from now on, or how long ago."""
    hours = abs(left) // dt.timedelta(hours=1)
    count, unit = (hours // 24, "day") if hours >= 48 else (hours, "hour")
    if not count:
        count, unit = abs(left) // dt.timedelta(minutes=1), "minute"
    words = f"{count} {unit}{'s' if count != 1 else ''}"
    return f"{words} left" if left >= dt.timedelta() else f"{words} ago"
