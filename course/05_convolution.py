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

import matplotlib.pyplot as plt
import numpy as np

from classroom import claim, figure, predict
from classroom.claim import at_least, at_most
from classroom.data import load
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

figure.style()

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
print(f"linear layer: {linear_weights:,} weights\nconvolution:  {conv_numbers:,} numbers")

claim(
    "L5.0-count",
    conv_numbers,
    3 * 3 * 3 * 64 + 64,
    source="S2-1, S2-4",
    statement="A layer has k·k·C_in·C_out weights and C_out biases, at any resolution.",
)

# %%
predict(
    "A layer has 3 input channels, 6 filters of 5 by 5 and a bias for each. How many numbers does it learn?",
    answer=456,
    because="5·5·3 weights and one bias for each of the 6 filters: 6·76. The size of the image does not enter.",
    mine=None,
)

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

feature_map, _ = conv2d_forward(face[None, None], detector[None, None], no_bias)
by_loops = np.array(
    [[sum(face[i + u, j + v] * detector[u, v] for u in range(3) for v in range(3)) for j in range(6)] for i in range(5)]
)
claim(
    "L5.1-map",
    feature_map[0, 0],
    by_loops,
    source="S3-3",
    statement="Each entry of the feature map is the sum of products of one window with the detector.",
)
from_one = np.pad(face, ((1, 0), (1, 0)))  # so that its first pixel has the indices 1, 1
ones = (1, 2, 3)
claim(
    "L5.1-from-one",
    [sum(from_one[i + m, i + n] * detector[m - 1, n - 1] for m in ones for n in ones) for i in (0, 1)],
    [feature_map[0, 0, 0, 0], feature_map[0, 0, 1, 1]],
    source="S2-3 (C18)",
    statement="With indices from 1, Y(i, j) = Σ X(i + m, j + n) K(m, n) is the sum for window i, j.",
    verdict="holds only if i and j start at 0: with i = j = 1 it gives the second window's sum, not the first's",
)

# %%
fig, axes = plt.subplots(1, 3, figsize=(figure.WIDTH, 2.5), width_ratios=(8, 3, 6))
titles = ("image, 7 × 8", "detector, 3 × 3", "feature map, 5 × 6")
for axis, array, title in zip(axes, (face, detector, feature_map[0, 0]), titles, strict=True):
    axis.imshow(array, cmap="Blues", vmin=0, vmax=max(3.0, array.max()))
    for (row, column), value in np.ndenumerate(array):
        axis.text(column, row, f"{value:.0f}", ha="center", va="center", color="white" if value > 2.5 else figure.INK)
    axis.set(title=title, xticks=[], yticks=[])
    axis.grid(visible=False)
figure.show(fig, alt="A 7 by 8 image of zeros and ones, the 3 by 3 detector, and the 5 by 6 map of match counts.")

# %% [markdown]
# ### Is it a convolution?
#
# In signal processing a convolution runs through the kernel backwards: $\sum_u x_{i-u}\, w_u$. Networks do not turn the
# kernel. The name for what they do is *cross-correlation*. Since the weights are learned, a turned kernel would simply
# be learned turned, and nobody misses it.

# %%
predict(
    "Why do networks call a cross-correlation a convolution?",
    [
        "the two are the same operation",
        "they differ by a turned kernel, which learning makes irrelevant",
        "because frameworks turn the kernel in the backward pass",
    ],
    answer="b",
    because="With kernel w turned in both axes, one gives exactly the other. Only fixed kernels notice the difference.",
    mine=None,
)

# %%
rng = np.random.default_rng(0)
signal, kernel = rng.standard_normal(12), rng.standard_normal(3)
correlation, _ = conv2d_forward(signal[None, None, None], kernel[None, None, None], no_bias)
turned, _ = conv2d_forward(signal[None, None, None], kernel[None, None, None, ::-1], no_bias)
true_convolution = np.convolve(signal, kernel, mode="valid")

