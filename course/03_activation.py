# %% [markdown]
# # 3 · Activations
#
# **What you will see.** The small bend after each layer decides how much gradient comes back. You will measure what
# saturation does to ten layers of sigmoids, what "all inputs positive" does to a gradient and what it does not, how
# ReLU can be seen as a sum of sigmoids, and how ReLU units die and recover. The famous "six times faster" gets a fair
# race.
#
# **Two parts, an hour each.** Part one asks what a slope does to the gradient, and what the sign of an input does (up to
# section 3). Part two is about ReLU: how fast it learns, how it dies, and its relatives (sections 4 to 7).
#
# **What you need.** Networks of neurons (lecture 1) and backpropagation (lecture 2).
#
# **How to read it.** A *prediction* asks you first: decide before you open the answer. A *claim* compares a sentence
# from a slide or a paper with what was measured here, and gives a verdict. Lecture 0 explains both.

# %%
import itertools
import time
from functools import partial

import numpy as np

from classroom import claim, figure, ledger, predict
from classroom.data import load

figure.style()
ledger.use("03_activation")

# %%
from solutions import activation
from solutions.activation import (
    elu_forward,
    leaky_relu_forward,
    maxout_forward,
    relu_forward,
    sigmoid_forward,
    softplus_forward,
    softplus_series,
    tanh_forward,
)
from solutions.initialization import kaiming_normal, xavier_normal
from solutions.linear import linear_forward

# %%
from solutions.loss import softmax_cross_entropy
from solutions.network import (
    ELU,
    LeakyReLU,
    Linear,
    Maxout,
    PReLU,
    ReLU,
    Sigmoid,
    Stack,
    Tanh,
)
from solutions.training import evaluate, find_rule, train_step, update

# %% [markdown]
# ## The idea
#
# Layers without an activation collapse into one (lecture 1). An activation works element by element, on each number by
# itself. So it makes a network deeper in effect and mostly has no trained parameters. On the way back it multiplies
# each gradient by its slope: $g_x = g_y \cdot \sigma'(x)$. A network of ten layers multiplies ten slopes. Nearly
# everything in this lecture follows from that product.
#
# The first popular activation was the sigmoid. Its output between 0 and 1 can be read as the *firing rate* of a nerve
# cell: 0 is silent, 1 fires as fast as it can. It is smooth, and it is a probability where one is wanted. All of this
# is true, and none of it says what happens to a gradient.

# %%
predict("sigmoid-slope")
predict("relu-slope")

# %% [markdown]
# ## The component at work
#
# | name | value | slope | trained |
# |---|---|---|---|
# | sigmoid | $\sigma(x) = 1 / (1 + e^{-x})$ | $\sigma (1 - \sigma)$ | nothing |
# | tanh | $(e^x - e^{-x}) / (e^x + e^{-x})$ | $1 - \tanh^2$ | nothing |
# | ReLU | $\max(0, x)$ | 1 or 0 | nothing |
# | leaky ReLU | $x$ if $x > 0$, else $\alpha x$ | 1 or $\alpha$ | nothing |
# | PReLU | the same | the same | $\alpha$, one for each channel |
# | ELU | $x$ if $x > 0$, else $\alpha (e^x - 1)$ | 1 or $\alpha e^x$ | nothing |
# | softplus | $\log(1 + e^x)$ | $\sigma(x)$ | nothing |
# | GELU | $x \, \Phi(x)$ | $\Phi(x) + x \, \varphi(x)$ | nothing |
# | maxout | $\max_i (w_i \cdot x + b_i)$ | that of the winner | $k$ pieces: $k$ times the weights |
#
# GELU, which transformers use, is not in our sources; $\Phi$ and $\varphi$ are the distribution and the density of
# $N(0, 1)$. The sources disagree about three things: the slope $\alpha$ of leaky ReLU (0.1 in a figure, 0.01 in the
# text, so it is an option here), the side to which 0 belongs, and whether leaky ReLU may be written $\max(\alpha x,
# x)$. Two claims below settle the last two.
#
# Each activation is a pair of functions in `solutions` and, except for GELU, an exercise of assignment 2. The gallery
# calls both functions, the backward pass with an upstream gradient of ones.


