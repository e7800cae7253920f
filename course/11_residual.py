# %% [markdown]
# # 11 · Residual connections
#
# **What you will see.** Stack more layers and a network should only get better: the new ones could learn to do nothing.
# In practice deep plain networks learn worse, even on the images that they are trained on. A residual block makes "do
# nothing" the easy answer: it adds its input to its output. You will see a plain network of thirty layers fall behind
# and its residual twins learn; why adding doubles the variance, and four cures; that the gradient need not vanish for a
# plain network to be slow, and what does get lost; what happens when a block is cut out; and how channels are joined
# instead of added.
#
# **What you need.** Lectures 8 (initialization) and 9 (batch norm).
#
# **How to read it.** A *prediction* asks you first: decide before you open the answer. A *claim* compares a sentence
# from a slide or a paper with what was measured here, and gives a verdict. Lecture 0 explains both.

# %%
from itertools import product

import numpy as np

from classroom import claim, figure, ledger, predict
from classroom.data import load
from solutions.activation import relu_backward, relu_forward
from solutions.fast import batchnorm_backward, batchnorm_forward
from solutions.initialization import kaiming_normal
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
# $F$ is the *branch*, the line around it is the *shortcut*, and $s$ is a scale that we shall need in a moment; think
# of $s = 1$. The gradient at the sum reaches $x$ unchanged, whatever the branch adds to it, and the same path leads on
# to every earlier block. The first residual networks had a ReLU behind the sum (He and others 2015); a year later it
# moved into the branch, where it leaves the shortcut alone: the *pre-activation* block (He and others 2016).


# %%
def draw_block(axis, y, parts, title):
    """Draw a row of parts, and a shortcut around all that stands before the plus."""
    axis.text(-0.3, y + 0.8, title, fontsize=9)
    for k, part in enumerate(parts):
        shape = "circle" if part == "+" else "round"
        box = {"boxstyle": shape, "fc": "white", "ec": figure.INK}
        figure.note(axis, k, y, part, bbox=box)
        if k:
            figure.arrow(axis, (k - 0.65, y), (k - 0.35, y))
    if "+" in parts:
        end = parts.index("+")
        corners = [0, 0, end, end], [y + 0.27, y + 0.6, y + 0.6, y + 0.27]
        axis.plot(*corners, color=figure.ORANGE, linewidth=2)


# %%
fig, axis = figure.panels(height=3.4, width=figure.NARROW)
draw_block(axis, 3.2, ["x", "ReLU", "W", "y"], "plain")
first = ["x", "W₁", "ReLU", "W₂", "+", "ReLU", "y"]
draw_block(axis, 1.6, first, "residual, the first form (2015)")
draw_block(axis, 0, ["x", "ReLU", "W", "+", "y"], "residual, pre-activation (2016)")
axis.set(xlim=(-0.5, 6.4), ylim=(-0.5, 4.4))
axis.axis("off")
figure.show(fig, "blocks", drawing=True)

# %% [markdown]
# ## The component at work
#
# `residual_forward` adds a branch to its input and scales the sum; `residual_backward` hands the gradient to both, to the
# shortcut and to the branch. Nothing is trained in it, and it costs one addition for each number.

# %%
rng = np.random.default_rng(0)
x, branch = rng.standard_normal((4, 6)), rng.standard_normal((4, 6))
y, cache = residual_forward(x, branch, 0.5)
grad_y = rng.standard_normal((4, 6))
gaps = [np.abs(grad - 0.5 * grad_y).max() for grad in residual_backward(grad_y, cache)]
claim("L11.0-both", gaps)

# %% [markdown]
# ## 1 · What adding does to the variance
#
# In a pre-activation block $x + W\,\mathrm{relu}(x)$ with Kaiming's weights $W$, the branch has the variance of $x$
# and is almost uncorrelated with it. So each block adds the variance to itself. Four cures are measured below. Scale
# the sum by $1/\sqrt2$. Put batch norm into the branch. Divide the branch by $\sqrt L$, where $L$ is the number of
# blocks, so that all of them together multiply the variance by $(1 + 1/L)^L < e$. Or start the branch at zero: that
# is half of *Fixup*, whose other half, for branches of several layers, lecture 8 measures.

# %%
predict("ten-blocks")

# %%
PLAIN, FREE = "plain, no shortcut", "shortcut, no cure"
SCALED, SMALL = "sum scaled by 1/√2", "branch scaled by 1/√L"
ZERO, NORMED = "branch starts at zero", "batch norm in the branch"


