"""From functions to a verdict: outcomes, points by part, what is told of hidden cases."""

import dataclasses
import json
import sys

import numpy as np
import pytest
from bugs import LINEAR, RELU, hidden, judged, plain_backward, visible
from declared import ROOT, declared

from classroom.call.caller import CallError, LocalCaller
from classroom.call.script import Literal, parse
from classroom.judge.message import to_text
from classroom.judge.verdict import STAGES, Verdict, judge, judge_both, unreachable
from classroom.staff.declare.exercise import Assignment, Case, Exercise, Quiz, answer_sheet, edit, load_assignment
from classroom.staff.declare.loader import declared_assignments

NAMES = declared_assignments(ROOT / "assignments")


def linear(*replacements):
    return {"linear_backward": edit(plain_backward, *replacements)}


def test_right_code_earns_all_points():
    for graded in (False, True):
        verdict = judged(LINEAR, graded=graded, linear_backward=plain_backward)
        assert verdict.outcome == "right" and verdict.points == 6 and verdict.findings == []


@pytest.mark.parametrize("trouble", [MemoryError, RecursionError])
def test_an_answer_that_is_too_much_for_the_judge_costs_its_parts_and_nothing_else(monkeypatch, trouble):
    """In every case that shows it; the verdict stands, with a reason."""
    seen = []

    def compare(yours, expected, limit, name):
        seen.append(name)
        if name == "grad_bias":
            raise trouble
        return honest(yours, expected, limit, name)

    honest = vars(sys.modules["classroom.judge.verdict"])["compare"]
    monkeypatch.setattr("classroom.judge.verdict.compare", compare)
    monkeypatch.setattr("classroom.judge.verdict.is_near", lambda *_: False)
    verdict = judged(LINEAR, linear_backward=plain_backward)
    assert "grad_bias" in seen and verdict.outcome == "wrong" and verdict.points == 0
    assert "cannot be judged: too large, or nested too deep" in verdict.findings[0].text


def stub(grad_y, cache):
    raise NotImplementedError


def test_a_stub_is_not_started_and_earns_nothing():
    verdict = judged(LINEAR, linear_backward=stub)
    assert verdict.outcome == "not started" and verdict.points == 0
    assert not any(verdict.parts.values())


def test_a_function_that_is_not_there_costs_every_part_and_is_told_once():
    verdict = judge(hidden(LINEAR), LocalCaller({"linear_forward": LINEAR.functions["linear_forward"]}))
    assert (verdict.outcome, verdict.points) == ("crashed", 0) and not any(verdict.parts.values())
    assert [finding.hidden for finding in verdict.findings] == [False]
    assert "linear_backward is not defined" in to_text(verdict) and "check.hint" not in to_text(verdict)


def test_a_function_that_is_not_there_leaves_the_parts_of_another():
    def twice(x):
        return 2 * x

    def thrice(x):
        return 3 * x

    x = np.array([1.0, -2.0])
    cases = [Case("two", {"x": x}, ["y = twice(x)"], ["y"]), Case("three", {"x": x}, ["z = thrice(x)"], ["z"])]
    both = Exercise(
        id="both", points=4, functions={"twice": twice, "thrice": thrice}, subject=("twice", "thrice"), cases=cases
    )
    verdict = judge(visible(both), LocalCaller({"thrice": thrice}))
    assert verdict.parts == {"y": False, "z": True} and verdict.points == 2


def test_a_stub_that_the_check_needs_is_not_started_either():
    verdict = judged(LINEAR, linear_forward=lambda x, weight, bias: stub(x, weight))
    assert verdict.outcome == "not started" and verdict.findings[0].error.call.startswith("y, cache = linear_forward")


def test_a_backward_pass_says_which_forward_pass_it_needs():
    verdict = judged(LINEAR, linear_forward=lambda x, weight, bias: stub(x, weight))
    assert to_text(verdict).startswith(
        "○ linear_backward · needs your linear_forward, which is not written · 0 of 6 points"
    )


