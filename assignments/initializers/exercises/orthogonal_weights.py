"""Beyond: orthogonal weights."""

import numpy as np

from classroom.staff.declare.exercise import Case, Generator, IndependentFrames, SingularValues, exercise_of
from solutions.initialization import orthogonal

from .draws import drawn_from_rng, proportional


def spectrum_case(name, shape, seed, gain=1.0, kind=""):
    k = min(shape[0], int(np.prod(shape[1:])))
    return Case(
        f"{name} {shape}",
        inputs={"shape": shape, "rng": Generator(seed)} | ({"gain": gain} if gain != 1.0 else {}),
        calls=[f"weight = orthogonal(shape, rng{', gain' if gain != 1.0 else ''})"],
        outputs=("weight",),
        kind=kind,
        measure=SingularValues(shape=list(shape), center=[gain] * k, reach=1e-5),  # float32 will do
    )


def two_frames_case(d, m, seed, kind):
    """Two weights of different generators point in directions that have nothing in common."""
    inputs = {"shape": (d, m), "rng": Generator(seed), "other_rng": Generator(seed + 50)}
    calls = ["weight = orthogonal(shape, rng)", "other_weight = orthogonal(shape, other_rng)"]
    measure = IndependentFrames("weight", "other_weight", [d, m])
    return Case(kind, inputs, calls, ("weight", "other_weight"), kind, part="weight", measure=measure)


def orthogonal_by_svd(shape, rng, gain=1.0):
    left, _, right = np.linalg.svd(rng.standard_normal((shape[0], int(np.prod(shape[1:])))), full_matrices=False)
    return gain * (left @ right).reshape(shape)


def orthogonal_by_gram_schmidt(shape, rng, gain=1.0):
    rows, columns = shape[0], int(np.prod(shape[1:]))
    basis = []
    for _ in range(min(rows, columns)):
        vector = rng.standard_normal(max(rows, columns))
        for _ in range(2):
            for other in basis:
                vector = vector - (vector @ other) * other
        basis.append(vector / np.linalg.norm(vector))
    matrix = np.array(basis)
    return gain * (matrix if rows <= columns else matrix.T).reshape(shape)


ORTHOGONAL = exercise_of(
    orthogonal,
    points=3,
    cases=[
        spectrum_case("a tall matrix", (9, 5), 1),
        spectrum_case("a wide matrix", (4, 7), 2),
        spectrum_case("filters", (6, 3, 2, 4), 3),
        spectrum_case("gain 2", (7, 3), 4, 2.0),
    ],
    hidden=lambda rng: [
        spectrum_case("tall", (int(rng.integers(20, 30)), 11), 5, kind="odd shapes"),
        spectrum_case("wide", (9, int(rng.integers(15, 25))), 6, 0.3, kind="gain"),
        spectrum_case("filters", (13, 2, 3, 1), 7, kind="filters"),
        two_frames_case(int(rng.integers(75, 85)), 50, 8, "two generators"),
        spectrum_case("one", (1, int(rng.integers(3, 9))), 8, kind="one row"),
        spectrum_case("square", (6, 6), 9, kind="a square matrix"),
    ],
    properties=[
        *drawn_from_rng("{result} = orthogonal(shape, {rng})", shape=(4, 3)),
        proportional("gain", "{result} = orthogonal(shape, rng, {factor})", shape=(4, 3)),
    ],
    mutants="""
    not_orthogonal: q, r = np.linalg.qr(tall)
        => q, r = tall / np.linalg.norm(tall, axis=0), np.eye(min(rows, columns))
        The columns have length 1, but are not at right angles. QR makes both true.
    gain_forgotten: gain * matrix => matrix
        The gain is not used.
    gain_squared: gain * matrix => gain**2 * matrix
        The gain is there twice.
    upper_factor: q = q * np.sign(np.diag(r)) => q = tall @ r.T / max(rows, columns)
        You used R. The orthogonal factor of QR is Q.
    normal_draw: gain * matrix.reshape(shape)
        => gain * rng.standard_normal(shape) / np.sqrt(max(rows, columns))
        This is a normal draw with the right size on average; its singular values differ.
    not_drawn: tall = rng.standard_normal((max(rows, columns), min(rows, columns)))
        => tall = np.eye(max(rows, columns), min(rows, columns))
        Nothing is drawn: units that start as the identity are orthogonal, but always the same. Start from a
        normal draw.
    """,
    alternatives=[orthogonal_by_svd, orthogonal_by_gram_schmidt],
    hints="""
    np.linalg.qr of a tall normal matrix gives columns of length 1 at right angles.
    For a wide matrix, make a tall one and transpose. Filters are the matrix (F, C kH kW).
    Multiply by the gain, and reshape at the end.
    """,
)