def standardized(h):
    """Apply batch norm to networks side by side: h is (networks, images, units)."""
    count, rows, width = h.shape
    flat = np.moveaxis(h, 1, 0).reshape(rows, count * width)
    one, zero = np.ones_like(flat[0]), np.zeros_like(flat[0])
    y, norm, *_ = batchnorm_forward(flat, one, zero, None, training=True)
    return np.moveaxis(y.reshape(rows, count, width), 0, 1), norm


# %%
def variances(cure, blocks=10, width=512, batch=256, seed=0):
    """Return the variance after each pre-activation block f + W relu(f)."""
    rng = np.random.default_rng(seed)
    f = rng.standard_normal((batch, width))
    scale = 0.5**0.5 if cure == SCALED else 1.0
    result = [f.var()]
    for _ in range(blocks):
        h = standardized(f[None])[0][0] if cure == NORMED else f
        weight = kaiming_normal((width, width), rng)
        if cure == SMALL:
            weight /= np.sqrt(blocks)
        f, _ = residual_forward(f, relu_forward(h)[0] @ weight, scale)
        result.append(f.var())
    return np.array(result)


def over_seeds(function, count, *arguments):
    return np.mean([function(*arguments, seed=seed) for seed in range(count)], axis=0)


# %%
cures = (FREE, SCALED, NORMED, SMALL)
growth = {cure: over_seeds(variances, 3, cure) for cure in cures}
fig, axis = figure.panels(height=3.0, width=figure.NARROW)
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
    """Return E[f²] after each block of the first form, relu(f + W₂ relu(W₁ f))."""
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
# ## 2 · Training at depth
#
# Now the digits: blocks of width 64, plain descent, 300 steps in batches of 32. The plain network is the residual one
# without its shortcuts. Each kind of network gets three rates and three seeds, and is judged at the rate at which it
# gets most of the *training* images right, because the question is what can be learned at all. All nine runs of a kind
# are computed side by side: the first axis of each array is the run. Batch norm takes its statistics from the training
# batch and, to keep the code short, from the whole set of images in a test.

# %%
predict("thirty-deep")

# %%
images, labels, split = load("digits")
pixels = images.reshape(len(images), -1)  # float32: half the time
pixels = pixels - pixels[split.train].mean(axis=0)
pixels = pixels / pixels[split.train].std()


def start(depth, kind, seeds, width=64):
    """Draw a network of `depth` blocks for each seed; return arrays (network, ...)."""
    networks = []
    for seed in seeds:
        rng = np.random.default_rng(seed)
        factor = {ZERO: 0.0, SMALL: depth**-0.5}.get(kind, 1.0)
        first = rng.standard_normal((64, width)) / 8
        blocks = [factor * kaiming_normal((width, width), rng) for _ in range(depth)]
        networks.append([first, *blocks, rng.standard_normal((width, 10)) / 8])
    return [np.stack(w).astype(np.float32) for w in zip(*networks, strict=True)]


# %%
def forward(weights, x, kind):
    """Run the networks; return logits, what is kept, and the input of every block."""
    h, caches, inputs = x @ weights[0], [], []
    short_cut, scale = float(kind != PLAIN), 0.5**0.5 if kind == SCALED else 1.0
    for weight in weights[1:-1]:
        inputs.append(h)
        normed, norm = standardized(h) if kind == NORMED else (h, None)
        active, bend = relu_forward(normed)
        h, join = residual_forward(short_cut * h, active @ weight, scale)
        caches.append((norm, bend, active, join))
    top, bend = relu_forward(h)
    return top @ weights[-1], (x, caches, top, bend), inputs


# %%
def turned(matrices):
    return np.swapaxes(matrices, -1, -2)


def standardized_backward(grad, norm):
    count, rows, width = grad.shape
    flat = np.moveaxis(grad, 1, 0).reshape(rows, count * width)
    grad_x = batchnorm_backward(flat, norm)[0]
    return np.moveaxis(grad_x.reshape(rows, count, width), 0, 1)


# %%
def backward(grad, kept, weights, kind):
    """Return the gradient of each weight, and at the input of every block."""
    x, caches, top, bend = kept
    grads, flows = [turned(top) @ grad], []
    grad = relu_backward(grad @ turned(weights[-1]), bend)
    for weight, cache in zip(weights[-2:0:-1], caches[::-1], strict=True):
        norm, bend, active, join = cache
        short, branch = residual_backward(grad, join)
        grads.append(turned(active) @ branch)
        through = relu_backward(branch @ turned(weight), bend)
        if norm is not None:
            through = standardized_backward(through, norm)
        grad = float(kind != PLAIN) * short + through
        flows.append(grad)
    return [turned(x) @ grad, *grads[::-1]], flows[::-1]


