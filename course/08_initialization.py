# %% [markdown]
# # 8 · Initialization
#
# **What you will see.** One number, the standard deviation of the first weights, decides whether a deep network
# learns at all. You will watch the signal of a network of six layers with 4096 units each fade, saturate, or stay
# alive, and follow the gradients back through the same layers, where two well-known claims turn out to be wrong; fifty
# layers show why they are still useful. You will draw the line between order and chaos, find out why Kaiming's weights
# do not suit the sigmoid, and see that a start decides which of many minima a network ends in.
#
# **Two parts, an hour each.** Part one follows signal and gradient through six and through fifty layers (sections 1 to
# 4). Part two asks which weights to choose, and what follows from the choice (sections 5 to 8).
#
# **What you need.** Linear layers and their gradients (lectures 1, 2 and 4), tanh, sigmoid and ReLU (lecture 3), and
# the variance of a sum of independent numbers.
#
# **How to read it.** A *prediction* asks you first: decide before you open the answer. A *claim* compares a sentence
# from a slide or a paper with what was measured here, and gives a verdict. Lecture 0 explains both.

# %%
import numpy as np

from classroom import claim, figure, ledger, predict
from classroom.data import load
from solutions.activation import (
    relu_backward,
    relu_forward,
    sigmoid_backward,
    sigmoid_forward,
    tanh_backward,
    tanh_forward,
)
from solutions.linear import linear_backward, linear_forward
from solutions.loss import softmax_cross_entropy

figure.style()
ledger.use("08_initialization")

# %%
from solutions.initialization import (
    constant,
    fans,
    fixup_scale,
    kaiming_normal,
    kaiming_uniform,
    lsuv,
    normal,
    orthogonal,
    xavier_normal,
    xavier_uniform,
)

TANH = tanh_forward, tanh_backward
RELU = relu_forward, relu_backward
SIGMOID = sigmoid_forward, sigmoid_backward

# %% [markdown]
# ## The idea
#
# A layer computes $z_j = \sum_{i=1}^{D} x_i w_{ij}$. How large is $z_j$ when all weights are drawn independently, with
# mean 0 and standard deviation $s$?
#
# 1. **One product.** $w_{ij}$ has mean 0 and knows nothing of $x_i$, so $x_i w_{ij}$ has mean 0 and variance
#    $s^2 \operatorname{E}[x_i^2]$.
# 2. **The sum.** The products are uncorrelated, so their variances add up: $\operatorname{Var}(z_j) = D \, s^2
#    \operatorname{E}[x^2]$.
# 3. **The way back.** The gradient of $x_i$ is a sum too, over the $M$ units that read it: $\sum_j g_j w_{ij}$, where
#    $g_j$ is the gradient of $z_j$. By the same two steps its variance is $M s^2 \operatorname{E}[g^2]$.
#
# A deep network repeats this at every layer. A factor of 0.5 is harmless once; after 50 layers it is $10^{-15}$. So
# choose $s$ such that the factor is 1. Two answers have names:
#
# - **Xavier** (Glorot and Bengio 2010) is made for tanh, which near 0 is the identity. Forward that asks for $s^2 =
#   1/D$, backward for $s^2 = 1/M$; the compromise is $s = \sqrt{2/(D+M)}$. For $M = D$ it is $1/\sqrt{D}$, the form
#   that some slides give.
# - **Kaiming** (He and others 2015) is made for ReLU. It sets the negative half of $z$ to 0, which is half of the mean
#   square; $s = \sqrt{2/D}$ makes up for it.
#
# $D$ is called *fan in*, $M$ *fan out*. Beware of the notation $N(0, s)$: here $s$ is always a standard deviation,
# not a variance.
#
# ## The component at work
#
# Writing these functions is the exercise of assignment 7. Here they are imported and asked for 300 × 300 weights.
# Normal or uniform makes no difference to the variance: a uniform distribution on $[-a, a]$ has variance $a^2/3$, so
# $a = \sqrt{6 / (D + M)}$ is Xavier too.

# %%
shape = (300, 300)
MAKERS = {
    "Xavier, normal": (xavier_normal, figure.BLUE, "-"),
    "Xavier, uniform": (xavier_uniform, figure.BLUE, "--"),
    "Kaiming, normal": (kaiming_normal, figure.ORANGE, "-"),
    "Kaiming, uniform": (kaiming_uniform, figure.ORANGE, "--"),
}
weights = {
    name: make(shape, np.random.default_rng(0)) for name, (make, *_) in MAKERS.items()
}

