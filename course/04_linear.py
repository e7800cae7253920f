# %% [markdown]
# # 4 · Fully connected layers, softmax, and the data
#
# **What you will see.** The simplest layer turns images into scores, softmax turns scores into probabilities, and
# cross-entropy turns a wrong probability into a gradient. Then we look at the data themselves: where they lie and how
# far they spread decides how fast a network can learn. You will watch gradient descent zig-zag through a narrow valley
# and then widen the valley by subtracting a mean.
#
# **What you need.** Matrix products, gradients (lecture 2), the sigmoid (lecture 3). Eigenvalues help.
#
# **How to read it.** A *prediction* asks you first: decide before you open the answer. A *claim* compares a sentence
# from a slide or a paper with what was measured here, and gives a verdict. Lecture 0 explains both.

# %%
import itertools

import numpy as np

from classroom import claim, figure, ledger, predict
from classroom.data import load

figure.style()
ledger.use("04_linear")

# %%
from solutions.activation import sigmoid_forward
from solutions.convolution import conv2d_param_count
from solutions.gradient_check import numerical_gradient
from solutions.linear import linear_backward, linear_forward
from solutions.loss import (
    binary_cross_entropy,
    log_softmax,
    softmax,
    softmax_cross_entropy,
)

# %%
from solutions.preprocessing import (
    center,
    channel_stats,
    mean_image,
    pca,
    pca_whiten,
    standardize,
    zca_whiten,
)

# %% [markdown]
# ## The idea
#
# A **fully connected layer** flattens each input to $D$ numbers and computes $M$ weighted sums:
# $Y = X W + b$ with $X$ of shape $(N, D)$ and $W$ of shape $(D, M)$. For classification there is one output for each
# class; it is called a *logit*.
#
# **Softmax** makes logits $l$ into probabilities, and **cross-entropy** is the loss $-\log p_y$ of the right class $y$:
#
# $$p_i = \frac{e^{l_i}}{\sum_k e^{l_k}}, \qquad \frac{\partial (-\log p_y)}{\partial l_i} = p_i - [i = y].$$
#
# Here $[i = y]$ is 1 for the right class and 0 for the others. The gradient is the difference between what was said and
# what was right. No slope of an activation stands in its way: this is why the two belong together.

# %% [markdown]
# ## The component at work
#
# The layer, softmax and the loss are exercises of assignment 3. Sources write the layer in three ways: $x W$ for a row
# of a batch, $A x$ with $A = W^T$ for a column, $\sigma(W^T x)$ with an activation. All are the same sums.

# %%
images, labels, split = load("digits")
rng = np.random.default_rng(0)
weight, bias = 0.01 * rng.normal(size=(64, 10)), np.zeros(10)
y, _ = linear_forward(images.astype(float), weight, bias)
as_columns = (weight.T @ images.reshape(len(images), 64).T).T + bias
sums = softmax(y).sum(axis=1)[:3].round(6)
print("images", images.shape, "-> logits", y.shape, "-> probabilities, row sums", sums)
claim("L4.1-notation", np.abs(y - as_columns).max())

# %% [markdown]
# ## 1 · Softmax
#
# With two classes and one of the logits at 0, softmax is the sigmoid: it generalizes the sigmoid to several classes. Only
# differences matter: adding the same number to all logits changes nothing. So we may subtract the largest logit, and no
# $e^{l}$ overflows.

# %%
z = np.linspace(-8, 8, 321)
two = softmax(np.stack([z, np.zeros_like(z)], axis=1))
three = softmax(np.stack([z, np.zeros_like(z), np.full_like(z, 2.0)], axis=1))
fig, axes = figure.panels(2, 1, 4.8, width=figure.NARROW, sharex=True)
looks = ("logit z", "-"), ("logit 0", "--"), ("logit 2", "-.")
for axis, curves in zip(axes, (two, three), strict=True):
    for curve, (name, dashes) in zip(curves.T, looks, strict=False):
        axis.plot(z, curve, dashes, label=name)
    axis.set_ylabel("probability")
    axis.legend()