def test_what_the_forward_pass_changes_in_place_costs_the_backward_pass_nothing():
    def forward(x, weight, bias):
        y, (x, weight) = LINEAR.functions["linear_forward"](x, weight, bias)
        cache = x.copy(), weight
        x *= 2
        return y, cache

    for graded in (False, True):
        verdict = judged(LINEAR, graded=graded, linear_forward=forward)
        assert verdict.outcome == "right" and verdict.points == 6


@pytest.mark.parametrize("graded", [False, True])
@pytest.mark.parametrize("how", ["no cache", "an exception on the way back"])
def test_inference_that_stops_costs_the_points_of_inference(graded, how):
    exercise = load_assignment("normalization").exercise("batchnorm_backward")
    forward, backward = (exercise.functions[f"batchnorm_{way}"] for way in ("forward", "backward"))

    def no_cache(x, scale, shift, running, *, training, eps=1e-5):
        y, cache, new = forward(x, scale, shift, running, training=training, eps=eps)
        return y, None if how == "no cache" and not training else (cache, training), new

    def stops(grad_y, cache):
        kept, training = cache
        if not training:
            raise RuntimeError("only after training")
        return backward(grad_y, kept)

    lean = dataclasses.replace(exercise, mutants=[])
    verdict = judged(lean, graded=graded, batchnorm_forward=no_cache, batchnorm_backward=stops)
    assert verdict.points == 18
    assert [name for name, earned in verdict.parts.items() if not earned] == ["inference"]


def modes(exercise):
    """What the scripts of an exercise ask of its own functions: each function with what is written in the call."""
    found = {}
    for case in exercise.cases:
        for call in parse(case.calls):
            written = {name: item.value for name, item in call.keywords if isinstance(item, Literal)}
            if call.function in exercise.subject and not call.item and written:
                found[call.function, str(written)] = (call.function, written)
    return found.values()


def stopping(exercise, function, written):
    right = exercise.functions[function]

    def stops(*arguments, **options):
        if all(options.get(name) == value for name, value in written.items()):
            raise RuntimeError("not in this mode")
        return right(*arguments, **options)

    return LocalCaller({**exercise.functions, function: stops})


@pytest.mark.parametrize("name", [name for name in NAMES if name not in ("capstone", "initializers")])
def test_a_mode_that_stops_costs_nothing_that_others_have_shown_where_it_alone_shows_anything(name, full_sheets):
    """Of every exercise whose scripts ask for modes, such as training=False."""
    for exercise in [one for one in declared(name).exercises if isinstance(one, Exercise)]:
        sheet = dataclasses.replace(full_sheets(name).exercises[exercise.id], mutants=[], properties=[])
        for function, written in modes(exercise):
            verdict = judge(sheet, stopping(exercise, function, written), told=False)
            runs = stopping(exercise, function, written)
            stopped = [runs.run(case.script, case.inputs, ()).error is not None for case in sheet.cases]
            asked, shown = (
                {
                    part
                    for case, fails in zip(sheet.cases, stopped, strict=True)
                    if fails == which
                    for part in parts(case)
                }
                for which in (True, False)
            )
            lost = {part for part, right in verdict.parts.items() if not right and part in sheet.parts}
            assert lost == (asked - shown or asked), (exercise.id, function, written)


def parts(case):
    return set(case.parts.values())


@pytest.mark.parametrize("graded", [False, True])
def test_inference_of_batch_norm_that_stops_at_once_costs_inference_alone(graded, full_sheets):
    """Inference before any training, whose one part is the running statistics, is no second slip."""
    exercise = declared("normalization").exercise("batchnorm_forward")
    sheet = full_sheets("normalization").exercises["batchnorm_forward"]
    caller = stopping(exercise, "batchnorm_forward", {"training": False})
    verdict = judge(sheet if graded else sheet.visible(), caller, told=False)
    assert [name for name, earned in verdict.parts.items() if not earned] == ["inference"]
    assert verdict.points == verdict.max_points - exercise.parts["inference"]


