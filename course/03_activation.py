# %% [markdown]
# # 3 · Activations
#
# **What you will see.** The small bend after each layer decides how much gradient comes back. You will measure what
# saturation does to ten layers of sigmoids, what "all inputs positive" does to a gradient and what it does not, how
# ReLU can be seen as a sum of sigmoids, and how ReLU units die. The famous "six times faster" gets a fair race.
#
# **What you need.** Networks of neurons (lecture 1) and backpropagation (lecture 2).
#
# **How to read it.** A *prediction* asks you first: write your guess as `mine=...` and run the cell. A *claim*
# compares a sentence from a slide or a paper with what was measured here, and gives a verdict.

# %%
import itertools
import time

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
from solutions.linear import linear_backward, linear_forward
from solutions.loss import softmax_cross_entropy

# %% [markdown]
# ## The idea
#
# Layers without an activation collapse into one (lecture 1). An activation works on each number by itself, so it adds
# effective depth without adding weights, with two exceptions in the table. Backward, it multiplies each gradient by its
# slope: $g_x = g_y \cdot \sigma'(x)$. Everything in this lecture follows from the slope.
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
# GELU, which transformers use, is beyond our sources; $\Phi$ and $\varphi$ are the distribution and the density of
# $N(0, 1)$. Sources disagree about the slope $\alpha$ of leaky ReLU (0.1 in a figure, 0.01 in the text: a parameter,
# then), about the side to which 0 belongs, and about writing $\max(\alpha x, x)$. Two claims below settle the last two.
#
# ## The component at work
#
# Each is a pair of functions in `solutions` and, but for GELU, an exercise of assignment 2. The gallery asks both of
# them, the second one with an upstream gradient of ones.


# %%
def slope_of(name, x, **options):
    """Return value and slope of one activation at x."""
    y, cache = getattr(activation, f"{name}_forward")(x, **options)
    return y, getattr(activation, f"{name}_backward")(np.ones_like(x), cache)


x = np.linspace(-6, 6, 1201)
names = ("sigmoid", "tanh", "relu", "elu", "softplus", "gelu")
gallery = {name: slope_of(name, x) for name in names}
gallery["leaky_relu, slope 0.1"] = slope_of("leaky_relu", x, slope=0.1)
pieces = np.array([[[-0.5]], [[1.0]], [[0.2]]]), np.array([[-1.0], [-1.0], [0.5]])
y, cache = maxout_forward(x[:, None], *pieces)
slope, _, _ = activation.maxout_backward(np.ones_like(y), cache)
gallery["maxout of 3 lines"] = y[:, 0], slope[:, 0]
predict("sigmoid-slope")
predict("relu-slope")

# %%
fig, axes = figure.panels(2, 4, 3.9, sharex=True, sharey=True)
for axis, (name, (y, slope)) in zip(axes.ravel(), gallery.items(), strict=True):
    axis.plot(x, y, label="value")
    axis.plot(x, slope, "--", label="slope")
    axis.set(title=name, ylim=(-1.4, 3.2))
axes[0, 0].legend(loc="upper left")
for axis in axes[1]:
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
# activation once. In wide layers the activation's price hardly shows.
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
# One saturated unit is no problem. But even a unit in the middle of its range lets only a quarter through, and a deep
# network multiplies these quarters. We send the digits through ten hidden layers of 64 units, with weights from the
# usual initializer of each activation (Kaiming for ReLU and ELU, Xavier for tanh and sigmoid: lecture 8), and follow
# the gradient back. The sigmoid gets a second chance: four times Xavier makes up for its slope of 1/4.

# %%
predict("ten-sigmoid-layers")
images, labels, split = load("digits")
pixels = images.reshape(len(images), -1).astype(float)
pixels = (pixels - pixels[split.train].mean(axis=0)) / pixels[split.train].std()
x_train, y_train = pixels[split.train], labels[split.train]
x_test, y_test = pixels[split.test], labels[split.test]


# %%
def forward_all(x, weights, biases, name, **options):
    """Run linear layers with activations between; return logits and caches."""
    caches = []
    for layer, (weight, bias) in enumerate(zip(weights, biases, strict=True)):
        x, linear_cache = linear_forward(x, weight, bias)
        active_cache = None
        if layer < len(weights) - 1:
            x, active_cache = getattr(activation, f"{name}_forward")(x, **options)
        caches.append((linear_cache, active_cache))
    return x, caches


