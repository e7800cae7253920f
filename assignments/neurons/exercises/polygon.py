"""A polygon as the region on which all of its half-planes agree."""

import numpy as np

from classroom.staff.declare.exercise import Case, exercise_of, identity, textual_mutants
from solutions.neuron import halfplane_polygon

from .neuron import RNG  # the draws go on where that section stopped


def polygon_case(title, x, normals, offsets, kind=""):
    inputs = {"x": x, "normals": normals, "offsets": offsets}
    return Case(title, inputs, ["inside = halfplane_polygon(x, normals, offsets)"], ("inside",), kind=kind)


def random_polygon(rng, points, sides, axes=2):
    """Half-planes around a centre off the origin, and points of which about a third are inside."""
    normals = rng.normal(size=(sides, axes))
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    centre = rng.uniform(0.7, 1.3, axes) * rng.choice([-1, 1], axes)
    return centre + 1.2 * rng.normal(size=(points, axes)), normals, rng.uniform(0.6, 1.4, sides) - normals @ centre


def hidden_polygons(rng):
    sides = [int(count) for count in rng.permutation([3, 4, 5, 7])]
    x, normals, offsets = random_polygon(rng, 31, sides[0])
    whole = rng.integers(-2, 3, size=(29, 2)).astype(float)
    square = np.array([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0]])
    return [
        polygon_case("random 1", x, normals, offsets, "random polygons"),
        polygon_case("random 2", *random_polygon(rng, 23, sides[1]), "random polygons"),
        polygon_case("random 3", *random_polygon(rng, 41, sides[2]), "random polygons"),
        polygon_case("space", *random_polygon(rng, 37, sides[3], axes=3), "three dimensions"),
        polygon_case("one side", *random_polygon(rng, 19, 1), "a single half-plane"),
        polygon_case("border", whole, square, np.array([1.0, 1.0, 2.0, 1.0]), "points on the border"),
        polygon_case("strided", np.repeat(x, 2, axis=1)[:, ::2], normals, offsets, "non-contiguous"),
    ]


def polygon_all(x, normals, offsets):
    return np.all(x @ normals.T + offsets > 0, axis=1)


def polygon_minimum(x, normals, offsets):
    return (np.einsum("nd,kd->nk", x, normals) + offsets).min(axis=1) > 0


def polygon_loop(x, normals, offsets):
    inside = np.ones(len(x), dtype=bool)
    for normal, offset in zip(normals, offsets, strict=True):
        inside &= (x * normal).sum(axis=1) + offset > 0
    return inside


def polygon_count(x, normals, offsets):
    return np.array(
        [sum(np.dot(n, point) + o > 0 for n, o in zip(normals, offsets, strict=True)) == len(offsets) for point in x]
    )


def rearranged_sides(rng):
    """A polygon, its sides in reverse order, and the two parts into which its last side cuts the rest."""
    x, normals, offsets = random_polygon(rng, 25, 5)
    turn = np.array([1, 1, 1, 1, -1])
    inputs = {"x": x, "normals": normals, "offsets": offsets}
    inputs |= {"normals_reversed": normals[::-1], "offsets_reversed": offsets[::-1]}
    inputs |= {"normals_fewer": normals[:-1], "offsets_fewer": offsets[:-1]}
    return inputs | {"normals_turned": normals * turn[:, None], "offsets_turned": offsets * turn}


INSIDE = "inside = halfplane_polygon(x, normals, offsets)"
POLYGON_IDENTITIES = [
    identity(
        "the order of the sides does not matter",
        INSIDE,
        "again = halfplane_polygon(x, normals_reversed, offsets_reversed)",
        "inside == again",
        kind="sides in another order",
        inputs=rearranged_sides,
    ),
    identity(
        "one more side cuts a region in two parts",
        INSIDE,
        "beyond = halfplane_polygon(x, normals_turned, offsets_turned)",
        "whole = halfplane_polygon(x, normals_fewer, offsets_fewer)",
        "inside + beyond == whole",
        kind="a region cut in two",
        inputs=rearranged_sides,
    ),
]

