"""What a lecture lacks is said in one sentence each, with its place, before it is built."""

import re

import pytest

from classroom import ledger
from classroom.staff.author.lecture_check import shortcomings
from classroom.staff.author.notebook import compose

CLAIM = '[claim."L8.{}-a"]\nstatement = "It shrinks."\nsource = "S1-1"\nat_most = 1e-12\n'
PREDICTION = '[prediction.which-{}]\nquestion = "Which?"\nanswer = 1\nexplanation = "It is one."\n'
FIGURE = '[figure.curve]\nalt = "A curve over the steps: it falls at first, and then stays level."\n'
LEDGER = "".join([*map(CLAIM.format, range(1, 6)), *map(PREDICTION.format, "ab"), FIGURE])
FRAME = (
    "The idea",
    "The component at work",
    "What to remember",
    "Exercises that follow",
    "Further reading",
    "What comes next",
)
HEAD = "# # 8 · Small\n#\n# You will see a cell. You need nothing. How to read it: slowly."
TAIL = "\n# ".join(f"## {part}" for part in FRAME)
CELLS = "".join(f"# %%\nx = {number}\n\n" for number in range(20))
TEXT = f"# %% [markdown]\n{HEAD}\n\n{CELLS}# %% [markdown]\n# {TAIL}\n"


@pytest.fixture
def lacks(tmp_path):
    """Write a lecture, its ledger and a table of sources, and return what the lecture lacks."""

    def write(text=TEXT, words=LEDGER, table="[S1-1]\nwhat = 'that it shrinks'\n"):
        (tmp_path / "course").mkdir()
        path = tmp_path / "course" / "08_small.py"
        path.write_text(text)
        path.with_suffix(".toml").write_text(words)
        if table:
            (tmp_path / "coverage.toml").write_text(table)
        return shortcomings(path, compose(text, path.stem), ledger.parse(words, "08_small.toml"))

    return write


def test_a_lecture_with_all_of_it_lacks_nothing(lacks):
    assert lacks() == []


def test_without_a_table_of_sources_a_lecture_may_be_as_short_as_it_likes(lacks):
    assert lacks("# %%\nx = 1\n", FIGURE, table="") == []


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            ("x = 7", "x = 7\n" * 21),
            r"08_small\.py, cell 9: 21 lines, at most 20 fit on a screen: make two cells of it",
        ),
        (("x = 7", f"x = 7{' + 7' * 22}"), r"cell 9: 93 columns, at most 88 can be read: break the line 'x = 7"),
        (("x = 7", 'predict("which-a", mine=2)'), "cell 9: somebody's own prediction is in it: take mine=... out"),
        (("x = 7", "x = 7  # It is one."), "cell 9: it tells an answer, plain or encoded: answers stand in the ledger"),
        (("x = 7", f"x = '{'QUJD' * 15}'"), "cell 9: it tells an answer"),
        (("x = 7", "inspect.getsource(x)"), "cell 9: it shows the source of a function"),
        (("# # 8 · Small", "# # Small"), "the title is number, middle dot and topic: # 8 · Topic"),
        (("How to read it: slowly.", ""), "'how to read it' is missing: every lecture has you will see"),
        (("## The idea\n", ""), "'## The idea' is missing: every lecture has you will see"),
        (("# ## The component at work\n", ""), "'## The component at work' is missing: every lecture has"),
        (("# ## What comes next", "# Next"), "'## What comes next' is missing: every lecture has you will see"),
        (
            ("# ## What to remember\n# ## Exercises that follow", "# ## Exercises that follow\n# ## What to remember"),
            "the parts of the frame stand in the order you will see, you need, how to read it, ## The idea",
        ),
        ((CELLS, "# %%\nx = 1\n\n"), "3 cells, a lecture of one part or of two has 20 to 66: join cells"),
    ],
)
def test_what_the_text_lacks_is_one_sentence_with_its_place(lacks, change, sentence):
    (lack,) = lacks(TEXT.replace(*change))
    assert re.search(sentence, lack)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ((FIGURE, ""), r"0 figures, a lecture has 1 or more: add to 08_small\.toml"),
        ((PREDICTION.format("b"), ""), "1 predictions, a lecture has 2 or more"),
        ((CLAIM.format(5), ""), "4 claims, a lecture has 5 or more"),
        ((": it falls at first, and then stays level", ""), "figure curve: alt has 5 words, 10 or more tell a reader"),
        (
            ("A curve over", "a curve over"),
            "figure curve: alt is whole sentences, from a capital letter to a full stop",
        ),
        (("stays level.", "stays level"), "figure curve: alt is whole sentences"),
        (("at_most = 1e-12", "at_most = 0.1"), r"08_small\.toml, line 1, claim L8\.1-a: refuted_by is missing"),
        (('"S1-1"', '"S1-9"'), r"claim L8\.1-a: the source names S1-9, which coverage\.toml has no row for"),
    ],
)
def test_what_the_ledger_lacks_is_one_sentence_with_its_place(lacks, change, sentence):
    (lack,) = lacks(words=LEDGER.replace(*change, 1))
    assert re.search(sentence, lack)
