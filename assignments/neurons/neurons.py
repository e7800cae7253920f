# %% [markdown]
# # Assignment 1 · Neurons, graphs and backpropagation
#
# **What you build.** A neuron, the gates it can be, the one it cannot, regions cut out by several neurons, a
# two-layer network with its backward pass worked out by hand, and at the end a tape: thirty lines that find the
# gradient of *any* program made of sums, products and a few functions. Every framework is, at its heart, that
# tape.
#
# **Follows** lecture 1, *From one neuron to a network*, and lecture 2, *Computation graphs and backpropagation*.
# **Time** about three and a half hours. **Points** 90.
#
# **How it works.** Replace each `raise NotImplementedError` by your code, then run the check below it, as often
# as you like. When you are stuck, `check.hint("xor_net")` gives one hint at a time; `check.progress()` shows
# how far you are. What a docstring says under *Raises* is a courtesy of the course's own version: yours does not have
# to check its inputs.
#
# **What grading adds.** Other numbers of the same kinds, and nothing else: the points that you see are the points
# that you get. Where float32 goes in, float32 comes out; that is a tenth of such an exercise, and a part of its own.
#
# **No part waits for an earlier one.** Where an earlier function would help, call it through `own`, which is defined
# below: `own.neuron_forward(...)` is your neuron as soon as it is right, and a given one until then. Only a backward
# pass receives the cache of *your* forward pass.
#
# **Conventions.** A batch is `x` of shape `(N, D)`: one example a row. A layer's weight is `(D, M)`. `y, cache
# = name_forward(...)`, and `name_backward(grad_y, cache)` returns the gradients in the order of the arguments.
# The cache is yours, and no check opens it: keep in it what the backward pass will need, and nowhere else, for other
# layers run in between. float32 stays float32, and what you are given is never changed.

# %% role="setup" id="setup"
import matplotlib.pyplot as plt
import numpy as np

from classroom import check, figure

check.open("neurons")

# %% [markdown]
# This gives you `own.neuron_forward` and `own.logic_gate`. Run a cell that says `own`, and it tells you which of them
# are yours by now.

# %% role="given" id="own"
own = check.own(globals())

# %% [markdown]
# ## 1 · A neuron (5 points)
#
# $$y = \varphi(w \cdot x + b)$$
#
# A weighted sum, a bias, and a function $\varphi$ that decides what to make of it. The names of $\varphi$ are
# in the docstring. Watch the edge: a sum of exactly 0 does not fire, so `step` is 0 there and `sign` is −1.
# With a weight of shape `(D, M)` the same line makes a whole layer of $M$ neurons.
#
# ```text
#   x1 ──w1──┐
#            ├──► z = w·x + b ──► φ(z) = y          w = (1, 2), b = -1, x = (3, -0.5):  z = 3 - 1 - 1 = 1
#   x2 ──w2──┘
# ```

# %% role="answer" id="neuron"
from solutions.neuron import neuron_forward

# %% role="check" id="neuron_forward" points=5
check("neuron_forward", neuron_forward)

# %% [markdown]
# ## 2 · Gates (5 points)
#
# A step neuron cuts the plane by a line and answers 1 on one side. Choose the line so that the corners of the
# unit square fall as the gate asks:
#
# ```text
#   and                 or
#   x2                  x2                                not has one input:
#   1  0 \  1           1  1    1                         0 ──► 1
#   0  0   \0           0  0 \  1                         1 ──► 0
#      0    1  x1          0    1  x1
# ```
#
# `logic_gate("and")` returns the pair `weight, bias`. Many pairs are right. The check feeds yours to a step
# neuron and reads the truth table, also with inputs that are a little off (0.1 for 0, 0.9 for 1), so leave your
# line some room on both sides.

# %% role="answer" id="logic_gate"
from solutions.neuron import logic_gate

# %% role="check" id="logic_gate" points=5
check("logic_gate", logic_gate)

# %% [markdown]
# ## 3 · The gate that no neuron is (5 points)
#
# Exclusive or is 1 when exactly one input is 1. Its ones sit on opposite corners, and no line parts them: the
# best single neuron gets three of four. A second layer mends it. One way: $(x_1 \lor x_2) - (x_1 \land x_2) -
# \tfrac12 > 0$; another: $(x_1 \lor x_2) \land \lnot (x_1 \land x_2)$.
#
# ```text
#   x2                 x1  x2    or  and    or - and - 1/2     fires
#   1  1   0            0   0     0   0          -0.5             0
#                       0   1     1   0           0.5             1
#   0  0   1            1   0     1   0           0.5             1
#      0   1  x1        1   1     1   1          -0.5             0
# ```
#
# Build it from step neurons; `x` is `(N, 2)` and your answer `(N,)`, with entries 0 and 1. A gate is
# `own.neuron_forward(x, *own.logic_gate("or"))`. If you would rather write the sums out, here and in section 6, these
# two functions are given.


