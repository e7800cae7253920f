# %% [markdown]
# # 13 · The same in PyTorch
#
# **What you will see.** You have written every part of a vision network. Libraries have written them too, and from here
# on you will use theirs. Are they the same? You will see each component of the course beside its twin in PyTorch, equal
# to the last digits; every default that differs, and what the difference does, for a network that is carried over with
# a wrong default trains worse without a single error message; and the network of the capstone once more, in twenty
# lines, which takes the same steps as yours.
#
# **What you need.** The lectures before this one, and PyTorch, which no other lecture needs:
# `pip install "layerwise[torch]"`, or in a clone `pip install -e ".[torch]"`.
#
# **How to read it.** A *prediction* asks you first: decide before you open the answer. A *claim* compares a sentence
# from a slide or a paper with what was measured here, and gives a verdict. Lecture 0 explains both.

# %%
import warnings

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from classroom import claim, figure, ledger, predict
from classroom.data import load
from solutions import (
    activation,
    capstone,
    convolution,
    normalization,
    optimizer,
    pooling,
)
from solutions.linear import linear_backward, linear_forward
from solutions.loss import softmax_cross_entropy
from solutions.network import expand_pattern

# %%
figure.style()
ledger.use("13_pytorch")
torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)

# %% [markdown]
# ## The idea
#
# A library computes what you computed, and remembers how. In this course a layer is a pair of functions,
#
# $$ y, \text{cache} = \text{forward}(x, w), \qquad g_x, g_w = \text{backward}(g_y, \text{cache}), $$
#
# and whoever writes the forward pass of a network calls the backward passes in reverse order. PyTorch has no backward
# functions that one would call: it keeps a *tape* while the forward pass runs, as lecture 2 did for single numbers, and
# `backward` plays it in reverse. The formulas behind both are the same. What differs are conventions, such as the order
# of the axes of a weight, and defaults, such as the size of the first weights.
#
# ## The component at work
#
# One experiment fits all components. Draw the arguments and an upstream gradient, run our forward and backward pass,
# let PyTorch do both, and take the largest difference in the output and in all gradients.


# %%
def gap(forward, backward, twin, *shapes):
    """Return the largest difference to PyTorch's output and gradients."""
    rng = np.random.default_rng(0)
    arrays = [rng.standard_normal(shape) for shape in shapes]
    y, cache = forward(*arrays)[:2]
    grad_y = rng.standard_normal(y.shape)
    grads = backward(grad_y, cache)
    ours = [y, *grads] if isinstance(grads, tuple) else [y, grads]
    leaves = [torch.tensor(array, requires_grad=True) for array in arrays]
    twin_y = twin(*leaves).reshape(y.shape)
    twin_y.backward(torch.tensor(grad_y))
    theirs = [twin_y.detach(), *(leaf.grad for leaf in leaves)]
    return max(np.abs(a - b.numpy()).max() for a, b in zip(ours, theirs, strict=True))


# %%
def pair(module, name, **options):
    """Return the forward and the backward pass of an operation, with its options."""
    forward, backward = (
        getattr(module, f"{name}_{way}") for way in ("forward", "backward")
    )
    return (lambda *arrays: forward(*arrays, **options)), backward


# %% [markdown]
# Two conventions first. `nn.Linear` keeps its weight as (outputs, inputs) and multiplies by the transpose, so a matrix
# that is carried over is transposed. And GELU there is the exact formula by default; ours is the approximation with a
# tanh, which PyTorch has as an option.

# %%
forward, backward = linear_forward, linear_backward
across = gap(forward, backward, lambda x, w, b: F.linear(x, w.T, b), (8, 5), (5, 3), 3)
claim("L13.1-linear", across)

