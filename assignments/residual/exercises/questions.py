"""The questions at the end."""

from classroom.staff.declare.exercise import question

QUIZZES = [
    question(
        "quiz_1",
        "Why do frameworks use inverted dropout?",
        """
        a: Its variance is smaller.
            The variance is larger: survivors are multiplied by 1/(1 - drop).
        b: Inference needs no change and no knowledge of `drop`.
            All the scaling happens in training; at inference the layer does nothing.
        c: It drops fewer entries.
            Both drop the same number on average.
        """,
        right="b",
        points=3,
    ),
    question(
        "quiz_2",
        "Forty pre-activation residual blocks, Kaiming's weights, no norm, no scale. The input has variance 1. What is "
        "the variance of the output?",
        """
        a: About 40.
            That would be so with batch norm inside each branch: then each block adds 1.
        b: About $2^{40}$.
            Each sum doubles the variance: the branch has as much as the skip connection.
        c: About 1.
            Only if each sum is scaled by 1/√2.
        """,
        right="b",
        points=2,
    ),
]
