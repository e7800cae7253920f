# %% [markdown]
# # Assignment 2 · Gradient check and activations
#
# **What you build.** First you build a measuring instrument: a numerical gradient and a relative error, two functions
# that show whether a backward pass is right. Then you write eight activations, forward and backward, from the sigmoid
# to maxout. They are the smallest operations of a network and so the best place to learn the habits that every later
# assignment needs: keep what the backward pass will use, never change an input, and stay finite at ±1000.
#
# **Follows** lecture 3, *Activations*, and the part of lecture 2 about finite differences.
# **Time** about four hours. **Points** 120.
#
# **How it works.** Replace each `raise NotImplementedError` with your code, then run the check below it as often as you
# like; a check takes well under a second. When a check has not come back after a minute, nothing can interrupt it:
# restart the kernel. When you are stuck, `check.hint("sigmoid_forward")` gives one hint at a time, and
# `check.progress()` shows how far you are. What a docstring lists under *Raises* describes the course's own version;
# your code does not have to check its inputs.
#
# **What grading adds.** Grading runs cases of the same kinds with other numbers, and adds nothing else: the points you
# see are the points you get. Where an input is float32, the output must be float32 too. This is a separate part of such
# an exercise, worth a tenth of its points.
#
# **You can do the exercises in any order.** Where one of your earlier functions would help, call it; if that function
# is the one that is wrong, the check says so. Only a backward pass depends on another part: it receives the cache of
# *your* forward pass.
#
# **Conventions.** `y, cache = name_forward(x)` and `grad_x = name_backward(grad_y, cache)`. The cache is yours and no
# check looks inside it: put everything the backward pass needs into the cache and nowhere else, because other layers
# run in between. `grad_y` is the gradient of the loss with respect to `y`, and has the same shape as `y`. Float32 stays
# float32.

# %% role="setup" id="setup"
import matplotlib.pyplot as plt
import numpy as np

from classroom import check, figure

check.open("activations")

# %% [markdown]
# ## 1 · The numerical gradient (10 points)
#
# A derivative is a limit, and a computer can come close to it: move one entry of $x$ up and down by a small $h$ and see
# how $f$ changes.
#
# $$\frac{\partial f}{\partial x_i} \approx \frac{f(x + h e_i) - f(x - h e_i)}{2h}$$
#
# This two-sided difference is called *central*. Its error shrinks like $h^2$, that of the one-sided difference only
# like $h$. Worked number: for $f(x) = x^3$ at $x = 2$ with $h = 0.1$ the central difference is $(9.261 - 6.859)/0.2 =
# 12.01$ and the one-sided difference is $(9.261 - 8)/0.1 = 12.61$. The derivative is 12.
#
# `f` takes an array and returns one number. Your answer has the shape of `x`, whatever that shape is. There are two
# traps: `x` may hold integers (0.00001 added to an integer array is lost), and `x` belongs to the caller, who expects
# it back unchanged. The check uses `cubic`, the sum of all $x^3$, and `wave`, a smooth function that couples each entry
# with its neighbour in the row.

# %% role="answer" id="numerical_gradient"
from solutions.gradient_check import numerical_gradient

# %% role="check" id="numerical_gradient" points=10
check("numerical_gradient", numerical_gradient)

# %% [markdown]
# ## 2 · The relative error (5 points)
#
# Is a difference of 0.001 large? Between 1000.000 and 1000.001 it hardly matters; between 0.001 and 0.002 it is a
# factor of 2. So divide the difference by the size of the numbers:
#
# $$\text{error}(a, b) = \frac{\max |a - b|}{\max(\max|a|,\; \max|b|,\; \text{floor})}$$
#
# The result is one number for two arrays: the largest difference, relative to the largest entry. Worked number: for $a
# = (1, -4, 2)$ and $b = (1, -3, 2.5)$ the differences are 0, 1 and 0.5, the largest entry is 4, and the error is 1/4.
# The tiny `floor` is there for arrays that hold only zeros or rounding noise: their error is 0 or small, not 0/0.

# %% role="answer" id="relative_error"
from solutions.gradient_check import relative_error

# %% role="check" id="relative_error" points=5
check("relative_error", relative_error)