claim(
    "L5.1-flip",
    np.abs(turned[0, 0, 0] - true_convolution).max(),
    at_most(1e-14),
    source="S3-3",
    statement="The layer with a turned kernel is the convolution of signal processing.",
)
claim(
    "L5.1-name",
    bool(np.abs(correlation[0, 0, 0] - true_convolution).max() > 1e-6),
    True,
    source="S3-3, S2-3 (C18)",
    statement="The layer of a network is a convolution.",
    verdict="does not hold: it is a cross-correlation, a convolution with the kernel turned",
)
colour, deep = rng.standard_normal((1, 3, 7, 6)), rng.standard_normal((1, 3, 3, 3))
by_channel = [conv2d_forward(colour[:, [c]], deep[:, [c]], no_bias)[0] for c in range(3)]
claim(
    "L5.1-channels",
    np.abs(conv2d_forward(colour, deep, no_bias)[0] - sum(by_channel)).max(),
    at_most(1e-13),
    source="S2-3, S3-5",
    statement="A 3 by 3 kernel on three channels is three kernels, whose maps are added up to one.",
)

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
fig, axes = plt.subplots(1, 3, figsize=(figure.WIDTH, 2.6))
settings = (("padding 1", 5, 1, 1, 1), ("stride 2", 5, 0, 2, 1), ("dilation 2", 7, 0, 1, 2))
for axis, (title, image_side, padding, stride, dilation) in zip(axes, settings, strict=True):
    side = image_side + 2 * padding
    for row in range(side):
        for column in range(side):
            border = not (padding <= row < side - padding and padding <= column < side - padding)
            look = {"facecolor": figure.PAPER, "hatch": "////" if border else None, "edgecolor": figure.GREY}
            axis.add_patch(plt.Rectangle((column, row), 1, 1, linewidth=0.6, **look))
    for start, color in ((0, figure.BLUE), (stride, figure.ORANGE)):
        for u, v in np.ndindex(3, 3):
            place = (start + v * dilation + 0.5, u * dilation + 0.5)
            axis.plot(*place, "o", color=color, markersize=9 if color == figure.BLUE else 5)
    size = conv_output_size(image_side, 3, stride, padding, dilation)
    axis.set(
        title=f"{title}: {image_side} → {size}", xlim=(0, side), ylim=(side, 0), aspect="equal", xticks=[], yticks=[]
    )
    axis.grid(visible=False)
figure.show(
    fig,
    alt="The first window (large blue dots) and the second (small orange dots) of a 3 by 3 kernel with padding, "
    "stride, dilation.",
)

# %%
grid = [
    (size, kernel, stride, padding, dilation)
    for size in (7, 10)
    for kernel in (1, 2, 3, 5)
    for stride in (1, 2, 3)
    for padding in (0, 1, 2)
    for dilation in (1, 2)
    if size + 2 * padding >= dilation * (kernel - 1) + 1
]
agree = 0
for size, kernel, stride, padding, dilation in grid:
    y, _ = dilated_conv_forward(
        np.zeros((1, 1, size, size)),
        np.zeros((1, 1, kernel, kernel)),
        no_bias,
        stride=stride,
        padding=padding,
        dilation=dilation,
    )
    starts = range(-padding, size + padding, stride)  # the window must end inside the padded image
    counted = sum(start + dilation * (kernel - 1) < size + padding for start in starts)
    agree += counted == conv_output_size(size, kernel, stride, padding, dilation) == y.shape[2] == y.shape[3]
claim(
    "L5.3-size",
    agree,
    len(grid),
    source="S2-6, S3-6; Dumoulin & Visin 2016",
    statement="The formula counts the places of the window, and so gives the output's size, for 141 settings.",
)

