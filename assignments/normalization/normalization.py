# %% [markdown]
# # Assignment 8 · Normalization
#
# **What you build.** You write batch norm for training and for inference, with its running statistics and its famous
# backward pass; its form for images; layer, instance and group norm; weight standardization; and the folding that makes
# batch norm disappear.
#
# **Follows** lecture 9, *Normalization*. **Time** about five hours. **Points** 150, more than for any other assignment,
# because most bugs of this course are in batch norm.
#
# **How it works.** Replace each `raise NotImplementedError` with your code, then run the check below it as often as you
# like. When a check has not come back after a minute, nothing can interrupt it: restart the kernel.
# `check.hint("groupnorm_forward")` gives one hint at a time. What a docstring lists under *Raises* describes the
# course's own version; your code does not have to check its inputs, with one exception in exercise 7.
#
# **What grading adds.** Grading runs cases of the same kinds with other numbers, and adds nothing else: the points you
# see are the points you get. Where an input is float32, the output must be float32 too. This is a separate part of such
# an exercise, worth a tenth of its points.
#
# **You can do the exercises in any order.** A backward pass receives the cache of *your* forward pass: put everything
# it needs into the cache and nowhere else, because other layers run in between. Where one of your earlier pairs would
# help, call it; if that pair is the one that is wrong, the check says so.
#
# **Conventions.** Variances are biased: they are the plain mean of the squared deviations. eps is added under the root.
# `scale` and `shift` are the learned γ and β, one number for each feature or channel. alpha is the weight of the *old*
# running value (PyTorch's momentum is 1 − alpha). Float32 stays float32, in the running statistics too, and your
# functions never change their inputs.

# %% role="setup" id="setup"
import matplotlib.pyplot as plt
import numpy as np

from classroom import check, figure

check.open("normalization")

# %% [markdown]
# ## 1 · Batch norm, forward (20 points)
#
# $$\hat x = \frac{x - \mu}{\sqrt{\sigma^2 + \varepsilon}}, \qquad y = \text{scale} \cdot \hat x + \text{shift}$$
#
# ```text
#                 mean and variance used        running statistics returned
#   training      those of this batch           alpha · old + (1 − alpha) · batch
#   inference     the running ones              the same as came in
# ```
#
# The running mean starts at 0 and the running variance at 1: that is what `running=None` means, in training and at
# inference. Worked numbers: a feature with the values 1, 3, 2 has mean 2 and variance 2/3, and $\hat x$ is −1.22, 1.22,
# 0. After this first batch, with alpha 0.9, the running mean is 0.2 and the running variance is 0.9 + 0.0667.
#
# Return three things: `y`, a cache for the backward pass, and the running pair (mean, var).

# %% role="answer" id="batchnorm_forward"
from solutions.normalization import batchnorm_forward

# %% role="check" id="batchnorm_forward" points=20
check("batchnorm_forward", batchnorm_forward)

# %% [markdown]
# ## 2 · Batch norm, backward (20 points)
#
# In training the mean and the variance are functions of $x$, so $x$ reaches $y$ by three routes, and the gradient comes
# back by three routes.
#
# ```text
#   x ──┬──────────────────►( x − μ )/ √(σ² + ε) ──► x̂ ──► y
#       ├──► μ ─────────────────┘        │
#       └──► σ² ─────────────────────────┘
# ```
#
# With $g = \text{grad\_y} \cdot \text{scale}$, the gradient with respect to $\hat x$, the three routes add up to
#
# $$\text{grad\_x} = \frac{g}{\sqrt{\sigma^2 + \varepsilon}} + \frac{1}{N} \frac{\partial L}{\partial \mu} +
# \frac{2 (x - \mu)}{N} \frac{\partial L}{\partial \sigma^2}$$
#
# and you have to find the two derivatives of $L$. You can test your result on paper in two ways. If you add 1 to a
# whole column of $x$, the output does not change, so each column of grad_x sums to 0. If you double the distances of a
# column from its mean, the output hardly changes, so grad_x is nearly orthogonal to $\hat x$. Worked numbers: the
# feature 1, 3, 2 with scale 1 and upstream gradient 1, 0, 0 has grad_x 0.204, 0.204, −0.408.
#
# After a forward pass with `training=False` the mean and the variance were given numbers that do not depend on $x$.
# Then only the direct route is left; let the cache remember which mode it was (2 of the 20 points).

