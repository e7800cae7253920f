# %% [markdown]
# # 12 · A short history, and the whole net
#
# **What you will see.** Eleven lectures of parts now become a network: first in history, then in one line of text, then
# in front of you while it learns. You will see how a cell of the visual cortex became a layer; what two famous networks
# weigh, and which won after them; a builder that turns a pattern such as `[[CONV-RELU]*2-POOL]*2-[FC-RELU]*1-SOFTMAX`
# into a network; AlexNet's recipe, and what two of its ingredients are worth; and the inside of a network while it
# trains.
#
# **What you need.** All lectures before this one.
#
# **How to read it.** A *prediction* asks you first: decide before you open the answer. A *claim* compares a sentence
# from a slide or a paper with what was measured here, and gives a verdict. Lecture 0 explains both.

# %%
import numpy as np

from classroom import claim, figure, ledger, predict
from classroom.data import load
from solutions.augmentation import color_jitter, flip, pad_and_crop
from solutions.convolution import conv2d_forward, conv2d_param_count
from solutions.gradient_check import numerical_gradient
from solutions.loss import softmax
from solutions.network import Concat, Conv2d, Stack, build, expand_pattern, summary
from solutions.schedule import plateau_schedule
from solutions.training import evaluate, train, train_step

figure.style()
ledger.use("12_network")

# %% [markdown]
# ## The idea
#
# A network is a list of layers, $f = f_L \circ \dots \circ f_2 \circ f_1$. Forward, the output of each layer is the input
# of the next. Backward, the list is read from its end: each layer turns the gradient of its output into the gradient of
# its input, and of its own weights on the way,
#
# $$ g_{k-1} = \Bigl(\frac{\partial f_k}{\partial x_{k-1}}\Bigr)^{\!\top} g_k, \qquad \frac{\partial L}{\partial w_k} =
# \Bigl(\frac{\partial f_k}{\partial w_k}\Bigr)^{\!\top} g_k. $$
#
# No layer knows its neighbours. So whoever has written the parts has written the whole, whatever its length.
#
# ## The component at work
#
# `build` reads a list from a line of text, and `train_step` runs it forward and backward. Is the gradient of a whole
# network right? A small one, in double precision, answers for its first filters.

# %%
rng = np.random.default_rng(0)
words, options = "CONV-RELU-POOL-FC-RELU-SOFTMAX", {"channels": 3, "width": 5}
small = build(words, (2, 6, 6), 3, rng, dtype=float, **options)
x, kinds = rng.standard_normal((4, 2, 6, 6)), np.array([0, 1, 2, 0])
train_step(small, x, kinds)
grad = small.layers[0].grads["weight"].copy()
filters = small.layers[0].params["weight"].copy()


def loss_with(others):
    """Return the loss with other filters in the first layer."""
    small.layers[0].params["weight"] = others
    return train_step(small, x, kinds)[0]


numeric = numerical_gradient(loss_with, filters)
claim("L12.0-chain", np.abs(grad - numeric).max())

# %% [markdown]
# ## 1 · Sixty years in one line
#
# Hubel and Wiesel found, from 1959 on, that cells in a cat's visual cortex answer to edges of one direction at one
# place, and that other cells combine their answers; their Nobel prize came in 1981. Fukushima's Neocognitron of 1980
# had the layers, the convolutions and the activations, but neither gradient descent nor labels. LeCun and colleagues
# trained such a network by gradients (1989, LeNet-5 in 1998), and Krizhevsky, Sutskever and Hinton won the ImageNet
# competition with one in 2012. A source captions LeNet with that victory (remark C34): it belongs to AlexNet.

# %%
events = [
    (1958, "perceptron"),
    (1959, "Hubel and Wiesel: cells for edges"),
    (1980, "Neocognitron"),
    (1986, "backpropagation"),
    (1998, "LeNet-5"),
    (2010, "Xavier's initial weights"),
    (2012, "AlexNet, dropout"),
    (2014, "VGG, GoogLeNet"),
    (2015, "batch norm, Kaiming's weights, ResNet"),
    (2018, "group norm"),
]

