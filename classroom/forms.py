"""Six kinds that nobody has named: forms, and the mixtures of colours that show them; a task drawn from a seed.

Each image holds three contours, one over the other, each in a mixture of red, green and blue of its own.  In one
mixture there is one of three forms, in another one of two, and a kind is such a pair; in the third a contour is drawn
anew for each image, and means nothing.  A network that was trained on another task looks at other mixtures: at blends
of all three contours.  Where one of its mixtures happens to be right, it still knows half of a kind.
"""

from dataclasses import dataclass

import numpy as np

FIRST, SECOND = 3, 2  # forms that a kind's first and second contour may have
COUNT = FIRST + SECOND
_CANDIDATES = 200
_LOBES = np.arange(2, 5)  # how often a contour goes out and in on its way round
_HOLE = 0.45  # radius of a hole, in radii of the form
_STEPS = 72  # angles on the way round a contour
_TURN = 5  # steps by which a form may be turned and still be taken for itself
_RADIUS = (0.6, 0.75)  # in half images
_TILT = 0.25  # radians by which a contour is turned at most
_CONTRAST = 0.2  # by which the strength of a contour varies
_GROUND = 0.3  # by which what lies behind a contour varies, in its mixture
_OTHER = 2.5  # strength of the contour that means nothing: it drowns the others wherever it is seen at all
_GAIN = 0.15  # of an image's values around 0.5: few of them lie outside [0, 1]


@dataclass(frozen=True)
class Contours:
    """Closed curves around a middle, one each: some waves on a circle.

    amplitude, phase : arrays of shape (N, 3)
    hole : array of shape (N,), the radius of the hole in the middle, 0 where there is none
    """

    amplitude: np.ndarray
    phase: np.ndarray
    hole: np.ndarray

    @classmethod
    def draw(cls, count: int, rng: np.random.Generator) -> "Contours":
        """Draw contours, half of them with a hole."""
        amplitude = 0.6 * rng.dirichlet(np.full(len(_LOBES), 0.5), count)
        phase = rng.uniform(0, 2 * np.pi, (count, len(_LOBES)))
        return cls(amplitude, phase, np.where(rng.random(count) < 0.5, _HOLE, 0.0))

    def __getitem__(self, rows: list[int] | np.ndarray) -> "Contours":
        return Contours(self.amplitude[rows], self.phase[rows], self.hole[rows])

    def edges(self, turn: np.ndarray) -> np.ndarray:
        """Return the radius of each contour at angles (N, ...), with a mean square of 1."""
        spread = (-1,) + (1,) * (turn.ndim - 1)
        waves = [
            self.amplitude[:, place].reshape(spread) * np.cos(lobes * turn + self.phase[:, place].reshape(spread))
            for place, lobes in enumerate(_LOBES)
        ]
        return (1 + np.sum(waves, axis=0)) / np.sqrt(1 + (self.amplitude**2).sum(axis=1) / 2).reshape(spread)

    def cover(self, size: int, shift: float, rng: np.random.Generator) -> np.ndarray:
        """Return how much of each pixel each contour covers, (N, size, size), somewhere near the middle."""
        count, pixel = len(self.hole), 2 / size
        center = rng.uniform(-shift, shift, (2, count, 1, 1))
        radius = rng.uniform(*_RADIUS, (count, 1, 1))
        tilt = rng.uniform(-_TILT, _TILT, (count, 1, 1))
        grid = (np.arange(size) + 0.5) * pixel - 1
        x, y = grid - center[0], grid[:, None] - center[1]  # (N, 1, W), (N, H, 1)
        far, turn = np.hypot(x, y), np.arctan2(y, x) - tilt
        distance = np.maximum(far - radius * self.edges(turn), self.hole[:, None, None] * radius - far)
        return np.clip(0.5 - distance / pixel, 0, 1)  # soft edge, one pixel wide


@dataclass(frozen=True)
class Forms:
    """The forms of a task, as far from each other and from each other's mirror images as they get, and its mixtures.

    contours : the five forms, those of a kind's first contour before those of its second one
    mixtures : array of shape (3, 3), a column for each of three directions in the space of red, green and blue, at
        right angles to each other; the first two show the contours of a kind
    """

    contours: Contours
    mixtures: np.ndarray

    @classmethod
    def draw(cls, seed: int) -> "Forms":
        """Draw contours and keep the five that are farthest apart; no direction of colours is likelier than another."""
        rng = np.random.default_rng(seed)
        candidates = Contours.draw(_CANDIDATES, rng)
        chosen = _far_apart(candidates, rng)
        mixtures = np.linalg.qr(rng.standard_normal((3, 3)))[0] * rng.choice([-1, 1], 3)
        return cls(candidates[chosen], mixtures)

    def images(self, labels: np.ndarray, size: int, shift: float, rng: np.random.Generator) -> np.ndarray:
        """Return images (N, 3, size, size) of kinds by their labels (N,), around 0.5 and not yet cut to [0, 1]."""
        count = len(labels)
        first, second = np.divmod(labels, SECOND)
        shown = []
        for contours in (self.contours[first], self.contours[FIRST + second], Contours.draw(count, rng)):
            strength = rng.uniform(1 - _CONTRAST, 1 + _CONTRAST, (count, 1, 1))
            ground = rng.uniform(-_GROUND, _GROUND, (count, 1, 1))
            shown.append(strength * (2 * contours.cover(size, shift, rng) - 1) + ground)
        shown[2] *= _OTHER * rng.choice([-1, 1], (count, 1, 1))  # bright on dark or dark on bright
        mixed: np.ndarray = 0.5 + _GAIN * np.einsum("cm,mnhw->nchw", self.mixtures, np.array(shown))
        return mixed


def _far_apart(candidates: Contours, rng: np.random.Generator) -> list[int]:
    """Choose contours: each is the farthest from those before it, however they are turned a little or mirrored.

    Whoever flips images to have more of them must not meet two forms that are one.
    """
    turn = np.linspace(0, 2 * np.pi, _STEPS, endpoint=False)
    edges = candidates.edges(np.broadcast_to(turn, (len(candidates.hole), _STEPS)))

    def apart(one: int) -> np.ndarray:
        mirrored = np.roll(edges[one, ::-1], _STEPS // 2 + 1)  # left and right exchanged: the angle a becomes pi - a
        turned = np.array([np.roll(edge, step) for edge in (edges[one], mirrored) for step in range(-_TURN, _TURN + 1)])
        distance: np.ndarray = np.abs(edges[:, None] - turned).mean(axis=2).min(axis=1)
        return distance + 0.6 * np.abs(candidates.hole - candidates.hole[one])

    chosen = []
    for count in (FIRST, SECOND):  # forms of one mixture are never met in the other
        some = [int(rng.integers(len(edges)))]
        while len(some) < count:
            some.append(int(np.min([apart(one) for one in some], axis=0).argmax()))
        chosen += some
    return chosen
