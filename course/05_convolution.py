# %% [markdown]
# # 5 · Convolution
#
# One small window of weights slides over the whole image. That single idea saves almost all weights, keeps the
# neighbourhood of each pixel, and makes a pattern count the same wherever it appears.
#
# **You will see** what a convolution computes, entry by entry; how large its output is and what it costs; that it is a
# matrix product in disguise; what it does when the picture moves; four ways to compute it; filters that a network has
# found by itself; and what it loses when pixels lose their neighbours.
#
# **You need** the linear layer of lecture 4 and a little patience with indices.

# %%
import time
from itertools import product

import matplotlib.pyplot as plt
import numpy as np

from classroom import claim, figure, ledger, predict
from classroom.data import load

figure.style()
ledger.use("05_convolution")

# %%
from solutions.convolution import (
    WINOGRAD_INPUT,
    WINOGRAD_KERNEL,
    WINOGRAD_OUTPUT,
    conv2d_fft,
    conv2d_forward,
    conv2d_im2col,
    conv2d_naive,
    conv2d_param_count,
    conv2d_winograd,
    conv_as_matrix,
    conv_output_size,
    dilated_conv_forward,
)
from solutions.loss import softmax
from solutions.network import Conv2d, build
from solutions.training import evaluate, train

# %% [markdown]
# ## Why not a linear layer?
#
# A linear layer from an image to a map of the same size joins every pixel to every pixel. For a colour photograph of
# 224 by 224 pixels and 64 maps that is $(224 \cdot 224 \cdot 3)(224 \cdot 224 \cdot 64)$ weights. A convolution with
# 3 by 3 kernels asks for $3 \cdot 3 \cdot 3 \cdot 64 + 64$ numbers, whatever the size of the picture. And the linear
# layer does not know which pixels are neighbours: shuffle the pixels of all images in the same way, and it learns just
# as well. We try that at the end.

# %%
linear_weights = (224 * 224 * 3) * (224 * 224 * 64)
layer = Conv2d(3, 64, 3, np.random.default_rng(0))
conv_numbers = sum(array.size for array in layer.params.values())
print(f"linear layer: {linear_weights:,} weights")
print(f"convolution:  {conv_numbers:,} numbers")
claim("L5.0-count", conv_numbers, 3 * 3 * 3 * 64 + 64)

# %%
predict("layer-parameters")

# %% [markdown]
# ## What it computes
#
# For each place $(i, j)$ and each filter $f$, multiply the window under the filter with the filter's weights, entry by
# entry, over all channels, and add everything up:
#
# $$ y_{n,f,i,j} = b_f + \sum_{c,u,v} x_{n,\,c,\,i s + u,\,j s + v}\; w_{f,c,u,v}, \qquad u, v = 0, 1, \dots, k-1 $$
#
# with stride $s$; with padding, $x$ has its border of zeros already. Images are (N, C, H, W) and weights (F, C, kH, kW)
# throughout the course, and all indices start at 0. One source counts $u$ and $v$ from 1 and does not say where $i$
# starts: if at 1, too, its sums begin one window too late (remark C18).
#
# The classic first example: a small face of ones, and a detector that answers with the number of ones it finds under
# its own ones.

# %%
face = np.zeros((7, 8))
face[[1, 1, 3, 4, 4, 5, 5, 5], [1, 5, 3, 1, 5, 2, 3, 4]] = 1
detector = np.array([[0, 0, 1], [1, 0, 0], [0, 1, 1]], dtype=float)
no_bias = np.zeros(1)

# %%
feature_map, _ = conv2d_forward(face[None, None], detector[None, None], no_bias)
by_loops = np.zeros((5, 6))
for i, j in np.ndindex(5, 6):
    for u, v in np.ndindex(3, 3):
        by_loops[i, j] += face[i + u, j + v] * detector[u, v]
claim("L5.1-map", feature_map[0, 0], by_loops)