# %%
fig, axis = figure.panels(height=3.4, width=figure.NARROW)
axis.plot([0, 0], [0, -9], color=figure.INK, linewidth=1)
for row, (year, name) in enumerate(events):
    axis.plot(0, -row, "o", color=figure.BLUE, markersize=6)
    axis.text(-0.15, -row, str(year), ha="right", va="center", fontsize=9)
    axis.text(0.15, -row, name, ha="left", va="center", fontsize=9)
axis.set(xlim=(-1, 3.4), ylim=(-9.5, 0.5))
axis.axis("off")
figure.show(fig, "timeline", drawing=True)

# %% [markdown]
# ### A cell of the cortex
#
# Hubel and Wiesel showed a bar of light to a cat, turned it, and counted the impulses of one cell: its *tuning curve*. A
# *simple* cell answers to one direction at one place. A *complex* cell answers to the same direction, wherever the bar
# lies in a larger field. In our terms the simple cell is a filter and a ReLU, and the complex cell takes the largest
# answer of many simple ones: a pooling. Fukushima built his layers after these two.

# %%
predict("complex-cell")


# %%
def bar(angle, shift=0.0, size=21):
    """Draw a bright bar, turned by an angle in degrees and moved across itself."""
    y, x = np.mgrid[:size, :size] - (size - 1) / 2
    turn = np.radians(angle)
    return np.exp(-((x * np.cos(turn) + y * np.sin(turn) - shift) ** 2) / 2)


# Bright in the middle, dark beside it.
detector = bar(0, size=9) - bar(0, size=9).mean()


def cells(angle, shift=0.0):
    """Return the answers of the simple cell in the middle, and of the complex cell."""
    image, kernel = bar(angle, shift)[None, None], detector[None, None]
    answers = np.maximum(conv2d_forward(image, kernel, np.zeros(1))[0][0, 0], 0)
    return answers[6, 6], answers.max()


# %%
angles, shifts = np.arange(-90, 91, 5), np.arange(-6, 7)
turned = np.array([cells(angle) for angle in angles])
moved = np.array([cells(0, shift) for shift in shifts])
peak = cells(0)[0]
fig, (left, right) = figure.panels(1, 2, 2.6, width=figure.NARROW, sharey=True)
for axis, where, found in ((left, angles, turned), (right, shifts, moved)):
    axis.plot(where, found[:, 0] / peak, "-", label="simple")
    axis.plot(where, found[:, 1] / peak, "--", label="complex")
left.set(xlabel="angle of the bar, degrees", ylabel="answer", xticks=(-90, 0, 90))
right.set(xlabel="bar moved by, pixels")
fig.legend(*left.get_legend_handles_labels(), loc="outside upper center", ncols=2)
figure.show(fig, "tuning")

best = angles[turned[:, 0].argmax()]
claim("L12.1-tuning", [best, np.interp(30, angles, turned[:, 0]) / peak])
claim("L12.1-complex", moved[shifts == 4][0] / peak)

# %% [markdown]
# ## 2 · What they weigh
#
# Here are two famous networks, layer by layer. LeNet-5 in its common form joins all six maps to all sixteen. AlexNet
# ran on two graphics cards, and its layers 2, 4 and 5 saw only the maps on their own card: half the weights there. We
# count the parameters, and the multiplications for one image.

# %%
predict("alexnet-parameters")

# %%
lenet = [conv2d_param_count(1, 6, 5), conv2d_param_count(6, 16, 5)]
lenet += [16 * 5 * 5 * 120 + 120, 120 * 84 + 84, 84 * 10 + 10]
shapes = ((3, 96, 11), (48, 256, 5), (256, 384, 3), (192, 384, 3), (192, 256, 3))
convolutions = [conv2d_param_count(*shape) for shape in shapes]
linear = [9216 * 4096 + 4096, 4096 * 4096 + 4096, 4096 * 1000 + 1000]
alexnet = sum(convolutions) + sum(linear)
# A convolution weight works once for each pixel of its map, a linear one once.
maps, sizes = (96, 256, 384, 384, 256), (55, 27, 13, 13, 13)

# %%
by_convolutions = sum(
    (count - m) * size**2
    for count, m, size in zip(convolutions, maps, sizes, strict=True)
)
by_linear = sum(linear) - 4096 - 4096 - 1000

