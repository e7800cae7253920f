"""Networks: layers, containers, networks from a pattern, a table of their sizes, and their weights in a file."""

from solutions.network.checkpoint import arrays, load, save
from solutions.network.container import Concat, Residual, Stack
from solutions.network.dense import Flatten, Linear, Maxout
from solutions.network.dropout import Dropout
from solutions.network.elementwise import (
    ELU,
    GELU,
    SELU,
    Elementwise,
    LeakyReLU,
    PReLU,
    ReLU,
    Sigmoid,
    SiLU,
    Softplus,
    Tanh,
)
from solutions.network.image import AvgPool2d, Conv2d, ConvTranspose2d, GlobalAvgPool, MaxPool2d
from solutions.network.layer import Layer, walk
from solutions.network.normalization import BatchNorm, GroupNorm, InstanceNorm, LayerNorm, LocalResponseNorm
from solutions.network.pattern import build, expand_pattern
from solutions.network.table import Row, Summary, summary

__all__ = [
    "ELU",
    "GELU",
    "SELU",
    "AvgPool2d",
    "BatchNorm",
    "Concat",
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
    "Residual",
    "Row",
    "SiLU",
    "Sigmoid",
    "Softplus",
    "Stack",
    "Summary",
    "Tanh",
    "arrays",
    "build",
    "expand_pattern",
    "load",
    "save",
    "summary",
    "walk",
]
