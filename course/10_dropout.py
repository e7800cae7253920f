# %% [markdown]
# # 10 · Dropout
#
# **What you will see.** Switch off half of the units, at random, at every step: why should that help? You will see two
# ways to make up for the missing half, which keep the mean and not the mean square; a network that really is 1024
# networks; how much dropout gains on a small data set, against a network that was given its own best rate; a network
# that hardly notices when its units are cut away; and what it costs to forget the mode.
#
# **What you need.** Expectation and variance, softmax and its loss (lecture 4), training loops (lecture 7), the two
# modes of batch norm (lecture 9).
#
# **How to read it.** A *prediction* asks you first: decide before you open the answer. A *claim* compares a sentence
# from a slide or a paper with what was measured here, and gives a verdict. Lecture 0 explains both.

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
# every step. At test time nothing is switched off, so the next layer would suddenly receive more than it is used to.
# There are two ways to make both equal, on average:
#
# | variant | training | test |
# |---|---|---|
# | vanilla | $y = m\,x$ | $y = (1 - \text{drop})\,x$ |
# | inverted | $y = m\,x / (1 - \text{drop})$ | $y = x$ |
#
# In both, $\operatorname{E}[y]$ in training equals $y$ at test time, because $\operatorname{E}[m] = 1 - \text{drop}$.
# Beware of the letter $p$: in some slides, and in the original paper, $p$ is the probability to *keep*; in others,
# and in PyTorch, the probability to *drop*. Here it is always `drop`.
#
# On the way back the same mask is used again: $\partial L/\partial x = m/(1 - \text{drop}) \cdot \partial L/\partial
# y$. A unit that was off gets no gradient.

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
        axis.scatter(at, k, s=80, color=face, edgecolor=figure.INK, zorder=2)
        if (k, at) not in alive:
            figure.note(axis, at, k, "×", zorder=3)
    axis.set(xlim=(-2.6, 2.6), ylim=(-0.5, 3.5))
    axis.axis("off")


# %%
rng = np.random.default_rng(2)
fig, axes = figure.panels(1, 3, 2.2, width=figure.NARROW)
titles = ("test: all units", "training, step 1", "training, step 2")
for axis, drop, title in zip(axes, (0, 0.5, 0.5), titles, strict=True):
    sketch(axis, rng, drop)
    axis.set_title(title, fontsize=9)
figure.show(fig, "thinned-networks", drawing=True)

# %%
rng = np.random.default_rng(0)
x, grad_y = rng.standard_normal((5, 7)), rng.standard_normal((5, 7))
y, cache = dropout_forward(x, 0.4, np.random.default_rng(3), training=True)


def downstream(x):
    y, _ = dropout_forward(x, 0.4, np.random.default_rng(3), training=True)
    return np.sum(grad_y * y)


numeric = numerical_gradient(downstream, x)
claim("L10.1-backward", np.abs(dropout_backward(grad_y, cache) - numeric).max())

# %% [markdown]
# ## 1 · The mean is kept, the mean square is not
#
# Both variants keep the mean. But $\operatorname{E}[(m x)^2] = (1 - \text{drop})\,x^2$, and at test time the square of
# the vanilla variant is $(1 - \text{drop})^2 x^2$: in training the mean square is $1/(1 - \text{drop})$ times as large.
# The same holds for the inverted variant. The nearer `drop` comes to 1, the fewer and the larger are the numbers that
# carry the mean; at 1 the formula divides zero by zero.

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

ones = np.ones(1_000_000)
squares = [
    np.mean(dropout_forward(ones, drop, rng, training=True)[0] ** 2)
    for drop in (0.9, 0.99)
]
with np.errstate(invalid="ignore"):
    at_one = (rng.random(1000) >= 1.0) * np.ones(1000) / (1 - 1.0)
claim("L10.1-range", [*squares, np.mean(np.isfinite(at_one))])

# %% [markdown]
# Where does it matter? Behind dropout, a batch norm learns in training the variance of thinned inputs. At inference the
# inputs are whole, their variance is smaller, and the batch norm divides by a number that no longer fits (Li and others
# 2018). For a linear layer whose inputs $h$ are independent, the ratio of the two variances is $(\operatorname{E}[h^2] /
# (1 - \text{drop}) - \operatorname{E}[h]^2) / (\operatorname{E}[h^2] - \operatorname{E}[h]^2)$.

# %%
rng = np.random.default_rng(0)
layers = [ReLU(), Dropout(0.5, rng), Linear(100, 50, rng, dtype=float)]
thinned = Stack([*layers, BatchNorm(50, dtype=float)])
for _ in range(100):
    thinned.forward(rng.standard_normal((500, 100)), training=True)
