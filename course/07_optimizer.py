# %% [markdown]
# # 7 · Gradient descent and its relatives
#
# **What you will see.** The gradient says which way is down. How far to go, and what to remember of the last steps, is
# the optimizer's job. You will see why stochastic descent is fast at first and then never settles; that momentum means
# three things in three books; what it buys; why Adam corrects its bias; six methods on a network and their paths over
# three landscapes; schedules; and five ways to find out whether a network is learning at all.
#
# **What you need.** Lecture 4 (loss, condition number).
#
# **How to read it.** A *prediction* asks you first: decide before you open the answer. A *claim* compares a sentence
# from a slide or a paper with what was measured here, and gives a verdict. Lecture 0 explains both.

# %%
from itertools import pairwise, product

import numpy as np

from classroom import claim, figure, ledger, predict
from classroom.data import load

figure.style()
ledger.use("07_optimizer")

# %% [markdown]
# ## The idea
#
# The gradient $g$ of the loss points in the direction in which the loss rises fastest. *Plain descent* takes a small
# step the other way, again and again:
#
# $$ w \leftarrow w - \eta\,g $$
#
# $\eta$ is the *rate*. How large may it be? Along one direction a smooth loss is nearly a parabola, $\frac12 \lambda
# w^2$ with its minimum at 0, and its gradient is $\lambda w$. So a step multiplies $w$ by $1 - \eta\lambda$. Up to $\eta
# = 1/\lambda$ the weight walks straight towards the minimum, up to $2/\lambda$ it jumps to and fro and still arrives, and
# from there on it climbs.
#
# The methods of this lecture answer three difficulties:
#
# - The gradient comes from a few examples, and each few examples want something else: let the rate fall (section 1).
# - The loss is a narrow valley, where a rate that is right along it is too large across: *momentum* (sections 2 to 4).
# - Some weights have large gradients and some have small ones: a rate for each weight (section 5).
#
# ## The component at work
#
# Every optimizer of the course has one form: `weight, state = method(weight, grad, state, rate=...)`, with `state=None`
# at the start. `sgd` is plain descent; it keeps no state.

# %%
from solutions.optimizer import (
    adagrad,
    adam,
    adamw,
    confusion_region,
    ema_to_classical_rate,
    momentum,
    momentum_ema,
    nesterov,
    nesterov_shifted,
    rmsprop,
    sgd,
    weight_decay,
)
from solutions.schedule import cosine_schedule, plateau_schedule, warmup_schedule

# %%
steep, left = 4.0, []
for part in (0.5, 1.5, 2.0, 2.1):
    weight = np.array([1.0])
    for _ in range(20):
        weight, _ = sgd(weight, steep * weight, None, rate=part / steep)
    left.append(abs(weight.item()) ** (1 / 20))
claim("L7.0-rate", left)

# %% [markdown]
# ## 1 · One weight, twenty terms
#
# The smallest stochastic problem: $F(x) = \frac1N \sum_i \frac12 (b_i - a_i x)^2$. Each term alone is a parabola with
# its own minimum $b_i / a_i$. A stochastic step sees one term, drawn at random, and goes a part $\eta a_i^2$ of the way
# to that term's minimum, where $\eta$ is the rate. Outside the span of all the minima every term agrees on the
# direction; inside, they disagree. This span is the *confusion region* $[\min b_i/a_i, \max b_i/a_i]$.

# %%
rng = np.random.default_rng(0)
a = rng.uniform(0.5, 2, 20)
b = 3 * a + rng.standard_normal(20)
low, high = confusion_region(a, b)
best = (a * b).sum() / (a * a).sum()


def descend(rate, steps=2000, start=20.0, seed=1, chains=1):
    """Follow stochastic descent, several chains at once; step t has rate(t)."""
    rng, x = np.random.default_rng(seed), np.full(chains, start)
    path = [x]
    for t in range(steps):
        i = rng.integers(len(a), size=chains)
        x, _ = sgd(x, a[i] * (a[i] * x - b[i]), None, rate=rate(t))
        path.append(x)
    return np.array(path)


# %%
fig, axis = figure.panels(height=2.8, width=figure.NARROW)
weights = np.linspace(0.5, 5.5, 60)
terms = 0.5 * (b[:, None] - a[:, None] * weights) ** 2
axis.plot(weights, terms[::4].T, color=figure.GREY, linewidth=0.7)
axis.plot(
    weights, terms.mean(axis=0), color=figure.BLUE, label="F, the mean of all terms"
)
axis.plot(b / a, np.zeros(20), "|", color=figure.INK, label="the minima of the terms")
axis.axvspan(low, high, color=figure.SKY, alpha=0.3, label="confusion region")
axis.set(xlabel="weight x", ylabel="loss", ylim=(-0.3, 6))
axis.legend(loc="upper center")
figure.show(fig, "parabolas", drawing=True)

# %%
predict("confusion-region")


def inside(paths):
    """Say of each point of each path whether it is in the confusion region."""
    return (paths >= low) & (paths <= high)


def outside_again(paths):
    """Return the share of steps outside, of all steps after the first one inside."""
    return np.mean([1 - one[np.argmax(one) :].mean() for one in inside(paths).T])


slow, fast = (descend(lambda t, rate=rate: rate, chains=30) for rate in (0.2, 0.6))
claim("L7.1-enter", inside(slow[:, :3]).argmax(axis=0))
claim("L7.1-stay", [outside_again(slow), outside_again(fast)])

