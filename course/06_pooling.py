# %% [markdown]
# # 6 · Pooling, receptive fields and special convolutions
#
# A network must see more than a window of three pixels. This lecture collects the parts that widen its view, shrink its
# maps or enlarge them again, and counts what each costs.
#
# **You will see** max and average pooling with worked numbers; the receptive field by formula and by measurement;
# dilated, transposed and separable convolutions; why global average pooling frees a network from the size of its
# images; and a small network that reads digits.
#
# **You need** lecture 5.

# %%
import matplotlib.pyplot as plt
import numpy as np

from classroom import claim, figure, ledger, predict
from classroom.data import load
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

# %%
figure.style()
ledger.use("06_pooling")
rng = np.random.default_rng(0)

# %% [markdown]
# ## Pooling
#
# Max pooling keeps the largest number of each window, average pooling the mean; each channel on its own, and nothing is
# learned. With windows of 2 by 2 and stride 2 a map shrinks to a quarter: less to compute, a wider view for the layers
# above, and a little indifference to small shifts. The output has $\lfloor (i - k)/s \rfloor + 1$ rows.

# %%
predict("max-pooling")

# %%
first = np.array([[1, 3, 2, 9], [7, 4, 1, 5], [8, 5, 2, 3], [4, 2, 1, 4]], dtype=float)
second = np.array([[1, 1, 2, 4], [5, 6, 7, 8], [3, 2, 1, 0], [1, 2, 3, 4]], dtype=float)
pooled = [
    maxpool2d_forward(matrix[None, None], 2)[0][0, 0] for matrix in (first, second)
]
claim("L6.1-first", pooled[0])
claim("L6.1-second", pooled[1])

# %%
fig, axes = plt.subplots(1, 3, figsize=(figure.WIDTH, 2.5), width_ratios=(2, 1, 1))
average = avgpool2d_forward(first[None, None], 2)[0][0, 0]
for axis, array, title in zip(
    axes, (first, pooled[0], average), ("input", "largest", "average"), strict=True
):
    axis.imshow(array, cmap="Blues", vmin=0, vmax=16)
    for (row, column), value in np.ndenumerate(array):
        axis.text(column, row, f"{value:g}", ha="center", va="center")
    axis.set(title=title, xticks=[], yticks=[])
    axis.grid(visible=False)
axes[0].axhline(1.5, color=figure.ORANGE)
axes[0].axvline(1.5, color=figure.ORANGE)
figure.show(fig, "windows")

# %% [markdown]
# In the backward pass, the gradient of a window goes to the pixel that was the largest, and to no other. Nothing is
# lost on the way: the sum of the gradient is the same below as above. Where two pixels tie, the first one takes it all.

# %%
y, cache = maxpool2d_forward(rng.standard_normal((2, 3, 7, 9)), 3, 2)
grad_y = rng.integers(-5, 6, y.shape).astype(float)
grad_x = maxpool2d_backward(grad_y, cache)
_, tied = maxpool2d_forward(np.zeros((1, 1, 2, 2)), 2)
claim("L6.1-mass", grad_x.sum() - grad_y.sum())
claim("L6.1-tie", maxpool2d_backward(np.ones((1, 1, 1, 1)), tied)[0, 0])

# %% [markdown]
# A slide adds that pooling helps against overfitting. Two networks learn six shapes from 300 images, one of them
# without its poolings. Both end with a linear layer on all that is left, 16 times as much without pooling.

# %%
shapes, kinds, split = load("shapes", count=1500, size=16, seed=1)
few = split.train[:300]
scaled = (shapes - shapes[few].mean(axis=(0, 2, 3), keepdims=True)) / shapes[few].std()
learned, read = [], []
for pattern in ("[CONV-RELU-POOL]*2-SOFTMAX", "[CONV-RELU]*2-SOFTMAX"):
    network = build(pattern, (3, 16, 16), 6, np.random.default_rng(0))
    options = {"epochs": 20, "batch": 32, "rate": 3e-3, "optimizer": "adam"}
    train(network, scaled[few], kinds[few], rng=np.random.default_rng(1), **options)
    learned.append(evaluate(network, scaled[few], kinds[few])[1])
    read.append(evaluate(network, scaled[split.test], kinds[split.test])[1])
claim("L6.1-learned", learned)
claim("L6.1-overfitting", read[0] - read[1])

