"""Initial weights, and what they do to the activations of a deep network.

Shapes are those of the layers: (D, M) for a linear weight, (F, C/groups, kH, kW) for a convolution.  Every random
function takes the generator that it draws from.  What is called `std` is a standard deviation, never a variance.
"""

from solutions.initialization.distribution import (
    constant,
    fans,
    kaiming_normal,
    kaiming_uniform,
    normal,
    orthogonal,
    xavier_normal,
    xavier_uniform,
)
from solutions.initialization.propagation import fixup_scale, forward_stats, lsuv

__all__ = [
    "constant",
    "fans",
    "fixup_scale",
    "forward_stats",
    "kaiming_normal",
    "kaiming_uniform",
    "lsuv",
    "normal",
    "orthogonal",
    "xavier_normal",
    "xavier_uniform",
]
