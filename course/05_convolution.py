# %% [markdown]
# # 5 · Convolution
#
# **What you will see.** One small window of weights slides over the whole image. This single idea saves almost all
# weights, respects which pixels are neighbours, and detects a pattern wherever it appears. You will see what a
# convolution computes, entry by entry; how large its output is and what it costs; that it is a matrix product in
# disguise; what it does when the picture moves, turns or grows; four ways to compute it; filters that a network has
# found by itself; and what it loses when pixels lose their neighbours.
#
# **What you need.** The linear layer of lecture 4, and a little patience with indices.
#
# **How to read it.** A *prediction* asks you first: decide before you open the answer. A *claim* compares a sentence
# from a slide or a paper with what was measured here, and gives a verdict. Lecture 0 explains both.

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
# ## The idea
#
# Why not use a linear layer for images? From an image to a map of the same size it joins every pixel to every pixel. For
# a colour photograph of 224 by 224 pixels and 64 maps that is $(224 \cdot 224 \cdot 3)(224 \cdot 224 \cdot 64)$
# weights. A convolution with 3 by 3 kernels needs $3 \cdot 3 \cdot 3 \cdot 64 + 64$ numbers, whatever the size of the
# picture. And the linear layer does not know which pixels are neighbours: shuffle the pixels of all images in the same
# way, and it learns just as well. We try that at the end.

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
# ## The component at work
#
# For each place $(i, j)$ and each filter $f$, multiply the window under the filter with the filter's weights, entry by
# entry, over all channels, and add everything up:
#
# $$ y_{n,f,i,j} = b_f + \sum_{c,u,v} x_{n,\,c,\,i s + u,\,j s + v}\; w_{f,c,u,v}, \qquad u, v = 0, 1, \dots, k-1 $$
#
# with stride $s$; with padding, $x$ has its border of zeros already. Images are (N, C, H, W) and weights (F, C, kH, kW)
# throughout the course, and all indices start at 0. One source counts $u$ and $v$ from 1 and does not say where $i$
# starts; if $i$ starts at 1 too, its sums begin one window too late (remark C18).
#
# The classic first example is a small face made of ones, and a detector that counts how many of the face's ones lie
# under its own.

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
def numbers(axis, array, title, limit=3.0):
    """Show a small array as a picture with its numbers."""
    figure.picture(axis, array, title, cmap="Blues", vmin=0, vmax=limit)
    for (row, column), value in np.ndenumerate(array):
        color = "white" if value > 0.8 * limit else figure.INK
        figure.note(axis, column, row, f"{value:.0f}", color=color, fontsize=9)


arrays = {"image": face, "detector": detector, "feature map": feature_map[0, 0]}
fig, axes = figure.panels(1, 3, 1.9, width=figure.NARROW, width_ratios=(8, 3, 6))
for axis, (title, array) in zip(axes, arrays.items(), strict=True):
    numbers(axis, array, title)
figure.show(fig, "matches", drawing=True)

# %% [markdown]
# A colour image has three channels, and then the kernel has three as well: 3 × 3 × 3 numbers. Each channel meets its
# own 3 by 3 slice, and the three maps are added up to one. A second filter, with 27 numbers of its own, would give a
# second map.

# %%
rng = np.random.default_rng(1)
colour, kernel = rng.integers(0, 3, (3, 5, 5)), rng.integers(0, 2, (3, 3, 3))
maps = [
    conv2d_forward(
        *(part[None, [c]].astype(float) for part in (colour, kernel)), no_bias
    )
    for c in range(3)
]
maps = [y[0, 0] for y, _ in maps]
fig, axes = figure.panels(3, 4, 3.6, width=figure.NARROW, height_ratios=(5, 3, 3))
for c, name in enumerate(("red", "green", "blue")):
    numbers(axes[0, c], colour[c], name, 8)
    numbers(axes[1, c], kernel[c], "", 8)
    numbers(axes[2, c], maps[c], "", 24)
for axis, name in zip(axes[:, 0], ("channel", "kernel", "map"), strict=True):
    axis.set_ylabel(name)
for axis in axes[:2, 3]:
    axis.axis("off")
numbers(axes[2, 3], sum(maps), "their sum", 24)
figure.show(fig, "three-channels", drawing=True)

# %% [markdown]
# ## 1 · Is it a convolution?
#
# In signal processing a convolution runs through the kernel backwards: $\sum_u x_{i-u}\, w_u$. Networks do not turn the
# kernel. What they compute is called *cross-correlation*. Since the weights are learned, a network that turned its
# kernels would simply learn them the other way round, so nothing is lost.

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
claim("L5.1-name", np.abs(correlation[0, 0, 0] - true_convolution).max())
colour, deep = rng.standard_normal((1, 3, 7, 6)), rng.standard_normal((1, 3, 3, 3))
by_channel = [
    conv2d_forward(colour[:, [c]], deep[:, [c]], no_bias)[0] for c in range(3)
]
at_once, _ = conv2d_forward(colour, deep, no_bias)
claim("L5.1-channels", np.abs(at_once - sum(by_channel)).max())

