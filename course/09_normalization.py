# %% [markdown]
# # 9 · Normalization
#
# **What you will see.** Batch norm is two lines of arithmetic, and the most misunderstood layer of all. You will see
# what it does to a deep sigmoid network that otherwise learns nothing; re-derive the famous table of speed-ups and
# repeat it in the small; find out when batch norm makes training *slower*; break it with small batches, with a wrong
# start of its running mean, and with an unlucky choice of batch mates; and fold it away. Its relatives close the
# lecture: layer, instance and group norm, and normalized weights.
#
# **What you need.** Initialization (lecture 8), optimizers (lecture 7), the variance of a mean.

# %%
from itertools import pairwise, product

import numpy as np

from classroom import claim, figure, ledger, predict
from classroom.data import load

figure.style()
ledger.use("09_normalization")

# %%
from solutions.activation import sigmoid_forward
from solutions.convolution import conv2d_forward
from solutions.initialization import kaiming_normal, normal, xavier_normal
from solutions.linear import linear_backward, linear_forward
from solutions.network import (
    BatchNorm,
    GroupNorm,
    LayerNorm,
    Linear,
    ReLU,
    Sigmoid,
    Stack,
    Tanh,
)

# %%
from solutions.normalization import (
    batchnorm_backward,
    batchnorm_forward,
    batchnorm_param_count,
    fold_batchnorm,
    groupnorm_forward,
    instancenorm_forward,
    layernorm_forward,
    spatial_batchnorm_forward,
    weight_standardize_forward,
)
from solutions.optimizer import adam, sgd
from solutions.training import evaluate, train_step, update

# %% [markdown]
# ## The idea
#
# While a network trains, every layer's input keeps changing, because all layers before it change. The deeper the
# layer, the more. Input normalization has long been known to speed up gradient descent, so do it *inside* too, for
# each feature $j$, with the mean and variance over the $N$ examples $i$ of the mini-batch:
#
# $$\mu_j = \frac1N \sum_i x_{ij}, \qquad \sigma_j^2 = \frac1N \sum_i (x_{ij} - \mu_j)^2, \qquad
# y_{ij} = \gamma_j \, \frac{x_{ij} - \mu_j}{\sqrt{\sigma_j^2 + \epsilon}} + \beta_j.$$
#
# $\gamma$ (`scale`, starts at 1) and $\beta$ (`shift`, starts at 0) are trained; the small $\epsilon$ (`eps`) keeps the
# root away from 0. For images there is one pair for
# each channel, and the mean runs over $N$, $H$ and $W$. The gradient goes *through* $\mu$ and $\sigma$: they depend
# on every example of the batch.
#
# At test time there may be only one example. So training also keeps running averages, with `alpha` weighing the old
# value, and inference uses these.

# %%
rng = np.random.default_rng(0)
x = rng.normal(3, 5, (4096, 4))
one, zero = np.ones(4), np.zeros(4)
y, _, _ = batchnorm_forward(x, one, zero, None, training=True)
by_variance = (x - x.mean(axis=0)) / x.var(axis=0)
claim("L9.1-std", [y.std(), by_variance.std()])

# %%
x = rng.normal(0, 0.01, (64, 4))
mean, std, options = x.mean(axis=0), x.std(axis=0), {"training": True, "eps": 1e-5}
exact, _, _ = batchnorm_forward(x, np.sqrt(std**2 + 1e-5), mean, None, **options)
rough, _, _ = batchnorm_forward(x, std, mean, None, **options)
claim("L9.3-identity", np.abs(exact - x).max())
claim("L9.3-nearly-identity", np.abs(rough - x).max() / std.max())

# %%
predict("scale-and-shift")
z = rng.standard_normal(10_000)
line = np.polyval(np.polyfit(z, sigmoid_forward(z)[0], 1), z)
measured = 1 - np.var(sigmoid_forward(z)[0] - line) / np.var(sigmoid_forward(z)[0])
claim("L9.3-sigmoid-linear", measured)

