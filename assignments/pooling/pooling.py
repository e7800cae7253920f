# %% [markdown]
# # Assignment 5 · Pooling and special convolutions
#
# **What you build.** You write the layers that change the size of what a network sees: pooling, which makes maps
# smaller, and three relatives of the convolution: dilated (a wider view with the same number of weights), transposed
# (larger maps) and depthwise separable (an eighth of the weights). Then you write a function that computes how much of
# the image an output sees.
#
# **Follows** lecture 6, *Pooling, receptive fields and special convolutions*. **Time** about five hours. **Points**
# 120.
#
# **How it works.** Replace each `raise NotImplementedError` with your code, then run the check below it as often as you
# like. When a check has not come back after a minute, nothing can interrupt it: restart the kernel.
# `check.hint("maxpool2d_forward")` gives one hint at a time, and `check.progress()` shows how far you are. What a
# docstring lists under *Raises* describes the course's own version; your code does not have to check its inputs.
#
# **What grading adds.** Grading runs cases of the same kinds with other numbers, and adds nothing else: the points you
# see are the points you get. Where an input is float32, the output must be float32 too. This is a separate part of such
# an exercise, worth a tenth of its points.
#
# **You can do the exercises in any order.** A backward pass receives the cache of your own forward pass, and loses no
# points for a mistake in y. The separable convolution consists of two others: call your functions or write it from
# scratch. If one of the earlier functions is what is wrong, the check says so.
#
# **Conventions.** `y, cache = name_forward(...)` and `gradients = name_backward(grad_y, cache)`, in the order of the
# arguments. Images are (N, C, H, W). The cache is yours: put everything the backward pass needs into it and nowhere
# else, because other layers run in between. Float32 stays float32, and your functions never change their inputs.

# %% role="setup" id="setup"
import matplotlib.pyplot as plt
import numpy as np

from classroom import check, figure

check.open("pooling")

# %% [markdown]
# Where a docstring says "int or (height, width)", both must work. The function below takes care of that: `h, w =
# pair(kernel)`.


# %% role="given" id="pair"
def pair(value):
    """Write 3 as (3, 3), and leave (3, 2) as it is."""
    return (value, value) if np.ndim(value) == 0 else tuple(value)


# %% [markdown]
# ## 1 · Max pooling (25 points)
#
# Max pooling keeps the largest pixel of each window, separately in each map. If no stride is given, the windows lie
# side by side.
#
# $$y_{ncij} = \max_{u,v}\; x^{\text{padded}}_{n,\,c,\,is+u,\,js+v}$$
#
# ```text
#   1 1 │ 2 4
#   5 6 │ 7 8      2 by 2, stride 2      6 8
#   ────┼────     ─────────────────►     3 4
#   3 2 │ 1 0
#   1 2 │ 3 4
# ```
#
# The border consists of $-\infty$, not of zeros, because a zero would win against every negative pixel.
#
# An output is a *copy* of one pixel, so in the backward pass that pixel gets all of its `grad_y` and the others get
# nothing. When several pixels are equally large, give it to one of them or share it among them, but do not give the
# full gradient to each. Windows may overlap, and then a pixel can win several times: its gradients add up.

# %% role="answer" id="maxpool2d"
from solutions.pooling import maxpool2d_backward, maxpool2d_forward

# %% role="check" id="maxpool2d_forward" points=10
check("maxpool2d_forward", maxpool2d_forward)

# %% role="check" id="maxpool2d_backward" points=15
check("maxpool2d_backward", maxpool2d_backward)

# %% [markdown]
# ## 2 · Average pooling (15 points)
#
# Average pooling takes the mean of each window. Here the border consists of zeros, and they count: always divide by
# $k_H k_W$.
#
# $$y_{ncij} = \frac{1}{k_H k_W} \sum_{u,v} x^{\text{padded}}_{n,\,c,\,is+u,\,js+v}$$
#
# For the drawing above the result is `[[3.25, 5.25], [2, 2]]`. Each pixel entered its window with the weight $1 / (k_H
# k_W)$, so it gets that share of the gradient; where windows overlap, the shares add up.