# %%
def gradients(x, labels, weights, biases, name, **options):
    """Return (gradient at z, of the weight, of the bias) for each layer."""
    logits, caches = forward_all(x, weights, biases, name, **options)
    _, grad = softmax_cross_entropy(logits, labels)
    found = []
    for linear_cache, active_cache in reversed(caches):
        if active_cache is not None:
            grad = getattr(activation, f"{name}_backward")(grad, active_cache)
        grad_x, grad_weight, grad_bias = linear_backward(grad, linear_cache)
        found.append((grad, grad_weight, grad_bias))
        grad = grad_x
    return found[::-1]


# %%
def start(widths, init, rng, first_bias=0.0, **options):
    """Return random weights, and biases, which are 0 in the last layer."""
    weights = [init(shape, rng, **options) for shape in itertools.pairwise(widths)]
    biases = [np.full(width, first_bias) for width in widths[1:-1]]
    return weights, [*biases, np.zeros(widths[-1])]


# %%
INIT = {"relu": kaiming_normal, "elu": kaiming_normal}
INIT |= {"tanh": xavier_normal, "sigmoid": xavier_normal}
sizes = {}
for runner in (*INIT, "sigmoid, 4 × Xavier"):
    name, gain = runner.split(",")[0], {"gain": 4.0} if "4" in runner else {}
    rng = np.random.default_rng(0)
    weights, biases = start([64] * 11 + [10], INIT[name], rng, **gain)
    found = gradients(x_train[:256], y_train[:256], weights, biases, name)
    sizes[runner] = np.array([np.sqrt(np.mean(grad**2)) for grad, _, _ in found[:-1]])
factor = {name: (size[0] / size[-1]) ** (1 / 9) for name, size in sizes.items()}

# %%
reach = np.linspace(-8, 8, 401)
fig, (left, right) = figure.panels(1, 2, 2.7)
for name, dashes in (("sigmoid", "-"), ("tanh", "--")):
    left.plot(reach, slope_of(name, reach)[1], dashes, label=f"slope of {name}")
left.axhline(0.25, color=figure.GREY, lw=1, ls=":", label="1/4")
left.set(xlabel="x", ylabel="slope", title="saturated on both sides")
left.legend(loc="upper right", fontsize=7)
for (name, size), marker in zip(sizes.items(), "os^Dv", strict=True):
    right.semilogy(np.arange(1, 11), size / size[-1], marker=marker, label=name)
right.set(xlabel="hidden layer", xticks=range(1, 11))
right.set(ylabel="gradient / that of layer 10", title="what arrives")
right.legend(loc="lower right", fontsize=7)
figure.show(fig, "slopes")
claim("L3.8-gradient-flow", list(factor.values()))

# %% [markdown]
# ## 3 · Inputs that are always positive
#
# The gradient of a neuron's weights is $\delta \cdot x$: one number $\delta$ times the input. If all inputs are
# positive, as after a sigmoid or a ReLU, all entries of $\delta x$ have the sign of $\delta$. Weights can then only
# rise together or fall together, and a path to a place that needs both becomes a zig-zag (you will see it in lecture
# 4).

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
fig, (left, right) = figure.panels(1, 2, 2.7, width_ratios=[1, 1.3])
two, delta = positive[:400, :2], upstream[:400]
left.scatter(*(delta * two).T, s=5, label="from 0 to 1")
left.scatter(*(delta * (two - 0.5)).T, s=5, marker="x", lw=0.7, label="centred")
left.axhline(0, color=figure.INK, lw=0.8)
left.axvline(0, color=figure.INK, lw=0.8)
left.set(xlim=(-2, 2), ylim=(-2, 2), xlabel="gradient of $w_1$")
left.set(ylabel="gradient of $w_2$", title="one example each")
left.legend(fontsize=7, loc="upper left")
for (name, share), marker in zip(shares.items(), "ox", strict=True):
    right.plot(range(len(batches)), share, marker=marker, label=name)
right.set(xlabel="examples in a batch", ylabel="share of gradients of one sign")
right.set(ylim=(-0.05, 1.1))
right.set_xticks(range(len(batches)), batches)
right.legend()
figure.show(fig, "zigzag")

# %%
claim("L3.3-one-example", [share[0] for share in shares.values()])
claim("L3.3-batches", shares["inputs from 0 to 1"][1:])

# %% [markdown]
# What remains in a batch is a poor *conditioning*: the direction in which all weights move together is much steeper
# than the others. Lecture 4 measures how much that costs.
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
fig, (left, right) = figure.panels(1, 2, 2.7)
for term in range(1, 6):
    left.plot(x, sigmoid_forward(x + 0.5 - term)[0], color=figure.GREY, lw=0.8)
