"""One submission from bytes to scores: what each kind of answer earns, and what its student reads."""

import ast
import dataclasses
import hashlib
import json

import pytest
import small_course
from small_course import RIGHT, answered, cell, cells, notebook

from classroom.check import MOST_SECONDS
from classroom.judge.budget import CpuSeconds
from classroom.judge.course_text import normal_form
from classroom.judge.verdict import judge
from classroom.staff.grade import examine as examining
from classroom.staff.grade.examine import Settings, examine
from classroom.staff.grade.worker import Worker
from classroom.staff.sandbox import sandbox
from classroom.staff.sandbox.room import Allowance, Room, SandboxCaller
from classroom.staff.sandbox.sandbox import Limits

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sandbox.capabilities().mode == "none", reason="student code cannot be locked in here"),
]
COURSE = """
def double(x):
    shape = np.shape(x)
    flat = np.ravel(x)
    made = np.zeros(len(flat))
    for place, value in enumerate(flat):
        twice = value
        twice += value
        made[place] = twice
    return made.reshape(shape)
"""
FULL = {"double": 2.0, "relu_backward": 4.0, "quiz_1": 1.0, "explain": 0.0}
QUICK = Settings(
    allowance=Allowance(cell=0.5, calls=0.5, together=0.3, submission=20.0), limits=Limits(memory_bytes=1 << 30)
)


@pytest.fixture(scope="module")
def worker(tmp_path_factory):
    root = small_course.make_course(tmp_path_factory.mktemp("course") / "small")
    made = Worker(small_course.exam_of(root), QUICK)
    yield made
    made.close()


@pytest.fixture
def grade(worker):
    def run(data, **changes):
        zygote = worker._borrow()
        settings = Settings(**{"allowance": QUICK.allowance, "limits": QUICK.limits, **changes})
        try:
            return examine(data, worker.exam, settings, zygote)
        finally:
            worker._idle.append(zygote)

    return run


@pytest.fixture
def sessions(monkeypatch):
    """What is kept of each submission that is examined: the seconds of its own code, above all."""
    kept, made = [], examining.Session
    monkeypatch.setattr(examining, "Session", lambda *given, **more: kept.append(made(*given, **more)) or kept[-1])
    return kept


def outputs_of(result, grade_id):
    for one in result["notebook"]["cells"]:
        if one["metadata"].get("nbgrader", {}).get("grade_id") == grade_id:
            return one["outputs"]
    raise AssertionError(grade_id)


def shown(result):
    return json.dumps([one.get("outputs", []) for one in result["notebook"]["cells"]])


def test_right_answers_earn_everything(grade):
    result = grade(answered())
    assert result["scores"] == FULL
    assert result["outcome"] == "graded"
    assert result["sandbox"] == sandbox.capabilities().mode


def test_the_same_submission_gives_the_same_result(grade):
    content = cells(RIGHT)
    content.insert(2, cell("print(np.random.rand(), hash('a'), {1, 2})"))
    first, second = grade(notebook(content)), grade(notebook(content))
    assert first | {"seconds": 0} == second | {"seconds": 0}
    assert json.loads(json.dumps(first)) == first


def test_stubs_earn_nothing_and_are_no_response(grade):
    result = grade(notebook(cells()))
    assert set(result["scores"].values()) == {0.0}
    assert {verdict["outcome"] for verdict in result["verdicts"].values()} == {"not started"}
    assert set(result["comments"].values()) == {"No response."}


def test_a_written_answer_waits_for_a_person(grade):
    assert grade(answered({"explain": "Because. So."}))["scores"]["explain"] is None


def test_a_wrong_answer_is_told_with_its_points(grade):
    result = grade(answered({**RIGHT, "answer-double": "def double(x):\n    return x**2"}))
    assert result["scores"] == {**FULL, "double": 0.0}
    display, points = outputs_of(result, "double")
    assert "0 of 2 points" in display["data"]["text/plain"]
    assert points["data"]["text/plain"] == "0.0"
    assert "0 of 2 points" in result["comments"]["answer-double"]


