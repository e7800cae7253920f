"""The odd notebooks of public bug reports, for the small course: what editors, clouds and people make of a file."""

import codecs
import copy
import json
from typing import Any

from small_course import RIGHT, answered, cell, cells, notebook

RELU = RIGHT["answer-relu"]
HALVES = RELU.split("\n\n\n")
ALL = 7.0  # points that the grader gives for right answers; three more are a person's


def _changed(change: Any, answers: dict[str, str] = RIGHT, **top: Any) -> bytes:
    """Return a notebook whose cells were changed, with other keys at the top."""
    content = copy.deepcopy(cells(answers))
    made = json.loads(notebook(change(content) or content))
    return json.dumps(made | top, ensure_ascii=False).encode()


def _split(content: list[Any], *, marked: bool) -> None:
    second = content[4] | {"id": "half-2", "source": HALVES[1]} | ({} if marked else {"metadata": {}})
    content[4:5] = [content[4] | {"source": HALVES[0]}, second]


def _without(content: list[Any], *keys: str) -> None:
    for one in content:
        for key in keys:
            one.pop(key, None)


def _colab(content: list[Any]) -> None:
    _without(content, "id")
    content[1:1] = [cell("!pip install numpy"), cell("from google.colab import drive\ndrive.mount('/x')\n%cd /x")]


def _shells(content: list[Any]) -> None:
    texts = (
        "%matplotlib inline\n%timeit -n 1 1\n!ls",
        "%%time\nx = 1",
        "input('?')",
        "exit()",
        "quit()",
        "import tqdm",
    )
    content[2:2] = [cell(text) for text in texts]


def _strange(content: list[Any]) -> None:
    content[2]["outputs"] = [{"output_type": "what"}]
    content.append({"cell_type": "code", "source": "1", "metadata": [], "outputs": None})


def _large(megabytes: int) -> bytes:
    output = {"output_type": "stream", "name": "stdout", "text": "x" * (megabytes * 10**6)}
    return _changed(lambda content: content.append(cell("print()") | {"outputs": [output]}))


def _bare(*, ids: bool) -> bytes:
    return _changed(lambda content: [one | {"metadata": {}} | ({} if ids else {"id": "same"}) for one in content])


# Each with the points that the grader gives, and a word of what staff is told; "" where there is nothing to tell.
ODD: dict[str, tuple[bytes, float, str]] = {
    "split in Lab": (_changed(lambda content: _split(content, marked=True)), ALL, ""),
    "split in VS Code": (_changed(lambda content: _split(content, marked=False)), ALL, ""),
    "stub pasted above": (_changed(lambda content: content.insert(2, cells()[2])), ALL, ""),
    "stub pasted below": (_changed(lambda content: content.insert(3, cells()[2])), 5.0, ""),
    "answer in a new cell": (_changed(lambda content: content.insert(2, cell(RIGHT["answer-double"]))), ALL, ""),
    "check pasted on top": (_changed(lambda content: content.insert(0, copy.deepcopy(content[3]))), ALL, ""),
    "Colab": (_changed(_colab, nbformat_minor=0, metadata={"colab": {}, "widgets": {}}), ALL, ""),
    "no ids": (_changed(lambda content: _without(content, "id"), nbformat_minor=2), ALL, ""),
    "one id everywhere": (_changed(lambda content: [one | {"id": "same"} for one in content]), ALL, ""),
    "invalid outputs": (_changed(_strange), ALL, ""),
    "R kernel": (_changed(lambda content: None, metadata={"kernelspec": {"name": "ir", "language": "R"}}), ALL, ""),
    "stripped": (_bare(ids=True), ALL, "recognised by their ids"),
    "stripped of ids too": (_bare(ids=False), ALL, "recognised by what they define"),
    "byte order mark": (codecs.BOM_UTF8 + answered(), ALL, ""),
    "Windows lines": (
        _changed(lambda c: [one | {"source": one["source"].replace("\n", "\r\n")} for one in c]),
        ALL,
        "",
    ),
    "shells and exits": (_changed(_shells), ALL, ""),
    "right to left": (_changed(lambda content: content.insert(2, cell("ضعف = 'دوبل 😀 \u202e'"))), ALL, ""),
    "12 MB of output": (_large(12), ALL, ""),
    "31 MB of output": (_large(31), 0.0, "more than 21 MB"),
    "UTF-16": (answered().decode().encode("utf-16"), 0.0, "not text in UTF-8"),
    "format 3": (b'{"worksheets": [{"cells": []}], "nbformat": 3}', 0.0, "before 2014"),
    "conflict marks": (b"<<<<<<< HEAD\n" + answered(), 0.0, "not JSON"),
    "empty": (b"", 0.0, "the file is empty"),
    "half synced": (answered()[:500], 0.0, "not JSON"),
    "no-break space": (answered({**RIGHT, "answer-double": "def double(x):\n    return 2\u00a0* x"}), 5.0, ""),
    "curly quotes": (answered({**RIGHT, "answer-quiz_1": "answer_1 = “b”"}), 6.0, ""),
    "no such choice": (answered({**RIGHT, "answer-quiz_1": "answer_1 = 'B'"}), 6.0, ""),
}
