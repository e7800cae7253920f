"""The mean image, and mean and standard deviation of each channel."""

import numpy as np

from classroom.staff.declare.exercise import Case, Combination, Property, exercise_of, identity
from solutions.preprocessing import channel_stats, mean_image


def photos(rng, shape, dtype=float):
    """Images whose channels differ in brightness and contrast."""
    channels = np.arange(1, shape[1] + 1)[:, None, None]
    return (0.3 * channels + 0.5 * channels**0.5 * rng.normal(size=shape)).astype(dtype)


def image_case(function, outputs, name, images, kind=""):
    calls = [f"{', '.join(outputs)} = {function}(images)"]
    return Case(name, inputs={"images": images}, calls=calls, outputs=outputs, kind=kind)


def image_cases(function, outputs):
    rng = np.random.default_rng(37)
    small = np.arange(12.0).reshape(2, 1, 2, 3) ** 2
    visible = [
        image_case(function, outputs, "by hand", small),
        image_case(function, outputs, "three channels", photos(rng, (4, 3, 5, 2))),
        image_case(function, outputs, "two channels", photos(rng, (5, 2, 3, 4))),
        image_case(function, outputs, "many images", photos(rng, (9, 4, 2, 3))),
        image_case(function, outputs, "faint images", 1e-3 * photos(rng, (3, 2, 2, 3))),
    ]

    def hidden(rng):
        n, c, h, w = (int(size) for size in rng.permutation([2, 3, 4, 5]))
        return [
            image_case(function, outputs, "odd 1", photos(rng, (n, c, h, w)), "odd shapes"),
            image_case(function, outputs, "odd 2", photos(rng, (c, h, w, n)), "odd shapes"),
            image_case(function, outputs, "odd 3", photos(rng, (h, 1, n, w)), "odd shapes"),
            image_case(function, outputs, "one", photos(rng, (1, c, h, w)), "one image"),
            image_case(function, outputs, "far", 1e4 * photos(rng, (n, c, h, w)), "extreme values"),
            image_case(function, outputs, "thin", photos(rng, (n, c, h, w), np.float32), "float32"),
            image_case(function, outputs, "thin too", photos(rng, (w, c, h, n), np.float32), "float32"),
            image_case(function, outputs, "strided", photos(rng, (n, c, h, 2 * w))[..., ::2], "non-contiguous"),
        ]

    return {"cases": visible, "hidden": hidden}


def mean_image_loop(images):
    total = np.zeros_like(images[0])
    for image in images:
        total += image / len(images)
    return total


def mean_image_einsum(images):
    return np.einsum("nchw->chw", images) / len(images)


def channel_stats_flat(images):
    flat = np.moveaxis(images, 1, 0).reshape(images.shape[1], -1)
    return flat.mean(axis=1), np.sqrt(flat.var(axis=1))


def channel_stats_loop(images):
    mean, std = [], []
    for channel in range(images.shape[1]):
        values = images[:, channel].ravel()
        mean.append(values.mean())
        std.append(np.sqrt(np.mean((values - mean[-1]) ** 2)))
    return np.array(mean), np.array(std)


def channel_stats_einsum(images):
    count = images.size // images.shape[1]
    mean = np.einsum("nchw->c", images) / count
    away = images - mean[:, None, None]
    return mean, np.sqrt(np.einsum("nchw,nchw->c", away, away) / count)


def changed_photos(rng):
    """Images, the same in reverse order, and the same with twice the contrast and a brightness of 5 more."""
    images = photos(rng, (4, 3, 2, 5))
    return {"images": images, "turned": images[::-1], "changed": 5 + 2 * images}


MEAN_IMAGE_IDENTITIES = [
    identity(
        "the order of the images does not matter",
        "mean = mean_image(images)",
        "again = mean_image(turned)",
        "mean == again",
        kind="images in another order",
        inputs=changed_photos,
    ),
    identity(
        "images of twice the contrast, and 5 brighter, have a mean that is so too",
        "mean = mean_image(images)",
        "mean_changed = mean_image(changed)",
        "mean_changed - 2 * mean == 5",
        kind="brighter images",
        inputs=changed_photos,
    ),
]
CHANNEL_IDENTITIES = [
    Property(
        Combination(terms, right),
        part=part,
        title=title,
        kind="brighter images",
        calls=["mean, std = channel_stats(images)", "mean_changed, std_changed = channel_stats(changed)"],
        inputs=changed_photos,
    )
    for part, title, terms, right in [
        ("mean", "twice the contrast, and 5 brighter: so is the mean", {"mean_changed": 1, "mean": -2}, 5),
        ("std", "twice the contrast doubles the standard deviation, brightness does not", {"std": 2}, "std_changed"),
    ]
]

