"""Assignment 7: what each check asks, which wrong answers it knows, and which right ones it must accept.

Random answers are judged by their moments and distribution, never by a draw: any order of drawing earns full points.
"""

from classroom.staff.declare.exercise import Assignment, StandIns

from .bug_hunt import HUNT
from .constant_and_normal import CONSTANT, NORMAL, normal_by_loc
from .deep_network import FORWARD_STATS
from .fan_counts import FANS, fans_by_product
from .kaiming import KAIMING_NORMAL, KAIMING_UNIFORM, kaiming_normal_direct, kaiming_uniform_direct
from .lectures import LECTURES
from .orthogonal_weights import ORTHOGONAL, orthogonal_by_svd
from .questions import QUIZ_1, QUIZ_2
from .unit_variance import LSUV
from .xavier import XAVIER_NORMAL, XAVIER_UNIFORM, xavier_normal_direct, xavier_uniform_direct

# What the probe may be told to draw with.
DRAWN = {
    "xavier_normal": xavier_normal_direct,
    "xavier_uniform": xavier_uniform_direct,
    "kaiming_normal": kaiming_normal_direct,
    "kaiming_uniform": kaiming_uniform_direct,
}

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
    stand_ins=[
        # What is built on an initializer may be built on what that one needs.
        StandIns({"fans": fans_by_product}, used_by=[*DRAWN, "forward_stats", "orthogonal", "lsuv"]),
        StandIns({"normal": normal_by_loc}, used_by=[*DRAWN, "forward_stats", "orthogonal", "lsuv"]),
        *[StandIns({name: function}, used_by=["forward_stats"]) for name, function in DRAWN.items()],
        StandIns({"orthogonal": orthogonal_by_svd}, used_by=["lsuv"]),
    ],
)