# %% [markdown]
# ## 1 · Inference: the running averages
#
# $\mu_{avg} \leftarrow \alpha\,\mu_{avg} + (1 - \alpha)\,\mu_B$, starting at 0; the variance likewise, starting at 1.
# Starting at 0 is a bias: after $k$ steps only $1 - \alpha^k$ of the true mean has arrived.
#
# Does that matter? Below, a network on the digits is evaluated with its running averages after 10, 30, 100 and 300
# steps. The function `mlp` makes a network of equal hidden layers, and `fit` trains it step by step.

# %%
predict("running-mean")

# %%
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
images, labels, split = load("digits")
pixels = images.reshape(len(images), -1).astype(float)
pixels = (pixels - pixels[split.train].mean(axis=0)) / pixels[split.train].std()
x_train, y_train = pixels[split.train], labels[split.train]
x_test, y_test = pixels[split.test], labels[split.test]
SEEDS = range(3)

# %%


def mlp(depth, rng, norm=None, active=ReLU, init=kaiming_normal, after=False):
    """Layers of 64 units: Linear, norm, activation (or norm last); then Linear."""
    layers = []
    for _ in range(depth):
        middle = [norm()] if norm else []
        middle = [active(), *middle] if after else [*middle, active()]
        layers += [Linear(64, 64, rng, init=init, dtype=float), *middle]
    return Stack([*layers, Linear(64, 10, rng, init=init, dtype=float)])


def batch_norm(alpha=0.9):
    return lambda: BatchNorm(64, alpha=alpha, dtype=float)


# %%
def fit(network, steps, rate, batch=32, rule=sgd, watch=None, seed=1):
    """Train on random batches; call watch(step, network) after each step."""
    rng, states = np.random.default_rng(seed), {}
    with np.errstate(all="ignore"):  # some of these trainings are meant to explode
        for step in range(1, steps + 1):
            rows = rng.choice(len(x_train), batch, replace=False)
            loss, _ = train_step(network, x_train[rows], y_train[rows])
            if not np.isfinite(loss):
                break
            update(network, rule, states, rate=rate)
            if watch:
                watch(step, network)
    return network


def accuracy(network):
    """Share of the test images that are classified right, in inference mode."""
    with np.errstate(all="ignore"):
        return evaluate(network, x_test, y_test)[1]


# %%
def batch_accuracy(network):
    """The same, with the statistics of the test batch instead of the running ones."""
    kept = [layer.buffers for layer in network.layers]
    logits = network.forward(x_test, training=True)
    for layer, buffers in zip(network.layers, kept, strict=True):
        layer.buffers = buffers
    return np.mean(logits.argmax(axis=1) == y_test)


# %%
MARKS = (1, 2, 3, 5, 7, 10, 14, 20, 30, 45, 70, 100, 150, 220, 300)


def history(alpha, seed):
    """Train, and return the accuracies with running and with batch statistics."""
    network, seen = mlp(4, np.random.default_rng(seed), batch_norm(alpha)), []
    for before, after in zip((0, *MARKS), MARKS, strict=False):
        fit(network, after - before, 0.1, seed=1000 * seed + after)
        seen.append((accuracy(network), batch_accuracy(network)))
    return seen


# Axes: alpha, seed, mark, kind of statistics.
curves = np.array([[history(alpha, seed) for seed in SEEDS] for alpha in (0.9, 0.99)])

# %%
means = curves.mean(axis=1)
fig, axis = figure.panels(height=2.7)
axis.semilogx(MARKS, means[0, :, 1], "k:", label="statistics of the batch")
axis.semilogx(MARKS, means[0, :, 0], "o-", label="running, alpha 0.9")
axis.semilogx(MARKS, means[1, :, 0], "s--", label="running, alpha 0.99")
axis.set(
    xlabel="training step", ylabel="test accuracy, mean of three runs", ylim=(0, 1)
)
axis.legend()
figure.show(fig, "statistics")
running, batch = curves[1, :, MARKS.index(10)].T
claim("L9.2-early", batch - running)
claim("L9.2-late", np.abs(curves[:, :, -1, 1] - curves[:, :, -1, 0]).max())

