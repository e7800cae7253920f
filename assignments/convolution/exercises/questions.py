"""The questions at the end."""

from classroom.staff.declare.exercise import Quiz

QUIZ_1 = Quiz(
    id="quiz_1",
    points=2,
    question="A convolution of 3 by 3, stride 1 and padding 1 gets images twice as high and twice as wide. What "
    "happens to the number of its weights and to its work?",
    choices={
        "a": "Both become four times as large.",
        "b": "The weights stay, the work becomes four times as large.",
        "c": "The weights become four times as many, the work stays.",
        "d": "Both stay.",
    },
    right="b",
    because={
        "a": "Every place shares the same weights, so a larger image needs no new ones. Only the work grows.",
        "b": "Yes: the same weights slide over four times as many places. That is why one network can take images of "
        "several sizes.",
        "c": "The other way round: weights belong to the kernel, work to the places that it visits.",
        "d": "The weights stay, but each of the four times as many outputs still costs kH kW C products.",
    },
)
QUIZ_2 = Quiz(
    id="quiz_2",
    points=3,
    question="What does im2col pay for its speed, with a 3 by 3 kernel and stride 1?",
    choices={
        "a": "About nine times as many multiplications.",
        "b": "About nine times the memory of the images.",
        "c": "Some accuracy, because numbers are added in another order.",
        "d": "Nothing: it is a view of the same memory.",
    },
    right="b",
    because={
        "a": "The multiplications are exactly those of the loop. They only come in one large product.",
        "b": "Yes: a pixel in the middle stands in nine patches, so it is copied nine times. Libraries therefore cut "
        "the batch in parts.",
        "c": "The order of the additions changes the last digits only, and no way of adding is the exact one.",
        "d": "sliding_window_view is a view, but a matrix product needs rows side by side: the reshape copies them.",
    },
)