axes[0].set(title="two classes: a sigmoid")
axes[1].set(xlabel="z", title="three classes")
figure.show(fig, "softmax")
claim("L4.1-sigmoid", np.abs(two[:, 0] - sigmoid_forward(z)[0]).max())

# %%
logits = rng.normal(size=(50, 10))
p = softmax(logits)
moved, sums = np.abs(softmax(logits + 100) - p).max(), np.abs(p.sum(axis=1) - 1).max()
claim("L4.1-shift", [moved, sums, -p.min(), p.max() - 1])
huge = np.array([[1e4, 0.0, -1e4]])
with np.errstate(over="ignore", invalid="ignore"):
    printed = np.exp(huge) / np.exp(huge).sum()
claim("L4.1-overflow", [printed[0, 0], *softmax(huge)[0], *log_softmax(huge)[0]])

# %%
right_classes = rng.integers(10, size=50)
_, grad = softmax_cross_entropy(logits, right_classes)
numeric = numerical_gradient(
    lambda z: softmax_cross_entropy(z, right_classes)[0], logits
)
formula = (softmax(logits) - np.eye(10)[right_classes]) / 50
gaps = grad - numeric, 50 * (grad - formula)
claim("L4.1-gradient", [np.abs(gap).max() for gap in gaps])
yes, one_logit = rng.integers(2, size=50), logits[:, 0]
pair = np.stack([np.zeros(50), one_logit], axis=1)
one_loss, _ = binary_cross_entropy(one_logit, yes)
two_losses, _ = softmax_cross_entropy(pair, yes)
claim("L4.1-two-classes", one_loss - two_losses)

# %%
predict("loss-at-start")
inputs = rng.normal(size=(2000, 64))
random_classes = rng.integers(10, size=2000)
small, large = (
    softmax_cross_entropy(inputs @ (scale * weight), random_classes)[0]
    for scale in (1, 100)
)
claim("L4.1-first-loss", small)
claim("L4.1-first-loss-large", large)

# %% [markdown]
# ## 2 · One layer reads digits
#
# A single fully connected layer with softmax is a linear classifier. Each column of $W$ can be shown as an image: where
# it is positive, ink speaks for the class. We train the layer on 1200 digits, three times with different batches, and
# look at the ten images of the first run.

# %%
flat = images.reshape(len(images), 64).astype(float)
average = flat[split.train].mean(axis=0)  # from the training images alone
x_train, y_train = flat[split.train] - average, labels[split.train]
x_test, y_test = flat[split.test] - average, labels[split.test]


def classifier(seed, steps=1500, rate=0.2):
    """Train one layer by stochastic gradient descent; return its weights and biases."""
    rng, weight, bias = np.random.default_rng(seed), np.zeros((64, 10)), np.zeros(10)
    for _ in range(steps):
        rows = rng.choice(len(x_train), 64, replace=False)
        y, cache = linear_forward(x_train[rows], weight, bias)
        _, grad = softmax_cross_entropy(y, y_train[rows])
        _, grad_weight, grad_bias = linear_backward(grad, cache)
        weight, bias = weight - rate * grad_weight, bias - rate * grad_bias
    return weight, bias


layers = [classifier(seed) for seed in range(3)]
answers = [linear_forward(x_test, *layer)[0].argmax(axis=1) for layer in layers]

# %%
fig, axes = figure.panels(2, 5, 3.0, width=figure.NARROW)
look = {"cmap": figure.DIVERGING, "vmin": -2, "vmax": 2}
for digit, axis in enumerate(axes.ravel()):
    picture = figure.picture(
        axis, layers[0][0][:, digit].reshape(8, 8), str(digit), **look
    )
side = {"location": "bottom", "shrink": 0.8, "aspect": 30}
fig.colorbar(picture, ax=axes, label="weight of the pixel", **side)
figure.show(fig, "templates")
claim("L4.6-linear-classifier", [np.mean(answer == y_test) for answer in answers])
predict("average-image")

# %% [markdown]
# ## 3 · The price: weights
#
# A slide warns that fully connected layers are the largest ones and not very fast, and that they should be avoided. One
# way is *global average pooling*: average each map first, then connect. (A *map* is one channel of what a convolution
# puts out: lecture 5.)