# %% role="answer" id="avgpool2d"
from solutions.pooling import avgpool2d_backward, avgpool2d_forward

# %% role="check" id="avgpool2d_forward" points=6
check("avgpool2d_forward", avgpool2d_forward)

# %% role="check" id="avgpool2d_backward" points=9
check("avgpool2d_backward", avgpool2d_backward)

# %% [markdown]
# ## 3 · Global average pooling (10 points)
#
# Global average pooling takes the mean of each whole map, one number for each channel: (N, C, H, W) becomes (N, C),
# whatever the resolution. It replaces the largest fully connected layer of older networks, and it has no weights at
# all.
#
# $$y_{nc} = \frac{1}{HW} \sum_{i,j} x_{ncij}$$
#
# Worked number: the map `[[1, 2, 3], [4, 5, 9]]` becomes 4. In the backward pass a `grad_y` of 3 gives 0.5 to each of
# its six pixels.

# %% role="answer" id="global_avg_pool"
from solutions.pooling import global_avg_pool_backward, global_avg_pool_forward

# %% role="check" id="global_avg_pool_forward" points=4
check("global_avg_pool_forward", global_avg_pool_forward)

# %% role="check" id="global_avg_pool_backward" points=6
check("global_avg_pool_backward", global_avg_pool_backward)

# %% [markdown]
# ## 4 · Dilated convolution (15 points)
#
# Spread the pixels of the kernel so that they are $d$ apart. The kernel then sees more, with the same number of
# weights.
#
# ```text
#   dilation 1      dilation 2          reach: d (k - 1) + 1 pixels
#   w w w           w . w . w
#   w w w           . . . . .           y[n, f, i, j] = b[f] + Σ x[n, c, i s + u d, j s + v d] w[f, c, u, v]
#   w w w           w . w . w
#                   . . . . .           (x is the padded image)
#                   w . w . w
# ```
#
# So it is an ordinary convolution whose kernel has zeros between its weights, and the check compares the two. But you
# need not multiply by these zeros: a slice with a step, `padded[:, :, top : top + reach : d, ...]`, reads only the
# pixels that count.

# %% role="answer" id="dilated_conv"
from solutions.convolution import dilated_conv_backward, dilated_conv_forward

# %% role="check" id="dilated_conv_forward" points=6
check("dilated_conv_forward", dilated_conv_forward)

# %% role="check" id="dilated_conv_backward" points=9
check("dilated_conv_backward", dilated_conv_backward)

# %% [markdown]
# ## 5 · Transposed convolution (20 points)
#
# A transposed convolution works the other way around: each input pixel leaves a *stamp*, which is the kernel times its
# value, and overlapping stamps are added. With stride 2 the map becomes about twice as large: it has
# $H' = (H - 1)\, s + k_H - 2p$ rows, since $p$ rows are cut *off* on each side.
#
# ```text
#   x = 1 2 -1      kernel 1 3      stride 2:   1 3 2 6 -1 -3
#                                   stride 1:   1 5 5 -3          1·3 + 2·1 = 5,  2·3 + (-1)·1 = 5
# ```
#
# It is the gradient of a convolution with respect to its input, used as a layer. For all $x$ and $g$, $\sum
# \text{transposed}(x) \cdot g = \sum x \cdot \text{conv}(g)$ with the same weight. The check uses this. It explains
# three things: the weight is (C, F, kH, kW), as for the convolution that goes from F to C channels; the border that
# this convolution pads is cut off here; and the backward pass is an ordinary convolution.

# %% role="answer" id="conv2d_transpose"
from solutions.convolution import conv2d_transpose_backward, conv2d_transpose_forward

# %% role="check" id="conv2d_transpose_forward" points=10
check("conv2d_transpose_forward", conv2d_transpose_forward)

# %% role="check" id="conv2d_transpose_backward" points=10
check("conv2d_transpose_backward", conv2d_transpose_backward)