# %%
def slope_of(name, x, **options):
    """Return value and slope of one activation at x."""
    y, cache = getattr(activation, f"{name}_forward")(x, **options)
    return y, getattr(activation, f"{name}_backward")(np.ones_like(x), cache)


x = np.linspace(-6, 6, 1201)
names = ("sigmoid", "tanh", "ReLU", "ELU", "softplus", "GELU")
gallery = {name: slope_of(name.lower(), x) for name in names}
gallery["leaky ReLU, slope 0.1"] = slope_of("leaky_relu", x, slope=0.1)
pieces = np.array([[[-0.5]], [[1.0]], [[0.2]]]), np.array([[-1.0], [-1.0], [0.5]])
y, cache = maxout_forward(x[:, None], *pieces)
slope, _, _ = activation.maxout_backward(np.ones_like(y), cache)
gallery["maxout of 3 lines"] = y[:, 0], slope[:, 0]

# %%
fig, axes = figure.panels(4, 2, 6.6, width=figure.NARROW, sharex=True, sharey=True)
for axis, (name, (y, slope)) in zip(axes.ravel(), gallery.items(), strict=True):
    axis.plot(x, y, label="value")
    axis.plot(x, slope, "--", label="slope")
    axis.set(title=name, ylim=(-1.4, 3.2))
axes[0, 0].legend(loc="upper left")
for axis in axes[3]:
    axis.set_xlabel("x")
figure.show(fig, "eight-activations")

# %%
spots = np.array([-10.0, 0.0, 10.0])
claim("L3.1-sigmoid-slope", slope_of("sigmoid", spots)[1])
claim("L3.1-sigmoid-values", sigmoid_forward(np.array([5.0, 10.0]))[0])
by_sigmoid = 2 * sigmoid_forward(2 * x)[0] - 1
claim("L3.1-tanh", np.abs(tanh_forward(x)[0] - by_sigmoid).max())

# %%
leaky, _ = leaky_relu_forward(x, slope=0.01)
steep, _ = leaky_relu_forward(x, slope=2.0)
gaps = leaky - np.maximum(0.01 * x, x), steep - np.maximum(2 * x, x)
claim("L3.1-leaky-max", [np.abs(gap).max() for gap in gaps])
at_zero = [slope_of(name, np.zeros(1)) for name in ("relu", "elu")]
claim("L3.1-zero", [number[0] for pair in at_zero for number in pair])

# %%
rng = np.random.default_rng(0)
inputs = rng.normal(size=(2000, 3))
weight, bias = rng.normal(size=(3, 4)), rng.normal(size=4)
z, _ = linear_forward(inputs, weight, bias)
gaps = []
for slope, (y, _) in ((0, relu_forward(z)), (0.01, leaky_relu_forward(z))):
    lines = np.stack([weight, slope * weight]), np.stack([bias, slope * bias])
    gaps.append(np.abs(maxout_forward(inputs, *lines)[0] - y).max())
claim("L3.1-maxout", max(gaps))
normal_numbers = rng.normal(size=1_000_000)
means = [forward(normal_numbers)[0].mean() for forward in (relu_forward, elu_forward)]
claim("L3.1-elu-mean", means)

# %%
seconds = {}
for name in ("relu", "sigmoid", "tanh"):
    forward = getattr(activation, f"{name}_forward")
    runs = []
    for _ in range(7):
        start = time.process_time()
        forward(normal_numbers)
        runs.append(time.process_time() - start)
    seconds[name] = np.median(runs)
claim("L3.1-cost", seconds["sigmoid"] / seconds["relu"])

# %% [markdown]
# Expensive, but compared with what? Behind a layer of width 4096, a unit makes 4096 multiplications before it calls its
# activation once. In wide layers the price of the activation hardly shows.
#
# ## 1 · Formulas that overflow
#
# $e^{x}$ is larger than any 64-bit number from $x = 710$ on. The formula of tanh then divides infinity by infinity.