TRIANGLE = (np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, -1.0]]), np.array([0.0, 0.0, 1.0]))
POINTS = np.array([[0.2, 0.3], [0.8, 0.5], [0.0, 0.5], [0.25, 0.25], [-0.5, 0.2], [0.5, 0.5], [0.4, 0.0], [0.1, 0.7]])
CROSSED = (np.array([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0]]), np.array([1.0, 2.0, 1.0, 1.0]))
GRID = np.stack(np.meshgrid(np.arange(-2.0, 3.0), np.arange(-1.0, 3.0)), axis=-1).reshape(-1, 2)
TOP = "neuron_forward(sides, np.ones(count), 0.5 - count) > 0"
POLYGON = exercise_of(
    halfplane_polygon,
    points=10,
    cases=[
        polygon_case("the triangle", POINTS, *TRIANGLE),
        polygon_case("a box, with its border", GRID, *CROSSED),
        polygon_case("a wedge", *random_polygon(RNG, 24, 1)[:1], np.eye(2), np.array([0.5, -0.75])),
        polygon_case("another wedge", GRID + 0.25, np.array([[1.0, 1.0], [-1.0, 2.0]]), np.array([-1.0, 1.5])),
        polygon_case("five sides", *random_polygon(RNG, 24, 5)),
        polygon_case("four sides", *random_polygon(RNG, 17, 4)),
        polygon_case("a body in space", *random_polygon(RNG, 21, 6, axes=3)),
    ],
    hidden=hidden_polygons,
    identities=POLYGON_IDENTITIES,
    mutants=[
        *textual_mutants(
            halfplane_polygon,
            f"""
        any_side: {TOP} => sides.sum(axis=1) > 0
            What comes out is whether a point is inside of one side at least. It has to be inside of all of them.
        most_sides: {TOP} => sides.sum(axis=1) > count / 2
            You accept a point that is inside of most sides. It has to be inside of all of them.
        all_but_one: {TOP} => sides.sum(axis=1) > count - 1.5
            You allow one side to fail: the threshold of the last neuron is one too low.
        no_side: {TOP} => sides.sum(axis=1) == 0
            You find the points that are outside of every side.
        outside: {TOP} => sides.sum(axis=1) < count
            Upside down: you find the points outside.
        minus_offset: neuron_forward(x, normals.T, offsets) => neuron_forward(x, normals.T, -offsets)
            You subtract the offsets. A side is n·x + o > 0.
        no_offset: neuron_forward(x, normals.T, offsets) => neuron_forward(x, normals.T, 0 * offsets)
            The offsets are missing: all your sides go through the origin.
        border_inside: sides = neuron_forward(x, normals.T, offsets)
            => sides = np.where(x @ normals.T + offsets >= 0, 1.0, 0.0)
            You count the border as inside. It needs n·x + o > 0, not >= 0.
        summed_before_step: sides = neuron_forward(x, normals.T, offsets)
            => sides = np.repeat((x @ normals.T + offsets).sum(axis=1, keepdims=True) > 0, len(offsets), axis=1)
            You add the sums before they are cut: without the inner step it is one half-plane again.
        """,
        ),
        *textual_mutants(
            polygon_loop,
            """
            last_side: inside &= (x => inside = (x
                Only the last side counts: each turn of your loop writes over what the earlier ones found. Use &=.
            """,
        ),
    ],
    alternatives=[polygon_all, polygon_minimum, polygon_loop, polygon_count],
    hints="""
    All sums at once: x is (N, D) and normals (K, D), so x @ normals.T is (N, K): points in rows, sides in columns.
    A side is satisfied where x @ normals.T + offsets > 0. Which function asks whether a whole row is True?
    np.all(x @ normals.T + offsets > 0, axis=1). As neurons: count the sides and fire above K - 1/2.
    """,
)
