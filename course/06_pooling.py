# %% [markdown]
# # 6 · Pooling, receptive fields and special convolutions
#
# **What you will see.** A network must see more than a window of three pixels. This lecture collects the parts that
# widen its view, shrink its maps or enlarge them again, and counts what each part costs: max and average pooling with
# worked numbers; the receptive field by formula and by measurement; dilated, transposed and separable convolutions; why
# global average pooling frees a network from the size of its images; and a small network that reads digits.
#
# **What you need.** The convolution of lecture 5.
#
# **How to read it.** A *prediction* asks you first: decide before you open the answer. A *claim* compares a sentence
# from a slide or a paper with what was measured here, and gives a verdict. Lecture 0 explains both.

# %%
from itertools import product

import numpy as np

from classroom import claim, figure, ledger, predict
from classroom.data import load

figure.style()
ledger.use("06_pooling")
rng = np.random.default_rng(0)

# %%
from solutions.convolution import (
    conv2d_forward,
    conv_as_matrix,
    conv_output_size,
    depthwise_conv_forward,
    dilated_conv_backward,
    dilated_conv_forward,
    separable_conv_forward,
)
from solutions.fast import conv2d_transpose_forward
from solutions.network import build, summary
from solutions.pooling import avgpool2d_forward, maxpool2d_backward, maxpool2d_forward
from solutions.receptive_field import receptive_field
from solutions.training import evaluate, train

# %% [markdown]
# ## The idea
#
# What the middle of a network knows of an image depends on three numbers: how wide its view is, how large its maps are,
# and what a multiplication costs. Each part below trades one of them for another. The simplest part is **pooling**.
#
# ## The component at work
#
# Max pooling keeps the largest number of each window, and average pooling keeps the mean. Each channel is pooled on its
# own, and nothing is learned. With windows of 2 by 2 and stride 2 a map shrinks to a quarter of its pixels. That leaves
# less to compute, gives the layers above a wider view, and makes the answer a little less sensitive to small shifts.
# The output has $\lfloor (i - k)/s \rfloor + 1$ rows.

# %%
predict("max-pooling")

# %%
first = np.array([[1, 3, 2, 9], [7, 4, 1, 5], [8, 5, 2, 3], [4, 2, 1, 4]], dtype=float)
second = np.array([[1, 1, 2, 4], [5, 6, 7, 8], [3, 2, 1, 0], [1, 2, 3, 4]], dtype=float)
largest, second = (
    maxpool2d_forward(m[None, None], 2)[0][0, 0] for m in (first, second)
)
claim("L6.1-first", largest)
claim("L6.1-second", second)

# %%
average = avgpool2d_forward(first[None, None], 2)[0][0, 0]
arrays = {"input": first, "largest": largest, "average": average}
fig, axes = figure.panels(1, 3, 2.4, width=figure.NARROW, width_ratios=(2, 1, 1))
for axis, (title, array) in zip(axes, arrays.items(), strict=True):
    figure.picture(axis, array, title, cmap="Blues", vmin=0, vmax=16)
    for (row, column), value in np.ndenumerate(array):
        figure.note(axis, column, row, f"{value:g}", fontsize=9)
axes[0].axhline(1.5, color=figure.ORANGE)
axes[0].axvline(1.5, color=figure.ORANGE)
figure.show(fig, "windows", drawing=True)

# %% [markdown]
# In the backward pass, the gradient of a window goes to the pixel that was the largest, and to no other. No gradient is
# lost: its sum is the same below the pooling as above it. Where two pixels are equal, the first one gets all of it.

# %%
y, cache = maxpool2d_forward(rng.standard_normal((2, 3, 7, 9)), 3, 2)
grad_y = rng.integers(-5, 6, y.shape).astype(float)
grad_x = maxpool2d_backward(grad_y, cache)
_, tied = maxpool2d_forward(np.zeros((1, 1, 2, 2)), 2)
claim("L6.1-mass", grad_x.sum() - grad_y.sum())
claim("L6.1-tie", maxpool2d_backward(np.ones((1, 1, 1, 1)), tied)[0, 0])

# %% [markdown]
# A slide adds that pooling helps against overfitting. We let two networks learn six shapes from 300 images, one with
# its two poolings and one without them. Both end with a linear layer on all numbers that are left, 16 times as many
# without pooling. Both are trained by Adam (an optimizer of lecture 7) at three rates, and for each network the rate
# with the best test accuracy counts.

