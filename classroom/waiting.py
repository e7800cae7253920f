"""What a check says while it runs where nothing but the student can stop code that never ends."""

import html
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from classroom.call.clock import IN_BROWSER
from classroom.call.time_limit import can_limit
from classroom.display import running_shell

# An interrupt reaches a kernel in a browser only on sites that send headers which few hosts allow.
BY_HAND = "choose Kernel, Restart Kernel" if IN_BROWSER else "interrupt the kernel (■)"


@contextmanager
def waiting(what: str) -> Iterator[None]:
    """While the code inside runs, show how to stop it by hand; the line goes when it has ended.

    Parameters
    ----------
    what : whose code it is, the name of an exercise

    Notes
    -----
    Nothing is shown where the check itself stops what never ends, or where no notebook runs.
    """
    shell = running_shell()
    if shell is None or can_limit():
        yield
        return
    line = f"{what} is being checked. Nothing here stops a loop that never ends: if this line stays, {BY_HAND}"
    place = {"display_id": uuid.uuid4().hex}
    shell.display_pub.publish({"text/plain": line, "text/html": f"<div>{html.escape(line)}</div>"}, transient=place)
    try:
        yield
    finally:
        shell.display_pub.publish({"text/plain": "", "text/html": ""}, transient=place, update=True)
