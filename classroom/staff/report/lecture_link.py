"""Where a lecture's section is read: its name, and its address if the course says where its lectures are served."""

import re
from dataclasses import dataclass
from pathlib import Path

from classroom.staff.declare.declaration import Section
from classroom.staff.folders import Folders

_HEADING = re.compile(r"^# (#{2,3}) (?P<text>.+)$", re.MULTILINE)
_NUMBER = re.compile(r"^\d+ · ")


@dataclass(frozen=True)
class LectureLink:
    """What a page says of a section: a text, and its address or ""."""

    text: str
    address: str


@dataclass(frozen=True)
class Lectures:
    """The lectures of a course.

    address : of the folder that holds their pages, with its slash at the end; "" where they are not served
    headings : by lecture, the headings of its sections as written, number included
    """

    address: str = ""
    headings: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @classmethod
    def of(cls, course: Folders) -> "Lectures":
        """Read the headings, and the address that nbgrader_config.py gives as ``c.Lectures.address``."""
        address = str(course.config.Lectures.get("address", ""))
        texts = sorted((course.folder("source").parent / "course").glob("[0-9][0-9]_*.py"))
        headings = tuple((path.stem, section_headings(path)) for path in texts)
        return cls(address if not address or address.endswith("/") else f"{address}/", headings)

    def link(self, section: Section | None) -> LectureLink | None:
        """Return how a page names a section, and links it where the lectures have an address."""
        if section is None:
            return None
        heading = self.full_heading(section) or section.heading
        place = f"{self.address}{section.lecture}.html#{anchor(heading)}" if self.address else ""
        return LectureLink(f"lecture {section.number}, “{section.heading}”", place)

    def full_heading(self, section: Section) -> str:
        """Return the heading of a section as its lecture has it; "" if there is none."""
        headings = dict(self.headings).get(section.lecture, ())
        return next((heading for heading in headings if _NUMBER.sub("", heading) == section.heading), "")


def section_headings(text: Path) -> tuple[str, ...]:
    """Return the headings of a lecture's sections, from its text."""
    return tuple(found["text"].strip() for found in _HEADING.finditer(text.read_text(encoding="utf-8")))


def anchor(heading: str) -> str:
    """Return the anchor that the site gives to a heading: lower case, blanks as hyphens, no punctuation.

    Examples
    --------
    >>> anchor("4 · How large a step? The V-curve")
    '4--how-large-a-step-the-v-curve'
    """
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")
