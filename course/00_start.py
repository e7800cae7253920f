# %% [markdown]
# # 0 · How to use this course
#
# **What you will see.** You learn the building blocks of vision networks by writing them, one after the other, in
# numpy. This page shows how a lecture works, how an assignment works, and which conventions the course keeps. At its end
# there is a glossary in English, Russian and Slovak.
#
# **What you need.** Python with numpy, derivatives, and matrix products. No deep learning.
#
# **How to read it.** From top to bottom. Two kinds of cells come in every lecture, *predictions* and *claims*; this page
# explains both.

# %%
import numpy as np

from classroom import claim, figure, ledger, predict
from solutions.convolution import conv2d_forward
from solutions.dropout import dropout_forward
from solutions.linear import linear_forward
from solutions.optimizer import ema_to_classical_rate, momentum, momentum_ema

figure.style()
ledger.use("00_start")

# %% [markdown]
# ## The idea
#
# A network is a chain of parts. You write each of them yourself, its way forward and its way backward, and a check says
# whether it is right and, if not, what is wrong. Every part has its place in the twelve lectures that follow; a
# thirteenth repeats the course in PyTorch.

# %%
PARTS = {
    "image": "lecture 4", "convolution": "5", "normalization": "9", "activation": "3",
    "pooling": "6", "dropout": "10", "linear": "1, 4", "softmax, loss": "4",
}  # fmt: skip
LEARNS = ("convolution", "normalization", "linear")

# %%
fig, axis = figure.panels(height=4.0, width=figure.NARROW)
for row, (part, lecture) in enumerate(PARTS.items()):
    color = figure.BLUE if part in LEARNS else figure.GREY
    axis.barh(-row, 2.4, 0.72, left=-1.2, color=color)
    figure.note(axis, 0, -row, part, color="white", fontsize=9)
    figure.note(axis, 1.35, -row, lecture, ha="left", fontsize=9)
for start, end, words in ((0, -7, "values"), (-7, 0, "gradients (2)")):
    x = -1.6 if start == 0 else -2.5
    figure.arrow(axis, (x, start), (x, end))
    figure.note(axis, x - 0.2, -3.5, words, rotation=90, fontsize=9)
around = {"arrowstyle": "->", "connectionstyle": "arc3,rad=-0.4"}
axis.annotate("", (2.2, -3.2), (2.2, -0.8), arrowprops=around)
figure.note(axis, 2.75, -2, "residual\nconnection\n11", ha="left", fontsize=9)
figure.note(axis, 0, -7.9, "blue: has weights. Where they begin: 8; their steps: 7")
axis.set(xlim=(-3, 4.3), ylim=(-8.2, 0.5))
axis.axis("off")
figure.show(fig, "chain", drawing=True)

# %% [markdown]
# | lecture | you will be able to say | assignment |
# |---|---|---|
# | 1 Neurons | what one unit can and cannot do | 1 Neurons |
# | 2 Backpropagation | how a gradient reaches every weight, and how to check it | 1, 2 |
# | 3 Activations | why a slope matters more than a shape | 2 Activations |
# | 4 Linear layers, softmax, data | what the loss is at the start, and why data are centred | 3 Softmax |
# | 5 Convolution | why a convolution is a matrix product | 4 Convolution |
# | 6 Pooling | how far one feature sees | 5 Pooling |
# | 7 Optimizers | which steps to take, and how long | 6 Optimizers |
# | 8 Initialization | where to start | 7 Initializers |
# | 9 Normalization | what batch norm does, and what it does not | 8 Normalization |
# | 10 Dropout | why to switch units off | 9 Residual |
# | 11 Residual connections | how 30 layers train | 9 Residual |
# | 12 The whole network | how it all came together | 10 Capstone |
# | 13 The same in PyTorch | how each part is called there, and which defaults differ | |
#
# ## The component at work
#
# The component of this lecture is the lecture itself. Each one begins with what you will see and what you need. Then
# come the idea, the component at work and numbered sections of experiments, and at the end what to remember, exercises,
# further reading and what comes next. Two kinds of cells are special.
#
# A **prediction** asks before the experiment answers. On a page you choose or type an answer; where the notebook runs,
# you write it into the cell as `mine=...`. A guess that was wrong is remembered better than an answer that was read.

