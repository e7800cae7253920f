"""What pages share: everything is escaped, a name that is missing is an error, code keeps its text."""

import re

import jinja2
import pytest

from classroom.staff.report.page import coloured, environment, style_of_code


def render(template, **values):
    return environment().from_string(template).render(**values)


def test_what_is_shown_is_escaped_unless_it_is_safe():
    assert render("{{ x }}", x="<b>") == "&lt;b&gt;" and render("{{ x | safe_html }}", x="<b>") == "<b>"


def test_points_have_two_digits_at_most():
    assert render("{{ 2.625 | points }} {{ 3.0 | points }}") == "2.62 3"


def test_a_name_that_a_template_misses_is_an_error():
    with pytest.raises(jinja2.UndefinedError):
        render("{{ nobody }}")


def test_coloured_code_keeps_its_text_and_acts_nowhere():
    html = coloured("\nif x < 1:  # <script>\n    y = 'a'\n")
    assert "<script>" not in html
    text = re.sub(r"<[^>]+>", "", html).replace("&lt;", "<").replace("&gt;", ">").replace("&#39;", "'")
    assert text == "\nif x < 1:  # <script>\n    y = 'a'\n"


def test_there_is_a_style_for_dark_screens_and_none_of_it_on_paper():
    assert re.search(r"@media \(prefers-color-scheme: dark\) \{\n@media not print", style_of_code())
