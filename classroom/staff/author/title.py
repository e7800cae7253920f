"""The title of an assignment's text, and the number that it carries in the course."""

import re
from dataclasses import dataclass

_TITLE = re.compile(r"^# # (?P<text>(?:Assignment (?P<number>\d+) · )?\S.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Title:
    """What stands above an assignment.

    text : str
        The whole line, such as "Assignment 2 · Gradient check and activations"; "" where there is none.
    number : int or None
        Its place in the course, where the title says so.
    """

    text: str = ""
    number: int | None = None

    def numbered(self, name: str) -> str:
        """Put the number before the name of the assignment, so that folders stand in the order of the course."""
        return name if self.number is None else f"{self.number:02d}-{name}"


def title_of(text: str) -> Title:
    """Read the title of a notebook's text (percent format): its first heading of the first rank."""
    found = _TITLE.search(text)
    if found is None:
        return Title()
    return Title(found["text"], int(found["number"]) if found["number"] else None)