# %%
extreme = np.array([-1000.0, 0.0, 1000.0])
with np.errstate(over="ignore", invalid="ignore"):
    grown, shrunk = np.exp(extreme), np.exp(-extreme)
    printed = (grown - shrunk) / (grown + shrunk)
claim("L3.2-printed", printed)
stable = [forward(extreme)[0] for forward in (tanh_forward, sigmoid_forward)]
claim("L3.2-stable", np.concatenate([*stable, softplus_forward(extreme)[0][::2]]))

# %% [markdown]
# ## 2 · Saturation and the flow of gradients
#
# One saturated unit is no problem. But even a unit in the middle of its range lets only a quarter of the gradient
# through, and a deep network multiplies these quarters. We send images of digits through ten hidden layers of 64 units
# and follow the gradient back. The weights are random numbers of the size that is usual for each activation: Kaiming's
# for ReLU and ELU, Xavier's for tanh and the sigmoid. Lecture 8 explains these sizes. The sigmoid gets a second chance:
# weights four times as large make up for its slope of 1/4.

# %%
predict("ten-sigmoid-layers")
images, labels, split = load("digits")
pixels = images.reshape(len(images), -1)
pixels = (pixels - pixels[split.train].mean(axis=0)) / pixels[split.train].std()
x_train, y_train = pixels[split.train], labels[split.train]
x_test, y_test = pixels[split.test], labels[split.test]

RUNNERS = {
    "ReLU": (ReLU, kaiming_normal),
    "ELU": (ELU, kaiming_normal),
    "tanh": (Tanh, xavier_normal),
    "sigmoid": (Sigmoid, xavier_normal),
    "sigmoid, 4 × Xavier": (Sigmoid, partial(xavier_normal, gain=4.0)),
    "leaky ReLU": (partial(LeakyReLU, slope=0.1), kaiming_normal),
    "maxout": (None, xavier_normal),
}


# %%
def network(runner, widths, rng, first_bias=0.0, act=None):
    """Return linear layers with activations between them."""
    usual, init = RUNNERS[runner]
    layers, options = [], {"init": init}
    for inputs, outputs in itertools.pairwise(widths[:-1]):
        if runner == "maxout":
            layers.append(Maxout(inputs, outputs, 2, rng, **options))
            continue
        layers += [Linear(inputs, outputs, rng, **options), (act or usual)()]
        layers[-2].params["bias"] += first_bias
    return Stack([*layers, Linear(*widths[-2:], rng, **options)])


# %%
def gradient_sizes(net, x, labels):
    """Return the size of the gradient at the input of each activation."""
    _, grad = softmax_cross_entropy(net.forward(x), labels)
    sizes = []
    for layer in reversed(net.layers):
        grad = layer.backward(grad)
        if not layer.params:
            sizes.append(np.sqrt(np.mean(grad**2)))
    return np.array(sizes[::-1])


# %%
sizes = {}
for runner in ("ReLU", "ELU", "tanh", "sigmoid", "sigmoid, 4 × Xavier"):
    net = network(runner, [64] * 11 + [10], np.random.default_rng(0))
    sizes[runner] = gradient_sizes(net, x_train[:256], y_train[:256])
factor = {name: (size[0] / size[-1]) ** (1 / 9) for name, size in sizes.items()}

# %%
reach = np.linspace(-8, 8, 401)
fig, (top, bottom) = figure.panels(2, 1, 5.6, width=figure.NARROW)
for name, dashes in (("sigmoid", "-"), ("tanh", "--")):
    top.plot(reach, slope_of(name, reach)[1], dashes, label=f"slope of {name}")
top.axhline(0.25, color=figure.GREY, lw=1, ls=":", label="1/4")
top.set(xlabel="x", ylabel="slope", title="saturated on both sides")
top.legend(loc="upper right")
for (name, size), marker in zip(sizes.items(), "os^Dv", strict=True):
    bottom.semilogy(np.arange(1, 11), size / size[-1], marker=marker, label=name)
bottom.set(xlabel="hidden layer", xticks=range(1, 11))
bottom.set(ylabel="gradient / that of layer 10", title="what arrives")
bottom.legend(loc="lower right")
figure.show(fig, "slopes")
claim("L3.8-gradient-flow", list(factor.values()))

