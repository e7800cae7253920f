# %% [markdown]
# # 11 · Residual connections
#
# Stack more layers and a network should only get better: the new ones could learn to do nothing. In practice deep plain
# networks train worse, even on the training set. A residual block makes "do nothing" the easy answer: it adds its input
# to its output.
#
# **You will see** a deep network fail and its residual twin learn; why adding doubles the variance, and what cures it;
# that the gradient need not vanish for a plain network to fail, and what does vanish; and how channels are joined
# instead of added.
#
# **You need** lectures 8 (initialization) and 9 (batch norm).

# %%
from itertools import product

import numpy as np

from classroom import claim, figure, ledger, predict
from classroom.data import load
from solutions.activation import relu_backward, relu_forward
from solutions.fast import batchnorm_backward, batchnorm_forward
from solutions.initialization import kaiming_normal
from solutions.linear import linear_backward, linear_forward
from solutions.loss import softmax_cross_entropy
from solutions.residual import (
    concat_channels_backward,
    concat_channels_forward,
    residual_backward,
    residual_forward,
)

figure.style()
ledger.use("11_residual")

# %% [markdown]
# ## The idea
#
# $$ y = s\,\bigl(x + F(x)\bigr), \qquad \frac{\partial L}{\partial x} = s\left(\frac{\partial L}{\partial y} +
# \Bigl(\frac{\partial F}{\partial x}\Bigr)^{\!\top}\frac{\partial L}{\partial y}\right) $$
#
# $F$ is the branch, and $s$ a scale that we shall need in a moment; think of $s = 1$. Then the gradient of the sum
# reaches $x$ unchanged, whatever $F$ adds to it, and the same path leads on to every earlier block.

# %%
rng = np.random.default_rng(0)
x, branch = rng.standard_normal((4, 6)), rng.standard_normal((4, 6))
y, cache = residual_forward(x, branch, 0.5)
grad_y = rng.standard_normal((4, 6))
gaps = [np.abs(grad - 0.5 * grad_y).max() for grad in residual_backward(grad_y, cache)]
claim("L11.0-both", gaps)

# %% [markdown]
# ## What adding does to the variance
#
# In a pre-activation block $x + W\,\mathrm{relu}(x)$ with Kaiming's weights $W$, the branch has the variance of $x$ and
# is almost uncorrelated with it. So each block adds the variance to itself. Four cures are measured below: scale the
# sum by $1/\sqrt2$; put batch norm into the branch; divide the branch by $\sqrt L$, where $L$ is the number of blocks,
# so that all of them together multiply the variance by $(1 + 1/L)^L < e$; or start the branch at zero.

# %%
predict("ten-blocks")


# %%
FREE, NORMED = "no cure", "batch norm in the branch"
SCALED, SMALL = "sum scaled by 1/√2", "branch scaled by 1/√L"


def standardized(f):
    """Apply batch norm with its first scale and shift; return output and cache."""
    one, zero = np.ones(f.shape[1]), np.zeros(f.shape[1])
    return batchnorm_forward(f, one, zero, None, training=True)


# %%
def variances(cure, blocks=10, width=512, batch=256, seed=0):
    """Return the variance after each pre-activation block f + W relu(f)."""
    rng = np.random.default_rng(seed)
    f = rng.standard_normal((batch, width))
    scale = np.sqrt(0.5) if cure == SCALED else 1.0
    result = [f.var()]
    for _ in range(blocks):
        h = standardized(f)[0] if cure == NORMED else f
        weight = kaiming_normal((width, width), rng)
        if cure == SMALL:
            weight /= np.sqrt(blocks)
        branch, _ = linear_forward(relu_forward(h)[0], weight, np.zeros(width))
        f, _ = residual_forward(f, branch, scale)
        result.append(f.var())
    return np.array(result)


def over_seeds(function, count, *arguments):
    return np.mean([function(*arguments, seed=seed) for seed in range(count)], axis=0)


# %%
growth = {
    cure: over_seeds(variances, 3, cure) for cure in (FREE, SCALED, NORMED, SMALL)
}
fig, axis = figure.panels(height=2.7)
for (cure, values), mark in zip(growth.items(), "osd^", strict=True):
    axis.semilogy(values, f"{mark}-", label=cure)