# %% [markdown]
# ## 3 · Sigmoid (8 points)
#
# $$\sigma(x) = \frac{1}{1 + e^{-x}} \qquad \sigma'(x) = \sigma(x)\,(1 - \sigma(x))$$
#
# Worked numbers: $\sigma(0) = 0.5$, and there the curve is steepest, with $\sigma'(0) = 0.25$. At $x = 10$ the slope is
# 0.0000454: a saturated unit passes almost no gradient back.
#
# In the form above, $x = -1000$ needs $e^{1000}$, which no float can hold. numpy warns, and 1/∞ happens to give the
# right result, 0. The other form, $e^{x} / (1 + e^{x})$, fails at $+1000$, where ∞/∞ is not a number. Each form is safe
# on one side.
#
# ```text
#   upstream grad_y ──►( × slope at the x of the forward pass )──► grad_x        same picture for every activation below
# ```

# %% role="answer" id="sigmoid"
from solutions.activation import sigmoid_backward, sigmoid_forward

# %% role="check" id="sigmoid_forward" points=4
check("sigmoid_forward", sigmoid_forward)

# %% role="check" id="sigmoid_backward" points=4
check("sigmoid_backward", sigmoid_backward)

# %% [markdown]
# ## 4 · Hyperbolic tangent (8 points)
#
# $$\tanh(x) = \frac{e^{x} - e^{-x}}{e^{x} + e^{-x}} = 2\sigma(2x) - 1 \qquad \tanh'(x) = 1 - \tanh^2(x)$$
#
# The curve has the same S shape as the sigmoid, but it runs from −1 to 1 and its slope in the middle is 1. Worked
# number: $\tanh(1) = 0.762$, with slope $1 - 0.580 = 0.420$. numpy has a stable `np.tanh`; you may use it, or your
# `sigmoid_forward`.

# %% role="answer" id="tanh"
from solutions.activation import tanh_backward, tanh_forward

# %% role="check" id="tanh_forward" points=4
check("tanh_forward", tanh_forward)

# %% role="check" id="tanh_backward" points=4
check("tanh_backward", tanh_backward)

# %% [markdown]
# ## 5 · ReLU (8 points)
#
# $$\text{relu}(x) = \max(0, x) \qquad \text{relu}'(x) = \begin{cases} 1 & x > 0 \\ 0 & x \le 0 \end{cases}$$
#
# At $x = 0$ the slope jumps and there is no derivative. The course uses 0 there, as the large libraries do.
#
# ```text
#   x        -2    -1     0     3
#   y         0     0     0     3
#   grad_y   10    20    30    40
#   grad_x    0     0     0    40
# ```

# %% role="answer" id="relu"
from solutions.activation import relu_backward, relu_forward

# %% role="check" id="relu_forward" points=4
check("relu_forward", relu_forward)

# %% role="check" id="relu_backward" points=4
check("relu_backward", relu_backward)

# %% [markdown]
# ## 6 · Leaky ReLU (8 points)
#
# $$y = \begin{cases} x & x > 0 \\ s\,x & x \le 0 \end{cases} \qquad
# y' = \begin{cases} 1 & x > 0 \\ s & x \le 0 \end{cases}$$
#
# With a small slope $s$ for negative inputs, a unit whose inputs are always negative can still learn. The slope is an
# argument here; 0.01 and 0.1 are common values. Note that this is a definition by cases, which holds for any real $s$,
# also below 0 and above 1. It equals $\max(s x, x)$ only for $0 \le s \le 1$.
#
# ```text
#   s = 0.1     x        -2    -1     0     3
#               y      -0.2  -0.1     0     3
#               grad_y   10    20    30    40
#               grad_x    1     2     3    40
# ```

# %% role="answer" id="leaky_relu"
from solutions.activation import leaky_relu_backward, leaky_relu_forward

# %% role="check" id="leaky_relu_forward" points=4
check("leaky_relu_forward", leaky_relu_forward)

# %% role="check" id="leaky_relu_backward" points=4
check("leaky_relu_backward", leaky_relu_backward)

