"""The questions at the end."""

from classroom.staff.declare.exercise import Quiz

QUIZ_1 = Quiz(
    id="quiz_1",
    points=4,
    question=("Your ReLU's gradient is 1 at x = 1e-7, the numerical gradient with h = 1e-5 says 0.505. What happened?"),
    choices={
        "a": "My backward pass is wrong for small inputs.",
        "b": "The nudge crossed the kink at 0, so the numerical gradient is a mixture of two slopes.",
        "c": "1e-5 is too small a step: rounding errors dominate.",
        "d": "The relative error is the wrong measure here.",
    },
    right="b",
    because={
        "a": (
            "At x = 1e-7 the slope of the ReLU is exactly 1, and your backward pass says so. Look at the other side."
        ),
        "b": (
            "Right: x - h lies on the flat side and x + h on the steep one. Gradient checks "
            "need inputs away from kinks."
        ),
        "c": "In float64 a step of 1e-5 leaves ten correct digits. The other entries, with the same step, agree.",
        "d": "0.505 and 1 differ by half under any measure. The two numbers themselves disagree.",
    },
)
QUIZ_2 = Quiz(
    id="quiz_2",
    points=3,
    question=(
        "Central differences of a smooth function of size about 1, in float64. Which h gives the most correct digits?"
    ),
    choices={"a": "1e-1", "b": "1e-5", "c": "1e-12", "d": "1e-17, the smaller the better"},
    right="b",
    because={
        "a": "The error of the formula itself grows with h squared: 0.01 leaves two or three digits.",
        "b": "Right: h squared is 1e-10 and rounding adds about 1e-16 / 1e-5. Both errors are small there.",
        "c": "The two values agree in their first twelve digits; their difference keeps about four of sixteen.",
        "d": "x + 1e-17 is x itself in float64, for x near 1. The difference is 0.",
    },
)
QUIZ_3 = Quiz(
    id="quiz_3",
    points=3,
    question=(
        "A unit's inputs are all outputs of sigmoids. What do we know of the gradient with respect to its weights?"
    ),
    choices={
        "a": "All its entries are positive.",
        "b": "Its entries sum to zero.",
        "c": "For one example all entries have the same sign; averaged over a batch, signs may differ.",
        "d": "All entries have the same sign, also averaged over a batch of 64.",
    },
    right="c",
    because={
        "a": (
            "Each entry is the upstream gradient times an input. The inputs are positive, but "
            "the upstream gradient may not be."
        ),
        "b": "Each entry is the upstream gradient times a positive input: for one example they cannot cancel.",
        "c": ("Right: the upstream gradient's sign is shared within an example, and differs from example to example."),
        "d": "True for one example. Over a batch the examples' signs mix: lecture 3 measures how soon.",
    },
)
