"""Assignment 1: what each check asks, which wrong answers it knows, and which right ones it must accept."""

from classroom.staff.declare.exercise import Assignment

from .bug_hunt import HUNT
from .exclusive_or import XOR
from .gates import GATE
from .lectures import LECTURES
from .neuron import NEURON
from .polygon import POLYGON
from .questions import QUIZ_1, QUIZ_2
from .squared_error import MSE_BACKWARD, MSE_FORWARD
from .tape import TAPE
from .two_layers import TWO_LAYER_BACKWARD, TWO_LAYER_FORWARD

ASSIGNMENT = Assignment(
    name="neurons",
    number=1,
    title="Neurons, graphs and backpropagation",
    lectures=LECTURES,
    exercises=[
        NEURON,
        GATE,
        XOR,
        POLYGON,
        MSE_FORWARD,
        MSE_BACKWARD,
        TWO_LAYER_FORWARD,
        TWO_LAYER_BACKWARD,
        TAPE,
        HUNT,
        QUIZ_1,
        QUIZ_2,
    ],
)
