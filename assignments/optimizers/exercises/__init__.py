"""Assignment 6: what each check asks, which wrong answers it knows, which other right ones it accepts."""

from classroom.staff.declare.exercise import Assignment

from .adagrad import ADAGRAD
from .adam import ADAM
from .bug_hunt import HUNT
from .classical_momentum import MOMENTUM
from .confusion_region import REGION
from .lectures import LECTURES
from .momentum_as_average import MOMENTUM_EMA
from .nesterov import NESTEROV
from .plain_descent import SGD
from .questions import QUIZZES
from .rate_conversion import RATE
from .rmsprop import RMSPROP
from .schedules import PLATEAU, STEP
from .weight_decay import WEIGHT_DECAY

ASSIGNMENT = Assignment(
    name="optimizers",
    number=6,
    title="Optimizers",
    lectures=LECTURES,
    exercises=[
        SGD,
        MOMENTUM,
        MOMENTUM_EMA,
        NESTEROV,
        ADAGRAD,
        RMSPROP,
        ADAM,
        WEIGHT_DECAY,
        STEP,
        PLATEAU,
        RATE,
        REGION,
        HUNT,
        *QUIZZES,
    ],
)