# %%
fig, axis = figure.panels(height=2.8, width=figure.NARROW)
bins, look = np.linspace(-0.3, 0.3, 61), {"histtype": "step", "linewidth": 1.5}
for name, (_, color, dash) in MAKERS.items():
    label = {"label": name, "color": color, "linestyle": dash}
    axis.hist(weights[name].ravel(), bins, **label, **look)
axis.set(xlabel="weight", ylabel="how often", yticks=[])
fig.legend(ncols=2, loc="outside upper center")
figure.show(fig, "initializers")

# %%
xavier = (2 / (300 + 300)) ** 0.5
sizes = [weight.std() / xavier for weight in weights.values()]
claim("L8.6-normal-uniform", sizes, [1, 1, 2**0.5, 2**0.5])
predict("fan-in")
claim("L8.6-conv-fans", fans((16, 3, 5, 5)))

# %% [markdown]
# ## 1 · Constant weights: a wide layer that is one unit
#
# The simplest start is the same number everywhere, or zero. We train a network 64-32-10 from such starts on the
# digits: 1200 images for training, 497 for testing, plain gradient descent, batches of 32.

# %%
predict("equal-units")

images, labels, split = load("digits")
pixels = images.reshape(len(images), -1)  # float32: deep networks take half the time
pixels = (pixels - pixels[split.train].mean(axis=0)) / pixels[split.train].std()


# %%
def run(x, layers, forward):
    """Return the logits of linear layers with one activation between, and caches."""
    caches = []
    for weight, bias in layers[:-1]:
        z, linear = linear_forward(x, weight, bias)
        x, bend = forward(z)
        caches.append((linear, bend))
    logits, linear = linear_forward(x, *layers[-1])
    return logits, [*caches, (linear, None)]


# %%
def train(start, pair, steps, rate, seed):
    """Train from given weights, and biases of 0; return the layers."""
    (forward, backward), rng = pair, np.random.default_rng(seed)
    layers = [(weight, np.zeros_like(weight[0])) for weight in start]
    for _ in range(steps):
        rows = rng.choice(split.train, 32, replace=False)
        logits, caches = run(pixels[rows], layers, forward)
        _, grad = softmax_cross_entropy(logits, labels[rows])
        for k in reversed(range(len(layers))):
            (linear, bend), (weight, bias) = caches[k], layers[k]
            grad = grad if bend is None else backward(grad, bend)
            grad, grad_weight, grad_bias = linear_backward(grad, linear)
            layers[k] = weight - rate * grad_weight, bias - rate * grad_bias
    return layers


# %%
def judge(layers, pair, rows=split.test):
    """Return loss and accuracy, on the test images unless other rows are given."""
    logits, _ = run(pixels[rows], layers, pair[0])
    loss, _ = softmax_cross_entropy(logits, labels[rows])
    return loss, np.mean(logits.argmax(axis=1) == labels[rows])


# %%
def small_starts(seed):
    """Return five starts of a network 64-32-10."""
    rng, one, two = np.random.default_rng(seed), (64, 32), (32, 10)
    return {
        "all 0.05": [constant(one, 0.05), constant(two, 0.05)],
        "all 0": [constant(one, 0.0), constant(two, 0.0)],
        "0.05, then random": [constant(one, 0.05), normal(two, 0.1, rng)],
        "Kaiming": [kaiming_normal(one, rng), kaiming_normal(two, rng)],
        "random, 0.01": [normal(one, 0.01, rng), normal(two, 0.01, rng)],
    }


# %%
trained = {
    (name, seed): train(start, RELU, steps=200, rate=0.1, seed=seed + 1)
    for seed in range(3)
    for name, start in small_starts(seed).items()
}


def accuracies(name):
    """Return the test accuracy of the three runs from one start."""
    return [judge(trained[name, seed], RELU)[1] for seed in range(3)]


