"""A result is rich in a notebook and plain text elsewhere."""

from types import SimpleNamespace

from classroom import display


class Found:
    def to_text(self):
        return "3 of 4"

    def to_html(self):
        return "<b>3 of 4</b>"

    def to_json(self):
        return {"points": 3}


def test_outside_a_notebook_its_text_is_printed(monkeypatch, capsys):
    monkeypatch.setattr(display, "running_shell", lambda: None)
    display.show(Found())
    assert capsys.readouterr().out == "3 of 4\n"


def test_in_a_notebook_both_forms_and_the_data_are_published(monkeypatch, capsys):
    published = []
    publisher = SimpleNamespace(publish=lambda data, metadata: published.append((data, metadata)))
    monkeypatch.setattr(display, "running_shell", lambda: SimpleNamespace(display_pub=publisher))
    display.show(Found())
    ((data, metadata),) = published
    assert data == {"text/plain": "3 of 4", "text/html": "<b>3 of 4</b>"}
    assert metadata == {"classroom": {"found": {"points": 3}}}
    assert capsys.readouterr().out == ""