# %%
predict("global-average")

# The maps of VGG-16, and how wide they are.
maps = [3, *[64] * 2, *[128] * 2, *[256] * 3, *[512] * 6]
widths = [*[224] * 2, *[112] * 2, *[56] * 3, *[28] * 3, *[14] * 3]
in_convolutions = sum(conv2d_param_count(c, f, 3) for c, f in itertools.pairwise(maps))
in_linear = sum((d + 1) * m for d, m in ((25088, 4096), (4096, 4096), (4096, 1000)))
claim("L4.5-vgg16", in_convolutions + in_linear)
claim("L4.5-vgg16-share", in_linear / (in_convolutions + in_linear))

# A convolution's weight is used at every place of its map, a linear layer's once.
linear_products, conv_products = 25088 * 4096 + 4096 * 4096 + 4096 * 1000, 0
for (c, f), width in zip(itertools.pairwise(maps), widths, strict=True):
    conv_products += 9 * c * f * width**2
share = 100 * linear_products / (conv_products + linear_products)
claim("L4.5-vgg16-products", [conv_products / 1e9, share])

# %% [markdown]
# ## 4 · The zig-zag
#
# Now to the data. Take two inputs $x$, a target that is linear in them with the weights $w^* = (1, -1)$, and the squared
# error. If both inputs are positive, each single example asks both weights to rise or both to fall (lecture 3). The
# path to $w^*$, one weight up and the other down, is then a zig-zag.

# %%
rng = np.random.default_rng(0)
square, wish = rng.random((500, 2)), np.array([1.0, -1.0])
clouds = {"x from 0 to 1": square, "x from 1 to 2": square + 1}
clouds["centred"] = square - square.mean(axis=0)


def walk(x, rate, steps, one_at_a_time=False, start=(0.0, 0.0)):
    """Return the path of gradient descent on the squared error."""
    path = [np.array(start)]
    order = np.random.default_rng(1).permutation(len(x))
    for step in range(steps):
        rows = x[order[step % len(x)]][None] if one_at_a_time else x
        path.append(path[-1] - rate * rows.T @ (rows @ (path[-1] - wish)) / len(rows))
    return np.array(path)


# %%
def curvatures(x):
    """Return the squared error's curvatures, the smallest first."""
    return np.linalg.eigvalsh(x.T @ x / len(x))


# %%
fig, axes = figure.panels(2, 1, 5.6, width=figure.NARROW, sharex=True, sharey=True)
rates = {"x from 0 to 1": 0.9, "centred": 2.5}  # small inputs allow a larger rate
for axis, (name, rate) in zip(axes, rates.items(), strict=True):
    path = walk(clouds[name], rate, 40, one_at_a_time=True)
    axis.plot(*path.T, "-o", ms=2.5, lw=1)
    axis.plot(*wish, "*", color=figure.ORANGE, ms=12)
    axis.set(title=f"one example a step, {name}", ylabel="$w_2$")
axes[1].set_xlabel("$w_1$")
figure.show(fig, "zigzag")
paths = [walk(clouds[name], 0.1, 400, one_at_a_time=True) for name in rates]
shares = [np.mean(np.diff(path, axis=0).prod(axis=1) >= 0) for path in paths]
claim("L4.3-allowed", shares)

# %% [markdown]
# For a whole batch the loss is a valley. Its *condition number* $\kappa$ is the ratio of the largest to the smallest
# curvature. The rate must suit the steep direction, so progress in the flat one is slow: it takes about $\kappa$ times
# as many steps.

# %%
predict("one-added")
axis_points = np.linspace(-0.6, 1.9, 121)
first, second = np.meshgrid(axis_points, axis_points - 1)