# The first pixel now has the indices 1, 1.
from_one, ones = np.pad(face, ((1, 0), (1, 0))), (1, 2, 3)
first, second = (
    sum(from_one[i + m, i + n] * detector[m - 1, n - 1] for m in ones for n in ones)
    for i in (0, 1)
)
claim("L5.1-from-one", [first, second], feature_map[0, 0, [0, 1], [0, 1]])

# %%
arrays = {"image, 7 × 8": face, "detector, 3 × 3": detector}
arrays["feature map, 5 × 6"] = feature_map[0, 0]
fig, axes = figure.panels(1, 3, 2.5, width_ratios=(8, 3, 6))
for axis, (title, array) in zip(axes, arrays.items(), strict=True):
    figure.picture(axis, array, title, cmap="Blues", vmin=0, vmax=max(3.0, array.max()))
    for (row, column), value in np.ndenumerate(array):
        color = "white" if value > 2.5 else figure.INK
        figure.note(axis, column, row, f"{value:.0f}", color=color, fontsize=9)
figure.show(fig, "matches")

# %% [markdown]
# ### Is it a convolution?
#
# In signal processing a convolution runs through the kernel backwards: $\sum_u x_{i-u}\, w_u$. Networks do not turn the
# kernel. The name for what they do is *cross-correlation*. Since the weights are learned, a turned kernel would simply
# be learned turned, and nobody misses it.

# %%
predict("why-convolution")

# %%
rng = np.random.default_rng(0)
signal, kernel = rng.standard_normal(12), rng.standard_normal(3)
row, weight = signal[None, None, None], kernel[None, None, None]
correlation, _ = conv2d_forward(row, weight, no_bias)
turned, _ = conv2d_forward(row, weight[..., ::-1], no_bias)
true_convolution = np.convolve(signal, kernel, mode="valid")
claim("L5.1-flip", np.abs(turned[0, 0, 0] - true_convolution).max())
claim("L5.1-name", bool(np.abs(correlation[0, 0, 0] - true_convolution).max() > 1e-6))
colour, deep = rng.standard_normal((1, 3, 7, 6)), rng.standard_normal((1, 3, 3, 3))
by_channel = [
    conv2d_forward(colour[:, [c]], deep[:, [c]], no_bias)[0] for c in range(3)
]
at_once, _ = conv2d_forward(colour, deep, no_bias)
claim("L5.1-channels", np.abs(at_once - sum(by_channel)).max())

# %% [markdown]
# ## How large is the output?
#
# A window of $k$ pixels, spread by dilation $d$ to $d(k-1)+1$, has this many places on $i$ pixels with padding $p$ on
# both sides and stride $s$:
#
# $$ o = \left\lfloor \frac{i + 2p - d(k-1) - 1}{s} \right\rfloor + 1 $$
#
# Below, the window's first place (large dots) and its second one (small dots) for three settings. Padding (hatched)
# lets it start outside the picture, stride makes it jump, dilation makes it skip pixels.

# %%
settings = {"padding 1": (5, 1, 1, 1), "stride 2": (5, 0, 2, 1)}
settings["dilation 2"] = (7, 0, 1, 2)


def windows(axis, image_side, padding, stride, dilation):
    """Draw the pixels of an image, and the first two windows of a 3 by 3 kernel."""
    side, look = image_side + 2 * padding, {"fc": figure.PAPER, "ec": figure.GREY}
    for row, column in np.ndindex(side, side):
        inside = all(padding <= place < side - padding for place in (row, column))
        look["hatch"] = None if inside else "////"
        axis.add_patch(plt.Rectangle((column, row), 1, 1, linewidth=0.6, **look))
    v, u = dilation * np.mgrid[:3, :3].reshape(2, -1) + 0.5
    axis.plot(u, v, "o", color=figure.BLUE, markersize=9)
    axis.plot(u + stride, v, "o", color=figure.ORANGE, markersize=5)
    axis.set(xlim=(0, side), ylim=(side, 0), aspect="equal", xticks=[], yticks=[])
    axis.grid(visible=False)


