"""Receptive field: which pixels one output of a stack of layers can see."""

from collections.abc import Sequence


def receptive_field(layers: Sequence[tuple[int, int, int, int]]) -> tuple[int, int, int]:
    """Follow the view of one output back through a stack, along one axis.

    Parameters
    ----------
    layers : sequence of (kernel, stride, padding, dilation)
        From the input to the output, convolutions and poolings alike.

    Returns
    -------
    size : int
        How many pixels one output sees.
    jump : int
        How many pixels lie between the views of neighbouring outputs: the product of the strides.
    start : int
        The first pixel that output 0 sees; negative when it lies in the padding.  Output i sees the pixels from
        start + i * jump to start + i * jump + size - 1.

    Raises
    ------
    ValueError
        If a layer does not have four numbers, or one is too small.

    Notes
    -----
    A layer widens the view by dilation * (kernel - 1) steps of the jump before it.  No layer sees (1, 1, 0).
    Araujo, Norris & Sim 2019.
    """
    size, jump, start = 1, 1, 0
    for layer in layers:
        if len(layer) != 4 or layer[0] < 1 or layer[1] < 1 or layer[2] < 0 or layer[3] < 1:
            raise ValueError(
                f"a layer is {tuple(layer)}, needs four numbers: kernel, stride and dilation of at least 1, padding of "
                "at least 0, in the order (kernel, stride, padding, dilation)"
            )
        kernel, stride, padding, dilation = layer
        size += dilation * (kernel - 1) * jump
        start -= padding * jump
        jump *= stride
    return size, jump, start
