# %% [markdown]
# # Assignment 6 · Optimizers
#
# **What you build.** Seven rules that turn a gradient into a step, weight decay, two schedules, and two small tools
# that explain what the rules do. The gradient says which way is down. How far to go, and what to remember of earlier
# steps, is left to the rule, and decides whether a network learns in a minute, in an hour or never.
#
# **Follows** lecture 7, *Gradient descent and its relatives*. **Time** about three hours. **Points** 110.
#
# **How it works.** Replace each `raise NotImplementedError` by your code, then run the check below it, as often as
# you like. `check.hint("adam")` gives one hint at a time, and `check.progress()` shows how far you are. No exercise
# needs another one. What a docstring says under *Raises* is a courtesy of the course's own version: yours does not
# have to check its inputs.
#
# **What grading adds.** Other numbers of the same kinds, and nothing else: the points that you see are the points
# that you get. Where float32 goes in, float32 comes out; that is a tenth of such an exercise, and a part of its own.
#
# **Conventions.** Every rule is a function: `weight, state = rule(weight, grad, state, rate=...)`. The state is
# yours, an array, a tuple, a dict, whatever you like; it is `None` before the first step. Weights, gradients and
# states that you are given are never changed: return new arrays. A function with no memory of its own can serve a
# thousand weights, each with its own state. float32 stays float32.

# %% role="setup" id="setup"
import matplotlib.pyplot as plt
import numpy as np

from classroom import check, figure

check.open("optimizers")

# %% [markdown]
# ## 1 · Plain descent (10 points)
#
# $$w \leftarrow w - \eta\, g$$
#
# Worked number: $w = 1$, $g = 2$, rate $\eta = 0.1$: the new weight is 0.8. This rule remembers nothing, so its state
# stays `None`.

# %% role="answer" id="sgd"
from solutions.optimizer import sgd

# %% role="check" id="sgd" points=10
check("sgd", sgd)

# %% [markdown]
# ## 2 · Classical momentum (10 points)
#
# A ball with mass keeps its velocity. In a ravine, the steps across cancel and the steps along add up.
#
# $$v \leftarrow \gamma v + \eta\, g, \qquad w \leftarrow w - v$$
#
# The rate stands *inside* the velocity: steps already taken keep the rate of their time. Worked numbers: $\gamma =
# 0.9$, $\eta = 0.1$, a constant gradient of 1: the velocities are 0.1, 0.19, 0.271, and in the end 1.

# %% role="answer" id="momentum"
from solutions.optimizer import momentum

# %% role="check" id="momentum" points=10
check("momentum", momentum)

# %% [markdown]
# ## 3 · Momentum as an average (10 points)
#
# The other book's momentum: an exponential moving average of the gradient, and the rate outside.
#
# $$v \leftarrow \gamma v + (1 - \gamma)\, g, \qquad w \leftarrow w - \eta v$$
#
# Worked numbers: $\gamma = 0.9$, a constant gradient of 1: the averages are 0.1, 0.19, 0.271, and in the end 1,
# whatever the rate.

# %% role="answer" id="momentum_ema"
from solutions.optimizer import momentum_ema

# %% role="check" id="momentum_ema" points=10
check("momentum_ema", momentum_ema)

# %% [markdown]
# ## 4 · From one book to the other (5 points)
#
# With a constant rate both methods walk the same path, if their rates fit. You have a rate that works in the
# averaging form. Which rate does the classical form need?

# %% role="answer" id="ema_to_classical_rate"
from solutions.optimizer import ema_to_classical_rate

# %% role="check" id="ema_to_classical_rate" points=5
check("ema_to_classical_rate", ema_to_classical_rate)

# %% [markdown]
# ## 5 · Nesterov (10 points)
#
# The velocity will carry the weight to about $w - \gamma v$ anyway. So take the gradient there.
#
# $$v \leftarrow \gamma v + \eta\, g(w - \gamma v), \qquad w \leftarrow w - v$$
#
# ```text
#   w ────────► w − γv ──► take the gradient here, not at w
# ```
#
# Therefore this rule is given a *function* that returns the gradient at any point. Worked numbers: $g(w) = w$, $w =
# 1$, $\gamma = 0.9$, $\eta = 0.1$. First $v = 0.1$ and $w = 0.9$. Then the gradient is taken at $0.9 - 0.09 = 0.81$:
# $v = 0.09 + 0.081 = 0.171$ and $w = 0.729$.

