# %% [markdown]
# # Assignment 6 · Optimizers
#
# **What you build.** You write seven rules that turn a gradient into a step, weight decay, two schedules, and two small
# tools that explain what the rules do. The gradient says which direction is downhill. The rule decides how far to go
# and what to remember of earlier steps, and with it whether a network learns in a minute, in an hour or never.
#
# **Follows** lecture 7, *Gradient descent and its relatives*. **Time** about three hours. **Points** 110.
#
# **How it works.** Replace each `raise NotImplementedError` with your code, then run the check below it as often as you
# like. When a check has not come back after a minute, nothing can interrupt it: restart the kernel.
# `check.hint("adam")` gives one hint at a time, and `check.progress()` shows how far you are. No exercise needs another
# one. What a docstring lists under *Raises* describes the course's own version; your code does not have to check its
# inputs.
#
# **What grading adds.** Grading runs cases of the same kinds with other numbers, and adds nothing else: the points you
# see are the points you get. Where an input is float32, the output must be float32 too. This is a separate part of such
# an exercise, worth a tenth of its points.
#
# **Conventions.** Every rule is a function: `weight, state = rule(weight, grad, state, rate=...)`. The state can be
# whatever you like: an array, a tuple or a dict; it is `None` before the first step. Never change the weights,
# gradients and states that you are given, but return new arrays. A function without a memory of its own can serve a
# thousand weights, each with its own state. Float32 stays float32.

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
# Worked number: with $w = 1$, $g = 2$ and the rate $\eta = 0.1$ the new weight is 0.8. This rule remembers nothing, so
# its state stays `None`.

# %% role="answer" id="sgd"
from solutions.optimizer import sgd

# %% role="check" id="sgd" points=10
check("sgd", sgd)

# %% [markdown]
# ## 2 · Classical momentum (10 points)
#
# A ball with mass keeps its velocity. In a ravine, the steps across it cancel and the steps along it add up.
#
# $$v \leftarrow \gamma v + \eta\, g, \qquad w \leftarrow w - v$$
#
# The rate is *inside* the velocity: gradients from earlier steps keep the rate that was in force then. Worked numbers:
# with $\gamma = 0.9$, $\eta = 0.1$ and a constant gradient of 1 the velocities are 0.1, 0.19, 0.271, and finally 1.

# %% role="answer" id="momentum"
from solutions.optimizer import momentum

# %% role="check" id="momentum" points=10
check("momentum", momentum)

# %% [markdown]
# ## 3 · Momentum as an average (10 points)
#
# Other books define momentum as an exponential moving average of the gradient, with the rate outside:
#
# $$v \leftarrow \gamma v + (1 - \gamma)\, g, \qquad w \leftarrow w - \eta v$$
#
# Worked numbers: with $\gamma = 0.9$ and a constant gradient of 1 the averages are 0.1, 0.19, 0.271, and finally 1,
# whatever the rate.

# %% role="answer" id="momentum_ema"
from solutions.optimizer import momentum_ema

# %% role="check" id="momentum_ema" points=10
check("momentum_ema", momentum_ema)

# %% [markdown]
# ## 4 · From one form to the other (5 points)
#
# At a constant rate both methods follow the same path, if their rates match. You have a rate that works in the
# averaging form. Which rate does the classical form need?

# %% role="answer" id="ema_to_classical_rate"
from solutions.optimizer import ema_to_classical_rate

# %% role="check" id="ema_to_classical_rate" points=5
check("ema_to_classical_rate", ema_to_classical_rate)

# %% [markdown]
# ## 5 · Nesterov (10 points)
#
# The velocity will carry the weight to about $w - \gamma v$ in any case. So take the gradient there.
#
# $$v \leftarrow \gamma v + \eta\, g(w - \gamma v), \qquad w \leftarrow w - v$$
#
# ```text
#   w ────────► w − γv ──► take the gradient here, not at w
# ```
#
# Therefore this rule gets a *function* that returns the gradient at any point. Worked numbers: let $g(w) = w$, $w = 1$,
# $\gamma = 0.9$ and $\eta = 0.1$. The first step gives $v = 0.1$ and $w = 0.9$. Then the gradient is taken at $0.9 -
# 0.09 = 0.81$: $v = 0.09 + 0.081 = 0.171$ and $w = 0.729$.

# %% role="answer" id="nesterov"
from solutions.optimizer import nesterov

# %% role="check" id="nesterov" points=10
check("nesterov", nesterov)

# %% [markdown]
# ## 6 · Adagrad (10 points)
#
# A weight that rarely gets a gradient should take larger steps when it does. So divide each step by the root of the sum
# of all squared gradients so far.
#
# $$s \leftarrow s + g^2, \qquad w \leftarrow w - \eta\, \frac{g}{\sqrt{s} + \varepsilon}$$
#
# All operations are elementwise. Worked number: the first step is $\eta\, g / |g|$, so its length is the rate, whatever
# the gradient.

# %% role="answer" id="adagrad"
from solutions.optimizer import adagrad

# %% role="check" id="adagrad" points=10
check("adagrad", adagrad)

# %% [markdown]
# ## 7 · RMSProp (10 points)
#
# Adagrad's sum never shrinks, so its steps become ever smaller. RMSProp forgets old squares:
#
# $$s \leftarrow \rho s + (1 - \rho)\, g^2, \qquad w \leftarrow w - \eta\, \frac{g}{\sqrt{s} + \varepsilon}$$
#
# In the code $\rho$ is called `decay`. Worked number: with $\rho = 0.99$ the first step is $\eta\, g / (0.1\, |g|)$, so
# it is ten times as long as the rate, whatever the gradient.