# %%
fig, axes = figure.panels(3, 1, 7.8, width=figure.NARROW, sharex=True)
for axis, (name, x) in zip(axes, clouds.items(), strict=True):
    gaps = np.stack([first.ravel(), second.ravel()], axis=1) - wish
    loss = 0.5 * np.mean((gaps @ x.T) ** 2, axis=1).reshape(first.shape)
    levels = loss.max() * 0.5 ** np.arange(11, 0, -1)
    axis.contour(first, second, loss, levels, colors=figure.GREY, linewidths=0.6)
    path = walk(x, 2 / curvatures(x).sum(), 40, start=(0.3, 0.7))
    axis.plot(*path.T, "-o", ms=2.5, lw=1)
    axis.plot(*wish, "*", color=figure.ORANGE, ms=12)
    axis.set(title=name, ylabel="$w_2$", xlim=(-0.6, 1.9), ylim=(-1.6, 0.9))
axes[2].set_xlabel("$w_1$")
figure.show(fig, "ravine")

# %%
conditions = np.array([curvatures(x)[-1] / curvatures(x)[0] for x in clouds.values()])
counts = []
for x in clouds.values():
    gaps = np.linalg.norm(walk(x, 1 / curvatures(x)[-1], 1000) - wish, axis=1)
    counts.append(np.argmax(gaps < 1e-3 * np.linalg.norm(wish)))
claim("L4.3-conditions", conditions)
claim("L4.3-steps", np.divide(counts[:2], conditions[:2]) / np.log(1000))

# %% [markdown]
# ## 5 · A line far from the origin
#
# A slide shows why a classifier is easier to train on centred data: the line that separates two clouds far from the
# origin swings wildly when its weights change a little.

# %%
rng = np.random.default_rng(0)
side = np.repeat([-1.0, 1.0], 200)
blobs = rng.normal(size=(400, 2)) * 0.5 + np.stack([1.5 * side, 0 * side], axis=1)
# Each line is w · x = the value that puts it through the centre.
weights = np.array([1.0, 0.0]) + 0.1 * rng.normal(size=(300, 2))
places = {"far from the origin": 15.0, "centred": 0.0}
answers = [np.sign((blobs + at) @ weights.T - at) for at in places.values()]
claim("L4.7-line", [np.mean(answer != side[:, None]) for answer in answers])

# %%
fig, axes = figure.panels(2, 1, 6.0, width=figure.NARROW)
for axis, (name, offset) in zip(axes, places.items(), strict=True):
    colors = np.where(side > 0, figure.BLUE, figure.ORANGE)
    axis.scatter(*(blobs + offset).T, c=colors, s=4)
    across = np.array([-4.0, 4.0]) + offset
    for w in weights[:25]:
        axis.plot((offset - w[1] * across) / w[0], across, color=figure.GREY, lw=0.5)
    axis.set(title=name, ylabel="$x_2$", xlim=(offset - 4, offset + 4))
    axis.set(ylim=(offset - 4, offset + 4))
axes[1].set_xlabel("$x_1$")
figure.show(fig, "lines")

# %% [markdown]
# ## 6 · Centre, scale, whiten
#
# There are three treatments of data, each more thorough than the one before. *Centring* subtracts the mean of each
# feature. *Scaling* divides by its standard deviation. *Whitening* also removes correlations: rotate to the principal
# components (PCA) and divide each of them by its own standard deviation. We try them first on a cloud in the plane.

# %%
rng = np.random.default_rng(0)
cloud = rng.normal(size=(300, 2)) @ np.array([[1.6, 0.5], [0.0, 0.4]]) + [3.0, 1.5]
mean, std = cloud.mean(axis=0), cloud.std(axis=0)
stages = {"raw": cloud, "centred": center(cloud, mean)}
stages |= {"scaled": standardize(cloud, mean, std), "whitened": pca_whiten(cloud, 0.0)}
fig, axes = figure.panels(2, 2, 3.8, width=figure.NARROW, sharex=True, sharey=True)
for axis, (name, points) in zip(axes.ravel(), stages.items(), strict=True):
    axis.axhline(0, color=figure.INK, lw=0.8)
    axis.axvline(0, color=figure.INK, lw=0.8)
    axis.plot(*points.T, ".", ms=2.5)
    axis.set(title=name, xlim=(-7, 8), ylim=(-5, 5), aspect="equal")
for axis in axes.ravel()[:3]:
    axis.set(xlabel="$x_1$", ylabel="$x_2$")
axes[1, 1].set(xlabel="component 1", ylabel="component 2")
figure.show(fig, "four-clouds")

