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

import matplotlib.pyplot as plt
import numpy as np

from classroom import claim, figure, predict
from classroom.claim import at_least, at_most
from classroom.data import load
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

figure.style()

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
gallery = {name: slope_of(name, x) for name in ("sigmoid", "tanh", "relu", "elu", "softplus", "gelu")}
gallery["leaky_relu, slope 0.1"] = slope_of("leaky_relu", x, slope=0.1)
pieces = np.array([[[-0.5]], [[1.0]], [[0.2]]]), np.array([[-1.0], [-1.0], [0.5]])
y, cache = maxout_forward(x[:, None], *pieces)
gallery["maxout of 3 lines"] = y[:, 0], activation.maxout_backward(np.ones_like(y), cache)[0][:, 0]
predict(
    "A sigmoid unit receives x = −10, 0 or 10. By what does it multiply the gradient that comes back?",
    ["0, 1, 0", "almost 0, 0.25, almost 0", "almost 0, 0.5, almost 1"],
    answer="b",
    mine=None,
    because="σ(1 − σ) is largest in the middle, 1/4. At ±10 it is 0.000045: the unit is saturated.",
)
predict(
    "And a ReLU unit at x = −10, 0 and 10?",
    ["0, 0, 1", "0, 1, 1", "−1, 0, 1"],
    answer="a",
    mine=None,
    because="There is no slope at exactly 0. Any number from 0 to 1 would do; this course takes 0, as PyTorch does.",
)

# %%
fig, axes = plt.subplots(2, 4, figsize=(figure.WIDTH, 3.9), sharex=True, sharey=True)
for axis, (name, (y, slope)) in zip(axes.ravel(), gallery.items(), strict=True):
    axis.plot(x, y, label="value")
    axis.plot(x, slope, "--", label="slope")
    axis.set(title=name, ylim=(-1.4, 3.2))
axes[0, 0].legend(loc="upper left")
for axis in axes[1]:
    axis.set_xlabel("x")
figure.show(
    fig,
    alt="Eight activations from minus six to six, each with its slope dashed: sigmoid, tanh, ReLU, ELU, softplus, "
    "GELU, leaky ReLU with slope 0.1, maxout of three lines. The slopes of sigmoid and tanh fall to zero on both "
    "sides, those of the others only on the left or nowhere.",
)

# %%
spots = np.array([-10.0, 0.0, 10.0])
claim(
    "L3.1-sigmoid-slope",
    slope_of("sigmoid", spots)[1],
    [4.54e-5, 0.25, 4.54e-5],
    5e-8,
    source="S1-5",
    statement="Saturated sigmoid units kill the gradient: the slope is at most 1/4, and nearly 0 at −10 and 10.",
)
claim(
    "L3.1-sigmoid-values",
    sigmoid_forward(np.array([5.0, 10.0]))[0],
    [0.99331, 0.99995],
    5e-6,
    source="S3-8 (prints 0.9933 and 0.9999)",
    statement="σ(5) ≈ 0.9933 and σ(10) ≈ 0.9999.",
)
claim(
    "L3.1-tanh",
    np.abs(tanh_forward(x)[0] - (2 * sigmoid_forward(2 * x)[0] - 1)).max(),
    at_most(1e-15),
    source="S0-6, S1-4, S1-6",
    statement="tanh(x) = 2σ(2x) − 1: tanh is a sigmoid, stretched and centred.",
)