# %% role="given" id="step_and_sigmoid"
def step(z):
    """Write 1 where z is above 0, and 0 elsewhere."""
    return (z > 0) * 1.0


def sigmoid(z):
    """Compute 1 / (1 + exp(-z)) for any z."""
    return 0.5 * (1 + np.tanh(0.5 * z))


# %% role="answer" id="xor_net"
from solutions.neuron import xor_net

# %% role="check" id="xor_net" points=5
check("xor_net", xor_net)

# %% [markdown]
# ## 4 · A polygon from half-planes (10 points)
#
# One neuron is a half-plane. An *and* on top of several keeps what all the half-planes share: a convex polygon. Row
# $k$ of `normals` with `offsets[k]` is one side, and a point is inside when $n_k \cdot x + o_k > 0$ for **every**
# side. On the border it is outside.
#
# Worked number: the sides $(1, 0), 0$ and $(0, 1), 0$ and $(-1, -1), 1$ make the triangle $(0,0), (1,0),
# (0,1)$. The point $(0.2, 0.3)$ gives 0.2, 0.3 and 0.5: inside. The point $(0.8, 0.5)$ gives 0.8, 0.5 and −0.3:
# outside.

# %% role="answer" id="halfplane_polygon"
from solutions.neuron import halfplane_polygon

# %% role="check" id="halfplane_polygon" points=10
check("halfplane_polygon", halfplane_polygon)

# %% [markdown]
# ## 5 · The squared error (10 points)
#
# $$L = \frac{1}{N} \sum_{n} \frac12 \sum_{m} (y_{nm} - t_{nm})^2
# \qquad \frac{\partial L}{\partial y_{nm}} = \frac{1}{N}\,(y_{nm} - t_{nm})$$
#
# Half the sum over the outputs, so that the 2 of the derivative goes away; then the mean over the examples. The
# loss is one number, so the upstream gradient `grad_loss` is one number too, and it is not always 1.
#
# Worked number: for $y = (3, 5)$ and $t = (1, 1)$ the loss is $\tfrac12 (4 + 16) = 10$ and the gradient $(2, 4)$. With
# a second example that is already right, both are halved: 5 and $(1, 2)$, and $(0, 0)$ for the new one.

# %% role="answer" id="mse"
from solutions.loss import mse_backward, mse_forward

# %% role="check" id="mse_forward" points=4
check("mse_forward", mse_forward)

# %% role="check" id="mse_backward" points=6
check("mse_backward", mse_backward)

# %% [markdown]
# ## 6 · Two layers, there and back (20 points)
#
# $$u = \sigma(x W_1 + b_1) \qquad y = \sigma(u W_2 + b_2)$$
#
# ```text
#   x (N,D) ──W1 (D,H)──► u (N,H) ──W2 (H,M)──► y (N,M)
#                                                  │
#   grad_x ◄──W1ᵀ── ε1 = (ε2 W2ᵀ) ∘ u(1-u) ◄──W2ᵀ── ε2 = grad_y ∘ y(1-y)
#            │                               │
#            └► grad_W1 = xᵀ ε1              └► grad_W2 = uᵀ ε2          a bias sums its ε over the batch
# ```
#
# The backward pass is the network run from right to left: the same weights, transposed, and at each layer the
# slope $\sigma' = \sigma(1-\sigma)$ at the place where the forward pass stood. When a shape refuses to fit,
# write the shapes beside each factor: only one order works.

# %% role="answer" id="two_layer"
from solutions.neuron import two_layer_backward, two_layer_forward

# %% role="check" id="two_layer_forward" points=8
check("two_layer_forward", two_layer_forward)

# %% role="check" id="two_layer_backward" points=12
check("two_layer_backward", two_layer_backward)

# %% [markdown]
# ## 7 · The tape (20 points)
#
# Working out a backward pass by hand, as you just did, does not scale. But every program is a list of small
# steps, and each step knows two things: how to get its value from its inputs, and how fast that value changes
# with each of them. That is enough.
#
# ```text
#   inputs  x = 3                     node 0        grad 7 = 1 (from the sum) + 2·3 (through the product)
#   step 1  ["mul", 0, 0]  x·x = 9    node 1        grad 1
#   step 2  ["add", 1, 0]  9+x = 12   node 2        grad 1   <- start here and walk up
# ```
#
# `tape_gradient(program, inputs)` runs such a list and returns the value of the last node and its derivative
# with respect to each input. Three things to get right:
#
# - a node that is used twice receives two gradients, and they **add up**;
# - a node passes its gradient on only when it is complete, after all nodes that use it: go from the last node to
#   the first;
# - the derivative of each step is taken at the values of the forward pass.
#
# How you do it is yours: a class `Value` with `data`, `grad` and parents, as in lecture 2, or two plain lists.
# The operations are in the docstring; at 0 the derivative of `relu` is 0. Chains of 4000 steps are in the tests, so a
# recursion is too deep.

# %% role="answer" id="tape_gradient"
from solutions.autodiff import tape_gradient

