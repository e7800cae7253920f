# %% [markdown]
# # 1 · From one neuron to a network
#
# **What you will see.** One neuron cuts the plane with a straight line. That is enough for AND and OR, and never
# enough for XOR. With one hidden layer of such neurons a network cuts out convex polygons, with two it cuts out any
# shape made of them, and one wide hidden layer follows any curve as closely as you like. All weights in this lecture
# are set by hand or by solving linear equations: nothing is trained yet.
#
# **What you need.** The dot product, the equation of a line, and numpy arrays.
#
# **How to read it.** A *prediction* asks you first: decide before you open the answer. A *claim* compares a sentence
# from a slide or a paper with what was measured here, and gives a verdict. Lecture 0 explains both.

# %%
import itertools
import time

import numpy as np
from matplotlib.patches import Rectangle
from matplotlib.path import Path

from classroom import claim, figure, ledger, predict
from solutions.activation import relu_forward, sigmoid_forward
from solutions.loss import mse_forward
from solutions.neuron import (
    halfplane_polygon,
    logic_gate,
    neuron_forward,
    polygon_union,
    two_layer_forward,
    xor_difference,
    xor_feature,
    xor_net,
)

# %%
figure.style()
ledger.use("01_neuron")

# %% [markdown]
# ## The idea
#
# A **neuron** takes $D$ numbers, multiplies each by a weight, adds a bias, and passes the sum through an
# *activation* $\sigma$:
#
# $$y = \sigma(z), \qquad z = \sum_{j=1}^{D} w_j x_j + b.$$
#
# With $\sigma(z) = z$ it is linear regression, with the sigmoid $1 / (1 + e^{-z})$ it is logistic regression, and
# with a step it is a yes-or-no question. Some books write $-w_0$ for $b$, or give $x$ an extra entry $x_0 = 1$ whose
# weight is the bias. All of these are the same neuron.
#
# The sum $z$ is 0 on a straight line (in more dimensions: on a plane). The weights stand at right angles to that line
# and point to the side where the neuron fires; the bias shifts it. Whatever the activation, all points on a parallel
# line get the same answer.
#
# In drawings a neuron is a circle, and an arrow carries a number from one circle to the next. A **network** is made of
# neurons that read other neurons. The layers between its inputs and its outputs are called *hidden*.


# %%
def draw_units(axis, layers, labels=()):
    """Draw columns of circles, and arrows from each one to all of the next column."""
    spots = [
        [(2.0 * column, (len(units) - 1) / 2 - row) for row in range(len(units))]
        for column, units in enumerate(layers)
    ]
    circle = {"boxstyle": "circle", "fc": "white", "ec": figure.INK}
    for left, right in itertools.pairwise(spots):
        for (x0, y0), (x1, y1) in itertools.product(left, right):
            figure.arrow(axis, (x0 + 0.3, y0), (x1 - 0.3, y1), figure.GREY)
    for column, units in zip(spots, layers, strict=True):
        for spot, unit in zip(column, units, strict=True):
            figure.note(axis, *spot, unit, bbox=circle, fontsize=10)
    for x, y, label in labels:
        figure.note(axis, x, y, label, color=figure.BLUE, fontsize=9)
    axis.set(xlim=(-0.5, 2.0 * len(layers) - 1.5), ylim=(-2.3, 2.1))
    axis.axis("off")


# %%
fig, (top, bottom) = figure.panels(2, 1, 5.0, width=figure.NARROW)
weights_and_sum = [(1, 0.8, "$w_1$"), (1, 0.16, "$w_2$"), (1, -0.8, "$b$")]
weights_and_sum += [(3, 0.22, "$z$"), (5, 0.22, "$y = \\sigma(z)$")]
inputs = ["$x_1$", "$x_2$", "$1$"]
draw_units(top, [inputs, ["$\\Sigma$"], ["$\\sigma$"], ["$y$"]], weights_and_sum)
top.set(title="one neuron: a weighted sum, then an activation")
names = [(0, -2, "inputs"), (2, -2, "hidden layer"), (4, -2, "outputs")]
hidden, outputs = ["$u_1$", "$u_2$", "$u_3$"], ["$y_1$", "$y_2$"]
draw_units(bottom, [inputs[:2], hidden, outputs], names)
bottom.set(title="a network with one hidden layer")
figure.show(fig, "neuron-and-network", drawing=True)

