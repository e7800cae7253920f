# %% [markdown]
# # 1 · From one neuron to a network
#
# **What you will see.** One neuron cuts the plane with a straight line: that is enough for AND and OR, and never
# enough for XOR. Two layers cut out convex polygons, three cut out any shape made of them, and one wide hidden layer
# follows any curve as closely as you like. All weights in this lecture are set by hand or by solving linear
# equations: nothing is trained yet.
#
# **What you need.** The dot product, the equation of a line, and numpy arrays.
#
# **How to read it.** A *prediction* asks you first: write your guess as `mine=...` and run the cell. A *claim*
# compares a sentence from a slide or a paper with what was measured here, and gives a verdict.

# %%
import itertools
import time

import numpy as np
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
# ## The component at work
#
# Writing `neuron_forward` is the first exercise of assignment 1. Here one weight $(1, 2)$ and one bias $-0.5$ meet
# four activations.


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
fig, axes = figure.panels(1, 4, 2.5, sharey=True)
for axis, name in zip(axes, ["identity", "step", "sigmoid", "relu"], strict=True):
    y = neuron_forward(points, weight, bias, activation=name)
    paint(axis, y, extent, vmin=-1.5, vmax=1.5, cmap=figure.DIVERGING)
    figure.arrow(axis, (0.1, 0.2), (0.1 + 0.5, 0.2 + 1.0))
    axis.set(title=name, xlabel="$x_1$")
axes[0].set_ylabel("$x_2$")
fig.colorbar(axes[0].images[0], ax=axes, label="output y", shrink=0.8, extend="both")
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
# XOR asks for *exactly one*: it fires at (0, 1) and (1, 0), not at (0, 0) and (1, 1). Minsky and Papert made this
# small table famous in 1969.

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
# The first way needs somebody who thinks of the product. The other two are *networks*: neurons that read neurons. A
# network can find its own features, and that is what training will be for.

# %%
ways = {"feature $x_1 x_2$": xor_feature, "OR − AND": xor_difference}
ways["OR and not AND"] = xor_net
points, extent = plane(-0.5, 1.5)
regions = {"one neuron": neuron_forward(points, *logic_gate("or"))}
regions |= {name: function(points) for name, function in ways.items()}

# %%
fig, axes = figure.panels(1, 4, 2.3, sharey=True)
look = {"color": figure.ORANGE, "markersize": 8, "markeredgecolor": "white"}
for axis, (name, region) in zip(axes, regions.items(), strict=True):
    paint(axis, region, extent, cmap="Blues", vmin=0, vmax=2.2)
    for corner, target in zip(corners, targets["XOR"], strict=True):
        axis.plot(*corner, marker="o" if target else "X", **look)
    axis.set(title=name, xlabel="$x_1$", xticks=[0, 1], yticks=[0, 1])
axes[0].set_ylabel("$x_2$")
figure.show(fig, "xor")
shares = [np.mean(way(corners) == targets["XOR"]) for way in ways.values()]
claim("L1.1-xor", shares)

# %% [markdown]
# ## 4 · What the step inside is for
#
# Take the second network and remove the step from the two inner neurons, keeping it at the output.

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
# ## 5 · Polygons: what two and three layers can cut out
#
# A step neuron answers *on which side of this line?* A convex polygon is the set of points on the right side of all
# its sides: one hidden neuron for each side, and an AND on top, which fires where more than $K - \frac12$ of the $K$
# hidden neurons fire. An OR of several such polygons, one more layer, gives any shape that can be glued from convex
# pieces: with dents, with holes, in several parts. In the figure below orange is where the network fires, and a darker
# blue says that more sides of a piece agree.

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
fig, axes = figure.panels(1, 4, 2.5, sharey=True)
for axis, (name, pieces) in zip(axes, shapes.items(), strict=True):
    halves = [sides_of(piece) for piece in pieces]
    sides = [neuron_forward(points, n.T, offset).mean(axis=1) for n, offset in halves]
    paint(axis, np.max(sides, axis=0), extent, cmap="Blues", vmin=0, vmax=1.8)
    inside = polygon_union(points, halves)
    squares = (values.reshape(201, 201) for values in (*points.T, inside))
    axis.contourf(*squares, [0.5, 1], colors=[figure.ORANGE])
    axis.set_title(name, fontsize=8.5)
    axis.set(xlabel="$x_1$")