# %%
claim("L12.2-lenet", sum(lenet))
claim("L12.2-alexnet", alexnet)
claim("L12.2-linear", sum(linear) / alexnet)
claim("L12.2-work", by_convolutions / (by_convolutions + by_linear))

# %% [markdown]
# ### The winners
#
# ImageNet has more than 14 million images of more than 20,000 classes; the competition took 1.2 million of 1000. An
# answer counts as wrong if the right class is not among the first five: the *top-5 error*.
#
# | year | winner | top-5 error | what was new |
# |---|---|---|---|
# | 2010 | no network | 28.2 % | |
# | 2011 | no network | 25.8 % | |
# | 2012 | AlexNet, 8 layers | 16.4 % (15.3 % with more data) | convolutional network on graphics cards, ReLU, dropout |
# | 2013 | Clarifai, 8 layers | 11.7 % | smaller first filters and stride, found by looking inside |
# | 2014 | GoogLeNet, 22 layers | 6.7 % | Inception: branches side by side; second was VGG, 19 layers of 3 by 3, 7.3 % |
# | 2015 | ResNet, 152 layers | 3.6 % | shortcuts, batch norm |
#
# The famous 25.8 to 16.4 compares errors, and five networks together (remark C7): one AlexNet had 18.2 % on the
# validation images, and the 15.3 % are seven networks, two of them trained on more data.

# %%
winners = {2010: 28.2, 2011: 25.8, 2012: 16.4, 2013: 11.7, 2014: 6.7, 2015: 3.6}
names = ("no network", "no network", "AlexNet", "Clarifai", "GoogLeNet", "ResNet")
fig, axis = figure.panels(height=2.8, width=figure.NARROW)
colors = [figure.GREY] * 2 + [figure.BLUE] * 4
axis.barh(range(6), winners.values(), color=colors)
for row, (error, name) in enumerate(zip(winners.values(), names, strict=True)):
    axis.text(error + 0.5, row, f"{name}, {error} %", va="center", fontsize=8)
axis.set(yticks=range(6), yticklabels=winners, xlabel="top-5 error in %", xlim=(0, 42))
axis.invert_yaxis()
axis.grid(axis="y", visible=False)
figure.show(fig, "winners")

# %% [markdown]
# ## 3 · A network in one line
#
# A classical network repeats a few words: convolution and ReLU a few times, then a pooling; all that a few times; then
# linear layers; then a softmax. The pattern is a language, and the builder reads it: brackets group, `*2` repeats, and
# shapes and channels follow by themselves.

# %%
pattern = "[[CONV-RELU]*2-POOL]*2-[FC-RELU]*1-SOFTMAX"
print(" ".join(expand_pattern(pattern)))
network = build(pattern, (3, 16, 16), 6, np.random.default_rng(0))
print(summary(network, (3, 16, 16)))

# %%
kinds = [type(layer).__name__ for layer in network.layers]
measured = [kinds.count(kind) for kind in ("Conv2d", "ReLU", "MaxPool2d", "Linear")]
claim("L12.3-pattern", measured)
loss, _ = evaluate(network, np.zeros((6, 3, 16, 16), np.float32), np.arange(6))
claim("L12.3-loss", loss, np.log(6))

# %% [markdown]
# Modern networks add four things to this template, and you have met them all: shortcuts around blocks (lecture 11),
# batch norm (9), dropout (10), and branches whose channels are concatenated.
#
# ### One convolution in two
#
# Inception lays branches of different kernels side by side, and replaces a 3 by 3 convolution by a 1 by 3 and a 3 by 1
# after one another. Is the pair as good? From 8 channels to 8, a 3 by 3 convolution is a matrix of 24 by 24 weights:
# a row for each output channel and row of the kernel, a column for each input channel and column. The pair passes
# through 8 maps on its way, so all matrices it can make have rank 8 at most. With one channel, that is the rank of one
# of lecture 6.

