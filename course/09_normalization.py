# %% [markdown]
# # 9 · Normalization
#
# **What you will see.** Batch norm is two lines of arithmetic, and the most misunderstood layer of all. You will see a
# deep sigmoid network that learns nothing until batch norm is put in; follow the gradient back through the mean and the
# variance; recompute the famous table of speed-ups and repeat the experiment on a small scale; find out when batch norm
# makes training *slower*, and what it does to the landscape of the loss; break it with small batches, with a wrong mode
# and with an unlucky choice of batch mates; and fold it away. Its relatives close the lecture: layer, instance, group
# and RMS norm, and normalized weights.
#
# **Two parts, an hour each.** Part one builds batch norm, and measures what it does for a network (up to section 4).
# Part two counts what it costs, asks why it works, and introduces its relatives (sections 5 to 8).
#
# **What you need.** Initialization (lecture 8), optimizers (lecture 7), the variance of a mean.
#
# **How to read it.** A *prediction* asks you first: decide before you open the answer. A *claim* compares a sentence
# from a slide or a paper with what was measured here, and gives a verdict. Lecture 0 explains both.

# %%
import copy
from itertools import pairwise, product

import numpy as np

from classroom import claim, figure, ledger, predict
from classroom.data import load
from solutions.activation import sigmoid_forward
from solutions.convolution import conv2d_forward
from solutions.gradient_check import numerical_gradient
from solutions.initialization import kaiming_normal, normal, xavier_normal
from solutions.linear import linear_backward, linear_forward
from solutions.optimizer import adam, sgd
from solutions.training import evaluate, train_step, update

figure.style()
ledger.use("09_normalization")

# %%
from solutions.network import (
    BatchNorm,
    GroupNorm,
    LayerNorm,
    Linear,
    LocalResponseNorm,
    ReLU,
    Sigmoid,
    Stack,
    Tanh,
)
from solutions.normalization import (
    batchnorm_backward,
    batchnorm_forward,
    batchnorm_param_count,
    fold_batchnorm,
    spatial_batchnorm_forward,
)

# %% [markdown]
# ## The idea
#
# While a network trains, every layer's input keeps changing, because all layers before it change. Normalized inputs
# have long been known to speed up gradient descent (lecture 4), so normalize *inside* too. But how? Normalizing over
# the whole training set after each step is too expensive, and removing all correlations jointly, as whitening does,
# needs a covariance matrix and its inverse root. Batch norm does what is affordable: each feature $j$ by itself, with
# the mean and variance over the $N$ examples $i$ of the mini-batch:
#
# $$\mu_j = \frac1N \sum_i x_{ij}, \qquad \sigma_j^2 = \frac1N \sum_i (x_{ij} - \mu_j)^2, \qquad
# \hat x_{ij} = \frac{x_{ij} - \mu_j}{\sqrt{\sigma_j^2 + \epsilon}}, \qquad y_{ij} = \gamma_j \hat x_{ij} + \beta_j.$$
#
# $\gamma$ (`scale`, starts at 1) and $\beta$ (`shift`, starts at 0) are trained; the small $\epsilon$ (`eps`) keeps the
# root away from 0. For images there is one pair for each channel, and the mean runs over $N$, $H$ and $W$.
#
# At test time there may be only one example. So training also keeps running averages, with `alpha` weighing the old
# value, and inference uses these.
#
# ## The component at work
#
# First comes a slip that is often printed: one has to divide by the standard deviation, not by the variance. Then you
# will see what $\gamma$ and $\beta$ are good for: they can undo the normalization, where that is better.

# %%
rng = np.random.default_rng(0)
x = rng.normal(3, 5, (4096, 4))
one, zero = np.ones(4), np.zeros(4)
y, _, _ = batchnorm_forward(x, one, zero, None, training=True)
by_variance = (x - x.mean(axis=0)) / x.var(axis=0)
claim("L9.1-std", [y.std(), by_variance.std()])

# %%
predict("scale-and-shift")
z = rng.standard_normal(10_000)
line = np.polyval(np.polyfit(z, sigmoid_forward(z)[0], 1), z)
measured = 1 - np.var(sigmoid_forward(z)[0] - line) / np.var(sigmoid_forward(z)[0])
claim("L9.3-sigmoid-linear", measured)

x = rng.normal(0, 0.01, (64, 4))
mean, std, options = x.mean(axis=0), x.std(axis=0), {"training": True, "eps": 1e-5}
exact, _, _ = batchnorm_forward(x, np.sqrt(std**2 + 1e-5), mean, None, **options)
rough, _, _ = batchnorm_forward(x, std, mean, None, **options)
claim("L9.3-identity", np.abs(exact - x).max())
claim("L9.3-nearly-identity", np.abs(rough - x).max() / std.max())

# %% [markdown]
# ### The way back
#
# The gradient goes *through* $\mu$ and $\sigma$: they depend on every example of the batch. In the graph an input $x$
# reaches $\hat x$ by three routes.