left.plot(x, corrected, label="sum from i = 1")
left.plot(x, as_printed, "--", label="sum from i = 0")
left.plot(x, relu_forward(x)[0], ":", color=figure.GREEN, label="ReLU")
left.set(xlim=(-4, 6), ylim=(0, 6), xlabel="x", ylabel="sum")
left.set(title="single sigmoids, grey, and sums")
left.legend()
right.plot(x, corrected - softplus)
right.set(xlabel="x", ylabel="difference", title="sum from i = 1, minus softplus")
figure.show(fig, "softplus")

# %%
gaps = corrected - softplus, as_printed - shifted
claim("L3.4-corrected", [np.abs(gap).max() for gap in gaps])

# %% [markdown]
# ## 5 · Six times faster?
#
# "ReLU converges six times faster than sigmoid and tanh" goes back to one figure: a four-layer convolutional network on
# CIFAR-10, ReLU against tanh, until 25 % training error (Krizhevsky and others 2012). Its authors say that the size of
# the effect depends on the network; the slides do not. We repeat the race on the digits with four hidden layers of 64
# units, three rates and five seeds each. The sigmoid starts twice, with Xavier and with four times Xavier.

# %%
predict("tanh-against-relu")


def step(weights, biases, rate, rows, name, **options):
    """Take one step of stochastic gradient descent, in place in the two lists."""
    found = gradients(x_train[rows], y_train[rows], weights, biases, name, **options)
    for layer, (_, grad_weight, grad_bias) in enumerate(found):
        weights[layer] = weights[layer] - rate * grad_weight
        biases[layer] = biases[layer] - rate * grad_bias


# %%
def steps_to_quarter(name, rate, seed, limit=1000, **gain):
    """Return the number of steps until 25 % training error, or the limit."""
    rng = np.random.default_rng(seed)
    weights, biases = start([64] * 5 + [10], INIT[name], rng, **gain)
    rng = np.random.default_rng(seed + 1)
    for count in range(1, limit + 1):
        step(weights, biases, rate, rng.choice(len(x_train), 32, replace=False), name)
        if count % (5 if count < 200 else 50) == 0:
            logits, _ = forward_all(x_train, weights, biases, name)
            if np.mean(logits.argmax(axis=1) == y_train) >= 0.75:
                return count
    return limit


# %%
rates = (0.01, 0.05, 0.2)
race = {}
for runner in ("elu", "tanh", "relu", "sigmoid", "sigmoid, 4 × Xavier"):
    name, gain = runner.split(",")[0], {"gain": 4.0} if "4" in runner else {}
    seeds = range(3 if runner == "sigmoid" else 5)  # three are enough for the slow one
    runs = [[steps_to_quarter(name, r, seed, **gain) for seed in seeds] for r in rates]
    race[runner] = np.median(runs, axis=1)

# %%
fig, axis = figure.panels(height=2.6)
for shift, (runner, counts) in enumerate(race.items()):
    axis.bar(np.arange(3) + 0.16 * (shift - 2), counts, 0.14, label=runner)
axis.axhline(1000, color=figure.GREY, lw=1, ls=":")
axis.text(-0.48, 1100, "stopped at 1000 steps", color=figure.GREY, fontsize=8)
axis.set(yscale="log", ylabel="steps to 25 % training error", xlabel="learning rate")
axis.set(ylim=(3, 2500))
axis.set_xticks(range(3), rates)
axis.legend(ncols=5, fontsize=7, loc="upper center", bbox_to_anchor=(0.5, 1.17))
axis.grid(axis="x", visible=False)
figure.show(fig, "race")

# %%
claim("L3.5-tanh", np.divide(race["tanh"], race["relu"]))
slower = np.divide(race["sigmoid"], race["relu"]) / 6
claim("L3.5-sigmoid", [*slower, *np.divide(race["sigmoid"], 1000)])
claim("L3.5-sigmoid-scaled", race["sigmoid, 4 × Xavier"][1] / race["relu"][1])
claim("L3.5-elu", race["relu"][0] / race["elu"][0])

# %% [markdown]
# ## 6 · Dying ReLU
#
# A ReLU unit whose sum is negative for *every* example has slope 0 for every example: no gradient will ever reach its
# weights. It is dead. Two ways lead there: steps that are too large, and biases that start too low. We train a
# network 64-128-128-10 for 400 steps and count the dead units of its second layer.