# %%
rng = np.random.default_rng(0)
across = Conv2d(8, 8, (1, 3), rng, padding=(0, 1), dtype=float)
down = Conv2d(8, 8, (3, 1), rng, padding=(1, 0), dtype=float)
pair = Stack([across, down])
first, second = across.params["weight"][:, :, 0], down.params["weight"][..., 0]
joined = np.einsum("fmi,mcj->fcij", second, first)  # (8, 8, 3, 3)
drawn = rng.standard_normal((8, 8, 3, 3))
x = rng.standard_normal((2, 8, 12, 12))
at_once, _ = conv2d_forward(x, joined, np.zeros(8), padding=1)
as_matrices = [k.transpose(0, 2, 1, 3).reshape(24, 24) for k in (joined, drawn)]
ranks = [np.linalg.matrix_rank(matrix) for matrix in as_matrices]
share = (first.size + second.size) / drawn.size
gap = np.abs(pair.forward(x) - at_once).max()
claim("L12.3-factor", [gap, *ranks, share], [0, 8, 24, 2 / 3])
side_by_side = Concat([Conv2d(8, 4, 1, rng, dtype=float), pair])
claim("L12.3-branches", side_by_side.forward(x).shape)

# %% [markdown]
# ## 4 · The recipe of AlexNet
#
# AlexNet had ReLU, and was trained on images that were flipped, cropped and changed in colour; with dropout 0.5,
# batches of 128 (ours: 32), momentum 0.9 and weight decay 0.0005; and a rate of 0.01 that was divided by ten when
# the validation error stalled. A source adds batch norm to this list. That came three years later: AlexNet used *local
# response normalization*, where behind the ReLU each number is divided by the activity of the channels around it
# (remark C7). AlexNet's recipe had no batch norm.
#
# Two ingredients are often taken on trust: augmentation and weight decay. What are they worth here? We train a small
# network on 300 coloured shapes for 25 epochs, bare, with augmentation, and with weight decay. Each gets three rates and
# three seeds; the validation images choose the rate, and 600 test images judge.

# %%
predict("augmentation")

# %%
images, labels, split = load("shapes", count=4000, size=12, noise=0.08, seed=2)
mean, std = images[split.train].mean(axis=(0, 2, 3)), images[split.train].std()
images = ((images - mean[:, None, None]) / std).astype(np.float32)
parts = {name: (images[rows], labels[rows]) for name, rows in split._asdict().items()}
few = tuple(part[:300] for part in parts["train"])


def augmented(batch, rng):
    """Flip half of the images, move each by up to a pixel, and change its colours."""
    return color_jitter(pad_and_crop(flip(batch, rng), rng, 1), rng, 0.3)


def start(pattern, seed):
    rng = np.random.default_rng(seed)
    return build(pattern, (3, 12, 12), 6, rng, channels=8, width=64)


# %%
BARE = "[CONV-RELU-POOL]*2-FC-RELU-SOFTMAX"
WHOLE = "[CONV-RELU-LRN-POOL]*2-DROPOUT-FC-RELU-SOFTMAX"


def trained(seed, rate, pattern=BARE, augment=None, decay=0.0, epochs=25):
    """Train on the few images; return the network and its history."""

    def plateau(step, total, history):
        return plateau_schedule(rate, history["validation_loss"], 4)

    network, rng = start(pattern, seed), np.random.default_rng(seed + 1)
    options = {"epochs": epochs, "batch": 32, "rng": rng, "rate": plateau}
    options |= {"optimizer": "momentum", "decay": decay, "augment": augment}
    return network, train(network, *few, validation=parts["validation"], **options)


# %%
RATES = (0.01, 0.02, 0.04)
VARIANTS = {
    "bare": {},
    "augmentation": {"augment": augmented},
    "weight decay": {"decay": 5e-4},
}
runs = {
    (name, rate): [trained(seed, rate, **options) for seed in range(3)]
    for name, options in VARIANTS.items()
    for rate in RATES
}


def average(name, rate, key):
    """Return the mean of the last value of a history over the seeds."""
    return np.mean([history[key][-1] for _, history in runs[name, rate]])


# %%
best, score, known = {}, {}, {}
for name in VARIANTS:
    rate = min(
        RATES, key=lambda rate, name=name: average(name, rate, "validation_loss")
    )
    best[name] = [network for network, _ in runs[name, rate]]
    score[name] = np.mean([evaluate(net, *parts["test"]) for net in best[name]], axis=0)
    known[name] = np.mean([evaluate(net, *few)[0] for net in best[name]])
