# %% [markdown]
# # Assignment 8 · Normalization
#
# **What you build.** Batch norm with its three lives (training, inference, running statistics) and its famous
# backward pass; its form for images; layer, instance and group norm; weight standardization; and the fold that makes
# batch norm disappear.
#
# **Follows** lecture 9, *Normalization*. **Time** about five hours. **Points** 150, more than any other assignment:
# batch norm is where most bugs of this course live.
#
# **How it works.** Replace each `raise NotImplementedError` by your code, then run the check below it, as often as
# you like. `check.hint("groupnorm_forward")` gives one hint at a time. What a docstring says under *Raises* is a
# courtesy of the course's own version, and yours does not have to check its inputs, but for one case in exercise 7.
#
# **What grading adds.** Other numbers of the same kinds, and nothing else: the points that you see are the points
# that you get. Where float32 goes in, float32 comes out; that is a tenth of such an exercise, and a part of its own.
#
# **No part waits for an earlier one.** A backward pass receives the cache of *your* forward pass: keep in it what will
# be needed, and nowhere else, for other layers run in between. Where an earlier pair would help, call it through `own`,
# which is defined below: `own.layernorm_forward` and `own.layernorm_backward` are yours as soon as both are right, and
# given ones until then.
#
# **Conventions.** Variances are biased: the plain mean of the squares. eps stands under the root. `scale` and `shift`
# are the learned γ and β, one number for each feature or channel. alpha weighs the *old* running value (PyTorch's
# momentum is 1 − alpha). float32 stays float32, in the running statistics too, and no input is changed.

# %% role="setup" id="setup"
import matplotlib.pyplot as plt
import numpy as np

from classroom import check, figure

check.open("normalization")

# %% [markdown]
# This gives you `own.batchnorm_forward`, `own.layernorm_forward` and their backward passes. Run a cell that says `own`,
# and it tells you which of them are yours by now.

# %% role="given" id="own"
own = check.own(globals())

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
# The running mean starts at 0, the running variance at 1: that is what `running=None` means, in training and at
# inference. Worked numbers: a feature with values 1, 3, 2 has mean 2 and variance 2/3; $\hat x$ is −1.22, 1.22, 0.
# After this first batch, with alpha 0.9, the running mean is 0.2 and the running variance 0.9 + 0.0667.
#
# Return three things: `y`, a cache for the backward pass, and the running pair (mean, var).

# %% role="answer" id="batchnorm_forward"
from solutions.normalization import batchnorm_forward

# %% role="check" id="batchnorm_forward" points=20
check("batchnorm_forward", batchnorm_forward)

# %% [markdown]
# ## 2 · Batch norm, backward (20 points)
#
# In training the mean and the variance are functions of $x$, so $x$ reaches $y$ on three ways, and the gradient comes
# back on three.
#
# ```text
#   x ──┬──────────────────►( x − μ )/ √(σ² + ε) ──► x̂ ──► y
#       ├──► μ ─────────────────┘        │
#       └──► σ² ─────────────────────────┘
# ```
#
# With $g = \text{grad\_y} \cdot \text{scale}$, the gradient at $\hat x$, the three ways add up to
#
# $$\text{grad\_x} = \frac{g}{\sqrt{\sigma^2 + \varepsilon}} + \frac{1}{N} \frac{\partial L}{\partial \mu} +
# \frac{2 (x - \mu)}{N} \frac{\partial L}{\partial \sigma^2}$$
#
# and the two derivatives of $L$ are yours to find. Two tests for your paper: if you add 1 to a whole column of $x$,
# nothing happens, so each column of grad_x sums to 0. If you double a column around its mean, almost nothing happens,
# so grad_x is nearly at right angles to $\hat x$. Worked numbers: the feature 1, 3, 2 with scale 1 and upstream
# gradient 1, 0, 0 has grad_x 0.204, 0.204, −0.408.
#
# After a forward pass with `training=False` mean and variance were given numbers, which do not depend on $x$. Then
# only the direct way is left; let the cache remember which of the two it was (2 of the 20 points).

# %% role="answer" id="batchnorm_backward"
from solutions.normalization import batchnorm_backward