# %%
leaky, _ = leaky_relu_forward(x, slope=0.01)
steep, _ = leaky_relu_forward(x, slope=2.0)
claim(
    "L3.1-leaky-max",
    [np.abs(leaky - np.maximum(0.01 * x, x)).max(), np.abs(steep - np.maximum(2 * x, x)).max()],
    [0.0, 6.0],
    1e-12,
    digits=1,
    source="S0-7, S1-4, S1-8, C27; He et al. 2015",
    statement="Leaky ReLU and PReLU are max(αx, x).",
    verdict="holds only if 0 ≤ α ≤ 1: for α = 2, which a PReLU may learn, the two differ by up to 6 on [−6, 6]",
)
zero = np.zeros(1)
claim(
    "L3.1-zero",
    [slope_of(name, zero)[k][0] for name in ("relu", "elu") for k in (0, 1)],
    [0.0, 0.0, 0.0, 1.0],
    source="S0-6, S1-9, C28",
    statement="Whether 0 counts as positive (x ≥ 0) or not (x > 0) changes no value of ReLU and ELU; only ReLU's slope "
    "at 0 is a choice, and it is 0 here. (ELU with α = 1; with another α its slope jumps too.)",
)

# %%
rng = np.random.default_rng(0)
inputs = rng.normal(size=(2000, 3))
weight, bias = rng.normal(size=(3, 4)), rng.normal(size=4)
z, _ = linear_forward(inputs, weight, bias)
as_relu, _ = maxout_forward(inputs, np.stack([weight, 0 * weight]), np.stack([bias, 0 * bias]))
as_leaky, _ = maxout_forward(inputs, np.stack([weight, 0.01 * weight]), np.stack([bias, 0.01 * bias]))
claim(
    "L3.1-maxout",
    max(np.abs(as_relu - relu_forward(z)[0]).max(), np.abs(as_leaky - leaky_relu_forward(z)[0]).max()),
    at_most(1e-13),
    source="S1-4, S1-10; Goodfellow et al. 2013",
    statement="Maxout of two pieces contains ReLU and leaky ReLU as special cases, at twice the parameters.",
)
normal_numbers = rng.normal(size=1_000_000)
claim(
    "L3.1-elu-mean",
    [relu_forward(normal_numbers)[0].mean(), elu_forward(normal_numbers)[0].mean()],
    [0.399, 0.160],
    0.004,
    source="S1-9; Clevert et al. 2015",
    statement="ELU's outputs have a mean closer to 0 than ReLU's (inputs N(0, 1)).",
)

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
claim(
    "L3.1-cost",
    min(2.0, seconds["sigmoid"] / seconds["relu"]),  # cut off, so that every machine writes the same
    at_least(2),
    source="S1-5, S1-7",
    statement="exp is expensive: a sigmoid takes more than twice the processor time of a ReLU.",
)

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
claim(
    "L3.2-printed",
    printed,
    [np.nan, 0.0, np.nan],
    source="S3-8, C35",
    statement="tanh(x) = (exp(x) − exp(−x)) / (exp(x) + exp(−x)).",
    verdict="holds only if |x| < 710: at ±1000 the formula as printed gives NaN, which is no number",
)
claim(
    "L3.2-stable",
    np.concatenate([tanh_forward(extreme)[0], sigmoid_forward(extreme)[0], softplus_forward(extreme)[0][::2]]),
    [-1, 0, 1, 0, 0.5, 1, 0, 1000],
    source="C35",
    statement="Written for stability (exp only of numbers below 0), tanh, sigmoid and softplus are exact at ±1000.",
)

# %% [markdown]
# ## 2 · Saturation and the flow of gradients
#
# One saturated unit is no problem. But even a unit in the middle of its range lets only a quarter through, and a deep
# network multiplies these quarters. We send the digits through ten hidden layers of 64 units, with weights from the
# usual initializer of each activation (Kaiming for ReLU and ELU, Xavier for tanh and sigmoid: lecture 8), and follow
# the gradient back. The sigmoid gets a second chance: four times Xavier makes up for its slope of 1/4.

# %%
predict(
    "Ten layers of sigmoid units with Xavier weights. How much smaller is the gradient at layer 1 than at layer 10?",
    ["about 10 times", "about 1000 times", "about 500 000 times"],
    answer="c",
    mine=None,
    because="A factor of about 0.23 for each layer: 0.23 to the ninth power is two millionths.",
)
images, labels, split = load("digits")
pixels = images.reshape(len(images), -1).astype(float)
pixels = (pixels - pixels[split.train].mean(axis=0)) / pixels[split.train].std()
x_train, y_train = pixels[split.train], labels[split.train]
x_test, y_test = pixels[split.test], labels[split.test]