spread = thinned.forward(rng.standard_normal((5000, 100))).std(axis=0).mean()
# Of a ReLU behind standard normal numbers: mean 1/√(2π), mean square 1/2.
square, mean = 0.5, 1 / np.sqrt(2 * np.pi)
shrunk = np.sqrt((square - mean**2) / (square / (1 - 0.5) - mean**2))
claim("L10.1-beside-norm", spread, shrunk)

# %% [markdown]
# ## 2 · One network that is 1024 networks
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
fig, axis = figure.panels(height=2.9, width=figure.NARROW)
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
# ## 3 · Against overfitting: 200 digits
#
# A network 64-128-10 has 9 500 weights. We train it on 200 digits for 600 steps of plain descent: without dropout,
# with two values of `drop`, and with batch norm in place of dropout. Then we make 40 of the 200 labels wrong, others for
# each seed, and do it all again: now there is something that a network must not learn by heart.
#
# Each method gets several rates, and each rate five seeds. Which rate is best, 1000 other digits decide, the
# *validation* images; what is reported was measured on the 497 test images, which had no say.

# %%
predict("drop-half")
predict("wrong-labels")
predict("small-rate")

# %%
images, labels, split = load("digits")
pixels = images.reshape(len(images), -1)
pixels = (pixels - pixels[split.train].mean(axis=0)) / pixels[split.train].std()
few, right = pixels[split.train[:200]], labels[split.train[:200]]
parts = {"validation": split.train[200:], "test": split.test}
parts = {name: (pixels[rows], labels[rows]) for name, rows in parts.items()}


def spoiled(seed):
    """Return the 200 labels, 40 of them wrong."""
    rng, wrong = np.random.default_rng(seed), right.copy()
    rows = rng.choice(200, 40, replace=False)
    wrong[rows] = (wrong[rows] + rng.integers(1, 10, 40)) % 10
    return wrong


# %%
TARGETS = {"right": lambda seed: right, "wrong": spoiled}


def trained(seed, kind, drop, norm, rate):
    """Train 64-128-10 on the 200 digits with labels of a kind and return it."""
    rng, states, targets = np.random.default_rng(seed), {}, TARGETS[kind](seed)
    middle = [BatchNorm(128)] if norm else []
    behind = [Dropout(drop, np.random.default_rng(seed + 7))] if drop else []
    layers = [Linear(64, 128, rng), *middle, ReLU(), *behind, Linear(128, 10, rng)]
    network = Stack(layers)
    for _ in range(600):
        rows = rng.choice(200, 32, replace=False)
        train_step(network, few[rows], targets[rows])
        update(network, sgd, states, rate=rate)
    return network


# %%
KINDS = {
    "no dropout": (0.0, False),
    "drop 0.5": (0.5, False),
    "drop 0.75": (0.75, False),
    "batch norm": (0.0, True),
}
RATES = {"right": (0.05, 0.15, 0.5), "wrong": (0.005, 0.015, 0.05)}
runs = [(t, kind, rate) for t, kind in product(TARGETS, KINDS) for rate in RATES[t]]
networks = {
    run: [trained(seed, run[0], *KINDS[run[1]], run[2]) for seed in range(5)]
    for run in runs
}


# %%
def scored(nets, part):
    """Return loss and accuracy on a part of the images, averaged over networks."""
    return np.mean([evaluate(net, *parts[part]) for net in nets], axis=0)


scores = {
    run: {part: scored(nets, part) for part in parts} for run, nets in networks.items()
}


# %%
def best_rate(targets, kind, column):
    """Return the rate with the best validation loss (column 0) or accuracy (1)."""
    validation = {
        rate: scores[targets, kind, rate]["validation"][column]
        for rate in RATES[targets]
    }
    return (min, max)[column](validation, key=validation.get)


def at_best(targets, kind, column):
    """Return the test loss or accuracy at that rate."""
    rate = best_rate(targets, kind, column)
    return scores[targets, kind, rate]["test"][column]


# %%
fig, axes = figure.panels(2, 1, 5.2, width=figure.NARROW)
for axis, (targets, rates) in zip(axes, RATES.items(), strict=True):
    for kind, mark in zip(KINDS, ("o-", "s-.", "D--", "v:"), strict=True):
        percent = [100 * scores[targets, kind, rate]["test"][1] for rate in rates]
        axis.semilogx(rates, percent, mark, label=kind)
    axis.set(xticks=rates, xticklabels=map(str, rates), ylabel="test images right, %")
    axis.minorticks_off()
axes[0].set_title("200 digits, all labels right")
axes[1].set(title="40 of the 200 labels wrong", xlabel="rate")
fig.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
figure.show(fig, "drop")

# %%
clean = [evaluate(net, few, right)[1] for rate in RATES["right"] for kind in KINDS
         for net in networks["right", kind, rate]]  # fmt: skip
