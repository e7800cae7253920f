"""Train in pure numpy on one core: digits by five-fold cross-validation, and real MNIST when its folder is given.

    python bench/training.py
    python bench/training.py --mnist DIR

DIR holds train.npz and test.npz (arrays X and y), or what `classroom data mnist` downloads.  Times are CPU seconds of
this process with one BLAS thread, from the first weight to the last test image; reading the files is not counted.
"""

import argparse
import os
import sys
import time
from functools import partial
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy starts its threads

import numpy as np

from classroom import data
from classroom.fault import Fault
from solutions.network import Conv2d, Linear, MaxPool2d, ReLU, Stack, build
from solutions.schedule import cosine_schedule, warmup_schedule
from solutions.training import evaluate, train

DIGITS_GOAL = (0.989, 3.0)
MNIST_GOAL = (0.989, 45.0)


def main() -> int:
    """Print the table; 0 when every accuracy reaches its goal, 1 otherwise."""
    parser = argparse.ArgumentParser(description="Train in pure numpy and report accuracy and CPU seconds.")
    parser.add_argument(
        "--mnist", metavar="DIR", type=Path, help="folder with MNIST; without it only digits are trained"
    )
    arguments = parser.parse_args()
    tasks = [("digits, 5 folds", DIGITS_GOAL, digits)]
    if arguments.mnist is not None:
        try:
            parts = read_mnist(arguments.mnist)
        except (Fault, OSError, KeyError, ValueError) as error:
            parser.error(f"no MNIST in {arguments.mnist}: {error}")
        tasks.append(("MNIST, LeNet", MNIST_GOAL, partial(mnist, *parts)))
    print(f"{'task':18}{'parameters':>11}{'accuracy':>10}{'lowest':>8}{'goal':>8}{'CPU s':>8}{'goal':>7}")
    reached = True
    for name, (goal, limit), task in tasks:
        parameters, accuracies, seconds = task()
        mean = float(np.mean(accuracies))
        print(
            f"{name:18}{parameters:11,}{mean:10.2%}{min(accuracies):8.2%}{goal:8.2%}{seconds:8.1f}{limit:7.1f}",
            flush=True,
        )
        reached = reached and mean >= goal
    print("digits: mean over the folds, seconds for each training; MNIST: the 10,000 test images, one training")
    return 0 if reached else 1


def digits() -> tuple[int, list[float], float]:
    """Five trainings, each on four fifths of the digits; parameters, accuracies, CPU seconds of one training."""
    images, labels, _ = data.load("digits")
    folds = np.array_split(np.random.default_rng(0).permutation(len(images)), 5)
    accuracies, started = [], time.process_time()
    for number, test in enumerate(folds):
        rows = np.concatenate([fold for other, fold in enumerate(folds) if other != number])
        rng = np.random.default_rng(number)
        mean, std = images[rows].mean(), images[rows].std()
        network = build("[CONV-BN-RELU-POOL]*2-SOFTMAX", (1, 8, 8), 10, rng, channels=16)
        train(
            network,
            (images[rows] - mean) / std,
            labels[rows],
            epochs=20,
            batch=32,
            rate=lambda step, total, history: cosine_schedule(0.1, step, total),
            decay=3e-3,
            rng=rng,
        )
        accuracies.append(evaluate(network, (images[test] - mean) / std, labels[test])[1])
    return count(network), accuracies, (time.process_time() - started) / 5


def mnist(images: np.ndarray, labels: np.ndarray, test_images: np.ndarray, test_labels: np.ndarray):
    """One training of LeNet for three epochs; parameters, accuracy, CPU seconds."""
    started = time.process_time()
    rng = np.random.default_rng(0)
    mean, std = images.mean(), images.std()
    network = lenet(rng)
    train(
        network,
        (images - mean) / std,
        labels,
        epochs=3,
        batch=64,
        rate=lambda step, total, history: warmup_schedule(1.0, step, 100) * cosine_schedule(0.05, step, total),
        decay=5e-4,
        rng=rng,
    )
    accuracy = evaluate(network, (test_images - mean) / std, test_labels, batch=100)[1]
    return count(network), [accuracy], time.process_time() - started


def lenet(rng: np.random.Generator) -> Stack:
    """LeNet-5 of LeCun et al. 1998 with ReLU and max pooling."""
    features = [Conv2d(1, 6, 5, rng, padding=2), ReLU(), MaxPool2d(2), Conv2d(6, 16, 5, rng), ReLU(), MaxPool2d(2)]
    return Stack([*features, Linear(400, 120, rng), ReLU(), Linear(120, 84, rng), ReLU(), Linear(84, 10, rng)])


def count(network: Stack) -> int:
    """Trained numbers."""
    return sum(array.size for layer in network.layers for array in layer.params.values())


def read_mnist(folder: Path) -> list[np.ndarray]:
    """Training images and labels, test images and labels; images (N, 1, 28, 28) float32."""
    if not folder.is_dir():
        raise FileNotFoundError("it is not a folder")
    if not (folder / "train.npz").is_file():
        mnist = data.load("mnist", root=folder)
        rows = np.concatenate([mnist.split.train, mnist.split.validation])
        return [mnist.images[rows], mnist.labels[rows], *mnist.part("test")]
    parts = []
    for name in ("train", "test"):
        with np.load(folder / f"{name}.npz", allow_pickle=False) as file:
            parts += [file["X"].reshape(-1, 1, 28, 28).astype(np.float32) / 255, file["y"].astype(np.int64)]
    return parts


if __name__ == "__main__":
    sys.exit(main())
