"""Archives as each learning system makes them, for the tests of collecting."""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

CANVAS = "doejane_LATE_1234_567890_activations-1.ipynb"


def make_zip(path: Path, files: Mapping[str, bytes | str]) -> Path:
    """Write a zip with these files."""
    path.parent.mkdir(parents=True, exist_ok=True)
    written = io.BytesIO()  # a file would be sought in three times for each entry
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    path.write_bytes(written.getvalue())
    return path


def names_of(system: str, assignment: str) -> dict[str, tuple[str, str]]:
    """Return, for an archive of two students' hand-ins, the student whom each notebook's name tells and its time."""
    name = f"{assignment}.ipynb"
    return {
        "canvas": {
            f"doejane_1234_567890_{name}": ("1234", ""),
            f"oneilsean_LATE_77_567891_{assignment}-2.ipynb": ("77", ""),
        },
        "canvas anonymous": {
            f"anon_x1y2z_567890_{name}": ("anon_x1y2z", ""),
            f"LATE_anon_abcde_567891_{name}": ("anon_abcde", ""),
        },
        "moodle": {
            f"Jane Doe_9001_assignsubmission_file/{name}": ("Jane Doe", ""),
            f"李伟_9002_assignsubmission_file/{name}": ("李伟", ""),
        },
        "moodle old": {
            f"Jane Doe_9001_assignsubmission_file_/{name}": ("Jane Doe", ""),
            f"Seán O'Neil_9002_assignsubmission_file_/{name}": ("Seán O'Neil", ""),
        },
        "moodle flat": {
            f"Jane Doe_9001_assignsubmission_file_{name}": ("Jane Doe", ""),
            f"Ana Müller_9002_assignsubmission_file_{name}": ("Ana Müller", ""),
        },
        "moodle blind": {
            f"Participant_9001_assignsubmission_file/{name}": ("Participant 9001", ""),
            f"Participant_9002_assignsubmission_file/{name}": ("Participant 9002", ""),
        },
        "brightspace": {
            f"55501-8001 - Jane Doe - Oct 2, 2025 905 AM/{name}": ("55501", "2025-10-02 07:05:00 UTC"),
            f"55502-8002 - Sean O'Neil - Oct 2, 2025 1130 PM/{name}": ("55502", "2025-10-02 21:30:00 UTC"),
        },
        "blackboard": {
            f"{assignment}_jdoe_attempt_2025-10-02-09-05-33_{name}": ("jdoe", "2025-10-02 07:05:33 UTC"),
            f"{assignment}_s_oneil_attempt_2025-12-02-23-30-00_{name}": ("s_oneil", "2025-12-02 22:30:00 UTC"),
        },
        "gradescope": {
            f"submission_71/{name}": ("55501", "2025-10-02 07:05:33 UTC"),
            f"submission_72/{name}": ("sean@uni.edu", "2025-10-02 21:30:00 UTC"),
        },
        "exchange": {
            f"jdoe+{assignment}+2025-10-02 07:05:33.948203 UTC/{name}": ("jdoe", "2025-10-02 07:05:33 UTC"),
            f"a+b@c+{assignment}+2025-10-02 21:30:00.948203 UTC+Zm9v/{name}": ("a+b@c", "2025-10-02 21:30:00 UTC"),
        },
        "folder": {
            f"jdoe/{assignment}/{name}": ("jdoe", ""),
            f"UNI\\x/{assignment}/{name}": ("UNI\\x", ""),
        },
        "folder named": {"jdoe.ipynb": ("jdoe", ""), "Jane Roe.ipynb": ("Jane Roe", "")},
    }[system]


# What the systems put into their archives besides.
EXTRAS: dict[str, dict[str, str]] = {
    "canvas": {"doejane_1234_text.html": "<p>Here it is.</p>", "roe_99_link.html": "http://x"},
    "moodle": {"Jane Doe_9001_assignsubmission_onlinetext/onlinetext.html": "<p>Here it is.</p>"},
    "brightspace": {"index.html": "<table>"},
    "blackboard": {"small_jdoe_attempt_2025-10-02-09-05-33.txt": "Name: Jane Doe"},
    "gradescope": {
        "submission_metadata.yml": (
            "submission_71:\n  :submitters:\n  - :name: Jane Doe\n    :sid: '55501'\n    :email: jane@uni.edu\n"
            "  :created_at: 2025-10-02 07:05:33.417463000 Z\n"
            "submission_72:\n  :submitters:\n  - :name: Sean O'Neil\n    :sid:\n    :email: sean@uni.edu\n"
            "  :created_at: 2025-10-02 23:30:00.0 +02:00\n"
        )
    },
    "exchange": {"jdoe+small+2025-10-02 07:05:33.948203 UTC/timestamp.txt": "2025-10-02 07:05:33.948203 UTC"},
}
SYSTEMS = (
    "canvas",
    "canvas anonymous",
    "moodle",
    "moodle old",
    "moodle flat",
    "moodle blind",
    "brightspace",
    "blackboard",
    "gradescope",
    "exchange",
    "folder",
    "folder named",
)