# %% [markdown]
# ## 6 · Depthwise, pointwise, separable (15 points)
#
# A convolution combines neighbouring pixels and channels at the same time. One can also do this in two steps:
#
# - **depthwise**: each channel has its own kernel, the weight is (C, 1, kH, kW), and channels do not mix;
# - **pointwise**: a kernel of 1 by 1 with weight (F, C), which is a linear layer on the channels, the same at every
#   pixel;
# - **separable**: first depthwise without a bias, then pointwise with one.
#
# Worked number: from 32 to 64 channels with a kernel of 3 by 3, the full convolution has $9 \cdot 32 \cdot 64 = 18432$
# weights and the separable one $9 \cdot 32 + 32 \cdot 64 = 2336$.

# %% role="answer" id="depthwise_conv"
from solutions.convolution import depthwise_conv_backward, depthwise_conv_forward

# %% role="check" id="depthwise_conv_forward" points=3
check("depthwise_conv_forward", depthwise_conv_forward)

# %% role="check" id="depthwise_conv_backward" points=4
check("depthwise_conv_backward", depthwise_conv_backward)

# %% role="answer" id="pointwise_conv"
from solutions.convolution import pointwise_conv_backward, pointwise_conv_forward

# %% role="check" id="pointwise_conv" points=4
check("pointwise_conv", pointwise_conv_forward, pointwise_conv_backward)

# %% [markdown]
# For the separable convolution call `depthwise_conv_forward`, `pointwise_conv_backward` and so on, or write it from
# scratch. There are four gradients: for x, the depthwise weight, the pointwise weight and the bias.

# %% role="answer" id="separable_conv"
from solutions.convolution import separable_conv_backward, separable_conv_forward

# %% role="check" id="separable_conv" points=4
check("separable_conv", separable_conv_forward, separable_conv_backward)

# %% [markdown]
# ## 7 · Receptive field (10 points)
#
# How much of the image does one output see? Follow three numbers along one axis, from the input to the output:
#
# - **size**, the number of pixels that one output sees: a layer adds $d\,(k - 1)$ steps, each *jump* pixels long;
# - **jump**, the number of pixels between the views of neighbouring outputs: each stride multiplies it, for the layers
#   that follow;
# - **start**, the first pixel that output 0 sees: padding moves it to the left, into the border.
#
# Worked number: a 3 by 3 convolution with padding 1 is followed by 2 by 2 pooling with stride 2 and another 3 by 3
# convolution with padding 1. The size goes from 1 to 3, to 4, and then to $4 + 2 \cdot 2 = 8$, because a step is now
# two pixels long. The jump is 2 and the start $-1 - 2 = -3$.

# %% role="answer" id="receptive_field"
from solutions.receptive_field import receptive_field

# %% role="check" id="receptive_field" points=10
check("receptive_field", receptive_field)

# %% [markdown]
# ## 8 · Bug hunt (5 points)
#
# Until June 2020 the max pooling of Julia's NNlib, and so of Flux, sent its gradients back like this. A user who had
# copied the weights of a network from PyTorch noticed that the outputs agreed and the gradients did not
# (FluxML/NNlib.jl, issue 205, fixed by pull request 207). Here it is in numpy, for one map. Find the character that is
# missing.


# %% role="hunt" id="hunt_maxpool_backward"
def hunt_maxpool_backward(grad_y, x, kernel, stride):
    """Return the gradient of max pooling on one map x (H, W), for windows of kernel by kernel."""
    grad_x = np.zeros_like(x)
    for i, j in np.ndindex(grad_y.shape):
        window = x[i * stride : i * stride + kernel, j * stride : j * stride + kernel]
        u, v = np.unravel_index(window.argmax(), window.shape)
        grad_x[i * stride + u, j * stride + v] = grad_y[i, j]
    return grad_x


# %% role="check" id="hunt_maxpool_backward" points=5
check("hunt_maxpool_backward", hunt_maxpool_backward)

