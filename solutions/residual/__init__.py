"""Ways to join branches of a network: residual connections, the residual block, concatenation of channels."""

from solutions.residual.block import residual_block_backward, residual_block_forward
from solutions.residual.concatenation import concat_channels_backward, concat_channels_forward
from solutions.residual.connection import residual_backward, residual_block, residual_forward

__all__ = [
    "concat_channels_backward",
    "concat_channels_forward",
    "residual_backward",
    "residual_block",
    "residual_block_backward",
    "residual_block_forward",
    "residual_forward",
]