# %%
def forward_all(x, weights, biases, name, **options):
    """Run linear layers with an activation after each but the last; return the logits and what backward needs."""
    caches = []
    for layer, (weight, bias) in enumerate(zip(weights, biases, strict=True)):
        x, linear_cache = linear_forward(x, weight, bias)
        active_cache = None
        if layer < len(weights) - 1:
            x, active_cache = getattr(activation, f"{name}_forward")(x, **options)
        caches.append((linear_cache, active_cache))
    return x, caches


def gradients(x, labels, weights, biases, name, **options):
    """Return (gradient at z, of the weight, of the bias) for each layer, the first layer first."""
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
    """Return random weights, and biases that are first_bias in the hidden layers and 0 in the last."""
    shapes = list(itertools.pairwise(widths))
    biases = [np.full(width, first_bias) for width in widths[1:-1]]
    return [init(shape, rng, **options) for shape in shapes], [*biases, np.zeros(widths[-1])]


INIT = {"relu": kaiming_normal, "elu": kaiming_normal, "tanh": xavier_normal, "sigmoid": xavier_normal}
sizes = {}
for runner in (*INIT, "sigmoid, 4 × Xavier"):
    name, gain = runner.split(",")[0], {"gain": 4.0} if "4" in runner else {}
    weights, biases = start([64] * 11 + [10], INIT[name], np.random.default_rng(0), **gain)
    found = gradients(x_train[:256], y_train[:256], weights, biases, name)
    sizes[runner] = np.array([np.sqrt(np.mean(grad**2)) for grad, _, _ in found[:-1]])
factor = {name: (size[0] / size[-1]) ** (1 / 9) for name, size in sizes.items()}

# %%
fig, (left, right) = plt.subplots(1, 2, figsize=(figure.WIDTH, 2.7))
reach = np.linspace(-8, 8, 401)
for name, dashes in (("sigmoid", "-"), ("tanh", "--")):
    left.plot(reach, slope_of(name, reach)[1], dashes, label=f"slope of {name}")
left.axhline(0.25, color=figure.GREY, lw=1, ls=":", label="1/4")
left.set(xlabel="x", ylabel="slope", title="saturated on both sides")
left.legend(loc="upper right", fontsize=7)
for (name, size), marker in zip(sizes.items(), "os^Dv", strict=True):
    right.semilogy(np.arange(1, 11), size / size[-1], marker=marker, label=name)
right.set(xlabel="hidden layer", xticks=range(1, 11), ylabel="gradient / that of layer 10", title="what arrives")
right.legend(loc="lower right", fontsize=7)
figure.show(
    fig,
    alt="Left: the slopes of sigmoid and tanh against x, bells of height one quarter and one. Right: size of the "
    "gradient at each of ten hidden layers on a logarithmic axis; level for ReLU, ELU and tanh, falling towards "
    "layer 1 by more than five orders of magnitude for the sigmoid with Xavier weights, by two with four times Xavier.",
)
claim(
    "L3.8-gradient-flow",
    list(factor.values()),
    [0.99, 1.12, 0.885, 0.233, 0.62],
    0.06,
    source="S1-5, S1-6, S3-8; Glorot & Bengio 2010",
    statement="Gradients vanish in deep sigmoid networks. Factor for each layer: ReLU, ELU, tanh, sigmoid, sigmoid "
    "with four times Xavier.",
)

# %% [markdown]
# ## 3 · Inputs that are always positive
#
# The gradient of a neuron's weights is $\delta \cdot x$: one number $\delta$ times the input. If all inputs are
# positive, as after a sigmoid or a ReLU, all entries of $\delta x$ have the sign of $\delta$. Weights can then only
# rise together or fall together, and a path to a place that needs both becomes a zig-zag (you will see it in lecture
# 4).

