# %% [markdown]
# # 5 · Convolution
#
# One small window of weights slides over the whole image. That single idea saves a million weights, keeps the
# neighbourhood of each pixel, and makes a pattern count the same wherever it appears.
#
# **You will see** what a convolution computes, entry by entry; how large its output is and what it costs; that it is a
# matrix product in disguise; what it does when the picture moves; three ways to compute it; and filters that a network
# has found by itself.
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
    conv2d_forward,
    conv2d_im2col,
    conv2d_naive,
    conv2d_param_count,
    conv_output_size,
)
from solutions.matrix_convolution import conv2d_fft, conv_as_matrix

figure.style()

# %% [markdown]
# ## Why not a linear layer?
#
# A linear layer from an image to a map of the same size joins every pixel to every pixel. For a colour photograph of
# 224 by 224 pixels and 64 maps that is $(224 \cdot 224 \cdot 3)(224 \cdot 224 \cdot 64)$ weights. A convolution with
# 3 by 3 kernels asks for $3 \cdot 3 \cdot 3 \cdot 64 + 64$ numbers, whatever the size of the picture. And the linear
# layer does not know which pixels are neighbours: shuffle the pixels of all images in the same way, and it learns just
# as well.

# %%
linear_weights = (224 * 224 * 3) * (224 * 224 * 64)
conv_weights = conv2d_param_count(3, 64, 3)
print(f"linear layer: {linear_weights:,} weights\nconvolution:  {conv_weights:,} numbers")

claim(
    "L5.0-count",
    conv_weights,
    1792,
    source="S2-1, S2-4",
    statement="A layer has k·k·C_in·C_out weights and C_out biases, at any resolution.",
)