# %% [markdown]
# How wide does it wander? The distance $d = x - x^*$ to the minimum of $F$ obeys $d \leftarrow (1 - \eta a_i^2)\,d +
# \eta a_i r_i$ with the residual $r_i = b_i - a_i x^*$. Square it, average over $i$, and ask for the variance that a
# step does not change:
#
# $$\operatorname{Var}(x) = \eta\,\frac{\overline{a^2 r^2}}{2\,\overline{a^2} - \eta\,\overline{a^4}}.$$
#
# The bars are means over the terms. For small rates that is proportional to $\eta$. Without the squares the same
# average says how fast the weight approaches: each step multiplies the mean distance by $1 - \eta\,\overline{a^2}$.

# %%
rates = np.array([0.2, 0.1, 0.05, 0.025])
tails = [
    np.mean((descend(lambda t, rate=rate: rate, 1500, chains=200)[500:] - best) ** 2)
    for rate in rates
]
formula = np.mean(a**2 * (b - a * best) ** 2) / (
    2 * np.mean(a**2) - rates * np.mean(a**4)
)
claim("L7.1-variance", np.array(tails) / rates, formula)

slow = descend(lambda t: 0.2 / (1 + t / 100), 5000, chains=50)[-1]
claim("L7.1-decay", np.abs(slow - best).mean())
fast = descend(lambda t: 0.2 * 0.75**t, 100, chains=2000)[-1]
left = np.prod(1 - 0.2 * 0.75 ** np.arange(100) * np.mean(a**2))
claim("L7.1-stops-short", np.mean(fast - best) / (20 - best), left)

# %%
shown = {
    "constant rate 0.2": lambda t: 0.2,
    "rate 0.2 / (1 + t/100)": lambda t: 0.2 / (1 + t / 100),
    "rate 0.2 · 0.75^t": lambda t: 0.2 * 0.75**t,
}
fig, axes = figure.panels(3, 1, 5.6, width=figure.NARROW, sharex=True)
for axis, (title, rate) in zip(axes, shown.items(), strict=True):
    axis.axhspan(low, high, color=figure.SKY, alpha=0.3, label="confusion region")
    axis.axhline(best, color=figure.INK, linewidth=0.8, label="minimum of F")
    axis.plot(descend(rate, 1000), color=figure.ORANGE, linewidth=0.8, label="weight")
    axis.set(title=title, ylim=(low - 1, high + 4), ylabel="weight x")
axes[2].set_xlabel("step")
axes[0].legend(ncols=2)
figure.show(fig, "confusion-region")

# %% [markdown]
# ## 2 · Three momentums
#
# Two sources and a library, one word:
#
# | | velocity | step |
# |---|---|---|
# | exponential average (S3) | $v \leftarrow \gamma v + (1-\gamma)\,g$ | $w \leftarrow w - \eta v$ |
# | classical, heavy ball (S4) | $h \leftarrow \gamma h + \eta g$ | $w \leftarrow w - h$ |
# | PyTorch | $u \leftarrow \gamma u + g$ | $w \leftarrow w - \eta u$ |
#
# Here $w$ is the weight, $g$ its gradient and $\gamma$ the momentum, usually 0.9.
# The second is often *called* the first; both remember about $1/(1-\gamma)$ gradients. The picture of the classical one
# is a heavy ball that rolls down the landscape: where the slope keeps its direction the ball gains speed, and where the
# slope swings from side to side the pushes cancel. With a constant rate the two are the same method, if the first uses
# the rate $\eta/(1-\gamma)$: ten times larger at $\gamma = 0.9$. So a rate copied from one book into the other's
# formula is off by a factor of ten. PyTorch's has the classical rate; it keeps the rate out of the velocity, as the
# average does. That matters when the rate changes.


# %%
def follow(method, grads, rates):
    """Return one weight, from 0, after each step of a method along given gradients."""
    weight, state, path = np.zeros(1), None, [0.0]
    for grad, rate in zip(grads, rates, strict=True):
        weight, state = method(weight, np.array([grad]), state, rate=rate, momentum=0.9)
        path.append(weight[0])
    return np.array(path)


def pytorch(weight, grad, state, *, rate, momentum):
    """Take a step of PyTorch's form of momentum."""
    velocity = grad if state is None else momentum * state + grad
    return weight - rate * velocity, velocity


# %%
factor = 1 / (1 - 0.9)
grads, constant = np.random.default_rng(2).standard_normal(200) + 1, np.full(200, 0.1)
ball = follow(momentum, grads, constant)
others = [
    follow(momentum_ema, grads, factor * constant),
    follow(pytorch, grads, constant),
]
claim("L7.2-same", [np.abs(ball - other).max() for other in others])
claim("L7.2-factor", ema_to_classical_rate(1.0, 0.9))

# %%
predict("rate-drop")

# %%
dropped = np.array([0.1] * 100 + [0.01] * 60)
average = np.abs(np.diff(follow(momentum_ema, np.ones(160), factor * dropped)))
classical = np.abs(np.diff(follow(momentum, np.ones(160), dropped)))
library = np.abs(np.diff(follow(pytorch, np.ones(160), dropped)))
steps = (average, classical, library)
claim("L7.2-drop", [lengths[100] / lengths[99] for lengths in steps])

fig, axis = figure.panels(height=2.8, width=figure.NARROW)
axis.semilogy(
    np.arange(90, 161), average[89:], "o-", label="exponential average, PyTorch"
)
axis.semilogy(np.arange(90, 161), classical[89:], "s-", label="classical")
axis.set(xlabel="step", ylabel="length of the step")
axis.set(title="from step 100 on a tenth of the rate")
axis.legend()
figure.show(fig, "rate-drop")

# %% [markdown]
# ## 3 · Nesterov: look before you step
#
# Nesterov's method takes the gradient where the velocity is about to carry the weight: at $w - \gamma h$. So our
# `nesterov` asks for a function that returns the gradient, not for the gradient. A training loop has no such function;
# it can keep the look-ahead point itself as its weight, which is what `nesterov_shifted` and PyTorch do. And as with
# plain momentum, the form with an average is the classical one at another rate.

