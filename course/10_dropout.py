# %% [markdown]
# # 10 · Dropout
#
# **What you will see.** Switching off half of the units, at random, at every step, and why that can help. Two ways to
# make up for the missing half, which keep the mean and not the mean square. A network that really is 1024 networks.
# How much dropout gains on a small data set: less than its fame, until some of the labels are wrong. And a network
# that shrugs when you cut away its units.
#
# **What you need.** Expectation and variance, softmax and its loss (lecture 4), the training loop of lecture 9.

# %%
from itertools import product

import numpy as np

from classroom import claim, figure, ledger, predict
from classroom.data import load
from solutions.dropout import dropout_backward, dropout_forward, vanilla_dropout_forward
from solutions.gradient_check import numerical_gradient
from solutions.loss import softmax
from solutions.network import BatchNorm, Dropout, Linear, ReLU, Stack
from solutions.optimizer import sgd
from solutions.training import evaluate, train_step, update

figure.style()
ledger.use("10_dropout")

# %% [markdown]
# ## The idea
#
# In training each unit is switched off with probability `drop`, by a mask $m$ of zeros and ones that is drawn anew at
# every step. At test time nothing is switched off. What the next layer receives must then be made equal, on average:
#
# | variant | training | test |
# |---|---|---|
# | vanilla | $y = m\,x$ | $y = (1 - \text{drop})\,x$ |
# | inverted | $y = m\,x / (1 - \text{drop})$ | $y = x$ |
#
# In both $\operatorname{E}[y]$ in training equals $y$ at test time, because $\operatorname{E}[m] = 1 - \text{drop}$.
# Beware of the letter $p$: in some slides, and in the original paper, $p$ is the probability to *keep*; in others,
# and in PyTorch, the probability to *drop*. Here it is always `drop`.
#
# Backward, the same mask is used again: $\partial L/\partial x = m/(1 - \text{drop}) \cdot \partial L/\partial y$.
# What did not speak receives no blame.

# %%
predict("inverted")

# %% [markdown]
# ## The component at work
#
# One picture first: a network, and the same network at two training steps.


# %%
def sketch(axis, rng, drop):
    """Draw a network of layers with 5, 5, 5 and 1 units, some of them switched off."""
    units = [(k, i - (n - 1) / 2) for k, n in enumerate((5, 5, 5, 1)) for i in range(n)]
    alive = [(k, at) for k, at in units if k == 3 or drop == 0 or rng.random() >= drop]
    for (k, low), (above, high) in product(alive, alive):
        if above == k + 1:
            axis.plot([low, high], [k, above], color=figure.GREY, lw=0.6, zorder=1)
    for k, at in units:
        face = figure.SKY if (k, at) in alive else figure.PAPER
        axis.scatter(at, k, s=110, color=face, edgecolor=figure.INK, zorder=2)
        if (k, at) not in alive:
            figure.note(axis, at, k, "×", zorder=3)
    axis.set(xlim=(-2.6, 2.6), ylim=(-0.5, 3.5))
    axis.axis("off")


# %%
rng = np.random.default_rng(2)
fig, axes = figure.panels(1, 3, 2.6)
titles = ("test: all units", "training, step 1", "training, step 2")
for axis, drop, title in zip(axes, (0, 0.5, 0.5), titles, strict=True):
    sketch(axis, rng, drop)
    axis.set_title(title)
figure.show(fig, "thinned-networks")

# %%
rng = np.random.default_rng(0)
x = np.full((1000, 100), 2.0)
means, ratios = [], ([], [])
for drop in (0.1, 0.25, 0.5):
    inverted, _ = dropout_forward(x, drop, rng, training=True)
    vanilla, _ = vanilla_dropout_forward(x, drop, rng, training=True)
    at_test, _ = vanilla_dropout_forward(x, drop, rng, training=False)
    means.append((inverted.mean() / 2.0, vanilla.mean() / at_test.mean()))
    ratios[0].append(np.mean(inverted**2) / np.mean(x**2))
    ratios[1].append(np.mean(vanilla**2) / np.mean(at_test**2))

# %%
claim("L10.1-mean", np.ravel(means))
claim("L10.1-variance", np.ravel(ratios))

# %%
rng = np.random.default_rng(0)
x, grad_y = rng.standard_normal((5, 7)), rng.standard_normal((5, 7))
y, cache = dropout_forward(x, 0.4, np.random.default_rng(3), training=True)


def downstream(x):
    y, _ = dropout_forward(x, 0.4, np.random.default_rng(3), training=True)
    return np.sum(grad_y * y)


numeric = numerical_gradient(downstream, x)
claim("L10.1-backward", np.abs(dropout_backward(grad_y, cache) - numeric).max())

# %%
try:
    dropout_forward(x, 1.0, rng, training=True)
    refused = False
except ValueError as error:
    refused = True
    print(error)
claim("L10.1-range", refused)

