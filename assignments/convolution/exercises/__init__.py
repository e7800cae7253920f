"""Assignment 4: what each check asks, which wrong answers it knows, which other right ones it accepts."""

from classroom.staff.declare.exercise import Assignment, StandIns

from .bug_hunt import HUNT_IM2COL
from .convolution_backward import CONV2D_BACKWARD
from .convolution_forward import CONV2D_FORWARD
from .convolution_matrix import CONV_AS_MATRIX
from .lectures import LECTURES
from .matrix_product import CONV2D_IM2COL
from .output_size import CONV_OUTPUT_SIZE, size_by_range
from .padding import PAD2D, pad_by_slices
from .parameter_count import CONV2D_PARAM_COUNT
from .patches_from_rows import COL2IM
from .questions import QUIZ_1, QUIZ_2
from .rows_from_patches import IM2COL, im2col_indices
from .speed import CONV2D_IM2COL_SPEED

# Exercises in which rows of patches may help, and those in which a size or a frame of zeros may.
BY_PRODUCT = ["conv2d_im2col", "conv2d_im2col_speed", "conv_as_matrix"]
SIZED = [
    "conv2d_forward",
    "conv2d_backward",
    "im2col",
    "col2im",
    "conv2d_im2col",
    "conv2d_im2col_speed",
    "conv_as_matrix",
]

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
    stand_ins=[
        StandIns({"conv_output_size": size_by_range}, used_by=SIZED),
        StandIns({"pad2d": pad_by_slices}, used_by=SIZED),
        StandIns({"im2col": im2col_indices}, used_by=["col2im", *BY_PRODUCT]),
    ],
)
