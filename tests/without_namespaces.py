"""A user who may make no namespaces, for the tests of what holds there."""

import os
import sys
from pathlib import Path


def without_namespaces() -> list[str]:
    """Return a command prefix under which an ordinary user may make no namespaces, as in Docker."""
    command = ["bwrap", "--unshare-user", "--disable-userns", "--uid", "1000", "--gid", "1000", "--bind", "/", "/"]
    base = Path(sys.base_prefix)
    top = Path(*base.parts[:2])
    if not os.access(top, os.X_OK) or base.is_relative_to("/root"):
        # Python lies in a home that an ordinary user cannot enter: show that part of it alone.
        command += ["--tmpfs", str(top), "--ro-bind", str(base), str(base)]
    return [*command, "--dev-bind", "/dev", "/dev", "--proc", "/proc", "--"]