ratios = [score[name][0] / score["bare"][0] for name in VARIANTS]
claim("L12.4-augmentation", ratios[1])
claim("L12.4-by-heart", known["augmentation"] / known["bare"])
claim("L12.4-decay", ratios[2])

# %%
fig, axes = figure.panels(2, 1, 4.6, width=figure.NARROW, sharex=True)
for name, mark in zip(VARIANTS, ("o-", "s--", "d:"), strict=True):
    rate = min(
        RATES, key=lambda rate, name=name: average(name, rate, "validation_loss")
    )
    for axis, key in zip(axes, ("accuracy", "validation_accuracy"), strict=True):
        percent = [100 * np.array(history[key]) for _, history in runs[name, rate]]
        axis.plot(range(1, 26), np.mean(percent, axis=0), mark, label=name)
axes[0].set(title="right while training, in %")
axes[1].set(title="validation images right, in %", xlabel="epoch")
axes[1].legend()
figure.show(fig, "training")

# %% [markdown]
# Now all of it at once, with AlexNet's own normalization and dropout. Dropout and augmentation are slow teachers: in 25
# epochs the network has not yet learned its 300 images by heart. AlexNet was given ninety epochs of 1.2 million.

# %%
whole = [trained(seed, 0.01, WHOLE, augmented, 5e-4) for seed in range(3)]
claim("L12.4-recipe", np.mean([evaluate(net, *parts["test"])[1] for net, _ in whole]))
no_best = []
for _, history in [run for three in [*runs.values(), whole] for run in three]:
    losses, rates = np.array(history["validation_loss"]), np.array(history["rate"])
    for epoch in np.flatnonzero(np.diff(rates)) + 1:
        no_best.append(losses[epoch - 4 : epoch].min() / losses[: epoch - 4].min())
claim("L12.4-rate", min(no_best))

# %%
x_test, y_test = parts["test"]
opinions = {
    name: np.array([softmax(net.forward(x_test)) for net in nets])
    for name, nets in best.items()
}  # (network, image, class)
alone = [np.mean(said.argmax(axis=2) == y_test) for said in opinions.values()]
together = [
    np.mean(said.mean(axis=0).argmax(axis=1) == y_test) for said in opinions.values()
]
claim("L12.4-together", np.mean(together) - np.mean(alone))

# %% [markdown]
# ## 5 · Inside, while it learns
#
# The first thing many students see of a network is a page on which one trains, with its filters and activations layer
# by layer. Here is ours, at three ages: the eight filters of the first layer as small colour pictures, and below them
# what the two blocks make of one image. All maps of a block share one scale of grey.

# %%
AGES, (grown, _) = (0, 1, 25), runs["augmentation", 0.01][0]
young, _ = trained(0, 0.01, augment=augmented, epochs=1)
ages = {0: start(BARE, 0), 1: young, 25: grown}


def activations(network, x):
    """Return what each convolution block makes of images, after its ReLU."""
    shown = []
    for layer in network.layers:
        x = layer.forward(x)
        if type(layer).__name__ == "ReLU" and x.ndim == 4:
            shown.append(x)
    return shown


# %%
fig, axes = figure.panels(3, 8, 2.2, width=figure.NARROW)
for line, (age, network) in zip(axes, ages.items(), strict=True):
    for axis, kernel in zip(line, network.layers[0].params["weight"], strict=True):
        coloured = (kernel - kernel.min()) / np.ptp(kernel)
        figure.picture(axis, coloured.transpose(1, 2, 0))
    line[0].set_ylabel(f"epoch {age}", fontsize=8)
figure.show(fig, "filters")

# %%
picture = x_test[1:2]
fig, axes = figure.panels(3, 7, 2.6, width=figure.NARROW)
coloured = (picture[0] - picture.min()) / np.ptp(picture)
for line, (age, network) in zip(axes, ages.items(), strict=True):
    figure.picture(line[0], coloured.transpose(1, 2, 0))
    line[0].set_ylabel(f"epoch {age}", fontsize=8)
    for block, maps in enumerate(activations(network, picture)):
        places = line[1 + 3 * block : 4 + 3 * block]
        for axis, shown in zip(places, maps[0, :3], strict=True):
            figure.picture(axis, shown, vmin=0, vmax=maps[0].max(), cmap="gray")