# %% [markdown]
# ## The component at work
#
# Writing `neuron_forward` is the first exercise of assignment 1. Below, one neuron with the weights $(1, 2)$ and the
# bias $-0.5$ is given four activations in turn.


# %%
def plane(low, high, steps=161):
    """Return the points of a square grid, (steps², 2), and its extent for imshow."""
    line = np.linspace(low, high, steps)
    first, second = np.meshgrid(line, line)
    return np.stack([first.ravel(), second.ravel()], axis=1), (low, high, low, high)


def paint(axis, values, extent, **options):
    """Show one value for each grid point as an image, the second coordinate upwards."""
    side, options = round(len(values) ** 0.5), {"extent": extent, **options}
    axis.grid(False)
    return axis.imshow(np.reshape(values, (side, side)), origin="lower", **options)


# %%
points, extent = plane(-2, 2)
weight, bias = np.array([1.0, 2.0]), -0.5
fig, axes = figure.panels(2, 2, 4.2, width=figure.NARROW, sharex=True, sharey=True)
names = ["identity", "step", "sigmoid", "ReLU"]
for axis, name in zip(axes.ravel(), names, strict=True):
    y = neuron_forward(points, weight, bias, activation=name.lower())
    paint(axis, y, extent, vmin=-1.5, vmax=1.5, cmap=figure.DIVERGING)
    figure.arrow(axis, (0.1, 0.2), (0.1 + 0.5, 0.2 + 1.0))
    axis.set(title=name)
fig.supxlabel("$x_1$", fontsize=9)
fig.supylabel("$x_2$", fontsize=9)
fig.colorbar(axis.images[0], ax=axes, label="output y", shrink=0.8, extend="both")
figure.show(fig, "activations")

# %% [markdown]
# ## 1 · Gates
#
# Let the inputs be 0 or 1 and the activation a step. Then a neuron is a logic gate:
#
# | gate | fires where |
# |---|---|
# | $x_1$ AND $x_2$ | $x_1 + x_2 - 1.5 > 0$ |
# | $x_1$ OR $x_2$ | $x_1 + x_2 - 0.5 > 0$ |
# | NOT $x_1$ | $-x_1 + 0.5 > 0$ |

# %%
corners = np.array(list(itertools.product([0.0, 1.0], repeat=2)))  # (4, 2)
table = {name: neuron_forward(corners, *logic_gate(name)) for name in ("and", "or")}
negated = neuron_forward(np.array([[0.0], [1.0]]), *logic_gate("not"))
print("x1 x2 | and or")
for row in np.column_stack([corners, table["and"], table["or"]]):
    print(" {:.0f}  {:.0f} |  {:.0f}   {:.0f}".format(*row))
claim("L1.1-gates", np.concatenate([table["and"], table["or"], negated]))

# %% [markdown]
# ## 2 · The gate that one neuron cannot be
#
# XOR means *exactly one of the two*: it should fire at (0, 1) and (1, 0), but not at (0, 0) and (1, 1). Minsky and
# Papert made this small table famous in 1969.

# %%
predict("xor-corners")

# %%
line = np.linspace(-2, 2, 41)
grid = np.meshgrid(line, line, line, indexing="ij")
w1, w2, b = (numbers.ravel() for numbers in grid)
# Above 1e-9: grid values that should be 0 are 1e-16.
fires = corners @ np.stack([w1, w2]) + b > 1e-9  # (4, 41³)
targets = {"AND": [0, 0, 0, 1], "OR": [0, 1, 1, 1], "XOR": [0, 1, 1, 0]}
best = []
for name, target in targets.items():
    shares = (fires == np.array(target)[:, None]).mean(axis=0)
    best.append(shares.max())
    many = np.mean(shares == best[-1])
    print(f"{name:<4} best {best[-1]:.2f}, reached by {many:.1%} of {len(b)} neurons")
claim("L1.2-xor-one-neuron", best)

