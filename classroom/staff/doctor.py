"""`classroom doctor`: what this machine can do for grading, and how to mend what is missing."""

import dataclasses
import importlib.metadata
import importlib.util
import os
import platform
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from classroom.fault import Fault

if TYPE_CHECKING:
    from classroom.staff.folders import Folders

State = Literal["ok", "warning", "missing"]
MEMORY, CGROUP = Path("/proc/meminfo"), Path("/sys/fs/cgroup")
SIGNS: dict[State, str] = {"ok": "✓", "warning": "!", "missing": "✗"}


@dataclasses.dataclass(frozen=True)
class Finding:
    """One thing that was looked at; `mend` says what to do when it is not ok."""

    what: str
    state: State
    text: str
    mend: str = ""


def examine_machine(root: Path) -> list[Finding]:
    """Look at everything that grading needs."""
    return [*examine_image(), *_memory(), *_sandbox(), *_course(root)]


def examine_image() -> list[Finding]:
    """Look at what is installed.  Whether the sandbox may be made is up to the host, and a course comes later."""
    return [*_system(), *_packages()]


def _system() -> list[Finding]:
    from classroom.staff.sandbox.sandbox import capabilities

    found: list[Finding] = []
    linux = platform.system() == "Linux"
    what = f"{platform.system()} {platform.release()}, Python {platform.python_version()}"
    found.append(Finding("system", "ok" if linux else "missing", what, "" if linux else "grade on Linux, or in a VM"))
    if not linux:
        return found
    able = capabilities()
    mend = "sudo apt-get install bubblewrap"
    found.append(Finding("bubblewrap", "ok" if able.bubblewrap else "missing", able.bubblewrap or "not found", mend))
    found.append(_namespaces(able.namespaces, able.reason))
    mend = "pip install pyseccomp, and sudo apt-get install libseccomp2"
    found.append(
        Finding(
            "seccomp", "ok" if able.seccomp else "missing", "filter compiled" if able.seccomp else able.reason, mend
        )
    )
    version = able.landlock
    text = f"version {version} in this kernel" if version else "not in this kernel, or switched off"
    mend = "" if version else "needs Linux 5.13 with lsm=...,landlock on its command line; a second wall, not the first"
    found.append(Finding("Landlock", "ok" if version else "warning", text, mend))
    return found


def _namespaces(able: bool, reason: str) -> Finding:
    if able:
        return Finding("user namespaces", "ok", "bubblewrap makes namespaces here")
    mends = []
    for path, bad, mend in (
        (
            "/proc/sys/kernel/apparmor_restrict_unprivileged_userns",
            "1",
            "sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0",
        ),
        ("/proc/sys/kernel/unprivileged_userns_clone", "0", "sudo sysctl kernel.unprivileged_userns_clone=1"),
        ("/proc/sys/user/max_user_namespaces", "0", "sudo sysctl user.max_user_namespaces=10000"),
    ):
        if os.path.exists(path) and Path(path).read_text().strip() == bad:
            mends.append(mend)
    if os.path.exists("/.dockerenv") or os.path.exists("/run/.containerenv"):
        mends.append(
            "in a container: docker run --security-opt seccomp=unconfined --security-opt systempaths=unconfined"
        )
    return Finding("user namespaces", "warning", reason, "; ".join(mends) or "allow unprivileged user namespaces")


def _packages() -> list[Finding]:
    from classroom.staff.sandbox.inventory import PACKAGES, SandboxError, package_files

    try:
        names = package_files()
    except SandboxError as error:
        found = [Finding("in the sandbox", "missing", str(error), "pip install -e '.[staff]'")]
    else:
        versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in PACKAGES)
        found = [Finding("in the sandbox", "ok", f"{versions} and what they need ({len(names)} entries)")]
    for name, mend in (
        ("nbgrader", "pip install -e '.[staff]'"),
        ("rich", "pip install rich"),
        ("PIL", "pip install pillow"),
    ):
        if importlib.util.find_spec(name) is None:
            found.append(Finding(name, "missing", "not installed", mend))
    if importlib.util.find_spec("distributed") is None:
        found.append(
            Finding(
                "cluster",
                "warning",
                "distributed is not installed: one machine only",
                "pip install -e '.[cluster]'",
            )
        )
    return found


def _memory() -> list[Finding]:
    """Compare the memory that is available with what the rooms of all workers may take, one for each core."""
    from classroom.staff.sandbox.sandbox import Limits

    if (available := _available_bytes()) is None:
        return []
    workers, room = len(os.sched_getaffinity(0)), Limits().memory_bytes
    text = f"{available / 2**30:.1f} GB available; {workers} workers with {room >> 30} GB each may take"
    text = f"{text} {workers * room >> 30} GB"
    if workers * room <= available:
        return [Finding("memory", "ok", text)]
    return [Finding("memory", "warning", text, f"classroom grade --workers {max(1, available // room)}")]


def _available_bytes() -> int | None:
    """Return the memory that is available here, of a container's limit what it has left; None where nothing says."""
    try:
        told = re.search(r"^MemAvailable: +(\d+) kB$", MEMORY.read_text(), re.MULTILINE)
    except OSError:
        return None
    found = [1024 * int(told[1])] if told else []
    try:
        found.append(int((CGROUP / "memory.max").read_text()) - int((CGROUP / "memory.current").read_text()))
    except (OSError, ValueError):
        return min(found, default=None)  # no cgroup of its own, or one that says "max"
    return max(0, min(found))