# %%
NODES = {
    "$x$": (0, 1), r"$\mu$": (1.1, 0), r"$x - \mu$": (2.3, 1), r"$\sigma^2$": (3.4, 0),
    r"$1/\sqrt{\sigma^2 + \epsilon}$": (5.0, 0), r"$\hat x$": (5.0, 1), "$y$": (6.6, 1),
    r"$\gamma, \beta$": (6.6, 0),
}  # fmt: skip
ARROWS = ((0, 2), (0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (2, 5), (5, 6), (7, 6))
fig, axis = figure.panels(height=1.7, width=figure.NARROW)
places = list(NODES.values())
for start, end in ARROWS:
    (x0, y0), (x1, y1) = places[start], places[end]
    length, reach = np.hypot(x1 - x0, y1 - y0), (0.3, 0.62 if end == 4 else 0.42)
    along = [near / length for near in reach]
    away = [(x0 + (x1 - x0) * t, y0 + (y1 - y0) * t) for t in (along[0], 1 - along[1])]
    figure.arrow(axis, *away, figure.ORANGE if (start, end) == (0, 2) else figure.GREY)
for name, place in NODES.items():
    figure.note(axis, *place, name, fontsize=9)
axis.set(xlim=(-0.4, 7.2), ylim=(-0.4, 1.4))
axis.axis("off")
figure.show(fig, "graph", drawing=True)

# %% [markdown]
# Write $g_{ij}$ for the gradient that arrives at $\hat x_{ij}$.
#
# 1. **Straight.** Through $x - \mu$, with the other factor held fixed: $g_{ij} / \sqrt{\sigma_j^2 + \epsilon}$.
# 2. **Through the mean.** A larger $x_{ij}$ raises $\mu_j$ by $1/N$ and so lowers all $N$ outputs of the feature: minus
#    the mean of $g$ over the batch.
# 3. **Through the variance.** It changes by $\frac2N (x_{ij} - \mu_j)$, which scales all outputs: minus $\hat x_{ij}$
#    times the mean of $g\,\hat x$.
#
# $$\frac{\partial L}{\partial x_{ij}} = \frac{1}{\sqrt{\sigma_j^2 + \epsilon}} \Big(g_{ij} - \frac1N \sum_k g_{kj} -
# \hat x_{ij}\, \frac1N \sum_k g_{kj} \hat x_{kj}\Big)$$
#
# The last two terms take out of the gradient whatever would only shift or stretch the batch: it would be normalized
# away again.

# %%
x, g = rng.standard_normal((2, 6, 3))
one, zero = np.ones(3), np.zeros(3)


def loss_of(flat):
    """Return the loss whose gradient at the output of batch norm is g."""
    y, _, _ = batchnorm_forward(flat.reshape(6, 3), one, zero, None, training=True)
    return np.sum(y * g)


hat, _, _ = batchnorm_forward(x, one, zero, None, training=True)
three_routes = g - g.mean(axis=0) - hat * (g * hat).mean(axis=0)
three_routes /= np.sqrt(x.var(axis=0) + 1e-5)
numeric = numerical_gradient(loss_of, x.ravel()).reshape(6, 3)
claim("L9.1-three-routes", np.abs(three_routes - numeric).max())

# %% [markdown]
# ### A network that needs it
#
# We take six hidden layers of sigmoid units, which learned nothing in 600 steps from Xavier's weights in lecture 8. `mlp` makes such
# a network with or without a norm, and `fit` trains it.

# %%
images, labels, split = load("digits")
raw = images.reshape(len(images), -1)
pixels = raw - raw[split.train].mean(axis=0)
pixels = pixels / raw[split.train].std()
SEEDS = range(3)


# %%
def mlp(depth, rng, norm=None, active=ReLU, init=kaiming_normal, after=False):
    """Layers of 64 units: Linear, norm, activation (or norm last); then Linear."""
    layers = []
    for _ in range(depth):
        middle = [norm()] if norm else []
        middle = [active(), *middle] if after else [*middle, active()]
        layers += [Linear(64, 64, rng, init=init), *middle]
    return Stack([*layers, Linear(64, 10, rng, init=init)])


def batch_norm(alpha=0.9):
    return lambda: BatchNorm(64, alpha=alpha)


# %%
def fit(
    network, steps, rate, batch=32, rule=sgd, seed=1, data=pixels, rows=split.train
):
    """Train on random batches; stop silently where the numbers overflow."""
    rng, states = np.random.default_rng(seed), {}
    with np.errstate(all="ignore"):
        for _ in range(steps):
            chosen = rng.choice(rows, batch, replace=False)
            loss, _ = train_step(network, data[chosen], labels[chosen])
            if not np.isfinite(loss):
                break
            update(network, rule, states, rate=rate)
    return network


# %%
def judge(network, data=pixels):
    """Return loss and accuracy on the test images in inference mode."""
    with np.errstate(all="ignore"):
        loss, right = evaluate(network, data[split.test], labels[split.test])
    return (loss if np.isfinite(loss) else np.inf), right


def best_of(rates, measure, *which):
    """Return the lowest mean of measure(*which, rate, seed) over three seeds."""
    return min(
        np.mean([measure(*which, rate, seed) for seed in range(3)]) for rate in rates
    )


# %%
def flow(norm, seed):
    """Return the sizes of the first six weight gradients of a sigmoid network."""
    rng, rows = np.random.default_rng(seed), split.train[:256]
    network = mlp(6, rng, norm, Sigmoid, xavier_normal)
    train_step(network, pixels[rows], labels[rows])
    layers = [layer for layer in network.layers if isinstance(layer, Linear)]
    return [np.sqrt(np.mean(layer.grads["weight"] ** 2)) for layer in layers[:6]]


norms = {"plain": None, "batch norm": batch_norm()}
flows = {
    name: np.mean([flow(n, s) for s in SEEDS], axis=0) for name, n in norms.items()
}
fig, axis = figure.panels(height=2.6, width=figure.NARROW)
for (name, sizes), marks in zip(flows.items(), ("o--", "s-"), strict=True):
    axis.semilogy(np.arange(1, 7), sizes, marks, label=name)
axis.set(xlabel="layer", ylabel="rms of the weight gradient")
axis.legend()
figure.show(fig, "gradient-flow")
claim("L9.4-flow", [sizes[0] / sizes[5] for sizes in flows.values()])

# %% [markdown]
# Three cures were known before: a careful initialization, a small rate and normalized input data; one source says that
# they help weakly. The network gets the raw pixels or normalized ones, and Xavier's weights or four times as much,
# which suits the sigmoid (lecture 8). Each combination is trained at three rates, from small to large, and the best one
# counts.


# %%
def four_xavier(shape, rng):
    return xavier_normal(shape, rng, gain=4.0)


CURES = {
    "none": (None, xavier_normal, raw / 16),
    "input": (None, xavier_normal, pixels),
    "weights": (None, four_xavier, raw / 16),
    "input and weights": (None, four_xavier, pixels),
    "batch norm": (batch_norm(), xavier_normal, raw / 16),
}


def cured(name, rate, seed):
    """Return the test loss of six sigmoid layers after 120 steps."""
    norm, init, data = CURES[name]
    network = mlp(6, np.random.default_rng(seed), norm, Sigmoid, init)
    return judge(fit(network, 120, rate, data=data), data)[0]


# %%
cures = {name: best_of((0.02, 0.1, 0.5), cured, name) for name in CURES}
claim("L9.4-cures", [cures["none"], cures["input"], cures["weights"]])
claim("L9.4-together", [cures["input and weights"], cures["batch norm"]])

# %% [markdown]
# ## 1 · Inference: the running averages
#
# $\mu_{avg} \leftarrow \alpha\,\mu_{avg} + (1 - \alpha)\,\mu_B$, starting at 0; the variance likewise, starting at 1.
# Starting at 0 is a bias: after $k$ steps only $1 - \alpha^k$ of the true mean has arrived. Does that matter? Below, a
# network is evaluated with its running averages, and with the statistics of the test batch.

# %%
predict("running-mean")

batch_of_five = np.full((8, 1), 5.0) + np.array([[1.0], [-1.0]] * 4)
one, zero = np.ones(1), np.zeros(1)


def running_after(alpha, enough):
    """Train on a batch of mean 5 and variance 1 until enough(step, mean)."""
    running, step, options = None, 0, {"training": True, "alpha": alpha}
    while step == 0 or not enough(step, running[0].item()):
        step += 1
        _, _, running = batchnorm_forward(batch_of_five, one, zero, running, **options)
    return step, running


arrived = [running_after(a, lambda _, mean: mean > 4.95)[0] for a in (0.9, 0.99, 0.999)]
claim("L9.2-steps", arrived)
_, running = running_after(0.9, lambda step, _: step == 10)
claim("L9.2-captured", [running[0].item() / 5, running[1].item()], [1 - 0.9**10, 1.0])


# %%
def batch_accuracy(network):
    """Test accuracy with the statistics of the test batch, not the running ones."""
    logits = copy.deepcopy(network).forward(pixels[split.test], training=True)
    return np.mean(logits.argmax(axis=1) == labels[split.test])


MARKS = (1, 2, 3, 5, 7, 10, 14, 20, 30, 45, 70, 100, 150, 220, 300)


def history(alpha, seed):
    """Train, and return the accuracies with running and with batch statistics."""
    network, seen = mlp(4, np.random.default_rng(seed), batch_norm(alpha)), []
    for before, after in pairwise((0, *MARKS)):
        fit(network, after - before, 0.1, seed=1000 * seed + after)
        seen.append((judge(network)[1], batch_accuracy(network)))
    return seen


# Axes: alpha, seed, mark, kind of statistics.
curves = np.array([[history(alpha, seed) for seed in SEEDS] for alpha in (0.9, 0.99)])

# %%
means = curves.mean(axis=1)
fig, axis = figure.panels(height=2.8, width=figure.NARROW)
axis.semilogx(MARKS, means[0, :, 1], "k:", label="statistics of the batch")
axis.semilogx(MARKS, means[0, :, 0], "o-", label="running, alpha 0.9")
axis.semilogx(MARKS, means[1, :, 0], "s--", label="running, alpha 0.99")
axis.set(xlabel="training step", ylabel="test accuracy", ylim=(0, 1))
axis.legend()
figure.show(fig, "statistics")
running, batch = curves[1, :, MARKS.index(10)].T
claim("L9.2-early", batch - running)
claim("L9.2-late", np.abs(curves[:, :, -1, 1] - curves[:, :, -1, 0]).max())

# %% [markdown]
# ## 2 · What shifts
#
# *Internal covariate shift* is the name for the movement of a layer's input while the layers before it learn. We
# measure it: on the same test images, how far does the mean of a unit's sum move during 200 steps, in units of its own
# first standard deviation? In the network with batch norm we look at what batch norm *receives*; what it passes on has,
# on any batch, the mean $\beta$ and the deviation $\gamma$.


# %%
def unit_statistics(network):
    """Return mean and deviation of each unit's sum, layer by layer."""
    x, rows = pixels[split.test], []
    for layer in copy.deepcopy(network).layers:
        x = layer.forward(x, training=True)
        if isinstance(layer, Linear):
            rows.append((x.mean(axis=0), x.std(axis=0)))
    return rows


# %%
def moved(norm, seed):
    """Return how far layers 1, 3 and 6 have moved, every ten steps of 200."""
    network = fit(mlp(6, np.random.default_rng(seed), norm), 1, 0.02)
    first, rows = unit_statistics(network), []
    for part in range(20):
        now = unit_statistics(fit(network, 10, 0.02, seed=part))
        gaps = [(now[k][0] - first[k][0]) / first[k][1] for k in (0, 2, 5)]
        rows.append([np.sqrt(np.mean(gap**2)) for gap in gaps])
    return rows


drift = {name: np.array([moved(n, s) for s in SEEDS]) for name, n in norms.items()}

# %%
fig, axes = figure.panels(2, 1, 4.2, width=figure.NARROW, sharex=True, sharey=True)
for axis, (name, found) in zip(axes, drift.items(), strict=True):
    for column, (layer, marks) in enumerate(((1, "-"), (3, "--"), (6, ":"))):
        moves = found[0, :, column]
        axis.semilogy(np.arange(1, 21) * 10, moves, marks, label=f"layer {layer}")
    axis.set(title=name)
axes[1].set(xlabel="training step")
fig.supylabel("movement of the unit means\n(first standard deviations)", fontsize=9)
axes[0].legend()
figure.show(fig, "movement")
claim("L9.2-shift-depth", drift["plain"][:, -1, 2] / drift["plain"][:, -1, 0])
claim("L9.2-shift-inside", drift["plain"][:, -1, 2] / drift["batch norm"][:, -1, 2])

# %%
before = rng.standard_normal((512, 64))
passed = []
for mixing in (normal((64, 8), 0.1, rng), 3 + normal((64, 8), 2.0, rng)):
    z = np.maximum(before @ mixing, 0) ** 2  # whatever the layers before do
    y, _, _ = batchnorm_forward(z, np.full(8, 2.0), np.ones(8), None, training=True)
    passed.append([y.mean(), y.std(axis=0).mean(), np.mean(((y - 1) / 2) ** 3)])
passed = np.array(passed)
claim("L9.2-shift-norm", [*passed[0, :2], *passed[1, :2]])
claim("L9.2-shape", abs(passed[0, 2] - passed[1, 2]))

# %% [markdown]
# ## 3 · How much faster?
#
# Ioffe and Szegedy trained Inception on ImageNet until it was as good as the original:
#
# | network | steps to 72.2 % | best accuracy |
# |---|---|---|
# | Inception | 31.0 million | 72.2 % |
# | BN-Baseline, same rate | 13.3 million | 72.7 % |
# | BN-x5, rate 5 times larger | 2.1 million | 73.0 % |
# | BN-x30, rate 30 times larger | 2.7 million | 74.8 % |
#
# We repeat it with seven hidden layers of 64 ReLU units on the digits: rate 0.01, five and thirty times that, with and
# without batch norm, all from Kaiming's weights. We count the steps to 80 % of the test images; a run that never gets
# there counts as infinitely many.

# %%
claim("L9.5-table", np.array([31.0 / 13.3, 31.0 / 2.1, 31.0 / 2.7, 74.8 - 72.2]))
predict("same-rate")


def curve(norm, rate, seed):
    """Train seven hidden layers; return test loss and accuracy every 10 steps."""
    network, seen = mlp(7, np.random.default_rng(seed), norm), []
    for part in range(30):
        fit(network, 10, rate, seed=100 * seed + part)
        seen.append(judge(network))
    return np.array(seen)


TABLE_RATES = (0.01, 0.05, 0.3)
table = {
    key: [curve(norms[key[0]], key[1], seed) for seed in SEEDS]
    for key in product(norms, TABLE_RATES)
}

# %%
fig, axes = figure.panels(2, 1, 4.6, width=figure.NARROW, sharex=True, sharey=True)
styles = zip(TABLE_RATES, figure.COLOURS, ("-", "--", ":"), strict=False)
for rate, color, dash in styles:
    for axis, norm in zip(axes, norms, strict=True):
        losses = np.array([run[:, 0] for run in table[norm, rate]])
        look = {"color": color, "linestyle": dash, "linewidth": 1.2}
        axis.semilogy(10 * np.arange(1, len(losses.T) + 1), losses.T, **look)
        axis.plot([], [], label=f"rate {rate}", **look)
        axis.set(title=norm, ylim=(0.05, 5))
axes[1].set(xlabel="training step")
fig.supylabel("test loss, three runs each", fontsize=9)
axes[1].legend(ncols=3, loc="upper right")
figure.show(fig, "rates")

# %%
reached, lowest = {}, {}
for key, found in table.items():
    steps = [np.flatnonzero(run[:, 1] >= 0.8) for run in found]
    reached[key] = np.mean([10 * (at[0] + 1) if len(at) else np.inf for at in steps])
    lowest[key] = np.mean([run[:, 0].min() for run in found])
claim("L9.5-same-rate", reached["batch norm", 0.01] / reached["plain", 0.01])
claim("L9.5-large-rate", reached["plain", 0.01] / reached["batch norm", 0.3])
fewest, least = (
    {norm: min(found[norm, rate] for rate in TABLE_RATES) for norm in norms}
    for found in (reached, lowest)
)
claim("L9.5-best-rates", fewest["plain"] / fewest["batch norm"])
claim("L9.5-best", least["plain"] / least["batch norm"])

# %% [markdown]
# ## 4 · Any initialization?
#
# The standard deviation of the first weights goes from 0.001 to 1; Kaiming's is 0.18. Each network, with and without
# batch norm, is given 40 steps of Adam at the best of three rates.

# %%
STDS = (0.001, 0.01, 0.18, 1.0)


def first_loss(norm, std, rate, seed):
    """Return the test loss after 40 steps of Adam from weights of one scale."""
    rng = np.random.default_rng(seed)
    network = mlp(4, rng, norm, init=lambda shape, rng: normal(shape, std, rng))
    return judge(fit(network, 40, rate, rule=adam))[0]


robust = {
    name: [best_of((1e-3, 3e-3, 1e-2), first_loss, norm, std) for std in STDS]
    for name, norm in norms.items()
}

# %%
fig, axis = figure.panels(height=2.8, width=figure.NARROW)
axis.loglog(STDS, robust["plain"], "o--", label="plain")
axis.loglog(STDS, robust["batch norm"], "s-", label="batch norm")
axis.axvline(0.18, color=figure.GREY, linestyle=":", label="Kaiming")
axis.set(xlabel="standard deviation of the first weights", ylabel="test loss")
axis.legend()
figure.show(fig, "first-scale")
claim("L9.6-small-weights", robust["batch norm"][:3])
claim("L9.6-large-weights", robust["batch norm"][3] / robust["batch norm"][2])
claim("L9.6-plain", robust["plain"][0])

# %% [markdown]
# ## Part two · What it costs, and its relatives
#
# Part one in three sentences: batch norm gives each feature mean 0 and variance 1 over the mini-batch, and a scale and a
# shift that are trained. The gradient goes through both statistics. It lets a badly scaled network learn, permits large
# rates, and forgives small first weights; a network that is well scaled already gains nothing at the same rate.
#
# ## 5 · The price: a batch is needed
#
# Batch norm estimates two numbers for each feature from $N$ examples. With $N = 2$ every feature becomes $+1$ or
# $-1$. Layer norm and group norm take their statistics from one example and do not care. Every network below sees 320
# images, in batches of 2, 4 or 16, at the best of three rates. So that nothing hangs on `alpha`, batch norm is judged
# with statistics of all training images, taken after training.


# %%
class GroupNormOfVectors(GroupNorm):
    """Group norm for (N, D): each feature is a channel of one pixel."""

    def forward(self, x, *, training=False):
        return super().forward(x[:, :, None, None], training=training)[:, :, 0, 0]

    def backward(self, grad_y, *, input_grad=True):
        return super().backward(grad_y[:, :, None, None])[:, :, 0, 0]


# %%
NORMS = {
    "batch norm": batch_norm(alpha=0.0),  # keeps what it saw last
    "layer norm": lambda: LayerNorm(64),
    "group norm (8)": lambda: GroupNormOfVectors(64, 8),
}
SIZES = (2, 4, 16)


def with_batches(norm, size, rate, seed):
    """Return the test error after learning from 320 images in batches."""
    network = mlp(3, np.random.default_rng(seed), NORMS[norm])
    fit(network, 320 // size, rate, batch=size)
    network.forward(pixels[split.train], training=True)  # the statistics of all
    return 1 - judge(network)[1]


# %%
sizes = {
    name: [best_of((0.01, 0.03, 0.1), with_batches, name, size) for size in SIZES]
    for name in NORMS
}
fig, axis = figure.panels(height=2.6, width=figure.NARROW)
for (name, errors), marks in zip(sizes.items(), ("o-", "s--", "^-."), strict=True):
    axis.loglog(SIZES, errors, marks, label=name)
axis.set_xticks(SIZES, SIZES)
axis.minorticks_off()
axis.set(xlabel="batch size", ylabel="share of test images wrong")
axis.legend()
figure.show(fig, "batch-sizes")
claim("L9.7-batch-of-two", sizes["batch norm"][0] / sizes["layer norm"][0])
claim("L9.7-layer-group", [sizes["layer norm"][0], sizes["group norm (8)"][0]])

# %%
predict("same-image-twice")


def batch_mates(seed):
    """Return how far the logits of one image move with its mates, in both modes."""
    network = fit(mlp(4, np.random.default_rng(seed), batch_norm()), 100, 0.05)
    one, *others = (
        pixels[split.test[part]] for part in (slice(1), slice(1, 32), slice(32, 63))
    )
    batches = [np.concatenate([one, mates]) for mates in others]
    moves = []
    for training in (True, False):
        first, second = (network.forward(b, training=training)[0] for b in batches)
        moves.append(np.abs(first - second).max())
    return moves


moves = np.array([batch_mates(seed) for seed in SEEDS])
claim("L9.8-train", moves[:, 0])
claim("L9.8-inference", moves[:, 1].max())

# %% [markdown]
# ### Fine-tuning
#
# A trained network is often *fine-tuned*: trained a little longer on a few images of another kind, in small batches.
# Ours meets a hundred digits from another camera, brighter, with more contrast and with noise. Should batch norm then
# take the statistics of the new batches (training mode), or keep the old ones (inference mode, *frozen*)?


# %%
class Frozen(BatchNorm):
    """Batch norm that keeps its statistics in training too."""

    def forward(self, x, *, training=False):
        return super().forward(x, training=False)


noise = np.random.default_rng(0).standard_normal(pixels.shape)
camera, few = (2 * pixels + 1 + 0.5 * noise).astype(np.float32), split.train[:100]
trained = [fit(mlp(3, np.random.default_rng(s), batch_norm()), 400, 0.1) for s in SEEDS]


def tuned(frozen, size, rate, seed):
    """Return the test error on the new images after four rounds of the hundred."""
    network = copy.deepcopy(trained[seed])
    for layer in network.layers:
        if frozen and isinstance(layer, BatchNorm):
            layer.__class__ = Frozen
    fit(network, 400 // size, rate, batch=size, data=camera, rows=few, seed=seed)
    return 1 - judge(network, camera)[1]


# %%
before = np.mean([1 - judge(network, camera)[1] for network in trained])
after = {
    (frozen, size): best_of((0.003, 0.01, 0.03), tuned, frozen, size)
    for frozen, size in product((False, True), (2, 16))
}
claim("L9.13-two", after[True, 2] / np.array([after[False, 2], before]))
claim("L9.13-sixteen", [after[mode, 16] / before for mode in (False, True)])

# %% [markdown]
# ## 6 · Why does it help?
#
# First it was said: because it stops the covariate shift. Santurkar and others (2018) put noise *behind* batch norm, so
# that inputs shifted more than ever, and training was as fast. Their own explanation is a *smoother landscape*: where
# the loss and its gradient change less along a step, a longer step can be trusted. We measure as they did. Every twenty
# steps of training, take the gradient on 128 images, walk along it by half the rate, by the rate, twice and four times
# the rate, and note how far the loss ranges and how much the gradient changes, relative to its size. Both networks walk at
# the same rate, and we try three.


# %%
def gradient_at(network, rows):
    """Return loss and gradients, layer by layer."""
    loss, _ = train_step(network, pixels[rows], labels[rows])
    return loss, [grad for layer in network.layers for grad in layer.grads.values()]


def along(network, rows, rate):
    """Return the range of the loss along the gradient, and the gradient's change."""
    start, losses, changes = copy.deepcopy(network), [], []
    _, grads = gradient_at(start, rows)
    size = np.sqrt(sum(np.sum(grad**2) for grad in grads))
    for part in (0.5, 1, 2, 4):
        moved_on = copy.deepcopy(start)
        update(moved_on, sgd, {}, rate=part * rate)
        loss, new = gradient_at(moved_on, rows)
        change = sum(np.sum((a - b) ** 2) for a, b in zip(new, grads, strict=True))
        losses.append(loss)
        changes.append(np.sqrt(change) / size)
    return [min(losses), max(losses), max(changes)]


# %%
def landscape(norm, rate, seed):
    """Return what `along` measures, every 20 steps of 140, in nine ReLU layers."""
    network, rows = mlp(9, np.random.default_rng(seed), norm), []
    for part in range(7):
        fit(network, 20, rate, seed=100 * seed + part)
        chosen = np.random.default_rng(part).choice(split.train, 128, replace=False)
        rows.append(along(network, chosen, rate))
    return rows


def typical(measures):
    """Return the median over the steps, averaged over the seeds, for each rate."""
    return np.median(measures, axis=2).mean(axis=1)


WALKS = (0.02, 0.05, 0.1)  # the axes below: rate, seed, step, measure
along_path = {
    n: np.array([[landscape(norms[n], rate, s) for s in SEEDS] for rate in WALKS])
    for n in norms
}

# %%
fig, axes = figure.panels(2, 1, 4.2, width=figure.NARROW, sharex=True)
at = 20 * np.arange(1, 8)
for (name, found), color, mark in zip(
    along_path.items(), figure.COLOURS, "os", strict=False
):
    low, high = found[1, 0, :, 0], found[1, 0, :, 1]  # rate 0.05, the first run
    axes[0].fill_between(at, low, high, color=color, alpha=0.4, label=name)
    axes[1].semilogy(at, np.median(found[1, :, :, 2], axis=0), mark + "-", color=color)
axes[0].set(ylabel="loss along the gradient", yscale="log", title="rate 0.05")
axes[1].set(xlabel="training step", ylabel="change of the gradient")
axes[0].legend()
figure.show(fig, "landscape")
ranges = {n: typical(f[..., 1] - f[..., 0]) for n, f in along_path.items()}
changes = {n: typical(f[..., 2]) for n, f in along_path.items()}
claim("L9.9-loss", ranges["plain"] / ranges["batch norm"])
claim("L9.9-smooth", changes["plain"] / changes["batch norm"])

# %% [markdown]
# Another part of the answer can be seen with the naked eye. Behind batch norm the *size* of a weight matrix has no
# effect on the output, and its gradient shrinks as the weights grow. So large rates slow themselves down.
#
# Batch norm is also a source of noise: the statistics change from batch to batch. That regularizes a little, which is
# why it often takes the place of dropout. How much noise? Take normal numbers, and one example that lies one standard
# deviation above the mean. The batch's mean has variance $1/N$, its standard deviation has variance about $1/(2N)$, so
# the output of this example has a standard deviation of about $\sqrt{1.5/N}$.

# %%
rng = np.random.default_rng(0)
x, weight, grad_y = map(rng.standard_normal, ((64, 20), (20, 10), (64, 10)))
outputs, lengths = [], []
for factor in (1, 10):
    z, linear_cache = linear_forward(x, factor * weight, np.zeros(10))
    y, cache, _ = batchnorm_forward(z, np.ones(10), np.zeros(10), None, training=True)
    grad_z, _, _ = batchnorm_backward(grad_y, cache)
    _, grad_weight, _ = linear_backward(grad_z, linear_cache)
    outputs.append(y)
    lengths.append(np.linalg.norm(grad_weight))
claim("L9.9-output", np.abs(outputs[0] - outputs[1]).max())
claim("L9.9-gradient", lengths[0] / lengths[1])

noise = []
for size in (8, 32, 128):
    batches = rng.standard_normal((4000, size))
    batches[:, 0] = 1.0  # the same example in every batch
    noise.append(np.std((1.0 - batches.mean(axis=1)) / batches.std(axis=1)))
claim("L9.10-noise", np.array(noise) * np.sqrt([8, 32, 128]), np.full(3, 1.5**0.5))

# %% [markdown]
# ### Before or after the activation?
#
# The paper puts batch norm before the activation. A sum of many inputs is nearly normal, so mean and variance describe
# it well; the activation changes the distribution, and training changes it further. After the activation, on the other
# hand, the next layer's input is what is normalized, which was the aim. Each order is judged at its best of three
# rates.

# %%
predict("before-or-after")


def with_order(active, after, rate, seed):
    """Return the test loss with batch norm before or after the activation."""
    init = kaiming_normal if active is ReLU else xavier_normal
    rng = np.random.default_rng(seed)
    network = mlp(4, rng, batch_norm(), active, init, after=after)
    return judge(fit(network, 60, rate))[0]


order = [
    [best_of((0.05, 0.2, 0.5), with_order, active, last) for last in (False, True)]
    for active in (ReLU, Tanh, Sigmoid)
]
*others, sigmoid = [first / last for first, last in order]
claim("L9.10-order", others)
claim("L9.10-order-sigmoid", sigmoid)

# %% [markdown]
# ## 7 · Folding it away
#
# In inference batch norm multiplies and adds fixed numbers, and so does the layer before it: two linear maps are one.
# `fold_batchnorm` computes the weights of that one.

# %%
predict("four-numbers")
claim("L9.11-count", batchnorm_param_count(64))

# %%
rng = np.random.default_rng(0)
maps, weight, bias = map(rng.standard_normal, ((4, 3, 9, 8), (6, 3, 3, 3), 6))
scale, shift = rng.uniform(0.5, 2, 6), rng.standard_normal(6)
running = (rng.standard_normal(6), rng.uniform(0.5, 2, 6))
z, _ = conv2d_forward(maps, weight, bias, padding=1)
two_layers, _, _ = spatial_batchnorm_forward(z, scale, shift, running, training=False)
folded = fold_batchnorm(weight, bias, scale, shift, running)
one_layer, _ = conv2d_forward(maps, *folded, padding=1)
claim("L9.11-fold", np.abs(two_layers - one_layer).max())
vgg = [3, 64, 64, 128, 128, 256, 256, 256, 512, 512, 512, 512, 512, 512]
claim("L9.11-vgg", 100 * 4 * sum(vgg[1:]) / sum(9 * a * b for a, b in pairwise(vgg)))

# %% [markdown]
# ## 8 · The family
#
# All norms subtract a mean and divide by a deviation; they differ in the numbers that share them. Write $x_{ncij}$ for
# the pixel $i, j$ of channel $c$ of image $n$:
#
# - **batch norm**: one pair for each channel, $\mu_c = \frac{1}{NHW} \sum_{n,i,j} x_{ncij}$;
# - **layer norm** (Ba and others 2016): one for each image, $\mu_n = \frac{1}{CHW} \sum_{c,i,j} x_{ncij}$ and
#   $\sigma_n^2 = \frac{1}{CHW} \sum_{c,i,j} (x_{ncij} - \mu_n)^2$;
# - **instance norm** (Ulyanov and others 2016): one for each image and channel, $\mu_{nc} = \frac{1}{HW} \sum_{i,j}
#   x_{ncij}$ and $\sigma_{nc}^2 = \frac{1}{HW} \sum_{i,j} (x_{ncij} - \mu_{nc})^2$;
# - **group norm** (Wu and He 2018): one for each image and group of neighbouring channels.
#
# In the figure each small square stands for all $H \times W$ pixels of one channel of one image; squares of one number
# share a mean and a variance. With one group, group norm is layer norm; with as many groups as channels, it is instance
# norm. In a running notebook `live=True` gives a slider for the groups, on the course's site there is an explorer below.


# %%
def draw(groups, batch=4, channels=6):
    n, c = np.mgrid[:batch, :channels]
    shares = {
        "batch norm": c,
        "layer norm": n,
        "instance norm": n * channels + c,
        f"group norm ({groups})": n * groups + c * groups // channels,
    }
    fig, axes = figure.panels(2, 2, 3.6, width=figure.NARROW)
    for axis, (name, share) in zip(axes.flat, shares.items(), strict=True):
        figure.picture(axis, share * 7 % 20, name, cmap="tab20", vmax=19, alpha=0.5)
        for (row, column), number in np.ndenumerate(share):
            figure.note(axis, column, row, str(number + 1))
    for axis in axes[1]:
        axis.set_xlabel("channel")
    for axis in axes[:, 0]:
        axis.set_ylabel("image")
    return fig


# %%
figure.explorer(draw, "axes-explorer", still={"groups": 2}, groups=[1, 2, 3, 6])

# %%
from solutions.normalization import (
    groupnorm_forward,
    instancenorm_forward,
    layernorm_forward,
    weight_standardize_forward,
)

rng = np.random.default_rng(0)
x, one, zero = rng.normal(2, 3, (4, 6, 5, 5)), np.ones(6), np.zeros(6)
layer, _ = layernorm_forward(x, one, zero)
instance, _ = instancenorm_forward(x, one, zero)
one_group, each_its_own = (groupnorm_forward(x, one, zero, g)[0] for g in (1, 6))
alone, _, _ = spatial_batchnorm_forward(x[:1], one, zero, None, training=True)
gaps = [one_group - layer, each_its_own - instance, alone - instance[:1]]
claim("L9.12-family", [np.abs(gap).max() for gap in gaps])

# %% [markdown]
# Large language models use a norm of one line, *RMSNorm* (Zhang and Sennrich 2019): layer norm without the mean. It is
# layer norm on vectors whose mean is 0. Like layer norm it does not see the scale of a vector; unlike layer norm it
# sees a shift.


# %%
def rmsnorm(x, eps=1e-5):
    return x / np.sqrt(np.mean(x**2, axis=1, keepdims=True) + eps)


x = rng.normal(2, 3, (8, 32))
centred = x - x.mean(axis=1, keepdims=True)
same, _ = layernorm_forward(centred, np.ones(32), np.zeros(32))
gaps = [rmsnorm(centred) - same, rmsnorm(10 * x) - rmsnorm(x)]
gaps.append(rmsnorm(x + 2) - rmsnorm(x))
claim("L9.12-rms", [np.abs(gap).max() for gap in gaps])

# %% [markdown]
# *Weight standardization* (Qiao and others 2019) normalizes the weights instead of the activations: the kernel of each
# filter $k$ gets mean 0 and standard deviation 1 over its channels and pixels,
# $\hat w = (w - \mu_k) / \sqrt{\sigma_k^2 + \epsilon}$, and the gradient goes through both. No batch is needed, and
# training and inference are the same. But a sum of $C k^2$ products with weights of size 1 grows with the root of their
# number (lecture 8). So another norm has to follow, in the paper group norm, or the weights are divided by that root.

# %%
standard = [
    weight_standardize_forward(rng.normal(1, 3, (8, channels, 3, 3)))[0]
    for channels in (4, 16, 64)
]
claim("L9.12-weights", [standard[1].mean(), standard[1].std()])
spread = [
    conv2d_forward(rng.standard_normal((8, w.shape[1], 9, 9)), w, np.zeros(8))[0].std()
    for w in standard
]
claim("L9.12-fan-in", np.array(spread) / np.sqrt([36, 144, 576]))

# %% [markdown]
# One ancestor: AlexNet (2012) divided each number by a power of the squares of its neighbours in other channels, behind
# the ReLU (`local_response_norm_forward`, with AlexNet's constants). Does that do what batch norm came to do three years
# later? Four layers start from Kaiming's weights or from weights of a tenth of that, and have 60 steps at the best of
# three rates.


# %%
class AcrossFeatures(LocalResponseNorm):
    """Local response norm for (N, D): each feature is a channel of one pixel."""

    def forward(self, x, *, training=False):
        return super().forward(x[:, :, None, None])[:, :, 0, 0]

    def backward(self, grad_y, *, input_grad=True):
        return super().backward(grad_y[:, :, None, None])[:, :, 0, 0]


def with_ancestor(norm, std, rate, seed):
    """Return the test loss after 60 steps from weights of one scale."""

    def init(shape, rng):
        return normal(shape, std, rng)

    after = norm is AcrossFeatures
    network = mlp(4, np.random.default_rng(seed), norm, init=init, after=after)
    return judge(fit(network, 60, rate))[0]


# %%
ancestor = [
    [best_of((0.1, 0.5, 2.0), with_ancestor, norm, std) for std in (0.18, 0.018)]
    for norm in (AcrossFeatures, batch_norm())
]
claim("L9.12-ancestor", np.array(ancestor).ravel())

# %% [markdown]
# It changes the scale of a signal but does not set one: what comes in small goes out smaller still. Lecture 12 tells
# the story of that network.
#
# ## What to remember
#
# 1. For each feature: subtract the batch mean, divide by the root of the biased variance plus `eps`, then `scale` and
#    `shift`. Divide by the standard deviation, not by the variance. The gradient goes through both.
# 2. Training uses the batch; inference uses running averages, which need several times $1/(1-\alpha)$ steps. Forgetting
#    the mode is the most common bug with batch norm.
# 3. A network that is well scaled already is no faster with it at the same rate. It lets you use a larger rate, and it
#    forgives almost any initialization.
# 4. It makes the landscape smoother: along the gradient, loss and gradient change less.
# 5. Small batches break it, and fine-tuning on few images is safer with its statistics frozen. Layer norm and group
#    norm do not need a batch.
# 6. It can be folded into the layer before it, and only then is it free.
#
# ## Exercises that follow
#
# Assignment 8, *Normalization*: batch norm forward and backward, for features and for images; layer, instance and group
# norm; standardized weights, folding, counting, AlexNet's ancestor, and a bug hunt.
#
# ## Further reading
#
# - S. Ioffe, C. Szegedy. *Batch normalization.* ICML 2015. arXiv:1502.03167
# - Y. LeCun, L. Bottou, G. Orr, K.-R. Müller. *Efficient backprop.* 1998.
# - A. Krizhevsky, I. Sutskever, G. Hinton. *ImageNet classification with deep convolutional neural networks.* NIPS 2012.
# - J. Ba, J. Kiros, G. Hinton. *Layer normalization.* 2016. arXiv:1607.06450
# - D. Ulyanov, A. Vedaldi, V. Lempitsky. *Instance normalization.* 2016. arXiv:1607.08022
# - Y. Wu, K. He. *Group normalization.* ECCV 2018. arXiv:1803.08494
# - S. Santurkar and others. *How does batch normalization help optimization?* NeurIPS 2018. arXiv:1805.11604
# - B. Zhang, R. Sennrich. *Root mean square layer normalization.* NeurIPS 2019. arXiv:1910.07467
# - S. Qiao and others. *Weight standardization.* 2019. arXiv:1903.10520
#
# ## What comes next
#
# Batch norm adds noise to training by accident. Lecture 10 adds it on purpose: dropout switches off units at random, so
# that no unit relies on another.
