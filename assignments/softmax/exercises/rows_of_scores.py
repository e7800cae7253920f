"""Scores in rows: what softmax, its logarithm, the loss and the bug hunt have in common."""

from classroom.staff.declare.exercise import Property


def moved_scores(rng):
    """Rows of scores, and the same with one number added to each row."""
    x = rng.normal(size=(5, 4))
    return {"x": x, "moved": x + rng.permutation([-950.0, -800.0, 760.0, 850.0, 950.0])[:, None]}


def moved_rows(function):
    return Property(
        "equal",
        title="adding one number to all scores of a row changes nothing",
        kind="a number added to each row",
        calls=[f"y = {function}(x)", f"again = {function}(moved)"],
        inputs=moved_scores,
        left="y",
        right="again",
    )


def rows_of_one(function):
    return Property(
        "conserved",
        title="each row sums to 1",
        kind="the sums of the rows",
        calls=[f"y = {function}(moved)"],
        inputs=moved_scores,
        left="y",
        right=1,
        axes=(1,),
    )
