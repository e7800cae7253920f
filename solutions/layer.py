"""All layers under one name."""

from solutions.base_layer import Layer, walk
from solutions.image_layer import AvgPool2d, Conv2d, ConvTranspose2d, GlobalAvgPool, MaxPool2d
from solutions.plain_layer import (
    ELU,
    GELU,
    SELU,
    Elementwise,
    Flatten,
    LeakyReLU,
    Linear,
    Maxout,
    PReLU,
    ReLU,
    Sigmoid,
    SiLU,
    Softplus,
    Tanh,
)
from solutions.regular_layer import BatchNorm, Dropout, GroupNorm, InstanceNorm, LayerNorm, LocalResponseNorm

__all__ = [
    "ELU",
    "GELU",
    "SELU",
    "AvgPool2d",
    "BatchNorm",
    "Conv2d",
    "ConvTranspose2d",
    "Dropout",
    "Elementwise",
    "Flatten",
    "GlobalAvgPool",
    "GroupNorm",
    "InstanceNorm",
    "Layer",
    "LayerNorm",
    "LeakyReLU",
    "Linear",
    "LocalResponseNorm",
    "MaxPool2d",
    "Maxout",
    "PReLU",
    "ReLU",
    "SiLU",
    "Sigmoid",
    "Softplus",
    "Tanh",
    "walk",
]
