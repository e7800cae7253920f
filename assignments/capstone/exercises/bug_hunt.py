"""The bug hunt: the accuracy of batches."""

import numpy as np

from classroom.staff.declare.exercise import Case, Mutant, exercise_of, identity


def hunt_accuracy(answers, labels, batch):
    right = 0
    for start in range(0, len(labels), batch):
        rows = slice(start, start + batch)
        right += np.sum(answers[rows] == labels[rows])
    return float(right / len(labels))


def hunt_weighted(answers, labels, batch):
    starts = range(0, len(labels), batch)
    shares = [np.mean(answers[start : start + batch] == labels[start : start + batch]) for start in starts]
    return float(np.average(shares, weights=[min(batch, len(labels) - start) for start in starts]))


def hunt_at_once(answers, labels, batch):
    return np.mean(answers == labels)


def mean_of_means(answers, labels, batch):
    starts = range(0, len(labels), batch)
    return float(np.mean([np.mean(answers[i : i + batch] == labels[i : i + batch]) for i in starts]))


def last_left_out(answers, labels, batch):
    whole = max(len(labels) // batch, 1) * batch
    return float(np.mean(answers[:whole] == labels[:whole]))


def all_counted_as_full(answers, labels, batch):
    return float(np.sum(answers == labels) / (-(-len(labels) // batch) * batch))


def wrong_ones(answers, labels, batch):
    wrong = 0
    for start in range(0, len(labels), batch):
        rows = slice(start, start + batch)
        wrong += np.sum(answers[rows] != labels[rows])
    return float(wrong / len(labels))


def not_divided(answers, labels, batch):
    right = 0
    for start in range(0, len(labels), batch):
        rows = slice(start, start + batch)
        right += np.sum(answers[rows] == labels[rows])
    return float(right)


def last_alone(answers, labels, batch):
    for start in range(0, len(labels), batch):
        rows = slice(start, start + batch)
        found = np.mean(answers[rows] == labels[rows])
    return float(found)


def hunt_inputs(rng):
    """Draw answers of which the first and the second part are not equally good."""
    labels = rng.integers(4, size=29)
    answers = np.where(rng.random(29) < np.repeat([0.9, 0.3], [18, 11]), labels, (labels + 1) % 4)
    order = rng.permutation(29)
    return {
        "answers": answers,
        "labels": labels,
        "answers_mixed": answers[order],
        "labels_mixed": labels[order],
        "answers1": answers[:18],
        "labels1": labels[:18],
        "answers2": answers[18:],
        "labels2": labels[18:],
    }


OTHER_BATCHES = identity(
    "the size of the batches makes no difference",
    "in_fours = hunt_accuracy(answers, labels, 4)",
    "in_tens = hunt_accuracy(answers, labels, 10)",
    "in_fours == in_tens",
    inputs=hunt_inputs,
)
TWO_PILES = identity(
    "18 answers and 11 answers, weighed by their number, make the accuracy of all 29",
    "whole = hunt_accuracy(answers, labels, 7)",
    "first = hunt_accuracy(answers1, labels1, 7)",
    "second = hunt_accuracy(answers2, labels2, 7)",
    "29 * whole - 18 * first - 11 * second == 0",
    inputs=hunt_inputs,
)
MIXED_ANSWERS = identity(
    "the order of the answers makes no difference",
    "accuracy = hunt_accuracy(answers, labels, 8)",
    "accuracy_mixed = hunt_accuracy(answers_mixed, labels_mixed, 8)",
    "accuracy == accuracy_mixed",
    inputs=hunt_inputs,
)


def hunt_case(name, seed, count, batch, share, kind=""):
    """Answers of which about this share is right, and hardly any of the last few."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(5, size=count)
    chance = np.where(np.arange(count) < count - count % batch, share, 0.1)
    answers = np.where(rng.random(count) < chance, labels, (labels + 1) % 5)
    inputs = {"answers": answers, "labels": labels, "batch": batch}
    return Case(name, inputs, ["accuracy = hunt_accuracy(answers, labels, batch)"], ("accuracy",), kind)


HUNT = exercise_of(
    hunt_accuracy,
    points=0,
    cases=[
        hunt_case("24 in batches of 8", 1, 24, 8, 0.7),
        hunt_case("10 in batches of 4", 2, 10, 4, 0.8),
        hunt_case("35 in batches of 16", 3, 35, 16, 0.9),
        hunt_case("fewer than a batch", 4, 7, 10, 0.6),
    ],
    hidden=lambda rng: [
        hunt_case("odd", int(rng.integers(10**6)), 101, int(rng.integers(9, 40)), 0.8, "odd sizes"),
        hunt_case("one", int(rng.integers(10**6)), 17, 1, 0.5, "batches of one"),
        hunt_case("many", int(rng.integers(10**6)), 67, 64, 0.9, "a small last batch"),
    ],
    properties=[OTHER_BATCHES, MIXED_ANSWERS],
    hidden_properties=[OTHER_BATCHES.drawn("batches of two sizes"), TWO_PILES.drawn("two piles of answers")],
    mutants=[
        Mutant("as_shipped", mean_of_means, "The last batch may be smaller, and its mean weighs as much as any other."),
        Mutant("last_left_out", last_left_out, "The images of the last, smaller batch are not looked at."),
        Mutant("all_full", all_counted_as_full, "You divide by full batches, and the last one has fewer images."),
        Mutant(
            "not_divided", not_divided, "You count the right answers. Divide once, at the end, by how many there are."
        ),
        Mutant("wrong_ones", wrong_ones, "You count the wrong answers: the accuracy is the fraction of right ones."),
        Mutant("last_alone", last_alone, "Only the last batch is left at the end: add up over all of them."),
    ],
    alternatives=[hunt_weighted, hunt_at_once],
    hints="""
    Try ten answers in batches of four, and count by hand.
    How much does one image of the last batch weigh, and how much one of the first?
    Count what is right, and divide once, at the end.
    """,
)
