"""Reads the attacks in tests/attacks: each file is one exercise of a student whose other answers are honest.

The head of a file names its family, what it tries, and whether stock nbgrader may run it.  What follows is the answer
cell of `double`; a line ``# %% place`` begins another piece:

- ``# %%``, ``# %% first``, ``# %% last``: a code cell behind the answer, at the start, at the end of the notebook;
- ``# %% markdown``, ``# %% raw``: a text cell behind the answer, each line behind ``# ``;
- ``# %% cell ID``: another source for the cell with this grade id;
- ``# %% metadata ID``, ``# %% notebook``: JSON that is merged into the metadata of a cell or into the notebook;
- ``# %% drop ID``, ``# %% copy ID``, ``# %% retype ID``: the cell is left out, there twice, or made markdown;
- ``# %% file NAME``: a file beside the notebook.

A name between @ signs (``@COURSE@``) stands for a place on this machine: the attacker knows where everything is.
``@ANSWER@`` stands for functions that answer on the wire in the place of the room.
An attack earns points in one of two ways: a judge that it has bribed accepts None, or what it tried succeeded, and
then `WON` is true and the function does its work.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from small_course import RIGHT, cell, cells, notebook

FOLDER = Path(__file__).with_name("attacks")
HONEST = {"relu_backward": 4.0, "quiz_1": 1.0}

FAMILIES = {
    "numpy": "numpy and its testing module patched",
    "ipython": "IPython: hooks, transformers, formatters",
    "syntax": "syntax trees, bytecode, imports, builtins",
    "frames": "frames, gc, sys.modules, settrace",
    "objects": "objects that say yes, array subclasses",
    "wire": "forged and malformed messages to the judge",
    "reading": "reading solutions, keys, gradebook, /etc",
    "writing": "writing to packages, home, gradebook",
    "shadowing": "files beside the notebook",
    "metadata": "cell metadata, cells moved or changed",
    "replay": "visible answers replayed",
    "sockets": "sockets of every family",
    "processes": "fork, exec, ptrace, signals, namespaces",
    "bombs": "memory, disk, output, descriptors, threads",
    "loops": "loops, in Python and in C",
    "exits": "exits, crashes, recursion",
    "pages": "scripts in what staff reads",
    "judging": "memory and time of the judge",
    "load": "load for neighbours: threads, naps, waiting",
    "inplace": "inputs changed in place, and that hidden",
    "looking": "files looked at by their names",
}


@dataclass
class Attack:
    """One file of the suite.

    stock : "" if stock nbgrader may run it, else why not
    costs : honest exercises that the student's own code ruins, and what they earn then
    fails : names of exceptions that its cells may end with
    """

    name: str
    family: str
    tries: str
    stock: str
    costs: dict[str, float]
    fails: set[str]
    pieces: list[tuple[str, str]] = field(default_factory=list)

    @property
    def student(self) -> str:
        return f"attack-{self.name}"

    @property
    def scores(self) -> dict[str, float | None]:
        """What each exercise is to earn; None waits for a person."""
        written = any(place == "cell explain" for place, _ in self.pieces)
        return {"double": 0.0} | HONEST | self.costs | {"explain": None if written else 0.0}

    @property
    def files(self) -> dict[str, str]:
        return {place[5:]: text for place, text in self.pieces if place.startswith("file ")}

    def notebook(self, base: list[dict] | None = None) -> bytes:
        """Return the notebook that is handed in; `base` are the cells of another course with the same grade ids."""
        content = cells(RIGHT) if base is None else base
        top: dict[str, Any] = {}
        behind: list[dict] = []
        for number, (place, text) in enumerate(self.pieces):
            verb, _, target = place.partition(" ")
            if number == 0:
                by_id(content, "answer-double")["source"] = text
            elif verb in ("", "first", "last"):
                made = cell(text)
                {"": behind.append, "first": lambda one: content.insert(0, one), "last": content.append}[verb](made)
            elif verb in ("markdown", "raw"):
                behind.append(cell(uncommented(text), verb))
            elif verb == "cell":
                by_id(content, target)["source"] = text
            elif verb == "metadata":
                merge(by_id(content, target)["metadata"], json.loads(uncommented(text)))
            elif verb == "notebook":
                top = json.loads(uncommented(text))
            elif verb == "drop":
                content.remove(by_id(content, target))
            elif verb == "copy":
                content.append(json.loads(json.dumps(by_id(content, target))))
            elif verb == "retype":
                changed = by_id(content, target)
                changed["cell_type"] = "markdown"
                changed.pop("outputs", None), changed.pop("execution_count", None)
            elif verb != "file":
                raise ValueError(f"{self.name}: no place {place!r}")
        at = next((index + 1 for index, one in enumerate(content) if grade_id(one) == "answer-double"), len(content))
        content[at:at] = behind
        for index, one in enumerate(content):
            one["id"] = f"cell-{index}"
        made = json.loads(notebook(content))
        merge(made, top)
        return json.dumps(made).encode()


def grade_id(one: Mapping[str, Any]) -> str:
    return one["metadata"].get("nbgrader", {}).get("grade_id", "")


def by_id(content: list[dict], wanted: str) -> dict:
    return next(one for one in content if grade_id(one) == wanted)


def merge(into: dict, more: Mapping[str, Any]) -> None:
    for key, value in more.items():
        if isinstance(value, dict) and isinstance(into.get(key), dict):
            merge(into[key], value)
        else:
            into[key] = value


def uncommented(text: str) -> str:
    return "\n".join(line.removeprefix("#").removeprefix(" ") for line in text.splitlines())


# Answers the judge on the wire in the place of the room: what attacks put for @ANSWER@.
ANSWER = '''
import json
import os
import struct
import sys


def asked():
    """Return the number of the question that the judge waits for."""
    above = sys._getframe()
    while "request" not in above.f_locals or "number" not in above.f_locals["request"]:
        above = above.f_back
    return above.f_locals["request"]["number"]


def answer(array, data):
    """Say that the function returned this array: its dtype, shape and order, and its bytes."""
    runs = ["l", [["l", [["a", 0]]]]]
    tree = ["d", [["runs", runs], ["told", ["l", []]], ["unfit", ""], ["number", asked()]]]
    header = json.dumps([tree, [array]]).encode()
    os.write(3, struct.pack("<4sIQ", b"LWF1", len(header), len(data)) + header + data)
'''.strip()


def read(path: Path, places: Mapping[str, object]) -> Attack:
    """Read one file, with the places of this machine filled in."""
    known = {"ANSWER": ANSWER, **places}
    text = re.sub(r"@([A-Z]+)@", lambda found: str(known.get(found[1], found[0])), path.read_text())
    head, body = {}, text
    while found := re.match(r"# (\w+): (.*)\n", body):
        head[found[1]] = found[2].strip()
        body = body[found.end() :]
    parts = re.split(r"^# %%(.*)\n", "\n" + body, flags=re.MULTILINE)
    pieces = [("", parts[0].strip())]
    pieces += [(place.strip(), piece.strip()) for place, piece in zip(parts[1::2], parts[2::2], strict=True)]
    stock = head["stock"]
    costs = {name: float(points) for name, points in re.findall(r"(\w+)=([\d.]+)", head.get("costs", ""))}
    if not (stock == "yes" or stock.startswith("no, ")):
        raise ValueError(f"{path.name}: stock is {stock!r}, write  yes  or  no, <why>")
    fails = set(re.findall(r"\w+", head.get("fails", "")))
    return Attack(path.stem, head["family"], head["tries"], stock.removeprefix("yes")[4:], costs, fails, pieces)


def read_all(places: Mapping[str, object]) -> list[Attack]:
    """Read all files, in the order of their names."""
    return [read(path, places) for path in sorted(FOLDER.glob("*.py"))]
