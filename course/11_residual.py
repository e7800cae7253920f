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
import matplotlib.pyplot as plt
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
claim(
    "L11.0-both",
    [np.abs(grad - 0.5 * grad_y).max() for grad in residual_backward(grad_y, cache)],
)

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
def variances(cure, blocks=10, width=512, batch=256, seed=0):
    """Return the variance after each pre-activation block f + W relu(f), under one of the cures."""
    rng = np.random.default_rng(seed)
    f = rng.standard_normal((batch, width))
    result = [f.var()]
    for _ in range(blocks):
        h = f
        if cure == "batch norm in the branch":
            h, _, _ = batchnorm_forward(
                h, np.ones(width), np.zeros(width), None, training=True
            )
        scale = np.sqrt(0.5) if cure == "sum scaled by 1/√2" else 1.0
        weight = kaiming_normal((width, width), rng)
        if cure == "branch scaled by 1/√L":
            weight /= np.sqrt(blocks)
        branch, _ = linear_forward(relu_forward(h)[0], weight, np.zeros(width))
        f, _ = residual_forward(f, branch, scale)
        result.append(f.var())
    return np.array(result)


# %%
cures = (
    "no cure",
    "sum scaled by 1/√2",
    "batch norm in the branch",
    "branch scaled by 1/√L",
)
growth = {
    cure: np.mean([variances(cure, seed=seed) for seed in range(3)], axis=0)
    for cure in cures
}

# %%
fig, axis = plt.subplots(figsize=(figure.WIDTH, 2.7))
for (cure, values), mark in zip(growth.items(), "osd^", strict=True):
    axis.semilogy(values, f"{mark}-", label=cure)
axis.set(
    xlabel="block",
    ylabel="variance",
    title="f + W relu(f), width 512, Kaiming's weights",
)
axis.legend()
figure.show(fig, "variance")

# %%
claim("L11.1-double", (growth["no cure"][-1] / growth["no cure"][0]) ** 0.1)
claim(
    "L11.1-scale",
    (growth["sum scaled by 1/√2"][-1] / growth["sum scaled by 1/√2"][0]) ** 0.1,
)
claim("L11.1-batchnorm", np.diff(growth["batch norm in the branch"]).mean())
claim(
    "L11.1-branch",
    growth["branch scaled by 1/√L"][-1] / growth["branch scaled by 1/√L"][0],
    (1 + 1 / 10) ** 10,
)


# %%
def second_moments(blocks=10, width=512, batch=256, seed=0):
    """Return E[f²] after each post-activation block relu(f + W₂ relu(W₁ f)), the first ResNet's form."""
    rng = np.random.default_rng(seed)
    f, _ = relu_forward(rng.standard_normal((batch, width)))
    result = [np.mean(f**2)]
    for _ in range(blocks):
        h, _ = relu_forward(f @ kaiming_normal((width, width), rng))
        f, _ = relu_forward(f + h @ kaiming_normal((width, width), rng))
        result.append(np.mean(f**2))
    return np.array(result)


moments = np.mean([second_moments(seed=seed) for seed in range(3)], axis=0)
claim("L11.1-post", (moments[-1] / moments[0]) ** 0.1)

# %% [markdown]
# ## Training at depth
#
# Now the digits, with 4, 12 and 30 blocks of width 64, plain descent with rate 0.02, 500 steps. The plain network is
# the residual one without the short cuts. With a zero branch a block starts as the identity: its last weights are 0, as
# in Fixup and in many modern recipes. Batch norm takes its statistics from the training batch and, to keep the code
# short, from the whole set of images in a test.

# %%
predict("thirty-deep")

# %%
images, labels, split = load("digits")
pixels = images.reshape(len(images), -1).astype(np.float64)
pixels = (pixels - pixels[split.train].mean(axis=0)) / (
    pixels[split.train] - pixels[split.train].mean(axis=0)
).std()
SHORT_CUT = {"plain": 0.0}  # for all others 1
SCALE = {"sum scaled by 1/√2": np.sqrt(0.5)}  # for all others 1


def start(depth, kind, seed, width=64):
    """Draw the weights of a network with `depth` blocks."""
    rng = np.random.default_rng(seed)
    first = rng.standard_normal((64, width)) / 8
    factor = {"zero branch": 0.0, "branch scaled by 1/√L": depth**-0.5}.get(kind, 1.0)
    blocks = [factor * kaiming_normal((width, width), rng) for _ in range(depth)]
    return [first, *blocks, rng.standard_normal((width, 10)) / np.sqrt(width)]


# %%
def forward(weights, x, kind):
    """Run the network; return logits, what each block kept, and the input of every block."""
    h, caches, inputs = x @ weights[0], [], []
    for weight in weights[1:-1]:
        inputs.append(h)
        normed, norm = h, None
        if kind == "batch norm in the branch":
            normed, norm, _ = batchnorm_forward(
                h, np.ones(h.shape[1]), np.zeros(h.shape[1]), None, training=True
            )
        active, bend = relu_forward(normed)
        branch, linear = linear_forward(active, weight, np.zeros(weight.shape[1]))
        h, join = residual_forward(
            SHORT_CUT.get(kind, 1.0) * h, branch, SCALE.get(kind, 1.0)
        )
        caches.append((norm, bend, linear, join))
    top, bend = relu_forward(h)
    return top @ weights[-1], (x, caches, top, bend), inputs