# %%
gaps = [
    gap(*pair(activation, "sigmoid"), torch.sigmoid, (6, 7)),
    gap(*pair(activation, "tanh"), torch.tanh, (6, 7)),
    gap(*pair(activation, "relu"), F.relu, (6, 7)),
    gap(*pair(activation, "leaky_relu"), F.leaky_relu, (6, 7)),
    gap(*pair(activation, "prelu"), F.prelu, (4, 3, 5), 3),
    gap(*pair(activation, "elu"), F.elu, (6, 7)),
    gap(*pair(activation, "selu"), F.selu, (6, 7)),
    gap(*pair(activation, "softplus"), F.softplus, (6, 7)),
    gap(*pair(activation, "silu"), F.silu, (6, 7)),
    gap(*pair(activation, "gelu"), lambda x: F.gelu(x, approximate="tanh"), (6, 7)),
]
claim("L13.1-activations", max(gaps))
x = torch.linspace(-6, 6, 1001)
claim("L13.1-gelu", (F.gelu(x) - F.gelu(x, approximate="tanh")).abs().max().item())

# %% [markdown]
# PyTorch's convolution is one function: strides, dilation and groups are its options. A depthwise convolution has as
# many groups as channels. A transposed one keeps its weight as (inputs, outputs, height, width), as ours does.

# %%
maps, kernels = (2, 3, 8, 9), (4, 3, 3, 3)
strided, dilated = {"stride": 2, "padding": 1}, {"dilation": 2}
depthwise = {"padding": 1}
gaps = [
    gap(
        *pair(convolution, "conv2d", **strided),
        lambda x, w, b: F.conv2d(x, w, b, **strided),
        *(maps, kernels, 4),
    ),
    gap(
        *pair(convolution, "dilated_conv", **dilated),
        lambda x, w, b: F.conv2d(x, w, b, **dilated),
        *(maps, kernels, 4),
    ),
]

# %%
gaps += [
    gap(
        *pair(convolution, "depthwise_conv", **depthwise),
        lambda x, w, b: F.conv2d(x, w, b, groups=3, **depthwise),
        *(maps, (3, 1, 3, 3), 3),
    ),
    gap(
        *pair(convolution, "conv2d_transpose", **strided),
        lambda x, w, b: F.conv_transpose2d(x, w, b, **strided),
        *(maps, (3, 4, 3, 3), 4),
    ),
]
claim("L13.1-convolutions", max(gaps))

# %%
window = {"kernel": 3, "stride": 2, "padding": 1}
ours, whole = pair(pooling, "maxpool2d", **window), pair(pooling, "global_avg_pool")
gaps = [
    gap(*ours, lambda x: F.max_pool2d(x, 3, 2, 1), maps),
    gap(
        *pair(pooling, "avgpool2d", **window), lambda x: F.avg_pool2d(x, 3, 2, 1), maps
    ),
    gap(*whole, lambda x: F.adaptive_avg_pool2d(x, 1), maps),
]
claim("L13.1-pooling", max(gaps))
tied = torch.zeros(1, 1, 2, 2, requires_grad=True)
F.max_pool2d(tied, 2).sum().backward()
y, cache = pooling.maxpool2d_forward(np.zeros((1, 1, 2, 2)), 2)
ours = pooling.maxpool2d_backward(np.ones_like(y), cache)
claim("L13.1-ties", np.ravel([tied.grad.numpy(), ours]))

# %%
maps, local = (4, 6, 5, 5), pair(normalization, "local_response_norm")
batch = pair(normalization, "spatial_batchnorm", running=None, training=True)
layer, image = pair(normalization, "layernorm"), pair(normalization, "instancenorm")
group = pair(normalization, "groupnorm", groups=2)
gaps = [
    gap(*batch, lambda x, s, b: F.batch_norm(x, None, None, s, b, True), maps, 6, 6),
    gap(*layer, lambda x, s, b: F.layer_norm(x, (7,), s, b), (4, 7), 7, 7),
    gap(*image, lambda x, s, b: F.instance_norm(x, None, None, s, b), maps, 6, 6),
    gap(*group, lambda x, s, b: F.group_norm(x, 2, s, b), maps, 6, 6),
    gap(*local, lambda x: F.local_response_norm(x, 5, alpha=5e-4, k=2), maps),
]
claim("L13.1-norms", max(gaps))

# %%
rng = np.random.default_rng(0)
logits, labels = rng.standard_normal((6, 4)), rng.integers(0, 4, 6)
loss, grad = softmax_cross_entropy(logits, labels)
leaf = torch.tensor(logits, requires_grad=True)
theirs = F.cross_entropy(leaf, torch.tensor(labels))
theirs.backward()
apart = max(abs(loss - theirs.item()), np.abs(grad - leaf.grad.numpy()).max())
claim("L13.1-loss", apart)

