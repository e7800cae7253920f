# %% [markdown]
# # 7 · Gradient descent and its relatives
#
# The gradient says which way is down. How far to go, and what to remember of the last steps, is the optimizer's affair.
#
# **You will see** why stochastic descent is fast at first and then never settles; that two books mean two things by
# momentum, and when they are one; what momentum really buys; the paths of seven methods over three landscapes; why Adam
# corrects its bias; and the learning-rate schedule of AlexNet at work.
#
# **You need** lecture 4 (loss, conditioning). Every optimizer here has one form:
# `weight, state = method(weight, grad, state, rate=...)`, with `state=None` at the start.

# %%
from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np

from classroom import claim, figure, predict
from classroom.claim import at_least, at_most
from classroom.data import load
from solutions.optimizer import (
    adagrad,
    adam,
    confusion_region,
    ema_to_classical_rate,
    momentum,
    momentum_ema,
    nesterov,
    rmsprop,
    sgd,
    weight_decay,
)
from solutions.schedule import plateau_schedule

figure.style()

# %% [markdown]
# ## One weight, twenty terms
#
# The smallest stochastic problem: $F(x) = \frac1N \sum_i \frac12 (b_i - a_i x)^2$. Each term alone is a parabola with
# its own minimum $b_i / a_i$. A stochastic step sees one term and moves towards that term's minimum. Outside the span
# of all the minima every term agrees on the direction; inside, they quarrel. This span is the *confusion region*
# $[\min b_i/a_i, \max b_i/a_i]$.

# %%
rng = np.random.default_rng(0)
a = rng.uniform(0.5, 2, 20)
b = 3 * a + rng.standard_normal(20)
low, high = confusion_region(a, b)
best = (a * b).sum() / (a * a).sum()


def descend(rate, steps=4000, start=20.0, seed=1, decay=0.0):
    """Follow stochastic gradient descent from start; return every weight."""
    rng = np.random.default_rng(seed)
    x, path = np.array([start]), [start]
    for t in range(steps):
        i = rng.integers(len(a))
        x, _ = sgd(x, a[i] * (a[i] * x - b[i]), None, rate=rate / (1 + decay * t))
        path.append(x[0])
    return np.array(path)


# %%
predict(
    "Start at x = 20, far outside the confusion region, with a constant rate. What happens?",
    [
        "it converges to the minimum of F",
        "it enters the region quickly and then wanders inside for ever",
        "it leaves the region again and again",
    ],
    answer="b",
    because="Inside, each term pulls towards its own minimum, and with a small rate no step can leave the region.",
    mine=None,
)

# %%
path = descend(0.2)
entered = int(np.argmax((path >= low) & (path <= high)))
claim(
    "L7.1-enter",
    entered,
    at_most(40),
    source="S4-14",
    statement="Stochastic descent reaches the neighbourhood of the minimum fast.",
)
claim(
    "L7.1-stay",
    bool(np.all((path[entered:] >= low) & (path[entered:] <= high))),
    True,
    source="S4-14",
    statement="Once inside the confusion region, it never leaves.",
)
rates = np.array([0.2, 0.1, 0.05, 0.025])
tails = np.array([descend(rate, 20_000)[4000:].var() for rate in rates])

# %%
claim(
    "L7.1-variance",
    tails / rates / (tails / rates).mean(),
    np.ones(4),
    0.35,
    source="S4-14",
    statement="The variance of the wandering is proportional to the rate.",
)

# %%
settled = np.mean([abs(descend(0.2, 20_000, decay=0.01, seed=seed)[-1] - best) for seed in range(5)])
claim(
    "L7.1-decay",
    settled,
    at_most(0.05),
    source="S4-14; Robbins & Monro 1951",
    statement="Stochastic descent converges if the rate decays.",
    verdict="holds only if the rates sum to infinity while their squares do not, as with rate/(1 + t/100)",
)
fig, axes = plt.subplots(1, 2, figsize=(figure.WIDTH, 2.7), sharey=True)
for axis, decay, title in zip(axes, (0.0, 0.01), ("constant rate 0.2", "rate 0.2 / (1 + t/100)"), strict=True):
    axis.axhspan(low, high, color=figure.SKY, alpha=0.3, label="confusion region")
    axis.axhline(best, color=figure.INK, linewidth=0.8, label="minimum of F")
    axis.plot(descend(0.2, 1500, decay=decay), color=figure.ORANGE, linewidth=0.8)
    axis.set(title=title, xlabel="step", ylim=(low - 2, high + 4))
