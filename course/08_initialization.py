# %% [markdown]
# # 8 · Initialization
#
# **What you will see.** One number, the standard deviation of the first weights, decides whether a deep network
# learns at all. You will watch the signal of a network of six layers with 4096 units each fade, saturate, or stay
# alive. You will follow the gradients back through the same layers, where two well-known sentences turn out to be
# wrong. Then 50 layers show why they were worth saying.
#
# **What you need.** Linear layers and their gradients (lectures 1, 2 and 4), tanh, sigmoid and ReLU (lecture 3), and
# the variance of a sum of independent numbers.
#
# **How to read it.** A *prediction* asks you first: write your guess as `mine=...` and run the cell. A *claim*
# compares a sentence from a slide or a paper with what was measured here, and gives a verdict.

# %%
import numpy as np

from classroom import claim, figure, ledger, predict
from classroom.data import load
from solutions import activation
from solutions.linear import linear_backward, linear_forward
from solutions.loss import softmax_cross_entropy

figure.style()
ledger.use("08_initialization")

# %%
from solutions.initialization import (
    constant,
    fans,
    forward_stats,
    kaiming_normal,
    kaiming_uniform,
    lsuv,
    normal,
    orthogonal,
    xavier_normal,
    xavier_uniform,
)

# %% [markdown]
# ## The idea
#
# One unit adds up $D$ products: $z = \sum_{i=1}^{D} x_i w_i$. When the weights are independent with mean 0 and
# standard deviation $s$,
#
# $$\operatorname{Var}(z) = D \, s^2 \, \operatorname{E}[x^2].$$
#
# The same sum runs backwards: a gradient is a sum over the $M$ units that read this one, so its variance is
# multiplied by $M s^2$. A deep network repeats this at every layer. A factor of 0.5 is harmless once; after 50 layers
# it is $10^{-15}$. So choose $s$ such that the factor is 1.
#
# | initializer | standard deviation of the weights | made for |
# |---|---|---|
# | Xavier (Glorot and Bengio 2010) | $\sqrt{2 / (D + M)}$, which is $1/\sqrt{D}$ when $M = D$ | tanh: slope 1 at 0 |
# | Kaiming (He and others 2015) | $\sqrt{2 / D}$ | ReLU: half of the sum is cut off, so twice the variance |
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
names = ["Xavier normal", "Xavier uniform", "Kaiming normal", "Kaiming uniform"]
makers = [xavier_normal, xavier_uniform, kaiming_normal, kaiming_uniform]
weights = [make(shape, np.random.default_rng(0)) for make in makers]

fig, axes = figure.panels(1, 4, 1.9, sharex=True)
for axis, name, weight in zip(axes, names, weights, strict=True):
    axis.hist(weight.ravel(), bins=np.linspace(-0.3, 0.3, 61))
    axis.set(title=name, xlabel="weight", yticks=[])
axes[0].set_ylabel("how often")
figure.show(fig, "initializers")

# %%
xavier = (2 / (300 + 300)) ** 0.5
sizes = [weight.std() / xavier for weight in weights]
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
pixels = images.reshape(len(images), -1).astype(float)
pixels = (pixels - pixels[split.train].mean(axis=0)) / pixels[split.train].std()
x_train, y_train = pixels[split.train], labels[split.train]
x_test, y_test = pixels[split.test], labels[split.test]


# %%
def train(weights, forward, backward, steps, rate, seed=1):
    """Train linear layers with one activation between; return the test accuracy."""
    rng = np.random.default_rng(seed)
    biases = [np.zeros(weight.shape[1]) for weight in weights]
    for _ in range(steps):
        rows = rng.choice(len(x_train), 32, replace=False)
        logits, caches = network(x_train[rows], weights, biases, forward)
        _, grad = softmax_cross_entropy(logits, y_train[rows])
        for layer in reversed(range(len(weights))):
            linear_cache, active_cache = caches[layer]
            if active_cache is not None:
                grad = backward(grad, active_cache)
            grad, grad_weight, grad_bias = linear_backward(grad, linear_cache)
            weights[layer] = weights[layer] - rate * grad_weight
            biases[layer] = biases[layer] - rate * grad_bias
    logits, _ = network(x_test, weights, biases, forward)
    return np.mean(logits.argmax(axis=1) == y_test)


# %%
def network(x, weights, biases, forward):
    """Run linear layers with one activation between; return logits and caches."""
    caches = []
    for layer, (weight, bias) in enumerate(zip(weights, biases, strict=True)):
        x, linear_cache = linear_forward(x, weight, bias)
        active_cache = None
        if layer < len(weights) - 1:
            x, active_cache = forward(x)
        caches.append((linear_cache, active_cache))
    return x, caches