def test_a_start_that_stops_costs_its_own_part(full_sheets):
    exercise = declared("normalization").exercise("batchnorm_forward")

    def no_start(x, scale, shift, running, *, training, **options):
        if running is None and not training:
            raise TypeError("no running statistics")
        return exercise.functions["batchnorm_forward"](x, scale, shift, running, training=training, **options)

    sheet = full_sheets("normalization").exercises["batchnorm_forward"]
    verdict = judge(sheet, LocalCaller({"batchnorm_forward": no_start}), told=False)
    assert [name for name, earned in verdict.parts.items() if not earned] == ["running statistics"]


def test_what_is_seen_in_one_part_of_an_output_is_told_with_the_part():
    """grad_x of batch norm is asked in training and in inference: what is 0 in one need not be in the other."""
    exercise = load_assignment("normalization").exercise("batchnorm_backward")
    forward, backward = (exercise.functions[f"batchnorm_{way}"] for way in ("forward", "backward"))

    def noted(x, *others, training, **options):
        y, cache, new = forward(x, *others, training=training, **options)
        return y, (cache, training), new

    def zeros_at_inference(grad_y, cache):
        kept, training = cache
        grad_x, *others = backward(grad_y, kept)
        return (grad_x if training else 0 * grad_x), *others

    lean = dataclasses.replace(exercise, mutants=[])
    verdict = judged(lean, batchnorm_forward=noted, batchnorm_backward=zeros_at_inference)
    assert verdict.diagnosis.sentence.startswith("inference: grad_x is 0 everywhere")

    def exchanged(grad_y, cache):
        grad_x, grad_scale, grad_shift = backward(grad_y, cache)
        return grad_scale, grad_x, grad_shift

    bugs = judged(lean, batchnorm_backward=exchanged).bugs  # in all parts alike, so it is told once
    assert [bug.sentence.partition(":")[0] for bug in bugs] == ["grad_x and grad_scale have changed places"]


def test_nothing_for_an_output_and_the_output_for_the_cache_are_told_as_exchanged():
    exercise = load_assignment("normalization").exercise("layernorm_backward")
    right = exercise.functions["layernorm_forward"]

    def exchanged(*inputs):
        y, _ = right(*inputs)
        return None, y

    lean = dataclasses.replace(load_assignment("normalization").exercise("layernorm_forward"), mutants=[])
    assert "y and cache have changed places" in judged(lean, layernorm_forward=exchanged).diagnosis.sentence


def test_what_is_seen_in_a_part_that_is_measured_elsewhere_is_told_with_its_case():
    """In training dropout's answers are random, and measured: what the one case without chance shows is true of it."""
    exercise = load_assignment("residual").exercise("dropout")
    forward = exercise.functions["dropout_forward"]

    def ones(x, drop, rng, *, training):
        y, cache = forward(x, drop, rng, training=training)
        return (np.sign(y) ** 2 if training else y), cache

    verdict = judged(dataclasses.replace(exercise, mutants=[]), dropout_forward=ones)
    told = [bug.sentence for bug in verdict.bugs if "same number" in bug.sentence]
    assert told and all(sentence.startswith('case "') for sentence in told)


def test_a_wrong_forward_pass_costs_the_backward_pass_nothing():
    forgets_bias = LINEAR.functions["linear_forward"]
    verdict = judged(LINEAR, graded=True, linear_forward=lambda x, weight, bias: forgets_bias(x, weight, 0 * bias))
    assert verdict.outcome == "right" and verdict.points == 6


def test_each_output_is_worth_its_part():
    verdict = judged(LINEAR, **linear("grad_y.sum(axis=0)", "grad_y.mean(axis=0)"))
    assert verdict.parts == {"grad_x": True, "grad_weight": True, "grad_bias": False, "dtype": True}
    assert verdict.outcome == "wrong" and verdict.points == 4


def test_weights_of_parts_count():
    sheet = visible(LINEAR)
    sheet.parts = {"grad_x": 1.0, "grad_weight": 1.0, "grad_bias": 4.0}
    verdict = judge(sheet, LocalCaller({**LINEAR.functions, **linear("grad_y.sum(axis=0)", "grad_y.mean(axis=0)")}))
    assert verdict.points == 2


