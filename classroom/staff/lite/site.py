"""`classroom lite`: a static folder in which released assignments run in the reader's browser, with no install."""

import hashlib
import json
import shutil
import subprocess
import sysconfig
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from classroom.atomic_write import write_whole
from classroom.fault import Fault
from classroom.judge.answer_sheet import AnswerSheet
from classroom.staff.author.title import title_of
from classroom.staff.author.wheel import student_wheel
from classroom.staff.folders import Folders
from classroom.staff.grade.exam import DATES
from classroom.staff.lite.pyodide import CDN, LOCK, MARK, Wheel, copy_pyodide, site_lock
from classroom.staff.lite.repacked import repacked
from classroom.staff.lite.start_page import OnSite, write_start_page
from classroom.staff.nbgrader_import import module_command

KERNEL = "@jupyterlite/pyodide-kernel-extension"
# Loaded while the kernel starts, together: one after the other takes twice as long.
AT_START = ("micropip", "ssl", "sqlite3", "jedi", "ipython", "comm", "layerwise")
APPS = ("notebooks", "tree", "lab")


def build_site(course: Folders, names: Sequence[str], target: Path, *, pyodide: Path | None = None) -> Path:
    """Build the site of released assignments.

    Parameters
    ----------
    course : the course
    names : assignments; none means all that are released
    target : folder to write; a site that an earlier call wrote there is replaced when the new one is whole
    pyodide : an unpacked release of Pyodide to serve from the site itself; None leaves it to Pyodide's CDN

    Returns
    -------
    Path
        The start page.

    Raises
    ------
    Fault
        If nothing is released, a named assignment is not, JupyterLite is not installed, or the folder holds other
        things; nothing is written then.
    """
    target = target.resolve()  # JupyterLite builds in a folder of its own, from where a relative one is another
    extension = _kernel_extension()
    assignments = sorted(_released(course, names), key=lambda one: (one.title.number or 10**6, one.name))
    if target.exists() and not (target / MARK).is_file() and any(target.iterdir()):
        raise Fault(f"{target} holds other things than a site: name an empty folder, or one that this command wrote")
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".lite-", dir=target.parent) as scratch:
        made = Path(scratch) / "site"
        base = CDN
        if pyodide is not None:
            copy_pyodide(pyodide, Path(scratch) / "static" / "pyodide")
            base = ""
        _assemble(course, Path(scratch), made, assignments, base, extension)
        write_start_page(made, assignments)
        shutil.rmtree(target, ignore_errors=True)
        made.rename(target)
    return target / "index.html"


def _released(course: Folders, names: Sequence[str]) -> Iterator[OnSite]:
    place = course.folder("release")
    found = {path.parent.name: path for path in place.glob("*/*.ipynb") if path.stem == path.parent.name}
    missing = [name for name in names if name not in found]
    if missing or not found:
        what = f"{missing[0]} is not released" if missing else "no assignment is released"
        raise Fault(f"{what}: run  classroom release {missing[0] if missing else 'NAME'}  first")
    for name in names or found:
        notebook = found[name]
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        noted = [cell["metadata"].get("nbgrader", {}) for cell in cells]
        sheet = AnswerSheet.load(notebook.with_suffix(".npz"))
        dates = notebook.with_name(DATES)
        yield OnSite(
            name,
            title_of(f"# {''.join(cells[0]['source'])}"),
            sum(exercise.points for exercise in sheet.exercises.values()),
            len(sheet.exercises),
            str(json.loads(dates.read_text(encoding="utf-8"))["text"]) if dates.is_file() else "",
            notebook.parent,
            {one["grade_id"]: one["checksum"] for one in noted if one.get("locked") and "checksum" in one},
        )


def _kernel_extension() -> Path:
    """Find the kernel that JupyterLite runs in the browser."""
    found = Path(sysconfig.get_path("data")) / "share" / "jupyter" / "labextensions" / KERNEL
    if not (found / "package.json").is_file():
        raise Fault("JupyterLite is not installed: pip install -e '.[lite]'")
    return found


def _assemble(
    course: Folders, scratch: Path, made: Path, assignments: Sequence[OnSite], base: str, extension: Path
) -> None:
    """Let JupyterLite build its application around the assignments, the kernel and its packages."""
    contents = scratch / "contents"
    for assignment in assignments:
        shutil.copytree(assignment.folder, contents / assignment.name)
    name, content = student_wheel(course)
    wheel = Wheel("layerwise", name, content, ("classroom",), ("numpy", "matplotlib"))
    lock = json.dumps(site_lock([wheel, repacked("comm")], base), sort_keys=True).encode()
    # The name changes with what is in it: no cache gives an old one to a new site.
    where = f"static/lock/{hashlib.sha256(lock).hexdigest()[:12]}/{LOCK}"
    pyodide_url = f"{base or './static/pyodide/'}pyodide.js"
    _write_settings(scratch, made, pyodide_url, where, extension)
    command = [*module_command("jupyterlite_core"), "build", "--no-libarchive"]
    ended = subprocess.run(command, cwd=scratch, capture_output=True, text=True)
    if ended.returncode:
        raise Fault(f"JupyterLite did not build: {(ended.stderr or ended.stdout).strip().splitlines()[-1]}")
    (made / where).parent.mkdir(parents=True)
    (made / where).write_bytes(lock)
    for app in APPS:
        _watch_the_network(made / app / "index.html", f"{'' if base else '../'}{pyodide_url}")


def _watch_the_network(page: Path, pyodide_url: str) -> None:
    """Let the page of an application say so when the network does not answer: JupyterLite waits without a word."""
    script = Path(__file__).with_name("network.js").read_text(encoding="utf-8")
    element = f"<script>{{const PYODIDE = {json.dumps(pyodide_url)};\n{script}}}</script>\n"
    text = page.read_text(encoding="utf-8")
    if "</head>" not in text:
        raise Fault(f"JupyterLite wrote a page without a head, {page.parent.name}/{page.name}: its version has changed")
    page.write_text(text.replace("</head>", f"{element}</head>", 1), encoding="utf-8")


def _write_settings(scratch: Path, made: Path, pyodide_url: str, lock: str, extension: Path) -> None:
    """Write what JupyterLite reads: how it builds, and what the application does in the browser."""
    build = {
        "lite_dir": str(scratch),
        "output_dir": str(made),
        "cache_dir": str(scratch / "cache"),
        "contents": [str(scratch / "contents")],
        "apps": list(APPS),
        "federated_extensions": [str(extension)],
        "ignore_sys_prefix": True,  # what else is installed here needs a server
        "no_sourcemaps": True,
        "no_unused_shared_packages": True,
    }
    kernel = {
        "pyodideUrl": pyodide_url,
        "disablePyPIFallback": True,
        "loadPyodideOptions": {"lockFileURL": f"./{lock}", "packages": list(AT_START)},
    }
    application = {
        "appName": "layerwise",
        "enableServiceWorkerCache": "false",
        "litePluginSettings": {f"{KERNEL}:kernel": kernel},
    }
    overrides: dict[str, Any] = {"@jupyterlab/docmanager-extension:plugin": {"autosaveInterval": 10}}
    for name, content in {
        "jupyter_lite_config.json": {"LiteBuildConfig": build},
        "jupyter-lite.json": {"jupyter-lite-schema-version": 0, "jupyter-config-data": application},
        "overrides.json": overrides,
    }.items():
        write_whole(scratch / name, json.dumps(content, indent=1).encode())
