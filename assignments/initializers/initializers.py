# %% [markdown]
# # Assignment 7 · Initializers
#
# **What you build.** You write ten functions that decide where training begins: the fans of a layer, six ways to draw
# its weights, a function that sends a signal through a deep network and measures it, and two further methods.
#
# **Follows** lecture 8, *Initialization*. **Time** about two hours. **Points** 70.
#
# **How it works.** Replace each `raise NotImplementedError` with your code, then run the check below it as often as you
# like. When a check has not come back after a minute, nothing can interrupt it: restart the kernel.
# `check.hint("fans")` gives one hint at a time. Your random numbers need not be the same as ours: every check looks at
# shape, mean, standard deviation and distribution, never at a particular number, so you may draw in any order. Draw
# only from the `rng` that you are given; a network that cannot be reproduced cannot be debugged. What a docstring lists
# under *Raises* describes the course's own version; your code does not have to check its inputs.
#
# **What grading adds.** Grading runs cases of the same kinds with other numbers, and adds nothing else: the points you
# see are the points you get.
#
# **You can do the exercises in any order.** Where one of your earlier functions would help, call it; if that function
# is the one that is wrong, the check says so.
#
# **Conventions.** A linear weight is (D, M), with D inputs and M outputs. Filters are (F, C / groups, kH, kW). `std` is
# a standard deviation.

# %% role="setup" id="setup"
import matplotlib.pyplot as plt
import numpy as np

from classroom import check, figure

check.open("initializers")

# %% [markdown]
# ## 1 · Fans (10 points)
#
# *fan_in* is the number of terms in the sum for one output, *fan_out* the number of outputs that one input contributes
# to. They decide how a signal grows: a sum of fan_in independent terms has fan_in times the variance of one term.
#
# ```text
#   linear (D, M)                     fan_in = D              fan_out = M
#   filters (F, C / groups, kH, kW)   fan_in = C/groups·kH·kW fan_out = F/groups·kH·kW
# ```
#
# Worked numbers: six filters of 5 by 5 on three channels have the shape (6, 3, 5, 5), so fan_in is $3 \cdot 25 = 75$
# and fan_out is $6 \cdot 25 = 150$. Twelve filters of 3 by 5 on eight channels in two groups have the shape (12, 4, 3,
# 5). Each filter sees the four channels of its group, so fan_in is $4 \cdot 15 = 60$; each channel is seen by six
# filters, so fan_out is $6 \cdot 15 = 90$.

# %% role="answer" id="fans"
from solutions.initialization import fans

# %% role="check" id="fans" points=10
check("fans", fans)

# %% [markdown]
# ## 2 · Constant and normal (5 points)
#
# These are the two simplest initializations. A constant is right for biases and wrong for weights: equal units get
# equal gradients and stay equal. A normal distribution with standard deviation `std` breaks the symmetry but leaves
# open how large `std` should be. Weights are float64, even where the value is a whole number.

# %% role="answer" id="constant_normal"
from solutions.initialization import constant, normal

# %% role="check" id="constant" points=2
check("constant", constant)

# %% role="check" id="normal" points=3
check("normal", normal)

# %% [markdown]
# ## 3 · Xavier, normal and uniform (15 points)
#
# In the forward pass, the variance of a layer's output is fan_in · Var(w) times that of its input. In the backward
# pass, the variance of the gradient is multiplied by fan_out · Var(w). Unless the fans are equal, the two factors
# cannot both be 1, so Glorot and Bengio took the mean of the two fans:
#
# $$\operatorname{Var}(w) = \frac{2}{\text{fan}_{in} + \text{fan}_{out}}$$
#
# The normal form has this variance; its standard deviation is the square root. The uniform form draws from $[-b, b]$.
# Such a variable has the variance $b^2/3$, so $b = \sqrt{6 / (\text{fan}_{in} + \text{fan}_{out})}$. Both functions
# take a `gain` that multiplies the standard deviation.
#
# Worked numbers: for the shape (100, 200) the normal form has the standard deviation $\sqrt{2/300} = 0.0816$ and the
# uniform form the bound $b = \sqrt{6/300} = 0.1414$.

# %% role="answer" id="xavier"
from solutions.initialization import xavier_normal, xavier_uniform

# %% role="check" id="xavier_normal" points=8
check("xavier_normal", xavier_normal)

# %% role="check" id="xavier_uniform" points=7
check("xavier_uniform", xavier_uniform)

# %% [markdown]
# ## 4 · Kaiming, normal and uniform (15 points)
#
# A ReLU sets half of its inputs to zero and so halves the second moment. He et al. compensate for this with a factor of
# 2:
#
# $$\operatorname{Var}(w) = \frac{2}{\text{fan}_{in}}, \qquad b = \sqrt{\frac{6}{\text{fan}_{in}}}$$
#
# Worked numbers: filters of shape (64, 32, 3, 3) have fan_in 288, so the standard deviation is $\sqrt{2/288} = 0.0833$
# and the bound of the uniform form is $\sqrt{6/288} = 0.1443$.

# %% role="answer" id="kaiming"
from solutions.initialization import kaiming_normal, kaiming_uniform

# %% role="check" id="kaiming_normal" points=8
check("kaiming_normal", kaiming_normal)

# %% role="check" id="kaiming_uniform" points=7
check("kaiming_uniform", kaiming_uniform)