# %% [markdown]
# ## The receptive field
#
# The receptive field of an output is the part of the image that can change it: $r$ pixels wide. The *jump* $j$ is the
# distance in the image between the views of neighbouring outputs. Both start at 1, and a layer with kernel $k$,
# dilation $d$ and stride $s$ changes them so:
#
# $$ r \leftarrow r + (k - 1)\, d \cdot j, \qquad j \leftarrow j \cdot s $$
#
# Two layers of 3 by 3 see 5 by 5. Below, a layer is (kernel, stride, padding, dilation), and a pooling is measured as
# what average pooling is: a convolution with equal weights.

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
    """Return which pixels of an image have a gradient from the middle output of a stack of convolutions."""
    x, caches = np.zeros((1, 1, size, size)), []
    for kernel, stride, padding, dilation in layers:
        x, cache = dilated_conv_forward(
            x,
            np.ones((1, 1, kernel, kernel)),
            np.zeros(1),
            stride=stride,
            padding=padding,
            dilation=dilation,
        )
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
print(
    "\n".join(
        f"{name:<26}{size:>3} pixels"
        for name, size in zip(stacks, measured, strict=True)
    )
)
claim("L6.2-support", measured, formula)
claim("L6.2-two", measured[0])

# %%
fig, axes = plt.subplots(1, 4, figsize=(figure.WIDTH, 2.2))
for axis, name in zip(
    axes, ("two 3×3", "five 3×3", "dilation 1, 2, 4", "stride 2 twice"), strict=True
):
    seen = views[name][22:43, 22:43]
    axis.imshow(seen / seen.max(), cmap="Blues")
    axis.set(title=name, xticks=[], yticks=[])
    axis.grid(visible=False)
figure.show(fig, "views")

# %% [markdown]
# The picture says more than the number; the darker a pixel, the more paths lead from it to the output. From the middle
# of the view there are many, from its rim few: the *effective* field is much smaller than the formula's (Luo et al.
# 2016).
#
# The explorer below draws the view for any depth, kernel, stride and dilation. Set `live=True` to move the sliders.


# %%
def draw_view(depth=3, kernel=3, dilation=1):
    """Draw the view of a stack of equal layers."""
    layers = [(kernel, 1, 0, dilation)] * depth
    fig, axis = plt.subplots(figsize=(3.2, 2.6))
    seen = view(layers)
    axis.imshow(seen / seen.max(), cmap="Blues", extent=(-32, 32, 32, -32))
    axis.set(
        title=f"{depth} layers: {receptive_field(layers)[0]} pixels",
        xlabel="column",
        ylabel="row",
        xlim=(-16, 16),
        ylim=(16, -16),
    )
    axis.grid(visible=False)
    return fig


# %%
figure.explorer(
    draw_view,
    "view-explorer",
    still={"depth": 3, "kernel": 3, "dilation": 1},
    live=False,
    depth=(1, 2, 3, 4, 5),
    kernel=(1, 3, 5),
    dilation=(1, 2, 3),
)

# %% [markdown]
# ## Dilated convolution
#
# Spread the kernel's weights $d$ pixels apart and the view grows without a single new weight. It is the same as an
# ordinary convolution whose kernel has zeros stuffed between its weights.

# %%
x, weight = rng.standard_normal((2, 2, 13, 11)), rng.standard_normal((3, 2, 3, 3))
dilated, _ = dilated_conv_forward(x, weight, np.zeros(3), dilation=2)
stuffed = np.zeros((3, 2, 5, 5))
stuffed[:, :, ::2, ::2] = weight
ordinary, _ = conv2d_forward(x, stuffed, np.zeros(3))
claim("L6.3-stuffed", np.abs(dilated - ordinary).max())
cases = np.array(list(np.ndindex(39, 4, 7, 4, 3))) + np.array([1, 0, 1, 1, 1])
i, p, k, d, s = cases.T
claim(
    "L6.3-formula",
    bool(
        np.all(
            (i + 2 * p - k - (k - 1) * (d - 1)) // s + 1
            == (i + 2 * p - d * (k - 1) - 1) // s + 1
        )
    ),
)

# %%
claim(
    "L6.3-view",
    [
        measured[4],
        sum(kernel**2 for kernel, *_ in stacks["dilation 1, 2, 4"]),
        measured[4] ** 2,
    ],
)