# %% role="answer" id="batchnorm_backward"
from solutions.normalization import batchnorm_backward

# %% role="check" id="batchnorm_backward" points=20
check("batchnorm_backward", batchnorm_backward)

# %% [markdown]
# ## 3 · The same in one formula (10 points)
#
# When you collect the terms of the three routes, most of them cancel. What is left fits in one line: subtract from
# grad_y its mean over the batch and its part along $\hat x$, which is $\hat x$ times the mean of $\text{grad\_y} \cdot
# \hat x$; then multiply by scale · factor, with factor $= 1 / \sqrt{\sigma^2 + \varepsilon}$. Here you are given
# everything that the formula needs, so there is no cache.

# %% role="answer" id="batchnorm_grad_x"
from solutions.normalization import batchnorm_grad_x

# %% role="check" id="batchnorm_grad_x" points=10
check("batchnorm_grad_x", batchnorm_grad_x)

# %% [markdown]
# ## 4 · Batch norm of images (15 points)
#
# A convolution treats all positions of a map alike, so batch norm should too: there is one mean and one variance for
# each channel, over all images and all pixels. Every pixel counts as one example, and what was $N$ is now $N \cdot H
# \cdot W$. Worked numbers: a batch (32, 16, 8, 8) gives 16 means, each over 32 · 64 = 2048 numbers. So this is batch
# norm with the pixels as rows, $(N \cdot H \cdot W, C)$; you may use your functions or write it from scratch.

# %% role="answer" id="spatial_batchnorm"
from solutions.normalization import spatial_batchnorm_backward, spatial_batchnorm_forward

# %% role="check" id="spatial_batchnorm_forward" points=8
check("spatial_batchnorm_forward", spatial_batchnorm_forward)

# %% role="check" id="spatial_batchnorm_backward" points=7
check("spatial_batchnorm_backward", spatial_batchnorm_backward)

# %% [markdown]
# ## 5 · Layer norm (15 points)
#
# Batch norm depends on what else is in the batch. Layer norm does not: each example has its own mean and variance, over
# all its numbers. For (N, D) these are the numbers of a row, for images those of all channels and pixels. scale and
# shift have one number for each feature, or for each channel.
#
# ```text
#   who shares a mean?    batch norm      one channel of all images
#                         layer norm      all channels of one image
#                         instance norm   one channel of one image
#                         group norm      a few channels of one image
# ```

# %% role="answer" id="layernorm"
from solutions.normalization import layernorm_backward, layernorm_forward

# %% role="check" id="layernorm_forward" points=7
check("layernorm_forward", layernorm_forward)

# %% role="check" id="layernorm_backward" points=8
check("layernorm_backward", layernorm_backward)

# %% [markdown]
# ## 6 · Instance norm (10 points)
#
# Instance norm normalizes each channel of each image on its own: what remains is the pattern, without brightness and
# contrast. It was invented for style transfer and is defined for images only. There are N · C means, each over H · W
# numbers. If you make every map an example, (N · C, 1, H, W), your layer norm can normalize them, with a scale of 1 and
# a shift of 0; then only the scale and the shift of the channels are left to do. You may also write it from scratch.

# %% role="answer" id="instancenorm"
from solutions.normalization import instancenorm_backward, instancenorm_forward

# %% role="check" id="instancenorm_forward" points=5
check("instancenorm_forward", instancenorm_forward)

# %% role="check" id="instancenorm_backward" points=5
check("instancenorm_backward", instancenorm_backward)

# %% [markdown]
# ## 7 · Group norm (20 points)
#
# Group norm divides the channels of an image into `groups` equal parts of neighbouring channels, and each part has its
# own mean and variance.
#
# ```text
#   6 channels      0 1 2 3 4 5
#   1 group         └─────────┘     layer norm
#   3 groups        └─┘ └─┘ └─┘
#   6 groups        │ │ │ │ │ │     instance norm
# ```
#
# When the number of channels is not divisible by `groups`, raise a `ValueError`; here the check does ask for that, for
# one point. You can use layer norm here too, with each group as an example: (N · groups, C / groups, H, W).

# %% role="answer" id="groupnorm"
from solutions.normalization import groupnorm_backward, groupnorm_forward

# %% role="check" id="groupnorm_forward" points=10
check("groupnorm_forward", groupnorm_forward)