# %% [markdown]
# ## 3 · Inputs that are always positive
#
# The gradient of a neuron's weights is $\delta \cdot x$: one number $\delta$ times the input. If all inputs are
# positive, as after a sigmoid or a ReLU, all entries of $\delta x$ have the sign of $\delta$. One example can then only
# raise all weights or lower all of them. A path to a place where some weights are higher and others lower becomes a
# zig-zag, which lecture 4 draws.

# %%
predict("zigzag")
rng = np.random.default_rng(0)
positive, upstream = rng.random((64_000, 50)), rng.standard_normal((64_000, 1))
batches = (1, 2, 4, 16, 64)


def one_sign(gradient):
    """Return the share of rows whose entries are all positive or all negative."""
    return np.mean((gradient > 0).all(axis=1) | (gradient < 0).all(axis=1))


shares = {}
for name, centre in (("inputs from 0 to 1", 0.0), ("the same, centred", 0.5)):
    each = upstream * (positive - centre)
    means = [each.reshape(-1, batch, 50).mean(axis=1) for batch in batches]
    shares[name] = [one_sign(mean) for mean in means]

# %%
fig, (top, bottom) = figure.panels(2, 1, 5.8, width=figure.NARROW)
two, delta = positive[:400, :2], upstream[:400]
top.scatter(*(delta * two).T, s=5, label="from 0 to 1")
top.scatter(*(delta * (two - 0.5)).T, s=5, marker="x", lw=0.7, label="centred")
top.axhline(0, color=figure.INK, lw=0.8)
top.axvline(0, color=figure.INK, lw=0.8)
top.set(xlim=(-2, 2), ylim=(-2, 2), xlabel="gradient of $w_1$")
top.set(ylabel="gradient of $w_2$", title="one example each")
top.legend(loc="upper left")
for (name, share), marker in zip(shares.items(), "ox", strict=True):
    bottom.plot(range(len(batches)), share, marker=marker, label=name)
bottom.set(xlabel="examples in a batch", ylabel="share of gradients of one sign")
bottom.set(ylim=(-0.05, 1.1))
bottom.set_xticks(range(len(batches)), batches)
bottom.legend()
figure.show(fig, "zigzag")

# %%
claim("L3.3-one-example", [share[0] for share in shares.values()])
claim("L3.3-batches", shares["inputs from 0 to 1"][1:])

# %% [markdown]
# In a batch something else remains, a poor *conditioning*: the loss is much steeper in the direction in which all
# weights move together than in the others. Lecture 4 measures how much that costs.
#
# ## Part two · ReLU and its relatives
#
# Part one in three sentences: on the way back each layer multiplies the gradient by a slope, and ten slopes of a sigmoid
# leave next to nothing of it. Weights that suit the activation save most of it. Inputs of one sign give single gradients
# of one sign, and batches a loss that is steeper in one direction than in the others.
#
# ## 4 · ReLU as a crowd of sigmoids
#
# Copies of a sigmoid unit, each with a threshold one higher than the last, add up to a ramp: a unit that can say "how
# much" instead of "yes" (Nair and Hinton 2010). A slide writes
# $\sum_{i=0}^{\infty} \sigma(x + \frac12 - i) \approx \log(1 + e^x)$.

# %%
predict("sum-at-zero")
x = np.linspace(-10, 10, 2001)
softplus, _ = softplus_forward(x)
corrected = softplus_series(x, 80)
as_printed = corrected + sigmoid_forward(x + 0.5)[0]
shifted, _ = softplus_forward(x + 1)
claim("L3.4-printed", [np.abs(as_printed - softplus).max(), as_printed[1000]])

# %%
fig, (top, bottom) = figure.panels(2, 1, 5.4, width=figure.NARROW)
for term in range(1, 6):
    top.plot(x, sigmoid_forward(x + 0.5 - term)[0], color=figure.GREY, lw=0.8)