axes[0].set_ylabel("weight x")
axes[0].legend()
figure.show(fig, alt="Weight against step: a constant rate wanders inside the region, a decaying one settles.")
plt.show()

# %% [markdown]
# ## Two momentums
#
# Two sources, one word:
#
# | | velocity | step |
# |---|---|---|
# | exponential average (S3) | $v \leftarrow \gamma v + (1-\gamma)\nabla$ | $w \leftarrow w - \eta v$ |
# | classical, heavy ball (S4) | $h \leftarrow \gamma h + \eta \nabla$ | $w \leftarrow w - h$ |
#
# The second is often *called* the first. With a constant rate they are the same method, if the first uses the rate
# $\eta/(1-\gamma)$: ten times larger at $\gamma = 0.9$. So a rate copied from one book into the other's formula is off
# by a factor of ten.

# %%
grads = np.random.default_rng(2).standard_normal(200) + 1


def follow(method, rates):
    """Apply a method to the same gradients; return every weight."""
    weight, state, path = np.zeros(1), None, []
    for grad, rate in zip(grads, rates, strict=True):
        weight, state = method(weight, np.array([grad]), state, rate=rate, momentum=0.9)
        path.append(weight[0])
    return np.array(path)


constant = [0.1] * 200
factor = 1 / (1 - 0.9)
claim(
    "L7.2-same",
    np.abs(follow(momentum, constant) - follow(momentum_ema, [rate * factor for rate in constant])).max(),
    at_most(1e-11),
    source="S3-11, S4-15 (C3)",
    statement="Momentum is an exponential moving average of the gradient.",
    verdict="holds only if the rate is constant and is divided by 1 - momentum",
)

# %%
claim(
    "L7.2-factor",
    ema_to_classical_rate(1.0, 0.9),
    0.1,
    1e-12,
    source="C3",
    statement="At momentum 0.9 the average's rate is ten times the classical one.",
)

# %%
predict(
    "Both methods run alike. Now the rate drops to a tenth. How large is the next step of each?",
    [
        "both steps are a tenth",
        "the average's step is a tenth at once; the classical one keeps its old velocity",
        "the classical step is a tenth at once; the average keeps its velocity",
    ],
    answer="b",
    because="The classical velocity has the old rate inside; the average applies the new rate to everything.",
    mine=None,
)

# %%
dropped = np.array([0.1] * 100 + [0.01] * 100)
steps = [np.abs(np.diff(follow(momentum_ema, dropped * factor))), np.abs(np.diff(follow(momentum, dropped)))]
before = steps[1][98]
claim(
    "L7.2-drop",
    [steps[0][99] / before < 0.2, steps[1][99] / before > 0.8],
    [True, True],
    source="C3",
    statement="Right after the rate falls by ten, the average steps a tenth, the classical method almost as before.",
)
fig, axis = plt.subplots(figsize=(figure.WIDTH, 2.5))
for step, name, color in zip(steps, ("exponential average", "classical"), (figure.BLUE, figure.ORANGE), strict=True):
    axis.semilogy(np.arange(90, 140), step[90:140], "o-", label=name, color=color)
axis.axvline(99, color=figure.GREY, linestyle=":")
axis.set(xlabel="step", ylabel="length of the step", title="the rate falls to a tenth at step 100")
axis.legend()
figure.show(fig, alt="Step lengths around a drop of the rate: the average falls at once, the classical one slowly.")
plt.show()