# %%
predict(
    "All inputs are positive. In how many gradients do all 50 weights move in the same direction, when each gradient "
    "is the average over a batch of 64 examples?",
    ["all of them", "about half", "about one in five"],
    answer="c",
    mine=None,
    because="Each example has its own δ, of either sign. The sum of many is of one sign only when the δ do not cancel. "
    "For ever larger batches the share settles at 0.21.",
)
rng = np.random.default_rng(0)
positive, upstream = rng.random((64_000, 50)), rng.standard_normal((64_000, 1))
batches = (1, 2, 4, 16, 64)


def one_sign(gradient):
    """Return the share of rows whose entries are all positive or all negative."""
    return np.mean((gradient > 0).all(axis=1) | (gradient < 0).all(axis=1))


shares = {"inputs from 0 to 1": [], "the same, centred": []}
for name, centre in zip(shares, (0.0, 0.5), strict=True):
    each = upstream * (positive - centre)
    shares[name] = [one_sign(each.reshape(-1, batch, 50).mean(axis=1)) for batch in batches]

# %%
fig, (left, right) = plt.subplots(1, 2, figsize=(figure.WIDTH, 2.7), width_ratios=[1, 1.3])
two, delta = positive[:400, :2], upstream[:400]
left.scatter(*(delta * two).T, s=5, label="from 0 to 1")
left.scatter(*(delta * (two - 0.5)).T, s=5, marker="x", lw=0.7, label="centred")
left.axhline(0, color=figure.INK, lw=0.8)
left.axvline(0, color=figure.INK, lw=0.8)
left.set(xlim=(-2, 2), ylim=(-2, 2), xlabel="gradient of $w_1$", ylabel="gradient of $w_2$", title="one example each")
left.legend(fontsize=7, loc="upper left")
for (name, share), marker in zip(shares.items(), "ox", strict=True):
    right.plot(range(len(batches)), share, marker=marker, label=name)
right.set(xlabel="examples in a batch", ylabel="share of gradients of one sign", ylim=(-0.05, 1.1))
right.set_xticks(range(len(batches)), batches)
right.legend()
figure.show(
    fig,
    alt="Left: gradients of two weights for single examples; with positive inputs they lie in two opposite quarters, "
    "with centred inputs in all four. Right: share of gradients of one sign against the batch size, falling from one "
    "to about one fifth for positive inputs, zero for centred ones.",
)

# %%
claim(
    "L3.3-one-example",
    [shares["inputs from 0 to 1"][0], shares["the same, centred"][0]],
    [1.0, 0.0],
    source="S1-5, S1-12, C26",
    statement="With inputs that are always positive, the gradient of the weights is all positive or all negative for "
    "each example; with centred inputs (50 of them) it never is.",
)
claim(
    "L3.3-batches",
    shares["inputs from 0 to 1"][1:],
    [0.53, 0.32, 0.23, 0.22],
    0.03,
    source="S1-5, C26",
    statement="With inputs that are always positive, the gradient is always all positive or all negative.",
    verdict="holds only if the batch is one example: with 2, 4, 16, 64 examples the share is 0.53, 0.32, 0.23, 0.22",
)

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
predict(
    "At x = 0 softplus is log 2 = 0.693. What does the printed sum give there, σ(1/2) + σ(−1/2) + σ(−3/2) + ...?",
    answer=1.305,
    mine=None,
    because="Already σ(1/2) + σ(−1/2) = 1. The sum as printed is close to softplus(x + 1): it has one term too many.",
)
x = np.linspace(-10, 10, 2001)
softplus, _ = softplus_forward(x)
corrected = softplus_series(x, 80)
as_printed = corrected + sigmoid_forward(x + 0.5)[0]
shifted, _ = softplus_forward(x + 1)
claim(
    "L3.4-printed",
    [np.abs(as_printed - softplus).max(), as_printed[1000]],
    [1.0, 1.305],
    0.001,
    source="S3-9, C21; Nikolenko et al. 2018",
    statement="The sum of σ(x + 1/2 − i) over i = 0, 1, 2, ... is close to softplus(x).",
    verdict="does not hold: it has one term too many and is off by up to 1; at 0 it gives 1.305 instead of 0.693",
)

