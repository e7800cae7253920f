# %% [markdown]
# # Assignment 10 · Capstone: a network of your own parts
#
# **What you build.** You build a convolutional network, from a line of text to a classifier: you read its pattern, draw
# its weights, train it, and measure how well it does on images that it has never seen. Then you swap in the functions
# that you wrote in assignments 2 to 8, one after another, until the whole network is yours.
#
# **Follows** lecture 12, *A short history, and the whole net*. **Time** about four hours. **Points** 50.
#
# **How it works.** Replace each `raise NotImplementedError` by your code, then run the check below it. When a check has
# not come back after five minutes, nothing can interrupt it: restart the kernel. You need nothing from earlier
# assignments: all 22 parts are given from the start.
#
# **What grading adds.** Grading runs cases of the same kinds with other numbers, and adds nothing else: the points you
# see are the points you get.
#
# **What depends on what.** You can do sections 1 to 3 in any order. Section 4 trains a network, so it uses the step of
# section 3 or one that you write inside it; if an earlier function is what is wrong, the check says so.
#
# **A network is plain data** here: a list of dicts, one for each layer, such as `{"kind": "CONV", "weight": ...,
# "bias": ...}`. You can print it, copy it and hand it in; and where there is no hidden state, no mistake can hide in
# it.

# %% role="setup" id="setup"
import matplotlib.pyplot as plt
import numpy as np
from given_network import given_parts, own_parts

from classroom import check, data, figure

check.open("capstone")

# %% [markdown]
# ## The parts
#
# `given_parts()` is a dict of 22 functions, from the file `given_network.py` beside this notebook. `own_parts` looks in
# your notebook for functions with these names, and returns those that compute the same as the given ones. Whenever you
# like, paste functions from earlier notebooks into a new cell above the next one, and run both cells again.

# %%
parts = given_parts() | own_parts(globals())

# %% [markdown]
# The functions have the signatures of the course. Every forward function returns `(y, cache)`; every backward function
# takes `(grad_y, cache)` and returns the gradients in the order of the arguments.
#
# ```text
#   conv2d_forward(x, weight, bias, *, stride=1, padding=0)          linear_forward(x, weight, bias)
#   relu_forward(x)                                                  leaky_relu_forward(x, *, slope=0.01)
#   maxpool2d_forward(x, kernel, stride)                             avgpool2d_forward(x, kernel, stride)
#   global_avg_pool_forward(x)  → (N, C)                             dropout_forward(x, drop, rng, *, training)
#   spatial_batchnorm_forward(x, scale, shift, (mean, var), *, training)  → y, cache, (mean, var)
#   softmax_cross_entropy(logits, labels)  → loss, grad_logits       kaiming_normal(shape, rng)
#   momentum(weight, grad, state, *, rate)  → weight, state          adam(weight, grad, state, *, rate)  → weight, state
# ```

# %% [markdown]
# ## 1 · The pattern (4 points)
#
# Most early networks repeat a pattern, and a short template describes all of their layers. Brackets make a group, `*n`
# repeats it, and dashes join the words:
#
# ```text
#   [[CONV-RELU]*2-POOL]*2-[FC-RELU]*1-SOFTMAX
#
#   CONV RELU CONV RELU POOL   CONV RELU CONV RELU POOL   FC RELU   SOFTMAX
# ```

# %% role="answer" id="expand_pattern"
from solutions.network import expand_pattern

# %% role="check" id="expand_pattern" points=4
check("expand_pattern", expand_pattern)

# %% [markdown]
# ## 2 · The layers (6 points)
#
# Your function gets the words in a list, such as `["CONV", "POOL", "CONV", "SOFTMAX"]`; it does not matter how they
# were expanded. Go through the words and keep track of the shape. Here is an example for images of (3, 16, 16) and 16
# channels:
#
# ```text
#   word      shape behind it   arrays
#   CONV      (16, 16, 16)      weight (16, 3, 3, 3), spread √(2/27)
#   POOL      (16, 8, 8)        none; the next CONV has 32 filters
#   CONV      (32, 8, 8)        weight (32, 16, 3, 3), spread √(2/144)
#   SOFTMAX   (6, 1, 1)         weight (2048, 6), spread √(2/2048)
# ```

# %% role="answer" id="build_cnn"
from solutions.capstone import build_cnn

# %% role="check" id="build_cnn" points=6
check("build_cnn", build_cnn)

# %% [markdown]
# ## 3 · A training step, and an evaluation (15 points)
#
# Batch norm and dropout have two modes. In training, batch norm uses the statistics of the batch and updates the
# running statistics, and dropout drops entries. In evaluation, batch norm uses the running statistics, dropout lets
# everything through, and nothing changes. Forgetting the mode is one of the most common bugs: the code runs, the loss
# falls, and the accuracy is wrong.
#
# ```text
#   layers ──forward, training──▶ logits ──▶ loss            step(weight) = momentum(weight, grad, state, rate)
#      ▲                            │
#      └────── backward ◀── grad_logits
# ```
#
# CONV is called with `padding=1`, POOL and AVGPOOL with kernel 2 and stride 2. Your functions get the dict `parts`:
# call `parts["conv2d_forward"]`, not `conv2d_forward`, so that every part can be replaced.

