"""The questions at the end."""

from classroom.staff.declare.exercise import question

QUIZZES = [
    question(
        "quiz_1",
        "The training loss is low, the accuracy is 95 % in training mode and 17 % in inference mode. Where do "
        "you look first for the cause?",
        """
        a: In the rate, which was too large.
            At too large a rate the loss would not be low. And the same weights give good results in one mode.
        b: In the running statistics of batch norm.
            Yes: only batch norm and dropout differ between the modes, and dropout does no such
            harm. Print the running mean and variance of every BN layer beside those of a batch.
        c: In the test images, which are harder.
            Both numbers are of the same images. What differs is the mode.
        d: In the weights of the last layer.
            They are the same in both modes, and give good results in one of them.
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
            Yes: 100 % with the cue and some 23 % without, where chance is 17 %. A network uses the
            easiest cue in the data. Test on data without that cue before you trust a number.
        c: A little less, because it has never seen these colours.
            It has seen the same colours, but now any kind can have any of them. What it has learned is wrong.
        """,
        right="b",
        points=0,
    ),
    question(
        "quiz_3",
        "For which data set is flipping from left to right a mistake?",
        """
        a: For CIFAR-10: a car seen from its other side is no car.
            A car that drives to the left is still a car, and flipping helps.
        b: For handwritten digits: a mirrored 2 is no digit.
            Yes: a changed image is useful training data only if its label stays right.
        c: For none: more data is always better.
            Images with wrong labels are not more data, they are noise.
        """,
        right="b",
        points=0,
    ),
]
