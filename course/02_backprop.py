# %% [markdown]
# # 2 · Computation graphs and backpropagation
#
# **What you will see.** A network is a graph of small operations, and its gradient is computed by walking through this
# graph backwards once. You will follow a gradient by hand, derive the gradients of a network of two layers, count what
# the backward walk saves, and catch the mistake of overwriting a gradient. You will learn when a gradient check
# deserves trust: how large its step should be, and why it sometimes rejects a correct gradient. At the end a network
# learns XOR.
#
# **What you need.** The chain rule, and the two-layer network of lecture 1.
#
# **How to read it.** A *prediction* asks you first: decide before you open the answer. A *claim* compares a sentence
# from a slide or a paper with what was measured here, and gives a verdict. Lecture 0 explains both.

# %%
import functools
import itertools
import operator

import numpy as np

from classroom import claim, figure, ledger, predict
from solutions.activation import relu_backward, relu_forward, sigmoid_forward
from solutions.autodiff import Value, tape_gradient, topological_order
from solutions.gradient_check import numerical_gradient, relative_error
from solutions.initialization import kaiming_normal
from solutions.linear import linear_backward, linear_forward
from solutions.loss import mse_backward, mse_forward, softmax_cross_entropy
from solutions.neuron import two_layer_backward, two_layer_forward

figure.style()
ledger.use("02_backprop")

# %% [markdown]
# ## The idea
#
# Write a computation as steps, each of which uses only results that exist already. Draw an arrow from each number to
# the results that use it: this is the *computation graph*. The chain rule says
#
# $$f(g(h(x)))' = f'(g) \cdot g'(h) \cdot h'(x).$$
#
# *Backpropagation* multiplies these factors from the end to the start. Each node receives the derivative of the final
# result with respect to itself, multiplies it by its own local derivatives, and sends the products on to its inputs. A
# node that was used several times **adds** what it receives.
#
# On the way forward, each node keeps what it will need later. On the way back it needs only that, and the derivative
# that arrives from above. So a library can offer nodes as parts and differentiate whatever you build from them.
#
# Graphs are also the language in which architectures are described. In a *fully connected* network each unit reads all
# units of the layer before it. In a *convolutional* network it reads a small window (lecture 5). In a *recurrent*
# network it also reads its own last output, so that it can follow a sequence; in a *recursive* network one and the same
# node is applied along a tree. All of them are graphs of nodes that can be differentiated, so they can be combined. A
# convolutional network can describe a picture, a recurrent one can turn the description into a sentence, and one
# backward walk trains both.

# %%
predict("node-of-a-graph")

# %% [markdown]
# ## The component at work
#
# `Value` is a number that remembers which numbers it was computed from. Writing such a *tape* is an exercise of
# assignment 1. Here it computes the loss of one tanh neuron, $L = \frac12 (\tanh(w x + b) - t)^2$, and then walks
# back.

# %%
w, x, b, t = Value(-1.5), Value(2.0), Value(2.5), Value(0.5)
product = w * x
z = product + b
a = z.tanh()
error = a - t
loss = error * error * 0.5
loss.backward()

nodes = {
    "w": (w, 0, 2.2), "x": (x, 0, 0.2), "b": (b, 1.4, -0.7), "t": (t, 4.0, -0.7),
    "w x": (product, 1.4, 1.2), "z": (z, 2.7, 1.1), "a": (a, 4.0, 1.1),
    "a - t": (error, 5.4, 0.3), "L": (loss, 6.9, 0.3),
}  # fmt: skip
arrows = {
    "w>w x": "times", "x>w x": "", "w x>z": "plus", "b>z": "",
    "z>a": "tanh", "a>a - t": "minus", "t>a - t": "", "a - t>L": "½ square",
}  # fmt: skip