# %% [markdown]
# ## 9 · Questions (5 points)
#
# **Question 1.** Two convolutions of 3 by 3 with stride 1 follow each other. One output then sees as much of the image
# as with
#
# - `"a"` one convolution of 6 by 6.
# - `"b"` one convolution of 5 by 5.
# - `"c"` one convolution of 9 by 9.
# - `"d"` one convolution of 3 by 3, because both look at the same place.

# %% role="quiz" id="quiz_1"
answer_1 = "b"  # "a", "b", "c" or "d"

# %% role="check" id="quiz_1" points=2
check("quiz_1", answer_1)

# %% [markdown]
# **Question 2.** A 3 by 3 convolution from 64 to 128 channels becomes depthwise separable. How many weights are left?
#
# - `"a"` About one half.
# - `"b"` About one eighth.
# - `"c"` About one 64th.
# - `"d"` About one 128th.

# %% role="quiz" id="quiz_2"
answer_2 = "b"  # "a", "b", "c" or "d"

# %% role="check" id="quiz_2" points=3
check("quiz_2", answer_2)

# %% [markdown]
# ## What you have built
#
# Here your layers work on a drawing. It is pooled in two ways to a sixteenth of its pixels and enlarged again by a
# transposed convolution whose stamps look like little tents; the last two panels show its edges with dilation 1 and 4.

# %%
rows, columns = np.mgrid[0:72, 0:96]
picture = 0.75 - rows / 200.0
picture[(rows - 16) ** 2 + (columns - 76) ** 2 < 90] = 1.0
picture[(rows > 34) & (rows < 62) & (columns > 18) & (columns < 58)] = 0.45
picture[(rows > 14) & (rows <= 34) & (np.abs(columns - 38) < rows - 13)] = 0.2
picture[(rows > 44) & (rows < 62) & (columns > 32) & (columns < 42)] = 0.1
picture[rows >= 62] = 0.3
x, none = picture[None, None], np.zeros(1)
tent = 1 - np.abs(np.arange(8) - 3.5) / 4  # what bilinear enlargement by 4 uses
tents = np.outer(tent, tent)[None, None]
edge = np.array([[1.0, 0.0, -1.0], [2.0, 0.0, -2.0], [1.0, 0.0, -1.0]])[None, None]


def enlarged():
    y, _ = avgpool2d_forward(x, 4)
    return conv2d_transpose_forward(y, tents, none, stride=4, padding=2)


panels = {
    "the image": lambda: (x, None),
    "max pooling": lambda: maxpool2d_forward(x, 4),
    "average pooling": lambda: avgpool2d_forward(x, 4),
    "enlarged again": enlarged,
    "edges": lambda: dilated_conv_forward(x, edge, none, dilation=1),
    "edges, dilation 4": lambda: dilated_conv_forward(x, edge, none, dilation=4),
}
fig, axes = plt.subplots(2, 3, figsize=(7.5, 4), layout="constrained")
for axis, (name, panel) in zip(axes.flat, panels.items(), strict=True):
    axis.axis("off")
    try:
        y, _ = panel()
        limits = {} if name.startswith("edges") else {"vmin": 0, "vmax": 1}
        axis.imshow(y[0, 0], cmap="gray", **limits)
        axis.set_title(f"{name}, {y.shape[2]} by {y.shape[3]}", fontsize="small")
    except Exception as fault:
        unfinished = isinstance(fault, NotImplementedError)
        text = "not written yet" if unfinished else f"stopped: {type(fault).__name__}"
        axis.set_title(f"{name}: {text}", fontsize="small")
figure.show(fig, alt="A drawn house, then pooled in two ways, enlarged again, and its edges, thin and wide.")

# %% [markdown]
# **To remember.** Max pooling passes a gradient to the winner, average pooling shares it, and both add up where windows
# overlap. Dilation widens the view; a stride multiplies it for all later layers. A transposed convolution is the
# gradient of a convolution, and vice versa. Splitting a convolution into depthwise and pointwise saves a factor of
# nearly $k^2$.
#
# Before you hand in: `check.progress()` shows what is still open, and `check.preflight()` tells you whether the
# notebook runs from top to bottom.