# %%
fig, axes = figure.panels(1, 3, 3.0, width=figure.NARROW, sharey=True)
look = {"cmap": figure.DIVERGING, "vmin": -0.5, "vmax": 0.5, "aspect": "auto"}
for axis, name in zip(axes, ("all 0.05", "0.05, then random", "Kaiming"), strict=True):
    picture = axis.imshow(trained[name, 0][0][0], **look)
    axis.set_title(name.replace(", then", ",\nthen"), fontsize=8)
    axis.set(xlabel="hidden unit")
    axis.grid(False)
axes[0].set_ylabel("pixel")
fig.colorbar(picture, ax=axes, label="weight after 200 steps")
figure.show(fig, "equal-units")

# %%
equal = trained["all 0.05", 0][0][0]
claim("L8.1-constant-spread", np.abs(equal - equal[:, :1]).max())
claim("L8.1-constant-accuracy", accuracies("all 0.05"))
claim("L8.1-zero", np.abs(trained["all 0", 0][0][0]).max())
claim("L8.1-one-random-layer", accuracies("0.05, then random"))
claim("L8.1-small-shallow", accuracies("random, 0.01"))

# %% [markdown]
# ## 2 · Six layers of 4096 units
#
# A network with `dims = [4096] * 7` receives 16 random inputs $x \sim N(0, 1)$. Which standard deviation should its
# weights have? All initializers below are the same random numbers times one factor, so we draw the numbers once and
# change only the factor.
#
# The function below runs forward and keeps the output of every layer, then runs backward with a random upstream
# gradient of standard deviation 1. It returns the outputs, and the size (root mean square) of the gradients of each
# layer's weights and inputs.

# %%
DIM, DEPTH = 4096, 6
rng = np.random.default_rng(0)
noise = [rng.standard_normal((DIM, DIM), dtype=np.float32) for _ in range(DEPTH)]
x = rng.standard_normal((16, DIM), dtype=np.float32)
upstream = rng.standard_normal((16, DIM), dtype=np.float32)
SETTINGS = {
    "tanh, 0.01": (TANH, 0.01),
    "tanh, 0.05": (TANH, 0.05),
    "tanh, Xavier": (TANH, DIM**-0.5),
    "ReLU, Xavier": (RELU, DIM**-0.5),
    "ReLU, Kaiming": (RELU, (2 / DIM) ** 0.5),
    "tanh, 1.0": (TANH, 1.0),
}


# %%
def through(x, upstream, noise, activation, std):
    """Return outputs, sizes of weight and input gradients; weights: std * noise."""
    forward, backward = activation
    outputs, caches = [x], []
    for numbers in noise:
        y, cache = forward(std * (outputs[-1] @ numbers))
        outputs.append(y)
        caches.append(cache)
    weight_sizes, input_sizes, grad = [], [], upstream
    for layer in reversed(range(len(noise))):
        grad = backward(grad, caches[layer])
        weight_sizes.append(rms_of_product(outputs[layer], grad))
        grad = std * (grad @ noise[layer].T)
        input_sizes.append(rms(grad))
    return outputs[1:], np.array(weight_sizes[::-1]), np.array(input_sizes[::-1])


# %%
def rms(array):
    """Return the root mean square, the size of an array of any shape."""
    return float(np.linalg.norm(array) / array.size**0.5)


def rms_of_product(h, grad):
    """Return the size of h.T @ grad, 4096 × 4096 numbers, from two products 16 × 16."""
    square = np.sum((h @ h.T) * (grad @ grad.T))
    return float((square / (h.shape[1] * grad.shape[1])) ** 0.5)


# %%
results = {name: through(x, upstream, noise, *kind) for name, kind in SETTINGS.items()}
spread = {name: [float(y.std()) for y in found[0]] for name, found in results.items()}
gradient = {name: sizes for name, (_, sizes, _) in results.items()}

# %%
fig, axes = figure.panels(5, 3, 6.2, width=figure.NARROW, sharex="row")
shown = list(SETTINGS)[:5]
for line, name, color in zip(axes, shown, figure.COLOURS, strict=False):
    for axis, layer in zip(line, (1, 3, 6), strict=True):
        y = results[name][0][layer - 1]
        low, high = (0, 2.5) if "ReLU" in name else (-1, 1)
        axis.hist(y[y != 0], np.linspace(low, high, 41), color=color)
        axis.set_title(f"{y.std():.2f}", loc="right", fontsize=8)
        axis.set_yticks([])
        axis.grid(False)
    line[0].set_ylabel(name, fontsize=8)