# %%
TANH = activation.tanh_forward, activation.tanh_backward
RELU = activation.relu_forward, activation.relu_backward
SIGMOID = activation.sigmoid_forward, activation.sigmoid_backward


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
runs, accuracy = [small_starts(seed) for seed in range(3)], {}
for name in runs[0]:
    accuracy[name] = [
        train(starts[name], *RELU, steps=200, rate=0.1, seed=seed)
        for seed, starts in enumerate(runs, start=1)
    ]
first = {name: weights[0] for name, weights in runs[0].items()}

# %%
fig, axes = figure.panels(1, 5, 2.9, sharey=True)
look = {"cmap": figure.DIVERGING, "vmin": -0.5, "vmax": 0.5, "aspect": "auto"}
for axis, (name, weight) in zip(axes, first.items(), strict=True):
    picture = axis.imshow(weight, **look)
    axis.set_title(name, fontsize=8)
    axis.set(xlabel="hidden unit")
    axis.grid(False)
axes[0].set_ylabel("pixel")
fig.colorbar(picture, ax=axes, label="weight after 200 steps")
figure.show(fig, "equal-units")

# %%
equal = first["all 0.05"]
claim("L8.1-constant-spread", np.abs(equal - equal[:, :1]).max())
claim("L8.1-constant-accuracy", accuracy["all 0.05"])
claim("L8.1-zero", np.abs(first["all 0"]).max())
claim("L8.1-one-random-layer", accuracy["0.05, then random"])
claim("L8.1-small-shallow", accuracy["random, 0.01"])

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
        weight_sizes.append(rms(outputs[layer].T @ grad))
        grad = std * (grad @ noise[layer].T)
        input_sizes.append(rms(grad))
    return outputs[1:], np.array(weight_sizes[::-1]), np.array(input_sizes[::-1])


def rms(array):
    """Return the root mean square, the size of an array of any shape."""
    return float(np.linalg.norm(array) / array.size**0.5)


# %%
results = {name: through(x, upstream, noise, *kind) for name, kind in SETTINGS.items()}
spread = {name: [float(y.std()) for y in found[0]] for name, found in results.items()}
gradient = {name: sizes for name, (_, sizes, _) in results.items()}


def histogram(axis, y, relu, color):
    """Draw how frequent outputs are; with ReLU without the tall bar of zeros."""
    high = 2.5 if relu else 1
    counts, edges = np.histogram(y, bins=np.linspace(-high, high, 41))
    counts[edges[:-1].searchsorted(0)] *= not relu
    axis.bar(
        edges[:-1], counts / counts.max(), np.diff(edges), align="edge", color=color
    )
    axis.set_title(f"{y.std():.2f} ", loc="right", y=0.75, fontsize=8)
    axis.set(xlim=(0, 2.5) if relu else (-1.05, 1.05), ylim=(0, 1.3), yticks=[])
    axis.grid(False)


# %%
fig, axes = figure.panels(5, DEPTH, 6.2, sharex="row")
shown = list(SETTINGS)[:5]
for line, name, color in zip(axes, shown, figure.COLOURS, strict=False):
    for axis, y in zip(line, results[name][0], strict=True):
        histogram(axis, y, name.startswith("ReLU"), color)
    line[0].set_ylabel(name, fontsize=8)
for column in range(DEPTH):
    axes[0, column].set_title(f"layer {column + 1}", fontsize=9)
    axes[-1, column].set_xlabel("output", fontsize=8)
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
# Forward, everything went as the slides say. Of what follows for the gradients, the slides say "no learning" three
# times. Commit before you look.

# %%
predict("small-start")
predict("large-start")

# %%
layers = np.arange(1, DEPTH + 1)

# %%
fig, axis = figure.panels(height=3.2)
for (name, sizes), marker in zip(gradient.items(), "osD^vX", strict=True):
    (line,) = axis.semilogy(layers, sizes, marker=marker)
    figure.note(axis, 0.9, sizes[0], name, ha="right", color=line.get_color())
axis.set(xlabel="layer", ylabel="size of the weight gradient (rms)", xlim=(-0.2, 6.2))
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