# %% [markdown]
# ## 2 · How large is the output?
#
# A window of $k$ pixels, spread by dilation $d$ to $d(k-1)+1$, has this many places on $i$ pixels with padding $p$ on
# both sides and stride $s$:
#
# $$ o = \left\lfloor \frac{i + 2p - d(k-1) - 1}{s} \right\rfloor + 1 $$
#
# The figure shows the window's first place (large dots) and its second one (small dots) for three settings. Padding
# (hatched) lets the window start outside the picture, stride makes it jump, and dilation makes it skip pixels.

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
fig, axes = figure.panels(1, 3, 1.9, width=figure.NARROW)
for axis, (title, setting) in zip(axes, settings.items(), strict=True):
    side, padding, stride, dilation = setting
    windows(axis, *setting)
    size = conv_output_size(side, 3, stride, padding, dilation)
    axis.set_title(f"{title}\n{side} → {size} pixels", fontsize=9)
figure.show(fig, "first-windows", drawing=True)

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
# ## 3 · A matrix in disguise
#
# Every output is a weighted sum of inputs, so a convolution *is* a linear layer, with a matrix in which almost all
# weights are zero and the others repeat along diagonals: a doubly block Toeplitz matrix. For a 3 by 3 image and a 2 by
# 2 kernel it has 4 rows and 9 columns.

# %%
one_to_four = np.array([[1.0, 2.0], [3.0, 4.0]])
matrix = conv_as_matrix(one_to_four[None, None], (1, 3, 3))
rows = ["120340000", "012034000", "000120340", "000012034"]
slide = np.array([[int(digit) for digit in row] for row in rows])
claim("L5.2-slide", np.abs(matrix - slide).max())
x = rng.standard_normal((1, 2, 7, 6))
weight = rng.standard_normal((3, 2, 3, 2))
y, _ = conv2d_forward(x, weight, np.zeros(3), stride=2, padding=1)
big = conv_as_matrix(weight, (2, 7, 6), stride=2, padding=1)
claim("L5.2-product", np.abs(big @ x.ravel() - y.ravel()).max())

# %%
fig, axes = figure.panels(2, 1, 5.4, width=figure.NARROW, height_ratios=(1, 2))
axes[0].imshow(matrix, cmap="Blues")
axes[0].set(title="3 × 3 image, 2 × 2 kernel", yticks=range(4))
wide = conv_as_matrix(rng.standard_normal((1, 1, 3, 3)), (1, 9, 9), padding=1)
limit = np.abs(wide).max()
axes[1].imshow(wide, cmap=figure.DIVERGING, vmin=-limit, vmax=limit)
axes[1].set(title=f"9 × 9 image, 3 × 3 kernel: {np.mean(wide != 0):.0%} not zero")
for axis in axes:
    axis.set(xlabel="pixel of the input", ylabel="pixel of the output")
    axis.grid(visible=False)
figure.show(fig, "matrices")

# %% [markdown]
# Two things follow at once. The backward pass multiplies by the *transposed* matrix, which is the transposed
# convolution of lecture 6. And sharing weights is a restriction: a linear layer could learn this matrix, but it would
# need far more examples.
#
# ## 4 · When the picture moves, turns or grows
#
# Shift the image, and the feature map shifts with it. This is called **equivariance**. One source says that
# convolutions give *invariance* as well, which would mean that the output stays the same (remark C19). To make the
# statement exact, let the image wrap around at its borders.


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
claim("L5.4-stride", gaps[2, 1])
maps = [circular(np.roll(image, shift, axis=(2, 3)), filters) for shift in (0, 5)]
pools = [[pool(y, axis=(2, 3)) for y in maps] for pool in (np.mean, np.max)]
claim("L5.4-invariant", [np.abs(one - other).max() for one, other in pools])

# %% [markdown]
# Are convolutions equivariant to other changes of the image? Turn it by a quarter, or enlarge it to twice its size. If
# they were, the new map would be the old one, turned or enlarged. For the quarter turn there is a way out: turn the
# kernel as well.

# %%
turned_image = np.rot90(image, axes=(2, 3))
grown = image.repeat(2, 2).repeat(2, 3)
still = circular(image, filters)


def apart(new, old):
    """Return how far apart two maps are at the best shift, by the size of the old."""
    shifts = product(range(-3, 4), repeat=2)
    moved = (np.roll(new, shift, axis=(2, 3)) for shift in shifts)
    return min(np.linalg.norm(one - old) for one in moved) / np.linalg.norm(old)


