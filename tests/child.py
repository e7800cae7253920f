"""One child of a zygote: whether this machine can lock it in, and what a cell in it prints."""

import textwrap

import pytest

from classroom.staff.sandbox import sandbox

able = pytest.mark.skipif(
    sandbox.capabilities().mode != "namespaces", reason="bubblewrap may not make namespaces on this machine"
)


def run(child, source, seconds=20.0):
    """Run a cell and return what it printed, or the name of its error."""
    request = {"do": "cell", "source": textwrap.dedent(source), "outputs": True, "figures": False}
    answer = child.ask(request, seconds)
    errors = [item["name"] for item in answer["outputs"] if item["kind"] == "error"]
    return errors[0] if errors else "".join(item["text"] for item in answer["outputs"]).strip()