# %%
def learn(kind, depth, rates, seeds=3, steps=300):
    """Train at each rate with each seed; return weights, and the hits at each step."""
    weights = start(depth, kind, [*range(seeds)] * len(rates))
    rate = np.repeat(np.float32(rates), seeds)[:, None, None]
    orders, hits = [np.random.default_rng(seed + 1) for seed in range(seeds)], []
    for _ in range(steps):
        rows = [order.choice(split.train, 32, replace=False) for order in orders]
        rows = np.array(rows * len(rates))  # (run, image)
        logits, kept, _ = forward(weights, pixels[rows], kind)
        flat, right = logits.reshape(-1, 10), labels[rows]
        grad = len(rows) * softmax_cross_entropy(flat, right.ravel())[1]
        grads, _ = backward(grad.reshape(logits.shape), kept, weights, kind)
        weights = [w - rate * g for w, g in zip(weights, grads, strict=True)]
        hits.append(np.mean(logits.argmax(axis=2) == right, axis=1))
    return weights, np.array(hits)


# %%
def score(weights, kind, part):
    """Return the share of images that each network gets right."""
    said = forward(weights, pixels[part], kind)[0].argmax(axis=2)
    return np.mean(said == labels[part], axis=1)


RATES = dict.fromkeys((PLAIN, SCALED, ZERO, SMALL, NORMED), (0.005, 0.02, 0.05))
RATES[FREE] = (1e-6, 1e-5, 0.02)
plans = [(PLAIN, 4), *[(kind, 30) for kind in RATES]]
fit, test, curves = {}, {}, {}
for kind, depth in plans:
    with np.errstate(all="ignore"):  # without a cure numbers overflow
        weights, hits = learn(kind, depth, RATES[kind])
        shares = score(weights, kind, split.train).reshape(3, 3)  # (rate, seed)
        best = np.argmax(shares.mean(axis=1))
        test[kind, depth] = score(weights, kind, split.test).reshape(3, 3)[best].mean()
    fit[kind, depth] = shares[best].mean()
    curves[kind, depth] = hits.reshape(-1, 3, 3)[:, best].mean(axis=1)

# %%
fig, axis = figure.panels(height=4.6, width=figure.NARROW)
lines = ((0, (5, 1)), "-", "-.", ":", "--", (0, (4, 1, 1, 1)), "-")
for (kind, depth), line in zip(curves, lines, strict=True):
    smooth = np.convolve(100 * curves[kind, depth], np.ones(25) / 25, "valid")
    name = f"{kind}, 4 blocks" if depth == 4 else kind
    axis.plot(np.arange(25, 301), smooth, linestyle=line, label=name)
axis.set(xlabel="step", ylabel="images of a batch right, in %", ylim=(0, 102))
axis.set(title="30 blocks, each at its best of three rates")
fig.legend(loc="outside lower center", ncols=1)
figure.show(fig, "depth")

# %%
losses = [found[PLAIN, 4] - found[PLAIN, 30] for found in (fit, test)]
claim("L11.2-plain", losses)
claim("L11.2-overflow", fit[FREE, 30])
claim("L11.2-scaled", fit[SCALED, 30] - fit[PLAIN, 30])
claim("L11.2-zero", [fit[kind, 30] - fit[PLAIN, 30] for kind in (ZERO, SMALL)])
claim("L11.2-batchnorm", fit[NORMED, 30] - fit[PLAIN, 30])

# %% [markdown]
# So the plain network is far behind. Is it lost? Give it the smallest of the three rates, and four times as many steps.

# %%
_, hits = learn(PLAIN, 30, (0.005,), steps=1200)
claim("L11.2-later", [hits[200:300].mean(), hits[-100:].mean()])

# %% [markdown]
# ## 3 · Why the plain network is slow
#
# Look at the networks before the first step, at the input of every block, and ask three questions. Does the gradient
# $\partial L / \partial x$ become small on its way from the last block down to the first? Does the network still tell
# images apart: what is the cosine of the angle between two different images, on average over all pairs? And do two
# images agree on a direction: what is the cosine between their gradients of one and the same logit?

# %%
predict("first-block")


