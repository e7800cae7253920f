"""The questions at the end."""

from classroom.staff.declare.exercise import Quiz

QUIZ_1 = Quiz(
    id="quiz_1",
    points=3,
    question="Three layers of neurons, and the identity as their activation: which functions can the output be?",
    choices={
        "a": "Only w·x + b: one neuron without activation could do the same.",
        "b": "Polynomials of degree 3, one degree for each layer.",
        "c": "Any continuous function, if the layers are wide enough.",
    },
    right="a",
    because={
        "a": "Right: a product of matrices is a matrix. It is the activation between them that makes depth count.",
        "b": "A layer multiplies by weights, never by the input itself, so no power of x can arise.",
        "c": "That holds with a bent activation. Without one, three matrices in a row are one matrix.",
    },
)
QUIZ_2 = Quiz(
    id="quiz_2",
    points=3,
    question="A chain of n functions: how many multiplications of slopes give the derivatives by all values?",
    choices={
        "a": "About n²/2: for each value the product of all slopes after it.",
        "b": "n - 1: each value takes the gradient of the next one and multiplies it by one slope.",
        "c": "2 to the power n: every path through the graph counts.",
    },
    right="b",
    because={
        "a": "That is the naive way: it forms the same products over and over. The backward pass keeps them.",
        "b": "Right: the gradient of the next value already holds the product of all slopes behind it.",
        "c": "A chain has only one path. And even with many, the sums at each node keep them together.",
    },
)