for axis, layer in zip(axes[0], (1, 3, 6), strict=True):
    axis.set_title(f"layer {layer}", fontsize=9)
fig.supxlabel("output", fontsize=9)
figure.show(fig, "histograms")

# %%
small = [0.492, 0.289, 0.179, 0.113, 0.072, 0.046]
claim("L8.2-tanh-0.01", spread["tanh, 0.01"], small)
claim("L8.2-tanh-0.05", spread["tanh, 0.05"])
claim("L8.2-tanh-xavier", spread["tanh, Xavier"])

# %%
claim("L8.2-relu-xavier", spread["ReLU, Xavier"], 0.5838 / 2 ** (np.arange(6) / 2))
claim("L8.2-relu-kaiming", spread["ReLU, Kaiming"])

# %% [markdown]
# Where do these numbers come from, 0.628 and 0.8256 for instance? For a wide layer $z$ is normal with variance $D s^2
# \operatorname{E}[x^2]$. With Xavier that is 1 at the first layer, and 0.628 is the standard deviation of $\tanh$ of
# a standard normal number; the same step again, from $\operatorname{E}[x^2] = 0.628^2$, gives 0.486, and so on. With
# Kaiming it is 2 at every layer, and ReLU cuts off half: mean $\sqrt{2}/\sqrt{2\pi} = 0.564$, mean square 1, so the
# standard deviation is $\sqrt{1 - 1/\pi} = 0.8256$.
#
# ## 3 · The gradients of the same networks
#
# Forward, everything went as the slides say. For the gradients, the slides say "no learning" three times. Make your
# prediction first.

# %%
predict("small-start")
predict("large-start")

# %%
layers = np.arange(1, DEPTH + 1)
fig, axis = figure.panels(height=3.6, width=figure.NARROW)
for (name, sizes), marker in zip(gradient.items(), "osD^vX", strict=True):
    (line,) = axis.semilogy(layers, sizes, marker=marker)
    figure.note(axis, 0.85, sizes[0], name, ha="right", color=line.get_color())
axis.set(xlabel="layer", ylabel="size of the weight gradient (rms)", xlim=(-1.3, 6.2))
axis.set(xticks=layers)
figure.show(fig, "weight-gradients")

# %%
factor = {name: (sizes[0] / sizes[-1]) ** (1 / 5) for name, sizes in gradient.items()}
claim("L8.3-saturated-grows", factor["tanh, 0.05"])
claim("L8.3-small", gradient["tanh, 0.01"])
saturated = [np.mean(np.abs(y) > 0.97) for y in results["tanh, 0.05"][0]]
claim("L8.3-saturated-half", saturated)

saturated = np.mean(np.abs(results["tanh, 1.0"][0]) > 0.97)
claim("L8.3-chaos", [factor["tanh, 1.0"], saturated])
ratio = gradient["ReLU, Kaiming"] / gradient["ReLU, Xavier"]
claim("L8.3-relu-ratio", ratio, np.full(6, 2**2.5))

# %% [markdown]
# Do such gradients teach? Networks of 64 units start with the same *gains*, which are the standard deviations above
# times $\sqrt{4096} = 64$: 0.64, 3.2 and 1. First six layers; then twenty, where each start gets three rates.


# %%
def learned(pair, gain, depth, steps, rate):
    """Train layers of 64 units, weights gain/√64; return the mean of three runs."""
    found = []
    for seed in range(3):
        rng = np.random.default_rng(seed)
        start = [normal((64, 64), gain / 8, rng) for _ in range(depth)]
        start.append(xavier_normal((64, 10), rng))
        start = [weight.astype(np.float32) for weight in start]
        found.append(judge(train(start, pair, steps, rate, seed + 1), pair)[1])
    return np.mean(found)


kinds = ((TANH, 0.64), (TANH, 3.2), (RELU, 1.0))
claim("L8.3-learning", [learned(*kind, 6, 400, 0.2) for kind in kinds])

# %%
DEEP_RATES = {0.64: (0.05, 0.2, 1), 1.0: (0.01, 0.05, 0.2)}
best = [
    max(learned(TANH, gain, 20, 200, rate) for rate in rates)
    for gain, rates in DEEP_RATES.items()
]
claim("L8.4-learning", best)