def test_warnings_and_prints_cost_nothing(grade):
    noisy = RIGHT["answer-double"].replace(
        "    return",
        "    import sys, warnings\n    warnings.warn('w'); print('e', file=sys.stderr); print('o')\n    return",
    )
    result = grade(
        answered({**RIGHT, "answer-double": noisy + "import sys; print('loud', file=sys.stderr); double(1)"})
    )
    assert result["scores"] == FULL
    assert outputs_of(result, "answer-double")[0]["name"] == "stderr"


def test_what_only_the_visible_answer_knows_earns_nothing(grade):
    replay = "def double(x):\n    return np.array([2.0, -4.0, 8.0])"
    result = grade(answered({**RIGHT, "answer-double": replay}))
    assert result["scores"]["double"] == 0.0
    assert "odd shapes" in shown(result)


def test_hidden_inputs_reach_no_output(grade):
    """Student code that hides what it is called with, and shows it whenever it can, shows visible inputs only."""
    spy = (
        "SEEN = []\n"
        "def double(x):\n"
        "    SEEN.append(np.array(x))\n"
        "    if np.ndim(x) == 2:\n"
        "        raise ValueError(repr(x.tolist()))\n"
        "    return 2 * x\n"
    )
    content = cells({**RIGHT, "answer-double": spy})
    content.insert(4, cell("print('SEEN', [x.shape for x in SEEN])\nSEEN"))
    tell = (
        "def relu_forward(x):\n    raise ValueError(repr(SEEN))\n\n" + "def relu_backward(g, c):\n    return repr(SEEN)"
    )
    content[5]["source"] = tell
    result = grade(notebook(content))
    everything = json.dumps(result)
    assert "SEEN [(3,), (3, 5)" in everything
    hidden = small_hidden_inputs(result)
    assert hidden and not any(text in everything for text in hidden)


def small_hidden_inputs(result):
    """Return the hidden inputs as a student would have printed them."""
    exam = test_hidden_inputs_reach_no_output.exam
    texts = []
    for case in exam.sheet.exercise("double").cases + exam.sheet.exercise("relu_backward").cases:
        if case.hidden:
            texts += [f"{number:.5f}" for array in case.inputs.values() for number in array.ravel()]
    return texts


@pytest.fixture(autouse=True)
def _exam(worker):
    test_hidden_inputs_reach_no_output.exam = worker.exam


@pytest.mark.parametrize(
    ("culprit", "reason"),
    [
        ("while True:\n    pass", "no answer within"),
        ("import os\nos._exit(0)", "ended the interpreter"),
        ("import ctypes\nctypes.string_at(0)", "segmentation fault"),
        ("import sys\nsys.setrecursionlimit(10**9)\ndef f(): f()\nf()", ""),
    ],
)
def test_a_cell_that_ends_the_sandbox_costs_only_itself(grade, culprit, reason):
    content = cells(RIGHT)
    content.insert(4, cell(culprit))
    result = grade(notebook(content))
    assert result["scores"] == FULL
    assert reason in shown(result)


def test_a_function_that_hangs_costs_its_exercise(grade, sessions):
    result = grade(answered({**RIGHT, "answer-double": "def double(x):\n    while True: pass"}))
    assert result["scores"] == {**FULL, "double": 0.0}
    assert sessions[0].spent < 5  # of the twenty that a submission has


def test_a_function_that_ends_the_interpreter_costs_its_exercise(grade):
    result = grade(answered({**RIGHT, "answer-double": "import os\ndef double(x):\n    os._exit(0)"}))
    assert result["scores"] == {**FULL, "double": 0.0}


@pytest.mark.parametrize(
    ("answers", "cell", "said"),
    [
        (
            {"answer-double": "def double(x):\n    return\u00a02 * x"},
            "double",
            "invalid non-printable character U+00A0",
        ),
        ({"answer-relu": RIGHT["answer-relu"].replace("0, x", "0 x", 1)}, "relu_backward", "SyntaxError in line 2"),
        ({"answer-quiz_1": "answer_1 = “b”"}, "quiz_1", "invalid character '“'"),
        ({"answer-double": "import torch\ndef double(x): return 2 * x"}, "double", "No module named 'torch'"),
        ({"answer-double": "def double(x): return 2 * x\nwhile True: pass"}, "double", "no answer within"),
    ],
)
def test_a_cell_that_defines_nothing_says_why_in_the_first_line(grade, answers, cell, said):
    result = grade(answered({**RIGHT, **answers}))
    lines = [line.strip() for line in result["comments"][next(iter(answers))].splitlines()]
    assert result["scores"] == {**FULL, cell: 0.0}
    assert f"{cell} · crashed" in lines[0] and "is not defined: its cell" in lines[1] and said in lines[1]
    assert not any(word in "".join(lines) for word in ("fails on", "check.hint", "given:"))