@pytest.mark.parametrize(
    ("replacements", "stage"),
    [
        (("return grad_y @ weight.T, x.T @ grad_y,", "return x.T @ grad_y,"), "values"),
        (("x.T @ grad_y,", "(x.T @ grad_y).T,"), "shape"),
        (("x.T @ grad_y,", "x.T @ grad_y * 1j,"), "dtype"),
        (("x.T @ grad_y,", "x.T @ grad_y / 0,"), "finite"),
        (("x.T @ grad_y,", "x.T @ grad_y * 2,"), "value"),
        (("x.T @ grad_y,", "None,"), "type"),
        (("x, weight = cache", "x, weight = cache\n    y, grad_y = grad_y, grad_y.copy()\n    y[:] = 0"), "changed"),
        (("x.T @ grad_y,", "x @ grad_y,"), "error"),
    ],
)
def test_the_first_finding_is_the_earliest_stage(replacements, stage):
    verdict = judged(LINEAR, **linear(*replacements))
    assert verdict.findings[0].stage == stage
    stages = [STAGES.index(finding.stage) for finding in verdict.findings]
    assert stages == sorted(stages)


def test_a_crash_quotes_the_call_and_the_line():
    verdict = judged(LINEAR, **linear("x.T @ grad_y,", "x @ grad_y,"))
    assert verdict.outcome == "crashed"
    error = verdict.findings[0].error
    assert error.call.startswith("grad_x, grad_weight") and "x @ grad_y" in error.line


def test_a_change_in_place_costs_the_parts_of_its_case():
    verdict = judged(RELU, relu_backward=lambda grad_y, cache: np.multiply(grad_y, cache[0] > 0, out=grad_y))
    assert verdict.points == 0 and verdict.findings[0].text.startswith("grad_y is changed in place")


def test_a_property_catches_what_the_cases_miss():
    sheet = visible(LINEAR)
    sheet.cases, sheet.mutants = [], []
    verdict = judge(sheet, LocalCaller({**LINEAR.functions, **linear("x.T @ grad_y,", "1.001 * x.T @ grad_y,")}))
    assert [finding.stage for finding in verdict.findings] == ["property"]
    assert verdict.parts["grad_weight"] is False and verdict.parts["grad_x"] is True


def test_of_a_hidden_case_only_the_kind_is_told():
    sheet = hidden(LINEAR)
    known = {case.inputs["x"].tobytes() for case in sheet.cases if not case.hidden}

    def memoriser(grad_y, cache):
        return plain_backward(grad_y if cache[0].tobytes() in known else 2 * grad_y, cache)

    sheet.properties = []
    verdict = judge(sheet, LocalCaller({**LINEAR.functions, "linear_backward": memoriser}))
    assert verdict.outcome == "wrong" and verdict.points == 0
    assert {finding.text for finding in verdict.findings} == {"fails on odd shapes", "fails on float32"}
    for finding in verdict.findings:
        assert finding.hidden and finding.case == "" and finding.details == () and finding.error is None


@pytest.mark.parametrize("graded", [False, True])
def test_a_dtype_costs_a_tenth_and_nothing_else(graded):
    wide = linear("return grad_y @ weight.T, x.T @ grad_y,", "return grad_y @ weight.T, (x.T @ grad_y).astype(float),")
    verdict = judged(LINEAR, graded=graded, **wide)
    assert verdict.outcome == "wrong" and verdict.sound and verdict.points == pytest.approx(5.4)
    assert [name for name, earned in verdict.parts.items() if not earned] == ["dtype"]
    assert sum(verdict.weights[name] for name, earned in verdict.parts.items() if earned) / 3 == pytest.approx(0.9)
    assert verdict.findings[0].text == (
        "values right · dtype: float64 comes out of float32: make grad_weight with the dtype of weight"
    )