# %% role="answer" id="nesterov"
from solutions.optimizer import nesterov

# %% role="check" id="nesterov" points=10
check("nesterov", nesterov)

# %% [markdown]
# ## 6 · Adagrad (10 points)
#
# Weights that are seldom used should take larger steps when their turn comes. Divide each step by the root of all
# squared gradients so far.
#
# $$s \leftarrow s + g^2, \qquad w \leftarrow w - \eta\, \frac{g}{\sqrt{s} + \varepsilon}$$
#
# Everything is meant entry by entry. Worked number: the first step is $\eta\, g / |g|$, so its length is the rate,
# whatever the gradient.

# %% role="answer" id="adagrad"
from solutions.optimizer import adagrad

# %% role="check" id="adagrad" points=10
check("adagrad", adagrad)

# %% [markdown]
# ## 7 · RMSProp (10 points)
#
# Adagrad's sum never shrinks, so its steps die out. Forget old squares instead:
#
# $$s \leftarrow \rho s + (1 - \rho)\, g^2, \qquad w \leftarrow w - \eta\, \frac{g}{\sqrt{s} + \varepsilon}$$
#
# In the code $\rho$ is called `decay`. Worked number: with $\rho = 0.99$ the first step is $\eta\, g / (0.1\, |g|)$,
# ten times the rate, whatever the gradient.

# %% role="answer" id="rmsprop"
from solutions.optimizer import rmsprop

# %% role="check" id="rmsprop" points=10
check("rmsprop", rmsprop)

# %% [markdown]
# ## 8 · Adam (10 points)
#
# An average of the gradient over the root of an average of its square. Both averages start at 0 and are too small at
# first: after $t$ steps on a constant gradient they hold only $1 - \beta^t$ of it. So divide by that.
#
# $$m \leftarrow \beta_1 m + (1-\beta_1) g, \quad s \leftarrow \beta_2 s + (1-\beta_2) g^2, \quad
# w \leftarrow w - \eta\, \frac{m / (1-\beta_1^t)}{\sqrt{s / (1-\beta_2^t)} + \varepsilon}$$
#
# $t$ is 1 in the first step. Worked number: $g = 5$, rate 0.001. $m = 0.5$, corrected 5; $s = 0.025$, corrected 25;
# the step is $0.001 \cdot 5/5 = 0.001$. Without the corrections it would be 3.16 times as long.

# %% role="answer" id="adam"
from solutions.optimizer import adam

# %% role="check" id="adam" points=10
check("adam", adam)

# %% [markdown]
# ## 9 · Weight decay and schedules (15 points)
#
# **Weight decay** adds the gradient of the penalty $\frac{\lambda}{2} \sum w^2$ to the gradient of the loss, so that
# a weight which the loss does not need becomes smaller with every step. $\lambda$ is called `decay`.

# %% role="answer" id="weight_decay"
from solutions.optimizer import weight_decay

# %% role="check" id="weight_decay" points=5
check("weight_decay", weight_decay)

# %% [markdown]
# **Steps.** The rate stays level, and after each `every` steps it is multiplied by `factor`. From 0.2, with `every=10`
# and the factor 0.1, it is 0.2 in the steps 0 to 9, 0.02 in the steps 10 to 19, and so on.

# %% role="answer" id="step_schedule"
from solutions.schedule import step_schedule

# %% role="check" id="step_schedule" points=4
check("step_schedule", step_schedule)

# %% [markdown]
# **Plateau.** The rate is multiplied by `factor` when the validation loss has stalled: `patience` values in a row
# without a new best. Any loss below the best so far is a new best, however little. After a fall the count starts
# anew, and the best stays.
#
# ```text
#   losses    1.0  0.7  0.75  0.72  0.71  0.7      patience 4
#   stalled     0    0     1     2     3    4 ──► the rate falls (0.7 only equals the best)
# ```

# %% role="answer" id="plateau_schedule"
from solutions.schedule import plateau_schedule

# %% role="check" id="plateau_schedule" points=6
check("plateau_schedule", plateau_schedule)

# %% [markdown]
# ## 10 · The confusion region (5 points)
#
# For $F(x) = \sum_i \frac12 (b_i - a_i x)^2$ every term has a minimum of its own. Outside the span of these minima
# all terms agree which way is down; inside they quarrel, and stochastic descent wanders there for ever. Return the
# two ends of the span. Worked number: the minima of $\frac12 (3 - x)^2$, $\frac12 (2 - 2x)^2$ and $\frac12 (1 -
# \frac12 x)^2$ are 3, 1 and 2, so the span goes from 1 to 3.