# %%
fig, axes = figure.panels(1, 3, 2.6)
for axis, (title, setting) in zip(axes, settings.items(), strict=True):
    side, padding, stride, dilation = setting
    windows(axis, *setting)
    size = conv_output_size(side, 3, stride, padding, dilation)
    axis.set_title(f"{title}: {side} → {size}")
figure.show(fig, "first-windows")

# %%
grid, agree = [], 0
for size, k, s, p, d in product((7, 10), (1, 2, 3, 5), (1, 2, 3), (0, 1, 2), (1, 2)):
    if size + 2 * p < d * (k - 1) + 1:
        continue
    grid.append((size, k, s, p, d))
    x, weight = np.zeros((1, 1, size, size)), np.zeros((1, 1, k, k))
    options = {"stride": s, "padding": p, "dilation": d}
    y, _ = dilated_conv_forward(x, weight, no_bias, **options)
    # A window must end inside the padded image.
    counted = sum(start + d * (k - 1) < size + p for start in range(-p, size + p, s))
    agree += counted == conv_output_size(size, k, s, p, d) == y.shape[2] == y.shape[3]
claim("L5.3-size", agree, len(grid))

# %%
predict("output-shape")
claim("L5.3-worked", [conv_output_size(5, 3), conv_output_size(32, 5)])
claim("L5.3-params", conv2d_param_count(3, 6, 5))

# %% [markdown]
# ## A matrix in disguise
#
# Every output is a weighted sum of inputs, so a convolution *is* a linear layer, with a matrix in which almost all
# weights are zero and the others repeat along diagonals: a doubly block Toeplitz matrix. For a 3 by 3 image and a 2 by
# 2 kernel it has 4 rows and 9 columns.

# %%
one_to_four = np.array([[1.0, 2.0], [3.0, 4.0]])
matrix = conv_as_matrix(one_to_four[None, None], (1, 3, 3))
rows = ["120340000", "012034000", "000120340", "000012034"]
slide = np.array([[int(digit) for digit in row] for row in rows])
claim("L5.2-slide", bool(np.array_equal(matrix, slide)))
x = rng.standard_normal((1, 2, 7, 6))
weight = rng.standard_normal((3, 2, 3, 2))
y, _ = conv2d_forward(x, weight, np.zeros(3), stride=2, padding=1)
big = conv_as_matrix(weight, (2, 7, 6), stride=2, padding=1)
claim("L5.2-product", np.abs(big @ x.ravel() - y.ravel()).max())

# %%
fig, axes = figure.panels(1, 2, 2.6, width_ratios=(1, 1.3))
axes[0].imshow(matrix, cmap="Blues")
axes[0].set(title="3 × 3 image, 2 × 2 kernel", xlabel="pixel of the input")
axes[0].set(ylabel="pixel of the output")
wide = conv_as_matrix(rng.standard_normal((1, 1, 3, 3)), (1, 9, 9), padding=1)
limit = np.abs(wide).max()
axes[1].imshow(wide, cmap=figure.DIVERGING, vmin=-limit, vmax=limit)
axes[1].set(title=f"9 × 9 image, 3 × 3 kernel: {np.mean(wide != 0):.0%} not zero")
axes[1].set(xlabel="pixel of the input")
for axis in axes:
    axis.grid(visible=False)
figure.show(fig, "matrices")

# %% [markdown]
# Two things follow at once. The backward pass multiplies by the *transposed* matrix, which is the transposed
# convolution of lecture 6. And sharing weights is a restriction: a linear layer could learn this matrix, but from far
# more examples.
#
# ## When the picture moves
#
# Shift the image, and the feature map shifts with it. That is **equivariance**. One source says that convolutions
# settle *invariance* as well, which would mean that the output stays the same (remark C19). To make the statement
# exact, let the image wrap around at its borders.