# %% [markdown]
# ## 1 · One network that is 1024 networks
#
# A layer of 10 units has $2^{10} = 1024$ masks, all equally likely when `drop` is one half. Each one is a smaller
# network, and they share their weights. Training visits a few of them; the test-time network, with all units and no
# mask, is said to be their average. For one linear layer with softmax we can compute all 1024.

# %%
predict("which-average")

# %%
rng = np.random.default_rng(0)
x, weight, bias = map(rng.standard_normal, (10, (10, 4), 4))
masks = (np.arange(1024)[:, None] >> np.arange(10)) & 1
each = softmax((masks * x) @ weight + bias)
geometric = np.exp(np.log(each).mean(axis=0))
geometric /= geometric.sum()
scaled = softmax((0.5 * x) @ weight + bias)

# The same once more, with a hidden layer of ReLUs behind the mask.
weight1, weight2 = rng.standard_normal((10, 16)), rng.standard_normal((16, 4)) / 2
bent = np.log(softmax(np.maximum((masks * x) @ weight1, 0) @ weight2)).mean(axis=0)
bent_scaled = softmax(np.maximum((0.5 * x) @ weight1, 0) @ weight2)

# %%
fig, axis = figure.panels(height=2.7)
axis.violinplot(each, positions=range(4), widths=0.7, showextrema=False)
look = {"color": figure.ORANGE, "markersize": 8}
axis.plot(range(4), each.mean(axis=0), "o", label="arithmetic mean", **look)
look = {"color": figure.INK, "markersize": 26}
axis.plot(range(4), geometric, "_", label="geometric mean", **look)
look = {"color": figure.GREEN, "markersize": 8}
axis.plot(range(4), scaled, "x", label="test-time network", **look)
axis.set(xticks=range(4), xlabel="class", ylabel="probability", ylim=(0, 1))
axis.set(title="1024 networks (shaded)")
axis.legend()
figure.show(fig, "averages")

# %%
claim("L10.2-geometric", np.abs(geometric - scaled).max())
claim("L10.2-hidden", np.abs(softmax(bent) - bent_scaled).max())
claim("L10.2-arithmetic", np.abs(each.mean(axis=0) - scaled).max())

# %% [markdown]
# ## 2 · Against overfitting: 200 digits
#
# A network 64-256-10 has 19 000 weights. We train it on 200 digits for 600 steps, with `drop` from 0 to 0.75, and once
# with batch norm in place of dropout; three seeds each. All of them will get the training images right. What about the
# 497 test images? Then we make 40 of the 200 labels wrong and train again, two seeds each.

# %%
predict("drop-half")
predict("wrong-labels")
images, labels, split = load("digits")
pixels = images.reshape(len(images), -1).astype(float)
pixels = (pixels - pixels[split.train].mean(axis=0)) / pixels[split.train].std()
few, right = pixels[split.train[:200]], labels[split.train[:200]]
x_test, y_test = pixels[split.test], labels[split.test]
rng = np.random.default_rng(0)
wrong, rows = right.copy(), rng.choice(200, 40, replace=False)
wrong[rows] = (wrong[rows] + rng.integers(1, 10, 40)) % 10


# %%
def trained(seed, targets, drop=0.0, norm=False):
    """Train 64-256-10 on the 200 digits with these labels and return it."""
    rng, states = np.random.default_rng(seed), {}
    middle = [BatchNorm(256, dtype=float)] if norm else []
    behind = [Dropout(drop, np.random.default_rng(seed + 7))] if drop else []
    first = Linear(64, 256, rng, dtype=float)
    layers = [first, *middle, ReLU(), *behind, Linear(256, 10, rng, dtype=float)]
    network = Stack(layers)
    for _ in range(600):
        rows = rng.choice(200, 32, replace=False)
        train_step(network, few[rows], targets[rows])
        update(network, sgd, states, rate=0.05)
    return network


# %%
def tested(nets):
    """Return loss and accuracy on the test images, averaged over networks."""
    return np.mean([evaluate(net, x_test, y_test) for net in nets], axis=0)


# %%
DROPS, ENDS = (0.0, 0.25, 0.5, 0.75), (0.0, 0.75)
networks = {drop: [trained(seed, right, drop) for seed in range(3)] for drop in DROPS}
networks["batch norm"] = [trained(seed, right, norm=True) for seed in range(3)]
scores = {key: tested(nets) for key, nets in networks.items()}
on_train = [evaluate(net, few, right)[1] for nets in networks.values() for net in nets]
misled = {d: tested([trained(seed, wrong, d) for seed in range(3)]) for d in ENDS}
misled["batch norm"] = tested([trained(seed, wrong, norm=True) for seed in range(3)])