# %% role="answer" id="rmsprop"
from solutions.optimizer import rmsprop

# %% role="check" id="rmsprop" points=10
check("rmsprop", rmsprop)

# %% [markdown]
# ## 8 · Adam (10 points)
#
# Adam divides an average of the gradient by the root of an average of its square. Both averages start at 0 and are too
# small at first: after $t$ steps with a constant gradient they have reached only the fraction $1 - \beta^t$ of it. So
# divide by that fraction.
#
# $$m \leftarrow \beta_1 m + (1-\beta_1) g, \quad s \leftarrow \beta_2 s + (1-\beta_2) g^2, \quad
# w \leftarrow w - \eta\, \frac{m / (1-\beta_1^t)}{\sqrt{s / (1-\beta_2^t)} + \varepsilon}$$
#
# In the first step $t$ is 1. Worked number: with $g = 5$ and the rate 0.001, $m = 0.5$ becomes 5 when it is corrected,
# and $s = 0.025$ becomes 25; the step is $0.001 \cdot 5/5 = 0.001$. Without the corrections it would be 3.16 times as
# long.

# %% role="answer" id="adam"
from solutions.optimizer import adam

# %% role="check" id="adam" points=10
check("adam", adam)

# %% [markdown]
# ## 9 · Weight decay and schedules (15 points)
#
# **Weight decay** adds the gradient of the penalty $\frac{\lambda}{2} \sum w^2$ to the gradient of the loss, so that a
# weight that the loss does not need becomes smaller with every step. In the code $\lambda$ is called `decay`.

# %% role="answer" id="weight_decay"
from solutions.optimizer import weight_decay

# %% role="check" id="weight_decay" points=5
check("weight_decay", weight_decay)

# %% [markdown]
# **Steps.** The rate stays constant for `every` steps, then it is multiplied by `factor`, and so on. If it starts at
# 0.2, with `every=10` and the factor 0.1, it is 0.2 in steps 0 to 9, 0.02 in steps 10 to 19, and so on.

# %% role="answer" id="step_schedule"
from solutions.schedule import step_schedule

# %% role="check" id="step_schedule" points=4
check("step_schedule", step_schedule)

# %% [markdown]
# **Plateau.** The rate is multiplied by `factor` when the validation loss has stalled, that is, after `patience` values
# in a row without a new best. Any loss below the best so far is a new best, by however little. After the rate has
# dropped, the count starts again at 0, and the best value is kept.
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
# In $F(x) = \sum_i \frac12 (b_i - a_i x)^2$ every term has its own minimum. Outside the interval spanned by these
# minima all terms agree on the downhill direction; inside it they disagree, and stochastic descent at a constant rate
# keeps wandering there. Return the two ends of the interval. Worked number: the minima of $\frac12 (3 - x)^2$, $\frac12
# (2 - 2x)^2$ and $\frac12 (1 - \frac12 x)^2$ are 3, 1 and 2, so the interval goes from 1 to 3.

# %% role="answer" id="confusion_region"
from solutions.optimizer import confusion_region

# %% role="check" id="confusion_region" points=5
check("confusion_region", confusion_region)

# %% [markdown]
# ## 11 · Bug hunt (10 points)
#
# ConvNetJS trained the first networks that many people ever saw in a browser. Its Adam was so slow that a user compared
# it with the paper (`karpathy/convnetjs` pull request 70 of 2016, reported again as 107). Below is the part of the step
# that was wrong, rewritten in numpy. Find the bug and fix it.


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
# **Question 1.** Classical momentum with $\gamma = 0.9$ has run for a while with a constant gradient. Now the rate
# drops to a tenth. How long is the very next step?
#
# - `"a"` About a tenth as long as the last step.
# - `"b"` Almost as long as the last step.
# - `"c"` Ten times as long as the last step.

# %% role="quiz" id="quiz_1"
answer_1 = "b"  # "a", "b" or "c"

# %% role="check" id="quiz_1" points=3
check("quiz_1", answer_1)

# %% [markdown]
# **Question 2.** The gradient of a weight becomes tiny and stays tiny. What happens to Adagrad's effective rate for
# this weight?
#
# - `"a"` It increases.
# - `"b"` It hardly decreases any more.
# - `"c"` It decreases as fast as before.

# %% role="quiz" id="quiz_2"
answer_2 = "b"  # "a", "b" or "c"

# %% role="check" id="quiz_2" points=2
check("quiz_2", answer_2)

# %% [markdown]
# ## What you have built
#
# Here your rules descend into a ravine, $f(x, y) = 0.05 x^2 + 5 y^2$, from the same starting point, with 80 steps each.
# At a rate above 0.2 plain descent would jump further across the ravine at each step, so it must use a smaller rate, at
# which it moves only slowly along the ravine. Change a rate and look again.

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
# **To remember.** Say which form of momentum you mean. Nesterov looks ahead. Adagrad sums squared gradients, RMSProp
# averages them, and Adam averages both the gradient and its square and corrects both averages. A rule that changes its
# inputs in place works only until two weights share an array.
#
# Before you hand in: `check.progress()` shows what is still open, and `check.preflight()` tells you whether the
# notebook runs from top to bottom.