# %% [markdown]
# ## 7 · ELU (8 points)
#
# $$y = \begin{cases} x & x > 0 \\ \alpha\,(e^{x} - 1) & x \le 0 \end{cases} \qquad
# y' = \begin{cases} 1 & x > 0 \\ \alpha\, e^{x} & x \le 0 \end{cases}$$
#
# Worked number: for $\alpha = 2$ and $x = -1$, $y = 2\,(0.3679 - 1) = -1.264$ and $y' = 0.7358$, which is also $y +
# \alpha$.
#
# `np.where` computes *both* branches and then chooses. For $x = 1000$ the branch that is not chosen still overflows,
# with a warning. If you multiply with a mask instead, 0 · ∞ is not a number. So give `exp` a harmless input wherever
# its result is not used.

# %% role="answer" id="elu"
from solutions.activation import elu_backward, elu_forward

# %% role="check" id="elu_forward" points=4
check("elu_forward", elu_forward)

# %% role="check" id="elu_backward" points=4
check("elu_backward", elu_backward)

# %% [markdown]
# ## 8 · Softplus (8 points)
#
# $$y = \ln(1 + e^{x}) \qquad y' = \sigma(x)$$
#
# Softplus is a ReLU with a rounded corner: $y(0) = \ln 2 = 0.693$, and far from 0 it is close to $x$ or to 0. In the
# forward pass $e^{1000}$ is a problem again. Try to take the large part out of the logarithm: $\ln(1 + e^{x}) = x +
# \ln(1 + e^{-x})$.
#
# The slope is the sigmoid: call your `sigmoid_forward`, or write that line again.

# %% role="answer" id="softplus"
from solutions.activation import softplus_backward, softplus_forward

# %% role="check" id="softplus_forward" points=4
check("softplus_forward", softplus_forward)

# %% role="check" id="softplus_backward" points=4
check("softplus_backward", softplus_backward)

# %% [markdown]
# ## 9 · PReLU, an activation that learns (12 points)
#
# PReLU is the leaky ReLU with a slope $s_c$ for each channel $c$, and these slopes are parameters that are trained. So
# the backward pass returns two gradients.
#
# $$\frac{\partial L}{\partial x} = \texttt{grad\_y} \cdot \begin{cases} 1 & x > 0 \\ s_c & x \le 0 \end{cases}
# \qquad
# \frac{\partial L}{\partial s_c} = \sum_{\text{all entries of channel } c,\; x \le 0} \texttt{grad\_y} \cdot x$$
#
# Axis 1 is the channel, both in `(N, C)` and in `(N, C, H, W)`. One slope is used for many entries, so its gradient is
# a **sum** over all of them:
#
# ```text
#   slope (C,)  ── reshape ──►  (1, C, 1, 1)  ── broadcast over N, H, W ──►  y (N, C, H, W)
#   grad_slope (C,)  ◄── sum over N, H, W ──  grad_y · x where x <= 0        what was copied forward is summed backward
# ```

# %% role="answer" id="prelu"
from solutions.activation import prelu_backward, prelu_forward

# %% role="check" id="prelu_forward" points=5
check("prelu_forward", prelu_forward)

# %% role="check" id="prelu_backward" points=7
check("prelu_backward", prelu_backward)

# %% [markdown]
# ## 10 · Maxout (15 points)
#
# Maxout has no fixed curve at all: $k$ linear layers ("pieces") compete, and for each example and each output the
# largest result wins.
#
# $$y_{nm} = \max_{p}\; z_{pnm} \qquad z_{pnm} = \sum_d x_{nd} W_{pdm} + b_{pm}$$
#
# Worked number: let $x = 2$, with two pieces, $w = 1, b = 0$ and $w = -1, b = 5$. The pieces give 2 and 3, so $y = 3$.
# Only the second piece gets a gradient, and `grad_x` is −1 times `grad_y`. With $w = 1$ and $w = 0$ and no bias, maxout
# *is* the ReLU.
#
# In the backward pass the winner gets all of `grad_y` and the other pieces get nothing. Where pieces tie, the **first**
# of them wins. After this routing, what is left is the backward pass of $k$ linear layers.

# %% role="answer" id="maxout"
from solutions.activation import maxout_backward, maxout_forward

# %% role="check" id="maxout_forward" points=6
check("maxout_forward", maxout_forward)

# %% role="check" id="maxout_backward" points=9
check("maxout_backward", maxout_backward)