# %% [markdown]
# So at six layers each of the three starts still learns; at 20 the small one no longer does. What is wrong with them is
# the *ratio* between layers and the *number of layers* that such a ratio survives. When the factor per layer is below 1
# the network is called ordered: all inputs end up in the same output. When it is above 1 the network is chaotic: two
# almost equal inputs end up far apart, and gradients explode.
#
# ## 4 · Fifty layers

# %%
predict("fifty-layers")

WIDE, DEEP = 512, 50
rng = np.random.default_rng(0)
deep_noise = [rng.standard_normal((WIDE, WIDE)) for _ in range(DEEP)]
deep_x, deep_upstream = rng.standard_normal((64, WIDE)), rng.standard_normal((64, WIDE))
GAINS = {
    "tanh, gain 0.64": (TANH, 0.64),
    "tanh, Xavier": (TANH, 1.0),
    "tanh, gain 5/3": (TANH, 5 / 3),
    "ReLU, Xavier": (RELU, 1.0),
    "ReLU, Kaiming": (RELU, 2**0.5),
}
deep = {
    name: through(deep_x, deep_upstream, deep_noise, activation, gain / WIDE**0.5)
    for name, (activation, gain) in GAINS.items()
}

# %%
fig, axes = figure.panels(2, 1, 5.2, width=figure.NARROW, sharex=True)
layers = np.arange(1, DEEP + 1)
dashes = ("-", "--", "-.", ":", (0, (5, 1)))
for (name, (outputs, sizes, _)), dash in zip(deep.items(), dashes, strict=True):
    axes[0].semilogy(layers, [y.std() for y in outputs], linestyle=dash)
    axes[1].semilogy(layers, sizes, linestyle=dash, label=name)
axes[0].set(ylabel="std of the output")
axes[1].set(xlabel="layer", ylabel="rms of the weight gradient")
fig.legend(loc="outside upper center", ncols=2)
figure.show(fig, "fifty-layers")

# %%
last = {name: outputs[-1].std() for name, (outputs, _, _) in deep.items()}
claim("L8.4-tanh-small", np.log10(last["tanh, gain 0.64"]))
claim("L8.4-tanh-xavier", last["tanh, Xavier"], (2 * DEEP) ** -0.5)
claim("L8.4-relu-xavier", np.log10(last["ReLU, Xavier"]))
gain_sizes = deep["tanh, gain 5/3"][2]
claim("L8.4-gain-5-3-backward", np.log10(gain_sizes[0]))
gone = [deep[name][1][0] for name in ("tanh, gain 0.64", "ReLU, Xavier")]
claim("L8.4-gradient-gone", np.log10(gone))

# %% [markdown]
# Kaiming's factor is 1, but only on average over all draws of the weights. In one draw each layer misses it a little,
# and the misses multiply. The theory (Hanin and Nica 2018) says how far the logarithm of the signal's length has
# wandered after $L$ layers of width $D$: by a standard deviation of $\sqrt{5L/(4D)}$. We draw 200 networks of 50 layers
# for each of two widths.


# %%
def wandering(width, draws=200):
    """Return the deviation, over draws of the weights, of the log of the length."""
    rng, std = np.random.default_rng(0), np.float32((2 / width) ** 0.5)
    x = rng.standard_normal((draws, 1, width), dtype=np.float32)
    start = np.linalg.norm(x, axis=(1, 2))
    for _ in range(DEEP):
        weight = rng.standard_normal((draws, width, width), dtype=np.float32)
        x, _ = relu_forward(std * (x @ weight))
    return np.log(np.linalg.norm(x, axis=(1, 2)) / start).std()


formula = [(5 * DEEP / (4 * width)) ** 0.5 for width in (32, 128)]
claim("L8.4-relu-kaiming", [wandering(width) for width in (32, 128)], formula)

# %% [markdown]
# ## Part two · Which weights to choose
#
# Part one in three sentences: a layer multiplies the variance of the signal by $D s^2$ times what the activation leaves
# of it. A network of six layers survives a factor that is not 1. At fifty layers nothing but a factor of about 1 does,
# forward and backward.
#
# ## 5 · Order, chaos, and the line between
#
# Multiply Xavier's standard deviation by a *gain* and look at every gain and every depth at once. On the line between a
# gradient that vanishes and one that explodes a network can be trained deep. For tanh this line tends to gain 1 as the
# layers become many and wide. The explorer below the map draws one gain and one depth; in a running notebook
# `live=True` gives it sliders, on the course's site they are there. Which gain keeps both curves level, and for how
# many layers?

