"""Assignment 5: what each check asks, which wrong answers it knows, which other right ones it accepts."""

from classroom.staff.declare.exercise import Assignment

from .average_pooling import AVGPOOL2D_BACKWARD, AVGPOOL2D_FORWARD
from .bug_hunt import HUNT_MAXPOOL
from .depthwise_convolution import DEPTHWISE_BACKWARD, DEPTHWISE_FORWARD
from .dilated_convolution import DILATED_BACKWARD, DILATED_FORWARD
from .global_average_pooling import GLOBAL_BACKWARD, GLOBAL_FORWARD
from .lectures import LECTURES
from .max_pooling import MAXPOOL2D_FORWARD
from .max_pooling_backward import MAXPOOL2D_BACKWARD
from .pointwise_convolution import POINTWISE_CONV
from .questions import QUIZ_1, QUIZ_2
from .receptive_field import RECEPTIVE_FIELD
from .separable_convolution import SEPARABLE_CONV
from .transposed_convolution import TRANSPOSE_BACKWARD, TRANSPOSE_FORWARD

ASSIGNMENT = Assignment(
    name="pooling",
    number=5,
    title="Pooling and special convolutions",
    lectures=LECTURES,
    exercises=[
        MAXPOOL2D_FORWARD,
        MAXPOOL2D_BACKWARD,
        AVGPOOL2D_FORWARD,
        AVGPOOL2D_BACKWARD,
        GLOBAL_FORWARD,
        GLOBAL_BACKWARD,
        DILATED_FORWARD,
        DILATED_BACKWARD,
        TRANSPOSE_FORWARD,
        TRANSPOSE_BACKWARD,
        DEPTHWISE_FORWARD,
        DEPTHWISE_BACKWARD,
        POINTWISE_CONV,
        SEPARABLE_CONV,
        RECEPTIVE_FIELD,
        HUNT_MAXPOOL,
        QUIZ_1,
        QUIZ_2,
    ],
)
