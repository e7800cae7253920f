# %% [markdown]
# # Assignment 4 · Convolution
#
# **What you build.** This is the layer that made networks see. You first compute its sizes, then write the convolution
# with loops, forward and backward, then as one matrix product that is at least ten times as fast, and finally as a
# matrix that you can print.
#
# **Follows** lecture 5, *Convolution*. **Time** about five hours. **Points** 140.
#
# **How it works.** Replace each `raise NotImplementedError` with your code, then run the check below it as often as you
# like. When a check has not come back after a minute, nothing can interrupt it: restart the kernel.
# `check.hint("im2col")` gives one hint at a time, and `check.progress()` shows how far you are. What a docstring lists
# under *Raises* describes the course's own version; your code does not have to check its inputs.
#
# **What grading adds.** Grading runs cases of the same kinds with other numbers, and adds nothing else: the points you
# see are the points you get. Where an input is float32, the output must be float32 too. This is a separate part of such
# an exercise, worth a tenth of its points.
#
# **You can do the exercises in any order.** Where one of your earlier functions would help, call it; if that function
# is the one that is wrong, the check says so. A backward pass receives the cache of your own forward pass, and loses no
# points for a mistake in y.
#
# **Conventions.** Images are (N, C, H, W): N images, C channels, H rows, W columns. Weights are (F, C, kH, kW): F
# filters, each as deep as the image. As in every framework the kernel is *not* flipped before it slides, so strictly
# speaking this is a cross-correlation. Float32 stays float32, and your functions never change their inputs.

# %% role="setup" id="setup"
import time

import matplotlib.pyplot as plt
import numpy as np

from classroom import check, figure

check.open("convolution")

# %% [markdown]
# Where a docstring says "int or (height, width)", both must work. The function below takes care of that: `h, w =
# pair(stride)`.


# %% role="given" id="pair"
def pair(value):
    """Write 3 as (3, 3), and leave (3, 2) as it is."""
    return (value, value) if np.ndim(value) == 0 else tuple(value)


# %% [markdown]
# ## 1 · How large is the output? (5 points)
#
# A kernel of $k$ pixels slides along $i$ pixels with $p$ zeros at each end. It starts at 0 and moves by $s$. With
# dilation $d$ its pixels are $d$ apart, so it covers $d(k - 1) + 1$ of them. A window that does not fit completely is
# left out:
#
# $$o = \left\lfloor \frac{i + 2p - d(k - 1) - 1}{s} \right\rfloor + 1$$
#
# Worked number: let $i = 7$, $k = 3$ and $s = 2$, without padding. The windows start at 0, 2 and 4, so $o = \lfloor 4/2
# \rfloor + 1 = 3$. With $i = 8$ it is 3 again, and no window covers the last pixel.
#
# ```text
#   ┌───┬───┬───┬───┬───┬───┬───┐
#   │ 0 │ 1 │ 2 │ 3 │ 4 │ 5 │ 6 │
#   └───┴───┴───┴───┴───┴───┴───┘
#     └───────┘ 1     └───────┘ 3
#             └───────┘ 2
# ```

# %% role="answer" id="conv_output_size"
from solutions.geometry import conv_output_size

# %% role="check" id="conv_output_size" points=5
check("conv_output_size", conv_output_size)

# %% [markdown]
# ## 2 · How many numbers are learned? (5 points)
#
# A filter has one weight for each pixel of its kernel in each input channel, and one bias. The size of the image does
# not matter, because every position shares the same weights. Worked number: six filters of 5 by 5 on a colour image
# have $6 \cdot (5 \cdot 5 \cdot 3 + 1) = 456$ parameters. A fully connected layer with as many outputs, on an image of
# 32 by 32, has more than 14 million.

# %% role="answer" id="conv2d_param_count"
from solutions.geometry import conv2d_param_count

# %% role="check" id="conv2d_param_count" points=5
check("conv2d_param_count", conv2d_param_count)

