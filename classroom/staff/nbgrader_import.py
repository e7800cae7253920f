"""The one place that imports nbgrader: faster, and so that it finds the programs that it starts."""

import os
import sys
from typing import Any

from classroom.notebook_file import skip_address_grammars


def import_nbgrader() -> Any:
    """Import nbgrader's tables.

    A new gradebook asks which revision of its tables is the newest: this process reads that, where nbgrader would start
    the program `alembic`, which imports nbgrader once more and takes longer than all else that a release does.
    """
    skip_address_grammars()
    put_environment_first()
    import nbgrader.api

    nbgrader.api.get_alembic_version = newest_revision
    return nbgrader.api


def module_command(name: str) -> list[str]:
    """Return the command that runs a module as ``python -m`` does, without those grammars."""
    run = f"import runpy, sys; sys.modules['rfc3987_syntax'] = None; runpy.run_module({name!r}, None, '__main__', True)"
    return [sys.executable, "-c", run]


def newest_revision() -> str | None:
    """Return the newest revision of nbgrader's tables, as ``alembic heads`` names it."""
    from alembic.script import ScriptDirectory
    from nbgrader.dbutil import ALEMBIC_DIR

    return ScriptDirectory(ALEMBIC_DIR).get_current_head()


def put_environment_first() -> None:
    """Let programs of this environment be found by name, by this process and by those that it starts.

    nbgrader's own commands start `alembic` by its name when they make a gradebook.  Both lie in the folder of this
    Python, whether the environment is activated or not.
    """
    beside = os.path.dirname(sys.executable)
    others = [folder for folder in os.environ.get("PATH", os.defpath).split(os.pathsep) if folder != beside]
    os.environ["PATH"] = os.pathsep.join([beside, *others])
