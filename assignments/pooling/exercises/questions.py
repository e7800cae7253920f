"""The questions at the end."""

from classroom.staff.declare.exercise import question

QUIZ_1 = question(
    "quiz_1",
    "Two convolutions of 3 by 3 with stride 1 follow each other. One output then sees as much of the image as with",
    """
        a: one convolution of 6 by 6.
            A kernel of 3 adds 2 neighbours to the view, not 3: 1 + 2 + 2.
        b: one convolution of 5 by 5.
            Yes, 1 + 2 + 2 = 5. And the two need 18 weights for each pair of channels where the one needs 25.
        c: one convolution of 9 by 9.
            Views add up, they do not multiply. Only strides multiply.
        d: one convolution of 3 by 3, because both look at the same place.
            The second layer looks at 3 by 3 outputs of the first, and their views lie side by side.
        """,
    right="b",
    points=2,
)
QUIZ_2 = question(
    "quiz_2",
    "A 3 by 3 convolution from 64 to 128 channels becomes depthwise separable. How many weights are left?",
    """
        a: About one half.
            Count: 9 * 64 * 128 = 73,728 before; 9 * 64 + 64 * 128 = 8,768 after.
        b: About one eighth.
            Yes: 8,768 of 73,728, a factor of 8.4. With many channels it approaches 9, the size of the kernel.
        c: About one 64th.
            The depthwise part is even smaller, but the pointwise part still has 64 * 128 weights.
        d: About one 128th.
            Only the depthwise part is that small. The pointwise part still has 64 * 128 weights.
        """,
    right="b",
    points=3,
)