def test_a_wrong_dtype_beside_wrong_values_costs_a_tenth_of_what_is_right():
    wide = linear("x.T @ grad_y,", "(x.T @ grad_y).astype(float),", "grad_y.sum(axis=0)", "grad_y.mean(axis=0)")
    verdict = judged(LINEAR, **wide)
    assert not verdict.sound and verdict.points == pytest.approx(6 * 2 / 3 * 0.9)
    assert verdict.findings[0].part == "grad_bias" and verdict.findings[-1].text.startswith("dtype: float64 comes out")


def step(x):
    return (x > 0).astype(x.dtype)


def stepped(dtype=float):
    return Case(f"{np.dtype(dtype)}", {"x": np.array([-1, 2, 0, 3], dtype)}, ["y = step(x)"], ("y",))


def test_booleans_for_numbers_cost_the_dtype_and_nothing_else():
    """They are equal to the numbers, and a student's next line subtracts them."""
    exercise = Exercise("step", 10, {"step": step}, ("step",), [stepped(), stepped(np.float32)])
    verdict = judged(exercise, step=lambda x: x > 0)
    assert verdict.points == pytest.approx(9) and verdict.diagnosis.name == "booleans for numbers"
    said = "values right · dtype: bool comes out where numbers are expected: make y with the dtype of x"
    assert verdict.findings[0].text == said
    assert judged(exercise, step=lambda x: x > 5).points == 0
    indifferent = Exercise("step", 10, {"step": step}, ("step",), [stepped()])
    verdict = judged(indifferent, step=lambda x: x > 0)
    assert verdict.outcome == "right" and verdict.points == 10
    assert verdict.note.startswith("y is made of True and False, which numpy does not subtract")


def test_the_dtype_of_wrong_values_earns_nothing():
    verdict = judged(LINEAR, linear_backward=lambda grad_y, cache: tuple(7 * g for g in plain_backward(grad_y, cache)))
    assert verdict.points == 0 and "dtype" not in verdict.parts


def test_a_crash_in_a_hidden_case_tells_no_more():
    def picky(grad_y, cache):
        if grad_y.dtype == np.float32:
            raise RuntimeError(f"secret {grad_y}")
        return plain_backward(grad_y, cache)

    sheet = hidden(LINEAR)
    sheet.cases = [case for case in sheet.cases if case.hidden or not case.single]
    sheet.mutants = []
    verdict = judge(sheet, LocalCaller({**LINEAR.functions, "linear_backward": picky}))
    assert verdict.outcome == "wrong" and verdict.findings
    assert "secret" not in json.dumps(verdict.to_json())


def test_a_cheat_that_returns_the_visible_answers_earns_nothing_when_graded():
    known = {case.inputs["grad_y"].tobytes(): case.expected for case in visible(LINEAR).cases}
    first = next(iter(known.values()))

    def cheat(grad_y, cache):
        answer = known.get(grad_y.tobytes(), first)
        return answer["grad_x"], answer["grad_weight"], answer["grad_bias"]

    sheet = visible(LINEAR)
    sheet.properties = []
    assert judge(sheet, LocalCaller({**LINEAR.functions, "linear_backward": cheat})).points == 6
    assert judged(LINEAR, graded=True, linear_backward=cheat).points == 0


@pytest.mark.parametrize("graded", [False, True])
def test_a_verdict_survives_json_and_timings_are_no_part_of_it(graded):
    first = judged(LINEAR, graded=graded, **linear("x.T @ grad_y,", "x @ grad_y,"))
    again = judged(LINEAR, graded=graded, **linear("x.T @ grad_y,", "x @ grad_y,"))
    first.seconds, again.seconds = 1.0, 2.0
    assert first == again
    assert Verdict.from_json(json.loads(json.dumps(first.to_json()))) == first
    assert "seconds" not in first.to_json()