# %% role="answer" id="confusion_region"
from solutions.optimizer import confusion_region

# %% role="check" id="confusion_region" points=5
check("confusion_region", confusion_region)

# %% [markdown]
# ## 11 · Bug hunt (10 points)
#
# ConvNetJS trained the first networks that many people ever saw in a browser. Its Adam was so slow that a user
# compared it with the paper: `karpathy/convnetjs` pull request 70 (2016), reported again as 107. Below is that part
# of the step, rewritten in numpy. Find the fault and mend it.


# %% role="hunt" id="hunt_adam_step"
def hunt_adam_step(mean, square, step, beta1, beta2):
    """Return the direction of Adam's step from its two averages after `step` steps (1 is the first)."""
    mean = mean * (1 - beta1**step)
    square = square * (1 - beta2**step)
    return mean / (np.sqrt(square) + 1e-8)


# %% role="check" id="hunt_adam_step" points=10
check("hunt_adam_step", hunt_adam_step)

# %% [markdown]
# ## 12 · Questions (5 points)
#
# **Question 1.** Classical momentum 0.9 has run for a while with a constant gradient. The rate drops to a tenth. How
# long is the very next step?
#
# - `"a"` About a tenth of the last one.
# - `"b"` Almost as long as the last one.
# - `"c"` Ten times longer.

# %% role="quiz" id="quiz_1"
answer_1 = "b"  # "a", "b" or "c"

# %% role="check" id="quiz_1" points=3
check("quiz_1", answer_1)

# %% [markdown]
# **Question 2.** A weight's gradient becomes tiny and stays so. What does Adagrad do with the rate of this weight?
#
# - `"a"` It grows.
# - `"b"` It hardly falls any more.
# - `"c"` It falls as fast as before.

# %% role="quiz" id="quiz_2"
answer_2 = "b"  # "a", "b" or "c"

# %% role="check" id="quiz_2" points=2
check("quiz_2", answer_2)

# %% [markdown]
# ## What you have built
#
# Your rules on a ravine, $f(x, y) = 0.05 x^2 + 5 y^2$, from the same start, 80 steps each. With a rate above 0.2 plain
# descent would leap higher at each step across the ravine, and so it has to crawl along it. Change a rate and look
# again.

# %%
slope = np.array([0.1, 10.0])
runs = {
    "SGD": lambda w, s: sgd(w, slope * w, s, rate=0.15),
    "momentum": lambda w, s: momentum(w, slope * w, s, rate=0.02),
    "Nesterov": lambda w, s: nesterov(w, lambda point: slope * point, s, rate=0.02),
    "Adagrad": lambda w, s: adagrad(w, slope * w, s, rate=1.0),
    "RMSProp": lambda w, s: rmsprop(w, slope * w, s, rate=0.1),
    "Adam": lambda w, s: adam(w, slope * w, s, rate=0.3),
}
fig, axes = plt.subplots(2, 3, figsize=(9, 3.6), sharex=True, sharey=True, layout="constrained")
gx, gy = np.meshgrid(np.linspace(-10, 2, 120), np.linspace(-2, 2, 120))
for axis, (name, step) in zip(axes.flat, runs.items(), strict=True):
    axis.contour(gx, gy, 0.05 * gx**2 + 5 * gy**2, 12, colors="lightgrey")
    weight, state, path = np.array([-9.0, 1.5]), None, [(-9.0, 1.5)]
    try:
        for _ in range(80):
            weight, state = step(weight, state)
            path.append(tuple(weight))
        axis.plot(*np.array(path).T, "o-", markersize=2)
        text = f"ends at f = {weight @ (slope * weight) / 2:.1g}"
    except Exception as fault:
        text = "not written yet" if isinstance(fault, NotImplementedError) else f"stopped: {type(fault).__name__}"
    axis.set(title=f"{name}: {text}", xlim=(-10, 2), ylim=(-2, 2))
figure.show(fig, alt="Six panels: the path of each optimizer over the contour lines of a ravine.")

# %% [markdown]
# **To remember.** Say which momentum you mean. Nesterov looks ahead. Adagrad sums, RMSProp averages, Adam averages
# twice and corrects both. A rule that changes what it was given works until two weights share it.
#
# Before you hand in: `check.progress()` shows what is still open, and `classroom preflight` in a terminal tells you
# whether the notebook runs from top to bottom.