# %%
predict(
    "A layer has 3 input channels, 6 filters of 5 by 5 and a bias for each. How many numbers does it learn?",
    answer=conv2d_param_count(3, 6, 5),
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
# with stride $s$. Images are (N, C, H, W) and weights (F, C, kH, kW) throughout the course. Counting from 0 matters:
# with $u, v$ from 1, as one source writes it, the first window starts one pixel too late (remark C18).
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

# %%
fig, axes = plt.subplots(1, 3, figsize=(figure.WIDTH, 2.5), width_ratios=(8, 3, 6))
titles = ("image, 7 × 8", "detector, 3 × 3", "feature map, 5 × 6")
for axis, array, title in zip(axes, (face, detector, feature_map[0, 0]), titles, strict=True):
    axis.imshow(array, cmap="Blues", vmin=0, vmax=max(3.0, array.max()))
    for (row, column), value in np.ndenumerate(array):
        axis.text(column, row, f"{value:.0f}", ha="center", va="center", color="white" if value > 1.6 else figure.INK)
    axis.set(title=title, xticks=[], yticks=[])
    axis.grid(visible=False)
figure.show(fig, alt="A 7 by 8 image of zeros and ones, the 3 by 3 detector, and the 5 by 6 map of match counts.")
plt.show()

# %% [markdown]
# ### Is it a convolution?
#
# In signal processing a convolution runs through the kernel backwards: $\sum_u x_{i-u} w_u$. Networks do not turn the
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

# %% [markdown]
# ## How large is the output?
#
# A window of $k$ pixels, spread by dilation $d$ to $d(k-1)+1$, has this many places on $i$ pixels with padding $p$ on
# both sides and stride $s$:
#
# $$ o = \left\lfloor \frac{i + 2p - d(k-1) - 1}{s} \right\rfloor + 1 $$
#
# Below, the window's first place for three settings. Padding (hatched) lets it start outside the picture, stride makes
# it jump, dilation makes it hold its breath between pixels.

# %%
fig, axes = plt.subplots(1, 3, figsize=(figure.WIDTH, 2.6))
settings = (("padding 1", 1, 1, 1), ("stride 2", 0, 2, 1), ("dilation 2", 0, 1, 2))
for axis, (title, padding, stride, dilation) in zip(axes, settings, strict=True):
    side = 5 + 2 * padding
    for row in range(side):
        for column in range(side):
            border = not (padding <= row < side - padding and padding <= column < side - padding)
            look = {"facecolor": figure.PAPER, "hatch": "////" if border else None, "edgecolor": figure.GREY}
            axis.add_patch(plt.Rectangle((column, row), 1, 1, linewidth=0.6, **look))
    for start, color in ((0, figure.BLUE), (stride, figure.ORANGE)):
        for u, v in np.ndindex(3, 3):
            place = (start + v * dilation + 0.5, u * dilation + 0.5)
            axis.plot(*place, "o", color=color, markersize=9 if color == figure.BLUE else 5)
    size = conv_output_size(5, 3, stride, padding, dilation)
    axis.set(title=f"{title}: 5 → {size}", xlim=(0, side), ylim=(side, 0), aspect="equal", xticks=[], yticks=[])
    axis.grid(visible=False)
figure.show(
    fig, alt="The first window (blue) and the second (orange) of a 3 by 3 kernel with padding, stride, dilation."
)
plt.show()

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
    y, _ = conv2d_forward(
        np.zeros((1, 1, size, size + 1)),
        np.zeros((1, 1, kernel, kernel)),
        no_bias,
        stride=stride,
        padding=padding,
        dilation=dilation,
    )
    agree += y.shape[2:] == tuple(conv_output_size(i, kernel, stride, padding, dilation) for i in (size, size + 1))

# %%
claim(
    "L5.3-size",
    agree,
    len(grid),
    source="S2-6, S3-6; Dumoulin & Visin 2016",
    statement="The formula gives the shape of the output for every setting of an integer grid.",
)

# %%
predict(
    "Six filters of 5 by 5, no padding, on a colour image of 32 by 32. What comes out?",
    ["28 × 28 × 6", "28 × 2 × 6", "32 × 32 × 6", "28 × 28 × 3"],
    answer="a",
    because="32 - 5 + 1 = 28 in both directions, and one map a filter. A source prints 28x2x6, a slip (remark C10).",
    mine=None,
)

# %%
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
    at_most(1e-14),
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
plt.show()

# %% [markdown]
# Two things follow at once. The backward pass multiplies by the *transposed* matrix, which is the transposed
# convolution of lecture 6. And sharing weights is a restriction: a linear layer could learn this matrix, but from far
# more examples.
#
# ## When the picture moves
#
# Shift the image, and the feature map shifts with it. That is **equivariance**. The sources call it invariance, which
# would mean that the output stays the same (remark C19). To make the statement exact, let the image wrap around at its
# borders.


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
        moved_last = np.roll(circular(image, filters, stride), shift // stride, axis=3)
        gaps[stride, shift] = np.abs(moved_first - moved_last).max()

# %%
claim(
    "L5.4-equivariant",
    [gaps[1, 1], gaps[1, 2], gaps[2, 2]],
    [0.0, 0.0, 0.0],
    source="S2-2",
    statement="A shift of the image shifts the map, if it is a multiple of the stride.",
)
claim(
    "L5.4-stride",
    bool(gaps[2, 1] > 0.1),
    True,
    source="S2-3 (C19)",
    statement="A convolution is equivariant to every shift.",
    verdict="holds only if the shift is a multiple of the stride: at stride 2 an odd shift gives other numbers",
)
pooled = [circular(np.roll(image, shift, axis=(2, 3)), filters).mean(axis=(2, 3)) for shift in (0, 5)]
claim(
    "L5.4-invariant",
    np.abs(pooled[0] - pooled[1]).max(),
    at_most(1e-13),
    source="S2-2 (C19)",
    statement="Convolutions make a network invariant to shifts.",
    verdict="holds only if an average over all places follows; the convolution alone is equivariant",
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
plt.show()

# %% [markdown]
# ## Three ways to compute it
#
# The loops of the formula are right and slow. **im2col** copies every window into a row of a matrix, so that one matrix
# product does all the work; that is what libraries do. The **Fourier** theorem turns a convolution into an elementwise
# product of spectra, which pays only for large kernels. A fourth way, Winograd's, saves multiplications: $F(2, 3)$
# makes two outputs of a filter of three with 4 multiplications instead of 6, and cuDNN uses it for 3 by 3 kernels.

# %%
x = rng.standard_normal((2, 8, 20, 18))
weight, bias = rng.standard_normal((8, 8, 3, 3)), rng.standard_normal(8)
naive = conv2d_naive(x, weight, bias)
others = {"im2col": conv2d_im2col(x, weight, bias), "Fourier": conv2d_fft(x, weight, bias)}
claim(
    "L5.5-same",
    max(np.abs(naive - y).max() for y in others.values()),
    at_most(1e-12),
    source="S2-12",
    statement="Loops, im2col and Fourier give the same numbers.",
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
    ratio,
    at_least(20),
    source="S2-12",
    statement="Loops in Python are far too slow; im2col is the default of the frameworks.",
)

# %%
sizes = (3, 7, 11, 15, 21, 31)
plane = rng.standard_normal((4, 4, 64, 64))
table = []
for size in sizes:
    kernels = rng.standard_normal((4, 4, size, size))
    table.append([seconds(method, plane, kernels, np.zeros(4)) for method in (conv2d_im2col, conv2d_fft)])
table = 1e3 * np.array(table)
claim(
    "L5.5-fourier",
    [bool(table[0, 1] > 0.5 * table[0, 0]), bool(table[-1, 1] < 0.5 * table[-1, 0])],
    [True, True],
    source="S2-12",
    statement="Fourier is seldom used, since kernels are small: it wins little at 3 by 3 and much at 31 by 31.",
)

# %%
fig, axis = plt.subplots(figsize=(figure.WIDTH, 2.7))
for column, (name, mark) in enumerate((("im2col", "o-"), ("Fourier", "s--"))):
    axis.semilogy(sizes, table[:, column], mark, label=name)
axis.set(
    xlabel="side of the kernel in pixels", ylabel="CPU time in ms", title="64 × 64 pixels, 4 → 4 channels, batch 4"
)
axis.legend()
figure.show(fig, alt="CPU time against kernel side: im2col grows with the kernel, Fourier stays level and wins late.")
plt.show()

# %%
winograd, direct = 4, 6
claim(
    "L5.5-winograd",
    [winograd / direct, (winograd / direct) ** 2],
    [2 / 3, 4 / 9],
    1e-12,
    source="S3-4; Lavin & Gray 2016",
    statement="F(2,3) needs 4 multiplications for 6, and its square F(2x2,3x3) 16 for 36.",
)

# %% [markdown]
# ## Filters that a network finds
#
# So far we chose the weights. Now a network of two convolutions looks at coloured shapes and chooses its own. The first
# layer has 16 filters of 5 by 5 over red, green and blue, so each filter is itself a small colour picture.

# %%
from solutions.network import build
from solutions.training import evaluate, train

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
    at_least(0.75),
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
fig.suptitle("first layer, 16 filters of 5 × 5, as colours", x=0.01, ha="left", fontsize=10)
figure.show(fig, alt="Sixteen small colour pictures: the learned filters show oriented edges and contrasts of colours.")
plt.show()

# %% [markdown]
# ## What to remember
#
# - A convolution is a sum of products in a sliding window; its weights do not grow with the picture.
# - Output size: $\lfloor (i + 2p - d(k-1) - 1)/s \rfloor + 1$. Numbers to learn: $k^2 C_{in} C_{out} + C_{out}$.
# - It is a linear layer with a sparse, repeating matrix, and networks do not turn the kernel.
# - Equivariant, not invariant; and with stride, only to shifts by the stride.
#
# ## Exercises that follow
#
# Assignment *convolution*: loops, backward pass, im2col, the matrix, and a race against your own loops.
#
# ## Further reading
#
# - Dumoulin and Visin, *A guide to convolution arithmetic for deep learning* (2016).
# - LeCun, Bottou, Bengio and Haffner, *Gradient-based learning applied to document recognition* (1998).
# - Chellapilla, Puri and Simard, *High performance convolutional neural networks for document processing* (2006).
# - Lavin and Gray, *Fast algorithms for convolutional neural networks* (2016); Zhang, *Making convolutional networks
#   shift-invariant again* (2019).