# %% role="check" id="tape_gradient" points=20
check("tape_gradient", tape_gradient)

# %% [markdown]
# ## 8 · Bug hunt (9 points)
#
# A value that is used in many places gets its gradient as a sum of many parts. MXNet had a function of its own
# for such sums, with a fast path for up to four parts and a loop for more. When the sum was to be *added* to a
# gradient that was already there, the loop counted parts several times. Nothing crashed; some large networks just
# trained badly, until April 2020 (issue apache/mxnet #17989, mended by pull request #17995). Here is such a fault
# in numpy.


# %% role="hunt" id="hunt_gradient_sum"
def hunt_gradient_sum(grad, parts):
    """Return grad plus all arrays in the list parts, without changing any of them."""
    if len(parts) <= 4:
        return grad + sum(parts)
    total = grad
    so_far = np.zeros_like(grad)
    for part in parts:
        so_far = so_far + part
        total = total + so_far
    return total


# %% role="check" id="hunt_gradient_sum" points=9
check("hunt_gradient_sum", hunt_gradient_sum)

# %% [markdown]
# ## 9 · Questions (6 points)
#
# **Question 1.** A network has three layers of neurons, but their activation is the identity. Which functions
# of the input can its output be?
#
# - `"a"` Only $w \cdot x + b$: one neuron without activation could do the same.
# - `"b"` Polynomials of degree 3, one degree for each layer.
# - `"c"` Any continuous function, if the layers are wide enough.

# %% role="quiz" id="quiz_1"
answer_1 = "a"  # "a", "b" or "c"

# %% role="check" id="quiz_1" points=3
check("quiz_1", answer_1)

# %% [markdown]
# **Question 2.** A chain of $n$ functions, $f_n(\dots f_2(f_1(x)))$. You want the derivative of the end with
# respect to *every* intermediate value. How many multiplications of derivatives does the backward pass need?
#
# - `"a"` About $n^2/2$: for each value the product of all slopes after it.
# - `"b"` $n - 1$: each value takes the gradient of the next one and multiplies it by one slope.
# - `"c"` $2^n$: every path through the graph counts.

# %% role="quiz" id="quiz_2"
answer_2 = "b"  # "a", "b" or "c"

# %% role="check" id="quiz_2" points=3
check("quiz_2", answer_2)

# %% [markdown]
# ## What you have built
#
# Three regions of the plane, drawn by your code: exclusive or, a polygon of half-planes, and a ring that your
# two layers have *learned*.


# %%
def region_of_xor(points):
    return xor_net((points > 0.5).astype(float))


def region_of_polygon(points):
    angles = np.linspace(0, 2 * np.pi, 7)[:-1]
    normals = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return halfplane_polygon(points - 0.5, normals, np.full(6, 0.4))


def region_learned(points, steps=2000, rate=10.0):
    rng = np.random.default_rng(0)
    x = rng.uniform(0, 1, (300, 2))
    inside = (np.abs(np.linalg.norm(x - 0.5, axis=1) - 0.3) < 0.12).astype(float)[:, None]
    weight = rng.normal(0, 12, (2, 32))
    bias = -np.sum(rng.uniform(0, 1, (32, 2)) * weight.T, axis=1)  # each neuron's line crosses the square
    layers = [weight, bias, rng.normal(0, 1, (32, 1)), np.zeros(1)]
    for _ in range(steps):
        y, cache = two_layer_forward(x, *layers)
        _, *grads = two_layer_backward((y - inside) / len(x), cache)
        layers = [layer - rate * grad for layer, grad in zip(layers, grads, strict=True)]
    return two_layer_forward(points, *layers)[0][:, 0]


# %%
side = np.linspace(0, 1, 121)
points = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
fig, axes = plt.subplots(1, 3, figsize=(8, 2.9), layout="constrained")
regions = {"exclusive or": region_of_xor, "six half-planes": region_of_polygon, "a learned ring": region_learned}
for axis, (title, region) in zip(axes, regions.items(), strict=True):
    axis.set(title=title, xticks=[], yticks=[])
    try:
        values = np.asarray(region(points), dtype=float).reshape(121, 121)
        axis.imshow(values, origin="lower", extent=(0, 1, 0, 1), cmap="cividis", vmin=0, vmax=1)
    except Exception as fault:
        unfinished = isinstance(fault, NotImplementedError)
        axis.text(0.5, 0.5, "not written yet" if unfinished else f"stopped: {type(fault).__name__}", ha="center")
figure.show(fig, alt="Three squares: opposite corners lit by xor, a filled hexagon, and a ring with a soft edge.")

# %% [markdown]
# **To remember.** One neuron is a half-plane, one hidden layer with an *and* on top is a convex region, and
# more layers make anything. A backward pass is the forward pass read from right to left. Whatever is used twice
# gets the sum of two gradients.
#
# Before you hand in: `check.progress()` shows what is still open, and `classroom preflight` in a terminal tells
# you whether the notebook runs from top to bottom.