turned, enlarged = np.rot90(still, axes=(2, 3)), still.repeat(2, 2).repeat(2, 3)
gaps = [apart(circular(turned_image, filters), turned)]
gaps += [apart(circular(grown, filters), enlarged)]
claim("L5.4-turned", gaps)
turned_filters = np.rot90(filters, axes=(2, 3))
claim("L5.4-turned-kernel", apart(circular(turned_image, turned_filters), turned))

# %%
edge = np.array([[-1.0, 0.0, 1.0]] * 3)[None, None].repeat(3, axis=1)
kinds = {"image": image, "shifted by 6": np.roll(image, 6, axis=3)}
fig, axes = figure.panels(2, 2, 4.2, width=figure.NARROW)
for axis, (title, kind) in zip(axes[0], kinds.items(), strict=True):
    figure.picture(axis, kind[0].transpose(1, 2, 0), title)
titles, look = ("its map", "map of the shifted"), {"cmap": figure.DIVERGING}
for axis, title, kind in zip(axes[1], titles, kinds.values(), strict=True):
    figure.picture(axis, circular(kind, edge)[0, 0], title, vmin=-4, vmax=4, **look)
figure.show(fig, "shifted")

# %% [markdown]
# ## 5 · Four ways to compute it
#
# The loops of the formula are right and slow. **im2col** copies every window into a row of a matrix, so that one matrix
# product does all the work. A slide calls it the default of the frameworks, and so it was in Caffe (2014). Today's
# libraries choose for each layer: cuDNN forms the rows of that matrix only when they are needed (*implicit* matrix
# product), others loop directly over blocks, and the next two ways are offered as well. The **Fourier** theorem turns a
# convolution into a product of spectra, entry by entry, which pays for large kernels. **Winograd's** algorithm saves
# multiplications for small ones: $F(2, 3)$ computes two outputs of a filter of three with 4 multiplications instead
# of 6, and cuDNN uses it for 3 by 3 kernels.

# %%
small, weights = np.arange(16.0).reshape(4, 4), np.arange(9.0).reshape(3, 3) % 4
patches = np.array(
    [small[i : i + 3, j : j + 3].ravel() for i, j in np.ndindex(2, 2)]
)  # (4, 9): one window a row
fig, axes = figure.panels(1, 4, 2.1, width=figure.NARROW, width_ratios=(4, 9, 2.6, 2.4))
numbers(axes[0], small, "image", 60)
axes[0].add_patch(
    plt.Rectangle((-0.5, -0.5), 3, 3, fill=False, edgecolor=figure.ORANGE, lw=2)
)
numbers(axes[1], patches, "its windows as rows", 60)
axes[1].add_patch(
    plt.Rectangle((-0.5, -0.5), 9, 1, fill=False, edgecolor=figure.ORANGE, lw=2)
)
numbers(axes[2], weights.reshape(9, 1), "× weights", 60)
numbers(axes[3], (patches @ weights.ravel()).reshape(2, 2), "= map", 300)
figure.show(fig, "windows-as-rows", drawing=True)

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
small_gain, large_gain = (im2col / fourier for im2col, fourier in times)
claim("L5.5-fourier-large", large_gain)
claim("L5.5-fourier-small", small_gain)

# %% [markdown]
# Counting operations shows why. im2col needs a product for each weight at each place. Fourier takes each image, kernel
# and output through a transform, about $P \log_2 P$ products for $P$ real pixels, and multiplies half as many complex
# numbers as there are pixels, at four products each. The size of the kernel does not enter, and with many channels the
# transforms hardly count. But products are not the only cost: each kernel of 9 weights becomes a spectrum as large as
# the image, which must be stored and fetched.


# %%
def count(side, channels, pixels=64, batch=4):
    """Return the products of im2col and, about, of Fourier, for a square layer."""
    pairs, spectra = batch * channels**2, 2 * batch * channels + channels**2
    by_patches = pairs * side**2 * (pixels - side + 1) ** 2
    return by_patches, spectra * pixels**2 * np.log2(pixels**2) + pairs * 2 * pixels**2


sides = range(3, 32, 2)
by_patches, by_spectra = np.transpose([count(side, channels=4) for side in sides])

# %%
fig, axis = figure.panels(height=2.9, width=figure.NARROW)
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
# ## 6 · Filters that a network finds
#
# So far we chose the weights ourselves. Now a network of two convolutions looks at coloured shapes and chooses its own.
# Kernels in networks are small and odd, from 3 to 11 pixels wide: odd because such a window has a middle, small because
# several of them, stacked with a ReLU after each, see as much as a large one and cost less (lecture 6). Convolution and
# ReLU, repeated, are the basic block. Here the first layer has 16 filters of 5 by 5 over red, green and blue, so each
# filter is itself a small colour picture. The network is trained by Adam, an optimizer of lecture 7; pooling and the
# global average at its end belong to lecture 6.

