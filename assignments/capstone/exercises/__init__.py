"""Assignment 10: what each check asks, which wrong answers it knows, and which right ones it must accept.

A trained network is judged by what it does on images that it has never seen, outside the student's process.
"""

from classroom.staff.declare.exercise import Assignment

from .bug_hunt import HUNT
from .evaluation import EVALUATE
from .layers import BUILD
from .lectures import LECTURES
from .own_parts import OWN
from .pattern import EXPAND
from .questions import QUIZZES
from .training import TRAIN
from .training_step import STEP

ASSIGNMENT = Assignment(
    name="capstone",
    number=10,
    title="Capstone: a network of your own parts",
    lectures=LECTURES,
    exercises=[EXPAND, BUILD, STEP, EVALUATE, TRAIN, OWN, HUNT, *QUIZZES],
    withheld={"my_parts": ["given_layers", "given_tape"]},
    despite=dict.fromkeys(
        ("given_layers", "given_network"),
        "whoever lacks parts of their own can train a network all the same; pasted as an answer they earn nothing",
    ),
)