# %%
def circular(x, weight, stride=1):
    """Convolve an image that wraps around."""
    wrap = (0, weight.shape[-1] - 1)
    padded = np.pad(x, ((0, 0), (0, 0), wrap, wrap), mode="wrap")
    y, _ = conv2d_forward(padded, weight, np.zeros(len(weight)))
    return y[:, :, ::stride, ::stride]


# %%
image = load("shapes", count=6, size=24, seed=3).images[:1].astype(np.float64)
filters = rng.standard_normal((4, 3, 3, 3))
gaps = {}
for stride, shift in product((1, 2), (1, 2)):
    moved_first = circular(np.roll(image, shift, axis=3), filters, stride)
    still = circular(image, filters, stride)
    # Whatever the shift of the map.
    moved_last = [np.roll(still, by, axis=3) for by in range(still.shape[3])]
    gaps[stride, shift] = min(np.abs(moved_first - moved).max() for moved in moved_last)
claim("L5.4-equivariant", [gaps[1, 1], gaps[1, 2], gaps[2, 2]])
claim("L5.4-stride", bool(gaps[2, 1] > 0.1))
maps = [circular(np.roll(image, shift, axis=(2, 3)), filters) for shift in (0, 5)]
pools = [[pool(y, axis=(2, 3)) for y in maps] for pool in (np.mean, np.max)]
claim("L5.4-invariant", [np.abs(one - other).max() for one, other in pools])

# %%
edge = np.array([[-1.0, 0.0, 1.0]] * 3)[None, None].repeat(3, axis=1)
kinds = {"image": image, "shifted by 6": np.roll(image, 6, axis=3)}
fig, axes = figure.panels(1, 4, 2.1)
for axis, (title, kind) in zip(axes, kinds.items(), strict=False):
    figure.picture(axis, kind[0].transpose(1, 2, 0), title)
titles, look = ("its map", "map of the shifted"), {"cmap": figure.DIVERGING}
for axis, title, kind in zip(axes[2:], titles, kinds.values(), strict=True):
    figure.picture(axis, circular(kind, edge)[0, 0], title, vmin=-4, vmax=4, **look)
figure.show(fig, "shifted")

# %% [markdown]
# ## Four ways to compute it
#
# The loops of the formula are right and slow. **im2col** copies every window into a row of a matrix, so that one matrix
# product does all the work; that is what libraries do. The **Fourier** theorem turns a convolution into an elementwise
# product of spectra, which pays for large kernels. **Winograd's** way saves multiplications in small ones: $F(2, 3)$
# makes two outputs of a filter of three with 4 multiplications instead of 6, and cuDNN uses it for 3 by 3 kernels.

# %%
x = rng.standard_normal((2, 8, 20, 18))
weight, bias = rng.standard_normal((8, 8, 3, 3)), rng.standard_normal(8)
naive = conv2d_naive(x, weight, bias)
methods = (conv2d_im2col, conv2d_fft, conv2d_winograd)
claim("L5.5-same", [np.abs(naive - f(x, weight, bias)).max() for f in methods])


# %%
def seconds(function, *arguments):
    """Return the least CPU time of three calls."""
    times = []
    for _ in range(3):
        start = time.process_time()
        function(*arguments)
        times.append(time.process_time() - start)
    return max(min(times), 1e-9)


big = [rng.standard_normal(shape) for shape in ((4, 16, 24, 24), (16, 16, 3, 3), 16)]
claim("L5.5-speed", seconds(conv2d_naive, *big) / seconds(conv2d_im2col, *big))

# %%
plane = rng.standard_normal((4, 4, 64, 64))
times = []
for size in (3, 31):
    kernels = rng.standard_normal((4, 4, size, size))
    inputs = (plane, kernels, np.zeros(4))
    times.append([seconds(method, *inputs) for method in (conv2d_im2col, conv2d_fft)])
claim("L5.5-fourier", [bool(fourier < 0.2 * im2col) for im2col, fourier in times])

