"""The capstone: a convolutional network as plain data, built from a pattern, trained with any set of parts."""

from solutions.capstone.construction import build_cnn
from solutions.capstone.recipe import my_parts, train_cnn
from solutions.capstone.step import evaluate, train_step

__all__ = ["build_cnn", "evaluate", "my_parts", "train_cnn", "train_step"]