# %%
def alike(arrays):
    """Return the mean cosine of two different rows, for each (runs, rows, units)."""
    units = [h / np.linalg.norm(h, axis=2, keepdims=True) for h in arrays]
    rows = units[0].shape[1]
    sums = np.array([np.sum(unit.sum(axis=1) ** 2, axis=1).mean() for unit in units])
    return (sums - rows) / (rows * (rows - 1))


# %%
def at_start(kind, seeds=5):
    """Return norms of gradients by the last block's, and both cosines, by block."""
    weights, rows = start(30, kind, range(seeds)), split.train[:256]
    logits, kept, inputs = forward(weights, pixels[rows], kind)
    right = np.tile(labels[rows], seeds)
    _, grad = softmax_cross_entropy(logits.reshape(-1, 10), right)
    _, flows = backward(grad.reshape(logits.shape), kept, weights, kind)
    norms = np.mean([np.linalg.norm(flow, axis=(1, 2)) for flow in flows], axis=1)
    one_logit = np.zeros_like(logits) + (np.arange(10) == 0)
    _, flows = backward(one_logit.astype(np.float32), kept, weights, kind)
    return norms / norms[-1], alike(inputs), alike(flows)


# %%
shown = (PLAIN, FREE, SCALED, ZERO, SMALL, NORMED)
starts = {kind: at_start(kind) for kind in shown}
flows, images_alike, gradients_alike = (
    {kind: found[k] for kind, found in starts.items()} for k in range(3)
)

# %%
fig, axes = figure.panels(3, 1, 7.0, width=figure.NARROW, sharex=True)
lines = ("-", "--", "-.", ":", (0, (1, 1)), (0, (4, 1, 1, 1, 1, 1)))
for kind, line in zip(shown, lines, strict=True):
    axes[0].semilogy(np.arange(1, 31), flows[kind], linestyle=line, label=kind)
    axes[1].plot(np.arange(1, 31), images_alike[kind], linestyle=line)
    axes[2].plot(np.arange(1, 31), gradients_alike[kind], linestyle=line)
axes[0].set(title="gradient, relative to block 30", ylabel="norm")
axes[1].set(title="how alike two images have become", ylabel="cosine")
axes[2].set(title="how alike their gradients are", ylabel="cosine", xlabel="block")
fig.legend(loc="outside lower center", ncols=1)
figure.show(fig, "gradients")

# %% [markdown]
# In the plain network the gradient arrives everywhere. It is the *images* that are lost: each layer of ReLUs makes them
# more alike, and after thirty layers the last one sees nearly the same vector for every digit. For layers of great
# width the cosine $c$ of two images becomes, one layer later,
#
# $$ \kappa(c) = \frac{\sqrt{1 - c^2} + (\pi - \arccos c)\,c}{\pi} $$
#
# which is larger than $c$ (Cho and Saul 2009). With a shortcut it becomes $(c + \kappa(c))/2$: slower, and slower
# still with batch norm or a small branch.
#
# The third panel shows what Balduzzi and others (2017) call *shattered gradients*. At the first block the gradients of
# two images have next to nothing in common, so a step that helps one image is noise for another. Shortcuts with a
# small branch keep them together. But batch norm shatters them just as much, and it learned well. So this alone
# does not decide.
#
# Why does the sum scaled by $1/\sqrt2$ learn less well than the others? Along the shortcuts alone the signal is
# multiplied by $1/\sqrt2$ thirty times: $2^{-15}$ is left of the direct path, and the branches have to carry the rest.


# %%
def kappa(c):
    """Return the cosine after a wide layer of ReLUs."""
    return (np.sqrt(1 - c**2) + (np.pi - np.arccos(c)) * c) / np.pi


plain = joined = 0.0  # centred images start out uncorrelated, on average
for _ in range(29):
    plain, joined = kappa(plain), (joined + kappa(joined)) / 2

# %%
claim("L11.3-plain", flows[PLAIN].max() / flows[PLAIN].min())
last = [images_alike[kind][-1] for kind in (PLAIN, SCALED, ZERO)]
claim("L11.3-alike", last, [plain, joined, 0.0])
claim("L11.3-shattered", [gradients_alike[kind][0] for kind in (PLAIN, ZERO, NORMED)])
claim("L11.3-flat", flows[SMALL][0], (1 + 1 / 30) ** (29 / 2))
claim("L11.3-explode", flows[FREE][0] ** (1 / 29), np.sqrt(2))