# %% [markdown]
# ## 3 · Three ways to XOR
#
# 1. **A new feature.** Give the neuron the product as a third input: $x_1 + x_2 - 2 x_1 x_2 - 0.5 > 0$.
# 2. **A difference of neurons.** $(x_1 \text{ OR } x_2) - (x_1 \text{ AND } x_2) - 0.5 > 0$: two neurons whose outputs
#    feed a third.
# 3. **Gates only.** $(x_1 \text{ OR } x_2)$ AND NOT $(x_1 \text{ AND } x_2)$.
#
# The first way needs somebody who thinks of the product. The other two are networks: neurons that read neurons. A
# network can find its own features, and that is what training will be for.

# %%
ways = {"feature $x_1 x_2$": xor_feature, "OR − AND": xor_difference}
ways["OR and not AND"] = xor_net
points, extent = plane(-0.5, 1.5)
regions = {"one neuron": neuron_forward(points, *logic_gate("or"))}
regions |= {name: function(points) for name, function in ways.items()}

# %%
fig, axes = figure.panels(2, 2, 4.6, width=figure.NARROW, sharex=True, sharey=True)
look = {"color": figure.ORANGE, "markersize": 8, "markeredgecolor": "white"}
for axis, (name, region) in zip(axes.ravel(), regions.items(), strict=True):
    paint(axis, region, extent, cmap="Blues", vmin=0, vmax=2.2)
    for corner, target in zip(corners, targets["XOR"], strict=True):
        axis.plot(*corner, marker="o" if target else "X", **look)
    axis.set(title=name, xticks=[0, 1], yticks=[0, 1])
fig.supxlabel("$x_1$", fontsize=9)
fig.supylabel("$x_2$", fontsize=9)
figure.show(fig, "xor")
shares = [np.mean(way(corners) == targets["XOR"]) for way in ways.values()]
claim("L1.1-xor", shares)

# %% [markdown]
# Why does the product help? With $x_3 = x_1 x_2$ as a third axis, the corner (1, 1) moves up and the other three stay
# on the floor. Now a plane, which is all that a neuron has, can pass between the corners that want yes and the others.

# %%
lifted = np.column_stack([corners, corners.prod(axis=1)])  # (4, 3)
margins = lifted @ [1.0, 1.0, -2.0] - 0.5
fig, axis = figure.panels(height=3.2, width=4.2, subplot_kw={"projection": "3d"})
first, second = np.meshgrid([-0.2, 1.2], [-0.2, 1.2])
look = {"color": figure.SKY, "alpha": 0.35}
axis.plot_surface(first, second, (first + second - 0.5) / 2, **look)
for corner, target in zip(lifted, targets["XOR"], strict=True):
    mark = {"marker": "o" if target else "X", "color": figure.ORANGE}
    axis.plot(*corner[:, None], markersize=9, **mark)
axis.set(xlabel="$x_1$", ylabel="$x_2$", zlabel="$x_1 x_2$", xticks=[0, 1])
axis.set(yticks=[0, 1], zticks=[0, 1])
for side in (axis.yaxis, axis.zaxis):
    side.set_rotate_label(False)
axis.view_init(12, -75)
figure.show(fig, "lifted-corners")
claim("L1.1-plane", margins)

# %% [markdown]
# ## 4 · What the step inside is for
#
# Take the second network, remove the step from its two hidden neurons, and keep the one at the output.

# %%
predict("without-steps")


# %%
def without_steps(x, weight1, bias1, weight2, bias2):
    """Return the sum of the output neuron when hidden neurons have no activation."""
    hidden = neuron_forward(x, weight1, bias1, activation="identity")
    return neuron_forward(hidden, weight2, bias2, activation="identity")


(or_weight, or_bias), (and_weight, and_bias) = logic_gate("or"), logic_gate("and")
gates = np.stack([or_weight, and_weight], axis=1), np.array([or_bias, and_bias])
rng = np.random.default_rng(0)
here, step = rng.normal(size=(10_000, 2)), rng.normal(size=(10_000, 2))
always = without_steps(here, *gates, np.array([1.0, -1.0]), -0.5) > 0
claim("L1.3-no-surface", always.mean())

# %%
weights = rng.normal(size=(2, 8)), rng.normal(size=8), rng.normal(size=8), 0.3