@pytest.mark.parametrize("error", [MemoryError, RecursionError])
@pytest.mark.parametrize("hidden", [False, True])
def test_what_the_judge_cannot_hold_costs_that_exercise_alone(grade, monkeypatch, error, hidden):
    def too_much(exercise, given, do):
        if exercise.id == "double":
            raise error
        return do(*given)

    ask, of = SandboxCaller.ask_visible, judge
    if hidden:
        monkeypatch.setattr(examining, "judge", lambda exercise, caller: too_much(exercise, (exercise, caller), of))
    else:
        monkeypatch.setattr(SandboxCaller, "ask_visible", lambda self: too_much(self._exercise, (self,), ask))
    result = grade(answered())
    assert result["scores"] == {**FULL, "double": 0.0}
    assert "your answer is too large, or nested too deep, to be judged" in result["comments"]["answer-double"]
    assert "too large" not in result["comments"]["answer-relu"]


def test_what_takes_too_long_to_be_judged_is_told_and_what_was_judged_before_counts(grade, monkeypatch):
    monkeypatch.setattr("classroom.staff.sandbox.judging_time.LOOK_EVERY", 0.02)

    def endless(exercise, caller):
        while exercise.id == "relu_backward":
            sum(range(1000))
        return judge(exercise, caller)

    monkeypatch.setattr(examining, "judge", endless)
    result = grade(answered(), allowance=dataclasses.replace(QUICK.allowance, judging=2.0))
    assert result["scores"] == {**FULL, "relu_backward": 0.0, "quiz_1": 0.0}
    for answer in ("answer-relu", "answer-quiz_1"):
        assert "judging your answers takes more than 2 s" in result["comments"][answer]
    assert "takes more than" not in result["comments"]["answer-double"]


def test_without_time_for_judging_every_exercise_says_so(grade):
    result = grade(answered(), allowance=dataclasses.replace(QUICK.allowance, judging=1e-9))
    assert set(result["scores"].values()) == {0.0} and result["outcome"] == "graded"
    assert all("takes more than" in result["comments"][one] for one in ("answer-double", "answer-relu"))


def test_a_room_is_closed_before_the_answers_of_the_next_are_judged(worker, grade, monkeypatch):
    monkeypatch.setattr(worker.exam.sheet.exercises["relu_backward"], "withheld", ("given_x",))
    monkeypatch.setitem(worker.exam.files, "given_x.py", b"")
    seen, close = [], Room.close

    def closing(room):
        seen.append("closed")
        close(room)

    def judging(exercise, caller):
        seen.append(exercise.id)
        return judge(exercise, caller)

    monkeypatch.setattr(Room, "close", closing)
    monkeypatch.setattr(examining, "judge", judging)
    assert grade(answered())["scores"] == FULL
    assert seen[:5] == ["double", "quiz_1", "closed", "relu_backward", "closed"]


def test_text_of_the_course_earns_nothing_until_staff_accepts_it(worker, monkeypatch):
    data = answered({**RIGHT, "answer-double": COURSE})
    accepting = dataclasses.replace(worker.exam, accepted={hashlib.sha256(data).hexdigest(): ["double"]})
    form = normal_form(ast.parse(COURSE).body[0])
    for exam in (worker.exam, accepting):
        monkeypatch.setitem(exam.sheet.course_text, form, "given.twice")
    zygote = worker._borrow()
    try:
        first, after = (examine(data, exam, QUICK, zygote) for exam in (worker.exam, accepting))
    finally:
        worker._idle.append(zygote)
    assert first["scores"] == {**FULL, "double": 0.0}
    assert "given.twice, the course's own text" in first["comments"]["answer-double"]
    assert after["scores"] == FULL and "the course's own text" not in shown(after)