# %%
fig, (left, right) = plt.subplots(1, 2, figsize=(figure.WIDTH, 2.7))
for term in range(1, 6):
    left.plot(x, sigmoid_forward(x + 0.5 - term)[0], color=figure.GREY, lw=0.8)
left.plot(x, corrected, label="sum from i = 1")
left.plot(x, as_printed, "--", label="sum from i = 0")
left.plot(x, relu_forward(x)[0], ":", color=figure.GREEN, label="ReLU")
left.set(xlim=(-4, 6), ylim=(0, 6), xlabel="x", ylabel="sum", title="single sigmoids, grey, and sums")
left.legend()
right.plot(x, corrected - softplus)
right.set(xlabel="x", ylabel="difference", title="sum from i = 1, minus softplus")
figure.show(
    fig,
    alt="Left: five shifted sigmoids in grey and their sum, a smooth ramp just above ReLU; the sum with one more term "
    "lies one unit higher. Right: the difference between the sum and softplus, a dip of a hundredth around zero.",
)
claim(
    "L3.4-corrected",
    [np.abs(corrected - softplus).max(), np.abs(as_printed - shifted).max()],
    [0.0106, 0.0106],
    0.0001,
    source="S3-9, C21",
    statement="Started at i = 1 the sum is within 0.011 of softplus(x); as printed it is as close to softplus(x + 1).",
)

# %% [markdown]
# ## 5 · Six times faster?
#
# "ReLU converges six times faster than sigmoid and tanh" goes back to one figure: a four-layer convolutional network on
# CIFAR-10, ReLU against tanh, until 25 % training error (Krizhevsky and others 2012). Its authors say that the size of
# the effect depends on the network; the slides do not. We repeat the race on the digits with four hidden layers of 64
# units, three rates and five seeds each. The sigmoid starts twice, with Xavier and with four times Xavier.

# %%
predict(
    "Tanh with Xavier weights against ReLU with Kaiming weights, the same rate. How many steps does tanh need for 25 % "
    "training error?",
    ["about six times as many", "about twice as many", "about as many, or fewer"],
    answer="c",
    mine=None,
    because="Near 0 tanh has slope 1 and centred outputs. Its bad name comes from starts that saturate it.",
)


def step(weights, biases, rate, rows, name, **options):
    """Take one step of stochastic gradient descent, in place in the two lists."""
    found = gradients(x_train[rows], y_train[rows], weights, biases, name, **options)
    for layer, (_, grad_weight, grad_bias) in enumerate(found):
        weights[layer] = weights[layer] - rate * grad_weight
        biases[layer] = biases[layer] - rate * grad_bias


# %%
def steps_to_quarter(name, rate, seed, limit=1000, **gain):
    """Return the number of steps until 25 % training error, looking at every fifth; limit if it was not reached."""
    weights, biases = start([64] * 5 + [10], INIT[name], np.random.default_rng(seed), **gain)
    rng = np.random.default_rng(seed + 1)
    for count in range(1, limit + 1):
        step(weights, biases, rate, rng.choice(len(x_train), 32, replace=False), name)
        if count % (5 if count < 200 else 50) == 0:
            logits, _ = forward_all(x_train, weights, biases, name)
            if np.mean(logits.argmax(axis=1) == y_train) >= 0.75:
                return count
    return limit


rates = (0.01, 0.05, 0.2)
race = {}
for runner in ("elu", "tanh", "relu", "sigmoid", "sigmoid, 4 × Xavier"):
    name, gain = runner.split(",")[0], {"gain": 4.0} if "4" in runner else {}
    seeds = range(2 if runner == "sigmoid" else 5)  # two are enough for the slow one
    race[runner] = [np.median([steps_to_quarter(name, rate, seed, **gain) for seed in seeds]) for rate in rates]

