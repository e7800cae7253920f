# %% [markdown]
# # Assignment 3 · The linear layer, softmax, and data
#
# **What you build.** The layer that most parameters of a classic network live in, the loss that nearly every
# classifier is trained with, and what has to happen to the data before the first step: centring, scaling, and
# principal components. At the end your parts read handwritten digits.
#
# **Follows** lecture 4, *Fully connected layers, softmax and data*.
# **Time** about three and a half hours. **Points** 90.
#
# **How it works.** Replace each `raise NotImplementedError` by your code, then run the check below it, as often
# as you like. When you are stuck, `check.hint("softmax")` gives one hint at a time; `check.progress()` shows
# how far you are. What a docstring says under *Raises* is a courtesy of the course's own version: yours does not have
# to check its inputs.
#
# **What grading adds.** Other numbers of the same kinds, and nothing else: the points that you see are the points
# that you get. Where float32 goes in, float32 comes out; that is a tenth of such an exercise, and a part of its own.
#
# **No part waits for an earlier one.** Where an earlier function would help, call it through `own`, which is defined
# below: `own.log_softmax(x)` is yours as soon as it is right, and a given one until then. Only a backward pass receives
# the cache of *your* forward pass.
#
# **Conventions.** A batch is `x` of shape `(N, D)`, a weight is `(D, M)`, images are `(N, C, H, W)`. A cache is yours:
# keep in it what the backward pass will need, and nowhere else, for other layers run in between. float32 stays float32,
# and inputs are never changed.

# %% role="setup" id="setup"
import traceback

import matplotlib.pyplot as plt
import numpy as np

from classroom import check, data, figure

check.open("softmax")

# %% [markdown]
# This gives you `own.softmax`, `own.log_softmax`, `own.center` and `own.pca`. Run a cell that says `own`, and it tells
# you which of them are yours by now.

# %% role="given" id="own"
own = check.own(globals())

# %% [markdown]
# ## 1 · The linear layer (20 points)
#
# $$y = x W + b$$
#
# Each of the $M$ outputs is a weighted sum of all $D$ inputs. An input of higher rank, say images `(N, C, H,
# W)`, is first flattened to `(N, C·H·W)`; the first axis stays the batch. Backward, with $g = \partial L /
# \partial y$:
#
# ```text
#   grad_x      = g Wᵀ      (N, M) (M, D)  ->  (N, D), back in the shape of x
#   grad_weight = xᵀ g      (D, N) (N, M)  ->  (D, M)
#   grad_bias   = sum of g over the batch  ->  (M,)
# ```
#
# You need not remember these. Write the shapes, and there is one way in which they fit. The bias was *added to
# every row*, so its gradient is the sum of the rows: the mean belongs into the loss, once.

# %% role="answer" id="linear"
from solutions.linear import linear_backward, linear_forward

# %% role="check" id="linear_forward" points=8
check("linear_forward", linear_forward)

# %% role="check" id="linear_backward" points=12
check("linear_backward", linear_backward)

# %% [markdown]
# ## 2 · Softmax and its logarithm (10 points)
#
# $$\text{softmax}(x)_i = \frac{e^{x_i}}{\sum_k e^{x_k}} \qquad \log\text{softmax}(x)_i = x_i - \ln \sum_k e^{x_k}$$
#
# Scores become probabilities: positive, and each row sums to 1. Worked number: $(0, \ln 3)$ becomes $(0.25,
# 0.75)$. With two scores $(z, 0)$ the first probability is the sigmoid of $z$.
#
# Adding the same number to all scores of a row changes nothing: it multiplies numerator and denominator alike.
# Use that freedom. Scores of 10 000 happen in real training, and $e^{710}$ is already too large for a float64.
# Take from each row what makes its largest score 0. For the logarithm, do not take `np.log` of your softmax: a
# probability of $e^{-1000}$ is stored as 0, and its logarithm should be −1000.

# %% role="answer" id="softmax"
from solutions.loss import log_softmax, softmax

# %% role="check" id="softmax" points=5
check("softmax", softmax)

