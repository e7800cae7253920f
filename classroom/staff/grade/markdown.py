"""Markdown as a page shows it: formulas are MathML, and what is left of a student's HTML is its words."""

import html
import re
from functools import lru_cache
from typing import Any

# A formula longer than this is shown as it was typed: it was not written to be read.
FORMULA_CHARS = 2_000
# So is a text longer than this: the renderer takes minutes over some that nobody would read.
TEXT_CHARS = 20_000
# MathJax, on nbgrader's own pages, keeps out of an element of these classes.
NO_MATHJAX = "tex2jax_ignore mathjax_ignore"
_MATHML = frozenset(
    [
        "math",
        "semantics",
        "mrow",
        "mi",
        "mn",
        "mo",
        "ms",
        "mtext",
        "mspace",
        "msup",
        "msub",
        "msubsup",
        "munder",
        "mover",
        "munderover",
        "mfrac",
        "msqrt",
        "mroot",
        "mstyle",
        "mtable",
        "mtr",
        "mtd",
        "mpadded",
        "mphantom",
        "menclose",
        "mmultiscripts",
        "mprescripts",
        "none",
    ]
)
_TAGS = (
    frozenset(
        [
            "p",
            "br",
            "hr",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "em",
            "strong",
            "s",
            "code",
            "pre",
            "blockquote",
            "ul",
            "ol",
            "li",
            "table",
            "thead",
            "tbody",
            "tr",
            "th",
            "td",
            "a",
            "div",
            "span",
            "sup",
            "sub",
        ]
    )
    | _MATHML
)
_LOOKS = {
    "display",
    "mathvariant",
    "stretchy",
    "fence",
    "separator",
    "accent",
    "accentunder",
    "movablelimits",
    "minsize",
    "maxsize",
    "linethickness",
    "columnalign",
    "rowspacing",
    "columnspacing",
    "displaystyle",
    "scriptlevel",
    "width",
    "height",
    "depth",
    "lspace",
    "rspace",
    "notation",
    "form",
}
_ATTRIBUTES = {
    "a": {"href", "title"},
    "ol": {"start"},
    "th": {"style"},
    "td": {"style"},
    "div": {"class"},
    **{tag: _LOOKS for tag in _MATHML},
}
_ESCAPED = re.compile(r"\\([_%#$])")
# A minus behind an opening bracket, a comma or a relation is a sign: no room around it.
_SIGN = re.compile(r"(<m(?:row|td)[^>]*>|<mo[^>]*>&#x000(?:28|2C|3D|5B|7C|3B);</mo>)<mo>&#x02212;</mo>")
_BLANK = re.compile(r"\n(?=[^\S\n]*\n)")


@lru_cache(maxsize=2048)
def to_html(text: str) -> str:
    """Render markdown of any origin.

    Raw HTML in it is text; links lead to web pages, mail addresses and places of the same page; a picture is its
    description, for one from elsewhere would tell who looks.  An allowlist then lets through what a renderer of text
    makes, and nothing else.

    Parameters
    ----------
    text : CommonMark with tables, and formulas between ``$`` or ``$$``

    Returns
    -------
    str
        HTML without script, style sheet, handler or any address that is loaded; a very long text as it was typed.
    """
    if len(text) > TEXT_CHARS:
        return f"<pre>{html.escape(text)}</pre>"
    return sanitized(_renderer().render(text))


@lru_cache(maxsize=2048)
def sanitized(markup: str) -> str:
    """Let through the tags and attributes that text and formulas consist of."""
    import nh3

    return nh3.clean(
        markup,
        tags=set(_TAGS),
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        attribute_filter=_attribute,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer",
    )


def as_cell(text: str) -> str:
    """Render markdown into the one block of HTML that replaces it in a graded notebook.

    nbgrader's pages render a cell once more: no line of the block is blank, so it is taken as it is, and its class
    keeps MathJax out of it.
    """
    return f'<div class="{NO_MATHJAX}">{_BLANK.sub("&#10;", to_html(text).strip())}</div>'


def _attribute(tag: str, name: str, value: str) -> str | None:
    if name == "style":  # the alignment of a table's column
        return value if re.fullmatch(r"text-align:\s?(left|right|center)", value) else None
    if name == "href":  # a relative address would lead into the folders of whoever looks
        return value if re.match(r"(https?|mailto):|#", value, re.IGNORECASE) else None
    if name == "class":
        return value if value == NO_MATHJAX else None
    return value


@lru_cache(maxsize=1)
def _renderer() -> Any:
    from markdown_it import MarkdownIt
    from mdit_py_plugins.amsmath import amsmath_plugin
    from mdit_py_plugins.dollarmath import dollarmath_plugin

    renderer = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    renderer.use(dollarmath_plugin, double_inline=True, renderer=_dollar_formula)
    renderer.use(amsmath_plugin, renderer=lambda content: formula(content, display=True))
    renderer.add_render_rule("image", _picture)
    return renderer


def _dollar_formula(content: str, options: dict[str, Any]) -> str:
    return formula(content, display=bool(options.get("display_mode")))


def _picture(renderer: Any, tokens: Any, place: int, options: Any, env: Any) -> str:
    return html.escape(f"(picture) {tokens[place].content}".rstrip())


@lru_cache(maxsize=4096)
def formula(latex: str, *, display: bool = False) -> str:
    """Set a formula as MathML, which browsers draw by themselves; what cannot be set is shown as it was typed.

    Parameters
    ----------
    latex : without its dollars
    display : on a line of its own
    """
    from latex2mathml.converter import convert

    try:
        made = convert(latex, display="block" if display else "inline") if len(latex) <= FORMULA_CHARS else ""
    except Exception:  # the converter has more ways to stumble over a stranger's formula than it tells
        made = ""
    made = _SIGN.sub(r'\1<mo form="prefix">−</mo>', made)
    made = _ESCAPED.sub(r"\1", made)  # the converter leaves these as they are in text
    # An unknown command is left in the formula with its backslash.
    return made if made and "\\" not in made else f"<code>{html.escape(latex.strip())}</code>"
