"""Scores in rows: what softmax, its logarithm, the loss and the bug hunt have in common."""

from classroom.staff.declare.exercise import identity


def moved_scores(rng):
    """Rows of scores, and the same with one number added to each row."""
    x = rng.normal(size=(5, 4))
    return {"x": x, "moved": x + rng.permutation([-950.0, -800.0, 760.0, 850.0, 950.0])[:, None]}


def moved_rows(function):
    return identity(
        "adding one number to all scores of a row changes nothing",
        f"y = {function}(x)",
        f"again = {function}(moved)",
        "y == again",
        kind="a number added to each row",
        inputs=moved_scores,
    )


def rows_of_one(function):
    return identity(
        "each row sums to 1",
        f"y = {function}(moved)",
        "sum(y, 1) == 1",
        kind="the sums of the rows",
        inputs=moved_scores,
    )