# %% [markdown]
# Then we try them on the digits, on those 52 pixels whose standard deviation is above 0.5 (values are 0 to 16). The
# principal components of an image are no longer pixels. *ZCA* whitens and then rotates back, so that pixels are pixels
# again and an image still resembles itself.

# %%
# All images: nothing is tested on them here.
pixels = 16 * images.reshape(len(images), 64).astype(float)
varied = pixels[:, pixels.std(axis=0) > 0.5]
mean, std = varied.mean(axis=0), varied.std(axis=0)
versions = {"raw": varied, "centred": center(varied, mean)}
versions |= {"scaled": standardize(varied, mean, std)}
versions |= {"whitened": pca_whiten(varied, 0.0)}
spectra = {name: curvatures(x)[::-1] for name, x in versions.items()}
kappa = {name: spectrum[0] / spectrum[-1] for name, spectrum in spectra.items()}
predict("whitening")
pictures = {"an image": pixels[0], "centred": center(pixels, pixels.mean(axis=0))[0]}
pictures |= {"PCA": pca_whiten(pixels, 5.0)[0], "ZCA": zca_whiten(pixels, 5.0)[0]}

# %%
fig, (above, below) = figure.panels(
    2, 4, 4.4, width=figure.NARROW, height_ratios=[2.4, 1]
)
for axis in above:
    axis.remove()
top = fig.add_subplot(above[0].get_gridspec()[0, :])
dashes = ("-", "--", "-.", ":")
for (name, spectrum), line in zip(spectra.items(), dashes, strict=True):
    top.semilogy(np.arange(1, 53), spectrum, line, label=name)
top.set(xlabel="direction, sorted", ylabel="curvature")
top.set(title="how steep each direction is")
top.legend()
for axis, (name, picture) in zip(below, pictures.items(), strict=True):
    largest, look = np.abs(picture).max(), {"cmap": figure.DIVERGING}
    look |= {"vmin": -largest, "vmax": largest}
    figure.picture(axis, picture.reshape(8, 8), name, **look)
fig.supxlabel("white 0, purple above, orange below", fontsize=8)
figure.show(fig, "curvature")

# %%
claim("L4.2-conditions", list(kappa.values()))
white = versions["whitened"]
components, variances = pca(varied, 10)
gaps = white.T @ white / len(white) - np.eye(52), components @ components.T - np.eye(10)
claim("L4.2-whitening", [np.abs(gap).max() for gap in gaps])
claim("L4.2-pca", variances.sum() / varied.var(axis=0).sum())


# %%
def steps_to_fit(x, targets, part=0.01):
    """Return the steps, at rate 1 / largest curvature, to 1 % of the excess loss."""
    best, *_ = np.linalg.lstsq(x, targets, rcond=None)
    lowest, start = np.mean((x @ best - targets) ** 2), np.mean(targets**2)
    weight, rate, count = np.zeros_like(best), 1 / curvatures(x)[-1], 0
    while np.mean((x @ weight - targets) ** 2) - lowest > part * (start - lowest):
        weight, count = weight - rate * x.T @ (x @ weight - targets) / len(x), count + 1
    return count


# %%
onehot = np.eye(10)[labels] - np.eye(10)[labels].mean(axis=0)
parts = {name: (x[split.train], onehot[split.train]) for name, x in versions.items()}
needed = {name: steps_to_fit(*part) for name, part in parts.items()}
for name, count in needed.items():
    print(f"{name:<9} about {float(f'{count:.1g}'):5.0f} steps")
claim("L4.2-steps", [needed["raw"], needed["centred"]])

# %% [markdown]
# Raw pixels cost fifteen times as many steps as centred ones, and not $\kappa$ times as many as whitened ones: the
# labels hardly use the flattest directions. A target that lies exactly in the flattest direction pays the full price.


# %%
def steps_in_flattest(x, part=0.01):
    """Return the steps until 1 % of the loss is left, for a target that lies there."""
    _, directions = np.linalg.eigh(x.T @ x / len(x))
    wish, hessian = directions[:, 0], x.T @ x / len(x)
    weight, rate, count = np.zeros_like(wish), 1 / curvatures(x)[-1], 0
    start = wish @ hessian @ wish
    while (weight - wish) @ hessian @ (weight - wish) > part * start:
        weight, count = weight - rate * hessian @ (weight - wish), count + 1
    return count