for place, title in ((0, "image"), (1, "block 1"), (4, "block 2")):
    axes[0, place].set_title(title, fontsize=8)
figure.show(fig, "feature-maps")

# %% [markdown]
# What has changed? Not that the noise has gone: look closely, and a filter of random numbers averages noise as well as a
# trained one. What training brings is *difference between classes*. For each block, compare the spread of the mean maps
# of the six classes with the spread of images inside a class.


# %%
def separation(network):
    """Return for each block the variance between classes over that inside them."""
    found = []
    for maps in activations(network, x_test):
        centres = np.array([maps[y_test == kind].mean(axis=0) for kind in range(6)])
        inside = np.mean((maps - centres[y_test]) ** 2)
        found.append(np.mean((centres - centres.mean(axis=0)) ** 2) / inside)
    return np.array(found)


fresh = np.mean([separation(start(BARE, seed)) for seed in range(3)], axis=0)
after = np.mean([separation(net) for net in best["augmentation"]], axis=0)
claim("L12.5-separation", after[1] / fresh[1])

# %%
confusion = np.zeros((3, 6, 6), int)
for table, said in zip(confusion, opinions["augmentation"].argmax(axis=2), strict=True):
    np.add.at(table, (y_test, said), 1)
names = ("disc", "ring", "square", "triangle", "cross", "bars")
fig, axis = figure.panels(height=3.6, width=figure.NARROW)
total = confusion.sum(axis=0)
figure.picture(axis, total, "600 test images, three networks", cmap="Blues")
for (row, column), count in np.ndenumerate(total):
    color = "white" if count > 150 else figure.INK
    figure.note(axis, column, row, str(count), color=color)
axis.set(xlabel="what the networks say", ylabel="what it is")
axis.set_xticks(range(6), names, rotation=30)
axis.set_yticks(range(6), names)
figure.show(fig, "confusion")
right = np.diag(total)
claim("L12.5-diagonal", np.min(right / (total - np.diag(right)).max(axis=1)))

# %% [markdown]
# ## What to remember
#
# 1. A simple cell is a filter with a ReLU, a complex cell a pooling. The parts are old; gradients, data and depth made
#    them a method.
# 2. Convolutions do most of the work, while linear layers hold most of the weights.
# 3. A network is a pattern: write it down, let shapes follow, look at the summary before you train.
# 4. With few images, augmentation is worth more than weight decay: it makes learning by heart harder.
# 5. AlexNet's recipe still works. Its normalization did not last; the one it is credited with came later.
#
# ## Exercises that follow
#
# Assignment 10, *Capstone*: `expand_pattern`, `build_cnn`, `train_step`, `evaluate`, `train_cnn`, and `my_parts`, which
# tells how much of the network is your own.
#
# ## Further reading
#
# - D. Hubel, T. Wiesel. *Receptive fields of single neurones in the cat's striate cortex.* 1959. *Receptive fields,
#   binocular interaction and functional architecture in the cat's visual cortex.* 1962.
# - K. Fukushima. *Neocognitron.* 1980.
# - Y. LeCun, L. Bottou, Y. Bengio, P. Haffner. *Gradient-based learning applied to document recognition.* 1998.
# - A. Krizhevsky, I. Sutskever, G. Hinton. *ImageNet classification with deep convolutional neural networks.* 2012.
# - A. Krizhevsky. *One weird trick for parallelizing convolutional neural networks.* 2014. arXiv:1404.5997
# - M. Zeiler, R. Fergus. *Visualizing and understanding convolutional networks.* ECCV 2014. arXiv:1311.2901
# - O. Russakovsky and others. *ImageNet large scale visual recognition challenge.* 2015. arXiv:1409.0575
# - C. Szegedy and others. *Rethinking the Inception architecture for computer vision.* CVPR 2016. arXiv:1512.00567
#
# ## What comes next
#
# You have written every part yourself. Lecture 13 finds the same parts in PyTorch, shows that they give the same
# numbers, and names each default that differs.
