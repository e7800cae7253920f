"""Kinds that are drawn: the same from the same seed, far from each other, and of no use to a network made elsewhere."""

from itertools import combinations

import numpy as np
import pytest

from classroom.data import shapes
from classroom.fault import Fault
from classroom.forms import COUNT, FIRST, Contours, Forms


def test_the_same_seed_draws_the_same_task_and_another_one_another():
    one, again, other = (shapes(60, seed=3, kinds=kinds) for kinds in (7, 7, 8))
    assert np.array_equal(one.images, again.images) and np.array_equal(one.labels, again.labels)
    assert np.array_equal(one.labels, other.labels) and not np.allclose(one.images, other.images, atol=0.2)
    assert one.images.dtype == np.float32 and one.images.min() >= 0 and one.images.max() <= 1


def covered(contours, tilt, mirrored=False):
    """Return which of 32 by 32 points lie inside each contour, turned and seen from behind."""
    grid = (np.arange(32) + 0.5) / 16 - 1
    x, y = np.meshgrid(-grid if mirrored else grid, grid)
    turn = np.broadcast_to(np.arctan2(y, x) - tilt, (len(contours.hole), 32, 32))
    far = np.hypot(x, y)
    return (far < 0.6 * contours.edges(turn)) & (far > 0.6 * contours.hole[:, None, None])


@pytest.mark.parametrize("seed", range(8))
def test_no_two_forms_of_one_mixture_are_alike_however_they_are_turned_or_mirrored(seed):
    contours = Forms.draw(seed).contours
    assert len(contours.hole) == COUNT
    straight = covered(contours, 0)
    others = [covered(contours, tilt, mirrored) for tilt in np.linspace(-0.4, 0.4, 7) for mirrored in (False, True)]
    for one, other in [*combinations(range(FIRST), 2), *combinations(range(FIRST, COUNT), 2)]:
        assert max((straight[one] == masks[other]).mean() for masks in others) < 0.95, (one, other)


def test_mixtures_are_at_right_angles_and_no_class_has_the_mixture_of_another():
    drawn = [Forms.draw(seed).mixtures for seed in range(20)]
    assert all(np.allclose(one.T @ one, np.eye(3)) for one in drawn)
    firsts = np.array([one[:, 0] for one in drawn])
    assert np.abs(firsts @ firsts.T - np.eye(20)).max() < 0.999 and (firsts > 0).any(axis=0).all()


def test_each_mixture_shows_its_own_contour_and_the_third_one_tells_nothing():
    forms = Forms.draw(3)
    labels = np.arange(6).repeat(200)
    images = forms.images(labels, 16, 0.0, np.random.default_rng(0)) - 0.5
    seen = np.einsum("cm,nchw->mnhw", forms.mixtures, images)  # what each mixture shows
    means = seen.reshape(3, 6, 200, 16, 16).mean(axis=2)  # (mixture, label, H, W)
    spread = means.reshape(3, 3, 2, 16, 16)
    across = [spread.mean(axis=2).var(axis=1).mean(), spread.mean(axis=1).var(axis=1).mean()]
    assert across[0] > 0 and across[1] > 0
    within = [spread.var(axis=2)[0].mean(), spread.var(axis=1)[1].mean()]
    assert within[0] < 0.1 * across[0] and within[1] < 0.1 * across[1]
    by_chance = seen.reshape(3, 6, 200, 16, 16).var(axis=2).mean(axis=(1, 2, 3)) / 200  # of a mean of 200 images
    told = means.var(axis=1).mean(axis=(1, 2)) / by_chance
    assert told[0] > 10 and told[1] > 10 and told[2] < 1.5


def test_half_of_all_contours_have_a_hole():
    assert 0.4 < (Contours.draw(500, np.random.default_rng(0)).hole > 0).mean() < 0.6


def test_the_named_shapes_are_what_they_were():
    images = shapes(30, seed=5).images
    assert round(float(images.mean()), 4) == round(float(shapes(30, seed=5, kinds=None).images.mean()), 4)
    assert not np.allclose(images, shapes(30, seed=5, kinds=0).images, atol=0.2)


def test_kinds_that_are_drawn_have_no_colour_of_their_own():
    with pytest.raises(Fault, match="leave out one"):
        shapes(12, kinds=1, cue=0.5)
