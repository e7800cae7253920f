# %% [markdown]
# # 12 · A short history, and the whole net
#
# Eleven lectures of parts. Now they become a network: first in history, then in one line of text, then in front of you
# while it learns.
#
# **You will see** how the idea came from a cat's eye to AlexNet; what two famous networks weigh; a builder that turns a
# pattern such as `[[CONV-RELU]*2-POOL]*2-[FC-RELU]*1-SOFTMAX` into a network; the recipe of AlexNet at work, with its
# own normalization and with the one it is often credited with; and the inside of a network while it trains.
#
# **You need** all lectures before this one, and above all the wish to see it run.

# %%
import numpy as np

from classroom import claim, figure, ledger, predict
from classroom.data import load
from solutions.augmentation import flip, pad_and_crop
from solutions.convolution import conv2d_forward, conv2d_param_count
from solutions.loss import softmax
from solutions.network import Concat, Conv2d, Stack, build, expand_pattern, summary
from solutions.schedule import plateau_schedule
from solutions.training import evaluate, train

figure.style()
ledger.use("12_network")

# %% [markdown]
# ## Sixty years in one line
#
# Hubel and Wiesel found, from 1959 on, that cells in a cat's visual cortex answer to edges of one direction at one
# place, and that other cells combine their answers; their Nobel prize came in 1981. Fukushima's Neocognitron of 1980
# had the layers, convolutions and activations, but neither gradient descent nor labels. LeCun and colleagues trained
# such a network by gradients (1989, LeNet-5 in 1998), and Krizhevsky, Sutskever and Hinton won the ImageNet competition
# with one in 2012. A source captions LeNet with that victory (remark C34): it belongs to AlexNet.

# %%
events = [
    (1958, "perceptron"),
    (1959, "Hubel & Wiesel"),
    (1980, "Neocognitron"),
    (1986, "backpropagation"),
    (1998, "LeNet-5"),
    (2010, "Xavier"),
    (2012, "AlexNet, dropout"),
    (2015, "batch norm, Kaiming"),
    (2016, "ResNet"),
    (2018, "group norm"),
]

# %%
fig, axis = figure.panels(height=2.4)
axis.axhline(0, color=figure.INK, linewidth=1)
# In the crowded years labels stand left of their stems, and later stems are longer.
heights = (1, -1, 1, -1, 1, -1, 2, -2, 3, -3)
for (year, name), height in zip(events, heights, strict=True):
    axis.plot([year, year], [0, height], color=figure.GREY, linewidth=0.8)
    axis.plot(year, 0, "o", color=figure.BLUE)
    side, shift = ("right", -0.5) if year > 2005 else ("left", 0.5)
    axis.text(year + shift, height, f"{name} {year}", ha=side, va="center", fontsize=8)
axis.set(xlim=(1955, 2020), ylim=(-3.6, 3.6), yticks=[], xlabel="year")
axis.spines["left"].set_visible(False)
axis.grid(visible=False)
figure.show(fig, "timeline")

# %% [markdown]
# ## What they weigh
#
# Two famous networks, layer by layer. LeNet-5 in its common form joins all six maps to all sixteen. AlexNet ran on two
# graphics cards, and its layers 2, 4 and 5 saw only the maps on their own card: half the weights there. We count the
# parameters, and the multiplications for one image.

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
claim("L12.1-lenet", sum(lenet))
claim("L12.1-alexnet", alexnet)
claim("L12.1-linear", sum(linear) / alexnet)
claim("L12.1-work", by_convolutions / (by_convolutions + by_linear))

# %% [markdown]
# | ImageNet top-5 error | |
# |---|---|
# | best of 2011, no network | 25.8 % |
# | one AlexNet, validation | 18.2 % |
# | five AlexNets together | 16.4 % |
# | seven AlexNets, two of them trained on more data | 15.3 % |
#
# ImageNet has more than 14 million images of more than 20,000 classes; the competition took 1.2 million of 1000. The
# famous 25.8 to 16.4 compares errors, and five networks together (remark C7).

# %% [markdown]
# ## A network in one line
#
# Convolution and ReLU a few times, a pooling, all that a few times, then linear layers, then softmax. The pattern is a
# language, and the builder reads it: brackets group, `*2` repeats, and shapes and channels follow by themselves.