# %%
predict("loss-of-guessing")

# %% [markdown]
# A **claim** takes a sentence from a slide or a paper, shows the number that was expected and the number that was
# measured here, and gives a verdict: *holds*, *holds only if ...*, or *does not hold*. Famous sentences get all
# three. When a number leaves its tolerance the lecture stops with an error, so what you read is what was measured.
# All claims stand on one page, `claims.md`, those that fail first.

# %%
spread = np.random.default_rng(0).normal(3, 5, 100_000)
claim("L0.1-example", spread.std())

# %% [markdown]
# Claims name their source. `S1-17` is item 17 of source lecture 1, and `C22` is a remark on something that two
# sources say differently, or that does not hold as written:
#
# | sources | subject |
# |---|---|
# | S0 | layers beside the convolution: pooling, activation, dropout, normalization |
# | S1 | training neural networks, part 1: activations, data, initialization, batch norm |
# | S2 | convolutional networks and their components |
# | S3 | convolutional networks: history, convolution, ReLU, momentum |
# | S4 | fully connected networks: from the neuron to optimizers |
#
# ## How an assignment works
#
# Open the notebook of an assignment in JupyterLab. Cells that say `raise NotImplementedError` are yours. Below each
# one stands a check:
#
# ```text
# check("relu_backward", relu_backward)
# ```
#
# 1. **Run the check** as often as you like. It says one of four things: *not started*, *crashed*, *wrong*, *right*.
# 2. **Wrong** comes with the gap (shape, dtype, how many entries, how large) and, when the check knows the bug, its
#    name.
# 3. **Stuck?** `check.hint("relu_backward")` gives one hint at a time. Hints cost nothing.
# 4. **Before you hand in**, restart the kernel, run all cells, and look at `check.progress()`.
# 5. **Hand in**: in a terminal, in the same folder, `classroom preflight` runs a copy of your notebook and says what
#    would go wrong; `classroom submit` then writes the file to hand in and a receipt. Unfinished work counts too:
#    `classroom submit --anyway`.
#
# The grader runs the same checks and more of them: odd shapes, large numbers, float32, inputs that are not
# contiguous. When one of these fails you are told which kind it was. Forward and backward passes earn points
# separately, and each output of a function separately too.
#
# ## The convention card
#
# Books, slides and libraries disagree about the following. The course keeps to one choice, and says so where a formula
# of a paper needs another.
#
# | what | here | elsewhere |
# |---|---|---|
# | dropout | `drop`: probability of switching **off**, $0 \le$ `drop` $< 1$ | often $p$, the probability to **keep** |
# | running statistics | `alpha` weighs the **old** value; start at 0 and 1 | PyTorch: 1 - `alpha`, the **new** |
# | momentum | *classical*: velocity = γ · velocity + rate · gradient | *EMA*: (1 - γ) before the gradient |
# | | | PyTorch: velocity without the rate, step = rate · velocity |
# | variance | *biased*: divide by $N$ | PyTorch's running variance divides by $N - 1$ |
# | `eps` in normalization | **inside** the root: $\sqrt{\sigma^2 + \epsilon}$ | outside: $\sigma + \epsilon$ |
# | `eps` in Adagrad, RMSProp, Adam | **outside** the root, as in their papers | inside |
# | $N(0, s)$ | we write `std`, a standard deviation | often a variance, often not |
# | data | `x` is (N, D), one example a row | $W x$ with columns |
# | linear weight | (D, M): `y = x @ weight + bias` | (M, D) |
# | images | (N, C, H, W) | (N, H, W, C) |
# | convolution weight | (F, C/groups, kH, kW), no flip: strictly a cross-correlation | (kH, kW, C, F) |
# | slope of ReLU at 0 | 0 | anything from 0 to 1 is right |
# | functions | `y, cache = name_forward(x, ...)`, then `name_backward(grad_y, cache)` | objects with state |
#
# The next cells show five entries of this card that have caused many bugs.

