"""Where nothing stops a loop that never ends, a check says so while it runs, and how to stop it by hand."""

import pytest

from classroom import waiting as module
from classroom.waiting import waiting


class Publisher:
    """Takes what a shell publishes: texts by the place where they stand."""

    def __init__(self):
        self.display_pub, self.places = self, {}

    def publish(self, data, *, transient, update=False):
        assert update == (transient["display_id"] in self.places)
        self.places[transient["display_id"]] = data["text/plain"]


@pytest.fixture
def shell(monkeypatch):
    shell = Publisher()
    monkeypatch.setattr(module, "running_shell", lambda: shell)
    return shell


@pytest.mark.parametrize("by_hand", ["interrupt the kernel (■)", "choose Kernel, Restart Kernel"])
def test_the_line_stands_while_the_check_runs_and_is_gone_when_it_has_ended(shell, monkeypatch, by_hand):
    monkeypatch.setattr(module, "can_limit", lambda: False)
    monkeypatch.setattr(module, "BY_HAND", by_hand)
    with waiting("relu_forward"):
        (line,) = shell.places.values()
        assert line.startswith("relu_forward is being checked") and line.endswith(by_hand)
    assert list(shell.places.values()) == [""]


def test_the_line_goes_also_when_the_student_interrupts(shell, monkeypatch):
    monkeypatch.setattr(module, "can_limit", lambda: False)
    with pytest.raises(KeyboardInterrupt), waiting("relu_forward"):
        raise KeyboardInterrupt
    assert list(shell.places.values()) == [""]


def test_nothing_is_said_where_the_check_stops_such_a_loop_itself(shell):
    with waiting("relu_forward"):
        pass
    assert shell.places == {}