# %%
predict(
    "Six filters of 5 by 5, no padding, on a colour image of 32 by 32. What comes out?",
    ["28 × 28 × 6", "28 × 2 × 6", "32 × 32 × 6", "28 × 28 × 3"],
    answer="a",
    because="32 − 5 + 1 = 28 in both directions, and one map a filter. A source prints 28x2x6, a slip (remark C10).",
    mine=None,
)
claim(
    "L5.3-worked",
    [conv_output_size(5, 3), conv_output_size(32, 5)],
    [3, 28],
    source="S3-6, S1-2",
    statement="5 pixels under 3 give 3; 32 pixels under 5 give 28.",
)
claim(
    "L5.3-params",
    conv2d_param_count(3, 6, 5),
    456,
    source="S1-2, S2-4",
    statement="Six 5 by 5 filters on three channels have 456 numbers.",
)

# %% [markdown]
# ## A matrix in disguise
#
# Every output is a weighted sum of inputs, so a convolution *is* a linear layer, with a matrix in which almost all
# weights are zero and the others repeat along diagonals: a doubly block Toeplitz matrix. For a 3 by 3 image and a 2 by
# 2 kernel it has 4 rows and 9 columns.

# %%
one_to_four = np.array([[1.0, 2.0], [3.0, 4.0]])
matrix = conv_as_matrix(one_to_four[None, None], (1, 3, 3))
slide = np.array(
    [
        [1, 2, 0, 3, 4, 0, 0, 0, 0],
        [0, 1, 2, 0, 3, 4, 0, 0, 0],
        [0, 0, 0, 1, 2, 0, 3, 4, 0],
        [0, 0, 0, 0, 1, 2, 0, 3, 4],
    ]
)
claim(
    "L5.2-slide",
    bool(np.array_equal(matrix, slide)),
    True,
    source="S2-5",
    statement="The matrix of a 2 by 2 kernel on a 3 by 3 image is the 4 by 9 matrix of the slide.",
)
x = rng.standard_normal((1, 2, 7, 6))
weight = rng.standard_normal((3, 2, 3, 2))
y, _ = conv2d_forward(x, weight, np.zeros(3), stride=2, padding=1)
big = conv_as_matrix(weight, (2, 7, 6), stride=2, padding=1)

# %%
claim(
    "L5.2-product",
    np.abs(big @ x.ravel() - y.ravel()).max(),
    at_most(1e-13),
    source="S2-5",
    statement="The matrix times the flattened image is the convolution, with channels, stride and padding too.",
)

# %%
fig, axes = plt.subplots(1, 2, figsize=(figure.WIDTH, 2.6), width_ratios=(1, 1.3))
axes[0].imshow(matrix, cmap="Blues")
axes[0].set(title="3 × 3 image, 2 × 2 kernel", xlabel="pixel of the input", ylabel="pixel of the output")
wide = conv_as_matrix(rng.standard_normal((1, 1, 3, 3)), (1, 9, 9), padding=1)
limit = np.abs(wide).max()
axes[1].imshow(wide, cmap=figure.DIVERGING, vmin=-limit, vmax=limit)
axes[1].set(title=f"9 × 9 image, 3 × 3 kernel: {np.mean(wide != 0):.0%} not zero", xlabel="pixel of the input")
for axis in axes:
    axis.grid(visible=False)
figure.show(fig, alt="Two matrices of convolutions: diagonals of repeated weights on a background of zeros.")

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
    wrap = weight.shape[-1] - 1
    y, _ = conv2d_forward(np.pad(x, ((0, 0), (0, 0), (0, wrap), (0, wrap)), mode="wrap"), weight, np.zeros(len(weight)))
    return y[:, :, ::stride, ::stride]


image = load("shapes", count=6, size=24, seed=3).images[:1].astype(np.float64)
filters = rng.standard_normal((4, 3, 3, 3))
gaps = {}
for stride in (1, 2):
    for shift in (1, 2):
        moved_first = circular(np.roll(image, shift, axis=3), filters, stride)
        still = circular(image, filters, stride)
        moved_last = [np.roll(still, by, axis=3) for by in range(still.shape[3])]  # whatever the shift of the map
        gaps[stride, shift] = min(np.abs(moved_first - moved).max() for moved in moved_last)

