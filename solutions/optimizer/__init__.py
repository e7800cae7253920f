"""Optimizers: `weight, state = rule(weight, grad, state, rate=...)`, with `state=None` at the first step.

Each parameter has its own state, and nothing that is passed in is changed.  The rate is an argument of every step, so a
schedule is a function outside the rule.
"""

from solutions.optimizer.accelerated import ema_to_classical_rate, momentum, momentum_ema, nesterov, nesterov_shifted
from solutions.optimizer.adaptive import adagrad, adam, adamw, rmsprop
from solutions.optimizer.descent import clip_gradients, confusion_region, sgd, weight_decay

__all__ = [
    "adagrad",
    "adam",
    "adamw",
    "clip_gradients",
    "confusion_region",
    "ema_to_classical_rate",
    "momentum",
    "momentum_ema",
    "nesterov",
    "nesterov_shifted",
    "rmsprop",
    "sgd",
    "weight_decay",
]