axis.set(xlabel="block", ylabel="variance")
axis.set(title="f + W relu(f), width 512, Kaiming's weights")
axis.legend()
figure.show(fig, "variance")

# %%
claim("L11.1-double", (growth[FREE][-1] / growth[FREE][0]) ** 0.1)
claim("L11.1-scale", (growth[SCALED][-1] / growth[SCALED][0]) ** 0.1)
claim("L11.1-batchnorm", np.diff(growth[NORMED]).mean())
claim("L11.1-branch", growth[SMALL][-1] / growth[SMALL][0], (1 + 1 / 10) ** 10)


# %%
def second_moments(blocks=10, width=512, batch=256, seed=0):
    """Return E[f²] after each block of the first ResNet, relu(f + W₂ relu(W₁ f))."""
    rng = np.random.default_rng(seed)
    f, _ = relu_forward(rng.standard_normal((batch, width)))
    result = [np.mean(f**2)]
    for _ in range(blocks):
        h, _ = relu_forward(f @ kaiming_normal((width, width), rng))
        f, _ = relu_forward(f + h @ kaiming_normal((width, width), rng))
        result.append(np.mean(f**2))
    return np.array(result)


moments = over_seeds(second_moments, 3)
claim("L11.1-post", (moments[-1] / moments[0]) ** 0.1)

# %% [markdown]
# ## Training at depth
#
# Now the digits, with 4, 12 and 30 blocks of width 64, plain descent with rate 0.02, 500 steps, each three times. The
# plain network is the residual one without the short cuts; at 30 blocks its runs are chaotic, and another processor
# measures other numbers, as low. With a zero branch a block starts as the identity: its last weights are 0, as in Fixup
# and in many modern recipes. Batch norm takes its statistics from the training batch and, to keep the code short, from
# the whole set of images in a test.

# %%
predict("thirty-deep")

# %%
images, labels, split = load("digits")
pixels = images.reshape(len(images), -1).astype(np.float64)
pixels = pixels - pixels[split.train].mean(axis=0)
pixels = pixels / pixels[split.train].std()
PLAIN, ZERO = "plain", "zero branch"
SHORT_CUT = {PLAIN: 0.0}  # for all others 1
SCALE = {SCALED: np.sqrt(0.5)}  # for all others 1


def start(depth, kind, seed, width=64):
    """Draw the weights of a network with `depth` blocks."""
    rng = np.random.default_rng(seed)
    first = rng.standard_normal((64, width)) / 8
    factor = {ZERO: 0.0, SMALL: depth**-0.5}.get(kind, 1.0)
    blocks = [factor * kaiming_normal((width, width), rng) for _ in range(depth)]
    return [first, *blocks, rng.standard_normal((width, 10)) / np.sqrt(width)]


# %%
def forward(weights, x, kind):
    """Run the network; return logits, what is kept, and the input of every block."""
    h, caches, inputs = x @ weights[0], [], []
    short_cut, scale = SHORT_CUT.get(kind, 1.0), SCALE.get(kind, 1.0)
    for weight in weights[1:-1]:
        inputs.append(h)
        normed, norm, *_ = standardized(h) if kind == NORMED else (h, None)
        active, bend = relu_forward(normed)
        branch, linear = linear_forward(active, weight, np.zeros(weight.shape[1]))
        h, join = residual_forward(short_cut * h, branch, scale)
        caches.append((norm, bend, linear, join))
    top, bend = relu_forward(h)
    return top @ weights[-1], (x, caches, top, bend), inputs


# %%
def backward(grad, kept, weights, kind):
    """Return the gradient of each weight, and at the input of every block."""
    x, caches, top, bend = kept
    grads, flows = [top.T @ grad], []
    grad = relu_backward(grad @ weights[-1].T, bend)
    for norm, relu, linear, join in reversed(caches):
        short, branch = residual_backward(grad, join)
        through, grad_weight, _ = linear_backward(branch, linear)
        through = relu_backward(through, relu)
        if norm is not None:
            through = batchnorm_backward(through, norm)[0]
        grad = SHORT_CUT.get(kind, 1.0) * short + through
        grads.append(grad_weight)
        flows.append(grad)
    return [x.T @ grad, *grads[::-1]], flows[::-1]


