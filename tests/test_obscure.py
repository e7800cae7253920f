import pytest

from classroom.obscure import obscure, reveal

TEXT = "because it doubles: 2 · 2 = 4, “quoted” and 'so'"


def test_obscured_text_reads_as_it_was_and_cannot_be_read_in_passing():
    assert reveal(obscure(TEXT)) == TEXT
    assert "doubles" not in obscure(TEXT)


def test_other_text_is_returned_as_it_is():
    assert reveal(TEXT) == TEXT


def test_damaged_text_is_one_clear_sentence():
    with pytest.raises(ValueError, match="obscured and is damaged: get the file again"):
        reveal("sealed:%%%")
