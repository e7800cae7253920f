"""Source that stands alone: pasted into an empty namespace it does the same."""

import numpy as np
import pytest

from classroom.fault import Fault
from classroom.staff.declare.source import define, self_contained
from solutions import autodiff, fast, loss, optimizer, pooling

FUNCTIONS = [
    (fast.conv2d_forward, lambda f: f(np.ones((1, 2, 4, 5)), np.ones((3, 2, 2, 3)), np.ones(3), padding=1)[0]),
    (pooling.maxpool2d_forward, lambda f: f(np.arange(24.0).reshape(1, 1, 4, 6), 2)[0]),
    (fast.batchnorm_forward, lambda f: f(np.eye(3, 4), np.ones(4), np.ones(4), None, training=True)[0]),
    (optimizer.adam, lambda f: f(np.ones(3), np.arange(3.0), None, rate=0.1)[0]),
    (loss.softmax_cross_entropy, lambda f: f(np.eye(3), np.array([0, 1, 1]))[1]),
    (autodiff.tape_gradient, lambda f: f([["mul", 0, 1], ["add", 2, 0]], [2.0, 3.0])[1]),
]


@pytest.mark.parametrize(("function", "use"), FUNCTIONS, ids=lambda item: getattr(item, "__name__", ""))
def test_the_source_alone_does_the_same(function, use):
    source = self_contained(function)
    namespace = {}
    exec(source, namespace)
    assert np.array_equal(use(namespace[function.__name__]), use(function))
    imports = [line for line in source.splitlines() if line.startswith(("import ", "from "))]
    assert not any("solutions" in line or "classroom" in line for line in imports)


def test_a_decorator_that_gives_back_the_function_is_left_out_and_one_that_changes_it_is_kept(tmp_path, monkeypatch):
    (tmp_path / "decorated.py").write_text(
        "import functools\n\n\ndef noted(function):\n    function.note = 1\n    return function\n\n\n"
        "def twice(function):\n    @functools.wraps(function)\n    def inner(x):\n        return 2 * function(x)\n\n"
        "    return inner\n\n\n@noted\ndef same(x):\n    return x\n\n\n@twice\ndef doubled(x):\n    return x\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    import decorated

    assert self_contained(decorated.same) == "def same(x):\n    return x\n"
    assert define(self_contained(decorated.doubled), "doubled", "a test")(3) == 6


def test_the_source_of_a_defined_function_is_what_it_was_defined_by():
    source = "import numpy as np\n\n\ndef half(x):\n    return np.divide(x, 2)\n"
    function = define(source, "half", "a test")
    assert self_contained(function) == source and function(4) == 2


def test_a_function_inside_another_may_need_numpy_only():
    def simple(x):
        return np.sqrt(x)

    outside = 3

    def closed(x):
        return x + outside

    assert "def simple" in self_contained(simple)
    with pytest.raises(Fault, match="needs outside: move it out"):
        self_contained(closed)


def test_a_function_without_a_file_is_told():
    namespace = {}
    exec("def nowhere(x):\n    return x\n", namespace)
    with pytest.raises(Fault, match="define it in a file"):
        self_contained(namespace["nowhere"])
