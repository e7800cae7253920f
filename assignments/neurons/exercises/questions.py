"""The questions at the end."""

from classroom.staff.declare.exercise import question

QUIZ_1 = question(
    "quiz_1",
    "Three layers of neurons, and the identity as their activation: which functions can the output be?",
    r"""
    a: Only $w \cdot x + b$, which one neuron without an activation could compute too.
        Right: a product of matrices is a matrix. It is the activation between them that makes depth count.
    b: Polynomials of degree 3, with one degree for each layer.
        A layer multiplies by weights, never by the input itself, so no power of x can arise.
    c: Any continuous function, if the layers are wide enough.
        That holds with a bent activation. Without one, three matrices in a row are one matrix.
    """,
    right="a",
    points=3,
)
QUIZ_2 = question(
    "quiz_2",
    "A chain of n functions: how many multiplications of slopes give the derivatives by all values?",
    """
    a: About $n^2/2$: each value needs the product of all slopes after it.
        That is the naive way: it forms the same products over and over. The backward pass keeps them.
    b: $n - 1$: each value takes the gradient of the next one and multiplies it by one slope.
        Right: the gradient of the next value already holds the product of all slopes behind it.
    c: $2^n$: every path through the graph counts.
        A chain has only one path. And even with many, the sums at each node keep them together.
    """,
    right="b",
    points=3,
)