def test_text_of_the_course_in_a_later_cell_that_fills_what_the_answer_uses_earns_nothing(worker, grade, monkeypatch):
    """Visible cases are asked before that cell runs, and hidden ones behind it."""
    answer = "TABLE = {}\n\ndef double(x):\n    return TABLE['f'](x) if TABLE else x + x\n"
    later = cell(COURSE.replace("double", "given") + "\nTABLE['f'] = given\n")
    hidden = cell("TABLE['f'] = lambda x: x\n")
    assert grade(notebook([*cells({**RIGHT, "answer-double": answer}), hidden]))["scores"] == {**FULL, "double": 0.0}
    data = notebook([*cells({**RIGHT, "answer-double": answer}), later])
    assert grade(data)["scores"] == FULL  # while nothing is known to be the course's
    form = normal_form(ast.parse(COURSE).body[0])
    monkeypatch.setitem(worker.exam.sheet.course_text, form, "given.twice")
    assert grade(data)["scores"] == {**FULL, "double": 0.0}


def test_a_notebook_out_of_time_ends(grade, sessions):
    content = cells()
    content[2:2] = [cell(f"while True: {number}") for number in range(30)]
    allowance = Allowance(cell=0.3, calls=0.3, submission=2.0, deaths=12)
    result = grade(notebook(content), allowance=allowance)
    assert set(result["scores"].values()) == {0.0}
    assert 2.0 <= sessions[0].spent < 4.0


def test_an_exercise_that_may_train_for_long_leaves_the_rest_its_time(worker, grade, monkeypatch):
    """Its longest case is asked for twice, and a child may compute for as long as the whole takes."""
    seen = []
    session = examining.Session
    monkeypatch.setattr(examining, "Session", lambda given, **options: seen.append(given) or session(given, **options))
    monkeypatch.setattr(worker.exam.sheet.exercise("double").cases[0], "budget", CpuSeconds(60.0))
    assert grade(answered())["scores"] == FULL
    assert [one.submission for one in seen] == [QUICK.allowance.submission + 120.0]
    assert Limits().cpu_seconds >= Allowance().submission + 120.0


def test_grading_gives_the_calls_of_a_case_more_time_than_one_call_has_at_home():
    assert Allowance().calls >= 2 * MOST_SECONDS


def test_a_redefined_helper_later_does_not_change_an_earlier_check(grade):
    content = cells({**RIGHT, "answer-double": "def twice(x): return 2 * x\ndef double(x): return twice(x)"})
    content.append(cell("def twice(x): return 3 * x"))
    assert grade(notebook(content))["scores"] == FULL


def test_a_student_may_check_in_cells_of_their_own(grade):
    content = cells(RIGHT)
    content.append(cell("points = check('double', double) + 1\ncheck.progress()\ncheck('double', double)"))
    content.append(cell("print(points)"))
    result = grade(notebook(content))
    said, printed = (one["outputs"][0] for one in result["notebook"]["cells"][-2:])
    assert said["data"]["text/plain"] == "[a check of your own is not made when grading]"
    assert printed["text"] == "1.0\n" and result["scores"] == FULL


def test_what_is_displayed_becomes_plain_text(grade):
    content = cells()
    content.append(
        cell(
            "from IPython.display import HTML, SVG, Javascript, Markdown, display\n"
            "display(HTML('<script>a</script>'), Javascript('b'), Markdown('<b>'))\n"
            "display({'text/html': '<script>c</script>', 'text/plain': 'plain'}, raw=True)\n"
            "print('\\x1b[31mred\\x1b[0m \\u202eback')\n"
            "HTML('<script>d</script>')"
        )
    )
    outputs = grade(notebook(content))["notebook"]["cells"][-1]["outputs"]
    kinds = {name for output in outputs for name in output.get("data", {})}
    assert kinds == {"text/plain"}
    assert "<script" not in json.dumps(outputs)
    assert "red back" in json.dumps(outputs)


def test_a_flood_of_output_is_cut(grade):
    content = cells()
    content.append(cell("for _ in range(3000): print('x' * 1000)"))
    result = grade(notebook(content))
    text = result["notebook"]["cells"][-1]["outputs"][0]["text"]
    assert len(text) < 70_000 and "cut" in text


