"""Assignment 8: what each check asks, which wrong answers it knows, which other right ones it accepts."""

from classroom.staff.declare.exercise import Assignment

from .batch_norm import BATCHNORM_FORWARD
from .batch_norm_backward import BATCHNORM_BACKWARD
from .bug_hunt import HUNT
from .counting import COUNT
from .folding import FOLD
from .group_norm import GROUPNORM
from .image_batch_norm import SPATIAL_BACKWARD, SPATIAL_FORWARD
from .instance_norm import INSTANCENORM
from .layer_norm import LAYERNORM
from .lectures import LECTURES
from .local_response_norm import LRN
from .one_formula import FORMULA
from .questions import QUIZZES
from .weight_standardization import WS_BACKWARD, WS_FORWARD

ASSIGNMENT = Assignment(
    name="normalization",
    number=8,
    title="Normalization",
    lectures=LECTURES,
    exercises=[
        BATCHNORM_FORWARD,
        BATCHNORM_BACKWARD,
        FORMULA,
        SPATIAL_FORWARD,
        SPATIAL_BACKWARD,
        *LAYERNORM,
        *INSTANCENORM,
        *GROUPNORM,
        WS_FORWARD,
        WS_BACKWARD,
        FOLD,
        COUNT,
        LRN,
        HUNT,
        *QUIZZES,
    ],
)
