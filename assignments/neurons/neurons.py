# %% [markdown]
# # Assignment 1 · Neurons, graphs and backpropagation
#
# **What you build.** You write a neuron, the logic gates that it can represent and the one that it cannot, regions cut
# out by several neurons, and a two-layer network whose backward pass you work out by hand. At the end you write a tape:
# thirty lines that find the gradient of *any* program made of sums, products and a few functions. At its heart, every
# framework is that tape.
#
# **Follows** lecture 1, *From one neuron to a network*, and lecture 2, *Computation graphs and backpropagation*.
# **Time** about three and a half hours. **Points** 90.
#
# **How it works.** Replace each `raise NotImplementedError` with your code, then run the check below it as often as you
# like. When a check has not come back after a minute, nothing can interrupt it: restart the kernel. When you are stuck,
# `check.hint("xor_net")` gives one hint at a time; `check.progress()` shows how far you are. What a docstring lists
# under *Raises* describes the course's own version; your code does not have to check its inputs.
#
# **What grading adds.** Grading runs cases of the same kinds with other numbers, and adds nothing else: the points you
# see are the points you get. Where an input is float32, the output must be float32 too. This is a separate part of such
# an exercise, worth a tenth of its points.
#
# **You can do the exercises in any order.** Where one of your earlier functions would help, call it; if that function
# is the one that is wrong, the check says so. Only a backward pass depends on another part: it receives the cache of
# *your* forward pass.
#
# **Conventions.** A batch is `x` of shape `(N, D)`, with one example in each row. A layer's weight is `(D, M)`. `y,
# cache = name_forward(...)`, and `name_backward(grad_y, cache)` returns the gradients in the order of the arguments.
# The cache is yours and no check looks inside it: put everything the backward pass needs into the cache and nowhere
# else, because other layers run in between. Float32 stays float32, and your functions never change their inputs.

# %% role="setup" id="setup"
import matplotlib.pyplot as plt
import numpy as np

from classroom import check, figure

check.open("neurons")

# %% [markdown]
# ## 1 · A neuron (5 points)
#
# $$y = \varphi(w \cdot x + b)$$
#
# A neuron adds up its weighted inputs and a bias, and an activation function $\varphi$ turns the sum into the output.
# The docstring lists the names of $\varphi$. Take care at the boundary: a sum of exactly 0 does not fire, so `step` is
# 0 there and `sign` is −1. With a weight of shape `(D, M)` the same line computes a whole layer of $M$ neurons.
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
# A step neuron cuts the plane along a line and outputs 1 on one side of it. Choose the line so that the corners of the
# unit square get the outputs of the gate:
#
# ```text
#   and                 or
#   x2                  x2                                not has one input:
#   1  0 \  1           1  1    1                         0 ──► 1
#   0  0   \0           0  0 \  1                         1 ──► 0
#      0    1  x1          0    1  x1
# ```
#
# `logic_gate("and")` returns the pair `weight, bias`. Many pairs are right. The check uses yours in a step neuron and
# reads off the truth table. It also tries inputs that are slightly off (0.1 instead of 0, 0.9 instead of 1), so leave
# some room on both sides of your line.

# %% role="answer" id="logic_gate"
from solutions.neuron import logic_gate

# %% role="check" id="logic_gate" points=5
check("logic_gate", logic_gate)

# %% [markdown]
# ## 3 · The gate that no single neuron can be (5 points)
#
# Exclusive or is 1 when exactly one input is 1. Its ones sit on opposite corners, and no line separates them from the
# zeros: the best single neuron gets three of the four corners right. A second layer solves the problem. One way is
# $(x_1 \lor x_2) - (x_1 \land x_2) - \tfrac12 > 0$; another is $(x_1 \lor x_2) \land \lnot (x_1 \land x_2)$.
#
# ```text
#   x2                 x1  x2    or  and    or - and - 1/2     fires
#   1  1   0            0   0     0   0          -0.5             0
#                       0   1     1   0           0.5             1
#   0  0   1            1   0     1   0           0.5             1
#      0   1  x1        1   1     1   1          -0.5             0
# ```
#
# Build it from step neurons; `x` has the shape `(N, 2)` and your answer `(N,)`, with entries 0 and 1. A gate is
# `neuron_forward(x, *logic_gate("or"))`. If you prefer to write the sums out here and in section 6, use the two
# functions below.


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
# One neuron cuts out a half-plane. An *and* of several neurons keeps what all the half-planes have in common, which is
# a convex polygon. Row $k$ of `normals` with `offsets[k]` is one side, and a point is inside when $n_k \cdot x + o_k >
# 0$ for **every** side. A point on the border is outside.
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
# The loss of an example is half the sum over its outputs, so that the 2 of the derivative cancels; then it is averaged
# over the examples. The loss is one number, so the upstream gradient `grad_loss` is one number too, and it is not
# always 1.
#
# Worked number: for $y = (3, 5)$ and $t = (1, 1)$ the loss is $\tfrac12 (4 + 16) = 10$ and the gradient $(2, 4)$. A
# second example that is already right halves both, to 5 and $(1, 2)$, and its own gradient is $(0, 0)$.

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
# The backward pass runs the network from right to left. It uses the same weights, transposed, and at each layer the
# slope $\sigma' = \sigma(1-\sigma)$ at the value that the forward pass computed. When shapes do not fit, write the
# shape beside each factor: only one order works.