# %% [markdown]
# Dropout is a twin too, but for the dice: the same `p` is the probability to drop, what is kept is divided by $1 - p$,
# and `model.eval()` switches it off, as `training=False` does for us.

# %% [markdown]
# ## 1 · What differs
#
# | | this course | PyTorch's default |
# |---|---|---|
# | weight of a linear layer | (inputs, outputs) | (outputs, inputs) |
# | start of weights and biases | Kaiming, variance $2/\text{fan}_{in}$; biases 0 | variance $1/(3\,\text{fan}_{in})$; biases random |
# | momentum | the rate inside the velocity | the rate outside |
# | Nesterov | weights where they are | weights shifted to where the gradient is taken |
# | batch norm's running value | `alpha` = 0.9 weighs the old one | `momentum` = 0.1 weighs the new one |
# | batch norm's running variance | biased | unbiased |
# | the mode of a network | an argument of each call | a switch, `train()` or `eval()`, on after construction |
# | cross-entropy with class weights | none | the mean is weighted as well |
# | "same" padding of an even kernel | refused | one more zero at the end |
# | weight decay in `Adam` | apart, as `adamw` | added to the gradient; `AdamW` has it apart |
# | local response norm | sums the squares, $k = 2$ | averages them, $k = 1$ |
# | GELU | approximated with a tanh | exact |
# | Adagrad's `eps` | $10^{-8}$ | $10^{-10}$ |
#
# The next six sections take those that can spoil a training run, one after the other.
#
# ## 2 · The start

# %%
predict("start")

# %% [markdown]
# A layer of PyTorch draws its weights "Kaiming uniform with $a = \sqrt{5}$". The $a$ is the slope of a leaky ReLU, and
# $\sqrt 5$ is no slope that anybody uses: put into the formula $\operatorname{Var}[w] = 2/((1 + a^2)\,\text{fan}_{in})$
# it gives $1/(3\,\text{fan}_{in})$, a sixth of what lecture 8 found for ReLU. It is a way to write the interval
# $\pm 1/\sqrt{\text{fan}_{in}}$, which PyTorch took over from the library before it. Biases come from the same interval. We send
# 256 random inputs through twenty layers and look at two numbers: the standard deviation of the activations, and how
# far they still depend on the input, which is the part of their size that differs from one input to the next.


# %%
def kaiming(width):
    layer = nn.Linear(width, width)
    nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
    nn.init.zeros_(layer.bias)
    return layer


def normalized(width):
    return nn.Sequential(nn.Linear(width, width), nn.BatchNorm1d(width))


# %%
@torch.no_grad()
def depths(make, seed, layers=20, width=256):
    """Return the spread of the activations, and the share that depends on the input."""
    torch.manual_seed(seed)
    x, spread, share = torch.randn(width, width), [], []
    for _ in range(layers):
        x = F.relu(make(width)(x))
        spread.append(x.std().item())
        share.append(((x - x.mean(dim=0)).norm() / x.norm()).item())
    return spread, share


# %%
starts = {
    "PyTorch's default": lambda width: nn.Linear(width, width),
    "Kaiming, biases 0": kaiming,
    "the default, with batch norm": normalized,
}
runs = {
    name: np.array([depths(make, seed) for seed in range(3)])
    for name, make in starts.items()
}
plain = nn.Linear(400, 400)
claim("L13.2-start", 400 * plain.weight.var().item(), 1 / 3)
claim("L13.2-bias", 400 * plain.bias.var().item(), 1 / 3)

# %%
fig, (above, below) = figure.panels(2, 1, 4.8, width=figure.NARROW, sharex=True)
for (name, run), mark in zip(runs.items(), ("o-", "s--", "d:"), strict=True):
    spread, share = run.mean(axis=0)
    above.semilogy(range(1, 21), spread, mark, label=name)
    below.semilogy(range(1, 21), share, mark)