def with_steps(x, weight1, bias1, weight2, bias2):
    """Return the same sum when they have one."""
    hidden = neuron_forward(x, weight1, bias1)
    return neuron_forward(hidden, weight2, bias2, activation="identity")


bends = []
for network in (without_steps, with_steps):
    left, middle, right = (network(here + k * step, *weights) for k in (-1, 0, 1))
    bends.append(np.abs(left - 2 * middle + right))
claim("L1.3-affine", bends[0].max())
claim("L1.3-bent", np.mean(bends[1] > 0.01))

# %% [markdown]
# ## 5 · Polygons: what one and two hidden layers can cut out
#
# A step neuron answers the question *on which side of this line?* A point lies in a convex polygon if it is on the
# inner side of every edge. So the network needs one hidden neuron for each edge, and an AND at the output, which fires
# where more than $K - \frac12$ of the $K$ hidden neurons fire. Let a second hidden layer hold several such ANDs and
# the output be an OR, and you get any shape that can be put together from convex pieces: with dents, with holes, in
# several parts. In the figure below the network fires in the orange region; the darker the blue, the more edges of a
# piece agree.

# %%
predict("hexagon")


# %%
def sides_of(corners):
    """Return the inward normals and offsets of a convex polygon (counter-clockwise)."""
    along = np.roll(corners, -1, axis=0) - corners
    normals = np.stack([-along[:, 1], along[:, 0]], axis=1)
    return normals, -(normals * corners).sum(axis=1)


def regular(count, centre=(0.0, 0.0), radius=1.0, turn=0.3):
    """Return the corners of a regular polygon."""
    angles = turn + 2 * np.pi * np.arange(count) / count
    circle = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return np.array(centre) + radius * circle


# %%
bar = np.array([[-1.5, -1.5], [1.5, -1.5], [1.5, -0.5], [-1.5, -0.5]])
post = np.array([[-1.5, -1.5], [-0.5, -1.5], [-0.5, 1.5], [-1.5, 1.5]])
ell = np.concatenate([bar[:3], [[-0.5, -0.5]], post[2:]])
places = ((3, (-1, -0.9)), (5, (0.9, -0.8)), (8, (0.1, 1.0)))
parts = [regular(count, centre, 0.8) for count, centre in places]
shapes = {
    "triangle\n3 units, AND": [regular(3)],
    "octagon\n8 units, AND": [regular(8)],
    "with a dent\n8 units, 2 AND, OR": [bar, post],
    "in three parts\n16 units, 3 AND, OR": parts,
}

# %%
points, extent = plane(-2, 2, 201)
fig, axes = figure.panels(2, 2, 5.0, width=figure.NARROW, sharex=True, sharey=True)
for axis, (name, pieces) in zip(axes.ravel(), shapes.items(), strict=True):
    halves = [sides_of(piece) for piece in pieces]
    sides = [neuron_forward(points, n.T, offset).mean(axis=1) for n, offset in halves]
    paint(axis, np.max(sides, axis=0), extent, cmap="Blues", vmin=0, vmax=1.8)
    inside = polygon_union(points, halves)
    squares = (values.reshape(201, 201) for values in (*points.T, inside))
    axis.contourf(*squares, [0.5, 1], colors=[figure.ORANGE])
    axis.set_title(name, fontsize=9)
fig.supxlabel("$x_1$", fontsize=9)
fig.supylabel("$x_2$", fontsize=9)
figure.show(fig, "hand-set")

# %%
rng = np.random.default_rng(0)
probes = rng.uniform(-2, 2, (20_000, 2))
agreement = []
for count in range(3, 9):
    shape = regular(count, turn=rng.uniform(0, 1))
    ours = halfplane_polygon(probes, *sides_of(shape))
    agreement.append(np.mean(ours == Path(shape).contains_points(probes)))
claim("L1.4-convex", agreement)
dented = polygon_union(probes, [sides_of(bar), sides_of(post)])
pieces = polygon_union(probes, [sides_of(part) for part in parts])
in_ell = Path(ell).contains_points(probes)
in_pieces = np.any([Path(part).contains_points(probes) for part in parts], axis=0)
claim("L1.4-union", [np.mean(dented == in_ell), np.mean(pieces == in_pieces)])

