# %% [markdown]
# # Assignment 3 · The linear layer, softmax, and data
#
# **What you build.** You write the layer that holds most parameters of a classic network, the loss that trains nearly
# every classifier, and the preparation of the data before the first step: centring, scaling, and principal components.
# At the end your functions read handwritten digits.
#
# **Follows** lecture 4, *Fully connected layers, softmax, and the data*. **Time** about three and a half hours.
# **Points** 90.
#
# **How it works.** Replace each `raise NotImplementedError` with your code, then run the check below it as often as you
# like. When a check has not come back after a minute, nothing can interrupt it: restart the kernel. When you are stuck,
# `check.hint("softmax")` gives one hint at a time; `check.progress()` shows how far you are. What a docstring lists
# under *Raises* describes the course's own version; your code does not have to check its inputs.
#
# **What grading adds.** Grading runs cases of the same kinds with other numbers, and adds nothing else: the points you
# see are the points you get. Where an input is float32, the output must be float32 too. This is a separate part of such
# an exercise, worth a tenth of its points.
#
# **You can do the exercises in any order.** Where one of your earlier functions would help, call it; if that function
# is the one that is wrong, the check says so. Only a backward pass depends on another part: it receives the cache of
# *your* forward pass.
#
# **Conventions.** A batch is `x` of shape `(N, D)`, a weight is `(D, M)`, images are `(N, C, H, W)`. A cache is yours:
# put everything the backward pass needs into it and nowhere else, because other layers run in between. Float32 stays
# float32, and your functions never change their inputs.

# %% role="setup" id="setup"
import traceback

import matplotlib.pyplot as plt
import numpy as np

from classroom import check, data, figure

check.open("softmax")

# %% [markdown]
# ## 1 · The linear layer (20 points)
#
# $$y = x W + b$$
#
# Each of the $M$ outputs is a weighted sum of all $D$ inputs. An input of higher rank, say images `(N, C, H, W)`, is
# first flattened to `(N, C·H·W)`; the first axis stays the batch. With $g = \partial L / \partial y$, the backward pass
# is:
#
# ```text
#   grad_x      = g Wᵀ      (N, M) (M, D)  ->  (N, D), back in the shape of x
#   grad_weight = xᵀ g      (D, N) (N, M)  ->  (D, M)
#   grad_bias   = sum of g over the batch  ->  (M,)
# ```
#
# You do not have to memorize this. Write down the shapes: there is only one way in which they fit. The bias was *added
# to every row*, so its gradient is the sum over the rows. A mean belongs in the loss, and only once.

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
# Softmax turns scores into probabilities: they are positive, and each row sums to 1. Worked number: $(0, \ln 3)$
# becomes $(0.25, 0.75)$. With two scores $(z, 0)$ the first probability is the sigmoid of $z$.
#
# Adding the same number to all scores of a row changes nothing, because it multiplies the numerator and the denominator
# by the same factor. Use that freedom. Scores of 10 000 do occur in real training, and $e^{710}$ is already too large
# for a float64. So subtract from each row its largest score, which then becomes 0. For the logarithm, do not take
# `np.log` of your softmax: a probability of $e^{-1000}$ is stored as 0, and its logarithm should be −1000.

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
# The loss depends on one thing only: the probability of the right class. One function returns the loss and the
# gradient, because the gradient is so short: *predicted minus true*. Worked number: for two classes with scores $(0,
# \ln 3)$ and true class 0 the loss is $\ln 4 = 1.386$ and the gradient $(-0.75, 0.75)$.
#
# An untrained network should give every class about the same probability, so its loss is about $\ln M$. For ten classes
# that is 2.303. This is the first number to look at in any training.
#
# Your `log_softmax` does most of the work; you may also write its two lines again.

# %% role="answer" id="softmax_cross_entropy"
from solutions.loss import softmax_cross_entropy

# %% role="check" id="softmax_cross_entropy" points=15
check("softmax_cross_entropy", softmax_cross_entropy)

# %% [markdown]
# ## 4 · The penalty on large weights (5 points)
#
# $$R = \frac{\lambda}{2} \sum_i w_i^2 \qquad \frac{\partial R}{\partial w_i} = \lambda\, w_i$$
#
# This penalty is added to the loss. It pulls every weight towards zero, and large weights more than small ones.
# `l2_penalty` returns the pair `penalty, grad_weight`. Worked number: $\lambda = 0.5$ and $w = (1, -2, 3)$ give $R =
# 0.25 \cdot 14 = 3.5$ and the gradient $(0.5, -1, 1.5)$.

# %% role="answer" id="l2_penalty"
from solutions.loss import l2_penalty

# %% role="check" id="l2_penalty" points=5
check("l2_penalty", l2_penalty)