# %%
pattern = "[[CONV-RELU]*2-POOL]*2-[FC-RELU]*1-SOFTMAX"
print(" ".join(expand_pattern(pattern)))
network = build(pattern, (3, 16, 16), 6, np.random.default_rng(0))
print(summary(network, (3, 16, 16)))

# %%
kinds = [type(layer).__name__ for layer in network.layers]
measured = [kinds.count(kind) for kind in ("Conv2d", "ReLU", "MaxPool2d", "Linear")]
claim("L12.2-pattern", measured)
loss, _ = evaluate(network, np.zeros((6, 3, 16, 16), np.float32), np.arange(6))
claim("L12.2-loss", loss, np.log(6))

# %%
predict("axes-of-films")
predict("parameter")

# %% [markdown]
# ### One convolution in two
#
# Inception replaces a 3 by 3 convolution by a 1 by 3 and a 3 by 1 after one another, and lays branches of different
# kernels side by side. Is the pair as good? From 8 channels to 8, a 3 by 3 convolution is a matrix of 24 by 24 weights:
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
claim("L12.2-factor", [gap, *ranks, share], [0, 8, 24, 2 / 3])
side_by_side = Concat([Conv2d(8, 4, 1, rng, dtype=float), pair])
claim("L12.2-branches", side_by_side.forward(x).shape)

# %% [markdown]
# ## The recipe of AlexNet
#
# ReLU, images flipped and cropped, dropout 0.5, batches of 128 (ours: 32), momentum 0.9, weight decay 0.0005, and a
# rate of 0.01 that is divided by ten when the validation error stalls. A source adds batch norm to this list; that came
# three years later, and AlexNet used *local response normalization*: behind the ReLU, each number is divided by the
# activity of the channels around it (remark C7). We train three networks on coloured shapes, alike but for the
# normalization, and each three times. In ten epochs the validation error hardly ever stalls; lecture 7 shows what a drop
# of the rate does.

# %%
images, labels, split = load("shapes", count=2000, size=16, noise=0.08, seed=2)
mean, std = images[split.train].mean(axis=(0, 2, 3)), images[split.train].std()
images = (images.astype(float) - mean[:, None, None]) / std
parts = {name: (images[rows], labels[rows]) for name, rows in split._asdict().items()}


# %%
def augmented(batch, rng):
    """Flip half of the images and move each by up to one pixel."""
    return pad_and_crop(flip(batch, rng), rng, 1)


def start(middle, seed=0):
    """Build a small network with the given words between convolution and pooling."""
    layers, rng = (
        f"[CONV-{middle}-POOL]*2-DROPOUT-FC-RELU-SOFTMAX",
        np.random.default_rng(seed),
    )
    options = {"channels": 12, "width": 192, "dtype": float}
    return build(layers, (3, 16, 16), 6, rng, **options)


def plateau(step, total, history):
    """Divide the rate by ten after three epochs without a better validation loss."""
    return plateau_schedule(0.01, history["validation_loss"], 3)


# %%
def alexnet_recipe(middle, epochs=10, seed=0):
    """Train by AlexNet's recipe; return the network and its history."""
    network, rng = start(middle, seed), np.random.default_rng(seed + 1)
    options = {"epochs": epochs, "batch": 32, "rng": rng, "rate": plateau}
    options |= {"optimizer": "momentum", "decay": 5e-4, "augment": augmented}
    history = train(network, *parts["train"], validation=parts["validation"], **options)
    return network, history


# %%
recipes = {
    "no normalization": "RELU",
    "local response": "RELU-LRN",
    "batch norm": "BN-RELU",
}
trained = {
    name: [alexnet_recipe(middle, seed=seed) for seed in range(3)]
    for name, middle in recipes.items()
}

# %%
fig, axis = figure.panels(height=2.6)
for (name, runs), mark in zip(trained.items(), ("o-", "s--", "d:"), strict=True):
    curves = [history["validation_accuracy"] for _, history in runs]
    axis.plot(range(1, 11), 100 * np.mean(curves, axis=0), mark, label=name)
axis.set(xlabel="epoch", ylabel="validation accuracy in %, mean of three runs")
axis.set(title="six coloured shapes, AlexNet's recipe")
axis.legend()
figure.show(fig, "training")

# %%
x_test, y_test = parts["test"]
opinions = np.array(
    [
        [softmax(network.forward(x_test)) for network, _ in runs]
        for runs in trained.values()
    ]
)  # (recipe, run, image, class)
scores = np.mean(opinions.argmax(axis=3) == y_test, axis=2)  # (recipe, run)
claim("L12.3-recipe", scores.min())
claim("L12.3-batchnorm", np.ptp(scores.mean(axis=1)))
together = np.mean(opinions.mean(axis=0).argmax(axis=2) == y_test)
claim("L12.3-together", together - scores.mean())