# %% [markdown]
# ## 11 · A ReLU out of sigmoids (5 points)
#
# Take many sigmoid units that share their weights and differ only in the bias: $-\tfrac12, -\tfrac32, -\tfrac52, \dots$
# As $x$ grows, more and more of them switch on, and their sum rises like a straight line:
#
# $$s_n(x) = \sum_{i=1}^{n} \sigma\!\left(x + \tfrac12 - i\right) \;\approx\; \ln(1 + e^{x})$$
#
# This is one origin of the ReLU. Some slides start the sum at $i = 0$; that is one term too many, and at $x = 0$ it
# gives 1.31 instead of 0.69. Here too you may call your sigmoid or write it again.

# %% role="answer" id="softplus_series"
from solutions.activation import softplus_series

# %% role="check" id="softplus_series" points=5
check("softplus_series", softplus_series)

# %% [markdown]
# ## 12 · Bug hunt (15 points)
#
# These three functions look right, were reviewed, and were released in well-known libraries. Each is rewritten here in
# one or two lines of numpy, with the bug of the original. Find an input that breaks it, then fix it in place.
#
# **The first** was the tanh layer of Caffe until the end of 2014 (fixed by pull request BVLC/caffe #1455). One badly
# scaled input filled the whole network with NaN.


# %% role="hunt" id="hunt_tanh"
def hunt_tanh(x):
    """Return tanh(x), finite and silent for every finite x."""
    e = np.exp(2 * x)
    return (e - 1) / (e + 1)


# %% role="check" id="hunt_tanh" points=5
check("hunt_tanh", hunt_tanh)

# %% [markdown]
# **The second** is what ROOT's SOFIE, a tool that carries networks into particle physics, generated for an ELU until
# 2026 (fixed by pull request root-project/root #21543). With the usual $\alpha = 1$ the result is right. Ask yourself,
# too, why a gradient check would never have found this bug.


# %% role="hunt" id="hunt_elu"
def hunt_elu(x, alpha):
    """Return the ELU of x: x where x > 0, alpha * (exp(x) - 1) elsewhere."""
    return np.where(x > 0, x, alpha * np.exp(np.minimum(x, 0)) - 1)


# %% role="check" id="hunt_elu" points=5
check("hunt_elu", hunt_elu)

# %% [markdown]
# **The third** was `tf.nn.leaky_relu` of TensorFlow in 2018 (reported in tensorflow/tensorflow #24566). It is short,
# fast, and right for the usual slopes. But a slope that is *learned*, as in PReLU, can leave the range that everyone
# expects.


# %% role="hunt" id="hunt_leaky"
def hunt_leaky(x, slope):
    """Return the leaky ReLU of x: x where x > 0, slope * x elsewhere, for any real slope."""
    return np.maximum(slope * x, x)


# %% role="check" id="hunt_leaky" points=5
check("hunt_leaky", hunt_leaky)

# %% [markdown]
# ## 13 · Questions (10 points)
#
# **Question 1.** You check your ReLU against the numerical gradient with $h = 10^{-5}$. All entries agree to
# ten digits, except the one where $x = 10^{-7}$: there the numerical gradient says 0.505 and yours says 1. What
# happened?
#
# - `"a"` My backward pass is wrong for small inputs.
# - `"b"` The step of $10^{-5}$ crossed the kink at 0, so the numerical gradient is a mixture of two slopes.
# - `"c"` $10^{-5}$ is too small a step: rounding errors dominate.
# - `"d"` The relative error is the wrong measure here; the absolute error would agree.

# %% role="quiz" id="quiz_1"
answer_1 = "b"  # "a", "b", "c" or "d"

# %% role="check" id="quiz_1" points=4
check("quiz_1", answer_1)

# %% [markdown]
# **Question 2.** You take central differences, in float64, of a smooth function whose values are about 1. Which $h$
# gives the most correct digits?
#
# - `"a"` $10^{-1}$
# - `"b"` $10^{-5}$
# - `"c"` $10^{-12}$
# - `"d"` $10^{-17}$, the smaller the better

# %% role="quiz" id="quiz_2"
answer_2 = "b"  # "a", "b", "c" or "d"

