"""The questions at the end."""

from classroom.staff.declare.exercise import question

QUIZ_1 = question(
    "quiz_1",
    "You train a classifier of 100 classes. Before the first step the loss is 9.2. What do you conclude?",
    r"""
    a: All is well: an untrained network always has a large loss.
        A network that knows nothing gives each class 1/100, and the loss is then ln 100 = 4.6, not more.
    b: The first scores are already large and wrong: an untrained network should have a loss of $\ln 100 = 4.6$.
        Right: a loss above ln C is worse than guessing. Look at the scale of the initial weights and of the inputs.
    c: There are too many classes for this loss.
        Cross-entropy works for any number of classes; its initial value simply grows like ln C.
    """,
    right="b",
    points=3,
)
QUIZ_2 = question(
    "quiz_2",
    "A network was trained on images standardized by the training set. Now you get a single new image. What now?",
    """
    a: Standardize it by its own mean and standard deviation.
        That removes how bright the image was, and the weights were not trained on such images.
    b: Add it to the training images and compute the statistics again.
        Then every new image would change the input of the same weights, and the test would leak into it.
    c: Standardize it by the mean and standard deviation of the training set.
        Right: the statistics are part of the trained network, like its weights.
    """,
    right="c",
    points=2,
)
