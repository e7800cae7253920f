"""What is written for Gradescope about a submission that is graded, and about one that cannot be."""

import pytest
from small_course import answered, cells, notebook

from classroom.staff.export import gradescope_run
from classroom.staff.sandbox import sandbox
from classroom.staff.sandbox.sandbox import Capabilities
from classroom.staff.sandbox.wire import Overdue

pytestmark = pytest.mark.slow


@pytest.mark.skipif(sandbox.capabilities().mode == "none", reason="student code cannot be locked in here")
@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({}, "no notebook was handed in"),
        ({"small.ipynb": b"no notebook"}, "not JSON"),
        ({"small.ipynb": notebook(cells())}, ""),
    ],
)
def test_what_cannot_be_graded_is_a_zero_with_its_reason(at_gradescope, files, reason):
    found = gradescope_run.run(at_gradescope(files))
    assert found["score"] == 0 and len(found["tests"]) >= 3 and reason in found["output"]


def test_without_a_sandbox_nothing_is_run_and_the_student_is_told_kindly(at_gradescope, monkeypatch, capsys):
    monkeypatch.setattr(gradescope_run, "capabilities", lambda: Capabilities("", False, False, 0, "no namespaces"))
    monkeypatch.setattr(gradescope_run.worker, "grade", lambda *_, **__: pytest.fail("student code is run"))
    found = gradescope_run.run(at_gradescope({"small.ipynb": answered()}))
    assert found["extra_data"] == {"graded": False} and "tests" not in found
    assert "was not graded" in found["output"] and "no namespaces" not in found["output"]
    assert "no namespaces" in capsys.readouterr().out  # which teachers see
    assert "Nothing is wrong with your file" in found["output"]


def test_a_machine_that_is_too_busy_is_no_zero_for_an_answer(at_gradescope, monkeypatch):
    def busy(*_, alone):
        assert alone
        raise Overdue("no answer within 2000 s")

    monkeypatch.setattr(gradescope_run.worker, "grade", busy)
    found = gradescope_run.run(at_gradescope({"small.ipynb": answered()}))
    assert found["extra_data"] == {"graded": False} and "the machine was too busy" in found["output"]