# %% role="check" id="batchnorm_backward" points=20
check("batchnorm_backward", batchnorm_backward)

# %% [markdown]
# ## 3 · The same in one formula (10 points)
#
# Sort the three ways, and most of it cancels. What is left fits in one line: from grad_y take away its mean over the
# batch, and its part along $\hat x$, which is $\hat x$ times the mean of $\text{grad\_y} \cdot \hat x$; then multiply
# by scale · factor, with factor $= 1 / \sqrt{\sigma^2 + \varepsilon}$. Here you are given everything that it needs, so
# there is no cache.

# %% role="answer" id="batchnorm_grad_x"
from solutions.normalization import batchnorm_grad_x

# %% role="check" id="batchnorm_grad_x" points=10
check("batchnorm_grad_x", batchnorm_grad_x)

# %% [markdown]
# ## 4 · Batch norm of images (15 points)
#
# A convolution treats every place of a map alike, so batch norm should too: one mean and one variance for each
# channel, over all images and all pixels. Every pixel counts as one example, and what was $N$ is now $N \cdot H \cdot
# W$. Worked numbers: a batch (32, 16, 8, 8) gives 16 means, each over 32 · 64 = 2048 numbers. So it is
# `own.batchnorm_forward` of the pixels as rows, $(N \cdot H \cdot W, C)$; code written from scratch is as welcome.

# %% role="answer" id="spatial_batchnorm"
from solutions.normalization import spatial_batchnorm_backward, spatial_batchnorm_forward

# %% role="check" id="spatial_batchnorm_forward" points=8
check("spatial_batchnorm_forward", spatial_batchnorm_forward)

# %% role="check" id="spatial_batchnorm_backward" points=7
check("spatial_batchnorm_backward", spatial_batchnorm_backward)

# %% [markdown]
# ## 5 · Layer norm (15 points)
#
# Batch norm depends on who else is in the batch. Layer norm does not: each example has its own mean and variance,
# over all its numbers. For (N, D) that is a row, for images all channels and pixels. scale and shift are one number
# for each feature, or for each channel.
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
# Each channel of each image on its own: what remains is the pattern, without brightness and contrast. It came from
# style transfer. For images only; N · C means, each over H · W numbers. If every map is an example, (N · C, 1, H, W),
# `own.layernorm_forward` normalizes them, with a scale of 1 and a shift of 0; what is left are the scale and the shift
# of the channels. Here too, code written from scratch is as welcome.

# %% role="answer" id="instancenorm"
from solutions.normalization import instancenorm_backward, instancenorm_forward

# %% role="check" id="instancenorm_forward" points=5
check("instancenorm_forward", instancenorm_forward)

# %% role="check" id="instancenorm_backward" points=5
check("instancenorm_backward", instancenorm_backward)

# %% [markdown]
# ## 7 · Group norm (20 points)
#
# The channels of an image in `groups` equal parts, neighbours together, each part with its own mean and variance.
#
# ```text
#   6 channels      0 1 2 3 4 5
#   1 group         └─────────┘     layer norm
#   3 groups        └─┘ └─┘ └─┘
#   6 groups        │ │ │ │ │ │     instance norm
# ```
#
# When `groups` does not divide the channels, raise a `ValueError`: here the check asks for it, for one point. A group
# can be made an example of layer norm as well, (N · groups, C / groups, H, W).

# %% role="answer" id="groupnorm"
from solutions.normalization import groupnorm_backward, groupnorm_forward

# %% role="check" id="groupnorm_forward" points=10
check("groupnorm_forward", groupnorm_forward)

# %% role="check" id="groupnorm_backward" points=10
check("groupnorm_backward", groupnorm_backward)

# %% [markdown]
# ## 8 · Weight standardization (15 points)
#
# Normalize the weights instead of the signals: each filter (F, the first axis) gets mean 0 and variance 1 over its C
# · kH · kW weights.
#
# $$\hat w_f = \frac{w_f - \mu_f}{\sqrt{\sigma_f^2 + \varepsilon}}$$
#
# There is nothing to learn in it, and it is differentiated through like any norm. A filter is normalized as layer norm
# normalizes an example.

# %% role="answer" id="weight_standardize"
from solutions.normalization import weight_standardize_backward, weight_standardize_forward