# %% [markdown]
# ## Nesterov: look before you step
#
# Nesterov's method takes the gradient where the velocity is about to carry the weight: at $w - \gamma h$. So our
# `nesterov` asks for a function that returns the gradient, not for the gradient.
#
# ## What does momentum buy?
#
# On a narrow valley, much. For $f = \frac12 \sum_i \lambda_i w_i^2$ with condition number $\kappa = \lambda_{\max} /
# \lambda_{\min}$, plain descent needs about $\kappa$ steps and momentum about $\sqrt\kappa$.

# %%
curvature = np.array([1.0, 100.0])


def steps_to(method, limit=1e-3, most=20_000, **options):
    """Count steps from (1, 1) until the weight is nearer than limit to the minimum."""
    weight, state = np.ones(2), None
    for t in range(1, most):
        grad = (lambda w: curvature * w) if method is nesterov else curvature * weight
        weight, state = method(weight, grad, state, **options)
        if np.linalg.norm(weight) < limit:
            return t
    return most


root = np.sqrt(curvature)
plain = steps_to(sgd, rate=2 / curvature.sum())
ball = steps_to(momentum, rate=4 / root.sum() ** 2, momentum=((root[1] - root[0]) / root.sum()) ** 2)
print(f"plain descent {plain} steps, momentum {ball} steps, ratio {plain / ball:.1f}")
claim(
    "L7.3-kappa",
    plain / ball,
    at_least(5),
    source="S4-15, S4-17; Polyak 1964",
    statement="At condition number κ momentum is up to √κ times faster, each at its best rate (here κ is 100).",
)

# %% [markdown]
# On a network the picture is less clear. Below, a tanh network learns the digits; we count the steps until the running
# loss is under 0.1. Momentum 0.9 at rate 0.05 looks nine times faster than plain descent at 0.05, and just as fast as
# plain descent at 0.5.

# %%
from solutions.activation import tanh_backward, tanh_forward
from solutions.initialization import xavier_normal
from solutions.linear import linear_backward, linear_forward
from solutions.loss import softmax_cross_entropy

images, labels, split = load("digits")
x = images.reshape(len(images), -1).astype(np.float64)
x = (x - x[split.train].mean(axis=0)) / (x[split.train] - x[split.train].mean(axis=0)).std()


# %%
def gradients(weights, rows):
    """Return the loss of a tanh network on some rows, and the gradient of each of its weights."""
    h, caches = x[rows], []
    for layer in range(0, len(weights), 2):
        h, linear = linear_forward(h, weights[layer], weights[layer + 1])
        bend = None
        if layer + 2 < len(weights):
            h, bend = tanh_forward(h)
        caches.append((linear, bend))
    loss, grad = softmax_cross_entropy(h, labels[rows])
    grads = []
    for linear, bend in reversed(caches):
        grad = grad if bend is None else tanh_backward(grad, bend)
        grad, grad_weight, grad_bias = linear_backward(grad, linear)
        grads = [grad_weight, grad_bias, *grads]
    return loss, grads


# %%
def steps_to_learn(method, most=800, **options):
    """Train 64-128-128-10 on digits; return the step at which the mean of 20 losses falls under 0.1."""
    rng, order = np.random.default_rng(0), np.random.default_rng(1)
    sizes = (64, 128, 128, 10)
    weights = [w for d, m in pairwise(sizes) for w in (xavier_normal((d, m), rng), np.zeros(m))]
    states, losses = [None] * len(weights), []
    for t in range(most):
        rows = order.choice(split.train, 64, replace=False)
        loss, grads = gradients(weights, rows)
        losses.append(loss)
        if t >= 19 and np.mean(losses[-20:]) < 0.1:
            return t + 1
        for k, grad in enumerate(grads):
            weights[k], states[k] = method(weights[k], grad, states[k], **options)
    return most


runs = {
    "SGD, 0.05": (sgd, {"rate": 0.05}),
    "momentum 0.9, 0.05": (momentum, {"rate": 0.05}),
    "SGD, 0.5": (sgd, {"rate": 0.5}),
    "Adagrad, 0.05": (adagrad, {"rate": 0.05}),
    "RMSProp, 0.003": (rmsprop, {"rate": 0.003}),
    "Adam, 0.003": (adam, {"rate": 0.003}),
}
counts = {name: steps_to_learn(method, **options) for name, (method, options) in runs.items()}