top.plot(x, corrected, label="sum from i = 1")
top.plot(x, as_printed, "--", label="sum from i = 0")
top.plot(x, relu_forward(x)[0], ":", color=figure.GREEN, label="ReLU")
top.set(xlim=(-4, 6), ylim=(0, 6), xlabel="x", ylabel="sum")
top.set(title="single sigmoids, grey, and sums")
top.legend()
bottom.plot(x, corrected - softplus)
bottom.set(xlabel="x", ylabel="difference", title="sum from i = 1, minus softplus")
figure.show(fig, "softplus")

# %%
gaps = corrected - softplus, as_printed - shifted
claim("L3.4-corrected", [np.abs(gap).max() for gap in gaps])

# %% [markdown]
# ## 5 · Six times faster?
#
# "ReLU converges six times faster than sigmoid and tanh" goes back to one figure: a convolutional network of four
# layers on CIFAR-10, ReLU against tanh, up to 25 % training error (Krizhevsky and others 2012). Its authors say that
# the size of the effect depends on the network; the slides do not. We run the race on the digits with four hidden
# layers of 64 units. Each runner tries four rates with seven seeds each, and its best rate counts. The sigmoid runs
# twice, with Xavier's weights and with four times Xavier's. Leaky ReLU and maxout, which slides recommend to try, run
# too.

# %%
predict("tanh-against-relu")
SGD = find_rule("sgd")


def train_some(net, rate, seed, steps):
    """Take steps of stochastic gradient descent; yield after each one."""
    rng = np.random.default_rng(seed + 1)
    for count in range(1, steps + 1):
        rows = rng.choice(len(x_train), 32, replace=False)
        loss, _ = train_step(net, x_train[rows], y_train[rows])
        if not np.isfinite(loss):
            return  # the numbers overflowed
        update(net, SGD, {}, rate=rate)
        yield count


# %%
def steps_to_quarter(runner, rate, seed, limit=200):
    """Return the number of steps until 25 % training error; infinity: never."""
    net = network(runner, [64] * 5 + [10], np.random.default_rng(seed))
    x, y = x_train[::3], y_train[::3]  # 400 images are enough to tell
    for count in train_some(net, rate, seed, limit):
        looked = count < 30 or count % 5 == 0
        if looked and np.mean(net.forward(x).argmax(axis=1) == y) >= 0.75:
            return count
    return np.inf


# %%
rates, race, arrived = (0.1, 0.2, 0.5, 1.0), {}, {}
with np.errstate(all="ignore"):
    for runner in RUNNERS:
        runs = [[steps_to_quarter(runner, r, seed) for seed in range(7)] for r in rates]
        race[runner] = np.median(runs, axis=1)
        arrived[runner] = int(np.isfinite(runs).sum())
best = {runner: counts.min() for runner, counts in race.items()}

# %%
fig, axis = figure.panels(height=4.2, width=figure.NARROW)
for (runner, counts), marker in zip(race.items(), "os^vDXP", strict=True):
    axis.loglog(rates, np.minimum(counts, 300), marker=marker, label=runner)
axis.axhline(300, color=figure.GREY, lw=1, ls=":")
figure.note(axis, 0.1, 345, "never: not within 200 steps", ha="left", color=figure.GREY)
axis.set(ylabel="steps to 25 % training error", xlabel="learning rate", ylim=(4, 450))
axis.set(xticks=rates, xticklabels=rates, yticks=(5, 10, 20, 50, 100))
axis.set(yticklabels=(5, 10, 20, 50, 100))
axis.minorticks_off()
axis.legend(loc="lower center", ncols=2, bbox_to_anchor=(0.45, 1))
figure.show(fig, "race")

# %%
claim("L3.5-tanh", best["tanh"] / best["ReLU"])
claim("L3.5-sigmoid", [arrived["sigmoid"], arrived["ReLU"]])
claim("L3.5-sigmoid-scaled", best["sigmoid, 4 × Xavier"] / best["ReLU"])
others = ("leaky ReLU", "ELU", "maxout")
claim("L3.5-others", [best[runner] / best["ReLU"] for runner in others])

# %% [markdown]
# ## 6 · Dying ReLU
#
# A ReLU unit whose sum is negative for *every* example has slope 0 for every example, and no gradient reaches its
# weights. Such a unit is *dead*. Two roads lead there: steps that are too large, and biases that are too low at the
# start. We train a network 64-128-128-10 for 400 steps and count the dead units of its second layer.