# %%
curvature = np.array([1.0, 100.0])
w, h, average, v = np.ones(2), None, np.ones(2), np.zeros(2)
shifted, shifted_state, gaps = np.ones(2), None, []
for _ in range(50):
    w, h = nesterov(w, lambda w: curvature * w, h, rate=0.005, momentum=0.9)
    # The rate of the average is 0.005 / (1 - 0.9).
    v = 0.9 * v + 0.1 * curvature * (average - 0.05 * 0.9 * v)
    average = average - 0.05 * v
    options = {"rate": 0.005, "momentum": 0.9}
    slope = curvature * shifted
    shifted, shifted_state = nesterov_shifted(shifted, slope, shifted_state, **options)
    gaps += [np.abs(average - w).max(), np.abs(shifted - (w - 0.9 * h)).max()]
claim("L7.2-nesterov", max(gaps))

# %% [markdown]
# ## 4 · What does momentum buy?
#
# On a narrow valley, much. Take $f = \frac12 \sum_i \lambda_i w_i^2$ with condition number $\kappa = \lambda_{\max} /
# \lambda_{\min}$. Plain descent must keep its rate below $2/\lambda_{\max}$, or it climbs out across the valley; so it
# crawls along the valley, for about $\kappa$ steps. In the velocity the swings across the valley cancel while the steps
# along it add up, so about $\sqrt\kappa$ steps suffice. We give each method the constants whose worst start on a
# quadratic is best (Lessard, Recht and Packard 2016) and count the steps until the weight is within 0.001 of the
# minimum.


# %%
def steps_to(method, curvature, most=100_000, **options):
    """Count steps from (1, 1) until the weight is within 0.001 of the minimum."""
    weight, state, steps = np.ones(2), None, 0
    while np.linalg.norm(weight) > 1e-3 and steps < most:
        grad = (lambda w: curvature * w) if method is nesterov else curvature * weight
        weight, state = method(weight, grad, state, **options)
        steps += 1
    return steps


# %%
kappas = np.array([10, 100, 1000, 10_000])
counts = {"plain descent": [], "heavy ball": [], "Nesterov": []}
for kappa in kappas:
    curvature, root = np.array([1.0, kappa]), np.sqrt(kappa)
    swing = (root - 1) / (root + 1)
    constants = {"rate": 4 / (1 + root) ** 2, "momentum": swing**2}
    counts["plain descent"].append(steps_to(sgd, curvature, rate=2 / (1 + kappa)))
    counts["heavy ball"].append(steps_to(momentum, curvature, **constants))
    root = np.sqrt(3 * kappa + 1)
    constants = {"rate": 4 / (3 * kappa + 1), "momentum": (root - 2) / (root + 2)}
    counts["Nesterov"].append(steps_to(nesterov, curvature, **constants))

# %%
fig, axis = figure.panels(height=3.0, width=figure.NARROW)
for (name, values), mark in zip(counts.items(), "osd", strict=True):
    axis.loglog(kappas, values, f"{mark}-", label=name)
axis.set(xlabel="condition number κ", ylabel="steps")
axis.set(title="a valley, each with its best constants")
axis.legend()
figure.show(fig, "condition-number")
slopes = {name: np.log10(values[3] / values[1]) / 2 for name, values in counts.items()}
claim("L7.3-kappa", [slopes["plain descent"], slopes["heavy ball"]])
measured = [slopes["Nesterov"], counts["Nesterov"][1] / counts["heavy ball"][1]]
claim("L7.3-quadratic", measured)

# %% [markdown]
# Which of the last two is faster depends on the start. Those constants guard against the worst one. Try all constants on
# the start (1, 1) alone, and both arrive earlier, and Nesterov's method before the heavy ball.

# %%
curvature, tried = np.array([1.0, 100.0]), {}
for method in (momentum, nesterov):
    tried[method] = np.inf
    for rate, swing in product(
        np.linspace(0.002, 0.038, 37), np.linspace(0.5, 0.95, 46)
    ):
        options = {"rate": rate, "momentum": swing}
        tried[method] = min(tried[method], steps_to(method, curvature, 100, **options))
claim("L7.3-tuned", [tried[momentum], tried[nesterov]])

# %%
fading, valley = {}, np.array([1.0, 10.0])
for method in (momentum, nesterov):
    weight, state = np.ones(2), None
    for _ in range(300):
        grad = (lambda w: valley * w) if method is nesterov else valley * weight
        weight, state = method(weight, grad, state, rate=0.05, momentum=0.9)
    fading[method] = np.hypot(weight[1], state[1]) ** (1 / 300)
formula = [0.9**0.5, (0.9 * 0.5) ** 0.5]
claim("L7.3-steady", [fading[momentum], fading[nesterov]], formula)

# %% [markdown]
# ## 5 · A rate for each weight
#
# The next three methods divide the rate of each weight by the size of its own gradients.
#
# | method | what it keeps, for each weight | step |
# |---|---|---|
# | Adagrad | $s \leftarrow s + g^2$ | $-\eta\, g / (\sqrt{s} + \epsilon)$ |
# | RMSProp | $s \leftarrow \beta s + (1-\beta) g^2$ | $-\eta\, g / (\sqrt{s} + \epsilon)$ |
# | Adam | $s$ of RMSProp, and $v \leftarrow \beta_1 v + (1-\beta_1) g$ | $-\eta\,\hat v/(\sqrt{\hat s}+\epsilon)$ |
#
# Adagrad suits sparse data: a weight whose gradient is mostly zero keeps a large rate for the day it is needed. But its
# sum only grows, so it may stop too early; RMSProp forgets ($\beta$ of 0.9, 0.99 or 0.999). Adam averages the gradient
# too ($\beta_1 = 0.9$ for the gradients, $\beta_2 = 0.999$ for their squares, $\epsilon = 10^{-8}$). Its averages start
# at zero, so at first they are too small; after step $t$ it divides them by the share that has arrived:
# $\hat v = v / (1 - \beta_1^t)$, $\hat s = s / (1 - \beta_2^t)$.