# %% [markdown]
# Why, is a matter of counting. im2col needs a product for each weight at each place. Fourier takes each image, kernel
# and output through a transform, about $P \log_2 P$ products for $P$ real pixels, and multiplies half as many complex
# numbers as there are pixels, at four products each. The size of the kernel does not enter, and with many channels the
# transforms hardly count. But products are not all: each kernel of 9 weights becomes a spectrum as large as the image,
# to be kept and fetched.


# %%
def count(side, channels, pixels=64, batch=4):
    """Return the products of im2col and, about, of Fourier, for a square layer."""
    pairs, spectra = batch * channels**2, 2 * batch * channels + channels**2
    by_patches = pairs * side**2 * (pixels - side + 1) ** 2
    return by_patches, spectra * pixels**2 * np.log2(pixels**2) + pairs * 2 * pixels**2


sides = range(3, 32, 2)
by_patches, by_spectra = np.transpose([count(side, channels=4) for side in sides])

# %%
fig, axis = figure.panels(height=2.7)
axis.semilogy(sides, by_patches / 1e6, "o-", label="im2col")
axis.semilogy(sides, by_spectra / 1e6, "s--", label="Fourier, about")
axis.set(xlabel="side of the kernel in pixels", ylabel="millions of products")
axis.set(title="64 × 64 pixels, 4 → 4 channels, batch 4", yticks=(2, 5, 10, 20, 50))
axis.set(yticklabels=(2, 5, 10, 20, 50))
axis.minorticks_off()
axis.legend()
figure.show(fig, "products")
fewer = [[n for n in sides if count(n, c)[1] < count(n, c)[0]] for c in (4, 64)]
claim("L5.5-crossing", [min(found) for found in fewer])

# %%
# Winograd transforms both sides by adding and halving; what lies between is counted.
four, three = rng.standard_normal(4), rng.standard_normal(3)
products = (WINOGRAD_INPUT @ four) * (WINOGRAD_KERNEL @ three)
tile, square = rng.standard_normal((4, 4)), rng.standard_normal((3, 3))
kernel_side = WINOGRAD_KERNEL @ square @ WINOGRAD_KERNEL.T
square_products = (WINOGRAD_INPUT @ tile @ WINOGRAD_INPUT.T) * kernel_side
direct, _ = conv2d_forward(tile[None, None], square[None, None], no_bias)
claim("L5.5-winograd", [products.size, square_products.size])
gap = WINOGRAD_OUTPUT @ products - np.correlate(four, three)
square_gap = WINOGRAD_OUTPUT @ square_products @ WINOGRAD_OUTPUT.T - direct[0, 0]
claim("L5.5-winograd-same", [np.abs(gap).max(), np.abs(square_gap).max()])

# %% [markdown]
# ## Filters that a network finds
#
# So far we chose the weights. Now a network of two convolutions looks at coloured shapes and chooses its own. The first
# layer has 16 filters of 5 by 5 over red, green and blue, so each filter is itself a small colour picture.

# %%
images, labels, split = load("shapes", count=1500, size=16, shift=0.2, cue=0.0, seed=1)
mean, std = images[split.train].mean(axis=(0, 2, 3)), images[split.train].std()
images = (images.astype(float) - mean[:, None, None]) / std
ADAM = {"batch": 32, "rate": 3e-3, "optimizer": "adam"}


def learned(seed, epochs=20):
    """Train a network; return it and its accuracy on the test images."""
    rng, pattern = np.random.default_rng(seed), "CONV-RELU-POOL-CONV-RELU-GAP-SOFTMAX"
    options = {"channels": 16, "kernel": 5, "dtype": float}
    network = build(pattern, (3, 16, 16), 6, rng, **options)
    # Start near zero, so that what we see is what was learned.
    network.layers[0].params["weight"] *= 0.1
    parts = images[split.train], labels[split.train]
    train(network, *parts, rng=rng, epochs=epochs, **ADAM)
    return network, evaluate(network, images[split.test], labels[split.test])[1]


