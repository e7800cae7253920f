"""The questions at the end."""

from classroom.staff.declare.exercise import question

QUIZ_1 = question(
    "quiz_1",
    (
        "A convolution of 3 by 3 with stride 1 and padding 1 gets images that are twice as high and twice as wide. "
        "What happens to the number of its weights and to the number of its multiplications?"
    ),
    """
    a: Both become four times as large.
        All positions share the same weights, so a larger image needs no new ones. Only the
        multiplications become more.
    b: The number of weights stays the same; there are four times as many multiplications.
        Yes: the same weights slide over four times as many positions. That is why one network can take
        images of several sizes.
    c: There are four times as many weights; the number of multiplications stays the same.
        It is the other way around: weights belong to the kernel, multiplications to the positions that it visits.
    d: Both stay the same.
        The weights do, but each of the four times as many outputs still costs kH kW C products.
    """,
    right="b",
    points=2,
)
QUIZ_2 = question(
    "quiz_2",
    "What is the price of im2col's speed, with a 3 by 3 kernel and stride 1?",
    """
    a: About nine times as many multiplications.
        The multiplications are exactly those of the loop, but in one large product.
    b: About nine times the memory of the images.
        Yes: a pixel in the middle is part of nine patches, so it is copied nine times. Libraries therefore split the
        batch.
    c: Some accuracy, because the numbers are added in another order.
        The order of the additions changes the last digits only, and no way of adding is the exact one.
    d: There is none: the result is a view of the same memory.
        sliding_window_view is a view, but a matrix product needs rows side by side: the reshape copies them.
    """,
    right="b",
    points=3,
)