BOTH = "return images.mean(axis=(0, 2, 3)), images.std(axis=(0, 2, 3))"
MEAN_IMAGE = exercise_of(
    mean_image,
    points=3,
    **image_cases("mean_image", ("mean",)),
    identities=MEAN_IMAGE_IDENTITIES,
    mutants="""
    one_number: images.mean(axis=0) => images.mean()
        One number for everything. The mean image has one for each pixel and channel: average over axis 0.
    a_channel: images.mean(axis=0) => images.mean(axis=(0, 2, 3))
        One number a channel: that is what VGG subtracts. The mean image keeps its pixels.
    an_image: images.mean(axis=0) => images.mean(axis=(1, 2, 3))
        One number an image. Average over the images, axis 0, and keep the rest.
    kept: images.mean(axis=0) => images.mean(axis=0, keepdims=True)
        The numbers are right, with an axis of length 1 too many: the shape is (C, H, W).
    sum: images.mean(axis=0) => images.sum(axis=0)
        This is the sum of the images. Divide by their number.
    median: images.mean(axis=0) => np.median(images, axis=0)
        This is the median. The mean is asked for.
    first: images.mean(axis=0) => images[0].copy()
        This is the first image.
    """,
    alternatives=[mean_image_loop, mean_image_einsum],
    hints="""
    Which axis counts the images? Averaging over it leaves (C, H, W).
    numpy's mean takes the axis to average over: images.mean(axis=...).
    images.mean(axis=0).
    """,
)
CHANNEL_STATS = exercise_of(
    channel_stats,
    points=4,
    **image_cases("channel_stats", ("mean", "std")),
    identities=CHANNEL_IDENTITIES,
    mutants=f"""
    variance: images.std(axis=(0, 2, 3)) => images.var(axis=(0, 2, 3))
        Your std is the variance. The standard deviation is its square root.
    over_n_minus_one: images.std(axis=(0, 2, 3)) => images.std(axis=(0, 2, 3), ddof=1)
        You divide by the count minus 1 (ddof=1). Here the mean of the squares is taken: ddof=0.
    no_mean_taken: images.std(axis=(0, 2, 3)) => np.sqrt((images**2).mean(axis=(0, 2, 3)))
        Your std is the root of the mean square. Take the mean away before you square.
    mean_of_stds: images.std(axis=(0, 2, 3)) => images.std(axis=(2, 3)).mean(axis=0)
        You average the standard deviations of single images. Take one over all images and positions.
    std_over_images: images.std(axis=(0, 2, 3)) => images.mean(axis=(2, 3)).std(axis=0)
        Your std is that of the images' means. Take it over all images and positions.
    over_channels: {BOTH} => return images.mean(axis=(0, 1, 2)), images.std(axis=(0, 1, 2))
        You keep the last axis, the width. Keep the channels: average over axes 0, 2 and 3.
    one_number: {BOTH} => return images.mean(), images.std()
        One number for all channels. Each channel has its own.
    swapped: {BOTH} => return images.std(axis=(0, 2, 3)), images.mean(axis=(0, 2, 3))
        Mean and std are in the wrong order.
    kept: {BOTH}
        => return images.mean(axis=(0, 2, 3), keepdims=True), images.std(axis=(0, 2, 3), keepdims=True)
        The numbers are right, but of shape (1, C, 1, 1). The shape is (C,).
    """,
    alternatives=[channel_stats_flat, channel_stats_loop, channel_stats_einsum],
    hints="""
    A channel's numbers lie along three axes: the images, the rows and the columns.
    axis may be several axes at once: images.mean(axis=(0, 2, 3)).
    images.mean(axis=(0, 2, 3)), images.std(axis=(0, 2, 3)).
    """,
)