# %% role="check" id="log_softmax" points=5
check("log_softmax", log_softmax)

# %% [markdown]
# ## 3 · Softmax with cross-entropy (15 points)
#
# $$L = -\frac1N \sum_n \ln \text{softmax}(z_n)_{t_n} \qquad
# \frac{\partial L}{\partial z_{nm}} = \frac1N \left(\text{softmax}(z_n)_m - [m = t_n]\right)$$
#
# The loss asks one thing: what probability did you give to the right class? Forward and backward come together
# here, because the gradient is so short: *predicted minus true*. Worked number: two classes, scores $(0, \ln
# 3)$, true class 0: the loss is $\ln 4 = 1.386$ and the gradient $(-0.75, 0.75)$.
#
# A fresh network knows nothing and spreads its bets, so its loss is $\ln M$. For ten classes that is 2.303: a
# good first thing to look at in any training.
#
# `own.log_softmax` and `own.softmax` do most of the work.

# %% role="answer" id="softmax_cross_entropy"
from solutions.loss import softmax_cross_entropy

# %% role="check" id="softmax_cross_entropy" points=15
check("softmax_cross_entropy", softmax_cross_entropy)

# %% [markdown]
# ## 4 · The penalty on large weights (5 points)
#
# $$R = \frac{\lambda}{2} \sum_i w_i^2 \qquad \frac{\partial R}{\partial w_i} = \lambda\, w_i$$
#
# Added to the loss, it pulls every weight towards zero, the more the larger it is. `l2_penalty` returns the
# pair `penalty, grad_weight`. Worked number: $\lambda = 0.5$ and $w = (1, -2, 3)$ give $R = 0.25 \cdot 14 = 3.5$ and
# the gradient $(0.5, -1, 1.5)$.

# %% role="answer" id="l2_penalty"
from solutions.loss import l2_penalty

# %% role="check" id="l2_penalty" points=5
check("l2_penalty", l2_penalty)

# %% [markdown]
# ## 5 · Centre and scale (15 points)
#
# Three habits for images `(N, C, H, W)`, after three famous networks:
#
# ```text
#   AlexNet   subtract the mean image              one number a pixel and channel    (C, H, W)
#   VGG       subtract the mean of each channel    one number a channel              (C,)
#   ResNet    ... and divide by its standard deviation                               (C,), (C,)
# ```
#
# The statistics come from the **training** images only, and are then used on every other image: they are
# arguments, not something to be recomputed. A test image that is normalized by its own mean has told you
# something about the test set. (Some slides say "divide by the mean", others "divide by the variance". It is
# the standard deviation.)

# %% role="answer" id="statistics"
from solutions.preprocessing import channel_stats, mean_image

# %% role="check" id="mean_image" points=3
check("mean_image", mean_image)

# %% role="check" id="channel_stats" points=4
check("channel_stats", channel_stats)

# %% [markdown]
# Now use them:
#
# $$\text{center: } y = x - \mu \qquad \text{standardize: } y = \frac{x - \mu}{\sigma}$$
#
# A statistic comes in one of two shapes: that of one example, one number for each feature, or `(C,)`, one number for
# each channel; and the channel is axis 1. numpy lines shapes up from the right, so the second kind needs a 1 for each
# axis behind the channel:
#
# ```text
#   x      (N, C, H, W)
#   mean      (C, H, W)     fits as it is
#   mean            (C,)    would meet W:  reshape it to  (C, 1, 1)
# ```
#
# Worked number: $x = (1, 2, 3)$ with mean $(1, 2, -1)$ and standard deviation $(2, 0.5, 4)$ becomes $(0, 0, 1)$.
# Write `standardize` out, or let it call `own.center`.

# %% role="answer" id="standardize"
from solutions.preprocessing import center, standardize

# %% role="check" id="center" points=3
check("center", center)

# %% role="check" id="standardize" points=5
check("standardize", standardize)

