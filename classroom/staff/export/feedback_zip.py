"""Pages of feedback in a zip, each under the name by which a learning system knows the hand-in it belongs to."""

import dataclasses
import zipfile
from pathlib import Path, PurePosixPath

from classroom.fault import Fault
from classroom.staff.folders import Folders
from classroom.staff.records.attempts import Attempts
from classroom.staff.records.roster import Roster

SYSTEMS = ("canvas", "moodle")


@dataclasses.dataclass
class Zipped:
    """A zip of pages.

    names : of the pages in it, by student
    left_out : students whose page is not in it, and why
    """

    path: Path
    names: dict[str, str] = dataclasses.field(default_factory=dict)
    left_out: dict[str, str] = dataclasses.field(default_factory=dict)


def require_upload(system: str) -> None:
    """Refuse a system that has no upload for pages."""
    if system not in SYSTEMS:
        raise Fault(f"{system!r} takes no zip of pages: there are {' and '.join(SYSTEMS)}")


def zip_feedback(course: Folders, assignment: str, system: str) -> Zipped:
    """Pack the pages that lie in class/feedback for a system's upload.

    Parameters
    ----------
    course, assignment : whose pages
    system : "canvas", for "Upload Submissions", or "moodle", for "Upload multiple feedback files in a zip"

    Raises
    ------
    Fault
        If the system has no such upload, or nobody's page can go back to it.
    """
    require_upload(system)
    zipped = Zipped(course.class_folder / "grades" / f"feedback-{assignment}-{system}.zip")
    pages = {page.parents[1].name: page for page in course.folder("feedback").glob(f"*/{assignment}/{assignment}.html")}
    gone = Roster.of(course).left
    for student in sorted(pages):
        attempts = Attempts.of(course, assignment, student)
        counted = attempts.get(attempts.counted)
        if student in gone:
            zipped.left_out[student] = f"left the class on {gone[student].left}"
        elif counted is None or counted.source != system:
            zipped.left_out[student] = f"no notebook was handed in through {system}"
        else:
            zipped.names[student] = page_name(counted.origin, assignment, system)
    if not zipped.names:
        raise Fault(
            f"no page of {assignment} can go back to {system}: write pages with  classroom feedback {assignment},  "
            f"and collect hand-ins with  classroom collect {assignment} FILE  so that their names are known"
        )
    zipped.path.parent.mkdir(parents=True, exist_ok=True)
    scratch = zipped.path.with_suffix(".new")
    try:
        with zipfile.ZipFile(scratch, "w", zipfile.ZIP_DEFLATED) as archive:
            for student, name in zipped.names.items():
                archive.write(pages[student], name)
        scratch.replace(zipped.path)
    finally:
        scratch.unlink(missing_ok=True)
    return zipped


def page_name(origin: str, assignment: str, system: str) -> str:
    """Return what a page must be called: Canvas goes by the numbers in a file's name, Moodle by those of the folder.

    Examples
    --------
    >>> page_name("doejane_LATE_1234_567890_small-1.ipynb", "small", "canvas")
    'doejane_LATE_1234_567890_small-1.html'
    >>> page_name("Jane Doe_9001_assignsubmission_file_/my work.ipynb", "small", "moodle")
    'Jane Doe_9001_assignsubmission_file_/small.html'
    """
    if system == "canvas":
        return str(PurePosixPath(origin).with_suffix(".html"))
    return f"{origin.partition('/')[0]}/{assignment}.html"