# %%
networks, right = zip(*[learned(seed) for seed in range(3)], strict=True)
claim("L5.6-accuracy", right)
predict("first-filters")

# %%
fig, axes = figure.panels(2, 8, 2.0)
for axis, weight in zip(
    axes.ravel(), networks[0].layers[0].params["weight"], strict=True
):
    colours = 0.5 + 0.5 * weight.transpose(1, 2, 0) / np.abs(weight).max()
    figure.picture(axis, colours)
title = "first layer, 16 filters of 5 × 5, as colours; grey is 0"
fig.suptitle(title, x=0.01, ha="left", fontsize=10)
figure.show(fig, "filters")

# %% [markdown]
# ## What is lost when neighbours are lost
#
# Shuffle the pixels of all digits in one and the same way, and learn from 200 of them.

# %%
predict("shuffled-digits")
images, labels, split = load("digits")
few = split.train[:200]
pixels = (images - images[few].mean(axis=0)).astype(float) / images[few].std()
order = np.random.default_rng(0).permutation(64)
shuffled = pixels.reshape(-1, 64)[:, order].reshape(pixels.shape)
fig, axes = figure.panels(2, 8, 2.0)
shown = images.reshape(-1, 64)[:8]
for row, (name, kind) in enumerate((("digits", shown), ("shuffled", shown[:, order]))):
    for axis, image in zip(axes[row], kind, strict=True):
        figure.picture(axis, image.reshape(8, 8), cmap="Blues")
    axes[row, 0].set_ylabel(name)
figure.show(fig, "shuffled")


# %%
def linear_scores(x):
    """Return the logits for all images, after 200 steps of gradient descent."""
    flat, onehot = x.reshape(len(x), 64), np.eye(10)[labels[few]]
    weight = np.zeros((64, 10))
    for _ in range(200):
        weight -= 0.1 * flat[few].T @ (softmax(flat[few] @ weight) - onehot) / len(few)
    return flat @ weight


# %%
claim("L5.7-linear", np.abs(linear_scores(pixels) - linear_scores(shuffled)).max())


def errors(x, seed):
    """Train a convolutional network on 200 images; return its test error."""
    rng = np.random.default_rng(seed)
    network = build("[CONV-RELU-POOL]*2-SOFTMAX", (1, 8, 8), 10, rng, dtype=float)
    train(network, x[few], labels[few], rng=rng, epochs=30, **ADAM)
    return 1 - evaluate(network, x[split.test], labels[split.test])[1]


wrong = [[errors(x, seed) for seed in range(3)] for x in (pixels, shuffled)]
claim("L5.7-convolution", np.mean(wrong[1]) / np.mean(wrong[0]))

# %% [markdown]
# ## What to remember
#
# - A convolution is a sum of products in a sliding window; its weights do not grow with the picture.
# - Output size: $\lfloor (i + 2p - d(k-1) - 1)/s \rfloor + 1$. Numbers to learn: $k^2 C_{in} C_{out} + C_{out}$.
# - It is a linear layer with a sparse, repeating matrix, and networks do not turn the kernel.
# - Equivariant, not invariant; and with stride, only to shifts by multiples of the stride.
# - It believes that neighbours belong together. Where that is true, it needs fewer examples.
#
# ## Exercises that follow
#
# Assignment 4, *Convolution*: `conv_output_size`, `conv2d_param_count`, `pad2d`, `conv2d_forward`, `conv2d_backward`,
# `im2col`, `col2im`, `conv2d_im2col` and a race against your own loops, `conv_as_matrix`.
#
# ## Further reading
#
# - Dumoulin and Visin, *A guide to convolution arithmetic for deep learning* (2016).
# - LeCun, Bottou, Bengio and Haffner, *Gradient-based learning applied to document recognition* (1998).
# - Chellapilla, Puri and Simard, *High performance convolutional neural networks for document processing* (2006).
# - Lavin and Gray, *Fast algorithms for convolutional neural networks* (2016); Zhang, *Making convolutional networks
#   shift-invariant again* (2019).