# %%
gains = np.linspace(0.5, 2.0, 31)
rng = np.random.default_rng(0)
map_noise = [rng.standard_normal((256, 256)) for _ in range(40)]
map_x, map_upstream = rng.standard_normal((2, 32, 256))
passed = np.empty((40, len(gains)))
for column, gain in enumerate(gains):
    _, _, sizes = through(map_x, map_upstream, map_noise, TANH, gain / 256**0.5)
    passed[:, column] = np.log10(sizes[::-1])

# %%
fig, axis = figure.panels(height=3.2, width=figure.NARROW)
look = {"cmap": figure.DIVERGING, "vmin": -4, "vmax": 4, "aspect": "auto"}
look["extent"] = (gains[0], gains[-1], 40.5, 0.5)
picture = axis.imshow(passed, **look)
line = axis.contour(gains, np.arange(1, 41), passed, [0], colors=figure.INK)
axis.clabel(line, fmt="as large as at the start", fontsize=8)
axis.axvline(1, color=figure.INK, linestyle=":")
axis.set(xlabel="gain: weights are gain/√D", ylabel="layers passed on the way back")
axis.grid(False)
fig.colorbar(picture, label="log10 of the gradient's size")
figure.show(fig, "phases")

# %%
per_layer = 10 ** ((passed[-1] - passed[9]) / 30)
level = np.interp(1, per_layer[:20], gains[:20])
claim("L8.7-phases", [*np.interp([0.8, 1.5], gains, per_layer), level])


# %%
def draw(gain, depth, activation):
    pair = {"tanh": TANH, "ReLU": RELU, "sigmoid": SIGMOID}[activation]
    noise, std = map_noise[:depth], gain / 256**0.5
    outputs, _, sizes = through(map_x, map_upstream, noise, pair, std)
    stds = [y.std() for y in outputs]
    fig, axis = figure.panels(height=2.6, width=figure.NARROW)
    axis.semilogy(np.arange(1, depth + 1), stds, "o-", label="output")
    axis.semilogy(np.arange(depth), sizes, "s--", label="gradient of the input")
    axis.set(xlabel="layer", ylabel="size")
    axis.set(title=f"{activation}, gain {gain}, {depth} layers")
    axis.legend()
    return fig


# %%
figure.explorer(
    draw,
    "phases-explorer",
    still={"gain": 1.5, "depth": 40, "activation": "tanh"},
    gain=[0.5, 0.64, 0.8, 0.9, 1.0, 1.1, 1.2, 1.41, 1.5, 1.67, 2.0, 4.0],
    depth=[5, 10, 20, 30, 40],
    activation=["tanh", "ReLU", "sigmoid"],
)

# %% [markdown]
# ## 6 · Kaiming for the sigmoid?
#
# A slide recommends Kaiming for "others (ReLU, sigmoid ...)". The sigmoid's slope is at most 1/4, at 0. So backward
# every layer multiplies by at most $\frac14 \sqrt{M} s$, which is 0.35 with Kaiming. Glorot and Bengio derive their
# rule for slope 1 at 0. For slope 1/4 the same derivation asks for four times their standard deviation, as the tutorial
# of the library Theano recommended. Is a network that starts otherwise lost, or only late? The last claim below gives one
# eight times as many steps.

# %%
rng = np.random.default_rng(0)
sigmoid_noise = [rng.standard_normal((1024, 1024)) for _ in range(6)]
sigmoid_x, sigmoid_upstream = rng.standard_normal((2, 64, 1024))
STDS = {
    "Kaiming": (2 / 1024) ** 0.5,
    "Xavier": 1024**-0.5,
    "4 × Xavier": 4 * 1024**-0.5,
}
factor = {}
for name, std in STDS.items():
    _, _, sizes = through(sigmoid_x, sigmoid_upstream, sigmoid_noise, SIGMOID, std)
    factor[name] = (sizes[1] / sizes[-1]) ** (1 / 4)