# %%
claim(
    "L5.4-equivariant",
    [gaps[1, 1], gaps[1, 2], gaps[2, 2]],
    [0.0, 0.0, 0.0],
    source="S2-2",
    statement="A shift of the image shifts the map, if it is a multiple of the stride (shown: differences).",
)
claim(
    "L5.4-stride",
    bool(gaps[2, 1] > 0.1),
    True,
    source="S2-2 (C19)",
    statement="A convolution is equivariant to every shift.",
    verdict="holds only if the shift is a multiple of the stride: at stride 2, after a shift by 1, the new map is no "
    "shift of the old one",
)
maps = [circular(np.roll(image, shift, axis=(2, 3)), filters) for shift in (0, 5)]
claim(
    "L5.4-invariant",
    [np.abs(np.subtract(*[pool(y, axis=(2, 3)) for y in maps])).max() for pool in (np.mean, np.max)],
    at_most(1e-13),
    source="S2-2 (C19)",
    statement="Convolutions make a network invariant to shifts.",
    verdict="holds only if an average or a maximum over all places follows; the convolution alone is equivariant",
)

# %%
fig, axes = plt.subplots(1, 4, figsize=(figure.WIDTH, 2.1))
edge = np.array([[-1.0, 0.0, 1.0]] * 3)[None, None].repeat(3, axis=1)
pictures = (image, np.roll(image, 6, axis=3), circular(image, edge), circular(np.roll(image, 6, axis=3), edge))
titles = ("image", "shifted by 6", "its map", "map of the shifted")
for axis, picture, title in zip(axes, pictures, titles, strict=True):
    shown = picture[0].transpose(1, 2, 0) if picture.shape[1] == 3 else picture[0, 0]
    axis.imshow(shown, cmap=figure.DIVERGING, vmin=0 if picture.shape[1] == 3 else -4, vmax=4)
    axis.set(title=title, xticks=[], yticks=[])
    axis.grid(visible=False)
figure.show(fig, alt="An image, the same image shifted, and their edge maps, of which the second is the first shifted.")

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
claim(
    "L5.5-same",
    [np.abs(naive - method(x, weight, bias)).max() for method in (conv2d_im2col, conv2d_fft, conv2d_winograd)],
    at_most(1e-12),
    source="S2-12, S3-4",
    statement="Loops, im2col, Fourier and Winograd give the same numbers.",
)


# %%
def seconds(function, *arguments):
    """Return the least CPU time of three calls."""
    times = []
    for _ in range(3):
        start = time.process_time()
        function(*arguments)
        times.append(time.process_time() - start)
    return max(min(times), 1e-9)


big = (rng.standard_normal((4, 16, 24, 24)), rng.standard_normal((16, 16, 3, 3)), np.zeros(16))
ratio = seconds(conv2d_naive, *big) / seconds(conv2d_im2col, *big)
claim(
    "L5.5-speed",
    min(20.0, ratio),  # cut off, so that every machine writes the same
    at_least(20),
    source="S2-12",
    statement="Loops are slow: in Python at least twenty times slower than im2col, the default of the frameworks.",
)

# %%
plane = rng.standard_normal((4, 4, 64, 64))
times = []
for size in (3, 31):
    kernels = rng.standard_normal((4, 4, size, size))
    times.append([seconds(method, plane, kernels, np.zeros(4)) for method in (conv2d_im2col, conv2d_fft)])
claim(
    "L5.5-fourier",
    [bool(fourier < 0.2 * im2col) for im2col, fourier in times],
    [False, True],
    source="S2-12",
    statement="Fourier is seldom used, since kernels are small (shown: is it five times faster than im2col at 3 "
    "by 3, at 31 by 31?).",
)

# %% [markdown]
# Why, is a matter of counting. im2col needs a product for each weight at each place. Fourier takes each image, kernel
# and output through a transform, about $P \log_2 P$ products for $P$ real pixels, and multiplies half as many complex
# numbers as there are pixels, at four products each. The size of the kernel does not enter, and with many channels the
# transforms hardly count. But products are not all: each kernel of 9 weights becomes a spectrum as large as the image,
# to be kept and fetched.