# %% role="check" id="quiz_2" points=3
check("quiz_2", answer_2)

# %% [markdown]
# **Question 3.** A unit computes $w \cdot x + b$, and all its inputs $x$ are outputs of sigmoids. Look at the
# gradient $\partial L / \partial w$.
#
# - `"a"` All its entries are positive, because the inputs are.
# - `"b"` Its entries sum to zero.
# - `"c"` For one example all its entries have the same sign; averaged over a batch, the signs may differ.
# - `"d"` All its entries have the same sign, also when averaged over a batch of 64.

# %% role="quiz" id="quiz_3"
answer_3 = "c"  # "a", "b", "c" or "d"

# %% role="check" id="quiz_3" points=3
check("quiz_3", answer_3)

# %% [markdown]
# ## What you have built
#
# Here your functions draw themselves. The solid line is the activation, and the dashed line is its slope, which is your
# backward pass with `grad_y = 1`.

# %%
pairs = {
    "sigmoid": (sigmoid_forward, sigmoid_backward),
    "tanh": (tanh_forward, tanh_backward),
    "ReLU": (relu_forward, relu_backward),
    "leaky ReLU, 0.2": (lambda x: leaky_relu_forward(x, slope=0.2), leaky_relu_backward),
    "ELU": (elu_forward, elu_backward),
    "softplus": (softplus_forward, softplus_backward),
}
x = np.linspace(-4, 4, 401)
fig, axes = plt.subplots(2, 3, figsize=(8, 4.2), sharex=True, sharey=True, layout="constrained")
for axis, (name, (forward, backward)) in zip(axes.flat, pairs.items(), strict=True):
    axis.set_title(name)
    axis.set_ylim(-1.6, 3.2)
    try:
        y, cache = forward(x)
        axis.plot(x, y)
        axis.plot(x, backward(np.ones_like(x), cache), "--")
    except Exception as fault:
        unfinished = isinstance(fault, NotImplementedError)
        text = "not written yet" if unfinished else f"stopped: {type(fault).__name__}"
        axis.text(0.5, 0.5, text, ha="center", transform=axis.transAxes)
figure.show(fig, alt="Six panels, one for each activation: the curve solid, its slope dashed, from -4 to 4.")

# %% [markdown]
# The next figure shows what the slopes do to a network: the size of the gradient on its way back through 16 layers of
# width 100, with one line for each activation you have finished. Where a line falls, the first layers of the network
# learn slowly. Change `scale` and look again.

# %%
scale = 1.0  # the standard deviation of the weights is scale / sqrt(100)
rng = np.random.default_rng(0)
weights = [rng.normal(0, scale / 10, (100, 100)) for _ in range(16)]
fig, axis = plt.subplots(figsize=(7, 3.4), layout="constrained")
missing = []
for name, (forward, backward) in pairs.items():
    try:
        y, caches = np.random.default_rng(1).normal(size=(32, 100)), []
        for weight in weights:
            y, cache = forward(y @ weight)
            caches.append(cache)
        grad, lengths = np.random.default_rng(2).normal(size=(32, 100)), []
        for weight, cache in zip(reversed(weights), reversed(caches), strict=True):
            grad = backward(grad, cache) @ weight.T
            lengths.append(np.sqrt(np.mean(grad**2)))
        axis.semilogy(range(16, 0, -1), lengths, marker="o", markersize=3, label=name)
    except Exception:
        missing.append(name)
axis.set(xlabel="layer (the gradient travels from right to left)", ylabel="root mean square of the gradient")
if len(missing) < len(pairs):
    axis.legend(ncols=3, fontsize="small")
axis.set_title("Still to come: " + ", ".join(missing) if missing else "All six are yours", fontsize="medium")
figure.show(fig, alt="Gradient size against layer on a logarithmic axis, one line for each finished activation.")

# %% [markdown]
# **To remember.** A numerical gradient is the cheapest test of a backward pass; keep it away from kinks. What the
# forward pass copies, the backward pass sums. A formula that is right on paper can still be wrong in floating point, so
# try ±1000. And test with a parameter value that is *not* the default.
#
# Before you hand in: `check.progress()` shows what is still open, and `check.preflight()` tells you whether the
# notebook runs from top to bottom.