# %%
fig, axis = plt.subplots(figsize=(figure.WIDTH, 2.5))
names = list(counts)[::-1]
axis.barh(names, [counts[name] for name in names], color=figure.BLUE)
axis.set(xscale="log", xlabel="steps until the running loss is under 0.1", title="digits, tanh network")
axis.set_xticks([20, 50, 100, 200, 500], [20, 50, 100, 200, 500])
axis.minorticks_off()
figure.show(fig, alt="Steps to a loss of 0.1: plain descent at 0.05 needs ten times more than all the others.")
plt.show()
claim(
    "L7.3-faster",
    counts["SGD, 0.05"] / counts["momentum 0.9, 0.05"],
    at_least(5),
    source="S4-15",
    statement="At the same rate, momentum learns several times faster.",
)
claim(
    "L7.3-quadratic",
    ball / steps_to(nesterov, rate=1 / curvature.max(), momentum=9 / 11),
    1.0,
    0.4,
    source="S3-12, S4-16 (C4)",
    statement="Nesterov's look-ahead is as fast as the heavy ball on the ravine, and steadier.",
)

# %%
claim(
    "L7.3-rate",
    counts["momentum 0.9, 0.05"] / counts["SGD, 0.5"],
    1.0,
    0.35,
    source="S4-15",
    statement="Momentum learns faster than plain descent.",
    verdict="holds only if the rates are the same: on this net a ten times larger plain rate does as well",
)
claim(
    "L7.3-adaptive",
    max(counts[name] for name in ("Adagrad, 0.05", "RMSProp, 0.003", "Adam, 0.003")),
    at_most(120),
    source="S4-18",
    statement="The adaptive methods need no search for the scale of the rate: all three learn in about 50 steps.",
)

# %% [markdown]
# ## Paths
#
# Three landscapes: a ravine $0.05 x^2 + 5 y^2$, Beale's function with its curved valley, and a saddle $x^2 - y^2$ on
# which a start almost on the ridge must first find the way out.


# %%
def beale(w):
    """Return the gradient of Beale's function."""
    x, y = w
    parts = np.array([1.5 - x + x * y, 2.25 - x + x * y**2, 2.625 - x + x * y**3])
    return 2 * np.array([parts @ [y - 1, y**2 - 1, y**3 - 1], parts @ [x, 2 * x * y, 3 * x * y**2]])


# %%
def beale_value(x, y):
    """Return Beale's function."""
    return (1.5 - x + x * y) ** 2 + (2.25 - x + x * y**2) ** 2 + (2.625 - x + x * y**3) ** 2


landscapes = {
    "ravine": (lambda w: np.array([0.1, 10.0]) * w, lambda x, y: 0.05 * x**2 + 5 * y**2, (-9.0, 1.5), 0.15, 0.02),
    "Beale": (beale, beale_value, (1.0, 1.5), 0.01, 0.004),
    "saddle": (lambda w: np.array([2.0, -2.0]) * w, lambda x, y: x**2 - y**2, (-1.5, 1e-3), 0.05, 0.02),
}


def walk(name, method, steps=150):
    """Return the path of a method over a landscape, with a rate that suits both."""
    slope, _, start, large, small = landscapes[name]
    adaptive = {adagrad: 8 * small, rmsprop: small, adam: 3 * small}
    rate = adaptive.get(method, small if method in (momentum, nesterov) else large)
    weight, state, path = np.array(start), None, [np.array(start)]
    for _ in range(steps):
        weight, state = method(weight, slope if method is nesterov else slope(weight), state, rate=rate)
        path.append(np.clip(weight, -10, 10))
    return np.array(path)