# %%
falls = [
    min(history["validation_loss"][: epoch - 3])
    <= min(history["validation_loss"][epoch - 3 : epoch])
    for runs in trained.values()
    for _, history in runs
    for epoch in range(1, 10)
    if history["rate"][epoch] < history["rate"][epoch - 1]
]
claim("L12.3-rate", all(falls))

# %% [markdown]
# ## Inside, while it learns
#
# The first thing many students see of a network is a page on which one trains, with its activations layer by layer.
# Here is ours: one image, and what the layers of the network with batch norm make of it after 0, 1 and 10 epochs of the
# same training. Look for maps from which the noise has gone.


# %%
def activations(network, image):
    """Return what each convolution block makes of one image, after its ReLU."""
    shown, x = [], image[None]
    for layer in network.layers:
        x = layer.forward(x)
        if type(layer).__name__ == "ReLU" and x.ndim == 4:
            shown.append(x[0])
    return shown


picture, (grown, _) = x_test[1], trained["batch norm"][0]
ages = {"before training": activations(start("BN-RELU"), picture)}
ages["after 1 epoch"] = activations(alexnet_recipe("BN-RELU", epochs=1)[0], picture)
ages["after 10 epochs"] = activations(grown, picture)

# %%
fig, axes = figure.panels(3, 9, 3.2, width_ratios=(1.3, *[1] * 8))
coloured = (picture - picture.min()) / np.ptp(picture)
for line, (age, (first, second)) in zip(axes, ages.items(), strict=True):
    figure.picture(line[0], coloured.transpose(1, 2, 0))
    line[0].set_ylabel(age, fontsize=7)
    for axis, maps in zip(line[1:], [*first[:4], *second[:4]], strict=True):
        figure.picture(axis, maps)
axes[0, 0].set_title("image", fontsize=8)
axes[0, 1].set_title("first block: 4 of 12 maps", fontsize=8)
axes[0, 5].set_title("second block: 4 of 24 maps", fontsize=8)
figure.show(fig, "feature-maps")

# %%
confusion = np.zeros((3, 6, 6), int)
for table, answers in zip(confusion, opinions[2].argmax(axis=2), strict=True):
    np.add.at(table, (y_test, answers), 1)
names = ("disc", "ring", "square", "triangle", "cross", "bars")
fig, axis = figure.panels(height=3.2, width=4.2)
figure.picture(axis, confusion[0], "test images, network with batch norm", cmap="Blues")
for (row, column), count in np.ndenumerate(confusion[0]):
    color = "white" if count > 30 else figure.INK
    figure.note(axis, column, row, str(count), color=color)
axis.set(xlabel="what the network says", ylabel="what it is")
axis.set_xticks(range(6), names, rotation=30)
axis.set_yticks(range(6), names)
figure.show(fig, "confusion")
claim("L12.4-diagonal", bool(np.all(confusion.argmax(axis=2) == np.arange(6))))

# %% [markdown]
# ## What to remember
#
# - The parts are old; gradients, data and depth made them a method.
# - Convolutions do most of the work, linear layers hold most of the weights.
# - A network is a pattern: write it down, let shapes follow, look at the summary before you train.
# - AlexNet's recipe still works. Its normalization did not last; the one it is credited with came later.
#
# ## Exercises that follow
#
# Assignment 10, *Capstone*: `expand_pattern`, `build_cnn`, `train_step`, `evaluate`, `train_cnn`, and `my_parts`, which
# tells how much of the network is your own.
#
# ## Further reading
#
# - Hubel and Wiesel, *Receptive fields of single neurones in the cat's striate cortex* (1959); Fukushima,
#   *Neocognitron* (1980).
# - LeCun, Bottou, Bengio and Haffner, *Gradient-based learning applied to document recognition* (1998).
# - Krizhevsky, Sutskever and Hinton, *ImageNet classification with deep convolutional neural networks* (2012);
#   Krizhevsky, *One weird trick for parallelizing convolutional neural networks* (2014).
# - Szegedy et al., *Rethinking the Inception architecture* (2016); Zeiler and Fergus, *Visualizing and understanding
#   convolutional networks* (2014).
