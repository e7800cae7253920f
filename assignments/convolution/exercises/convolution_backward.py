"""Convolution, backward."""

import numpy as np

from classroom.staff.declare.exercise import Pair, backward_of
from solutions.convolution import conv2d_backward, conv2d_forward

from .passes import WAYS, backward_positions, conv_cases, forward_positions
from .windows import conv_inputs

CONV2D = Pair(conv2d_forward, conv2d_backward)
CONV2D_BACKWARD = backward_of(
    CONV2D,
    points=35,
    large={"x": (2, 3, 26, 28), "weight": (4, 3, 3, 2), "bias": (4,), "padding": 1},
    large_times=40.0,
    parts={"grad_x": 3, "grad_weight": 3, "grad_bias": 1},
    **conv_cases("backward"),
    interleaved=(0, 1),
    gradient=conv_inputs(np.random.default_rng(51), (2, 3, 7, 8, 4, 3, 2), 2, 1),
    linear=True,
    mutants=CONV2D.backward_mutants(
        forward_positions,
        backward_positions,
        """
        stride_ignored: grad_padded[:, :, i * stride : i * stride + kh, j * stride : j * stride + kw] += back
            => grad_padded[:, :, i : i + kh, j : j + kw] += back
            and patch = padded[:, :, i * stride : i * stride + kh, j * stride : j * stride + kw]
            => patch = padded[:, :, i : i + kh, j : j + kw]
            The stride is missing in the backward pass: output (i, j) came from the patch at (i * stride, j * stride)
            and returns there.
        frame_of_1: grad_padded[:, :, padding : padding + h, padding : padding + w] => grad_padded[:, :, 1:-1, 1:-1]
            You cut off a frame of 1. As much comes off as was padded: rows from padding to padding + height.
        weight_overwritten: grad_weight += np.tensordot => grad_weight = np.tensordot
            The gradient of the weight is that of the last window alone. Every window adds to it: +=.
        kernel_flipped: np.tensordot(grad_y[:, :, i, j], weight, axes=(1, 0))
            => np.tensordot(grad_y[:, :, i, j], weight[:, :, ::-1, ::-1], axes=(1, 0))
            The kernel acts turned round on the way back. With a loop over windows each gets the kernel as it is.
        overwritten: kw] += back => kw] = back
            Windows overlap, so a pixel belongs to several of them: add their gradients up (+=), do not overwrite (=).
        padding_kept: grad_padded[:, :, padding : padding + h, padding : padding + w] => grad_padded
            grad_x still has the border of the padding. x has none: cut it off.
        minus_zero: padding : padding + h, padding : padding + w] => padding:-padding, padding:-padding]
            A slice padding:-padding is empty when padding is 0. Write padding : padding + H.
        wrong_corner: padding : padding + h, padding : padding + w] => :h, :w]
            You cut the border off at one end only: the image begins at row and column padding.
        sizes_swapped: padding : padding + h, padding : padding + w] => padding : padding + w, padding : padding + h]
            Height and width have changed places when the border is cut off.
        bias_mean: grad_y.sum(axis=(0, 2, 3)) => grad_y.mean(axis=(0, 2, 3))
            You average grad_y for the bias. The bias enters every pixel of its map, so its gradient is the sum.
        last_turn_only: grad_weight += np.tensordot => grad_weight = np.tensordot
            and grad_y.sum(axis=(0, 2, 3)) => grad_y[-1].sum(axis=(1, 2))
            Only the last turn of your loop counts: add up over all windows and images (+=), do not overwrite (=).
        weight_mean: return grad_x, grad_weight, grad_bias => return grad_x, grad_weight / len(x), grad_bias
            You divide grad_weight by the batch size. The mean belongs to the loss, which has taken it already.
        last_row_forgotten: for i in range(rows): => for i in range(rows - 1):
            The last row of grad_y is never used: your loop stops one row early.
        zeros: return grad_x, grad_weight, grad_bias => return grad_x * 0, grad_weight * 0, grad_bias * 0
            Only zeros come back: the loop never writes into what you return.
        """,
    ),
    alternatives=WAYS,
    hints="""
    Every output is a sum of products of one patch with one filter. Ask of each pixel: which outputs did it enter, times
        what?
    Loop over the windows as in the forward pass. grad_weight gathers grad_y times the patch; the window of grad_x
        gathers grad_y times the weight.
    Gather into an array of the padded size with +=, and cut the border off at the end: padding : padding + H.
    grad_bias is grad_y summed over images, rows and columns.
    """,
)