# %% role="answer" id="train_step"
from solutions.capstone import evaluate, train_step

# %% role="check" id="train_step" points=10
check("train_step", train_step)

# %% role="check" id="evaluate" points=5
check("evaluate", evaluate)

# %% [markdown]
# ## 4 · Train (20 points)
#
# Now the choices are yours: layers, channels, rate, batches, epochs, augmentation. The data set `shapes` has six kinds
# of figures in random colours, on images of 16 by 16 pixels; only their form tells them apart.
#
# **The check trains**: `train_cnn` gets 600 images and at most 60 CPU seconds, and the network that it returns is
# tested on images that your code never sees. The six kinds in the check are drawn. Each image holds three forms, one
# over the other, each in its own mixture of red, green and blue: in one mixture there is one of three forms, in another
# one of two, and the kind is this pair; the third form means nothing. Which mixtures count is the same in all images of
# a set, and a first layer can learn it. `data.shapes(860, seed=1, kinds=7)` draws a different set. Grading draws yet
# another set, with its own order of labels, so only a network that is trained on the spot can pass.
#
# | the network | points |
# |---|---|
# | names 80 % of new images rightly | 5 |
# | names 85 % | 5 more |
# | names 90 % | 5 more |
# | names 80 % and is repeatable: equal images and random numbers train the same network, others another one | 5 more |
#
# A plain network of three convolutions with batch norm reaches 94 to 100 % in a few seconds, if its rate falls to 0.
# Leave a margin: before you rely on your choices, test them on several sets, `data.shapes(860, seed=1, kinds=...)`, of
# which 70 % are for training. Delete such a test before you hand in: grading ends a cell after 20 s and a notebook
# after 180 s of its own time, and gives it 2 GB of memory.
#
# Build the network with `build_cnn` and train it with `train_step`. Count epochs, not seconds: the grade must be the
# same on a slow machine. To see whether training is repeatable, the check also trains a few times on 12 images.

# %% role="answer" id="train_cnn"
from solutions.capstone import train_cnn

# %% role="check" id="train_cnn" points=20
check("train_cnn", train_cnn)

# %% [markdown]
# ## 5 · Your parts (5 points)
#
# Return the functions that you have written yourself, by name. Paste them from your earlier notebooks into the cell,
# above `my_parts` or inside it. Each of the 22 functions that computes the same as the given one earns its share of the
# points, and a missing one costs only its share.

# %% role="answer" id="my_parts"
from solutions.capstone import my_parts

# %% role="check" id="my_parts" points=5
check("my_parts", my_parts)

# %%
try:
    parts = given_parts() | own_parts(my_parts())
except Exception:
    parts = given_parts()

# %% [markdown]
# ## 6 · Bug hunt (no points, and worth it)
#
# A test set may not fit into memory at once, so accuracy is computed batch by batch. TFLearn did it as below
# (tflearn/tflearn #75, 2016), and so did the reference code of the MLPerf training benchmark (mlcommons/training #89,
# 2018): its 25,000 reviews make 195 batches of 128 and one of 40, and the result decided whether a run had reached its
# goal. The function is right on every data set that you would try first. Find the bug and fix it.


# %% role="hunt" id="hunt_accuracy"
def hunt_accuracy(answers, labels, batch):
    """Return the fraction of answers (N,) that equal labels (N,), looking at `batch` of them at a time."""
    found = []
    for start in range(0, len(labels), batch):
        rows = slice(start, start + batch)
        found.append(np.mean(answers[rows] == labels[rows]))
    return float(np.mean(found))


# %% role="check" id="hunt_accuracy" points=0
check("hunt_accuracy", hunt_accuracy)

# %% [markdown]
# ## 7 · Questions (no points)
#
# **Question 1.** Your training loss is low, `evaluate` says 17 %, and the same network says 95 % when it runs in
# training mode. Where do you look first for the cause?
#
# - `"a"` In the rate, which was too large.
# - `"b"` In the running statistics of batch norm.
# - `"c"` In the test images, which are harder.
# - `"d"` In the weights of the last layer.

# %% role="quiz" id="quiz_1"
answer_1 = "b"  # "a", "b", "c" or "d"

# %% role="check" id="quiz_1" points=0
check("quiz_1", answer_1)

# %% [markdown]
# **Question 2.** `data.shapes(cue=1.0)` gives each kind of figure its own colour, and `cue=0.0` draws the colours at
# random. A network trained with the cue reaches 100 % on new images with the cue. What does it reach on images without
# it?
#
# - `"a"` The same: it has learned the forms.
# - `"b"` About chance: it has learned the colours, which are easier.
# - `"c"` A little less, because it has never seen these colours.

# %% role="quiz" id="quiz_2"
answer_2 = "b"  # "a", "b" or "c"

# %% role="check" id="quiz_2" points=0
check("quiz_2", answer_2)