# %% [markdown]
# ## Transposed convolution
#
# To draw an image, a network must enlarge its maps. The transposed convolution multiplies by the transpose of the
# convolution's matrix: every input pixel stamps a weighted copy of the kernel on the output. Its size is
# $o = (i - 1)\,s - 2p + k$ (plus an output padding, where the forward convolution had a remainder).

# %%
x = rng.standard_normal((1, 2, 7, 6))
weight = rng.standard_normal((3, 2, 3, 3))  # from 2 channels to 3, and back
down, _ = conv2d_forward(x, weight, np.zeros(3), stride=2, padding=1)
up_input = rng.standard_normal(down.shape)
up, _ = conv2d_transpose_forward(
    up_input, weight, np.zeros(2), stride=2, padding=1, output_padding=(0, 1)
)
matrix = conv_as_matrix(weight, (2, 7, 6), stride=2, padding=1)
claim("L6.4-adjoint", abs((down * up_input).sum() - (x * up).sum()))
claim("L6.4-matrix", np.abs(matrix.T @ up_input.ravel() - up.ravel()).max())

# %%
settings = [
    (i, k, s, p)
    for i in (2, 5)
    for k in (2, 3, 4, 5)
    for s in (1, 2, 3)
    for p in (0, 1)
]
agree = 0
for i, k, s, p in settings:
    kernel, size = np.ones((1, 1, k, k)), (i - 1) * s - 2 * p + k
    stamped, _ = conv2d_transpose_forward(
        np.ones((1, 1, i, i)), kernel, np.zeros(1), stride=s, padding=p
    )
    there = conv_as_matrix(
        kernel, (1, size, size), stride=s, padding=p
    ).shape  # from size² pixels to i²
    agree += there == (i**2, size**2) and stamped.shape == (1, 1, size, size)
claim("L6.4-size", agree, len(settings))

# %%
predict("checkerboard")

# %%
fig, axes = plt.subplots(1, 3, figsize=(figure.WIDTH, 2.5))
stamps = {}
for axis, kernel in zip(axes, (2, 3, 4), strict=True):
    stamp, _ = conv2d_transpose_forward(
        np.ones((1, 1, 6, 6)), np.ones((1, 1, kernel, kernel)), np.zeros(1), stride=2
    )
    stamps[kernel] = stamp[0, 0]
    shown = axis.imshow(stamp[0, 0], cmap="Blues", vmin=0, vmax=4.5)
    axis.set(title=f"kernel {kernel}, stride 2", xticks=[], yticks=[])
    axis.grid(visible=False)
fig.colorbar(shown, ax=axes, label="stamps that meet")
figure.show(fig, "stamps")
claim(
    "L6.4-checkerboard",
    [*np.unique(stamps[3][2:-2, 2:-2]), *np.unique(stamps[4][2:-2, 2:-2])],
)

# %% [markdown]
# ## Separable convolution
#
# A full convolution mixes space and channels at once. The separable one does it in two steps: a k by k kernel for each
# channel alone (*depthwise*), then a 1 by 1 convolution across channels (*pointwise*). The source calls the whole pair
# "depthwise" (remark C20).

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
claim(
    "L6.5-name",
    [depthwise_conv_forward(x, depthwise, np.zeros(3))[0].shape[1], pair.shape[1]],
)

# %% [markdown]
# ## Global average pooling
#
# At the end of a convolutional network stand maps of some height and width. Flatten them, and the linear layer that
# follows fits one image size only. Average each map instead, and there are as many numbers as channels, at any size.

# %%
small, small_labels, split = load("shapes", count=1500, size=16, seed=1)
other_sizes = {
    size: load("shapes", count=1500, size=size, seed=1).images
    for size in (12, 20, 24, 32)
}
mean, std = (
    small[split.train].mean(axis=(0, 2, 3), keepdims=True),
    small[split.train].std(),
)
pooled_net = build(
    "[CONV-BN-RELU-POOL]*2-GAP-SOFTMAX", (3, 16, 16), 6, np.random.default_rng(0)
)
flat_net = build(
    "[CONV-BN-RELU-POOL]*2-SOFTMAX", (3, 16, 16), 6, np.random.default_rng(0)
)