# %% role="check" id="groupnorm_backward" points=10
check("groupnorm_backward", groupnorm_backward)

# %% [markdown]
# ## 8 · Weight standardization (15 points)
#
# Weight standardization normalizes the weights instead of the signals: each filter (F is the first axis) gets mean 0
# and variance 1 over its C · kH · kW weights.
#
# $$\hat w_f = \frac{w_f - \mu_f}{\sqrt{\sigma_f^2 + \varepsilon}}$$
#
# It has no parameters to learn, and gradients pass through it as through any norm. A filter is normalized just as layer
# norm normalizes an example.

# %% role="answer" id="weight_standardize"
from solutions.normalization import weight_standardize_backward, weight_standardize_forward

# %% role="check" id="weight_standardize_forward" points=7
check("weight_standardize_forward", weight_standardize_forward)

# %% role="check" id="weight_standardize_backward" points=8
check("weight_standardize_backward", weight_standardize_backward)

# %% [markdown]
# ## 9 · Folding (10 points)
#
# At inference batch norm multiplies each output by one number and adds another. The layer before it can do both: fold
# the factor into its weight and the rest into its bias, and batch norm costs nothing. `weight` is (D, M), or filters
# (F, C, kH, kW); return the new weight and the new bias.
#
# Worked numbers: let the weight be 3 and the bias 5, then the running mean 1, the running variance 4, the scale 6 and
# the shift 2 (ignore eps here). The input 1 becomes 8, and batch norm turns it into 6 · (8 − 1) / 2 + 2 = 23. The
# folded weight is 9 and the folded bias 14, which gives 23 again.

# %% role="answer" id="fold_batchnorm"
from solutions.normalization import fold_batchnorm

# %% role="check" id="fold_batchnorm" points=10
check("fold_batchnorm", fold_batchnorm)

# %% [markdown]
# ## 10 · Counting (2 points)
#
# Every channel of a batch norm has four numbers. How many of them are trained, and how many are only stored (buffers)?
# Return both counts for a layer of `channels` channels.

# %% role="answer" id="batchnorm_param_count"
from solutions.normalization import batchnorm_param_count

# %% role="check" id="batchnorm_param_count" points=2
check("batchnorm_param_count", batchnorm_param_count)

# %% [markdown]
# ## 11 · For history: local response norm (3 points)
#
# This is AlexNet's norm: each number is divided by a measure of the activity of the neighbouring channels at the same
# pixel. The sum runs over the `size` channels around $c$, from $c - \lfloor \text{size}/2 \rfloor$ to $c + \lfloor
# (\text{size}-1)/2 \rfloor$, as far as they exist.
#
# $$y_c = x_c \Bigl(k + \alpha \sum_{j \text{ near } c} x_j^2 \Bigr)^{-\beta}$$
#
# Return `y` and a cache; only `y` is checked here.

# %% role="answer" id="local_response_norm"
from solutions.normalization import local_response_norm_forward

# %% role="check" id="local_response_norm" points=3
check("local_response_norm", local_response_norm_forward)

# %% [markdown]
# ## 12 · Bug hunt (5 points)
#
# The batch norm of JAX's `stax` ended like this, until a user read the line and asked about it (`jax-ml/jax` issue 442
# of February 2019, fixed by pull request 443). Find the bug and fix it. The same mistake, in another form, is on a
# slide of one of this course's sources.


# %% role="hunt" id="hunt_standardize"
def hunt_standardize(x, eps):
    """Return x (N, D) with mean 0 and standard deviation 1 in each column."""
    mean = x.mean(axis=0)
    var = ((x - mean) ** 2).mean(axis=0)
    return (x - mean) / np.square(var + eps)


# %% role="check" id="hunt_standardize" points=5
check("hunt_standardize", hunt_standardize)

# %% [markdown]
# ## 13 · Questions (5 points)
#
# **Question 1.** The running mean starts at 0, and alpha is 0.99. What is the running mean after ten batches whose mean
# is 5?
#
# - `"a"` 5
# - `"b"` about 4.5
# - `"c"` about 0.5

# %% role="quiz" id="quiz_1"
answer_1 = "c"  # "a", "b" or "c"

# %% role="check" id="quiz_1" points=3
check("quiz_1", answer_1)