# %% [markdown]
# ## 3 · A frame of zeros (5 points)
#
# ```text
#                      0 0 0 0 0
#   1 2 3   padding 1  0 1 2 3 0
#   4 5 6  ─────────►  0 4 5 6 0
#                      0 0 0 0 0
# ```
#
# The frame goes around the last two axes only, on all four sides.

# %% role="answer" id="pad2d"
from solutions.convolution import pad2d

# %% role="check" id="pad2d" points=5
check("pad2d", pad2d)

# %% [markdown]
# ## 4 · Convolution, forward (20 points)
#
# To compute one output, lay the filter on a window of the padded image, multiply entry by entry, add everything up over
# all channels, and add the bias. Then move the window.
#
# $$y_{nfij} = b_f + \sum_{c,u,v} x^{\text{padded}}_{n,\,c,\,is+u,\,js+v}\; w_{fcuv}$$
#
# Worked number: the image is `[[1, 2, 0, -1], [3, -2, 1, 4]]`, the kernel `[[1, -2]]` and the bias 0.5. The first
# window is `[1, 2]`, so the first output is $1 \cdot 1 + 2 \cdot (-2) + 0.5 = -2.5$.
#
# Loops are fine here. The cache is yours: put everything the backward pass needs into it and nowhere else, because
# other layers run in between.

# %% role="answer" id="conv2d"
from solutions.convolution import conv2d_backward, conv2d_forward

# %% role="check" id="conv2d_forward" points=20
check("conv2d_forward", conv2d_forward)

# %% [markdown]
# ## 5 · Convolution, backward (35 points)
#
# You need no new formula, only patience. An output is a sum of products *pixel times weight*. So in the backward pass
#
# - each **pixel** gets, from every output that it entered, `grad_y` there times the weight that it met,
# - each **weight** gets, from every output of its filter, `grad_y` there times the pixel that it met,
# - each **bias** gets `grad_y` from every output of its map.
#
# ```text
#   forward                                backward
#   window ──► Σ window · w[f] ──► y       window of grad_x  +=  grad_y · w[f]
#                                          grad_weight[f]    +=  grad_y · window
# ```
#
# Windows overlap, hence the `+=`. The gradient of the padded image is larger than x, so cut off the frame at the end.
# The check also moves the inputs a little and measures how y changes: your gradients have to agree with that.

# %% role="check" id="conv2d_backward" points=35
check("conv2d_backward", conv2d_backward)

# %% [markdown]
# ## 6 · im2col and col2im (25 points)
#
# Loops in Python are slow, while one large matrix product is fast. **im2col** copies every window into a row, in the
# order channel, row, column:
#
# ```text
#   0  1  2  3      kernel 2     0 1 4 5  │ 1 2 5 6  │ 2 3 6 7
#   4  5  6  7     ─────────►    4 5 8 9  │ 5 6 9 10 │ 6 7 10 11
#   8  9 10 11                   shape (1, 2, 3, 4): two rows of windows, three columns, four numbers each
# ```
#
# **col2im** is its transpose: it takes numbers of that shape and adds each one to the pixel that it was copied from.
# What was copied in the forward direction is added in the backward direction. It is *not* the inverse: in the drawing,
# pixel 5 occurs in four rows, so `col2im(im2col(x))` is 20 there.
#
# One can test that it is the transpose without knowing a single right result: for all `x` and `g`, $\sum
# \text{im2col}(x) \cdot g = \sum x \cdot \text{col2im}(g)$. The check does this.

# %% role="answer" id="im2col"
from solutions.convolution import im2col

# %% role="check" id="im2col" points=12
check("im2col", im2col)

# %% role="answer" id="col2im"
from solutions.convolution import col2im

# %% role="check" id="col2im" points=13
check("col2im", col2im)

# %% [markdown]
# ## 7 · Convolution as one matrix product (15 points)
#
# A filter written as a row has the same order as a window written as a row. So one matrix product computes all outputs:
#
# ```text
#   cols (N, H', W', C kH kW)  @  weight.reshape(F, -1).T  (C kH kW, F)   ──►   (N, H', W', F)
# ```
#
# The last step moves the filters to axis 1. A `reshape` cannot do that, because it never changes the order of the
# numbers. Your `im2col` returns the rows; `sliding_window_view` and a `reshape` give them too.

