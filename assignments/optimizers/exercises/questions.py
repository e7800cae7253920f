"""The questions at the end."""

from classroom.staff.declare.exercise import question

QUIZZES = [
    question(
        "quiz_1",
        "Classical momentum with 0.9 has run for a while with a constant gradient. The rate drops to a tenth. How "
        "long is the very next step?",
        """
        a: About a tenth as long as the last step.
            That is the averaging form, which multiplies the whole average by the new rate.
        b: Almost as long as the last step.
            Yes: the velocity keeps nine tenths of what it was at the old rate. The step is 0.91 times the last one.
        c: Ten times as long as the last step.
            Nothing makes it longer: the new gradient enters with a smaller rate.
        """,
        right="b",
        points=3,
    ),
    question(
        "quiz_2",
        "The gradient of a weight becomes tiny and stays tiny. What happens to Adagrad's effective rate for it?",
        """
        a: It increases.
            The sum of squares never decreases, so the rate never increases.
        b: It hardly decreases any more.
            Yes: the sum still grows, but by almost nothing.
        c: It decreases as fast as before.
            The sum grows only by the squares of tiny numbers, so the rate stays almost constant.
        """,
        right="b",
        points=2,
    ),
]
