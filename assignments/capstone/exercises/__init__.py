"""Assignment 10: what each check asks, which wrong answers it knows, and which right ones it must accept.

A trained network is judged by what it does on images that it has never seen, outside the student's process.
"""

from classroom.staff.declare.exercise import Assignment, StandIns

from .bug_hunt import HUNT
from .evaluation import EVALUATE, evaluate_in_batches
from .layers import BUILD, build_from_table
from .lectures import LECTURES
from .own_parts import OWN
from .pattern import EXPAND
from .questions import QUIZZES
from .training import TRAIN
from .training_step import STEP, step_within

ASSIGNMENT = Assignment(
    name="capstone",
    number=10,
    title="Capstone: a network of your own parts",
    lectures=LECTURES,
    exercises=[EXPAND, BUILD, STEP, EVALUATE, TRAIN, OWN, HUNT, *QUIZZES],
    stand_ins=[
        StandIns({"build_cnn": build_from_table}, used_by=["train_cnn"]),
        StandIns({"train_step": step_within}, used_by=["train_cnn"]),
        StandIns({"evaluate": evaluate_in_batches}, used_by=["train_cnn"]),
    ],
)
