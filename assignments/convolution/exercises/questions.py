"""The questions at the end."""

from classroom.staff.declare.exercise import question

QUIZ_1 = question(
    "quiz_1",
    (
        "A convolution of 3 by 3, stride 1 and padding 1 gets images twice as high and twice as wide. What happens "
        "to the number of its weights and to its work?"
    ),
    """
    a: Both become four times as large.
        Every place shares the same weights, so a larger image needs no new ones. Only the work grows.
    b: The weights stay, the work becomes four times as large.
        Yes: the same weights slide over four times as many places. That is why one network can take images of several
        sizes.
    c: The weights become four times as many, the work stays.
        The other way round: weights belong to the kernel, work to the places that it visits.
    d: Both stay.
        The weights stay, but each of the four times as many outputs still costs kH kW C products.
    """,
    right="b",
    points=2,
)
QUIZ_2 = question(
    "quiz_2",
    "What does im2col pay for its speed, with a 3 by 3 kernel and stride 1?",
    """
    a: About nine times as many multiplications.
        The multiplications are exactly those of the loop. They only come in one large product.
    b: About nine times the memory of the images.
        Yes: a pixel in the middle stands in nine patches, so it is copied nine times. Libraries therefore cut the batch
        in parts.
    c: Some accuracy, because numbers are added in another order.
        The order of the additions changes the last digits only, and no way of adding is the exact one.
    d: Nothing: it is a view of the same memory.
        sliding_window_view is a view, but a matrix product needs rows side by side: the reshape copies them.
    """,
    right="b",
    points=3,
)
