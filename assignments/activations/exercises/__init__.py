"""Assignment 2: what each check asks, which wrong answers it knows, and which right ones it must accept."""

from classroom.staff.declare.exercise import Assignment

from .bug_hunt import HUNT_ELU, HUNT_LEAKY, HUNT_TANH
from .elu import ELU_BACKWARD, ELU_FORWARD
from .leaky_relu import LEAKY_RELU_BACKWARD, LEAKY_RELU_FORWARD
from .lectures import LECTURES
from .maxout import MAXOUT_BACKWARD, MAXOUT_FORWARD
from .numerical_gradient import NUMERICAL_GRADIENT
from .prelu import PRELU_BACKWARD, PRELU_FORWARD
from .questions import QUIZ_1, QUIZ_2, QUIZ_3
from .relative_error import RELATIVE_ERROR
from .relu import RELU_BACKWARD, RELU_FORWARD
from .sigmoid import SIGMOID_BACKWARD, SIGMOID_FORWARD
from .softplus import SOFTPLUS_BACKWARD, SOFTPLUS_FORWARD
from .sum_of_sigmoids import SERIES
from .tanh import TANH_BACKWARD, TANH_FORWARD

ASSIGNMENT = Assignment(
    name="activations",
    number=2,
    title="Gradient check and activations",
    lectures=LECTURES,
    exercises=[
        NUMERICAL_GRADIENT,
        RELATIVE_ERROR,
        SIGMOID_FORWARD,
        SIGMOID_BACKWARD,
        TANH_FORWARD,
        TANH_BACKWARD,
        RELU_FORWARD,
        RELU_BACKWARD,
        LEAKY_RELU_FORWARD,
        LEAKY_RELU_BACKWARD,
        ELU_FORWARD,
        ELU_BACKWARD,
        SOFTPLUS_FORWARD,
        SOFTPLUS_BACKWARD,
        PRELU_FORWARD,
        PRELU_BACKWARD,
        MAXOUT_FORWARD,
        MAXOUT_BACKWARD,
        SERIES,
        HUNT_TANH,
        HUNT_ELU,
        HUNT_LEAKY,
        QUIZ_1,
        QUIZ_2,
        QUIZ_3,
    ],
)