# %%
fig, axis = plt.subplots(figsize=(figure.WIDTH, 2.6))
for shift, (runner, counts) in enumerate(race.items()):
    axis.bar(np.arange(3) + 0.16 * (shift - 2), counts, 0.14, label=runner)
axis.axhline(1000, color=figure.GREY, lw=1, ls=":")
axis.text(-0.48, 1100, "stopped at 1000 steps", color=figure.GREY, fontsize=8)
axis.set(yscale="log", ylabel="steps to 25 % training error", xlabel="learning rate", ylim=(3, 2500))
axis.set_xticks(range(3), rates)
axis.legend(ncols=5, fontsize=7, loc="upper center", bbox_to_anchor=(0.5, 1.17))
axis.grid(axis="x", visible=False)
figure.show(
    fig,
    alt="Steps to 25 percent training error on a logarithmic axis for five runners at three learning rates. ELU is "
    "fastest, then tanh, then ReLU close behind; the sigmoid with Xavier weights reaches the limit of 1000 steps each "
    "time, with four times Xavier it needs several times the steps of ReLU.",
)

# %%
claim(
    "L3.5-tanh",
    np.divide(race["tanh"], race["relu"]),
    at_most(1.0),
    source="S1-7, S4-9, C25; Krizhevsky et al. 2012, figure 1",
    statement="ReLU converges about six times faster than tanh.",
    verdict="does not hold: not for every network; here tanh, from Xavier weights, needs no more steps than ReLU at "
    "any of three rates",
)
claim(
    "L3.5-sigmoid",
    [*np.divide(race["sigmoid"], race["relu"]) / 6, *np.divide(race["sigmoid"], 1000)],
    at_least(1.0),
    source="S1-7, S1-11, C25",
    statement="ReLU converges more than six times faster than the sigmoid: with Xavier weights the sigmoid is not "
    "there after 1000 steps at any of three rates (shown: steps by ReLU's / 6; steps / 1000).",
)

# %%
claim(
    "L3.5-sigmoid-scaled",
    race["sigmoid, 4 × Xavier"][1] / race["relu"][1],
    9.0,
    3.0,
    source="S1-7, C25",
    statement="ReLU converges about six times faster than the sigmoid (rate 0.05).",
    verdict="holds only if the sigmoid starts well: with four times Xavier the factor is of that size, six to twelve",
    digits=-1,
)
claim(
    "L3.5-elu",
    race["relu"][0] / race["elu"][0],
    at_least(2),
    source="S1-9, S1-11; Clevert et al. 2015",
    statement="ELU can be faster still: less than half the steps of ReLU at rate 0.01.",
)

# %% [markdown]
# ## 6 · Dying ReLU
#
# A ReLU unit whose sum is negative for *every* example has slope 0 for every example: no gradient will ever reach its
# weights. It is dead. Two ways lead there: steps that are too large, and biases that start too low. We train a
# network 64-128-128-10 for 400 steps and count the dead units of its second layer.


# %%
def dead_share(weights, biases, layer):
    """Return the share of a hidden layer's units that are 0 for every training image."""
    y = x_train
    for weight, bias in list(zip(weights, biases, strict=True))[:layer]:
        y = relu_forward(y @ weight + bias)[0]
    return np.mean(y.max(axis=0) <= 0)


def live(name, rate, seed, first_bias=0.0, **options):
    """Train for 400 steps; return the dead shares before, those after (NaN if it overflowed), and the accuracy."""
    weights, biases = start([64, 128, 128, 10], kaiming_normal, np.random.default_rng(seed), first_bias)
    before = [dead_share(weights, biases, layer) for layer in (1, 2)]
    rng = np.random.default_rng(seed + 1)
    with np.errstate(all="ignore"):
        for _ in range(400):
            step(weights, biases, rate, rng.choice(len(x_train), 32, replace=False), name, **options)
        after = [dead_share(weights, biases, layer) for layer in (1, 2)]
        logits, _ = forward_all(x_test, weights, biases, name, **options)
    if not np.isfinite(logits).all():
        after = [np.nan, np.nan]
    return before, after, np.mean(logits.argmax(axis=1) == y_test)


