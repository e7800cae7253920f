# %% [markdown]
# # Assignment 9 · Dropout and residual connections
#
# **What you build.** You write two forms of dropout, the sum at the end of a residual branch, a whole residual block,
# and the concatenation of an Inception module.
#
# **Follows** lectures 10, *Dropout*, and 11, *Residual connections*. **Time** about two hours. **Points** 60.
#
# **How it works.** Replace each `raise NotImplementedError` with your code, then run the check below it as often as you
# like. When a check has not come back after a minute, nothing can interrupt it: restart the kernel.
# `check.hint("dropout")` gives one hint at a time. You can do the exercises in any order; only a backward pass depends
# on another part, because it receives the cache of *your* forward pass. Random results are judged by their statistics,
# so you may draw in any order; draw only from the `rng` that you are given, one number for each entry. What a docstring
# lists under *Raises* describes the course's own version; your code does not have to check its inputs.
#
# **What grading adds.** Grading runs cases of the same kinds with other numbers, and adds nothing else: the points you
# see are the points you get. Where an input is float32, the output must be float32 too. This is a separate part of such
# an exercise, worth a tenth of its points.
#
# **Conventions.** `drop` is the probability that an entry becomes zero, everywhere in this course. Some texts call the
# probability of *keeping* an entry *p*, and many dropout bugs begin there. A cache is yours: put everything the
# backward pass needs into it and nowhere else, because other layers run in between. Float32 stays float32, and your
# functions never change their inputs.

# %% role="setup" id="setup"
import matplotlib.pyplot as plt
import numpy as np

from classroom import check, figure

check.open("residual")

# %% [markdown]
# ## 1 · Dropout as first published (12 points)
#
# In training, each entry is set to zero with probability `drop`. At inference nothing is dropped, so the sums would be
# larger than the network has ever seen. Therefore every entry is multiplied by $1 - \text{drop}$.
#
# ```text
#   training    y = x · mask            mask is 0 with probability drop, else 1
#   inference   y = x · (1 − drop)      the mean of the line above
# ```
#
# Worked number: let $x = 2$ and drop $= 0.25$. In training $y$ is 0 or 2, and 1.5 on average. At inference it is always
# 1.5. The gradient is multiplied by the same factor as the signal; an entry that was dropped gets no gradient.

# %% role="answer" id="vanilla_dropout"
from solutions.dropout import vanilla_dropout_backward, vanilla_dropout_forward

# %% role="check" id="vanilla_dropout" points=12
check("vanilla_dropout", vanilla_dropout_forward, vanilla_dropout_backward)

# %% [markdown]
# ## 2 · Inverted dropout (13 points)
#
# Inverted dropout scales in training instead, so that inference needs no extra step: users of the trained network need
# not know that there was dropout.
#
# ```text
#   training    y = x · mask / (1 − drop)
#   inference   y = x
# ```
#
# Worked number: let $x = 2$ and drop $= 0.25$. In training $y$ is 0 or 2.667, and 2 on average. At inference it is 2.

# %% role="answer" id="dropout"
from solutions.dropout import dropout_backward, dropout_forward

# %% role="check" id="dropout" points=13
check("dropout", dropout_forward, dropout_backward)

# %% [markdown]
# ## 3 · The residual sum (15 points)
#
# $$y = s\,(x + F(x))$$
#
# Your function gets $x$ and the output $F(x)$ of the branch. The scale $s$ is 1 in the plain form; $1/\sqrt2$ preserves
# the variance when the two terms are independent and have equal variance. The backward pass gives both terms the same
# gradient. Worked numbers: $x = 1$, $F(x) = 2$ and $s = 0.5$ make $y = 1.5$, and an upstream gradient of 4 gives 2 to
# each term.
#
# ```text
#           ┌────── branch ──────┐
#   x ──────┤                    ├──(+)──(·s)──► y
#           └────────────────────┘
# ```

# %% role="answer" id="residual"
from solutions.residual import residual_backward, residual_forward

# %% role="check" id="residual_forward" points=7
check("residual_forward", residual_forward)

# %% role="check" id="residual_backward" points=8
check("residual_backward", residual_backward)

# %% [markdown]
# ## 4 · A whole block (7 points)
#
# The block of the first ResNet has a branch of convolution, norm, ReLU, convolution, norm; then comes the sum, and then
# a last ReLU. You get the layers as functions, `[conv1, norm1, relu, conv2, norm2]`, so the block does not need to know
# what they do. When the branch changes the number of channels or the resolution, $x$ cannot be added as it is; then
# `projection` $P$ brings it to the right shape. Without a projection, $P(x) = x$.
#
# $$y = \text{ReLU}\bigl(s\,(P(x) + F(x))\bigr)$$
#
# ```text
#        ┌─► conv1 ─► norm1 ─► relu ─► conv2 ─► norm2 ─┐
#   x ───┤                                             ├──(+)──(·s)──► ReLU ──► y
#        └──────────────── projection ─────────────────┘
# ```

