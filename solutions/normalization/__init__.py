"""Normalization: mean 0 and variance 1 over the batch, an example, its channels or its groups, or over each kernel."""

from solutions.normalization.batch import (
    batchnorm_backward,
    batchnorm_backward_staged,
    batchnorm_forward,
    batchnorm_grad_x,
    spatial_batchnorm_backward,
    spatial_batchnorm_forward,
)
from solutions.normalization.group import (
    groupnorm_backward,
    groupnorm_forward,
    instancenorm_backward,
    instancenorm_forward,
    layernorm_backward,
    layernorm_forward,
)
from solutions.normalization.inference import batchnorm_param_count, fold_batchnorm
from solutions.normalization.local_response import local_response_norm_backward, local_response_norm_forward
from solutions.normalization.weight import weight_standardize_backward, weight_standardize_forward

__all__ = [
    "batchnorm_backward",
    "batchnorm_backward_staged",
    "batchnorm_forward",
    "batchnorm_grad_x",
    "batchnorm_param_count",
    "fold_batchnorm",
    "groupnorm_backward",
    "groupnorm_forward",
    "instancenorm_backward",
    "instancenorm_forward",
    "layernorm_backward",
    "layernorm_forward",
    "local_response_norm_backward",
    "local_response_norm_forward",
    "spatial_batchnorm_backward",
    "spatial_batchnorm_forward",
    "weight_standardize_backward",
    "weight_standardize_forward",
]