# %% [markdown]
# ## 6 · Principal components, and white data (15 points)
#
# Turn the axes so that the first points where the data vary most, the second where they vary most among what is
# left, and so on:
#
# $$\Sigma = \frac1N \sum_n (x_n - \bar x)(x_n - \bar x)^\top
# \qquad \Sigma\, v_i = \lambda_i\, v_i \qquad \lambda_1 \ge \lambda_2 \ge \dots$$
#
# ```text
#        x2                       The cloud is long in the direction v1 and thin along v2. The eigenvalue λ is
#        │      . ·`v1            the variance in that direction: λ1 is large, λ2 small.
#        │   . ·.·´               An eigenvector may point either way; here its largest entry
#        │  ·.·´\                 (in absolute value) is made positive, so that the answer is unique.
#        └───────\──── x1
#                 v2
# ```
#
# Worked number: the four points $(2, 2), (-2, -2), (1, -1), (-1, 1)$ have $\Sigma = \begin{pmatrix} 2.5 & 1.5 \\ 1.5 &
# 2.5 \end{pmatrix}$. Along the diagonal $(1, 1)/\sqrt2$ the variance is 4, across it 1.
#
# `np.linalg.eigh` does the hard part for a symmetric matrix. Its eigenvalues come in rising order and its
# eigenvectors stand in the **columns**.

# %% role="answer" id="pca"
from solutions.preprocessing import pca

# %% role="check" id="pca" points=9
check("pca", pca)

# %% [markdown]
# White data have covariance $I$: no direction varies more than another, and no two features vary together.
# Rotate to the components, divide each by its standard deviation, and rotate back:
#
# $$x_\text{white} = (x - \bar x)\; V\; \text{diag}\!\left(\frac{1}{\sqrt{\lambda_i + \varepsilon}}\right) V^\top$$
#
# with the components as columns of $V$. Without the last rotation the data are white too; with it (ZCA, which is
# asked for) a white image still looks like an image, and the sign of an eigenvector no longer matters: it occurs
# twice. The $\varepsilon$ under the root keeps directions without any variance from being blown up.
#
# Worked number: the four points above are 4 and 1 wide, as variances; halved along the diagonal they become $(1, 1),
# (-1, -1), (1, -1), (-1, 1)$, with covariance $I$. Take the components from `own.pca`, or from one call of
# `np.linalg.eigh`: neither their order nor their signs matter here.

# %% role="answer" id="zca_whiten"
from solutions.preprocessing import zca_whiten

# %% role="check" id="zca_whiten" points=6
check("zca_whiten", zca_whiten)

# %% [markdown]
# ## 7 · Bug hunt (5 points)
#
# Julia's NNlib, on which the Flux library stands, subtracted a maximum before the exponential, as it should,
# and still gave NaN for some inputs until 2018 (mended by pull request FluxML/NNlib.jl #43). Here is the
# fault in numpy. Positive scores never showed it.


# %% role="hunt" id="hunt_softmax"
def hunt_softmax(x):
    """Return the softmax of each row of x, for all finite x."""
    top = np.zeros((len(x), 1))
    for column in range(x.shape[1]):
        top = np.maximum(top, x[:, column : column + 1])
    z = np.exp(x - top)
    return z / z.sum(axis=1, keepdims=True)


# %% role="check" id="hunt_softmax" points=5
check("hunt_softmax", hunt_softmax)

# %% [markdown]
# ## 8 · Questions (5 points)
#
# **Question 1.** You train a classifier of 100 classes. Before the first step the loss is 9.2 on average. What
# do you conclude?
#
# - `"a"` All is well: a fresh network always starts with a large loss.
# - `"b"` The first scores are already large and wrong: without knowledge the loss should be $\ln 100 = 4.6$.
# - `"c"` There are too many classes for this loss.

# %% role="quiz" id="quiz_1"
answer_1 = "b"  # "a", "b" or "c"

# %% role="check" id="quiz_1" points=3
check("quiz_1", answer_1)

# %% [markdown]
# **Question 2.** Your network was trained on images that were standardized by the mean and standard deviation
# of the training set. A single new image arrives.
#
# - `"a"` Standardize it by its own mean and standard deviation.
# - `"b"` Add it to the training images and compute the statistics again.
# - `"c"` Standardize it by the mean and standard deviation of the training set.