# %%
ones = np.ones((1000, 1000))
y, _ = dropout_forward(ones, 0.2, np.random.default_rng(0), training=True)
claim("L0.2-drop", [np.mean(y == 0), y.mean(), y.max()])

# %%
grads = np.random.default_rng(0).normal(size=(50, 4))
weight_a, weight_b, state_a, state_b = np.zeros(4), np.zeros(4), None, None
for grad in grads:
    weight_a, state_a = momentum_ema(weight_a, grad, state_a, rate=0.5, momentum=0.9)
    rate = ema_to_classical_rate(0.5, 0.9)
    weight_b, state_b = momentum(weight_b, grad, state_b, rate=rate, momentum=0.9)
claim("L0.2-momentum", np.abs(weight_a - weight_b).max())

# %%
sample = np.array([1.0, 2.0, 4.0, 9.0])
print("biased", np.var(sample), " unbiased", round(np.var(sample, ddof=1), 3))
tiny = sample * 1e-3
inside = (tiny - tiny.mean()) / np.sqrt(tiny.var() + 1e-5)
outside = (tiny - tiny.mean()) / (tiny.std() + 1e-5)
claim("L0.2-variance-and-eps", [np.var(sample), inside.std(), outside.std()])

# %%
x = np.arange(6.0).reshape(2, 3)  # two examples, three features: (N, D)
y, _ = linear_forward(x, np.ones((3, 4)), np.zeros(4))
images = np.zeros((2, 3, 8, 8))  # two images, three channels: (N, C, H, W)
z, _ = conv2d_forward(images, np.zeros((16, 3, 5, 5)), np.zeros(16))
claim("L0.2-layouts", (*y.shape, *z.shape))

# %%
alpha, running = 0.9, 0.0
for _ in range(10):
    running = alpha * running + (1 - alpha) * 1.0  # the batch mean is always 1
claim("L0.2-alpha", running, 1 - 0.9**10)

# %% [markdown]
# ## Rank and axes
#
# A grey image is a matrix, a colour image has three axes, and a *batch* of images has four: the batch comes first.

# %%
predict("axes-of-videos")

