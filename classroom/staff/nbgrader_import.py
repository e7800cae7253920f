"""The one place that imports nbgrader: faster, and so that it finds the programs that it starts."""

import os
import sys
from typing import Any


def import_nbgrader() -> Any:
    """Import nbgrader's tables, without the 2 s that jsonschema spends on parsers for addresses nobody has here."""
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    put_environment_first()
    import nbgrader.api

    return nbgrader.api


def put_environment_first() -> None:
    """Let programs of this environment be found by name, by this process and by those that it starts.

    nbgrader starts `alembic` by its name when it makes a gradebook.  Both lie in the folder of this Python, whether the
    environment is activated or not.
    """
    beside = os.path.dirname(sys.executable)
    others = [folder for folder in os.environ.get("PATH", os.defpath).split(os.pathsep) if folder != beside]
    os.environ["PATH"] = os.pathsep.join([beside, *others])