# %% role="answer" id="conv2d_im2col"
from solutions.convolution import conv2d_im2col

# %% role="check" id="conv2d_im2col" points=15
check("conv2d_im2col", conv2d_im2col)

# %% [markdown]
# ## 8 · Ten times as fast (10 points)
#
# Now speed counts. The check times your `conv2d_im2col` against a loop that computes the same products one output at a
# time, in the same process and on the same images. Yours may take at most a tenth of that time; the course's own
# version takes less than a hundredth. If your function (or your `im2col`) still has a loop over the outputs, replace it
# now.

# %% role="check" id="conv2d_im2col_speed" points=10
check("conv2d_im2col_speed", conv2d_im2col)

# %% [markdown]
# ## 9 · Convolution as a matrix (10 points)
#
# A convolution is linear, so there is a matrix $M$ for it: `y.ravel() = M @ x.ravel()` for one image, without the bias.
# The matrix has a row for each output and a column for each pixel. For an image of one row, the kernel `[1, 2]` and
# stride 1 it is:
#
# ```text
#       1 2 0 0
#   M = 0 1 2 0     along each diagonal the same number: a Toeplitz matrix
#       0 0 1 2
# ```
#
# Most entries are zero, and the same few weights appear in every row. So you can see the sparse connections and the
# shared weights. `M.T` maps gradients back; it is the *transposed convolution* of the next assignment.

# %% role="answer" id="conv_as_matrix"
from solutions.convolution import conv_as_matrix

# %% role="check" id="conv_as_matrix" points=10
check("conv_as_matrix", conv_as_matrix)

# %% [markdown]
# ## 10 · Bug hunt (5 points)
#
# Caffe, in which many of the first deep networks were trained, tested for the border in its GPU `im2col` like this. All
# its tests used square images, and passed. The bug was fixed in April 2014 by pull request BVLC/caffe #298. Here it is
# in numpy, for one map and stride 1. Find it and fix it.


# %% role="hunt" id="hunt_im2col"
def hunt_im2col(x, kernel, padding):
    """Return all patches of an image x (H, W), zeros beyond its border, as (H', W', kernel, kernel)."""
    height, width = x.shape
    rows, columns = height + 2 * padding - kernel + 1, width + 2 * padding - kernel + 1
    patches = np.zeros((rows, columns, kernel, kernel), x.dtype)
    for i, j, u, v in np.ndindex(patches.shape):
        row, column = i + u - padding, j + v - padding
        if row >= 0 and column >= 0 and row < width and column < height:
            patches[i, j, u, v] = x[row, column]
    return patches


# %% role="check" id="hunt_im2col" points=5
check("hunt_im2col", hunt_im2col)

# %% [markdown]
# ## 11 · Questions (5 points)
#
# **Question 1.** A convolution of 3 by 3 with stride 1 and padding 1 gets images that are twice as high and twice as
# wide. What happens to the number of its weights and to the number of its multiplications?
#
# - `"a"` Both become four times as large.
# - `"b"` The number of weights stays the same; there are four times as many multiplications.
# - `"c"` There are four times as many weights; the number of multiplications stays the same.
# - `"d"` Both stay the same.

# %% role="quiz" id="quiz_1"
answer_1 = "b"  # "a", "b", "c" or "d"

# %% role="check" id="quiz_1" points=2
check("quiz_1", answer_1)

# %% [markdown]
# **Question 2.** What is the price of im2col's speed, with a 3 by 3 kernel and stride 1?
#
# - `"a"` About nine times as many multiplications.
# - `"b"` About nine times the memory of the images.
# - `"c"` Some accuracy, because the numbers are added in another order.
# - `"d"` There is none: the result is a view of the same memory.

