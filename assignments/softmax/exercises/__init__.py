"""Assignment 3: what each check asks, which wrong answers it knows, which other right ones it accepts."""

from classroom.staff.declare.exercise import Assignment

from .bug_hunt import HUNT
from .channel_statistics import CHANNEL_STATS, MEAN_IMAGE
from .cross_entropy import CROSS_ENTROPY
from .lectures import LECTURES
from .linear import LINEAR_BACKWARD, LINEAR_FORWARD
from .principal_components import PCA
from .questions import QUIZ_1, QUIZ_2
from .softmax_and_logarithm import LOG_SOFTMAX, SOFTMAX_ROWS
from .standardizing import CENTER, STANDARDIZE
from .weight_penalty import PENALTY
from .whitening import WHITEN

ASSIGNMENT = Assignment(
    name="softmax",
    number=3,
    title="Linear layers, softmax and data",
    lectures=LECTURES,
    exercises=[
        LINEAR_FORWARD,
        LINEAR_BACKWARD,
        SOFTMAX_ROWS,
        LOG_SOFTMAX,
        CROSS_ENTROPY,
        PENALTY,
        MEAN_IMAGE,
        CHANNEL_STATS,
        CENTER,
        STANDARDIZE,
        PCA,
        WHITEN,
        HUNT,
        QUIZ_1,
        QUIZ_2,
    ],
)