# %% [markdown]
# ## 4 · Many paths
#
# Multiply out a stack of three blocks, and it becomes a sum over $2^3 = 8$ paths: through each block a path takes either
# the shortcut or the branch (Veit, Wilber and Belongie 2016). Thirty blocks make a billion paths, most of them about
# fifteen branches long, and one that is empty. Cut one block out of a trained network, and half of the paths remain; a
# plain network has a single path, and it is broken.

# %%
fig, axis = figure.panels(height=3.0, width=figure.NARROW)
for row, taken in enumerate(product((0, 1), repeat=3)):
    axis.plot([0, 3], [-row, -row], color=figure.ORANGE, zorder=1)
    for block, through in enumerate(taken):
        if through:
            place = block + 0.5, -row
            axis.plot(*place, "s", color=figure.BLUE, markersize=13, zorder=2)
            figure.note(axis, *place, "F", color="white")
    branches = f"{sum(taken)} branch" + "es" * (sum(taken) != 1)
    axis.text(3.15, -row, branches, va="center", fontsize=8)
axis.set(xlim=(-0.1, 4.2), ylim=(-7.5, 0.6), title="three blocks, eight paths")
axis.axis("off")
figure.show(fig, "paths", drawing=True)

# %%
predict("cut-a-block")

# %%
lost = []
for kind in (PLAIN, SMALL, NORMED):
    weights, _ = learn(kind, 12, (0.02,), steps=400)
    whole = score(weights, kind, split.test).mean()
    blocks = range(1, 13)
    cut = [score(weights[:k] + weights[k + 1 :], kind, split.test) for k in blocks]
    lost.append(whole - np.mean(cut))
claim("L11.4-cut", lost)

# %% [markdown]
# ## 5 · Joining instead of adding
#
# Inception and DenseNet put the branches side by side: channels are concatenated, and the backward pass cuts the
# gradient apart again. Nothing is summed, so the variance does not grow; the number of channels does.

# %%
parts = [rng.standard_normal((2, channels, 5, 4)) for channels in (3, 1, 4)]
joined, cache = concat_channels_forward(parts)
cut = concat_channels_backward(joined, cache)
apart = max(np.abs(a - b).max() for a, b in zip(cut, parts, strict=True))
claim("L11.5-concat", [joined.shape[1], apart])

# %% [markdown]
# ## What to remember
#
# 1. A block that adds its input can do nothing at no cost, and passes the gradient on untouched.
# 2. Each sum doubles the variance. Scale the sum, start the branch small or at zero, or normalize inside the branch.
#    Thirty sums without a cure hardly learn at any rate.
# 3. With good weights a deep plain network is slow although its gradient arrives: it makes all inputs alike. With a
#    small rate and patience it learns in the end.
# 4. A residual network is a sum over many paths, so it survives the loss of a block.
# 5. Say where the activation stands: "doubles" is exact for pre-activation blocks only.
#
# ## Exercises that follow
#
# Assignment 9, *Dropout and residual connections*: `residual_forward`, `residual_backward`, `residual_block`,
# `concat_channels_forward`, `concat_channels_backward`.
#
# ## Further reading
#
# - K. He, X. Zhang, S. Ren, J. Sun. *Deep residual learning for image recognition.* 2015. arXiv:1512.03385
# - K. He, X. Zhang, S. Ren, J. Sun. *Identity mappings in deep residual networks.* ECCV 2016. arXiv:1603.05027
# - A. Veit, M. Wilber, S. Belongie. *Residual networks behave like ensembles of relatively shallow networks.* 2016.
#   arXiv:1605.06431
# - S. Zagoruyko, N. Komodakis. *Wide residual networks.* BMVC 2016. arXiv:1605.07146. Fewer blocks with more channels.
# - D. Balduzzi and others. *The shattered gradients problem.* ICML 2017. arXiv:1702.08591
# - H. Zhang, Y. Dauphin, T. Ma. *Fixup initialization.* ICLR 2019. arXiv:1901.09321
# - S. De, S. Smith. *Batch normalization biases residual blocks towards the identity function.* 2020. arXiv:2002.10444
# - Y. Cho, L. Saul. *Kernel methods for deep learning.* NeurIPS 2009.
# - S. Prince. *Understanding deep learning.* MIT Press, 2023. Chapter 11.
#
# ## What comes next
#
# All parts are on the table. Lecture 12 tells where they came from, writes a whole network in one line, and trains it
# by the recipe that won in 2012.
