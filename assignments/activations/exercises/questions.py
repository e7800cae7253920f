"""The questions at the end."""

from classroom.staff.declare.exercise import question

QUIZ_1 = question(
    "quiz_1",
    "Your ReLU's gradient is 1 at x = 1e-7, the numerical gradient with h = 1e-5 says 0.505. What happened?",
    """
    a: My backward pass is wrong for small inputs.
        At x = 1e-7 the slope of the ReLU is exactly 1, and your backward pass says so. Look at the other side.
    b: The step of $10^{-5}$ crossed the kink at 0, so the numerical gradient is a mixture of two slopes.
        Right: x - h lies on the flat side and x + h on the steep one. Gradient checks need inputs away from kinks.
    c: $10^{-5}$ is too small a step: rounding errors dominate.
        In float64 a step of 1e-5 leaves ten correct digits. The other entries, with the same step, agree.
    d: The relative error is the wrong measure here; the absolute error would agree.
        0.505 and 1 differ by half under any measure. The two numbers themselves disagree.
    """,
    right="b",
    points=4,
)
QUIZ_2 = question(
    "quiz_2",
    "Central differences of a smooth function of size about 1, in float64. Which h gives the most correct digits?",
    """
    a: $10^{-1}$
        The error of the formula itself grows with h squared: 0.01 leaves two or three digits.
    b: $10^{-5}$
        Right: h squared is 1e-10 and rounding adds about 1e-16 / 1e-5. Both errors are small there.
    c: $10^{-12}$
        The two values agree in their first twelve digits; their difference keeps about four of sixteen.
    d: $10^{-17}$, the smaller the better
        x + 1e-17 is x itself in float64, for x near 1. The difference is 0.
    """,
    right="b",
    points=3,
)
QUIZ_3 = question(
    "quiz_3",
    "A unit's inputs are all outputs of sigmoids. What do we know of the gradient with respect to its weights?",
    """
    a: All its entries are positive, because the inputs are.
        Each entry is the upstream gradient times an input. The inputs are positive, but the upstream gradient may not
        be.
    b: Its entries sum to zero.
        Each entry is the upstream gradient times a positive input: for one example they cannot cancel.
    c: For one example all its entries have the same sign; averaged over a batch, the signs may differ.
        Right: the upstream gradient's sign is shared within an example, and differs from example to example.
    d: All its entries have the same sign, also when averaged over a batch of 64.
        True for one example. Over a batch the examples' signs mix: lecture 3 measures how soon.
    """,
    right="c",
    points=3,
)
