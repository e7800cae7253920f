"""The reference: every component of the course in numpy alone, in two storeys.

Here stands every component as it is written down, the version to learn from and the answer of an exercise.  An
operation is a pair of pure functions, `y, cache = op_forward(x, ...)` and `op_backward(grad_y, cache)`; gradients come
in the order of the arguments, inputs are never changed, and randomness enters as `rng`.

============================  =========================================================================
operations                    `linear`, `activation`, `convolution`, `pooling`, `normalization`,
                              `dropout`, `residual`, `loss`
training                      `initialization`, `optimizer`, `schedule`, `training`
networks                      `network` (layers, containers, patterns), `receptive_field`, `capstone`
data                          `preprocessing`, `augmentation`
first steps                   `neuron`, `autodiff`, `gradient_check`
shared by many                `geometry` (sizes of what slides over an image), `validation` (of arguments)
============================  =========================================================================

`solutions.fast` has the versions that train networks, with the same names and results.  Layers and networks use them;
nobody has to open them to understand a layer.
"""

from solutions import (
    activation,
    augmentation,
    autodiff,
    capstone,
    convolution,
    dropout,
    fast,
    geometry,
    gradient_check,
    initialization,
    linear,
    loss,
    network,
    neuron,
    normalization,
    optimizer,
    pooling,
    preprocessing,
    receptive_field,
    residual,
    schedule,
    training,
    validation,
)

__all__ = [
    "activation",
    "augmentation",
    "autodiff",
    "capstone",
    "convolution",
    "dropout",
    "fast",
    "geometry",
    "gradient_check",
    "initialization",
    "linear",
    "loss",
    "network",
    "neuron",
    "normalization",
    "optimizer",
    "pooling",
    "preprocessing",
    "receptive_field",
    "residual",
    "schedule",
    "training",
    "validation",
]