# %% role="quiz" id="quiz_2"
answer_2 = "b"  # "a", "b", "c" or "d"

# %% role="check" id="quiz_2" points=3
check("quiz_2", answer_2)

# %% [markdown]
# ## What you have built
#
# Here your convolution works on an image, a house under a sun, with four kernels that people used long before kernels
# were learned.

# %%
rows, columns = np.mgrid[0:72, 0:96]
picture = 0.75 - rows / 200.0
picture[(rows - 16) ** 2 + (columns - 76) ** 2 < 90] = 1.0
picture[(rows > 34) & (rows < 62) & (columns > 18) & (columns < 58)] = 0.45
picture[(rows > 14) & (rows <= 34) & (np.abs(columns - 38) < rows - 13)] = 0.2
picture[(rows > 44) & (rows < 62) & (columns > 32) & (columns < 42)] = 0.1
picture[rows >= 62] = 0.3
kernels = {
    "blur": np.full((5, 5), 1 / 25),
    "edges across": np.array([[1, 2, 1], [0, 0, 0], [-1, -2, -1]]),
    "edges upright": np.array([[1, 0, -1], [2, 0, -2], [1, 0, -1]]),
    "sharper": np.array([[0, -1, 0], [-1, 5, -1], [0, -1, 0]]),
}
fig, axes = plt.subplots(1, 5, figsize=(9, 2), layout="constrained")
axes[0].imshow(picture, cmap="gray", vmin=0, vmax=1)
axes[0].set_title("the image", fontsize="small")
for axis, (name, kernel) in zip(axes[1:], kernels.items(), strict=True):
    try:
        weight, edge = kernel[None, None].astype(float), len(kernel) // 2
        y = conv2d_im2col(picture[None, None], weight, np.zeros(1), padding=edge)
        limits = {} if name.startswith("edges") else {"vmin": 0, "vmax": 1}
        axis.imshow(y[0, 0, edge:-edge, edge:-edge], cmap="gray", **limits)
        axis.set_title(name, fontsize="small")
    except Exception as fault:
        unfinished = isinstance(fault, NotImplementedError)
        text = "not written yet" if unfinished else f"stopped: {type(fault).__name__}"
        axis.set_title(f"{name}\n{text}", fontsize="small")
for axis in axes:
    axis.axis("off")
figure.show(fig, alt="A drawn house under a sun, then the same blurred, its edges both ways, sharpened.")

# %% [markdown]
# The last figure compares the time of your two versions on the same images.

# %%
rng = np.random.default_rng(0)
batch = rng.normal(size=(2, 8, 36, 30)), rng.normal(size=(16, 8, 3, 3)), np.zeros(16)
spent, labels = {}, {}
for name, function in {"with loops": conv2d_forward, "one product": conv2d_im2col}.items():
    try:
        times = []
        for _ in range(3):
            began = time.perf_counter()
            function(*batch, padding=1)
            times.append(1000 * (time.perf_counter() - began))
        spent[name], labels[name] = min(times), f"{min(times):.1f} ms"
    except Exception as fault:
        unfinished = isinstance(fault, NotImplementedError)
        spent[name], labels[name] = 0.0, "not written yet" if unfinished else f"stopped: {type(fault).__name__}"
fig, axis = plt.subplots(figsize=(6, 1.6), layout="constrained")
axis.bar_label(axis.barh(list(spent), list(spent.values())), list(labels.values()), padding=3)
axis.set(xlabel="milliseconds", xlim=(0, 1.3 * max(1, *spent.values())))
figure.show(fig, alt="Two bars: the time of the convolution with loops, and of the one matrix product.")

# %% [markdown]
# **To remember.** An output is a sum of products over a window; in the backward pass every window gets its share back,
# and shares add up where windows overlap. im2col uses more memory to make one large product, and col2im, its transpose,
# adds up what im2col copied. Test with images that are not square: Caffe did not.
#
# Before you hand in: `check.progress()` shows what is still open, and `check.preflight()` tells you whether the
# notebook runs from top to bottom.
