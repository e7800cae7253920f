"""A student's own functions where they are right, given ones until then."""

import numpy as np
import pytest

from classroom.call import LocalCaller
from classroom.judge import judge
from classroom.own import NAMES, Own
from classroom.staff.exercise import load_assignment, sheet_exercise
from solutions.geometry import conv_output_size
from solutions.im2col import im2col
from solutions.kernel_loops import depthwise_conv_backward, depthwise_conv_forward
from solutions.plain_convolution import pad2d
from solutions.separable import pointwise_conv_backward, pointwise_conv_forward

REFERENCE = {
    function.__name__: function
    for function in (
        conv_output_size,
        pad2d,
        im2col,
        depthwise_conv_forward,
        depthwise_conv_backward,
        pointwise_conv_forward,
        pointwise_conv_backward,
    )
}
X = np.random.default_rng(0).normal(size=(2, 3, 7, 6))


def stub(*arguments):
    raise NotImplementedError


def test_the_reference_is_right_everywhere_and_shown_as_yours():
    own = Own(REFERENCE)
    assert tuple(REFERENCE) == NAMES
    assert repr(own).splitlines() == [f"{name}: yours" for name in NAMES]


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_the_given_functions_compute_what_the_reference_does(dtype):
    own, x = Own({}), X.astype(dtype)
    assert own.conv_output_size(11, 3, 2, 1, 3) == conv_output_size(11, 3, 2, 1, 3)
    assert np.array_equal(own.pad2d(x, (2, 0)), pad2d(x, (2, 0)))
    assert np.array_equal(own.im2col(x, (3, 2), (2, 1), (0, 1)), im2col(x, (3, 2), (2, 1), (0, 1)))
    rng = np.random.default_rng(1)
    for name, shape in (("depthwise_conv", (3, 1, 3, 2)), ("pointwise_conv", (4, 3))):
        weight, bias = rng.normal(size=shape).astype(dtype), rng.normal(size=shape[0]).astype(dtype)
        options = {"stride": 2, "padding": 1} if name == "depthwise_conv" else {}
        y, cache = getattr(own, f"{name}_forward")(x, weight, bias, **options)
        true, true_cache = REFERENCE[f"{name}_forward"](x, weight, bias, **options)
        grad_y = rng.normal(size=y.shape).astype(dtype)
        found = [y, *getattr(own, f"{name}_backward")(grad_y, cache)]
        for mine, other in zip(found, [true, *REFERENCE[f"{name}_backward"](grad_y, true_cache)], strict=True):
            assert mine.dtype == dtype and np.allclose(mine, other, atol=1e-5 if dtype == np.float32 else 1e-12)


@pytest.mark.parametrize(
    "wrong",
    [
        stub,
        None,
        lambda *arguments: im2col(*arguments)[..., ::-1],
        lambda *arguments: im2col(*arguments).astype(float),
        lambda x, kernel, stride=1, padding=0: im2col(x, kernel, stride, 0),
        lambda x, kernel, stride=1, padding=0: im2col(x, np.ravel(kernel)[0], stride, padding),
    ],
)
def test_a_given_function_stands_in_for_a_wrong_one(wrong):
    own = Own({"im2col": wrong})
    assert np.array_equal(own.im2col(X, (3, 2), 2, 1), im2col(X, (3, 2), 2, 1))
    assert repr(own) == "im2col: given"


def test_ones_own_function_is_called_from_the_moment_it_is_right():
    calls = []

    def mine(*arguments):
        calls.append(arguments)
        return im2col(*arguments)

    notebook = {"im2col": stub}
    own = Own(notebook)
    own.im2col(X, 3)
    notebook["im2col"] = mine
    own.im2col(X, 3)
    tried = len(calls)
    own.im2col(X, 3)
    assert len(calls) == tried + 1  # judged once
    assert calls[-1][0] is X


def test_a_pair_is_swapped_together():
    own = Own({"depthwise_conv_forward": depthwise_conv_forward, "depthwise_conv_backward": stub})
    weight = np.ones((3, 1, 2, 2))
    y, cache = own.depthwise_conv_forward(X, weight, np.zeros(3))
    grads = own.depthwise_conv_backward(y, cache)
    true = depthwise_conv_backward(y, depthwise_conv_forward(X, weight, np.zeros(3))[1])
    assert all(np.allclose(one, two) for one, two in zip(grads, true, strict=True))


@pytest.mark.parametrize("how", ["by a call", "by its name"])
def test_a_given_function_is_no_answer_to_its_own_exercise(how):
    notebook = {}
    own = Own(notebook)
    notebook["im2col"] = own.im2col if how == "by its name" else lambda *arguments: own.im2col(*arguments)
    for _ in range(2):
        with pytest.raises(NotImplementedError, match="im2col itself is yours to write"):
            notebook["im2col"](X, 3)
    notebook["im2col"] = im2col
    assert own.im2col(X, 3).shape == (2, 5, 4, 27)


def test_another_name_is_told():
    with pytest.raises(AttributeError, match="no given conv: there are conv_output_size, pad2d"):
        Own({}).conv  # noqa: B018  # looked up for its error


PRODUCT = """
import numpy as np
from classroom.own import Own
own = Own(globals())
def im2col(x, kernel, stride=1, padding=0):
    {body}
def conv2d_im2col(x, weight, bias, *, stride=1, padding=0):
    cols = own.im2col(x, weight.shape[2:], stride, padding)
    return (cols @ weight.reshape(len(weight), -1).T + bias).transpose(0, 3, 1, 2)
"""


@pytest.mark.parametrize("body", ["raise NotImplementedError", "return x", "return np.zeros((2, 5, 5, 4))"])
def test_a_later_exercise_earns_its_points_whatever_the_earlier_one_does(body):
    exercise = load_assignment("convolution").exercise("conv2d_im2col")
    notebook = {}
    exec(PRODUCT.format(body=body), notebook)
    assert judge(sheet_exercise(exercise, "convolution"), LocalCaller(notebook)).points == exercise.points