# %%
def dead_share(weights, biases, layer):
    """Return the share of a layer's units that are 0 for every training image."""
    y = x_train
    for weight, bias in list(zip(weights, biases, strict=True))[:layer]:
        y = relu_forward(y @ weight + bias)[0]
    return np.mean(y.max(axis=0) <= 0)


# %%
def live(name, rate, seed, first_bias=0.0, **options):
    """Train for 400 steps; return dead shares before and after, and the accuracy."""
    widths, rng = [64, 128, 128, 10], np.random.default_rng(seed)
    weights, biases = start(widths, kaiming_normal, rng, first_bias)
    before = [dead_share(weights, biases, layer) for layer in (1, 2)]
    rng = np.random.default_rng(seed + 1)
    with np.errstate(all="ignore"):
        for _ in range(400):
            rows = rng.choice(len(x_train), 32, replace=False)
            step(weights, biases, rate, rows, name, **options)
        after = [dead_share(weights, biases, layer) for layer in (1, 2)]
        logits, _ = forward_all(x_test, weights, biases, name, **options)
    if not np.isfinite(logits).all():
        after = [np.nan, np.nan]  # the numbers overflowed
    return [*before, *after, np.mean(logits.argmax(axis=1) == y_test)]


def lives(name, rate, seeds=3, **options):
    """Return the columns of several runs: dead shares of two layers twice, accuracy."""
    return np.array([live(name, rate, seed, **options) for seed in range(seeds)]).T


# %%
predict("rate-two")
tried = (0.1, 0.5, 1.0, 1.5, 2.0)
runs = {rate: lives("relu", rate, seeds=4) for rate in tried}
dead, score = ({rate: runs[rate][k] for rate in tried} for k in (3, 4))

# %%
fig, axes = figure.panels(1, 2, 2.6)
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
claim("L3.6-rate-fine", [dead[0.5].mean(), score[0.5].mean()])
lost = np.nan_to_num(dead[2.0], nan=1.0)  # a run that overflowed counts as all dead
claim("L3.6-rate-two", [lost.mean(), score[2.0].mean()])
claim("L3.6-leaky-rate", lives("leaky_relu", 2.0)[4].max())

# %%
# The second way: all hidden biases start at -1 or -3, at a harmless rate of 0.1.
first, second, first_after, second_after, _ = lives("relu", 0.1, first_bias=-3.0)
still = np.abs(first_after - first).max()
claim("L3.6-bias-three", [second.min(), second_after.min(), still])
_, second, _, second_after, _ = lives("relu", 0.1, first_bias=-1.0).mean(axis=1)
claim("L3.6-bias-one", [second, second_after])

# %%
options = {"first_bias": -3.0}
slopes = [lives("leaky_relu", 0.1, slope=slope, **options)[4] for slope in (0.01, 0.1)]
claim("L3.6-cures", np.mean(slopes, axis=1))
claim("L3.6-cure-elu", lives("elu", 0.1, **options)[4])

# %% [markdown]
# ## 7 · A sigmoid near zero is nearly a line
#
# Lecture 9 will normalize the inputs of every activation to mean 0 and standard deviation 1. Does the sigmoid then
# still bend?

# %%
predict("straight-line")


def line_fit(x, y):
    """Return the variance that the best line explains, and its largest error."""
    error = y - np.polyval(np.polyfit(x, y, 1), x)
    return 1 - error.var() / y.var(), np.abs(error).max()


near, numbers = np.linspace(-1, 1, 2001), np.random.default_rng(0).normal(size=200_000)
y, _ = sigmoid_forward(near)
on_normal = [
    line_fit(numbers, f(numbers)[0])[0] for f in (sigmoid_forward, tanh_forward)
]
claim("L3.7-line", [line_fit(near, y)[0], *on_normal])
claim("L3.7-deviation", [line_fit(near, y)[1], np.abs(y - (0.5 + near / 4)).max()])

# %% [markdown]
# ## What to remember
#
# 1. Backward, an activation multiplies by its slope. A sigmoid's is at most 1/4: with Xavier weights the gradient loses
#    three quarters at each layer.
# 2. tanh is a centred sigmoid with slope 1 at 0. With Xavier weights it is no slower than ReLU here.
# 3. ReLU is cheap and does not saturate on the right. Too large a rate or too low a bias kills its units.
# 4. A leak helps when it is large enough, and is no cure for a wild rate.
# 5. Positive inputs give gradients of one sign for one example; for a batch they give poor conditioning.
# 6. Write exp only of numbers below 0.
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