# %%
predict("first-step")

# %%
first_steps, _ = adam(np.zeros(3), np.array([5.0, 0.1, -300.0]), None, rate=0.001)
corrected, bare = [], []
weight, state, v, s = np.zeros(1), None, 0.0, 0.0
for _ in range(3000):
    before = weight
    weight, state = adam(weight, np.array([5.0]), state, rate=0.001)
    corrected.append(abs(weight - before)[0] / 0.001)
    v, s = 0.9 * v + 0.1 * 5, 0.999 * s + 0.001 * 25
    bare.append(v / np.sqrt(s))
claim("L7.5-first", first_steps / 0.001)
formula = [np.sqrt(10), (1 - 0.9**12) / np.sqrt(1 - 0.999**12)]
claim("L7.5-uncorrected", [bare[0], bare[11]], formula)

# %%
fig, axis = figure.panels(height=2.6, width=figure.NARROW)
axis.semilogx(np.arange(1, 3001), corrected, "-", label="Adam")
axis.semilogx(np.arange(1, 3001), bare, "--", label="without bias correction")
axis.set(xlabel="step", ylabel="length of the step / rate", ylim=(0, 7))
axis.set(title="constant gradient")
axis.legend()
figure.show(fig, "bias-correction")

# The rate that each method really uses: step / gradient.
sizes = {adagrad: [], rmsprop: []}
for method, seen in sizes.items():
    weight, state = np.zeros(1), None
    for grad in [1.0] * 100 + [0.001] * 200:
        before = weight
        weight, state = method(weight, np.array([grad]), state, rate=1.0)
        seen.append(abs(weight - before)[0] / grad)
claim("L7.6-monotone", [seen[-1] / seen[99] for seen in sizes.values()])

# %%
# Two weights, gradients of 1: one at every step, one at every hundredth.
weight, state = np.zeros(2), None
for t in range(10_000):
    before, grad = weight, np.array([1.0, t % 100 == 99])
    weight, state = adagrad(weight, grad, state, rate=1.0)
frequent, rare = np.abs(weight - before)
claim("L7.6-sparse", rare / frequent)


# %%
def arrives(method, rate, jump=1000):
    """Count the steps to within 0.1 of a minimum at 10, and again after it jumps."""
    weight, state, counts = np.zeros(1), None, []
    for target in (10.0, -10.0):
        path = []
        for _ in range(20 * jump):
            weight, state = method(weight, weight - target, state, rate=rate)
            path.append(abs(weight[0] - target))
        counts.append(int(np.argmax(np.array(path) < 0.1)))
    return counts


again = [arrives(adagrad, 1.0), arrives(rmsprop, 0.02)]
claim("L7.6-stops", [later / first for first, later in again])

# %% [markdown]
# ## 6 · On a network
#
# A tanh network 64-128-128-10 learns the digits in batches of 64; we count the steps until the mean of 20 losses is
# under 0.1. A method is only as good as its rate, so each runs at several.

# %%
from solutions.activation import tanh_backward, tanh_forward
from solutions.initialization import xavier_normal
from solutions.linear import linear_backward, linear_forward
from solutions.loss import softmax_cross_entropy

images, labels, split = load("digits")
x = images.reshape(len(images), -1)
x = x - x[split.train].mean(axis=0)
x = x / x[split.train].std()


# %%
def gradients(weights, rows, targets=None):
    """Return the loss of a tanh network on some rows, and all its gradients."""
    targets = labels[rows] if targets is None else targets
    h, caches = x[rows], []
    for layer in range(0, len(weights), 2):
        h, linear = linear_forward(h, weights[layer], weights[layer + 1])
        bend = None
        if layer + 2 < len(weights):
            h, bend = tanh_forward(h)
        caches.append((linear, bend))
    loss, grad = softmax_cross_entropy(h, targets)
    grads = []
    for linear, bend in reversed(caches):
        grad = grad if bend is None else tanh_backward(grad, bend)
        grad, grad_weight, grad_bias = linear_backward(grad, linear)
        grads = [grad_weight, grad_bias, *grads]
    return loss, grads


# %%
def initial(shape, rng):
    """Return Xavier's weights, and biases of 0, of a network with these layers."""
    layers = [(xavier_normal(pair, rng), np.zeros(pair[1])) for pair in pairwise(shape)]
    return [weight.astype(np.float32) for layer in layers for weight in layer]


def steps_to_learn(method, rate, seed, most=400):
    """Return the step at which the mean of 20 losses falls under 0.1, or infinity."""
    rng, order = np.random.default_rng(seed), np.random.default_rng(seed + 1)
    weights, losses = initial((64, 128, 128, 10), rng), []
    states = [None] * len(weights)
    for t in range(most):
        rows = order.choice(split.train, 64, replace=False)
        loss, grads = gradients(weights, rows)
        losses.append(loss)
        if t >= 19 and np.mean(losses[-20:]) < 0.1:
            return t + 1
        for k, grad in enumerate(grads):
            weights[k], states[k] = method(weights[k], grad, states[k], rate=rate)
    return np.inf


# %%
predict("fewer-steps")