# %%
shapes, kinds, split = load("shapes", count=1500, size=16, seed=1)
few = split.train[:300]
mean, std = shapes[few].mean(axis=(0, 2, 3)), shapes[few].std()
scaled = (shapes - mean[:, None, None]) / std
ADAM = {"batch": 32, "rate": 3e-3, "optimizer": "adam"}


def scores_of(pattern, seed, rate):
    """Train on 300 images; return the accuracy on these and on the test images."""
    rng = np.random.default_rng(seed)
    network = build(pattern, (3, 16, 16), 6, rng)
    options = {**ADAM, "rate": rate}
    train(network, scaled[few], kinds[few], rng=rng, epochs=14, **options)
    parts = (few, split.test)
    return [evaluate(network, scaled[part], kinds[part])[1] for part in parts]


# %%
patterns = ("[CONV-RELU-POOL]*2-SOFTMAX", "[CONV-RELU]*2-SOFTMAX")
rates = (1e-3, 3e-3, 1e-2)
found = [
    [np.transpose([scores_of(p, seed, rate) for seed in range(3)]) for rate in rates]
    for p in patterns
]  # for each network and rate: (2, 3)
best = [max(runs, key=lambda run: run[1].mean()) for runs in found]
claim("L6.1-learned", [run[0].mean() for run in best])
claim("L6.1-overfitting", best[0][1].mean() - best[1][1].mean())

# %% [markdown]
# ## 1 · The receptive field
#
# The receptive field of an output is the part of the image that can change it: $r$ pixels wide. The *jump* $j$ is the
# distance in the image between the views of neighbouring outputs. Both start at 1, and a layer with kernel $k$,
# dilation $d$ and stride $s$ changes them like this:
#
# $$ r \leftarrow r + (k - 1)\, d \cdot j, \qquad j \leftarrow j \cdot s $$
#
# Two layers of 3 by 3 see 5 by 5. In the code below a layer is (kernel, stride, padding, dilation), and a pooling is
# treated as what average pooling is: a convolution with equal weights.

# %%
predict("dilated-view")

# %%
stacks = {
    "two 3×3": [(3, 1, 1, 1)] * 2,
    "five 3×3": [(3, 1, 1, 1)] * 5,
    "3×3, pool, 3×3": [(3, 1, 1, 1), (2, 2, 0, 1), (3, 1, 1, 1)],
    "stride 2 twice": [(3, 2, 1, 1)] * 2,
    "dilation 1, 2, 4": [(3, 1, 1, 1), (3, 1, 2, 2), (3, 1, 4, 4)],
    "7×7 s2, pool 3×3 s2, 3×3": [(7, 2, 3, 1), (3, 2, 1, 1), (3, 1, 1, 1)],
}


