"""The questions at the end."""

from classroom.staff.declare.exercise import question

QUIZZES = [
    question(
        "quiz_1",
        "Running mean from 0, alpha 0.99. After ten batches of mean 5, what is the running mean?",
        """
        a: 5
            It would be, if the average did not start at 0.
        b: about 4.5
            That is what alpha 0.8 gives. With 0.99 each batch moves the average by one hundredth.
        c: about 0.5
            It holds 1 - 0.99**10 = 9.6 % of the mean. That is why a fresh net is bad at inference.
        """,
        right="c",
        points=3,
    ),
    question(
        "quiz_2",
        "Batches of two images. Which norm does not care?",
        """
        a: batch norm
            Its statistics come from two examples only: very noisy, and it trains badly.
        b: group norm
            It looks at one example at a time, so the size of the batch has no influence.
        c: none of them cares
            Batch norm does: its mean and variance are those of the batch.
        """,
        right="b",
        points=2,
    ),
]