# %%
images, labels, split = load("shapes", count=1500, size=16, shift=0.2, cue=0.0, seed=1)
mean, std = images[split.train].mean(axis=(0, 2, 3)), images[split.train].std()
images = (images - mean[:, None, None]) / std
ADAM = {"batch": 32, "rate": 3e-3, "optimizer": "adam"}


def learned(seed, epochs=20):
    """Train a network; return it and its accuracy on the test images."""
    rng, pattern = np.random.default_rng(seed), "CONV-RELU-POOL-CONV-RELU-GAP-SOFTMAX"
    options = {"channels": 16, "kernel": 5}
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
weights = networks[0].layers[0].params["weight"]
weights = weights[np.argsort(-np.abs(weights).max(axis=(1, 2, 3)))[:8]]
limit = np.abs(weights).max()
fig, axes = figure.panels(4, 4, 4.7, width=figure.NARROW)
for axis, weight in zip(axes[::2].ravel(), weights, strict=True):
    bound = limit / 1.5  # a mean of three channels is smaller than one of them
    figure.picture(axis, weight.mean(axis=0), cmap="gray", vmin=-bound, vmax=bound)
for axis, weight in zip(axes[1::2].ravel(), weights, strict=True):
    figure.picture(axis, 0.5 + 0.5 * weight.transpose(1, 2, 0) / limit)
for axis, words in zip(axes[:, 0], ("brightness", "colour") * 2, strict=True):
    axis.set(ylabel=words)
figure.show(fig, "filters")


# %%
def smoothness(weight):
    """Return the correlation between each weight and its right neighbour."""
    return np.corrcoef(weight[..., :-1].ravel(), weight[..., 1:].ravel())[0, 1]


first_layers = [net.layers[0].params["weight"] for net in networks]
untrained = np.random.default_rng(9).normal(size=first_layers[0].shape)
claim("L5.6-smooth", [smoothness(weight) for weight in (*first_layers, untrained)])

# %% [markdown]
# ## 7 · What is lost when neighbours are lost
#
# Shuffle the pixels of all digits in one and the same way, and let two networks learn from 200 of them.

# %%
predict("shuffled-digits")
images, labels, split = load("digits")
few = split.train[:200]
pixels = (images - images[few].mean(axis=0)).astype(float) / images[few].std()
order = np.random.default_rng(0).permutation(64)
shuffled = pixels.reshape(-1, 64)[:, order].reshape(pixels.shape)
fig, axes = figure.panels(2, 8, 1.4, width=figure.NARROW)
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
# 1. A convolution is a sum of products in a sliding window. Its weights do not grow with the picture.
# 2. Output size: $\lfloor (i + 2p - d(k-1) - 1)/s \rfloor + 1$. Numbers to learn: $k^2 C_{in} C_{out} + C_{out}$.
# 3. It is a linear layer with a sparse matrix whose entries repeat, and networks do not turn the kernel.
# 4. It is equivariant to shifts, not invariant; with a stride, only to shifts by multiples of the stride. It is not
#    equivariant to turns and enlargements.
# 5. It assumes that neighbouring pixels belong together. Where that is true, it needs fewer examples.
#
# ## Exercises that follow
#
# Assignment 4, *Convolution*: `conv_output_size`, `conv2d_param_count`, `pad2d`, `conv2d_forward`, `conv2d_backward`,
# `im2col`, `col2im`, `conv2d_im2col` and a race against your own loops, `conv_as_matrix`.
#
# ## Further reading
#
# - V. Dumoulin, F. Visin. *A guide to convolution arithmetic for deep learning.* 2016. arXiv:1603.07285
# - Y. LeCun, L. Bottou, Y. Bengio, P. Haffner. *Gradient-based learning applied to document recognition.* 1998.
# - K. Chellapilla, S. Puri, P. Simard. *High performance convolutional neural networks for document processing.* 2006.
# - S. Chetlur and others. *cuDNN: efficient primitives for deep learning.* 2014. arXiv:1410.0759
# - A. Lavin, S. Gray. *Fast algorithms for convolutional neural networks.* CVPR 2016. arXiv:1509.09308
# - R. Zhang. *Making convolutional networks shift-invariant again.* ICML 2019. arXiv:1904.11486
# - T. Cohen, M. Welling. *Group equivariant convolutional networks.* ICML 2016. arXiv:1602.07576
# - To play with: A. Karpathy's demo ConvNetJS trains a convolutional network on CIFAR-10 in the browser and draws its
#   filters and maps while it learns; the notes of Stanford's course CS231n animate a convolution step by step.
#
# ## What comes next
#
# A window of three pixels sees little. Lecture 6 widens the view: by pooling, by dilation and by depth. The optimizers,
# initial weights, normalization, dropout and residual connections that deep networks need follow in lectures 7 to 11.