RATES = {
    "plain descent": (sgd, (0.05, 0.2, 0.5, 1, 2, 3)),
    "momentum 0.9": (momentum, (0.005, 0.02, 0.05, 0.1, 0.2, 0.4)),
    "Nesterov 0.9": (nesterov_shifted, (0.005, 0.02, 0.05, 0.1, 0.2, 0.4)),
    "Adagrad": (adagrad, (0.005, 0.01, 0.02, 0.05, 0.2, 0.3)),
    "RMSProp": (rmsprop, (0.0003, 0.001, 0.003, 0.01, 0.02, 0.1)),
    "Adam": (adam, (0.001, 0.003, 0.01, 0.03, 0.05, 0.1)),
}
learned = {
    name: [
        np.mean([steps_to_learn(method, rate, seed) for seed in range(3)])
        for rate in rates
    ]
    for name, (method, rates) in RATES.items()
}
fewest = {name: min(counts) for name, counts in learned.items()}

# %%
fig, axis = figure.panels(height=4.2, width=figure.NARROW)
for (name, counts), mark in zip(learned.items(), "osd^vX", strict=True):
    shown = np.minimum(counts, 430)  # those that never arrive lie on the upper edge
    axis.loglog(RATES[name][1], shown, f"{mark}-", label=name)
axis.axhline(430, color=figure.GREY, linewidth=0.8, linestyle=":")
axis.set(xlabel="rate", ylabel="steps to a loss of 0.1 (top: not in 400)")
axis.set(title="every method has its own range of rates")
axis.set_yticks([30, 50, 100, 200, 400], [30, 50, 100, 200, 400])
axis.minorticks_off()
fig.legend(loc="outside lower center", ncols=2)
figure.show(fig, "rates")

claim("L7.3-faster", learned["plain descent"][0] / learned["momentum 0.9"][2])
claim("L7.3-rate", fewest["momentum 0.9"] / fewest["plain descent"])
adaptive = min(fewest[name] for name in ("Adagrad", "RMSProp", "Adam"))
claim("L7.3-adaptive", fewest["plain descent"] / adaptive)

# %% [markdown]
# ## 7 · Paths
#
# Three landscapes: a ravine $0.05 x^2 + 5 y^2$, Beale's function with its curved valley, and a saddle $x^2 - y^2$ with
# a start almost on the ridge $y = 0$, along which the slope leads to the saddle point. In the two valleys each method
# has a rate that suits it. On the saddle there is no best rate, because a larger one always leaves sooner; there all
# have the rate 0.05, and what is compared is what each makes of it.


# %%
def beale(w):
    """Return the gradient of Beale's function."""
    x, y = w
    parts = np.array([1.5 - x + x * y, 2.25 - x + x * y**2, 2.625 - x + x * y**3])
    slopes = [y - 1, y**2 - 1, y**3 - 1], [x, 2 * x * y, 3 * x * y**2]
    return 2 * np.array(slopes) @ parts


def beale_value(x, y):
    """Return Beale's function."""
    return sum((c - x + x * y**k) ** 2 for k, c in ((1, 1.5), (2, 2.25), (3, 2.625)))


# %%
METHODS = (sgd, momentum, nesterov, adagrad, rmsprop, adam)
NAMES = ("plain descent", "momentum", "Nesterov", "Adagrad", "RMSProp", "Adam")
LABELS = dict(zip(METHODS, NAMES, strict=True))
SUITED = {
    "ravine": (0.18, 0.05, 0.05, 1.0, 0.1, 0.5),
    "Beale": (0.03, 0.005, 0.005, 2.0, 0.05, 0.5),
    "saddle": (0.05,) * 6,
}
SLOPES = {
    "ravine": lambda w: np.array([0.1, 10.0]) * w,
    "Beale": beale,
    "saddle": lambda w: np.array([2.0, -2.0]) * w,
}
VALUES = {
    "ravine": lambda x, y: 0.05 * x**2 + 5 * y**2,
    "Beale": beale_value,
    "saddle": lambda x, y: x**2 - y**2,
}
STARTS = {"ravine": (-9.0, 1.5), "Beale": (1.0, 1.5), "saddle": (-1.5, 1e-3)}
MINIMA = {"ravine": (0.0, 0.0), "Beale": (3.0, 0.5), "saddle": (np.nan, np.nan)}

# %%
FRAMES = {
    "ravine": (-10, 3, -3.4, 2),
    "Beale": (-1.2, 4.2, -2.4, 1.8),
    "saddle": (-2, 1, -0.2, 2),
}


# %%
def walk(name, method, rate=None, most=1000):
    """Return the path of a method until it is 0.001 from the minimum, or far away."""
    slope, weight, state = SLOPES[name], np.array(STARTS[name]), None
    rate = rate or SUITED[name][METHODS.index(method)]
    path = [weight]
    while len(path) <= most and np.abs(weight).max() < 10:
        if np.linalg.norm(weight - MINIMA[name]) < 1e-3:
            break
        grad = slope if method is nesterov else slope(weight)
        weight, state = method(weight, grad, state, rate=rate)
        path.append(weight)
    return np.array(path)


def contours(axis, frame, value):
    """Draw the level lines of a landscape in a frame of (left, right, bottom, top)."""
    grid = np.meshgrid(np.linspace(*frame[:2], 120), np.linspace(*frame[2:], 120))
    axis.contour(*grid, value(*grid), 6, colors=figure.LINES, linewidths=0.8)
    axis.set(xlim=frame[:2], ylim=frame[2:])
    axis.grid(visible=False)


# %%
fig, axes = figure.panels(3, 2, 6.4, width=figure.NARROW, sharex="row", sharey="row")
marks = {"marker": ".", "markersize": 4, "linewidth": 1}
for name, line in zip(SLOPES, axes, strict=True):
    for axis, methods in zip(line, (METHODS[:3], METHODS[3:]), strict=True):
        value = VALUES[name]
        contours(axis, FRAMES[name], lambda x, y, f=value: np.arcsinh(4 * f(x, y)))
        for method in methods:
            axis.plot(*walk(name, method)[:60].T, label=LABELS[method], **marks)
        axis.plot(*STARTS[name], "o", color=figure.INK)
        axis.plot(*MINIMA[name], "*", color=figure.INK, markersize=9)
    line[0].set(title=name, ylabel="y")
