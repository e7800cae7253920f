"""Assignment 7: what each check asks, which wrong answers it knows, and which right ones it must accept.

Random answers are judged by their moments and distribution, never by a draw: any order of drawing earns full points.
"""

from classroom.staff.declare.exercise import Assignment

from .bug_hunt import HUNT
from .constant_and_normal import CONSTANT, NORMAL
from .deep_network import FORWARD_STATS
from .fan_counts import FANS
from .kaiming import KAIMING_NORMAL, KAIMING_UNIFORM
from .lectures import LECTURES
from .orthogonal_weights import ORTHOGONAL
from .questions import QUIZ_1, QUIZ_2
from .unit_variance import LSUV
from .xavier import XAVIER_NORMAL, XAVIER_UNIFORM

ASSIGNMENT = Assignment(
    name="initializers",
    number=7,
    title="Initializers",
    lectures=LECTURES,
    exercises=[
        FANS,
        CONSTANT,
        NORMAL,
        XAVIER_NORMAL,
        XAVIER_UNIFORM,
        KAIMING_NORMAL,
        KAIMING_UNIFORM,
        FORWARD_STATS,
        ORTHOGONAL,
        LSUV,
        HUNT,
        QUIZ_1,
        QUIZ_2,
    ],
)