# %%
predict(
    "At a learning rate of 0.5 this network learns the digits to 98 %. What happens at rate 2?",
    ["it learns faster", "it learns to about 80 %", "it stops learning: dead units or overflow"],
    answer="c",
    mine=None,
    because="One large step can push a unit's bias so far down that no image reaches it any more; it never comes back.",
)
tried = (0.1, 0.5, 1.0, 1.5, 2.0)
lives = {rate: [live("relu", rate, seed) for seed in range(4)] for rate in tried}
leaks = [live("leaky_relu", 2.0, seed) for seed in range(4)]
dead = {rate: np.array([after[1] for _, after, _ in runs]) for rate, runs in lives.items()}
score = {rate: np.array([accuracy for _, _, accuracy in runs]) for rate, runs in lives.items()}

# %%
fig, axes = plt.subplots(1, 2, figsize=(figure.WIDTH, 2.6))
for axis, values in zip(axes, (dead, score), strict=True):
    for rate in tried:
        kept = np.isfinite(dead[rate])
        axis.plot([rate] * kept.sum(), values[rate][kept], "o", color=figure.BLUE, alpha=0.7)
        if values is score:  # a run that overflowed has no units to count
            axis.plot([rate] * (~kept).sum(), score[rate][~kept], "x", color=figure.ORANGE, markersize=7)
    axis.set(xlabel="learning rate", ylim=(-0.07, 1.07), xlim=(0, 2.1), xticks=tried)
axes[0].set(ylabel="share", title="dead units in layer 2")
axes[1].set(ylabel="share", title="right answers, test images")
axes[1].plot([], [], "o", color=figure.BLUE, label="one run")
axes[1].plot([], [], "x", color=figure.ORANGE, label="numbers overflowed")
axes[1].legend(loc="lower left")
figure.show(
    fig,
    alt="Dead units of the second layer and accuracy against the learning rate, four runs each. Up to rate one hardly "
    "any unit is dead and accuracy is high; at rate two nearly all units are dead or the numbers overflowed, and "
    "accuracy is close to that of guessing.",
)

# %%
claim(
    "L3.6-rate-fine",
    [dead[0.5].mean(), score[0.5].mean()],
    [0.0, 0.98],
    0.02,
    source="S1-7, S1-11",
    statement="Use ReLU and mind the rate: at 0.5 hardly a unit of layer 2 is dead, and 98 % are right.",
)
dead_or_lost = np.nan_to_num(dead[2.0], nan=1.0)  # a run that overflowed counts as all dead
claim(
    "L3.6-rate-two",
    [dead_or_lost.mean(), score[2.0].mean()],
    [0.98, 0.12],
    0.08,
    digits=1,
    source="S1-7; Maas et al. 2013",
    statement="Too large a rate kills ReLU units: at rate 2 nearly all units of layer 2 are dead or have overflowed, "
    "and the networks guess.",
)
claim(
    "L3.6-leaky-rate",
    max(accuracy for _, _, accuracy in leaks),
    at_most(0.3),
    source="a common hope; S1-8 says only that it does not die",
    statement="Leaky ReLU does not die, so it is the cure for a rate that is too large.",
    verdict="does not hold: at rate 2 no run with leaky ReLU learns either; its numbers overflow instead",
)

# %%
# The second way: all hidden biases start at -1 or -3, at a harmless rate of 0.1.
low = {bias: live("relu", 0.1, 0, first_bias=bias) for bias in (-1.0, -3.0)}
for bias, (before, after, _) in low.items():
    shares = [f"{round(share, 1):5.0%}" for share in (before[0], after[0], before[1], after[1])]
    print(f"bias {bias:+.0f}   layer 1: {shares[0]} ->{shares[1]}   layer 2: {shares[2]} ->{shares[3]}   (about)")