# %% [markdown]
# ## 2 · What shifts
#
# *Internal covariate shift* is the name for the movement of a layer's input while the layers before it learn. We
# measure it: on the same test images, how far does the mean of a unit move during 200 steps, in units of its own
# first standard deviation? We look at what reaches the activation, in the first and the sixth layer, without and with
# batch norm.


# %%
def statistics(network, kind):
    """Return each unit's mean and deviation behind each layer of a kind."""
    x, rows = x_test, []
    for layer in network.layers:
        kept = layer.buffers
        x = layer.forward(x, training=True)
        layer.buffers = kept
        if isinstance(layer, kind):
            rows.append((x.mean(axis=0), x.std(axis=0)))
    return rows


# %%
def moved(norm, kind, seed):
    """Return how far layers 1, 3 and 6 have moved, every ten steps of 200."""
    network = mlp(6, np.random.default_rng(seed), norm)
    first, rows = statistics(fit(network, 1, 0.02), kind), []
    for part in range(20):
        now = statistics(fit(network, 10, 0.02, seed=part), kind)
        gaps = [(now[k][0] - first[k][0]) / first[k][1] for k in (0, 2, 5)]
        rows.append([np.sqrt(np.mean(gap**2)) for gap in gaps])
    return rows


kinds = {"plain": (None, Linear), "batch norm": (batch_norm(), BatchNorm)}
drift = {
    name: np.array([moved(*kind, s) for s in SEEDS]) for name, kind in kinds.items()
}

# %%
fig, axes = figure.panels(1, 2, 2.6, sharey=True)
for axis, (name, curves) in zip(axes, drift.items(), strict=True):
    for column, (layer, marks) in enumerate(((1, "-"), (3, "--"), (6, ":"))):
        moves = curves[0, :, column]
        axis.plot(np.arange(1, 21) * 10, moves, marks, label=f"layer {layer}")
    axis.set(title=name, xlabel="training step")
axes[0].set_ylabel("movement of the unit means\n(first standard deviations)")
axes[0].legend()
figure.show(fig, "movement")
claim("L9.2-shift-depth", drift["plain"][:, -1, 2] / drift["plain"][:, -1, 0])
claim("L9.2-shift-norm", drift["batch norm"][:, -1].max())

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
# We repeat it with nine hidden layers of 64 ReLU units on the digits: rate 0.01, five and thirty times that, with and
# without batch norm, all from Kaiming weights.

# %%
claim("L9.5-table", np.array([31.0 / 13.3, 31.0 / 2.1, 31.0 / 2.7, 74.8 - 72.2]))
predict("same-rate")


# %%
def curve(norm, times, seed):
    """Train nine hidden layers; return the test accuracy every 20 steps."""
    seen = []

    def look(step, network):
        if step % 20 == 0:
            seen.append(accuracy(network))

    fit(mlp(9, np.random.default_rng(seed), norm), 700, 0.01 * times, watch=look)
    return np.array(seen)


# %%
TIMES = {1: "-", 5: "--", 30: ":"}
norms = {"plain": None, "batch norm": batch_norm()}
table = {key: curve(norms[key[0]], *key[1:]) for key in product(norms, TIMES, SEEDS)}
fig, axes = figure.panels(1, 2, 2.8, sharey=True)
for axis, norm in zip(axes, norms, strict=True):
    for (times, marks), color in zip(TIMES.items(), figure.COLOURS, strict=False):
        look = {"color": color, "linestyle": marks, "linewidth": 1}
        runs = [table[norm, times, seed] for seed in SEEDS]
        for run, label in zip(runs, (f"rate x{times}", None, None), strict=True):
            axis.plot(20 * np.arange(1, len(run) + 1), run, label=label, **look)
    axis.set(title=norm, xlabel="training step", ylim=(0, 1))
