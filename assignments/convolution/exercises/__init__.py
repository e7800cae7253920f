"""Assignment 4: what each check asks, which wrong answers it knows, which other right ones it accepts."""

from classroom.staff.declare.exercise import Assignment

from .bug_hunt import HUNT_IM2COL
from .convolution_backward import CONV2D_BACKWARD
from .convolution_forward import CONV2D_FORWARD
from .convolution_matrix import CONV_AS_MATRIX
from .lectures import LECTURES
from .matrix_product import CONV2D_IM2COL
from .output_size import CONV_OUTPUT_SIZE
from .padding import PAD2D
from .parameter_count import CONV2D_PARAM_COUNT
from .patches_from_rows import COL2IM
from .questions import QUIZ_1, QUIZ_2
from .rows_from_patches import IM2COL
from .speed import CONV2D_IM2COL_SPEED

ASSIGNMENT = Assignment(
    name="convolution",
    number=4,
    title="Convolution",
    lectures=LECTURES,
    exercises=[
        CONV_OUTPUT_SIZE,
        CONV2D_PARAM_COUNT,
        PAD2D,
        CONV2D_FORWARD,
        CONV2D_BACKWARD,
        IM2COL,
        COL2IM,
        CONV2D_IM2COL,
        CONV2D_IM2COL_SPEED,
        CONV_AS_MATRIX,
        HUNT_IM2COL,
        QUIZ_1,
        QUIZ_2,
    ],
)