# %%
fig, axis = figure.panels(height=3.4, width=figure.NARROW)
for arrow, label in arrows.items():
    (x0, y0), (x1, y1) = (nodes[end][1:] for end in arrow.split(">"))
    figure.arrow(axis, (x0 + 0.3, y0), (x1 - 0.3, y1), figure.GREY)
    middle = (x0 + x1) / 2 + 0.08, (y0 + y1) / 2 + 0.22
    figure.note(axis, *middle, label, color=figure.GREY)
circle = {"boxstyle": "circle", "fc": "white", "ec": figure.INK}
forward, backward = {"color": figure.BLUE}, {"color": figure.ORANGE}
for name, (node, across, up) in nodes.items():
    figure.note(axis, across, up, f"${name}$", bbox=circle, fontsize=9)
    figure.note(axis, across, up + 0.5, f"{node.data:.3g}", fontsize=9, **forward)
    figure.note(axis, across, up - 0.5, f"{node.grad:.3g}", fontsize=9, **backward)
axis.text(7.2, 2.6, "blue, above: value, forward", ha="right", **forward)
axis.text(7.2, 2.2, "orange, below: derivative of L, backward", ha="right", **backward)
axis.set(xlim=(-0.4, 7.3), ylim=(-1.5, 3))
axis.axis("off")
figure.show(fig, "graph", drawing=True)

# %%
slope = 1 - np.tanh(-0.5) ** 2
by_hand = (np.tanh(-0.5) - 0.5) * np.array([2.0 * slope, slope, -1.0])
claim("L2.1-by-hand", np.abs([w.grad, b.grad, t.grad] - by_hand).max())

# %% [markdown]
# ## 1 · What the backward walk saves
#
# In a chain of $n$ functions we want $n$ derivatives, one for each stage. The naive method multiplies out each of them
# from the beginning. The backward walk keeps the running product.

# %%
predict("naive-chain")


class Counted:
    """A number that counts the multiplications it takes part in."""

    count = 0

    def __init__(self, number):
        self.number = number

    def __mul__(self, other):
        Counted.count += 1
        return Counted(self.number * other.number)


# %%
def products(way, length):
    """Return how many multiplications a method needs for a chain of this length."""
    Counted.count = 0
    way([Counted(0.9)] * length)
    return Counted.count


def naive(derivatives):
    stages = range(1, len(derivatives) + 1)
    return [functools.reduce(operator.mul, derivatives[:stage]) for stage in stages]


def running(derivatives):
    return list(itertools.accumulate(derivatives, operator.mul))


# %%
lengths = np.array([2, 4, 8, 16, 32, 64])
ways = {"naive": naive, "running product": running}
counts = {name: [products(way, n) for n in lengths] for name, way in ways.items()}

# %%
fig, (top, bottom) = figure.panels(2, 1, 5.0, width=figure.NARROW)
row, step = np.tril_indices(7)  # the derivative of stage k takes k - 1 products
new = row == step
top.plot(step[~new] + 1, row[~new] + 2, "s", markersize=8, label="again: naive only")
top.plot(step[new] + 1, row[new] + 2, "o", markersize=8, label="new: both methods")
top.set(title="a chain of 8 functions", xlabel="multiplication", ylabel="stage")
top.set(xticks=range(1, 8), xlim=(0.5, 11.5), ylim=(8.6, 1.4))
top.legend(loc="upper right")
for (name, count), marker in zip(counts.items(), "so", strict=True):
    bottom.loglog(lengths, count, marker=marker, label=name)
    figure.note(bottom, 64, 2 * count[-1], f"{count[-1]:,}")
bottom.set(title="longer chains", xlabel="functions", ylabel="multiplications")
bottom.set(xticks=lengths, xticklabels=lengths, xlim=(1.8, 90), ylim=(0.7, 9000))
bottom.minorticks_off()
bottom.legend(loc="upper left")
figure.show(fig, "multiplications")

