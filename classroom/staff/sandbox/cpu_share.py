"""An equal share of the processor for each zygote, whatever its threads do, where cgroups allow it.

One room of a zygote runs at a time (see `classroom.staff.sandbox.room.Session`), so this is the share of a room.
"""

import contextlib
import itertools
import os
from pathlib import Path

_NUMBERS = itertools.count()


class CpuShare:
    """A group of processes that the kernel gives as much as any other group, and as any process beside them."""

    def __init__(self, place: Path | None) -> None:
        """Make the group in this one; None where that is not possible, and then every thread has a share."""
        self.group: Path | None = None
        if place is not None:
            forget_abandoned(place)
            group = place / f"classroom-{os.getpid()}-{next(_NUMBERS)}"
            with contextlib.suppress(OSError):
                group.mkdir()
                self.group = group

    @property
    def prefix(self) -> list[str]:
        """Words before a command that have its process enter the group first, and its children with it."""
        if self.group is None:
            return []
        return ["/bin/sh", "-c", 'echo $$ 2>/dev/null >"$0/cgroup.procs"; exec "$@"', str(self.group)]

    def take(self, process: int) -> None:
        """Have a process enter the group that is there already; one that may not be moved stays where it is."""
        if self.group is not None and process:
            with contextlib.suppress(OSError):
                (self.group / "cgroup.procs").write_text(str(process))

    def close(self) -> None:
        """Remove the group; its processes have ended."""
        if self.group is not None:
            with contextlib.suppress(OSError):  # one is just ending: the next grader removes it
                self.group.rmdir()


def place_of_shares(process: Path = Path("/proc/self")) -> Path | None:
    """Return the cgroup in which this process may make others that share the processor; None if there is none.

    In version 1 that is its own.  In version 2 a group with processes has no groups that share, so it is the one above,
    if that is delegated to this user.
    """
    mounts = [line.split() for line in (process / "mounts").read_text().splitlines()]
    for line in (process / "cgroup").read_text().splitlines():
        _, controllers, name = line.split(":", 2)
        for _, mounted, kind, options, *_ in mounts:
            own = Path(mounted) / name.lstrip("/")
            if kind == "cgroup" and "cpu" in controllers.split(",") and "cpu" in options.split(","):
                return own if _may_make(own) else None
            if kind == "cgroup2" and not controllers:
                for place in (own, own.parent) if name != "/" else (own,):
                    shares = place / "cgroup.subtree_control"
                    if shares.is_file() and "cpu" in shares.read_text().split() and _may_make(place):
                        return place
    return None


def _may_make(place: Path) -> bool:
    return os.access(place, os.W_OK) and os.access(place / "cgroup.procs", os.W_OK)


def forget_abandoned(place: Path) -> None:
    """Remove the groups of graders that were killed: those without a process."""
    for group in place.glob("classroom-*"):
        with contextlib.suppress(OSError):
            group.rmdir()
