"""A student's own functions where they are right, given ones until then: at home, and in the rooms of grading."""

import numpy as np
import pytest

from classroom.call.caller import LocalCaller
from classroom.check import Check
from classroom.fault import Fault
from classroom.judge.verdict import judge
from classroom.staff.declare.declaration import StandIns
from classroom.staff.declare.exercise import Assignment, Exercise, answer_sheet, load_assignment
from classroom.stand_ins import Own, grouped
from solutions.convolution import depthwise_conv_backward, depthwise_conv_forward, im2col

pytestmark = pytest.mark.slow

X = np.random.default_rng(0).normal(size=(2, 3, 7, 6))
ASSIGNMENTS = [
    name
    for name in (
        "neurons",
        "activations",
        "softmax",
        "convolution",
        "pooling",
        "initializers",
        "normalization",
        "capstone",
    )
    if load_assignment(name).stand_ins
]


def stub(*arguments):
    raise NotImplementedError


@pytest.fixture(scope="module")
def sheets(tmp_path_factory):
    """The folder of a student with the answer sheets."""
    folder = tmp_path_factory.mktemp("student")
    for name in ("convolution", "pooling", "initializers"):
        answer_sheet(load_assignment(name)).save(folder / f"{name}.npz")
    return folder


@pytest.fixture
def own(sheets):
    def of(name, notebook):
        check = Check()
        check.open(name, sheets)
        return check.own(notebook)

    return of


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_what_stands_in_passes_the_check_of_what_it_stands_in_for(name):
    sheet = answer_sheet(load_assignment(name))
    for sources in sheet.stand_ins:
        exercises = sheet.passed_by(tuple(sources))
        assert exercises, sources.keys()
        (functions,) = grouped([sources]).values()
        assignment = load_assignment(name)
        for exercise in exercises:
            others = assignment.exercise(exercise.id).functions
            assert judge(exercise, LocalCaller({**others, **functions})).outcome == "right", exercise.id


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_what_stands_in_is_not_the_reference_s_text_and_is_sealed(name):
    sheet = answer_sheet(load_assignment(name))
    data = sheet.to_bytes()
    for sources in sheet.stand_ins:
        for source in sources.values():
            assert source.splitlines()[-1].encode() not in data
    assert type(sheet).from_bytes(data).stand_ins == sheet.stand_ins


@pytest.mark.parametrize(
    "wrong",
    [
        stub,
        None,
        lambda *arguments: im2col(*arguments)[..., ::-1],
        lambda x, kernel, stride=1, padding=0: im2col(x, kernel, stride, 0),
        lambda x, kernel, stride=1, padding=0: im2col(x, np.ravel(kernel)[0], stride, padding),
    ],
)
def test_a_given_function_stands_in_for_a_wrong_one(own, wrong):
    mine = own("convolution", {"im2col": wrong})
    assert np.array_equal(mine.im2col(X, (3, 2), 2, 1), im2col(X, (3, 2), 2, 1))
    assert "im2col: given" in repr(mine).splitlines()


def test_ones_own_function_is_called_from_the_moment_it_passes(own):
    calls = []

    def right(*arguments):
        calls.append(arguments)
        return im2col(*arguments)

    notebook = {"im2col": stub}
    mine = own("convolution", notebook)
    mine.im2col(X, 3)
    notebook["im2col"] = right
    mine.im2col(X, 3)
    tried = len(calls)
    mine.im2col(X, 3)
    assert len(calls) == tried + 1, "it is judged once"
    assert calls[-1][0] is X and "im2col: yours" in repr(mine).splitlines()


def test_a_pair_is_swapped_together(own):
    notebook = {"depthwise_conv_forward": depthwise_conv_forward, "depthwise_conv_backward": stub}
    mine, weight = own("pooling", notebook), np.ones((3, 1, 2, 2))
    y, cache = mine.depthwise_conv_forward(X, weight, np.zeros(3))
    grads = mine.depthwise_conv_backward(y, cache)
    true = depthwise_conv_backward(y, depthwise_conv_forward(X, weight, np.zeros(3))[1])
    assert all(np.allclose(one, two) for one, two in zip(grads, true, strict=True))


@pytest.mark.parametrize("wrong", [stub, lambda shape, groups=1: shape[:2]])
def test_what_is_built_on_wrong_functions_is_right_itself(own, sheets, wrong):
    notebook = {"fans": wrong, "normal": stub}
    mine = own("initializers", notebook)

    def xavier_normal(shape, rng, gain=1.0):
        return mine.normal(shape, gain * np.sqrt(2 / sum(mine.fans(shape))), rng)

    notebook["xavier_normal"] = xavier_normal
    check = Check()
    check.open("initializers", sheets)
    assert check("xavier_normal", xavier_normal) == 8
    assert {"fans: given", "normal: given", "xavier_normal: yours"} <= set(repr(mine).splitlines())


@pytest.mark.parametrize("how", ["by a call", "by its name"])
def test_a_given_function_is_no_answer_to_its_own_exercise(own, how):
    notebook = {}
    mine = own("convolution", notebook)
    notebook["im2col"] = mine.im2col if how == "by its name" else lambda *arguments: mine.im2col(*arguments)
    for _ in range(2):
        with pytest.raises(NotImplementedError, match="im2col itself is yours to write"):
            notebook["im2col"](X, 3)
    notebook["im2col"] = im2col
    assert mine.im2col(X, 3).shape == (2, 5, 4, 27)


def test_another_name_is_told(own):
    with pytest.raises(AttributeError, match="no given conv: there are conv_output_size, pad2d"):
        own("convolution", {}).conv  # noqa: B018  # looked up for its error
    assert Own({"conv": abs}, {}, bool).conv.__wrapped__ is abs


def test_nothing_can_stand_in_for_its_own_exercise():
    def double(x):
        return 2 * x

    exercise = Exercise(id="double", points=1, functions={"double": double}, subject=("double",), cases=[])
    with pytest.raises(Fault, match="double cannot be stand-ins in double, which judges them"):
        answer_sheet(Assignment("small", "Small", [exercise], stand_ins=[StandIns({"double": double}, ["double"])]))


def test_a_dtype_that_is_lost_costs_no_later_exercise(own, sheets):
    def wide(x, kernel, stride=1, padding=0):
        return im2col(x, kernel, stride, padding).astype(np.float64)

    mine = own("convolution", {"im2col": wide})
    narrow = X.astype(np.float32)
    assert mine.im2col(narrow, 3).dtype == np.float32 and mine.im2col(X, 3).dtype == np.float64
    assert "im2col: yours" in repr(mine).splitlines()