# %% role="answer" id="two_layer"
from solutions.neuron import two_layer_backward, two_layer_forward

# %% role="check" id="two_layer_forward" points=8
check("two_layer_forward", two_layer_forward)

# %% role="check" id="two_layer_backward" points=12
check("two_layer_backward", two_layer_backward)

# %% [markdown]
# ## 7 · The tape (20 points)
#
# Working out a backward pass by hand, as you just did, becomes too much work for larger programs. But every program is
# a list of small steps, and each step knows two things: how to compute its value from its inputs, and how fast that
# value changes with each of them. That is enough.
#
# ```text
#   inputs  x = 3                     node 0        grad 7 = 1 (from the sum) + 2·3 (through the product)
#   step 1  ["mul", 0, 0]  x·x = 9    node 1        grad 1
#   step 2  ["add", 1, 0]  9+x = 12   node 2        grad 1   <- start here and walk up
# ```
#
# `tape_gradient(program, inputs)` runs such a list and returns the value of the last node and its derivative with
# respect to each input. There are three things to get right:
#
# - A node that is used twice receives two gradients, and they **add up**.
# - A node passes its gradient on only when that gradient is complete, after all nodes that use it. So go from the last
#   node to the first.
# - The derivative of each step is taken at the values of the forward pass.
#
# How you do it is up to you: a class `Value` with `data`, `grad` and parents, as in lecture 2, or two plain lists. The
# docstring lists the operations; at 0 the derivative of `relu` is 0. The check runs chains of 4000 steps, which is too
# deep for recursion.

# %% role="answer" id="tape_gradient"
from solutions.autodiff import tape_gradient

# %% role="check" id="tape_gradient" points=20
check("tape_gradient", tape_gradient)

# %% [markdown]
# ## 8 · Bug hunt (9 points)
#
# The gradient of a value that is used in many places is a sum of many parts. MXNet had a special function for such
# sums, with a fast path for up to four parts and a loop for more. When the sum had to be *added* to an existing
# gradient, the loop counted some parts several times. Nothing crashed; some large networks just trained badly, until
# April 2020 (issue apache/mxnet #17989, fixed by pull request #17995). Below is this kind of bug in numpy. Find it and
# fix it.


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
# - `"a"` Only $w \cdot x + b$, which one neuron without an activation could compute too.
# - `"b"` Polynomials of degree 3, with one degree for each layer.
# - `"c"` Any continuous function, if the layers are wide enough.

# %% role="quiz" id="quiz_1"
answer_1 = "a"  # "a", "b" or "c"

# %% role="check" id="quiz_1" points=3
check("quiz_1", answer_1)

# %% [markdown]
# **Question 2.** A chain of $n$ functions computes $f_n(\dots f_2(f_1(x)))$. You want the derivative of the result with
# respect to *every* intermediate value. How many multiplications of derivatives does the backward pass need?
#
# - `"a"` About $n^2/2$: each value needs the product of all slopes after it.
# - `"b"` $n - 1$: each value takes the gradient of the next one and multiplies it by one slope.
# - `"c"` $2^n$: every path through the graph counts.

# %% role="quiz" id="quiz_2"
answer_2 = "b"  # "a", "b" or "c"

# %% role="check" id="quiz_2" points=3
check("quiz_2", answer_2)

# %% [markdown]
# ## What you have built
#
# The figure shows three regions of the plane, drawn by your code: exclusive or, a polygon made of half-planes, and a
# ring that your two layers have *learned*.


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
# **To remember.** One neuron cuts out a half-plane, one hidden layer with an *and* on top cuts out a convex region, and
# a second hidden layer can combine such regions into any shape. A backward pass is the forward pass read from right to
# left. A value that is used twice gets the sum of two gradients.
#
# Before you hand in: `check.progress()` shows what is still open, and `check.preflight()` tells you whether the
# notebook runs from top to bottom.