# %% [markdown]
# ## 5 · Centre and scale (15 points)
#
# Three famous networks prepare images `(N, C, H, W)` in three ways:
#
# ```text
#   AlexNet   subtract the mean image              one number a pixel and channel    (C, H, W)
#   VGG       subtract the mean of each channel    one number a channel              (C,)
#   ResNet    ... and divide by its standard deviation                               (C,), (C,)
# ```
#
# The statistics come from the **training** images only and are then used for every other image: they are arguments, and
# are not computed again. If test images are normalized by statistics of their own, information about the test set leaks
# into your result. (Some slides say "divide by the mean", others "divide by the variance". It is the standard
# deviation.)

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
# A statistic has one of two shapes: that of one example, with one number for each feature, or `(C,)`, with one number
# for each channel, which is axis 1. numpy aligns shapes from the right, so the second kind needs a 1 for each axis
# after the channel:
#
# ```text
#   x      (N, C, H, W)
#   mean      (C, H, W)     fits as it is
#   mean            (C,)    would meet W:  reshape it to  (C, 1, 1)
# ```
#
# Worked number: $x = (1, 2, 3)$ with mean $(1, 2, -1)$ and standard deviation $(2, 0.5, 4)$ becomes $(0, 0, 1)$. Write
# `standardize` from scratch, or let it call your `center`.

# %% role="answer" id="standardize"
from solutions.preprocessing import center, standardize

# %% role="check" id="center" points=3
check("center", center)

# %% role="check" id="standardize" points=5
check("standardize", standardize)

# %% [markdown]
# ## 6 · Principal components, and white data (15 points)
#
# Rotate the axes so that the first points in the direction in which the data vary most, the second in the direction of
# most variance at right angles to the first, and so on:
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
# `np.linalg.eigh` does the hard part for a symmetric matrix. It returns the eigenvalues in ascending order and the
# eigenvectors in the **columns**.

# %% role="answer" id="pca"
from solutions.preprocessing import pca

# %% role="check" id="pca" points=9
check("pca", pca)

# %% [markdown]
# White data have covariance $I$: the variance is the same in every direction, and no two features are correlated.
# Rotate the data to the components, divide each component by its standard deviation, and rotate back:
#
# $$x_\text{white} = (x - \bar x)\; V\; \text{diag}\!\left(\frac{1}{\sqrt{\lambda_i + \varepsilon}}\right) V^\top$$
#
# with the components as columns of $V$. The data are white even without the last rotation. With it (this is ZCA, which
# you write here) a white image still looks like an image, and the sign of an eigenvector no longer matters, because it
# occurs twice. The $\varepsilon$ under the root prevents directions without variance from being blown up.
#
# Worked number: the four points above have variance 4 along the diagonal and 1 across it. Halved along the diagonal
# they become $(1, 1), (-1, -1), (1, -1), (-1, 1)$, with covariance $I$. Take the components from one call of
# `np.linalg.eigh`, or from your `pca`: neither their order nor their signs matter here.

# %% role="answer" id="zca_whiten"
from solutions.preprocessing import zca_whiten

# %% role="check" id="zca_whiten" points=6
check("zca_whiten", zca_whiten)

# %% [markdown]
# ## 7 · Bug hunt (5 points)
#
# Julia's NNlib, on which the Flux library is built, subtracted a maximum before the exponential, as it should, and
# still gave NaN for some inputs until 2018 (fixed by pull request FluxML/NNlib.jl #43). Below is the bug in numpy.
# Positive scores never revealed it. Find it and fix it.


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
# - `"a"` All is well: an untrained network always has a large loss.
# - `"b"` The first scores are already large and wrong: an untrained network should have a loss of $\ln 100 = 4.6$.
# - `"c"` There are too many classes for this loss.

# %% role="quiz" id="quiz_1"
answer_1 = "b"  # "a", "b" or "c"

# %% role="check" id="quiz_1" points=3
check("quiz_1", answer_1)

# %% [markdown]
# **Question 2.** Your network was trained on images that were standardized by the mean and standard deviation of the
# training set. Now you get a single new image. What do you do with it?
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
# The first figure shows 1,200 handwritten digits of 64 pixels each, along the two directions in which they vary most.
# Each colour is one digit, and its number stands in the middle of its dots.

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
# Now your layer, your loss and your statistics learn to read. The result is ten templates, one for each digit: bright
# pixels speak for the digit, dark pixels against it.


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
# **To remember.** Write down the shapes, and the gradients of a linear layer follow. The gradient of softmax with
# cross-entropy is predicted minus true, divided by N. Subtract each row's own maximum before any exponential. And
# statistics come from the training set.
#
# Before you hand in: `check.progress()` shows what is still open, and `check.preflight()` tells you whether the
# notebook runs from top to bottom.
