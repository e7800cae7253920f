"""A formula of a notebook's text stays one: no line inside it begins as an item of a list does."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TEXTS = sorted(
    [*ROOT.glob("course/[0-9][0-9]_*.py"), *(path / f"{path.name}.py" for path in ROOT.glob("assignments/*/"))]
)


def torn(text):
    """Yield the lines that Markdown takes for a list's item, or a heading, in the middle of a formula."""
    for cell in re.split(r"^# %%", text, flags=re.MULTILINE):
        if not cell.startswith(" [markdown]"):
            continue
        dollars = 0
        for line in cell.splitlines()[1:]:
            words = line.removeprefix("#").strip()
            if dollars % 2 and re.match(r"([-+*]|\d+[.)]|#+|>) ", words):
                yield words
            dollars = 0 if not words else dollars + len(re.findall(r"(?<!\\)\$", words))


def test_a_torn_formula_is_found():
    assert list(torn("# %% [markdown]\n# it has $a\n# + b$ rows\n#\n# + one\n# - $c$ two\n")) == ["+ b$ rows"]


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)
def test_no_formula_is_torn(path):
    assert list(torn(path.read_text(encoding="utf-8"))) == []