for above, below in axes[[0, 2]].T:
    above.legend(loc="lower right")
    below.set_xlabel("x")
figure.show(fig, "landscapes")

# %%
lengths = {
    name: [len(walk(name, method)) - 1 for method in METHODS]
    for name in ("ravine", "Beale")
}
claim("L7.4-valleys", [max(steps[1:]) / steps[0] for steps in lengths.values()])


def escape(method, rate=None):
    """Return the steps until a method has left the saddle."""
    return int(np.argmax(np.abs(walk("saddle", method, rate)[:, 1]) > 1))


escapes = [escape(method) for method in METHODS]
print(f"{'steps':<14}{'ravine':>8}{'Beale':>8}{'saddle':>8}")
for name, *counts in zip(NAMES, *lengths.values(), escapes, strict=True):
    print(f"{name:<14}" + "".join(f"{count:>8}" for count in counts))
small = escape(sgd, 0.02) / escape(adagrad, 0.02)
claim("L7.4-saddle", [escapes[0] / max(escapes[1:]), small])

# %% [markdown]
# The explorer draws two methods over the ravine for several rates; in a running notebook `live=True` gives it a slider,
# on the course's site there is one below. From which rate on does plain descent zigzag, and from which does it climb
# out? Across the ravine $\lambda_{\max} = 10$, so the answers are $1/\lambda_{\max} = 0.1$ and $2/\lambda_{\max} =
# 0.2$.


# %%
def draw_rate(rate=0.15):
    """Draw plain descent and momentum over the ravine at one rate."""
    fig, axis = figure.panels(height=2.4, width=figure.NARROW)
    contours(axis, (-10, 6, -2, 2), lambda x, y: np.arcsinh(0.2 * x**2 + 20 * y**2))
    look = {"marker": "o", "markersize": 2, "linewidth": 1}
    for method in (sgd, momentum):
        weight, state, path = np.array([-9.0, 1.5]), None, []
        for _ in range(60):
            path.append(np.clip(weight, -20, 20))
            grad = np.array([0.1, 10.0]) * weight
            weight, state = method(weight, grad, state, rate=rate)
        axis.plot(*np.array(path).T, label=LABELS[method], **look)
    axis.set(title=f"rate {rate}, 60 steps", xlabel="x", ylabel="y")
    axis.legend()
    return fig


# %%
figure.explorer(
    draw_rate,
    "ravine-explorer",
    still={"rate": 0.15},
    rate=(0.01, 0.05, 0.09, 0.11, 0.15, 0.19, 0.2, 0.21),
)

# %% [markdown]
# ## 8 · Schedules
#
# ### AlexNet's
#
# Momentum 0.9, weight decay 0.0005, rate 0.01, and a division by ten whenever the error on the **validation** set stops
# falling. One source says "test", which would spend the test set on tuning (remark C7). *Weight decay* adds
# $0.0005\,w$ to the gradient, the slope of the penalty $\frac{0.0005}{2} w^2$, so that weights without use shrink.
#
# Here the same recipe drives one linear layer with a softmax on the digits: 1000 to train, 300 to validate. The batches
# have only 4 images, so at a large rate the weights end up in the cloud of the first section. After 4 epochs without a
# new best validation loss (the *patience*) the rate falls. Three first rates are tried, with and without such drops,
# over three orders of the images; the first run at rate 0.08 is drawn.


# %%
validation = [*split.train[1000:], *split.validation]


def recipe(seed, rate, patience=4, drops=True):
    """Train for 25 epochs; return the validation losses and the rates."""
    rng = np.random.default_rng(seed)
    weights, states, losses, used = initial((64, 10), rng), [None] * 2, [], []
    for _ in range(25):
        used.append(plateau_schedule(rate, losses, patience) if drops else rate)
        options = {"rate": used[-1], "momentum": 0.9}
        for rows in rng.permutation(split.train[:1000]).reshape(-1, 4):
            _, grads = gradients(weights, rows)
            for k, grad in enumerate(grads):
                grad = weight_decay(weights[k], grad, 5e-4)
                weights[k], states[k] = momentum(weights[k], grad, states[k], **options)
        losses.append(gradients(weights, validation)[0])
    return np.array(losses), np.array(used)


# %%
FIRST = (0.01, 0.03, 0.08)
runs = {rate: [recipe(seed, rate) for seed in range(3)] for rate in FIRST}
kept = {rate: [recipe(seed, rate, drops=False) for seed in range(3)] for rate in FIRST}


def last(found):
    """Return the mean of the last five validation losses, for each run."""
    return np.array([losses[-5:].mean() for losses, _ in found])


stalls = []
for losses, used in runs[0.08]:
    drop = int(np.argmax(used < used[0]))  # epochs at the first rate
    stalls.append(losses[drop - 4 : drop].min() / losses[: drop - 4].min())
claim("L7.7-plateau", stalls)
claim("L7.7-gain", last(runs[0.08]).mean() / last(kept[0.08]).mean())
lowest = [min(last(found[rate]).mean() for rate in FIRST) for found in (runs, kept)]
claim("L7.7-best", lowest[0] / lowest[1])

# %%
(losses, used), epochs = runs[0.08][0], np.arange(1, 26)
fig, axes = figure.panels(2, 1, 4.4, width=figure.NARROW, sharex=True)
axes[0].plot(epochs, kept[0.08][0][0], "--", color=figure.GREY, label="rate kept")
axes[0].plot(epochs, losses, color=figure.BLUE, label="rate drops")
axes[0].axvline(np.argmax(used < used[0]) + 0.5, color=figure.INK, linestyle=":")
axes[0].set(ylabel="validation loss", ylim=(0, None))
axes[0].set(title="the loss stalls, the rate drops …")
axes[0].legend()
axes[1].semilogy(epochs, used, "o-", color=figure.ORANGE)
axes[1].set(xlabel="epoch", ylabel="rate", title="… to a tenth")
axes[1].set_yticks([0.008, 0.08], ["0.008", "0.08"])
axes[1].minorticks_off()
figure.show(fig, "recipe")

