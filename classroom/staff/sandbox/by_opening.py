"""Looks at files by opening them, where calls that look at a file by its name are closed to student code.

Without namespaces every file of the machine has a name that student code can say.  Landlock closes opening it; it does
not close asking for its size and time, so the filter of system calls does, and Python's own questions, those of
`import` among them, have to take this way.  This file runs inside the sandbox, and imports only the standard library.
"""

import os
import sys
from typing import Any

# Folders in which `import` looks, as they were: some may not be opened, for what lies beside the modules is hidden.
_KNOWN: dict[str, os.stat_result] = {}


def install() -> None:
    """Put what opens a file in the place of what asks about its name, for all of this process."""
    for folder in {*sys.path, *sys.path_importer_cache}:
        if os.path.isdir(folder):
            _KNOWN[folder] = os.stat(folder)
    for name in ("posix", "os"):  # `import` asks the first by itself
        vars(sys.modules[name]).update(stat=stat, lstat=stat, access=access)


def stat(path: Any, *, dir_fd: int | None = None, follow_symlinks: bool = True) -> os.stat_result:
    """Return what is known of a file that may be opened; links are followed in any case."""
    if isinstance(path, int):
        return os.fstat(path)
    if isinstance(path, str) and path in _KNOWN:
        return _KNOWN[path]
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=dir_fd)
    try:
        return os.fstat(descriptor)
    finally:
        os.close(descriptor)


def access(
    path: Any, mode: int, *, dir_fd: int | None = None, effective_ids: bool = False, follow_symlinks: bool = True
) -> bool:
    """Tell whether a file may be read; nothing may be written or run."""
    if mode & (os.W_OK | os.X_OK):
        return False
    try:
        stat(path, dir_fd=dir_fd)
    except OSError:
        return False
    return True