# %% [markdown]
# ## Glossary
#
# The words of the sources, and the lecture that explains each. Code and text of the course use the English word.
#
# | English | Russian | Slovak | lecture |
# |---|---|---|--:|
# | accuracy | точность, доля верных ответов | presnosť | 4 |
# | activation function | функция активации | aktivačná funkcia | 3 |
# | augmentation | аугментация, размножение данных | rozšírenie dát | 12 |
# | average pooling | усредняющий пулинг | priemerovací pooling | 6 |
# | backpropagation | обратное распространение ошибки | spätné šírenie chyby | 2 |
# | batch, mini-batch | батч, мини-батч (пакет) | dávka, minidávka | 7 |
# | batch normalization | нормализация по батчу | dávková normalizácia | 9 |
# | bias | смещение, сдвиг | posun, bias | 1 |
# | chain rule | производная сложной функции | reťazové pravidlo | 2 |
# | channel | канал | kanál | 5 |
# | computation graph | граф вычислений | výpočtový graf | 2 |
# | convolution | свёртка | konvolúcia | 5 |
# | cross-entropy | перекрёстная энтропия, кросс-энтропия | krížová entropia | 4 |
# | depthwise-separable convolution | свёртка, разделимая по глубине | hĺbkovo oddeliteľná konvolúcia | 6 |
# | dilated convolution | расширенная свёртка | dilatovaná konvolúcia | 6 |
# | dropout | дропаут, прореживание | dropout, vynechávanie neurónov | 10 |
# | ensemble | ансамбль | súbor sietí | 10 |
# | equivariance, invariance | эквивариантность (ковариантность), инвариантность | ekvivariancia, invariancia | 5 |
# | feature | признак | príznak | 4 |
# | feature map | карта признаков | mapa príznakov, aktivačná mapa | 5 |
# | fully connected layer | полносвязный слой | plne prepojená vrstva | 4 |
# | gradient | градиент | gradient | 2 |
# | hyper-parameter | гиперпараметр | hyperparameter | 1 |
# | initialization | инициализация весов | inicializácia váh | 8 |
# | kernel, filter | ядро свёртки, фильтр | jadro, filter | 5 |
# | layer | слой | vrstva | 1 |
# | learning rate | скорость обучения | rýchlosť učenia | 7 |
# | loss function | функция потерь | stratová funkcia | 4 |
# | max pooling | максимальный пулинг | maximový pooling | 6 |
# | momentum | импульс, метод накопления импульса | hybnosť, momentum | 7 |
# | neuron, unit | нейрон | neurón | 1 |
# | overfitting | переобучение | preučenie | 10 |
# | padding | дополнение, паддинг | výplň okrajov | 5 |
# | preprocessing | предобработка данных | predspracovanie dát | 4 |
# | receptive field | рецептивное поле, область видимости | receptívne pole | 6 |
# | regularization | регуляризация | regularizácia | 7 |
# | residual connection | остаточная связь | reziduálne spojenie | 11 |
# | saturated | насыщенный | saturovaný | 3 |
# | standard deviation | стандартное отклонение | smerodajná odchýlka | 8 |
# | stride | шаг свёртки | krok | 5 |
# | test time, inference | применение, режим теста | testovanie, inferencia | 9 |
# | training | обучение | trénovanie, učenie | 1 |
# | transposed convolution | транспонированная свёртка | transponovaná konvolúcia | 6 |
# | vanishing gradient | затухание градиента | miznúci gradient | 3 |
# | variance | дисперсия | rozptyl | 8 |
# | weight | вес | váha | 1 |

# %% [markdown]
# ## Small slips in the sources
#
# Good lectures have slips, and finding one is a good exercise. Those with an experiment stand as claims in the
# lectures; these need only a sentence:
#
# - **C10** Six filters of 5 × 5 on a 32 × 32 × 3 image give 28 × 28 × 6, not "28x2x6"; $\sigma^2$ is a variance, not
#   a deviation; the output of batch norm has shape (N, D), not (D).
# - **C34** The caption "winner of ImageNet" beside LeNet belongs to AlexNet.
# - **C40** In one listing of the deep-network experiment `hs.append(x)` stands outside the loop, so only the last
#   layer would be recorded. Ours is inside.

# %% [markdown]
# ## What to remember
#
# 1. Predict first, then run.
# 2. A claim shows what was stated, expected and measured; its verdict is about the sentence, not about its author.
# 3. `drop` is the probability of switching off, `alpha` weighs the old value, the variance is biased, `eps` of a
#    normalization is under the root, images are (N, C, H, W).

# %% [markdown]
# ## Exercises that follow
#
# Assignment 1, *Neurons*, begins after lecture 1. Run `classroom preflight` in its folder on the first day: when it
# has run the notebook, empty as it is, everything is installed.

# %% [markdown]
# ## Further reading
#
# - M. Nielsen. *Neural Networks and Deep Learning.* 2015. neuralnetworksanddeeplearning.com
# - I. Goodfellow, Y. Bengio, A. Courville. *Deep Learning.* MIT Press 2016. deeplearningbook.org
# - S. Prince. *Understanding Deep Learning.* MIT Press 2023. udlbook.com
# - Stanford CS231n, *Deep Learning for Computer Vision*, course notes. cs231n.github.io
#
# ## What comes next
#
# Lecture 1 begins with a single neuron: what it can do, what it cannot, and why networks have layers.