claim("L8.5-factors", list(factor.values()))

# %%
predict("six-sigmoid-layers")


# %%
def sigmoid_run(gain, rate, seed, steps=600):
    """Train six hidden layers of 64 sigmoid units; return the test accuracy."""
    rng = np.random.default_rng(seed)
    start = [normal((64, 64), gain / 8, rng) for _ in range(6)]
    start.append(normal((64, 10), gain * (2 / 74) ** 0.5, rng))
    start = [weight.astype(np.float32) for weight in start]
    return judge(train(start, SIGMOID, steps, rate, seed + 1), SIGMOID)[1]


best = [
    max(
        np.mean([sigmoid_run(gain, rate, seed) for seed in range(3)])
        for rate in (0.1, 0.5, 2)
    )
    for gain in (2**0.5, 1.0, 4.0)
]
claim("L8.5-chance", best[:2])
claim("L8.5-four-xavier", best[2])
later = [sigmoid_run(2**0.5, 0.5, seed, steps=4800) for seed in range(3)]
claim("L8.5-later", np.mean(later))

# %% [markdown]
# ## 7 · A better start, a better minimum?
#
# The loss of a network has many minima, and a start decides in which of them training ends. A ReLU network with two
# hidden layers starts from a tenth of Kaiming's weights, from Kaiming's, and from four times Kaiming's. Each start gets
# three rates and three seeds, and counts with its best rate.

# %%
predict("which-minimum")


# %%
def minimum(scale, rate, seed):
    """Train 64-64-64-10 for 600 steps; return the losses in training and test."""
    rng = np.random.default_rng(seed)
    shapes = (64, 64), (64, 64), (64, 10)
    start = [scale * kaiming_normal(shape, rng) for shape in shapes]
    start = [weight.astype(np.float32) for weight in start]
    layers = train(start, RELU, 600, rate, seed + 1)
    return [judge(layers, RELU, rows)[0] for rows in (split.train, split.test)]


found = {}
for scale in (0.1, 1, 4):
    means = [
        np.mean([minimum(scale, rate, seed) for seed in range(3)], axis=0)
        for rate in (0.02, 0.1, 0.3)
    ]
    found[scale] = min(means, key=lambda losses: losses[1])
claim("L8.8-training", [losses[0] for losses in found.values()])
claim("L8.8-minimum", found[4][1] / found[1][1])

# %% [markdown]
# Weights that are too large make random features that already tell the images apart. Gradient descent then changes
# them hardly at all (*lazy* training, Chizat and others 2019), and what was random stays in the answer for new images.
#
# ## 8 · Beyond: orthogonal and data-driven starts
#
# A random matrix keeps lengths only on average. An *orthogonal* one (Saxe and others 2013) keeps every length
# exactly, in both directions: all its singular values are 1. *LSUV* (Mishkin and Matas 2015) starts from orthogonal
# weights and then asks the data: it divides each layer's weights by the standard deviation of this layer's output,
# one layer after the other.

# %%
rng = np.random.default_rng(0)
square = {"orthogonal": orthogonal((256, 256), rng)}
square["Xavier"] = xavier_normal((256, 256), rng)
singular = {name: np.linalg.svd(w, compute_uv=False) for name, w in square.items()}
fig, axis = figure.panels(height=2.4, width=figure.NARROW)
for (name, values), dashes in zip(singular.items(), ["-", "--"], strict=True):
    axis.plot(np.arange(1, 257), values, dashes, label=name)
axis.set(xlabel="singular value, sorted", ylabel="size", ylim=(0, 2.2))
axis.legend()
figure.show(fig, "singular-values")
claim("L8.7-orthogonal", np.abs(singular["orthogonal"] - 1).max())
claim("L8.7-random-spectrum", singular["Xavier"][[0, -1]])

# %%
rng = np.random.default_rng(0)
data = rng.exponential(1.0, (256, 64)) - 0.7  # neither centred nor of scale 1
y, spreads = data, []
for weight in lsuv([64] * 9, "relu", data, rng):
    z = y @ weight
    spreads.append(z.std())
    y, _ = relu_forward(z)
claim("L8.7-lsuv", spreads)