# %%
def learned_from(pair, gain, depth, steps, rate):
    """Train layers of 64 units, weights gain/√64; return a mean of three accuracies."""
    found = []
    for seed in range(3):
        rng = np.random.default_rng(seed)
        start = [normal((64, 64), gain / 8, rng) for _ in range(depth)]
        start.append(xavier_normal((64, 10), rng))
        found.append(train(start, *pair, steps, rate, seed=seed + 1))
    return np.mean(found)


# The gains of the three starts above: 0.01 and 0.05 times √4096, and Xavier.
kinds = ((TANH, 0.64), (TANH, 3.2), (RELU, 1.0))
claim("L8.3-learning", [learned_from(*kind, 6, 400, 0.2) for kind in kinds])
deep = [learned_from(TANH, gain, 20, 200, 0.05) for gain in (0.64, 1.0)]
claim("L8.4-learning", deep)

# %% [markdown]
# So at six layers none of the three starts is silent; at 20 the small one is. What is wrong with them is the *ratio*
# between layers and the *number of layers* that such a ratio survives. When the factor per layer is below 1 the
# network is called ordered: all inputs end up in the same output. When it is above 1 the network is chaotic: two
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
fig, axes = figure.panels(1, 2, 3.2, sharex=True)
layers = np.arange(1, DEEP + 1)
for name, (outputs, sizes, _) in deep.items():
    axes[0].semilogy(layers, [y.std() for y in outputs])
    axes[1].semilogy(layers, sizes, label=name)
axes[0].set(xlabel="layer", ylabel="standard deviation of the output")
axes[1].set(xlabel="layer", ylabel="size of the weight gradient (rms)")
fig.legend(loc="outside upper center", ncols=5)
figure.show(fig, "fifty-layers")

# %%
last = {name: outputs[-1].std() for name, (outputs, _, _) in deep.items()}
claim("L8.4-tanh-small", np.log10(last["tanh, gain 0.64"]))
claim("L8.4-tanh-xavier", last["tanh, Xavier"], (2 * DEEP) ** -0.5)

# %%
lowest, *_, highest = sorted(y.std() for y in deep["ReLU, Kaiming"][0])
claim("L8.4-relu-xavier", np.log10(last["ReLU, Xavier"]))
claim("L8.4-relu-kaiming", [lowest, highest], [(1 - 1 / np.pi) ** 0.5] * 2)

# %%
gain_sizes = deep["tanh, gain 5/3"][2]
claim("L8.4-gain-5-3-backward", np.log10(gain_sizes[0]))
gone = [deep[name][1][0] for name in ("tanh, gain 0.64", "ReLU, Xavier")]
claim("L8.4-gradient-gone", np.log10(gone))

# %% [markdown]
# ## 5 · Order, chaos, and the line between
#
# Multiply Xavier's standard deviation by a *gain* and look at every gain and every depth at once. The line between a
# gradient that vanishes and one that explodes is where a network can be trained deep. For tanh it tends to gain 1 as
# the layers become many and wide. **Explore** it below the maps: set `live=True` to move the sliders. Which gain
# keeps both curves level, and for how many layers?

# %%
gains = np.linspace(0.5, 2.0, 31)
rng = np.random.default_rng(0)
map_noise = [rng.standard_normal((256, 256)) for _ in range(40)]
map_x, map_upstream = rng.standard_normal((2, 32, 256))
maps = np.empty((2, 40, len(gains)))
for column, gain in enumerate(gains):
    outputs, _, sizes = through(map_x, map_upstream, map_noise, TANH, gain / 256**0.5)
    maps[:, :, column] = np.log10([[y.std() for y in outputs], sizes[::-1]])

# %%
fig, axes = figure.panels(1, 2, 3.0, sharey=True)
look = {"cmap": figure.DIVERGING, "vmin": -4, "vmax": 4, "aspect": "auto"}
look["extent"] = (gains[0], gains[-1], 40.5, 0.5)
titles = ("output, forward", "gradient, backward")
for axis, values, title in zip(axes, maps, titles, strict=True):
    picture = axis.imshow(values, **look)
    axis.axvline(1, color=figure.INK, linestyle=":")
    axis.set(title=title, xlabel="gain: weights are gain/√D")
    axis.grid(False)
axes[0].set_ylabel("layers passed")
fig.colorbar(picture, ax=axes, label="log10 of the size")
figure.show(fig, "phases")

# %%
per_layer = 10 ** ((maps[1, -1] - maps[1, 9]) / 30)
level = np.interp(1, per_layer[:20], gains[:20])
claim("L8.7-phases", [*np.interp([0.8, 1.5], gains, per_layer), level])


