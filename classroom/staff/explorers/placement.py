"""The explorers of the lectures: each is a module, and each stands behind a cell of its lecture."""

from collections.abc import Iterable, Iterator
from typing import Any

from classroom.fault import Fault
from classroom.staff.explorers.axes import AXES
from classroom.staff.explorers.gain import GAIN
from classroom.staff.explorers.masks import MASKS
from classroom.staff.explorers.padding import PADDING
from classroom.staff.explorers.polygon import POLYGON
from classroom.staff.explorers.ravine import MOMENTUM, STEP_SIZE
from classroom.staff.explorers.view import VIEW

EXPLORERS = (POLYGON, PADDING, VIEW, STEP_SIZE, MOMENTUM, GAIN, AXES, MASKS)


def placed(cells: Iterable[dict[str, Any]], lecture: str) -> Iterator[dict[str, Any]]:
    """Yield the cells of a lecture with its explorers behind the cells that they name.

    An explorer is a markdown cell of raw HTML, whose metadata name it as ``explorer``.

    Raises
    ------
    Fault
        If no cell of the lecture has the word.
    """
    waiting = [explorer for explorer in EXPLORERS if explorer.lecture == lecture]
    for cell in cells:
        yield cell
        source = "".join(cell["source"])
        for explorer in [one for one in waiting if cell["cell_type"] == "code" and f'"{one.after}"' in source]:
            waiting.remove(explorer)
            metadata = {"explorer": explorer.name}
            yield {"cell_type": "markdown", "metadata": metadata, "source": explorer.to_html(), "id": explorer.name}
    if waiting:
        names = ", ".join(f"{explorer.name} (behind {explorer.after!r})" for explorer in waiting)
        raise Fault(
            f"lecture {lecture} has no cell for the explorer {names}: change `after` in classroom/staff/explorers"
        )