# %%
fig, axes = plt.subplots(1, 3, figsize=(figure.WIDTH, 3.1))
frames = {"ravine": (-10, 2, -2, 2), "Beale": (0, 4.2, -1, 2), "saddle": (-2, 1, -0.2, 2)}
for axis, (name, (_, value, start, _, _)) in zip(axes, landscapes.items(), strict=True):
    left, right, bottom, top = frames[name]
    gx, gy = np.meshgrid(np.linspace(left, right, 120), np.linspace(bottom, top, 120))
    axis.contour(gx, gy, np.arcsinh(value(gx, gy)), 12, colors=figure.LINES, linewidths=0.8)
    for method, color in zip((sgd, momentum, nesterov, adagrad, rmsprop, adam), figure.COLOURS, strict=False):
        track = walk(name, method)
        axis.plot(track[:, 0], track[:, 1], "-", color=color, linewidth=1.2, label=method.__name__)
    axis.plot(*start, "o", color=figure.INK)
    axis.set(title=name, xlim=(left, right), ylim=(bottom, top), xlabel="x")
axes[0].set_ylabel("y")
fig.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=6)
figure.show(fig, alt="Paths of six methods on contour lines of a ravine, of Beale's function and of a saddle.")
plt.show()

# %%
escapes = {
    method.__name__: int(np.argmax(np.abs(walk("saddle", method)[:, 1]) > 1)) for method in (sgd, momentum, adam)
}
claim(
    "L7.4-saddle",
    [escapes["momentum"] < escapes["sgd"], escapes["adam"] < escapes["sgd"]],
    [True, True],
    source="S4-19",
    statement="Plain descent is the slowest to leave a saddle.",
)

# %% [markdown]
# The explorer draws one method over the ravine for several rates. Set `live=True` to move the slider and find the rate
# at which plain descent starts to swing: it is $2/\lambda_{\max} = 0.2$.


# %%
def draw_rate(rate=0.15):
    """Draw plain descent and momentum over the ravine at one rate."""
    fig, axis = plt.subplots(figsize=(figure.WIDTH, 2.2))
    gx, gy = np.meshgrid(np.linspace(-10, 2, 120), np.linspace(-2, 2, 120))
    axis.contour(gx, gy, 0.05 * gx**2 + 5 * gy**2, 12, colors=figure.LINES)
    for method, color in ((sgd, figure.BLUE), (momentum, figure.ORANGE)):
        weight, state, path = np.array([-9.0, 1.5]), None, []
        for _ in range(60):
            path.append(np.clip(weight, -20, 20))
            weight, state = method(weight, np.array([0.1, 10.0]) * weight, state, rate=rate)
        axis.plot(*np.array(path).T, "o-", markersize=2, color=color, label=method.__name__)
    axis.set(title=f"rate {rate}", xlabel="x", ylabel="y", xlim=(-10, 2), ylim=(-2, 2))
    axis.legend()
    return fig


figure.explorer(
    draw_rate,
    alt="Plain descent zigzags across a ravine at rate 0.15 while momentum swings wide.",
    still={"rate": 0.15},
    rate=(0.01, 0.05, 0.1, 0.15, 0.19, 0.2, 0.21),
)

# %% [markdown]
# ## A rate for each weight
#
# Adagrad divides the rate of each weight by the root of the sum of its squared gradients, RMSProp by the root of their
# average, and Adam averages the gradient too. Both averages start at zero, so at first they are too small; Adam divides
# them by $1 - \beta^t$.

# %%
predict("Adam, rate 0.001, the first step on a constant gradient of 5. How long is the step?", answer=0.001, mine=None)

# %%
first, _ = adam(np.zeros(1), np.array([5.0]), None, rate=0.001)
uncorrected = 0.001 * (1 - 0.9) * 5 / np.sqrt((1 - 0.999) * 25)
claim(
    "L7.5-first",
    abs(first[0]) / 0.001,
    1.0,
    1e-8,
    source="S4-18; Kingma & Ba 2015",
    statement="With bias correction the first step of Adam has exactly the length of the rate.",
)
claim(
    "L7.5-uncorrected",
    uncorrected / 0.001,
    np.sqrt(10),
    1e-9,
    source="S4-18; Kingma & Ba 2015",
    statement="Without it the first step would be √10 = 3.16 times too long.",
)

# %%
sizes = []
weight, state = np.zeros(1), None
for t in range(300):
    before = weight
    weight, state = adagrad(weight, np.array([1.0 if t < 100 else 1e-3]), state, rate=1.0)
    sizes.append(abs(weight - before)[0] / (1.0 if t < 100 else 1e-3))