def test_half_done_work_keeps_the_points_of_its_half():
    sheet = Exercise(
        id="pair",
        points=10,
        functions=LINEAR.functions,
        subject=("linear_forward", "linear_backward"),
        cases=[
            Case("one way", LINEAR.cases[1].inputs, LINEAR.cases[1].calls[:1], ("y",)),
            *LINEAR.cases,
        ],
        parts={"y": 4, "grad_x": 2, "grad_weight": 2, "grad_bias": 2},
    )
    verdict = judged(sheet, linear_backward=stub)
    assert verdict.outcome == "wrong" and verdict.points == 4


def test_nothing_of_an_unreachable_notebook_is_right():
    verdict = unreachable(hidden(LINEAR), CallError("timeout", message="your cells ran for more than 60 s"))
    assert verdict.outcome == "crashed" and verdict.points == 0


QUIZ = Quiz(
    "quiz_1",
    2,
    "Which?",
    {"a": "this", "b": "that"},
    right="b",
    because={"a": "No: this is not.", "b": "Yes: that is."},
)


@pytest.mark.parametrize(
    ("answer", "outcome", "points"),
    [
        ("b", "right", 2),
        (" b ", "right", 2),
        ("a", "wrong", 0),
        ("c", "wrong", 0),
        (7, "wrong", 0),
        (None, "not started", 0),
        ("", "not started", 0),
        (object(), "not started", 0),
    ],
)
def test_a_question_is_judged_by_its_hash(answer, outcome, points):
    sheet = answer_sheet(Assignment("small", "Small", [QUIZ])).exercises["quiz_1"]
    verdict = judge(sheet, LocalCaller({"answer": answer}))
    assert (verdict.outcome, verdict.points) == (outcome, points)


def test_a_wrong_choice_is_explained():
    sheet = answer_sheet(Assignment("small", "Small", [QUIZ])).exercises["quiz_1"]
    assert judge(sheet, LocalCaller({"answer": "a"})).findings[0].text == "No: this is not."
    assert judge(sheet, LocalCaller({"answer": "b"})).note == "Yes: that is."


# --- at home and in full --------------------------------------------------------------------------------------------

WRITES = edit(plain_backward, "    x, weight = cache\n", "    x, weight = cache\n    grad_y += 0\n    grad_y *= 2\n")
LARGE_ALONE = edit(plain_backward, "grad_y.sum(axis=0)", "grad_y.sum(axis=0) if len(x) < 5 else 0 * grad_y[0]")


@pytest.mark.parametrize("told", [True, False])
@pytest.mark.parametrize(
    "backward",
    [plain_backward, stub, None, WRITES, LARGE_ALONE, *(mutant.functions for mutant in LINEAR.mutants)],
    ids=["right", "stub", "absent", "writes", "large alone", *(mutant.name for mutant in LINEAR.mutants)],
)
def test_both_verdicts_are_those_of_the_two_sheets_and_nothing_is_asked_twice(backward, told):
    asked = []

    class Counting(LocalCaller):
        def run(self, calls, inputs, outputs, case=None):
            asked.append(case)
            return super().run(calls, inputs, outputs, case)

    sheet = hidden(LINEAR)
    functions = {"linear_forward": LINEAR.functions["linear_forward"]} | (
        {"linear_backward": backward} if backward else {}
    )
    one_by_one = [judge(each, LocalCaller(functions), told=told) for each in (sheet.visible(), sheet)]
    assert list(judge_both(sheet, Counting(functions), told=told)) == one_by_one
    keys = [key for key in asked if key is not None]
    assert keys and len(keys) == len(set(keys))


def test_a_question_has_one_verdict_at_home_and_in_full():
    sheet = answer_sheet(Assignment("small", "Small", [QUIZ])).exercises["quiz_1"]
    caller = LocalCaller({"answer": "b"})
    assert judge_both(sheet, caller) == (judge(sheet, caller), judge(sheet, caller))


def test_a_hidden_case_before_a_visible_one_is_refused():
    sheet = hidden(LINEAR)
    with pytest.raises(ValueError, match="a hidden case stands before a visible one"):
        judge_both(dataclasses.replace(sheet, cases=sheet.cases[::-1]), LocalCaller(LINEAR.functions))