above.set(title="standard deviation of the activations")
below.set(xlabel="layer", title="share that depends on the input", ylim=(1e-7, 2))
above.legend()
below.set_xticks(range(0, 21, 5))
figure.show(fig, "start")
silent, heard, repaired = (run[:, 1, -1] for run in runs.values())
claim("L13.2-silent", silent.max())
claim("L13.2-heard", heard.min())
claim("L13.2-repaired", repaired.min())

# %% [markdown]
# The default's activations do not vanish: the biases keep them at a few hundredths. But they are the work of the biases
# alone. After twenty layers all inputs give the same activations, and a network that starts there has to find
# its inputs again before it learns anything. Batch norm takes the common part away at every layer, which is why
# nobody notices the default in most networks.
#
# ## 3 · Momentum, when the rate falls

# %%
predict("velocity")

# %% [markdown]
# Ours is $v \leftarrow \mu v + \eta\,g$ and $w \leftarrow w - v$. PyTorch's is $v \leftarrow \mu v + g$ and
# $w \leftarrow w - \eta v$. At a constant rate the velocities differ by the factor $\eta$ and the paths do not. When the
# rate falls to a tenth, ours coasts on at the old speed and slows down over the next steps; PyTorch's is slow at once.

# %%
slopes = np.array([1.0, 20.0])  # a ravine: twenty times steeper across than along


def rate(step, drop):
    return 0.02 if step < drop else 0.002


def our_path(rule, drop, steps=60):
    weight, state, path = np.ones(2), None, []
    for step in range(steps):
        weight, state = rule(weight, slopes * weight, state, rate=rate(step, drop))
        path.append(weight)
    return np.array(path)


# %%
def their_path(drop, steps=60, **options):
    weight, path = torch.ones(2), []
    descent = torch.optim.SGD([weight], lr=0.02, momentum=0.9, **options)
    for step in range(steps):
        descent.param_groups[0]["lr"] = rate(step, drop)
        weight.grad = torch.tensor(slopes) * weight
        descent.step()
        path.append(weight.numpy().copy())
    return np.array(path)


# %%
constant = our_path(optimizer.momentum, 60), their_path(60)
falling = our_path(optimizer.momentum, 10), their_path(10)
first = [np.linalg.norm(path[10] - path[9]) for path in falling]
claim("L13.3-constant", np.abs(constant[0] - constant[1]).max())
claim("L13.3-falling", first[0] / first[1])
theirs = their_path(60, nesterov=True)
claim("L13.3-nesterov", np.abs(our_path(optimizer.nesterov_shifted, 60) - theirs).max())

# %%
fig, axis = figure.panels(height=2.8, width=figure.NARROW)
names = "rate inside the velocity (ours)", "outside (PyTorch)"
for path, mark, name in zip(falling, ("o-", "s--"), names, strict=True):
    axis.plot(range(1, 61), path[:, 0], mark, label=name)
axis.axvline(10.5, color=figure.GREY, linewidth=0.8)
figure.note(axis, 11.5, 0.6, "the rate falls to a tenth", ha="left")
axis.set(xlabel="step", ylabel="weight along the ravine")
axis.legend()
figure.show(fig, "velocity")

# %% [markdown]
# Neither is wrong. But a schedule that was tuned with one form is another schedule with the other; in a warm-up, where
# the rate rises, the difference has the other sign.
#
# ## 4 · What batch norm remembers

# %%
x = np.random.default_rng(0).standard_normal((4, 3))
layer = nn.BatchNorm1d(3)  # momentum=0.1, and it is in training mode
layer(torch.tensor(x))
_, _, (mean, var) = normalization.batchnorm_forward(
    x, np.ones(3), np.zeros(3), None, training=True, alpha=0.9
)
claim("L13.4-mean", np.abs(mean - layer.running_mean.numpy()).max())
new = (layer.running_var.numpy() - 0.9) / (var - 0.9)
claim("L13.4-variance", new.mean(), 4 / 3)

# %% [markdown]
# The batch of four shows it: PyTorch divides the squares by $N - 1$ for the running variance, and by $N$ for the batch
# itself. With 32 images of 16 by 16 pixels, $N$ is 8,192 and nobody sees it. In the last layers of a network on small
# batches, one does: the network is then another one in training than in inference, even where all batches are alike.
#
# ## 5 · Softmax twice
#
# `CrossEntropyLoss` takes logits. It contains the softmax, as our `softmax_cross_entropy` does. A network that ends in
# `nn.Softmax` and is trained with it runs, learns, and is quietly held back.

