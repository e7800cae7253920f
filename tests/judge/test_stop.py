"""Why code stops, told with the names and shapes of the case."""

import linecache

import numpy as np
import pytest

from classroom.call.caller import CallError, LocalCaller
from classroom.call.value import Generator
from classroom.judge.answer_sheet import SheetCase
from classroom.judge.stop import exchanged_with_cache, given, stop

RNG = np.random.default_rng(5)
INPUTS = {"x": RNG.normal(size=(4, 3)), "weight": RNG.normal(size=(3, 2)), "bias": RNG.normal(size=2), "drop": 0.5}
CALLS = ("y, cache = forward(x, weight, bias)", "grad_x = backward(y, cache)")
EXPECTED = {"y": INPUTS["x"] @ INPUTS["weight"] + INPUTS["bias"], "grad_x": INPUTS["x"]}


def case(calls=CALLS, **inputs):
    return SheetCase("a case", INPUTS | inputs, calls, ("y", "grad_x"), EXPECTED, {"y": "y", "grad_x": "grad_x"})


def stopped(source, asked=None):
    space = {"np": np}
    linecache.cache["<answer>"] = (len(source), None, source.splitlines(keepends=True), "<answer>")
    exec(compile(source, "<answer>", "exec"), space)
    asked, caller = asked or case(), LocalCaller(space)
    run = caller.run(asked.script, asked.inputs, asked.outputs)
    assert run.error is not None
    return stop(run.error, asked, caller)


REMAPPED = "operands could not be broadcast together with remapped shapes [original->remapped]: (2,3) (4,5)->(5,4)"
RIGHT_BACKWARD = "\ndef backward(y, cache):\n    return cache\n"


STOPS = {
    "x @ weight + bias": ("one value alone", "y comes back alone, and it is right: return y, cache."),
    "x @ weight": ("one value alone", "return y, cache, in this order"),
    "x @ weight + bias, x, weight": ("too many values", "3 values come back: return y, cache, and no more"),
    "None": ("nothing", "forward returns nothing: is a `return` missing"),
    "x @ weight.T, x": ("a product of unequal sizes", "these are 2 and 3. Here are x (4, 3), weight (3, 2)"),
    "x - x.sum(axis=1), x": ("shapes that do not fit", "(4, 3), the shape of x, and (4,) do not fit"),
    "x[:, 5], x": ("an index too far", "Axis 1 has 3 entries, indices 0 to 2, and index 5 is asked for: is it an"),
    "np.maximum(x), x": ("other arguments", "It is maximum, in your line, that is called with other"),
    "x[:0].max(), x": ("no entries", "An array without entries has no maximum"),
    "x.shape < 1, x": ("a tuple among numbers", "unpack it, as in a, b = pair, or index it"),
    "bias(x), x": ("a call of what is no function", "ndarray is called as if it were a function"),
    "np.float32((x, bias)), x": ("a ragged list", "of several lengths"),
    "np.stack([x, x], axis=3), x": ("an axis that is not there", "The result has 3 axes, numbered from 0"),
    "x[0, 0, 0], x": ("too many indices", "A 2D array gets 3 indices: are images, rows and single examples all"),
    "np.zeros(3)[:, int(weight[0, 0])], x": ("too many indices", "A 1D array gets 2 indices: is it made with"),
    "np.array([])[:, 0], x": ("too many indices", "A 1D array gets 2 indices: is it made with an axis too few, or of"),
    "x.sum(axis=2), x": ("an axis that is not there", "has 2 axes, numbered from 0, so there is no axis 2"),
    "np.zeros(len(x) / 2), x": ("a size that is no whole number", "/ makes floats, and // whole numbers"),
    "np.zeros(np.float32(2)), x": ("a size that is no whole number", "A float stands where a whole number has to"),
    "range(x.shape), x": ("a size that is no whole number", "what is given is of another kind: tuple"),
    "np.pad(x, ((0, 0),) * 3), x": ("shapes that do not fit", "has 2 axes, and the widths have the shape (3, 2)"),
    "np.broadcast_to(x, (3, 4)), x": ("shapes that do not fit", "(4, 3) cannot be repeated to the shape (3, 4)"),
    "np.einsum('ij,kj', x, weight), x": ("shapes that do not fit", "along an axis with the same letter"),
    "__import__('math').exp(x), x": ("an array where a number is asked", "np.exp and its like take arrays"),
    "x if x > 0 else bias, x": ("the truth of an array", "each entry of an array has its own"),
    "x.reshape(5, 2), x": ("another number of entries", "An array of 12 entries cannot have the shape (5,2)"),
    "xx, x": ("an undefined name", "xx has no value there: is it misspelt"),
    "{}['0.01'], x": ("a key that is not there", "There is no 0.01 in the dict"),
    "{}['a'], x": ("a key that is not there", "There is no a in the dict"),
    "__import__('pdb').Pdb().set_trace(), x": ("a debugger", "take it out, and call the function yourself"),
    "1 / 0, x": ("division by zero", "divided by 0"),
    "0.0 ** -1, x": ("division by zero", "0 is raised to a negative power"),
    "(1, 2) - (3, 4), x": ("arithmetic of tuples", "Tuples are joined by +"),
    "np.arange(x), x": ("the truth of an array", "np.arange and np.linspace take numbers"),
    "bool(x), x": ("the truth of an array", "One truth value is asked for"),
    "np.einsum('ij->ij'), x": ("einsum", "one array for each group of letters"),
    "np.einsum('i->ij', x), x": ("einsum", "The letters of einsum do not fit the axes"),
    "np.tensordot(x, weight, axes=((0, 1),)), x": ("unpacking", "A function in your line takes apart"),
    "x.sun(), x": ("an attribute that is not there", "has no .sun"),
    "-(x > 0), x": ("minus of booleans", "astype(x.dtype)"),
    "forward(x, weight, bias)": ("no end of calls", "nested without an end, or too deep"),
}


