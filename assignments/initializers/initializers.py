# %% [markdown]
# # Assignment 7 · Initializers
#
# **What you build.** Ten functions that decide where training begins: the fans of a layer, six ways to draw its
# weights, a probe that sends a signal through a deep network, and two methods from beyond the lectures.
#
# **Follows** lecture 8, *Initialization*. **Time** about two hours. **Points** 70.
#
# **How it works.** Replace each `raise NotImplementedError` by your code, then run the check below it, as often as
# you like. `check.hint("fans")` gives one hint at a time. Your draws need not be ours: every check looks at shape,
# mean, spread and distribution, never at a particular number, so any order of drawing is right. Draw only from the
# `rng` that you are given; a network that cannot be repeated cannot be debugged. What a docstring says under *Raises*
# is a courtesy of the course's own version: yours does not have to check its inputs.
#
# **What grading adds.** Other numbers of the same kinds, and nothing else: the points that you see are the points
# that you get.
#
# **No part waits for an earlier one.** Xavier and Kaiming (3, 4) need the fans, the probe (5) needs the draws, LSUV (6)
# an orthogonal matrix. Call them through `own`, which is defined below: `own.fans(shape)` is your `fans` as soon as it
# is right, and a given one until then.
#
# **Conventions.** A linear weight is (D, M): D inputs, M outputs. Filters are (F, C / groups, kH, kW). `std` is a
# standard deviation.

# %% role="setup" id="setup"
import matplotlib.pyplot as plt
import numpy as np

from classroom import check, figure

check.open("initializers")

# %% [markdown]
# This gives you `own.fans`, `own.normal`, the four initializers and `own.orthogonal`. Run a cell that says `own`, and
# it tells you which of them are yours by now.

# %% role="given" id="own"
own = check.own(globals())

# %% [markdown]
# ## 1 · Fans (10 points)
#
# *fan_in* counts the numbers that one output is a sum of, *fan_out* the outputs that one input is part of. They
# decide how a signal grows: a sum of fan_in independent terms has fan_in times the variance of one.
#
# ```text
#   linear (D, M)                     fan_in = D              fan_out = M
#   filters (F, C / groups, kH, kW)   fan_in = C/groups·kH·kW fan_out = F/groups·kH·kW
# ```
#
# Worked numbers: six filters of 5 by 5 on three channels, shape (6, 3, 5, 5): fan_in is $3 \cdot 25 = 75$, fan_out $6
# \cdot 25 = 150$. Twelve filters of 3 by 5 on eight channels in two groups, shape (12, 4, 3, 5): each filter sees the
# four channels of its group, so fan_in is $4 \cdot 15 = 60$, and a channel is seen by six filters: fan_out $6 \cdot 15
# = 90$.

# %% role="answer" id="fans"
from solutions.initialization import fans

# %% role="check" id="fans" points=10
check("fans", fans)

# %% [markdown]
# ## 2 · Constant and normal (5 points)
#
# The two simplest starts. A constant is right for biases and wrong for weights: equal units get equal gradients and
# stay equal. A normal draw of spread `std` breaks the symmetry, and leaves open how large `std` should be. Weights are
# float64, even where the value is a whole number.

# %% role="answer" id="constant_normal"
from solutions.initialization import constant, normal

# %% role="check" id="constant" points=2
check("constant", constant)

# %% role="check" id="normal" points=3
check("normal", normal)

# %% [markdown]
# ## 3 · Xavier, normal and uniform (15 points)
#
# Forward, the variance of a layer's output is fan_in · Var(w) times that of its input. Backward, the gradient's grows
# by fan_out · Var(w). Both factors cannot be 1 at once, so Glorot and Bengio took the mean of the two fans:
#
# $$\operatorname{Var}(w) = \frac{2}{\text{fan}_{in} + \text{fan}_{out}}$$
#
# The normal form has this variance; its standard deviation is the root. The uniform form draws from $[-b, b]$. A
# uniform variable there has variance $b^2/3$, so $b = \sqrt{6 / (\text{fan}_{in} + \text{fan}_{out})}$. Both take a
# `gain` that multiplies the standard deviation.
#
# Worked numbers: shape (100, 200). $\sqrt{2/300} = 0.0816$ for the normal form, $b = \sqrt{6/300} = 0.1414$ for the
# uniform one.

# %% role="answer" id="xavier"
from solutions.initialization import xavier_normal, xavier_uniform

# %% role="check" id="xavier_normal" points=8
check("xavier_normal", xavier_normal)

# %% role="check" id="xavier_uniform" points=7
check("xavier_uniform", xavier_uniform)