axes[0].set_ylabel("$x_2$")
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
# Is the second hidden layer needed? A slide grants *one* hidden layer any polyhedron. With an AND on top, only convex
# ones come out: the AND of all six sides of the L-shape is its corner square. Other output weights save this one. The L
# needs its four outer sides and one of the two sides at the dent: $2 \cdot (\text{outer}) + (\text{dent}) > 8.5$.
#
# No weights save the S-shape of two bars, $y < 0$ on the left and $y > 0$ on the right. Two of its sides lie on the
# line $y = 0$. Step across this line from below, and the sum of the output neuron changes by the same amount on the
# left, where it should fall, and on the right, where it should rise.

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
# A yes-or-no region is one thing, a curve another. Cybenko (1989) and Hornik (1991) proved that **one** hidden layer
# with a suitable activation comes as close as you like to any continuous function on a closed interval, if it is wide
# enough. For ReLU you can see why: a sum of ReLUs is a line with a bend wherever a unit starts, and lines with
# enough bends follow any curve. With $n$ equal pieces the largest error is at most
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
    if activation == "relu":
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
for name in ("relu", "sigmoid"):
    for width in widths:
        rngs = map(np.random.default_rng, range(9))
        trials = [random_features(width, name, rng) for rng in rngs]
        fits[name, width] = sorted(trials, key=largest_error)[4]  # the median
    error[name] = np.array([largest_error(fits[name, width]) for width in widths])

# %%
fig, (*axes, last) = figure.panels(1, 3, 2.7, width_ratios=[1, 1, 1.25])
for axis, name in zip(axes, error, strict=True):
    axis.plot(x[:, 0], target, color=figure.GREY, lw=4, alpha=0.4, label="sin 2πx")
    for width, dashes in zip((2, 4, 16), (":", "--", "-"), strict=True):
        axis.plot(x[:, 0], fits[name, width], dashes, label=f"{width} units")
    axis.set(title=name, xlabel="x", ylim=(-1.9, 1.9))
    axis.legend(fontsize=7, loc="upper right")
axes[0].set_ylabel("y")
for (name, errors), marker in zip(error.items(), "os", strict=True):
    last.loglog(widths, errors, marker=marker, label=f"{name}, random units")
last.loglog(widths, by_hand, "--", color=figure.GREY, label="relu, equal distances")
last.minorticks_off()
last.set(title="largest error", xlabel="hidden units", xticks=widths)
last.set(xticklabels=widths, ylim=(1e-9, 1e4))
last.legend(fontsize=7, loc="upper right")
figure.show(fig, "approximation")

# %%
relu, sigmoid = error.values()
claim("L1.5-relu", [*relu[1:] / relu[:-1], relu[-1] / 0.01])
claim("L1.5-sigmoid", [*sigmoid[1:5] / sigmoid[:4], sigmoid[-1] / 0.0001])

# %% [markdown]
# The theorem says that good weights *exist*. It says neither that training finds them nor that the width is
# affordable. Two or three layers are enough in principle; deep networks are used because they learn features on the
# way.
#
# ## 7 · What really happens: matrices
#
# We speak of neurons and connections. The machine multiplies matrices: for $N$ inputs and $M$ neurons,
# $Y = \sigma(X W + b)$, where $X$ is $(N, D)$ and $W$ is $(D, M)$. Other texts write $\sigma(W^T x)$ for one input:
# the same product. A graphics card is fast at exactly this.

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

# %% [markdown]
# ## 8 · The loss of a network is not convex
#
# Linear and logistic regression have one valley. A network has many: exchange two hidden neurons, with all their
# weights, and the function is the same, so every good set of weights has a twin. On the way from one to the other the
# two neurons become equal, and with one neuron XOR is impossible again. We walk that way with a 2-2-1 network of
# sigmoids whose weights are ten times those of the gates.

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
fig, axis = figure.panels(height=2.3)
axis.plot(way, losses)
axis.plot([0, 1], [losses[0], losses[-1]], "o--", label="a convex loss stays below")
axis.set(xlabel="part of the way from the weights to their twin")
axis.set(ylabel="½ mean squared error")
axis.legend()
figure.show(fig, "hill")
claim("L1.7-twins", losses[0] - losses[-1])
claim("L1.7-not-convex", [losses[0], losses[50]])

# %% [markdown]
# That is why networks are trained with small noisy steps, *stochastic gradient descent* on mini-batches, and why the
# start matters (lectures 7 and 8). One question remains about words.

# %%
predict("parameter")

# %% [markdown]
# ## What to remember
#
# 1. A neuron is a weighted sum and an activation. It cuts space with one straight line or plane.
# 2. AND, OR and NOT are neurons. XOR is not: it needs a new feature or a second layer.
# 3. Without a nonlinear activation between them, layers collapse into one.
# 4. One hidden layer of steps and an AND: any *convex* polygon, and no other. One more layer and an OR: any polygonal
#    region.
# 5. One wide hidden layer approximates any continuous function. That is a sentence about existence, not about training.
# 6. A layer is a matrix product. Its loss has many equal valleys.
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
# - G. Brightwell, C. Kenyon, H. Paugam-Moisy. *Multilayer neural networks: one or two hidden layers?* NIPS 1996.
# - C. de Boor. *A practical guide to splines.* Springer, 1978.