# %%
predict("twice")

# %%
certain = torch.zeros(1, 10)
certain[0, 3] = 1  # what a softmax says when it is sure, and right
twice = F.cross_entropy(certain, torch.tensor([3])).item()
claim("L13.5-twice", twice, np.log(np.e + 9) - 1)
weights = torch.tensor([1.0, 3.0])
costs = F.cross_entropy(torch.zeros(3, 2), torch.tensor([0, 1, 1]), weight=weights)
claim("L13.5-weighted", costs.item(), np.log(2))

# %% [markdown]
# With class weights the mean is weighted too: the sum of $w_{y_n} \ell_n$ is divided by the sum of the $w_{y_n}$, and
# not by the number of examples. Three examples that cost $\ln 2$ each still cost $\ln 2$, whatever the weights are.
#
# ## 6 · Padding
#
# `padding="same"` keeps the size of an image also with an even kernel, which no symmetric padding can: the missing zero
# goes to the end. A kernel of two ones on 0, 1, 2, 3, 4 shows where.

# %%
row = torch.arange(5.0).reshape(1, 1, 5)
pairs = F.conv1d(F.pad(row, (0, 1)), torch.ones(1, 1, 2)).flatten()
warnings.filterwarnings("ignore", message="Using padding='same'")  # it tells of a copy
same = nn.Conv1d(1, 1, 2, padding="same", bias=False)
nn.init.ones_(same.weight)
claim("L13.6-same", np.abs((same(row).flatten() - pairs).detach().numpy()).max())
claim("L13.6-last", same(row).flatten().tolist())

# %% [markdown]
# Other modes fill the frame with what is near (`padding_mode="reflect"`, `"replicate"`, `"circular"`). Max pooling pads
# with minus infinity and average pooling with zeros that count in the mean, here as there. Of equal largest pixels both
# send the gradient to the first, row by row; that is how PyTorch computes on a processor, and no promise.
#
# ## 7 · Weight decay in Adam
#
# `Adam(weight_decay=d)` adds $d\,w$ to the gradient, and then divides it by the root of the squares like everything
# else: a weight with large gradients hardly decays. `AdamW` multiplies the weight by $1 - \eta d$ instead. One thousand
# weights start at 1 and receive pure noise, half of them a thousand times stronger than the others.

# %%
noise = np.random.default_rng(0).standard_normal((500, 1000))
noise *= np.repeat([0.01, 10.0], 500)
left = {}
for make in (torch.optim.Adam, torch.optim.AdamW):
    weight = torch.ones(1000)
    rule = make([weight], lr=1e-3, weight_decay=0.1)
    for grad in noise:
        weight.grad = torch.tensor(grad)
        rule.step()
    left[make.__name__] = weight.numpy().reshape(2, 500).mean(axis=1)
claim("L13.7-adamw", left["AdamW"], [(1 - 1e-4) ** 500] * 2)
claim("L13.7-adam", left["Adam"][1] - left["Adam"][0])

# %%
ours = np.ones(1000), None
for grad in noise:
    ours = optimizer.adamw(*ours[:1], grad, ours[1], rate=1e-3, decay=0.1)
claim("L13.7-twin", np.abs(ours[0] - weight.numpy()).max())

# %% [markdown]
# ## 8 · The capstone's network in twenty lines
#
# Here it is: three blocks of convolution, batch norm and ReLU, two poolings, a mean over each map, a linear layer. The
# first cell is the network, the second carries the weights of ours over, the third trains both on the same batches.


# %%
def block(inputs, outputs):
    convolution = nn.Conv2d(inputs, outputs, 3, padding=1)
    return [convolution, nn.BatchNorm2d(outputs), nn.ReLU()]


def network():
    """Return the capstone's network, with PyTorch's layers."""
    return nn.Sequential(
        *block(3, 8),
        nn.MaxPool2d(2),
        *block(8, 16),
        nn.MaxPool2d(2),
        *block(16, 32),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(32, 6),
    )


