# %% [markdown]
# # Assignment 9 · Dropout and residual connections
#
# **What you build.** Two forms of dropout, the join of a residual network, a whole residual block, and the
# concatenation of an Inception module.
#
# **Follows** lectures 10, *Dropout*, and 11, *Residual connections*. **Time** about two hours. **Points** 60.
#
# **How it works.** Replace each `raise NotImplementedError` by your code, then run the check below it, as often as
# you like. `check.hint("dropout")` gives one hint at a time. No exercise needs an earlier one, except that a backward
# pass receives the cache of *your* forward pass. What is random is judged by its statistics, so any order of drawing is
# right; draw only from the `rng` that you are given, a number for each entry. What a docstring says under *Raises* is a
# courtesy of the course's own version: yours does not have to check its inputs.
#
# **What grading adds.** Other numbers of the same kinds, and nothing else: the points that you see are the points
# that you get. Where float32 goes in, float32 comes out; that is a tenth of such an exercise, and a part of its own.
#
# **Conventions.** `drop` is the probability that an entry becomes zero, everywhere in this course. Two of our sources
# call the opposite *p*, and many a dropout bug begins there. A cache is yours: keep in it what the backward pass will
# need, and nowhere else, for other layers run in between. float32 stays float32, and what you are given is never
# changed.

# %% role="setup" id="setup"
import matplotlib.pyplot as plt
import numpy as np

from classroom import check, figure

check.open("residual")

# %% [markdown]
# ## 1 · Dropout as first published (12 points)
#
# In training, each entry is set to zero with probability `drop`. At inference nothing is dropped, so everything is
# larger on average than the network has ever seen. Therefore all of it is multiplied by $1 - \text{drop}$.
#
# ```text
#   training    y = x · mask            mask is 0 with probability drop, else 1
#   inference   y = x · (1 − drop)      the mean of the line above
# ```
#
# Worked number: $x = 2$, drop $= 0.25$. In training $y$ is 0 or 2, on average 1.5. At inference it is always 1.5. The
# gradient passes through the same factor as the signal did; an entry that was dropped gets none.

# %% role="answer" id="vanilla_dropout"
from solutions.dropout import vanilla_dropout_backward, vanilla_dropout_forward

# %% role="check" id="vanilla_dropout" points=12
check("vanilla_dropout", vanilla_dropout_forward, vanilla_dropout_backward)

# %% [markdown]
# ## 2 · Inverted dropout (13 points)
#
# Scale in training instead, and inference is free: nobody who uses the trained network needs to know that there was
# dropout.
#
# ```text
#   training    y = x · mask / (1 − drop)
#   inference   y = x
# ```
#
# Worked number: $x = 2$, drop $= 0.25$. In training $y$ is 0 or 2.667, on average 2. At inference it is 2.

# %% role="answer" id="dropout"
from solutions.dropout import dropout_backward, dropout_forward

# %% role="check" id="dropout" points=13
check("dropout", dropout_forward, dropout_backward)

# %% [markdown]
# ## 3 · The join (15 points)
#
# $$y = s\,(x + F(x))$$
#
# Your function is given $x$ and the branch's output $F(x)$. The scale $s$ is 1 in the plain form; $1/\sqrt2$ keeps
# the variance of a sum of two independent things of equal variance. The backward pass hands both sides the same
# gradient. Worked numbers: $x = 1$, $F(x) = 2$ and $s = 0.5$ make $y = 1.5$, and an upstream gradient of 4 gives 2 to
# each side.
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
# The block of the first ResNet: convolution, norm, ReLU, convolution, norm; then the join; then a last ReLU. The
# layers come to you as functions, `[conv1, norm1, relu, conv2, norm2]`, so that the block does not care what they do.
# When the branch changes the number of channels or the resolution, $x$ cannot be added as it is; then `projection`
# $P$ brings it to the right shape. Without one, $P(x) = x$.
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
# Inception joins branches without adding: channels are laid one after another. Backward, each branch gets the piece
# of the gradient that belongs to its own channels. Worked shapes: (2, 3, 4, 5) and (2, 1, 4, 5) make (2, 4, 4, 5);
# the gradient is cut after channel 3.

# %% role="answer" id="concat_channels"
from solutions.residual import concat_channels_backward, concat_channels_forward

# %% role="check" id="concat_channels" points=3
check("concat_channels", concat_channels_forward, concat_channels_backward)

# %% [markdown]
# ## 6 · Bug hunt (5 points)
#
# nanoGPT's fast attention passed its dropout probability on without asking whether the model was training:
# `karpathy/nanoGPT` pull request 240 (2023), "don't dropout in eval mode". Who had trained with dropout validated and
# sampled with dropout too. Below is that step in numpy: the softmax of the scores, and dropout on the weights. Mend it.


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
# **Question 2.** Forty residual blocks with Kaiming's weights, no norm, no scale. The input has variance 1. What
# comes out?
#
# - `"a"` Variance about 40.
# - `"b"` Variance about $2^{40}$.
# - `"c"` Variance about 1.

# %% role="quiz" id="quiz_2"
answer_2 = "b"  # "a", "b" or "c"

# %% role="check" id="quiz_2" points=2
check("quiz_2", answer_2)

# %% [markdown]
# ## What you have built
#
# Left, your join at work: the variance through twenty blocks, with and without the scale. Right, your dropout: the
# mean of many draws of the same row, in training and at inference.

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
        left.set_title(f"the join: to come ({type(fault).__name__})", fontsize="small")
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
# **To remember.** `drop` is the probability of zero. The backward pass reuses the mask. A join hands its gradient to
# both sides and doubles the variance; scale it, or normalize inside.
#
# Before you hand in: `check.progress()` shows what is still open, and `classroom preflight` in a terminal tells you
# whether the notebook runs from top to bottom.