@pytest.mark.parametrize("body", STOPS)
def test_what_numpy_and_python_say_is_explained(body):
    name, said = STOPS[body]
    found = stopped(f"def forward(x, weight, bias):\n    return {body}\n{RIGHT_BACKWARD}")
    assert found is not None and found.name == name and said in found.sentence


def test_a_cache_that_is_none_is_told_with_the_call_that_returned_it():
    source = "def forward(x, weight, bias):\n    return x @ weight + bias, None\n"
    found = stopped(source + "\ndef backward(y, cache):\n    x, = cache\n    return x\n")
    assert found.name == "cache is None" and CALLS[0] in found.sentence


def test_another_signature_is_told_with_the_call():
    found = stopped("def forward(x, weight):\n    return x, x\n" + RIGHT_BACKWARD)
    assert found.name == "other arguments" and "forward(x, weight, bias)" in found.sentence


def test_an_einsum_that_the_line_does_not_show_is_not_told_as_the_students():
    source = "def forward(x, weight, bias):\n    return {}, x\n"
    shown = stopped(source.format("np.einsum('ij,kj', x, weight)") + RIGHT_BACKWARD)
    assert "Two arrays in an einsum" in shown.sentence
    error = CallError("crashed", name="ValueError", message=REMAPPED, line="return layer(x), x")
    assert "A function called in this line gets an array of another shape" in stop(error, case(), None).sentence


UNFIT = {
    "np.ones((3, 2, 4)) @ np.ones((2, 4, 5))": "Of the axes before the last two, over which @ goes in step",
    "np.where(x > 0, 1, np.ones((4, 2)))": "(4, 3), the shape of x, and (4, 2) do not fit",
    "bias.sum(axis=1)": "The array has 1 axis, number 0, so there is no axis 1.",
}


@pytest.mark.parametrize("code", UNFIT)
def test_what_does_not_fit_is_told_of_the_two_that_do_not(code):
    source = f"def forward(x, weight, bias):\n    return {code}, x\n"
    assert UNFIT[code] in stopped(source + RIGHT_BACKWARD).sentence


def test_a_part_of_what_is_unpacked_may_be_what_does_not_fit():
    source = "def forward(x, weight, bias):\n    window = (x, (1, 2, 3))\n    x, (a, b) = window\n    return x, x\n"
    assert "window: it, or a part of it, holds another number" in stopped(source + RIGHT_BACKWARD).sentence


def test_a_call_inside_the_function_is_not_taken_for_the_call_of_the_check():
    source = "def forward(x, weight, bias):\n    return forward(x), x\n"
    assert "It is forward, in your line, that is called" in stopped(source + RIGHT_BACKWARD).sentence


def test_unpacking_inside_the_function_is_not_taken_for_its_result():
    source = "def forward(x, weight, bias):\n    n, c, h = x.shape\n    return x, x\n"
    assert "x has 2 axes in this case, (4, 3), and your line" in stopped(source + RIGHT_BACKWARD).sentence
    inner = "def forward(x, weight, bias):\n    def inner(x):\n        n, c = x.shape\n    return inner(bias), x\n"
    assert "It is a line inside your function" in stopped(inner + RIGHT_BACKWARD).sentence  # another x, of one axis
    for other in ("x[0][:2]", "x.shape[1:]"):
        told = stopped(source.replace("x.shape", other) + RIGHT_BACKWARD).sentence
        assert "It is a line inside your function" in told
    told = stopped(source.replace("n, c, h = x.shape", "(n, c), h = [(x,), x]") + RIGHT_BACKWARD).sentence
    assert "It is a line inside your function" in told