# %% [markdown]
# ## 5 · What initialization does to a deep network (10 points)
#
# Now write the experiment of lecture 8. Draw `samples` standard normal inputs of `dims[0]` numbers each, send them
# through the layers, and record the mean and the standard deviation of each layer's output, after its activation.
#
# ```text
#   x ──► x @ weight ──► activation ──► mean, std ──► next layer …
# ```
#
# `activation` is "tanh", "relu", "sigmoid", "identity" or a function. `init` is a float, the standard deviation for
# your `normal`, or the name of one of your initializers: "xavier_normal", "xavier_uniform", "kaiming_normal",
# "kaiming_uniform". There are no biases. Take one mean and one standard deviation over all numbers of a layer, for all
# samples together.
#
# Worked numbers, from lecture 8: `[4096] * 7` with tanh gives standard deviations of about 0.49, 0.29, 0.18, 0.11,
# 0.07, 0.05 with `init = 0.01`, and 0.63, 0.49, 0.41, 0.36, 0.32, 0.29 with "xavier_normal".

# %% role="answer" id="forward_stats"
from solutions.initialization import forward_stats

# %% role="check" id="forward_stats" points=10
check("forward_stats", forward_stats)

# %% [markdown]
# ## 6 · Beyond: orthogonal and LSUV (5 points)
#
# A random normal matrix stretches some directions and shrinks others. An **orthogonal** matrix keeps lengths: all its
# singular values are equal. Draw a tall normal matrix and let `np.linalg.qr` make its columns orthogonal; for a wide
# weight, transpose. Filters count as the matrix (F, C · kH · kW). A gain multiplies the whole matrix.

# %% role="answer" id="orthogonal"
from solutions.initialization import orthogonal

# %% role="check" id="orthogonal" points=3
check("orthogonal", orthogonal)

# %% [markdown]
# **LSUV** (layer-sequential unit variance, Mishkin and Matas 2015) measures instead of relying on a formula. It starts
# with an orthogonal matrix, sends real data through the layer, and divides the weight by the standard deviation of the
# output before the activation, until that is 1. Then it turns to the next layer. Worked number: where `(x @
# weight).std()` is 2.5, dividing the weight by 2.5 gives exactly 1, so one division is enough.

# %% role="answer" id="lsuv"
from solutions.initialization import lsuv

# %% role="check" id="lsuv" points=2
check("lsuv", lsuv)

# %% [markdown]
# ## 7 · Bug hunt (5 points)
#
# In its first year Keras computed the fans of filters like this, and the initial weights of every Glorot-initialized
# convolution were too large. It was fixed by `keras-team/keras` pull request 2252 of April 2016; Chainer had copied the
# rule and fixed it in `chainer/chainer` 1774. Find the bug and fix it. (Here filters are (F, C, kH, kW), without
# groups.)


# %% role="hunt" id="hunt_fan_out"
def hunt_fan_out(shape):
    """Return fan_in and fan_out of filters of shape (F, C, kH, kW)."""
    filters, channels, height, width = shape
    fan_in = channels * height * width
    fan_out = filters
    return fan_in, fan_out


# %% role="check" id="hunt_fan_out" points=5
check("hunt_fan_out", hunt_fan_out)

# %% [markdown]
# ## 8 · Questions (5 points)
#
# **Question 1.** All weights of a network are initialized to 0.05. What happens to a hidden layer in training?
#
# - `"a"` Nothing moves: its gradient is zero.
# - `"b"` All its units stay equal to each other.
# - `"c"` It is slow at first and catches up.

# %% role="quiz" id="quiz_1"
answer_1 = "b"  # "a", "b" or "c"

# %% role="check" id="quiz_1" points=3
check("quiz_1", answer_1)

# %% [markdown]
# **Question 2.** A ReLU network of 50 layers has Xavier's initial weights. How large are the activations of its last
# layer?
#
# - `"a"` About 1, as Xavier promises.
# - `"b"` They explode.
# - `"c"` Smaller than the input by about $2^{25}$.

# %% role="quiz" id="quiz_2"
answer_2 = "c"  # "a", "b" or "c"

# %% role="check" id="quiz_2" points=2
check("quiz_2", answer_2)

# %% [markdown]
# ## What you have built
#
# Your own functions draw the figure of lecture 8: the standard deviation of the activations through ten layers, for
# five initializations. If the weights are too small the signal dies, if they are too large it explodes or saturates,
# and what is right depends on the activation.

# %%
starts = {
    "tanh, std 0.01": ("tanh", 0.01),
    "ReLU, std 0.1": ("relu", 0.1),
    "tanh, Xavier": ("tanh", "xavier_normal"),
    "ReLU, Xavier": ("relu", "xavier_normal"),
    "ReLU, Kaiming": ("relu", "kaiming_normal"),
}
fig, axis = plt.subplots(figsize=(7, 3.4), layout="constrained")
missing = []
for (name, (activation, init)), mark in zip(starts.items(), "osd^v", strict=True):
    try:
        _, stds = forward_stats([400] * 11, activation, init, np.random.default_rng(0))
        axis.semilogy(range(1, 11), stds, marker=mark, label=name)
    except Exception as fault:
        missing.append(name if isinstance(fault, NotImplementedError) else f"{name} ({type(fault).__name__})")
axis.set(xlabel="layer", ylabel="standard deviation of the activations")
if len(missing) < len(starts):
    axis.legend(fontsize="small")
axis.set_title("Still to come: " + "; ".join(missing) if missing else "All five are yours", fontsize="small")
figure.show(fig, alt="Spread of the activations against the layer, one line for each start: they fall, rise or stay.")

# %% [markdown]
# **To remember.** The kernel counts in the fans. Xavier's variance is 2 over the sum of the fans, Kaiming's is 2 over
# fan_in, and a uniform distribution needs √3 times the standard deviation as its bound. When no formula fits, measure,
# as LSUV does.
#
# Before you hand in: `check.progress()` shows what is still open, and `check.preflight()` tells you whether the
# notebook runs from top to bottom.
