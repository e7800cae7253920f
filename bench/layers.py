"""How fast the layers are: ours, PyTorch's and plain numpy's, in one run, on one thread.

    python bench/layers.py [--no-write] [--seconds 0.6]

Every workload is float32, batch 64 unless it says otherwise, forward and backward, and the numbers are medians over
rounds, of ratios with their quartiles.  In a round each of the candidates runs once, in random order, so that all of
them meet the same neighbours on the machine; what is reported are ratios within rounds, in CPU time.
"""

import argparse
import contextlib
import os
import platform
import re
import sys
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import measured
import numpy as np
import torch
import torch.nn.functional as F
from peer import indexed_layers as indexed
from rich.console import Console
from rich.table import Table

from solutions.activation import relu_backward, relu_forward
from solutions.fast import (
    batchnorm_backward,
    batchnorm_forward,
    conv2d_backward,
    conv2d_forward,
    conv2d_transpose_backward,
    conv2d_transpose_forward,
    conv2d_weight_backward,
    depthwise_conv_backward,
    depthwise_conv_forward,
    maxpool2d_backward,
    maxpool2d_forward,
)
from solutions.fast.memory import keep_freed_memory
from solutions.linear import linear_backward, linear_forward
from solutions.loss import softmax_cross_entropy
from solutions.pooling import global_avg_pool_backward, global_avg_pool_forward

RNG = np.random.default_rng(0)
HEADER = ("workload", "ours, ms", "x torch", "plain numpy, x torch", "x bare products", "peak, MiB", "plain numpy, MiB")
NOTE = (
    "x torch: time divided by PyTorch's.  Plain numpy: the form of CS231n's assignments in our own words, indices and "
    "np.add.at; numpy, not their Cython.  Bare products: only the matrix products of the sum over patches, with the "
    "patches at hand; less than 1 means that Winograd's algorithm saves more than all the rest costs.  Peak: largest "
    "memory in arrays beyond the inputs."
)


@dataclass
class Workload:
    """One line of the table: what each candidate runs, forward and backward."""

    name: str
    ours: Callable[[], object]
    torch: Callable[[], object]
    plain: Callable[[], object] | None = None
    products: Callable[[], object] | None = None


# --- layers -----------------------------------------------------------------------------------------------------


def numbers(*shape: int) -> np.ndarray:
    return RNG.standard_normal(shape, dtype=np.float32)


def channels_last(x: np.ndarray) -> np.ndarray:
    """The same images with their channels side by side in memory, as the layers of a network hand them on."""
    return np.ascontiguousarray(x.transpose(0, 2, 3, 1)).transpose(0, 3, 1, 2)


def layer(name: str, arrays: list, ours: tuple, theirs: Callable, plain: tuple | None = None, **more) -> Workload:
    """A layer by its pair of functions, PyTorch's function and the plain pair, all on the same numbers."""
    forward, backward = ours
    last = [channels_last(array) if array.ndim == 4 and i == 0 else array for i, array in enumerate(arrays)]
    grad = numbers(*forward(*last)[0].shape)
    grad_last, tensors = channels_last(grad), [torch.tensor(array, requires_grad=True) for array in arrays]
    grad_tensor = torch.tensor(grad)

    def run_torch() -> None:
        for tensor in tensors:
            tensor.grad = None
        theirs(*tensors).backward(grad_tensor)

    return Workload(
        name,
        lambda: backward(grad_last, forward(*last)[1]),
        run_torch,
        plain and (lambda: plain[1](grad, plain[0](*arrays)[1])),
        **more,
    )