# %%
def view(layers, size=64):
    """Return which pixels have a gradient from the middle output of a stack."""
    x, caches = np.zeros((1, 1, size, size)), []
    for kernel, stride, padding, dilation in layers:
        weight = np.ones((1, 1, kernel, kernel))
        options = {"stride": stride, "padding": padding, "dilation": dilation}
        x, cache = dilated_conv_forward(x, weight, np.zeros(1), **options)
        caches.append(cache)
    grad = np.zeros(x.shape)
    grad[0, 0, x.shape[2] // 2, x.shape[3] // 2] = 1
    for cache in reversed(caches):
        grad = dilated_conv_backward(grad, cache)[0]
    return grad[0, 0]


# %%
views = {name: view(layers) for name, layers in stacks.items()}
measured = [int(np.ptp(np.nonzero(seen.any(axis=0))[0])) + 1 for seen in views.values()]
formula = [int(receptive_field(layers)[0]) for layers in stacks.values()]
for name, size in zip(stacks, measured, strict=True):
    print(f"{name:<26}{size:>3} pixels")
claim("L6.2-support", measured, formula)
claim("L6.2-two", measured[0])

# %%
fig, axes = figure.panels(2, 2, 4.4, width=figure.NARROW)
names = ("two 3×3", "five 3×3", "dilation 1, 2, 4", "stride 2 twice")
for axis, name in zip(axes.ravel(), names, strict=True):
    seen = views[name][22:43, 22:43]
    figure.picture(axis, seen / seen.max(), name, cmap="Blues")
figure.show(fig, "views")

# %% [markdown]
# The picture says more than the number: the darker a pixel, the more paths lead from it to the output. From the middle
# of the view there are many, from its edge few. So the *effective* field is much smaller than the formula says (Luo and
# others 2016).
#
# The explorer draws the view for any depth, kernel and dilation.


# %%
def draw_view(depth=3, kernel=3, dilation=1):
    """Draw the view of a stack of equal layers."""
    layers = [(kernel, 1, 0, dilation)] * depth
    fig, axis = figure.panels(height=2.6, width=3.2)
    seen = view(layers, size=65)
    axis.imshow(seen / seen.max(), cmap="Blues", extent=(-32.5, 32.5, 32.5, -32.5))
    axis.set(title=f"{depth} layers: {receptive_field(layers)[0]} pixels")
    axis.set(xlabel="column", ylabel="row", xlim=(-16, 16), ylim=(16, -16))
    axis.grid(visible=False)
    return fig


# %%
figure.explorer(
    draw_view,
    "view-explorer",
    still={"depth": 3, "kernel": 3, "dilation": 1},
    depth=(1, 2, 3, 4, 5),
    kernel=(1, 3, 5),
    dilation=(1, 2, 3),
)

# %% [markdown]
# ## 2 · Dilated convolution
#
# Spread the kernel's weights $d$ pixels apart, and the view grows without a single new weight. This is the same as an
# ordinary convolution with zeros placed between the weights of its kernel.

# %%
x, weight = rng.standard_normal((2, 2, 13, 11)), rng.standard_normal((3, 2, 3, 3))
dilated, _ = dilated_conv_forward(x, weight, np.zeros(3), dilation=2)
stuffed = np.zeros((3, 2, 5, 5))
stuffed[:, :, ::2, ::2] = weight
ordinary, _ = conv2d_forward(x, stuffed, np.zeros(3))
claim("L6.3-stuffed", np.abs(dilated - ordinary).max())
cases = np.array(list(np.ndindex(39, 4, 7, 4, 3))) + np.array([1, 0, 1, 1, 1])
i, p, k, d, s = cases.T
one_way = (i + 2 * p - k - (k - 1) * (d - 1)) // s + 1
other_way = (i + 2 * p - d * (k - 1) - 1) // s + 1
claim("L6.3-formula", np.sum(one_way == other_way), len(cases))
weights = sum(kernel**2 for kernel, *_ in stacks["dilation 1, 2, 4"])
claim("L6.3-view", [measured[4], weights, measured[4] ** 2])

# %% [markdown]
# ## 3 · Transposed convolution
#
# In *semantic segmentation* a network has to name the class of every pixel: road, car, tree. Its maps have shrunk on the
# way in, so they must be enlarged again to the size of the image. A network that draws images has the same need. The
# transposed convolution multiplies by the transpose of the convolution's matrix: every input pixel stamps a weighted
# copy of the kernel on the output. Its size is $o = (i - 1)\,s - 2p + k$ (plus an output padding, where the forward
# convolution had a remainder).

# %%
x = rng.standard_normal((1, 2, 7, 6))
weight = rng.standard_normal((3, 2, 3, 3))  # from 2 channels to 3, and back
down, _ = conv2d_forward(x, weight, np.zeros(3), stride=2, padding=1)
up_input = rng.standard_normal(down.shape)
options = {"stride": 2, "padding": 1, "output_padding": (0, 1)}
up, _ = conv2d_transpose_forward(up_input, weight, np.zeros(2), **options)
matrix = conv_as_matrix(weight, (2, 7, 6), stride=2, padding=1)
claim("L6.4-adjoint", abs((down * up_input).sum() - (x * up).sum()))
claim("L6.4-matrix", np.abs(matrix.T @ up_input.ravel() - up.ravel()).max())

# %%
settings = list(product((2, 5), (2, 3, 4, 5), (1, 2, 3), (0, 1)))
agree = 0
for i, k, s, p in settings:
    kernel, size = np.ones((1, 1, k, k)), (i - 1) * s - 2 * p + k
    options, ones = {"stride": s, "padding": p}, np.ones((1, 1, i, i))
    stamped, _ = conv2d_transpose_forward(ones, kernel, np.zeros(1), **options)
    matrix = conv_as_matrix(kernel, (1, size, size), **options)  # from size² to i²
    agree += matrix.shape == (i**2, size**2) and stamped.shape == (1, 1, size, size)
claim("L6.4-size", agree, len(settings))

# %%
predict("checkerboard")

# %%
fig, axes = figure.panels(1, 3, 1.9, width=figure.NARROW)
stamps = {}
for axis, kernel in zip(axes, (2, 3, 4), strict=True):
    ones, weight = np.ones((1, 1, 6, 6)), np.ones((1, 1, kernel, kernel))
    stamps[kernel] = conv2d_transpose_forward(ones, weight, np.zeros(1), stride=2)[0][
        0, 0
    ]
    look = {"cmap": "Blues", "vmin": 0, "vmax": 4.5}
    shown = figure.picture(axis, stamps[kernel], f"kernel {kernel}", **look)
fig.colorbar(shown, ax=axes, label="stamps that meet")
figure.show(fig, "stamps")
met = [np.unique(stamps[kernel][2:-2, 2:-2]) for kernel in (3, 4)]
claim("L6.4-checkerboard", np.concatenate(met))

# %% [markdown]
# ## 4 · Separable convolution
#
# A full convolution mixes places and channels at once. The separable convolution does it in two steps: a k by k kernel
# for each channel alone (*depthwise*), then a 1 by 1 convolution across channels (*pointwise*). One source calls the
# whole pair "depthwise" (remark C20).

# %%
predict("separable-pair")

# %%
places = conv_output_size(12, 5) ** 2
x = rng.standard_normal((2, 3, 12, 12))
depthwise, pointwise = rng.standard_normal((3, 1, 5, 5)), rng.standard_normal((256, 3))
pair, _ = separable_conv_forward(x, depthwise, pointwise, np.zeros(256))
same_kernels = pointwise[:, :, None, None] * depthwise[None, :, 0]  # (256, 3, 5, 5)
full, _ = conv2d_forward(x, same_kernels, np.zeros(256))
full_weights, pair_weights = same_kernels.size, depthwise.size + pointwise.size
claim("L6.5-weights", [pair_weights, full_weights])
claim("L6.5-multiplications", [places * pair_weights, places * full_weights])

# %%
claim("L6.5-rank", np.abs(pair - full).max())
ranks = [np.linalg.matrix_rank(same_kernels[:, c].reshape(256, 25)) for c in range(3)]
claim("L6.5-rank-one", [*ranks, np.linalg.matrix_rank(rng.standard_normal((256, 25)))])
maps, _ = depthwise_conv_forward(x, depthwise, np.zeros(3))
claim("L6.5-name", [maps.shape[1], pair.shape[1]])

# %% [markdown]
# ## 5 · Global average pooling
#
# The last convolution of a network gives maps of some height and width. Flatten them, and the linear layer that follows
# fits one image size only. Average each map instead, and there are as many numbers as channels, at any size. (The BN in
# the pattern is batch norm, which makes training easier: lecture 9.)

# %%
SIZES = (12, 16, 20, 24, 32)
small, small_labels, split = load("shapes", count=1500, size=16, seed=1)
mean, std = small[split.train].mean(axis=(0, 2, 3)), small[split.train].std()


def at_size(size):
    """Return the same images, drawn at another size, on the scale of the small ones."""
    images = load("shapes", count=1500, size=size, seed=1).images
    return (images - mean[:, None, None]) / std


tests = {size: at_size(size)[split.test] for size in SIZES}
train_images, train_labels = at_size(16)[split.train], small_labels[split.train]


# %%
def learned(pattern, seed, epochs=8):
    """Train a network on the images of 16 by 16 pixels."""
    rng = np.random.default_rng(seed)
    network = build(pattern, (3, 16, 16), 6, rng)
    train(network, train_images, train_labels, rng=rng, epochs=epochs, **ADAM)
    return network


pooled = [learned("[CONV-BN-RELU-POOL]*2-GAP-SOFTMAX", seed) for seed in range(3)]
flat = learned("[CONV-BN-RELU-POOL]*2-SOFTMAX", 0, epochs=1)

# %%
predict("another-size")


# %%
def refuses(network, images):
    """Say whether a network raises an error on images."""
    try:
        network.forward(images)
    except ValueError:
        return True
    return False


# %%
scores = {
    size: np.mean(
        [evaluate(net, images, small_labels[split.test])[1] for net in pooled]
    )
    for size, images in tests.items()
}
accepted = [
    sum(not refuses(network, images[:2]) for images in tests.values())
    for network in (pooled[0], flat)
]
claim("L6.6-size", accepted)
claim("L6.6-accuracy", scores[16])

# %%
percent = [100 * score for score in scores.values()]
fig, axis = figure.panels(height=2.8, width=figure.NARROW)
axis.plot(SIZES, percent, "o-")
axis.plot(16, percent[1], "o", color=figure.ORANGE, ms=9)
figure.note(axis, 16.3, percent[1] + 5, "learned here", ha="left")
axis.axhline(100 / 6, color=figure.GREY, ls="--", lw=1)
figure.note(axis, 32, 100 / 6 + 5, "guessing", ha="right", color=figure.GREY)
axis.set(xlabel="side of the same images in pixels", xticks=SIZES)
axis.set(ylabel="accuracy in %, mean of three runs", ylim=(0, 110))
figure.show(fig, "sizes")
claim("L6.6-other", [scores[16] - scores[size] for size in (12, 24)])

# %% [markdown]
# ## 6 · A small network for digits
#
# The catalogue of layers in a classical network is short. The input layer holds the raw pixels; convolution, ReLU and
# pooling follow, perhaps repeated; a fully connected layer gives the scores of the classes. Our small network for
# digits has two convolutions, one pooling between them, global average pooling and one linear layer: 5,130 numbers in
# all, trained for twelve epochs by Adam.

# %%
images, labels, split = load("digits")
mean, std = images[split.train].mean(axis=0), images[split.train].std()
pixels = (images - mean) / std
train_part, validation, test = ((pixels[rows], labels[rows]) for rows in split)
pattern = "CONV-RELU-POOL-CONV-RELU-GAP-SOFTMAX"
histories, right = [], []
for seed in range(3):
    rng = np.random.default_rng(seed)
    digits_net = build(pattern, (1, 8, 8), 10, rng)
    options = {"validation": validation, "rng": rng, "epochs": 12, **ADAM}
    histories.append(train(digits_net, *train_part, **options))
    right.append(evaluate(digits_net, *test)[1])
print(summary(digits_net, (1, 8, 8)))
claim("L6.7-digits", right)

# %%
fig, axes = figure.panels(2, 1, 4.8, width=figure.NARROW, sharex=True)
epochs, history = np.arange(1, 13), histories[0]
axes[0].plot(epochs, history["loss"], label="training")
axes[0].plot(epochs, history["validation_loss"], "--", label="validation")
axes[0].set(ylabel="loss", title="the loss falls …")
axes[0].legend()
percent = 100 * np.array(history["validation_accuracy"])
axes[1].plot(epochs, percent, color=figure.ORANGE)
axes[1].set(xlabel="epoch", ylabel="validation accuracy in %")
axes[1].set(title="… and the digits are read")
figure.show(fig, "training")

# %% [markdown]
# ## What to remember
#
# 1. Pooling shrinks maps and learns nothing. The gradient of a window goes to its largest pixel.
# 2. To find the view, add $(k-1)\,d$ times the jump, then multiply the jump by the stride. Dilation widens the view at no
#    cost in weights.
# 3. The transposed convolution is the adjoint of the convolution. Choose its kernel as a multiple of its stride.
# 4. Depthwise and pointwise together are a full convolution in which all filters share one kernel for each channel, at a
#    fraction of the cost.
# 5. Average the last maps, and a network accepts images of any size. Whether it answers well is another matter.
#
# ## Exercises that follow
#
# Assignment 5, *Pooling and special convolutions*: forward and backward of `maxpool2d`, `avgpool2d`, `global_avg_pool`,
# `dilated_conv`, `conv2d_transpose` and `depthwise_conv`; `pointwise_conv`, `separable_conv`, `receptive_field`.
#
# ## Further reading
#
# - A. Araujo, W. Norris, J. Sim. *Computing receptive fields of convolutional neural networks.* Distill, 2019.
# - W. Luo, Y. Li, R. Urtasun, R. Zemel. *Understanding the effective receptive field.* NIPS 2016. arXiv:1701.04128
# - J. Long, E. Shelhamer, T. Darrell. *Fully convolutional networks for semantic segmentation.* CVPR 2015.
#   arXiv:1411.4038
# - A. Odena, V. Dumoulin, C. Olah. *Deconvolution and checkerboard artifacts.* Distill, 2016.
# - F. Yu, V. Koltun. *Multi-scale context aggregation by dilated convolutions.* ICLR 2016. arXiv:1511.07122
# - A. Howard and others. *MobileNets.* 2017. arXiv:1704.04861
# - M. Lin, Q. Chen, S. Yan. *Network in network.* 2013. arXiv:1312.4400
#
# ## What comes next
#
# All parts of a convolutional network are on the table, and Adam has trained them without explanation. Lecture 7
# explains how networks are trained: stochastic gradient descent, momentum, and the methods that adapt their steps.
