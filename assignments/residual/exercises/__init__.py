"""Assignment 9: what each check asks, which wrong answers it knows, which other right ones it accepts."""

from classroom.staff.declare.exercise import Assignment

from .block import BLOCK
from .bug_hunt import HUNT
from .concatenation import CONCAT
from .inverted_dropout import DROPOUT
from .join import RESIDUAL_BACKWARD, RESIDUAL_FORWARD
from .lectures import LECTURES
from .questions import QUIZZES
from .vanilla_dropout import VANILLA

ASSIGNMENT = Assignment(
    name="residual",
    number=9,
    title="Dropout and residual connections",
    lectures=LECTURES,
    exercises=[VANILLA, DROPOUT, RESIDUAL_FORWARD, RESIDUAL_BACKWARD, BLOCK, CONCAT, HUNT, *QUIZZES],
)