# %% [markdown]
# Is the second hidden layer needed? A slide says that *one* hidden layer separates any polyhedron. With an AND at the
# output only convex shapes come out: the AND of all six edges of the L-shape is the square at its corner. Other output
# weights rescue the L. A point lies in it if it is inside the four outer edges and at least one of the two edges at the
# dent: $2 \cdot (\text{outer}) + (\text{dent}) > 8.5$.
#
# No weights rescue an S-shape made of two bars, one below the line $y = 0$ on the left and one above it on the right.
# Both bars have an edge on this line. Cross the line upwards. The output neuron's sum changes by the same amount on
# the left, where it should fall, as on the right, where it should rise.

# %%
fig, axis = figure.panels(height=2.4, width=4.2)
for x0, y0 in ((-1.5, -1.0), (0.0, 0.0)):
    axis.add_patch(Rectangle((x0, y0), 1.5, 1.0, color=figure.ORANGE, alpha=0.6, lw=0))
axis.axhline(0, color=figure.BLUE, lw=1.5)
for x0, words in ((-0.75, "must stop firing"), (0.75, "must start firing")):
    figure.arrow(axis, (x0, -0.35), (x0, 0.4))
    figure.note(axis, x0, 0.55, words)
figure.note(axis, 1.95, 0.12, "$y = 0$", color=figure.BLUE)
axis.set(xlim=(-1.8, 2.2), ylim=(-1.2, 1.2), xlabel="x", ylabel="y")
figure.show(fig, "two-bars", drawing=True)

# %%
grid, _ = plane(-1.99, 1.99, 200)
inside = Path(ell).contains_points(grid)
normals, offsets = sides_of(ell)
alone = halfplane_polygon(grid, normals, offsets)
hidden = neuron_forward(grid, normals.T, offsets)
saved = neuron_forward(hidden, np.array([2, 2, 1, 1, 2, 2]), -8.5)
# Just below and above y = 0, left and right: the S wants its 1st and 4th point alone.
across = np.array([[-1, -1e-9], [-1, 1e-9], [1, -1e-9], [1, 1e-9]])
# A thousand lines, and y = 0 from both sides.
lines = np.concatenate([rng.normal(size=(2, 1000)), [[0, 0], [1, -1]]], axis=1)
places = np.concatenate([rng.normal(size=1000), [0, 0]])
hidden = neuron_forward(across, lines, places)  # (4, 1002)
apart = np.abs(np.array([1, -1, -1, 1]) @ hidden).max()
shares = alone.sum() / inside.sum(), np.mean(saved == inside)
claim("L1.4-convex-only", [*shares, apart])

# %% [markdown]
# ## 6 · Universal approximation
#
# A yes-or-no region is one thing, a curve is another. Cybenko (1989) and Hornik (1991) proved that **one** hidden layer
# comes as close as you like to any continuous function on a closed interval, if it is wide enough. Their proofs ask for
# a bounded activation such as the sigmoid. Leshno, Lin, Pinkus and Schocken (1993) showed that any continuous
# activation will do that is not a polynomial, and so also ReLU. For ReLU you can see why: a sum of ReLUs is a line
# with a bend wherever a unit starts, and a line with enough bends follows any curve. With $n$ equal pieces the largest
# error is at most
#
# $$\frac{h^2}{8} \max |f''|, \qquad h = \frac1n.$$

# %%
predict("twice-the-units")

x = np.linspace(0, 1, 1001)[:, None]  # (1001, 1)
target = np.sin(2 * np.pi * x[:, 0])
widths = 2 ** np.arange(1, 9)


def interpolate(width):
    """Return the sum of ReLUs that meets the sine at width + 1 equal distances."""
    knots = np.linspace(0, 1, width + 1)
    slopes = np.diff(np.sin(2 * np.pi * knots)) * width
    weight = np.ones((1, width))
    hidden = neuron_forward(x, weight, -knots[:-1], activation="relu")  # (1001, width)
    return hidden @ np.diff(slopes, prepend=0)


# %%
by_hand = np.array([np.abs(interpolate(width) - target).max() for width in widths])
claim("L1.5-rate", (by_hand[3:] * 8 * widths[3:] ** 2) / (2 * np.pi) ** 2)
claim("L1.5-doubling", by_hand[3:-1] / by_hand[4:])