claim("L10.3-train", np.mean(clean))
none, much = (at_best("wrong", kind, 0) for kind in ("no dropout", "drop 0.75"))
claim("L10.3-loss", much / none)
gain = at_best("right", "drop 0.5", 1) - at_best("right", "no dropout", 1)
claim("L10.3-accuracy", gain)
none, much = (at_best("wrong", kind, 1) for kind in ("no dropout", "drop 0.75"))
claim("L10.3-wrong-labels", much - none)

# %%
rated = {run: score["test"][1] for run, score in scores.items()}
same_rate = rated["wrong", "drop 0.75", 0.05] - rated["wrong", "no dropout", 0.05]
claim("L10.3-same-rate", same_rate)
claim("L10.3-small-rate", none - rated["wrong", "no dropout", 0.05])
behind = [at_best(t, "drop 0.75", 1) - at_best(t, "batch norm", 1) for t in TARGETS]
claim("L10.3-batch-norm", behind)

# %% [markdown]
# The lower panel has two lessons. At the largest rate dropout gains about five points. But a smaller rate prevents much
# of the same damage without dropout: after as many steps such a network has learned the rule and not yet the exceptions.
# When every method has its best rate, dropout is ahead by a few points, and batch norm, which brings only the noise of
# its batches, is not.

# %% [markdown]
# ## 4 · Robust against cuts
#
# "No unit can rely on another one." So a network trained with dropout should survive when units are cut away for
# good. We cut a share of the hidden units of the networks trained on right labels, each at its best rate, scale up the
# rest, and look at the test accuracy.

# %%
x_test, y_test = parts["test"]


def after_cut(network, share):
    """Test accuracy after a share of the hidden units is cut away: mean of ten cuts."""
    hidden = network.layers[1].forward(network.layers[0].forward(x_test))
    found = []
    for seed in range(10):
        alive = np.random.default_rng(seed).random(hidden.shape[1]) >= share
        logits = network.layers[-1].forward(hidden * (alive / alive.mean()))
        found.append(np.mean(logits.argmax(axis=1) == y_test))
    return np.mean(found)


SHARES, cuts = (0.0, 0.25, 0.5, 0.75, 0.9), {}
for kind in list(KINDS)[:3]:
    nets = networks["right", kind, best_rate("right", kind, 1)]
    cuts[kind] = [np.mean([after_cut(net, share) for net in nets]) for share in SHARES]

# %%
fig, axis = figure.panels(height=3.0, width=figure.NARROW)
for (kind, values), marks in zip(cuts.items(), ("D:", "s--", "o-"), strict=True):
    axis.plot(SHARES, values, marks, label=kind)
axis.set(xlabel="share of the hidden units cut away", ylabel="test accuracy")
axis.set(ylim=(0.4, 1))
axis.legend(loc="lower left")
figure.show(fig, "cut")
claim("L10.4-robust", cuts["drop 0.75"][3] - cuts["no dropout"][3])

# %% [markdown]
# ## 5 · The forgotten mode
#
# The most common bug with dropout takes one word: training mode at test time. The same image then gets another answer
# each time, and more of the answers are wrong.

# %%
network = networks["right", "drop 0.75", best_rate("right", "drop 0.75", 1)][0]
twice = [network.forward(x_test[:1], training=True) for _ in range(2)]
claim("L10.5-training-mode", np.abs(twice[0] - twice[1]).max())
twice = [network.forward(x_test[:1], training=False) for _ in range(2)]
claim("L10.5-inference-mode", np.abs(twice[0] - twice[1]).max())

# %%
votes = np.array([network.forward(x_test, training=True) for _ in range(50)])
alone = network.forward(x_test, training=False).argmax(axis=1)
small = np.mean(votes.argmax(axis=2) == y_test)  # of the small networks, on average
claim("L10.5-cost", np.mean(alone == y_test) - small)
claim("L10.5-vote", np.mean(softmax(votes).mean(axis=0).argmax(axis=1) == alone))

# %% [markdown]
# ## What to remember
#
# 1. `drop` is the probability of switching off. Inverted dropout divides by $1 - $ `drop` in training and does
#    nothing at test time.
# 2. The mean is right, the mean square is not: in training it is $1/(1 - $ `drop`$)$ times as large. A batch norm
#    behind dropout learns the wrong variance.
# 3. The backward pass uses the same mask.
# 4. The test-time network is exactly the geometric mean of $2^N$ networks when one linear layer and a softmax follow
#    the mask, and approximately otherwise.
# 5. Dropout gains most where there is much to memorize, such as wrong labels, and little on clean, easy data. Give the
#    network without dropout its best rate before you compare. Dropout also makes a network robust against cuts.
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
#
# ## What comes next
#
# Normalization and dropout make training safe, and a network may now grow deep. Lecture 11 stacks thirty layers, asks
# why a plain stack learns so slowly, and adds the shortcut that cures it.
