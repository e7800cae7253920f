"""What a cell showed, made harmless: text without control characters, cut to a size, and nothing malformed."""

import pytest

from classroom.staff.sandbox.cell_outputs import LINE_CHARS, CellOutputs, Share, plain_text, short_lines


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("left\u202eright", "leftright"),
        ("half\ud800", "half"),
        ("tab\tand\nline", "tab\tand\nline"),
    ],
)
def test_control_characters_are_taken_out(text, plain):
    assert plain_text(text) == plain


def test_long_text_and_long_lines_are_cut():
    assert plain_text("x" * 20, 5) == "xxxxx\n[output cut here]"
    assert short_lines("x" * (LINE_CHARS + 1)) == "x" * LINE_CHARS + " ..."
    assert short_lines("a\n\n\n\n\n\nb") == "a\n\n\nb"


def test_each_kind_becomes_an_output_and_what_is_malformed_none():
    made = CellOutputs.of(
        [
            {"kind": "stream", "name": "stdout", "text": "hello"},
            {"kind": "result", "name": "", "text": "4.0"},
            {"kind": "error", "name": "ValueError", "text": "no"},
            {"kind": "stream", "name": "passwords", "text": "x"},
            {"kind": "picture", "name": "", "text": "", "pixels": "none"},
            {"kind": "stream", "name": "stdout"},
            "no mapping",
        ]
    )
    assert [output["output_type"] for output in made.outputs] == ["stream", "display_data", "error"]
    assert made.outputs[1]["data"] == {"text/plain": "4.0"} and made.failed == "ValueError"


def test_a_cell_that_was_stopped_says_why():
    made = CellOutputs.stopped("no answer within 2 seconds")
    assert made.failed == "no answer within 2 seconds"
    assert "This cell was stopped: no answer within 2 seconds." in str(made.outputs)


def test_all_cells_share_what_a_notebook_may_show():
    share = Share(left=100)
    assert share.cut("x" * 60, 80) == "x" * 60
    assert share.cut("y" * 60, 80).startswith("y" * 40 + "\n\n[cut here")
    assert share.take([{"output_type": "stream", "name": "stdout", "text": "z"}]) == []
