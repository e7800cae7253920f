"""The bug hunt: dropout of attention weights."""

import numpy as np

from classroom.staff.declare.exercise import Case, Dropout, Generator, exercise_of, identity


def hunt_attention_dropout(scores, drop, rng, training):
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights = weights / weights.sum(axis=-1, keepdims=True)
    if training:
        weights = weights * (rng.random(weights.shape) >= drop) / (1 - drop)
    return weights


HUNT_CALL = "weights = hunt_attention_dropout(scores, drop, rng, training)"


def hunt_case(name, rng, shape, drop, training, kind=""):
    """At inference, or with nothing dropped, the answer leaves nothing to chance."""
    scores = rng.normal(size=shape) * (400 if kind == "large scores" else 1)
    inputs = {"scores": scores, "drop": drop, "rng": Generator(8), "training": training}
    return Case(name, inputs, [HUNT_CALL], ("weights",), kind=kind, part="weights")


def hunt_training_case(name, rng, rows, columns, drop, kind=""):
    """Equal scores give equal weights, 1 / columns, before dropout: the survivors show the scale."""
    inputs = {
        "scores": np.full((rows, columns), 0.7),
        "drop": drop,
        "rng": Generator(int(rng.integers(2**31))),
        "training": True,
        "x": np.full((rows, columns), 1 / columns),
    }
    return Case(name, inputs, [HUNT_CALL], ("weights",), kind=kind, part="weights", measure=Dropout(y="weights"))


def mended_with_where(scores, drop, rng, training):
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights = weights / weights.sum(axis=-1, keepdims=True)
    drop = drop if training else 0.0
    return np.where(rng.random(weights.shape) < drop, 0.0, weights / (1 - drop))


def mended_early_return(scores, drop, rng, training):
    weights = np.exp(scores - np.max(scores, axis=-1, keepdims=True))
    weights /= weights.sum(axis=-1, keepdims=True)
    if not training:
        return weights
    keep = rng.binomial(1, 1 - drop, size=weights.shape)
    return weights * keep / (1 - drop)


def heads(rng):
    """Scores of two heads, the same with another constant in each row, and two generators."""
    scores = rng.normal(size=(2, 3, 5))
    generators = {"rng": Generator(4), "other_rng": Generator(5)}
    return {"scores": scores, "shifted": scores + 3 * rng.normal(size=(2, 3, 1)), **generators}


HUNT_RNG = np.random.default_rng(95)
HUNT = exercise_of(
    hunt_attention_dropout,
    points=5,
    cases=[
        hunt_case("inference", HUNT_RNG, (3, 5), 0.4, False),
        hunt_case("inference, two heads", HUNT_RNG, (2, 4, 3), 0.2, False),
        hunt_case("inference, long", HUNT_RNG, (5, 7), 0.6, False),
        hunt_training_case("training", HUNT_RNG, 40, 60, 0.3),
        hunt_training_case("training, much dropped", HUNT_RNG, 50, 30, 0.6),
    ],
    hidden=lambda rng: [
        hunt_case("a", rng, (4, 6), 0.5, False, "odd shapes"),
        hunt_case("b", rng, (2, 3, 7), 0.1, False, "odd shapes"),
        hunt_training_case("c", rng, 60, 35, 0.45, "training"),
        hunt_case("d", rng, (4, 5), 0.5, False, "large scores"),
    ],
    properties=[
        identity(
            "at inference the weights of a row add up to 1",
            "weights = hunt_attention_dropout(scores, 0.5, rng, False)",
            "sum(weights, 2) == 1",
            inputs=heads,
            hidden="the sum of a row at inference",
        ),
        identity(
            "at inference a constant added to a row of scores makes no difference",
            "weights = hunt_attention_dropout(scores, 0.5, rng, False)",
            "of_shifted = hunt_attention_dropout(shifted, 0.5, rng, False)",
            "of_shifted == weights",
            inputs=heads,
        ),
        identity(
            "two generators in training",
            "weights = hunt_attention_dropout(scores, 0.5, rng, True)",
            "others = hunt_attention_dropout(scores, 0.5, other_rng, True)",
            "weights != others",
            inputs=heads,
            why="and should not be: drop in training",
        ),
    ],
    mutants="""
    as_shipped: if training: => if True:
        The bug is still there: entries are dropped at inference too. Which argument says that it is not training?
    never: if training: => if False:
        Now nothing is dropped in training either.
    turned: if training: => if not training:
        The condition is turned: drop in training only.
    unscaled: >= drop) / (1 - drop) => >= drop)
        The survivors are not divided by 1 - drop any more.
    scaled_at_inference: return weights => return weights if training else weights * (1 - drop)
        Inverted dropout has scaled in training already: at inference nothing happens.
    """,
    alternatives=[mended_with_where, mended_early_return],
    hints="""
    Run it twice with training=False. Are the answers the same?
    Drop only if training is true.
    """,
)