# %%
def learn(kind, depth, seed, steps=500, rate=0.02):
    """Return the weights, and the step at which training stopped: early on overflow."""
    weights, order = start(depth, kind, seed), np.random.default_rng(1)
    for t in range(1, steps + 1):
        rows = order.choice(split.train, 32, replace=False)
        logits, kept, _ = forward(weights, pixels[rows], kind)
        loss, grad = softmax_cross_entropy(logits, labels[rows])
        if not loss < 1e30:  # the numbers overflow now, or all units die
            return None, t
        grads, _ = backward(grad, kept, weights, kind)
        weights = [w - rate * g for w, g in zip(weights, grads, strict=True)]
    return weights, steps


# %%
def score(weights, kind, part):
    """Return the share of images that are right; without weights, of a guess."""
    if weights is None:
        return 0.1
    return np.mean(
        forward(weights, pixels[part], kind)[0].argmax(axis=1) == labels[part]
    )


# %%
kinds, depths = (PLAIN, FREE, SCALED, ZERO, SMALL, NORMED), (4, 12, 30)
accuracy, fit, last = {}, {}, {}
for kind, depth in product(kinds, depths):
    with np.errstate(all="ignore"):
        runs = [learn(kind, depth, seed) for seed in range(3)]
    accuracy[kind, depth] = np.mean([score(w, kind, split.test) for w, _ in runs])
    fit[kind, depth] = np.mean([score(w, kind, split.train) for w, _ in runs])
    last[kind, depth] = max(step for _, step in runs)

# %%
fig, axis = figure.panels(height=3.0)
for kind, mark in zip(kinds, "ovsd^*", strict=True):
    percent = [100 * accuracy[kind, depth] for depth in depths]
    axis.plot(depths, percent, f"{mark}-", label=kind)
axis.set(xlabel="blocks", ylabel="test accuracy in %", xticks=depths)
axis.set(title="digits after 500 steps, mean of three runs")
figure.arrow(axis, (26.5, 12), (30, 10))
figure.note(axis, 26, 12, "overflow", ha="right")
axis.legend(loc="center left", bbox_to_anchor=(1, 0.5))
figure.show(fig, "depth")

# %%
losses = [found[PLAIN, 4] - found[PLAIN, 30] for found in (fit, accuracy)]
claim("L11.2-plain", losses)
claim("L11.2-overflow", last[FREE, 30])
claim("L11.2-scaled", accuracy[SCALED, 30])
claim("L11.2-zero", min(accuracy[ZERO, 30], accuracy[SMALL, 30]))
claim("L11.2-batchnorm", [accuracy[NORMED, depth] for depth in depths])

# %% [markdown]
# ## Why the plain network fails
#
# Look at the networks before the first step, at the input of every block. Does the gradient
# $\partial L / \partial x$ become small on its way from the last block down to the first? And does the network still
# tell images apart: what is the cosine of the angle between two different images, on average over all pairs?

# %%
predict("first-block")


# %%
def at_start(kind, depth=30, seed=0):
    """Return gradient norms by the last block's, and the cosine of two images."""
    weights, rows = start(depth, kind, seed), split.train[:256]
    logits, kept, inputs = forward(weights, pixels[rows], kind)
    _, grad = softmax_cross_entropy(logits, labels[rows])
    _, flows = backward(grad, kept, weights, kind)
    norms = np.array([np.linalg.norm(flow) for flow in flows])
    units = [h / np.linalg.norm(h, axis=1, keepdims=True) for h in inputs]
    sums = np.array([np.sum(unit.sum(axis=0) ** 2) for unit in units])
    return norms / norms[-1], (sums - 256) / (256 * 255)


# %%
shown = (PLAIN, FREE, SCALED, ZERO, NORMED)
starts = {kind: over_seeds(at_start, 5, kind) for kind in shown}
flows, alike = ({kind: pair[k] for kind, pair in starts.items()} for k in (0, 1))