# %%
for network in (pooled_net, flat_net):
    train(
        network,
        (small[split.train] - mean) / std,
        small_labels[split.train],
        epochs=8,
        batch=32,
        rate=3e-3,
        rng=np.random.default_rng(1),
        optimizer="adam",
    )

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
test = {
    size: (images[split.test] - mean) / std
    for size, images in sorted({16: small, **other_sizes}.items())
}
scores = {
    size: evaluate(pooled_net, images, small_labels[split.test])[1]
    for size, images in test.items()
}
claim(
    "L6.6-size", [refuses(network, test[24][:2]) for network in (pooled_net, flat_net)]
)
claim("L6.6-accuracy", scores[16])

# %%
fig, axis = plt.subplots(figsize=(figure.WIDTH, 2.5))
axis.plot(list(scores), [100 * score for score in scores.values()], "o-")
axis.plot(16, 100 * scores[16], "o", color=figure.ORANGE, ms=9)
axis.annotate(
    "learned here", (16, 100 * scores[16]), xytext=(8, 4), textcoords="offset points"
)
axis.axhline(100 / 6, color=figure.GREY, ls="--", lw=1)
axis.text(32, 100 / 6 + 2, "guessing", ha="right", color=figure.GREY)
axis.set(
    xlabel="side of the same images in pixels",
    ylabel="accuracy in %",
    xticks=list(scores),
    ylim=(0, 110),
)
figure.show(fig, "sizes")
claim("L6.6-other", [scores[16] - scores[size] for size in (12, 24)])

# %% [markdown]
# ## A small network for digits
#
# Convolution, pooling, convolution, global average pooling and one linear layer: 5,130 numbers in all, trained for
# twelve epochs by Adam.

# %%
images, labels, split = load("digits")
pixels = (images - images[split.train].mean(axis=0)) / images[split.train].std()
digits_net = build(
    "CONV-RELU-POOL-CONV-RELU-GAP-SOFTMAX", (1, 8, 8), 10, np.random.default_rng(0)
)
print(summary(digits_net, (1, 8, 8)))

# %%
history = train(
    digits_net,
    pixels[split.train],
    labels[split.train],
    epochs=12,
    batch=32,
    rate=3e-3,
    rng=np.random.default_rng(1),
    optimizer="adam",
    validation=(pixels[split.validation], labels[split.validation]),
)
_, right = evaluate(digits_net, pixels[split.test], labels[split.test])
claim("L6.7-digits", right)

# %%
fig, axes = plt.subplots(1, 2, figsize=(figure.WIDTH, 2.5))
epochs = np.arange(1, 13)
axes[0].plot(epochs, history["loss"], label="training")
axes[0].plot(epochs, history["validation_loss"], "--", label="validation")
axes[0].set(xlabel="epoch", ylabel="loss", title="the loss falls …")
axes[0].legend()
axes[1].plot(
    epochs,
    [100 * value for value in history["validation_accuracy"]],
    color=figure.ORANGE,
)
axes[1].set(
    xlabel="epoch", ylabel="validation accuracy in %", title="… and the digits are read"
)
figure.show(fig, "training")

# %% [markdown]
# ## What to remember
#
# - Pooling shrinks maps and learns nothing; the gradient of a window goes to its largest pixel.
# - View: add $(k-1)\,d$ times the jump, multiply the jump by the stride. Dilation widens it for nothing.
# - The transposed convolution is the adjoint; choose its kernel as a multiple of its stride.
# - Depthwise and pointwise together are a full convolution with one shared kernel a channel, at a fraction of its cost.
# - Average the last maps, and a network takes images of any size. Whether it answers well is another matter.
#
# ## Exercises that follow
#
# Assignment 5, *Pooling and special convolutions*: forward and backward of `maxpool2d`, `avgpool2d`, `global_avg_pool`,
# `dilated_conv`, `conv2d_transpose` and `depthwise_conv`; `pointwise_conv`, `separable_conv`, `receptive_field`.
#
# ## Further reading
#
# - Araujo, Norris and Sim, *Computing receptive fields of convolutional neural networks* (2019); Luo et al.,
#   *Understanding the effective receptive field* (2016).
# - Odena, Dumoulin and Olah, *Deconvolution and checkerboard artifacts* (2016).
# - Yu and Koltun, *Multi-scale context aggregation by dilated convolutions* (2016); Howard et al., *MobileNets* (2017).
# - Lin, Chen and Yan, *Network in network* (2013).
