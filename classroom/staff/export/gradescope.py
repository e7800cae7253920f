"""`classroom release NAME --gradescope`: a zip that Gradescope runs, with the same engine and the same cases."""

import importlib.metadata
from pathlib import Path

from classroom.atomic_write import write_whole
from classroom.staff.bundle import packed
from classroom.staff.folders import Folders
from classroom.staff.grade.exam import load_exam
from classroom.staff.records.audit_log import AuditLog

# What examining a submission imports, inside the sandbox and outside it; in the versions of this machine, for the same
# verdicts.
PACKAGES = (
    "numpy",
    "matplotlib",
    "ipython",
    "pillow",
    "packaging",
    "pyseccomp",
    "nh3",
    "markdown-it-py",
    "mdit-py-plugins",
    "latex2mathml",
)

SETUP = """\
#!/usr/bin/env bash
# Runs once, when Gradescope builds the image.
set -e
apt-get update
apt-get install -y --no-install-recommends bubblewrap libseccomp2 python3 python3-venv
python=python3
if ! $python -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    apt-get install -y --no-install-recommends python3.11 python3.11-venv
    python=python3.11
fi
$python -m venv /opt/layerwise
/opt/layerwise/bin/pip install --no-cache-dir -r /autograder/source/requirements.txt
"""

RUN = """\
#!/usr/bin/env bash
# Runs for each submission; LAYERWISE_ROOT and LAYERWISE_PYTHON are for trying it out elsewhere.
root="${LAYERWISE_ROOT:-/autograder}"
mkdir -p "$root/results"
cd "$root/source"
"${LAYERWISE_PYTHON:-/opt/layerwise/bin/python}" -m classroom.staff.export.gradescope_run "$root" && exit 0
[ -s "$root/results/results.json" ] && exit 0
cat > "$root/results/results.json" <<'END'
{"score": 0, "output": "Your work arrived, and was not graded: the grader did not start on this machine. \
Nothing is wrong with your file, and nothing has to be handed in again: tell your teacher, who can run it anew."}
END
"""


def write_autograder(course: Folders, name: str) -> Path:
    """Write the zip for Gradescope's "Configure Autograder"; it holds the answers, so it stays with staff.

    Raises
    ------
    Fault
        If the assignment is not released.
    """
    exam = load_exam(course, name)
    package = Path(__file__).resolve().parents[2]
    files = {
        f"classroom/{path.relative_to(package).as_posix()}": path.read_bytes()
        for path in sorted(package.rglob("*"))
        if path.is_file() and path.suffix in {".py", ".npz"}
    }
    digits = package.parent / "data" / "digits.npz"
    if digits.is_file():
        files["classroom/digits.npz"] = digits.read_bytes()
    files["setup.sh"], files["run_autograder"] = SETUP.encode(), RUN.encode()
    files["requirements.txt"] = _requirements().encode()
    files["exam.json"] = exam.to_bytes()
    target = course.class_folder / "bundles" / f"{name}-gradescope.zip"
    write_whole(target, packed(files, executable={"setup.sh", "run_autograder"}), 0o600)
    log = AuditLog(course, f"classroom release {name} --gradescope")
    log.write("released", assignment=name, sha256=exam.digest, to="gradescope")
    return target


def _requirements() -> str:
    return "".join(f"{name}=={importlib.metadata.version(name)}\n" for name in PACKAGES)