# %%
def draw(gain, depth, activation):
    pair = {"tanh": TANH, "ReLU": RELU, "sigmoid": SIGMOID}[activation]
    noise, std = map_noise[:depth], gain / 256**0.5
    outputs, _, sizes = through(map_x, map_upstream, noise, pair, std)
    stds = [y.std() for y in outputs]
    fig, axis = figure.panels(height=2.6)
    axis.semilogy(np.arange(1, depth + 1), stds, "o-", label="output")
    axis.semilogy(np.arange(depth), sizes, "s--", label="gradient of the input")
    axis.set(xlabel="layer", ylabel="size", ylim=(1e-4, 1e4))
    axis.set(title=f"{activation}, gain {gain}, {depth} layers")
    axis.legend()
    return fig


# %%
figure.explorer(
    draw,
    "phases-explorer",
    still={"gain": 2.0, "depth": 40, "activation": "tanh"},
    gain=[0.5, 0.64, 0.8, 0.9, 1.0, 1.1, 1.2, 1.41, 1.5, 1.67, 2.0, 4.0],
    depth=[5, 10, 20, 30, 40],
    activation=["tanh", "ReLU", "sigmoid"],
)

# %% [markdown]
# ## 6 · Kaiming for the sigmoid?
#
# A slide recommends Kaiming for "others (ReLU, sigmoid ...)". The sigmoid's slope is at most 1/4, at 0. So backward
# every layer multiplies by at most $\frac14 \sqrt{M} s$, which is 0.35 with Kaiming. Glorot and Bengio's rule follows
# the slope: to have factor 1 near zero, take four times Xavier.

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
shapes = [(64, 64)] * 6 + [(64, 10)]
learned = {}
for name, gain in {"Kaiming": None, "Xavier": 1.0, "4 × Xavier": 4.0}.items():
    draw_one, options = (
        (xavier_normal, {"gain": gain}) if gain else (kaiming_normal, {})
    )
    learned[name] = []
    for seed in range(3):
        rng = np.random.default_rng(seed)
        start = [draw_one(shape, rng, **options) for shape in shapes]
        run = train(start, *SIGMOID, steps=1500, rate=0.1, seed=seed + 1)
        learned[name].append(run)
claim("L8.5-chance", [*learned["Kaiming"], *learned["Xavier"]])
claim("L8.5-four-xavier", learned["4 × Xavier"])

# %% [markdown]
# ## 7 · Beyond: orthogonal and data-driven starts
#
# A random matrix keeps lengths only on average. An *orthogonal* one (Saxe and others 2013) keeps every length
# exactly, in both directions: all its singular values are 1. *LSUV* (Mishkin and Matas 2015) starts from orthogonal
# weights and then asks the data: it divides each layer's weights by the standard deviation that this layer puts out,
# one layer after the other.

# %%
rng = np.random.default_rng(0)
square = {"orthogonal": orthogonal((256, 256), rng)}
square["Xavier"] = xavier_normal((256, 256), rng)
singular = {name: np.linalg.svd(w, compute_uv=False) for name, w in square.items()}
fig, axis = figure.panels(height=2.4)
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
ready = lsuv([64] * 9, "relu", data, rng)
y, spreads = data, []
for weight in ready:
    z = y @ weight
    spreads.append(z.std())
    y = np.maximum(z, 0)
claim("L8.7-lsuv", spreads)


# forward_stats, an exercise of assignment 7, is this lecture's instrument in one call.
for init in ("xavier_normal", "kaiming_normal"):
    means, stds = forward_stats([512] * 13, "relu", init, np.random.default_rng(0))
    some = "  ".join(f"{stds[layer - 1]:.2f}" for layer in (1, 4, 8, 12))
    print(f"{init:<15} std of layers 1, 4, 8, 12:", some)

# %% [markdown]
# Three more ideas need no experiment here. *Fixup* (Zhang and others 2019) shrinks the branches of a residual network
# so that it trains without normalization; lecture 11 does that. The *lottery ticket* (Frankle and Carbin 2019) finds
# small subnetworks that train well, but only from the initial weights they happened to get. And *normalization*,
# lecture 9, makes the first scale matter much less.
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
# 6. A sentence about "no learning" needs a depth beside it. At 6 layers all three starts learn; at 20 the small one no
#    longer does.
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
# - H. Zhang, Y. Dauphin, T. Ma. *Fixup initialization.* ICLR 2019. arXiv:1901.09321
# - J. Frankle, M. Carbin. *The lottery ticket hypothesis.* ICLR 2019. arXiv:1803.03635