# %%
def live(rate, seed, runner="ReLU", steps=400, **options):
    """Train; return the network, and the dead shares of its layers before and after."""
    net = network(runner, [64, 128, 128, 10], np.random.default_rng(seed), **options)
    before, finite = dead_shares(net), 0
    with np.errstate(all="ignore"):
        for count in train_some(net, rate, seed, steps):
            finite = count
    return net, before, dead_shares(net) if finite == steps else [np.nan] * 2


# %%
def dead_shares(net):
    """Return, for each hidden layer, the share of units that are 0 for every image."""
    x, shares = x_train, []
    for layer in net.layers:
        x = layer.forward(x)
        if isinstance(layer, ReLU):
            shares.append(np.mean(x.max(axis=0) <= 0))
    return shares


def accuracy(net, noise=0.0):
    """Return the accuracy on the test images, with noise added to them."""
    return evaluate(net, x_test + noise, y_test)[1]


# %%
predict("rate-two")
tried = (0.1, 0.5, 1.0, 1.5, 2.0)
with np.errstate(all="ignore"):
    runs = {rate: [live(rate, seed) for seed in range(4)] for rate in tried}
    score = {r: np.array([accuracy(net) for net, *_ in runs[r]]) for r in tried}
dead = {rate: np.array([after[1] for *_, after in runs[rate]]) for rate in tried}

# %%
fig, axes = figure.panels(2, 1, 5.2, width=figure.NARROW)
one_run, overflow = {"color": figure.BLUE, "alpha": 0.7}, {"color": figure.ORANGE}
for rate in tried:
    lost = np.isnan(dead[rate])  # a run that overflowed has no units to count
    for axis, values in zip(axes, (dead[rate], score[rate]), strict=True):
        axis.plot([rate] * (~lost).sum(), values[~lost], "o", **one_run)
    axes[1].plot([rate] * lost.sum(), score[rate][lost], "x", markersize=7, **overflow)
titles = ("dead units in layer 2", "right answers, test images")
for axis, title in zip(axes, titles, strict=True):
    axis.set(xlabel="learning rate", ylabel="share", title=title)
    axis.set(ylim=(-0.07, 1.07), xlim=(0, 2.1), xticks=tried)
axes[1].plot([], [], "o", label="one run", **one_run)
axes[1].plot([], [], "x", label="numbers overflowed", **overflow)
axes[1].legend(loc="lower left")
figure.show(fig, "dead-units")

# %%
few, many = (np.nanmean(dead[rate]) for rate in (0.5, 1.5))
claim("L3.6-rate", [few, score[0.5].mean(), many, score[1.5].mean()])
leaky = [live(2.0, seed, "leaky ReLU")[0] for seed in range(3)]
with np.errstate(all="ignore"):
    claim("L3.6-leaky-rate", max(accuracy(net) for net in leaky))

# %%
# The second road: all hidden biases start at -3 or at -1.
low = [live(0.3, seed, first_bias=-3.0) for seed in range(3)]
second = [shares[1] for _, before, after in low for shares in (before, after)]
moved = [np.subtract(after, before)[0] for _, before, after in low]
claim("L3.6-bias-three", [min(second), np.abs(moved).max()])
less = [live(0.1, seed, first_bias=-1.0)[1:] for seed in range(3)]
claim("L3.6-bias-one", np.mean(less, axis=0)[:, 1])

# %%
leak = {0.01: partial(LeakyReLU, slope=0.01), 0.1: partial(LeakyReLU, slope=0.1)}
cures = []
for act in (leak[0.01], leak[0.1], ELU):
    nets = [live(0.3, seed, first_bias=-3.0, act=act)[0] for seed in range(3)]
    cures.append(np.mean([accuracy(net) for net in nets]))
claim("L3.6-cures", cures)

# %% [markdown]
# ## 7 · The negative side
#
# ReLU answers 0 to every negative sum, leaky ReLU answers a little, and ELU levels off at $-\alpha$. Its authors give
# two reasons: outputs whose mean is closer to 0, as measured above, and robustness to noise, because a unit deep on its
# negative side hardly moves when its input trembles. The second reason is true of a unit and need not be true of a
# network. So we measure both: one unit at $x = -3$, and networks that read noisy digits.

