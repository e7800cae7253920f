"""Mutants are one change away from right code, and the same in every run."""

import numpy as np

from classroom.staff.declare.exercise import load_assignment
from classroom.staff.declare.source import define
from classroom.staff.mutation.generate import Text, draw_mutants, texts_of
from solutions.activation import leaky_relu_backward, leaky_relu_forward


def every(function):
    text = Text(function, function.__name__)
    return [mutant for mutant in map(text.mutant, range(len(text))) if mutant]


def test_a_mutant_names_the_line_before_and_after():
    sources = {(mutant.before, mutant.after) for mutant in every(leaky_relu_forward)}
    assert ("def leaky_relu_forward(x, *, slope=0.01):", "def leaky_relu_forward(x, *, slope=0.1):") in sources


def test_a_mutant_can_be_run():
    (mutant,) = [one for one in every(leaky_relu_forward) if "x >= 0" in one.after]
    y, _ = define(mutant.source, mutant.name, "mutant")(np.array([-1.0, 2.0]))
    assert y.tolist() == [-0.01, 2]


def test_guards_that_only_refuse_wrong_arguments_are_left_alone():
    assert not [mutant for mutant in every(leaky_relu_backward) if "raise" in mutant.before + mutant.after]


def test_making_a_mutant_leaves_the_text_as_it_was():
    text = Text(leaky_relu_forward, "leaky_relu_forward")
    first = [text.mutant(number) for number in range(len(text))]
    assert first == [text.mutant(number) for number in range(len(text))]


def test_the_same_seed_draws_the_same_mutants_each_once():
    texts = texts_of(load_assignment("activations").exercise("leaky_relu_forward"))
    assert {text.version for text in texts} > {"reference"}
    one, again = (draw_mutants(texts, 20, np.random.default_rng(3)) for _ in range(2))
    assert one == again and len(set(one)) == 20