# %%
@torch.no_grad()
def carry_over(layers, model):
    """Copy the weights of the capstone's plain layers into a model of PyTorch."""
    modules = [module for module in model if not isinstance(module, nn.Flatten)]
    for layer, module in zip(layers, modules, strict=True):
        if layer["kind"] == "BN":
            module.weight.copy_(torch.tensor(layer["scale"]))
            module.bias.copy_(torch.tensor(layer["shift"]))
        elif "weight" in layer:
            weight = layer["weight"].T if layer["kind"] == "FC" else layer["weight"]
            module.weight.copy_(torch.tensor(weight))
            module.bias.copy_(torch.tensor(layer["bias"]))


# %%
images, labels, split = load("shapes", count=1200, size=16, noise=0.08, seed=2)
words = expand_pattern("[CONV-BN-RELU-POOL]*2-CONV-BN-RELU-GAP-SOFTMAX")
layers = capstone.build_cnn(words, (3, 16, 16), 6, np.random.default_rng(0), 8)
model, parts, rng = network(), capstone.my_parts(), np.random.default_rng(1)
carry_over(layers, model)
descent = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)

# %%
losses = []
for _ in range(20):
    rows = rng.choice(split.train, 32, replace=False)
    x, y = images[rows].astype(float), labels[rows]
    layers, ours = capstone.train_step(layers, parts, x, y, 0.05, rng)
    theirs = F.cross_entropy(model(torch.tensor(x)), torch.tensor(y))
    descent.zero_grad()
    theirs.backward()
    descent.step()
    losses.append((ours, theirs.item()))

# %%
losses = np.array(losses)
claim("L13.8-losses", np.abs(losses[:, 0] - losses[:, 1]).max())
weights = model[0].weight.detach().numpy()
claim("L13.8-weights", np.abs(layers[0]["weight"] - weights).max())
ratio = model[9].running_var.numpy() / layers[9]["var"]
claim("L13.8-running", 511 * (np.array([ratio.min(), ratio.max()]) - 1))
model.eval()
x, y = images[split.test].astype(float), labels[split.test]
theirs = (model(torch.tensor(x)).argmax(dim=1).numpy() == y).mean()
claim("L13.8-inference", capstone.evaluate(layers, parts, x, y) - theirs)

# %% [markdown]
# Twenty steps, and the weights agree to the last digits. So do the answers, but for the running variances, which
# PyTorch keeps a little larger (512 numbers for each channel of the last block: one part in 511).
#
# What the library adds is not another mathematics. It is the tape, so that nobody writes a backward pass; processors
# with thousands of units; and many people who have already met your bug.
#
# ## What to remember
#
# 1. The formulas are the same: every component of the course equals PyTorch's, forward and backward.
# 2. `nn.Linear` keeps its weight transposed, and `nn.CrossEntropyLoss` contains the softmax.
# 3. The default start is a sixth of Kaiming's variance. In a deep plain network, start it yourself.
# 4. A rate inside the velocity and one outside part as soon as the rate changes.
# 5. Batch norm's `momentum` is $1 - $ `alpha`, and its running variance is unbiased.
# 6. For weight decay with Adam, take `AdamW`.
# 7. To compare two libraries, carry the weights over, give both the same batch, and look for the first number that
#    differs. That is also how a port is debugged.
#
# ## Exercises that follow
#
# None: this is the last lecture. If you want one, take the weights of the network that you trained in the capstone,
# carry them over as above, and find out whether both give the same logits for your test images.
#
# ## Further reading
#
# - A. Paszke and others. *PyTorch: an imperative style, high-performance deep learning library.* NeurIPS 2019.
#   arXiv:1912.01703
# - K. He and others. *Delving deep into rectifiers.* ICCV 2015. arXiv:1502.01852
# - I. Loshchilov, F. Hutter. *Decoupled weight decay regularization.* ICLR 2019. arXiv:1711.05101
# - I. Sutskever and others. *On the importance of initialization and momentum in deep learning.* ICML 2013. It states
#   the two forms of momentum.
# - PyTorch's documentation of `torch.nn` and `torch.optim`, where each formula above is written down.
#
# ## What comes next
#
# Networks of your own. Most layers in a library's list that this course did not name are made of parts that it did.