claim(
    "L3.6-bias-three",
    [low[-3.0][0][1], low[-3.0][1][1], low[-3.0][1][0] - low[-3.0][0][0]],
    [1.0, 1.0, 0.0],
    source="S1-7",
    statement="A dead ReLU unit stays dead: with biases of −3 all of layer 2 is dead at the start and after 400 "
    "steps, and layer 1 does not change either.",
)
claim(
    "L3.6-bias-one",
    [low[-1.0][0][1], low[-1.0][1][1]],
    [0.17, 0.02],
    0.08,
    digits=1,
    source="S1-7",
    statement="A dead ReLU unit stays dead.",
    verdict="holds only if the layer below it stands still: with biases of −1 layer 1 learns, its outputs move, and "
    "most of the dead units of layer 2 come back",
)

# %%
cures = {"leaky_relu, slope 0.01": live("leaky_relu", 0.1, 0, first_bias=-3.0)}
cures["leaky_relu, slope 0.1"] = live("leaky_relu", 0.1, 0, first_bias=-3.0, slope=0.1)
cures["elu"] = live("elu", 0.1, 0, first_bias=-3.0)
for name, (_, _, accuracy) in cures.items():
    print(f"{name:<24} biases -3, 400 steps: {'learned' if accuracy > 0.9 else 'not learned'}")
reached = [accuracy for _, _, accuracy in cures.values()]
claim(
    "L3.6-cures",
    reached[:2],
    [0.08, 0.48],
    0.22,
    digits=1,
    source="S1-8; Maas et al. 2013",
    statement="Leaky ReLU will not die, and so recovers where ReLU does not.",
    verdict="holds only if the slope is large enough: with biases of −3, slope 0.01 still guesses after 400 steps, 0.1 "
    "is on its way",
)
claim(
    "L3.6-cure-elu",
    reached[2],
    at_least(0.9),
    source="S1-9; Clevert et al. 2015",
    statement="ELU recovers too: from the same start it has learned the digits after 400 steps.",
)

# %% [markdown]
# ## 7 · A sigmoid near zero is nearly a line
#
# Lecture 9 will normalize the inputs of every activation to mean 0 and standard deviation 1. Does the sigmoid then
# still bend?

# %%
predict(
    "Fit a straight line to the sigmoid of N(0, 1) inputs. Which part of the variance does the line explain?",
    answer=0.984,
    mine=None,
    because="Nearly all. A network of lines is one line, so batch normalization learns a scale and a shift as well.",
)


def line_fit(x, y):
    """Return the share of the variance that the best line explains, and its largest error."""
    error = y - np.polyval(np.polyfit(x, y, 1), x)
    return 1 - error.var() / y.var(), np.abs(error).max()


near, normal_numbers = np.linspace(-1, 1, 2001), np.random.default_rng(0).normal(size=200_000)
parts = [line_fit(near, sigmoid_forward(near)[0])[0]]
parts += [line_fit(normal_numbers, forward(normal_numbers)[0])[0] for forward in (sigmoid_forward, tanh_forward)]
claim(
    "L3.7-line",
    parts,
    [0.9996, 0.984, 0.930],
    0.002,
    digits=4,
    source="S4-24; Ioffe & Szegedy 2015",
    statement="Near 0 the sigmoid is a line. Variance explained: on [−1, 1]; of N(0, 1); tanh of N(0, 1).",
)

# %%
claim(
    "L3.7-deviation",
    [line_fit(near, sigmoid_forward(near)[0])[1], np.abs(sigmoid_forward(near)[0] - (0.5 + near / 4)).max()],
    [0.0073, 0.0189],
    0.0001,
    source="S4-24",
    statement="On [−1, 1] the sigmoid leaves its best line by less than 0.01 and its tangent at 0 by less than 0.02.",
)

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