two = ("centred", "scaled")
found = [steps_in_flattest(versions[name]) / kappa[name] for name in two]
claim("L4.2-flattest", np.array(found) / (np.log(100) / 2))

# %% [markdown]
# ## 7 · Images: what is done in practice
#
# Images are usually centred, sometimes scaled, and not whitened. The networks in the sources differ in the mean that
# they subtract:
#
# | network | subtracts | divides by | numbers kept |
# |---|---|---|---|
# | AlexNet | the mean image | nothing | 3 · 32 · 32 for CIFAR-10 |
# | VGG | the mean of each channel | nothing | 3 |
# | ResNet, as usually trained | the mean of each channel | the standard deviation of each channel | 3 + 3 |
#
# One slide prints "divide by the mean", another "divide by the variance". We try both on coloured shapes that a program
# has drawn.

# %%
colour = load("shapes")
train = colour.images[colour.split.train].astype(float)  # (840, 3, 16, 16)
channel_mean, channel_std = channel_stats(train)
shapes = [*mean_image(train).shape, *channel_mean.shape, *channel_std.shape]
claim("L4.4-shapes", shapes)
mean, std = channel_mean[:, None, None], channel_std[:, None, None]
centred = center(train, channel_mean)
ready = standardize(train, channel_mean, channel_std)
claim("L4.4-channel-std", ready.std(axis=(0, 2, 3)))
claim("L4.4-divide-by-mean", (centred / mean).std(axis=(0, 2, 3)))
claim("L4.4-divide-by-variance", (centred / std**2).std(axis=(0, 2, 3)))
predict("divided-by-variance")

# %% [markdown]
# ## What to remember
#
# 1. A fully connected layer flattens, multiplies and adds. Most parameters of older networks are there.
# 2. Softmax is the sigmoid for several classes. Subtract the largest logit first: a shift changes nothing.
# 3. The gradient of cross-entropy with softmax is $p$ minus the right answer. The first loss should be $\log C$.
# 4. The number of training steps depends on the ratio of curvatures $\kappa$. Subtracting the mean is the cheapest way
#    to lower it.
# 5. Centre; divide by the standard deviation, not by the mean and not by the variance; whiten only if you must.
# 6. Take every statistic from the training data alone.
#
# ## Exercises that follow
#
# Assignment 3, *Softmax and data*: `linear_forward`, `linear_backward`, `softmax`, `log_softmax`,
# `softmax_cross_entropy`, `l2_penalty`, `mean_image`, `channel_stats`, `center`, `standardize`, `pca`, `zca_whiten`.
#
# ## Further reading
#
# - J. Bridle. *Probabilistic interpretation of feedforward classification network outputs.* 1990.
# - Y. LeCun, L. Bottou, G. Orr, K.-R. Müller. *Efficient backprop.* 1998.
# - E. Alpaydin, C. Kaynak. *Optical recognition of handwritten digits.* UCI repository, 1998.
# - A. Bell, T. Sejnowski. *The independent components of natural scenes are edge filters.* 1997. (ZCA)
# - A. Krizhevsky, I. Sutskever, G. Hinton. *ImageNet classification with deep convolutional neural networks.* 2012.
# - M. Lin, Q. Chen, S. Yan. *Network in network.* 2013. arXiv:1312.4400
# - K. Simonyan, A. Zisserman. *Very deep convolutional networks for large-scale image recognition.* 2014.
#   arXiv:1409.1556
# - K. He, X. Zhang, S. Ren, J. Sun. *Deep residual learning for image recognition.* CVPR 2016. arXiv:1512.03385
# - J. Nocedal, S. Wright. *Numerical optimization.* Springer, 2006.
#
# ## What comes next
#
# A fully connected layer does not know which pixels are neighbours, and it pays for every pixel with weights of its
# own. Lecture 5 looks at the image through a small window that slides over it: the convolution.
