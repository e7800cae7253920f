"""Markdown of any origin: its words are kept, its formulas are MathML, and nothing in it acts."""

import glob
import html.parser
import re
from pathlib import Path

import pytest

from classroom.staff.grade.markdown import FORMULA_CHARS, NO_MATHJAX, as_cell, formula, to_html

ROOT = Path(__file__).parents[3]
TAGS = {"p", "a", "em", "code", "span", "div", "math", "mrow", "mi", "mo", "mn", "mtext", "mstyle"}


class Parser(html.parser.HTMLParser):
    """Collects tags, attributes and text."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.text = [], [], ""
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.attributes += attributes

    def handle_data(self, data):
        self.text += data


@pytest.mark.parametrize("through_nbgrader", [False, True])
@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<!-- --><svg/onload=alert(1)>",
        "[click](javascript:alert(1))",
        "[click](JaVa\tScRiPt&colon;alert(1))",
        "[click](java&#115;cript&#58;x) and <a href='vbscript:x'>",
        "[click](javascript\\:alert(1)) [it]\n\n[it]: java\tscript\\:x",
        "<javascript:alert(1)> https://a.example/?javascript:x",
        "![x](data:image/svg+xml;base64,AAAA)",
        r"$\href{javascript:alert(1)}{x}$",
        r"$\style{background:url(//x)}{x}$ $\cssId{a}{b}$",
        "a < b, and <iframe srcdoc='x'>",
        "![pasted](attachment:image.png) and ![y][z]\n\n[z]: attachment:image.png",
        "![beacon](http://elsewhere.example/who-looks.png)",
        "[x](data:text/html,<script>1</script>) [y](//elsewhere.example) [z](file:///etc/passwd)",
        r"$\unicode{x<script>}$ $\text{<img src=x onerror=alert(1)>}$ $\require{action}$",
        "<style>body{display:none}</style>\n\n<math><mtext></mtext><script>alert(1)</script></math>",
        "```html\n\n<script>alert(1)</script>\n\n\n[click](javascript:alert(1))\n```",
    ],
)
def test_markdown_keeps_its_words_and_loses_its_powers(text, through_nbgrader):
    from nbconvert.filters import markdown2html

    made = as_cell(text)
    found = Parser(markdown2html(made) if through_nbgrader else made)
    assert set(found.tags) <= TAGS | {"pre"}
    assert {name for name, _ in found.attributes} <= {"href", "rel", "class", "display", "form", "stretchy"}
    for name, value in found.attributes:
        assert name != "href" or value.startswith(("http://", "https://"))
        assert name != "class" or value == NO_MATHJAX
    words = re.findall(r"click|alert|first|pasted|beacon|elsewhere", re.sub(r"\$.*?\$|\(.*?\)", "", text))
    assert [word for word in words if word not in found.text] == []


def test_a_block_is_taken_by_nbgrader_as_it_is():
    """It renders a cell a second time: what is text in ours must not become markup there."""
    from nbconvert.filters import markdown2html

    text = "A `*star*`, a \\* and:\n\n```\na = 1\n\n\n[b](c) *d*\n```\n\n    e\n\n    *f*\n\nand $x < 1$ for $5."
    made = as_cell(text)
    once, twice = Parser(made), Parser(markdown2html(made))
    assert (twice.tags, twice.text.strip()) == (once.tags, once.text.strip())
    assert "a = 1\n\n\n[b](c) *d*" in once.text and "em" not in once.tags


def test_tables_lists_and_formulas_are_set():
    made = to_html("| a | b |\n|:--|--:|\n| 1 | $x^2$ |\n\n- one\n- **two**\n\n$$\\frac{a}{b}$$\n")
    assert '<td style="text-align:right">' in made and "<msup>" in made and "<mfrac>" in made
    assert "<li><strong>two</strong></li>" in made and 'display="block"' in made


def test_a_formula_that_cannot_be_set_is_shown_as_it_was_typed():
    assert formula(r"\nothing{x}") == r"<code>\nothing{x}</code>"
    assert formula("{" * 50) == f"<code>{'{' * 50}</code>"
    assert formula("x" * (FORMULA_CHARS + 1)).startswith("<code>")


def test_a_sign_has_no_room_around_it():
    assert '<mo form="prefix">−</mo><mn>4</mn>' in formula("a = (1, -4)")
    assert 'form="prefix"' not in formula("a - 4")


def test_every_formula_of_the_course_can_be_set():
    formulas = []
    for path in glob.glob(str(ROOT / "assignments/*/*.py")) + glob.glob(str(ROOT / "course/[0-9]*.py")):
        lines = [line[2:] for line in Path(path).read_text().splitlines() if line.startswith("# ") or line == "#"]
        text = re.sub(r"`[^`]*`", "", "\n".join(lines))
        formulas += [block or line for block, line in re.findall(r"\$\$(.+?)\$\$|\$([^$\n]+)\$", text, re.S)]
    assert len(formulas) > 400
    assert [one for one in formulas if formula(one).startswith("<code>")] == []


def test_a_text_that_nobody_would_read_is_shown_as_it_was_typed():
    """The renderer is quadratic for some texts, and a page of feedback must not take minutes."""
    assert to_html("**a**" * 5000) == f"<pre>{'**a**' * 5000}</pre>"
    assert to_html("<b>" * 7000) == f"<pre>{'&lt;b&gt;' * 7000}</pre>"
    assert "<strong>" in to_html("**a** " * 2000)