claim(
    "L7.6-monotone",
    bool(np.all(np.diff(sizes) <= 1e-12)),
    True,
    source="S4-18 (C38)",
    statement="Where derivatives are small, Adagrad's rate grows.",
    verdict="does not hold: its rate never grows; it only falls more slowly than that of other weights",
)

# %% [markdown]
# ## The schedule of AlexNet
#
# Momentum 0.9, weight decay 0.0005, rate 0.01, and a division by ten whenever the error on the **validation** set stops
# falling. One source says "test", which would spend the test set on tuning (remark C7). Here the same recipe, with
# small batches and a generous rate, drives the digits network: 600 digits to train, 100 to validate, patience 4.


# %%
def recipe(epochs=30, start=0.05, patience=4, batch=10):
    """Train with AlexNet's recipe; return the validation loss and the rate of each epoch."""
    rng = np.random.default_rng(0)
    weights = [xavier_normal((64, 64), rng), np.zeros(64), xavier_normal((64, 10), rng), np.zeros(10)]
    states, losses, used = [None] * 4, [], []
    for _ in range(epochs):
        used.append(plateau_schedule(start, losses, patience))
        for rows in rng.permutation(split.train[:600]).reshape(-1, batch):
            _, grads = gradients(weights, rows)
            for k, grad in enumerate(grads):
                decayed = weight_decay(weights[k], grad, 5e-4)
                weights[k], states[k] = momentum(weights[k], decayed, states[k], rate=used[-1], momentum=0.9)
        losses.append(gradients(weights, split.validation)[0])
    return np.array(losses), np.array(used)


# %%
losses, used = recipe()
drops = int(np.sum(np.diff(used) < 0))
stalls = [t for t in range(1, len(used)) if used[t] < used[t - 1]]
best_before = [min(losses[: t - 4]) <= min(losses[t - 4 : t]) for t in stalls]

# %%
claim(
    "L7.7-plateau",
    [drops >= 1, all(best_before)],
    [True, True],
    source="S3-10 (C7); Krizhevsky et al. 2012",
    statement="The rate was divided by ten when the test error stopped improving.",
    verdict="holds only if test is read as validation: each drop follows 4 validation losses without a new best",
)

# %%
fig, axes = plt.subplots(1, 2, figsize=(figure.WIDTH, 2.5))
axes[0].semilogy(losses, color=figure.BLUE)
axes[0].set(xlabel="epoch", ylabel="validation loss", title="the loss stalls …")
axes[1].semilogy(used, color=figure.ORANGE, drawstyle="steps-post")
axes[1].set(xlabel="epoch", ylabel="rate", title="… and the rate falls by ten")
figure.show(fig, alt="Left, a validation loss that falls and stalls; right, the rate, which drops tenfold.")
plt.show()

# %% [markdown]
# ## What to remember
#
# - With a constant rate stochastic descent ends in a cloud whose variance is proportional to the rate. Decay it.
# - Say which momentum you mean: the classical rate is the average's rate times $1 - \gamma$.
# - Momentum pays $\sqrt\kappa$ on a ravine; on an easy net it is mostly a larger rate.
# - Adam's bias correction makes the first step as long as the rate. Adagrad's rates only fall.
# - Schedules watch the validation loss, never the test set.
#
# ## Exercises that follow
#
# Assignment *optimizers*: seven methods, three schedules, and a bug hunt.
#
# ## Further reading
#
# - Robbins and Monro, *A stochastic approximation method* (1951); Bottou, Curtis and Nocedal, *Optimization methods for
#   large-scale machine learning* (2018).
# - Polyak, *Some methods of speeding up the convergence of iteration methods* (1964); Nesterov (1983); Sutskever
#   et al., *On the importance of initialization and momentum* (2013).
# - Duchi et al., *Adagrad* (2011); Kingma and Ba, *Adam* (2015); Loshchilov and Hutter, *AdamW* (2019).
# - Krizhevsky, Sutskever and Hinton, *ImageNet classification with deep convolutional networks* (2012).
