"""Sizes: where a window that slides over an image lands, and what the convolution there costs."""

from collections.abc import Sequence

from solutions.validation import as_pair


def conv_output_size(size: int, kernel: int, stride: int = 1, padding: int = 0, dilation: int = 1) -> int:
    """Count the positions of a kernel that slides along one axis.

    Parameters
    ----------
    size, kernel, stride, padding, dilation : int
        Of one axis; `padding` zeros are added at both ends.

    Returns
    -------
    int
        floor((size + 2 padding - dilation (kernel - 1) - 1) / stride) + 1

    Raises
    ------
    ValueError
        If a number is too small, or the kernel reaches over more than the padded input.

    Notes
    -----
    Without dilation this is floor((i + 2p - k) / s) + 1.  Dumoulin & Visin 2016.
    """
    for name, value, least in (("kernel", kernel, 1), ("stride", stride, 1), ("padding", padding, 0)):
        if value < least:
            raise ValueError(f"{name} is {value}, needs to be at least {least}")
    if dilation < 1:
        raise ValueError(f"dilation is {dilation}, needs to be at least 1: 1 means neighbouring pixels")
    reach = dilation * (kernel - 1) + 1
    if reach > size + 2 * padding:
        raise ValueError(
            f"the kernel reaches over {reach} pixels, the padded input has {size + 2 * padding}: "
            "make kernel or dilation smaller, or padding larger"
        )
    return (size + 2 * padding - reach) // stride + 1


def slid_shape(
    size: Sequence[int],
    kernel: Sequence[int],
    stride: Sequence[int],
    padding: Sequence[int],
    dilation: Sequence[int] = (1, 1),
) -> tuple[int, int]:
    """Height and width of what a window leaves of an image of height and width `size`."""
    height = conv_output_size(size[0], kernel[0], stride[0], padding[0], dilation[0])
    width = conv_output_size(size[1], kernel[1], stride[1], padding[1], dilation[1])
    return height, width


def conv2d_param_count(in_channels: int, out_channels: int, kernel: int | tuple[int, int], bias: bool = True) -> int:
    """Count the trained numbers of a convolution: kH kW C F weights and F biases.

    Parameters
    ----------
    in_channels, out_channels : int
    kernel : int or (kH, kW)
    bias : bool

    Returns
    -------
    int

    Notes
    -----
    The size of the image does not enter.
    """
    height, width = as_pair("kernel", kernel, 1)
    return out_channels * (height * width * in_channels + bool(bias))


def conv2d_flops(
    in_channels: int,
    out_channels: int,
    kernel: int | tuple[int, int],
    output_size: int | tuple[int, int],
    groups: int = 1,
) -> int:
    """Count the floating-point operations of a convolution for one image.

    Parameters
    ----------
    in_channels, out_channels : int
    kernel : int or (kH, kW)
    output_size : int or (H', W')
        From `conv_output_size`.
    groups : int

    Returns
    -------
    int
        One multiplication and one addition for each weight at each output position; the bias is not counted.
    """
    if groups < 1 or in_channels % groups or out_channels % groups:
        raise ValueError(f"groups is {groups}, needs to divide {in_channels} input and {out_channels} output channels")
    kernel_height, kernel_width = as_pair("kernel", kernel, 1)
    height, width = as_pair("output_size", output_size, 1)
    return 2 * kernel_height * kernel_width * (in_channels // groups) * out_channels * height * width
