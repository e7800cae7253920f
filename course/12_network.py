# %% [markdown]
# # 12 · A short history, and the whole net
#
# Eleven lectures of parts. Now one of them after the other becomes a network, first in history, then in one line of
# text, then in front of you while it learns.
#
# **You will see** how the idea came from a cat's eye to AlexNet; what two famous networks weigh; a builder that turns a
# pattern such as `[[CONV-RELU]*2-POOL]*2-[FC-RELU]*1-SOFTMAX` into a network; the recipe of AlexNet at work, with its
# own normalization and with the one it is often credited with; and the inside of a network while it trains.
#
# **You need** all lectures before this one, and above all the wish to see it run.

# %%
import matplotlib.pyplot as plt
import numpy as np

from classroom import claim, figure, predict
from classroom.claim import at_least, at_most
from classroom.data import load
from solutions.augmentation import flip, pad_and_crop
from solutions.convolution import conv2d_param_count
from solutions.layer import Conv2d
from solutions.network import Concat, Stack, build, expand_pattern
from solutions.schedule import plateau_schedule
from solutions.summary import summary
from solutions.training import evaluate, train

figure.style()

# %% [markdown]
# ## Sixty years in one line
#
# Hubel and Wiesel found in 1959 that cells in a cat's visual cortex answer to edges of one direction at one place, and
# that others combine them; their Nobel prize came in 1981. Fukushima's Neocognitron of 1980 had the layers,
# convolutions and activations, but neither gradient descent nor labels. LeCun and colleagues trained such a network by
# gradients (1989, LeNet-5 in 1998), and Krizhevsky, Sutskever and Hinton won ImageNet with one in 2012. A source
# captions LeNet with that victory (remark C34): it belongs to AlexNet.

# %%
events = [
    (1958, "perceptron"),
    (1959, "Hubel & Wiesel"),
    (1980, "Neocognitron"),
    (1986, "backpropagation"),
    (1998, "LeNet-5"),
    (2010, "Xavier"),
    (2012, "AlexNet"),
    (2014, "dropout"),
    (2015, "batch norm, Kaiming"),
    (2016, "ResNet"),
    (2018, "group norm"),
]
fig, axis = plt.subplots(figsize=(figure.WIDTH, 2.4))
axis.axhline(0, color=figure.INK, linewidth=1)
heights = (1, -1, 1, -1, 1, -2, -1, 2, -3, 3, -4)
for (year, name), height in zip(events, heights, strict=True):
    axis.plot([year, year], [0, height], color=figure.GREY, linewidth=0.8)
    axis.plot(year, 0, "o", color=figure.BLUE)
    side = "right" if year > 2005 else "left"
    axis.text(year, height, f"{name} {year}", ha=side, va="center", fontsize=8)
axis.set(xlim=(1955, 2020), ylim=(-4.6, 3.8), yticks=[], xlabel="year")
axis.grid(visible=False)
figure.show(fig, alt="A timeline from the perceptron and Hubel and Wiesel in the fifties to group norm in 2018.")
plt.show()

# %% [markdown]
# ## What they weigh
#
# Two famous networks, layer by layer. LeNet-5 in its common form joins all six maps to all sixteen. AlexNet ran on two
# graphics cards, and its layers 2, 4 and 5 saw only the maps on their own card: half the weights there.

# %%
predict(
    "AlexNet has five convolutional and three fully connected layers. Which hold most of its 61 million numbers?",
    ["the five convolutions", "the three fully connected layers", "about half each"],
    answer="b",
    because="The first of them alone joins 256·6·6 = 9,216 numbers to 4,096: 37.7 million weights.",
    mine=None,
)

# %%
lenet = [
    conv2d_param_count(1, 6, 5),
    conv2d_param_count(6, 16, 5),
    16 * 5 * 5 * 120 + 120,
    120 * 84 + 84,
    84 * 10 + 10,
]
convolutions = [
    conv2d_param_count(3, 96, 11),
    conv2d_param_count(48, 256, 5),
    conv2d_param_count(256, 384, 3),
    conv2d_param_count(192, 384, 3),
    conv2d_param_count(192, 256, 3),
]
linear = [9216 * 4096 + 4096, 4096 * 4096 + 4096, 4096 * 1000 + 1000]
alexnet = sum(convolutions) + sum(linear)

# %%
claim("L12.1-lenet", sum(lenet), 61706, source="S3-1; LeCun et al. 1998", statement="LeNet-5 has 60,000 numbers.")
claim(
    "L12.1-alexnet",
    alexnet,
    60965224,
    source="S3-1; Krizhevsky et al. 2012",
    statement="AlexNet has 60 million numbers.",
)
claim(
    "L12.1-linear",
    sum(linear) / alexnet,
    0.96,
    0.005,
    source="S0-9, S3-1",
    statement="Fully connected layers are the largest part of a network.",
)

# %% [markdown]
# | ImageNet top-5 error | |
# |---|---|
# | best of 2011, no network | 25.8 % |
# | one AlexNet, validation | 18.2 % |
# | five AlexNets together | 16.4 % |
# | seven AlexNets, two of them trained on more data | 15.3 % |
#
# The famous 25.8 to 16.4 compares errors, and five networks together (remark C7).