# %% [markdown]
# *Fixup* (Zhang and others 2019) is a start for residual networks, which lecture 11 builds: $L$ branches, each of two
# layers, are added to the signal one after the other. The last weights of each branch start at 0, so the network starts
# as the identity. But the first step of training changes all branches at once, and the changes add up. `fixup_scale`
# makes the other weights of each branch smaller, by $1/\sqrt{L}$, so that the sum does not depend on $L$.


# %%
def first_change(branches, scale, rate=1e-6):
    """Return how far one step of descent moves the output of a residual network."""
    rng = np.random.default_rng(0)
    x, grad = rng.standard_normal((2, 32, 64))
    y = x
    for _ in range(branches):
        first = scale * kaiming_normal((64, 64), rng)
        h, _ = relu_forward(x @ first)  # with branches of 0 every block reads x
        second = -rate * h.T @ grad  # the last weights, one step from 0
        y = y + relu_forward(y @ first)[0] @ second
    return rms(y - x)


plain = first_change(64, 1.0) / first_change(4, 1.0)
scaled = first_change(64, fixup_scale(64)) / first_change(4, fixup_scale(4))
claim("L8.7-fixup", [plain, scaled])

# %% [markdown]
# Two more ideas need no experiment here. The *lottery ticket* (Frankle and Carbin 2019) finds small subnetworks that
# train well, but only from the initial weights they happened to get. And *normalization*, lecture 9, makes the first
# scale matter much less.
#
# ## What to remember
#
# 1. A sum of $D$ products has variance $D s^2 \operatorname{E}[x^2]$. Choose $s$ so that the factor per layer is 1.
# 2. Xavier, $1/\sqrt{D}$, for tanh. Kaiming, $\sqrt{2/D}$, for ReLU. Neither for the sigmoid, whose slope is at most
#    1/4.
# 3. For a convolution $D$ is kernel² times input channels.
# 4. Never start a whole network from constants: equal units stay equal for ever.
# 5. "Saturated" is not "no gradient". Look at the factor per layer: below 1 the gradient vanishes, above 1 it
#    explodes, and depth is the exponent.
# 6. A sentence about "no learning" needs a depth and a number of steps beside it. At 6 layers all three starts learn; at
#    20 the small one no longer does. Six layers of sigmoids from Kaiming's weights need eight times the steps.
# 7. A start that is too large can reach the same training loss and be much worse on new images.
#
# ## Exercises that follow
#
# Assignment 7, *Initializers*: `fans`, `normal`, Xavier and Kaiming, `forward_stats`, orthogonal and LSUV.
#
# ## Further reading
#
# - X. Glorot, Y. Bengio. *Understanding the difficulty of training deep feedforward neural networks.* AISTATS 2010.
# - A. Saxe, J. McClelland, S. Ganguli. *Exact solutions to the nonlinear dynamics of learning in deep linear neural
#   networks.* 2013. arXiv:1312.6120
# - D. Sussillo, L. Abbott. *Random walk initialization for training very deep feedforward networks.* 2014.
#   arXiv:1412.6558
# - K. He, X. Zhang, S. Ren, J. Sun. *Delving deep into rectifiers.* ICCV 2015. arXiv:1502.01852
# - P. Krähenbühl and others. *Data-dependent initializations of convolutional neural networks.* 2015.
#   arXiv:1511.06856
# - D. Mishkin, J. Matas. *All you need is a good init.* ICLR 2016. arXiv:1511.06422
# - B. Poole and others. *Exponential expressivity in deep neural networks through transient chaos.* 2016.
#   arXiv:1606.05340
# - S. Schoenholz and others. *Deep information propagation.* ICLR 2017. arXiv:1611.01232
# - B. Hanin, M. Nica. *Products of many large random matrices and gradients in deep neural networks.* 2018.
#   arXiv:1812.05994
# - L. Chizat, E. Oyallon, F. Bach. *On lazy training in differentiable programming.* NeurIPS 2019. arXiv:1812.07956
# - H. Zhang, Y. Dauphin, T. Ma. *Fixup initialization.* ICLR 2019. arXiv:1901.09321
# - J. Frankle, M. Carbin. *The lottery ticket hypothesis.* ICLR 2019. arXiv:1803.03635
#
# ## What comes next
#
# A good start sets the scale of every layer once; from the first step on nothing keeps it there. Lecture 9 does: it
# measures the scale again in every batch, and sets it right.