# %%
fig, axes = figure.panels(1, 2, 2.9)
kinds = {"right labels": (DROPS, scores, "o", figure.BLUE)}
kinds["40 of 200 wrong"] = (ENDS, misled, "s", figure.ORANGE)
for column, label in enumerate(("test loss", "test accuracy")):
    axis = axes[column]
    for name, (drops, found, mark, color) in kinds.items():
        values, level = (
            [found[drop][column] for drop in drops],
            found["batch norm"][column],
        )
        axis.plot(drops, values, f"{mark}-", color=color, label=f"{name}: dropout")
        label_norm = f"{name}: batch norm, no dropout"
        axis.axhline(level, color=color, linestyle="--", label=label_norm)
    axis.set(xlabel="drop", ylabel=label, xticks=DROPS)
axes[0].set_ylim(0, 0.8)
axes[1].set_ylim(0.7, 1.0)
fig.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
figure.show(fig, "drop")

# %%
claim("L10.3-train", min(on_train))
claim("L10.3-loss", scores[0.5][0] / scores[0.0][0])
claim("L10.3-accuracy", scores[0.5][1] - scores[0.0][1])
claim("L10.3-wrong-labels", misled[0.75][1] - misled[0.0][1])
measured = [found["batch norm"][1] - found[0.75][1] for found in (scores, misled)]
claim("L10.3-batch-norm", measured)

# %% [markdown]
# ## 3 · Robust against cuts
#
# "No unit can rely on another one." So a network trained with dropout should bear it when units are cut away for
# good. We cut a share of the hidden units of the trained networks, scale up the rest, and look at the test accuracy.


# %%
def after_cut(network, share):
    """Test accuracy after a share of the hidden units is cut away: mean of ten cuts."""
    hidden = network.layers[1].forward(network.layers[0].forward(x_test))
    found = []
    for seed in range(10):
        alive = np.random.default_rng(seed).random(hidden.shape[1]) >= share
        logits = network.layers[-1].forward(hidden * (alive / alive.mean()))
        found.append(np.mean(logits.argmax(axis=1) == y_test))
    return np.mean(found)


SHARES = (0.0, 0.25, 0.5, 0.75, 0.9)
cuts = {}
for drop in DROPS:
    nets = networks[drop]
    cuts[drop] = [np.mean([after_cut(net, share) for net in nets]) for share in SHARES]

# %%
fig, axis = figure.panels(height=2.7)
for (drop, values), marks in zip(cuts.items(), ("D:", "^-.", "s--", "o-"), strict=True):
    axis.plot(SHARES, values, marks, label=f"trained with drop {drop}")
axis.set(xlabel="share of the hidden units cut away", ylabel="test accuracy")
axis.set(ylim=(0.4, 1))
axis.legend(loc="lower left")
figure.show(fig, "cut")
claim("L10.4-robust", cuts[0.75][3] - cuts[0.0][3])

# %% [markdown]
# ## 4 · The forgotten mode
#
# The most common bug with dropout takes one word: training mode at test time. The same image then gets another answer
# each time.

# %%
network = networks[0.5][0]
twice = [network.forward(x_test[:1], training=True) for _ in range(2)]
claim("L10.5-training-mode", np.abs(twice[0] - twice[1]).max())
twice = [network.forward(x_test[:1], training=False) for _ in range(2)]
claim("L10.5-inference-mode", np.abs(twice[0] - twice[1]).max())

# %%
votes = [softmax(network.forward(x_test, training=True)) for _ in range(50)]
alone = network.forward(x_test, training=False).argmax(axis=1)
claim("L10.5-vote", np.mean(np.mean(votes, axis=0).argmax(axis=1) == alone))

# %% [markdown]
# ## What to remember
#
# 1. `drop` is the probability of switching off. Inverted dropout divides by $1 - $ `drop` in training and does
#    nothing at test time.
# 2. The mean is right, the variance is not: in training the mean square is $1/(1 - $ `drop`$)$ times larger. Beside
#    batch norm that matters.
# 3. Backward uses the same mask.
# 4. The test-time network is exactly the geometric mean of $2^N$ networks when one linear layer and a softmax follow,
#    and about that otherwise.
# 5. Dropout gains much where there is much to memorise, such as wrong labels, and little on clean, easy data. It also
#    makes a network robust against cuts.
# 6. The same `drop` for all layers is usual; values from 0.1 to 0.5 are tried on held-out data, not on test data.
# 7. Test in inference mode.
#
# ## Exercises that follow
#
# Assignment 9, *Dropout and residual connections*: `vanilla_dropout_forward`, `vanilla_dropout_backward`,
# `dropout_forward`, `dropout_backward`.
#
# ## Further reading
#
# - G. Hinton and others. *Improving neural networks by preventing co-adaptation of feature detectors.* 2012.
#   arXiv:1207.0580
# - N. Srivastava and others. *Dropout: a simple way to prevent neural networks from overfitting.* JMLR 15, 2014.
# - P. Baldi, P. Sadowski. *Understanding dropout.* NeurIPS 2013.
# - D. Arpit and others. *A closer look at memorization in deep networks.* ICML 2017. arXiv:1706.05394
# - X. Li and others. *Understanding the disharmony between dropout and batch normalization by variance shift.* 2018.
#   arXiv:1801.05134