SHAPES = {
    "return x + x.sum(axis=1), x": ("over axis 1 has the shape (4,): if that is meant, keepdims=True keeps", "bias"),
    "return np.ones((2, 3, 3)) - np.ones((2, 3, 3)).sum(axis=2), x": ("over axis 2 or 1 has the shape (2, 3)", "bias"),
    "return x - x[0, :2], x": ("(4, 3), the shape of x, and (2,) do not fit", "the shape of bias"),
    "return x + bias, x": ("(2,), the shape of bias, do not fit", "keepdims"),
    "return np.ones((2, 3)) + bias, x": ("(2,), the shape of bias, do not fit", "meant"),
    "mean = x.mean(axis=1)\n    return x - mean, x": ("of axis 0 is meant, it needs the shape (4, 1)", "A sum or mean"),
    "return x[..., None] * bias + np.ones(3), x": ("If one number for each entry of axis 1 is meant", "reshape"),
    "weight = bias[:1] + 0; weight += x[:2, :2]; return x, x": ("into an array of shape (1,), which does", "axis 1"),
    "y = np.zeros((4, 3)); y[..., 0] += x; return y, x": ("(4,) and (4, 3), the shape of x, do not fit", "meant"),
    "return x - x[:, 0], x": ("(4, 3), the shape of x, and (4,) do not fit", "keepdims"),
    "y = np.zeros((4, 4)); y[0] += x; return y, x": ("(4,) and (4, 3), the shape of x, do not fit", "if that is"),
    "return x[:] + x.sum(axis=1), x": ("keepdims=True keeps", "bias"),
    "return x @ np.float64(2), x": ("it is a single number, or no array at all. Is an array meant?", "multiply by it"),
    "return x @ {'x': x}, x": ("or no array at all. Is an array meant?", "multiply by it"),
    "return x.reshape(-1, 5, 2), x": ("(5,2), with a -1 before it or without: 12 is no multiple", "another"),
    "return x[:0].reshape(-1, 0, 3), x": ("(0,3) with a -1 before it: it is empty, and", "another"),
    "return x.reshape(0, 3), x": ("cannot have the shape (0,3): 0 leaves room for no entry.", "-1"),
    "return x.reshape(2, 3) - 1, x": ("cannot have the shape (2,3): their product is another number.", "-1"),
    "return np.array([]).reshape(1), x": ("An array of 0 entries cannot have the shape (1,): their product is", "-1"),
    "kept = x[:, 0] > 0; kept &= x > 0; return x, x": ("do not fit: numpy aligns axes from the last one.", "meant"),
    "x[:2] += x[:0]; return x, x": ("The 0 is an array made with a size of 0", "keepdims"),
    "return x * np.zeros((4, 0)), x": ("The 0 is an array made with a size of 0", "keepdims"),
    "x[0] = weight[:, 0][:2]; return x, x": ("shape (2,), or (1, 2), does not go into a place of shape (3,)", "aligns"),
    "bias *= weight; return x, x": ("cannot be written back in place into an array of shape (2,)", "aligns"),
    "a, b, c = np.tensordot(x, x, axes=((0, 1),)); return a, b": ("A function in your line takes apart", "inside"),
    "a, b = [x]; return a, b": ("It is a line inside your function that unpacks", "takes apart"),
    "*a, b = []; return a, b": ("It is a line inside your function that unpacks", "takes apart"),
    "return x @ np.ones((2, 2)), x": ("or are the two exchanged?", "flattened"),
}


@pytest.mark.parametrize("line", SHAPES)
def test_each_message_about_shapes_has_its_own_sentence(line):
    said, unsaid = SHAPES[line]
    found = stopped(f"def forward(x, weight, bias):\n    {line}\n{RIGHT_BACKWARD}")
    assert said in found.sentence and unsaid not in found.sentence


def test_a_product_of_images_asks_whether_they_are_flat():
    images = case(x=RNG.normal(size=(4, 3, 2, 2)))
    found = stopped(f"def forward(x, weight, bias):\n    return x @ weight, x\n{RIGHT_BACKWARD}", images)
    assert "is x, which has 4 axes, not flattened yet?" in found.sentence


def test_a_product_without_the_images_does_not_ask_for_them():
    images = case(x=RNG.normal(size=(4, 3, 2, 2)))
    found = stopped(
        f"def forward(x, weight, bias):\n    return np.ones(x.shape) @ np.ones((3, 2)), bias\n{RIGHT_BACKWARD}", images
    )
    assert found.name == "a product of unequal sizes" and "flattened" not in found.sentence


def test_what_nobody_can_explain_is_left_alone():
    line = "np.add.at(x, (np.zeros((4, 2), int), np.zeros(3, int)), 1.0)"
    assert stopped(f"def forward(x, weight, bias):\n    {line}\n{RIGHT_BACKWARD}") is None
    assert stopped("def forward(x, weight, bias):\n    raise RuntimeError('odd')\n" + RIGHT_BACKWARD) is None


def test_an_output_exchanged_with_the_cache_is_told():
    def forward(x, weight, bias):
        return (x,), x @ weight + bias

    def backward(y, cache):
        return INPUTS["x"]

    caller, asked = LocalCaller({"forward": forward, "backward": backward}), case()
    values = caller.run(asked.script, asked.inputs, asked.outputs).values
    found = exchanged_with_cache(asked, values, caller)
    assert found.name == "y and cache exchanged" and "return y, cache, in this order" in found.sentence


def test_the_inputs_are_told_by_their_shapes():
    assert given(case(rng=Generator(3))) == (
        "given: x (4, 3), weight (3, 2), bias (2,), drop = 0.5, rng: np.random.default_rng(3)"
    )