def test_many_floods_are_cut_as_one(grade):
    """A notebook of many cells may not make a result of gigabytes; what it earns, it earns."""
    floods = [cell(f"print('x' * 60_000)  # {number}") for number in range(120)]
    result = grade(notebook([*floods, *cells(RIGHT)]))
    assert result["scores"] == FULL
    assert len(json.dumps(result)) < 5_000_000
    assert shown(result).count("left out, with all that follows") == 1


def test_what_a_page_cannot_set_in_time_is_cut(grade):
    """Colouring one line of 400,000 characters takes an hour, and 400,000 characters of open formulas a night."""
    code = [cell(f"#{number}" + "a." * 10_000 + "\n  " * 10_000) for number in range(30)]
    notes = [cell("\\\\[" * 10_000 + str(number), "markdown") for number in range(30)]
    made = {**RIGHT, "explain": "Because " + "$$" * 100_000}
    content = grade(notebook([*code, *cells(made), *notes]))["notebook"]["cells"]
    assert max(len(line) for one in content for line in one["source"].split("\n") if one["cell_type"] == "code") < 600
    for kind, one_cell, all_cells in (("code", 21_000, 420_000), ("markdown", 11_000, 150_000)):
        sizes = [len(one["source"]) for one in content if one["cell_type"] == kind]
        assert max(sizes) < one_cell and sum(sizes) < all_cells
    assert any("cut here" in one["source"] for one in content)


def test_what_is_readable_stays_as_it_is_written(grade):
    source = "x = 1\n\n\ndef f(a):\n\n    return a\n\n\n\n# " + "long " * 80
    shown = [one["source"] for one in grade(notebook([*cells(RIGHT), cell(source)]))["notebook"]["cells"]]
    assert source.replace("\n\n\n\n", "\n\n\n") in shown
    assert RIGHT["answer-relu"] in shown


def test_half_turned_text_reaches_no_message(grade):
    turned = "def double(x):\n    raise ValueError('\u202e2 of 2 points\u2066')"
    result = grade(answered({**RIGHT, "answer-double": turned}))
    assert "2 of 2 points" in shown(result)
    assert not set("\u202e\u2066") & set(json.dumps(result["notebook"], ensure_ascii=False))
    assert not set("\u202e\u2066") & set(json.dumps(result["comments"], ensure_ascii=False))


def test_figures_are_drawn_on_request_only(grade):
    content = cells()
    content.append(cell("import matplotlib.pyplot as plt\n_ = plt.plot([1, 2])\nplt.show()"))
    data = notebook(content)
    assert "image/png" not in shown(grade(data, allowance=Allowance()))
    with_figures = grade(data, figures=True, allowance=Allowance())
    assert "image/png" in shown(with_figures)


@pytest.mark.parametrize(("data", "outcome"), [(None, "missing"), (b"{}", "unreadable"), (b"\xff", "unreadable")])
def test_a_file_that_cannot_be_read_is_a_zero_with_a_reason(grade, data, outcome):
    result = grade(data)
    assert result["outcome"] == outcome
    assert result["reason"]
    assert set(result["scores"].values()) == {0.0}
    assert result["reason"] in json.dumps(result["notebook"], ensure_ascii=False)


@pytest.mark.parametrize("data", [None, b"{}", answered(), notebook(cells()[::-1])])
def test_the_graded_notebook_is_one_that_nbgrader_reads(grade, data):
    import nbformat
    from nbgrader.nbgraderformat import reads

    text = json.dumps(grade(data)["notebook"])
    nbformat.validate(nbformat.reads(text, as_version=4))
    assert {
        one.metadata.nbgrader.grade_id for one in reads(text, as_version=4).cells if "nbgrader" in one.metadata
    } == {
        "setup",
        *small_course.STUBS,
        *small_course.CHECKS,
    }


def test_without_a_sandbox_the_result_says_so(worker):
    open_worker = Worker(worker.exam, Settings(sandbox=False))
    try:
        result = json.loads(__import__("gzip").decompress(open_worker.grade(answered())))
    finally:
        open_worker.close()
    assert result["scores"] == FULL
    assert result["sandbox"] == "none"
