"""How a result of the course appears: rich in a notebook, as plain text anywhere else."""

import sys
from collections.abc import Mapping
from typing import Any

from classroom.console import write_plainly


def show(shown: Any) -> None:
    """Display an object that has to_html, to_text and to_json; outside a notebook, print its text."""
    data = {"text/plain": shown.to_text(), "text/html": shown.to_html()}
    display_bundle(data, {"classroom": {type(shown).__name__.lower(): shown.to_json()}})


def display_bundle(data: Mapping[str, Any], metadata: Mapping[str, Any]) -> None:
    """Publish one output in a running notebook, or print its text elsewhere."""
    write_plainly()
    shell = running_shell()
    if shell is None:
        print(data["text/plain"])
    else:
        shell.display_pub.publish(dict(data), metadata=dict(metadata))


def running_shell() -> Any:
    """Return IPython's shell if a notebook is running, else None."""
    # Where IPython was never imported no notebook can be running: do not pay for the import.
    return sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