# %% [markdown]
# ## 4 · Kaiming, normal and uniform (15 points)
#
# A ReLU sets half of its inputs to zero and so halves the second moment. He and colleagues made good for it with a
# factor of 2:
#
# $$\operatorname{Var}(w) = \frac{2}{\text{fan}_{in}}, \qquad b = \sqrt{\frac{6}{\text{fan}_{in}}}$$
#
# Worked numbers: filters (64, 32, 3, 3). fan_in is 288, so the standard deviation is $\sqrt{2/288} = 0.0833$ and the
# bound of the uniform form $\sqrt{6/288} = 0.1443$.

# %% role="answer" id="kaiming"
from solutions.initialization import kaiming_normal, kaiming_uniform

# %% role="check" id="kaiming_normal" points=8
check("kaiming_normal", kaiming_normal)

# %% role="check" id="kaiming_uniform" points=7
check("kaiming_uniform", kaiming_uniform)

# %% [markdown]
# ## 5 · What they do to a deep network (10 points)
#
# Now the probe of lecture 8. Draw `samples` standard normal inputs of `dims[0]` numbers, send them through the
# layers, and record the mean and the standard deviation of each layer's output, after its activation.
#
# ```text
#   x ──► x @ weight ──► activation ──► mean, std ──► next layer …
# ```
#
# `activation` is "tanh", "relu", "sigmoid", "identity" or a function; `init` is a float, the std of your `normal`, or
# the name of one of your initializers: "xavier_normal", "xavier_uniform", "kaiming_normal", "kaiming_uniform". Call
# them as `own.normal`, `own.xavier_normal` and so on. There are no biases. One mean and one standard deviation are
# taken over all numbers of a layer, all samples together.
#
# Worked numbers, of lecture 8: `[4096] * 7` with tanh gives stds of about 0.49, 0.29, 0.18, 0.11, 0.07, 0.05 from `init
# = 0.01`, and 0.63, 0.49, 0.41, 0.36, 0.32, 0.29 from "xavier_normal".

# %% role="answer" id="forward_stats"
from solutions.initialization import forward_stats

# %% role="check" id="forward_stats" points=10
check("forward_stats", forward_stats)

# %% [markdown]
# ## 6 · Beyond: orthogonal and LSUV (5 points)
#
# A normal matrix stretches some directions and squeezes others. An **orthogonal** one keeps lengths: all its singular
# values are equal. Draw a tall normal matrix and let `np.linalg.qr` set its columns at right angles; for a wide
# weight, transpose. Filters count as the matrix (F, C · kH · kW). A gain multiplies the whole.

# %% role="answer" id="orthogonal"
from solutions.initialization import orthogonal

# %% role="check" id="orthogonal" points=3
check("orthogonal", orthogonal)

# %% [markdown]
# **LSUV** (layer-sequential unit variance, Mishkin and Matas 2015) trusts no formula. It starts with `own.orthogonal`,
# sends real data through the network, and divides each weight by the spread that it sees, until the output before the
# activation has standard deviation 1. Then the next layer. Worked number: where `(x @ weight).std()` is 2.5, the weight
# divided by 2.5 gives exactly 1, so one division is enough.

# %% role="answer" id="lsuv"
from solutions.initialization import lsuv

# %% role="check" id="lsuv" points=2
check("lsuv", lsuv)

# %% [markdown]
# ## 7 · Bug hunt (5 points)
#
# For its first year Keras computed the fans of filters like this, and every Glorot-initialised convolution started
# too wide. The mend is `keras-team/keras` pull request 2252 of April 2016; Chainer had copied the rule and mended it
# in `chainer/chainer` 1774. Find the line and correct it. (Here filters are (F, C, kH, kW), without groups.)


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
# **Question 1.** All weights of a network start at 0.05. What happens to a hidden layer in training?
#
# - `"a"` Nothing moves: its gradient is zero.
# - `"b"` All its units stay equal to each other.
# - `"c"` It is slow at first and catches up.

# %% role="quiz" id="quiz_1"
answer_1 = "b"  # "a", "b" or "c"

# %% role="check" id="quiz_1" points=3
check("quiz_1", answer_1)

# %% [markdown]
# **Question 2.** A ReLU network of 50 layers starts with Xavier's weights. How large are the activations of its last
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
# The picture of lecture 8, drawn by your own functions: the spread of the activations through ten layers, for five
# starts. Too small dies, too large explodes, and the right one depends on the activation.

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
# **To remember.** Count the fans with the kernel. Xavier's variance is 2 over the sum of the fans, Kaiming's is 2
# over fan_in, and a uniform draw needs √3 times the standard deviation as its bound. When no formula fits, measure,
# as LSUV does.
#
# Before you hand in: `check.progress()` shows what is still open, and `classroom preflight` in a terminal tells you
# whether the notebook runs from top to bottom.