# %%
def backward(grad, kept, weights, kind):
    """Return the gradient of each weight, and the gradient at the input of every block, first block first."""
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
def learn(depth, kind, seed, steps=500, rate=0.02, batch=32):
    """Return accuracy on training and test images, and the step at which training stopped: earlier if it overflows."""
    weights, order = start(depth, kind, seed), np.random.default_rng(1)
    with np.errstate(all="ignore"):
        for t in range(1, steps + 1):
            rows = order.choice(split.train, batch, replace=False)
            logits, kept, _ = forward(weights, pixels[rows], kind)
            loss, grad = softmax_cross_entropy(logits, labels[rows])
            if not np.isfinite(loss):
                return np.array([0.1, 0.1]), t  # a guess
            grads, _ = backward(grad, kept, weights, kind)
            weights = [
                weight - rate * change
                for weight, change in zip(weights, grads, strict=True)
            ]
        answers = [
            forward(weights, pixels[part], kind)[0].argmax(axis=1)
            for part in (split.train, split.test)
        ]
    return np.array(
        [
            np.mean(answers[0] == labels[split.train]),
            np.mean(answers[1] == labels[split.test]),
        ]
    ), steps


# %%
kinds = (
    "plain",
    "no cure",
    "sum scaled by 1/√2",
    "zero branch",
    "branch scaled by 1/√L",
    "batch norm in the branch",
)
depths = (4, 12, 30)
trained = {
    (kind, depth): [learn(depth, kind, seed) for seed in (0, 1)]
    for kind in kinds
    for depth in depths
}
accuracy = {
    key: np.mean([result[1] for result, _ in runs]) for key, runs in trained.items()
}
fit = {key: np.mean([result[0] for result, _ in runs]) for key, runs in trained.items()}

# %%
fig, axis = plt.subplots(figsize=(figure.WIDTH, 3.0))
for kind, mark in zip(kinds, "ovsd^*", strict=True):
    axis.plot(
        depths,
        [100 * accuracy[kind, depth] for depth in depths],
        f"{mark}-",
        label=kind,
    )
axis.set(
    xlabel="blocks",
    ylabel="test accuracy in %",
    xticks=depths,
    title="digits after 500 steps, two seeds",
)
axis.annotate(
    "overflow",
    (30, 10),
    (26.5, 12),
    va="center",
    ha="right",
    arrowprops={"arrowstyle": "->"},
)
axis.legend(loc="center left", bbox_to_anchor=(1, 0.5))
figure.show(fig, "depth")

# %%
claim(
    "L11.2-plain",
    [fit["plain", 4] - fit["plain", 30], accuracy["plain", 4] - accuracy["plain", 30]],
)
claim("L11.2-overflow", max(step for _, step in trained["no cure", 30]))
claim("L11.2-scaled", accuracy["sum scaled by 1/√2", 30])

# %%
claim(
    "L11.2-zero",
    min(accuracy["zero branch", 30], accuracy["branch scaled by 1/√L", 30]),
)
claim(
    "L11.2-batchnorm", [accuracy["batch norm in the branch", depth] for depth in depths]
)

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
    """Return, for the input of every block, the gradient's norm by the last block's, and the cosine of two images."""
    weights = start(depth, kind, seed)
    rows = split.train[:256]
    logits, kept, inputs = forward(weights, pixels[rows], kind)
    _, grad = softmax_cross_entropy(logits, labels[rows])
    _, flows = backward(grad, kept, weights, kind)
    units = [h / np.linalg.norm(h, axis=1, keepdims=True) for h in inputs]
    cosines = [
        (np.sum(unit.sum(axis=0) ** 2) - len(rows)) / (len(rows) * (len(rows) - 1))
        for unit in units
    ]
    return np.array([np.linalg.norm(flow) for flow in flows]) / np.linalg.norm(
        flows[-1]
    ), np.array(cosines)


# %%
shown = (
    "plain",
    "no cure",
    "sum scaled by 1/√2",
    "zero branch",
    "batch norm in the branch",
)
starts = {
    kind: np.mean([at_start(kind, seed=seed) for seed in range(5)], axis=0)
    for kind in shown
}
flows, alike = ({kind: pair[k] for kind, pair in starts.items()} for k in (0, 1))

# %%
fig, (left, right) = plt.subplots(1, 2, figsize=(figure.WIDTH, 3.1))
for kind, line in zip(
    shown, ("-", "--", "-.", ":", (0, (4, 1, 1, 1, 1, 1))), strict=True
):
    left.semilogy(np.arange(1, 31), flows[kind], linestyle=line, label=kind)
    right.plot(np.arange(1, 31), alike[kind], linestyle=line)
left.set(
    xlabel="block", ylabel="gradient, relative to block 30", title="what comes back"
)
right.set(
    xlabel="block",
    ylabel="cosine of two images",
    title="how alike images have become",
    ylim=(-0.05, 1.05),
)
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
claim("L11.3-plain", flows["plain"].max() / flows["plain"].min())
claim(
    "L11.3-alike",
    [alike[kind][-1] for kind in ("plain", "sum scaled by 1/√2", "zero branch")],
    [plain, joined, 0.0],
)

# %%
claim("L11.3-flat", flows["zero branch"])
claim("L11.3-explode", flows["no cure"][0] ** (1 / 29), np.sqrt(2))

# %% [markdown]
# ## Joining instead of adding
#
# Inception and DenseNet put the branches side by side: channels are concatenated, and the backward pass cuts the
# gradient apart again. Nothing is summed, so the variance does not grow; the number of channels does.

# %%
parts = [rng.standard_normal((2, channels, 5, 4)) for channels in (3, 1, 4)]
joined, cache = concat_channels_forward(parts)
claim(
    "L11.4-concat",
    [
        joined.shape[1],
        bool(
            all(
                np.array_equal(a, b)
                for a, b in zip(
                    concat_channels_backward(joined, cache), parts, strict=True
                )
            )
        ),
    ],
)

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