# %% role="answer" id="residual_block"
from solutions.residual import residual_block

# %% role="check" id="residual_block" points=7
check("residual_block", residual_block)

# %% [markdown]
# ## 5 · Side by side (3 points)
#
# Inception does not add its branches but concatenates their channels. In the backward pass each branch gets the part of
# the gradient that belongs to its own channels. Worked shapes: (2, 3, 4, 5) and (2, 1, 4, 5) make (2, 4, 4, 5); the
# gradient is split after channel 3.

# %% role="answer" id="concat_channels"
from solutions.residual import concat_channels_backward, concat_channels_forward

# %% role="check" id="concat_channels" points=3
check("concat_channels", concat_channels_forward, concat_channels_backward)

# %% [markdown]
# ## 6 · Bug hunt (5 points)
#
# nanoGPT's fast attention passed its dropout probability on without asking whether the model was training
# (`karpathy/nanoGPT` pull request 240 of 2023, "don't dropout in eval mode"). Anyone who had trained with dropout also
# validated and sampled with it. Below is that step in numpy: the softmax of the scores, then dropout on the attention
# weights. Find the bug and fix it.


# %% role="hunt" id="hunt_attention_dropout"
def hunt_attention_dropout(scores, drop, rng, training):
    """Return the attention weights, softmax over the last axis, with inverted dropout in training."""
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights = weights / weights.sum(axis=-1, keepdims=True)
    if drop > 0:
        weights = weights * (rng.random(weights.shape) >= drop) / (1 - drop)
    return weights


# %% role="check" id="hunt_attention_dropout" points=5
check("hunt_attention_dropout", hunt_attention_dropout)

# %% [markdown]
# ## 7 · Questions (5 points)
#
# **Question 1.** Both forms of dropout give the same mean. Why do frameworks use the inverted one?
#
# - `"a"` Its variance is smaller.
# - `"b"` Inference needs no change and no knowledge of `drop`.
# - `"c"` It drops fewer entries.

# %% role="quiz" id="quiz_1"
answer_1 = "b"  # "a", "b" or "c"

# %% role="check" id="quiz_1" points=3
check("quiz_1", answer_1)

# %% [markdown]
# **Question 2.** A network has forty pre-activation residual blocks (nothing follows the sum) with Kaiming's initial
# weights, without norm and without scale. The input has variance 1. What is the variance of the output?
#
# - `"a"` About 40.
# - `"b"` About $2^{40}$.
# - `"c"` About 1.

# %% role="quiz" id="quiz_2"
answer_2 = "b"  # "a", "b" or "c"

# %% role="check" id="quiz_2" points=2
check("quiz_2", answer_2)

# %% [markdown]
# ## What you have built
#
# The left panel shows your residual sum at work: the variance through twenty blocks, with and without the scale. The
# right panel shows your dropout: the mean of many draws for the same row in training, and the result at inference.

# %%
fig, (left, right) = plt.subplots(1, 2, figsize=(8, 3.2), layout="constrained")
for scale, name in ((1.0, "plain sum"), (np.sqrt(0.5), "scaled by 1/√2")):
    rng = np.random.default_rng(0)
    x, variances = rng.normal(size=(200, 100)), []
    try:
        for _ in range(20):
            branch = np.maximum(x, 0) @ rng.normal(0, np.sqrt(2 / 100), (100, 100))
            x, _ = residual_forward(x, branch, scale)
            variances.append(x.var())
        left.semilogy(range(1, 21), variances, "o-", markersize=3, label=name)
        left.legend(fontsize="small")
    except Exception as fault:
        left.set_title(f"the residual sum: to come ({type(fault).__name__})", fontsize="small")
left.set(xlabel="block", ylabel="variance", xticks=range(0, 21, 5))
row = np.linspace(0.5, 2, 12)
layers = {"vanilla": (vanilla_dropout_forward, "C0"), "inverted": (dropout_forward, "C1")}
for name, (layer, color) in layers.items():
    try:
        rng = np.random.default_rng(1)
        mean = np.mean([layer(row, 0.4, rng, training=True)[0] for _ in range(2000)], axis=0)
        right.plot(row, mean, "o", color=color, markersize=4, label=f"{name}, mean in training")
        right.plot(row, layer(row, 0.4, rng, training=False)[0], color=color, label=f"{name}, inference")
        right.legend(fontsize="small")
    except Exception as fault:
        right.set_title(f"{name} dropout: to come ({type(fault).__name__})", fontsize="small")
right.set(xlabel="x", ylabel="y")
figure.show(fig, alt="Left, variance per block, rising or level; right, training means on the inference lines.")

# %% [markdown]
# **To remember.** `drop` is the probability of a zero. The backward pass reuses the mask. A residual sum gives its
# gradient to both terms and doubles the variance; scale it, or normalize inside the branch.
#
# Before you hand in: `check.progress()` shows what is still open, and `check.preflight()` tells you whether the
# notebook runs from top to bottom.