# %%
def count(side, channels, pixels=64, batch=4):
    """Return the products of im2col and, about, of Fourier, with as many filters as channels."""
    pairs, spectra = batch * channels**2, 2 * batch * channels + channels**2
    by_patches = pairs * side**2 * (pixels - side + 1) ** 2
    return by_patches, spectra * pixels**2 * np.log2(pixels**2) + pairs * 2 * pixels**2


sides = range(3, 32, 2)
by_patches, by_spectra = np.transpose([count(side, channels=4) for side in sides])
fig, axis = plt.subplots(figsize=(figure.WIDTH, 2.7))
axis.semilogy(sides, by_patches / 1e6, "o-", label="im2col")
axis.semilogy(sides, by_spectra / 1e6, "s--", label="Fourier, about")
axis.set(xlabel="side of the kernel in pixels", ylabel="millions of products")
axis.set(title="64 × 64 pixels, 4 → 4 channels, batch 4", yticks=(2, 5, 10, 20, 50), yticklabels=(2, 5, 10, 20, 50))
axis.minorticks_off()
axis.legend()
figure.show(
    fig, alt="Products against kernel side: im2col's grow with the kernel, Fourier's stay level and are soon less."
)
claim(
    "L5.5-crossing",
    [min(side for side in sides if count(side, c)[1] < count(side, c)[0]) for c in (4, 64)],
    [5, 3],
    source="S2-12",
    statement="Fourier needs fewer products than im2col from 5 by 5 kernels on with 4 channels, from 3 by 3 with 64.",
)

# %%
# Winograd: both sides are transformed by adding and halving; only what happens in between is counted.
four, three = rng.standard_normal(4), rng.standard_normal(3)
products = (WINOGRAD_INPUT @ four) * (WINOGRAD_KERNEL @ three)
tile, square = rng.standard_normal((4, 4)), rng.standard_normal((3, 3))
square_products = (WINOGRAD_INPUT @ tile @ WINOGRAD_INPUT.T) * (WINOGRAD_KERNEL @ square @ WINOGRAD_KERNEL.T)
direct, _ = conv2d_forward(tile[None, None], square[None, None], no_bias)
claim(
    "L5.5-winograd",
    [products.size, square_products.size],
    [4, 16],
    source="S3-4; Lavin & Gray 2016",
    statement="F(2, 3) needs 4 products where windows need 2·3 = 6, and its square F(2×2, 3×3) 16 where they need 36.",
)
claim(
    "L5.5-winograd-same",
    [
        np.abs(WINOGRAD_OUTPUT @ products - np.correlate(four, three)).max(),
        np.abs(WINOGRAD_OUTPUT @ square_products @ WINOGRAD_OUTPUT.T - direct[0, 0]).max(),
    ],
    at_most(1e-13),
    source="S3-4; Lavin & Gray 2016",
    statement="These few products give the same two outputs, and the same four.",
)

# %% [markdown]
# ## Filters that a network finds
#
# So far we chose the weights. Now a network of two convolutions looks at coloured shapes and chooses its own. The first
# layer has 16 filters of 5 by 5 over red, green and blue, so each filter is itself a small colour picture.

# %%
images, labels, split = load("shapes", count=1500, size=16, shift=0.2, cue=0.0, seed=1)
images = (images - images[split.train].mean(axis=(0, 2, 3), keepdims=True)) / images[split.train].std()
network = build("CONV-RELU-POOL-CONV-RELU-GAP-SOFTMAX", (3, 16, 16), 6, np.random.default_rng(0), channels=16, kernel=5)
network.layers[0].params["weight"] *= 0.1  # start near zero, so that what we see is what was learned
history = train(
    network,
    images[split.train],
    labels[split.train],
    epochs=20,
    batch=32,
    rate=3e-3,
    rng=np.random.default_rng(1),
    optimizer="adam",
)
_, right = evaluate(network, images[split.test], labels[split.test])

