"""Running scripts: copies, changes in place, and the ways to stop."""

import numpy as np
import pytest

from classroom.call.caller import LocalCaller, find_functions
from classroom.call.script import parse
from classroom.call.value import Function, Generator


def run(calls, inputs, outputs, **functions):
    return LocalCaller(functions).run(parse(calls), inputs, outputs)


def test_outputs_are_returned_and_inputs_left_alone():
    x = np.arange(3.0)
    result = run(["y = double(x)"], {"x": x}, ["y"], double=lambda x: 2 * x)
    assert np.array_equal(result.values["y"], [0, 2, 4])
    assert result.error is None and result.changed == ()


def test_an_input_changed_in_place_is_reported_and_the_callers_array_is_not_touched():
    def clip(x):
        x[x < 0] = 0
        return x

    x = np.array([-1.0, 2.0])
    result = run(["y = clip(x)"], {"x": x}, ["y"], clip=clip)
    assert result.changed == ("x",)
    assert x[0] == -1


def test_a_later_call_cannot_alter_an_earlier_output_unseen():
    def step(w):
        w += 1
        return w

    result = run(["w1 = step(w0)", "w2 = step(w1)"], {"w0": np.zeros(2)}, ["w1", "w2"], step=step)
    assert np.array_equal(result.values["w1"], [1, 1]) and np.array_equal(result.values["w2"], [2, 2])
    assert set(result.changed) >= {"w0", "w1"}


def test_arrays_inside_tuples_are_watched_too():
    def update(running):
        running[0][:] = 5
        return 1

    assert run(["y = update(r)"], {"r": (np.zeros(2), np.ones(2))}, ["y"], update=update).changed == ("r",)


def test_an_opaque_value_may_pass_from_call_to_call():
    result = run(
        ["y, cache = forward(x)", "g = backward(cache)"],
        {"x": 3},
        ["g"],
        forward=lambda x: (x, object()),
        backward=lambda cache: type(cache).__name__,
    )
    assert result.values == {"g": "object"}


def broken(x):
    raise ValueError("no such luck")


def stub(x):
    raise NotImplementedError


@pytest.mark.parametrize(
    ("calls", "kind"),
    [
        ("y = stub(x)", "not started"),
        ("y = nobody(x)", "missing"),
        ("y = broken(x)", "crashed"),
        ("y, z = one(x)", "arity"),
        ("y, z = three(x)", "arity"),
        ("y, z = none(x)", "arity"),
        ("y = opaque(x)", "not plain"),
        ("y = deep(x)", "crashed"),
    ],
)
def test_each_way_to_stop_has_its_kind(calls, kind):
    functions = {
        "stub": stub,
        "broken": broken,
        "one": lambda x: x,
        "three": lambda x: (1, 2, 3),
        "none": lambda x: None,
        "opaque": lambda x: object(),
        "deep": lambda x: functions["deep"](x),
    }
    error = run([calls], {"x": 1}, ["y"], **functions).error
    assert error.kind == kind and error.call == calls


def test_the_students_own_line_is_quoted():
    def wrong_shapes(x):
        y = x + 1
        return y @ np.zeros(7)

    error = run(["y = wrong_shapes(x)"], {"x": np.zeros(3)}, ["y"], wrong_shapes=wrong_shapes).error
    assert error.line == "return y @ np.zeros(7)"
    assert error.name == "ValueError" and error.lineno > 0


def test_warnings_of_student_code_are_dropped():
    result = run(["y = f(x)"], {"x": np.zeros(2)}, ["y"], f=lambda x: 1 / x)
    assert np.isinf(result.values["y"]).all()


def test_generators_and_functions_come_to_life():
    result = run(["y = draw(rng)"], {"rng": Generator(3)}, ["y"], draw=lambda rng: rng.random(2))
    assert np.array_equal(result.values["y"], np.random.default_rng(3).random(2))
    result = run(["y = use(f, x)"], {"f": Function("cubic"), "x": np.array([2.0])}, ["y"], use=lambda f, x: f(x))
    assert result.values["y"] == 8


def test_non_contiguous_inputs_stay_so():
    result = run(["y = f(x)"], {"x": np.zeros((4, 6))[:, ::2]}, ["y"], f=lambda x: x.flags.c_contiguous)
    assert result.values["y"] is False


def test_an_output_that_no_call_gives_is_a_name_of_the_notebook():
    assert run([], {}, ["answer"], answer="b").values == {"answer": "b"}
    assert run([], {}, ["answer"]).error.kind == "missing"


def test_functions_beside_the_checked_one_are_found_in_its_notebook():
    namespace = {}
    exec("def forward(x):\n    return x, x\n\ndef backward(g, cache):\n    return g", namespace)
    found = find_functions({"backward": namespace["backward"]})
    assert found["forward"] is namespace["forward"]


def test_a_given_function_may_be_called_with_what_the_students_own_returned():
    inputs = {"cubic": Function("cubic")}
    calls = ["x = start()", "y = cubic(x)"]
    assert run(calls, inputs, ["y"], start=lambda: np.full(3, 2.0)).values == {"y": 24.0}
    assert run(calls, inputs, ["y"]).error.kind == "missing"


def test_a_function_in_a_dict_is_called_by_its_key():
    calls = ["parts = mine()", 'y = parts["double"](x)']
    inputs = {"x": np.arange(3)}
    assert run(calls, inputs, ["y"], mine=lambda: {"double": lambda x: 2 * x}).values["y"].tolist() == [0, 2, 4]
    absent = run(calls, inputs, ["y"], mine=dict).error
    assert (absent.kind, absent.message) == ("not started", "there is no double yet")
    assert run(calls, inputs, ["y"], mine=list).error.kind == "not started"
    assert run(calls, inputs, ["y"], mine=lambda: {"double": 2}).error.kind == "missing"


def test_a_pair_of_numbers_may_come_in_an_array():
    assert run(["low, high = ends()"], {}, ["low", "high"], ends=lambda: np.array([1.0, 3.0])).values["high"] == 3
    error = run(["low, high = ends()"], {}, ["low", "high"], ends=lambda: np.ones((2, 2))).error
    assert error.kind == "arity" and "one value, needs 2" in error.message


def test_the_line_that_is_told_is_the_student_s_and_not_that_of_a_given_file(tmp_path):
    given = tmp_path / "given_parts.py"
    given.write_text("def product(a, b):\n    return a @ b\n")
    space = {}
    exec(compile(given.read_text(), str(given), "exec"), space)

    def twice(x):
        return space["product"](x, x)

    error = run(["y = twice(x)"], {"x": np.ones((2, 3))}, ["y"], twice=twice).error
    assert error.name == "ValueError" and error.line == 'return space["product"](x, x)'


def test_an_input_that_is_no_plain_data_any_more_has_changed():
    def spoil(rows):
        rows.append(rows)

    assert LocalCaller({"spoil": spoil}).run(parse(["y = spoil(rows)"]), {"rows": [1.0]}, []).changed == ("rows",)
