"""The questions at the end."""

from classroom.staff.declare.exercise import Quiz

QUIZ_1 = Quiz(
    id="quiz_1",
    points=3,
    question="All weights of a network start at 0.05. What happens in training?",
    choices={"a": "nothing moves", "b": "all its units stay equal to each other", "c": "it is slow at first"},
    right="b",
    because={
        "a": "The gradient is not zero, so the weights do move. But how do they differ from each other?",
        "b": "Equal weights get equal gradients at every step, so the layer stays one unit, copied.",
        "c": "More steps do not help: units that start equal and get equal gradients stay equal for ever.",
    },
)
QUIZ_2 = Quiz(
    id="quiz_2",
    points=2,
    question="A ReLU network of 50 layers starts with Xavier's weights. How large are the last activations?",
    choices={"a": "about 1, as Xavier promises", "b": "they explode", "c": "smaller by about 2 to the power of 25"},
    right="c",
    because={
        "a": "Xavier's derivation assumes an activation that is linear near 0. ReLU discards half of the variance.",
        "b": "Nothing is larger than before: ReLU only takes away.",
        "c": "Each layer halves the second moment: the size falls by √2 a layer, by 2 to the power of 25 in all.",
    },
)
