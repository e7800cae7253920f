"""A rebuild on another processor: outputs that differ from the committed ones by rounding alone stay as they are.

Linear algebra libraries have kernels of their own for each processor, and they round differently.  So a lecture that is
built elsewhere measures other last digits and draws other pixels at the edges of lines.  None of it is a change that
its author made.
"""

import base64
import io
import re
from collections.abc import Callable, Mapping
from typing import Any

from classroom.ledger import Ledger

_NUMBER = re.compile(r"[-+]?\d+(?:\.(\d+))?(?:e([-+]?\d+))?|nan|-?inf\b")
_BLOCK = 8  # pixels: the side of the squares over which two pictures are compared
_FAINT = 16  # of 255: a line of three pixels that moves by half a pixel changes a square by no more
_ROUNDING_ERROR = 1e-6  # a limit of this size bounds errors of rounding, which no two processors share


def numbers_in(text: str) -> list[tuple[float, float]]:
    """Return the numbers that a text prints, each with the unit of its last digit."""
    found = []
    for match in _NUMBER.finditer(_without_commas(text)):
        decimals, exponent = len(match[1] or ""), int(match[2] or 0)
        found.append((float(match[0]), 10.0 ** (exponent - decimals)))
    return found


def _without_commas(text: str) -> str:
    """Write 60,965,224 as 60965224."""
    return re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", text)


def same_but_for_rounding(one: str, other: str) -> bool:
    """Say whether two texts are equal, except for numbers that differ by one in their last digit."""
    if one == other:
        return True
    if _NUMBER.sub("#", _without_commas(one)) != _NUMBER.sub("#", _without_commas(other)):
        return False
    pairs = list(zip(numbers_in(one), numbers_in(other), strict=True))
    if all(mine == theirs for mine, theirs in pairs):
        return False  # written otherwise, as 13104 for 13,104
    return all(
        unit == unit_2 and (abs(a - b) <= 1.001 * unit or (a != a and b != b)) for (a, unit), (b, unit_2) in pairs
    )


def keep(committed: Any, fresh: Any, ledger: Ledger | None, accept: Callable[[Any], bool] = bool) -> None:
    """Put the committed outputs into a fresh notebook wherever the source is the same and only rounding differs.

    Parameters
    ----------
    committed, fresh : nbformat NotebookNode
        The notebook of the repository, and the one that was executed now; the latter is changed.
    ledger : Ledger, optional
        It may record how far processors spread the value of a claim.
    accept : callable
        Says of a committed output whether it may be kept at all.

    Notes
    -----
    A figure that the ledger declares to vary is kept as long as no cell up to its own has changed.
    """
    known = {(cell.id, cell.source): cell for cell in committed.cells if cell.cell_type == "code"}
    untouched = True
    for cell in (cell for cell in fresh.cells if cell.cell_type == "code"):
        old = known.get((cell.id, cell.source))
        untouched = untouched and old is not None
        if old is not None and len(old.outputs) == len(cell.outputs):
            pairs = zip(old.outputs, cell.outputs, strict=True)
            cell.outputs = [
                before
                if accept(before) and (is_near(before, now, ledger) or (untouched and _may_vary(before, now, ledger)))
                else now
                for before, now in pairs
            ]


def _may_vary(before: Any, now: Any, ledger: Ledger | None) -> bool:
    """Say whether two outputs are the same figure, which the ledger declares to vary from processor to processor."""
    described = ledger and [
        entry.varies for entry in ledger.entries["figure"].values() if entry.alt == _description(now)
    ]
    return bool(described and described[0]) and before.metadata == now.metadata


def _description(output: Any) -> str:
    return str(output.get("metadata", {}).get("classroom", {}).get("alt", ""))


def is_near(before: Any, now: Any, ledger: Ledger | None) -> bool:
    """Say whether two outputs of the same cell are equal up to rounding."""
    if before.output_type != now.output_type or before.output_type not in {"display_data", "execute_result"}:
        return before == now
    records = [output.metadata.get("classroom", {}) for output in (before, now)]
    if all("claim" in record for record in records):
        return _claims_are_near(records[0]["claim"], records[1]["claim"], ledger)
    if before.metadata != now.metadata or set(before.data) != set(now.data):
        return False
    others = [kind for kind in now.data if kind not in ("image/png", "image/svg+xml")]
    if any(before.data[kind] != now.data[kind] for kind in others):
        return False
    # A drawing is there as SVG too: its pixels say how far apart the numbers of both are.
    if _without_numbers(before.data.get("image/svg+xml", "")) != _without_numbers(now.data.get("image/svg+xml", "")):
        return False
    return "image/png" not in now.data or pictures_are_near(before.data["image/png"], now.data["image/png"])


def _without_numbers(drawing: str) -> str:
    """Return an SVG without its numbers, its pixels and the ids that are made of them."""
    return _NUMBER.sub("#", re.sub(r"base64,[^\"]*|\b(image|[a-z])[0-9a-f]{10}\b", "", drawing))


def _claims_are_near(before: Mapping[str, Any], now: Mapping[str, Any], ledger: Ledger | None) -> bool:
    words = ("id", "statement", "source", "verdict")
    if set(before) != set(now) or any(before[name] != now[name] for name in words):
        return False
    if not same_but_for_rounding(before["expected"], now["expected"]):
        return False
    if same_but_for_rounding(before["measured"], now["measured"]):
        return True
    if "values" not in now or len(before["values"]) != len(now["values"]):
        return False
    limits = [abs(limit) for limit in (*now["low"], *now["high"]) if limit is not None]
    if max(limits, default=1.0) <= _ROUNDING_ERROR:
        return True
    entry = ledger.entries["claim"].get(now["id"]) if ledger else None
    if entry and entry.varies:
        return True
    spread = (entry.spread if entry else None) or 0.0
    return all(
        a == b or (a is not None and b is not None and abs(a - b) <= spread)
        for a, b in zip(before["values"], now["values"], strict=True)
    )


def pictures_are_near(before: str, now: str) -> bool:
    """Say whether two PNG images (in base64) look the same: no small square of one is another colour in the other."""
    import numpy as np
    from PIL import Image

    if before == now:
        return True
    pair = []
    for text in (before, now):
        with Image.open(io.BytesIO(base64.b64decode(text))) as picture:
            pair.append(np.asarray(picture.convert("RGB"), dtype=float))
    if pair[0].shape != pair[1].shape:
        return False
    means = [_block_means(picture) for picture in pair]
    return bool(np.abs(means[0] - means[1]).max() <= _FAINT)


def _block_means(picture: Any) -> Any:
    """Return the mean colour of each square of a picture (H, W, 3); what is left over at two edges joins the last."""
    import numpy as np

    rows, columns = (np.arange(0, max(size - size % _BLOCK, 1), _BLOCK) for size in picture.shape[:2])
    sums = np.add.reduceat(np.add.reduceat(picture, rows, axis=0), columns, axis=1)
    heights = np.diff([*rows, picture.shape[0]])[:, None, None]
    widths = np.diff([*columns, picture.shape[1]])[None, :, None]
    return sums / (heights * widths)
