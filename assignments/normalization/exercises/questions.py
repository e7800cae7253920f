"""The questions at the end."""

from classroom.staff.declare.exercise import question

QUIZZES = [
    question(
        "quiz_1",
        "The running mean starts at 0, and alpha is 0.99. What is it after ten batches whose mean is 5?",
        """
        a: 5
            It would be, if the average did not start at 0.
        b: about 4.5
            That is what alpha 0.8 gives. With 0.99 each batch moves the average by one hundredth.
        c: about 0.5
            It has reached 1 - 0.99**10 = 9.6 % of the mean. That is why a network that has hardly
            trained is bad at inference.
        """,
        right="c",
        points=3,
    ),
    question(
        "quiz_2",
        "There is room for batches of only two images. Which norm gives the same results as with large batches?",
        """
        a: batch norm
            Its statistics come from two examples only. They are very noisy, and the network trains badly.
        b: group norm
            It looks at one example at a time, so the size of the batch has no influence.
        c: both
            Not batch norm: its mean and variance are those of the batch.
        """,
        right="b",
        points=2,
    ),
]
