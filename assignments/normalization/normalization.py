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
# **How it works.** Replace each `raise NotImplementedError` by your code, then run the check below it. The exercises
# do not depend on each other, except that a backward pass receives the cache of *your* forward pass.
#
# **Conventions.** Variances are biased: the plain mean of the squares. eps stands under the root. `scale` and `shift`
# are the learned γ and β, one number for each feature or channel. alpha weighs the *old* running value (PyTorch's
# momentum is 1 − alpha).

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
# The running mean starts at 0, the running variance at 1 (`running=None`). Worked numbers: a feature with values 1,
# 3, 2 has mean 2 and variance 2/3; $\hat x$ is −1.22, 1.22, 0. After this first batch, with alpha 0.9, the running
# mean is 0.2 and the running variance 0.9 + 0.0667.
#
# Return three things: `y`, a cache for the backward pass, and the running pair (mean, var).

# %% role="answer" id="batchnorm_forward"
from solutions.plain_batchnorm import batchnorm_forward

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
# Two tests for your paper: if you add 1 to a whole column of $x$, nothing happens, so each column of grad_x sums to
# 0. If you double a column around its mean, almost nothing happens, so grad_x is at right angles to $\hat x$.

# %% role="answer" id="batchnorm_backward"
from solutions.plain_batchnorm import batchnorm_backward

# %% role="check" id="batchnorm_backward" points=20
check("batchnorm_backward", batchnorm_backward)

# %% [markdown]
# ## 3 · The same in one formula (10 points)
#
# Sort the three ways, and most of it cancels. What is left fits in one line: from grad_y take away its mean over the
# batch, and its part along $\hat x$; then multiply by scale / √(σ² + ε). Here you are given everything that it needs,
# so there is no cache.

# %% role="answer" id="batchnorm_grad_x"
from solutions.batchnorm import batchnorm_grad_x

# %% role="check" id="batchnorm_grad_x" points=10
check("batchnorm_grad_x", batchnorm_grad_x)

# %% [markdown]
# ## 4 · Batch norm of images (15 points)
#
# A convolution treats every place of a map alike, so batch norm should too: one mean and one variance for each
# channel, over all images and all pixels. Every pixel counts as one example.

# %% role="answer" id="spatial_batchnorm"
from solutions.plain_batchnorm import spatial_batchnorm_backward, spatial_batchnorm_forward

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
# Each channel of each image on its own: what remains is the pattern, without the contrast. It came from style
# transfer.

# %% role="answer" id="instancenorm"
from solutions.normalization import instancenorm_backward, instancenorm_forward

# %% role="check" id="instancenorm_forward" points=5
check("instancenorm_forward", instancenorm_forward)

# %% role="check" id="instancenorm_backward" points=5
check("instancenorm_backward", instancenorm_backward)

# %% [markdown]
# ## 7 · Group norm (20 points)
#
# The channels of an image in `groups` equal parts, neighbours together, each part with its own mean and variance. One
# group is layer norm, as many groups as channels is instance norm. When groups does not divide the channels, raise a
# `ValueError`.

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
# · kH · kW weights. There is nothing to learn in it, and it is differentiated through like any norm.

# %% role="answer" id="weight_standardize"
from solutions.weight_standardization import weight_standardize_backward, weight_standardize_forward

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

# %% role="answer" id="fold_batchnorm"
from solutions.batchnorm import fold_batchnorm

# %% role="check" id="fold_batchnorm" points=10
check("fold_batchnorm", fold_batchnorm)

# %% [markdown]
# ## 10 · Counting (2 points)
#
# Four numbers belong to every channel of a batch norm. How many of them are trained, how many are only remembered
# (buffers)? Return both counts for a layer of `channels` channels.

# %% role="answer" id="batchnorm_param_count"
from solutions.batchnorm import batchnorm_param_count

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
# The first batch norm of JAX's `stax` trained, a little. A user read the line and asked: `jax-ml/jax` issue 442
# (2019), mended in 443. Find the fault and mend it. The same slip, in another form, stands on a slide of one of this
# course's sources.


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
answer_1 = None  # "a", "b" or "c"
### BEGIN SOLUTION
answer_1 = "c"
### END SOLUTION

# %% role="check" id="quiz_1" points=3
check("quiz_1", answer_1)

# %% [markdown]
# **Question 2.** Your graphics card has room for batches of two images. Which norm does not care?
#
# - `"a"` batch norm
# - `"b"` group norm
# - `"c"` none of them cares

# %% role="quiz" id="quiz_2"
answer_2 = None  # "a", "b" or "c"
### BEGIN SOLUTION
answer_2 = "b"
### END SOLUTION

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
            if norm:
                z, _, _ = batchnorm_forward(z, ones, zeros, None, training=True)
            x = np.tanh(z)
            spreads.append(x.std())
        left.semilogy(range(1, 13), spreads, "o-", markersize=3, label=name)
    except NotImplementedError:
        left.set_title("batch norm is not written yet", fontsize="medium")
left.set(xlabel="layer", ylabel="standard deviation")
left.legend(fontsize="small")
try:
    for alpha in (0.9, 0.97, 0.99):
        rng, running, means = np.random.default_rng(1), None, []
        for _ in range(150):
            data = rng.normal(5, 2, (32, 1))
            _, _, running = batchnorm_forward(data, ones[:1], zeros[:1], running, training=True, alpha=alpha)
            means.append(running[0][0])
        right.plot(means, label=f"alpha {alpha}")
    right.axhline(5, color="grey", linestyle=":")
    right.legend(fontsize="small")
except NotImplementedError:
    right.set_title("batch norm is not written yet", fontsize="medium")
right.set(xlabel="batch", ylabel="running mean")
figure.show(fig, alt="Left, spread per layer, falling without batch norm; right, running means climbing to 5.")

# %% [markdown]
# **To remember.** A norm is defined by who shares a mean. Its backward pass has three terms, and forgetting one still
# trains, a little. Training and inference are two different functions; most bugs live in the gap between them.
#
# Before you hand in: `check.progress()` shows what is still open, and `classroom preflight` in a terminal tells you
# whether the notebook runs from top to bottom.
