"""Other users of this machine, and other machines, for the tests of what holds there: the same files, fewer rights."""

import os
import subprocess
import sys
from pathlib import Path

from classroom.staff.sandbox import sandbox

# No account's, so that the kernel counts no other process as this user's.
ORDINARY = 61_234


def without_namespaces() -> list[str]:
    """Return a command prefix under which an ordinary user may make no namespaces, as in Docker."""
    if os.getuid() == 0:
        return [*ordinary_user(), *_WITHOUT_BUBBLEWRAP]
    return [
        "bwrap",
        "--unshare-user",
        "--disable-userns",
        "--uid",
        "1000",
        "--gid",
        "1000",
        *_files(),
        "--proc",
        "/proc",
        "--",
    ]


def ordinary_user() -> list[str]:
    """Return a command prefix for an ordinary user; none where the tests are one's already."""
    if os.getuid() != 0:
        return []
    ids = [f"--reuid={ORDINARY}", f"--regid={ORDINARY}", "--clear-groups"]
    return [*_root(), "setpriv", *ids, "--inh-caps=-all"]


def root_without_namespaces() -> list[str]:
    """Return a command prefix under which root finds no bubblewrap, so that Landlock has to hold."""
    return [*_root(), *_WITHOUT_BUBBLEWRAP]


def _root() -> list[str]:
    return ["bwrap", *_files(), "--cap-add", "ALL", "--"]


_WITHOUT_BUBBLEWRAP = ["env", f"PATH={Path(sys.executable).parent}"]


# Each mode of the sandbox under each kind of user, but for the one that runs the tests.
ELSEWHERE = {
    "namespaces, ordinary user": ("namespaces", ordinary_user),
    "Landlock, ordinary user": ("landlock", without_namespaces),
    "Landlock, root": ("landlock", root_without_namespaces),
}


def give(folder: Path, place: str) -> None:
    """Make a folder and all in it the user's of a place: whoever grades owns the course."""
    if os.getuid() == 0 and "root" not in place:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, ORDINARY, ORDINARY, follow_symlinks=False)


def unable(place: str) -> str:
    """Return why this machine cannot show a place of `ELSEWHERE`; empty if it can."""
    mode, prefix = ELSEWHERE[place]
    if sandbox.capabilities().mode != "namespaces":
        return "bubblewrap may not make namespaces on this machine"
    if mode == "landlock" and not sandbox.capabilities().landlock:
        return "this kernel has no Landlock"
    if "root" in place and os.getuid() != 0:
        return "the tests do not run as root"
    trial = subprocess.run([*prefix(), "/bin/true"], capture_output=True, text=True, check=False)
    return f"this machine cannot show it: {trial.stderr.strip()}" if trial.returncode else ""


def _files() -> list[str]:
    command = ["--bind", "/", "/"]
    base = Path(sys.base_prefix)
    top = Path(*base.parts[:2])
    if not top.stat().st_mode & 0o001 or base.is_relative_to("/root"):
        # Python lies in a home that an ordinary user cannot enter: show that part of it alone.
        command += ["--perms", "0755", "--tmpfs", str(top)]
        for folder in reversed(base.relative_to(top).parents):
            command += ["--perms", "0755", "--dir", str(top / folder)]
        command += ["--ro-bind", str(base), str(base)]
    return [*command, "--dev-bind", "/dev", "/dev"]
