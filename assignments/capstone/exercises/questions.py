"""The questions at the end."""

from classroom.staff.declare.exercise import question

QUIZZES = [
    question(
        "quiz_1",
        "The training loss is low, the accuracy is 95 % in training mode and 17 % in inference mode. Where do "
        "you look first?",
        """
        a: At the rate: it was too large.
            With too large a rate the loss would not be low. And the same weights are right in one mode.
        b: At the running statistics of batch norm.
            Yes: only batch norm and dropout differ between the modes, and dropout does no such
            harm. Print the running mean and variance of every BN layer beside those of a batch.
        c: At the test images: they are harder.
            Both numbers are of the same images. What differs is the mode.
        d: At the weights of the last layer.
            They are the same in both modes, and right in one of them.
        """,
        right="b",
        points=0,
    ),
    question(
        "quiz_2",
        "A network trained on shapes with a colour for each kind reaches 100 %. What does it reach when "
        "colours are random?",
        """
        a: The same: it has learned the forms.
            Nothing made it learn the forms: the colour says everything, and it is found first. Try it.
        b: About chance: it has learned the colours, which are easier.
            Yes: 100 % with the cue and some 23 % without, where chance is 17 %. A network takes the easiest
            way that the data leave open. Make data in which the cue is gone before you trust a number.
        c: A little less, for it has never seen these colours.
            The colours are the same, only spread over all kinds. What it has learned is now wrong.
        """,
        right="b",
        points=0,
    ),
    question(
        "quiz_3",
        "For which data set is flipping from left to right a mistake?",
        """
        a: CIFAR-10: a car seen from its other side is no car.
            A car that drives to the left is a car. There flips help.
        b: Handwritten digits: a mirrored 2 is no digit.
            Yes: a change of the image is free data only if it leaves the label as it is.
        c: For none: more data is always better.
            Images with wrong labels are not more data, they are noise.
        """,
        right="b",
        points=0,
    ),
]
