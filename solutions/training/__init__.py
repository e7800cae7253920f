"""Training and evaluation of classifiers: the loop, its single step, and what comes out."""

from solutions.training.evaluation import evaluate, predict
from solutions.training.loop import train
from solutions.training.step import OPTIMIZERS, find_rule, train_step, update

__all__ = ["OPTIMIZERS", "evaluate", "find_rule", "predict", "train", "train_step", "update"]