axes[0].set_ylabel("test accuracy, three runs each")
axes[1].legend()
figure.show(fig, "rates")

# %%
reached = {
    key: 20 * (1 + int(np.argmax([*(curve >= 0.95), True])))
    for key, curve in table.items()
}


def over_seeds(found, norm, times):
    return np.mean([found[norm, times, seed] for seed in SEEDS])


slow = over_seeds(reached, "plain", 1)
claim("L9.5-same-rate", over_seeds(reached, "batch norm", 1) / slow)
claim("L9.5-large-rate", slow / over_seeds(reached, "batch norm", 30))
best = {key: curve.max() for key, curve in table.items() if len(curve)}
plain = max(over_seeds(best, "plain", times) for times in (1, 5))
claim("L9.5-best", over_seeds(best, "batch norm", 30) - plain)

# %%
deep_sigmoid = {
    name: [
        accuracy(fit(mlp(6, rng, norm, Sigmoid, xavier_normal), 600, 0.1))
        for rng in map(np.random.default_rng, SEEDS)
    ]
    for name, norm in norms.items()
}
claim("L9.4-sigmoid-plain", deep_sigmoid["plain"])
claim("L9.4-sigmoid-norm", deep_sigmoid["batch norm"])

# %% [markdown]
# ## 4 · Careful initialization, or batch norm
#
# The older cures for shifting inputs were a careful initialization, a small rate and normalized data. Here the rate
# and the data are fine, but the standard deviation of the first weights goes from 0.001 to 1 (Kaiming would be 0.18).

# %%
STDS = (1e-3, 1e-2, 1e-1, 0.3, 1.0)


def after_300(norm, std, seed):
    """Return the test accuracy after 300 steps of Adam from weights of one scale."""
    rng = np.random.default_rng(seed)
    network = mlp(4, rng, norm, init=lambda shape, rng: normal(shape, std, rng))
    return accuracy(fit(network, 300, 1e-3, rule=adam))


robust = {
    name: np.mean([[after_300(norm, std, s) for std in STDS] for s in SEEDS], axis=0)
    for name, norm in norms.items()
}

# %%
fig, axis = figure.panels(height=2.6)
axis.semilogx(STDS, robust["plain"], "o--", label="plain")
axis.semilogx(STDS, robust["batch norm"], "s-", label="batch norm")
axis.axvline((2 / 64) ** 0.5, color=figure.GREY, linestyle=":", label="Kaiming")
axis.set(xlabel="standard deviation of the first weights")
axis.set(ylabel="test accuracy, mean of three runs", ylim=(0, 1))
axis.legend(loc="lower right")
figure.show(fig, "first-scale")

# %%
claim("L9.6-small-weights", robust["batch norm"][:3])
claim("L9.6-large-weights", robust["batch norm"][2] - robust["batch norm"][4])
claim("L9.6-plain", robust["plain"][0])

# %% [markdown]
# ## 5 · The price: a batch is needed
#
# Batch norm estimates two numbers for each feature from $N$ examples. With $N = 2$ every feature becomes $+1$ or
# $-1$. Layer norm and group norm take their statistics from one example and do not care. Every network below sees
# 2400 images; the rate grows with the batch. Batch norm's runs with batches of two are chaotic: a rounding error grows
# until it decides answers, so another processor measures another accuracy, and one as low.


# %%
class GroupNormOfVectors(GroupNorm):
    """Group norm for (N, D): each feature is a channel of one pixel."""

    def forward(self, x, *, training=False):
        return super().forward(x[:, :, None, None], training=training)[:, :, 0, 0]

    def backward(self, grad_y, *, input_grad=True):
        return super().backward(grad_y[:, :, None, None])[:, :, 0, 0]