# %% role="quiz" id="quiz_2"
answer_2 = "c"  # "a", "b" or "c"

# %% role="check" id="quiz_2" points=2
check("quiz_2", answer_2)

# %% [markdown]
# ## What you have built
#
# First your eyes: 1,200 handwritten digits of 64 pixels each, seen along the two directions in which they vary
# most. Each colour is one digit, whose number stands in the middle of its dots.

# %%
digits = data.load("digits")
train, test = digits.split.train, digits.split.test
fig, axis = plt.subplots(figsize=(5, 4), layout="constrained")
axis.set(title="digits along their first two components", xlabel="component 1", ylabel="component 2")
try:
    x = digits.images[train].reshape(len(train), -1).astype(float)
    components, variances = pca(x, 2)
    a, b = (components @ (x - x.mean(axis=0)).T)[:2]
    axis.scatter(a, b, c=digits.labels[train], cmap="tab10", s=9, alpha=0.6)
    for digit in range(10):
        place = digits.labels[train] == digit
        axis.text(np.median(a[place]), np.median(b[place]), digit, size=18, weight="bold", ha="center", va="center")
except Exception as fault:
    unfinished = isinstance(fault, NotImplementedError)
    axis.set_title("pca is not written yet" if unfinished else f"pca stopped: {type(fault).__name__}")
figure.show(fig, alt="A cloud of coloured dots, one for each digit image; most digits form a group of their own.")

# %% [markdown]
# And now your layer, your loss and your statistics learn to read. Ten templates, one for each digit: bright
# pixels speak for it, dark ones against it.


# %%
def train_classifier(steps=300, rate=0.5, strength=1e-3):
    mean, std = channel_stats(digits.images[train])
    x, unseen = (standardize(digits.images[part], mean, std).astype(float) for part in (train, test))
    weight, bias = np.zeros((64, 10)), np.zeros(10)
    losses = []
    for _ in range(steps):
        logits, cache = linear_forward(x, weight, bias)
        loss, grad_logits = softmax_cross_entropy(logits, digits.labels[train])
        _, grad_weight, grad_bias = linear_backward(grad_logits, cache)
        weight = weight - rate * (grad_weight + l2_penalty(weight, strength)[1])
        bias = bias - rate * grad_bias
        losses.append(loss)
    guess = softmax(linear_forward(unseen, weight, bias)[0]).argmax(axis=1)
    return weight, losses, np.mean(guess == digits.labels[test])


# %%
fig, axes = plt.subplots(2, 5, figsize=(7, 3.2), layout="constrained")
try:
    weight, losses, accuracy = train_classifier()
    for digit, axis in enumerate(axes.flat):
        limit = np.abs(weight).max()  # middle grey is a weight of 0
        axis.imshow(weight[:, digit].reshape(8, 8), cmap="gray", vmin=-limit, vmax=limit)
        axis.set(title=str(digit), xticks=[], yticks=[])
    fig.suptitle(f"loss {losses[0]:.3f} to {losses[-1]:.3f}, {accuracy:.1%} of unseen digits read")
except Exception as fault:
    for axis in axes.flat:
        axis.axis("off")
    unfinished = isinstance(fault, NotImplementedError)
    part = traceback.extract_tb(fault.__traceback__)[-1].name
    fig.suptitle(f"{part} is not written yet" if unfinished else f"stopped: {type(fault).__name__}: {fault}", y=0.5)
figure.show(fig, alt="Ten small grey images, one weight template for each digit from 0 to 9.")

# %% [markdown]
# **To remember.** Write the shapes, and the gradients of a linear layer write themselves. Softmax with
# cross-entropy: predicted minus true, over N. Take away each row's own maximum before any exponential. And
# statistics belong to the training set.
#
# Before you hand in: `check.progress()` shows what is still open, and `classroom preflight` in a terminal tells
# you whether the notebook runs from top to bottom.
