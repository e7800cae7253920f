"""The questions at the end."""

from classroom.staff.declare.exercise import question

QUIZZES = [
    question(
        "quiz_1",
        "Classical momentum 0.9 has run for a while with a constant gradient. The rate drops to a tenth. How "
        "long is the very next step?",
        """
        a: About a tenth of the last one.
            That is the averaging form, which multiplies the whole average by the new rate.
        b: Almost as long as the last one.
            Yes: the velocity keeps nine tenths of what it was at the old rate. 0.91 of the last step is left.
        c: Ten times longer.
            Nothing makes it longer: the new gradient enters with a smaller rate.
        """,
        right="b",
        points=3,
    ),
    question(
        "quiz_2",
        "A weight's gradient becomes tiny and stays so. What does Adagrad do with the rate of this weight?",
        """
        a: It grows.
            The sum of squares never shrinks, so the rate never grows.
        b: It hardly falls any more.
            Yes: the sum still grows, but by almost nothing.
        c: It falls as fast as before.
            The sum grows by the squares of tiny numbers: the rate is almost level.
        """,
        right="b",
        points=2,
    ),
]