# %%
noise = np.random.default_rng(0).normal(size=100_000)
trembling = -3 + 0.1 * noise
passed = [elu_forward(trembling)[0].std() / 0.1]
passed += [leaky_relu_forward(trembling, slope=a)[0].std() / 0.1 for a in (0.1, 0.01)]
claim("L3.7-unit-noise", passed)

# %%
noise = np.random.default_rng(0).normal(size=x_test.shape)
noisy = {}
for runner in ("ELU", "leaky ReLU"):
    for rate in (0.05, 0.1, 0.2):
        nets = [live(rate, seed, runner)[0] for seed in range(3)]
        noisy[runner, rate] = np.mean([accuracy(net, noise) for net in nets])
elu, leaky = (
    max(v for (r, _), v in noisy.items() if r == name) for name in others[1::-1]
)
claim("L3.7-network-noise", elu - leaky)

# %% [markdown]
# PReLU leaves the choice of the slope to training: $\alpha$ is a weight like any other. Each unit starts at 0.25, as its
# authors propose.

# %%
predict("learned-slope")
alphas, gains = [], []
for seed in range(3):
    trained, _, _ = live(0.1, seed, steps=600, act=lambda: PReLU(128))
    plain, _, _ = live(0.1, seed, steps=600)
    alphas.append(trained.layers[1].params["slope"])
    gains.append(accuracy(trained) - accuracy(plain))
claim("L3.7-learned-slope", [np.std(alphas), np.mean(gains)])

# %% [markdown]
# ## What to remember
#
# 1. On the way back, an activation multiplies by its slope. A sigmoid's slope is at most 1/4: with Xavier's weights the
#    gradient loses three quarters at each layer.
# 2. tanh is a centred sigmoid with slope 1 at 0. With Xavier's weights it is no slower than ReLU here.
# 3. ReLU is cheap and does not saturate on the right. Too large a rate or too low a bias kills its units.
# 4. A leak helps when it is large enough, and is no cure for a rate that is far too large.
# 5. Positive inputs give gradients of one sign for one example; for a batch they give poor conditioning.
# 6. Compute exp only of numbers below 0.
# 7. In practice: start with ReLU and mind the rate; try leaky ReLU, ELU or maxout; use the sigmoid at the output, for
#    yes-or-no questions.
#
# ## Exercises that follow
#
# Assignment 2, *Activations*: forward and backward of `sigmoid`, `tanh`, `relu`, `leaky_relu`, `elu`, `softplus`,
# `prelu` and `maxout`; `softplus_series`.
#
# ## Further reading
#
# - X. Glorot, Y. Bengio. *Understanding the difficulty of training deep feedforward neural networks.* AISTATS 2010.
# - V. Nair, G. Hinton. *Rectified linear units improve restricted Boltzmann machines.* ICML 2010.
# - A. Krizhevsky, I. Sutskever, G. Hinton. *ImageNet classification with deep convolutional neural networks.* 2012.
# - A. Maas, A. Hannun, A. Ng. *Rectifier nonlinearities improve neural network acoustic models.* ICML 2013.
# - I. Goodfellow and others. *Maxout networks.* ICML 2013. arXiv:1302.4389
# - K. He, X. Zhang, S. Ren, J. Sun. *Delving deep into rectifiers.* ICCV 2015. arXiv:1502.01852
# - D.-A. Clevert, T. Unterthiner, S. Hochreiter. *Fast and accurate deep network learning by exponential linear
#   units.* ICLR 2016. arXiv:1511.07289
# - D. Hendrycks, K. Gimpel. *Gaussian error linear units.* 2016. arXiv:1606.08415
# - Y. LeCun, L. Bottou, G. Orr, K.-R. Müller. *Efficient backprop.* 1998.
#
# ## What comes next
#
# So far the layers between the activations were only a matrix product. Lecture 4 looks at that product and at the data:
# how scores become probabilities, and why the mean of the inputs decides how fast a network learns.
