"""The questions at the end."""

from classroom.staff.declare.exercise import question

QUIZ_1 = question(
    "quiz_1",
    "All weights of a network are initialized to 0.05. What happens in training?",
    """
    a: Nothing moves: its gradient is zero.
        The gradient is not zero, so the weights do move. But how do they differ from each other?
    b: All its units stay equal to each other.
        Equal weights get equal gradients at every step, so the layer stays one unit, copied.
    c: It is slow at first and catches up.
        More steps do not help: units that start equal and get equal gradients stay equal forever.
    """,
    right="b",
    points=3,
)
QUIZ_2 = question(
    "quiz_2",
    "A ReLU network of 50 layers has Xavier's initial weights. How large are the last activations?",
    """
    a: About 1, as Xavier promises.
        Xavier's derivation assumes an activation that is linear near 0. ReLU discards half of the variance.
    b: They explode.
        Nothing is larger than before: ReLU only takes away.
    c: Smaller than the input by about $2^{25}$.
        Each layer halves the second moment, so the size falls by √2 a layer and by 2 to the power of 25 in all.
    """,
    right="c",
    points=2,
)