# %% [markdown]
# **Question 3.** For `shapes`, flipping images from left to right gives additional training data for free. For which
# data set of this course would flipping be a mistake?
#
# - `"a"` For CIFAR-10: a car seen from its other side is no car.
# - `"b"` For handwritten digits: a mirrored 2 is no digit.
# - `"c"` For none: more data is always better.

# %% role="quiz" id="quiz_3"
answer_3 = "b"  # "a", "b" or "c"

# %% role="check" id="quiz_3" points=0
check("quiz_3", answer_3)

# %% [markdown]
# ## What you have built
#
# Your network learns to tell shapes apart, epoch by epoch.

# %%
sample = data.shapes(500, seed=7)
names = ("disc", "ring", "square", "triangle", "cross", "bars")
curve, layers = [], None
try:
    rng = np.random.default_rng(0)
    words = expand_pattern("[CONV-BN-RELU-POOL]*2-CONV-BN-RELU-GAP-SOFTMAX")
    layers = build_cnn(words, (3, 16, 16), 6, rng, 8)
    for _ in range(8):
        x, labels = sample.part("train")
        order = rng.permutation(len(x))
        for start in range(0, len(x), 32):
            rows = order[start : start + 32]
            layers, loss = train_step(layers, parts, x[rows], labels[rows], 0.05, rng)
        curve.append(evaluate(layers, parts, *sample.part("validation")))
except Exception as fault:
    layers = None
    print(f"not yet: {type(fault).__name__}")
fig, axis = plt.subplots(figsize=(5, 2.6), layout="constrained")
axis.plot(range(1, len(curve) + 1), curve, marker="o")
axis.set(xlabel="epoch", ylabel="accuracy", ylim=(0, 1), title="Yours" if curve else "Not written yet")
figure.show(fig, alt="Accuracy on images kept back, against the epoch: it climbs towards 1.")

# %% [markdown]
# Which kinds does it confuse? A row is a true kind, and a column is the network's answer: `evaluate` with the label k
# measures how often it answers k.

# %%
fig, axis = plt.subplots(figsize=(3.8, 3.4), layout="constrained")
if layers is not None:
    x, labels = sample.images[350:], sample.labels[350:]
    table = [
        [evaluate(layers, parts, x[labels == i], np.full((labels == i).sum(), k)) for k in range(6)] for i in range(6)
    ]
    axis.imshow(table, cmap="Blues", vmin=0, vmax=1)
    for i, k in np.ndindex(6, 6):
        axis.text(k, i, f"{table[i][k]:.2f}", ha="center", va="center", fontsize=7)
axis.set(xticks=range(6), yticks=range(6), xticklabels=names, yticklabels=names)
axis.tick_params(axis="x", rotation=40)
figure.show(fig, alt="Table of true kinds against answers, in fractions: most of the weight lies on the diagonal.")

# %% [markdown]
# The last figure shows what its first layer looks for: its filters, as little coloured images.

# %%
fig, axes = plt.subplots(1, 8, figsize=(7, 1.2), layout="constrained")
for i, axis in enumerate(axes):
    axis.axis("off")
    if layers is not None:
        weight = layers[0]["weight"][i].transpose(1, 2, 0)
        axis.imshow((weight - weight.min()) / np.ptp(weight))
figure.show(fig, alt="Eight filters of 3 by 3 pixels: some show an edge, some a colour.")

# %% [markdown]
# ## Digits
#
# The same code works on another data set: handwritten digits of 8 by 8 pixels with one channel.

# %%
digits = data.load("digits")
try:
    rng = np.random.default_rng(0)
    words = expand_pattern("CONV-BN-RELU-POOL-CONV-BN-RELU-SOFTMAX")
    layers = build_cnn(words, digits.images.shape[1:], 10, rng, 8)
    x, labels = digits.part("train")
    for _ in range(2):
        order = rng.permutation(len(x))
        for start in range(0, len(x), 32):
            rows = order[start : start + 32]
            layers, _ = train_step(layers, parts, x[rows], labels[rows], 0.05, rng)
    print(f"digits: {evaluate(layers, parts, *digits.part('test')):.0%} right after two epochs")
except Exception as fault:
    print(f"not yet: {type(fault).__name__}")

# %% [markdown]
# ## CIFAR-10 (optional)
#
# CIFAR-10 has photographs of ten kinds of things, with 32 by 32 pixels. Set `cifar = True` if torchvision is installed
# and you have an evening to spare: the first run downloads 170 MB. With these parts one epoch over 2,000 images takes
# about a minute. What accuracy do you reach within ten epochs?

# %%
cifar = False
if cifar:
    photographs = data.load("cifar10", download=True)
    x, labels = photographs.part("train")
    layers = train_cnn(x[:2000], labels[:2000], parts, np.random.default_rng(0))
    x, labels = photographs.part("test")
    print(f"CIFAR-10: {evaluate(layers, parts, x[:1000], labels[:1000]):.0%} right")

# %% [markdown]
# **To remember.** A pattern describes a network, a network is data, and training is a loop of ten lines. Whether it
# works depends on the details: the fans, the modes, the order of the images, and a rate that decreases.
#
# Before you hand in: `check.progress()` shows what is still open, and `check.preflight()` tells you whether the
# notebook runs from top to bottom.