# %% [markdown]
# **Question 2.** Your graphics card has room for batches of only two images. Which norm gives the same results as with
# large batches?
#
# - `"a"` batch norm
# - `"b"` group norm
# - `"c"` both

# %% role="quiz" id="quiz_2"
answer_2 = "b"  # "a", "b" or "c"

# %% role="check" id="quiz_2" points=2
check("quiz_2", answer_2)

# %% [markdown]
# ## What you have built
#
# The left panel shows your batch norm at work: a signal passes through twelve tanh layers, with and without it. The
# right panel shows how the running mean approaches the true mean, for three values of alpha.

# %%
fig, (left, right) = plt.subplots(1, 2, figsize=(8, 3.2), layout="constrained")
ones, zeros = np.ones(100), np.zeros(100)
for name, norm in (("without", False), ("with batch norm", True)):
    rng = np.random.default_rng(0)
    x, spreads = rng.normal(size=(200, 100)), []
    try:
        for _ in range(12):
            z = x @ rng.normal(0, 0.03, (100, 100))
            x = np.tanh(batchnorm_forward(z, ones, zeros, None, training=True)[0] if norm else z)
            spreads.append(x.std())
        left.semilogy(range(1, 13), spreads, "o-", markersize=3, label=name)
    except Exception as fault:
        left.set_title(f"batch norm: to come ({type(fault).__name__})", fontsize="small")
left.set(xlabel="layer", ylabel="standard deviation")
left.legend(fontsize="small")
for alpha in (0.9, 0.97, 0.99):
    rng, running, means = np.random.default_rng(1), None, []
    try:
        for _ in range(150):
            data = rng.normal(5, 2, (32, 1))
            _, _, running = batchnorm_forward(data, ones[:1], zeros[:1], running, training=True, alpha=alpha)
            means.append(float(running[0][0]))
        right.plot(means, label=f"alpha {alpha}")
        right.legend(fontsize="small")
    except Exception as fault:
        right.set_title(f"the running mean: to come ({type(fault).__name__})", fontsize="small")
right.axhline(5, color="grey", linestyle=":")
right.set(xlabel="batch", ylabel="running mean")
figure.show(fig, alt="Left, spread per layer, falling without batch norm; right, running means climbing to 5.")

# %% [markdown]
# The next figure shows all your norms side by side, on four images of six channels in which each map has a different
# brightness. A square is the mean of one map; rows are images, and columns are channels. Which maps shared a mean? Add
# up the squares: batch norm brings the sum of every column to 0, layer norm that of every row, group norm that of every
# pair of neighbours in a row, and instance norm every single square.

# %%
rng = np.random.default_rng(2)
images = rng.normal(size=(4, 6, 8, 8)) + rng.normal(0, 2, (4, 6, 1, 1))
one, zero = np.ones(6), np.zeros(6)
norms = {
    "input": lambda x: x,
    "batch norm": lambda x: spatial_batchnorm_forward(x, one, zero, None, training=True)[0],
    "layer norm": lambda x: layernorm_forward(x, one, zero)[0],
    "group norm, 3": lambda x: groupnorm_forward(x, one, zero, 3)[0],
    "instance norm": lambda x: instancenorm_forward(x, one, zero)[0],
}
fig, axes = plt.subplots(1, 5, figsize=(8.5, 1.9), layout="constrained")
for axis, (name, norm) in zip(axes, norms.items(), strict=True):
    axis.set_title(name, fontsize="small")
    axis.set(xticks=[], yticks=[])
    try:
        shown = axis.imshow(norm(images).mean(axis=(2, 3)), cmap="RdBu_r", vmin=-2, vmax=2, aspect="auto")
    except Exception as fault:
        axis.set_title(f"{name}: to come\n({type(fault).__name__})", fontsize="x-small")
axes[0].set(xlabel="6 channels", ylabel="4 images")
fig.colorbar(shown, ax=axes, label="mean of a map", pad=0.01)
figure.show(
    fig, alt="Five grids of image means: input uneven; norms zero by column, row, part of a row, or everywhere."
)

# %% [markdown]
# **To remember.** A norm is defined by which numbers share a mean. Its backward pass has three terms, and a network in
# which one of them is missing still learns a little. Training and inference are two different functions; most bugs are
# in the gap between them.
#
# Before you hand in: `check.progress()` shows what is still open, and `check.preflight()` tells you whether the
# notebook runs from top to bottom.