# %%
claim(
    "L12.1-error",
    25.8 - 16.4,
    9.4,
    1e-9,
    source="S3-10 (C7); Krizhevsky et al. 2012",
    statement="AlexNet moved the top-5 quality from 25.8 to 16.4.",
    verdict="holds only if read as errors, and for an average of five networks; one alone had 18.2",
)

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
claim(
    "L12.2-pattern",
    [expand_pattern(pattern).count(word) for word in ("CONV", "RELU", "POOL", "FC", "SOFTMAX")],
    [4, 5, 2, 1, 1],
    source="S0-11",
    statement="The template writes out to four convolutions, five ReLUs, two poolings and two linear layers.",
)
claim(
    "L12.2-loss",
    evaluate(network, np.zeros((6, 3, 16, 16), np.float32), np.arange(6))[0],
    np.log(6),
    0.02,
    source="S0-10",
    statement="Before training, on a black image, six classes cost ln 6: the network knows nothing.",
)

# %%
predict(
    "A batch of 32 colour images has four axes. How many has a batch of 32 colour films?",
    answer=5,
    because="Images, channels, height, width, and now time. Where the batch axis stands is a convention.",
    mine=None,
)
predict(
    "Which of these is a parameter, and not a hyper-parameter?",
    ["the number of layers", "the slope of a PReLU", "the rate", "the activation"],
    answer="b",
    because="Parameters are learned from the data; the others are chosen before. A learned slope is on the border.",
    mine=None,
)

# %% [markdown]
# ### One convolution in two
#
# Inception replaces a 3 by 3 kernel by 1 by 3 and 3 by 1 after one another, and lays branches of different kernels side
# by side.

# %%
rng = np.random.default_rng(0)
two_steps = Stack(
    [
        Conv2d(8, 8, (1, 3), rng, padding=(0, 1)),
        Conv2d(8, 8, (3, 1), rng, padding=(1, 0)),
    ]
)
side_by_side = Concat([Conv2d(8, 4, 1, rng), two_steps])
costs = [summary(net, (8, 12, 12)).params for net in (two_steps, Conv2d(8, 8, 3, rng, padding=1))]
kernel = np.outer(rng.standard_normal(3), rng.standard_normal(3))
claim(
    "L12.2-factor",
    [
        side_by_side.output_shape((8, 12, 12))[0],
        costs[0] / costs[1] < 0.7,
        np.linalg.matrix_rank(kernel),
    ],
    [12, 1, 1],
    source="S0-12; Szegedy et al. 2016",
    statement="A 3 by 3 kernel can be split in two 1-D ones, and branches are joined by their channels.",
    verdict="holds only if the kernel has rank one; then the pair does the same with two thirds of the weights",
)

# %% [markdown]
# ## The recipe of AlexNet
#
# ReLU, images flipped and cropped, dropout, momentum 0.9, weight decay 0.0005, and a rate that is divided by ten when
# the validation error stalls. A source adds batch norm to this list; that came three years later, and AlexNet used
# *local response normalization*: each number is divided by the activity of the channels around it (remark C7). We train
# three networks on coloured shapes, alike but for the normalization.

# %%
images, labels, split = load("shapes", count=2000, size=16, noise=0.08, seed=2)
images = (images - images[split.train].mean(axis=(0, 2, 3), keepdims=True)) / images[split.train].std()
parts = {name: (images[getattr(split, name)], labels[getattr(split, name)]) for name in split._fields}


# %%
def augmented(batch, rng):
    """Flip half of the images and move each by up to one pixel."""
    return pad_and_crop(flip(batch, rng), rng, 1)


def alexnet_recipe(norm, epochs=10, seed=0):
    """Train a small network by AlexNet's recipe; return its history and test accuracy."""
    layers = f"[CONV-{norm}RELU-POOL]*2-DROPOUT-FC-RELU-SOFTMAX"
    network = build(layers, (3, 16, 16), 6, np.random.default_rng(seed), channels=12, width=192)
    history = train(
        network,
        *parts["train"],
        epochs=epochs,
        batch=32,
        rate=lambda step, total, history: plateau_schedule(0.01, history["validation_loss"], 3),
        rng=np.random.default_rng(seed + 1),
        optimizer="momentum",
        decay=5e-4,
        augment=augmented,
        validation=parts["validation"],
    )
    return network, history, evaluate(network, *parts["test"])[1]


# %%
recipes = {"no normalization": "", "local response": "LRN-", "batch norm": "BN-"}
trained = {name: alexnet_recipe(norm) for name, norm in recipes.items()}
fig, axis = plt.subplots(figsize=(figure.WIDTH, 2.6))
for (name, (_, history, _)), mark in zip(trained.items(), ("o-", "s--", "d:"), strict=True):
    axis.plot(range(1, 11), [100 * value for value in history["validation_accuracy"]], mark, label=name)