def convolution(name: str, channels: int, filters: int, size: int, kernel: int = 3, *, batch: int = 64, **options):
    """A convolution that keeps the resolution unless it has a stride, with its bare matrix products."""
    options = {"padding": kernel // 2 * options.get("dilation", 1), **options}
    arrays = [numbers(batch, channels, size, size), numbers(filters, channels, kernel, kernel), numbers(filters)]
    positions = batch * (size // options.get("stride", 1)) ** 2
    columns, grad = numbers(positions, channels * kernel**2), numbers(positions, filters)
    weight = numbers(channels * kernel**2, filters)

    def products() -> None:
        columns @ weight, columns.T @ grad, grad @ weight.T

    return layer(
        name,
        arrays,
        (lambda *a: conv2d_forward(*a, **options), conv2d_backward),
        lambda *t: F.conv2d(*t, **options),
        (lambda *a: indexed.conv2d_forward(*a, **options), indexed.conv2d_backward),
        products=products,
    )


def pooling(name: str, size: int, kernel: int, stride: int) -> Workload:
    return layer(
        name,
        [numbers(64, 32, size, size)],
        (lambda x: maxpool2d_forward(x, kernel, stride), maxpool2d_backward),
        lambda x: F.max_pool2d(x, kernel, stride),
        (lambda x: indexed.maxpool2d_forward(x, kernel, stride), indexed.maxpool2d_backward),
    )


def batchnorm(name: str, channels: int, size: int) -> Workload:
    return layer(
        name,
        [numbers(64, channels, size, size), numbers(channels), numbers(channels)],
        (lambda *a: batchnorm_forward(*a, None, training=True), batchnorm_backward),
        lambda x, scale, shift: F.batch_norm(x, None, None, scale, shift, training=True),
        (indexed.batchnorm_forward, indexed.batchnorm_backward),
    )


def depthwise(name: str, channels: int, size: int) -> Workload:
    return layer(
        name,
        [numbers(64, channels, size, size), numbers(channels, 1, 3, 3), numbers(channels)],
        (lambda *a: depthwise_conv_forward(*a, padding=1), depthwise_conv_backward),
        lambda *t: F.conv2d(*t, padding=1, groups=channels),
    )


def transposed(name: str) -> Workload:
    return layer(
        name,
        [numbers(64, 64, 8, 8), numbers(64, 32, 4, 4), numbers(32)],
        (lambda *a: conv2d_transpose_forward(*a, stride=2, padding=1), conv2d_transpose_backward),
        lambda *t: F.conv_transpose2d(*t, stride=2, padding=1),
    )


# --- training steps of whole networks ---------------------------------------------------------------------------

OURS = {
    "conv": (lambda x, w, b, padding: conv2d_forward(x, w, b, padding=padding), conv2d_backward),
    "bn": (lambda x, scale, shift: batchnorm_forward(x, scale, shift, None, training=True)[:2], batchnorm_backward),
    "relu": (relu_forward, relu_backward),
    "pool": (lambda x: maxpool2d_forward(x, 2), maxpool2d_backward),
    "gap": (global_avg_pool_forward, global_avg_pool_backward),
    "fc": (linear_forward, linear_backward),
}
PLAIN = {
    **OURS,
    "conv": (lambda x, w, b, padding: indexed.conv2d_forward(x, w, b, padding=padding), indexed.conv2d_backward),
    "bn": (indexed.batchnorm_forward, indexed.batchnorm_backward),
    "pool": (lambda x: indexed.maxpool2d_forward(x, 2, 2), indexed.maxpool2d_backward),
}
NETWORKS = {
    "small CNN with batch norm, 3x32x32": (
        (3, 32, 32),
        "conv32 bn relu pool conv64 bn relu pool conv128 bn relu gap fc10",
        3,
    ),
    "LeNet, 1x28x28": ((1, 28, 28), "conv6 relu pool conv16v relu pool fc120 relu fc84 relu fc10", 5),
    "CNN for digits, 1x8x8": ((1, 8, 8), "conv16 bn relu pool conv32 bn relu pool fc10", 3),
}


def network(name: str) -> Workload:
    """One step of stochastic gradient descent with momentum: forward, backward, update."""
    shape, pattern, kernel = NETWORKS[name]
    x, labels, steps, size = numbers(64, *shape), RNG.integers(0, 10, 64), [], list(shape)
    for word in pattern.split():
        kind, width = re.match("[a-z]+", word).group(), int("".join(filter(str.isdigit, word)) or 0)
        padding = 0 if word.endswith("v") else kernel // 2
        arrays = []
        if kind == "conv":
            arrays = [numbers(width, size[0], kernel, kernel) / kernel / size[0] ** 0.5, numbers(width) * 0]
            size = [width, *(length + 2 * padding - kernel + 1 for length in size[1:])]
        elif kind == "bn":
            arrays = [np.ones(size[0], np.float32), np.zeros(size[0], np.float32)]
        elif kind == "pool":
            size = [size[0], size[1] // 2, size[2] // 2]
        elif kind == "gap":
            size = size[:1]
        elif kind == "fc":
            features = int(np.prod(size))
            arrays, size = [numbers(features, width) / features**0.5, numbers(width) * 0], [width]
        steps.append((kind, arrays, {"padding": padding} if kind == "conv" else {}))
    return Workload(
        name, numpy_step(OURS, steps, x, labels), torch_step(steps, x, labels), numpy_step(PLAIN, steps, x, labels)
    )


def numpy_step(pairs: dict, steps: list, x: np.ndarray, labels: np.ndarray) -> Callable[[], float]:
    params = [[array.copy() for array in arrays] for _, arrays, _ in steps]
    velocities = [[np.zeros_like(array) for array in arrays] for arrays in params]

    def step() -> float:
        h, caches = x, []
        for (kind, _, options), arrays in zip(steps, params, strict=True):
            h, cache = pairs[kind][0](h, *arrays, **options)
            caches.append(cache)
        loss, grad = softmax_cross_entropy(h, labels)
        for i in reversed(range(len(steps))):
            kind = steps[i][0]
            if i == 0 and pairs is OURS:  # the first layer needs no gradient of the images; PyTorch skips it too
                grads = conv2d_weight_backward(grad, caches[i])
            else:
                grad = pairs[kind][1](grad, caches[i])
                grad, *grads = grad if isinstance(grad, tuple) else (grad,)
            for array, velocity, gradient in zip(params[i], velocities[i], grads, strict=True):
                velocity *= 0.9
                velocity -= 0.01 * gradient
                array += velocity
            caches[i] = None
        return loss

    return step


def torch_step(steps: list, x: np.ndarray, labels: np.ndarray) -> Callable[[], float]:
    images, targets = torch.tensor(x), torch.tensor(labels)
    params = [[torch.tensor(array, requires_grad=True) for array in arrays] for _, arrays, _ in steps]
    descent = torch.optim.SGD([tensor for tensors in params for tensor in tensors], lr=0.01, momentum=0.9)
    functions = {
        "conv": lambda h, w, b, padding: F.conv2d(h, w, b, padding=padding),
        "bn": lambda h, scale, shift: F.batch_norm(h, None, None, scale, shift, training=True),
        "relu": F.relu,
        "pool": lambda h: F.max_pool2d(h, 2),
        "gap": lambda h: h.mean(dim=(2, 3)),
        "fc": lambda h, w, b: h.flatten(1) @ w + b,
    }

    def step() -> float:
        h = images
        for (kind, _, options), tensors in zip(steps, params, strict=True):
            h = functions[kind](h, *tensors, **options)
        loss = F.cross_entropy(h, targets)
        descent.zero_grad()
        loss.backward()
        descent.step()
        return loss.item()

    return step


# --- measuring --------------------------------------------------------------------------------------------------


def measure(workload: Workload, seconds: float) -> list[str]:
    """One line of the table."""
    candidates = {
        name: run for name in ("ours", "torch", "plain", "products") if (run := getattr(workload, name)) is not None
    }
    times = {name: [] for name in candidates}
    started = time.perf_counter()
    cpu_time(candidates["ours"])
    for run in candidates.values():
        run()
    while len(times["ours"]) < 5 or (time.perf_counter() - started < seconds and len(times["ours"]) < 60):
        for name in RNG.permutation(list(candidates)):
            times[str(name)].append(cpu_time(candidates[str(name)]))

    def ratio(top: str, bottom: str) -> str:
        if not (top in times and bottom in times):
            return ""
        low, middle, high = np.quantile(np.divide(times[top], times[bottom]), (0.25, 0.5, 0.75))
        return f"{middle:.2f} ({low:.2f} to {high:.2f})"

    return [
        workload.name,
        f"{1e3 * np.median(times['ours']):.1f}",
        ratio("ours", "torch"),
        ratio("plain", "torch"),
        ratio("ours", "products"),
        f"{peak(workload.ours):.1f}",
        f"{peak(workload.plain):.1f}" if workload.plain else "",
    ]


def cpu_time(run: Callable[[], object]) -> float:
    started = time.process_time()
    run()
    return time.process_time() - started


def peak(run: Callable[[], object]) -> float:
    """Largest memory in MiB that numpy held during one run, beyond what was there before."""
    tracemalloc.start()
    run()
    _, largest = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return largest / 2**20


def workloads() -> list[Callable[[], Workload] | str]:
    """The lines of the table, each made when its turn comes; a string is a heading."""
    conv = convolution
    return [
        "training step",
        *(lambda name=name: network(name) for name in NETWORKS),
        "layer",
        lambda: conv("conv 3x3, 3 to 32, 32x32", 3, 32, 32),
        lambda: conv("conv 3x3, 32 to 64, 16x16", 32, 64, 16),
        lambda: conv("conv 3x3, 64 to 128, 8x8", 64, 128, 8),
        lambda: conv("conv 3x3 stride 2, 32 to 64, 16x16", 32, 64, 16, stride=2),
        lambda: conv("conv 5x5, 32 to 64, 16x16", 32, 64, 16, 5),
        lambda: conv("conv 3x3 dilated by 2, 32 to 64, 16x16", 32, 64, 16, dilation=2),
        lambda: transposed("transposed conv 4x4 stride 2, 64 to 32, 8x8"),
        lambda: depthwise("depthwise conv 3x3, 32 channels, 16x16", 32, 16),
        lambda: depthwise("depthwise conv 3x3, 64 channels, 8x8", 64, 8),
        lambda: pooling("max pool 2x2, 32 channels, 32x32", 32, 2, 2),
        lambda: pooling("max pool 3x3 stride 2, 32 channels, 33x33", 33, 3, 2),
        lambda: batchnorm("batch norm, 32 channels, 32x32", 32, 32),
        lambda: batchnorm("batch norm, 128 channels, 8x8", 128, 8),
        "growth: conv 32 to 64, 16x16",
        lambda: conv("batch 16", 32, 64, 16, batch=16),
        lambda: conv("batch 256", 32, 64, 16, batch=256),
        lambda: conv("8 to 16 channels", 8, 16, 16),
        lambda: conv("128 to 256 channels", 128, 256, 16),
        lambda: conv("kernel 1x1", 32, 64, 16, 1),
        lambda: conv("kernel 7x7", 32, 64, 16, 7),
    ]


def machine() -> str:
    processor = platform.processor() or platform.machine()
    with contextlib.suppress(OSError):
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        processor = next((line.split(": ")[1] for line in lines if line.startswith("model name")), processor)
    return (
        f"{processor}, {os.cpu_count()} CPUs; Python {platform.python_version()}, numpy {np.__version__}, "
        f"PyTorch {torch.__version__}; one thread, CPU time, float32, batch 64, forward and backward"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--no-write", action="store_true", help="leave bench/results.md and the README as they are")
    parser.add_argument("--seconds", type=float, default=0.6, help="time for each line (default 0.6)")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    keep_freed_memory()
    table = Table(*HEADER, title="Layers in numpy against PyTorch")
    for column in table.columns[1:]:
        column.justify = "right"
    lines = [f"| {' | '.join(HEADER)} |", f"|---|{'---:|' * (len(HEADER) - 1)}"]
    for entry in workloads():
        if isinstance(entry, str):
            table.add_section()
            table.add_row(f"[bold]{entry}[/bold]")
            lines.append(f"| **{entry}** {'| ' * len(HEADER)}".rstrip())
            continue
        row = measure(entry(), arguments.seconds)
        table.add_row(*row)
        lines.append(f"| {' | '.join(row)} |")
    console = Console(width=None if sys.stdout.isatty() else 132)
    console.print(table)
    console.print(f"{NOTE}\n{machine()}")
    if not arguments.no_write:
        measured.LAYERS.write([*lines, "", NOTE, "", machine()], quoted(lines))


def quoted(lines: list[str]) -> str:
    """Return what is quoted of the table: how the first line, a training step, compares with PyTorch's."""
    cells = next(line for line in lines if line.startswith("| small CNN")).split("|")
    return f"a training step of a small CNN in {cells[3].split()[0]} of PyTorch's time, on one core"


if __name__ == "__main__":
    if os.environ.get("OPENBLAS_NUM_THREADS") != "1":  # read by numpy when it starts, so start again with it
        os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, "OPENBLAS_NUM_THREADS": "1"})
    main()
