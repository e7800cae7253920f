"""A lecture that no longer says what coverage.toml finds in it is told so, with the row."""

import re

import pytest

from classroom import ledger
from classroom.fault import Fault
from classroom.staff.author.coverage_table import CoverageTable, sections_of

WORDS = """\
[claim."L8.1-a"]
statement = "A signal shrinks."
source = "S1-1, C2"
at_most = 1e-12

[prediction.which]
question = "Which one grows?"
choices = ["the wide one"]
answer = "a"
"""
TABLE = """\
[S1-1]
what = "that signals shrink"
claim = ["L8.1-a"]
place = ["08_small: falls at each layer"]
question = ["08_small: one grows"]
keywords = ["Signal", "the wide one", "elsewhere"]

[S1-2]
what = "what another lecture says"
place = ["09_other: nothing of this one"]

[contradictions.C2]
what = "a remark"
"""
TEXT = """\
# %% [markdown]
# ## 1 · Signals
# The variance falls at each
# layer, and nothing happens elsewhere.

# %%
predict("which")
claim("L8.1-a", 0)

# %% [markdown]
# ## 2 · Gradients
# They are said to vanish.
"""


@pytest.fixture
def missing(tmp_path):
    """Write a course of one lecture and its table, and return what is missing."""

    def write(text=TEXT, words=WORDS, table=TABLE):
        (tmp_path / "course").mkdir()
        (tmp_path / "coverage.toml").write_text(table)
        path = tmp_path / "course" / "08_small.py"
        path.write_text(text)
        path.with_suffix(".toml").write_text(words)
        return [*CoverageTable.beside(path).missing("08_small", ledger.parse(words, "08_small.toml"))]

    return write


def test_a_lecture_that_says_what_the_table_finds_in_it_misses_nothing(missing):
    assert missing() == []


@pytest.mark.parametrize(
    ("what", "change", "sentence"),
    [
        (
            "text",
            ("falls", "sinks"),
            r"coverage\.toml, S1-1: 08_small no longer says 'falls at each layer': change the",
        ),
        (
            "text",
            ("elsewhere", "there"),
            "S1-1: no section of this row says 'elsewhere': change its keywords, or 08_small",
        ),
        ("table", ('"elsewhere"]', '"vanish"]'), "S1-1: no section of this row says 'vanish'"),
        ("words", ("one grows", "one shrinks"), "S1-1: 08_small no longer asks 'one grows': change the question there"),
        ("words", ("L8.1-a", "L8.1-b"), r"S1-1: 08_small has no claim L8\.1-a: change the claim there, or the lecture"),
        (
            "words",
            ("C2", "C3"),
            r"08_small\.toml, line 1, claim L8\.1-a: the source names C3, which coverage\.toml has",
        ),
    ],
)
def test_what_is_missing_is_one_sentence_with_its_row(missing, what, change, sentence):
    original = {"text": TEXT, "words": WORDS, "table": TABLE}[what]
    assert change[0] in original
    (found,) = missing(**{what: original.replace(*change)})
    assert re.search(sentence, found)


def test_a_course_without_a_table_has_none(tmp_path):
    assert CoverageTable.beside(tmp_path / "course" / "08_small.py") is None


def test_a_table_that_is_no_toml_is_one_sentence(missing):
    with pytest.raises(Fault, match=r"^coverage\.toml: "):
        missing(table="[S1-1")


def test_without_a_place_the_section_of_the_claim_has_the_words(missing):
    table = TABLE.replace('place = ["08_small: falls at each layer"]\n', "").replace('"elsewhere"]', '"vanish"]')
    (found,) = missing(table=table)
    assert "no section of this row says 'vanish'" in found


def test_a_section_has_the_words_of_its_text_and_of_its_entries_in_one_line(tmp_path):
    path = tmp_path / "08_small.py"
    path.write_text(TEXT)
    _, signals, gradients = sections_of(path, ledger.parse(WORDS, "08_small.toml"))
    assert all(part in signals for part in ("falls at each layer, and", "A signal shrinks.", "the wide one"))
    assert "They are said to vanish." in gradients and "A signal shrinks." not in gradients