axis.set(xlabel="epoch", ylabel="validation accuracy in %", title="six coloured shapes, AlexNet's recipe")
axis.legend()
figure.show(fig, alt="Validation accuracy over ten epochs: three curves that rise together to above 90 percent.")
plt.show()

# %%
scores = {name: right for name, (_, _, right) in trained.items()}
claim(
    "L12.3-recipe",
    min(scores.values()),
    at_least(0.8),
    source="S3-10; Krizhevsky et al. 2012",
    statement="The recipe trains a convolutional network, with any of the three normalizations.",
)
claim(
    "L12.3-batchnorm",
    max(scores.values()) - min(scores.values()),
    at_most(0.15),
    source="S3-10 (C7)",
    statement="AlexNet used batch normalization.",
    verdict="does not hold: it used local response normalization; on this small task all three end alike",
)

# %% [markdown]
# ## Inside, while it learns
#
# The first thing many students see of a network is a page on which one trains, with its activations layer by layer.
# Here is ours: one image, and what the layers of the network with batch norm make of it after 0, 1 and 10 epochs.


# %%
def activations(network, image):
    """Return what each convolution block makes of one image, after its ReLU."""
    shown, x = [], image[None]
    for layer in network.layers:
        x = layer.forward(x)
        if type(layer).__name__ == "ReLU" and x.ndim == 4:
            shown.append(x[0])
    return shown


pattern = "[CONV-BN-RELU-POOL]*2-DROPOUT-FC-RELU-SOFTMAX"
young = build(pattern, (3, 16, 16), 6, np.random.default_rng(0), channels=12, width=192)
picture = parts["test"][0][1]
ages = {"before training": activations(young, picture)}
train(young, *parts["train"], epochs=1, batch=32, rate=0.01, rng=np.random.default_rng(1), decay=5e-4)
ages["after 1 epoch"] = activations(young, picture)
ages["after 10 epochs"] = activations(trained["batch norm"][0], picture)

# %%
fig, axes = plt.subplots(3, 9, figsize=(figure.WIDTH, 3.2), width_ratios=(1.3, *[1] * 8))
for line, (age, (first, second)) in zip(axes, ages.items(), strict=True):
    low, high = picture.min(), picture.max()
    line[0].imshow(((picture - low) / (high - low)).transpose(1, 2, 0))
    line[0].set_ylabel(age, fontsize=7)
    for axis, maps in zip(line[1:], [*first[:4], *second[:4]], strict=True):
        axis.imshow(maps, cmap=figure.SEQUENTIAL)
for axis in axes.ravel():
    axis.set(xticks=[], yticks=[])
    axis.grid(visible=False)
axes[0, 0].set_title("image", fontsize=8)
axes[0, 1].set_title("first block: 4 of 12 maps", fontsize=8)
axes[0, 5].set_title("second block: 4 of 24 maps", fontsize=8)
figure.show(fig, alt="One image and eight of its feature maps before training, after one epoch and after ten.")
plt.show()

# %%
confusion = np.zeros((6, 6), int)
logits = trained["batch norm"][0].forward(parts["test"][0])
np.add.at(confusion, (parts["test"][1], logits.argmax(axis=1)), 1)
names = ("disc", "ring", "square", "triangle", "cross", "bars")
fig, axis = plt.subplots(figsize=(4.2, 3.2))
axis.imshow(confusion, cmap="Blues")
for (row, column), count in np.ndenumerate(confusion):
    axis.text(column, row, count, ha="center", va="center", color="white" if count > 30 else figure.INK, fontsize=8)
axis.set(xticks=range(6), yticks=range(6), xlabel="what the network says", ylabel="what it is")
axis.set_xticklabels(names, rotation=30)
axis.set_yticklabels(names)
axis.grid(visible=False)
figure.show(fig, alt="A table of true against predicted shapes with most of the counts on the diagonal.")
plt.show()
claim(
    "L12.4-diagonal",
    bool(np.all(confusion.argmax(axis=1) == np.arange(6))),
    True,
    source="S0-1; our measurement",
    statement="For every shape the most frequent answer is the right one.",
)

# %% [markdown]
# ## What to remember
#
# - The parts are old; gradients, data and depth made them a method.
# - Convolutions do the work, linear layers weigh the most.
# - A network is a pattern: write it down, let shapes follow, look at the summary before you train.
# - AlexNet's recipe still works. Its normalization did not last; the one it is credited with came later.
#
# ## Exercises that follow
#
# Assignment *capstone*: build a network from a pattern, swap in your own parts, and train it.
#
# ## Further reading
#
# - Hubel and Wiesel, *Receptive fields of single neurones in the cat's striate cortex* (1959); Fukushima,
#   *Neocognitron* (1980).
# - LeCun, Bottou, Bengio and Haffner, *Gradient-based learning applied to document recognition* (1998).
# - Krizhevsky, Sutskever and Hinton, *ImageNet classification with deep convolutional neural networks* (2012).
# - Szegedy et al., *Rethinking the Inception architecture* (2016); Zeiler and Fergus, *Visualizing and understanding
#   convolutional networks* (2014).