# %% [markdown]
# ### Cosine, and warm-up
#
# Two schedules need no validation loss. *Cosine*: the rate falls along half a cosine to zero (Loshchilov and Hutter
# 2017). *Warm-up*: it rises to its full size in the first steps (Goyal and others 2017). We train a tanh network for
# 300 steps in batches of 8, where the noise of the batches is what limits a constant rate, and give each schedule three
# rates and three seeds. A falling rate forgives a start that is too fast; at its best rate the gain is small.


# %%
def warm_up(rate, step, total):
    return warmup_schedule(rate, step, total // 6)


def trained(schedule, rate, seed, steps=300, batch=8, method=momentum):
    """Train with a schedule; return the validation loss."""
    rng, order = np.random.default_rng(seed), np.random.default_rng(seed + 1)
    weights, states = initial((64, 128, 128, 10), rng), [None] * 6
    for t in range(steps):
        now = schedule(rate, t, steps)
        _, grads = gradients(weights, order.choice(split.train, batch, replace=False))
        for k, grad in enumerate(grads):
            weights[k], states[k] = method(weights[k], grad, states[k], rate=now)
    return gradients(weights, validation)[0]


# %%
SCHEDULES = {
    "constant": lambda rate, step, total: rate,
    "warm-up": warm_up,
    "cosine": cosine_schedule,
}
reached = {
    name: [
        np.mean([trained(schedule, rate, seed) for seed in range(3)])
        for rate in (0.01, 0.025, 0.05)
    ]
    for name, schedule in SCHEDULES.items()
}
lowest = {name: min(losses) for name, losses in reached.items()}
claim("L7.8-cosine", reached["cosine"][2] / reached["constant"][2])
claim("L7.8-best", lowest["cosine"] / lowest["constant"])
claim("L7.8-warm-up", lowest["warm-up"] / lowest["constant"])

# %% [markdown]
# ### Weight decay, with Adam
#
# For plain descent it makes no difference whether the decay is added to the gradient or shrinks the weight itself by
# $1 - \eta d$. For Adam it does: what is in the gradient is divided by the root of the squares. *AdamW* shrinks the
# weight itself. Five hundred steps on pure noise, whose size differs from weight to weight, show what is left of a
# weight of 1.

# %%
noise = np.random.default_rng(0).standard_normal((500, 40, 9))
noise *= np.geomspace(0.01, 100, 9)
added, apart, added_state, apart_state = np.ones((40, 9)), np.ones((40, 9)), None, None
for grad in noise:
    decayed = weight_decay(added, grad, 0.1)
    added, added_state = adam(added, decayed, added_state, rate=1e-3)
    apart, apart_state = adamw(apart, grad, apart_state, rate=1e-3, decay=0.1)
left = {"in the gradient": added.mean(axis=0), "apart (AdamW)": apart.mean(axis=0)}
claim("L7.8-adamw", left["apart (AdamW)"], [(1 - 1e-4) ** 500] * 9)
claim("L7.8-adam", left["in the gradient"][[0, -1]])

# %% [markdown]
# ## 9 · Is it learning?
#
# Before any method is compared, five questions tell whether a network can learn at all. They are cheap, and each finds
# another kind of fault.
#
# 1. **The loss at the start.** Ten classes, nothing known: $\ln 10 = 2.30$. More means logits that are too large.
# 2. **One batch.** Any network with enough weights learns 64 images by heart. One that cannot has a bug, whatever the
#    rest of the data looks like. We try it with a common one: images and labels that were shuffled apart.
# 3. **The update beside the weight.** How large is a step, compared with the weights that it changes?
# 4. **The rate, tried out.** Let it grow by a few percent at each step, and watch the loss (Smith 2017): where it turns
#    up, the rate is too large. One short run finds the range.
# 5. **Histograms through training.** Do the activations stay away from the ends of tanh? Do the gradients keep their
#    size until something has been learned?

# %%
first = [
    gradients(initial((64, 128, 128, 10), np.random.default_rng(seed)), split.train)[0]
    for seed in range(3)
]
quiet = [
    weight * 0.1 for weight in initial((64, 128, 128, 10), np.random.default_rng(0))
]
claim("L7.9-start", [np.mean(first), gradients(quiet, split.train)[0]])


def by_heart(seed, apart=False, steps=200):
    """Return the last loss on one batch that is shown again and again."""
    rng, states = np.random.default_rng(seed), [None] * 6
    weights, rows = initial((64, 128, 128, 10), rng), rng.choice(split.train, 64, False)
    for _ in range(steps):
        taught = rng.permutation(rows) if apart else rows
        loss, grads = gradients(weights, rows, labels[taught])
        for k, grad in enumerate(grads):
            weights[k], states[k] = adam(weights[k], grad, states[k], rate=0.003)
    return loss


# %%
claim("L7.9-one-batch", [by_heart(seed) for seed in range(3)])
claim("L7.9-apart", [by_heart(seed, apart=True) for seed in range(3)])


# %%
def followed(method, rates, seed=0):
    """Train with one rate a step; return losses, updates, activations and gradients."""
    rng, order = np.random.default_rng(seed), np.random.default_rng(seed + 1)
    weights, states = initial((64, 128, 128, 10), rng), [None] * 6
    losses, shares = [], []
    for rate in rates:
        loss, grads = gradients(weights, order.choice(split.train, 64, replace=False))
        losses.append(loss)
        if loss > 20:
            break
        before = weights[2]  # of the second layer
        for k, grad in enumerate(grads):
            weights[k], states[k] = method(weights[k], grad, states[k], rate=rate)
        shares.append(np.linalg.norm(weights[2] - before) / np.linalg.norm(before))
    h, _ = tanh_forward(x[split.validation] @ weights[0] + weights[1])
    return np.array(losses), np.array(shares), h.ravel(), np.abs(grads[2]).ravel()


# %%
fig, (above, below) = figure.panels(2, 1, 4.8, width=figure.NARROW)
shares, ends = {}, {}
for rate in (0.0003, 0.003, 0.03):
    _, shares[rate], ends[rate], _ = followed(adam, [rate] * 200)
    above.semilogy(shares[rate], linewidth=1, label=f"rate {rate}")
found = np.geomspace(1e-3, 30, 120)
losses = followed(sgd, found)[0]
below.loglog(found[: len(losses)], losses, color=figure.GREEN)
above.set(xlabel="step of Adam", title="update / weight, layer 2", ylim=(None, 1))
above.legend(ncols=3, loc="upper center")
below.set(xlabel="rate of plain descent", ylabel="loss", title="a growing rate")
figure.show(fig, "learning")
claim("L7.9-share", [np.median(share[:50]) for share in shares.values()])
claim("L7.9-bent", [np.mean(np.abs(h) > 0.97) for h in ends.values()])

# %%
fig, (above, below) = figure.panels(2, 1, 4.8, width=figure.NARROW)
look, sizes = {"histtype": "step", "density": True, "linewidth": 1.4}, []
for steps in (1, 20, 200):
    *_, h, grad = followed(adam, [0.003] * steps)
    above.hist(h, np.linspace(-1, 1, 42), label=f"step {steps}", **look)
    below.hist(np.log10(grad + 1e-12), np.linspace(-8, -1, 42), **look)
    sizes.append(np.median(grad))
look |= {"color": figure.GREY, "linestyle": ":"}
above.hist(ends[0.03], np.linspace(-1, 1, 42), label="step 200, rate 0.03", **look)
above.set(title="activations of layer 1", ylim=(0, 2), yticks=[])
below.set(title="log10 of the gradient's size, layer 2", yticks=[])
above.legend(ncols=2, loc="upper center")
figure.show(fig, "through-training")
claim("L7.9-fade", np.array(sizes[1:]) / sizes[0])

# %%
ratios = []
for seed in range(3):
    losses = followed(sgd, found, seed)[0]
    smooth = np.convolve(losses, np.ones(7) / 7, "valid")
    lowest = found[np.argmin(smooth) + 3]
    best = RATES["plain descent"][1][int(np.argmin(learned["plain descent"]))]
    ratios.append(max(best / lowest, lowest / best))
claim("L7.9-range", ratios)

# %% [markdown]
# The rates that learned fastest in section 6 move the weights by one to five percent at a step, ten times the
# thousandth that is often recommended: the advice is for long trainings. At ten times the good rate most tanh units sit
# at their ends, and no later step brings them back quickly: a histogram shows it before the loss does. At the good rate
# the activations spread only a little, and the gradients fade as the loss does. Gradients that are that small at the *first*
# step would be another matter: then the start is wrong (lecture 8).

# %% [markdown]
# ## What to remember
#
# 1. With a constant rate stochastic descent ends in a cloud whose variance is proportional to the rate. Let it decay.
# 2. Say which momentum you mean: the classical rate is the average's rate times $1 - \gamma$, and PyTorch's form keeps
#    the rate outside the velocity.
# 3. Momentum turns $\kappa$ steps into $\sqrt\kappa$ in a valley; on an easy network it is mostly a larger rate.
# 4. Compare methods each at its best rate, or you compare rates.
# 5. Adam's bias correction makes the first step as long as the rate. Adagrad's rates only fall.
# 6. Schedules watch the validation loss or the clock, never the test set. A falling rate forgives a first rate that is
#    too large; beside the best constant rate it gains little here. For weight decay with Adam, take AdamW.
# 7. Before tuning anything: the loss at the start, one batch by heart, updates beside weights, a growing rate, and
#    histograms.
#
# ## Exercises that follow
#
# Assignment 6, *Optimizers*: `sgd`, `momentum`, `momentum_ema`, `nesterov`, `adagrad`, `rmsprop`, `adam`, weight decay,
# two schedules, the confusion region, a bug hunt and two questions.
#
# ## Further reading
#
# - H. Robbins, S. Monro. *A stochastic approximation method.* 1951.
# - L. Bottou, F. Curtis, J. Nocedal. *Optimization methods for large-scale machine learning.* 2018. arXiv:1606.04838
# - B. Polyak. *Some methods of speeding up the convergence of iteration methods.* 1964.
# - I. Sutskever and others. *On the importance of initialization and momentum in deep learning.* ICML 2013.
# - L. Lessard, B. Recht, A. Packard. *Analysis and design of optimization algorithms via integral quadratic
#   constraints.* 2016. arXiv:1408.3595
# - J. Duchi and others. *Adaptive subgradient methods for online learning and stochastic optimization.* JMLR 12, 2011.
# - D. Kingma, J. Ba. *Adam: a method for stochastic optimization.* ICLR 2015. arXiv:1412.6980
# - I. Loshchilov, F. Hutter. *SGDR: stochastic gradient descent with warm restarts.* ICLR 2017. arXiv:1608.03983
# - I. Loshchilov, F. Hutter. *Decoupled weight decay regularization.* ICLR 2019. arXiv:1711.05101
# - L. Smith. *Cyclical learning rates for training neural networks.* WACV 2017. arXiv:1506.01186
#
# ## What comes next
#
# All runs of this lecture began with weights that suit them. Lecture 8 asks what happens with others: fifty layers in
# which the signal dies, explodes, or arrives.