def _sandbox() -> list[Finding]:
    """Run one cell, try what it must not do, and name what cannot be closed here."""
    from classroom.staff.sandbox.inventory import SandboxError
    from classroom.staff.sandbox.sandbox import Zygote, left_open
    from classroom.staff.sandbox.wire import Overdue, WireError

    trial = (
        "import os, socket\n"
        "def refused(work):\n"
        "    try:\n"
        "        work()\n"
        "    except OSError:\n"
        "        return True\n"
        "    return False\n"
        "print(refused(os.fork), refused(socket.socket), refused(lambda: os.listdir('/home')), os.getuid() != 0)\n"
    )
    try:
        zygote = Zygote()
    except SandboxError as error:
        mend = "mend what is listed above; nothing is graded without it"
        return [Finding("sandbox", "missing", str(error), mend)]
    try:
        with zygote.open(0) as child:
            answer = child.ask({"do": "cell", "source": trial, "outputs": True, "figures": False}, 20, 60)
        held = [item["text"].strip() for item in answer["outputs"]] == ["True True True True"]
    except Overdue as error:
        return [
            Finding("sandbox", "missing", f"a child did not answer: {error}", "try again when this machine is idle")
        ]
    except (WireError, SandboxError, KeyError, TypeError) as error:
        mend = "report this with your system's version"
        return [Finding("sandbox", "missing", f"a child did not answer: {error}", mend)]
    finally:
        zygote.close()
    if not held:
        text = "student code could do what it must not"
        return [Finding("sandbox", "missing", text, "do not grade on this machine")]
    told = Finding("left open", "ok", "; ".join(left_open(zygote.mode)))
    if zygote.mode == "landlock":
        text = "holds by Landlock, seccomp and limits alone: student code has no folder to write to"
        mend = "allow user namespaces for the full wall; docs/security.md says what each mode promises"
        return [Finding("sandbox", "warning", text, mend), told]
    return [Finding("sandbox", "ok", "a cell ran; it could not fork, open a socket, see /home or be root"), told]


def _course(root: Path) -> list[Finding]:
    """Look at the class secret, the disk and the gradebook of a course."""
    from classroom.staff.folders import Folders

    try:
        folders = Folders.of(root)
    except Fault as fault:
        return [Finding("course", "warning", str(fault), "run this in the folder of the course, or give --root")]
    return [*_secret(folders), *_gradebook(folders)]


def _secret(folders: "Folders") -> list[Finding]:
    """Tell of a class secret that is missing: grading then stops."""
    if (lost := folders.lost_secret()) is None:
        return []
    text = f"{lost} is missing, and this class has been graded with it"
    mend = f"put your copy back, or delete {folders.workshop} to grade everything anew"
    return [Finding("class secret", "missing", text, mend)]


def _gradebook(folders: "Folders") -> list[Finding]:
    free = shutil.disk_usage(folders.root).free
    space = Finding(
        "disk", "ok" if free > 1e9 else "warning", f"{free / 1e9:.1f} GB free", "" if free > 1e9 else "make room"
    )
    from sqlalchemy import create_engine, text
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import SQLAlchemyError

    url = make_url(folders.db_url)
    shown = url.render_as_string(hide_password=True)
    if url.get_backend_name() == "sqlite":
        path = Path(url.database or "")
        if not path.exists():
            return [
                space,
                Finding("gradebook", "warning", f"{shown} is not there yet", "classroom release <assignment>"),
            ]
        if not os.access(path, os.W_OK) or not os.access(path.parent, os.W_OK):
            return [
                space,
                Finding("gradebook", "missing", f"{path} cannot be written", f"chmod u+w {path} {path.parent}"),
            ]
    try:
        engine = create_engine(url)
        try:
            with engine.connect() as connection:
                count = connection.execute(text("select count(*) from assignment")).scalar()
        finally:
            engine.dispose()
    except (SQLAlchemyError, ImportError) as error:
        reason = str(getattr(error, "orig", error)).splitlines()[0]
        return [space, Finding("gradebook", "missing", f"{shown}: {reason}", "is the server up, and db_url right?")]
    return [space, Finding("gradebook", "ok", f"{shown}, {count} assignments")]


def doctor(
    root: Annotated[Path, typer.Option(help="folder with nbgrader_config.py")] = Path("."),
    image: Annotated[
        bool, typer.Option("--image", help="look only at what is installed, while an image is built")
    ] = False,
) -> None:
    """Tell what this machine can do for grading, and how to mend what is missing."""
    from rich.console import Console
    from rich.markup import escape

    console = Console(soft_wrap=True)
    findings = examine_image() if image else examine_machine(root)
    for finding in findings:
        console.print(
            f"{SIGNS[finding.state]} [bold]{escape(finding.what)}[/bold]  {escape(finding.text)}", highlight=False
        )
        if finding.state != "ok" and finding.mend:
            console.print(f"    → {escape(finding.mend)}", highlight=False)
    able = not any(finding.state == "missing" for finding in findings)
    if image:
        console.print("what grading needs is installed" if able else "this image cannot grade yet")
    else:
        console.print("this machine can grade" if able else "this machine cannot grade yet")
    raise typer.Exit(0 if able else 1)