# %% [markdown]
# Nobody has to place the bends by hand. Below, the hidden weights are *random* and only the output weights are fitted,
# by least squares. It still works, for ReLU and for the smooth sigmoid.


# %%
def random_features(width, activation, rng):
    """Return the least-squares fit of the sine on width random hidden units."""
    if activation == "ReLU":
        weight = rng.choice([-1.0, 1.0], (1, width))
        hidden, _ = relu_forward((x - rng.uniform(0, 1, width)) * weight)
    else:
        weight = rng.normal(0, 12, (1, width))
        hidden, _ = sigmoid_forward((x - rng.uniform(0, 1, width)) * weight)
    features = np.column_stack([hidden, np.ones(len(x))])  # (1001, width + 1)
    output, *_ = np.linalg.lstsq(features, target, rcond=1e-10)
    return features @ output


# %%
def largest_error(fit):
    return np.abs(fit - target).max()


fits, error = {}, {}
for name in ("ReLU", "sigmoid"):
    for width in widths:
        rngs = map(np.random.default_rng, range(9))
        trials = [random_features(width, name, rng) for rng in rngs]
        fits[name, width] = sorted(trials, key=largest_error)[4]  # the median
    error[name] = np.array([largest_error(fits[name, width]) for width in widths])

# %%
fig, (*axes, last) = figure.panels(3, 1, 7.4, width=figure.NARROW)
for axis, name in zip(axes, error, strict=True):
    axis.plot(x[:, 0], target, color=figure.GREY, lw=4, alpha=0.4, label="sin 2πx")
    for width, dashes in zip((2, 4, 16), (":", "--", "-"), strict=True):
        axis.plot(x[:, 0], fits[name, width], dashes, label=f"{width} units")
    axis.set(title=name, xlabel="x", ylabel="y", ylim=(-1.9, 1.9))
    axis.legend(loc="upper right")
for (name, errors), marker in zip(error.items(), "os", strict=True):
    last.loglog(widths, errors, marker=marker, label=f"{name}, random units")
last.loglog(widths, by_hand, "--", color=figure.GREY, label="ReLU, equal distances")
last.minorticks_off()
last.set(title="largest error", xlabel="hidden units", xticks=widths)
last.set(xticklabels=widths, ylim=(1e-9, 1e4))
last.legend(loc="upper right")
figure.show(fig, "approximation")

# %%
relu, sigmoid = error.values()
claim("L1.5-relu", [*relu[1:] / relu[:-1], relu[-1] / 0.01])
claim("L1.5-sigmoid", [*sigmoid[1:5] / sigmoid[:4], sigmoid[-1] / 0.0001])

# %% [markdown]
# The theorem says that good weights *exist*. It says neither that training finds them nor that the width is
# affordable. One or two hidden layers are enough in principle. Deep networks are used because they learn features on
# the way.
#
# ## 7 · What really happens: matrices
#
# We speak of neurons and connections, but the machine multiplies matrices. For $N$ inputs and $M$ neurons,
# $Y = \sigma(X W + b)$, where $X$ is $(N, D)$ and $W$ is $(D, M)$. Other texts write $\sigma(W^T x)$ for one input,
# which is the same product. A graphics card is fast at exactly this.
#
# With a ReLU between two such products, the linear score $f = W x$ of a classifier becomes the network of two layers
# that slides write as $f = W_2 \max(0, W_1 x)$.

# %%
rng = np.random.default_rng(0)
x_rows, weight = rng.normal(size=(1000, 256)), rng.normal(size=(256, 256))
predict("loops-against-product")

# %%


def dot(row, column):
    return sum(a * b for a, b in zip(row, column, strict=True))


# Plain numbers: fair to the loop, of which five rows are measured.
rows, columns = x_rows[:5].tolist(), weight.T.tolist()
start = time.process_time()
slow = [[dot(row, column) for column in columns] for row in rows]
loop_seconds = (time.process_time() - start) * 1000 / 5
matrix_seconds = []
for _ in range(5):
    start = time.process_time()
    fast = x_rows @ weight
    matrix_seconds.append(time.process_time() - start)
claim("L1.6-same", np.abs(fast[:5] - slow).max())
claim("L1.6-vectorised", loop_seconds / np.median(matrix_seconds))