# %% role="check" id="weight_standardize_forward" points=7
check("weight_standardize_forward", weight_standardize_forward)

# %% role="check" id="weight_standardize_backward" points=8
check("weight_standardize_backward", weight_standardize_backward)

# %% [markdown]
# ## 9 · Folding (10 points)
#
# At inference batch norm is a multiplication and an addition for each output, and so is the end of the layer before.
# Put one into the other, and batch norm costs nothing. `weight` is (D, M), or filters (F, C, kH, kW); return the new
# weight and the new bias.
#
# Worked numbers: weight 3 and bias 5, then running mean 1, running variance 4, scale 6 and shift 2 (forget eps for
# once). The input 1 becomes 8, and batch norm makes 6 · (8 − 1) / 2 + 2 = 23 of it. Folded, the weight is 9 and the
# bias 14: 23 again.

# %% role="answer" id="fold_batchnorm"
from solutions.normalization import fold_batchnorm

# %% role="check" id="fold_batchnorm" points=10
check("fold_batchnorm", fold_batchnorm)

# %% [markdown]
# ## 10 · Counting (2 points)
#
# Four numbers belong to every channel of a batch norm. How many of them are trained, how many are only remembered
# (buffers)? Return both counts for a layer of `channels` channels.

# %% role="answer" id="batchnorm_param_count"
from solutions.normalization import batchnorm_param_count

# %% role="check" id="batchnorm_param_count" points=2
check("batchnorm_param_count", batchnorm_param_count)

# %% [markdown]
# ## 11 · For history: local response norm (3 points)
#
# AlexNet's norm: each number is divided by the activity of the channels around it, at the same pixel. Of the `size`
# channels around $c$, those count that exist, from $c - \lfloor \text{size}/2 \rfloor$ to $c + \lfloor
# (\text{size}-1)/2 \rfloor$.
#
# $$y_c = x_c \Bigl(k + \alpha \sum_{j \text{ near } c} x_j^2 \Bigr)^{-\beta}$$
#
# Return `y` and a cache; only `y` is asked here.

# %% role="answer" id="local_response_norm"
from solutions.normalization import local_response_norm_forward

# %% role="check" id="local_response_norm" points=3
check("local_response_norm", local_response_norm_forward)

# %% [markdown]
# ## 12 · Bug hunt (5 points)
#
# The batch norm of JAX's `stax` ended like this, until a user read the line and asked: `jax-ml/jax` issue 442
# (February 2019), mended in pull request 443. Find the fault and mend it. The same slip, in another form, stands on a
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
# **Question 1.** The running mean starts at 0, alpha is 0.99. After ten batches whose mean is 5, what is the running
# mean?
#
# - `"a"` 5
# - `"b"` about 4.5
# - `"c"` about 0.5

# %% role="quiz" id="quiz_1"
answer_1 = "c"  # "a", "b" or "c"

# %% role="check" id="quiz_1" points=3
check("quiz_1", answer_1)

# %% [markdown]
# **Question 2.** Your graphics card has room for batches of two images. Which norm does not care?
#
# - `"a"` batch norm
# - `"b"` group norm
# - `"c"` none of them cares

# %% role="quiz" id="quiz_2"
answer_2 = "b"  # "a", "b" or "c"

# %% role="check" id="quiz_2" points=2
check("quiz_2", answer_2)

# %% [markdown]
# ## What you have built
#
# Left, your batch norm at work: a signal through twelve layers of tanh, with and without it. Right, its running mean
# on the way to the truth, for three values of alpha.

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
# And all your norms side by side: four images of six channels, each map with a brightness of its own. A square is the
# mean of one map, rows are images, columns are channels. Who shared a mean? Add the squares up: batch norm brings
# every column to 0, layer norm every row, group norm every row in pieces of two, and instance norm every single
# square.

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
# **To remember.** A norm is defined by who shares a mean. Its backward pass has three terms, and forgetting one still
# trains, a little. Training and inference are two different functions; most bugs live in the gap between them.
#
# Before you hand in: `check.progress()` shows what is still open, and `classroom preflight` in a terminal tells you
# whether the notebook runs from top to bottom.