# %%
claim(
    "L5.6-accuracy",
    right,
    at_least(0.95),
    source="S0-2, S2-7",
    statement="Small odd kernels, stacked, with ReLU between, are the basic block: two of them tell six shapes apart.",
)
predict(
    "What will the 16 filters of the first layer look like?",
    ["pictures of the six shapes", "noise", "edges, spots and contrasts of colours"],
    answer="c",
    because="A window of 5 pixels is too small for a shape. It can tell where an edge runs and which colours meet.",
    mine=None,
)

# %%
filters = network.layers[0].params["weight"]
fig, axes = plt.subplots(2, 8, figsize=(figure.WIDTH, 2.0))
for axis, picture in zip(axes.ravel(), filters, strict=True):
    axis.imshow(0.5 + 0.5 * picture.transpose(1, 2, 0) / np.abs(picture).max())
    axis.set(xticks=[], yticks=[])
    axis.grid(visible=False)
fig.suptitle("first layer, 16 filters of 5 × 5, as colours; grey is 0", x=0.01, ha="left", fontsize=10)
figure.show(fig, alt="Sixteen small colour pictures: the learned filters show oriented edges and contrasts of colours.")

# %% [markdown]
# ## What is lost when neighbours are lost
#
# Shuffle the pixels of all digits in one and the same way, and learn from 200 of them.

# %%
predict(
    "A linear layer and a network of two convolutions learn from the shuffled digits. Which of them get worse?",
    ["both", "only the linear layer", "only the convolutions", "none"],
    answer="c",
    because="To the linear layer the pixels are a list in any order. A window needs neighbours that belong together.",
    mine=None,
)
images, labels, split = load("digits")
few = split.train[:200]
pixels = (images - images[few].mean(axis=0)).astype(float) / images[few].std()
order = np.random.default_rng(0).permutation(64)
shuffled = pixels.reshape(-1, 64)[:, order].reshape(pixels.shape)
fig, axes = plt.subplots(2, 8, figsize=(figure.WIDTH, 2.0))
shown = images.reshape(-1, 64)[:8]
for row, (name, kind) in enumerate((("digits", shown), ("shuffled", shown[:, order]))):
    for axis, picture in zip(axes[row], kind, strict=True):
        axis.imshow(picture.reshape(8, 8), cmap="Blues")
        axis.set(xticks=[], yticks=[])
        axis.grid(visible=False)
    axes[row, 0].set_ylabel(name)
figure.show(fig, alt="Above, eight digits. Below, the same digits with their pixels shuffled: they look like noise.")


# %%
def linear_scores(x):
    """Return the logits for all images, after 200 steps of gradient descent from zero weights."""
    flat, onehot, weight = x.reshape(len(x), 64), np.eye(10)[labels[few]], np.zeros((64, 10))
    for _ in range(200):
        weight -= 0.1 * flat[few].T @ (softmax(flat[few] @ weight) - onehot) / len(few)
    return flat @ weight


claim(
    "L5.7-linear",
    np.abs(linear_scores(pixels) - linear_scores(shuffled)).max(),
    at_most(1e-10),
    source="S2-1",
    statement="A fully connected layer ignores which pixels are neighbours: it learns the same from shuffled images.",
)
wrong = []
for x in (pixels, shuffled):
    network = build("[CONV-RELU-POOL]*2-SOFTMAX", (1, 8, 8), 10, np.random.default_rng(0))
    options = {"epochs": 30, "batch": 32, "rate": 3e-3, "optimizer": "adam"}
    train(network, x[few], labels[few], rng=np.random.default_rng(1), **options)
    wrong.append(1 - evaluate(network, x[split.test], labels[split.test])[1])
claim(
    "L5.7-convolution",
    wrong[1] / wrong[0],
    at_least(1.2),
    source="S2-1",
    statement="Convolutions use the neighbourhood: after learning from shuffled images they make clearly more mistakes "
    "(shown: how many times as many).",
)

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