# %%
formula = np.concatenate([lengths * (lengths - 1) // 2, lengths - 1])
claim("L2.1-products", np.concatenate(list(counts.values())), formula)

# %% [markdown]
# ## 2 · The worked network, backwards
#
# The two-layer network of lecture 1, with sigmoids $\sigma$ and a squared error:
#
# $$u_h = \sigma\Big(\sum_j w_{jh} x_j\Big), \quad a_m = \sigma\Big(\sum_h w_{hm} u_h\Big), \quad
# E = \tfrac12 \sum_m (a_m - y_m)^2.$$

# %%
predict("with-respect-to")
predict("next-step")

# %% [markdown]
# Here is the whole derivation. Write $z_m$ for the sum at output $m$, so that $a_m = \sigma(z_m)$, and $\sigma'_m = a_m
# (1 - a_m)$ for the sigmoid's slope there; likewise $z_h$, $u_h$ and $\sigma'_h$ for hidden unit $h$.
#
# 1. **From the loss to an output.** Only one term of the sum $E$ contains $a_m$. Its derivative is the error of this
#    output, $\varepsilon_m = \partial E / \partial a_m = a_m - y_m$.
# 2. **Through the activation.** If $z_m$ changes a little, $a_m$ changes $\sigma'_m$ times as much. So
#    $\partial E / \partial z_m = \varepsilon_m \sigma'_m$.
# 3. **To a weight.** In $z_m = \sum_h w_{hm} u_h$ the weight $w_{hm}$ is multiplied by $u_h$. So
#    $\partial E / \partial w_{hm} = \varepsilon_m \sigma'_m u_h$.
# 4. **To a hidden unit.** The same sum shows that $u_h$ reaches $z_m$ through the factor $w_{hm}$. But $u_h$ enters
#    *every* output, and what arrives on several paths is added: $\varepsilon_h = \partial E / \partial u_h = \sum_m
#    \varepsilon_m \sigma'_m w_{hm}$.
# 5. **And so on.** From $u_h$ on, steps 2 and 3 are repeated one layer below: $\partial E / \partial w_{jh} =
#    \varepsilon_h \sigma'_h x_j$. A bias is a weight whose input is 1.
#
# Step 4 is the heart of it. The errors run through the same weights as the signal, but in the other direction: it is
# the network run backwards. Each $\varepsilon$ is computed once and serves all weights of its unit. However many layers
# there are, nothing new is needed. In numpy the five steps are five lines.

# %%
rng = np.random.default_rng(0)
x, target = rng.normal(size=(1, 3)), rng.uniform(size=(1, 2))
flat = np.concatenate([rng.normal(size=size) for size in (12, 4, 8, 2)])
weight1, bias1, weight2, bias2 = np.split(flat, [12, 16, 24])
weights = weight1.reshape(3, 4), bias1, weight2.reshape(4, 2), bias2
u, _ = sigmoid_forward(x @ weights[0] + bias1)  # (1, 4)
a, _ = sigmoid_forward(u @ weights[2] + bias2)  # (1, 2)

error_m = a - target
grad_z_m = error_m * a * (1 - a)
grad_weight2 = u.T @ grad_z_m
error_h = grad_z_m @ weights[2].T
grad_weight1 = x.T @ (error_h * u * (1 - u))

_, grad_w1, _, grad_w2, _ = two_layer_backward(
    error_m, two_layer_forward(x, *weights)[1]
)
gaps = grad_weight1 - grad_w1, grad_weight2 - grad_w2
claim("L2.2-five-steps", [np.abs(gap).max() for gap in gaps])

# %% [markdown]
# Three independent computations should now agree: the formulas (as `two_layer_backward` has them), the tape, and finite
# differences.


# %%
def sigmoid_of(z):
    """Return the sigmoid of a Value, made of the operations that the tape knows."""
    return 1 / (1 + (-z).exp())


# %%
def tape_loss(parameters):
    """Return the loss as one Value, from 26 parameters that are Values."""
    first, second = parameters[:16], parameters[16:]
    hidden = []
    for h in range(4):
        z = sum((first[4 * j + h] * x[0, j] for j in range(3)), first[12 + h])
        hidden.append(sigmoid_of(z))
    loss = 0
    for m in range(2):
        z = sum((second[2 * h + m] * hidden[h] for h in range(4)), second[8 + m])
        loss = loss + (sigmoid_of(z) - target[0, m]) ** 2
    return loss * 0.5


# %%
def array_loss(flat):
    """Return the loss and the cache of the same network from the same 26 numbers."""
    weight1, bias1, weight2, bias2 = np.split(flat, [12, 16, 24])
    weights = weight1.reshape(3, 4), bias1, weight2.reshape(4, 2), bias2
    y, cache = two_layer_forward(x, *weights)
    value, loss_cache = mse_forward(y, target)
    return value, cache, loss_cache


# %%
_, cache, loss_cache = array_loss(flat)
_, *grads = two_layer_backward(mse_backward(1.0, loss_cache), cache)
by_formula = np.concatenate([grad.ravel() for grad in grads])
parameters = [Value(number) for number in flat]
tape_loss(parameters).backward()
by_tape = np.array([parameter.grad for parameter in parameters])
by_differences = numerical_gradient(lambda numbers: array_loss(numbers)[0], flat)
gaps = by_formula - by_tape, by_formula - by_differences
claim("L2.2-three-ways", [np.abs(gap).max() for gap in gaps])

# %% [markdown]
# ## 3 · A number that is used twice
#
# A slide's pseudo-code says `parameter.grad = ...`. That works as long as every parameter is used once.

# %%
predict("three-parts")
x3 = Value(3.0)
y = x3 * x3 + x3
y.backward()
parts = [
    node.grad * derivative
    for node in reversed(topological_order(y))
    for parent, derivative in zip(node.parents, node.derivatives, strict=True)
    if parent is x3
]
print("parts that reach x:", " ".join(f"{part:g}" for part in parts))
claim("L2.3-accumulate", [x3.grad, sum(parts)])

# %% [markdown]
# Adding up is also what makes the walk fast. In the graph below each stage is $y \leftarrow y + y$: after 30 stages
# there are $2^{30}$ paths from the result to $x$, about a billion. The walk visits each of the 31 nodes once.

# %%
doubling = [["add", stage, stage] for stage in range(30)]
value, grads = tape_gradient(doubling, [1.0])
claim("L2.3-paths", grads[0])

# %% [markdown]
# ## 4 · How large a step? The V-curve
#
# To check a gradient we compare it with differences. They have two errors, which pull in opposite directions.
# *Truncation*: the curve bends between the two points; this error shrinks with the step $h$. *Rounding*: the difference
# of two nearly equal numbers keeps few digits; this error grows like $\epsilon / h$, where $\epsilon = 2 \cdot 10^{-16}$
# in 64 bits and $10^{-7}$ in 32 bits.
#
# | formula | truncation | rounding | best $h$ |
# |---|---|---|---|
# | forward, $\frac{f(x + h) - f(x)}{h}$ | $\frac{h}{2} f''$ | $\epsilon f / h$ | $\sqrt{\epsilon} \approx 10^{-8}$ |
# | central, $\frac{f(x + h) - f(x - h)}{2h}$ | $\frac{h^2}{6} f'''$ | the same | $\sqrt[3]{\epsilon} \approx 10^{-5}$ |
# | complex step, $\operatorname{Im} f(x + ih) / h$ | $\frac{h^2}{6} f'''$ | none | any tiny one |

# %%
predict("best-step")


def f(x):
    return np.sin(x) * np.exp(x / 3)


def slope_of_f(x):
    return np.exp(x / 3) * (np.cos(x) + np.sin(x) / 3)


steps = 10.0 ** np.arange(-12, 0)
places = np.concatenate([[1.2345], np.linspace(0.5, 1.5, 200)])


# %%
def error_curve(method, kind):
    """Return the relative error of a difference formula, for each step and place."""
    x, exact = places.astype(kind), slope_of_f(places.astype(kind).astype(float))
    found = np.array([method(x, kind(h)) for h in steps], float)  # (steps, places)
    return np.abs(found - exact) / np.abs(exact)


def forward_difference(x, h):
    return (f(x + h) - f(x)) / h


def central_difference(x, h):
    return (f(x + h) - f(x - h)) / (2 * h)


def complex_step(x, h):
    return f(x + 1j * h).imag / h


# %%
curves = {
    "forward, 64 bits": error_curve(forward_difference, np.float64),
    "central, 64 bits": error_curve(central_difference, np.float64),
    "central, 32 bits": error_curve(central_difference, np.float32),
    "complex step": error_curve(complex_step, np.float64),
}
typical = {name: np.median(curve, axis=1) for name, curve in curves.items()}

# %%
fig, axis = figure.panels(height=4.0, width=figure.NARROW)
for (name, curve), marker in zip(typical.items(), "so^x", strict=True):
    (drawn,) = axis.loglog(steps, np.maximum(curve, 1e-17), marker=marker, label=name)
    look = {"color": drawn.get_color(), "lw": 0.8, "alpha": 0.5}
    axis.loglog(steps, np.maximum(curves[name][:, 0], 1e-17), **look)
axis.set(xlabel="step h", ylabel="relative error of the derivative", ylim=(2e-18, 10))
axis.set(xticks=10.0 ** np.arange(-12, 0, 2))
axis.minorticks_off()
axis.legend(loc="lower center", ncols=2, bbox_to_anchor=(0.45, 1))
figure.show(fig, "step-size")

# %%
forward, central, short, _ = typical.values()
best = [np.log10(steps[curve.argmin()]) for curve in (forward, central, short)]
claim("L2.4-best-step", best)
least = np.array([curve[:, 0].min() for curve in curves.values()])
claim("L2.4-best-error", least / (1e-7, 2e-10, 3e-4, 1e-15))
claim("L2.4-small-step", central[0] / central.min())

# %% [markdown]
# So check gradients in 64 bits, with central differences and a step of $10^{-5}$ times the size of the number.
#
# ## 5 · False alarms
#
# Many courses accept a gradient when
# $\max \frac{|g - \hat g|}{\max(10^{-8}, |g| + |\hat g|)}$ is small, say below 1e-7. Here is a deep network with a
# **correct** gradient and small weights (standard deviation 0.05), for which that number is large in every layer. Its
# parts come later in the course: ReLU is $\max(0, x)$ (lecture 3), softmax with cross-entropy is the loss of a
# classifier (lecture 4), and Kaiming's weights have a size that suits ReLU (lecture 8).


# %%
def loss_and_gradients(weights, x, labels):
    """Return the loss of a ReLU network without biases, and its gradients."""
    caches = []
    for layer, weight in enumerate(weights):
        x, linear_cache = linear_forward(x, weight, np.zeros(weight.shape[1]))
        active_cache = None
        if layer < len(weights) - 1:
            x, active_cache = relu_forward(x)
        caches.append((linear_cache, active_cache))
    loss, grad = softmax_cross_entropy(x, labels)
    found = []
    for linear_cache, active_cache in reversed(caches):
        if active_cache is not None:
            grad = relu_backward(grad, active_cache)
        grad, grad_weight, _ = linear_backward(grad, linear_cache)
        found.append(grad_weight)
    return loss, found[::-1]


# %%
dims = [15, 20, 10, 10, 10, 10, 10, 30, 10]
rng = np.random.default_rng(0)
inputs, labels = rng.normal(size=(2, 15)), rng.integers(10, size=2)
shapes = list(itertools.pairwise(dims))


# %%
def check_all(weights):
    """Return the loss, all gradient entries, and all differences."""
    loss, found = loss_and_gradients(weights, inputs, labels)
    numeric = []
    for layer, weight in enumerate(weights):

        def loss_of(w, before=weights[:layer], after=weights[layer + 1 :]):
            return loss_and_gradients([*before, w, *after], inputs, labels)[0]

        numeric.append(numerical_gradient(loss_of, weight))
    return loss, *(np.concatenate([g.ravel() for g in gs]) for gs in (found, numeric))


def folklore(grad, numeric):
    """Return the largest relative error, entry by entry."""
    size = np.maximum(1e-8, np.abs(grad) + np.abs(numeric))
    return np.max(np.abs(grad - numeric) / size)


# %%
small = check_all([0.05 * rng.normal(size=shape) for shape in shapes])
healthy = check_all([kaiming_normal(shape, rng) for shape in shapes])
noise = [2.2e-16 * loss / 1e-5 for loss, _, _ in (small, healthy)]

# %%
fig, axes = figure.panels(2, 1, 5.4, width=figure.NARROW, sharex=True, sharey=True)
line, titles = np.array([1e-13, 1.0]), ("weights of 0.05", "Kaiming weights")
for axis, checked, bound, title in zip(
    axes, (small, healthy), noise, titles, strict=True
):
    _, grad, numeric = checked
    shown = np.abs(grad) > 1e-13
    size, gap = np.abs(grad[shown]), np.abs(grad - numeric)[shown]
    axis.loglog(size, np.maximum(gap / size, 1e-13), ".", ms=2.5, alpha=0.6)
    axis.loglog(line, bound / line, "--", label="rounding of the loss / h")
    axis.axhline(1e-6, color=figure.GREY, lw=1, ls=":", label="a usual limit, 1e-6")
    axis.set(ylabel="relative error", title=title)
    axis.set(xlim=(1e-13, 2), ylim=(1e-13, 1e3))
axes[1].set_xlabel("size of the gradient entry")
axes[0].legend()
figure.show(fig, "gradient-entries")

# %%
claim("L2.5-false-alarm", folklore(*small[1:]))
claim("L2.5-noise", np.abs(small[1] - small[2]).max() / noise[0])
claim("L2.5-scale", relative_error(*healthy[1:]))

# %% [markdown]
# There are three remedies. Give the weights a healthy size before you check. Measure each error against the *largest*
# entry of the gradient, not against the entry itself. And know how large the rounding noise is. There is one more
# false alarm: a kink between the two points.

# %%
predict("kink")
kink = numerical_gradient(lambda z: relu_forward(z)[0].sum(), np.array([1e-7]))
claim("L2.5-kink", [relu_backward(np.ones(1), (np.array([1e-7]),))[0], kink[0]])

# %% [markdown]
# ## 6 · The price of not knowing backpropagation
#
# Why not always use differences? They run the network twice for each parameter. The backward walk costs about as much
# as two forward runs, for all parameters together.

# %%
calls = itertools.count()
flat = np.concatenate([kaiming_normal(shape, rng).ravel() for shape in shapes])


def counted_loss(flat):
    """Return the loss for all weights in one array, and count the call."""
    next(calls)
    parts = np.split(flat, np.cumsum([np.prod(shape) for shape in shapes])[:-1])
    weights = [part.reshape(shape) for part, shape in zip(parts, shapes, strict=True)]
    return loss_and_gradients(weights, inputs, labels)[0]


numerical_gradient(counted_loss, flat)
numbers = 15 * 20 + 20 * 10 + 4 * 10 * 10 + 10 * 30 + 30 * 10
claim("L2.6-price", next(calls), 2 * numbers)

# %% [markdown]
# ## 7 · A network learns XOR
#
# In lecture 1 we set the weights of XOR by hand. Now the loop of *gradient descent* finds them, starting from random
# weights: `weight += -rate * gradient`, again and again.

# %%
corners = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
wanted = np.array([[0.0], [1.0], [1.0], [0.0]])


def learn_xor(hidden, seed, steps=2000, rate=4.0):
    """Train a 2-hidden-1 network by gradient descent; return losses and weights."""
    rng, shapes = np.random.default_rng(seed), ((2, hidden), hidden, (hidden, 1), 1)
    weights = [rng.normal(size=shape) for shape in shapes]
    losses = []
    for _ in range(steps):
        y, cache = two_layer_forward(corners, *weights)
        loss, loss_cache = mse_forward(y, wanted)
        losses.append(loss)
        grads = two_layer_backward(mse_backward(1.0, loss_cache), cache)[1:]
        for weight, grad in zip(weights, grads, strict=True):
            weight += -rate * grad
    return losses, weights


# %%
runs = {hidden: [learn_xor(hidden, seed) for seed in range(12)] for hidden in (2, 4)}
line = np.linspace(-0.5, 1.5, 121)
grid = np.stack([side.ravel() for side in np.meshgrid(line, line)], axis=1)
answer, _ = two_layer_forward(grid, *runs[4][0][1])

# %%
fig, axes = figure.panels(3, 1, 7.4, width=figure.NARROW)
for axis, (hidden, trained) in zip(axes, runs.items(), strict=False):
    for losses, _ in trained:
        axis.loglog(np.arange(1, 2001), losses, lw=0.9, color=figure.BLUE, alpha=0.7)
    axis.set(title=f"{hidden} hidden units", xlabel="step", ylim=(1e-4, 0.3))
    axis.set_ylabel("½ mean squared error")
options = {"extent": (-0.5, 1.5, -0.5, 1.5), "cmap": "Blues", "vmin": 0, "vmax": 1}
picture = axes[2].imshow(answer.reshape(121, 121), origin="lower", **options)
look = {"color": figure.ORANGE, "markersize": 8, "markeredgecolor": "white"}
for corner, yes in zip(corners, wanted[:, 0], strict=True):
    axes[2].plot(*corner, marker="o" if yes else "X", **look)
axes[2].grid(False)
axes[2].set(title="output after training", xlabel="$x_1$", ylabel="$x_2$")
fig.colorbar(picture, ax=axes[2], label="y")
figure.show(fig, "local-minima")

# %%
answers = [two_layer_forward(corners, *weights)[0] > 0.5 for _, weights in runs[4]]
claim("L2.7-xor-learned", np.mean([np.all(said == wanted) for said in answers]))

# %% [markdown]
# ## What to remember
#
# 1. A network is a graph of operations. Each node can do two things: compute its value, and turn the derivative at its
#    output into the derivatives at its inputs.
# 2. On the way back, each node receives a derivative, multiplies it by its local derivatives, and sends the products
#    on. Parts that meet are **added**.
# 3. One backward walk gives all derivatives, for about the price of two forward runs.
# 4. Check gradients in 64 bits, with central differences and $h$ near $10^{-5}$; a smaller step is not better.
# 5. An alarm may be false: tiny gradients drown in rounding, and kinks mislead. A check should know its noise.
#
# ## Exercises that follow
#
# Assignment 1, *Neurons*: `mse_forward`, `mse_backward`, `two_layer_backward`, `tape_gradient`. Assignment 2,
# *Activations*: `numerical_gradient`, `relative_error`.
#
# ## Further reading
#
# - D. Rumelhart, G. Hinton, R. Williams. *Learning representations by back-propagating errors.* Nature, 1986.
# - A. Griewank, A. Walther. *Evaluating derivatives.* SIAM, 2008.
# - A. Baydin and others. *Automatic differentiation in machine learning: a survey.* 2018. arXiv:1502.05767
# - J. Nocedal, S. Wright. *Numerical optimization.* Springer, 2006. Chapter 8.
# - N. Higham. *Accuracy and stability of numerical algorithms.* SIAM, 2002.
# - J. Martins, P. Sturdza, J. Alonso. *The complex-step derivative approximation.* 2003.
#
# ## What comes next
#
# On the way back each gradient is multiplied by the slope of an activation, once for every layer. Lecture 3 measures
# what this does to ten layers, and which activation lets the gradient through.