# %%
fig, (left, right) = figure.panels(1, 2, 3.1)
lines = ("-", "--", "-.", ":", (0, (4, 1, 1, 1, 1, 1)))
for kind, line in zip(shown, lines, strict=True):
    left.semilogy(np.arange(1, 31), flows[kind], linestyle=line, label=kind)
    right.plot(np.arange(1, 31), alike[kind], linestyle=line)
left.set(xlabel="block", ylabel="gradient, relative to block 30")
left.set(title="what comes back")
right.set(xlabel="block", ylabel="cosine of two images")
right.set(title="how alike images have become", ylim=(-0.05, 1.05))
fig.legend(loc="outside lower center", ncols=3)
figure.show(fig, "gradients")

# %% [markdown]
# In the plain network the gradient arrives everywhere. It is the *images* that are lost: each layer of ReLUs makes them
# more alike, and after thirty layers the last one sees nearly the same vector for every digit. For layers of great
# width the cosine $c$ of two images becomes, one layer later,
#
# $$ \kappa(c) = \frac{\sqrt{1 - c^2} + (\pi - \arccos c)\,c}{\pi} $$
#
# which is larger than $c$ (Cho and Saul 2009). With a short cut it becomes $(c + \kappa(c))/2$: slower, and slower
# still with batch norm or a small branch. That is also the order in which they learned.
#
# Why does the sum scaled by $1/\sqrt2$ learn less well? Along the short cuts alone the signal is multiplied by
# $1/\sqrt2$ thirty times: $2^{-15}$ is left of the direct path, and the branches have to carry the rest.


# %%
def kappa(c):
    """Return the cosine after a wide layer of ReLUs."""
    return (np.sqrt(1 - c**2) + (np.pi - np.arccos(c)) * c) / np.pi


plain = joined = 0.0  # centred images start out uncorrelated, on average
for _ in range(29):
    plain, joined = kappa(plain), (joined + kappa(joined)) / 2

# %%
claim("L11.3-plain", flows[PLAIN].max() / flows[PLAIN].min())
last = [alike[kind][-1] for kind in (PLAIN, SCALED, ZERO)]
claim("L11.3-alike", last, [plain, joined, 0.0])
claim("L11.3-flat", flows[ZERO])
claim("L11.3-explode", flows[FREE][0] ** (1 / 29), np.sqrt(2))

# %% [markdown]
# ## Joining instead of adding
#
# Inception and DenseNet put the branches side by side: channels are concatenated, and the backward pass cuts the
# gradient apart again. Nothing is summed, so the variance does not grow; the number of channels does.

# %%
parts = [rng.standard_normal((2, channels, 5, 4)) for channels in (3, 1, 4)]
joined, cache = concat_channels_forward(parts)
cut = concat_channels_backward(joined, cache)
same = all(np.array_equal(a, b) for a, b in zip(cut, parts, strict=True))
claim("L11.4-concat", [joined.shape[1], same])

# %% [markdown]
# ## What to remember
#
# - A block that adds its input can do nothing at no cost, and passes the gradient on untouched.
# - Each join doubles the variance. Thirty joins without a cure overflow; scale the sum, start the branch small or at
#   zero, or normalize inside the branch.
# - With good weights a deep plain network fails although its gradient arrives: it makes all inputs alike.
# - Say where the activation stands: "doubles" is exact for pre-activation blocks only.
#
# ## Exercises that follow
#
# Assignment 9, *Dropout and residual connections*: `residual_forward`, `residual_backward`, `residual_block`,
# `concat_channels_forward`, `concat_channels_backward`.
#
# ## Further reading
#
# - He, Zhang, Ren and Sun, *Deep residual learning* and *Identity mappings in deep residual networks* (2016).
# - Cho and Saul, *Kernel methods for deep learning* (2009); Balduzzi and others, *The shattered gradients problem*
#   (2017).
# - Zhang, Dauphin and Ma, *Fixup initialization* (2019); De and Smith, *Batch normalization biases residual blocks
#   towards the identity* (2020).
# - Prince, *Understanding deep learning* (2023), chapter 11.