# %%
RATES = {2: 0.01, 8: 0.03, 32: 0.1}
NORMS = {
    "none": lambda alpha: None,
    "batch": batch_norm,
    "layer": lambda alpha: lambda: LayerNorm(64, dtype=float),
    "group (8)": lambda alpha: lambda: GroupNormOfVectors(64, 8, dtype=float),
}


def with_batches(norm, batch, seed):
    """Return the test accuracy after learning from 2400 images in batches."""
    network = mlp(3, np.random.default_rng(seed), norm(0.99 if batch <= 8 else 0.9))
    return accuracy(fit(network, 2400 // batch, RATES[batch], batch=batch))


sizes = {
    name: np.array([[with_batches(norm, size, s) for size in RATES] for s in SEEDS])
    for name, norm in NORMS.items()
}

# %%
fig, axis = figure.panels(height=2.6)
for (name, runs), marks in zip(sizes.items(), ("D:", "o-", "s--", "^-."), strict=True):
    middle = runs.mean(axis=0)
    reach = [middle - runs.min(axis=0), runs.max(axis=0) - middle]
    axis.errorbar(range(3), middle, reach, fmt=marks, capsize=3, label=name)
axis.set(xticks=range(3), xticklabels=RATES, xlabel="batch size")
axis.set(ylabel="test accuracy, three runs", ylim=(0, 1.02))
axis.legend(loc="lower right", ncols=2)
figure.show(fig, "batch-sizes")
claim("L9.7-batch-of-two", sizes["batch"][:, 0])
claim("L9.7-layer-group", [sizes["layer"][:, 0].min(), sizes["group (8)"][:, 0].min()])

# %%
predict("same-image-twice")
network = fit(mlp(4, np.random.default_rng(0), batch_norm()), 300, 0.05)
mates = [
    np.concatenate([x_test[:1], others]) for others in (x_test[1:32], x_test[32:63])
]
moves = {}
for training in (True, False):
    one, other = (network.forward(batch, training=training)[0] for batch in mates)
    moves[training] = np.abs(one - other).max()
claim("L9.8-train", moves[True])
claim("L9.8-inference", moves[False])

# %% [markdown]
# ## 6 · Why does it help?
#
# First it was said: because it stops the covariate shift. Santurkar and others (2018) put noise *behind* batch norm,
# so that inputs shifted more than ever, and training was as fast: the loss surface becomes smoother. Part of that can
# be seen with bare eyes. Behind batch norm the *size* of a weight matrix has no effect on the output, and its
# gradient shrinks as the weights grow. So large rates slow themselves down.
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

# %%
noise = []
for size in (8, 32, 128):
    batches = rng.standard_normal((4000, size))
    batches[:, 0] = 1.0  # the same example in every batch
    noise.append(np.std((1.0 - batches.mean(axis=1)) / batches.std(axis=1)))
claim("L9.10-noise", np.array(noise) * np.sqrt([8, 32, 128]), np.full(3, 1.5**0.5))

# %%
predict("before-or-after")


def with_order(active, after, seed):
    """Return the test accuracy with batch norm before or after the activation."""
    init = kaiming_normal if active is ReLU else xavier_normal
    rng = np.random.default_rng(seed)
    network = mlp(4, rng, batch_norm(), active, init, after=after)
    return accuracy(fit(network, 400, 0.05))


# Axes: activation, order, seed.
kinds = (ReLU, Tanh, Sigmoid)
order = [[[with_order(a, after, s) for s in SEEDS] for after in (0, 1)] for a in kinds]
claim("L9.10-order", np.abs(np.diff(np.mean(order, axis=2), axis=1)).ravel())

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
images, weight, bias = map(rng.standard_normal, ((4, 3, 9, 8), (6, 3, 3, 3), 6))
scale, shift = rng.uniform(0.5, 2, 6), rng.standard_normal(6)
running = (rng.standard_normal(6), rng.uniform(0.5, 2, 6))
z, _ = conv2d_forward(images, weight, bias, padding=1)
two_layers, _, _ = spatial_batchnorm_forward(z, scale, shift, running, training=False)
folded = fold_batchnorm(weight, bias, scale, shift, running)
one_layer, _ = conv2d_forward(images, *folded, padding=1)
claim("L9.11-fold", np.abs(two_layers - one_layer).max())
vgg = [3, 64, 64, 128, 128, 256, 256, 256, 512, 512, 512, 512, 512, 512]
claim("L9.11-vgg", 100 * 4 * sum(vgg[1:]) / sum(9 * a * b for a, b in pairwise(vgg)))

# %% [markdown]
# ## 8 · The family
#
# All norms do the same, over different axes. In the figure each small square stands for all $H \times W$ pixels of
# one channel of one image. Squares of one colour and number share a mean and a variance. **Explore** the number of
# groups with `live=True`: with one group, group norm is layer norm; with as many groups as channels, it is instance
# norm.


# %%
def draw(groups, batch=4, channels=6):
    n, c = np.mgrid[:batch, :channels]
    shares = {
        "batch norm": c,
        "layer norm": n,
        "instance norm": n * channels + c,
        f"group norm ({groups})": n * groups + c * groups // channels,
    }
    fig, axes = figure.panels(1, 4, 2.0, sharey=True)
    for axis, (name, share) in zip(axes, shares.items(), strict=True):
        figure.picture(axis, share * 7 % 20, name, cmap="tab20", vmax=19, alpha=0.5)
        axis.set_xlabel("channel")
        for (row, column), number in np.ndenumerate(share):
            figure.note(axis, column, row, str(number + 1), fontsize=7)
    axes[0].set_ylabel("image of the batch")
    return fig


# %%
figure.explorer(draw, "axes-explorer", still={"groups": 2}, groups=[1, 2, 3, 6])

# %%
rng = np.random.default_rng(0)
x, one, zero = rng.normal(2, 3, (4, 6, 5, 5)), np.ones(6), np.zeros(6)
layer, _ = layernorm_forward(x, one, zero)
instance, _ = instancenorm_forward(x, one, zero)
one_group, each_its_own = (groupnorm_forward(x, one, zero, g)[0] for g in (1, 6))
alone, _, _ = spatial_batchnorm_forward(x[:1], one, zero, None, training=True)
gaps = [one_group - layer, each_its_own - instance, alone - instance[:1]]
claim("L9.12-family", [np.abs(gap).max() for gap in gaps])

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
# One ancestor: AlexNet (2012) divided each value by a function of its neighbours in other channels,
# `local_response_norm_forward`. Batch norm came three years later, and lecture 12 compares the two.
#
# ## What to remember
#
# 1. Per feature: subtract the batch mean, divide by the root of the biased variance plus `eps`, then `scale` and
#    `shift`.
# 2. Training uses the batch; inference uses running averages, which need $1/(1-\alpha)$ steps several times over. To
#    forget the mode is the most common bug with batch norm.
# 3. At the same rate it is no faster, and often slower. It lets you use a larger rate, and hardly any initialization
#    is wrong.
# 4. Small batches break it. Layer norm and group norm do not need a batch.
# 5. It can be folded into the layer before it, and only then it is free.
# 6. Divide by the standard deviation, not by the variance.
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
# - J. Ba, J. Kiros, G. Hinton. *Layer normalization.* 2016. arXiv:1607.06450
# - D. Ulyanov, A. Vedaldi, V. Lempitsky. *Instance normalization.* 2016. arXiv:1607.08022
# - Y. Wu, K. He. *Group normalization.* ECCV 2018. arXiv:1803.08494
# - S. Santurkar and others. *How does batch normalization help optimization?* NeurIPS 2018. arXiv:1805.11604
# - S. Qiao and others. *Weight standardization.* 2019. arXiv:1903.10520