# %%
second = rng.normal(size=(256, 10))
scores = relu_forward(x_rows[:5] @ weight)[0] @ second  # (5, 10)
# As on the slide: one input, a column, and the matrices transposed.
as_columns = [second.T @ np.maximum(0, weight.T @ x_row) for x_row in x_rows[:5]]
claim("L1.6-two-layers", np.abs(scores - as_columns).max())

# %% [markdown]
# ## 8 · The loss of a network is not convex
#
# The loss of linear or logistic regression has one valley. A network's loss has many: exchange two hidden neurons
# together with all their weights, and the function stays the same, so every good set of weights has a twin. Halfway
# between the twins the two neurons are equal, and with one neuron XOR is impossible again. We follow this path with a
# 2-2-1 network of sigmoids whose weights are ten times those of the gates.

# %%
steep = [10 * gates[0], 10 * gates[1], np.array([[10.0], [-10.0]]), np.array([-5.0])]
twin = [steep[0][:, ::-1], steep[1][::-1], steep[2][::-1], steep[3]]
wanted = np.array(targets["XOR"], dtype=float)[:, None]
way = np.linspace(0, 1, 101)
losses = []
for share in way:
    mixed = [(1 - share) * a + share * b for a, b in zip(steep, twin, strict=True)]
    losses.append(mse_forward(two_layer_forward(corners, *mixed)[0], wanted)[0])

# %%
fig, axis = figure.panels(height=2.6, width=figure.NARROW)
axis.plot(way, losses)
axis.plot([0, 1], [losses[0], losses[-1]], "o--", label="a convex loss stays below")
axis.set(xlabel="share of the path from the weights to their twin")
axis.set(ylabel="½ mean squared error")
axis.legend()
figure.show(fig, "hill")
claim("L1.7-twins", losses[0] - losses[-1])
claim("L1.7-not-convex", [losses[0], losses[50]])

# %% [markdown]
# So where training ends depends on where it begins: lecture 8 is about good initial weights. Training goes downhill in
# many small steps, each computed from a few examples, a *mini-batch*. The reason for mini-batches is not the shape of
# the loss but the price of a step: a few examples already show the way down, for a fraction of the work (lecture 7).
# One question about words remains.

# %%
predict("parameter")

# %% [markdown]
# ## What to remember
#
# 1. A neuron is a weighted sum and an activation. It cuts space with one straight line or plane.
# 2. AND, OR and NOT are neurons. XOR is not: it needs a new feature or a hidden layer.
# 3. Without a nonlinear activation between them, layers collapse into one.
# 4. One hidden layer of steps with an AND at the output cuts out any *convex* polygon. A second hidden layer and an OR
#    give any polygonal region.
# 5. One wide hidden layer approximates any continuous function. That is a statement about existence, not about
#    training.
# 6. A layer is a matrix product followed by an activation. The loss of a network has many equal valleys.
#
# ## Exercises that follow
#
# Assignment 1, *Neurons*: `neuron_forward`, `logic_gate`, `xor_net`, `halfplane_polygon`, `two_layer_forward`.
#
# ## Further reading
#
# - W. McCulloch, W. Pitts. *A logical calculus of the ideas immanent in nervous activity.* 1943.
# - F. Rosenblatt. *The perceptron.* Psychological Review, 1958.
# - M. Minsky, S. Papert. *Perceptrons.* MIT Press, 1969.
# - G. Cybenko. *Approximation by superpositions of a sigmoidal function.* 1989.
# - K. Hornik. *Approximation capabilities of multilayer feedforward networks.* Neural Networks, 1991.
# - M. Leshno, V. Lin, A. Pinkus, S. Schocken. *Multilayer feedforward networks with a nonpolynomial activation function
#   can approximate any function.* Neural Networks, 1993.
# - G. Brightwell, C. Kenyon, H. Paugam-Moisy. *Multilayer neural networks: one or two hidden layers?* NIPS 1996.
# - C. de Boor. *A practical guide to splines.* Springer, 1978.
#
# ## What comes next
#
# All weights of this lecture were set by hand. To let a machine set them, we have to know how the loss changes with
# each of them. Lecture 2 computes all these derivatives in one pass, and at its end a network learns XOR.
